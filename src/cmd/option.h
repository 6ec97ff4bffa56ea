/* SPDX-License-Identifier: MIT */
/* option.h - how a row of options is written: option.c, and verbs that bring their own */
#ifndef CMD_OPTION_H
#define CMD_OPTION_H

#include "cmd/cmd.h"

#define ROW(name, letter, kind, member, arg, says) \
	{name "\0" arg "\0" IF_HELP(says), letter, kind, offsetof(struct options, member)}
#define END {NULL, 0, 0, 0}

#endif

/* SPDX-License-Identifier: MIT */
/* option.h - how a row of options is written: option.c, and verbs that bring their own */
#ifndef CMD_OPTION_H
#define CMD_OPTION_H

#include "cmd/cmd.h"

#define ROW(name, letter, kind, member, arg, says) \
	{name, letter, kind, offsetof(struct options, member), arg, IF_HELP(says)}
#define END {NULL, 0, 0, 0, NULL, NULL}

#endif

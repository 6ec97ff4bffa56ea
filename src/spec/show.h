/* SPDX-License-Identifier: MIT */
/* show.h - the rows of fields.h and the rules of check.c for people */
#ifndef SPEC_SHOW_H
#define SPEC_SHOW_H

#include "base/out.h"

/* Writes docs/config.md: a table of all members of config.json, and the rules between them. */
void fields_markdown(struct out *o);

#endif

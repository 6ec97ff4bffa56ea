/* SPDX-License-Identifier: MIT */
/* show.h - the rows of fields.h and the rules of check.c for people */
#ifndef SPEC_SHOW_H
#define SPEC_SHOW_H

#include "base/out.h"

/* Writes docs/config.md: a table of all members of config.json, and the rules between them. */
void fields_markdown(struct out *o);

/* Explains the member with that dotted name: [], [3] and ["x"] are the same, and need not be there.  NULL: lists the members of
 * the top level; with json all members, one object a line.  False, and nothing written, when there is none. */
bool fields_explain(struct out *o, const char *name, bool json);

/* The dotted name of the member whose own name is most like the last part of `name`; NULL when none is.  Arena string. */
const char *fields_nearest(const char *name);

#endif

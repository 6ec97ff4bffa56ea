/* SPDX-License-Identifier: MIT */
/* script.h - what the verbs that print know of formats: table and JSON for people and engines, tsv and env for shell scripts */
#ifndef CMD_SCRIPT_H
#define CMD_SCRIPT_H

#include "base/out.h"
#include "cmd/cmd.h"

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_TSV, FORMAT_ENV };

/* Takes --format, `usual` when it was not given; operands from number `first` on are keys and belong to tsv, which needs
 * some, and env alone (any: they are the verb's business in the other formats).  False with a fault. */
bool format_take(struct cmd *c, enum format usual, int first, bool any, enum format *f);

/* A JSON object, or an array of them, that mote itself has made: as tsv one line an object with the values of the keys c->args[first] and
 * following, tabs between; as env one KEY='value' a line, of these keys or all, numbered KEY_1, KEY_2 ... with `count` in an array.
 * A key is the dotted path of a member; what is not there is empty. */
void script_put(struct out *o, const struct cmd *c, int first, enum format f, const char *json);

/* The value of one key of an object, "" when it is not there. */
const char *script_value(const char *json, const char *key);

#endif

/* SPDX-License-Identifier: MIT */
/* tree.h - JSON as a tree whose every value knows the file, line and column it came from: what runtime.json is laid over */
#ifndef SPEC_TREE_H
#define SPEC_TREE_H

#include "base/diag.h"
#include "base/json.h"
#include "base/out.h"

struct node {
	struct node *up, *first, *next;
	const char *key;  /* of a member; NULL: an element, or the whole file */
	const char *text; /* a string's bytes, or a number, true, false, null as it was written */
	const char *file;
	unsigned line, column; /* of the value, 1-based */
	uint8_t type;     /* enum json_type */
	bool over;        /* it, or something in it, came from an override */
};

/* Reads a whole text.  With over: its values are marked, and a member given twice is a fault (without, both stay, for the
 * loader to judge).  NULL with a fault. */
struct node *tree_read(const char *text, size_t n, const char *file, bool over, struct diag *d);

/* The member of that name, NULL when there is none. */
struct node *tree_get(const struct node *object, const char *key);

/* Where the pointer to the member or element stands: for taking it out. */
struct node **tree_link(struct node *child);

/* Makes child the last one of a container; its own next is lost. */
void tree_add(struct node *in, struct node *child);

/* A new last member with the place of `like`. */
struct node *tree_new(struct node *in, const char *key, enum json_type type, const char *text, const struct node *like);

/* linux.resources.unified["cpu.max"], process.env[2].  Arena string; NULL for the whole file. */
const char *tree_name(const struct node *n);

/* Adds an error about that value. */
void tree_refuse(const struct node *n, struct diag *d, const char *text);

/* Line i + 1 of a printed tree is about v[i]. */
struct tree_lines { const struct node **v; size_t n; };

/* Writes it as pretty JSON, a value a line; lines may be NULL.  o is a new out_mem. */
void tree_print(const struct node *n, struct out *o, struct tree_lines *lines);

/* Faults of d from number `from` on that speak of lines of a printed tree, by the name `file` (that pointer): they get the places
 * where those values came from. */
void tree_places(const struct tree_lines *lines, const char *file, struct diag *d, size_t from);

#endif

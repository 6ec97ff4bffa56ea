/* SPDX-License-Identifier: MIT */
/* names.h - the names in a folder, sorted; names as one printable word */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/out.h"

struct name_list { const char **v; size_t n; };

/* Every name in the folder fd but "." and "..", sorted by its bytes: the same whatever the file system's order.  The
 * strings are the arena's.  0 or -errno. */
int names_read(int fd, struct name_list *l);

/* Sorts by bytes, in place, in n log n steps. */
void names_sort(const char **v, size_t n);

/* Path order: like strcmp, but "/" comes before every other byte, so that a folder's entries follow it at once. */
int names_order(const char *a, const char *b);

/* The name as mtree(5) has it: one word of printable ASCII; every other byte, and \ # = * ? [, as \ooo. */
void names_encode(struct out *o, const char *name);

/* The n bytes at s decoded into to, which has room for n + 1; false when they are no such word or hold a NUL. */
bool names_decode(char *to, const char *s, size_t n);

#endif

/* SPDX-License-Identifier: MIT */
/* links.h - files with several names: which path had this number first */
#ifndef BUNDLE_LINKS_H
#define BUNDLE_LINKS_H

#include <stddef.h>
#include <stdint.h>

struct link { uint64_t dev, ino; const char *path; unsigned names, number; /* the caller's */ };

/* A hash table that is at most half full; zeroed to begin with. */
struct links { struct link *v; size_t n, size; };

/* The place of this file; its path is NULL when it is met for the first time: the caller sets it, to a string that stays.
 * Valid until the next call. */
struct link *links_find(struct links *l, uint64_t dev, uint64_t ino);

#endif

/* SPDX-License-Identifier: MIT */
/* regex.h - POSIX extended regular expressions, as far as names of containers need them */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

/* One instruction; jumps are relative. */
struct regex_op {
	enum { REGEX_CHAR, REGEX_ANY, REGEX_SET, REGEX_BEGIN, REGEX_END, REGEX_SPLIT, REGEX_JUMP } kind;
	short x, y;      /* where it goes on; y for SPLIT only */
	const char *set; /* the character, or what stands between the brackets */
};

struct regex { struct regex_op *v; size_t n; };

/* Knows . [a-z] [^...] * + ? | ( ) ^ $ and a backslash before any of them; no counts in braces, classes in [: :] or references.  NULL, or what is
 * wrong with the pattern (a constant).  libc's own is 14 KB. */
const char *regex_compile(struct regex *r, const char *pattern);

/* Does a part of s fit?  Bytes, not characters; time grows with both lengths' product at most. */
bool regex_match(const struct regex *r, const char *s);

#endif

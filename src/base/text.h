/* SPDX-License-Identifier: MIT */
/* text.h - strings, numbers and paths as text; nothing here looks at a file */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* printf's small sister, for everything mote prints.  It knows %s %.*s %c %% and %d %i %u %x %o with
 * l, ll and z, a width and the flags 0 and -; nothing else (no floats, no locale).  A NULL string
 * prints as (null). */

/* Formats into buf of cap bytes, always NUL-terminated when cap > 0; returns the length the whole
 * text has, like snprintf(3). */
size_t text_vfmt(char *buf, size_t cap, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
size_t text_fmt(char *buf, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same as a string of the arena, as long as it needs. */
char *text_vmake(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
char *text_make(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whole text as a decimal number (a leading '-' only for the signed one); false when it is empty,
 * has anything else in it, or leaves the type's range. */
bool text_u64(const char *s, uint64_t *v);
bool text_i64(const char *s, int64_t *v);

/* The same for a leading number that ends at the first other byte; *end is set to it.  All three
 * leave *v (and *end) alone when they return false. */
bool text_u64_prefix(const char *s, const char **end, uint64_t *v);

/* A number of bytes, alone or with k, m, g or t in either case (of 1024) and perhaps b or ib behind that; at most INT64_MAX. */
bool text_size(const char *s, uint64_t *v);

/* A list of numbers below max like 0-3,7, blanks allowed, as bits or-ed into an array of max bits (NULL: only looked at);
 * false when it is none. */
bool text_bits(const char *s, unsigned long *bits, uint64_t max);

bool text_eq(const char *a, const char *b); /* both may be NULL; NULL equals only NULL */
bool text_starts(const char *s, const char *with);
bool text_ends(const char *s, const char *with);

/* Where what first stands in s, or NULL. */
const char *text_find(const char *s, const char *what);

/* Length in bytes of the UTF-8 character at s, of which n bytes are there; 0 when it is none (or is
 * cut off). */
size_t text_utf8(const char *s, size_t n);

/* Writes the Unicode character u, at most 0x10ffff, as UTF-8; its length. */
size_t text_rune(char s[4], unsigned u);

/* Joins two paths with exactly one slash between them, whatever they end and begin with.  Arena
 * string. */
char *text_path(const char *a, const char *b);

/* Lexically clean absolute path: no "//", "." or trailing slash, ".." eats its parent and stops at
 * "/".  Works on the text alone; symbolic links are not its business.  Arena string. */
char *text_clean(const char *path);

/* The strerror(3) text of -err or err in lower case ("no such file or directory"), which engines
 * match (clients.md 2.6). */
const char *text_errno(int err);

/* Seconds since 1970 as RFC 3339 in UTC, 2026-11-23T12:00:00.000000000Z.  Arena string. */
char *text_time(int64_t sec, long nsec);

#endif

/* SPDX-License-Identifier: MIT */
/* arena.h - memory that is never freed: one short-lived process, one pool */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/* n zeroed bytes, aligned to 16; never NULL: a machine without memory ends the process with one line
 * on stderr and status 1.  n may be 0. */
void *arena_get(size_t n);

/* A copy of n bytes of s with a NUL behind them. */
char *arena_copy(const char *s, size_t n);

/* Room for element number *count in an array of `size`-byte elements, and counts it.  The array may
 * move (it doubles at powers of two; the old copy stays behind in the arena). */
void *arena_push(void *array, size_t *count, size_t size);

/* The next one begins a page: after a fork, what is written is then no page that the child has too, which would be copied. */
void arena_fresh(void);

/* Bytes handed out so far, for --timing and the tests. */
size_t arena_used(void);

/* Test builds only: forget everything (a fuzz run is one life). */
void arena_reset(void);

#define NEW(type) ((type *)arena_get(sizeof(type)))
#define NEWS(type, n) ((type *)arena_get(sizeof(type) * (n)))
/* PUSH(v, n) adds one zeroed element to the array v of n elements and yields its address. */
#define PUSH(v, n) ((v) = arena_push((v), &(n), sizeof *(v)), &(v)[(n) - 1])

#endif

/* SPDX-License-Identifier: MIT */
/* json.h - pull reader for RFC 8259 over a 4 KiB window; memory does not grow with the file */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_WINDOW = 4096, JSON_DEPTH = 32, JSON_KEY = 128 };

enum json_type { /* what stands next */
	JSON_BAD, /* a fault was found, now or earlier; see fault */
	JSON_OBJECT,
	JSON_ARRAY,
	JSON_STRING,
	JSON_NUMBER,
	JSON_BOOL,
	JSON_NULL,
};

/* Strictness, decided: one value and white space, nothing behind it; depth at most JSON_DEPTH; strings
 * are valid UTF-8 and hold no NUL (U+0000 would cut a path); no lone surrogates; no byte order mark;
 * numbers by the grammar, whole numbers only where a number is asked for.  The first fault sticks:
 * every later call fails at once. */
struct json {
	int fd;              /* read from here, or -1: text..end is all there is */
	const char *p, *end; /* unread part of the window (or of the text) */
	const char *fault;   /* the first fault's sentence, a constant; NULL while all is well */
	int err;             /* -errno when reading failed (fault is set too) */
	unsigned line, column; /* of the next byte, 1-based; columns count bytes */
	unsigned at_line, at_column; /* where the last value or key began; of the fault when there is one */
	unsigned depth;
	bool first;          /* no element of the innermost object or array has been read yet */
	bool object[JSON_DEPTH]; /* is level n an object? */
	char key[JSON_KEY];  /* the last key, cut at JSON_KEY - 1 bytes */
	size_t key_len;      /* its whole length in bytes, also when cut */
	char *window;        /* JSON_WINDOW bytes of what is read from fd; arena */
};

/* fd is read to its end and stays the caller's; pipes work. Takes JSON_WINDOW bytes of the arena; a text takes none. */
void json_open(struct json *j, int fd);
void json_open_text(struct json *j, const char *text, size_t n);

/* Type of the value that stands next; its place is in at_line and at_column. */
enum json_type json_peek(struct json *j);

/* Enters the object or array that stands next. */
bool json_enter(struct json *j);

/* Moves to the next member of the object entered last: true, with the key in j->key; false at its
 * end (which leaves the object) or on a fault. */
bool json_member(struct json *j);

/* The same, with the whole key as an arena string in *key (annotations, sysctl). */
bool json_member_copy(struct json *j, const char **key);

/* Moves to the next element of the array entered last; false at its end or on a fault. */
bool json_element(struct json *j);

/* The value that stands next, which must be of that type (a fault otherwise).  Strings are the
 * arena's; *len may be NULL. */
bool json_string(struct json *j, const char **s, size_t *len);
bool json_bool(struct json *j, bool *v);

/* A whole number as sign and magnitude; fractions, exponents and more than 64 bits are faults. */
bool json_whole(struct json *j, bool *negative, uint64_t *magnitude);

/* Reads over the next value, whatever it is, checking its grammar; allocates nothing. */
bool json_skip(struct json *j);

/* After the outermost value: true if only white space follows. */
bool json_done(struct json *j);

/* Records a fault at the last value's place (at_line, at_column) unless there is one already; false. */
bool json_fault(struct json *j, const char *sentence);

#endif

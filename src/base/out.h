/* SPDX-License-Identifier: MIT */
/* out.h - buffered writing, and JSON out */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A writer to a descriptor (fd >= 0) or into a growing arena string (fd = -1).  Errors stick in err
 * (-errno) and later calls do nothing; look at it once, after out_flush. */
struct out {
	int fd;
	int err;
	char *buf;
	size_t len, cap;
};

struct out out_fd(int fd);  /* 4 KiB buffer of the arena; does not own fd */
struct out out_mem(void);

void out_bytes(struct out *o, const char *s, size_t n);
void out_str(struct out *o, const char *s);
void out_fmt(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Writes what is buffered; 0 or the first -errno. */
int out_flush(struct out *o);

/* The text of an out_mem writer, NUL-terminated; stays the arena's. */
char *out_text(struct out *o);

/* JSON.  The functions keep commas and (when pretty) two-space indentation right; the caller keeps
 * the nesting right.  `key` is NULL inside arrays and for the outermost value. */
struct jout {
	struct out *o;
	bool pretty;
	unsigned depth;
	bool some; /* a value stands before at this level */
};

void jout_open(struct jout *j, const char *key, char bracket); /* '{' or '[' */
void jout_close(struct jout *j, char bracket);                 /* '}' or ']' */
void jout_str(struct jout *j, const char *key, const char *s); /* NULL writes null */
void jout_int(struct jout *j, const char *key, int64_t v);
void jout_uint(struct jout *j, const char *key, uint64_t v);
void jout_bool(struct jout *j, const char *key, bool v);
void jout_null(struct jout *j, const char *key);
void jout_raw(struct jout *j, const char *key, const char *json); /* a value that is JSON already */
void jout_end(struct jout *j); /* a newline behind the outermost value */

/* s as a JSON string with quotes; bytes that are not valid UTF-8 become U+FFFD. */
void out_json(struct out *o, const char *s);

#endif

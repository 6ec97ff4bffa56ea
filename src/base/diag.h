/* SPDX-License-Identifier: MIT */
/* diag.h - errors with a place: collected while reading and checking, spoken once by main */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

/* One fault.  All strings are the arena's or constants. */
struct fault {
	enum diag_level level;
	const char *file;      /* NULL when it is not about a file */
	unsigned line, column; /* 1-based; 0 when unknown */
	const char *name;      /* dotted name, linux.resources.memory.limit; NULL when none */
	int rule;              /* M-number of the rule it breaks; -1 when none */
	const char *text;      /* the sentence */
};

/* Faults in the order they were found.  Past 100 faults only the count goes on. */
struct diag {
	struct fault *faults;
	size_t count;
	size_t errors;  /* how many of all faults were errors */
	size_t dropped; /* faults past the 100th */
};

enum { DIAG_KEPT = 100 };

/* Is only the count going on?  Then whoever makes a sentence may save itself the work: a hostile file has
 * hundreds of thousands of faults. */
static inline bool diag_full(const struct diag *d) { return d->count >= DIAG_KEPT; }
#define DIAG_TEXT(d, ...) (diag_full(d) ? "" : text_make(__VA_ARGS__))

/* Adds a fault; what it points to must outlive the diag (constants or arena). */
void diag_add(struct diag *d, struct fault f);

/* Adds an error with a sentence only; returns false, so that a caller can `return diag_fail(...)`. */
bool diag_fail(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds a warning. */
void diag_warn(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "file:line:column: dotted.name: sentence (M-17)" of one fault; parts that are unknown are left
 * out.  Arena string. */
char *diag_text(const struct fault *f);

/* All errors of d as one sentence, from the arena. */
char *diag_joined(const struct diag *d);

/* Bytes that a terminal would obey become question marks, in place; the length. */
size_t diag_tame(char *s);

/* Where messages go.  A log is appended to (O_APPEND, 0644); JSON lines carry level, msg and time,
 * which containerd, podman and docker parse (clients.md 2.3).  With no log set, text goes to stderr. */
struct log {
	const char *prefix; /* "mote: run web": what the process was asked to do; NULL before that is known */
	int fd;             /* open log file, or -1 */
	bool json;
	bool debug;
};

/* Speaks one sentence.  Errors go to stderr too when a log file is set (conmon reads stderr);
 * warnings go to the log if there is one, else to stderr; debug only with log->debug. */
void log_say(const struct log *l, enum diag_level level, const char *text);

/* All faults of d.  In a JSON log the errors become one line, as podman wants just one. */
void log_diag(const struct log *l, const struct diag *d);

#endif

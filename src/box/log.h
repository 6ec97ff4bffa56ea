/* SPDX-License-Identifier: MIT */
/* log.h - what the program writes, from a pipe into a file that does not grow past its limit, or to the kernel's log */
#ifndef BOX_LOG_H
#define BOX_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_LINE = 800 }; /* bytes of one record of /dev/kmsg, which takes less than 1,024 with its head */

struct logger {
	const char *path, *old; /* absolute; old: path with ".1", where what is full goes */
	uint64_t limit, size;   /* bytes in one file, 0: no limit; bytes in the file now */
	const char *id;         /* before each line of the kernel's log; NULL: path is a file */
	int pipe, fd;           /* where from, -1 at its end; where to, -1 when that is lost */
	size_t n;               /* of line */
	char line[LOG_LINE];
};

/* `spec`, a path or "kmsg:", for the container id; nothing is opened.  l->pipe is the caller's to set. */
void log_init(struct logger *l, const char *spec, uint64_t limit, const char *id);

/* Opens it, anew when it is open; flags: O_TRUNC or 0.  0 or -errno; takes nothing from the arena. */
int log_open(struct logger *l, int flags);

/* The same, and its folder is made when it is not there, with those above it. */
int log_open_deep(struct logger *l);

/* Moves what the pipe has, at most one page; only to be called when there is something, or it waits. */
void log_move(struct logger *l);

/* The program has ended: what is left in the pipe, and an unfinished line. */
void log_drain(struct logger *l);

#endif

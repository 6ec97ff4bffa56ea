/* SPDX-License-Identifier: MIT */
/* procs.h - the processes of a container, as the caller's /proc knows them */
#ifndef BOX_PROCS_H
#define BOX_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "box/state.h"

/* The pids, lowest first, numbered as the caller's pid namespace numbers them.  With a cgroup: all that is in it and in
 * the folders below it.  Without: all of the container's pid namespace (not of those nested in it), or the first process alone
 * where that namespace is the caller's own.  0 or -errno. */
int procs_of(const struct state *s, pid_t **pids, size_t *n);

/* What proc(5) tells of one process. */
struct proc_info {
	uid_t uid;
	pid_t parent;
	char state;          /* R S D Z T t I */
	uint64_t ticks;      /* processor time in 1/100 s */
	uint64_t rss;        /* KiB */
	const char *command; /* its arguments, blanks between; [NAME] when it has none; control characters as ? */
};

/* Fills *p; false when the process is gone. */
bool proc_info(int proc, pid_t pid, struct proc_info *p);

#endif

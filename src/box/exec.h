/* SPDX-License-Identifier: MIT */
/* exec.h - what the program is started with */
#ifndef BOX_EXEC_H
#define BOX_EXEC_H

#include <sys/types.h>

#include "box/plan.h"

enum { HOME_MAX = 1024 };

struct exec_step {
	const char **paths; /* tried in order; NULL-ended */
	char *const *argv, *const *envp;
	char *home; /* the text behind HOME= is the box's to find, HOME_MAX bytes; NULL: the config gives it */
	uid_t uid;  /* whose */
};

/* Appends the step that looks for the program (plan_root calls it behind the pivot). */
void plan_lookup(struct plan *p, const struct job *j);

/* Appends what has to be done before the seccomp filter (plan_process calls it): umask, descriptors, signals, last turn. */
void plan_ready(struct plan *p, const struct job *j);

/* Resource limits and the OOM score (plan_gate calls it before the state is saved). */
void plan_limits(struct plan *p, const struct job *j);

/* Closes every descriptor from `from` on but the n of keep; numbers below 0 are none. */
int close_from(unsigned from, const int *keep, size_t n);

/* Of a child that begins a program: the -errno (an int) that it has written to its end of the pipe or socket, or 0 when that has
 * closed itself at execve. */
int exec_result(int report);

#endif

/* SPDX-License-Identifier: MIT */
/* update.h - new limits for a container that lives: what is written, in which order, and the way back
 *
 * cgupdate.c  the plan: only what differs from what the files say, in an order in which each single write is legal
 * cgset.c     the steps, each with what stood there before as its undo */
#ifndef BOX_UPDATE_H
#define BOX_UPDATE_H

#include "box/cgroup.h"
#include "box/state.h"
#include "sys.h"

/* What is asked.  was and will are the whole of linux.resources before and after; asks speaks only of what changes. */
struct update {
	struct resources_spec was, will, asks;
	struct { struct rlimit_spec *v; size_t n; } rlimits; /* of the first process */
	const char *oom_score_adj;  /* of the first process; NULL: as it is */
	const char *reclaim;        /* bytes to take back at once; NULL: none */
	const char *l3, *bandwidth; /* schemas of intelRdt; NULL: as they are */
	struct state *state, *old;  /* the record as it will be and as it was */
};

/* All faults that can be known before anything is written; j needs spec (with will as its resources), facts, id.  False when
 * an error was added. */
bool update_check(const struct job *j, struct update *u, struct diag *d);

/* Is there a moment in which more devices are allowed than before and after?  Version 1, from a list of what is allowed to one
 * of what is denied: the caller freezes the container meanwhile. */
bool update_opens(const struct job *j, const struct update *u);

/* The steps.  Reads what the files say now. */
void plan_update(struct plan *p, const struct job *j, struct update *u);

/* FILE=VALUE of each step that writes one, a line each. */
void update_print(struct out *o, const struct plan *p);

/* --- between cgupdate.c and cgset.c ----------------------------------------------------------- */

/* Step cgroup_set.  What the undo writes is `old` to the same file, filled in by the step itself, unless back_file names another
 * (device rules of version 1). */
struct cgroup_set {
	struct cgroup_else other;     /* first: do_cgroup_write's */
	const char *back_file, *back; /* NULL: the same file and what it said */
	char **old;                   /* "file\0text", NULL before */
};

/* Step limit_set. */
struct limit_set { pid_t pid; struct rlimit_spec new; struct rlimit *old; bool *done; };

/* Step state_put. */
struct state_put { struct state *new; const struct state *old; bool fresh; };

#endif

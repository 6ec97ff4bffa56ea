/* SPDX-License-Identifier: MIT */
/* join.h - a container that is there already, as `exec` needs to know it (feature EXEC) */
#ifndef BOX_JOIN_H
#define BOX_JOIN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "box/state.h"
#include "spec/spec.h"

/* What exec joins.  Read before the plan is built; the step `target` proves that it is still the same process. */
struct target {
	pid_t pid;
	uint64_t start_time;    /* as in struct state */
	unsigned long differ;   /* CLONE_NEW*: its namespaces that are not mote's own */
	struct strs cgroups;    /* folders to join */
	bool v2;                /* the first of them is of version 2 */
};

/* Looks at the container's process and at its cgroups.  below: values of --cgroup, [CONTROLLER,...:]PATH, a cgroup below the
 * container's.  False with a fault. */
bool target_read(struct target *t, const struct state *s, const struct strs *below, struct diag *d);

/* A list of processors like "0-3,7" as a mask for sched_setaffinity(2); false when it names one that is none or beyond
 * CPUS_MAX.  An empty or missing list sets every bit. */
enum { CPUS_MAX = 8192 };
struct cpus { unsigned long bits[CPUS_MAX / 8 / sizeof(long)]; };
bool cpus_parse(const char *list, struct cpus *c);

#endif

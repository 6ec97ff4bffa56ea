/* SPDX-License-Identifier: MIT */
/* stats.h - what a container uses, in the JSON that runc's events print; and word of the OOM killer */
#ifndef BOX_STATS_H
#define BOX_STATS_H

#include "base/out.h"
#include "box/cgroup.h"
#include "box/state.h"

/* One event without a newline: {"type":TYPE,"id":ID,"data":...}; data only for "stats" (runc types/events.go: times in nanoseconds,
 * sizes in bytes).  What the kernel does not tell is 0 or left out, as there. */
void stats_json(struct jout *j, const char *key, const struct state *s); /* the data alone */
void stats_event(struct jout *j, const char *type, const char *id, const struct state *s);

/* The folder of the container's memory controller, and whether it is of version 2; NULL: it has none. */
const char *stats_memory(const struct state *s, bool *v2);

/* The value of a line "KEY VALUE" of such a file; 0 when there is none. */
uint64_t stats_keyed(const char *text, const char *key);

/* The OOM killer in the container's cgroup.  Nothing but oom_find allocates: it is for processes that live long. */
struct oom {
	char folder[1024]; /* of the memory controller; "": none */
	bool v2;
	int fd;            /* readable when the killer may have been there: an eventfd (version 1) or an inotify; -1 */
	uint8_t late;      /* how many times yet to look without being woken: version 1 wakes before it counts */
	uint64_t count;    /* processes killed, as far as oom_seen has told of them */
};
void oom_find(struct oom *o, const struct state *s);

/* Opens o->fd and takes the count of now.  0, -ENOENT without the memory controller, or -errno. */
int oom_open(struct oom *o);

/* Reads it empty; true for each process that has been killed, one a call. */
bool oom_seen(struct oom *o);

#endif

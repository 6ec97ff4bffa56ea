/* SPDX-License-Identifier: MIT */
/* netns.h - a new network namespace, made while the box mounts (netns.c) */
#ifndef BOX_NETNS_H
#define BOX_NETNS_H

#include <stdbool.h>

#include "box/plan.h"

/* Brings lo up (netdevice(7), SIOCSIFFLAGS): a socket of that network namespace, the caller's, or -errno. A kernel without IP has no lo
 * to bring up, and gives a socket of another kind. ns.c */
int ns_loopback(void);

/* Is it made behind the clone, so that the clone must not make it? From the config alone. */
bool netns_apart(const struct job *j);

/* Has mote one processor only (sched_getaffinity(2)), so that the clone makes it after all? */
bool netns_alone(void);

/* Before the row of mount `next` of the spec, or (the number of mounts) behind the last: the box takes it, once, before the first that
 * needs it; and does before that whatever of the devices and masks may come so early (p->netns). */
void plan_netns(struct plan *p, const struct job *j, size_t next);

#endif

/* SPDX-License-Identifier: MIT */
/* rdt.h - parts of cache and memory bandwidth: groups of the resctrl file system */
#ifndef BOX_RDT_H
#define BOX_RDT_H

#include "base/diag.h"
#include "box/plan.h"

/* Where resctrl is mounted, by the text of /proc/self/mountinfo; NULL: nowhere.  Arena string. */
const char *rdt_mount(const char *mountinfo);

/* The same for this machine. */
const char *rdt_find(void);

/* All that can be known of linux.intelRdt before anything changes (M-86, M-91 to M-93). */
void rdt_check(const struct job *j, struct diag *d);

/* HOST, before the clone: the group and its schemata (M-90).  Without linux.intelRdt nothing (M-87). */
void plan_rdt(struct plan *p, const struct job *j);

/* HOST, behind the clone: BOX into the group, and into a monitoring group of its own (M-95). */
void plan_rdt_join(struct plan *p, const struct job *j);

/* HOST, for update: other schemata for the container's group; either may be NULL. */
void plan_rdt_update(struct plan *p, const struct job *j, const char *l3, const char *bandwidth);

/* At delete: takes away what create made, never a group that the config names (M-94). */
void rdt_remove(const struct spec *s, const char *id);

#endif

/* SPDX-License-Identifier: MIT */
/* numa.h - where a container's memory comes from */
#ifndef BOX_NUMA_H
#define BOX_NUMA_H

#include "box/plan.h"

/* Appends linux.memoryPolicy if there is one (M-73): it is inherited, so it is set before the gate; for exec as well. */
void plan_memory_policy(struct plan *p, const struct linux_spec *l);

#endif

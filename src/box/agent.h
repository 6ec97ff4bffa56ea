/* SPDX-License-Identifier: MIT */
/* agent.h - system calls that another program answers (SCMP_ACT_NOTIFY) */
#ifndef BOX_AGENT_H
#define BOX_AGENT_H

#include "base/diag.h"
#include "box/plan.h"

/* Refuses SCMP_ACT_NOTIFY by name where the kernel has no pidfd_getfd(2) (before 5.6). */
void agent_check(const struct spec *s, struct diag *d);

/* Appends the steps that bring the filter's listener to listenerPath (M-67 to M-69): what is due before BOX's last
 * turn before the filter, and what HOST does behind that. */
void plan_agent(struct plan *p, const struct job *j);
void plan_agent_send(struct plan *p, const struct job *j);

#endif

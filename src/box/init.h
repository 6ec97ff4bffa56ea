/* SPDX-License-Identifier: MIT */
/* init.h - process 1 of a container that was asked to have an init (feature INIT) */
#ifndef BOX_INIT_H
#define BOX_INIT_H

#include <sys/types.h>

#include "box/plan.h"

/* HOST, before the clone (plan_clone's stage calls it): mote's own file. */
void plan_init_self(struct plan *p, const struct job *j);

/* BOX, right before execve. */
void plan_init(struct plan *p, const struct job *j);

/* In the container: reaps whatever ends, passes signals on to the program, its child; the wait status of that. */
int init_run(pid_t program);

#endif

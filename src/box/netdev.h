/* SPDX-License-Identifier: MIT */
/* netdev.h - network devices of the host that move into the container */
#ifndef BOX_NETDEV_H
#define BOX_NETDEV_H

#include "base/diag.h"
#include "box/plan.h"

/* Refuses devices that are not there or cannot be moved (M-49). */
void netdev_check(const struct spec *s, struct diag *d);

/* HOST, behind the clone and the id maps: moves them, names them, gives their permanent global addresses back and brings
 * them up (M-50). */
void plan_netdev(struct plan *p, const struct job *j);

#endif

/* SPDX-License-Identifier: MIT */
/* idmount.h - idmapped mounts */
#ifndef BOX_IDMOUNT_H
#define BOX_IDMOUNT_H

#include "box/plan.h"
#include "spec/names.h"

/* Behind the `source` step of a bind mount: maps its ids if the mount asks for that (M-11, M-12). */
void plan_idmount(struct plan *p, const struct job *j, const struct mount_spec *m,
	const struct mount_opts *o);

#endif

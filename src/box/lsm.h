/* SPDX-License-Identifier: MIT */
/* lsm.h - AppArmor profiles and SELinux labels, of the program and of mounts */
#ifndef BOX_LSM_H
#define BOX_LSM_H

#include "base/diag.h"
#include "box/plan.h"

/* Refuses by name what this kernel has no security module for (M-36); reads /proc and /sys only when asked for something. */
void lsm_check(const struct spec *s, struct diag *d);

/* Appends what makes the next execve of BOX enter the process's profile and label: behind every other program that BOX
 * starts, before descriptors are closed.  For exec as well. */
void plan_lsm(struct plan *p, const struct process_spec *s);

/* data of a mount of that type with linux.mountLabel as its context= (mount(8)); data itself where there is none, or where
 * the file system has labels of its own (proc, sysfs, cgroup) or takes them behind its mount (mqueue, mount.c). */
const char *lsm_context(const struct spec *s, const char *type, const char *data);

#endif

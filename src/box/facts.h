/* SPDX-License-Identifier: MIT */
/* facts.h - what this kernel and host can do, read once before planning; reading changes nothing */
#ifndef BOX_FACTS_H
#define BOX_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "box/cgroup.h"
#include "box/plan.h"

struct facts {
	uid_t euid;
	bool loose_root;            /* "/" is the initramfs: no parent mount, pivot_root refuses it */
	int last_cap;               /* the highest capability this kernel knows */
	const char *resctrl;        /* where it is mounted, NULL: nowhere; read only when the config wants it */
	struct cgroup_facts cgroup; /* read only when the config wants a cgroup */
};

/* Fills facts, which are zero, for this spec; there: for a container that is there, where neither root nor cgroup is made. */
void facts_read(struct facts *f, const struct spec *s, bool there);

/* What only the kernel can judge, and what this mote cannot do: false when an error was added. */
bool box_check(const struct job *j, struct diag *d);

/* Refuses by name settings of linux.sysctl, names and network devices whose namespace is joined by a path and is mote's own;
 * looks only when there are such (sysctl.c). */
void sysctl_check(const struct spec *s, struct diag *d);

#if MOTE_FAULT
/* The step that fails on purpose: $MOTE_FAULT, or -1. */
long fault_step(void);
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* seccomp.h - a profile becomes a BPF program before anything is changed; plan_seccomp is in user.h
 */
#ifndef BOX_SECCOMP_H
#define BOX_SECCOMP_H

#include <stdbool.h>

#include "box/plan.h"

struct seccomp_step {
	struct bpf_code code;
	unsigned long flags; /* SECCOMP_FILTER_FLAG_* of seccomp(2) */
	bool listener;       /* it has one (SCMP_ACT_NOTIFY) */
	bool prove;          /* the filter lets the box ask the kernel whether it is in force */
};

/* Compiles the profile for all its architectures and looks whether this kernel has what it asks
 * for. False when a fault was added; names that libseccomp does not know are notes. */
bool seccomp_compile(const struct seccomp_spec *s, struct bpf_code *code, unsigned long *flags,
	struct diag *d);

/* Has a rule, or the default, SCMP_ACT_NOTIFY?  Otherwise listenerPath means nothing. */
bool seccomp_notifies(const struct seccomp_spec *s);

/* Does this kernel take that SECCOMP_FILTER_FLAG_*?  Changes nothing. */
bool seccomp_flag_works(unsigned long flag);

#endif

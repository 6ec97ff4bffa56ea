/* SPDX-License-Identifier: MIT */
/* user.h - who the program is: namespaces asked for, ids, capabilities */
#ifndef BOX_USER_H
#define BOX_USER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "box/plan.h"

/* Does the config ask for a new namespace of that type (enum ns_type); for one of its own, new or joined? */
bool ns_new(const struct spec *s, int type);
bool ns_own(const struct spec *s, int type);

/* Maps as the kernel wants them in /proc/PID/uid_map (user_namespaces(7)), a line each.  Arena string. */
char *idmaps_text(const struct idmaps *m);

struct identity_step {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t n;
	bool keep_groups; /* setgroups(2) is denied in this user namespace */
	bool own_sources; /* the mount namespace is a copy that was made for it: the box can copy sources with the kernel's locks */
};

struct caps_step { /* bit n: capability n */
	uint64_t effective, permitted, inheritable, ambient;
};

/* Warns of each capability that the program is to have and cannot get here (config.md, Linux process; M-18). */
void caps_check(const struct job *j, struct diag *d);

/* The kernel's own order of things for these: idmap.c has the id maps. */
void plan_seccomp(struct plan *p, const struct job *j);

#endif

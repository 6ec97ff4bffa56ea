/* SPDX-License-Identifier: MIT */
/* template.h - the built-in default configuration, as text */
#ifndef SPEC_TEMPLATE_H
#define SPEC_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "spec/spec.h"

struct template_mount { const char *source, *destination, *options; }; /* options: as mount(8)'s -o */

/* What may differ from the default; NULL and 0 leave it as it is. */
struct template {
	const char *root;                       /* root.path (default "rootfs") */
	const char *const *args;                /* process.args (default sh) */
	size_t nargs;
	const struct strs *env;                 /* added to PATH and TERM */
	const char *cwd, *hostname;
	uint32_t uid, gid;
	bool terminal, readonly, host_net;
	bool rootless;                          /* a user namespace of host_uid and host_gid alone; wants host_net and no_cgroup */
	uint32_t host_uid, host_gid;
	bool no_cgroup;                         /* no cgroup namespace, no view of cgroups, unless there are limits */
	struct template_mount *mounts;          /* bind mounts behind the default ones */
	size_t nmounts;
	int64_t memory;                         /* linux.resources.memory.limit in bytes */
	uint64_t pids;                          /* linux.resources.pids.limit */
#if HAVE_OCI
	bool own_env;                           /* env has a PATH if there is to be one */
	const struct pairs *annotations;
	const uint32_t *gids;                   /* more groups of the user */
	size_t ngids;
#endif
};

/* The same for another platform: the least that is valid there.  platform: one PLATFORM_* bit of fields.h. */
void template_platform(struct out *o, unsigned platform);

/* Writes a whole config.json. */
void template_write(struct out *o, const struct template *t);

#endif

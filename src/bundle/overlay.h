/* SPDX-License-Identifier: MIT */
/* overlay.h - runtime.json: what a host or a platform changes about a config.json, by the rows marked as overridable */
#ifndef BUNDLE_OVERLAY_H
#define BUNDLE_OVERLAY_H

#include "bundle/bundle.h"
#include "spec/boot.h"
#include "spec/tree.h"

/* What the selectors of "when" are compared with. */
struct host {
	const char *arch;   /* uname(2)'s machine */
	const char *kernel; /* uname(2)'s release */
	const char *cgroup; /* v1, hybrid, v2 or none */
	const char *name;   /* --host-profile, or the first word of /etc/mote/host, or uname(2)'s nodename */
	uint64_t memory;    /* bytes of the machine */
};

/* Built up file by file, the one that wins last. */
struct overlay {
	const struct host *host;
	struct diag *d;
	bool defaults; /* members that config.json leaves out come from the built-in default */
	struct { struct node **v; size_t n; } sections; /* those that hold here */
	struct { struct node **v; size_t n; } boots; /* "boot" of those that hold here */
	struct { struct { const struct node *node; bool holds; } *v; size_t n; } settings; /* "mote" of all, for whoever knows options */
};

/* Does a "when" hold on that host?  An unknown selector or a value that is none is a fault, and does not hold. */
bool when_holds(const struct node *when, const struct host *h, struct diag *d);

/* Adds a runtime.json.  Everything in it is judged, also what is for other machines; faults go to o->d. */
void overlay_add(struct overlay *o, const char *text, size_t n, const char *file);

/* Lays all of them over b->config: b->kept becomes the result as text and b->lines what its lines came from.  False with
 * faults; a b->config that is no JSON stays as it is, for the loader to refuse. */
bool overlay_apply(struct overlay *o, struct bundle *b);

/* Lays what they say of "boot" over what boot.json has said, and judges the whole.  False with a fault. */
bool overlay_boot(struct overlay *o, struct boot_spec *s);

/* type (where the object has one and it is missing), major and minor of the node at `path` on this host, for entries of
 * linux.devices and of the lists of linux.resources that have no numbers. */
void device_numbers(struct node *entry, bool typed, bool drop, struct diag *d);

#endif

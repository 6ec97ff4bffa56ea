/* SPDX-License-Identifier: MIT */
/* cgroup.h - control groups of version 1, 2, both or none: found, judged, made, joined, removed
 *
 * cgfacts.c   where they are mounted, from /proc/self
 * cglimit.c   the table of limits: property -> files of both versions
 * cgdev.c     device rules as data
 * cgroup.c    judgement, plan, mount inside the container; cgroup1.c, cgroup2.c: what differs
 * cglist.c    limits that are lists
 * devbpf.c    device rules as a BPF program (version 2)
 * cgdo.c      the steps;  cgkill.c: processes and removal
 *
 * Handing a controller down in version 2 (cgroup.subtree_control of a parent) is the one change
 * that is not undone: another container beside ours may count on it by then. */
#ifndef BOX_CGROUP_H
#define BOX_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "box/mount.h"
#include "box/plan.h"
#include "spec/names.h"
#include "spec/spec.h"

struct run;
struct state;

/* --- what is there ---------------------------------------------------------------------------- */

enum cgroup_mode { CGROUP_NONE, CGROUP_V1, CGROUP_HYBRID, CGROUP_V2 };

struct cgroup_hierarchy {
	const char *controllers; /* "cpu,cpuacct", "name=systemd"; "" for version 2 */
	const char *mount;       /* mount point; NULL: not mounted */
	const char *root;        /* which part of the hierarchy is seen there; "/" for all */
	const char *own;         /* mote's own folder, from the hierarchy's root */
	bool noprefix;           /* files are called `cpus`, not `cpuset.cpus` */
};

struct cgroup_facts {
	enum cgroup_mode mode;
	struct { struct cgroup_hierarchy *v; size_t n; } v1; /* the mounted ones only */
	struct cgroup_hierarchy v2;
	const char *v2_controllers; /* "cpu memory pids"; never NULL */
};

/* From the texts of /proc/self/mountinfo and /proc/self/cgroup; v2_controllers stays "". */
void cgroup_parse(struct cgroup_facts *f, const char *mountinfo, const char *self_cgroup);

/* Reads them, and the controllers of version 2.  No /proc: mode none.  0 or -errno. */
int cgroup_facts_read(struct cgroup_facts *f);

/* The folder in which a process is now: of hierarchy `where` (index of f->v1, or CGROUP_AT_V2); the mount point when unknown. */
const char *cgroup_of(const struct cgroup_facts *f, int where, pid_t pid);

/* Is word an element of a list with that separator? */
bool cgroup_has(const char *list, char separator, const char *word, size_t n);

/* --- judgement and plan; plan_cgroup, _join and _mount are declared in plan.h ----------------- */

/* Does the config ask for a cgroup: a path, a resource, or a view of it?  Without, nothing here
 * makes any system call. */
bool cgroup_wanted(const struct spec *s);

/* All faults that can be known before anything changes; false when an error was added. */
bool cgroup_check(const struct job *j, struct diag *d);

/* The container's path below the mount points, clean, with a leading slash. */
const char *cgroup_path(const struct job *j);

/* Does the box join its cgroup only when its set-up is done?  See cgroup.c. */
bool cgroup_late(const struct job *j);

/* The slot to clone into (version 2), or -1. */
int cgroup_clone_slot(const struct plan *p);

/* --- afterwards: records are struct state's "MOUNT\tPATH\tCOUNT-MADE" ------------------------- */

/* What the plan has made so far, into s->cgroups. */
void cgroup_record(const struct plan *p, const struct run *r, struct state *s);

/* Ends every process in it and removes what was made.  0 or the first -errno. */
int cgroup_remove(const struct strs *records);

/* The container's folder of the hierarchy that is mounted there; NULL: it has none. */
const char *cgroup_recorded(const struct strs *records, const char *mount);

/* The first whole number of a file; `max` and -1 are the largest; 0 when there is none. */
uint64_t cgroup_number(const char *path);

/* Every process of the container, nested folders included. */
int cgroup_procs(const struct strs *records, pid_t **pids, size_t *n);

/* Sends sig to all of them; SIGKILL reaches frozen ones and those that are just being forked. */
int cgroup_signal(const struct strs *records, int sig);

/* Pause and resume; waits up to 10 s until the kernel says so.  -EOPNOTSUPP without a freezer. */
int cgroup_freeze(const struct strs *records, bool on);
bool cgroup_frozen(const struct strs *records);

/* Asks all of them to go on, and does not wait for it. */
void cgroup_thaw_all(const struct strs *records);

/* --- between the cgroup files ----------------------------------------------------------------- */

enum { CGROUP_AT_V2 = -1, CGROUP_NOWHERE = -2 };

/* One file to write.  where: index of facts.v1, or CGROUP_AT_V2. */
struct cgroup_setting {
	int where;
	const char *controller;  /* of version 2, to be handed down; "" for none */
	const char *file, *value;
	const char *file2, *value2; /* instead, when there is no `file`; NULL: none */
	const char *name;        /* the property: linux.resources.memory.limit */
	const char *needs;       /* kernel option */
	bool lax;                /* no fault without the file: that is as good */
};
struct cgroup_settings { struct cgroup_setting *v; size_t n; };

/* Step cgroup_write, p: the file instead, if any, and the kernel option. */
struct cgroup_else { const char *file, *value, *needs; };

/* Every limit asked for as a file to write, in the order of writing; what cannot be goes to d. */
void cgroup_settings(struct cgroup_settings *out, const struct cgroup_facts *f,
	const struct resources_spec *r, struct diag *d);

/* Where a controller is: index of facts.v1, CGROUP_AT_V2 or CGROUP_NOWHERE. */
int cgroup_where(const struct cgroup_facts *f, const char *v1, const char *v2);
int cgroup_where_devices(const struct cgroup_facts *f);

/* Why that controller is not there; needs: options of the kernel. */
const char *cgroup_missing(const struct cgroup_facts *f, const char *controller, const char *needs);

/* A device rule for one type: every absent part is -1 or 0. */
struct dev_rule {
	bool allow;
	bool own;           /* put in by mote */
	char type;          /* 'b', 'c'; 0: both */
	uint8_t access;     /* DEV_* */
	int32_t major, minor; /* -1: any; no gap before them: rules are compared as bytes */
};
enum { DEV_MKNOD = 1, DEV_READ = 2, DEV_WRITE = 4, DEV_ALL = 7 }; /* the kernel's BPF_DEVCG_ACC_* */
struct dev_rules {
	bool base;          /* what no rule speaks about: allowed? */
	bool reset;         /* base was asked for, not only inherited */
	struct dev_rule *v;
	size_t n;
};

/* The rules in order with mote's defaults put in, without those that later ones outdo. */
void dev_rules_make(struct dev_rules *out, const struct resources_spec *r, bool terminal);

/* Faults of the rules themselves. */
void dev_rules_check(const struct resources_spec *r, struct diag *d);

/* Version 1 can only list exceptions to one base: the same effect as such a list, or false with the
 * rule that cannot be said that way in *bad. */
bool dev_rules_flatten(struct dev_rules *out, const struct dev_rules *in, struct dev_rule *bad);

/* "c 1:3 rwm"; b and c for a rule of both types are the caller's. */
const char *dev_rule_text(const struct dev_rule *r, char type);

/* struct bpf_insn array in the arena. */
struct bpf_code devbpf_compile(const struct dev_rules *rules);

/* Make, enable, limits of one version. */
void plan_cgroup1(struct plan *p, const struct job *j, int where, const struct cgroup_settings *s);
void plan_cgroup2(struct plan *p, const struct job *j, const struct cgroup_settings *s);
void plan_cgroup_writes(struct plan *p, const char *folder, int where,
	const struct cgroup_settings *s);
/* For update: the writes alone; with names as the hierarchy has them (version 1). */
void plan_cgroup1_writes(struct plan *p, const struct job *j, int where, const struct cgroup_settings *s);
void plan_cgroup2_enable(struct plan *p, const struct job *j, const struct cgroup_settings *s);
void plan_cgroup2_program(struct plan *p, const struct job *j);
/* The make of a folder and, for a cpuset, what it inherits (version 1). */
void plan_cgroup1_make(struct plan *p, const struct job *j, int where);
void plan_cgroup2_make(struct plan *p, const struct job *j);
/* 2 to 262144 shares as 1 to 10000. */
unsigned cgroup_weight(uint64_t shares);
bool cgroup1_check_devices(const struct job *j, struct diag *d);

/* What the container sees of one hierarchy at dest; of all of version 1. */
void plan_cgroup_show(struct plan *p, const struct job *j, const struct cgroup_hierarchy *h,
	const char *dest, const struct mount_opts *o);
void plan_cgroup1_mount(struct plan *p, const struct job *j, const char *dest,
	const struct mount_opts *o);

/* Steps' helpers of cgkill.c.  cgroup_clear ends what is in the folder and removes it when at least
 * one folder of its path was made, and then the other made ones if empty. */
int cgroup_thaw(const char *folder);
int cgroup_clear(const char *folder, unsigned made);
int cgroup_populated(const char *folder);

#endif

/* SPDX-License-Identifier: MIT */
/* plan.h - a container as a flat list of steps: built without touching the kernel, printed or replayed
 *
 * Two processes walk the same list.  HOST is mote itself; BOX is the child that becomes the container.
 * Each does only its own rows, in order; where the side changes between neighbours the one that is done
 * sends a turn and the other waits for it.  So the order of the list is the order of things, and nobody
 * writes a handshake by hand (replay.c). */
#ifndef BOX_PLAN_H
#define BOX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/out.h"
#include "spec/spec.h"

#include "config.h"

enum side { HOST, BOX };

enum {
	OPTIONAL = 1, /* -ENOENT is no fault: there is nothing to do it to */
	FREE = 4,     /* HOST, behind the clone: done while the box goes on; nobody waits for it */
	KEEP = 8,     /* attach: the mount stays open in its slot, for a later step */
	UNDO = 2,     /* when a later step fails, and at delete, undo_NAME is called, last made first */
};

enum op {
#define OP(name, undo, text) OP_##name,
#include "box/ops.def"
#undef OP
	OP_COUNT
};

/* One row.  What a, b, c, n and p mean stands at the op's row in ops.def. */
struct step {
	uint8_t op, side, flags;
	int16_t slot;        /* descriptor slot it fills (HOST, before the clone) or uses; -1: none */
	const char *a, *b, *c;
	unsigned long n;
	const void *p;       /* an op's own struct, from the arena, read only when replayed */
};

struct plan {
	struct step *v;
	size_t n;
	int slots;       /* how many descriptor slots the steps name */
	struct mount_opts *mount_opts; /* of spec->mounts.v[i] (plan_sources) */
	int *mount_slot; /* slot of the source of spec->mounts.v[i], or -1 (plan_sources) */
	int device_slot; /* first of the slots of the bound devices, in their order (plan_sources) */
};

/* A compiled seccomp program: struct sock_filter of linux/filter.h, 8 bytes each. */
struct bpf_code { const void *code; size_t n; };

struct facts; /* facts.h */
struct mount_opts; /* names.h */

struct target; /* join.h */

struct timing; /* timing.h */

struct criu; /* criu.h */

enum goal { GOAL_CREATE, GOAL_RUN, GOAL_EXEC, GOAL_RESTORE };

/* All that a plan is made from; plan_build reads nothing else. */
struct job {
	enum goal goal;
	const struct spec *spec;
	const struct facts *facts;
	const char *id;
	const char *bundle;         /* absolute, clean */
	const char *rootfs;         /* absolute, clean host path of the root file system */
	const char *digest;         /* of the bundle, when it was verified, or NULL */
	uint64_t root_dev, root_ino; /* of the folder that was verified; 0: any */
	const char *config;         /* the text of config.json, kept with the state (M-26) */
	size_t config_len;
	const char *state_dir;      /* ROOT/ID, absolute */
	bool reserved;              /* it is there already (image.h) */
	const char *pid_file;       /* or NULL */
	const char *console_socket; /* or NULL */
	const char *pidfd_socket;   /* or NULL */
	unsigned preserve_fds;      /* descriptors from 3 on that the program keeps */
	unsigned listen_fds;        /* of these, the first that came by socket activation */
	bool no_pivot, no_new_keyring, no_cgroups;
	bool systemd;               /* the cgroup is a scope of systemd's (scope.h) */
	const struct target *target; /* exec: the container that is joined; else NULL */
	struct criu *criu;          /* restore: how; else NULL */
	bool own_tty;               /* terminal without a console socket: HOST moves the bytes itself */
	bool log;                   /* stdout and stderr go to a log (log_pipe) */
	int log_pipe;               /* into this pipe, which is the caller's; 0: one is made */
	bool notify;                /* the box gets a notify socket's folder; notify_host: who listens for readiness now */
	const char *notify_host;    /* the caller's NOTIFY_SOCKET, or NULL */
	bool supervised;            /* somebody will record the end */
	bool reaper;                /* and that is a mote that stays in the background */
	bool init;                  /* an init of mote's above the program */
	bool die_with_parent;
	unsigned ready_fd;          /* where the program says that it is ready; 0: nowhere */
	struct bpf_code seccomp;    /* n = 0: no filter */
	struct timing *timing;      /* run: where each phase of it is stamped, or NULL */
	unsigned long seccomp_flags; /* SECCOMP_FILTER_FLAG_* */
};

/* The whole list for create, run or exec. */
void plan_build(struct plan *p, const struct job *j);

/* Appends a step and returns it for more members to be set; never NULL; valid until the next call. */
struct step *plan_add(struct plan *p, enum op op, enum side side);
struct step *plan_add_a(struct plan *p, enum op op, enum side side, const char *a);

/* A new descriptor slot's number. */
int plan_slot(struct plan *p);

/* Index of the first step of that op, or p->n. */
size_t plan_find(const struct plan *p, enum op op);

/* One line for a step: "mount tmpfs on /dev: ..." without a newline, for the printer and for errors. */
void step_text(struct out *o, const struct step *s);

/* Number, side and text of every step, one a line. */
void plan_print(struct out *o, const struct plan *p);

/* A digest of the list (FNV-1a of op, side and strings): start compares it with what create walked. */
uint64_t plan_hash(const struct plan *p);

/* The stages in the order of stages[] in plan.c.  Each appends its steps; none can fail: all judgement came
 * before (spec_check, box_check). */
void plan_state(struct plan *p, const struct job *j);
void plan_cgroup(struct plan *p, const struct job *j);       /* HOST: make it, set limits */
void plan_record(struct plan *p, const struct job *j);       /* HOST: the state so far */
void plan_sources(struct plan *p, const struct job *j);      /* HOST: descriptors the box needs from outside */
void plan_notify(struct plan *p, const struct job *j);       /* HOST: the notify socket's folder (REAPER) */
void plan_log(struct plan *p, const struct job *j);          /* HOST: the log's pipe (REAPER) */
void plan_clone(struct plan *p, const struct job *j);        /* clone, joins, id maps, cgroup join */
void plan_announce(struct plan *p, const struct job *j);     /* HOST: run writes the state while the box works */
void plan_hooks_host(struct plan *p, const struct job *j);   /* HOST: prestart, createRuntime */
void plan_mounts(struct plan *p, const struct job *j);
void plan_devices(struct plan *p, const struct job *j);
void plan_console(struct plan *p, const struct job *j);
void plan_sysctl(struct plan *p, const struct job *j);
void plan_hooks_box(struct plan *p, const struct job *j);    /* BOX: createContainer */
void plan_masks(struct plan *p, const struct job *j);
void plan_root(struct plan *p, const struct job *j);
void plan_gate(struct plan *p, const struct job *j);
void plan_hooks_start(struct plan *p, const struct job *j);  /* BOX: startContainer */
void plan_process(struct plan *p, const struct job *j);      /* user, caps, seccomp, ... */
void plan_exec(struct plan *p, const struct job *j);
void plan_hooks_after(struct plan *p, const struct job *j);  /* HOST: poststart */

/* The stages of exec, in the order of exec_stages[]; it shares the last ones. */
void plan_target(struct plan *p, const struct job *j);       /* HOST: hold the container's process */
void plan_join(struct plan *p, const struct job *j);         /* clone, its namespaces */
void plan_inside(struct plan *p, const struct job *j);       /* BOX: program, session; HOST: cgroups, limits, pid file */

/* Called by plan_gate and plan_inside: HOST tells who the box is. */
void plan_tell(struct plan *p, const struct job *j, int flags);
/* Called by plan_clone at its place; _join also by plan_gate: */
void plan_idmap(struct plan *p, const struct job *j);        /* HOST: uid_map, gid_map; BOX: its ids */
/* HOST: BOX's pid into the cgroup, where that is to be late (cgroup_late) or not. */
void plan_cgroup_join(struct plan *p, const struct job *j, bool late);
/* Called by plan_mounts for a mount of type cgroup: */
void plan_cgroup_mount(struct plan *p, const struct job *j, const struct mount_spec *m);

#endif

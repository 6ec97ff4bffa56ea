/* SPDX-License-Identifier: MIT */
/* replay.h - walking a plan: two processes, one list, turns of eight bytes */
#ifndef BOX_REPLAY_H
#define BOX_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "box/plan.h"

/* What changes while a plan is walked.  Both sides have their own copy from the clone on. */
struct run {
	const struct plan *plan;
	const struct job *job;
	const struct log *log;
	enum side side;
	int chan;    /* turn socket (SOCK_SEQPACKET), or -1 */
	int home;    /* HOST: the state folder, from state_config on */
	int *slot;   /* descriptors by slot number, -1 while empty */
	int proc;    /* a verified /proc of our own pid namespace, opened on first use by run_proc(); -1 */
	int root;    /* BOX: the container's root, O_PATH; -1 before step `root_bind` */
	pid_t pid;   /* HOST: the box */
	int pidfd;   /* HOST: the same, -1 where the kernel has none (before 5.3) */
	size_t at;   /* the step being done */
	const char *created; /* HOST: when the state was first told of; NULL before */
	size_t failed; /* HOST: the step that failed, on either side; the plan's length when none has */
	/* When a step fails with more to say than its errno, it leaves an arena or constant string here (HOST) ... */
	const char *detail;
	/* ... or (BOX) up to 200 bytes here, which travel with the turn. */
	char *note; /* NOTE_MAX bytes */
	/* Kept by steps for later steps of the same side: */
	int exec_index;      /* BOX: which candidate path `lookup` found */
	int master;          /* HOST: pty master when own_tty; -1 */
	int old_cwd;         /* HOST: where mote stood before it entered the rootfs; -1 */
	mode_t umask;        /* BOX: the caller's, given back unless the config has one */
	bool in_cgroup;      /* HOST: clone3 has put the box into its cgroup (CLONE_INTO_CGROUP) */
	bool apart;          /* HOST: it must not */
	bool heard;          /* HOST: the box has lived to say something */
	unsigned char *made; /* HOST: per step, how many folders cgroup_make has made */
	int dir;             /* BOX: the folder of the last device, -1; its path is dir_path's first dir_len bytes */
	const char *dir_path;
	size_t dir_len;
	int held;            /* BOX: the root of the last mount that holds others (mount_step), -1 */
	int has_proc;        /* BOX: 1 the container has a /proc, -1 it has none, 0 not looked at */
	int empty;           /* BOX: the root of the empty file system that masks folders, -1 */
	int null;            /* BOX: the host's /dev/null, -1 */
	int mask;            /* BOX: the first mask of a file, -1: what is copied from it is read-only, too */
	int console;         /* BOX: the terminal's slave, -1 */
	unsigned char old;   /* sources are no mounts but what they would be copies of (oldmount.h): 1 HOST's, 2 BOX's own */
	bool bare;           /* sources are only names of what the box copies: mote itself may not (no privileges) */
	bool in_cwd;         /* BOX: root could enter the working folder */
	struct watch *watch; /* HOST: what else is looked at while the box runs (watch.h); NULL: nothing */
	pid_t caller;        /* HOST: mote's parent, without whom the box must not live on; 0: it may */
	pid_t holder;        /* HOST: the first process of a scope (scope.c); 0: none */
	bool orphans;        /* in the init above a program: every child is reaped */
#if MOTE_FAULT
	long fault;          /* the step that fails on purpose, from $MOTE_FAULT; -1 */
#endif
};

enum { NOTE_MAX = 200, PROC_MAGIC = 0x9fa0 };

/* One function a step; 0 or -errno; says nothing, allocates nothing on the BOX side. */
#define OP(name, undo, text) int do_##name(struct run *r, const struct step *s);
#include "box/ops.def"
#undef OP

/* The ways back, for the ops whose row says 1: must be harmless when called twice. */
int undo_state_dir(struct run *r, const struct step *s);
int undo_cgroup_make(struct run *r, const struct step *s);
int undo_cgroup_bpf(struct run *r, const struct step *s);
int undo_scope(struct run *r, const struct step *s);
int undo_pid_file(struct run *r, const struct step *s);
int undo_state_put(struct run *r, const struct step *s);
int undo_cgroup_set(struct run *r, const struct step *s);
int undo_cgroup_adopt(struct run *r, const struct step *s);
int undo_limit_set(struct run *r, const struct step *s);
int undo_rdt_group(struct run *r, const struct step *s);
int undo_net_device(struct run *r, const struct step *s);

/* HOST: walks the plan up to its end, or (create) up to the gate.  On a failure it ends the box, walks the UNDO
 * rows back, leaves the sentence in *why (arena) and returns false. */
bool run_plan(struct run *r, const struct plan *p, const struct job *j, const struct log *log, const char **why);

/* HOST of `start`: connects to the gate and walks the rest.  False with the sentence as above; *gone is true
 * when the container ended over it. */
bool run_rest(struct run *r, const struct plan *p, const struct job *j, const struct log *log, const char **why);

/* HOST: kills the box and waits for it; nothing when there is none. */
void run_end_box(struct run *r);

/* HOST: walks the UNDO rows before row `from` back. */
void run_undo(struct run *r, size_t from);

/* A descriptor of /proc if that is a procfs (statfs, inode 1: a mount over it could redirect writes), else of a
 * private one by fsopen(2) (5.2).  >= 0 or -errno; the caller's. */
int proc_fd(void);

/* The same, opened once and kept. */
int run_proc(struct run *r);

/* BOX: formats nothing; leaves a constant or a copied string for the HOST's sentence. */
void run_note(struct run *r, const char *text);

#endif

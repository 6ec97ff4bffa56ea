/* SPDX-License-Identifier: MIT */
/* boot.h - what the files of the verb boot share: one process keeps all containers (feature BOOT)
 *
 * It lives as long as the machine, and memory is never given back: once it waits, nothing may take from the arena.  What needs
 * memory (a plan, a state) is done in children. */
#ifndef CMD_BOOT_H
#define CMD_BOOT_H

#include <sys/types.h>

#include "base/out.h"
#include "box/log.h"
#include "box/pid1.h"
#include "cmd/cmd.h"
#include "spec/boot.h"

/* In the order of their words in bootstat.c. */
enum unit_state {
	UNIT_WAITS,    /* for its needs or its turn */
	UNIT_STARTS,   /* a child of ours walks its plan */
	UNIT_UP,       /* its program runs, and has not said that it is ready */
	UNIT_READY,
	UNIT_STOPS,    /* it was asked to end */
	UNIT_CLEANS,   /* it has ended; a child of ours takes away what is left */
	UNIT_BACKOFF,  /* it starts again at `deadline` */
	UNIT_DONE,     /* the good end */
	UNIT_FAILED,
	UNIT_STOPPED,  /* we have ended it, or it never had its turn */
	UNIT_SKIPPED,
};

struct unit {
	const char *name, *path; /* the name is the container's id; path: its bundle */
	bool image;              /* a bundle as one file: NN-name.EXT, and NN-name.json is its boot.json */
	enum boot_stage stage;
	unsigned number;         /* NN of NN-name */
	struct boot_spec spec;
	const char *wrong;       /* why it can never start, or NULL */
	size_t *needs, nneeds;   /* places of other units */
	enum unit_state state;
	pid_t helper, pid;       /* our child that starts or cleans; the container's process, ours too: 0 none */
	int word, ready, notify; /* from the helper; readiness: -1 none */
	struct logger *log;      /* NULL: none */
	int log_end;             /* the end of the log's pipe that programs write to */
	bool stop, settled;      /* it is to end; it was ready once, or has ended once */
	bool killed;             /* by us, for it took too long */
	int status;              /* of wait(2), of the last end */
	unsigned starts, fails;  /* in all; ends in a row */
	uint64_t deadline;       /* ms of CLOCK_BOOTTIME; 0: none */
	uint64_t begun, up, is_ready, ended; /* of the last start */
	struct timing *timing;   /* shared with the helper (--chart), or NULL */
};

struct boot {
	struct cmd *c;
	const char *dir, *run, *status; /* run: the folder of the files pid and status */
	struct unit *v;
	size_t n;
	bool pid1, debug, stopping;
	bool stale;         /* another one was here, and was killed */
	bool full;          /* all that was to start has */
	bool changed, news; /* changed: in this step; news: since the status was written */
	struct out text;    /* the status; its memory is used again */
	enum { THEN_END, THEN_OFF, THEN_REBOOT, THEN_HALT, THEN_SWITCH } then;
	int sigfd, lock, told; /* told: process 1, which waits to change the root; -1 */
	uint64_t began;
	const char *chart; /* where to draw, or NULL */
};

/* --- bootset.c: what is in the folder */

/* Reads DIR/{onboot,services,onshutdown} and each boot.json.  A container with faults is kept, with its sentence in wrong.  False
 * with faults when DIR itself is none. */
bool boot_read(struct boot *b);

/* Is that its name, with or without the number? */
bool unit_named(const struct unit *u, const char *name, size_t n);

/* --- bootrun.c: what becomes of them */

uint64_t boot_now(void);

/* All that can be done now: starts, time-outs, ends.  Milliseconds until something is due, -1: nothing is. */
int boot_step(struct boot *b);

/* Has everything ended that was to? */
bool boot_over(const struct boot *b);

/* Every onboot container has ended and every service is up, or has failed at it once. */
bool boot_full(const struct boot *b);

/* From now on all are ended, the last started first. */
void boot_stop(struct boot *b);

/* Children that have ended. */
void boot_reap(struct boot *b);

/* What the helper of a unit has told. */
void unit_learn(struct boot *b, struct unit *u);

/* The program of u has said that it is ready, or (false) that it will not. */
void unit_says(struct boot *b, struct unit *u, bool ready);

/* One line on stderr: "mote boot: NAME: ..."; u may be NULL. */
void boot_say(const struct unit *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- bootstart.c: the children */

/* Starts the container: its helper is u->helper, word, ready and notify come from it.  0 or -errno. */
int unit_start(struct boot *b, struct unit *u);

/* Ends the containers that a sequencer which was killed has left, also of those that may not start now. */
void boot_remove_stale(struct boot *b);

/* Takes away what an ended container has left. */
int unit_clean(struct boot *b, struct unit *u);

/* --- bootstat.c: the status for others */

const char *unit_state_name(const struct unit *u);

/* Makes the folder, its lock and the pid file.  False with a fault, also when another mote keeps containers there. */
bool status_open(struct boot *b);
void status_write(struct boot *b);
void status_close(struct boot *b);

/* --status, --poweroff and --reboot. */
int status_show(struct cmd *c);
int status_signal(struct cmd *c, int sig);

#endif

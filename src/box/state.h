/* SPDX-License-Identifier: MIT */
/* state.h - ROOT/ID: what mote remembers of a container between its commands
 *
 * The folder holds state.json (mote's own record), config.json (a copy, so that later edits of the bundle
 * change nothing, M-26) and, until start, the socket `gate`.  Files are replaced whole. */
#ifndef BOX_STATE_H
#define BOX_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/out.h"
#include "spec/spec.h"

struct state {
	const char *id, *bundle, *rootfs, *created; /* created: RFC 3339 with nanoseconds, UTC */
	const char *owner;
	const char *digest;     /* sha256:..., when the bundle was verified, or NULL */
	const char *oci_version;
	pid_t pid;              /* 0 before the clone */
	uint64_t start_time;    /* field 22 of /proc/PID/stat: tells a new process with an old pid; 0 unknown */
	uint64_t plan;          /* plan_hash of what create walked; 0: nobody goes on with it */
	struct strs cgroups;    /* folders that create made, in the order made: "MOUNT\tPATH\tCOUNT-MADE" */
	const char *cgroup;     /* the container's cgroup as the config names it, or NULL */
	struct opt exit_code;   /* where known: 0-255, or 128 + signal */
	struct opt exit_signal; /* where it was one */
	bool oom_killed;        /* the kernel ended processes of it for want of memory */
	struct pairs annotations;
	const char *resources;  /* linux.resources as update has left it, JSON; NULL: as in config.json */
	bool created_by_create; /* has a gate (create), against run */
	/* the options that create was given and start needs to build the same plan again */
	const char *pid_file, *console_socket;
	uint64_t preserve_fds, listen_fds;
	bool no_pivot, no_new_keyring, no_cgroups, log, notify, init;
	bool systemd;           /* cgroup is a scope of systemd's */
	bool supervised;        /* somebody stays to record its end */
	uint64_t reaper, reaper_start; /* a reaper that does: its pid and start time; 0: none */
};

/* Status words of the specification. */
enum status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_STOPPED, STATUS_PAUSED };
const char *status_name(enum status s);

/* The state as the specification shows it (runtime.md "State"): hooks' stdin, `mote state`, list. */
void state_json(struct jout *j, const char *key, const struct state *s, enum status status);

/* Reads ROOT/ID/state.json.  False with a fault: unknown id = container "ID" does not exist. */
bool state_load(struct state *s, const char *root, const char *id, struct diag *d);

/* Replaces ROOT/ID/state.json; 0 or -errno. */
int state_store(const struct state *s, const char *state_dir);

/* Takes ROOT/ID away with all that is in it.  0 or -errno. */
int state_remove(const char *state_dir);

/* The same with a descriptor of it, or a negative number. */
int state_clear(int fd, const char *state_dir);

/* What the kernel says now: is the process there, is the gate? */
enum status state_status(const struct state *s, const char *state_dir);

/* Is the container's process there, and still the same one (start time)?  A zombie is not. */
bool state_alive(const struct state *s);

/* Sends a signal to the container's process and to no other that has its pid by now.  0, -ESRCH or -errno. */
int state_signal(const struct state *s, int sig);

/* State letter, start time and (unless status is NULL) wait status of /proc/PID/stat; false when there is no such process. */
bool state_stat(int proc, pid_t pid, char *state, uint64_t *start, uint64_t *status);

/* Start time of a process in clock ticks since boot; 0 when /proc does not say. */
uint64_t state_start_time(int proc, pid_t pid);

struct run;
/* The state as of now, from a run in progress. */
void state_from(struct state *s, struct run *r);

/* HOST: the same for a walker that did not make the container (start, exec): what create wrote down knows its pid. */
void state_now(struct state *s, struct run *r);

/* An id every client's ids pass and no path trick does: 1 to 255 of A-Za-z0-9_+-. and not . or .. (clients.md 2.1). */
bool id_valid(const char *id, struct diag *d);

/* The folder's lock (flock(2) on ROOT/ID itself, exclusive); waits.  A descriptor or -errno, -ENOENT when there is no container
 * (any more).  Whoever takes a container away does so under its lock. */
int state_lock(const char *state_dir);

/* The same for a descriptor of the folder, which may have gone and come again under its name meanwhile.  0 or -errno. */
int state_hold(int fd);

#endif

/* SPDX-License-Identifier: MIT */
/* watch.h - what a mote that stays beside its container looks at: log, readiness (feature REAPER) */
#ifndef BOX_WATCH_H
#define BOX_WATCH_H

#include <poll.h>

#include "box/log.h"
#include "box/replay.h"

struct watch {
	struct logger *log; /* or NULL */
	int ready;          /* a pipe's end to read from: a byte means that the program is ready; -1 */
	int notify;         /* the socket in the notify folder; -1 */
	const char *host;   /* whom to tell: the caller's NOTIFY_SOCKET */
	bool is_ready, waits; /* waits: whoever called watch_ready tells the host */
};

enum { WATCHED = 3 };

/* Fills p with what r->watch wants looked at; how many: WATCHED, or 0 without a watch. */
size_t watch_poll(const struct run *r, struct pollfd *p);

/* Does what poll(2) has left in them; readiness is told to the host. */
void watch_move(struct run *r, const struct pollfd *p);

/* The box has ended: what it has written and said before. */
void watch_end(struct run *r);

/* Moves the log until the program is ready: true; false when it has ended or closed its descriptor before. */
bool watch_ready(struct run *r);

/* --- notify.c: readiness as systemd's sd_notify(3) has it, as runc does it */

/* The folder /run/notify and NOTIFY_SOCKET for the program, appended to the spec. */
void notify_spec(struct spec *s, const char *state_dir);

/* Binds DIR/notify/notify.sock, mode 0777.  A descriptor or -errno. */
int notify_bind(const char *state_dir);

/* Reads one message; true when it says READY=1. */
bool notify_take(int fd);

/* Tells the caller's service manager READY=1 and MAINPID=pid (unless that has ended: 0); with `barrier` waits up to 30 s until it has read that.  0 or -errno. */
int notify_host(const char *socket, pid_t pid, bool barrier);

#endif

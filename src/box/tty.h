/* SPDX-License-Identifier: MIT */
/* tty.h - the container's terminal, and waiting for the container with or without one */
#ifndef BOX_TTY_H
#define BOX_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "box/replay.h"

/* --- tty.c (feature TTY) */

/* Stage before plan_clone: the socket that will carry the terminal's master. */
void plan_console_socket(struct plan *p, const struct job *j);

/* The slot of the box's socket for it; -1 when there is no terminal. */
int plan_console_slot(const struct plan *p);

/* BOX, leading a session: the terminal becomes the session's and descriptors 0, 1 and 2. Nothing
 * without a terminal. 0 or -errno. */
int tty_take(struct run *r);

/* HOST: moves bytes between its own terminal and r->master until the box has ended; returns the
 * box's wait status. The terminal is raw in between and as it was afterwards. */
int tty_wait(struct run *r, int sigfd);

/* --- wait.c */

/* Blocks the signals that wait_box_end passes on and SIGCHLD; a signalfd of them, or -errno. */
int wait_signals(void);

/* HOST of run: waits until the box has ended, passing signals on; its wait status. */
int wait_box_end(struct run *r, int sigfd);

/* Takes the status of the box if it has ended; with r->orphans it reaps every child that has. */
bool wait_reap(struct run *r, int *status);

enum { WAIT_CALLER_SIGNAL = 64 }; /* comes when a thread of the caller has ended (prctl(2) PR_SET_PDEATHSIG) */

/* What wait_signal has met. */
enum wait_event { WAIT_NOTHING, WAIT_RESIZE, WAIT_ENDED };

/* Reads one signal if there is one and does what it asks for; WAIT_ENDED leaves the status of the
 * box. */
enum wait_event wait_signal(struct run *r, int sigfd, int *status);

#endif

/* SPDX-License-Identifier: MIT */
/* supervise.h - the options that need somebody beside the container (feature REAPER) */
#ifndef CMD_SUPERVISE_H
#define CMD_SUPERVISE_H

#include "cmd/job.h"

/* create and run, before anything of the bundle is read: judges the options, opens the log and the ready descriptor.  Where a
 * reaper has to stay, forks: the child goes on (false); in the parent, true with the exit status in *code.  Also true after a
 * fault, which has been said. */
bool supervise_begin(struct cmd *c, struct work *w, enum goal goal, int *code);

/* create and run --detach, behind the plan: waits for readiness; the reaper then lets its caller go and stays.  The exit status. */
int supervise(struct cmd *c, struct work *w);

/* run in the foreground: what is to be looked at while it waits; and what is written when the container has ended. */
void supervise_here(struct cmd *c, struct work *w);
void supervise_ended(struct cmd *c, struct work *w, int status);

/* start, before and behind the plan: the notify socket (-1: none), and waiting for READY=1 on it. */
int supervise_start(struct work *w, const char *dir);
void supervise_started(struct work *w, int notify);

#endif

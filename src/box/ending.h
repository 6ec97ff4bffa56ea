/* SPDX-License-Identifier: MIT */
/* ending.h - how a container ended: recorded by whoever stayed, or asked of the kernel by whoever waits (feature REAPER) */
#ifndef BOX_ENDING_H
#define BOX_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "box/state.h"

/* A wait(2) status as a shell shows it: 0 to 255, 128 + signal. */
int ending_code(int status);

/* How often the kernel has killed for want of memory in these cgroups: oom_kill of memory.events, or of version 1's
 * memory.oom_control (4.13); 0 where neither is. */
uint64_t ending_oom(const struct strs *cgroups);

/* Puts the end into s. */
void ending_set(struct state *s, int status, uint64_t oom_before);

/* Into ROOT/ID/state.json, under its lock; nothing when the container has been deleted. */
void ending_record(const char *root, const char *state_dir, const char *id, int status, uint64_t oom_before);

/* Replaces path by the code in decimal and a newline.  0 or -errno. */
int ending_write(const char *path, int status);

/* Waits until the reaper of a container that has ended, if there is one, has written all down: s is then what it has left; at most
 * `seconds`, 0: for ever. */
void ending_settle(struct state *s, const char *root, int seconds);

/* Waits until the container of s has ended; true with its exit code in *code, false when that cannot be known. */
bool ending_wait(struct state *s, const char *root, int *code);

#endif

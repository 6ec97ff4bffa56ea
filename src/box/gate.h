/* SPDX-License-Identifier: MIT */
/* gate.h - the pause between create and start: a listening socket in the state folder that the box keeps */
#ifndef BOX_GATE_H
#define BOX_GATE_H

#include <stdbool.h>

#include "spec/spec.h"

/* Does the config have hooks of any kind? */
bool has_hooks(const struct hooks_spec *h);

/* Connects to ROOT/ID/gate; the connection becomes the turn channel.  A descriptor or -errno. */
int gate_connect(const char *state_dir);

/* Is the gate there?  (The container was created and not started.) */
int gate_exists(const char *state_dir);

/* Takes the gate's name away: the container counts as running. */
void gate_remove(const char *state_dir);

#endif

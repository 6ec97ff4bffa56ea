/* SPDX-License-Identifier: MIT */
/* layer.h - what a layer of an image takes away of those below it (layer.md of the image specification) */
#ifndef BUNDLE_LAYER_H
#define BUNDLE_LAYER_H

#include <stdbool.h>

#include "bundle/links.h"

/* Is it the name of a mark, ".wh."...? */
bool layer_mark(const char *name);

/* Does what the mark in the folder dir says; what this layer has made stays: made.  0 or -errno. */
int layer_apply(int dir, const char *name, struct links *made);

/* Makes room for a member of this layer: what stands there goes, unless both are folders.  0 or -errno. */
int layer_room(int dir, const char *name, bool folder);

/* Remembers that this layer made it.  0 or -errno. */
int layer_made(int dir, const char *name, struct links *made);

#endif

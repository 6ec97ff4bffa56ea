/* SPDX-License-Identifier: MIT */
/* digest.h - what the verbs about digests and archives share (feature DIGEST) */
#ifndef CMD_DIGEST_H
#define CMD_DIGEST_H

#include "bundle/manifest.h"
#include "bundle/verify.h"
#include "cmd/job.h"

/* Are config.json, the manifest and its signatures in the bundle at path (NULL: the current folder) plain files, or not there?  And, where
 * the bundle came in one file, its runtime.json?  False with a fault. */
bool digest_plain(struct cmd *c, const struct bundle *b, const char *path);

/* Reads the config.json of the bundle at path (NULL: the current folder) into w->bundle and w->spec; rules between its members
 * are not judged.  False with a fault. */
bool digest_load(struct cmd *c, struct work *w, const char *path);

/* The folder of the bundle that was loaded, when a digest can cover it; the caller's.  -1 with a fault: config.json is no plain
 * file, or root.path leads out. */
int digest_open(struct cmd *c, struct work *w);

/* What --mtime, --fs-verity and --quiet say; config.json is what was read. */
struct manifest_options digest_options_of(const struct cmd *c, const struct work *w);

/* Compares the bundle at dir with what: a digest, the path of a manifest or (with --key) of a signature of the manifest in it, or NULL for that.  False with a fault
 * when the two could not be compared; the differences, a line each, go to o. */
bool digest_compare(struct cmd *c, struct work *w, int dir, const char *what, struct out *o, struct verified *v);

/* Is the folder at place a bundle, and what its own manifest (if it has one) and --verify say?  False with a fault.  (feature PACK) */
bool digest_right(struct cmd *c, struct work *w, const char *place);

#endif

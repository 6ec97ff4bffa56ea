/* SPDX-License-Identifier: MIT */
/* mkimage.h - pack as an image of a file system (feature IMAGE) */
#ifndef CMD_MKIMAGE_H
#define CMD_MKIMAGE_H

#include "bundle/pack.h"
#include "cmd/job.h"

struct mkimage {
	struct manifest_place place;
	struct manifest_options manifest;
	const struct pack_options *how;
	const char *beside, *stage; /* mkimage's own: the file being written, a folder beside it */
};

/* Is it a format that mkimage writes: squashfs or erofs? */
bool mkimage_knows(const char *format);

/* Writes --output and prints the digest, and with --verity the root hash.  The exit status; a fault has been said and leaves
 * nothing. */
int mkimage(struct cmd *c, struct mkimage *k, const char *format);

#endif

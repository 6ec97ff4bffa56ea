/* SPDX-License-Identifier: MIT */
/* rootfs.h - a bundle made of options: run --rootfs */
#ifndef CMD_ROOTFS_H
#define CMD_ROOTFS_H

#include "bundle/bundle.h"
#include "cmd/cmd.h"

/* Writes the built-in default with the command's options and operands in it as the text of a config.json into b; false with a
 * fault when an option's value makes no sense. */
bool rootfs_bundle(struct cmd *c, struct bundle *b);

#endif

/* SPDX-License-Identifier: MIT */
/* dm.h - dm-verity: a block device whose every block is checked against one hash when it is read */
#ifndef BOX_DM_H
#define BOX_DM_H

#include "base/diag.h"

struct dm_verity {
	const char *device; /* path of the block device of the file */
	const char *name;   /* of the device to be made */
	const char *root;   /* 64 hexadecimal digits */
};

/* Makes a device-mapper device over a file with a dm-verity tree behind its content (bundle/dmtree.h); *path becomes its
 * node's.  It is gone with its last user.  A descriptor of it, the caller's, or -1 with a fault. */
int dm_verity(int file, const struct dm_verity *v, const char **path, struct diag *d);

/* Removes the device of that name if a mote was killed before it could tell it to go; harmless when there is none or it is used. */
void dm_forget(const char *name);

#endif

/* SPDX-License-Identifier: MIT */
/* verity.h - the fs-verity digest of a file, computed or asked of the kernel */
#ifndef BUNDLE_VERITY_H
#define BUNDLE_VERITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"

enum { VERITY_BLOCK = 4096, VERITY_LEVELS = 8 }; /* 128 hashes a block: 8 levels are more than 2^63 bytes */

/* The Merkle tree of what has been added, one block of each level (Documentation/filesystems/fsverity.rst: SHA-256, blocks
 * of 4096 bytes, no salt). */
struct verity {
	struct sha256 block; /* the data block that is being filled */
	uint64_t size;       /* bytes so far */
	struct { uint8_t hashes[VERITY_BLOCK]; size_t used; } level[VERITY_LEVELS];
};

void verity_begin(struct verity *v);
void verity_add(struct verity *v, const void *data, size_t n);

/* The file digest: that of the descriptor which holds the size and the root of the tree.  v is used up. */
void verity_end(struct verity *v, uint8_t digest[SHA256_SIZE]);

/* What the kernel answers for an open file (FS_IOC_MEASURE_VERITY): 0, or -errno: -ENODATA when the file has no verity,
 * -ENOTTY or -EOPNOTSUPP when its file system has none, -EOVERFLOW for another algorithm. */
int verity_measure(int fd, uint8_t digest[SHA256_SIZE]);

#endif

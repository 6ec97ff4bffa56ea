/* SPDX-License-Identifier: MIT */
/* dmtree.h - the hash tree of dm-verity behind the content of a file, in veritysetup's format: superblock of version 1, hash type 1,
 * SHA-256, blocks of 4096 bytes (cryptsetup's wiki, "DMVerity"; Documentation/admin-guide/device-mapper/verity.rst) */
#ifndef BUNDLE_DMTREE_H
#define BUNDLE_DMTREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"

enum { DMTREE_BLOCK = 4096, DMTREE_SALT = 256 };

struct dmtree {
	uint64_t blocks; /* of content; the superblock is the next one, and the tree lies behind it */
	uint8_t salt[DMTREE_SALT];
	size_t salt_len;
};

/* Fills the last block with zeroes and appends superblock and tree.  root becomes the root hash in hexadecimal digits, t what was
 * written.  0 or -errno. */
int dmtree_append(int fd, const uint8_t salt[SHA256_SIZE], char root[SHA256_HEX], struct dmtree *t);

/* Finds the tree in a file: its length says where.  0, -ENODATA when there is none, or -errno. */
int dmtree_find(int fd, struct dmtree *t);

#endif

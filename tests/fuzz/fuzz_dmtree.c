/* SPDX-License-Identifier: MIT */
/* fuzz_dmtree.c - any bytes as an image with a dm-verity superblock somewhere; and a tree that was appended is found again */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "bundle/dmtree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte: how many blocks of zeroes are before the input; the second: behind it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t salt[SHA256_SIZE] = {1, 2, 3};
	char root[SHA256_HEX];
	struct dmtree t, again;
	off_t at, end;
	int fd, e;

	if (size < 2)
		return 0;
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	at = (off_t)(data[0] % 40) * DMTREE_BLOCK;
	end = at + (off_t)size - 2 + (off_t)(data[1] % 8) * DMTREE_BLOCK;
	if (fd < 0 || ftruncate(fd, end) || pwrite(fd, data + 2, size - 2, at) != (ssize_t)(size - 2))
		abort();
	e = dmtree_find(fd, &t);
	if (!e && (t.salt_len > sizeof t.salt || t.blocks > (uint64_t)end / DMTREE_BLOCK))
		abort();
	memset(&t, 0, sizeof t);
	e = dmtree_append(fd, salt, root, &t);
	if (!e && (dmtree_find(fd, &again) || again.blocks != t.blocks || again.salt_len != sizeof salt || memcmp(again.salt, salt, sizeof salt)))
		abort();
	close(fd);
	arena_reset();
	return 0;
}

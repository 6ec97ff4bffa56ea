/* SPDX-License-Identifier: MIT */
/* verity.c - the fs-verity digest of a file, computed or asked of the kernel */
#include "bundle/verity.h"

#include <string.h>

#include "sys.h"

enum { MEASURE = 0xc0046686, SHA256_NUMBER = 1 }; /* FS_IOC_MEASURE_VERITY, FS_VERITY_HASH_ALG_SHA256 */

void
verity_begin(struct verity *v)
{
	memset(v, 0, sizeof *v);
	sha256_begin(&v->block);
}

/* A hash goes into its level; a level that is full goes, hashed, into the next. */
static void
put_hash(struct verity *v, int at, const uint8_t hash[SHA256_SIZE])
{
	struct sha256 h = v->block;
	uint8_t up[SHA256_SIZE];

	memcpy(v->level[at].hashes + v->level[at].used, hash, SHA256_SIZE);
	v->level[at].used += SHA256_SIZE;
	if (v->level[at].used < VERITY_BLOCK || at + 1 == VERITY_LEVELS)
		return;
	sha256_again(&h);
	sha256_add(&h, v->level[at].hashes, VERITY_BLOCK);
	sha256_end(&h, up);
	v->level[at].used = 0;
	put_hash(v, at + 1, up);
}

static void
end_block(struct verity *v)
{
	uint8_t hash[SHA256_SIZE];

	sha256_end(&v->block, hash);
	put_hash(v, 0, hash);
	sha256_again(&v->block);
}

void
verity_add(struct verity *v, const void *data, size_t n)
{
	const uint8_t *p = data;
	size_t take;

	while (n) {
		take = VERITY_BLOCK - v->size % VERITY_BLOCK;
		if (take > n)
			take = n;
		sha256_add(&v->block, p, take);
		v->size += take;
		p += take;
		n -= take;
		if (v->size % VERITY_BLOCK == 0)
			end_block(v);
	}
}

static void
add_zeroes(struct sha256 *h, size_t n)
{
	for (; n; n--)
		sha256_add(h, "", 1);
}

static bool
above_empty(const struct verity *v, int at)
{
	for (at++; at < VERITY_LEVELS; at++)
		if (v->level[at].used)
			return false;
	return true;
}

/* Half-full blocks are filled with zeroes and hashed upwards until one hash is left: the root. */
static const uint8_t *
root_of(struct verity *v)
{
	static const uint8_t empty[SHA256_SIZE];
	struct sha256 h = v->block;
	uint8_t up[SHA256_SIZE];
	int at;

	if (v->size % VERITY_BLOCK) {
		add_zeroes(&v->block, VERITY_BLOCK - v->size % VERITY_BLOCK);
		end_block(v);
	}
	for (at = 0; at < VERITY_LEVELS; at++) {
		if (!v->level[at].used)
			continue;
		if (v->level[at].used == SHA256_SIZE && above_empty(v, at))
			return v->level[at].hashes;
		sha256_again(&h);
		sha256_add(&h, v->level[at].hashes, v->level[at].used);
		add_zeroes(&h, VERITY_BLOCK - v->level[at].used);
		sha256_end(&h, up);
		put_hash(v, at + 1, up);
	}
	return empty; /* no block, no hash */
}

void
verity_end(struct verity *v, uint8_t digest[SHA256_SIZE])
{
	uint8_t d[256] = {1, SHA256_NUMBER, 12}; /* version, algorithm, log2 of the block size */
	uint64_t size = v->size;
	struct sha256 h = v->block;
	int i;

	for (i = 0; i < 8; i++)
		d[8 + i] = size >> (8 * i);
	memcpy(d + 16, root_of(v), SHA256_SIZE);
	sha256_again(&h);
	sha256_add(&h, d, sizeof d);
	sha256_end(&h, digest);
}

int
verity_measure(int fd, uint8_t digest[SHA256_SIZE])
{
	struct { uint16_t algorithm, size; uint8_t digest[64]; } m = {.size = sizeof m.digest};
	int e = sys_ioctl(fd, MEASURE, &m);

	if (e < 0)
		return e;
	if (m.algorithm != SHA256_NUMBER || m.size != SHA256_SIZE)
		return -EOVERFLOW;
	memcpy(digest, m.digest, SHA256_SIZE);
	return 0;
}

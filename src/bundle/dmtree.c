/* SPDX-License-Identifier: MIT */
/* dmtree.c - the hash tree of dm-verity behind the content of a file */
#include "bundle/dmtree.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "sys.h"

enum { PER_BLOCK = DMTREE_BLOCK / SHA256_SIZE, LEVELS = 10 };

/* Little-endian on disk. */
struct super {
	char magic[8];
	uint8_t version[4], hash_type[4], uuid[16];
	char algorithm[32];
	uint8_t data_block[4], hash_block[4], data_blocks[8], salt_size[2], pad[6], salt[DMTREE_SALT], rest[168];
};

static const char magic[8] = {'v', 'e', 'r', 'i', 't', 'y'};

static void
put(uint8_t *at, size_t n, uint64_t v)
{
	for (; n; n--, v >>= 8)
		*at++ = v & 0xff;
}

static uint64_t
get(const uint8_t *at, size_t n)
{
	uint64_t v = 0;

	while (n)
		v = v << 8 | at[--n];
	return v;
}

/* salted: a hash that has seen the salt and nothing else. */
static void
hash_block(const struct sha256 *salted, const uint8_t *block, uint8_t out[SHA256_SIZE])
{
	struct sha256 h = *salted;

	sha256_add(&h, block, DMTREE_BLOCK);
	sha256_end(&h, out);
}

static uint64_t
above(uint64_t n)
{
	return (n + PER_BLOCK - 1) / PER_BLOCK;
}

/* Blocks of the whole file when so many are content. */
static uint64_t
whole(uint64_t blocks)
{
	uint64_t n = blocks, all = blocks + 1;

	while (n > 1) {
		n = above(n);
		all += n;
	}
	return all;
}

static int
hash_content(int fd, const struct dmtree *t, const struct sha256 *salted, uint8_t *hashes)
{
	uint8_t block[DMTREE_BLOCK];
	uint64_t i;
	ssize_t n;

	for (i = 0; i < t->blocks; i++, hashes += SHA256_SIZE) {
		n = sys_pread(fd, block, sizeof block, (off_t)(i * DMTREE_BLOCK));
		if (n != DMTREE_BLOCK)
			return n < 0 ? (int)n : -ESTALE;
		hash_block(salted, block, hashes);
	}
	return 0;
}

static int
write_super(int fd, const struct dmtree *t)
{
	uint8_t block[DMTREE_BLOCK] = {0};
	struct super s = {.algorithm = "sha256"};
	struct sha256 h;
	uint8_t id[SHA256_SIZE];

	sha256_begin(&h);
	sha256_add(&h, t->salt, t->salt_len);
	sha256_end(&h, id);
	id[6] = (id[6] & 0x0f) | 0x80; /* a UUID of version 8: custom */
	id[8] = (id[8] & 0x3f) | 0x80;
	memcpy(s.magic, magic, sizeof magic);
	memcpy(s.uuid, id, sizeof s.uuid);
	put(s.version, 4, 1);
	put(s.hash_type, 4, 1);
	put(s.data_block, 4, DMTREE_BLOCK);
	put(s.hash_block, 4, DMTREE_BLOCK);
	put(s.data_blocks, 8, t->blocks);
	put(s.salt_size, 2, t->salt_len);
	memcpy(s.salt, t->salt, t->salt_len);
	memcpy(block, &s, sizeof s);
	return file_write_all(fd, block, sizeof block);
}

/* The levels are built from the content upwards and lie in the file from the root downwards. */
static int
write_levels(int fd, uint64_t blocks, const struct sha256 *salted, uint8_t *hashes, uint8_t root[SHA256_SIZE])
{
	uint8_t *level[LEVELS] = {hashes};
	uint64_t n[LEVELS] = {blocks}, i;
	int top = 0, e = 0;

	for (; n[top] > 1; top++) {
		n[top + 1] = above(n[top]);
		level[top + 1] = arena_get(n[top + 1] == 1 ? DMTREE_BLOCK : above(n[top + 1]) * DMTREE_BLOCK);
		for (i = 0; i < n[top + 1]; i++)
			hash_block(salted, level[top] + i * DMTREE_BLOCK, level[top + 1] + i * SHA256_SIZE);
	}
	memcpy(root, level[top], SHA256_SIZE);
	for (; top > 0 && !e; top--)
		e = file_write_all(fd, level[top - 1], n[top] * DMTREE_BLOCK);
	return e;
}

int
dmtree_append(int fd, const uint8_t salt[SHA256_SIZE], char root[SHA256_HEX], struct dmtree *t)
{
	uint8_t hash[SHA256_SIZE], *hashes;
	struct sha256 salted;
	struct stat st;
	int e = sys_fstat(fd, &st);

	if (e || !st.st_size)
		return e ? e : -ENODATA;
	t->blocks = ((uint64_t)st.st_size + DMTREE_BLOCK - 1) / DMTREE_BLOCK;
	t->salt_len = SHA256_SIZE;
	memcpy(t->salt, salt, SHA256_SIZE);
	sha256_begin(&salted);
	sha256_add(&salted, salt, SHA256_SIZE);
	e = sys_ftruncate(fd, (off_t)(t->blocks * DMTREE_BLOCK));
	hashes = arena_get(above(t->blocks) * DMTREE_BLOCK);
	e = e ? e : hash_content(fd, t, &salted, hashes);
	if (!e && sys_lseek(fd, 0, SEEK_END) < 0)
		e = -EIO;
	e = e ? e : write_super(fd, t);
	e = e ? e : write_levels(fd, t->blocks, &salted, hashes, hash);
	sha256_hex(hash, root);
	return e;
}

/* whole() grows with its argument: there is at most one number of blocks that fits the file's length. */
static uint64_t
content_of(uint64_t all)
{
	uint64_t low = 1, high = all, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (whole(mid) < all)
			low = mid + 1;
		else
			high = mid;
	}
	return whole(low) == all ? low : 0;
}

int
dmtree_find(int fd, struct dmtree *t)
{
	struct super s;
	struct stat st;
	int e = sys_fstat(fd, &st);

	if (e)
		return e;
	t->blocks = st.st_size % DMTREE_BLOCK ? 0 : content_of((uint64_t)st.st_size / DMTREE_BLOCK);
	if (!t->blocks || sys_pread(fd, &s, sizeof s, (off_t)(t->blocks * DMTREE_BLOCK)) != sizeof s)
		return -ENODATA;
	t->salt_len = get(s.salt_size, 2);
	if (memcmp(s.magic, magic, sizeof magic) || get(s.version, 4) != 1 || get(s.hash_type, 4) != 1 ||
		memcmp(s.algorithm, "sha256", 7) || get(s.data_block, 4) != DMTREE_BLOCK || get(s.hash_block, 4) != DMTREE_BLOCK ||
		get(s.data_blocks, 8) != t->blocks || t->salt_len > DMTREE_SALT)
		return -ENODATA;
	memcpy(t->salt, s.salt, t->salt_len);
	return 0;
}

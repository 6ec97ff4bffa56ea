/* SPDX-License-Identifier: MIT */
/* fuzz_archive.c - any bytes as a cpio or tar archive: every name that comes out stays inside */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "bundle/member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes { const uint8_t *p; size_t n; };

/* In short pieces, as a pipe may give them. */
static ssize_t
read_bytes(void *from, void *buf, size_t n)
{
	struct bytes *b = from;

	if (n > b->n)
		n = b->n;
	if (n > 700)
		n = 700;
	if (n)
		memcpy(buf, b->p, n);
	b->p += n;
	b->n -= n;
	return (ssize_t)n;
}

static void
look_at_path(const char *p)
{
	const char *at;

	if (!p)
		return;
	if (*p == '/' || strlen(p) > 4096)
		abort();
	for (at = p; (at = strstr(at, "..")); at += 2)
		if ((at == p || at[-1] == '/') && (!at[2] || at[2] == '/'))
			abort();
}

static void
read_all(int (*next)(struct unpacker *, struct member *), const uint8_t *data, size_t size)
{
	struct bytes b = {data, size};
	struct unpacker u = {.next = next, .read = read_bytes, .from = &b};
	struct member m;
	char buf[300];
	uint64_t sum = 0;
	ssize_t n;
	int got;

	while ((got = next(&u, &m)) > 0) {
		if (!m.path || (S_ISLNK(m.mode) && !m.target && !m.hard))
			abort();
		look_at_path(m.path);
		look_at_path(m.hard);
		sum = 0;
		while (m.path[0] != 'x' && (n = unpacker_data(&u, buf, sizeof buf)) > 0)
			sum += (uint64_t)n;
		if (sum > size)
			abort();
	}
	if (got < 0 && !u.why)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_all(next_cpio, data, size);
	read_all(next_tar, data, size);
	arena_reset();
	return 0;
}

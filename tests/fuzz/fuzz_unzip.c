/* SPDX-License-Identifier: MIT */
/* fuzz_unzip.c - any bytes as a stream that may be compressed, as an archive in it, and what is read in pieces is what is read at once */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "bundle/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 20 }; /* a bomb ends here */

struct bytes { const uint8_t *p; size_t n, piece; };

static ssize_t
read_bytes(void *from, void *buf, size_t n)
{
	struct bytes *b = from;

	if (n > b->n)
		n = b->n;
	if (n > b->piece)
		n = b->piece;
	if (n)
		memcpy(buf, b->p, n);
	b->p += n;
	b->n -= n;
	return (ssize_t)n;
}

/* Its sum and length; negative the error. */
static ssize_t
read_all(const uint8_t *data, size_t size, size_t in, size_t out, uint32_t *sum)
{
	struct bytes b = {data, size, in};
	struct unzip *z = unzip_begin(read_bytes, &b);
	const char *why = NULL;
	uint8_t *buf = malloc(out);
	ssize_t n, all = 0, i;

	*sum = 0;
	while ((n = unzip_read(z, buf, out, &why)) > 0 && all < MOST) {
		if ((size_t)n > out)
			abort();
		for (i = 0; i < n && all < MOST; i++, all++)
			*sum = *sum * 31 + buf[i];
	}
	if (n == -EINVAL && !why)
		abort();
	unzip_end(z);
	free(buf);
	return n < 0 ? n : all;
}

/* As unpack does, but into nothing. */
static void
as_archive(const uint8_t *data, size_t size)
{
	struct archive *a = NEW(struct archive);
	struct member m;
	uint64_t sum = 0;
	char buf[300];
	ssize_t n;
	int fd = memfd_create("fuzz", MFD_CLOEXEC), got;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET))
		abort();
	got = archive_open(a, fd);
	while (got > 0 && sum < MOST && a->u.next(&a->u, &m) > 0)
		while ((n = unpacker_data(&a->u, buf, sizeof buf)) > 0 && sum < MOST)
			sum += (uint64_t)n;
	if (got > 0)
		unzip_end(a->unzip);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t one, two;
	ssize_t n = read_all(data, size, 1 << 20, 1 << 16, &one), m = read_all(data, size, 7, 113, &two);

	/* An error may be met before or behind what the other had already. */
	if (n >= 0 && m >= 0 && (n != m || one != two))
		abort();
	as_archive(data, size);
	arena_reset();
	return 0;
}

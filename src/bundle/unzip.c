/* SPDX-License-Identifier: MIT */
/* unzip.c - a stream that may be compressed: gzip by zlib (feature GZIP) */
#include "bundle/unzip.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if HAVE_GZIP
#include <zlib.h>
#endif

#include "base/arena.h"
#include "sys.h"

enum { IN = 32 << 10, GZIP_WINDOW = 15 + 16 };

struct unzip {
	ssize_t (*read)(void *from, void *buf, size_t n);
	void *from;
	uint8_t *in;
	size_t at, n; /* what is left of in */
	bool begun, end, gzip;
	const char *refused;
#if HAVE_GZIP
	z_stream z;
	bool middle; /* of a gzip member */
#endif
};

struct unzip *
unzip_begin(ssize_t (*read)(void *from, void *buf, size_t n), void *from)
{
	struct unzip *z = NEW(struct unzip);

	z->read = read;
	z->from = from;
	z->in = arena_get(IN);
	return z;
}

/* More of the input, when there is none left: 1, 0 at its end, or -errno. */
static int
fill(struct unzip *z)
{
	ssize_t got;

	if (z->at < z->n)
		return 1;
	do
		got = z->read(z->from, z->in, IN);
	while (got == -EINTR);
	z->at = 0;
	z->n = got > 0 ? (size_t)got : 0;
	return got > 0 ? 1 : (int)got;
}

#if HAVE_GZIP
static voidpf
z_get(voidpf opaque, uInt n, uInt size)
{
	(void)opaque;
	return arena_get((size_t)n * size);
}

static void
z_keep(voidpf opaque, voidpf at)
{
	(void)opaque;
	(void)at;
}

static ssize_t
fail(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

static ssize_t
inflate_some(struct unzip *z, void *buf, size_t n, const char **why)
{
	int got, e;

	z->z.next_out = buf;
	z->z.avail_out = (uInt)n;
	while (z->z.avail_out == n) {
		got = fill(z);
		if (got < 0)
			return got;
		if (got == 0)
			return z->middle ? fail(why, "the gzip stream is cut") : 0;
		if (!z->middle && inflateReset(&z->z) != Z_OK)
			return -EINVAL;
		z->z.next_in = z->in + z->at;
		z->z.avail_in = (uInt)(z->n - z->at);
		e = inflate(&z->z, Z_NO_FLUSH);
		z->at = z->n - z->z.avail_in;
		z->middle = e == Z_OK || e == Z_BUF_ERROR;
		if (!z->middle && e != Z_STREAM_END)
			return fail(why, "the gzip stream is damaged");
	}
	return (ssize_t)(n - z->z.avail_out);
}
#endif

/* gzip (RFC 1952) and zstd (RFC 8878) have marks; else it is what it is. */
static int
begin(struct unzip *z)
{
	int got = fill(z);

	z->begun = true;
	if (got <= 0)
		return got;
	z->gzip = z->n >= 2 && !memcmp(z->in, "\x1f\x8b", 2);
	if (z->n >= 4 && !memcmp(z->in, "\x28\xb5\x2f\xfd", 4))
		z->refused = "it is compressed by zstd, which this mote cannot read";
#if HAVE_GZIP
	z->z.zalloc = z_get;
	z->z.zfree = z_keep;
	if (z->gzip && inflateInit2(&z->z, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
#else
	if (z->gzip)
		z->refused = "it is compressed by gzip, and this mote was built without GZIP";
#endif
	return 0;
}

ssize_t
unzip_read(struct unzip *z, void *buf, size_t n, const char **why)
{
	int got = z->begun ? 0 : begin(z);

	if (!got && z->refused) {
		*why = z->refused;
		got = -EOPNOTSUPP;
	}
	if (got < 0)
		return got;
#if HAVE_GZIP
	if (z->gzip)
		return inflate_some(z, buf, n, why);
#endif
	got = fill(z);
	if (got <= 0)
		return got;
	n = n < z->n - z->at ? n : z->n - z->at;
	memcpy(buf, z->in + z->at, n);
	z->at += n;
	return (ssize_t)n;
}

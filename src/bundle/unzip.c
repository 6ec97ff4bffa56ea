/* SPDX-License-Identifier: MIT */
/* unzip.c - a stream that may be compressed: gzip by zlib (feature GZIP), zstd by libzstd (ZSTD) */
#include "bundle/unzip.h"

#include <stdint.h>
#include <string.h>
#if HAVE_GZIP
#include <zlib.h>
#endif
#if HAVE_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>
#endif

#include "base/arena.h"
#include "sys.h"

enum {
	IN = 32 << 10,
	GZIP_WINDOW = 15 + 16,
	ZSTD_WINDOW = 27, /* log2: 128 MiB, what `zstd -d` takes without being asked */
};

enum kind { PLAIN, GZIP, ZSTD };

struct unzip {
	ssize_t (*read)(void *from, void *buf, size_t n);
	void *from;
	uint8_t *in;
	size_t at, n; /* what is left of in */
	enum kind kind;
	bool begun;
	bool middle;  /* of a member or frame */
	const char *refused;
#if HAVE_GZIP
	z_stream z;
#endif
#if HAVE_ZSTD
	ZSTD_DStream *s;
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

#if HAVE_GZIP || HAVE_ZSTD
static ssize_t
fail(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}
#endif

/* --- gzip ------------------------------------------------------------------------------------- */

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

static int
gzip_begin(struct unzip *z)
{
	z->z.zalloc = z_get;
	z->z.zfree = z_keep;
	return inflateInit2(&z->z, GZIP_WINDOW) == Z_OK ? 0 : -ENOMEM;
}

static ssize_t
gzip_some(struct unzip *z, void *buf, size_t n, const char **why)
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

/* --- zstd ------------------------------------------------------------------------------------- */

#if HAVE_ZSTD
enum { ROOM = 64 }; /* before what is given: its length; keeps the alignment */

/* A window is as large as the stream says: mapped, so that only what is used of it counts, and given back. */
static void *
zstd_get(void *opaque, size_t n)
{
	char *p = n > SIZE_MAX - ROOM ? NULL : sys_mmap(NULL, n + ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)opaque;
	if (!p)
		return NULL;
	n += ROOM;
	memcpy(p, &n, sizeof n);
	return p + ROOM;
}

static void
zstd_give(void *opaque, void *at)
{
	char *p = at;
	size_t n;

	(void)opaque;
	if (!p)
		return;
	memcpy(&n, p - ROOM, sizeof n);
	sys_munmap(p - ROOM, n);
}

static int
zstd_begin(struct unzip *z)
{
	z->s = ZSTD_createDStream_advanced((ZSTD_customMem){zstd_get, zstd_give, NULL});
	return z->s && !ZSTD_isError(ZSTD_DCtx_setParameter(z->s, ZSTD_d_windowLogMax, ZSTD_WINDOW)) ? 0 : -ENOMEM;
}

static ssize_t
zstd_fault(size_t e, const char **why)
{
	switch (ZSTD_getErrorCode(e)) {
	case ZSTD_error_memory_allocation: return -ENOMEM;
	case ZSTD_error_frameParameter_windowTooLarge: return fail(why, "the zstd stream wants a window of more than 128 MiB");
	case ZSTD_error_dictionary_wrong: return fail(why, "the zstd stream wants a dictionary");
	default: return fail(why, "the zstd stream is damaged");
	}
}

/* The decoder leaves the last byte of a frame where it is until all of its output was taken. */
static ssize_t
zstd_some(struct unzip *z, void *buf, size_t n, const char **why)
{
	ZSTD_outBuffer out = {buf, n, 0};
	ZSTD_inBuffer in;
	size_t left;
	int got;

	while (!out.pos) {
		got = fill(z);
		if (got < 0)
			return got;
		if (got == 0)
			return z->middle ? fail(why, "the zstd stream is cut") : 0;
		in = (ZSTD_inBuffer){z->in, z->n, z->at};
		left = ZSTD_decompressStream(z->s, &out, &in);
		z->at = in.pos;
		if (ZSTD_isError(left))
			return zstd_fault(left, why);
		z->middle = left != 0;
	}
	return (ssize_t)out.pos;
}
#endif

/* ---------------------------------------------------------------------------------------------- */

/* gzip (RFC 1952) and zstd (RFC 8878, which may begin with a frame to skip) have marks; else it is what it is. */
static enum kind
kind_of(const uint8_t *p, size_t n)
{
	if (n >= 2 && !memcmp(p, "\x1f\x8b", 2))
		return GZIP;
	if (n >= 4 && (!memcmp(p, "\x28\xb5\x2f\xfd", 4) || ((p[0] & 0xf0) == 0x50 && !memcmp(p + 1, "\x2a\x4d\x18", 3))))
		return ZSTD;
	return PLAIN;
}

static int
begin(struct unzip *z)
{
	int got = fill(z);

	z->begun = true;
	if (got <= 0)
		return got;
	z->kind = kind_of(z->in, z->n);
	switch (z->kind) {
	case PLAIN: return 0;
#if HAVE_GZIP
	case GZIP: return gzip_begin(z);
#endif
#if HAVE_ZSTD
	case ZSTD: return zstd_begin(z);
#endif
	default: z->refused = z->kind == GZIP ? "it is compressed by gzip, and this mote was built without GZIP" :
		"it is compressed by zstd, and this mote was built without ZSTD";
	}
	return 0;
}

static ssize_t
plain_some(struct unzip *z, void *buf, size_t n)
{
	int got = fill(z);

	if (got <= 0)
		return got;
	n = n < z->n - z->at ? n : z->n - z->at;
	memcpy(buf, z->in + z->at, n);
	z->at += n;
	return (ssize_t)n;
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
	switch (z->kind) {
#if HAVE_GZIP
	case GZIP: return gzip_some(z, buf, n, why);
#endif
#if HAVE_ZSTD
	case ZSTD: return zstd_some(z, buf, n, why);
#endif
	default: return plain_some(z, buf, n);
	}
}

bool
unzip_was(const struct unzip *z)
{
	return z->kind != PLAIN;
}

void
unzip_end(struct unzip *z)
{
#if HAVE_ZSTD
	ZSTD_freeDStream(z->s);
	z->s = NULL;
#endif
	(void)z;
}

/* SPDX-License-Identifier: MIT */
/* layer.c - layers of images: their marks, and what is read of them */
#include "bundle/layer.h"

#include <string.h>

#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "bundle/oci.h"
#include "bundle/unzip.h"
#include "bundle/verify.h"
#include "sys.h"

#define MARK ".wh."
#define OPAQUE ".wh..wh..opq"

/* --- marks ------------------------------------------------------------------------------------ */

bool
layer_mark(const char *name)
{
	return text_starts(name, MARK);
}

static int
remove_any(int dir, const char *name)
{
	int e = sys_unlinkat(dir, name, 0);

	return e == -EISDIR || e == -EPERM ? file_remove(dir, name) : e;
}

static int
clear(int parent, const char *name, struct links *made, int depth);

/* A folder that holds something of this layer stays, by whatever name it was made. */
static int
clear_one(int dir, const char *name, struct links *made, int depth)
{
	struct stat st;
	int e = sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	bool folder = !e && S_ISDIR(st.st_mode);

	if (!e && folder)
		e = clear(dir, name, made, depth + 1);
	if (e || links_find(made, st.st_dev, st.st_ino)->path)
		return e;
	e = sys_unlinkat(dir, name, folder ? AT_REMOVEDIR : 0);
	return folder && (e == -ENOTEMPTY || e == -EEXIST) ? 0 : e;
}

static int
clear(int parent, const char *name, struct links *made, int depth)
{
	struct name_list l = {NULL, 0};
	autofd int dir = sys_openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	size_t i;
	int e = dir < 0 ? dir : depth > MANIFEST_DEEPEST ? -ELOOP : names_read(dir, &l);

	for (i = 0; i < l.n && !e; i++)
		e = clear_one(dir, l.v[i], made, depth);
	return e;
}

int
layer_apply(int dir, const char *name, struct links *made)
{
	struct stat st;
	int e;

	if (text_eq(name, OPAQUE))
		return clear(dir, ".", made, 0);
	name += strlen(MARK);
	if (text_starts(name, MARK)) /* aufs' own */
		return 0;
	if (!*name || text_eq(name, ".") || text_eq(name, ".."))
		return -EINVAL;
	e = sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	if (e)
		return e == -ENOENT ? 0 : e; /* nothing there to take away */
	return links_find(made, st.st_dev, st.st_ino)->path ? 0 : remove_any(dir, name);
}

int
layer_room(int dir, const char *name, bool folder)
{
	struct stat st;
	int e = sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);

	if (e)
		return e == -ENOENT ? 0 : e;
	return folder && S_ISDIR(st.st_mode) ? 0 : remove_any(dir, name);
}

int
layer_made(int dir, const char *name, struct links *made)
{
	struct stat st;
	int e = sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);

	if (!e)
		links_find(made, st.st_dev, st.st_ino)->path = "";
	return e;
}

/* --- what is read ------------------------------------------------------------------------------ */

/* A blob on its way: hashed as it lies there, perhaps inflated, and hashed again. */
struct layer_target { int rootfs; struct unpack_limits *left; };

struct stream {
	int fd;
	uint64_t size; /* so far */
	struct sha256 blob, diff;
	struct unzip *unzip;
	const char *why;
};

static ssize_t
read_blob(void *from, void *buf, size_t n)
{
	struct stream *s = from;
	ssize_t got = sys_read(s->fd, buf, n);

	if (got > 0) {
		sha256_add(&s->blob, buf, (size_t)got);
		s->size += (uint64_t)got;
	}
	return got;
}

static ssize_t
read_layer(void *from, void *buf, size_t n)
{
	struct stream *s = from;
	ssize_t got = unzip_read(s->unzip, buf, n, &s->why);

	if (got > 0)
		sha256_add(&s->diff, buf, (size_t)got);
	return got;
}

static bool
is_digest(struct sha256 *h, const char *digest)
{
	uint8_t raw[SHA256_SIZE];
	char hex[SHA256_HEX];

	sha256_end(h, raw);
	sha256_hex(raw, hex);
	return text_eq(hex, digest + 7);
}

/* All of it is read, also what lies behind the archive's end. */
static bool
is_right(struct stream *s, const struct oci_blob *b, const char *diff, struct diag *d)
{
	char buf[4096];
	ssize_t n;

	do
		n = read_layer(s, buf, sizeof buf);
	while (n > 0);
	do
		n = n < 0 ? n : read_blob(s, buf, sizeof buf);
	while (n > 0);
	if (n < 0)
		return diag_fail(d, "layer %s: %s", b->digest, s->why ? s->why : text_errno((int)n));
	if (s->size != b->size || !is_digest(&s->blob, b->digest))
		return diag_fail(d, "layer %s is not what its digest or its size says", b->digest);
	return is_digest(&s->diff, diff) || diag_fail(d, "layer %s: its content is not what diff_id %s says", b->digest, diff);
}

static bool
one(int layout, const struct oci_blob *b, const char *diff, struct layer_target *t, struct diag *d)
{
	autofd int fd = sys_openat(layout, text_path("blobs/sha256", b->digest + 7), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	struct stream s = {.fd = fd};
	struct unpacker u = {.next = next_tar, .read = read_layer, .from = &s, .rooted = true};
	struct stat st;
	int e = fd < 0 ? fd : sys_fstat(fd, &st);
	bool good;

	if (e)
		return diag_fail(d, "read layer %s: %s", b->digest, text_errno(e));
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != b->size)
		return diag_fail(d, "layer %s has %llu bytes, not %llu", b->digest, (unsigned long long)st.st_size, (unsigned long long)b->size);
	sha256_begin(&s.blob);
	sha256_begin(&s.diff);
	s.unzip = unzip_begin(read_blob, &s);
	good = unpack_layer(&u, t->rootfs, t->left, d) ? is_right(&s, b, diff, d) :
		diag_fail(d, "layer %s: %s", b->digest, s.why ? s.why : "it cannot be unpacked");
	unzip_end(s.unzip);
	return good;
}

bool
oci_layers(const struct oci_image *i, int layout, int rootfs, struct unpack_limits *left, struct diag *d)
{
	struct layer_target t = {rootfs, left};
	size_t k;

	for (k = 0; k < i->nlayers; k++)
		if (!digest_valid(i->diff_ids.v[k]) || !one(layout, &i->layers[k], i->diff_ids.v[k], &t, d))
			return d->errors ? false : diag_fail(d, "the image's config has a diff_id that is no sha256 digest");
	return true;
}

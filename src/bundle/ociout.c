/* SPDX-License-Identifier: MIT */
/* ociout.c - a bundle as an image of one layer: the blobs, and the layout that holds them
 *
 * The root file system is the layer, a plain tar.  config.json becomes the image's config, and lies in it byte by byte as well.  A
 * folder takes one walk: the layer is hashed while it is written, and named afterwards.  In a tar the name comes first: two walks. */
#include "bundle/ociout.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "sys.h"

enum { SIGNATURE_MAX = 64 << 10, CONFIG_MAX = 4 << 20 /* what containers/image reads of a config */ };

#define LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"
#define BLOBS "blobs/sha256"
#define TYPE "application/vnd.oci.image."

/* --- what goes with it -------------------------------------------------------------------------- */

struct text { struct out o; char digest[OCI_DIGEST]; };

/* The blobs of an image but the layer, and its descriptor for the index. */
struct image { struct text config, manifest; struct out entry; };

static void
seal(struct text *t)
{
	struct sha256 h;

	sha256_begin(&h);
	sha256_add(&h, t->o.buf, t->o.len);
	oci_digest(&h, t->digest);
}

static bool
is_text(const char *s, size_t n)
{
	size_t at, len;

	for (at = 0; at < n; at += len) {
		len = text_utf8(s + at, n - at);
		if (!len || !s[at])
			return false;
	}
	return true;
}

/* They go along as they do into archives: whether they fit is whoever's who has the key. */
static bool
read_signature(int dir, const char *name, const char **to, struct diag *d)
{
	char *text;
	size_t n;
	int e = file_read(dir, name, SIGNATURE_MAX, &text, &n);

	if (e == -ENOENT)
		return true;
	if (e)
		return diag_fail(d, "read %s: %s", name, text_errno(e));
	*to = text;
	return is_text(text, n) || diag_fail(d, "%s is no text: an image cannot hold it", name);
}

static void
put_descriptor(struct jout *j, const char *key, const char *type, const struct oci_blob *b)
{
	jout_open(j, key, '{');
	jout_str(j, "mediaType", type);
	jout_str(j, "digest", b->digest);
	jout_uint(j, "size", b->size);
}

static void
make_manifest(struct image *i, const struct oci_layer *l)
{
	struct jout j = {.o = &i->manifest.o};

	jout_open(&j, NULL, '{');
	jout_uint(&j, "schemaVersion", 2);
	jout_str(&j, "mediaType", TYPE "manifest.v1+json");
	put_descriptor(&j, "config", TYPE "config.v1+json", &(struct oci_blob){i->config.digest, i->config.o.len});
	jout_close(&j, '}');
	jout_open(&j, "layers", '[');
	put_descriptor(&j, NULL, TYPE "layer.v1.tar", &(struct oci_blob){l->digest, l->p.at});
	jout_close(&j, '}');
	jout_close(&j, ']');
	jout_open(&j, "annotations", '{');
	jout_str(&j, OCI_PACKED ".digest", l->packed.digest);
	jout_close(&j, '}');
	jout_close(&j, '}');
	seal(&i->manifest);
}

static bool
make_image(struct image *i, struct oci_layer *l, const char *hex, struct diag *d)
{
	const struct oci_new *n = l->n;
	struct jout j = {.o = &i->entry};

	*i = (struct image){.config = {.o = out_mem()}, .manifest = {.o = out_mem()}, .entry = out_mem()};
	l->packed.digest = text_make("sha256:%s", hex);
	l->packed.config = arena_copy(n->manifest.config, n->manifest.config_len);
	if (!read_signature(n->place.fd, MANIFEST_NAME ".sig", &l->packed.signify, d) ||
		!read_signature(n->place.fd, MANIFEST_NAME ".minisig", &l->packed.minisign, d))
		return false;
	oci_config(&i->config.o, n, &l->packed, oci_architecture(l), l->digest);
	if (i->config.o.len > CONFIG_MAX)
		return diag_fail(d, "config.json is too long for an image: its config may have 4 MiB");
	seal(&i->config);
	make_manifest(i, l);
	put_descriptor(&j, NULL, TYPE "manifest.v1+json", &(struct oci_blob){i->manifest.digest, i->manifest.o.len});
	jout_open(&j, "annotations", '{');
	jout_str(&j, OCI_REF_NAME, n->tag);
	jout_close(&j, '}');
	jout_close(&j, '}');
	return true;
}

static const char *
blob_path(const char *digest)
{
	return text_path(BLOBS, digest + 7);
}

static bool
make_index(const struct image *i, const char *tag, const char *old, size_t n, struct out *o, struct diag *d)
{
	static const char none[] = "{\"schemaVersion\":2,\"mediaType\":\"" TYPE "index.v1+json\",\"manifests\":[]}";
	struct out entry = i->entry;

	return oci_index_add(old ? old : none, old ? n : strlen(none), tag, out_text(&entry), o, d);
}

/* --- into a folder ------------------------------------------------------------------------------ */

/* What has been made so far, in this order: an error takes it away again. */
struct made { int layout; const char *beside; struct strs paths; };

/* beside takes its place; what stood there and is replaced was the same, or is the index. */
static int
place(struct made *k, int fd, const char *path)
{
	bool was = sys_faccessat(k->layout, path, F_OK) == 0;
	int e = sys_fsync(fd);

	e = e ? e : sys_renameat2(k->layout, k->beside, k->layout, path, 0);
	if (!e && !was)
		*PUSH(k->paths.v, k->paths.n) = path;
	return e;
}

static int
open_beside(struct made *k)
{
	return sys_openat(k->layout, k->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

static int
put_file(struct made *k, const char *path, const char *text, size_t n)
{
	autofd int fd = open_beside(k);
	int e = fd < 0 ? fd : file_write_all(fd, text, n);

	return e ? e : place(k, fd, path);
}

static int
put_text(struct made *k, const struct text *t)
{
	return put_file(k, blob_path(t->digest), t->o.buf, t->o.len);
}

static void
undo(struct made *k)
{
	sys_unlinkat(k->layout, k->beside, 0);
	while (k->paths.n > 0)
		sys_unlinkat(k->layout, k->paths.v[--k->paths.n], 0);
}

static int
make_folder(struct made *k, const char *path)
{
	int e = sys_mkdirat(k->layout, path, 0755);

	return e == -EEXIST ? 0 : e;
}

static bool
put_index(struct made *k, const struct image *i, const char *tag, struct diag *d)
{
	struct out o = out_mem();
	char *old = NULL;
	size_t n = 0;
	int e = file_read(k->layout, "index.json", CONFIG_MAX, &old, &n);
	if (e == -ENOENT)
		e = 0;
	if (!e && !make_index(i, tag, old, n, &o, d))
		return false;
	e = e ? e : put_file(k, "index.json", o.buf, o.len);
	return !e || diag_fail(d, "write index.json: %s", text_errno(e));
}

static bool
put_layer(struct made *k, struct oci_layer *l, const struct oci_new *n, char hex[SHA256_HEX], struct diag *d)
{
	autofd int fd = open_beside(k);
	int e = fd < 0 ? fd : 0;

	if (!e && !oci_layer(l, n, fd, hex, d))
		return false;
	e = e ? e : place(k, fd, blob_path(l->digest));
	return !e || diag_fail(d, "write the layer: %s", text_errno(e));
}

static bool
write_folder(struct made *k, const struct oci_new *n, char hex[SHA256_HEX], struct diag *d)
{
	struct oci_layer *l = NEW(struct oci_layer);
	struct image *i = NEW(struct image);
	int e = sys_flock(k->layout, LOCK_EX); /* whoever else adds an image at the same time waits: the index has both */

	e = e ? e : make_folder(k, "blobs");
	e = e ? e : make_folder(k, BLOBS);
	if (e)
		return diag_fail(d, "make %s: %s", BLOBS, text_errno(e));
	if (!put_layer(k, l, n, hex, d) || !make_image(i, l, hex, d))
		return false;
	e = put_text(k, &i->config);
	e = e ? e : put_text(k, &i->manifest);
	if (!e && sys_faccessat(k->layout, "oci-layout", F_OK))
		e = put_file(k, "oci-layout", LAYOUT, strlen(LAYOUT));
	if (e)
		return diag_fail(d, "write the image: %s", text_errno(e));
	return put_index(k, i, n->tag, d);
}

bool
oci_write(const struct oci_new *n, int layout, char hex[SHA256_HEX], struct diag *d)
{
	struct made k = {.layout = layout, .beside = n->beside};
	bool good = write_folder(&k, n, hex, d);

	if (!good)
		undo(&k);
	return good;
}

/* --- into a tar ------------------------------------------------------------------------------- */

static int
tar_member(struct packer *p, const struct oci_new *n, const char *path, mode_t mode, uint64_t size)
{
	return p->member(p, &(struct member){.path = path, .mode = mode, .size = size, .mtime = n->how->epoch});
}

static int
tar_text(struct packer *p, const struct oci_new *n, const char *path, const char *text, size_t size)
{
	int e = tar_member(p, n, path, S_IFREG | 0644, size);

	return e ? e : p->data(p, text, size);
}

static int
tar_texts(struct packer *p, const struct oci_new *n, const struct image *i, const struct out *index)
{
	int e = tar_member(p, n, "blobs", S_IFDIR | 0755, 0);

	e = e ? e : tar_member(p, n, BLOBS, S_IFDIR | 0755, 0);
	e = e ? e : tar_text(p, n, blob_path(i->config.digest), i->config.o.buf, i->config.o.len);
	e = e ? e : tar_text(p, n, blob_path(i->manifest.digest), i->manifest.o.buf, i->manifest.o.len);
	e = e ? e : tar_text(p, n, "index.json", index->buf, index->len);
	return e ? e : tar_text(p, n, "oci-layout", LAYOUT, strlen(LAYOUT));
}

bool
oci_write_tar(const struct oci_new *n, int fd, char hex[SHA256_HEX], struct diag *d)
{
	struct oci_layer *l = NEW(struct oci_layer), *again = NEW(struct oci_layer);
	struct image *i = NEW(struct image);
	struct out index = out_mem();
	struct packer p = packer_tar;
	char hex2[SHA256_HEX];
	int e;

	p.fd = fd;
	if (!oci_layer(l, n, -1, hex, d) || !make_image(i, l, hex, d) || !make_index(i, n->tag, NULL, 0, &index, d))
		return false;
	e = tar_texts(&p, n, i, &index);
	e = e ? e : tar_member(&p, n, blob_path(l->digest), S_IFREG | 0644, l->p.at);
	if (e)
		return diag_fail(d, "write the image: %s", text_errno(e));
	if (!oci_layer(again, n, fd, hex2, d))
		return false;
	if (!text_eq(hex, hex2) || !text_eq(l->digest, again->digest))
		return diag_fail(d, "the bundle changes while it is packed");
	p.at += again->p.at; /* a tar, and so whole blocks */
	e = p.end(&p);
	return !e || diag_fail(d, "write the image: %s", text_errno(e));
}

/* --- names ------------------------------------------------------------------------------------ */

static bool
alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
oci_tag_valid(const char *tag)
{
	bool last = false;

	for (; *tag; tag++) {
		bool letter = alphanumeric(*tag), dashes = tag[0] == '-' && tag[1] == '-';

		if (!letter && (!last || !strchr("-._:@+/", *tag)))
			return false;
		tag += dashes;
		last = letter;
	}
	return last;
}

bool
oci_is_layout(const char *path)
{
	return sys_faccessat(AT_FDCWD, text_path(path, "oci-layout"), F_OK) == 0;
}

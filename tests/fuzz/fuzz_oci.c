/* SPDX-License-Identifier: MIT */
/* fuzz_oci.c - any bytes as the index, the manifest and the config of an image, each with its right digest; and as one layer over another;
 * and as the index of a layout that gets one image more
 *
 * The input is three texts, split at NUL bytes; what is behind the third is a layer (tar).  Nothing is written but below a folder in memory. */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "base/text.h"
#include "bundle/oci.h"
#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A blob under its digest, "sha256:..." */
static const char *
blob(int dir, const void *data, size_t n)
{
	uint8_t raw[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;

	sha256_begin(&h);
	sha256_add(&h, data, n);
	sha256_end(&h, raw);
	sha256_hex(raw, hex);
	folder_put(dir, text_path("blobs/sha256", hex), data, n);
	return text_make("sha256:%s", hex);
}

struct part { const char *s; size_t n; };

/* Up to the next NUL byte. */
static struct part
next(const uint8_t **p, size_t *n)
{
	const uint8_t *end = *n ? memchr(*p, 0, *n) : NULL;
	struct part s = {(const char *)*p, end ? (size_t)(end - *p) : *n};

	*p += s.n + (end != NULL);
	*n -= s.n + (end != NULL);
	return s;
}

/* Files and digests in a text: the words CONFIG, LAYER, DIFF and MANIFEST stand for "digest": "...", "size": N. */
static struct part
filled(struct part t, const char *word, const char *with)
{
	char *s = arena_copy(t.s, t.n), *at = strstr(s, word);
	const char *all;

	if (!at)
		return (struct part){s, strlen(s)};
	*at = '\0';
	all = text_make("%s%s%s", s, with, at + strlen(word));
	return (struct part){all, strlen(all)};
}

static const char *
described(int dir, struct part b)
{
	return text_make("\"digest\":\"%s\",\"size\":%zu", blob(dir, b.s, b.n), b.n);
}

static bool
opens(int dir, const char *index, size_t n)
{
	struct oci_image i;
	struct diag d = {0};
	bool well;

	folder_put(dir, "index.json", index, n);
	well = oci_open(&i, dir, "t", &d);
	if (well != !d.errors)
		abort();
	return well;
}

/* The new image is found by its tag as well as in an index of its own, whatever else is there; and is not there twice. */
static void
more(int dir, struct part index, const char *manifest)
{
	const char *entry = text_make("{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",%s,\"annotations\":{\"" OCI_REF_NAME "\":\"t\"}}", manifest);
	const char *alone = text_make("{\"manifests\":[%s]}", entry);
	struct out o = out_mem(), again = out_mem();
	struct diag d = {0};

	if (!oci_index_add(index.s, index.n, "t", entry, &o, &d)) {
		if (!d.errors)
			abort();
		return;
	}
	if (d.errors || opens(dir, o.buf, o.len) != opens(dir, alone, strlen(alone)))
		abort();
	if (!oci_index_add(o.buf, o.len, "t", entry, &again, &d) || again.len != o.len || memcmp(again.buf, o.buf, o.len) != 0)
		abort();
}

static void
one(int dir, int rootfs, const uint8_t *data, size_t size)
{
	struct part config = next(&data, &size), manifest = next(&data, &size), index = next(&data, &size), layer = {(const char *)data, size};
	struct unpack_limits left = {1 << 20, 1000};
	struct oci_image i;
	struct diag d = {0};
	const char *l = described(dir, layer), *m;

	config = filled(config, "DIFF", blob(dir, layer.s, layer.n));
	manifest = filled(filled(manifest, "CONFIG", described(dir, config)), "LAYER", l);
	manifest = filled(manifest, "LAYER", l);
	m = described(dir, manifest);
	index = filled(index, "MANIFEST", m);
	folder_put(dir, "index.json", index.s, index.n);
	if (oci_open(&i, dir, NULL, &d) ? !oci_layers(&i, dir, rootfs, &left, &d) && !d.errors : !d.errors)
		abort();
	more(dir, index, m);
}

static unsigned
entries(int at)
{
	DIR *d = fdopendir(openat(at, ".", O_RDONLY | O_DIRECTORY));
	const struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int dir = folder("fuzz_oci"), rootfs;

	mkdirat(dir, "blobs", 0700);
	mkdirat(dir, "blobs/sha256", 0700);
	mkdirat(dir, "rootfs", 0700);
	rootfs = openat(dir, "rootfs", O_RDONLY | O_DIRECTORY);
	one(dir, rootfs, data, size);
	close(rootfs);
	file_remove(dir, "rootfs");
	file_remove(dir, "blobs");
	if (entries(dir) != 1) /* index.json: a layer that leads out of rootfs comes by here */
		abort();
	arena_reset();
	return 0;
}

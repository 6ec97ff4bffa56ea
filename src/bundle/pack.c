/* SPDX-License-Identifier: MIT */
/* pack.c - a bundle into an archive: two walks, the first for the manifest */
#include "bundle/pack.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "sys.h"

enum { SIGNATURE_MAX = 64 << 10 };

struct pack {
	struct manifest_sink sink; /* first: the sink is the pack */
	struct packer *p;
	const struct pack_options *how;
	bool prefix;
};

/* path behind the prefix. */
static const char *
prefixed(struct pack *k, const char *path)
{
	if (!path)
		return NULL;
	if (!k->prefix)
		return path;
	return text_make("%s/%s", k->how->prefix, path);
}

/* What goes wrong here is the archive's, not the bundle's. */
static int
put(struct pack *k, int e)
{
	if (e)
		k->sink.why = k->p->why ? k->p->why : text_errno(e);
	return e;
}

static int
put_member(struct manifest_sink *s, const struct member *from)
{
	struct pack *k = (struct pack *)s;
	struct member m = *from;

	if (!*m.path)
		return 0;
	m.path = prefixed(k, m.path);
	m.hard = prefixed(k, m.hard);
	if (strlen(m.path) >= PATH_MAX) {
		k->p->why = "a path is longer than 4095 bytes: nobody could unpack it";
		return put(k, -ENAMETOOLONG);
	}
	if (m.hard)
		m.size = 0;
	if (!k->how->own_times)
		m.mtime = k->how->epoch;
	return put(k, k->p->member(k->p, &m));
}

static int
put_data(struct manifest_sink *s, const void *data, size_t n)
{
	struct pack *k = (struct pack *)s;

	return put(k, k->p->data(k->p, data, n));
}

/* The folders of the prefix, from the top. */
static int
put_prefix(struct pack *k)
{
	struct member m = {.mode = S_IFDIR | 0755, .mtime = k->how->epoch};
	const char *p = k->how->prefix, *end = p;
	int e = 0;

	while (!e && k->prefix && *end) {
		end = end + (*end == '/');
		end += strcspn(end, "/");
		m.path = arena_copy(p, (size_t)(end - p));
		e = k->p->member(k->p, &m);
	}
	return e;
}

static int
put_manifest(struct pack *k, const struct out *text)
{
	struct member m = {.path = prefixed(k, MANIFEST_NAME), .mode = S_IFREG | 0644, .size = text->len, .mtime = k->how->epoch};
	int e = k->p->member(k->p, &m);

	return e ? e : k->p->data(k->p, text->buf, text->len);
}

/* The signatures of the manifest that was there go along; whether they fit this one is whoever's who has the key. */
static int
put_signatures(struct pack *k, int dir)
{
	static const char *const names[] = {MANIFEST_NAME ".minisig", MANIFEST_NAME ".sig"};
	struct member m = {.mode = S_IFREG | 0644, .mtime = k->how->epoch};
	char *text;
	size_t i, n;
	int e = 0;

	for (i = 0; i < sizeof names / sizeof *names && !e; i++) {
		e = file_read(dir, names[i], SIGNATURE_MAX, &text, &n);
		if (e == -ENOENT) {
			e = 0;
			continue;
		}
		m.path = prefixed(k, names[i]);
		m.size = n;
		e = e ? e : k->p->member(k->p, &m);
		e = e ? e : k->p->data(k->p, text, n);
	}
	return e;
}

static bool
failed(struct packer *p, int e, struct diag *d)
{
	return diag_fail(d, "write the archive: %s", p->why ? p->why : text_errno(e));
}

bool
pack_bundle(struct packer *p, const struct manifest_place *at, const struct manifest_options *opts,
	const struct pack_options *how, char hex[SHA256_HEX], struct diag *d)
{
	struct pack k = {.sink = {put_member, put_data}, .p = p, .how = how, .prefix = how->prefix && *how->prefix};
	struct links links = {NULL, 0, 0};
	struct manifest_options with = *opts;
	struct out text = out_mem();
	char again[SHA256_HEX];
	int e;

	with.links = &links;
	if (!manifest_digest(at, &with, &text, hex, d))
		return false;
	e = put_prefix(&k);
	e = e ? e : put_manifest(&k, &text);
	e = e ? e : put_signatures(&k, at->fd);
	if (e)
		return failed(p, e, d);
	with.links = NULL;
	with.counted = &links;
	with.sink = &k.sink;
	if (!manifest_digest(at, &with, NULL, again, d))
		return false;
	if (!text_eq(hex, again))
		return diag_fail(d, "the bundle changes while it is packed");
	e = p->end(p);
	return e ? failed(p, e, d) : true;
}

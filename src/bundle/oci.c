/* SPDX-License-Identifier: MIT */
/* oci.c - index, manifest and config of an image in a layout; docs/bundle-oci.md */
#include "bundle/oci.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "bundle/verify.h"
#include "sys.h"

enum { JSON_MAX = 4 << 20, NESTED = 4 };

struct descriptor { const char *type, *tag, *architecture, *os; struct oci_blob blob; };
struct descriptors { struct descriptor *v; size_t n; };

/* --- JSON: null is nothing, and members nobody knows are read over ------------------------------- */

static bool
is(struct json *j, enum json_type type)
{
	if (json_peek(j) == type)
		return true;
	if (json_peek(j) != JSON_NULL)
		json_fault(j, "another type was expected here");
	json_skip(j);
	return false;
}

static void
take(struct json *j, const char **s)
{
	if (is(j, JSON_STRING))
		json_string(j, s, NULL);
}

static void
take_list(struct json *j, struct strs *l)
{
	if (!is(j, JSON_ARRAY) || !json_enter(j))
		return;
	while (json_element(j))
		take(j, PUSH(l->v, l->n));
}

static void
take_pairs(struct json *j, struct pairs *p)
{
	const char *key, *value = NULL;

	if (!is(j, JSON_OBJECT) || !json_enter(j))
		return;
	while (json_member_copy(j, &key)) {
		take(j, &value);
		*PUSH(p->v, p->n) = (struct pair){key, value ? value : ""};
	}
}

/* The names of an object's members. */
static void
take_keys(struct json *j, struct strs *l)
{
	const char *key;

	if (!is(j, JSON_OBJECT) || !json_enter(j))
		return;
	while (json_member_copy(j, &key)) {
		*PUSH(l->v, l->n) = key;
		json_skip(j);
	}
}

struct row { const char *key; void (*take)(struct json *j, void *to); void *to; };

static void
take_text(struct json *j, void *to)
{
	take(j, to);
}

static void
take_texts(struct json *j, void *to)
{
	take_list(j, to);
}

static void
take_labels(struct json *j, void *to)
{
	take_pairs(j, to);
}

static void
take_names(struct json *j, void *to)
{
	take_keys(j, to);
}

static void
take_size(struct json *j, void *to)
{
	bool negative = false;

	if (is(j, JSON_NUMBER) && json_whole(j, &negative, to) && negative)
		json_fault(j, "a size is not negative");
}

static void
take_object(struct json *j, const struct row *rows)
{
	const struct row *r;

	if (!is(j, JSON_OBJECT) || !json_enter(j))
		return;
	while (json_member(j)) {
		for (r = rows; r->key && !text_eq(r->key, j->key); r++)
			;
		if (r->key)
			r->take(j, r->to);
		else
			json_skip(j);
	}
}

static void
take_rows(struct json *j, void *rows)
{
	take_object(j, rows);
}

static void
take_descriptor(struct json *j, void *to)
{
	struct descriptor *d = to;
	const struct row annotations[] = {{OCI_REF_NAME, take_text, &d->tag}, {NULL, NULL, NULL}};
	const struct row platform[] = {{"architecture", take_text, &d->architecture}, {"os", take_text, &d->os}, {NULL, NULL, NULL}};
	const struct row rows[] = {{"mediaType", take_text, &d->type}, {"digest", take_text, &d->blob.digest}, {"size", take_size, &d->blob.size},
		{"annotations", take_rows, (void *)annotations}, {"platform", take_rows, (void *)platform}, {NULL, NULL, NULL}};

	take_object(j, rows);
}

static void
take_descriptors(struct json *j, void *to)
{
	struct descriptors *l = to;

	if (!is(j, JSON_ARRAY) || !json_enter(j))
		return;
	while (json_element(j))
		take_descriptor(j, PUSH(l->v, l->n));
}

static bool
parse(const char *text, size_t n, const char *what, const struct row *rows, struct diag *d)
{
	struct json *j = NEW(struct json);

	json_open_text(j, text, n);
	take_object(j, rows);
	return json_done(j) || diag_fail(d, "%s:%u:%u: %s", what, j->at_line, j->at_column, j->fault);
}

/* --- blobs ------------------------------------------------------------------------------------ */

static bool
digest_known(const char *digest, struct diag *d)
{
	if (digest && digest_valid(digest))
		return true;
	return diag_fail(d, "the image has a digest %s, mote knows sha256 ones only", digest ? digest : "of no kind");
}

/* The text of a small blob, proven. */
static bool
read_blob(int layout, const struct oci_blob *b, char **text, struct diag *d)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;
	size_t n;
	int e;

	if (!digest_known(b->digest, d))
		return false;
	e = file_read(layout, text_path("blobs/sha256", b->digest + 7), JSON_MAX, text, &n);
	if (e)
		return diag_fail(d, "read blob %s: %s", b->digest, text_errno(e));
	sha256_begin(&h);
	sha256_add(&h, *text, n);
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	return (n == b->size && text_eq(hex, b->digest + 7)) || diag_fail(d, "blob %s is not what its name or its size says", b->digest);
}

/* --- which image ------------------------------------------------------------------------------ */

/* The word that images use for this machine. */
static const char *
machine(void)
{
	static const char *const words[][2] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"}, {"i686", "386"}, {"i586", "386"}};
	struct utsname u;
	size_t i;

	sys_uname(&u);
	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (text_eq(words[i][0], u.machine))
			return words[i][1];
	return arena_copy(u.machine, strlen(u.machine));
}

static const struct descriptor *
choose(const struct descriptors *l, const char *tag, struct diag *d)
{
	const struct descriptor *found = NULL;
	size_t i, n = 0;

	for (i = 0; i < l->n; i++) {
		const struct descriptor *at = &l->v[i];

		if (tag && !text_eq(tag, at->tag))
			continue;
		if (at->architecture && (!text_eq(at->architecture, machine()) || !text_eq(at->os, "linux")))
			continue;
		found = at;
		n++;
	}
	if (n == 1)
		return found;
	if (tag)
		diag_fail(d, n ? "the layout has several images '%s' for this machine" : "the layout has no image '%s' for this machine", tag);
	else
		diag_fail(d, n ? "the layout has %zu images: say which, as LAYOUT:TAG" : "the layout has %zu images for this machine", n);
	return NULL;
}

static bool
read_config(struct oci_image *i, int layout, const struct oci_blob *b, struct diag *d)
{
	const struct row inner[] = {{"User", take_text, &i->user}, {"Env", take_texts, &i->env}, {"Entrypoint", take_texts, &i->entrypoint},
		{"Cmd", take_texts, &i->cmd}, {"WorkingDir", take_text, &i->cwd}, {"Labels", take_labels, &i->labels},
		{"ExposedPorts", take_names, &i->ports}, {"StopSignal", take_text, &i->stop_signal}, {NULL, NULL, NULL}};
	const struct row rootfs[] = {{"diff_ids", take_texts, &i->diff_ids}, {NULL, NULL, NULL}};
	struct oci_packed *p = &i->packed;
	const struct row packed[] = {{"digest", take_text, &p->digest}, {"config", take_text, &p->config}, {"mode", take_size, &p->mode},
		{"uid", take_size, &p->uid}, {"gid", take_size, &p->gid}, {"signify", take_text, &p->signify},
		{"minisign", take_text, &p->minisign}, {NULL, NULL, NULL}};
	const struct row rows[] = {{"architecture", take_text, &i->architecture}, {"os", take_text, &i->os}, {"variant", take_text, &i->variant},
		{"author", take_text, &i->author}, {"created", take_text, &i->created}, {"config", take_rows, (void *)inner},
		{"rootfs", take_rows, (void *)rootfs}, {OCI_PACKED, take_rows, (void *)packed}, {NULL, NULL, NULL}};
	char *text;

	if (!read_blob(layout, b, &text, d) || !parse(text, b->size, "the image's config", rows, d))
		return false;
	if (i->os && !text_eq(i->os, "linux"))
		return diag_fail(d, "the image is for %s", i->os);
	return i->diff_ids.n == i->nlayers || diag_fail(d, "the image's config has %zu diff_ids for %zu layers", i->diff_ids.n, i->nlayers);
}

static bool
read_manifest(struct oci_image *i, int layout, const char *text, size_t n, struct diag *d)
{
	struct descriptor config = {.type = NULL};
	struct descriptors layers = {NULL, 0};
	const struct row rows[] = {{"config", take_descriptor, &config}, {"layers", take_descriptors, &layers}, {NULL, NULL, NULL}};
	size_t k;

	if (!parse(text, n, "the image's manifest", rows, d))
		return false;
	for (k = 0; k < layers.n; k++) {
		if (!digest_known(layers.v[k].blob.digest, d))
			return false;
		*PUSH(i->layers, i->nlayers) = layers.v[k].blob;
	}
	return read_config(i, layout, &config.blob, d);
}

bool
oci_open(struct oci_image *i, int layout, const char *tag, struct diag *d)
{
	struct descriptors l;
	const struct row rows[] = {{"manifests", take_descriptors, &l}, {NULL, NULL, NULL}};
	const struct descriptor *at;
	char *text;
	size_t n;
	int e = file_read(layout, "index.json", JSON_MAX, &text, &n), depth;

	*i = (struct oci_image){.nlayers = 0};
	if (e)
		return diag_fail(d, "read index.json: %s", text_errno(e));
	for (depth = 0; depth < NESTED; depth++) { /* an index may name others: one for each architecture */
		l = (struct descriptors){NULL, 0};
		if (!parse(text, n, "index.json", rows, d))
			return false;
		at = choose(&l, depth ? NULL : tag, d);
		if (!at || !read_blob(layout, &at->blob, &text, d))
			return false;
		n = at->blob.size;
		if (!at->type || !text_find(at->type, "index"))
			return read_manifest(i, layout, text, n, d);
	}
	return diag_fail(d, "index.json: too many indexes in one another");
}

/* --- one image more ---------------------------------------------------------------------------- */

/* The elements of the list that stands next, without those that have the tag. */
static void
put_others(struct json *j, const char *tag, struct out *o)
{
	const char *from;

	while (json_element(j)) {
		struct descriptor at = {.type = NULL};

		json_peek(j);
		from = j->p;
		take_descriptor(j, &at);
		if (!j->fault && !text_eq(at.tag, tag)) { /* behind a fault there is nothing to read at p */
			out_bytes(o, from, (size_t)(j->p - from));
			out_str(o, ",");
		}
	}
}

/* Everything else stays byte by byte: what it means is its writer's. */
bool
oci_index_add(const char *text, size_t n, const char *tag, const char *entry, struct out *o, struct diag *d)
{
	struct json *j = NEW(struct json);
	const char *from = text;
	bool found = false;

	json_open_text(j, text, n);
	if (is(j, JSON_OBJECT) && json_enter(j))
		while (json_member(j)) {
			if (!text_eq(j->key, "manifests")) {
				json_skip(j);
				continue;
			}
			if (found)
				json_fault(j, "a second list of manifests");
			found = true;
			if (json_peek(j) == JSON_BAD)
				break;
			out_bytes(o, from, (size_t)(j->p - from));
			out_str(o, "[");
			if (is(j, JSON_ARRAY) && json_enter(j))
				put_others(j, tag, o);
			out_fmt(o, "%s]", entry);
			from = j->p;
		}
	if (!json_done(j))
		return diag_fail(d, "index.json:%u:%u: %s", j->at_line, j->at_column, j->fault);
	out_bytes(o, from, (size_t)(text + n - from));
	return found || diag_fail(d, "index.json: it has no list of manifests");
}

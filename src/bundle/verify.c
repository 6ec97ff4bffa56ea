/* SPDX-License-Identifier: MIT */
/* verify.c - a manifest against what is there: both are in the same order, so one walk merges them */
#include "bundle/verify.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* A place in the manifest's text: the entry that is next. */
struct reader {
	const char *p, *end;  /* behind it */
	const char *entry;    /* its lines */
	size_t len;           /* of all of them; 0 at the end */
	char *path;           /* decoded; room for the longest */
	unsigned line;
};

bool
digest_valid(const char *s)
{
	if (!text_starts(s, "sha256:"))
		return false;
	s += 7;
	return strlen(s) == 2 * SHA256_SIZE && strspn(s, "0123456789abcdef") == 2 * SHA256_SIZE;
}

static const char *
line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl + 1 : NULL;
}

/* The next entry with the comments that belong to it; false when the text is not as mote writes it. */
static bool
advance(struct reader *r)
{
	const char *end = line_end(r->p, r->end), *blank;

	r->len = 0;
	if (r->p == r->end)
		return true;
	r->line++;
	blank = end ? memchr(r->p, ' ', (size_t)(end - r->p)) : NULL;
	if (!blank || *r->p != '.' || !names_decode(r->path, r->p, (size_t)(blank - r->p)))
		return false;
	r->entry = r->p;
	for (r->p = end; r->p + 1 < r->end && r->p[0] == '#' && r->p[1] == '+'; r->p = end) {
		end = line_end(r->p, r->end);
		if (!end)
			return false;
		r->line++;
	}
	r->len = (size_t)(r->p - r->entry);
	return true;
}

/* In order and no name twice: otherwise the merge would not see everything. */
static bool
advance_in_order(struct reader *r, char *last, struct diag *d)
{
	size_t n = strlen(r->path);
	bool first = !r->entry;

	memcpy(last, r->path, n + 1);
	if (!advance(r))
		return diag_fail(d, "the manifest's line %u is not as mote writes them", r->line);
	if (r->len && !first && names_order(last, r->path) >= 0)
		return diag_fail(d, "the manifest's line %u is out of order", r->line);
	return true;
}

/* --- what differs ------------------------------------------------------------------------------- */

/* The value of a word ("mode", "xattr.user.x") in an entry's lines, with its length; NULL when it has none. */
static const char *
value_of(const char *entry, size_t len, const char *word, size_t word_len, size_t *n)
{
	const char *p = entry, *end = entry + len;

	for (; p < end; p += *n + 1) {
		for (*n = 0; p[*n] != ' ' && p[*n] != '\n'; ++*n)
			;
		if (*n > word_len && p[word_len] == '=' && !memcmp(p, word, word_len)) {
			*n -= word_len + 1;
			return p + word_len + 1;
		}
	}
	return NULL;
}

enum { SHOWN = 80 };

static void
put_cut(struct out *o, const char *s, size_t n)
{
	if (!s) {
		out_str(o, "not there");
		return;
	}
	out_bytes(o, s, n < SHOWN ? n : SHOWN);
	if (n > SHOWN)
		out_str(o, "...");
}

struct entry { const char *s; size_t n; };

/* The word at p, its value, and what the other entry has for it. */
struct word { const char *p, *value, *other; size_t n, len, other_n; };

/* The next word of e behind w that is NAME=VALUE; false behind the last. */
static bool
next_word(struct word *w, const struct entry *e, const struct entry *other)
{
	const char *end = e->s + e->n, *eq;

	for (w->p = w->p ? w->p + w->n + 1 : e->s; w->p < end; w->p += w->n + 1) {
		for (w->n = 0; w->p[w->n] != ' ' && w->p[w->n] != '\n'; w->n++)
			;
		eq = memchr(w->p, '=', w->n);
		if (!eq)
			continue;
		w->value = eq + 1;
		w->len = w->n - (size_t)(eq + 1 - w->p);
		w->other_n = 0;
		w->other = value_of(other->s, other->n, w->p, (size_t)(eq - w->p), &w->other_n);
		return true;
	}
	return false;
}

static const char *
put_word(struct out *o, const struct word *w, const char *sep)
{
	out_fmt(o, "%s %.*s is ", sep, (int)(w->value - 1 - w->p), w->p);
	return ";";
}

static void
changed(struct out *o, const struct entry *is, const struct entry *was)
{
	struct word w = {NULL};
	const char *sep = ":";

	out_str(o, "changed ");
	out_bytes(o, was->s, strcspn(was->s, " "));
	while (next_word(&w, is, was)) {
		if (w.other && w.len == w.other_n && !memcmp(w.value, w.other, w.len))
			continue;
		sep = put_word(o, &w, sep);
		put_cut(o, w.value, w.len);
		out_str(o, ", was ");
		put_cut(o, w.other, w.other_n);
	}
	for (w.p = NULL; next_word(&w, was, is);) {
		if (w.other)
			continue;
		sep = put_word(o, &w, sep);
		out_str(o, "not there, was ");
		put_cut(o, w.value, w.len);
	}
	out_str(o, "\n");
}

static void
put_path(struct out *o, const char *what, const char *path)
{
	out_str(o, what);
	names_encode(o, path);
	out_str(o, "\n");
}

/* --- the merge ---------------------------------------------------------------------------------- */

struct merge {
	struct manifest_known known; /* first: it is this */
	struct manifest m;
	struct reader r;
	struct sha256 sum; /* of what is there */
	char *last;        /* the reader's last path */
	int got;           /* what manifest_next said */
	struct out *o;
	size_t *differences;
};

static bool
next_there(struct merge *g, struct diag *d)
{
	g->got = manifest_next(&g->m, d);
	if (g->got > 0)
		sha256_add(&g->sum, g->m.text.buf, g->m.text.len);
	return g->got >= 0;
}

/* One step: the entry that comes first in order, or both when they are the same path. */
static bool
step(struct merge *g, struct diag *d)
{
	const struct out *is = &g->m.text;
	int order = !g->got ? 1 : !g->r.len ? -1 : names_order(out_text(&g->m.path), g->r.path);
	bool same = !order && is->len == g->r.len && !memcmp(is->buf, g->r.entry, is->len);

	*g->differences += !same;
	if (order < 0)
		put_path(g->o, "added ", out_text(&g->m.path));
	else if (order > 0)
		put_path(g->o, "missing ", g->r.path);
	else if (!same)
		changed(g->o, &(struct entry){is->buf, is->len}, &(struct entry){g->r.entry, g->r.len});
	return (order < 0 || advance_in_order(&g->r, g->last, d)) && (order > 0 || next_there(g, d));
}

/* A file whose fs-verity digest is the manifest's has the manifest's size and SHA-256: the kernel checks all that is ever read of it. */
static bool
says(struct manifest_known *known, const struct member *f, const uint8_t verity[SHA256_SIZE], struct out *o)
{
	const struct reader *r = &((struct merge *)known)->r;
	char hex[SHA256_HEX];
	const char *digest, *sum, *size;
	size_t digest_n, sum_n, size_n;

	if (!r->len || !text_eq(r->path, known->path))
		return false;
	sha256_hex(verity, hex);
	digest = value_of(r->entry, r->len, "fsverity", 8, &digest_n);
	sum = value_of(r->entry, r->len, MANIFEST_SUM, sizeof MANIFEST_SUM - 1, &sum_n);
	size = value_of(r->entry, r->len, "size", 4, &size_n);
	if (!digest || !sum || !size || digest_n != 7 + strlen(hex) || memcmp(digest + 7, hex, strlen(hex)) ||
		!text_eq(arena_copy(size, size_n), text_make("%llu", (unsigned long long)f->size)))
		return false;
	out_str(o, " size=");
	out_bytes(o, size, size_n);
	out_str(o, " " MANIFEST_SUM "=");
	out_bytes(o, sum, sum_n);
	return true;
}

/* What the manifest was made with shows in it. */
static void
options_of(const char *text, struct manifest_options *o)
{
	o->times = text_find(text, " time=") != NULL;
	o->verity = text_find(text, "\n#+ fsverity=") != NULL;
}

static bool
merge(struct merge *g, struct diag *d)
{
	bool good = advance_in_order(&g->r, g->last, d) && next_there(g, d);

	while (good && (g->got || g->r.len))
		good = step(g, d);
	return good;
}

bool
verify_manifest(const struct manifest_place *at, const struct manifest_text *text, struct manifest_options opts, struct out *o,
	struct verified *v, struct diag *d)
{
	struct merge *g = NEW(struct merge);
	const size_t head = strlen(MANIFEST_HEAD);
	uint8_t digest[SHA256_SIZE];
	bool good;

	*v = (struct verified){.differences = 0};
	if (!text_starts(text->s, MANIFEST_HEAD) || strlen(text->s) != text->n)
		return diag_fail(d, "no manifest of a bundle (it begins with #mtree and #bundle 1)");
	options_of(text->s, &opts);
	g->r = (struct reader){.p = text->s + head, .end = text->s + text->n, .path = arena_get(text->n + 1), .line = 2};
	g->last = arena_get(text->n + 1);
	g->o = o;
	g->differences = &v->differences;
	g->known.says = says;
	opts.known = &g->known;
	sha256_begin(&g->sum);
	sha256_add(&g->sum, MANIFEST_HEAD, head);
	manifest_begin(&g->m, at, &opts);
	good = merge(g, d);
	manifest_end(&g->m);
	sha256_end(&g->sum, digest);
	sha256_hex(digest, v->hex);
	return good;
}

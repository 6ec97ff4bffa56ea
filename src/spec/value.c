/* SPDX-License-Identifier: MIT */
/* value.c - single values of config.json, faults, and the keys of a map; lists and objects are in load.c */
#include "spec/value.h"

#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"

/* --- faults ----------------------------------------------------------------------------------- */

static void
put_place(struct out *o, const struct place *p)
{
	if (!p->key) {
		out_fmt(o, "[%zu]", p->index);
	} else if (p->entry) {
		out_bytes(o, "[", 1);
		out_json(o, p->key);
		out_bytes(o, "]", 1);
	} else {
		out_fmt(o, "%s%s", p->up ? "." : "", p->key);
	}
}

const char *
load_place(const struct load *l)
{
	const struct place *p, *chain[JSON_DEPTH];
	struct out o = out_mem();
	size_t n = 0;

	for (p = l->here; p && n < JSON_DEPTH; p = p->up)
		chain[n++] = p;
	if (!n)
		return NULL;
	while (n)
		put_place(&o, chain[--n]);
	return out_text(&o);
}

void
load_tell(struct load *l, enum diag_level level, int rule, const char *text)
{
	diag_add(l->d, (struct fault){.level = level, .file = l->file, .line = l->j.at_line,
		.column = l->j.at_column,
		.name = diag_full(l->d) ? NULL : load_place(l), .rule = rule, .text = text});
}

void
load_refuse(struct load *l, const struct field *f, const char *text)
{
	load_tell(l, DIAG_ERROR, f->rule ? f->rule : 3, text);
}

void
place_enter(struct load *l, struct place *p)
{
	p->up = l->here;
	l->here = p;
}

void
place_leave(struct load *l)
{
	const char *text = l->j.fault;

	if (text && !l->broken) {
		l->broken = true;
		if (l->j.err)
			text = text_make("%s: %s", text, text_errno(l->j.err));
		load_tell(l, DIAG_ERROR, -1, text);
	}
	if (l->here)
		l->here = l->here->up;
}

static const char *
type_name(enum json_type t)
{
	switch (t) {
	case JSON_OBJECT: return "an object";
	case JSON_ARRAY: return "an array";
	case JSON_STRING: return "a string";
	case JSON_NUMBER: return "a number";
	case JSON_BOOL: return "true or false";
	case JSON_NULL: return "null";
	case JSON_BAD: break;
	}
	return "nothing";
}

bool
load_expect(struct load *l, const struct field *f, enum json_type want)
{
	enum json_type found = json_peek(&l->j);

	if (found == want || found == JSON_BAD)
		return found == want;
	load_refuse(l, f, DIAG_TEXT(l->d, "must be %s, not %s", type_name(want), type_name(found)));
	json_skip(&l->j);
	return false;
}

/* --- single values ---------------------------------------------------------------------------- */

bool
value_number(struct load *l, const struct field *f, uint64_t *v)
{
	const struct range *r = &field_ranges[f->range];
	uint64_t n = 0, below = -(uint64_t)r->min; /* how far down it may go */
	bool negative = false;

	if (!json_whole(&l->j, &negative, &n))
		return false;
	if (negative ? r->min < 0 && n <= below : n <= r->max && (r->min <= 0 || n >= 0 - below)) {
		*v = negative ? -n : n;
		return true;
	}
	load_refuse(l, f, DIAG_TEXT(l->d, "must be from %lld to %llu, not %s%llu", (long long)r->min,
		(unsigned long long)r->max, negative ? "-" : "", (unsigned long long)n));
	return false;
}

bool
value_enum(struct load *l, const struct field *f, int64_t *v)
{
	const char *s;

	if (!json_string(&l->j, &s, NULL))
		return false;
	if (name_find(field_enums[f->sub], s, v))
		return true;
#if HAVE_PLATFORMS
	*v = -1; /* other kernels have other limits: no rule speaks of that one */
	if (l->platform && !(l->platform & PLATFORM_LINUX) && f->sub == E_RLIMIT && text_starts(s, "RLIMIT_"))
		return true;
#endif
	load_refuse(l, f, DIAG_TEXT(l->d, "no such value: '%s'", s));
	return false;
}

#if HAVE_PLATFORMS
bool
path_is_windows(const char *s)
{
	char drive = *s | 0x20;

	return text_starts(s, "\\\\") || (drive >= 'a' && drive <= 'z' && s[1] == ':' && (s[2] == '\\' || s[2] == '/'));
}
#endif

bool
value_string(struct load *l, const struct field *f, const char **s)
{
	bool path = f->type == T_PATH || f->type == T_PATHS;

	if (!json_string(&l->j, s, NULL))
		return false;
	if (!path || **s == '/' || (!**s && f->type == T_PATH && !f->required))
		return true;
#if HAVE_PLATFORMS
	if (l->platform == PLATFORM_WINDOWS && path_is_windows(*s))
		return true;
#endif
	load_refuse(l, f, "must be an absolute path");
	return false;
}

/* --- keys of a map ---------------------------------------------------------------------------- */

static uint32_t
hash(const char *s)
{
	uint32_t h = 2166136261u;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h;
}

static const char **
slot_of(const struct seen *seen, const char *key)
{
	size_t mask = seen->cap - 1, i = hash(key) & mask;

	while (seen->slots[i] && strcmp(seen->slots[i], key) != 0)
		i = (i + 1) & mask;
	return &seen->slots[i];
}

static void
grow(struct seen *seen)
{
	struct seen old = *seen;
	size_t i;

	seen->cap = old.cap ? 2 * old.cap : 16;
	seen->slots = NEWS(const char *, seen->cap);
	for (i = 0; i < old.cap; i++) {
		if (old.slots[i])
			*slot_of(seen, old.slots[i]) = old.slots[i];
	}
}

#if HAVE_PLATFORMS
bool
seen_has(const struct seen *seen, const char *key)
{
	return seen->cap && *slot_of(seen, key);
}
#endif

bool
seen_new(struct seen *seen, const char *key)
{
	const char **slot;

	if (2 * seen->n >= seen->cap)
		grow(seen);
	slot = slot_of(seen, key);
	if (*slot)
		return false;
	*slot = key;
	seen->n++;
	return true;
}

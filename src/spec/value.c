/* SPDX-License-Identifier: MIT */
/* value.c - single values of config.json, and faults; lists and objects are in load.c */
#include "spec/value.h"

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

/* linux.resources.rdma["mlx5_0"].hcaHandles; NULL for the whole file. */
static const char *
dotted(const struct place *here)
{
	const struct place *p, *chain[JSON_DEPTH];
	struct out o = out_mem();
	size_t n = 0;

	for (p = here; p && n < JSON_DEPTH; p = p->up)
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
		.column = l->j.at_column, .name = dotted(l->here), .rule = rule, .text = text});
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
	load_refuse(l, f, text_make("must be %s, not %s", type_name(want), type_name(found)));
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
	load_refuse(l, f, text_make("must be from %lld to %llu, not %s%llu", (long long)r->min,
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
	load_refuse(l, f, text_make("no such value: '%s'", s));
	return false;
}

bool
value_string(struct load *l, const struct field *f, const char **s)
{
	bool path = f->type == T_PATH || f->type == T_PATHS;

	if (!json_string(&l->j, s, NULL))
		return false;
	if (!path || **s == '/' || (!**s && f->type == T_PATH && !f->required))
		return true;
	load_refuse(l, f, "must be an absolute path");
	return false;
}

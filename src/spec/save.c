/* SPDX-License-Identifier: MIT */
/* save.c - the rows of fields.h the other way round: a struct becomes JSON; as far as linux.resources needs it */
#include "spec/save.h"

#include "spec/fields.h"

/* Any list or map of spec.h. */
struct list { char *v; size_t n; };

static void save_object(struct jout *j, enum object_id id, const char *at);

static void
save_number(struct jout *j, const struct field *f, uint64_t v)
{
	if (field_ranges[f->range].min < 0)
		jout_int(j, field_key(f), (int64_t)v);
	else
		jout_uint(j, field_key(f), v);
}

static void
save_pairs(struct jout *j, const struct field *f, const struct pairs *p)
{
	size_t i;

	if (!p->n)
		return;
	jout_open(j, field_key(f), '{');
	for (i = 0; i < p->n; i++)
		jout_str(j, p->v[i].key, p->v[i].value);
	jout_close(j, '}');
}

/* Arrays and maps of objects; a map's object begins with its name. */
static void
save_objects(struct jout *j, const struct field *f, const struct list *l)
{
	bool map = f->type == T_MAP;
	size_t i, size = object_of(f->sub)->size;
	const char *entry;

	if (!l->n)
		return;
	jout_open(j, field_key(f), map ? '{' : '[');
	for (i = 0; i < l->n; i++) {
		entry = l->v + i * size;
		jout_open(j, map ? *(const char *const *)(const void *)entry : NULL, '{');
		save_object(j, f->sub, entry);
		jout_close(j, '}');
	}
	jout_close(j, map ? '}' : ']');
}

static void
save_inner(struct jout *j, const struct field *f, const char *at)
{
	if (object_of(f->sub)->given && !*(const bool *)at)
		return;
	jout_open(j, field_key(f), '{');
	save_object(j, f->sub, at);
	jout_close(j, '}');
}

static void
save_text(struct jout *j, const struct field *f, const char *s)
{
	if (s)
		jout_str(j, field_key(f), s);
}

static void
save_member(struct jout *j, const struct field *f, const void *at)
{
	const struct uopt *o = at;
	const struct flag *flag = at;

	switch (f->type) {
	case T_BOOL: jout_bool(j, field_key(f), *(const bool *)at); break;
	case T_FLAG:
		if (flag->given)
			jout_bool(j, field_key(f), flag->v);
		break;
	case T_OPT:
		if (o->given)
			save_number(j, f, o->v);
		break;
	case T_64: save_number(j, f, *(const uint64_t *)at); break;
	case T_ENUM: save_text(j, f, name_of(field_enums[f->sub], *(const int *)at)); break;
	case T_STR: save_text(j, f, *(const char *const *)at); break;
	case T_PAIRS: save_pairs(j, f, at); break;
	case T_OBJ: save_inner(j, f, at); break;
	case T_LIST:
	case T_MAP: save_objects(j, f, at); break;
	default: break; /* linux.resources has no others: tests/unit/test_save.c */
	}
}

static void
save_object(struct jout *j, enum object_id id, const char *at)
{
	const struct object *o = object_of(id);
	size_t i;

	for (i = 0; i < o->count; i++)
		save_member(j, &o->fields[i], at + o->fields[i].at);
}

void
resources_save(struct jout *j, const char *key, const struct resources_spec *r)
{
	jout_open(j, key, '{');
	save_object(j, OBJ_RESOURCES, (const char *)r);
	jout_close(j, '}');
}

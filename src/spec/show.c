/* SPDX-License-Identifier: MIT */
/* show.c - the rows for people: a table of all, and one of them explained; the template of a config.json is template.c's */
#include "spec/show.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "spec/fields.h"
#include "spec/load.h"

/* clang-format off */
static const char *const type_names[] = {
	[T_BOOL] = "boolean",                      [T_FLAG] = "boolean",
	[T_64] = "number",                         [T_32] = "number",
	[T_OPT] = "number",                        [T_STR] = "string",
	[T_PATH] = "absolute path",                [T_ENUM] = "name",
	[T_BITS] = "array of names",               [T_ENUMS] = "array of names",
	[T_32S] = "array of numbers",              [T_STRS] = "array of strings",
	[T_PATHS] = "array of absolute paths",     [T_PAIRS] = "object of strings",
	[T_OBJ] = "object",                        [T_LIST] = "array of objects",
	[T_MAP] = "object of objects",             [T_FOREIGN] = "object",
	[T_IGNORED] = "string",
};
/* clang-format on */

/* What is being written, and about what it has been: a kind of object is told once, at its first place. */
struct table {
	struct out *o;
	uint64_t told;
	uint8_t need; /* enum need: the row's or that of what it is in */
	void (*put)(struct table *t, const char *name, const struct field *f);
	/* of a search for the nearest name */
	const char *near, *wanted;
	size_t distance;
};

static bool
is_number(const struct field *f)
{
	return f->type == T_64 || f->type == T_32 || f->type == T_OPT || f->type == T_32S;
}

static bool
is_name(const struct field *f)
{
	return f->type == T_ENUM || f->type == T_BITS || f->type == T_ENUMS;
}

static void
put_range(struct out *o, const struct range *r)
{
	if (r->max == UINT64_MAX || r->max == INT64_MAX) {
		if (r->min != INT64_MIN)
			out_fmt(o, ", from %lld", (long long)r->min);
		return;
	}
	out_fmt(o, ", %lld to %llu", (long long)r->min, (unsigned long long)r->max);
}

static void
put_names(struct out *o, const struct words *t, const char *quote)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		out_fmt(o, "%s%s%s%s", i ? ", " : ": ", quote, name_at(t, i), quote);
}

static void
put_type(struct out *o, const struct field *f, const char *quote)
{
	out_str(o, type_names[f->type]);
	if (is_number(f))
		put_range(o, &field_ranges[f->range]);
	if (is_name(f))
		put_names(o, field_enums[f->sub], quote);
}

static const char *const since[] = {"1.0", "1.1", "1.2", "1.3"};

static bool
is_ignored(const struct field *f)
{
	return f->type == T_FOREIGN || f->type == T_IGNORED;
}

static void
put_row(struct table *t, const char *name, const struct field *f)
{
	out_fmt(t->o, "| `%s` | ", name);
	put_type(t->o, f, "`");
	out_fmt(t->o, "%s | %s | %s%s", f->required ? ", **required**" : "", since[f->since],
		field_says(f), is_ignored(f) ? " (ignored)" : "");
	if (f->need)
		out_fmt(t->o, " (needs %s)", field_needs[f->need].name);
	out_fmt(t->o, " | %s |\n", field_kernel(f));
}

/* The object that is behind a row, NULL when there is none or it is left out. */
static const struct object *
object_behind(const struct field *f, enum object_id *id)
{
	bool foreign = HAVE_PLATFORMS && f->type == T_FOREIGN && f->sub;

	if (f->type != T_OBJ && f->type != T_LIST && f->type != T_MAP && !foreign)
		return NULL;
	*id = foreign ? f->range : f->sub;
	return object_of(*id)->count ? object_of(*id) : NULL;
}

/* As deep as the rows are. */
static void
put_object(struct table *t, enum object_id id, const char *in)
{
	const struct object *o = object_of(id);
	const struct field *f;
	uint8_t need = t->need;
	enum object_id inner;
	const char *name;

	if (t->told >> id & 1)
		return;
	t->told |= (uint64_t)1 << id;
	for (f = o->fields; f < o->fields + o->count; f++) {
		name = text_make("%s%s%s", in, *in ? "." : "", field_key(f));
		t->need = f->need ? f->need : need;
		t->put(t, name, f);
		if (object_behind(f, &inner))
			put_object(t, inner, text_make("%s%s", name, f->type == T_LIST ? "[]" : f->type == T_MAP ? "[\"\"]" : ""));
	}
	t->need = need;
}

static void
put_rules(struct out *o)
{
	struct rule_text r;
	size_t i;

	out_str(o, "\n## Rules between members\n\n| rule | says |\n|---|---|\n");
	for (i = 0; spec_rule(i, &r); i++) {
		if (r.number >= 0)
			out_fmt(o, "| M-%d | %s |\n", r.number, r.says);
		else
			out_fmt(o, "| %s | %s |\n", text_eq(r.kind, "lint") ? "lint" : "mote", r.says);
	}
}

void
fields_markdown(struct out *o)
{
	struct table t = {.o = o, .put = put_row};

	out_str(o, "# config.json\n\n"
		   "Every member that mote reads, in the order of its tables (src/spec/fields.c\n"
		   "and fields_linux.c, from which this file is made). *Since* is the version of\n"
		   "the runtime specification. Objects of one kind are told at their first place:\n"
		   "all hooks are as `hooks.prestart[]`, all id maps as `mounts[].uidMappings[]`.\n"
		   "What is not listed is skipped.\n\n"
		   "| member | type | since | says | kernel |\n|---|---|---|---|---|\n");
	put_object(&t, OBJ_SPEC, "");
	put_rules(o);
}

/* --- one row ------------------------------------------------------------------------------------ */

/* What a name led to: the last row, and the feature that it or what it is in needs. */
struct found {
	const struct field *f;
	enum object_id id, in;      /* of the object behind it, and of the one it is in */
	const struct object *object; /* behind it */
	uint8_t need;
};

static const struct field *
row_of(const struct object *o, const char *key, size_t n)
{
	const struct field *f;

	for (f = o->fields; f < o->fields + o->count; f++)
		if (strlen(field_key(f)) == n && !memcmp(field_key(f), key, n))
			return f;
	return NULL;
}

/* Over [], [3] and ["eth0.1"]. */
static const char *
over_brackets(const char *s)
{
	while (*s == '[') {
		s += s[1] == '"' ? 2 + strcspn(s + 2, "\"") : 0;
		s += strcspn(s, "]");
		s += *s == ']';
	}
	return s;
}

static bool
find(struct found *r, const char *name)
{
	size_t n;

	*r = (struct found){.object = object_of(OBJ_SPEC), .id = OBJ_SPEC};
	for (;;) {
		n = strcspn(name, ".[");
		r->in = r->id;
		r->f = r->object ? row_of(r->object, name, n) : NULL;
		if (!r->f)
			return false;
		r->need = r->f->need ? r->f->need : r->need;
		r->object = object_behind(r->f, &r->id);
		name = over_brackets(name + n);
		if (!*name)
			return true;
		name += *name == '.';
	}
}

static const char *
default_of(const struct field *f)
{
	if (f->required)
		return "none: it is required";
	switch (f->type) {
	case T_BOOL: return "false";
	case T_64:
	case T_32: return "0";
	case T_FLAG:
	case T_OPT: return "absent: nothing is set";
	case T_STR:
	case T_PATH:
	case T_ENUM: return "absent";
	case T_OBJ: return "absent";
	case T_IGNORED:
	case T_FOREIGN: return "absent; it is not read on Linux";
	default: return "empty";
	}
}

/* Rules whose sentence speaks of the member: by its last two names. */
static void
put_also(struct out *o, const char *name)
{
	const char *last = strrchr(name, '.'), *two = last;
	struct rule_text r;
	size_t i;

	while (two && two > name && two[-1] != '.')
		two--;
	for (i = 0; spec_rule(i, &r); i++)
		if (text_find(r.says, two ? two : name) && !text_eq(r.kind, "lint"))
			out_fmt(o, "rule      %s%s\n", r.number >= 0 ? text_make("M-%d: ", r.number) : "", r.says);
}

static void
put_members(struct out *o, const struct object *object)
{
	const struct field *f;

	out_str(o, "\nmembers:\n");
	for (f = object->fields; f < object->fields + object->count; f++)
		out_fmt(o, "  %-24s %s%s\n", field_key(f), field_says(f), f->required ? " (required)" : "");
}

static void
put_words(struct out *o, const struct words *t)
{
	size_t i;

	out_str(o, "\nvalues:\n");
	for (i = 0; i < t->n; i++)
		out_fmt(o, "  %s\n", name_at(t, i));
}

static void
put_options(struct out *o)
{
	const char *name;
	size_t i;

	out_str(o, "\noptions:\n");
	for (i = 0; (name = mount_opt_name(i)); i++) {
		out_fmt(o, "  %-16s", name);
		mount_opt_put(o, i);
		out_str(o, "\n");
	}
}

/* What a runtime.json may do with it; NULL: nothing, or only with what is in it. */
static const char *
override_of(const struct field *f)
{
	if (f->over & OVER_WORDS)
		return "entries join by NAME=";
	if (f->over & OVER_APPEND)
		return "entries are added behind";
	if (f->over & OVER_LIST && !(f->over & OVER_INSIDE))
		return f->sub == OBJ_MOUNT ? "entries join by destination" : f->sub == OBJ_DEVICE ? "entries join by path" :
			f->sub == OBJ_HUGEPAGE ? "entries join by pageSize" : "entries join by type";
	if (!(f->over & OVER_YES))
		return NULL;
	return f->type == T_OBJ || f->type == T_MAP || f->type == T_PAIRS ? "members join" : "is replaced";
}

static void
put_found(struct out *o, const char *name, const struct found *r)
{
	const struct field *f = r->f;

	out_fmt(o, "%s: %s\n\ntype      ", name, field_says(f));
	put_type(o, f, "");
	out_fmt(o, "\ndefault   %s\nsince     %s\n", default_of(f), since[f->since]);
	if (*field_kernel(f))
		out_fmt(o, "kernel    %s\n", field_kernel(f));
	if (f->only && !(f->only & PLATFORM_LINUX))
		out_str(o, "only      for other platforms\n");
	out_fmt(o, "faults    M-%d\n", f->rule ? f->rule : 3);
	if (HAVE_RUNTIME && override_of(f))
		out_fmt(o, "override  %s, by a runtime.json\n", override_of(f));
	if (r->need)
		out_fmt(o, "needs     %s: this mote %s\n", field_needs[r->need].name,
			field_needs[r->need].have ? "has it" : "was built without, and refuses it");
	put_also(o, name);
	if (r->object)
		put_members(o, r->object);
	if (r->in == OBJ_CAPS)
		put_words(o, names_capability);
	if (r->in == OBJ_MOUNT && text_eq(field_key(f), "options"))
		put_options(o);
}

/* --- JSON --------------------------------------------------------------------------------------- */

static void
put_json(struct table *t, const char *name, const struct field *f)
{
	struct jout j = {.o = t->o};
	const struct range *r = field_ranges + (is_number(f) ? f->range : 0);
	size_t i;

	jout_open(&j, NULL, '{');
	jout_str(&j, "name", name);
	jout_str(&j, "type", type_names[f->type]);
	jout_bool(&j, "required", f->required);
	if (is_number(f)) {
		jout_int(&j, "min", r->min);
		jout_uint(&j, "max", r->max);
	}
	if (is_name(f)) {
		jout_open(&j, "values", '[');
		for (i = 0; i < field_enums[f->sub]->n; i++)
			jout_str(&j, NULL, name_at(field_enums[f->sub], i));
		jout_close(&j, ']');
	}
	jout_str(&j, "since", since[f->since]);
	jout_bool(&j, "deprecated", f->deprecated);
	jout_str(&j, "rule", text_make("M-%d", f->rule ? f->rule : 3));
	jout_str(&j, "says", field_says(f));
	if (HAVE_RUNTIME)
		jout_str(&j, "override", override_of(f));
	jout_str(&j, "kernel", field_kernel(f));
	jout_str(&j, "needs", t->need ? field_needs[t->need].name : NULL);
	jout_bool(&j, "built", field_needs[t->need].have);
	jout_close(&j, '}');
	jout_end(&j);
}

/* --- by name ------------------------------------------------------------------------------------ */

/* How many letters have to be put in, taken out or changed; at most 31 letters of each are looked at. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], an = strnlen(a, 31), bn = strnlen(b, 31), i, k, corner, best;

	for (k = 0; k <= bn; k++)
		row[k] = k;
	for (i = 1; i <= an; i++) {
		corner = row[0];
		row[0] = i;
		for (k = 1; k <= bn; k++) {
			best = corner + ((a[i - 1] | 0x20) != (b[k - 1] | 0x20));
			best = row[k] + 1 < best ? row[k] + 1 : best;
			best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
			corner = row[k];
			row[k] = best;
		}
	}
	return row[bn];
}

static void
compare(struct table *t, const char *name, const struct field *f)
{
	size_t d = distance(t->wanted, field_key(f));

	if (d < t->distance) {
		t->distance = d;
		t->near = name;
	}
}

const char *
fields_nearest(const char *name)
{
	const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;
	struct table t = {.put = compare, .wanted = arena_copy(last, strcspn(last, "["))};

	t.distance = strlen(t.wanted) / 2 + 1;
	put_object(&t, OBJ_SPEC, "");
	return t.near;
}

bool
fields_explain(struct out *o, const char *name, bool json)
{
	struct table t = {.o = o, .put = put_json};
	struct found r;

	if (!name && json)
		put_object(&t, OBJ_SPEC, "");
	else if (!name)
		put_members(o, object_of(OBJ_SPEC));
	if (!name)
		return true;
	if (!find(&r, name))
		return false;
	t.need = r.need;
	if (json)
		put_json(&t, name, r.f);
	else
		put_found(o, name, &r);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* show.c - docs/config.md from the tables; the template of a config.json is template.c's */
#include "spec/show.h"

#include <string.h>

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

/* What a table has been written about: a kind of object is told once, at its first place. */
struct table {
	struct out *o;
	uint64_t told;
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
put_names(struct out *o, const struct words *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		out_fmt(o, "%s`%s`", i ? ", " : ": ", name_at(t, i));
}

static void
put_row(struct out *o, const char *name, const struct field *f)
{
	static const char *const since[] = {"1.0", "1.1", "1.2", "1.3"};
	bool ignored = f->type == T_FOREIGN || f->type == T_IGNORED;

	out_fmt(o, "| `%s` | %s", name, type_names[f->type]);
	if (is_number(f))
		put_range(o, &field_ranges[f->range]);
	if (is_name(f))
		put_names(o, field_enums[f->sub]);
	out_fmt(o, "%s | %s | %s%s", f->required ? ", **required**" : "", since[f->since],
		field_says(f), ignored ? " (ignored)" : "");
	if (f->need)
		out_fmt(o, " (needs %s)", field_needs[f->need].name);
	out_fmt(o, " | %s |\n", field_kernel(f));
}

static void put_object(struct table *t, enum object_id id, const char *in);

static void
put_field(struct table *t, const struct field *f, const char *in)
{
	const char *name = text_make("%s%s%s", in, *in ? "." : "", field_key(f));

	put_row(t->o, name, f);
	if (f->type == T_OBJ)
		put_object(t, f->sub, name);
	else if (f->type == T_LIST)
		put_object(t, f->sub, text_make("%s[]", name));
	else if (f->type == T_MAP)
		put_object(t, f->sub, text_make("%s[\"\"]", name));
}

/* As deep as the rows are. */
static void
put_object(struct table *t, enum object_id id, const char *in)
{
	const struct object *o = object_of(id);
	size_t i;

	if (t->told >> id & 1)
		return;
	t->told |= (uint64_t)1 << id;
	for (i = 0; i < o->count; i++)
		put_field(t, &o->fields[i], in);
}

static void
put_rules(struct out *o)
{
	const char *says;
	int number;
	size_t i;

	out_str(o, "\n## Rules between members\n\n| rule | says |\n|---|---|\n");
	for (i = 0; spec_rule(i, &number, &says); i++) {
		if (number >= 0)
			out_fmt(o, "| M-%d | %s |\n", number, says);
		else
			out_fmt(o, "| mote | %s |\n", says);
	}
}

void
fields_markdown(struct out *o)
{
	struct table t = {.o = o};

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

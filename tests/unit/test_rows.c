/* SPDX-License-Identifier: MIT */
/* test_rows.c - every row of fields*.c by every way there is to it, in documents that are made from the rows
 *
 *	test_rows           a member missing, of the wrong type, out of range, no such name, given twice, null; and its extremes;
 *	                    then the rows against tests/data/rows.tsv, which says what the specification says
 *	test_rows -u        prints that file anew; hold it against the specification before you keep it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/fields.h"
#include "spec/load.h"

static int tests, failed;

static void
ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
	failed += !good;
}

static uint8_t platform; /* whose rows are tried; 0: Linux */

static bool
load_text(struct spec *s, struct diag *d, const char *text)
{
	struct load_mode m = {.file = "config.json", .platform = platform};

	memset(s, 0, sizeof *s);
	memset(d, 0, sizeof *d);
	return platform ? spec_load_mode(s, text, strlen(text), &m, d) : spec_load_text(s, text, strlen(text), "config.json", d);
}

/* --- rows: documents made from the tables ------------------------------------------------------- */

enum { DEPTH = 8 };

/* The way from the top to an object: the row taken at each level. */
struct chain {
	const struct field *f[DEPTH];
	size_t n;
	enum object_id id; /* of the last one's object */
};

static long row_cases, row_faults;

/* The object behind a row. */
static enum object_id
behind(const struct field *f)
{
	return f->type == T_FOREIGN ? f->range : f->sub;
}

static const char *sample(const struct field *f);

static const char *
sample_object(enum object_id id)
{
	const struct object *o = object_of(id);
	struct out out = out_mem();
	const char *before = "";
	size_t i;

	out_str(&out, "{");
	for (i = 0; i < o->count; i++) {
		if (!o->fields[i].required)
			continue;
		out_fmt(&out, "%s\"%s\":%s", before, field_key(&o->fields[i]), sample(&o->fields[i]));
		before = ",";
	}
	out_str(&out, "}");
	return out_text(&out);
}

/* A value that the row takes. */
static const char *
sample(const struct field *f)
{
	switch (f->type) {
	case T_BOOL:
	case T_FLAG: return "true";
	case T_64:
	case T_32:
	case T_OPT: return text_make("%llu", (unsigned long long)field_ranges[f->range].max);
	case T_STR: return strcmp(field_key(f), "ociVersion") ? "\"x\"" : "\"1.3.0\"";
	case T_PATH: return "\"/x\"";
	case T_ENUM: return text_make("\"%s\"", name_at(field_enums[f->sub], field_enums[f->sub]->n > 1));
	case T_BITS:
	case T_ENUMS: return text_make("[\"%s\"]", name_at(field_enums[f->sub], 0));
	case T_32S: return "[7]";
	case T_STRS: return "[\"x\"]";
	case T_PATHS: return "[\"/x\"]";
	case T_PAIRS: return "{\"a.b\":\"x\"}";
	case T_OBJ: return sample_object(f->sub);
	case T_LIST: return text_make("[%s]", sample_object(f->sub));
	case T_MAP: return text_make("{\"x\":%s}", sample_object(f->sub));
	case T_FOREIGN: return "{\"a\":[1,{}]}";
	default: return "\"x\"";
	}
}

/* inner, as members of the chain's object, in a whole document. */
static const char *
document(const struct chain *c, const char *inner)
{
	size_t level = c->n, i;
	const char *text = inner;

	while (level--) {
		const struct object *o = object_of(level ? behind(c->f[level - 1]) : OBJ_SPEC);
		const struct field *f = c->f[level];
		struct out out = out_mem();

		out_fmt(&out, "\"%s\":%s{%s}%s", field_key(f),
			f->type == T_LIST ? "[" : f->type == T_MAP ? "{\"x\":" : "", text,
			f->type == T_LIST ? "]" : f->type == T_MAP ? "}" : "");
		for (i = 0; i < o->count; i++)
			if (o->fields[i].required && &o->fields[i] != f)
				out_fmt(&out, ",\"%s\":%s", field_key(&o->fields[i]), sample(&o->fields[i]));
		text = out_text(&out);
	}
	return text_make("{%s}", text);
}

static const char *
name_in(const struct chain *c, const char *key)
{
	struct out out = out_mem();
	size_t i;

	for (i = 0; i < c->n; i++) {
		out_fmt(&out, "%s.", field_key(c->f[i]));
		if (c->f[i]->type == T_LIST || c->f[i]->type == T_MAP) {
			out.len--;
			out_str(&out, c->f[i]->type == T_LIST ? "[0]." : "[\"x\"].");
		}
	}
	out_str(&out, key);
	return out_text(&out);
}

/* Required members of the object but f, each with a comma behind it. */
static const char *
others(const struct chain *c, const struct field *f)
{
	const struct object *o = object_of(c->id);
	struct out out = out_mem();
	size_t i;

	for (i = 0; i < o->count; i++)
		if (o->fields[i].required && &o->fields[i] != f)
			out_fmt(&out, "\"%s\":%s,", field_key(&o->fields[i]), sample(&o->fields[i]));
	return out_text(&out);
}

static void
complain(const char *what, const char *name, const char *text, const struct diag *d)
{
	size_t i;

	row_faults++;
	printf("# %s: %s\n#   %s\n", name, what, text);
	for (i = 0; i < d->count; i++)
		printf("#   %s\n", diag_text(&d->faults[i]));
}

/* A document in which the row's member is `value` (NULL: not there) and exactly one fault is found, with the
 * name and a sentence that begins with `says`; says NULL: it is clean. */
static void
expect_row(const struct chain *c, const struct field *f, const char *members, const char *suffix,
	const char *says)
{
	char *inner = text_make("%s%s", others(c, f), members), *comma = inner + strlen(inner);
	const char *text, *name = text_make("%s%s", name_in(c, field_key(f)), suffix);
	static struct spec s;
	struct diag d;
	bool good;

	if (comma > inner && comma[-1] == ',')
		comma[-1] = '\0';
	text = document(c, inner);
	good = load_text(&s, &d, text);
	row_cases++;
	if (!says && (!good || d.count))
		complain("should be clean", name, text, &d);
	if (!says)
		return;
	if (good || d.count != 1 || d.errors != 1 || !text_eq(d.faults[0].name, name) ||
		!text_starts(d.faults[0].text, says) || !d.faults[0].line || !d.faults[0].column ||
		!text_eq(d.faults[0].file, "config.json"))
		complain(says, name, text, &d);
}

static bool
is_number(const struct field *f)
{
	return f->type == T_64 || f->type == T_32 || f->type == T_OPT || f->type == T_32S;
}

static void
try_range(const struct chain *c, const struct field *f)
{
	const struct range *r = &field_ranges[f->range];
	const char *open = f->type == T_32S ? "[" : "", *close = f->type == T_32S ? "]" : "";
	const char *suffix = f->type == T_32S ? "[0]" : "", *key = field_key(f);
	const char *good[] = {text_make("%lld", (long long)r->min),
		text_make("%llu", (unsigned long long)r->max)};
	size_t i;

	for (i = 0; i < 2; i++)
		expect_row(c, f, text_make("\"%s\":%s%s%s", key, open, good[i], close), suffix, NULL);
	if (r->max < UINT64_MAX)
		expect_row(c, f, text_make("\"%s\":%s%llu%s", key, open, (unsigned long long)r->max + 1, close),
			suffix, "must be from ");
	if (r->min > INT64_MIN)
		expect_row(c, f, text_make("\"%s\":%s%lld%s", key, open, (long long)r->min - 1, close),
			suffix, "must be from ");
	expect_row(c, f, text_make("\"%s\":%s18446744073709551616%s", key, open, close), suffix,
		"a number of more than 64 bits");
	expect_row(c, f, text_make("\"%s\":%s1.5%s", key, open, close), suffix,
		"a whole number was expected");
}

static void
try_elements(const struct chain *c, const struct field *f)
{
	const char *key = field_key(f);

	switch (f->type) {
	case T_PATHS: expect_row(c, f, text_make("\"%s\":[\"/a\",\"x\"]", key), "[1]", "must be an abs"); /* fall through */
	case T_STRS:
	case T_LIST:
	case T_32S: expect_row(c, f, text_make("\"%s\":[true]", key), "[0]", "must be "); break;
	case T_BITS:
	case T_ENUMS: expect_row(c, f, text_make("\"%s\":[\"nope\"]", key), "[0]", "no such value: 'nope'"); break;
	case T_ENUM: expect_row(c, f, text_make("\"%s\":\"nope\"", key), "", "no such value: 'nope'"); break;
	case T_PATH: expect_row(c, f, text_make("\"%s\":\"x/y\"", key), "", "must be an absolute path"); break;
	case T_MAP:
		expect_row(c, f, text_make("\"%s\":{\"a\":{%s},\"a\":{}}", key, ""), "[\"a\"]", "given twice");
		expect_row(c, f, text_make("\"%s\":{\"a\":[]}", key), "[\"a\"]", "must be an object");
		break;
	case T_PAIRS:
		expect_row(c, f, text_make("\"%s\":{\"a\":\"\",\"b\":\"\",\"a\":\"\"}", key), "[\"a\"]", "given twice");
		expect_row(c, f, text_make("\"%s\":{\"a\":1}", key), "[\"a\"]", "must be a string");
		break;
	}
}

static void
try_row(const struct chain *c, const struct field *f)
{
	bool strict_null = f->type == T_BOOL || f->type == T_64 || f->type == T_32 || f->type == T_ENUM;
	const char *key = field_key(f), *value = sample(f);
	bool is_bool = f->type == T_BOOL || f->type == T_FLAG;

	expect_row(c, f, text_make("\"%s\":%s", key, value), "", NULL);
	expect_row(c, f, "", "", f->required ? "required, but missing" : NULL);
	expect_row(c, f, text_make("\"%s\":%s", key, is_bool ? "5" : "true"), "", "must be ");
	expect_row(c, f, text_make("\"%s\":%s,\"%s\":%s", key, value, key, value), "", "given twice");
	expect_row(c, f, text_make("\"%s\":null", key), "", f->required || strict_null ? "must be " : NULL);
	expect_row(c, f, text_make("\"%s\":%s,\"%sX\":{\"%s\":null}", key, value, key, key), "", NULL);
	if (f->required && (f->type == T_STR || f->type == T_PATH))
		expect_row(c, f, text_make("\"%s\":\"\"", key), "", "must ");
	if (is_number(f))
		try_range(c, f);
	try_elements(c, f);
}

static int rows;

static bool
is_way(const struct field *f)
{
	return f->type == T_OBJ || f->type == T_LIST || f->type == T_MAP || (f->type == T_FOREIGN && f->sub);
}

/* Every object by every way there is to it. */
static void
try_object(struct chain *c)
{
	const struct object *o = object_of(c->id);
	enum object_id id = c->id;
	uint8_t outside = platform;
	size_t i;

	for (i = 0; i < o->count; i++) {
		const struct field *f = &o->fields[i];

		rows++;
		try_row(c, f);
		arena_reset();
		if (!is_way(f))
			continue;
		if (f->type == T_FOREIGN)
			platform = f->sub;
		c->f[c->n++] = f;
		c->id = behind(f);
		try_object(c);
		c->n--;
		c->id = id;
		platform = outside;
	}
}

/* --- what the specification says ------------------------------------------------------------------- */

static uint64_t told;

static const char *
limits(const struct field *f)
{
	const struct range *r = field_ranges + (is_number(f) ? f->range : 0);

	if (is_number(f))
		return text_make("%lld\t%llu", (long long)r->min, (unsigned long long)r->max);
	if (f->type == T_BITS || f->type == T_ENUM || f->type == T_ENUMS)
		return text_make("%zu names\t-", (size_t)field_enums[f->sub]->n);
	return "-\t-";
}

static void
list(struct out *o, enum object_id id, const char *in)
{
	static const char *const since[] = {"1.0", "1.1", "1.2", "1.3"};
	static const char types[] = "bbnnnspaAANSPmolmoi"; /* by enum field_type: what JSON there is */
	const struct field *f = object_of(id)->fields;
	const char *name;

	if (told >> id & 1)
		return;
	told |= (uint64_t)1 << id;
	for (; f < object_of(id)->fields + object_of(id)->count; f++) {
		name = text_make("%s%s%s", in, *in ? "." : "", field_key(f));
		out_fmt(o, "%s\t%c\t%s\t%s\t%s\n", name, types[f->type], f->required ? "required" : "-", limits(f),
			since[f->since]);
		if (is_way(f))
			list(o, behind(f), text_make("%s%s", name, f->type == T_LIST ? "[]" : f->type == T_MAP ? "[\"\"]" : ""));
	}
}

/* Line by line, so that what differs is seen. */
static void
test_specification(void)
{
	struct out o = out_mem();
	char line[512], *want, *got;
	FILE *file = fopen("tests/data/rows.tsv", "r");
	bool good = file != NULL;
	size_t n = 0;

	list(&o, OBJ_SPEC, "");
	got = out_text(&o);
	while (file && fgets(line, sizeof line, file)) {
		if (*line == '#')
			continue;
		want = got;
		got += strcspn(got, "\n");
		got += *got == '\n';
		n++;
		if (strncmp(want, line, (size_t)(got - want)) || strlen(line) != (size_t)(got - want)) {
			printf("# the row:           %.*s# the specification: %s", (int)(got - want), want, line);
			good = false;
		}
	}
	if (file)
		fclose(file);
	ok(good && !*got && n > 200, text_make("%zu rows are as the specification has them", n));
}

int
main(int argc, char **argv)
{
	struct chain c = {.id = OBJ_SPEC};
	struct out o = out_mem();

	if (argc > 1 && text_eq(argv[1], "-u")) {
		list(&o, OBJ_SPEC, "");
		printf("%s", out_text(&o));
		return 0;
	}
	try_object(&c);
	printf("# %d rows by all ways, %ld documents\n", rows, row_cases);
	ok(!row_faults && row_cases > 2500,
		"every row: missing, of the wrong type, out of range, given twice, null; and its extremes");
	test_specification();
	printf("1..%d\n", tests);
	return failed != 0;
}

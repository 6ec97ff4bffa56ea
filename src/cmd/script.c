/* SPDX-License-Identifier: MIT */
/* script.c - JSON flattened: lines that a shell reads with cut, read or eval */
#include "cmd/script.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

static void flatten(struct json *j, struct pairs *out, const char *path);

static void
flatten_parts(struct json *j, struct pairs *out, const char *path, bool object)
{
	const char *key;
	size_t n = 0;

	json_enter(j);
	for (;; n++) {
		if (object ? !json_member_copy(j, &key) : !json_element(j))
			return;
		if (!object)
			key = text_make("%zu", n);
		flatten(j, out, *path ? text_make("%s.%s", path, key) : key);
	}
}

/* Numbers and words as they stand; null is empty. */
static void
flatten(struct json *j, struct pairs *out, const char *path)
{
	enum json_type type = json_peek(j);
	const char *from = j->p;
	struct pair *p;

	if (type == JSON_OBJECT || type == JSON_ARRAY) {
		flatten_parts(j, out, path, type == JSON_OBJECT);
		return;
	}
	p = PUSH(out->v, out->n);
	p->key = path;
	if (type == JSON_STRING)
		json_string(j, &p->value, NULL);
	else if (json_skip(j))
		p->value = type == JSON_NULL ? "" : arena_copy(from, j->p - from);
}

static const char *
value_of(const struct pairs *all, const char *key)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (text_eq(all->v[i].key, key))
			return all->v[i].value;
	return "";
}

const char *
script_value(const char *json, const char *key)
{
	struct json *j = NEW(struct json);
	struct pairs all = {0};

	json_open_text(j, json, strlen(json));
	flatten(j, &all, "");
	return value_of(&all, key);
}

/* Tab, newline, carriage return and backslash, so that a line is a record and a tab ends a value. */
static void
put_tsv(struct out *o, const char *s)
{
	static const char from[] = "\t\n\r\\", to[] = "tnr\\";
	size_t n;

	for (; *s; s++) {
		n = strcspn(s, from);
		out_bytes(o, s, n);
		s += n;
		if (!*s)
			return;
		out_fmt(o, "\\%c", to[strchr(from, *s) - from]);
	}
}

/* KEY='value': inside single quotes a shell takes every byte for itself but the quote. */
static void
put_env(struct out *o, const char *key, size_t number, const char *s)
{
	size_t n;

	if (*key >= '0' && *key <= '9')
		out_str(o, "_");
	for (; *key; key++)
		out_fmt(o, "%c", strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", *key) ? *key : '_');
	if (number)
		out_fmt(o, "_%zu", number);
	out_str(o, "='");
	for (;; s++) {
		n = strcspn(s, "'");
		out_bytes(o, s, n);
		s += n;
		if (!*s)
			break;
		out_str(o, "'\\''");
	}
	out_str(o, "'\n");
}

static void
put_record(struct out *o, const struct cmd *c, int first, enum format f, const struct pairs *all, size_t number)
{
	size_t k;
	int i;

	for (i = first; i < c->nargs; i++) {
		if (f == FORMAT_ENV) {
			put_env(o, c->args[i], number, value_of(all, c->args[i]));
			continue;
		}
		out_str(o, i > first ? "\t" : "");
		put_tsv(o, value_of(all, c->args[i]));
	}
	if (f == FORMAT_TSV)
		out_str(o, "\n");
	for (k = 0; f == FORMAT_ENV && first >= c->nargs && k < all->n; k++)
		put_env(o, all->v[k].key, number, all->v[k].value);
}

void
script_put(struct out *o, const struct cmd *c, int first, enum format f, const char *json)
{
	struct json *j = NEW(struct json);
	struct pairs all = {0};
	size_t n = 0;

	json_open_text(j, json, strlen(json));
	if (json_peek(j) == JSON_OBJECT) {
		flatten(j, &all, "");
		put_record(o, c, first, f, &all, 0);
		return;
	}
	for (json_enter(j); json_element(j); all = (struct pairs){0}) {
		flatten(j, &all, "");
		put_record(o, c, first, f, &all, ++n);
	}
	if (f == FORMAT_ENV)
		put_env(o, "count", 0, text_make("%zu", n));
}

/* SPDX-License-Identifier: MIT */
/* tree.c - JSON to tree to JSON; knows neither rows nor what wins.  The only recursion is as deep as JSON_DEPTH. */
#include "spec/tree.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "spec/value.h"

struct reader {
	struct json j;
	const char *end; /* of the text */
	const char *file;
	struct diag *d;
	bool over;
};

static void read_value(struct reader *r, struct node *n);

static void
read_inside(struct reader *r, struct node *n)
{
	struct node **last = &n->first, *child;
	struct seen seen = {0};
	const char *key = NULL;

	json_enter(&r->j);
	while (n->type == JSON_OBJECT ? json_member_copy(&r->j, &key) : json_element(&r->j)) {
		child = NEW(struct node);
		child->key = key;
		child->up = n;
		*last = child;
		last = &child->next;
		read_value(r, child);
		if (r->over && key && !seen_new(&seen, key))
			tree_refuse(child, r->d, "given twice");
	}
}

static void
read_value(struct reader *r, struct node *n)
{
	const char *from;

	n->type = json_peek(&r->j);
	n->file = r->file;
	n->line = r->j.at_line;
	n->column = r->j.at_column;
	n->over = r->over;
	from = r->j.p;
	if (n->type == JSON_OBJECT || n->type == JSON_ARRAY)
		read_inside(r, n);
	else if (n->type == JSON_STRING)
		json_string(&r->j, &n->text, NULL);
	else if (json_skip(&r->j)) /* a reader that has seen the end is no more in the text */
		n->text = arena_copy(from, (size_t)((r->j.p == r->j.window ? r->end : r->j.p) - from));
}

struct node *
tree_read(const char *text, size_t n, const char *file, bool over, struct diag *d)
{
	struct reader r = {.end = text + n, .file = file, .d = d, .over = over};
	struct node *root = NEW(struct node);
	size_t before = d->errors;

	json_open_text(&r.j, text, n);
	read_value(&r, root);
	if (!json_done(&r.j))
		diag_add(d, (struct fault){.level = DIAG_ERROR, .file = file, .line = r.j.at_line, .column = r.j.at_column,
			.rule = -1, .text = r.j.fault});
	return d->errors == before ? root : NULL;
}

struct node *
tree_get(const struct node *object, const char *key)
{
	struct node *n = object->type == JSON_OBJECT ? object->first : NULL;

	while (n && !text_eq(n->key, key))
		n = n->next;
	return n;
}

struct node **
tree_link(struct node *child)
{
	struct node **at = &child->up->first;

	while (*at != child)
		at = &(*at)->next;
	return at;
}

void
tree_add(struct node *in, struct node *child)
{
	struct node **at = &in->first;

	while (*at)
		at = &(*at)->next;
	*at = child;
	child->up = in;
	child->next = NULL;
}

struct node *
tree_new(struct node *in, const char *key, enum json_type type, const char *text, const struct node *like)
{
	struct node *n = NEW(struct node);

	*n = (struct node){.key = key, .text = text, .file = like->file, .line = like->line, .column = like->column,
		.type = type, .over = like->over};
	tree_add(in, n);
	return n;
}

/* --- faults ------------------------------------------------------------------------------------- */

static bool
plain(const char *key)
{
	return *key && !key[strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")];
}

static void
put_name(struct out *o, const struct node *n)
{
	const struct node *p;
	size_t i = 0;

	if (!n->up)
		return;
	put_name(o, n->up);
	if (!n->key) {
		for (p = n->up->first; p != n; p = p->next)
			i++;
		out_fmt(o, "[%zu]", i);
	} else if (plain(n->key)) {
		out_fmt(o, "%s%s", o->len ? "." : "", n->key);
	} else {
		out_str(o, "[");
		out_json(o, n->key);
		out_str(o, "]");
	}
}

const char *
tree_name(const struct node *n)
{
	struct out o = out_mem();

	put_name(&o, n);
	return o.len ? out_text(&o) : NULL;
}

void
tree_refuse(const struct node *n, struct diag *d, const char *text)
{
	diag_add(d, (struct fault){.level = DIAG_ERROR, .file = n->file, .line = n->line, .column = n->column,
		.name = diag_full(d) ? NULL : tree_name(n), .rule = -1, .text = text});
}

/* --- printing ----------------------------------------------------------------------------------- */

struct printer {
	struct jout j;
	struct tree_lines *lines;
	size_t at; /* as far as lines have been counted */
};

/* What was written last is about n. */
static void
count_lines(struct printer *p, const struct node *n)
{
	const struct out *o = p->j.o;

	for (; p->lines && p->at < o->len; p->at++)
		if (o->buf[p->at] == '\n')
			*PUSH(p->lines->v, p->lines->n) = n;
}

static void
print(struct printer *p, const struct node *n)
{
	bool object = n->type == JSON_OBJECT;
	const struct node *child;

	if (n->type == JSON_STRING)
		jout_str(&p->j, n->key, n->text);
	else if (!object && n->type != JSON_ARRAY)
		jout_raw(&p->j, n->key, n->text);
	else
		jout_open(&p->j, n->key, object ? '{' : '[');
	count_lines(p, n);
	if (!object && n->type != JSON_ARRAY)
		return;
	for (child = n->first; child; child = child->next)
		print(p, child);
	jout_close(&p->j, object ? '}' : ']');
	count_lines(p, n);
}

void
tree_print(const struct node *n, struct out *o, struct tree_lines *lines)
{
	struct printer p = {.j = {.o = o, .pretty = true}, .lines = lines};

	if (lines)
		*PUSH(lines->v, lines->n) = n;
	print(&p, n);
	jout_end(&p.j);
}

void
tree_places(const struct tree_lines *lines, const char *file, struct diag *d, size_t from)
{
	const struct node *n;
	struct fault *f;

	for (; from < d->count; from++) {
		f = &d->faults[from];
		if (f->file != file || !f->line || f->line > lines->n)
			continue;
		n = lines->v[f->line - 1];
		f->file = n->file;
		f->line = n->line;
		f->column = n->column;
	}
}

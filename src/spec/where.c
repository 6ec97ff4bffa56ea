/* SPDX-License-Identifier: MIT */
/* where.c - the place in the text of members that rules speak about: one more pass, made only when there are such faults */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "spec/load.h"

/* The faults that are looked for, each with what is left of its dotted name below the value that was reached.  One whose
 * name has been followed to its end, or to where the file has nothing of the kind, is at level GONE. */
enum { GONE = -1 };
struct search {
	struct json j;
	struct { struct fault *f; const char *rest; int level; } v[DIAG_KEPT];
	size_t n;
};

/* What is behind this member's part of a dotted name, or NULL when that is another member's. */
static const char *
after_key(const char *rest, const struct json *j)
{
	size_t n = j->key_len < JSON_KEY ? j->key_len : JSON_KEY - 1; /* a longer key is as good as its beginning */
	bool entry = text_starts(rest, "[\"");

	rest += entry ? 2 : *rest == '.';
	if (strncmp(rest, j->key, n) != 0)
		return NULL;
	rest += n;
	if (entry) {
		rest = j->key_len < JSON_KEY ? rest : rest + strcspn(rest, "\"");
		return text_starts(rest, "\"]") ? rest + 2 : NULL;
	}
	return !*rest || *rest == '.' || *rest == '[' ? rest : NULL;
}

static const char *
after_index(const char *rest, uint64_t index)
{
	uint64_t v;

	return *rest == '[' && text_u64_prefix(rest + 1, &rest, &v) && v == index && *rest == ']' ? rest + 1 : NULL;
}

/* The value that stands next is element `index`, or the member whose key was read last: is something in it looked for? */
static bool
reach(struct search *s, int level, bool object, uint64_t index)
{
	bool found = false;
	const char *rest;
	size_t i;

	json_peek(&s->j);
	for (i = 0; i < s->n; i++) {
		if (s->v[i].level != level)
			continue;
		rest = object ? after_key(s->v[i].rest, &s->j) : after_index(s->v[i].rest, index);
		if (!rest)
			continue;
		s->v[i].f->line = s->j.at_line;
		s->v[i].f->column = s->j.at_column;
		s->v[i].rest = rest;
		s->v[i].level = *rest ? level + 1 : GONE;
		found = found || *rest;
	}
	return found;
}

/* Those that were followed to this level stop here. */
static void
leave(struct search *s, int level)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].level == level)
			s->v[i].level = GONE;
}

/* No deeper than JSON_DEPTH. */
static void
walk(struct search *s, int level)
{
	enum json_type type = json_peek(&s->j);
	bool object = type == JSON_OBJECT;
	uint64_t i;

	if (!object && type != JSON_ARRAY) {
		json_skip(&s->j);
	} else if (json_enter(&s->j)) {
		for (i = 0; object ? json_member(&s->j) : json_element(&s->j); i++) {
			if (reach(s, level, object, i))
				walk(s, level + 1);
			else
				json_skip(&s->j);
		}
	}
	leave(s, level);
}

void
spec_places(const char *text, size_t n, struct diag *d)
{
	struct search s = {.n = 0};
	struct fault *f;
	size_t i;

	for (i = 0; i < d->count; i++) {
		f = &d->faults[i];
		if (!f->name || f->line)
			continue;
		s.v[s.n].f = f;
		s.v[s.n++].rest = f->name;
	}
	if (!s.n)
		return;
	json_open_text(&s.j, text, n);
	json_peek(&s.j);
	for (i = 0; i < s.n; i++) {
		s.v[i].f->line = s.j.at_line;
		s.v[i].f->column = s.j.at_column;
	}
	walk(&s, 0);
}

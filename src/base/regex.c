/* SPDX-License-Identifier: MIT */
/* regex.c - a regular expression becomes a list of instructions, which are walked for all ways at once */
#include "base/regex.h"

#include <string.h>

#include "base/arena.h"

enum { DEPTH = 16, OPS_MAX = 1000 };

struct parse {
	const char *p;
	struct regex *r;
	const char *fault;
	int depth;
};

static void
add(struct parse *s, int kind, short x, short y)
{
	struct regex_op *o = PUSH(s->r->v, s->r->n);

	if (s->r->n > OPS_MAX)
		s->fault = "is too long";
	o->kind = kind;
	o->x = x;
	o->y = y;
	o->set = s->p;
}

/* Puts one before instruction `at`; what is behind it jumps only within itself. */
static void
insert(struct parse *s, size_t at, int kind, short x, short y)
{
	struct regex_op o;
	size_t i;

	add(s, kind, x, y);
	o = s->r->v[s->r->n - 1];
	for (i = s->r->n - 1; i > at; i--)
		s->r->v[i] = s->r->v[i - 1];
	s->r->v[at] = o;
}

static void either(struct parse *s);

static void
group(struct parse *s)
{
	s->p++;
	if (++s->depth > DEPTH)
		s->fault = "is nested too deeply";
	else
		either(s);
	s->depth--;
	if (!s->fault && *s->p != ')')
		s->fault = "has a ( without its )";
}

static void
set(struct parse *s)
{
	const char *end = s->p + 1;

	end += *end == '^';
	end = *end ? strchr(end + 1, ']') : NULL; /* a ] that comes first is one of the set */
	if (!end || s->p[1] == ':' || strstr(s->p, "[:")) {
		s->fault = end ? "has a class in [: :], which mote does not know" : "has a [ without its ]";
		return;
	}
	s->p++;
	add(s, REGEX_SET, 1, 0);
	s->p = end;
}

static void
atom(struct parse *s)
{
	switch (*s->p) {
	case '(': group(s); break;
	case '[': set(s); break;
	case '.': add(s, REGEX_ANY, 1, 0); break;
	case '^': add(s, REGEX_BEGIN, 1, 0); break;
	case '$': add(s, REGEX_END, 1, 0); break;
	case '*':
	case '+':
	case '?': s->fault = "has a * + or ? with nothing before it"; break;
	case '\\':
		s->p += s->p[1] != '\0';
		__attribute__((fallthrough));
	default: add(s, REGEX_CHAR, 1, 0);
	}
	if (!s->fault)
		s->p++;
}

static void
repeated(struct parse *s)
{
	size_t from = s->r->n;
	short n;

	atom(s);
	for (; !s->fault && *s->p && strchr("*+?{", *s->p); s->p++) {
		n = (short)(s->r->n - from);
		if (*s->p == '{')
			s->fault = "has a count in braces, which mote does not know";
		else if (*s->p == '+')
			add(s, REGEX_SPLIT, (short)-n, 1);
		else
			insert(s, from, REGEX_SPLIT, 1, (short)(n + 1 + (*s->p == '*')));
		if (*s->p == '*')
			add(s, REGEX_JUMP, (short)(-n - 1), 0);
	}
}

static void
either(struct parse *s)
{
	size_t from = s->r->n, jump;

	while (!s->fault && *s->p && *s->p != '|' && *s->p != ')')
		repeated(s);
	if (s->fault || *s->p != '|')
		return;
	s->p++;
	insert(s, from, REGEX_SPLIT, 1, (short)(s->r->n - from + 2));
	jump = s->r->n;
	add(s, REGEX_JUMP, 0, 0);
	either(s);
	s->r->v[jump].x = (short)(s->r->n - jump);
}

const char *
regex_compile(struct regex *r, const char *pattern)
{
	struct parse s = {.p = pattern, .r = r};

	*r = (struct regex){NULL, 0};
	either(&s);
	return s.fault ? s.fault : *s.p ? "has a ) without its (" : NULL;
}

/* --- the walk --------------------------------------------------------------------------------- */

static bool
in_set(const char *s, char c)
{
	bool negated = *s == '^', in = false;
	const char *first;

	s += negated;
	for (first = s; s == first || *s != ']'; s++) {
		if (s[1] == '-' && s[2] != ']') {
			in |= c >= s[0] && c <= s[2];
			s += 2;
		} else {
			in |= c == *s;
		}
	}
	return in != negated;
}

/* Marks instruction at and all that can be reached from it without a character; true when the end of the list is. */
static bool
reach(const struct regex *r, char *marked, size_t at, const char *text, const char *s)
{
	short todo[2 * OPS_MAX + 2];
	size_t n = 0;
	const struct regex_op *o;

	todo[n++] = (short)at;
	while (n) {
		at = (size_t)todo[--n];
		if (at == r->n)
			return true;
		if (marked[at])
			continue;
		marked[at] = 1;
		o = &r->v[at];
		if (o->kind == REGEX_SPLIT)
			todo[n++] = (short)((short)at + o->y);
		if (o->kind >= REGEX_SPLIT || (o->kind == REGEX_BEGIN && s == text) || (o->kind == REGEX_END && !*s))
			todo[n++] = (short)((short)at + o->x);
	}
	return false;
}

static bool
takes(const struct regex_op *o, char c)
{
	return o->kind == REGEX_ANY || (o->kind == REGEX_CHAR && *o->set == c) || (o->kind == REGEX_SET && in_set(o->set, c));
}

bool
regex_match(const struct regex *r, const char *text)
{
	char a[OPS_MAX] = {0}, b[OPS_MAX] = {0}, *now = a, *next = b, *swap;
	const char *s = text;
	size_t i;

	for (;; s++) {
		if (reach(r, now, 0, text, s)) /* it may begin anywhere */
			return true;
		if (!*s)
			return false;
		memset(next, 0, r->n);
		for (i = 0; i < r->n; i++)
			if (now[i] && takes(&r->v[i], *s) && reach(r, next, i + 1, text, s + 1))
				return true;
		swap = now;
		now = next;
		next = swap;
	}
}

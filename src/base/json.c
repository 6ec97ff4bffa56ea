/* SPDX-License-Identifier: MIT */
/* json.c - pull reader for RFC 8259 over a 4 KiB window; knows grammar, no names */
#include "base/json.h"
#include "base/arena.h"
#include "base/text.h"
#include "sys.h"

#include <string.h>

/* Where the bytes of a string go.  A fixed sink keeps the first cap bytes and counts on; cap 0 just
 * counts.  A growing one doubles in the arena. */
struct sink {
	char *s;
	size_t n, cap;
	bool grows;
};

void
json_open(struct json *j, int fd)
{
	memset(j, 0, sizeof *j);
	j->fd = fd;
	j->p = j->end = j->window = fd < 0 ? NULL : arena_get(JSON_WINDOW);
	j->line = j->column = j->at_line = j->at_column = 1;
	j->first = true;
}

void
json_open_text(struct json *j, const char *text, size_t n)
{
	json_open(j, -1);
	j->p = text;
	j->end = text + n;
}

bool
json_fault(struct json *j, const char *sentence)
{
	if (!j->fault)
		j->fault = sentence;
	return false;
}

/* A fault at the next byte rather than at the value it is in. */
static bool
bad(struct json *j, const char *sentence)
{
	if (j->fault)
		return false;
	j->at_line = j->line;
	j->at_column = j->column;
	return json_fault(j, sentence);
}

static bool
refill(struct json *j)
{
	ssize_t n = -EINTR;

	while (j->fd >= 0 && n == -EINTR)
		n = sys_read(j->fd, j->window, JSON_WINDOW);
	j->p = j->end = j->window; /* NULL for a text: nothing may be added to that */
	if (n > 0)
		return j->end += n, true;
	if (n < 0 && j->fd >= 0) {
		bad(j, "cannot be read");
		j->err = (int)n;
	}
	j->fd = -1; /* a terminal would give more after its end */
	return false;
}

/* The next byte, which stays; -1 at the end and after a fault. */
static int
look(struct json *j)
{
	if (j->fault || (j->p == j->end && !refill(j)))
		return -1;
	return (unsigned char)*j->p;
}

static void
step(struct json *j)
{
	j->p++;
	j->column++;
}

/* Goes over byte c if it stands next. */
static bool
eat(struct json *j, int c)
{
	if (look(j) != c)
		return false;
	step(j);
	return true;
}

static bool
unexpected(struct json *j, const char *sentence)
{
	return bad(j, look(j) < 0 ? "ends too early" : sentence);
}

static void
skip_space(struct json *j)
{
	const char *p, *from; /* a third of a file: nothing is called for it */

	for (bool more = j->p == j->end || (unsigned char)*j->p <= ' '; more; more = p == j->end && look(j) >= 0) {
		for (p = from = j->p; p < j->end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'); p++)
			if (*p == '\n') {
				j->line++;
				j->column = 1;
				from = p + 1;
			}
		j->column += p - from;
		j->p = p;
	}
}

static bool digit(struct json *j) { return (unsigned)look(j) - '0' < 10; }

static void
put(struct sink *k, const char *s, size_t n)
{
	if (k->grows && n >= k->cap - k->n) { /* one more for the NUL */
		size_t cap = k->n ? 2 * (k->n + n) : n + 1; /* most come whole, in one piece */
		char *bigger = arena_get(cap);

		if (k->n)
			memcpy(bigger, k->s, k->n);
		k->s = bigger;
		k->cap = cap;
	}
	if (k->n < k->cap)
		memcpy(k->s + k->n, s, n < k->cap - k->n ? n : k->cap - k->n);
	k->n += n;
}

/* The arena's bytes are zero and a growing sink keeps one free: the NUL is there. */
static const char *copied(const struct sink *k) { return k->s ? k->s : ""; }

static bool
hex4(struct json *j, unsigned *u)
{
	int i, c, v;

	*u = 0;
	for (i = 0; i < 4; i++) {
		c = look(j);
		v = c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
		if (c < '0' || v > 15 || (c > '9' && v < 10))
			return unexpected(j, "four hexadecimal digits were expected");
		*u = *u << 4 | (unsigned)v;
		step(j);
	}
	return true;
}

/* What the four digits behind \u mean; past U+FFFF it takes a pair of escapes.  0 is a fault. */
static unsigned
unicode(struct json *j)
{
	unsigned u, low = 0;

	if (!hex4(j, &u))
		return 0;
	if (u < 0xd800 || u > 0xdfff)
		return u;
	if (u > 0xdbff || !eat(j, '\\') || !eat(j, 'u') || !hex4(j, &low))
		return 0;
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	return 0x10000 + ((u & 0x3ff) << 10) + (low & 0x3ff);
}

static bool
escape(struct json *j, struct sink *k)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	unsigned column = j->column, u;
	const char *at;
	char s[4];
	int c;

	step(j);
	c = look(j);
	at = c > 0 ? strchr(from, c) : NULL;
	if (c != 'u' && !at)
		return unexpected(j, "no such escape");
	step(j);
	if (at) {
		put(k, &to[at - from], 1);
		return true;
	}
	u = unicode(j);
	if (u)
		put(k, s, text_rune(s, u));
	else if (look(j) >= 0)
		j->column = column;
	return u || unexpected(j, "half a surrogate pair, or U+0000");
}

/* One character of two bytes or more, which may lie across two windows. */
static bool
wide(struct json *j, struct sink *k)
{
	unsigned column = j->column;
	size_t want = look(j) < 0xe0 ? 2 : look(j) < 0xf0 ? 3 : 4, n = 0;
	char s[4];
	int c;

	while (n < want && (c = look(j)) >= 0) {
		s[n++] = (char)c;
		step(j);
	}
	if (text_utf8(s, n) == n) {
		put(k, s, n);
		return true;
	}
	j->column = column;
	return bad(j, "not valid UTF-8");
}

/* The whole string that stands next, quotes and all. */
static bool
string(struct json *j, struct sink *k)
{
	int c;

	step(j);
	while ((c = look(j)) != '"') {
		const char *p = j->p, *const end = j->end;

		if (c < 0x20)
			return unexpected(j, "control characters must be escaped in strings");
		if (c == '\\' || c >= 0x80) {
			if (!(c == '\\' ? escape(j, k) : wide(j, k)))
				return false;
			continue;
		}
		for (; p < end && *p != '"' && *p != '\\' && (signed char)*p >= ' '; p++)
			;
		put(k, j->p, (size_t)(p - j->p));
		j->column += (unsigned)(p - j->p);
		j->p = p;
	}
	step(j);
	return true;
}

struct number {
	bool negative, large, broken; /* more than 64 bits; has a fraction or an exponent */
	uint64_t v;
};

/* One digit or more, added to *n. */
static bool
digits(struct json *j, struct number *n)
{
	if (!digit(j))
		return unexpected(j, "a digit was expected");
	for (; digit(j); step(j)) {
		unsigned d = (unsigned)(look(j) - '0');

		n->large = n->large || n->v > (UINT64_MAX - d) / 10;
		n->v = n->v * 10 + d;
	}
	return true;
}

static bool
number(struct json *j, struct number *n)
{
	n->negative = eat(j, '-');
	if (!eat(j, '0') && !digits(j, n))
		return false;
	if (!n->v && digit(j))
		return bad(j, "a number must not begin with 0");
	if (eat(j, '.')) {
		n->broken = true;
		if (!digits(j, n))
			return false;
	}
	if (eat(j, 'e') || eat(j, 'E')) {
		n->broken = true;
		(void)(eat(j, '+') || eat(j, '-'));
		if (!digits(j, n))
			return false;
	}
	return !j->fault;
}

enum json_type
json_peek(struct json *j)
{
	skip_space(j);
	if (j->fault)
		return JSON_BAD;
	j->at_line = j->line;
	j->at_column = j->column;
	switch (look(j)) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 't':
	case 'f': return JSON_BOOL;
	case 'n': return JSON_NULL;
	case '-': return JSON_NUMBER;
	}
	if (digit(j))
		return JSON_NUMBER;
	unexpected(j, look(j) == 0xef ? "a byte order mark is not allowed" : "a value was expected");
	return JSON_BAD;
}

bool
json_enter(struct json *j)
{
	enum json_type t = json_peek(j);

	if (t != JSON_OBJECT && t != JSON_ARRAY)
		return json_fault(j, "an object or an array was expected");
	if (j->depth == JSON_DEPTH)
		return json_fault(j, "nested too deeply");
	j->object[j->depth++] = t == JSON_OBJECT;
	j->first = true;
	step(j);
	return true;
}

/* To the next element, over the comma; false at the end, which leaves. */
static bool
advance(struct json *j, bool object)
{
	if (!j->depth || j->object[j->depth - 1] != object)
		return bad(j, object ? "not in an object" : "not in an array");
	skip_space(j);
	if (eat(j, object ? '}' : ']')) {
		j->depth--;
		j->first = false;
		return false;
	}
	if (!j->first && !eat(j, ','))
		return unexpected(j, object ? "a comma or } was expected" : "a comma or ] was expected");
	j->first = false;
	skip_space(j);
	return true;
}

/* To the next member's value, its key into k. */
static bool
member(struct json *j, struct sink *k)
{
	if (!advance(j, true))
		return false;
	j->at_line = j->line;
	j->at_column = j->column;
	if (look(j) != '"')
		return unexpected(j, "a name in quotes was expected");
	if (!string(j, k))
		return false;
	skip_space(j);
	return eat(j, ':') || unexpected(j, "a colon was expected");
}

static void
set_key(struct json *j, const char *s, size_t n)
{
	size_t cut = n < JSON_KEY ? n : JSON_KEY - 1;

	memmove(j->key, s, cut);
	j->key[cut] = '\0';
	j->key_len = n;
}

bool
json_member(struct json *j)
{
	struct sink k = {.s = j->key, .cap = JSON_KEY - 1};
	bool found = member(j, &k);

	set_key(j, j->key, found ? k.n : 0);
	return found;
}

bool
json_member_copy(struct json *j, const char **key)
{
	struct sink k = {.grows = true};
	bool found = member(j, &k);

	*key = copied(&k);
	set_key(j, *key, found ? k.n : 0);
	return found;
}

bool
json_element(struct json *j)
{
	return advance(j, false) && json_peek(j) != JSON_BAD;
}

bool
json_string(struct json *j, const char **s, size_t *len)
{
	struct sink k = {.grows = true};

	if (json_peek(j) != JSON_STRING)
		return json_fault(j, "a string was expected");
	if (!string(j, &k))
		return false;
	*s = copied(&k);
	if (len)
		*len = k.n;
	return true;
}

static bool
word(struct json *j, const char *w)
{
	while (*w && eat(j, *w))
		w++;
	return !*w || unexpected(j, "true, false or null was expected");
}

bool
json_bool(struct json *j, bool *v)
{
	if (json_peek(j) != JSON_BOOL)
		return json_fault(j, "true or false was expected");
	*v = look(j) == 't';
	return word(j, *v ? "true" : "false");
}

bool
json_whole(struct json *j, bool *negative, uint64_t *magnitude)
{
	struct number n = {0};

	if (json_peek(j) != JSON_NUMBER)
		return json_fault(j, "a number was expected");
	if (!number(j, &n))
		return false;
	if (n.broken)
		return json_fault(j, "a whole number was expected");
	if (n.large)
		return json_fault(j, "a number of more than 64 bits");
	*negative = n.negative && n.v; /* -0 is 0 */
	*magnitude = n.v;
	return true;
}

/* Over a scalar, or into an object or array. */
static bool
skip_one(struct json *j)
{
	struct sink nowhere = {0};
	struct number n = {0};

	switch (json_peek(j)) {
	case JSON_BAD: break;
	case JSON_OBJECT:
	case JSON_ARRAY: return json_enter(j);
	case JSON_STRING: return string(j, &nowhere);
	case JSON_NUMBER: return number(j, &n);
	case JSON_BOOL: return word(j, look(j) == 't' ? "true" : "false");
	case JSON_NULL: return word(j, "null");
	}
	return false;
}

bool
json_skip(struct json *j)
{
	unsigned depth = j->depth;
	bool more = true;

	/* The key stays as it is: the caller may want to name what it skipped. */
	for (;;) {
		struct sink nowhere = {0};

		if (j->fault || (more && !skip_one(j)))
			return false;
		if (j->depth == depth)
			return true;
		more = j->object[j->depth - 1] ? member(j, &nowhere) : json_element(j);
	}
}

bool
json_done(struct json *j)
{
	skip_space(j);
	if (look(j) >= 0)
		return bad(j, "something stands behind the value");
	return !j->fault && !j->depth;
}

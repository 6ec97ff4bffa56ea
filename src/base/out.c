/* SPDX-License-Identifier: MIT */
/* out.c - buffered writing, and JSON out; reads nothing */
#include "base/out.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"

#include <string.h>

enum { BUFFER = 4096, SMALL = 128 };

struct out
out_fd(int fd)
{
	return (struct out){.fd = fd, .buf = arena_get(BUFFER), .cap = BUFFER};
}

struct out
out_mem(void)
{
	return (struct out){.fd = -1};
}

static void
grow(struct out *o, size_t n)
{
	size_t cap = o->cap ? o->cap : SMALL;
	char *buf;

	while (cap - o->len < n)
		cap *= 2;
	if (cap == o->cap)
		return;
	buf = arena_get(cap);
	if (o->len)
		memcpy(buf, o->buf, o->len);
	o->buf = buf;
	o->cap = cap;
}

int
out_flush(struct out *o)
{
	if (o->fd >= 0 && !o->err && o->len)
		o->err = file_write_all(o->fd, o->buf, o->len);
	if (o->fd >= 0)
		o->len = 0;
	return o->err;
}

void
out_bytes(struct out *o, const char *s, size_t n)
{
	if (o->err)
		return;
	if (o->fd < 0)
		grow(o, n);
	else if (n > o->cap - o->len)
		out_flush(o);
	if (n > o->cap) {
		if (!o->err)
			o->err = file_write_all(o->fd, s, n);
		return;
	}
	if (n)
		memcpy(o->buf + o->len, s, n);
	o->len += n;
}

void
out_str(struct out *o, const char *s)
{
	out_bytes(o, s, strlen(s));
}

void
out_fmt(struct out *o, const char *fmt, ...)
{
	char small[SMALL];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = text_vfmt(small, sizeof small, fmt, ap);
	if (n < sizeof small)
		out_bytes(o, small, n);
	else
		out_bytes(o, text_vmake(fmt, ap), n);
	va_end(ap);
}

char *
out_text(struct out *o)
{
	grow(o, 1);
	o->buf[o->len] = '\0';
	return o->buf;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* Bytes at the head of s that stand for themselves inside quotes. */
static size_t
plain(const char *s)
{
	size_t n = 0, len;

	while ((unsigned char)s[n] >= 0x20 && s[n] != '"' && s[n] != '\\') {
		if ((signed char)s[n] > 0) { /* nearly every one: no call for it */
			n++;
			continue;
		}
		len = text_utf8(s + n, strnlen(s + n, 4));
		if (!len)
			break;
		n += len;
	}
	return n;
}

static void
out_escaped(struct out *o, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = strchr(from, c);

	if (at)
		out_fmt(o, "\\%c", to[at - from]);
	else if (c < 0x20)
		out_fmt(o, "\\u%04x", c);
	else
		out_str(o, "\xef\xbf\xbd"); /* U+FFFD */
}

void
out_json(struct out *o, const char *s)
{
	out_str(o, "\"");
	for (;;) {
		size_t n = plain(s);

		out_bytes(o, s, n);
		s += n;
		if (!*s)
			break;
		out_escaped(o, (unsigned char)*s++);
	}
	out_str(o, "\"");
}

static void
new_line(struct jout *j)
{
	unsigned i;

	if (!j->pretty)
		return;
	out_str(j->o, "\n");
	for (i = 0; i < j->depth; i++)
		out_str(j->o, "  ");
}

/* What stands before a value: comma, line, key. */
static void
begin(struct jout *j, const char *key)
{
	if (j->some)
		out_str(j->o, ",");
	if (j->depth)
		new_line(j);
	if (key) {
		out_json(j->o, key);
		out_str(j->o, j->pretty ? ": " : ":");
	}
	j->some = true;
}

void
jout_open(struct jout *j, const char *key, char bracket)
{
	begin(j, key);
	out_bytes(j->o, &bracket, 1);
	j->depth++;
	j->some = false;
}

void
jout_close(struct jout *j, char bracket)
{
	j->depth--;
	if (j->some)
		new_line(j);
	out_bytes(j->o, &bracket, 1);
	j->some = true;
}

void
jout_str(struct jout *j, const char *key, const char *s)
{
	begin(j, key);
	if (s)
		out_json(j->o, s);
	else
		out_str(j->o, "null");
}

void
jout_int(struct jout *j, const char *key, int64_t v)
{
	begin(j, key);
	out_fmt(j->o, "%lld", (long long)v);
}

void
jout_uint(struct jout *j, const char *key, uint64_t v)
{
	begin(j, key);
	out_fmt(j->o, "%llu", (unsigned long long)v);
}

void
jout_bool(struct jout *j, const char *key, bool v)
{
	begin(j, key);
	out_str(j->o, v ? "true" : "false");
}

void
jout_raw(struct jout *j, const char *key, const char *json)
{
	begin(j, key);
	out_str(j->o, json);
}

void
jout_null(struct jout *j, const char *key)
{
	begin(j, key);
	out_str(j->o, "null");
}

void
jout_end(struct jout *j)
{
	out_str(j->o, "\n");
	j->some = false;
}

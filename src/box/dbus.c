/* SPDX-License-Identifier: MIT */
/* dbus.c - D-Bus messages, written and taken apart, and the way to systemd */
#include "box/dbus.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/sock.h"
#include "sys.h"

enum { KEPT = 65536, LONGEST = 1 << 27 }; /* longer messages than KEPT are signals of no interest; LONGEST is the specification's */

enum { FIELD_PATH = 1, FIELD_INTERFACE, FIELD_MEMBER, FIELD_ERROR, FIELD_REPLY, FIELD_TO, FIELD_FROM, FIELD_SIG };

/* --- writing ----------------------------------------------------------------------------------- */

static void
put_align(struct out *o, unsigned to)
{
	while (o->len % to)
		out_bytes(o, "", 1);
}

static void
put_number(struct out *o, uint64_t v, unsigned bytes)
{
	char b;

	for (put_align(o, bytes); bytes--; v >>= 8) {
		b = (char)v;
		out_bytes(o, &b, 1);
	}
}

void
dbus_u32(struct out *o, uint32_t v)
{
	put_number(o, v, 4);
}

void
dbus_string(struct out *o, const char *s)
{
	dbus_u32(o, strlen(s));
	out_bytes(o, s, strlen(s) + 1);
}

static void
put_sig(struct out *o, const char *s)
{
	put_number(o, strlen(s), 1);
	out_bytes(o, s, strlen(s) + 1);
}

size_t
dbus_begin(struct out *o, unsigned align)
{
	size_t at;

	dbus_u32(o, 0);
	at = o->len - 4;
	put_align(o, align);
	return at;
}

void
dbus_end(struct out *o, size_t at, unsigned align)
{
	size_t from = (at + 4 + align - 1) / align * align, n = o->len - from;
	int i;

	for (i = 0; i < 4; i++, n >>= 8)
		o->buf[at + i] = (char)n;
}

static void
put_array(struct out *o, const struct dbus_property *p)
{
	size_t at = dbus_begin(o, p->type[1] == 'y' ? 1 : 4), i;

	if (p->type[1] == 'y')
		out_bytes(o, p->s.v[0], p->n);
	else if (p->type[1] == 'u')
		dbus_u32(o, p->n);
	else
		for (i = 0; i < p->s.n; i++)
			dbus_string(o, p->s.v[i]);
	dbus_end(o, at, p->type[1] == 'y' ? 1 : 4);
}

void
dbus_property(struct out *o, const struct dbus_property *p)
{
	put_align(o, 8);
	dbus_string(o, p->name);
	put_sig(o, p->type);
	switch (*p->type) {
	case 'a': put_array(o, p); break;
	case 's': dbus_string(o, p->s.v[0]); break;
	case 't':
	case 'x': put_number(o, p->n, 8); break;
	default: dbus_u32(o, p->n); break;
	}
}

static void
put_field(struct out *o, int code, const char *type, const char *value)
{
	if (!*value)
		return;
	put_align(o, 8);
	put_number(o, code, 1);
	put_sig(o, type);
	if (*type == 'g')
		put_sig(o, value);
	else
		dbus_string(o, value);
}

void
dbus_message(struct out *o, const struct dbus_call *c, uint32_t serial)
{
	size_t at;

	out_bytes(o, "l\1\0\1", 4); /* little-endian, a call, no flags, version 1 */
	dbus_u32(o, c->body.len);
	dbus_u32(o, serial);
	at = dbus_begin(o, 8);
	put_field(o, FIELD_PATH, "o", c->path);
	put_field(o, FIELD_INTERFACE, "s", c->interface);
	put_field(o, FIELD_MEMBER, "s", c->member);
	put_field(o, FIELD_TO, "s", c->to);
	put_field(o, FIELD_SIG, "g", c->sig);
	dbus_end(o, at, 8);
	put_align(o, 8);
	out_bytes(o, c->body.buf, c->body.len);
}

/* --- reading ----------------------------------------------------------------------------------- */

/* n bytes, aligned to `to`; NULL when they are not there. */
static const uint8_t *
take(struct dbus_reader *r, unsigned to, size_t n)
{
	size_t at = (r->at + to - 1) / to * to;

	if (r->bad || at > r->n || n > r->n - at) {
		r->bad = true;
		return NULL;
	}
	r->at = at + n;
	return r->p + at;
}

uint32_t
dbus_read_u32(struct dbus_reader *r)
{
	const uint8_t *b = take(r, 4, 4);

	if (!b)
		return 0;
	return r->big ? (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3] : (uint32_t)b[3] << 24 | b[2] << 16 | b[1] << 8 | b[0];
}

static const char *
text(struct dbus_reader *r, size_t n)
{
	const uint8_t *b = take(r, 1, n < r->n ? n + 1 : r->n + 1);

	if (b && b[n])
		r->bad = true;
	return b && !r->bad ? (const char *)b : "";
}

const char *
dbus_read_string(struct dbus_reader *r)
{
	uint32_t n = dbus_read_u32(r);

	return r->bad ? "" : text(r, n);
}

static const char *
read_sig(struct dbus_reader *r)
{
	const uint8_t *n = take(r, 1, 1);

	return n ? text(r, *n) : "";
}

size_t
dbus_length(const uint8_t *head)
{
	struct dbus_reader r = {.p = head, .n = DBUS_HEAD, .at = 4, .big = *head == 'B'};
	size_t body = dbus_read_u32(&r), fields;

	dbus_read_u32(&r);
	fields = dbus_read_u32(&r);
	if ((*head != 'l' && *head != 'B') || head[3] != 1 || body > LONGEST || fields > LONGEST)
		return 0;
	return DBUS_HEAD + (fields + 7) / 8 * 8 + body;
}

static void
read_field(struct dbus_reader *r, struct dbus_reply *m)
{
	const uint8_t *code = take(r, 8, 1);
	const char *type = read_sig(r), *s = "";
	uint32_t n = 0;

	if (text_eq(type, "u"))
		n = dbus_read_u32(r);
	else if (text_eq(type, "s") || text_eq(type, "o"))
		s = dbus_read_string(r);
	else if (text_eq(type, "g"))
		s = read_sig(r);
	else
		r->bad = true;
	if (r->bad)
		return;
	switch (*code) {
	case FIELD_MEMBER: m->member = s; break;
	case FIELD_ERROR: m->error = s; break;
	case FIELD_REPLY: m->serial = n; break;
	case FIELD_SIG: m->sig = s; break;
	}
}

bool
dbus_parse(struct dbus_reply *m, const uint8_t *p, size_t n)
{
	struct dbus_reader r = {.p = p, .n = n, .at = DBUS_HEAD, .big = n && *p == 'B'};
	size_t fields, end;

	*m = (struct dbus_reply){.member = "", .error = "", .sig = ""};
	if (n < DBUS_HEAD || dbus_length(p) != n)
		return false;
	r.at = DBUS_HEAD - 4;
	fields = dbus_read_u32(&r);
	end = DBUS_HEAD + fields;
	r.n = end;
	while (!r.bad && r.at < end)
		read_field(&r, m);
	end = (end + 7) / 8 * 8;
	m->type = p[1];
	m->body = (struct dbus_reader){.p = p + end, .n = n - end, .big = r.big};
	return !r.bad;
}

/* --- a connection ------------------------------------------------------------------------------ */

static int64_t
now_ms(void)
{
	struct timespec t;

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
fail(struct dbus *d, int e, const char *why)
{
	d->error = "";
	d->why = why;
	return e;
}

static int
send_all(struct dbus *d, const char *p, size_t n)
{
	ssize_t k;

	for (; n; p += k, n -= k) {
		k = sys_sendto(d->fd, p, n, MSG_NOSIGNAL, NULL, 0);
		if (k == -EINTR)
			k = 0;
		if (k < 0)
			return fail(d, k, text_make("systemd cannot be written to: %s", text_errno(k)));
	}
	return 0;
}

/* At least one byte, at most n; what is there.  Or -errno. */
static ssize_t
some(struct dbus *d, uint8_t *p, size_t n)
{
	struct pollfd f = {.fd = d->fd, .events = POLLIN};
	int64_t left;
	ssize_t k;

	do {
		left = d->until - now_ms();
		k = left > 0 ? sys_poll(&f, 1, left) : 0;
		if (k == 0)
			return fail(d, -ETIMEDOUT, "systemd does not answer");
		if (k > 0)
			k = sys_read(d->fd, p, n);
		if (k == 0)
			return fail(d, -ECONNRESET, "systemd has closed the connection");
	} while (k == -EINTR);
	return k < 0 ? fail(d, k, text_make("systemd cannot be read from: %s", text_errno(k))) : k;
}

static int
fill(struct dbus *d, uint8_t *p, size_t n)
{
	ssize_t k;

	for (; n; p += k, n -= k) {
		k = some(d, p, n);
		if (k < 0)
			return k;
	}
	return 0;
}

/* One line of the authentication protocol, behind which the other side waits for us. */
static int
auth_line(struct dbus *d)
{
	size_t n = 0;
	ssize_t k;

	do {
		k = n < 512 ? some(d, d->buf + n, 512 - n) : fail(d, -EPROTO, "systemd speaks no D-Bus");
		if (k < 0)
			return k;
		n += k;
	} while (n < 2 || d->buf[n - 2] != '\r' || d->buf[n - 1] != '\n');
	d->buf[n - 2] = 0;
	return text_starts((char *)d->buf, "OK ") ? 0 : fail(d, -EACCES, text_make("systemd does not let us in: %s", (char *)d->buf));
}

/* EXTERNAL: the kernel tells who we are; the name is the uid's digits in hexadecimal.  BEGIN goes along with it: what systemd reads
 * together with a BEGIN that came alone lies there until more arrives (sd-bus, seen with 252), and nothing would. */
static int
authenticate(struct dbus *d)
{
	const char *uid = text_make("%u", (unsigned)sys_geteuid());
	struct out o = out_mem();
	int e;

	out_bytes(&o, "\0AUTH EXTERNAL ", 15);
	for (; *uid; uid++)
		out_fmt(&o, "%02x", (unsigned)*uid);
	out_str(&o, "\r\nBEGIN\r\n");
	e = send_all(d, o.buf, o.len);
	return e ? e : auth_line(d);
}

/* What the bus wants before anything else, and that the ends of jobs are told. */
static int
join_bus(struct dbus *d)
{
	struct dbus_call hello = {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", {.fd = -1}};
	struct dbus_call match = hello, subscribe = {"org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", "Subscribe", "", {.fd = -1}};
	struct dbus_reply m;
	int e = dbus_call(d, &hello, &m);

	match.member = "AddMatch";
	match.sig = "s";
	dbus_string(&match.body, "type='signal',interface='org.freedesktop.systemd1.Manager',member='JobRemoved'");
	if (!e)
		e = dbus_call(d, &match, &m);
	return e ? e : dbus_call(d, &subscribe, &m);
}

int
dbus_open(struct dbus *d, int ms)
{
	bool bus = false;
	int e;

	*d = (struct dbus){.until = now_ms() + ms, .error = "", .why = "", .buf = arena_get(KEPT)};
	d->fd = sock_connect("/run/systemd/private");
	if (d->fd < 0) {
		bus = true;
		d->fd = sock_connect("/run/dbus/system_bus_socket");
	}
	if (d->fd < 0)
		return fail(d, d->fd, text_make("systemd cannot be reached, at /run/systemd/private or /run/dbus/system_bus_socket: %s",
			text_errno(d->fd)));
	e = authenticate(d);
	if (!e && bus)
		e = join_bus(d);
	if (e)
		file_close(&d->fd);
	return e;
}

int
dbus_next(struct dbus *d, struct dbus_reply *m)
{
	size_t n, k;
	int e = fill(d, d->buf, DBUS_HEAD);

	if (e)
		return e;
	n = dbus_length(d->buf);
	if (!n)
		return fail(d, -EPROTO, "systemd sent a message that is none");
	if (n <= KEPT) {
		e = fill(d, d->buf + DBUS_HEAD, n - DBUS_HEAD);
		return e || dbus_parse(m, d->buf, n) ? e : fail(d, -EPROTO, "systemd sent a message that is none");
	}
	*m = (struct dbus_reply){.type = DBUS_SIGNAL, .member = "", .error = "", .sig = ""};
	for (n -= DBUS_HEAD; n && !e; n -= k) {
		k = n < KEPT ? n : KEPT;
		e = fill(d, d->buf, k);
	}
	return e;
}

int
dbus_call(struct dbus *d, struct dbus_call *c, struct dbus_reply *reply)
{
	struct out o = out_mem();
	uint32_t serial = ++d->serial;
	int e;

	dbus_message(&o, c, serial);
	e = send_all(d, o.buf, o.len);
	while (!e) {
		e = dbus_next(d, reply);
		if (!e && reply->serial == serial && reply->type == DBUS_RETURN)
			return 0;
		if (!e && reply->serial == serial && reply->type == DBUS_ERROR) {
			d->error = arena_copy(reply->error, strlen(reply->error));
			d->why = *reply->sig == 's' ? dbus_read_string(&reply->body) : "";
			d->why = text_make("systemd says: %s", *d->why ? d->why : d->error);
			return -EREMOTEIO;
		}
	}
	return e;
}

/* SPDX-License-Identifier: MIT */
/* dbus.h - as much of D-Bus as it takes to ask systemd for something (feature SYSTEMD)
 *
 * Little-endian messages over a unix socket: dbus.freedesktop.org/doc/dbus-specification.html, "Message Protocol" and
 * "Authentication Protocol".  No match rules of the library kind, no objects of our own, no descriptors. */
#ifndef BOX_DBUS_H
#define BOX_DBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"
#include "spec/spec.h"

/* --- writing: appended to an out_mem writer, aligned from its beginning ------------------------ */

void dbus_u32(struct out *o, uint32_t v);
void dbus_string(struct out *o, const char *s);

/* An array whose elements are aligned to `align`: begin yields where its length stands, for end. */
size_t dbus_begin(struct out *o, unsigned align);
void dbus_end(struct out *o, size_t at, unsigned align);

/* A name and its value.  type is b, i, u, t or x (n, two's complement), s (s.v[0]), as (s), ay (s.v[0], n bytes) or
 * au (n alone). */
struct dbus_property {
	const char *name, *type;
	uint64_t n;
	struct strs s;
};
struct dbus_properties { struct dbus_property *v; size_t n; };

/* The element (sv) of an array a(sv). */
void dbus_property(struct out *o, const struct dbus_property *p);

/* A call: header, padding and the body, which is what was appended to c->body. */
struct dbus_call {
	const char *to, *path, *interface, *member, *sig; /* sig "": no body */
	struct out body;
};
void dbus_message(struct out *o, const struct dbus_call *c, uint32_t serial);

/* --- reading ----------------------------------------------------------------------------------- */

enum dbus_type { DBUS_CALL = 1, DBUS_RETURN, DBUS_ERROR, DBUS_SIGNAL };

/* Values one behind the other; bad sticks once something did not fit, and what is read then is 0 or "". */
struct dbus_reader {
	const uint8_t *p;
	size_t n, at;
	bool big, bad;
};
uint32_t dbus_read_u32(struct dbus_reader *r);
const char *dbus_read_string(struct dbus_reader *r); /* points into the message */

struct dbus_reply {
	enum dbus_type type;
	uint32_t serial;           /* of the call it answers; 0: none */
	const char *member, *error, *sig; /* "" when not there; inside the message */
	struct dbus_reader body;
};

enum { DBUS_HEAD = 16 };

/* Length of the whole message, from its first DBUS_HEAD bytes; 0 when they are none. */
size_t dbus_length(const uint8_t *head);

/* Takes a whole message apart; false when it is none. */
bool dbus_parse(struct dbus_reply *m, const uint8_t *p, size_t n);

/* --- a connection ------------------------------------------------------------------------------ */

struct dbus {
	int fd;
	uint32_t serial;
	int64_t until;      /* CLOCK_MONOTONIC milliseconds: nothing waits longer */
	const char *why;    /* after a failing call: a sentence of the other side or ours, arena */
	const char *error;  /* and the error's name, "" when it is none of the other side's */
	uint8_t *buf;
};

/* To systemd itself at /run/systemd/private, else by the system bus; `ms` for all that will be done with it.  0 or -errno, with
 * d->why.  d->fd is the caller's to close. */
int dbus_open(struct dbus *d, int ms);

/* Sends a call and waits for its reply, which lives until the next call.  0, -EREMOTEIO for an error of the other side, or -errno;
 * with d->why. */
int dbus_call(struct dbus *d, struct dbus_call *c, struct dbus_reply *reply);

/* The next message of any kind. */
int dbus_next(struct dbus *d, struct dbus_reply *m);

#endif

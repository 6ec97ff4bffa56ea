/* SPDX-License-Identifier: MIT */
/* proto.c - protocol buffers on the wire (protobuf.dev, "Encoding"); knows no message */
#include "base/proto.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

/* --- written ---------------------------------------------------------------------------------- */

static void
put_varint(struct out *o, uint64_t v)
{
	char c;

	for (; v > 0x7f; v >>= 7) {
		c = (char)(v | 0x80);
		out_bytes(o, &c, 1);
	}
	c = (char)v;
	out_bytes(o, &c, 1);
}

static void
put_bytes(struct out *o, unsigned field, const char *s, size_t n)
{
	put_varint(o, (uint64_t)field << 3 | BYTES);
	put_varint(o, n);
	if (n)
		out_bytes(o, s, n);
}

void
proto_num(struct out *o, unsigned field, uint64_t v)
{
	put_varint(o, (uint64_t)field << 3 | VARINT);
	put_varint(o, v);
}

void
proto_str(struct out *o, unsigned field, const char *s)
{
	if (s)
		put_bytes(o, field, s, strlen(s));
}

void
proto_message(struct out *o, unsigned field, const struct out *m)
{
	put_bytes(o, field, m->buf, m->len);
}

/* --- read ------------------------------------------------------------------------------------- */

static bool
get_varint(struct proto *m, uint64_t *v)
{
	unsigned shift = 0;
	unsigned char c;

	*v = 0;
	do {
		if (!m->n || shift > 63)
			return false;
		c = (unsigned char)*m->p++;
		m->n--;
		*v |= (uint64_t)(c & 0x7f) << shift;
		shift += 7;
	} while (c & 0x80);
	return true;
}

/* The next field: its number and type, and its value as a number or as the bytes that it takes. */
static bool
next(struct proto *m, uint64_t *head, uint64_t *v, struct proto *bytes)
{
	if (!m->n || !get_varint(m, head))
		return false;
	switch (*head & 7) {
	case VARINT: return get_varint(m, v);
	case BYTES:
		if (!get_varint(m, v))
			return false;
		break;
	case FIXED64: *v = 8; break;
	case FIXED32: *v = 4; break;
	default: return false;
	}
	if (*v > m->n)
		return false;
	*bytes = (struct proto){m->p, *v};
	m->p += *v;
	m->n -= *v;
	return true;
}

bool
proto_get_num(struct proto m, unsigned field, uint64_t *v)
{
	struct proto bytes;
	uint64_t head, value;
	bool found = false;

	while (next(&m, &head, &value, &bytes))
		if (head == ((uint64_t)field << 3 | VARINT)) {
			*v = value;
			found = true;
		}
	return found;
}

bool
proto_get_bytes(struct proto m, unsigned field, struct proto *v)
{
	struct proto bytes;
	uint64_t head, value;
	bool found = false;

	while (next(&m, &head, &value, &bytes))
		if (head == ((uint64_t)field << 3 | BYTES)) {
			*v = bytes;
			found = true;
		}
	return found;
}

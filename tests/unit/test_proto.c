/* SPDX-License-Identifier: MIT */
/* test_proto.c - protocol buffers: the encoding document's own examples, and messages that are cut or lie about lengths */
#include "unit.h"

#include "base/arena.h"
#include "base/proto.h"

#include <string.h>

static struct proto
bytes(const char *s, size_t n)
{
	return (struct proto){arena_copy(s, n), n};
}

static void
same(const struct out *o, const char *want, size_t n, const char *name)
{
	unit_num((long long)o->len, (long long)n, name);
	unit_num(o->len == n ? n && memcmp(o->buf, want, n) : 1, 0, "  and its bytes");
}

/* protobuf.dev, "Encoding": 150 as field 1, "testing" as field 2, that message as field 3. */
static void
written(void)
{
	struct out a = out_mem(), b = out_mem(), c = out_mem(), d = out_mem(), none = out_mem();

	proto_num(&a, 1, 150);
	same(&a, "\x08\x96\x01", 3, "a number");
	proto_str(&b, 2, "testing");
	same(&b, "\x12\x07testing", 9, "a string");
	proto_message(&c, 3, &a);
	same(&c, "\x1a\x03\x08\x96\x01", 5, "a message in a message");
	proto_message(&c, 3, &none);
	same(&c, "\x1a\x03\x08\x96\x01\x1a\x00", 7, "an empty one");
	proto_num(&d, 63, UINT64_MAX);
	same(&d, "\xf8\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, "the largest, as a field of two bytes");
	proto_str(&none, 4, NULL);
	same(&none, "", 0, "no string is no field");
}

static void
read_back(void)
{
	struct proto m = bytes("\x08\x96\x01\x12\x07testing\x08\x05\x2d\x01\x02\x03\x04\x31\x01\x02\x03\x04\x05\x06\x07\x08\x38\x01", 30), s;
	uint64_t v = 0;

	unit_num(proto_get_num(m, 1, &v), 1, "a number is found");
	unit_num((long long)v, 5, "  the last of several");
	unit_num(proto_get_num(m, 7, &v) && v == 1, 1, "one behind fixed ones");
	unit_num(proto_get_bytes(m, 2, &s), 1, "a string is found");
	unit_num(s.n == 7 && !memcmp(s.p, "testing", 7), 1, "  and is it");
	unit_num(proto_get_num(m, 2, &v), 0, "not as another type");
	unit_num(proto_get_num(m, 9, &v), 0, "nor one that is not there");
}

/* Every cut of a message: nothing is read behind its end (the sanitizers look), and what is cut is not found. */
static void
broken(void)
{
	static const char whole[] = "\x12\x07testing\x08\x96\x01";
	struct proto s;
	uint64_t v;
	size_t i;

	for (i = 0; i < sizeof whole - 1; i++)
		unit_num(proto_get_num(bytes(whole, i), 1, &v), 0, "a number that is cut");
	for (i = 0; i < 9; i++)
		unit_num(proto_get_bytes(bytes(whole, i), 2, &s), 0, "a string that is cut");
	unit_num(proto_get_bytes(bytes("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01zz", 13), 2, &s), 0, "a length past the end of memory");
	unit_num(proto_get_num(bytes("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12), 1, &v), 0, "a number of eleven bytes");
	unit_num(proto_get_num(bytes("\x0b\x08\x01", 3), 1, &v), 0, "a group, which nobody writes any more");
}

int
main(void)
{
	written();
	read_back();
	broken();
	return unit_done();
}

/* SPDX-License-Identifier: MIT */
/* test_dbus.c - messages against bytes that busctl, dbus-send and dbus-daemon (systemd 252, dbus 1.14) have sent; values; limits */
#include "base/arena.h"
#include "base/text.h"
#include "box/scope.h"
#include "unit.h"

#include <stdlib.h>

/* Recorded with dbus-monitor --binary: busctl's call, without and with what stands before its body ... */
static const char start_body[] =
	"09000000702d782e73636f7065000000070000007265706c61636500f4000000"
	"0400000050494473000261750000000004000000921000000b00000044657363"
	"72697074696f6e0001730000100000006d6f746520636f6e7461696e65722078"
	"00000000000000000800000044656c6567617465000162000100000000000000"
	"090000004d656d6f72794d617800017400000000000000000000000100000000"
	"0b000000416c6c6f776564435055730002617900020000000301000000000000"
	"0d000000446f63756d656e746174696f6e000261730000001800000005000000"
	"6d616e3a61000000070000006d616e3a62636400000000000e0000004f4f4d53"
	"636f726541646a757374000169000000fbffffff00000000";
static const char start_head[] =
	"6c0104011801000002000000c500000001016f00190000002f6f72672f667265"
	"656465736b746f702f73797374656d6431000000000000000301730012000000"
	"53746172745472616e7369656e74556e69740000000000000201730020000000"
	"6f72672e667265656465736b746f702e73797374656d64312e4d616e61676572"
	"000000000000000006017300180000006f72672e667265656465736b746f702e"
	"73797374656d6431000000000000000008016700107373612873762961287361"
	"287376292900000007017300040000003a312e3100000000";
/* ... the answer of the bus to a call for whom nobody is there, and a signal by dbus-send. */
static const char error[] =
	"6c0301013a000000030000007500000006017300040000003a312e3200000000"
	"040173002c0000006f72672e667265656465736b746f702e444275732e457272"
	"6f722e537061776e2e4368696c64457869746564000000000501750002000000"
	"080167000173000007017300140000006f72672e667265656465736b746f702e"
	"44427573000000003500000050726f63657373206f72672e667265656465736b"
	"746f702e73797374656d64312065786974656420776974682073746174757320"
	"3100";
static const char removed[] =
	"6c04010145000000010000009800000001016f00190000002f6f72672f667265"
	"656465736b746f702f73797374656d6431000000000000000201730020000000"
	"6f72672e667265656465736b746f702e73797374656d64312e4d616e61676572"
	"0000000000000000030173000a0000004a6f6252656d6f766564000000000000"
	"0801670004756f737300000000000000070173000f0000003a6e6f742e616374"
	"6976652e796574004d000000200000002f6f72672f667265656465736b746f70"
	"2f73797374656d64312f6a6f622f37370000000009000000702d782e73636f70"
	"6500000004000000646f6e6500";

static size_t
bytes(uint8_t *to, const char *hex)
{
	size_t n;
	char two[3] = "";

	for (n = 0; hex[2 * n]; n++) {
		memcpy(two, hex + 2 * n, 2);
		to[n] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

static struct dbus_property
strings(const char *name, const char *type, const char *a, const char *b, uint64_t n)
{
	struct dbus_property p = {.name = name, .type = type, .n = n};

	*PUSH(p.s.v, p.s.n) = a;
	if (b)
		*PUSH(p.s.v, p.s.n) = b;
	return p;
}

static void
test_write(void)
{
	struct dbus_call c = {"org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
		"StartTransientUnit", "ssa(sv)a(sa(sv))", out_mem()};
	struct dbus_property p[] = {{.name = "PIDs", .type = "au", .n = 4242}, strings("Description", "s", "mote container x", NULL, 0),
		{.name = "Delegate", .type = "b", .n = 1}, {.name = "MemoryMax", .type = "t", .n = 16777216},
		strings("AllowedCPUs", "ay", "\3\1", NULL, 2), strings("Documentation", "as", "man:a", "man:bcd", 0),
		{.name = "OOMScoreAdjust", .type = "i", .n = (uint64_t)-5}};
	uint8_t want[4096];
	struct out o = out_mem();
	struct dbus_reply m;
	size_t at, i, n = bytes(want, start_body);

	dbus_string(&c.body, "p-x.scope");
	dbus_string(&c.body, "replace");
	at = dbus_begin(&c.body, 8);
	for (i = 0; i < ROWS(p); i++)
		dbus_property(&c.body, &p[i]);
	dbus_end(&c.body, at, 8);
	at = dbus_begin(&c.body, 8);
	dbus_end(&c.body, at, 8);
	unit_ok(c.body.len == n && !memcmp(c.body.buf, want, n), "a call's body is busctl's, byte for byte (%zu, %zu)", c.body.len, n);
	dbus_message(&o, &c, 7);
	unit_ok(dbus_length((uint8_t *)o.buf) == o.len && o.len % 8 == n % 8, "the header tells the length");
	unit_ok(dbus_parse(&m, (uint8_t *)o.buf, o.len) && m.type == DBUS_CALL && text_eq(m.member, c.member) && text_eq(m.sig, c.sig) &&
		m.body.n == n, "and reads as what it was");
	o = out_mem();
	c = (struct dbus_call){"a.b", "/", "a.b", "C", "", {.fd = -1}};
	dbus_message(&o, &c, 8);
	unit_ok(dbus_parse(&m, (uint8_t *)o.buf, o.len) && !m.body.n && !*m.sig, "a call without a body has no signature");
}

static void
test_read(void)
{
	uint8_t b[4096], *cut;
	struct dbus_reply m;
	size_t n = bytes(b, start_head), k, bad = 0;
	const char *job, *name;

	n += bytes(b + n, start_body);
	unit_ok(dbus_length(b) == n && dbus_parse(&m, b, n) && m.type == DBUS_CALL && text_eq(m.member, "StartTransientUnit") &&
		text_eq(dbus_read_string(&m.body), "p-x.scope"), "busctl's call");
	n = bytes(b, error);
	unit_ok(dbus_length(b) == n && dbus_parse(&m, b, n) && m.type == DBUS_ERROR && m.serial == 2 &&
		text_eq(m.error, "org.freedesktop.DBus.Error.Spawn.ChildExited") && text_eq(m.sig, "s") &&
		text_eq(dbus_read_string(&m.body), "Process org.freedesktop.systemd1 exited with status 1"), "the daemon's error");
	n = bytes(b, removed);
	unit_ok(dbus_parse(&m, b, n) && m.type == DBUS_SIGNAL && !m.serial && text_eq(m.member, "JobRemoved"), "dbus-send's signal");
	unit_ok(dbus_read_u32(&m.body) == 77, "its number");
	job = dbus_read_string(&m.body), name = dbus_read_string(&m.body);
	unit_ok(text_eq(job, "/org/freedesktop/systemd1/job/77") && text_eq(name, "p-x.scope") &&
		text_eq(dbus_read_string(&m.body), "done") && !m.body.bad, "and its words");
	unit_ok(text_eq(dbus_read_string(&m.body), "") && m.body.bad && !dbus_read_u32(&m.body), "nothing is behind them");
	for (k = 1; k < n; k++) { /* in a heap block of its own, so that the sanitizer sees a byte too many */
		cut = memcpy(malloc(k), b, k);
		bad += dbus_parse(&m, cut, k);
		free(cut);
	}
	unit_ok(!bad, "a message that is cut off is none");
	b[0] = 'x';
	unit_ok(!dbus_length(b) && !dbus_parse(&m, b, n), "nor one of an unknown byte order");
	b[0] = 'l', b[7] = 0xff;
	unit_ok(!dbus_length(b), "nor one past the specification's length");
}

static void
test_values(void)
{
	static const struct { const char *text, *type; uint64_t n; const char *s; } rows[] = {
		{"true", "b", 1, NULL}, {"false", "b", 0, NULL}, {"uint64 123456789", "t", 123456789, NULL}, {"5", "i", 5, NULL},
		{"-5", "i", (uint64_t)-5, NULL}, {"int64 -9223372036854775808", "x", (uint64_t)INT64_MIN, NULL},
		{"@u 7", "u", 7, NULL}, {"uint32 4294967295", "u", 4294967295, NULL}, {"'inactive-or-failed'", "s", 0, "inactive-or-failed"},
		{"\"it's\"", "s", 0, "it's"}, {"'it\\'s'", "s", 0, "it's"}, {"['a', \"b,c\"]", "as", 2, "b,c"}, {"@as []", "as", 0, NULL},
		{" ''  ", "s", 0, ""},
		{"", NULL, 0, NULL}, {"uint32 4294967296", NULL, 0, NULL}, {"2147483648", NULL, 0, NULL}, {"uint64 -1", NULL, 0, NULL},
		{"'a", NULL, 0, NULL}, {"'a'b", NULL, 0, NULL}, {"['a'", NULL, 0, NULL}, {"['a' 'b']", NULL, 0, NULL},
		{"[1, 2]", NULL, 0, NULL}, {"1.5", NULL, 0, NULL}, {"byte 1", NULL, 0, NULL}, {"a", NULL, 0, NULL}, {"'a\\", NULL, 0, NULL}};
	struct dbus_property p;
	size_t i;
	bool good;

	for (i = 0; i < ROWS(rows); i++) {
		p = (struct dbus_property){.name = "x"};
		good = scope_value(&p, rows[i].text);
		if (good && rows[i].type)
			good = text_eq(p.type, rows[i].type) && (*p.type == 'a' ? p.s.n : p.n) == rows[i].n &&
				(!rows[i].s || text_eq(p.s.v[p.s.n - 1], rows[i].s));
		unit_ok(good == !!rows[i].type, "value %s", rows[i].text);
	}
}

static void
test_properties(void)
{
	struct pair pairs[] = {{"org.systemd.property.TimeoutStopSec", "5"}, {"other", "x"}, {"org.systemd.property.KillSignal", "int32 9"},
		{"org.systemd.property.x1", "5"}, {"org.systemd.property.RuntimeMaxSec", "'a'"}, {"org.systemd.property.CollectMode", "inactive"}};
	struct cgroup_setting set[] = {{.file = "memory.max", .value = "max"}, {.file = "cpu.max", .value = "33333 100000"},
		{.file = "cpuset.cpus", .value = "0-3,9"}, {.file = "io.bfq.weight", .value = "100", .file2 = "io.weight", .value2 = "500"},
		{.file = "cpu.max", .value = "max 50000"}, {.file = "hugetlb.2MB.max", .value = "0"}, {.file = "io.weight", .value = "8:0 5"}};
	struct dbus_properties all = {0};
	struct diag d = {0};

	unit_ok(!scope_annotations(&all, &(struct pairs){pairs, ROWS(pairs)}, &d) && d.errors == 3, "three annotations are refused: %zu", d.errors);
	all.n = 0;
	unit_ok(scope_annotations(&all, &(struct pairs){pairs, 3}, &d) && all.n == 2 && text_eq(all.v[0].name, "TimeoutStopUSec") &&
		text_eq(all.v[0].type, "t") && all.v[0].n == 5000000 && text_eq(all.v[1].name, "KillSignal") && all.v[1].n == 9,
		"seconds become microseconds, what is not systemd's is left alone");
	all.n = 0;
	scope_limits(&all, &(struct cgroup_settings){set, ROWS(set)});
	unit_ok(all.n == 7, "limits that systemd knows: %zu", all.n);
	unit_ok(text_eq(all.v[0].name, "MemoryMax") && all.v[0].n == UINT64_MAX, "no limit");
	unit_ok(text_eq(all.v[1].name, "CPUQuotaPerSecUSec") && all.v[1].n == 340000 && all.v[2].n == 100000, "a quota in hundredths, rounded up");
	unit_ok(text_eq(all.v[3].name, "AllowedCPUs") && all.v[3].n == 2 && !memcmp(all.v[3].s.v[0], "\x0f\x02", 2), "processors as a mask");
	unit_ok(text_eq(all.v[4].name, "IOWeight") && all.v[4].n == 500, "the weight of the other file");
	unit_ok(all.v[5].n == UINT64_MAX && all.v[6].n == 50000, "no quota");
}

int
main(void)
{
	test_write();
	test_read();
	test_values();
	test_properties();
	return unit_done();
}

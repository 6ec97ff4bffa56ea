/* SPDX-License-Identifier: MIT */
/* test_text.c - the formatter beside libc's, numbers at their edges, paths, UTF-8, times */
#include "unit.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

/* The same arguments to both; libc is right. */
#define SAME(...)                                                                                  \
	do {                                                                                       \
		char want[300], got[300];                                                          \
		int n = snprintf(want, sizeof want, __VA_ARGS__);                                  \
		size_t m = text_fmt(got, sizeof got, __VA_ARGS__);                                 \
		unit_str(got, want, "as printf: " #__VA_ARGS__);                                   \
		unit_num((long long)m, n, "  and its length");                                     \
	} while (0)

static void
formats(void)
{
	SAME("nothing");
	SAME("%s", "");
	SAME("%s and %s", "one", "two");
	SAME("%10s|%-10s|%2s", "right", "left", "longer");
	SAME("%.*s|%.*s|%.*s", 3, "abcdef", 0, "abc", 9, "short");
	SAME("%.*s", -1, "a negative precision is none");
	SAME("%8.*s|%-8.*s|", 2, "abcdef", 2, "abcdef");
	SAME("%c%c%3c%-3c|", 'a', 'b', 'c', 'd');
	SAME("100%% %d%%", 5);
	SAME("%d %d %d", 0, -1, 1);
	SAME("%d %i", INT_MAX, INT_MIN);
	SAME("%ld %ld", LONG_MAX, LONG_MIN);
	SAME("%lld %lld", LLONG_MAX, LLONG_MIN);
	SAME("%u %lu %llu", UINT_MAX, ULONG_MAX, ULLONG_MAX);
	SAME("%zu %zd", SIZE_MAX, (ssize_t)-5);
	SAME("%x %lx %llx %zx", 0xdeadbeefu, 0xabcul, ULLONG_MAX, (size_t)16);
	SAME("%o %03o %lo %llo", 0644u, 7u, 0777ul, ULLONG_MAX);
	SAME("%5d|%-5d|%05d|%-5d|", 42, 42, 42, 42);
	SAME("%5d|%-5d|%05d|%2d|", -42, -42, -42, -42);
	SAME("%08x|%-8x|%8x|", 0xabcu, 0xabcu, 0xabcu);
	SAME("%030lld|%30lld|%-30lld|", LLONG_MIN, LLONG_MIN, LLONG_MIN);
	SAME("%09ld", 123L);
	SAME("%s %d %s %llu %c %s", "mixed", -7, "arguments", 1ULL << 40, 'x', "end");
}

/* Without the attribute, for formats that a compiler would warn of. */
static const char *
loose(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = text_vmake(fmt, ap);
	va_end(ap);
	return s;
}

static void
oddities(void)
{
	unit_str(loose("<%s>", (char *)NULL), "<(null)>", "a NULL string");
	unit_str(loose("%d %q %s", 1, 2, 3), "1 %q %s", "behind an unknown letter all is text");
	unit_str(loose("%f", 1.0), "%f", "no floats");
	unit_str(loose("%.3s", "abc"), "%.3s", "a precision is given as an argument or not at all");
	unit_str(loose("end %"), "end %", "a lone percent sign");
	unit_str(loose("end %5"), "end %5", "a percent sign and a width");
	unit_str(loose("end %l"), "end %l", "a percent sign and a size");
	unit_str(loose("%-05d|%0-5d|%--5d|%005d", 1, 2, 3, 4), "1    |2    |3    |00004", "flags twice");
}

static void
cuts(void)
{
	char buf[8];
	size_t cap, n;

	for (cap = 0; cap <= sizeof buf; cap++) {
		memset(buf, '#', sizeof buf);
		n = text_fmt(buf, cap, "%s", "abcdef");
		unit_ok(n == 6 && (cap == 0 || strlen(buf) == (cap < 7 ? cap - 1 : 6)) &&
				strncmp(buf, "abcdef", cap ? strlen(buf) : 0) == 0 &&
				(cap == sizeof buf || buf[cap] == '#'),
			"cut at %zu bytes", cap);
	}
	unit_num((long long)text_fmt(NULL, 0, "%1000d", 1), 1000, "measuring alone");
	unit_num((long long)strlen(text_make("%5000s|", "x")), 5001, "text_make takes what it needs");
}

static const struct {
	const char *s;
	bool good;
	uint64_t v;
} unsigneds[] = {
	{"0", true, 0}, {"1", true, 1}, {"007", true, 7}, {"4294967296", true, 4294967296},
	{"18446744073709551615", true, UINT64_MAX}, {"18446744073709551616", false, 0},
	{"18446744073709551625", false, 0}, {"99999999999999999999", false, 0},
	{"184467440737095516150", false, 0}, {"00000000000000000000000000001", true, 1},
	{"", false, 0}, {"-1", false, 0}, {"-0", false, 0}, {"+1", false, 0}, {" 1", false, 0},
	{"1 ", false, 0}, {"1\n", false, 0}, {"0x10", false, 0}, {"1.0", false, 0}, {"1e3", false, 0},
	{"a", false, 0}, {"1_000", false, 0}, {"\xd9\xa1", false, 0},
};

static const struct {
	const char *s;
	bool good;
	int64_t v;
} signeds[] = {
	{"0", true, 0}, {"-0", true, 0}, {"-1", true, -1}, {"42", true, 42},
	{"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0},
	{"-9223372036854775808", true, INT64_MIN}, {"-9223372036854775809", false, 0},
	{"-18446744073709551616", false, 0}, {"-9223372036854775807", true, -INT64_MAX},
	{"", false, 0}, {"-", false, 0}, {"--1", false, 0}, {"+1", false, 0}, {"- 1", false, 0},
};

static void
numbers(void)
{
	size_t i;
	uint64_t u;
	int64_t v;
	const char *end = "?", *s = "12:34";

	for (i = 0; i < ROWS(unsigneds); i++) {
		u = 77;
		unit_ok(text_u64(unsigneds[i].s, &u) == unsigneds[i].good &&
				u == (unsigneds[i].good ? unsigneds[i].v : 77),
			"text_u64 \"%s\"", unsigneds[i].s);
	}
	for (i = 0; i < ROWS(signeds); i++) {
		v = 77;
		unit_ok(text_i64(signeds[i].s, &v) == signeds[i].good &&
				v == (signeds[i].good ? signeds[i].v : 77),
			"text_i64 \"%s\"", signeds[i].s);
	}
	unit_ok(text_u64_prefix(s, &end, &u) && u == 12 && end == s + 2, "a prefix");
	unit_ok(text_u64_prefix("5", &end, &u) && u == 5 && !*end, "a prefix that is all");
	unit_ok(!text_u64_prefix(":", &end, &u) && u == 5 && !*end, "no prefix: nothing is touched");
	unit_ok(!text_u64_prefix("18446744073709551616", &end, &u), "a prefix too large");
}

static void
strings(void)
{
	unit_ok(text_eq("a", "a") && !text_eq("a", "b") && !text_eq("a", "ab"), "text_eq");
	unit_ok(text_eq(NULL, NULL) && !text_eq(NULL, "") && !text_eq("", NULL), "text_eq and NULL");
	unit_ok(text_starts("abc", "ab") && text_starts("abc", "") && text_starts("abc", "abc"), "starts");
	unit_ok(!text_starts("ab", "abc") && !text_starts("abc", "b"), "does not start");
	unit_ok(text_ends("abc", "bc") && text_ends("abc", "") && text_ends("abc", "abc"), "ends");
	unit_ok(!text_ends("bc", "abc") && !text_ends("abc", "b"), "does not end");
}

static const struct {
	const char *a, *b, *want;
} joins[] = {
	{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "a/b"}, {"a//", "//b", "a/b"},
	{"/", "b", "/b"}, {"", "b", "/b"}, {"/a", "", "/a/"}, {"/", "/", "/"}, {"/a/b", "c/d/", "/a/b/c/d/"},
};

static const struct {
	const char *path, *want;
} cleans[] = {
	{"/", "/"}, {"", "/"}, {"//", "/"}, {"/.", "/"}, {"/..", "/"}, {"/../..", "/"}, {"/a", "/a"},
	{"/a/", "/a"}, {"//a//b//", "/a/b"}, {"/a/./b", "/a/b"}, {"/a/../b", "/b"}, {"/a/b/..", "/a"},
	{"/a/b/../..", "/"}, {"/a/../../b", "/b"}, {"/a/...", "/a/..."}, {"/.a/..b", "/.a/..b"},
	{"a", "/a"}, {"a/b", "/a/b"}, {"./a", "/a"}, {"../a", "/a"}, {"/a/b/./../c/", "/a/c"},
	{"/a b/c\n", "/a b/c\n"}, {"/aa/bb/../cc", "/aa/cc"}, {"/./././", "/"},
};

static void
paths(void)
{
	char name[80];
	size_t i;

	for (i = 0; i < ROWS(joins); i++) {
		snprintf(name, sizeof name, "text_path \"%s\" \"%s\"", joins[i].a, joins[i].b);
		unit_str(text_path(joins[i].a, joins[i].b), joins[i].want, name);
	}
	for (i = 0; i < ROWS(cleans); i++) {
		snprintf(name, sizeof name, "text_clean row %zu", i);
		unit_str(text_clean(cleans[i].path), cleans[i].want, name);
	}
}

static const struct {
	const char *s;
	size_t n, want;
} runes[] = {
	{"a", 1, 1}, {"\x7f", 1, 1}, {"\x80", 1, 0}, {"\xbf", 1, 0}, {"\xc0\x80", 2, 0}, {"\xc1\xbf", 2, 0},
	{"\xc2\x80", 2, 2}, {"\xdf\xbf", 2, 2}, {"\xc3\x28", 2, 0}, {"\xc3", 1, 0}, {"\xe0\x9f\xbf", 3, 0},
	{"\xe0\xa0\x80", 3, 3}, {"\xe2\x82\xac", 3, 3}, {"\xe2\x82", 2, 0}, {"\xe2\x28\xa1", 3, 0},
	{"\xe2\x82\x28", 3, 0}, {"\xed\x9f\xbf", 3, 3}, {"\xed\xa0\x80", 3, 0}, {"\xed\xbf\xbf", 3, 0},
	{"\xee\x80\x80", 3, 3}, {"\xef\xbf\xbf", 3, 3}, {"\xf0\x8f\xbf\xbf", 4, 0}, {"\xf0\x90\x80\x80", 4, 4},
	{"\xf4\x8f\xbf\xbf", 4, 4}, {"\xf4\x90\x80\x80", 4, 0}, {"\xf5\x80\x80\x80", 4, 0},
	{"\xf0\x9f\x98", 3, 0}, {"\xf0\x9f\x98\x28", 4, 0}, {"\xff", 1, 0}, {"", 0, 0},
};

static void
utf8(void)
{
	size_t i, wrong = 0;
	unsigned u;
	char s[4];

	for (i = 0; i < ROWS(runes); i++)
		unit_num((long long)text_utf8(runes[i].s, runes[i].n), (long long)runes[i].want,
			"text_utf8");
	for (u = 0; u <= 0x10ffff; u++) {
		size_t n = text_rune(s, u), want = u >= 0xd800 && u < 0xe000 ? 0 : n;

		wrong += n < 1 || n > 4 || text_utf8(s, n) != want;
		if (n > 1)
			wrong += text_utf8(s, n - 1) != 0;
	}
	unit_num((long long)wrong, 0, "all of Unicode there and back, but for the surrogates");
}

static void
errors(void)
{
	static const int codes[] = {ENOENT, EPERM, EINVAL, EIO, EEXIST, ENODEV};
	size_t i;

	for (i = 0; i < ROWS(codes); i++) {
		char want[100];

		snprintf(want, sizeof want, "%s", strerror(codes[i]));
		if (want[1] >= 'a' && want[1] <= 'z')
			want[0] = (char)(want[0] | 0x20);
		unit_str(text_errno(-codes[i]), want, want);
		unit_str(text_errno(codes[i]), want, want);
	}
	unit_str(text_errno(-ENOENT), "no such file or directory", "what engines match");
}

static void
times(void)
{
	static const long long rows[] = {0, 1, 59, 86399, 86400, 951782400, 951868799, 951868800, 1709164800,
		1709251200, 4107542400, 1795392000, 2147483647, 2147483648, 4294967296, -1, -86400, -86401,
		-2208988800, 13569465600, 253402300799, -62135596800};
	char want[80];
	size_t i, wrong = 0;
	long long t;

	for (i = 0; i < ROWS(rows); i++) {
		time_t sec = (time_t)rows[i];
		struct tm tm;

		if (sec != rows[i]) {
			unit_skip("text_time", "time_t is too small here");
			continue;
		}
		gmtime_r(&sec, &tm);
		snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02d.000000007Z", tm.tm_year + 1900,
			tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		unit_str(text_time(rows[i], 7), want, want);
	}
	for (t = -62135596800; t < 30000000000; t += 86399 * 5 + 12345) {
		time_t sec = (time_t)t;
		struct tm tm;

		if (sec != t || !gmtime_r(&sec, &tm))
			continue;
		strftime(want, sizeof want, "-%m-%dT%H:%M:%S.999999999Z", &tm);
		wrong += strcmp(strchr(text_time(t, 999999999) + 1, '-'), want) != 0;
	}
	unit_num((long long)wrong, 0, "some 200,000 days as libc has them");
	unit_str(text_time(1795435200, 0), "2026-11-23T12:00:00.000000000Z", "the example");
}

int
main(void)
{
	formats();
	oddities();
	cuts();
	numbers();
	strings();
	paths();
	utf8();
	errors();
	times();
	return unit_done();
}

/* SPDX-License-Identifier: MIT */
/* test_json.c - what RFC 8259 demands, what mote refuses besides, and where it says the fault is */
#include "unit.h"

#include "base/arena.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct row {
	bool good;
	const char *name, *text;
	size_t n; /* 0: up to its NUL */
};

#define GOOD(name, text) {true, name, text, sizeof(text) - 1}
#define BAD(name, text) {false, name, text, sizeof(text) - 1}
#define TEN(s) s s s s s s s s s s

static const struct row rows[] = {
	GOOD("empty array", "[]"),
	GOOD("empty object", "{}"),
	GOOD("space inside empty brackets", "[ \t\r\n ]"),
	GOOD("space inside empty braces", "{ \t\r\n }"),
	GOOD("space everywhere", " \n{ \t\"a\" \r: [ 1 , 2 ] , \"b\" : null } \n "),
	GOOD("a lone true", "true"),
	GOOD("a lone false", "false"),
	GOOD("a lone null", "null"),
	GOOD("a lone number", "42"),
	GOOD("a lone string", "\"x\""),
	GOOD("an empty string", "\"\""),
	GOOD("space before a lone value", "  \t7"),
	GOOD("a newline behind a lone value", "7\n"),
	GOOD("all kinds in an array", "[null,true,false,1,\"s\",[],{}]"),
	GOOD("an array in an array", "[[[[[]]]]]"),
	GOOD("several nulls", "[1,null,null,null,2]"),
	GOOD("an array of strings", "[\"a\",\"b\",\"c\"]"),
	GOOD("an empty key", "{\"\":0}"),
	GOOD("a key with an escape", "{\"a\\nb\\u0041\":1}"),
	GOOD("the same key twice (the loader's business)", "{\"a\":1,\"a\":2}"),
	GOOD("a key that looks like a number", "{\"1\":1}"),
	GOOD("a long key", "{\"" TEN(TEN("key")) "\":1}"),
	GOOD("objects in objects", "{\"a\":{\"b\":{\"c\":{}}}}"),
	GOOD("depth 32, arrays", TEN("[") TEN("[") TEN("[") "[[" "]]" TEN("]") TEN("]") TEN("]")),
	GOOD("depth 32, objects",
		TEN("{\"a\":") TEN("{\"a\":") TEN("{\"a\":") "{\"a\":{" "}}" TEN("}") TEN("}") TEN("}")),
	GOOD("depth 32 twice", "[" TEN("[") TEN("[") TEN("[") "[]" TEN("]") TEN("]") TEN("]") ","
		TEN("[") TEN("[") TEN("[") "[]" TEN("]") TEN("]") TEN("]") "]"),

	GOOD("zero", "[0]"),
	GOOD("minus zero", "[-0]"),
	GOOD("minus one", "[-1]"),
	GOOD("minus zero with a fraction", "[-0.5]"),
	GOOD("a fraction", "[123.456789]"),
	GOOD("a fraction of zeroes", "[0.000]"),
	GOOD("exponent e", "[1e5]"),
	GOOD("exponent E", "[1E22]"),
	GOOD("exponent with plus", "[1e+2]"),
	GOOD("exponent with minus", "[1E-2]"),
	GOOD("exponent with leading zeroes", "[1e0005]"),
	GOOD("zero with an exponent", "[0e1]"),
	GOOD("zero with an exponent and plus", "[0e+1]"),
	GOOD("fraction and exponent", "[123.456e78]"),
	GOOD("an exponent no float has", "[1e999999999999]"),
	GOOD("a number of 100 digits", "[1" TEN(TEN("0")) "]"),
	GOOD("a fraction of 100 digits", "[0." TEN(TEN("1")) "]"),
	GOOD("a number before a space", "[4 ]"),

	GOOD("the short escapes", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	GOOD("a unicode escape", "[\"\\u0060\\u012a\\u12AB\\uabcd\"]"),
	GOOD("escapes of both cases", "[\"\\uAbCd\\uaBcD\"]"),
	GOOD("a surrogate pair", "[\"\\uD801\\udc37\"]"),
	GOOD("two surrogate pairs", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
	GOOD("the first surrogate pair", "[\"\\ud800\\udc00\"]"),
	GOOD("the last surrogate pair", "[\"\\uDBFF\\uDFFF\"]"),
	GOOD("an escaped backslash before u", "[\"\\\\u0000\"]"),
	GOOD("an escaped backslash before n", "[\"\\\\n\"]"),
	GOOD("an escaped control character", "[\"\\u0012\"]"),
	GOOD("escaped U+0001 and U+001F", "[\"\\u0001\\u001f\"]"),
	GOOD("escaped DEL", "[\"\\u007f\"]"),
	GOOD("raw DEL", "[\"\x7f\"]"),
	GOOD("escaped non-characters", "[\"\\uFFFE\\uFFFF\\uFDD0\\uD83F\\uDFFE\"]"),
	GOOD("escaped U+2028 and U+2029", "[\"\\u2028\\u2029\"]"),
	GOOD("raw U+2028 and U+2029", "[\"\xe2\x80\xa8\xe2\x80\xa9\"]"),
	GOOD("an escaped byte order mark inside", "[\"\\uFEFF\"]"),
	GOOD("a raw byte order mark inside", "[\"\xef\xbb\xbf\"]"),
	GOOD("comment signs in a string", "[\"a/*b*/c//d#e\"]"),
	GOOD("two bytes", "[\"\xc2\x80 \xdf\xbf\"]"),
	GOOD("three bytes", "[\"\xe0\xa0\x80 \xe2\x82\xac \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf\"]"),
	GOOD("four bytes", "[\"\xf0\x90\x80\x80 \xf0\x9d\x84\x9e \xf4\x8f\xbf\xbf\"]"),
	GOOD("UTF-8 in a key", "{\"\xc3\xa9\xe2\x82\xac\":1}"),
	GOOD("all printing bytes", "[\" !#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[]^_`abcxyz{|}~\"]"),

	BAD("nothing", ""),
	BAD("only space", " \n\t "),
	BAD("a NUL", "\0"),
	BAD("a NUL behind", "[]\0"),
	BAD("a NUL inside", "[1,\0 2]"),
	BAD("a byte order mark", "\xef\xbb\xbf[]"),
	BAD("half a byte order mark", "\xef\xbb{}"),
	BAD("UTF-16", "\xff\xfe[\0]\0"),
	BAD("a form feed as space", "[\f]"),
	BAD("a vertical tab as space", "[\v1]"),
	BAD("U+00A0 as space", "[\xc2\xa0 1]"),
	BAD("U+2060 as space", "[\xe2\x81\xa0]"),
	BAD("a control character", "\x01"),

	BAD("an open array", "["),
	BAD("an open array with a value", "[1"),
	BAD("an open array with a comma", "[1,"),
	BAD("an open array at depth", "[[[1]"),
	BAD("a lone closing bracket", "]"),
	BAD("one bracket too many", "[1]]"),
	BAD("a comma behind the last element", "[1,]"),
	BAD("two commas at the end", "[1,,]"),
	BAD("two commas", "[1,,2]"),
	BAD("only a comma", "[,]"),
	BAD("a comma first", "[,1]"),
	BAD("a comma behind the array", "[1],"),
	BAD("a comma before the array", ",[1]"),
	BAD("no comma between numbers", "[1 2]"),
	BAD("no comma between strings", "[\"a\" \"b\"]"),
	BAD("no comma between arrays", "[3[4]]"),
	BAD("no comma before true", "[1 true]"),
	BAD("a colon for a comma", "[1:2]"),
	BAD("a semicolon", "[1;2]"),
	BAD("an array closed by a brace", "[1}"),
	BAD("an object closed by a bracket", "{\"a\":1]"),
	BAD("a member in an array", "[\"a\": 1]"),
	BAD("a star", "[*]"),
	BAD("a second value", "[1] x"),
	BAD("a second array", "[][]"),
	BAD("a second number", "1 2"),
	BAD("a comment behind", "[1] // x"),
	BAD("a comment inside", "[1, /* two */ 2]"),
	BAD("a hash comment", "# x\n[1]"),
	BAD("depth 33, arrays", TEN("[") TEN("[") TEN("[") "[[[" "]]]" TEN("]") TEN("]") TEN("]")),
	BAD("depth 33, objects", TEN("{\"a\":") TEN("{\"a\":") TEN("{\"a\":") "{\"a\":{\"a\":{" "}}}"
		TEN("}") TEN("}") TEN("}")),
	BAD("a hundred brackets", TEN(TEN("["))),

	BAD("an open object", "{"),
	BAD("an open object with a key", "{\"a\""),
	BAD("an open object with a colon", "{\"a\":"),
	BAD("an open object with a member", "{\"a\":1"),
	BAD("an open object with a comma", "{\"a\":1,"),
	BAD("a lone closing brace", "}"),
	BAD("a comma behind the last member", "{\"a\":1,}"),
	BAD("two commas between members", "{\"a\":1,,\"b\":2}"),
	BAD("a comma first in an object", "{,\"a\":1}"),
	BAD("no comma between members", "{\"a\":1 \"b\":2}"),
	BAD("a key without quotes", "{a:1}"),
	BAD("a key in single quotes", "{'a':1}"),
	BAD("a number as a key", "{1:1}"),
	BAD("null as a key", "{null:1}"),
	BAD("an array as a key", "{[]:1}"),
	BAD("a key without a value", "{\"a\"}"),
	BAD("a key and a colon without a value", "{\"a\":}"),
	BAD("two colons", "{\"a\"::1}"),
	BAD("a comma for a colon", "{\"a\",1}"),
	BAD("an equals sign for a colon", "{\"a\"=1}"),
	BAD("a value without a key", "{:1}"),
	BAD("a value alone in an object", "{\"a\":1,2}"),
	BAD("something behind the object", "{\"a\":1}#"),
	BAD("a second object", "{}{}"),
	BAD("a comment in an object", "{\"a\":/**/1}"),
	BAD("a bad escape in a key", "{\"\\x\":1}"),
	BAD("bad UTF-8 in a key", "{\"\xb9\":1}"),
	BAD("a control character in a key", "{\"a\nb\":1}"),

	BAD("nul", "[nul]"),
	BAD("nulll", "[nulll]"),
	BAD("tru", "[tru]"),
	BAD("True", "[True]"),
	BAD("truE", "[truE]"),
	BAD("truefalse", "[truefalse]"),
	BAD("fals", "[fals"),
	BAD("FALSE", "[FALSE]"),
	BAD("undefined", "[undefined]"),
	BAD("a bare word", "[hello]"),
	BAD("NaN", "[NaN]"),
	BAD("-NaN", "[-NaN]"),
	BAD("Infinity", "[Infinity]"),
	BAD("-Infinity", "[-Infinity]"),
	BAD("Inf", "[Inf]"),

	BAD("a lone minus", "[-]"),
	BAD("a minus at the end", "-"),
	BAD("two minuses", "[--1]"),
	BAD("a minus and a space", "[- 1]"),
	BAD("a minus and a letter", "[-a]"),
	BAD("a minus and a point", "[-.5]"),
	BAD("a plus", "[+1]"),
	BAD("plus and minus", "[+-1]"),
	BAD("a leading zero", "[01]"),
	BAD("two zeroes", "[00]"),
	BAD("a leading zero behind a minus", "[-01]"),
	BAD("a leading zero before a fraction", "[012.5]"),
	BAD("a point first", "[.5]"),
	BAD("a point last", "[1.]"),
	BAD("a point last behind zero", "[0.]"),
	BAD("a point and an exponent", "[1.e3]"),
	BAD("zero, point, exponent", "[0.e1]"),
	BAD("two points", "[1..2]"),
	BAD("two fractions", "[1.2.3]"),
	BAD("an exponent without digits", "[1e]"),
	BAD("an exponent with a sign only", "[1e+]"),
	BAD("an exponent with minus only", "[1E-]"),
	BAD("an exponent of zero without digits", "[0e]"),
	BAD("an exponent with two signs", "[1e+-2]"),
	BAD("two exponents", "[1e2e3]"),
	BAD("an exponent with a fraction", "[1e2.5]"),
	BAD("an exponent with a letter", "[1ea]"),
	BAD("a hexadecimal number", "[0x1F]"),
	BAD("a hexadecimal number without digits", "[0x]"),
	BAD("an octal number", "[0o7]"),
	BAD("an underscore", "[1_000]"),
	BAD("a space in a number", "[1 000.0]"),
	BAD("a comma in a number, alone", "1,000"),
	BAD("a letter behind a number", "[1a]"),
	BAD("a float's f", "[1.5f]"),
	BAD("a full-width digit", "[\xef\xbc\x91]"),
	BAD("an invalid byte in a number", "[1\xe5]"),
	BAD("an invalid byte in an exponent", "[1e1\xe5]"),
	BAD("an invalid byte behind a minus", "[-\xff]"),

	BAD("an open string", "\""),
	BAD("an open string with text", "[\"abc"),
	BAD("an open string behind a backslash", "[\"abc\\"),
	BAD("an open string behind an escaped quote", "[\"abc\\\"]"),
	BAD("single quotes", "['abc']"),
	BAD("an escape outside a string", "[\\n]"),
	BAD("a raw newline in a string", "[\"a\nb\"]"),
	BAD("a raw return in a string", "[\"a\rb\"]"),
	BAD("a raw tab in a string", "[\"a\tb\"]"),
	BAD("a raw NUL in a string", "[\"a\0b\"]"),
	BAD("a raw U+001F in a string", "[\"a\x1f\"]"),
	BAD("escape x", "[\"\\x41\"]"),
	BAD("escape a", "[\"\\a\"]"),
	BAD("escape v", "[\"\\v\"]"),
	BAD("escape 0", "[\"\\0\"]"),
	BAD("escape single quote", "[\"\\'\"]"),
	BAD("escape U", "[\"\\U0041\"]"),
	BAD("escape newline", "[\"\\\n\"]"),
	BAD("escape NUL", "[\"\\\0\"]"),
	BAD("escape of UTF-8", "[\"\\\xf0\x9f\x8c\x80\"]"),
	BAD("escape of a bad byte", "[\"\\\xe5\"]"),
	BAD("no digits behind u", "[\"\\u\"]"),
	BAD("one digit behind u", "[\"\\u1\"]"),
	BAD("three digits behind u", "[\"\\u00A\"]"),
	BAD("a G behind u", "[\"\\u00G0\"]"),
	BAD("a colon behind u", "[\"\\u00:0\"]"),
	BAD("an at sign behind u", "[\"\\u00@0\"]"),
	BAD("a backquote behind u", "[\"\\u00`0\"]"),
	BAD("a slash behind u", "[\"\\u00/0\"]"),
	BAD("a space behind u", "[\"\\u 041\"]"),
	BAD("a sign behind u", "[\"\\u+041\"]"),
	BAD("a bad byte behind u", "[\"\\u\xe5\"]"),
	BAD("escaped U+0000", "[\"a\\u0000b\"]"),
	BAD("escaped U+0000 in a key", "{\"\\u0000\":1}"),
	BAD("the first half of a pair, alone", "[\"\\uD834\"]"),
	BAD("the first half of a pair before text", "[\"\\uD834abc\"]"),
	BAD("the second half of a pair, alone", "[\"\\uDD1E\"]"),
	BAD("the first half twice", "[\"\\uD834\\uD834\"]"),
	BAD("the second half twice", "[\"\\uDD1E\\uDD1E\"]"),
	BAD("halves in the wrong order", "[\"\\uDD1E\\uD834\"]"),
	BAD("the first half and a letter", "[\"\\uD800\\u0041\"]"),
	BAD("the first half and another escape", "[\"\\uD800\\n\"]"),
	BAD("the first half and U+E000", "[\"\\uD800\\uE000\"]"),
	BAD("the first half and a cut escape", "[\"\\uD800\\u\"]"),
	BAD("the first half and a longer cut escape", "[\"\\uD800\\uDC0\"]"),
	BAD("the first half and a backslash", "[\"\\uD800\\\"]"),
	BAD("the first half and UTF-8's second", "[\"\\uD800\xed\xb0\x80\"]"),

	BAD("UTF-8: a lone continuation", "[\"\x81\"]"),
	BAD("UTF-8: the last continuation", "[\"\xbf\"]"),
	BAD("UTF-8: two bytes for U+002F", "[\"\xc0\xaf\"]"),
	BAD("UTF-8: two bytes for U+0000", "[\"\xc0\x80\"]"),
	BAD("UTF-8: two bytes for U+007F", "[\"\xc1\xbf\"]"),
	BAD("UTF-8: three bytes for U+002F", "[\"\xe0\x80\xaf\"]"),
	BAD("UTF-8: three bytes for U+07FF", "[\"\xe0\x9f\xbf\"]"),
	BAD("UTF-8: four bytes for U+002F", "[\"\xf0\x80\x80\xaf\"]"),
	BAD("UTF-8: four bytes for U+FFFF", "[\"\xf0\x8f\xbf\xbf\"]"),
	BAD("UTF-8: five bytes", "[\"\xf8\x80\x80\x80\xaf\"]"),
	BAD("UTF-8: six bytes", "[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"),
	BAD("UTF-8: the first surrogate", "[\"\xed\xa0\x80\"]"),
	BAD("UTF-8: the last surrogate", "[\"\xed\xbf\xbf\"]"),
	BAD("UTF-8: a pair as six bytes", "[\"\xed\xa0\xb4\xed\xb4\x9e\"]"),
	BAD("UTF-8: past U+10FFFF", "[\"\xf4\x90\x80\x80\"]"),
	BAD("UTF-8: far past U+10FFFF", "[\"\xf5\x80\x80\x80\"]"),
	BAD("UTF-8: 0xff", "[\"\xff\"]"),
	BAD("UTF-8: 0xfe", "[\"\xfe\"]"),
	BAD("UTF-8: Latin-1", "[\"\xe9\"]"),
	BAD("UTF-8: a lead eats no quote", "[\"\xe2\", \"x\"]"),
	BAD("UTF-8: cut after two of three", "[\"\xe2\x82\"]"),
	BAD("UTF-8: cut after three of four", "[\"\xf0\x9f\x98\"]"),
	BAD("UTF-8: two leads", "[\"\xc3\xc3\xa9\"]"),
	BAD("UTF-8: outside a string", "[\xc3\xa9]"),
};

/* --- three ways to read the same ---------------------------------------------------------------- */

/* As a loader does: every value by its own function, all strings kept. */
static bool
keep(struct json *j)
{
	const char *s;
	size_t n;
	bool b;

	switch (json_peek(j)) {
	case JSON_OBJECT:
		if (!json_enter(j))
			return false;
		while (json_member_copy(j, &s))
			if (!keep(j))
				return false;
		return !j->fault;
	case JSON_ARRAY:
		if (!json_enter(j))
			return false;
		while (json_element(j))
			if (!keep(j))
				return false;
		return !j->fault;
	case JSON_STRING: return json_string(j, &s, &n) && strlen(s) == n;
	case JSON_BOOL: return json_bool(j, &b);
	default: return json_skip(j);
	}
}

static bool
whole(struct json *j, bool keeping)
{
	bool good = (keeping ? keep(j) : json_skip(j)) && json_done(j);

	if (good != !j->fault)
		printf("# result %d, fault %s\n", good, j->fault ? j->fault : "none");
	if (j->fault && (!j->at_line || !j->at_column))
		puts("# a fault without a place");
	return good && !j->fault;
}

static int
as_file(const char *text, size_t n)
{
	int fd = memfd_create("json", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET)) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

/* A pipe that hands out one byte a read. */
static int
as_drops(const char *text, size_t n, pid_t *pid)
{
	int fds[2];

	fflush(stdout);
	if (pipe2(fds, O_DIRECT) || (*pid = fork()) < 0) {
		perror("pipe");
		exit(1);
	}
	if (*pid == 0) {
		close(fds[0]);
		signal(SIGPIPE, SIG_DFL);
		while (n-- > 0)
			if (write(fds[1], text++, 1) != 1)
				break;
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

static bool
by_drops(const char *text, size_t n)
{
	struct json j;
	pid_t pid;
	int fd = as_drops(text, n, &pid);
	bool good;

	json_open(&j, fd);
	good = whole(&j, true);
	close(fd);
	waitpid(pid, NULL, 0);
	return good;
}

static bool
by_file(const char *text, size_t n)
{
	struct json j;
	int fd = as_file(text, n);
	bool good;

	json_open(&j, fd);
	good = whole(&j, false);
	close(fd);
	return good;
}

static bool
by_text(const char *text, size_t n, bool keeping)
{
	struct json j;
	char *copy = malloc(n ? n : 1); /* exactly so long: the address sanitizer watches */
	bool good;

	if (n)
		memcpy(copy, text, n);
	json_open_text(&j, copy, n);
	good = whole(&j, keeping);
	free(copy);
	return good;
}

/* No beginning of an object, an array or a string is a whole one. */
static size_t
cut_short(const struct row *r)
{
	size_t n, accepted = 0, end = r->n;

	while (end && strchr(" \n", r->text[end - 1]))
		end--;
	if (!end || !strchr("]}\"", r->text[end - 1]))
		return 0;
	for (n = 0; n < end; n++)
		accepted += by_text(r->text, n, true) || by_text(r->text, n, false);
	return accepted;
}

static void
grammar(void)
{
	size_t i;

	for (i = 0; i < ROWS(rows); i++) {
		const struct row *r = &rows[i];
		bool a = by_text(r->text, r->n, false), b = by_text(r->text, r->n, true);
		bool c = by_file(r->text, r->n), d = by_drops(r->text, r->n);

		if (!unit_ok(a == r->good && b == a && c == a && d == a, "%s: %s",
			    r->good ? "taken" : "refused", r->name))
			printf("#   skipped %d, kept %d, file %d, bytes %d\n", a, b, c, d);
		if (r->good)
			unit_ok(cut_short(r) == 0, "refused: each beginning of it");
	}
}

/* --- values ------------------------------------------------------------------------------------- */

static const struct {
	const char *text, *want;
} strings[] = {
	{"\"\"", ""}, {"\"abc\"", "abc"}, {"\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d"}, {"\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t"},
	{"\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac"}, {"\"\\u007f\\u0080\\u07ff\\u0800\"",
		"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80"}, {"\"\\uffff\"", "\xef\xbf\xbf"},
	{"\"\\ud7ff\\ue000\"", "\xed\x9f\xbf\xee\x80\x80"}, {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
	{"\"\\ud800\\udc00\"", "\xf0\x90\x80\x80"}, {"\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf"},
	{"\"x\\u0001y\"", "x\001y"}, {"  \"\xc3\xa9\xf0\x9f\x98\x80\"", "\xc3\xa9\xf0\x9f\x98\x80"},
	{"\"/bin/sh\" ", "/bin/sh"},
};

static const struct {
	const char *text;
	bool good, negative;
	uint64_t v;
} numbers[] = {
	{"0", true, false, 0}, {"-0", true, false, 0}, {"1", true, false, 1}, {"-1", true, true, 1},
	{"18446744073709551615", true, false, UINT64_MAX}, {"-18446744073709551615", true, true, UINT64_MAX},
	{"18446744073709551616", false, false, 0}, {"18446744073709551620", false, false, 0},
	{"-18446744073709551616", false, false, 0}, {"184467440737095516150", false, false, 0},
	{"99999999999999999999999", false, false, 0}, {"9223372036854775808", true, false, 1ULL << 63},
	{"-9223372036854775808", true, true, 1ULL << 63}, {"1.0", false, false, 0}, {"1e2", false, false, 0},
	{"1E0", false, false, 0}, {"-1.5", false, false, 0}, {"1.", false, false, 0}, {"01", false, false, 0},
	{"-", false, false, 0}, {"\"1\"", false, false, 0}, {"true", false, false, 0}, {"null", false, false, 0},
	{"[1]", false, false, 0}, {"", false, false, 0}, {" 42 ", true, false, 42},
};

static void
values(void)
{
	struct json j;
	const char *s;
	size_t i, n;
	uint64_t v;
	bool minus, b;

	for (i = 0; i < ROWS(strings); i++) {
		s = NULL;
		json_open_text(&j, strings[i].text, strlen(strings[i].text));
		unit_ok(json_string(&j, &s, &n) && json_done(&j) && n == strlen(strings[i].want) &&
				strcmp(s, strings[i].want) == 0,
			"the string in row %zu", i);
	}
	for (i = 0; i < ROWS(numbers); i++) {
		bool good;

		json_open_text(&j, numbers[i].text, strlen(numbers[i].text));
		minus = false;
		v = 0;
		good = json_whole(&j, &minus, &v) && json_done(&j);
		unit_ok(good == numbers[i].good && good == !j.fault &&
				(!good || (minus == numbers[i].negative && v == numbers[i].v)),
			"the whole number %s", numbers[i].text);
	}
	json_open_text(&j, "true", 4);
	unit_ok(json_bool(&j, &b) && b && json_done(&j), "true");
	json_open_text(&j, "false", 5);
	unit_ok(json_bool(&j, &b) && !b && json_done(&j), "false");
	json_open_text(&j, "trux", 4);
	unit_ok(!json_bool(&j, &b), "trux");
	json_open_text(&j, "\"abc\"", 5);
	unit_ok(json_string(&j, &s, NULL) && strcmp(s, "abc") == 0, "a string whose length nobody wants");
}

/* Each function on each other type. */
static void
types(void)
{
	static const struct {
		const char *text;
		enum json_type type;
	} all[] = {{"{}", JSON_OBJECT}, {"[]", JSON_ARRAY}, {"\"s\"", JSON_STRING}, {"1", JSON_NUMBER},
		{"-1", JSON_NUMBER}, {"true", JSON_BOOL}, {"false", JSON_BOOL}, {"null", JSON_NULL},
		{"x", JSON_BAD}, {"", JSON_BAD}};
	size_t i;

	for (i = 0; i < ROWS(all); i++) {
		enum json_type t = all[i].type;
		size_t n = strlen(all[i].text);
		struct json j;
		const char *s;
		uint64_t v;
		bool b;

		json_open_text(&j, all[i].text, n);
		unit_ok(json_peek(&j) == t && json_peek(&j) == t, "the type of %s, asked twice", all[i].text);
		json_open_text(&j, all[i].text, n);
		unit_ok(json_string(&j, &s, NULL) == (t == JSON_STRING), "%s as a string", all[i].text);
		json_open_text(&j, all[i].text, n);
		unit_ok(json_bool(&j, &b) == (t == JSON_BOOL), "%s as a bool", all[i].text);
		json_open_text(&j, all[i].text, n);
		unit_ok(json_whole(&j, &b, &v) == (t == JSON_NUMBER), "%s as a number", all[i].text);
		json_open_text(&j, all[i].text, n);
		unit_ok(json_enter(&j) == (t == JSON_OBJECT || t == JSON_ARRAY), "%s entered", all[i].text);
		json_open_text(&j, all[i].text, n);
		unit_ok(json_skip(&j) == (t != JSON_BAD), "%s skipped", all[i].text);
	}
}

static void
members(void)
{
	static const char text[] = "{ \"one\" : 1, \"t\\u0077o\":[2,{\"deep\":3}],\"\":\"x\" }";
	struct json j;
	const char *key;
	bool minus;
	uint64_t v;

	json_open_text(&j, text, sizeof text - 1);
	unit_ok(json_enter(&j) && j.depth == 1 && j.first, "entered");
	unit_ok(json_member(&j) && strcmp(j.key, "one") == 0 && j.key_len == 3 && !j.first, "first key");
	unit_ok(json_whole(&j, &minus, &v) && v == 1, "first value");
	unit_ok(json_member_copy(&j, &key) && strcmp(key, "two") == 0 && strcmp(j.key, "two") == 0, "second");
	unit_ok(json_skip(&j) && strcmp(j.key, "two") == 0, "skipping keeps the key");
	unit_ok(json_member(&j) && !*j.key && j.key_len == 0, "an empty key");
	unit_ok(json_string(&j, &key, NULL) && strcmp(key, "x") == 0, "its value");
	unit_ok(!json_member(&j) && !j.fault && j.depth == 0 && json_done(&j), "the end");
	json_open_text(&j, "[1]", 3);
	unit_ok(json_enter(&j) && !json_member(&j) && j.fault, "no members in an array");
	json_open_text(&j, "{}", 2);
	unit_ok(json_enter(&j) && !json_element(&j) && j.fault, "no elements in an object");
	json_open_text(&j, "1", 1);
	unit_ok(!json_member(&j) && j.fault, "no members outside");
	json_open_text(&j, "{\"a\":1,\"b\":2}", 13);
	unit_ok(json_enter(&j) && json_member(&j) && !json_member(&j) && j.fault, "a value left unread");
	json_open_text(&j, "[1]", 3);
	unit_ok(json_enter(&j) && !json_done(&j), "not done inside");
}

static void
long_keys(void)
{
	char text[400], want[300];
	struct json j;
	const char *key;
	size_t n;

	for (n = JSON_KEY - 3; n < JSON_KEY + 3; n++) {
		memset(want, 'k', n);
		want[n] = '\0';
		snprintf(text, sizeof text, "{\"%s\":1}", want);
		json_open_text(&j, text, strlen(text));
		unit_ok(json_enter(&j) && json_member(&j) && j.key_len == n &&
				strlen(j.key) == (n < JSON_KEY ? n : JSON_KEY - 1) &&
				strncmp(j.key, want, strlen(j.key)) == 0,
			"a key of %zu bytes is cut", n);
		json_open_text(&j, text, strlen(text));
		unit_ok(json_enter(&j) && json_member_copy(&j, &key) && strcmp(key, want) == 0 &&
				j.key_len == n && strlen(j.key) == (n < JSON_KEY ? n : JSON_KEY - 1),
			"a key of %zu bytes is copied whole", n);
	}
}

/* --- places ------------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	unsigned line, column;
	const char *fault;
} places[] = {
	{"", 1, 1, "ends too early"},
	{"x", 1, 1, "a value was expected"},
	{"  x", 1, 3, "a value was expected"},
	{"\n\n x", 3, 2, "a value was expected"},
	{"\xef\xbb\xbf{}", 1, 1, "a byte order mark is not allowed"},
	{"[1,2", 1, 5, "ends too early"},
	{"[1,\n2\n", 3, 1, "ends too early"},
	{"[1,]", 1, 4, "a value was expected"},
	{"[1 2]", 1, 4, "a comma or ] was expected"},
	{"{\"a\":1 \"b\"}", 1, 8, "a comma or } was expected"},
	{"{\"a\" 1}", 1, 6, "a colon was expected"},
	{"{\n\t\"a\": 1,\n\tb: 2}", 3, 2, "a name in quotes was expected"},
	{"{\"a\":1,}", 1, 8, "a name in quotes was expected"},
	{"[01]", 1, 3, "a number must not begin with 0"},
	{"[-x]", 1, 3, "a digit was expected"},
	{"[1.]", 1, 4, "a digit was expected"},
	{"[1e+]", 1, 5, "a digit was expected"},
	{"[tru]", 1, 5, "true, false or null was expected"},
	{"[\"ab\\q\"]", 1, 6, "no such escape"},
	{"[\"ab\tc\"]", 1, 5, "control characters must be escaped in strings"},
	{"[\"\\u12g4\"]", 1, 7, "four hexadecimal digits were expected"},
	{"[\"ab\\ud800\"]", 1, 5, "half a surrogate pair, or U+0000"},
	{"[\"ab\\u0000c\"]", 1, 5, "half a surrogate pair, or U+0000"},
	{"[\"\xc3\xa9 \xff\"]", 1, 6, "not valid UTF-8"},
	{"[\"ab\xe2\x82\"]", 1, 5, "not valid UTF-8"},
	{"[\"abc", 1, 6, "ends too early"},
	{"[\"abc\\", 1, 7, "ends too early"},
	{"[\"\\ud8", 1, 7, "ends too early"},
	{"[\"\\ud800", 1, 9, "ends too early"},
	{"{}\n{}", 2, 1, "something stands behind the value"},
	{"\r\n\r\n]", 3, 1, "a value was expected"},
	{"[\"\xe2\x82\xac\", x]", 1, 9, "a value was expected"},
};

static void
where(void)
{
	struct json j;
	size_t i;
	bool b;

	for (i = 0; i < ROWS(places); i++) {
		json_open_text(&j, places[i].text, strlen(places[i].text));
		whole(&j, true);
		if (!unit_ok(j.fault && strcmp(j.fault, places[i].fault) == 0 &&
				    j.at_line == places[i].line && j.at_column == places[i].column,
			    "%u:%u: %s", places[i].line, places[i].column, places[i].fault))
			printf("#   got %u:%u: %s\n", j.at_line, j.at_column, j.fault ? j.fault : "none");
	}
	json_open_text(&j, "{\"a\":\n  7}", 10);
	unit_ok(json_enter(&j) && json_member(&j) && j.at_line == 1 && j.at_column == 2, "a key's place");
	unit_ok(json_peek(&j) == JSON_NUMBER && j.at_line == 2 && j.at_column == 3, "a value's place");
	unit_ok(!json_bool(&j, &b) && j.at_line == 2 && j.at_column == 3, "a wrong type's place");
	unit_str(j.fault, "true or false was expected", "a wrong type's sentence");
	unit_ok(!json_fault(&j, "later") && strcmp(j.fault, "later"), "the first fault sticks");
	unit_ok(json_peek(&j) == JSON_BAD && !json_skip(&j) && !json_member(&j) && !json_done(&j) &&
			j.at_column == 3, "after a fault all fails, and the place stays");
}

/* --- windows, sizes, errors ----------------------------------------------------------------------- */

static void
borders(void)
{
	static const char inner[] = "a\\n\\u00e9\xe2\x82\xac\\ud83d\\ude00\xf0\x9f\x98\x80\\\\z\\\"";
	static const char want[] = "a\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf0\x9f\x98\x80\\z\"";
	size_t pad, wrong = 0, keys = 0, places_wrong = 0;

	for (pad = JSON_WINDOW - sizeof inner - 12; pad < JSON_WINDOW + 4; pad++) {
		char text[JSON_WINDOW + 200];
		int n = snprintf(text, sizeof text, "%*s{\"%s\":\"%s\"} x", (int)pad, "", inner, inner), fd;
		struct json j;
		const char *key, *s;
		size_t len = 0;

		fd = as_file(text, (size_t)n);
		json_open(&j, fd);
		keys += !(json_enter(&j) && json_member_copy(&j, &key) && strcmp(key, want) == 0);
		wrong += !(json_string(&j, &s, &len) && len == sizeof want - 1 && strcmp(s, want) == 0);
		places_wrong += json_member(&j) || json_done(&j) || j.at_column != (unsigned)n;
		close(fd);
	}
	unit_num((long long)keys, 0, "keys across the window's border, at every byte");
	unit_num((long long)wrong, 0, "strings across the window's border, at every byte");
	unit_num((long long)places_wrong, 0, "columns behind it");
}

/* 64-bit numbers, words and escapes that a border cuts. */
static void
cut_values(void)
{
	static const char inner[] = "[18446744073709551615,-12.5e+3,true,false,null,{\"k\":[]}]";
	size_t pad, wrong = 0;

	for (pad = JSON_WINDOW - sizeof inner; pad < JSON_WINDOW + 2; pad++) {
		char text[JSON_WINDOW + 200];
		int n = snprintf(text, sizeof text, "%*s%s", (int)pad, "", inner), fd;
		struct json j;
		bool minus;
		uint64_t v = 0;

		wrong += !by_file(text, (size_t)n);
		fd = as_file(text, (size_t)n);
		json_open(&j, fd);
		wrong += !(json_enter(&j) && json_element(&j) && json_whole(&j, &minus, &v) && v == UINT64_MAX);
		close(fd);
	}
	unit_num((long long)wrong, 0, "values across the window's border, at every byte");
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* About n bytes: half of it one string, half small objects. */
static char *
large(size_t n, size_t *len)
{
	static const char piece[] = "{\"name\":\"read\\u0041\",\"n\":[1,2.5,-3e4,true,null]},\n";
	char *text = malloc(n + 200);
	size_t at = 0;

	text[at++] = '[';
	while (at < n / 2) {
		memcpy(text + at, piece, sizeof piece - 1);
		at += sizeof piece - 1;
	}
	text[at++] = '"';
	while (at < n) {
		memcpy(text + at, at % 3 ? "x\\n\xc3\xa9" : "plain", 5);
		at += 5;
	}
	memcpy(text + at, "\"]", 2);
	*len = at + 2;
	return text;
}

static void
sizes(void)
{
	size_t n, before;
	char *text = large(10 << 20, &n);
	struct json j;
	const char *s;
	double t = seconds();
	int fd;

	fd = as_file(text, n);
	json_open(&j, fd);
	before = arena_used();
	unit_ok(json_skip(&j) && json_done(&j), "10 MiB skipped, %.2f s", seconds() - t);
	unit_num((long long)(arena_used() - before), 0, "skipping takes no memory");
	unit_ok(sizeof j < 512, "the reader is its window and a little");
	lseek(fd, 0, SEEK_SET);
	json_open(&j, fd);
	t = seconds();
	before = arena_used();
	unit_ok(json_enter(&j), "10 MiB entered");
	while (json_element(&j) && json_peek(&j) == JSON_OBJECT)
		json_skip(&j);
	unit_ok(json_string(&j, &s, &n) && strlen(s) == n && n > 3 << 20 && !json_element(&j) && json_done(&j),
		"a string of %zu bytes, %.2f s", n, seconds() - t);
	unit_ok(arena_used() - before < 6 * n, "copying it takes a few times its length at most");
	close(fd);
	free(text);
	arena_reset();
}

/* Twice the length takes about twice the time; four times would be a square. */
static void
linear(void)
{
	double best[2] = {1e9, 1e9}, t;
	size_t n, i, round;
	struct json j;

	for (round = 0; round < 5; round++) {
		for (i = 0; i < 2; i++) {
			char *text = large((size_t)(1 << 20) << (2 * i), &n);

			t = seconds();
			json_open_text(&j, text, n);
			if (!keep(&j))
				puts("# refused");
			t = seconds() - t;
			best[i] = t < best[i] ? t : best[i];
			free(text);
			arena_reset();
		}
	}
	unit_ok(best[1] < best[0] * 10, "four times the text in %.1f times the time", best[1] / best[0]);
}

static void
failures(void)
{
	struct json j;
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	json_open(&j, fd);
	unit_ok(json_peek(&j) == JSON_BAD && j.err == -EISDIR, "a folder cannot be read");
	unit_str(j.fault, "cannot be read", "and the fault says so");
	unit_ok(!json_done(&j), "and it is not done");
	close(fd);
	json_open(&j, 9999);
	unit_ok(!json_skip(&j) && j.err == -EBADF, "nor a descriptor that is none");
	unit_ok(fcntl(1, F_GETFD) >= 0, "descriptors stay the caller's");
}

int
main(void)
{
	grammar();
	values();
	types();
	members();
	long_keys();
	where();
	borders();
	cut_values();
	sizes();
	linear();
	failures();
	return unit_done();
}

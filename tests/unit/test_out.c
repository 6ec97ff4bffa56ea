/* SPDX-License-Identifier: MIT */
/* test_out.c - buffers, errors that stick, JSON as Go's MarshalIndent would indent it */
#include "unit.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void
memory(void)
{
	struct out o = out_mem();
	size_t i;

	unit_str(out_text(&o), "", "nothing yet");
	out_str(&o, "abc");
	out_bytes(&o, "defg", 3);
	out_fmt(&o, "-%d-%s", 42, "x");
	unit_str(out_text(&o), "abcdef-42-x", "three ways to write");
	out_str(&o, "!");
	unit_str(out_text(&o), "abcdef-42-x!", "looking does not end it");
	for (i = 0; i < 100000; i++)
		out_fmt(&o, "%05zu", i);
	unit_num((long long)strlen(out_text(&o)), 12 + 500000, "half a megabyte");
	unit_str(out_text(&o) + 12 + 499990, "9999899999", "its end");
	unit_num(out_flush(&o), 0, "flushing memory does nothing");
	unit_num((long long)o.len, 12 + 500000, "and keeps it");
	o = out_mem();
	out_fmt(&o, "%1000s", "x");
	unit_num((long long)strlen(out_text(&o)), 1000, "a format that is longer than the small buffer");
	o = out_mem();
	for (i = 0; i < 300; i++)
		out_str(&o, "x");
	unit_num((long long)strlen(out_text(&o)), 300, "byte by byte");
}

/* What the file says now. */
static const char *
written(int fd)
{
	static char buf[70000];
	ssize_t n = pread(fd, buf, sizeof buf - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

static void
files(void)
{
	int fd = memfd_create("out", 0), full = open("/dev/full", O_WRONLY);
	struct out o = out_fd(fd);
	char big[10000];
	size_t i;

	out_str(&o, "abc");
	unit_str(written(fd), "", "buffered");
	unit_num(out_flush(&o), 0, "flushed");
	unit_str(written(fd), "abc", "written");
	unit_num(out_flush(&o), 0, "flushed again");
	unit_str(written(fd), "abc", "but once");
	memset(big, 'x', sizeof big);
	out_str(&o, "<");
	out_bytes(&o, big, sizeof big);
	out_str(&o, ">");
	out_flush(&o);
	unit_ok(strlen(written(fd)) == 10005 && written(fd)[3] == '<' && written(fd)[4] == 'x' &&
			written(fd)[10004] == '>', "larger than the buffer, in order");
	for (i = 0; i < 20000; i++)
		out_str(&o, "ab");
	out_flush(&o);
	unit_ok(strlen(written(fd)) == 50005 && strcmp(written(fd) + 50003, "ab") == 0, "many small ones");
	close(fd);

	o = out_fd(full);
	out_str(&o, "abc");
	unit_num(o.err, 0, "no error yet");
	unit_num(out_flush(&o), -ENOSPC, "a full disk");
	out_str(&o, "abc");
	unit_num(out_flush(&o), -ENOSPC, "which sticks");
	o = out_fd(full);
	out_bytes(&o, big, sizeof big);
	unit_num(o.err, -ENOSPC, "a full disk without the buffer");
	close(full);
	o = out_fd(9999);
	out_str(&o, "x");
	unit_num(out_flush(&o), -EBADF, "no such descriptor");
}

static const struct {
	const char *s, *want;
} texts[] = {
	{"", "\"\""},
	{"abc", "\"abc\""},
	{"\"\\/", "\"\\\"\\\\/\""},
	{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
	{"\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""},
	{"<>&'", "\"<>&'\""},
	{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
	{"\xff", "\"\xef\xbf\xbd\""},
	{"a\xc3", "\"a\xef\xbf\xbd\""},
	{"a\xe2\x82z", "\"a\xef\xbf\xbd\xef\xbf\xbdz\""},
	{"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	{"\xc0\xaf\"", "\"\xef\xbf\xbd\xef\xbf\xbd\\\"\""},
};

static void
quotes(void)
{
	size_t i, wrong = 0;
	unsigned seed = 1;

	for (i = 0; i < ROWS(texts); i++) {
		struct out o = out_mem();

		out_json(&o, texts[i].s);
		unit_str(out_text(&o), texts[i].want, "a JSON string");
	}
	for (i = 0; i < 20000; i++) {
		struct out o = out_mem();
		struct json j;
		char s[16];
		const char *back;
		size_t k, n;

		for (k = 0; k < sizeof s - 1; k++) {
			seed = seed * 1103515245 + 12345;
			s[k] = (char)(seed >> 16 ? seed >> 16 : 1);
		}
		s[seed >> 8 & 15] = '\0';
		s[sizeof s - 1] = '\0';
		out_json(&o, s);
		json_open_text(&j, out_text(&o), o.len);
		wrong += !(json_string(&j, &back, &n) && json_done(&j));
		/* What was UTF-8 comes back as it was. */
		wrong += !strchr(out_text(&o), '\xef') && strcmp(back, s) != 0;
	}
	unit_num((long long)wrong, 0, "20,000 strings of noise become JSON");
}

/* One document with all there is, as `pretty` says. */
static char *
document(bool pretty)
{
	struct out o = out_mem();
	struct jout j = {.o = &o, .pretty = pretty};

	jout_open(&j, NULL, '{');
	jout_str(&j, "name", "a\"b");
	jout_str(&j, "none", NULL);
	jout_int(&j, "min", INT64_MIN);
	jout_uint(&j, "max", UINT64_MAX);
	jout_open(&j, "empty", '{');
	jout_close(&j, '}');
	jout_open(&j, "list", '[');
	jout_close(&j, ']');
	jout_open(&j, "full", '[');
	jout_bool(&j, NULL, true);
	jout_bool(&j, NULL, false);
	jout_null(&j, NULL);
	jout_open(&j, NULL, '{');
	jout_null(&j, "k\n");
	jout_close(&j, '}');
	jout_open(&j, NULL, '[');
	jout_close(&j, ']');
	jout_close(&j, ']');
	jout_int(&j, "last", 0);
	jout_close(&j, '}');
	jout_end(&j);
	return out_text(&o);
}

static void
documents(void)
{
	struct out o = out_mem();
	struct jout j = {.o = &o, .pretty = true};
	struct json in;

	unit_str(document(false),
		"{\"name\":\"a\\\"b\",\"none\":null,\"min\":-9223372036854775808,\"max\":18446744073709551615,"
		"\"empty\":{},\"list\":[],\"full\":[true,false,null,{\"k\\n\":null},[]],\"last\":0}\n",
		"compact");
	unit_str(document(true),
		"{\n"
		"  \"name\": \"a\\\"b\",\n"
		"  \"none\": null,\n"
		"  \"min\": -9223372036854775808,\n"
		"  \"max\": 18446744073709551615,\n"
		"  \"empty\": {},\n"
		"  \"list\": [],\n"
		"  \"full\": [\n"
		"    true,\n"
		"    false,\n"
		"    null,\n"
		"    {\n"
		"      \"k\\n\": null\n"
		"    },\n"
		"    []\n"
		"  ],\n"
		"  \"last\": 0\n"
		"}\n",
		"pretty");
	json_open_text(&in, document(true), strlen(document(true)));
	unit_ok(json_skip(&in) && json_done(&in), "the reader takes it");
	jout_str(&j, NULL, "alone");
	jout_end(&j);
	jout_int(&j, NULL, 2);
	jout_end(&j);
	unit_str(out_text(&o), "\"alone\"\n2\n", "values one after the other");
}

int
main(void)
{
	memory();
	files();
	quotes();
	documents();
	return unit_done();
}

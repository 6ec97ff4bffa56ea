/* SPDX-License-Identifier: MIT */
/* fuzz_json.c - any bytes: the reader's ways agree, and what it takes comes back from the writer */
#include "base/arena.h"
#include "base/json.h"
#include "base/out.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool good)
{
	if (!good)
		abort();
}

static bool echo(struct json *j, struct jout *to, const char *key);

static bool
echo_inside(struct json *j, struct jout *to, const char *key)
{
	bool object = json_peek(j) == JSON_OBJECT;

	if (!json_enter(j))
		return false;
	jout_open(to, key, object ? '{' : '[');
	while (object ? json_member_copy(j, &key) : json_element(j))
		if (!echo(j, to, object ? key : NULL))
			return false;
	jout_close(to, object ? '}' : ']');
	return !j->fault;
}

/* Reads one value with the functions a loader uses, and writes it. */
static bool
echo(struct json *j, struct jout *to, const char *key)
{
	struct json ahead;
	bool minus, b;
	uint64_t v;
	const char *s;
	size_t len;

	switch (json_peek(j)) {
	case JSON_OBJECT:
	case JSON_ARRAY: return echo_inside(j, to, key);
	case JSON_STRING:
		if (!json_string(j, &s, &len))
			return false;
		must(strlen(s) == len);
		jout_str(to, key, s);
		return true;
	case JSON_BOOL:
		if (!json_bool(j, &b))
			return false;
		jout_bool(to, key, b);
		return true;
	case JSON_NUMBER:
		ahead = *j;
		if (json_whole(&ahead, &minus, &v)) {
			*j = ahead;
			if (minus && v <= (uint64_t)INT64_MAX)
				jout_int(to, key, -(int64_t)v);
			else
				jout_uint(to, key, v);
			return true;
		}
		jout_uint(to, key, 0);
		return json_skip(j);
	default: break;
	}
	jout_null(to, key);
	return json_skip(j);
}

static bool
echo_text(const char *text, size_t n, bool pretty, struct json *j, char **back)
{
	struct out o = out_mem();
	struct jout to = {.o = &o, .pretty = pretty};
	bool good;

	json_open_text(j, text, n);
	good = echo(j, &to, NULL) && json_done(j);
	must(good == !j->fault);
	*back = out_text(&o);
	return good;
}

/* The same from a file, window by window. */
static bool
skip_file(const uint8_t *data, size_t n, struct json *j)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("json", 0);
	must(ftruncate(fd, 0) == 0 && pwrite(fd, data, n, 0) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
	json_open(j, fd);
	return json_skip(j) && json_done(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct json a, b, c;
	char *once, *twice, *pretty;
	bool good;

	json_open_text(&a, (const char *)data, n);
	good = json_skip(&a) && json_done(&a);
	must(good == !a.fault && a.at_line && a.at_column && a.depth <= JSON_DEPTH);
	must(echo_text((const char *)data, n, false, &b, &once) == good);
	must(skip_file(data, n, &c) == good && !c.err);
	must(a.fault == b.fault && a.at_line == b.at_line && a.at_column == b.at_column);
	must(a.fault == c.fault && a.at_line == c.at_line && a.at_column == c.at_column);
	if (good) {
		must(echo_text(once, strlen(once), true, &b, &pretty));
		must(echo_text(pretty, strlen(pretty), false, &b, &twice));
		must(strcmp(once, twice) == 0);
	}
	arena_reset();
	return 0;
}

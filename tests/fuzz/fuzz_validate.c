/* SPDX-License-Identifier: MIT */
/* fuzz_validate.c - any bytes as a configuration of any platform, by the ways of `mote validate`: strict, rules, lint, places; and the
 * first line as a name for `mote explain` */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "spec/load.h"
#include "spec/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
validate(const char *text, size_t n, uint8_t platform)
{
	static struct spec s;
	struct load_mode m = {.file = "config.json", .strict = true, .platform = platform};
	struct diag d = {0};
	unsigned lines = 1;
	bool good;
	size_t i;

	memset(&s, 0, sizeof s);
	good = spec_load_mode(&s, text, n, &m, &d);
	good = spec_check_platform(&s, platform, "config.json", &d) && good;
	if (good != (d.errors == 0))
		abort();
	if (good && (!platform || platform & 32))
		spec_lint(&s, true, "config.json", &d);
	spec_places(text, n, &d);
	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	for (i = 0; i < d.count; i++)
		if (d.faults[i].name && (!d.faults[i].line || d.faults[i].line > lines || !d.faults[i].column))
			abort();
}

static void
explain(const char *text, size_t n)
{
	const char *end = memchr(text, '\n', n), *name = arena_copy(text, end ? (size_t)(end - text) : n), *near;
	struct out o = out_mem();

	if (!fields_explain(&o, name, n & 1)) {
		near = fields_nearest(name);
		if (o.len || (near && !fields_explain(&o, near, false)))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t platforms[] = {0, 1, 2, 4 | 32, 8, 16};
	size_t i;

	if (!size)
		return 0;
	for (i = 0; i < sizeof platforms; i++)
		validate((const char *)data, size, platforms[i]);
	explain((const char *)data, size);
	arena_reset();
	return 0;
}

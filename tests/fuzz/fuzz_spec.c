/* SPDX-License-Identifier: MIT */
/* fuzz_spec.c - any bytes as config.json: load, check, and say what is wrong */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "spec/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spec s, again;
	struct diag d = {0}, d2 = {0};
	bool good;
	size_t i;

	memset(&s, 0, sizeof s);
	memset(&again, 0, sizeof again);
	good = spec_load_text(&s, (const char *)data, size, "config.json", &d);
	if (good != (d.errors == 0) || (good && (!s.oci_version || !s.root.given || !s.root.path)))
		abort();
	good = spec_check(&s, "config.json", &d) && good;
	if (good != (d.errors == 0))
		abort();
	for (i = 0; i < d.count; i++)
		if (strlen(diag_text(&d.faults[i])) < 13)
			abort();
	/* The same bytes say the same. */
	spec_load_text(&again, (const char *)data, size, "config.json", &d2);
	spec_check(&again, "config.json", &d2);
	if (d2.errors != d.errors || d2.count != d.count)
		abort();
	arena_reset();
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* fuzz_overlay.c - any bytes as a runtime.json over a small config.json: refused, or the result is JSON that loads or is refused, and
 * every fault has a place */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "bundle/overlay.h"
#include "spec/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] = "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"mounts\":[{\"destination\":\"/a\"},{\"destination\":\"/b\",\"type\":null}],"
	"\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"env\":[\"A=1\",\"B=\"],\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":1,\"hard\":1}]},"
	"\"annotations\":{\"a.b\":\"c\"},\"hooks\":{\"poststop\":[{\"path\":\"/h\"}]},\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}],"
	"\"devices\":[{\"path\":\"/dev/null\",\"type\":\"c\",\"major\":1,\"minor\":3}],\"resources\":{\"memory\":{\"limit\":1}},\"x\":[1.5,{}]}}";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct host host = {.arch = "armv7l", .kernel = "5.4.17", .cgroup = "v2", .name = "h", .memory = 64 << 20};
	static struct spec s;
	struct diag d = {0};
	struct bundle b = {.path = "/b", .config = config, .config_len = sizeof config - 1, .file = "config.json"};
	struct overlay o = {.host = &host, .d = &d, .defaults = size & 1};
	bool good;
	size_t i;

	overlay_add(&o, (const char *)data, size, "runtime.json");
	good = overlay_apply(&o, &b);
	if (good != !d.errors || (good && !b.kept))
		abort();
	memset(&s, 0, sizeof s);
	if (good)
		bundle_load(&b, &s, &d);
	for (i = 0; i < d.count; i++)
		if (d.faults[i].level == DIAG_ERROR && !d.faults[i].line)
			abort();
	if (good && !s.oci_version) /* of a text that is no JSON nothing is kept */
		abort();
	arena_reset();
	return 0;
}

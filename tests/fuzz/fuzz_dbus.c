/* SPDX-License-Identifier: MIT */
/* fuzz_dbus.c - any bytes as a message: taken apart without a byte from beside it, and its body read as systemd's signal */
#include "base/arena.h"
#include "box/dbus.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *own = memcpy(malloc(n + 1), data, n); /* a block of its own: the sanitizer sees its end */
	struct dbus_reply m;
	size_t i;

	own = realloc(own, n ? n : 1);
	if (n >= DBUS_HEAD && dbus_length(own) && dbus_parse(&m, own, n)) {
		if (strlen(m.member) > n || strlen(m.error) > n || strlen(m.sig) > 255)
			abort();
		for (i = 0; i < n; i++) {
			dbus_read_u32(&m.body);
			if (strlen(dbus_read_string(&m.body)) > n)
				abort();
		}
		if (m.body.at > m.body.n || !m.body.bad)
			abort();
	}
	free(own);
	arena_reset();
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* fuzz_sign.c - any bytes as a public key and a signature: nothing but the right one is good
 *
 * The input's first byte says where it is split: key, then signature.  The second: 1, the signature is minisign's; 2, there is no key in it
 * but one that has signed nothing: whatever is called good then is forged. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "bundle/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key of signify whose secret half was thrown away. */
static const char key[] = "untrusted comment: nobody's\nRWQfZt2NV/b1kHUQ5d0412LKToYGGN4crCcFzkEQs3qDT0RHVXZGdp+t\n";
static const char text[] = "#mtree\n#bundle 1\n";

static void
put(int dir, const char *name, const void *data, size_t n)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
}

static char place[64]; /* a folder of its own, made once, in memory */

static void
gone(void)
{
	file_remove(AT_FDCWD, place);
}

static int
folder(char *path, size_t n)
{
	static int dir = -1;

	if (dir < 0) {
		snprintf(place, sizeof place, "/dev/shm/fuzz_sign.%d", (int)getpid());
		mkdir(place, 0700);
		atexit(gone);
		dir = open(place, O_RDONLY | O_DIRECTORY);
		if (dir < 0)
			abort();
	}
	snprintf(path, n, "%s", place);
	return dir;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], name[96];
	int dir = folder(path, sizeof path);
	size_t cut = size ? data[0] : 0;
	struct manifest_text t = {text, sizeof text - 1};
	struct diag d = {0};
	bool own, mini = size > 1 && data[1] & 1, good;

	if (size < 2)
		return 0;
	own = data[1] & 2;
	data += 2;
	size -= 2;
	cut = own ? 0 : cut < size ? cut : size;
	put(dir, "key", own ? (const void *)key : data, own ? sizeof key - 1 : cut);
	put(dir, mini ? "m.minisig" : "m.sig", data + cut, size - cut);
	unlinkat(dir, mini ? "m.sig" : "m.minisig", 0);
	snprintf(name, sizeof name, "%s/key", path);
	good = sign_check(dir, "m", &t, name, &d);
	if (good && own)
		abort();
	if (!good && !d.errors)
		abort();
	unlinkat(dir, "key", 0);
	unlinkat(dir, mini ? "m.minisig" : "m.sig", 0);
	arena_reset();
	return 0;
}

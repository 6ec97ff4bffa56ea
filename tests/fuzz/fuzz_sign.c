/* SPDX-License-Identifier: MIT */
/* fuzz_sign.c - any bytes as a public key and a signature: nothing but the right one is good
 *
 * The input's first byte says where it is split: key, then signature.  The second: 1, the signature is minisign's; 2, there is no key in it
 * but one that has signed nothing: whatever is called good then is forged. */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "bundle/sign.h"
#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key of signify whose secret half was thrown away. */
static const char key[] = "untrusted comment: nobody's\nRWQfZt2NV/b1kHUQ5d0412LKToYGGN4crCcFzkEQs3qDT0RHVXZGdp+t\n";
static const char text[] = "#mtree\n#bundle 1\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[96];
	int dir = folder("fuzz_sign");
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
	folder_put(dir, "key", own ? (const void *)key : data, own ? sizeof key - 1 : cut);
	folder_put(dir, mini ? "m.minisig" : "m.sig", data + cut, size - cut);
	unlinkat(dir, mini ? "m.sig" : "m.minisig", 0);
	snprintf(name, sizeof name, "%s/key", folder_path);
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

/* SPDX-License-Identifier: MIT */
/* test_archive.c - archives that mote wrote, with every byte changed and cut at every byte, through the fuzzer's body */
#include "../fuzz/fuzz_archive.c"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"

static const struct xattr attributes[] = {{"user.a", "value\n", 6}};
static const char far[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

/* path, mode, uid, gid, rdev, mtime, size, target, hard, file */
static const struct member members[] = {
	{.path = "d", .mode = S_IFDIR | 0755},
	{.path = "d/f", .mode = S_IFREG | 04711, .uid = 7, .gid = 8, .mtime = 1, .size = 5, .file = 1},
	{.path = "d/g", .mode = S_IFREG | 04711, .hard = "d/f", .file = 1},
	{.path = "l", .mode = S_IFLNK | 0777, .target = "../x"},
	{.path = "null", .mode = S_IFCHR | 0666, .rdev = 0x103},
	{.path = far, .mode = S_IFREG | 0644, .uid = 3000000, .size = 5},
};

static size_t
make(const struct packer *format, bool xattrs, uint8_t **data)
{
	struct packer p = *format;
	struct member m;
	size_t i, n;

	p.fd = memfd_create("archive", 0);
	for (i = 0; i < ROWS(members); i++) {
		m = members[i];
		if (xattrs && i == 0) {
			m.xattrs = attributes;
			m.nxattrs = 1;
		}
		p.member(&p, &m);
		if (m.size)
			p.data(&p, "hello", 5);
	}
	p.end(&p);
	n = (size_t)lseek(p.fd, 0, SEEK_END);
	*data = malloc(n);
	n = (size_t)pread(p.fd, *data, n, 0);
	close(p.fd);
	return n;
}

static void
same_again(int (*next)(struct unpacker *, struct member *), const uint8_t *data, size_t n, bool xattrs)
{
	struct bytes b = {data, n};
	struct unpacker u = {.next = next, .read = read_bytes, .from = &b};
	struct member m;
	char buf[8];
	size_t i;

	for (i = 0; i < ROWS(members); i++) {
		const struct member *w = &members[i];

		if (!unit_ok(next(&u, &m) == 1, "member %zu", i))
			return;
		unit_str(m.path, w->path, "path");
		unit_str(m.target, w->target, "target");
		unit_str(m.hard, w->hard, "hard link");
		unit_ok(w->hard || (m.mode == w->mode && m.uid == w->uid && m.gid == w->gid && m.rdev == w->rdev && m.mtime == w->mtime),
			"mode, ids, device, time of %s", w->path);
		unit_num((long long)m.size, (long long)w->size, "size");
		if (w->size)
			unit_ok(unpacker_data(&u, buf, 8) == 5 && !memcmp(buf, "hello", 5), "content");
		if (xattrs && i == 0)
			unit_ok(m.nxattrs == 1 && !strcmp(m.xattrs[0].name, "user.a") && m.xattrs[0].n == 6, "an extended attribute");
	}
	unit_num(next(&u, &m), 0, "the end");
}

static void
broken(const uint8_t *data, size_t n, const char *name)
{
	static const uint8_t values[] = {0, 0xff, '0', '9', ' ', '/', '.', 0x80, '\n', '='};
	uint8_t *copy = malloc(n), *shorter;
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < ROWS(values); k++) {
			memcpy(copy, data, n);
			copy[i] = values[k];
			LLVMFuzzerTestOneInput(copy, n);
		}
	unit_ok(true, "%s: %zu bytes changed to %zu values each", name, n, ROWS(values));
	for (i = 0; i < n; i++) {
		shorter = malloc(i ? i : 1);
		memcpy(shorter, data, i);
		LLVMFuzzerTestOneInput(shorter, i);
		free(shorter);
	}
	unit_ok(true, "%s: cut at %zu places", name, n);
	free(copy);
}

int
main(void)
{
	uint8_t *data;
	size_t n;

	n = make(&packer_cpio, false, &data);
	same_again(next_cpio, data, n, false);
	broken(data, n, "cpio");
	free(data);
	n = make(&packer_tar, true, &data);
	same_again(next_tar, data, n, true);
	n = n > 6144 ? 6144 : n; /* behind that are zeroes only */
	broken(data, n, "tar");
	free(data);
	return unit_done();
}

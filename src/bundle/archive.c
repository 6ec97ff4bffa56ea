/* SPDX-License-Identifier: MIT */
/* archive.c - an archive whose format and compression its first bytes tell */
#include "bundle/archive.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "bundle/tar.h"
#include "sys.h"

enum { TRAIL_MAX = 1 << 20 }; /* zeroes that fill up a tar's last record are a few KB */

static ssize_t
read_fd(void *from, void *buf, size_t n)
{
	return sys_read(((struct archive *)from)->fd, buf, n);
}

static ssize_t
read_archive(void *from, void *buf, size_t n)
{
	struct archive *a = from;

	if (a->at == a->n)
		return unzip_read(a->unzip, buf, n, &a->u.why);
	if (n > a->n - a->at)
		n = a->n - a->at;
	memcpy(buf, a->head + a->at, n);
	a->at += n;
	return (ssize_t)n;
}

int
archive_open(struct archive *a, int fd)
{
	ssize_t got = 1;

	*a = (struct archive){.fd = fd, .u = {.read = read_archive, .from = a}};
	a->unzip = unzip_begin(read_fd, a);
	while (a->n < ARCHIVE_HEAD && got != 0) {
		got = unzip_read(a->unzip, a->head + a->n, ARCHIVE_HEAD - a->n, &a->u.why);
		if (got < 0 && got != -EINTR)
			return unzip_end(a->unzip), (int)got;
		a->n += got > 0 ? (size_t)got : 0;
	}
	if (a->n >= 6 && (!memcmp(a->head, "070701", 6) || !memcmp(a->head, "070702", 6)))
		a->u.next = next_cpio;
	else if (a->n == ARCHIVE_HEAD && tar_valid((const struct tar_head *)a->head))
		a->u.next = next_tar;
	else
		return unzip_end(a->unzip), 0;
	return 1;
}

/* What follows the archive's end in a compressed stream, up to the checksum that is its last word. */
static bool
rest(struct archive *a, struct diag *d)
{
	char buf[4096];
	size_t sum = 0;
	ssize_t n;

	if (!unzip_was(a->unzip))
		return true;
	while ((n = read_archive(a, buf, sizeof buf)) != 0 && (n > 0 || n == -EINTR)) {
		sum += n > 0 ? (size_t)n : 0;
		if (sum > TRAIL_MAX)
			return diag_fail(d, "read the archive: more than 1 MiB follows its end");
	}
	return !n || diag_fail(d, "read the archive: %s", a->u.why ? a->u.why : text_errno((int)n));
}

bool
archive_unpack(struct archive *a, int dir, const struct unpack_limits *limits, struct diag *d)
{
	bool good = unpack_archive(&a->u, dir, limits, d) && rest(a, d);

	unzip_end(a->unzip);
	return good;
}

/* SPDX-License-Identifier: MIT */
/* archive.h - an archive whose format and compression its first bytes tell */
#ifndef BUNDLE_ARCHIVE_H
#define BUNDLE_ARCHIVE_H

#include "bundle/pack.h"
#include "bundle/unzip.h"

enum { ARCHIVE_HEAD = 512 };

struct archive {
	struct unpacker u; /* in use when archive_open has said 1 */
	struct unzip *unzip;
	int fd;
	size_t n, at;      /* of head: read once to look at it, and then again */
	char head[ARCHIVE_HEAD];
};

/* Looks at what fd, which stays the caller's and need not be a file, gives: 1 when it is an archive (cpio newc or tar, as it is
 * or compressed by gzip or zstd), 0 when it is not, or -errno, with a sentence in u.why (else NULL) when the compression is at fault. */
int archive_open(struct archive *a, int fd);

/* As unpack_archive, to the end of what is compressed: its checksum counts.  a is used up. */
bool archive_unpack(struct archive *a, int dir, const struct unpack_limits *limits, struct diag *d);

#endif

/* SPDX-License-Identifier: MIT */
/* member.h - one file as an archive has it, whatever the format */
#ifndef BUNDLE_MEMBER_H
#define BUNDLE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/sha256.h"
#include "bundle/links.h"

struct xattr { const char *name; const void *value; size_t n; };

struct member {
	const char *path;    /* "rootfs/bin/sh": no "./" in front, no "/" behind; "" is the top folder */
	mode_t mode;         /* with its type */
	uid_t uid;
	gid_t gid;
	dev_t rdev;          /* of devices */
	int64_t mtime;       /* seconds since 1970 */
	uint64_t size;       /* bytes of content behind it: plain files only */
	const char *target;  /* of a symbolic link, or NULL */
	const char *hard;    /* path of an earlier member that this is another name of, or NULL; content behind it is that file's too */
	uint64_t file;       /* out: its number, if it has other names in the archive, else 0; those have the same */
	const struct xattr *xattrs;
	size_t nxattrs;
};

/* Where an archive is written to: a member, then its content in pieces, and all that again; the end.  Each 0 or -errno;
 * *why (may stay NULL) becomes a sentence of its own. */
struct packer {
	int (*member)(struct packer *p, const struct member *m);
	int (*data)(struct packer *p, const void *data, size_t n);
	int (*end)(struct packer *p);
	const char *why;
	int fd;              /* the archive; -1: only its bytes are counted, and hashed */
	struct sha256 *sum;  /* begun: hashes the archive as well; or NULL */
	uint64_t at;         /* bytes written so far */
	uint64_t left;       /* of the current member's content */
	uint64_t number;     /* the formats' own: the last inode number given */
};

/* The formats.  A packer is begun by naming its functions and its descriptor. */
extern const struct packer packer_cpio, packer_tar;

/* For the formats: n bytes out; zeroes up to the next multiple of size, a power of two. */
int packer_write(struct packer *p, const void *data, size_t n);
int packer_fill(struct packer *p, size_t size);

/* An archive that is read.  next: 1 with a member (its strings are the arena's), 0 at the end, -1 with a sentence in why.
 * Content that nobody reads is skipped. */
struct unpacker {
	int (*next)(struct unpacker *u, struct member *m);
	ssize_t (*read)(void *from, void *buf, size_t n); /* the bytes of the archive, as read(2); 0 at the end */
	void *from;
	const char *why;     /* read may set it as well */
	bool rooted;         /* a layer of an image: its "/" is the image's root, and its digest tells a cut one */
	bool ended;          /* there was nothing more to read */
	uint64_t left, fill; /* of the current content, and behind it up to the next header */
	struct links links;  /* cpio: by their numbers */
};

int next_cpio(struct unpacker *u, struct member *m);
int next_tar(struct unpacker *u, struct member *m);

/* Content of the current member: how much, 0 at its end, -1 with a sentence when the archive is cut or cannot be read. */
ssize_t unpacker_data(struct unpacker *u, void *buf, size_t n);

/* For the formats: all of n bytes, false with a sentence when there are not so many; over what is left of a content. */
bool unpacker_take(struct unpacker *u, void *buf, size_t n);
bool unpacker_skip(struct unpacker *u);

/* The path without "./" in front and "/" behind; NULL when it is absolute, has "..", or is longer than PATH_MAX: whoever
 * made it means no good. */
const char *member_path(const char *path);

/* The sentence for a path that member_path did not take: what is "name" or "link to". */
const char *member_refused(const char *what, const char *path);

#endif

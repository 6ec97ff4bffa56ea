/* SPDX-License-Identifier: MIT */
/* image.h - a bundle that is one file: mounted or unpacked where nobody but the container sees it
 *
 * mote goes into a mount namespace of its own first.  The box's is a copy of that one, and when the last process of both has
 * ended the kernel takes every mount away, the loop device and the device-mapper device with them: however mote ends, the host's
 * mount table has never held anything of it. */
#ifndef BOX_IMAGE_H
#define BOX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

enum image_kind { IMAGE_UNKNOWN, IMAGE_FOLDER, IMAGE_SQUASHFS, IMAGE_EROFS, IMAGE_EXT4, IMAGE_CPIO, IMAGE_TAR };

struct image {
	const char *file;   /* as it was named */
	int fd;             /* of it */
	struct archive *archive; /* cpio and tar, as they are or compressed: opened (image.c's own) */
	enum image_kind kind;
	const char *dir;    /* ROOT/ID, made by image_open: the reservation of the name; NULL before that */
	const char *path;   /* ROOT/ID/image: the bundle */
	const char *size;   /* of a tmpfs as its option says it ("64m", "50%"), or NULL */
	const char *layer;  /* an absolute folder for what is written, or NULL: a tmpfs */
	const char *verity; /* root hash of dm-verity, 64 hexadecimal digits, or NULL */
	bool proven;        /* verity was signed with --key: every block is what was signed */
};

/* What the first n bytes of a file say; HEAD of them are enough. */
enum { IMAGE_HEAD = 2048 };
enum image_kind image_kind(const char *head, size_t n);

/* Reserves dir, goes into a mount namespace of its own and makes the bundle appear at path: read-only when it is mounted.  file,
 * dir, size, layer and verity are set by the caller, and for a folder its kind.  False with a fault, and nothing is left. */
bool image_open(struct image *i, struct diag *d);

/* Lays what can be written over the folder root of the bundle (relative, no symbolic link in it).  False with a fault. */
bool image_layer(const struct image *i, const char *root, struct diag *d);

/* Takes the mounts in ROOT/ID off again; the folder stays.  Harmless when there are none. */
void image_close(const char *dir);

#endif

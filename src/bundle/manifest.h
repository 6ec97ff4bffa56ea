/* SPDX-License-Identifier: MIT */
/* manifest.h - what lies in a bundle as canonical mtree(5) text, an entry at a time; docs/bundle-digest.md has the format
 *
 * The same tree gives the same bytes on every machine, file system and locale: names sorted, numbers in one form, nothing
 * of times, inodes or block counts.  The bundle's digest is the SHA-256 of the text. */
#ifndef BUNDLE_MANIFEST_H
#define BUNDLE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/names.h"
#include "base/out.h"
#include "base/sha256.h"
#include "bundle/member.h"

#define MANIFEST_NAME "bundle.mtree"
#define MANIFEST_HEAD "#mtree\n#bundle 1\n"

enum { MANIFEST_DEEPEST = 256 }; /* folders inside one another: each is an open descriptor */

struct manifest_options {
	bool times;         /* modification times as well */
	bool verity;        /* the fs-verity digest of each file as well */
	const char *config; /* these bytes stand for config.json: what was read once is what is hashed; or NULL */
	size_t config_len;
	struct links *links;  /* zeroed: counts how many names each file has in the bundle; or NULL */
	struct links *counted; /* by an earlier walk: names outside the bundle do not count; or NULL */
	struct manifest_sink *sink; /* or NULL */
	struct manifest_known *known; /* or NULL */
	bool progress;      /* a line on stderr, from the first second on */
	bool carried;       /* the bundle came in one file: a runtime.json in it is no host's word, and an entry as any other */
};

/* Whoever wants the files themselves as well, as they are read: 0 or -errno. */
struct manifest_sink {
	int (*member)(struct manifest_sink *s, const struct member *m);
	int (*data)(struct manifest_sink *s, const void *data, size_t n);
	const char *why; /* a sentence in place of the error's, or NULL */
};

/* mtree(5)'s keyword of a file's SHA-256. All its readers know this one; go-mtree takes the short one, sha256, too, but compares
 * nothing by it. */
#define MANIFEST_SUM "sha256digest"

/* Whoever knows what a file holds by its fs-verity digest, which the kernel vouches for: true, and its size and MANIFEST_SUM are added
 * to o; such a file is not read. */
struct manifest_known {
	bool (*says)(struct manifest_known *k, const struct member *m, const uint8_t verity[SHA256_SIZE], struct out *o);
	const char *path; /* of m in the manifest: "./rootfs/bin/sh" */
};

struct manifest_place {
	int fd;             /* the bundle's folder; stays the caller's and must be open as long as the manifest is read */
	const char *rootfs; /* root.path of its config: the one folder where another file system may begin; or NULL */
};

struct manifest_level { int fd; uint64_t dev; struct name_list names; size_t next, path_len; };

struct manifest {
	struct manifest_options o;
	const char *rootfs;   /* "./rootfs", or NULL */
	struct manifest_level level[MANIFEST_DEEPEST];
	int depth;            /* levels in use; 0 at the end */
	struct out path;      /* "./rootfs/bin/sh", raw */
	struct out text;      /* its lines, each with a newline */
	struct links *links;  /* files with several names that were met */
	unsigned number;      /* of the last that a sink was told of */
	struct sha256 fresh;  /* of no message: to begin others with */
	uint8_t *buf;         /* what is read of files goes through here */
	uint64_t files, bytes; /* so far, for the progress line */
	int64_t started;       /* in milliseconds, of the work or of the last line */
	bool shown;
};

/* Begins; the first entry is ".". */
void manifest_begin(struct manifest *m, const struct manifest_place *at, const struct manifest_options *o);

/* Is the extended attribute one that a bundle has: it changes what a program may do, or a user put it there?  Not those that belong to the
 * machine: labels, IMA's signatures, overlayfs' marks. */
bool manifest_xattr(const char *name);

/* The next entry in m->path and m->text: 1; 0 behind the last; -1 with a fault (a file that cannot be read, or changed while
 * it was).  A file at the top that is called runtime.json or bundle.mtree (or as its signatures) is left out; a folder is not. */
int manifest_next(struct manifest *m, struct diag *d);

/* Closes what is open and takes the progress line away.  To be called in any case. */
void manifest_end(struct manifest *m);

/* All of it: its digest, and its text to o when that is not NULL.  False with a fault. */
bool manifest_digest(const struct manifest_place *at, const struct manifest_options *opts, struct out *o, char hex[SHA256_HEX],
	struct diag *d);

#endif

/* SPDX-License-Identifier: MIT */
/* unzip.h - a stream that may be compressed, which its first bytes tell */
#ifndef BUNDLE_UNZIP_H
#define BUNDLE_UNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct unzip;

/* From what read gives, as read(2) does. */
struct unzip *unzip_begin(ssize_t (*read)(void *from, void *buf, size_t n), void *from);

/* Uncompressed bytes as read(2); 0 at the end; -errno, with a sentence in *why when it is about the compression. */
ssize_t unzip_read(struct unzip *z, void *buf, size_t n, const char **why);

/* Was it compressed?  Known once something was read. */
bool unzip_was(const struct unzip *z);

/* Gives back what a decoder holds beyond the arena; z is used up. */
void unzip_end(struct unzip *z);

#endif

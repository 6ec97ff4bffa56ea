/* SPDX-License-Identifier: MIT */
/* pack.h - a bundle into an archive and out of it */
#ifndef BUNDLE_PACK_H
#define BUNDLE_PACK_H

#include "base/diag.h"
#include "bundle/manifest.h"
#include "bundle/member.h"

struct pack_options {
	const char *prefix; /* "containers/web": the folder that the archive unpacks into; NULL or "" for none */
	int64_t epoch;      /* the time of change of everything in it, seconds since 1970 */
	bool own_times;     /* each file's own instead */
};

/* Writes the bundle with its manifest, which comes first, and the end.  The same bundle gives the same bytes.  p names the
 * format and the descriptor.  hex becomes the bundle's digest.  False with a fault: what cannot be read, what the format cannot
 * hold, a bundle that changes meanwhile, a full disk; the archive is then to be thrown away. */
bool pack_bundle(struct packer *p, const struct manifest_place *at, const struct manifest_options *opts,
	const struct pack_options *how, char hex[SHA256_HEX], struct diag *d);

struct unpack_limits { uint64_t bytes, files; };

/* Unpacks into the folder dir, which is the caller's and should be empty: nothing outside of it is touched, whatever the
 * archive says.  Owners, modes, times, devices, extended attributes and hard links are what they were.  False with a fault. */
bool unpack_archive(struct unpacker *u, int dir, const struct unpack_limits *limits, struct diag *d);

/* The same for a layer of an image, laid over what dir holds: links that are there are followed inside dir, names are replaced, and
 * marks take away.  What it holds is taken off left. */
bool unpack_layer(struct unpacker *u, int dir, struct unpack_limits *left, struct diag *d);

#endif

/* SPDX-License-Identifier: MIT */
/* oci.h - an image in a folder of the image specification's layout (image-layout.md), and its layers as one root file system */
#ifndef BUNDLE_OCI_H
#define BUNDLE_OCI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/out.h"
#include "bundle/pack.h"
#include "spec/spec.h"

#define OCI_REF_NAME "org.opencontainers.image.ref.name"
#define OCI_PACKED "org.mote.bundle" /* of the image's config; config.md lets it have members that others read over */

struct oci_blob { const char *digest; uint64_t size; };

/* What mote puts into the config of an image that it writes, as its member org.mote.bundle: what an image's config has no place for. */
struct oci_packed {
	const char *digest;             /* of the bundle; NULL: it is another's image */
	const char *config;             /* config.json, byte by byte */
	uint64_t mode, uid, gid;        /* of config.json */
	const char *signify, *minisign; /* signatures of the bundle's manifest, or NULL */
};

/* What the image says, each NULL or empty when it does not. */
struct oci_image {
	struct oci_blob *layers; /* from the lowest */
	size_t nlayers;
	struct strs diff_ids;    /* of their uncompressed bytes */
	const char *architecture, *os, *variant, *author, *created, *user, *cwd, *stop_signal;
	struct strs env, entrypoint, cmd, ports;
	struct pairs labels;
	struct oci_packed packed;
};

/* Reads index, manifest and config of the image with that tag (NULL: of the only one), each checked against its digest and size.
 * False with a fault. */
bool oci_open(struct oci_image *i, int layout, const char *tag, struct diag *d);

/* Unpacks the layers one over the other into the folder rootfs; what they hold counts against left.  False with a fault: also for
 * a layer that is not what its digest, size or diff_id says. */
bool oci_layers(const struct oci_image *i, int layout, int rootfs, struct unpack_limits *left, struct diag *d);

/* --- writing (ociout.c) ------------------------------------------------------------------------ */

struct oci_new {
	struct manifest_place place;
	struct manifest_options manifest; /* with config and config_len, without times */
	const struct pack_options *how;   /* no prefix */
	const struct spec *spec;
	const char *tag;
	const char *beside;               /* what a file is called in the layout until it is whole; NULL: a tar is written */
};

/* Is it a name that image-spec's annotations.md lets an image have? */
bool oci_tag_valid(const char *tag);

/* Does the folder at path hold a layout? */
bool oci_is_layout(const char *path);

/* Adds an image of the bundle, of one layer, to the layout in that folder, which may be empty; another image of that tag loses it.
 * hex becomes the bundle's digest.  False with a fault: the layout is then as it was. */
bool oci_write(const struct oci_new *n, int layout, char hex[SHA256_HEX], struct diag *d);

/* The same as the tar of a layout that holds this image alone; fd may be a pipe.  False with a fault: it is to be thrown away. */
bool oci_write_tar(const struct oci_new *n, int fd, char hex[SHA256_HEX], struct diag *d);

/* The text of an index.json with one image more: entry, a descriptor in JSON with that tag, in the place of those that have it.
 * text of n bytes is the index that is there.  False with a fault. */
bool oci_index_add(const char *text, size_t n, const char *tag, const char *entry, struct out *o, struct diag *d);

#endif

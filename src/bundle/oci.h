/* SPDX-License-Identifier: MIT */
/* oci.h - an image in a folder of the image specification's layout (image-layout.md), and its layers as one root file system */
#ifndef BUNDLE_OCI_H
#define BUNDLE_OCI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "bundle/pack.h"
#include "spec/spec.h"

struct oci_blob { const char *digest; uint64_t size; };

/* What the image says, each NULL or empty when it does not. */
struct oci_image {
	struct oci_blob *layers; /* from the lowest */
	size_t nlayers;
	struct strs diff_ids;    /* of their uncompressed bytes */
	const char *architecture, *os, *variant, *author, *created, *user, *cwd, *stop_signal;
	struct strs env, entrypoint, cmd, ports;
	struct pairs labels;
};

/* Reads index, manifest and config of the image with that tag (NULL: of the only one), each checked against its digest and size.
 * False with a fault. */
bool oci_open(struct oci_image *i, int layout, const char *tag, struct diag *d);

/* Unpacks the layers one over the other into the folder rootfs; what they hold counts against left.  False with a fault: also for
 * a layer that is not what its digest, size or diff_id says. */
bool oci_layers(const struct oci_image *i, int layout, int rootfs, struct unpack_limits *left, struct diag *d);

#endif

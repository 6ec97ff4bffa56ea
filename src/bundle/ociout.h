/* SPDX-License-Identifier: MIT */
/* ociout.h - an image that is written: its layer, and its config */
#ifndef BUNDLE_OCIOUT_H
#define BUNDLE_OCIOUT_H

#include "bundle/oci.h"

enum { OCI_MACHINES = 13, OCI_DIGEST = 7 + SHA256_HEX /* "sha256:...", with its NUL */ };

struct oci_layer {
	struct manifest_sink sink; /* first: the sink is the layer */
	struct packer p;           /* p.at: its size, behind the end */
	struct sha256 sum;
	const struct oci_new *n;
	const char *rootfs;        /* clean: "rootfs" */
	struct oci_packed packed;  /* mode, uid and gid are set */
	bool inside;               /* the current content belongs into the layer */
	bool head;                 /* what comes next is the beginning of a program, perhaps */
	size_t programs[OCI_MACHINES + 1]; /* how many for each machine; the last: for none */
	char digest[OCI_DIGEST];
};

/* A walk through the bundle: the layer goes to fd (-1: nowhere), l gets its digest and hex the bundle's.  False with a fault: also for
 * what an image cannot hold. */
bool oci_layer(struct oci_layer *l, const struct oci_new *n, int fd, char hex[SHA256_HEX], struct diag *d);

/* What images call the processor that most programs of the layer are for; "unknown" when there are none. */
const char *oci_architecture(const struct oci_layer *l);

/* Ends h: "sha256:" and its digest. */
void oci_digest(struct sha256 *h, char digest[OCI_DIGEST]);

/* The config of the image in JSON (ociconf.c): conversion.md the other way round, and what that has no place for.  diff: the digest of
 * the layer. */
void oci_config(struct out *o, const struct oci_new *n, const struct oci_packed *packed, const char *architecture, const char *diff);

#endif

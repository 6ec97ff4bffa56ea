/* SPDX-License-Identifier: MIT */
/* oci.h - images of the image specification, unpacked as bundles and packed of them (feature OCI) */
#ifndef CMD_OCI_H
#define CMD_OCI_H

#include "bundle/pack.h"
#include "cmd/digest.h"

/* layout: a folder; tag NULL: the only image; to: the bundle to make; named: the digest that the caller gave, or NULL. */
struct oci_from { const char *layout, *tag, *to, *named; };

/* LAYOUT (or the tar of one) of LAYOUT[:TAG]; *tag becomes the rest or NULL.  What is there decides where the colon is, else it is the first. */
const char *oci_split(const char *operand, const char **tag);

/* Splits LAYOUT[:TAG]; true when LAYOUT is a folder. */
bool oci_named(const char *operand, struct oci_from *f);

/* Makes the bundle beside its place, which it takes when it is whole.  The exit status; faults have been said, nothing is left. */
int oci_unpack(struct cmd *c, const struct oci_from *f, struct unpack_limits *left);

/* The format when pack is to write an image, by --format or what --output ends in or is: oci or oci-archive; else NULL. */
const char *oci_format(const struct cmd *c);

/* Writes the image of the bundle at dir, which w has loaded, and prints its digest.  The exit status; a fault has been said and
 * leaves nothing. */
int oci_pack(struct cmd *c, struct work *w, const struct pack_options *how, int dir);

#endif

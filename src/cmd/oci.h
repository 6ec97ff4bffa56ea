/* SPDX-License-Identifier: MIT */
/* oci.h - unpack an image of the image specification as a bundle (feature OCI) */
#ifndef CMD_OCI_H
#define CMD_OCI_H

#include "bundle/pack.h"
#include "cmd/cmd.h"

struct oci_from { const char *layout, *tag, *to; }; /* a folder; NULL: the only image; the bundle to make */

/* Splits LAYOUT[:TAG]; true when LAYOUT is a folder. */
bool oci_named(const char *operand, struct oci_from *f);

/* Makes the bundle beside its place, which it takes when it is whole.  The exit status; faults have been said, nothing is left. */
int oci_unpack(struct cmd *c, const struct oci_from *f, struct unpack_limits *left);

#endif

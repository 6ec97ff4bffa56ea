/* SPDX-License-Identifier: MIT */
/* verify.h - is a bundle what a manifest says? */
#ifndef BUNDLE_VERIFY_H
#define BUNDLE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/out.h"
#include "bundle/manifest.h"

/* "sha256:" and 64 hexadecimal digits? */
bool digest_valid(const char *s);

struct manifest_text { const char *s; size_t n; }; /* of n bytes, NUL-terminated */

struct verified {
	size_t differences;
	char hex[SHA256_HEX]; /* the digest of what is there, in the terms of the manifest */
};

/* Compares what lies there with a manifest and writes a line for each difference to o:
 * "missing PATH", "added PATH", "changed PATH: word is X, was Y; ...".  Names are encoded as in the manifest.  Whether times
 * and fs-verity digests are compared is the manifest's to say.  False with a fault: the text is no manifest of mote's, or a
 * file cannot be read. */
bool verify_manifest(const struct manifest_place *at, const struct manifest_text *text, struct manifest_options opts, struct out *o,
	struct verified *v, struct diag *d);

#endif

/* SPDX-License-Identifier: MIT */
/* sign.h - signatures of signify(1) and minisign(1) under a manifest: Ed25519 and BLAKE2b by libsodium */
#ifndef BUNDLE_SIGN_H
#define BUNDLE_SIGN_H

#include <stdbool.h>

#include "base/diag.h"
#include "bundle/verify.h"

/* Is text, which was read from the file `name` in the folder dir, signed with the key in the file `key`: in NAME.sig (signify) or
 * NAME.minisig (minisign: plain 'Ed' or prehashed 'ED', and its trusted comment)?  False with a fault. */
bool sign_check(int dir, const char *name, const struct manifest_text *text, const char *key, struct diag *d);

/* Is the file at path a signature (or a key) of theirs, by its first line? */
bool sign_known(const char *path);

/* Is text signed with the key in the file `key`, by the signature in the file at path?  A name that ends neither in .sig nor in
 * .minisig: by what is in it.  False with a fault. */
bool sign_check_by(const char *path, const struct manifest_text *text, const char *key, struct diag *d);

#endif

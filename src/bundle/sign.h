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

#endif

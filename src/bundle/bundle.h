/* SPDX-License-Identifier: MIT */
/* bundle.h - a bundle on disk: a folder with config.json and, as it says, a root file system */
#ifndef BUNDLE_BUNDLE_H
#define BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "spec/spec.h"

struct bundle {
	const char *path;   /* absolute, clean */
	const char *file;   /* what to call its config in messages */
	const char *config; /* the text of config.json */
	size_t config_len;
	const char *rootfs; /* absolute, clean; set by bundle_load */
	const char *digest; /* sha256:..., when it was verified; then these two tell the folder that was looked at */
	uint64_t root_dev, root_ino;
};

/* Finds the folder (NULL: the current one) and reads its config.json, or `config` when that is not NULL; false with a
 * fault. */
bool bundle_open(struct bundle *b, const char *path, const char *config, struct diag *d);

/* Loads and checks the config, and resolves root.path against the bundle. */
bool bundle_load(struct bundle *b, struct spec *s, struct diag *d);

#endif

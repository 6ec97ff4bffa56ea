/* SPDX-License-Identifier: MIT */
/* bundle.h - a bundle on disk: a folder with config.json and, as it says, a root file system */
#ifndef BUNDLE_BUNDLE_H
#define BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "spec/spec.h"

#include "config.h"

struct node;
struct tree_lines;

struct bundle {
	const char *path;   /* absolute, clean */
	const char *file;   /* what to call its config in messages */
	const char *config; /* the text of config.json */
	size_t config_len;
	const char *kept;   /* what is loaded and kept instead, after overrides; NULL: the text itself */
	size_t kept_len;
	struct tree_lines *lines; /* where the lines of `kept` came from */
	const struct node *tree; /* the same, NULL without overrides */
	bool carried;       /* it came in one file, with all that is in it: see manifest.h */
	bool is_file;       /* one that was named by itself: a runtime.json beside it is not meant */
	const char *rootfs; /* absolute, clean; set by bundle_load */
	const char *digest; /* sha256:..., when it was verified; then these two tell the folder that was looked at */
	uint64_t root_dev, root_ino;
};

/* Finds the folder (NULL: the current one) and reads its config.json, or `config` when that is not NULL; false with a
 * fault. */
bool bundle_open(struct bundle *b, const char *path, const char *config, struct diag *d);

/* The text that is loaded: with overrides, the result. */
static inline const char *bundle_text(const struct bundle *b) { return HAVE_RUNTIME && b->kept ? b->kept : b->config; }

static inline size_t bundle_text_len(const struct bundle *b) { return HAVE_RUNTIME && b->kept ? b->kept_len : b->config_len; }

/* With overrides: faults of d from number `from` on, about the result, get the places where it came from. */
void bundle_places(const struct bundle *b, struct diag *d, size_t from);

/* Loads and checks the config, and resolves root.path against the bundle. */
bool bundle_load(struct bundle *b, struct spec *s, struct diag *d);

#endif

/* SPDX-License-Identifier: MIT */
/* bundle.c - find a bundle, read it; nothing of what it says is done here */
#include "bundle/bundle.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "spec/load.h"
#include "spec/tree.h"
#include "sys.h"

enum { CONFIG_MAX = 64 << 20 };

static const char *
absolute(const char *path)
{
	path = file_absolute(path);
	return *path == '/' ? text_clean(path) : path;
}

bool
bundle_open(struct bundle *b, const char *path, const char *config, struct diag *d)
{
	char *text;
	int e;

	b->path = absolute(path ? path : ".");
	b->file = config ? config : text_path(b->path, "config.json");
	e = file_read(AT_FDCWD, b->file, CONFIG_MAX, &text, &b->config_len);
	if (e == -EFBIG)
		return diag_fail(d, "read %s: larger than %d MiB", b->file, CONFIG_MAX >> 20);
	if (e)
		return diag_fail(d, "read %s: %s", b->file, text_errno(e));
	b->config = text;
	return true;
}

/* Without VALIDATE a rule's fault has no line, as ever. */
void
bundle_places(const struct bundle *b, struct diag *d, size_t from)
{
#if HAVE_RUNTIME
	if (!b->lines || from == d->count)
		return;
	IF_VALIDATE(spec_places(b->kept, b->kept_len, d);)
	tree_places(b->lines, b->file, d, from);
#else
	(void)b, (void)d, (void)from;
#endif
}

bool
bundle_load(struct bundle *b, struct spec *s, struct diag *d)
{
	size_t before = d->count;
	bool good = spec_load_text(s, bundle_text(b), bundle_text_len(b), b->file, d);

	good = spec_check(s, b->file, d) && good;
	bundle_places(b, d, before);
	if (!good)
		return false;
	b->rootfs = text_clean(*s->root.path == '/' ? s->root.path : text_path(b->path, s->root.path));
	return true;
}

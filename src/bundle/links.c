/* SPDX-License-Identifier: MIT */
/* links.c - files with several names: which path had this number first */
#include "bundle/links.h"

#include "base/arena.h"

/* Where the file stands in the table, or the free place where it belongs. */
static struct link *
place(struct links *l, uint64_t dev, uint64_t ino)
{
	size_t i = (ino ^ dev) * 0x9e3779b97f4a7c15 >> 20;

	for (;; i++) {
		struct link *at = &l->v[i & (l->size - 1)];

		if (!at->path || (at->ino == ino && at->dev == dev))
			return at;
	}
}

static void
grow(struct links *l)
{
	struct links old = *l;
	size_t i;

	l->size = old.size ? 2 * old.size : 64;
	l->v = NEWS(struct link, l->size);
	for (i = 0; i < old.size; i++)
		if (old.v[i].path)
			*place(l, old.v[i].dev, old.v[i].ino) = old.v[i];
}

struct link *
links_find(struct links *l, uint64_t dev, uint64_t ino)
{
	struct link *at;

	if (2 * l->n >= l->size)
		grow(l);
	at = place(l, dev, ino);
	if (!at->path) {
		*at = (struct link){.dev = dev, .ino = ino};
		l->n++;
	}
	return at;
}

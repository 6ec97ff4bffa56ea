/* SPDX-License-Identifier: MIT */
/* slice.c - where systemd would put a scope: systemd.slice(5), systemd.scope(5) */
#include "box/slice.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum { SUFFIX = 6 }; /* strlen(".slice") */

/* "a-b.slice" as "/a.slice/a-b.slice"; "-.slice" is the root.  A name with an empty part is none. */
static const char *
expand(const char *slice)
{
	size_t n = strlen(slice), i;
	const char *path = "/";

	if (n <= SUFFIX || !text_ends(slice, ".slice") || strchr(slice, '/'))
		return NULL;
	if (text_eq(slice, "-.slice"))
		return path;
	n -= SUFFIX;
	for (i = 0; i <= n; i++) {
		if (i < n && slice[i] != '-')
			continue;
		if (i == 0 || slice[i - 1] == '-')
			return NULL;
		path = text_path(path, text_make("%.*s.slice", (int)i, slice));
	}
	return path;
}

const char *
slice_path(const char *given, const char *id)
{
	const char *prefix, *name, *path;

	if (!given || !*given)
		given = text_make("system.slice:mote:%s", id);
	prefix = strchr(given, ':');
	name = prefix ? strchr(prefix + 1, ':') : NULL;
	if (!name || !name[1] || strpbrk(name + 1, ":/") || memchr(prefix, '/', name - prefix))
		return NULL;
	path = expand(prefix == given ? "system.slice" : arena_copy(given, prefix - given));
	if (!path || text_ends(name, ".slice"))
		return path ? text_path(path, name + 1) : NULL;
	return text_path(path, text_make("%.*s-%s.scope", (int)(name - prefix - 1), prefix + 1, name + 1));
}

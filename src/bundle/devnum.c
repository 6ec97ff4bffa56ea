/* SPDX-License-Identifier: MIT */
/* devnum.c - device numbers by path: they change from boot to boot, so runtime.json need not know them */
#include <sys/sysmacros.h>

#include "base/text.h"
#include "bundle/overlay.h"
#include "spec/tree.h"
#include "sys.h"

static void
set(struct node *entry, const char *key, enum json_type type, const char *text, const struct node *path)
{
	struct node *old = tree_get(entry, key);

	if (old)
		*tree_link(old) = old->next;
	tree_new(entry, key, type, text, path);
}

void
device_numbers(struct node *entry, bool typed, bool drop, struct diag *d)
{
	struct node *path = tree_get(entry, "path"), *type = tree_get(entry, "type"), *number = tree_get(entry, "major");
	const char *want;
	struct stat st;
	int e;

	if (!path || path->type != JSON_STRING || (number && number->type != JSON_NULL))
		return;
	if (type && (text_eq(type->text, "p") || type->type != JSON_STRING))
		return;
	e = sys_fstatat(AT_FDCWD, path->text, &st, 0); /* links too: /dev/serial/by-id */
	if (e) {
		tree_refuse(path, d, DIAG_TEXT(d, "device %s of this host: %s", path->text, text_errno(e)));
		return;
	}
	want = type ? type->text : NULL;
	if (S_ISBLK(st.st_mode) ? want && !text_eq(want, "b") : !S_ISCHR(st.st_mode) || text_eq(want, "b") || !typed) {
		tree_refuse(path, d, DIAG_TEXT(d, "%s of this host is no such device", path->text));
		return;
	}
	if (typed && !type)
		set(entry, "type", JSON_STRING, S_ISBLK(st.st_mode) ? "b" : "c", path);
	set(entry, "major", JSON_NUMBER, text_make("%u", (unsigned)major(st.st_rdev)), path);
	set(entry, "minor", JSON_NUMBER, text_make("%u", (unsigned)minor(st.st_rdev)), path);
	if (drop)
		*tree_link(path) = path->next;
}

/* SPDX-License-Identifier: MIT */
/* dm.c - a dm-verity device over a loop device, by ioctl(2): Documentation/admin-guide/device-mapper/verity.rst */
#include "box/dm.h"

#include <string.h>
#include <linux/dm-ioctl.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "bundle/dmtree.h"
#include "sys.h"

enum { SECTOR = 512, TABLE = 4096 };

struct request {
	struct dm_ioctl head;
	char rest[TABLE];
};

static int
call(int control, unsigned long what, const char *name, unsigned flags, struct request *r)
{
	r->head = (struct dm_ioctl){.version = {4, 0, 0}, .data_size = sizeof *r, .data_start = offsetof(struct request, rest),
		.flags = flags, .target_count = what == DM_TABLE_LOAD};
	memcpy(r->head.name, name, strlen(name));
	return sys_ioctl(control, what, r);
}

/* What lies here is left by one that was killed at this very place. */
static int
make(int control, const char *name, struct request *r)
{
	int e = call(control, DM_DEV_CREATE, name, 0, r);

	if (e != -EBUSY)
		return e;
	e = call(control, DM_DEV_REMOVE, name, 0, r);
	return e ? e : call(control, DM_DEV_CREATE, name, 0, r);
}

static void
put_hex(struct out *o, const uint8_t *p, size_t n)
{
	if (!n)
		out_str(o, "-");
	for (; n; n--, p++)
		out_fmt(o, "%02x", *p);
}

/* One target: content and tree lie in the same device, the tree a block behind the superblock. */
static int
load(int control, const struct dm_verity *v, const struct dmtree *t, struct request *r)
{
	struct dm_target_spec *spec = (struct dm_target_spec *)r->rest;
	struct out o = out_mem();

	out_fmt(&o, "1 %s %s %d %d %llu %llu sha256 %s ", v->device, v->device, DMTREE_BLOCK, DMTREE_BLOCK,
		(unsigned long long)t->blocks, (unsigned long long)t->blocks + 1, v->root);
	put_hex(&o, t->salt, t->salt_len);
	if (o.len + 1 > TABLE - sizeof *spec)
		return -ENAMETOOLONG;
	*spec = (struct dm_target_spec){.length = t->blocks * (DMTREE_BLOCK / SECTOR), .target_type = "verity"};
	memcpy(spec + 1, out_text(&o), o.len + 1);
	return call(control, DM_TABLE_LOAD, v->name, DM_READONLY_FLAG, r);
}

/* Once it is open it is told to go when nobody has it open any more. */
static int
begin(int control, const struct dm_verity *v, const struct dmtree *t, const char **path)
{
	struct request *r = NEW(struct request);
	int e = make(control, v->name, r), fd;

	if (e)
		return e;
	*path = text_make("/dev/dm-%u", (unsigned)((r->head.dev & 0xff) | (r->head.dev >> 12 & 0xfff00)));
	e = load(control, v, t, r);
	e = e ? e : call(control, DM_DEV_SUSPEND, v->name, 0, r); /* without its flag that is: resume */
	fd = e ? e : sys_openat(AT_FDCWD, *path, O_RDONLY | O_CLOEXEC, 0);
	call(control, DM_DEV_REMOVE, v->name, fd < 0 ? 0 : DM_DEFERRED_REMOVE, r);
	return fd;
}

void
dm_forget(const char *name)
{
	autofd int control = sys_openat(AT_FDCWD, "/dev/mapper/control", O_RDWR | O_CLOEXEC, 0);

	if (control >= 0 && strlen(name) < DM_NAME_LEN)
		call(control, DM_DEV_REMOVE, name, 0, NEW(struct request));
}

int
dm_verity(int file, const struct dm_verity *v, const char **path, struct diag *d)
{
	autofd int control = sys_openat(AT_FDCWD, "/dev/mapper/control", O_RDWR | O_CLOEXEC, 0);
	struct dmtree t;
	int e = dmtree_find(file, &t), fd;

	if (strlen(v->root) != 2 * SHA256_SIZE || strspn(v->root, "0123456789abcdef") != 2 * SHA256_SIZE)
		return diag_fail(d, "option --verity-root takes 64 hexadecimal digits, not '%s'", v->root), -1;
	if (e)
		return diag_fail(d, "the image has no dm-verity tree at its end (%s): it is cut, or was packed without --verity", text_errno(e)), -1;
	if (control < 0)
		return diag_fail(d, "this kernel has no device mapper (/dev/mapper/control: %s): --verity-root cannot be done", text_errno(control)), -1;
	if (strlen(v->name) >= DM_NAME_LEN)
		return diag_fail(d, "the id is too long for the name of a device"), -1;
	fd = begin(control, v, &t, path);
	if (fd < 0)
		return diag_fail(d, "a dm-verity device: %s%s", text_errno(fd), fd == -EINVAL ? ": this kernel has no dm-verity" : ""), -1;
	return fd;
}

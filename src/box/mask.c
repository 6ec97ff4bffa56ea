/* SPDX-License-Identifier: MIT */
/* mask.c - masked and read-only paths, and the tmpfs mounts that end up read-only */
#include <linux/magic.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/lsm.h"
#include "box/mount.h"
#include "box/replay.h"
#include "box/user.h"
#include "sys.h"

static const struct mount_step read_only = {.set = MOUNT_ATTR_RDONLY};

/* A tmpfs with the option ro was left writable for the mount points inside it. */
static void
plan_tmpfs_ro(struct plan *p, const struct job *j)
{
	const struct mount_spec *m;
	struct step *s;
	size_t i;

	for (i = 0; i < j->spec->mounts.n; i++) {
		m = &j->spec->mounts.v[i];
		if (!tmpfs_turned(m, &p->mount_opts[i]))
			continue;
		s = plan_add_a(p, OP_remount, BOX, mount_destination(m));
		s->slot = p->mount_slot[i];
		s->p = &read_only;
	}
}

static void
plan_paths(struct plan *p, enum op op, const struct strs *paths, const char *data)
{
	struct step *s;
	size_t i;

	for (i = 0; i < paths->n; i++) {
		s = plan_add_a(p, op, BOX, paths->v[i]);
		s->flags = OPTIONAL;
		s->p = data;
	}
}

void
plan_masks(struct plan *p, const struct job *j)
{
	static const char empty[] = "size=0k,mode=755";

	if (!ns_own(j->spec, NS_MOUNT))
		return;
	plan_tmpfs_ro(p, j);
	plan_paths(p, OP_readonly, &j->spec->linux.readonly_paths, NULL);
	plan_paths(p, OP_mask, &j->spec->linux.masked_paths, HAVE_LSM ? lsm_context(j->spec, "tmpfs", empty) : empty);
}

/* A path that is not there, or goes through what is no folder, hides nothing and needs no hiding. */
static int
open_target(struct run *r, const char *path)
{
	int fd = root_open(r->root, path, O_PATH);

	return fd == -ENOTDIR ? -ENOENT : fd;
}

/* Else it is closed. */
static bool
is_null(int *fd)
{
	if (*fd >= 0 && file_is_null(*fd))
		return true;
	file_close(fd);
	return false;
}

/* The host's /dev/null as a mount source, proven to be it; without one (an initramfs with an empty /dev) that of the container, if
 * it is one.  A look-alike in the image would unmask everything (CVE-2025-31133), and so would -ENOENT, which is said of a path that
 * is not there. */
static int
null_device(struct run *r)
{
	int fd = r->null;

	if (fd >= 0)
		return fd;
	fd = sys_openat(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	if (!is_null(&fd)) {
		fd = root_open(r->root, "/dev/null", O_PATH | O_NOFOLLOW);
		if (!is_null(&fd))
			return -ENXIO;
	}
	return r->null = fd;
}

/* Read-only, which a device does not mind: the node is the host's own, and chmod of the mask would be chmod of it.  A copy of the
 * first mask is so already, unless somebody has exchanged the file below (in a shared volume), which takes the mask off. */
static int
mask_file(struct run *r, int target)
{
	autofd int tree = r->mask < 0 ? -EINVAL : mount_copy(r, r->mask, false);
	int e;

	if (tree >= 0)
		return mount_attach(r, tree, target);
	e = null_device(r);
	tree = e < 0 ? e : mount_copy(r, e, false);
	e = tree < 0 ? tree : mount_attach_as(r, tree, target, &read_only);
	if (!e)
		r->mask = file_keep(&tree);
	return e;
}

/* Somebody may have exchanged the folder (in a shared volume), which takes the mount off: then each gets its own. */
static void
keep_empty(struct run *r, int target)
{
	struct statfs fs;
	int fd = root_top(target, O_PATH | O_DIRECTORY);

	if (fd >= 0 && sys_fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC && fs.f_flags & MS_RDONLY)
		r->empty = fd;
	else
		file_close(&fd);
}

/* All masked folders are the same empty file system: making one takes longer than everything else here. */
static int
mask_folder(struct run *r, const struct step *s, int target)
{
	autofd int tree = -1;
	int e;

	if (r->empty >= 0) {
		tree = mount_copy(r, r->empty, false);
		return tree < 0 ? tree : mount_attach(r, tree, target);
	}
	e = sys_fchdir(target);
	if (!e)
		e = sys_mount("tmpfs", ".", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, s->p);
	if (!e)
		keep_empty(r, target);
	return e;
}

int
do_mask(struct run *r, const struct step *s)
{
	autofd int target = open_target(r, s->a);
	struct stat st;
	int e = target < 0 ? target : sys_fstat(target, &st);

	if (e)
		return e;
	return S_ISDIR(st.st_mode) ? mask_folder(r, s, target) : mask_file(r, target);
}

int
do_readonly(struct run *r, const struct step *s)
{
	autofd int target = open_target(r, s->a);
	autofd int tree = target < 0 ? target : mount_copy(r, target, true);

	return tree < 0 ? tree : mount_attach_as(r, tree, target, &read_only);
}

/* SPDX-License-Identifier: MIT */
/* mount.c - the steps of mountplan.c, done
 *
 * Sources are the operator's: opened on the host's side before the clone, as detached copies.  Destinations lie in the
 * image, which is the attacker's: each becomes a descriptor through root_make and nothing is ever mounted on a path. */
#include <string.h>

#include "box/mount.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/lsm.h"
#include "box/oldmount.h"
#include "box/replay.h"
#include "box/user.h"
#include "sys.h"

/* clang-format off */
static const struct { unsigned long ms; uint64_t attr; } attrs[] = {
	{MS_RDONLY, MOUNT_ATTR_RDONLY},
	{MS_NOSUID, MOUNT_ATTR_NOSUID},
	{MS_NODEV, MOUNT_ATTR_NODEV},
	{MS_NOEXEC, MOUNT_ATTR_NOEXEC},
	{MS_NOATIME, MOUNT_ATTR_NOATIME},
	{MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
	{MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
	{MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
};
/* clang-format on */

uint64_t
mount_attrs(unsigned long flags)
{
	uint64_t a = 0;
	size_t i;

	for (i = 0; i < sizeof attrs / sizeof *attrs; i++)
		if (flags & attrs[i].ms)
			a |= attrs[i].attr;
	return a;
}

/* --- do: helpers ------------------------------------------------------------------------------ */

int
mount_attach(struct run *r, int tree, int target)
{
	int e = sys_move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

	return e == -ENOSYS && HAVE_OLDKERNEL ? old_place(r, tree, target) : e;
}

int
mount_copy(struct run *r, int fd, bool recursive)
{
	int tree = sys_open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
		(recursive ? AT_RECURSIVE : 0));

	return tree == -ENOSYS && HAVE_OLDKERNEL ? old_copy(r, fd, recursive) : tree;
}

int
mount_fd(struct run *r, int from, int to, unsigned long flags)
{
	autofd int here = sys_openat(AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0);
	char source[24], target[24];
	int proc = run_proc(r), e;

	if (proc < 0)
		run_note(r, "on this kernel mounts need a /proc that is mounted");
	e = here < 0 ? here : proc < 0 ? proc : sys_fchdir(proc);
	if (e)
		return e;
	text_fmt(source, sizeof source, "self/fd/%d", from);
	text_fmt(target, sizeof target, "self/fd/%d", to);
	e = sys_mount(from < 0 ? NULL : source, target, NULL, flags, NULL);
	sys_fchdir(here);
	return e;
}

static int
set_attr(int fd, struct kernel_mount_attr *a, bool recursive)
{
	return sys_mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), a, sizeof *a);
}

/* Before 5.12: a remount replaces all flags, so those that the mount has are given again. */
static int
change_old(struct run *r, int fd, uint64_t set, uint64_t clear)
{
	struct statfs fs;
	unsigned long flags = 0;
	size_t i;
	int e = sys_fstatfs(fd, &fs);

	if (e)
		return e;
	for (i = 0; i < sizeof attrs / sizeof *attrs; i++) /* ST_* equal MS_* for all but relatime */
		if ((fs.f_flags & attrs[i].ms && !(clear & attrs[i].attr)) || set & attrs[i].attr)
			flags |= attrs[i].ms;
	return mount_fd(r, -1, fd, MS_REMOUNT | MS_BIND | flags);
}

int
mount_change(struct run *r, int fd, uint64_t set, uint64_t clear, bool recursive)
{
	struct kernel_mount_attr a = {.attr_set = set, .attr_clr = clear};
	int e;

	if (!set && !clear)
		return 0;
	/* One field holds the kind of access time: the old one is cleared as a whole. */
	if ((set | clear) & MOUNT_ATTR__ATIME)
		a.attr_clr |= MOUNT_ATTR__ATIME;
	e = set_attr(fd, &a, recursive);
	if (e == -ENOSYS && recursive)
		run_note(r, "recursive options need mount_setattr (Linux 5.12)");
	return e == -ENOSYS && !recursive ? change_old(r, fd, set, clear) : e;
}

static int
change_propagation(struct run *r, int fd, unsigned long propagation)
{
	struct kernel_mount_attr a = {.propagation = propagation & ~(unsigned long)MS_REC};
	int e = propagation ? set_attr(fd, &a, propagation & MS_REC) : 0;

	return e == -ENOSYS ? mount_fd(r, -1, fd, propagation) : e;
}

int
mount_change_all(struct run *r, int fd, const struct mount_step *m)
{
	int e = change_propagation(r, fd, m->below);

	if (!e)
		e = change_propagation(r, fd, m->propagation);
	if (!e)
		e = mount_change(r, fd, m->set, m->clear, false);
	return e ? e : mount_change(r, fd, m->rec_set, m->rec_clear, true);
}

/* Before 5.12 a detached tree cannot be changed (EINVAL): there that comes right behind. */
int
mount_attach_as(struct run *r, int tree, int target, const struct mount_step *m)
{
	int e = mount_change_all(r, tree, m);
	bool late = e == -EINVAL && sys_mount_setattr(-1, "", 0, NULL, 0) == -ENOSYS;

	if (!e || late)
		e = mount_attach(r, tree, target);
	return e || !late ? e : mount_change_all(r, tree, m);
}

/* --- do: HOST --------------------------------------------------------------------------------- */

static int
is_device(int fd, const struct device_step *d)
{
	struct stat st;
	int e = sys_fstat(fd, &st);

	if (e)
		return e;
	return (st.st_mode & S_IFMT) == (d->mode & S_IFMT) && st.st_rdev == d->dev ? 0 : -ENXIO;
}

int
source_copy(const struct step *s)
{
	return sys_open_tree(AT_FDCWD, s->a, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_NO_AUTOMOUNT |
		(s->n & SOURCE_REC ? AT_RECURSIVE : 0) | (s->n & SOURCE_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0));
}

int
do_source(struct run *r, const struct step *s)
{
	autofd int fd = source_copy(s);
	int e;

	if (fd == -ENOSYS && HAVE_OLDKERNEL)
		fd = old_source(r, s->a, s->n & SOURCE_NOFOLLOW);
	else if (HAVE_USERNS && fd == -EPERM && r->job->facts->euid && ns_new(r->job->spec, NS_USER) && ns_new(r->job->spec, NS_MOUNT)) {
		fd = sys_openat(AT_FDCWD, s->a, O_PATH | O_CLOEXEC | (s->n & SOURCE_NOFOLLOW ? O_NOFOLLOW : 0), 0);
		r->bare = true; /* own_sources (idmap.c) */
	}
	if (fd < 0)
		return fd;
	e = s->n & SOURCE_DEVICE ? is_device(fd, s->p) : 0;
	if (e)
		return e;
	r->slot[s->slot] = file_keep(&fd);
	return 0;
}

/* --- do: BOX ---------------------------------------------------------------------------------- */

int
do_propagation(struct run *r, const struct step *s)
{
	int e = HAVE_OLDKERNEL ? old_sources(r) : 0;

	/* Sources that HOST could not copy must not be cut off from the host here: slave is what they may be asked to be. */
	return e ? e : sys_mount(NULL, "/", NULL, HAVE_OLDKERNEL && r->old ? MS_SLAVE | MS_REC : s->n, NULL);
}

/* The folder that a mount covers, as a descriptor. */
static int
mount_point(struct run *r, const struct step *s, const struct mount_step *m)
{
	int fd = m->name && r->held >= 0 ? root_child(r->held, m->name) : -1; /* the umask is 0 in the box */

	if (fd >= 0)
		return fd;
	if (m->no_links)
		return root_make_nolinks(r->root, s->a, ROOT_DIR);
	return root_make(r->root, s->a, ROOT_DIR);
}

/* What has to be done to a new mount through its own root. */
static int
finish_mount(struct run *r, const struct step *s, const struct mount_step *m, int below)
{
	autofd int fd = -1;
	int e = 0;

	if (!m->copyup && !m->propagation && !m->rec_set && !m->rec_clear && !m->label && s->slot < 0)
		return 0;
	fd = root_top(below, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (HAVE_COPYUP && m->copyup)
		e = copy_tree(below, fd);
	if (HAVE_LSM && !e && m->label)
		e = sys_fsetxattr(fd, "security.selinux", m->label, strlen(m->label) + 1, 0);
	if (!e)
		e = change_propagation(r, fd, m->propagation);
	if (!e)
		e = mount_change(r, fd, m->rec_set, m->rec_clear, false); /* nothing is mounted below yet */
	if (s->slot >= 0)
		r->slot[s->slot] = file_keep(&fd);
	return e;
}

int
do_mount(struct run *r, const struct step *s)
{
	const struct mount_step *m = s->p;
	autofd int below = m->keep_mode ? root_open(r->root, s->a, O_PATH | O_DIRECTORY) : -ENOENT;
	bool mode = below >= 0; /* a folder made here has none to keep: the kernel's 1777, as with the peers */
	const char *data = m->data;
	struct stat st;
	int e;

	if (!mode)
		below = mount_point(r, s, m);
	if (below < 0)
		return below;
	e = mode ? sys_fstat(below, &st) : 0;
	if (!e && mode)
		data = text_make("%s%smode=%o", data ? data : "", data && *data ? "," : "", st.st_mode & 07777U);
	if (!e)
		e = sys_fchdir(below);
	if (!e)
		e = sys_mount(m->source, ".", m->type, m->flags, data && *data ? data : NULL); /* for "" the kernel copies a page */
	if (!e && m->holds) {
		file_close(&r->held);
		r->held = root_top(below, O_PATH | O_DIRECTORY); /* without it the next ones take the way from the root */
	}
	return e ? e : finish_mount(r, s, m, below);
}

/* Option copy-symlink: a source that is a link becomes the same link in the container. */
static int
copy_source_link(struct run *r, const char *dest, int tree)
{
	char target[4096];
	ssize_t n = sys_readlinkat(tree, "", target, sizeof target - 1);
	int e;

	if (n < 0)
		return n;
	target[n] = 0;
	e = root_symlink(r->root, dest, target);
	return e == -EEXIST ? 0 : e;
}

static int
attach_point(struct run *r, const struct step *s, bool folder)
{
	const struct mount_step *m = s->p;

	if (m->no_links)
		return root_make_nolinks(r->root, s->a, folder ? ROOT_DIR : ROOT_FILE);
	return root_make(r->root, s->a, folder ? ROOT_DIR : ROOT_FILE);
}

/* All flags are set while nobody can reach the tree: it is never writable by mistake, not even for a moment (but for kernels
 * before 5.12, and nothing of the container runs yet). */
int
do_attach(struct run *r, const struct step *s)
{
	int tree = HAVE_OLDKERNEL && r->old ? old_tree(r, s->slot) : r->slot[s->slot], e;
	autofd int target = -1;
	struct stat st;

	e = tree < 0 ? tree : HAVE_OLDKERNEL && r->old ? old_attach(r, s->p) : 0;
	if (!e)
		e = sys_fstat(tree, &st);
	if (!e && S_ISLNK(st.st_mode) && ((const struct mount_step *)s->p)->copy_link)
		return copy_source_link(r, s->a, tree);
	if (e)
		return e;
	target = attach_point(r, s, S_ISDIR(st.st_mode));
	if (target < 0)
		return target;
	e = mount_attach_as(r, tree, target, s->p);
	if (s->flags & KEEP) /* no other: a hook may unmount it, and there may be many */
		r->slot[s->slot] = tree;
	else
		sys_close(tree);
	return e;
}

int
do_remount(struct run *r, const struct step *s)
{
	const struct mount_step *m = s->p;
	autofd int found = s->slot < 0 ? root_open(r->root, s->a, O_PATH) : -1;
	int fd = s->slot < 0 ? found : r->slot[s->slot], e = fd < 0 ? fd : m->data ? sys_fchdir(fd) : 0;

	if (!e && m->data)
		e = sys_mount(NULL, ".", NULL, m->flags, m->data);
	return e ? e : mount_change_all(r, fd, m);
}

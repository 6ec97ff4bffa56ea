/* SPDX-License-Identifier: MIT */
/* dev.c - device nodes and the links of /dev; not the terminal (tty.c) */
#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/mount.h"
#include "box/oldmount.h"
#include "box/replay.h"
#include "box/user.h"
#include "sys.h"

/* config-linux.md "Default Devices"; /dev/console and /dev/ptmx are elsewhere. */
/* clang-format off */
static const struct { const char *path; unsigned major, minor; } defaults[] = {
	{"/dev/null", 1, 3}, {"/dev/zero", 1, 5}, {"/dev/full", 1, 7},
	{"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

static const struct { const char *path, *target; } links[] = {
	{"/dev/fd", "/proc/self/fd"}, {"/dev/stdin", "/proc/self/fd/0"},
	{"/dev/stdout", "/proc/self/fd/1"}, {"/dev/stderr", "/proc/self/fd/2"},
	{"/dev/ptmx", "pts/ptmx"},
};
/* clang-format on */

enum { NDEFAULTS = sizeof defaults / sizeof *defaults, NLINKS = sizeof links / sizeof *links };

/* A user namespace may not make devices (the kernel refuses, or the node does not open). */
bool
devices_bound(const struct job *j)
{
	return ns_own(j->spec, NS_USER);
}

static mode_t
type_bits(int type)
{
	return type == 'b' ? S_IFBLK : type == 'p' ? S_IFIFO : S_IFCHR; /* u is c, unbuffered */
}

static struct device_step *
listed(const struct device_spec *d)
{
	struct device_step *s = NEW(struct device_step);

	s->mode = type_bits(d->type) | (d->file_mode.given ? d->file_mode.v & 07777 : 0666);
	s->dev = makedev(d->major.given ? d->major.v : 0, d->minor.given ? d->minor.v : 0);
	s->uid = d->uid.given ? d->uid.v : 0;
	s->gid = d->gid.given ? d->gid.v : 0;
	return s;
}

static bool
is_listed(const struct spec *s, const char *path)
{
	size_t i;

	for (i = 0; i < s->linux.devices.n; i++)
		if (text_eq(s->linux.devices.v[i].path, path))
			return true;
	return false;
}

/* Calls add for every device: the default ones that the config does not list itself, then the listed ones. */
static void
each_device(struct plan *p, const struct job *j,
	void (*add)(struct plan *, const char *, struct device_step *))
{
	const struct linux_spec *l = &j->spec->linux;
	struct device_step *d;
	size_t i;

	for (i = 0; i < NDEFAULTS; i++) {
		if (is_listed(j->spec, defaults[i].path))
			continue;
		d = NEW(struct device_step);
		d->mode = S_IFCHR | 0666;
		d->dev = makedev(defaults[i].major, defaults[i].minor);
		add(p, defaults[i].path, d);
	}
	for (i = 0; i < l->devices.n; i++)
		add(p, l->devices.v[i].path, listed(&l->devices.v[i]));
}

static void
add_source(struct plan *p, const char *path, struct device_step *d)
{
	struct step *s;

	if (S_ISFIFO(d->mode))
		return;
	s = plan_add_a(p, OP_source, HOST, path);
	s->n = SOURCE_DEVICE;
	s->p = d;
	s->slot = plan_slot(p);
}

static void
add_device(struct plan *p, const char *path, struct device_step *d)
{
	struct step *s = plan_add_a(p, OP_device, BOX, path);

	s->p = d;
	if (p->device_slot >= 0 && !S_ISFIFO(d->mode))
		s->slot = p->device_slot++;
}

void
plan_device_sources(struct plan *p, const struct job *j)
{
	if (!devices_bound(j) || !ns_own(j->spec, NS_MOUNT))
		return;
	p->device_slot = p->slots;
	each_device(p, j, add_source);
}

void
plan_devices(struct plan *p, const struct job *j)
{
	size_t i;

	if (!ns_own(j->spec, NS_MOUNT))
		return;
	each_device(p, j, add_device);
	for (i = 0; i < NLINKS; i++)
		plan_add_a(p, OP_dev_link, BOX, links[i].path)->b = links[i].target;
}

/* What stands at the path already must be that very device (M-46). */
static int
same_device(int dir, const char *name, const struct device_step *d)
{
	struct stat st;
	int e = sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);

	if (e)
		return e;
	if ((st.st_mode & S_IFMT) != (d->mode & S_IFMT))
		return -EEXIST;
	return S_ISFIFO(d->mode) || st.st_rdev == d->dev ? 0 : -EEXIST;
}

/* The folder of the last device or link, which is most often that of the next one.  A descriptor stays what it is,
 * whatever becomes of the path. */
static int
parent(struct run *r, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (r->dir >= 0 && slash && slash[1] && n == r->dir_len && !memcmp(path, r->dir_path, n)) {
		*name = slash + 1;
		return r->dir;
	}
	if (r->dir >= 0)
		sys_close(r->dir);
	r->dir = root_parent(r->root, path, true, name);
	r->dir_path = path;
	r->dir_len = n;
	return r->dir;
}

static int
make_node(struct run *r, const char *path, const struct device_step *d)
{
	const char *name;
	int e, dir = parent(r, path, &name);

	if (dir < 0)
		return dir;
	e = sys_mknodat(dir, name, d->mode, d->dev); /* the umask is 0 in the box */
	if (e == -EEXIST)
		return same_device(dir, name, d);
	return e || (!d->uid && !d->gid) ? e :
		sys_fchownat(dir, name, d->uid, d->gid, AT_SYMLINK_NOFOLLOW);
}

int
do_device(struct run *r, const struct step *s)
{
	autofd int target = -1;
	int e, tree;

	if (s->slot < 0)
		return make_node(r, s->a, s->p);
	target = root_make(r->root, s->a, ROOT_FILE);
	if (target < 0)
		return target;
	tree = HAVE_OLDKERNEL && r->old ? old_tree(r, s->slot) : r->slot[s->slot];
	e = tree < 0 ? tree : mount_attach(r, tree, target);
	sys_close(tree);
	return e;
}

static bool
has_proc(struct run *r)
{
	int fd;

	if (!r->has_proc) {
		/* The link, which every proc has: to see the folder fd the kernel would have to make it and its parents. */
		fd = root_open(r->root, "/proc/self", O_PATH | O_NOFOLLOW);
		r->has_proc = fd < 0 ? -1 : 1;
		if (fd >= 0)
			sys_close(fd);
	}
	return r->has_proc > 0;
}

/* Only if what it points to is there (M-40); what stands there already stays, link or not. */
int
do_dev_link(struct run *r, const struct step *s)
{
	const char *name;
	int dir, e;

	if (text_starts(s->b, "/proc/") && !has_proc(r))
		return 0;
	dir = parent(r, s->a, &name);
	if (dir < 0)
		return dir;
	e = sys_symlinkat(s->b, dir, name);
	return e == -EEXIST ? 0 : e;
}

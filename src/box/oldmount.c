/* SPDX-License-Identifier: MIT */
/* oldmount.c - mounts on kernels before 5.2: parked in /proc, then moved (oldmount.h says why) */
#include "box/oldmount.h"

#include "base/file.h"
#include "box/mount.h"
#include "box/replay.h"
#include "sys.h"

enum { BY_HOST = 1, BY_BOX = 2 };

static int
open_path(int dir, const char *path, bool nofollow)
{
	return sys_openat(dir, path, O_PATH | O_CLOEXEC | (nofollow ? O_NOFOLLOW : 0), 0);
}

int
old_source(struct run *r, const char *path, bool nofollow)
{
	r->old = BY_HOST;
	return open_path(AT_FDCWD, path, nofollow);
}

static bool
same_file(int a, int b)
{
	struct stat x, y;

	return !sys_fstat(a, &x) && !sys_fstat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int
old_sources(struct run *r)
{
	const struct step *s = r->plan->v, *end = s + r->plan->n;
	int fd;

	for (; r->old == BY_HOST && s < end; s++) {
		if (s->op != OP_source)
			continue;
		fd = open_path(AT_FDCWD, s->a, s->n & SOURCE_NOFOLLOW);
		if (fd < 0 || !same_file(fd, r->slot[s->slot])) {
			run_note(r, s->a);
			return fd < 0 ? fd : -ESTALE;
		}
		sys_close(r->slot[s->slot]);
		r->slot[s->slot] = fd;
	}
	if (r->old)
		r->old = BY_BOX;
	return 0;
}

/* Every procfs has both, a folder and a file, and both are what they are; what may be mounted there already stays below. */
int
old_copy(struct run *r, int fd, bool recursive)
{
	int proc = run_proc(r), e;
	autofd int place = -1, copy = -1;
	const char *name;
	struct stat st;

	e = sys_fstat(fd, &st);
	if (e)
		return e;
	name = S_ISDIR(st.st_mode) ? "fs" : "version";
	place = proc < 0 ? proc : open_path(proc, name, true);
	e = place < 0 && proc >= 0 ? place : mount_fd(r, fd, place, MS_BIND | (recursive ? MS_REC : 0));
	copy = e ? e : open_path(proc, name, true);
	if (copy >= 0 && !S_ISDIR(st.st_mode)) /* nothing can be mounted below it: what it was is of no use */
		e = mount_fd(r, -1, copy, MS_PRIVATE);
	return e ? e : file_keep(&copy);
}

int
old_copy_at(struct run *r, const char *path, bool recursive)
{
	autofd int fd = open_path(AT_FDCWD, path, false);

	return fd < 0 ? fd : old_copy(r, fd, recursive);
}

int
old_tree(struct run *r, int slot)
{
	const struct step *s = r->plan->v;

	while (s->op != OP_source || s->slot != slot)
		s++;
	return old_copy(r, r->slot[slot], s->n & SOURCE_REC);
}

/* A copy of HOST's stays its peer; ours are made below a slave, which the host follows no more. */
int
old_attach(struct run *r, const struct mount_step *m)
{
	if (!(m->propagation & MS_SHARED))
		return 0;
	run_note(r, "the option shared needs open_tree (Linux 5.2)");
	return -ENOSYS;
}

int
old_place(struct run *r, int tree, int target)
{
	return mount_fd(r, tree, target, MS_MOVE);
}

int
old_place_at(struct run *r, int tree, const char *path)
{
	autofd int fd = open_path(AT_FDCWD, path, false);

	return fd < 0 ? fd : old_place(r, tree, fd);
}

/* SPDX-License-Identifier: MIT */
/* root.c - the container's root becomes the root */
#include "box/exec.h"
#include "box/mount.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/oldmount.h"
#include "box/replay.h"
#include "box/user.h"
#include "sys.h"

void
plan_root(struct plan *p, const struct job *j)
{
	int want = j->spec->linux.rootfs_propagation;
	struct step *s;

	s = plan_add(p, OP_pivot, BOX);
	s->n = !ns_own(j->spec, NS_MOUNT) ? 2 : j->no_pivot ? 1 + 3 * !ns_new(j->spec, NS_MOUNT) :
		ns_own(j->spec, NS_USER) && !j->facts->euid ? 3 : 0;
	if (want)
		plan_add(p, OP_root_propagation, BOX)->n = want;
	if (j->spec->process.given)
		plan_add_a(p, OP_make_cwd, BOX, j->spec->process.cwd);
	if (j->spec->root.readonly && ns_own(j->spec, NS_MOUNT)) /* the last thing that is made in it is the working folder */
		plan_add(p, OP_root_flags, BOX);
	plan_lookup(p, j);
	plan_add(p, OP_new_session, BOX);
}

/* path: of the operator's, or "." */
static int
copy_of(struct run *r, const char *path)
{
	int tree = sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	return tree == -ENOSYS && HAVE_OLDKERNEL ? old_copy_at(r, path, true) : tree;
}

static int
lay_on(struct run *r, int tree, const char *path)
{
	int e = sys_move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);

	return e == -ENOSYS && HAVE_OLDKERNEL ? old_place_at(r, tree, path) : e;
}

/* Cuts a field of mountinfo off, with \\040 and its like made what they mean. */
static char *
field(char **at)
{
	char *start = *at, *to = start, *p = start;

	for (; (unsigned char)*p > ' '; p++) {
		if (*p == '\\' && p[1] && p[2] && p[3]) {
			*to++ = (p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0');
			p += 3;
		} else {
			*to++ = *p;
		}
	}
	*at = p + (*p == ' ');
	*to = 0;
	return start;
}

/* Of one line: takes the mount away if it lies on what this process calls "/", the first line of that path. */
static int
drop_line(char *line, char id[16])
{
	char *own = field(&line), *parent = field(&line), *path;

	field(&line);
	field(&line);
	path = field(&line);
	if (!*id && !path[1])
		text_fmt(id, 16, "%s", own);
	return text_eq(parent, id) && path[1] ? sys_umount2(path, MNT_DETACH) : -ENOENT;
}

/* The mounts that lie on the initramfs itself would stay in this mount namespace, below the copy and out of reach, and keep busy
 * what the host unmounts.  They are private copies, and the copy of "/" has its own.  Without a /proc they stay. */
static void
drop_below(struct run *r)
{
	char text[4000], id[16] = "", *line, *end;
	int proc = run_proc(r), dropped;
	ssize_t n;

	do { /* once, unless the list is longer than the room for it */
		dropped = 0;
		n = proc < 0 ? proc : file_peek(proc, "self/mountinfo", text, sizeof text);
		for (line = text; n > 0 && (end = strchr(line, '\n')); line = end + 1) {
			*end = 0;
			dropped += !drop_line(line, id);
		}
	} while (dropped && n == sizeof text - 1);
}

/* We stand on a copy of "/" that is laid over "/"; own: in a mount namespace that nobody else is in. */
static int
cover(struct run *r, bool own)
{
	autofd int copy = sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	bool parked = copy == -ENOSYS && HAVE_OLDKERNEL;
	int e;

	if (parked)
		copy = old_copy_at(r, "/", true);
	if (copy < 0)
		return copy;
	/* Before the copy is laid the list is half as long; a parked one is itself in the list until then. */
	if (own && !parked)
		drop_below(r);
	e = lay_on(r, copy, "/");
	if (!e && own && parked)
		drop_below(r);
	file_close(&r->proc); /* it lies below, where nothing can be mounted any more */
	if (!e)
		e = sys_fchdir(copy);
	return e ? e : sys_chroot(".");
}

/* The initramfs has no parent mount, and pivot_root refuses it with EINVAL (until Linux 7.0).  A copy of "/" over "/" has
 * one.  For a box with a user namespace it is laid by a process with all of mote's privileges: to the mount namespace
 * that is cloned from there it is locked, and pivot_root hands the lock on to the container's root.  Laid from inside it would
 * not be, and CAP_SYS_ADMIN in there could take its own root away and stand in the initramfs.  The copy goes with the
 * old root. */
int
do_cover_root(struct run *r, const struct step *s)
{
	struct stat was, is;
	int e = s->n ? sys_unshare(CLONE_NEWNS) : 0;

	if (!e)
		e = sys_mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
	if (!e)
		e = sys_fstatat(AT_FDCWD, ".", &was, 0);
	if (!e)
		e = cover(r, true);
	if (!e)
		e = sys_chdir(s->a);
	if (!e)
		e = sys_fstatat(AT_FDCWD, ".", &is, 0);
	return e ? e : was.st_dev == is.st_dev && was.st_ino == is.st_ino ? 0 : -ESTALE;
}

/* The folder we stand in becomes a mount of its own, and r->root a descriptor of it. */
int
do_root_bind(struct run *r, const struct step *s)
{
	int fd, e = s->n ? sys_chdir(s->a) : 0; /* a joined mount namespace: by its own path */

	if (e)
		return e;
	fd = copy_of(r, ".");
	if (fd < 0)
		return fd;
	e = lay_on(r, fd, ".");
	if (HAVE_OLDKERNEL && r->old && !e)
		e = mount_fd(r, -1, fd, r->plan->v[plan_find(r->plan, OP_propagation)].n);
	r->root = fd;
	return e ? e : sys_fchdir(fd);
}

int
do_root_flags(struct run *r, const struct step *s)
{
	(void)s;
	return mount_change(r, r->root, MOUNT_ATTR_RDONLY, 0, false);
}

/* pivot_root(2) with both places the same: the old root lies over the new one for a moment and is taken off. */
static int
pivot(struct run *r)
{
	int e = sys_fchdir(r->root);

	return e ? e : sys_pivot_root(".", ".");
}

/* The root of a mount namespace that was joined may be the initramfs too. */
static int
pivot_joined(struct run *r)
{
	int e = cover(r, false);

	if (!e)
		e = lay_on(r, r->root, ".");
	return e ? e : pivot(r);
}

/* Asked for by --no-pivot only: whoever has CAP_SYS_ADMIN inside can come back out of it.  The host's /proc must not stay in
 * this mount namespace, or a user namespace made inside may mount one without masks; a box in a user namespace keeps it, locked. */
static int
move_root(struct run *r, bool own)
{
	int e = sys_fchdir(r->root);

	if (!e)
		e = sys_mount(".", "/", NULL, MS_MOVE, NULL);
	if (!e && own)
		drop_below(r);
	return e ? e : sys_chroot(".");
}

/* Without a mount namespace there is nothing to switch but this process's own root. */
static int
plain_chroot(struct run *r)
{
	r->root = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return r->root < 0 ? r->root : sys_chroot(".");
}

/* All ways end where r->root is, in the new root. */
int
do_pivot(struct run *r, const struct step *s)
{
	int e;

	if (s->n && s->n != 3)
		return s->n == 2 ? plain_chroot(r) : move_root(r, s->n == 1);
	e = pivot(r);
	if (e == -EINVAL && s->n == 0)
		e = pivot_joined(r);
	if (!e)
		e = sys_umount2(".", MNT_DETACH);
	return e;
}

int
do_root_propagation(struct run *r, const struct step *s)
{
	(void)r;
	return sys_mount(NULL, "/", NULL, s->n, NULL);
}

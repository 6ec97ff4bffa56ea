/* SPDX-License-Identifier: MIT */
/* copyup.c - tmpcopyup: a new tmpfs begins with what the folder below it held
 *
 * Both ends are descriptors; names are looked up one component at a time and never followed, so the image cannot lead the copy out
 * of itself.  Other file systems mounted below are left out. */
#include "base/file.h"
#include "base/text.h"
#include "box/mount.h"
#include "sys.h"

enum { DEPTH_MAX = 64 };

struct place {
	int from, to;
	dev_t dev;
	int depth;
};

static int copy_folder(const struct place *p);

static int
give_times(int to, const char *name, const struct stat *st)
{
	struct timespec t[2] = {st->st_atim, st->st_mtim};

	return sys_utimensat(to, name, t, AT_SYMLINK_NOFOLLOW);
}

static int
copy_bytes(int in, int out, off_t size)
{
	ssize_t n = 1;
	off_t done;

	for (done = 0; done < size && n > 0; done += n > 0 ? n : 0)
		n = sys_sendfile(out, in, NULL, size - done);
	return n < 0 ? (int)n : 0;
}

static int
copy_file(const struct place *p, const char *name, const struct stat *st)
{
	autofd int in = sys_openat(p->from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	autofd int out = -1;
	int e;

	if (in < 0)
		return in;
	out = sys_openat(p->to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return out;
	e = copy_bytes(in, out, st->st_size);
	if (!e)
		e = sys_fchown(out, st->st_uid, st->st_gid);
	return e ? e : sys_fchmod(out, st->st_mode & 07777);
}

static int
copy_link(const struct place *p, const char *name, const struct stat *st)
{
	char target[4096];
	ssize_t n = sys_readlinkat(p->from, name, target, sizeof target - 1);
	int e;

	if (n < 0)
		return n;
	target[n] = 0;
	e = sys_symlinkat(target, p->to, name);
	return e ? e : sys_fchownat(p->to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
}

static int
copy_node(const struct place *p, const char *name, const struct stat *st)
{
	int e = sys_mknodat(p->to, name, st->st_mode, st->st_rdev);

	return e ? e : sys_fchownat(p->to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
}

static int
copy_subfolder(const struct place *p, const char *name, const struct stat *st)
{
	struct place q = {.dev = p->dev, .depth = p->depth + 1};
	autofd int from = sys_openat(p->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	autofd int to = -1;
	int e = sys_mkdirat(p->to, name, 0700);

	if (from < 0 || e)
		return from < 0 ? from : e;
	to = sys_openat(p->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (to < 0)
		return to;
	q.from = from;
	q.to = to;
	e = copy_folder(&q);
	if (!e)
		e = sys_fchown(to, st->st_uid, st->st_gid);
	return e ? e : sys_fchmod(to, st->st_mode & 07777);
}

static int
copy_entry(const struct place *p, const char *name)
{
	struct stat st;
	int e = sys_fstatat(p->from, name, &st, AT_SYMLINK_NOFOLLOW);

	if (e || (st.st_dev != p->dev && S_ISDIR(st.st_mode)))
		return e;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG: e = copy_file(p, name, &st); break;
	case S_IFDIR: e = copy_subfolder(p, name, &st); break;
	case S_IFLNK: e = copy_link(p, name, &st); break;
	default: e = copy_node(p, name, &st); break;
	}
	return e ? e : give_times(p->to, name, &st);
}

static int
copy_folder(const struct place *p)
{
	_Alignas(struct kernel_dirent) char buf[2048];
	const struct kernel_dirent *d;
	ssize_t n, at;
	int e = p->depth > DEPTH_MAX ? -ELOOP : 0;

	while (!e && (n = sys_getdents64(p->from, buf, sizeof buf)) != 0) {
		for (at = 0; at < n && !e; at += d->reclen) {
			d = (const void *)(buf + at);
			if (!text_eq(d->name, ".") && !text_eq(d->name, ".."))
				e = copy_entry(p, d->name);
		}
		if (n < 0)
			e = n;
	}
	return e;
}

int
copy_tree(int from, int to)
{
	/* The descriptor of the covered folder was opened with O_PATH: to be read it is opened once more. */
	autofd int in = sys_openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct place p = {.from = in, .to = to, .depth = 0};
	struct stat st;
	int e;

	if (in < 0)
		return in;
	e = sys_fstat(in, &st);
	p.dev = st.st_dev;
	return e ? e : copy_folder(&p);
}

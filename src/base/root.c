/* SPDX-License-Identifier: MIT */
/* root.c - the one way into a root file system: openat2, or a walk; allocates nothing
 *
 * The walk opens one name at a time with O_PATH|O_NOFOLLOW, looks at what it got through that
 * descriptor and never at the name again.  Links are text to it: they are put in front of what is
 * left of the path, and an absolute one starts at the root.  ".." goes back to the descriptor it came
 * from, so there is nothing that somebody could rename to lead it out. */
#include "base/file.h"
#include "sys.h"

#include <limits.h>
#include <linux/magic.h>
#include <string.h>

enum { DEEPEST = 128, LINKS = 40, TRIES = 64 };
enum { GO_ON = -EINPROGRESS }; /* no result yet; no call in here gives it */

struct walk {
	int dirs[DEEPEST]; /* from the root down to where we are; dirs[0] is the caller's */
	unsigned n;
	unsigned links;
	unsigned tries; /* to make the next name */
	int flags; /* for the last name, see root_open */
	bool make, nolinks;
	enum root_kind kind;
	char path[PATH_MAX]; /* what is left begins at p */
	char *p;
};

#if defined(MOTE_TEST) || defined(MOTE_SANITIZE)
static bool without_openat2;

void file_no_openat2(bool without);

void
file_no_openat2(bool without)
{
	without_openat2 = without;
}
#else
enum { without_openat2 = false };
#endif

static void
leave(struct walk *w, unsigned n)
{
	while (w->n > n)
		sys_close(w->dirs[--w->n]);
}

static int
enter(struct walk *w, int fd)
{
	if (w->n == DEEPEST) {
		sys_close(fd);
		return -ENAMETOOLONG;
	}
	w->dirs[w->n++] = fd;
	w->tries = 0;
	return 0;
}

/* The next name of the path: its length, 0 at the end, or -ENAMETOOLONG. */
static int
next_name(struct walk *w, char name[NAME_MAX + 1])
{
	size_t n;

	w->p += strspn(w->p, "/");
	n = strcspn(w->p, "/");
	if (n > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, w->p, n);
	name[n] = '\0';
	w->p += n;
	return (int)n;
}

/* Puts the text of the link fd in front of what is left of the path. */
static int
follow(struct walk *w, int fd)
{
	char text[PATH_MAX];
	struct statfs fs;
	size_t left = strlen(w->p);
	ssize_t n = sys_readlinkat(fd, "", text, sizeof text - 1);
	int e;

	if (++w->links > LINKS || w->nolinks)
		return -ELOOP;
	if (n <= 0)
		return n < 0 ? (int)n : -ENOENT;
	if ((size_t)n + left >= sizeof w->path)
		return -ENAMETOOLONG;
	text[n] = '\0';
	e = sys_fstatfs(fd, &fs);
	if (e)
		return e;
	/* The magic links of proc have texts such as "/", "pipe:[7]" and "(unreachable)/x"; its plain
	 * ones ("self", "mounts", "net") are relative and have none of these bytes. */
	if (fs.f_type == PROC_SUPER_MAGIC && (text[0] == '/' || strpbrk(text, ":(")))
		return -ELOOP;
	if (text[0] == '/')
		leave(w, 1);
	memmove(w->path + n, w->p, left + 1);
	memcpy(w->path, text, (size_t)n);
	w->p = w->path;
	return 0;
}

/* Makes what is missing; the caller looks at it again, as at anything that stands there. */
static int
make_one(struct walk *w, const char *name, bool last)
{
	int dir = w->dirs[w->n - 1], e;
	mode_t mask;

	if (++w->tries > TRIES)
		return -EAGAIN;
	mask = sys_umask(0);
	if (!last || w->kind == ROOT_DIR)
		e = sys_mkdirat(dir, name, 0755);
	else
		e = sys_mknodat(dir, name, S_IFREG | 0644, 0);
	sys_umask(mask);
	return e == -EEXIST ? 0 : e;
}

/* Opens the last name for good; fd is what was found there.  In between it may have become another
 * file, which is as good, or a link, which is refused. */
static int
open_last(struct walk *w, const char *name, int found, const struct stat *st)
{
	autofd int fd = found;

	if (w->make && S_ISDIR(st->st_mode) != (w->kind == ROOT_DIR))
		return w->kind == ROOT_DIR ? -ENOTDIR : -EISDIR;
	if ((w->flags & O_DIRECTORY) && !S_ISDIR(st->st_mode))
		return -ENOTDIR;
	if (w->flags & O_PATH)
		return file_keep(&fd);
	return sys_openat(w->dirs[w->n - 1], name, w->flags | O_NOFOLLOW, 0);
}

static int
walk_one(struct walk *w, const char *name)
{
	bool last = !*w->p;
	autofd int fd = sys_openat(w->dirs[w->n - 1], name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	struct stat st;
	int e;

	if (fd == -ENOENT && w->make) {
		w->p -= strlen(name);
		e = make_one(w, name, last);
		return e ? e : GO_ON;
	}
	if (fd < 0)
		return fd;
	e = sys_fstat(fd, &st);
	if (!e && S_ISLNK(st.st_mode) && !(last && (w->flags & O_NOFOLLOW)))
		e = follow(w, fd);
	else if (!e && last)
		return open_last(w, name, file_keep(&fd), &st);
	else if (!e && S_ISDIR(st.st_mode))
		e = enter(w, file_keep(&fd));
	else if (!e)
		e = -ENOTDIR;
	return e ? e : GO_ON;
}

/* The path ended in "/", "." or "..", or in a link to such: the result is where we are. */
static int
open_here(struct walk *w)
{
	if (w->make && w->kind == ROOT_FILE)
		return -EISDIR;
	return sys_openat(w->dirs[w->n - 1], ".", w->flags & ~O_NOFOLLOW, 0);
}

static int
step(struct walk *w)
{
	char name[NAME_MAX + 1];
	int n = next_name(w, name);

	if (n < 0)
		return n;
	if (n == 0)
		return open_here(w);
	if (strcmp(name, ".") == 0)
		return GO_ON;
	if (strcmp(name, "..") != 0)
		return walk_one(w, name);
	leave(w, w->n > 1 ? w->n - 1 : 1);
	return GO_ON;
}

static int
walk(struct walk *w, int root, const char *path)
{
	size_t n = strlen(path);
	int r = n == 0 ? -ENOENT : n < sizeof w->path ? GO_ON : -ENAMETOOLONG;

	if (r != GO_ON)
		return r;
	memcpy(w->path, path, n + 1);
	w->p = w->path;
	w->flags |= O_CLOEXEC;
	w->dirs[w->n++] = root;
	while (r == GO_ON)
		r = step(w);
	leave(w, 1);
	return r;
}

/* --- the kernel's own way --------------------------------------------------------------------- */

/* EAGAIN means that something was renamed during a "..".  Of the faults only ENOSYS says that this
 * kernel has no openat2: some container hosts' filters answer EPERM, but so does a real refusal. */
static int
open_in_root(int root, const char *path, int flags, uint64_t resolve)
{
	struct kernel_open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_LARGEFILE)),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	int tries, fd = -EAGAIN;

	if (without_openat2)
		return -ENOSYS;
	for (tries = 0; tries < TRIES && fd == -EAGAIN; tries++)
		fd = sys_openat2(root, path, &how, sizeof how);
	return fd;
}

static int
walk_open(int root, const char *path, int flags)
{
	struct walk w = {.flags = flags};

	return walk(&w, root, path);
}

int
root_open(int root, const char *path, int flags)
{
	int fd;

	if (flags & O_CREAT)
		return -EINVAL;
	fd = open_in_root(root, path, flags, 0);
	/* Too many renames: the walk is no weaker, and cannot be kept busy. */
	return fd == -ENOSYS || fd == -EAGAIN ? walk_open(root, path, flags) : fd;
}

/* The common case of something missing: the last name alone.  Whatever this cannot do is the walk's. */
static void
make_last(int root, const char *path, enum root_kind kind, uint64_t resolve)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	size_t n = slash ? (size_t)(slash - path) : 0;
	autofd int fd = -1;
	mode_t mask;

	if (!n || !slash[1] || n >= sizeof dir)
		return;
	memcpy(dir, path, n);
	dir[n] = '\0';
	fd = open_in_root(root, dir, O_PATH | O_DIRECTORY, resolve);
	if (fd < 0)
		return;
	mask = sys_umask(0);
	if (kind == ROOT_DIR)
		sys_mkdirat(fd, slash + 1, 0755);
	else
		sys_mknodat(fd, slash + 1, S_IFREG | 0644, 0);
	sys_umask(mask);
}

static int
walk_make(int root, const char *path, enum root_kind kind, bool nolinks)
{
	struct walk w = {.flags = O_PATH, .make = true, .nolinks = nolinks, .kind = kind};

	return walk(&w, root, path);
}

static int
make(int root, const char *path, enum root_kind kind, bool nolinks)
{
	uint64_t resolve = nolinks ? RESOLVE_NO_SYMLINKS : 0;
	autofd int fd = open_in_root(root, path, O_PATH, resolve);
	struct stat st;
	int e;

	if (fd == -ENOENT) { /* a dangling link makes mkdirat fail with EEXIST: the walk goes where it points */
		make_last(root, path, kind, resolve);
		fd = open_in_root(root, path, O_PATH, resolve);
	}
	if (fd == -ENOSYS || fd == -EAGAIN || fd == -ENOENT)
		return walk_make(root, path, kind, nolinks);
	if (fd < 0)
		return fd;
	e = sys_fstat(fd, &st);
	if (!e && S_ISDIR(st.st_mode) != (kind == ROOT_DIR))
		e = kind == ROOT_DIR ? -ENOTDIR : -EISDIR;
	return e ? e : file_keep(&fd);
}

int
root_make(int root, const char *path, enum root_kind kind)
{
	return make(root, path, kind, false);
}

int
root_make_nolinks(int root, const char *path, enum root_kind kind)
{
	return make(root, path, kind, true);
}

/* Without openat2, or kept from it by renames: ".." of our own root goes up as well. */
static int
top_by_chroot(int dir, int flags)
{
	autofd int was = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int fd, e = was < 0 ? was : sys_fchdir(dir);

	if (!e)
		e = sys_chroot(".");
	if (e)
		return e;
	fd = sys_openat(AT_FDCWD, "/..", flags | O_CLOEXEC, 0);
	e = sys_fchdir(was);
	if (!e)
		e = sys_chroot(".");
	if (e && fd >= 0)
		sys_close(fd);
	return e ? e : fd;
}

int
root_top(int dir, int flags)
{
	int fd = open_in_root(dir, "..", flags, 0);

	return fd == -ENOSYS || fd == -EAGAIN ? top_by_chroot(dir, flags) : fd;
}

int
root_child(int dir, const char *name)
{
	int e = sys_mkdirat(dir, name, 0755);

	return e && e != -EEXIST ? e : sys_openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

int
root_parent(int root, const char *path, bool missing, const char **name)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	size_t n = (size_t)(last - path);
	char dir[PATH_MAX] = "/";

	if (!*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
		return -EINVAL;
	if (n >= sizeof dir)
		return -ENAMETOOLONG;
	memcpy(dir, path, n);
	*name = last;
	return missing ? root_make(root, dir, ROOT_DIR) : root_open(root, dir, O_PATH | O_DIRECTORY);
}

int
root_mknod(int root, const char *path, mode_t mode, dev_t dev)
{
	const char *name;
	autofd int dir = root_parent(root, path, true, &name);
	mode_t mask;
	int e;

	if (dir < 0)
		return dir;
	mask = sys_umask(0);
	e = sys_mknodat(dir, name, mode, dev);
	sys_umask(mask);
	return e;
}

int
root_symlink(int root, const char *path, const char *target)
{
	const char *name;
	autofd int dir = root_parent(root, path, true, &name);

	return dir < 0 ? dir : sys_symlinkat(target, dir, name);
}

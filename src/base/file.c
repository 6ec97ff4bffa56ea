/* SPDX-License-Identifier: MIT */
/* file.c - whole small files and folders of the host; what lies inside a root is root.c's */
#include "base/file.h"
#include "base/arena.h"
#include "base/text.h"
#include "sys.h"

#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

void
file_close(int *fd)
{
	if (*fd >= 0)
		sys_close(*fd);
	*fd = -1;
}

int
file_keep(int *fd)
{
	int kept = *fd;

	*fd = -1;
	return kept;
}

static ssize_t
read_some(int fd, char *buf, size_t n)
{
	ssize_t r;

	do {
		r = sys_read(fd, buf, n);
	} while (r == -EINTR);
	return r;
}

/* Until the end or until buf is full: the length, or -errno. */
static ssize_t
read_until(int fd, char *buf, size_t n)
{
	size_t len = 0;
	ssize_t r = 1;

	while (len < n && r > 0) {
		r = read_some(fd, buf + len, n - len);
		if (r > 0)
			len += (size_t)r;
	}
	return r < 0 ? r : (ssize_t)len;
}

int
file_write_all(int fd, const void *buf, size_t n)
{
	const char *p = buf;

	while (n) {
		ssize_t r = sys_write(fd, p, n);

		if (r == -EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? (int)r : -EIO;
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

/* Room for the whole file and one byte more, by which a longer one shows itself. */
static size_t
first_guess(int fd, size_t max)
{
	struct stat st;

	if (sys_fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
		(uint64_t)st.st_size < max)
		return (size_t)st.st_size + 1;
	return max < 4095 ? max + 1 : 4096; /* proc, cgroup, pipes: they say 0 */
}

int
file_read(int dirfd, const char *path, size_t max, char **text, size_t *len)
{
	autofd int fd = sys_openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	size_t cap, n = 0;
	char *s, *bigger;
	ssize_t r;

	if (fd < 0)
		return fd;
	if (max > PTRDIFF_MAX / 4)
		max = PTRDIFF_MAX / 4;
	cap = first_guess(fd, max);
	s = arena_get(cap + 1);
	for (;;) {
		r = read_until(fd, s + n, cap - n);
		if (r < 0)
			return (int)r;
		n += (size_t)r;
		if (n > max)
			return -EFBIG;
		if (n < cap)
			break;
		cap = cap > max / 2 ? max + 1 : cap * 2;
		bigger = arena_get(cap + 1);
		memcpy(bigger, s, n);
		s = bigger;
	}
	s[n] = '\0';
	*text = s;
	if (len)
		*len = n;
	return 0;
}

ssize_t
file_peek(int dirfd, const char *path, char *buf, size_t cap)
{
	autofd int fd = sys_openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_until(fd, buf, cap - 1);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

int
file_put_fd(int fd, const char *text)
{
	size_t n = strlen(text);
	ssize_t r;

	do {
		r = sys_write(fd, text, n); /* the kernel's files take a value in one piece or not */
	} while (r == -EINTR);
	return r < 0 ? (int)r : (size_t)r == n ? 0 : -EIO;
}

int
file_put(int dirfd, const char *path, const char *text)
{
	autofd int fd = sys_openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);

	return fd < 0 ? fd : file_put_fd(fd, text);
}

const char *
file_absolute(const char *path)
{
	char *cwd;

	if (!path || *path == '/')
		return path;
	cwd = arena_get(PATH_MAX);
	return sys_getcwd(cwd, PATH_MAX) > 0 && *cwd == '/' ? text_path(cwd, path) : path;
}

/* A new file beside the path of n bytes, whose own name is put behind them (32 bytes are free); a descriptor or -errno. */
static int
open_beside(int dirfd, char *beside, size_t n)
{
	struct timespec t = {0};
	int tries, fd = -EEXIST;

	for (tries = 0; tries < 16 && fd == -EEXIST; tries++) {
		sys_clock_gettime(CLOCK_MONOTONIC, &t);
		text_fmt(beside + n, 32, ".%d.%09ld", sys_getpid(), t.tv_nsec);
		fd = sys_openat(dirfd, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return fd;
}

int
file_replace(int dirfd, const char *path, const char *text, size_t len, mode_t mode)
{
	size_t n = strlen(path);
	char room[256], *beside = n > sizeof room - 32 ? arena_get(n + 32) : room; /* on the stack most often: some write for years */
	autofd int fd = -1;
	int e;

	memcpy(beside, path, n);
	fd = open_beside(dirfd, beside, n);
	if (fd < 0)
		return fd;
	e = file_write_all(fd, text, len);
	if (!e)
		e = sys_fchmod(fd, mode); /* whatever the umask is */
	if (!e)
		e = sys_renameat2(dirfd, beside, dirfd, path, 0);
	if (e)
		sys_unlinkat(dirfd, beside, 0);
	return e;
}

int
file_mkdirs(const char *path, mode_t mode, unsigned *made)
{
	char sofar[PATH_MAX];
	const char *p = path;
	unsigned count = 0;
	struct stat st;
	int e = 0;

	if (*path != '/')
		return -EINVAL;
	if (strlen(path) >= sizeof sofar)
		return -ENAMETOOLONG;
	while (*p && (!e || e == -EEXIST)) {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		text_fmt(sofar, sizeof sofar, "%.*s", (int)(p - path), path);
		e = sys_mkdirat(AT_FDCWD, sofar, mode);
		count += e == 0;
	}
	if (made)
		*made = count;
	if (e && e != -EEXIST)
		return e;
	e = sys_fstatat(AT_FDCWD, path, &st, 0);
	return e ? e : S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* --- removing --------------------------------------------------------------------------------- */

enum { DEEPEST = 300, MOST = 1 << 20 };

/* Removes folder `name` if it is empty; opens it into *full if not.  The root of a mount says so when
 * one tries to remove it, on every kernel, also when it is a bind mount of the same file system: so
 * nothing is opened that was not tried. */
static int
remove_folder(int dirfd, const char *name, dev_t dev, int *full)
{
	autofd int fd = -1;
	struct stat st;
	int e = sys_unlinkat(dirfd, name, AT_REMOVEDIR);

	if (e != -ENOTEMPTY && e != -EEXIST)
		return e == -ENOENT ? 0 : e;
	fd = sys_openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	e = sys_fstat(fd, &st);
	if (!e && st.st_dev != dev)
		e = -EXDEV;
	if (!e)
		*full = file_keep(&fd);
	return e;
}

static int
remove_entry(int dirfd, const char *name, dev_t dev, int *full)
{
	int e;

	if (text_eq(name, ".") || text_eq(name, ".."))
		return 0;
	e = sys_unlinkat(dirfd, name, 0);
	if (e == -EISDIR)
		return remove_folder(dirfd, name, dev, full);
	return e == -ENOENT ? 0 : e;
}

/* Empties a folder up to the first one inside that is not empty, which is opened into *full. */
static int
sweep(int fd, dev_t dev, int *full)
{
	_Alignas(struct kernel_dirent) char buf[4096];
	ssize_t n, at;
	int e = 0;

	*full = -1;
	sys_lseek(fd, 0, SEEK_SET);
	while ((n = sys_getdents64(fd, buf, sizeof buf)) > 0) {
		for (at = 0; at < n && !e && *full < 0;) {
			const struct kernel_dirent *d = (const void *)(buf + at);

			e = remove_entry(fd, d->name, dev, full);
			at += d->reclen;
		}
		if (e || *full >= 0)
			return e;
	}
	return (int)n;
}

/* Down into each full folder, up from an empty one; its parent is then read again and removes it.
 * `top` is closed. */
static int
remove_below(int top, dev_t dev)
{
	int stack[DEEPEST] = {top}, n = 1, e = 0, full;
	unsigned sweeps = 0;

	while (n > 0 && !e) {
		e = sweep(stack[n - 1], dev, &full);
		if (++sweeps == MOST) /* somebody fills it as fast as it is emptied */
			e = -ENOTEMPTY;
		if (full < 0)
			file_close(&stack[--n]);
		else if (n < DEEPEST)
			stack[n++] = full;
		else
			e = (file_close(&full), -ELOOP);
	}
	while (n > 0)
		file_close(&stack[--n]);
	return e;
}

int
file_remove(int dirfd, const char *path)
{
	struct stat st;
	int top = -1, e = sys_fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW);

	if (e)
		return e;
	e = remove_folder(dirfd, path, st.st_dev, &top); /* -ENOTDIR if it is none */
	if (e || top < 0)
		return e;
	e = remove_below(top, st.st_dev);
	return e ? e : sys_unlinkat(dirfd, path, AT_REMOVEDIR);
}

bool
file_is_null(int fd)
{
	struct stat st;

	return sys_fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

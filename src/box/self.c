/* SPDX-License-Identifier: MIT */
/* self.c - a read-only copy of the running binary, and how to tell that we are one */
#include "box/self.h"

#include <sys/auxv.h>

#include "base/file.h"
#include "base/text.h"
#include "sys.h"

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#define F_SEAL_WRITE 8
#endif

enum { READ_ONLY = 1, ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

int
self_open(int flags)
{
	int fd = sys_openat(AT_FDCWD, "/proc/self/exe", flags | O_CLOEXEC, 0);

	if (fd == -ENOENT)
		fd = sys_openat(AT_FDCWD, (const char *)getauxval(AT_EXECFN), flags | O_CLOEXEC, 0);
	return fd;
}

/* All of F_SEAL_WRITE must be there: an ordinary file of a tmpfs answers F_GET_SEALS too, with F_SEAL_SEAL. */
static bool
is_sealed(void)
{
	autofd int fd = self_open(O_RDONLY);
	int seals = sys_fcntl(fd, F_GET_SEALS, 0);

	return seals > 0 && seals & F_SEAL_WRITE;
}

static bool
is_read_only(int fd)
{
	struct statfs fs;

	return sys_fstatfs(fd, &fs) == 0 && fs.f_flags & READ_ONLY;
}

static int
read_only_mount(int fd)
{
	struct kernel_mount_attr a = {.attr_set = MOUNT_ATTR_RDONLY};
	autofd int tree = sys_open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	int e;

	if (tree < 0)
		return tree;
	e = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &a, sizeof a);
	return e ? e : file_keep(&tree);
}

static int
sealed_copy(int fd)
{
	autofd int copy = sys_memfd_create("mote", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat st;
	off_t at = 0;
	ssize_t n = sys_fstat(fd, &st);

	if (copy < 0)
		return copy;
	while (n >= 0 && at < st.st_size)
		n = sys_sendfile(copy, fd, &at, st.st_size - at);
	if (n >= 0)
		n = sys_fcntl(copy, F_ADD_SEALS, ALL_SEALS);
	return n < 0 ? (int)n : file_keep(&copy);
}

/* A copy's mount has the file for its root; one that lies on a read-only mount of the host's has not (5.8). */
static bool
is_copy(int fd)
{
	struct kernel_statx st = {0};

	return !sys_statx(fd, "", AT_EMPTY_PATH, 0, &st) && st.attributes & STATX_ATTR_MOUNT_ROOT;
}

extern int relr_mount __attribute__((weak)); /* not where the architecture begins elsewhere */

void
self_let_go(void)
{
	if (!&relr_mount || !relr_mount)
		return;
	sys_close(relr_mount);
	relr_mount = 0;
}

int
self_protect(char *const argv[], char *const envp[], bool stays, bool keep)
{
	autofd int self = -1, copy = -1;

	if (&relr_mount && relr_mount) { /* done: the kernel has taken the copy */
		if (!keep)
			self_let_go();
		return 0;
	}
	self = self_open(O_PATH);
	if (self < 0) /* no /proc: a copy was executed as /dev/fd/N, which cannot be opened then */
		return text_starts((const char *)getauxval(AT_EXECFN), "/dev/fd/") ? 0 : self;
	if (is_read_only(self) && !(HAVE_INIT && stays && !is_copy(self)))
		return 0;
	copy = read_only_mount(self);
	if (copy < 0 && is_sealed())
		return 0;
	if (copy < 0) /* an old kernel, or no right to: the copy is as safe, and costs its size in memory */
		copy = sealed_copy(self_open(O_RDONLY));
	if (copy < 0)
		return copy;
	return sys_execveat(copy, "", argv, envp, AT_EMPTY_PATH);
}

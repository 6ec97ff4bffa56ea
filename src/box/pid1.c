/* SPDX-License-Identifier: MIT */
/* pid1.c - mounts, power and the change of roots of a machine whose process 1 is mote; reboot(2), switch_root(8) */
#include "box/pid1.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "sys.h"

/* clang-format off */
static const struct {
	const char *path, *type, *data;
	unsigned long flags;
} mounts[] = {
	{"/proc",          "proc",     NULL,       MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"/sys",           "sysfs",    NULL,       MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"/dev",           "devtmpfs", "mode=755", MS_NOSUID},
	{"/dev/pts",       "devpts",   "gid=5,mode=620,ptmxmode=666", MS_NOSUID | MS_NOEXEC},
	{"/dev/shm",       "tmpfs",    NULL,       MS_NOSUID | MS_NODEV},
	{"/run",           "tmpfs",    "mode=755", MS_NOSUID | MS_NODEV},
	{"/sys/fs/cgroup", "cgroup2",  NULL,       MS_NOSUID | MS_NODEV | MS_NOEXEC},
};
enum { MOUNTS = sizeof mounts / sizeof *mounts };
static const char moved[][6] = {"/dev", "/proc", "/sys", "/run"};
/* clang-format on */

bool
pid1_mounted(const char *path)
{
	struct kernel_open_how how = {.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_NO_XDEV};
	const char *slash = strrchr(path, '/');
	char parent[4096];
	autofd int up = -1;
	autofd int fd = -1;
	struct stat a, b;

	if (!slash[1] || slash - path >= (ptrdiff_t)sizeof parent)
		return slash == path;
	text_fmt(parent, sizeof parent, "%.*s/", (int)(slash - path), path);
	up = sys_openat(AT_FDCWD, parent, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	fd = sys_openat2(up, slash + 1, &how, sizeof how);
	if (fd != -ENOSYS)
		return fd == -EXDEV;
	return !sys_fstat(up, &a) && !sys_fstatat(up, slash + 1, &b, AT_SYMLINK_NOFOLLOW) && a.st_dev != b.st_dev;
}

/* A /dev that somebody has filled is as good as a mount. */
static bool
there(const char *path)
{
	struct stat st;

	return pid1_mounted(path) || (text_eq(path, "/dev") && !sys_fstatat(AT_FDCWD, "/dev/null", &st, 0) && S_ISCHR(st.st_mode));
}

/* Each by itself: one that the kernel does not give away keeps no other back. */
static void
delegate(void)
{
	char all[512], one[64], *p = all, *end;
	ssize_t n = file_peek(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", all, sizeof all);

	for (; n > 0 && *p; p = end + (*end != 0)) {
		end = p + strcspn(p, " \n");
		text_fmt(one, sizeof one, "+%.*s", (int)(end - p), p);
		if (end > p)
			file_put(AT_FDCWD, "/sys/fs/cgroup/cgroup.subtree_control", one);
	}
}

static int
mount_one(size_t i)
{
	int e = file_mkdirs(mounts[i].path, 0755, NULL);

	if (e)
		return e;
	e = sys_mount(mounts[i].type, mounts[i].path, mounts[i].type, mounts[i].flags, mounts[i].data);
	return e == -ENODEV && text_eq(mounts[i].type, "cgroup2") ? 0 : e; /* a kernel without cgroups has none to mount */
}

int
pid1_mounts(const char **path)
{
	int e, first = 0;
	size_t i;

	for (i = 0; i < MOUNTS; i++) {
		e = there(mounts[i].path) ? 0 : mount_one(i);
		if (!e || first)
			continue;
		first = e;
		*path = mounts[i].path;
	}
	delegate();
	return first;
}

/* --- power ------------------------------------------------------------------------------------ */

/* Sends the signal to all and waits, `grace` milliseconds at most, for those who are ours in the end: everybody. */
static void
end_all(int sig, unsigned grace)
{
	static const struct timespec step = {.tv_nsec = 20000000};
	unsigned ms;
	pid_t pid = 0;

	sys_kill(-1, sig);
	for (ms = 0; ms < grace && pid != -ECHILD; ms += 20) {
		while ((pid = sys_wait4(-1, NULL, WNOHANG, NULL)) > 0)
			;
		if (pid != -ECHILD)
			sys_nanosleep(&step, NULL);
	}
}

/* Process 1 of a namespace has not made the mounts it sees, and what it makes read-only may be the machine's. */
static bool
owns_machine(void)
{
	struct stat st;

	return !sys_fstatat(AT_FDCWD, "/proc/self/ns/pid", &st, 0) && st.st_ino == 0xeffffffc; /* PROC_PID_INIT_INO */
}

/* Last mounted first.  What is busy is made read-only, which writes it out as well. */
static void
unmount_all(void)
{
	char *text, *line, *p, *path;
	size_t i, len;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 1 << 20, &text, &len))
		return;
	while (len > 0) {
		text[--len] = 0;
		for (; len > 0 && text[len - 1] != '\n'; len--)
			;
		for (i = 0, line = p = text + len; i < 4 && p; i++)
			p = strchr(p, ' ') ? strchr(p, ' ') + 1 : NULL;
		path = arena_copy(p ? p : line, strcspn(p ? p : line, " "));
		if (!p || !names_decode(path, path, strlen(path)) || text_starts(path, "/proc") || text_starts(path, "/dev") || text_starts(path, "/sys"))
			continue;
		if (sys_umount2(path, 0))
			sys_mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL);
	}
}

int
pid1_power(enum power how, unsigned grace)
{
	static const unsigned words[] = {0x4321fedc, 0x01234567, 0xcdef0123}; /* LINUX_REBOOT_CMD_POWER_OFF, RESTART, HALT */

	end_all(SIGTERM, grace);
	end_all(SIGKILL, grace);
	sys_sync();
	if (owns_machine())
		unmount_all();
	sys_sync();
	return sys_reboot(words[how]);
}

/* --- another root ----------------------------------------------------------------------------- */

/* Of the file system that mote itself is on, and no other: an initramfs is memory. */
static void
empty_root(void)
{
	autofd int fd = sys_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct name_list l = {0};
	struct statfs fs;
	size_t i;

	if (fd < 0 || sys_fstatfs(fd, &fs) || (fs.f_type != 0x858458f6 && fs.f_type != 0x01021994) || names_read(fd, &l)) /* ramfs, tmpfs */
		return;
	for (i = 0; i < l.n; i++)
		if (sys_unlinkat(fd, l.v[i], 0))
			file_remove(fd, l.v[i]);
}

static int
carry(const char *root, const char *path, bool keep)
{
	const char *to = text_path(root, path);

	if (!pid1_mounted(path))
		return 0;
	sys_mkdirat(AT_FDCWD, to, 0755);
	return sys_mount(path, to, NULL, keep ? MS_BIND | MS_REC : MS_MOVE, NULL);
}

static void
console(void)
{
	int fd = sys_openat(AT_FDCWD, "/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC, 0), i;

	for (i = 0; i < 3 && fd >= 0; i++)
		sys_dup3(fd, i, 0);
}

int
pid1_switch(const char *root, bool keep, char *const argv[], char *const envp[], const char **what)
{
	struct stat st;
	size_t i;
	int e = 0;

	*what = text_make("%s in %s", argv[0], root);
	root = text_clean(root);
	if (!pid1_mounted(root))
		return *what = root, -EINVAL;
	e = sys_fstatat(AT_FDCWD, text_path(root, argv[0]), &st, AT_SYMLINK_NOFOLLOW);
	for (i = 0; i < sizeof moved / sizeof *moved && !e; i++) {
		*what = moved[i];
		e = carry(root, moved[i], keep);
	}
	if (e)
		return e;
	*what = root;
	e = sys_chdir(root);
	if (!e && !keep)
		empty_root();
	if (!e)
		e = sys_mount(".", "/", NULL, MS_MOVE, NULL);
	if (!e)
		e = sys_chroot(".");
	if (e || (e = sys_chdir("/")))
		return e;
	console();
	*what = argv[0];
	return sys_execve(argv[0], argv, envp);
}

/* SPDX-License-Identifier: MIT */
/* floor.c - the least that this kernel lets a container cost.
 *
 * It asks the kernel for what tests/bench/config.json describes (the bundle of `runc spec` without
 * its cgroup limits), each thing once and in one order, and does nothing else: it reads no file,
 * parses nothing, keeps no state, allocates nothing.  It is the denominator of `make bench` and no
 * runtime: what a config says is written out here by hand, and bench.sh proves with the probe that
 * the result is the same container.
 *
 * usage: floor [-c] ROOTFS PROGRAM [ARG...]         -c: with a cgroup2 mount, as config.json has it
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum {
	CAPS_KEPT = 1 << 29 | 1 << 10 | 1 << 5, /* AUDIT_WRITE, NET_BIND_SERVICE, KILL */
	CAP_VERSION_3 = 0x20080522,
	RANGE_CLOEXEC = 4,
	JOIN_SESSION_KEYRING = 1,
	NEVER = MS_NOSUID | MS_NODEV | MS_NOEXEC,
};

static const char *const masked[] = {"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
	"/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
	"/sys/firmware", "/proc/scsi"};
static const char *const readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
static const struct {
	const char *path;
	unsigned minor;
} devices[] = {
	{"dev/null", 3}, {"dev/zero", 5}, {"dev/full", 7}, {"dev/random", 8}, {"dev/urandom", 9}};

/* Every call must work, or the number measured is that of something else. */
static void
must(long r, const char *what)
{
	if (r >= 0)
		return;
	if (write(2, "floor: ", 7) < 0 || write(2, what, strlen(what)) < 0 || write(2, "\n", 1) < 0)
		_exit(126);
	_exit(125);
}

static void
mount_on(const char *source, const char *target, const char *type, unsigned long flags,
	const char *data)
{
	must(mount(source, target, type, flags, data), target);
}

static void
mount_all(void)
{
	mount_on("proc", "proc", "proc", 0, NULL);
	mount_on("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
	must(mkdir("dev/pts", 0755), "dev/pts");
	must(mkdir("dev/shm", 0755), "dev/shm");
	must(mkdir("dev/mqueue", 0755), "dev/mqueue");
	mount_on("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		"newinstance,ptmxmode=0666,mode=0620,gid=5");
	mount_on("shm", "dev/shm", "tmpfs", NEVER, "mode=1777,size=65536k");
	mount_on("mqueue", "dev/mqueue", "mqueue", NEVER, NULL);
	mount_on("sysfs", "sys", "sysfs", NEVER | MS_RDONLY, NULL);
}

static void
mount_cgroup(void)
{
	mount_on("cgroup", "sys/fs/cgroup", "cgroup2", NEVER | MS_RELATIME, NULL);
	mount_on(NULL, "sys/fs/cgroup", NULL,
		MS_BIND | MS_REMOUNT | MS_RDONLY | NEVER | MS_RELATIME, NULL);
}

static void
make_devices(void)
{
	size_t i;

	for (i = 0; i < sizeof devices / sizeof devices[0]; i++)
		must(mknod(devices[i].path, S_IFCHR | 0666, makedev(1, devices[i].minor)),
			devices[i].path);
	must(mknod("dev/tty", S_IFCHR | 0666, makedev(5, 0)), "dev/tty");
	must(symlink("/proc/self/fd", "dev/fd"), "dev/fd");
	must(symlink("/proc/self/fd/0", "dev/stdin"), "dev/stdin");
	must(symlink("/proc/self/fd/1", "dev/stdout"), "dev/stdout");
	must(symlink("/proc/self/fd/2", "dev/stderr"), "dev/stderr");
	must(symlink("pts/ptmx", "dev/ptmx"), "dev/ptmx");
}

static void
loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(fd, "socket");
	must(ioctl(fd, SIOCSIFFLAGS, &lo), "lo");
}

static void
switch_root(void)
{
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "umount");
	must(chdir("/"), "chdir");
	mount_on(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
}

/* Paths which this kernel does not have are passed over, as the specification wants. What a path is is asked first: a bind mount that
 * is refused (ENOTDIR) costs 0.06 ms, for the kernel waits for all processors when it takes the copy back. */
static void
hide(void)
{
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof readonly / sizeof readonly[0]; i++) {
		if (mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL) < 0)
			continue;
		mount_on(NULL, readonly[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
	}
	for (i = 0; i < sizeof masked / sizeof masked[0]; i++) {
		if (stat(masked[i], &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			mount_on("tmpfs", masked[i], "tmpfs", MS_RDONLY, NULL);
		else
			mount_on("/dev/null", masked[i], NULL, MS_BIND, NULL);
	}
}

/* Root becomes a small root; nothing that needs a capability comes after this. */
static void
drop(void)
{
	struct {
		uint32_t version;
		int pid;
	} head = {CAP_VERSION_3, 0};
	struct {
		uint32_t effective, permitted, inheritable;
	} caps[2] = {{CAPS_KEPT, CAPS_KEPT, 0}, {0, 0, 0}};
	struct rlimit files = {1024, 1024};
	int i;

	must(setrlimit(RLIMIT_NOFILE, &files), "rlimit");
	must(syscall(SYS_setgroups, 0, NULL), "setgroups");
	for (i = 0; i <= 40; i++)
		if (i > 30 || !(CAPS_KEPT >> i & 1))
			must(prctl(PR_CAPBSET_DROP, i, 0, 0, 0), "bounding set");
	must(syscall(SYS_capset, &head, caps), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void
box(const char *rootfs, char **program, bool cgroup)
{
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char term[] = "TERM=xterm", home[] = "HOME=/";
	static char *const env[] = {path, term, home, NULL};

	must(setsid(), "setsid");
	must(syscall(SYS_keyctl, JOIN_SESSION_KEYRING, "floor"), "keyring");
	mount_on(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
	mount_on(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL);
	must(chdir(rootfs), rootfs);
	umask(0);
	mount_all();
	if (cgroup)
		mount_cgroup();
	make_devices();
	umask(022);
	must(sethostname("bench", 5), "sethostname");
	loopback_up();
	switch_root();
	hide();
	drop();
	must(syscall(SYS_close_range, 3, ~0U, RANGE_CLOEXEC), "close_range");
	execve(program[0], program, env);
	must(-1, program[0]);
}

int
main(int argc, char **argv)
{
	uint64_t clone_args[8] = {
		CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS, 0, 0, 0,
		SIGCHLD};
	bool cgroup = argc > 1 && !strcmp(argv[1], "-c");
	int status = 0;
	long pid;

	argv += cgroup;
	if (argc - cgroup < 3)
		return 64;
	pid = syscall(SYS_clone3, clone_args, sizeof clone_args);
	must(pid, "clone3");
	if (pid == 0)
		box(argv[1], argv + 2, cgroup);
	must(waitpid((pid_t)pid, &status, 0), "waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

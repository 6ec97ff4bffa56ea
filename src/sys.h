/* SPDX-License-Identifier: MIT */
/* sys.h - every system call mote makes, one inline function each; no policy, no retry, no defaults
 *
 * A function is named after its system call, takes the arguments of section 2 of the manual in that
 * order and returns what the kernel returns: >= 0, or -errno.  errno is used nowhere else.
 *
 * Most go through libc's syscall(3).  Three kinds go through libc's own function instead:
 *   (64)   64-bit arguments, which 32-bit machines pass in pairs of registers, or such structs;
 *   (time) structs with times, which have two shapes on 32-bit machines;
 *   (libc) calls whose number or struct differs between machines and which libc only translates.
 * The ids (setresuid and so on) must NOT: libc's functions change every thread, take locks and are
 * not safe after a raw clone(2).
 *
 * Do not include <linux/mount.h>, <linux/sched.h>, <linux/openat2.h> or <linux/fcntl.h>: they
 * collide with a libc's headers.  What they would give stands in kernel.h. */
#ifndef SYS_H
#define SYS_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

struct bpf_insn;

static inline long sys_ret(long r) { return r < 0 ? -errno : r; }
#define SYS(name, ...) sys_ret(syscall(SYS_##name, __VA_ARGS__))
#define SYS0(name) sys_ret(syscall(SYS_##name))

/* Where number and struct of the kernel are those of libc, its functions are only longer. */
#if defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
#define KERNEL64(raw, libc) (raw)
#else
#define KERNEL64(raw, libc) (libc)
#endif

/* i386 and arm have two numbers for calls with user ids; the plain one means 16-bit ids. */
#ifdef SYS_setresuid32
#define SYS_ID(name, ...) SYS(name##32, __VA_ARGS__)
#else
#define SYS_ID(name, ...) SYS(name, __VA_ARGS__)
#endif

/* clang-format off: a table, a line or two a call */

/* --- files ------------------------------------------------------------------------------------ */

/* O_LARGEFILE: without it a 32-bit machine refuses files past 2 GiB. */
static inline int sys_openat(int dirfd, const char *path, int flags, mode_t mode)
	{ return SYS(openat, dirfd, path, flags | O_LARGEFILE, mode); }

/* Linux 5.6.  Unlike openat it refuses flags and mode bits that do not belong together. */
static inline int sys_openat2(int dirfd, const char *path, struct kernel_open_how *how, size_t size)
	{ return SYS(openat2, dirfd, path, how, size); }
static inline int sys_close(int fd) { return SYS(close, fd); }

/* Linux 5.9; CLOSE_RANGE_CLOEXEC 5.11. */
static inline int sys_close_range(unsigned first, unsigned last, unsigned flags)
	{ return SYS(close_range, first, last, flags); }
static inline ssize_t sys_read(int fd, void *buf, size_t n) { return SYS(read, fd, buf, n); }
static inline ssize_t sys_write(int fd, const void *buf, size_t n)
	{ return SYS(write, fd, buf, n); }
static inline ssize_t sys_pread(int fd, void *buf, size_t n, off_t at) /* (64) */
	{ return sys_ret(pread(fd, buf, n, at)); }
static inline ssize_t sys_pwrite(int fd, const void *buf, size_t n, off_t at) /* (64) */
	{ return sys_ret(pwrite(fd, buf, n, at)); }
static inline off_t
sys_lseek(int fd, off_t at, int whence) /* (64) */
{
	off_t r = lseek(fd, at, whence);

	return r < 0 ? -errno : r;
}

static inline int sys_ftruncate(int fd, off_t n) { return sys_ret(ftruncate(fd, n)); } /* (64) */
static inline int sys_fallocate(int fd, int mode, off_t at, off_t n) /* (64) */
	{ return sys_ret(fallocate(fd, mode, at, n)); }
static inline ssize_t sys_sendfile(int out, int in, off_t *at, size_t n) /* (64) */
	{ return sys_ret(sendfile(out, in, at, n)); }
static inline int sys_fsync(int fd) { return SYS(fsync, fd); }
static inline int sys_dup3(int from, int to, int flags) { return SYS(dup3, from, to, flags); }
static inline int sys_fcntl(int fd, int cmd, long arg) /* (64) */
	{ return KERNEL64(SYS(fcntl, fd, cmd, arg), sys_ret(fcntl(fd, cmd, arg))); }
static inline int sys_flock(int fd, int how) { return SYS(flock, fd, how); }
static inline int sys_ioctl(int fd, unsigned long request, void *arg)
	{ return SYS(ioctl, fd, request, arg); }
static inline int sys_inotify_init1(int flags) { return SYS(inotify_init1, flags); }
static inline int sys_inotify_add_watch(int fd, const char *path, uint32_t mask)
	{ return SYS(inotify_add_watch, fd, path, mask); }
static inline int sys_inotify_rm_watch(int fd, int watch) { return SYS(inotify_rm_watch, fd, watch); }
static inline int sys_pipe2(int fds[2], int flags) { return SYS(pipe2, fds, flags); }
static inline int sys_eventfd2(unsigned start, int flags) { return SYS(eventfd2, start, flags); }
static inline int sys_memfd_create(const char *name, unsigned flags) /* Linux 3.17 */
	{ return SYS(memfd_create, name, flags); }
static inline int sys_poll(struct pollfd *fds, nfds_t n, int milliseconds) /* (libc) */
	{ return sys_ret(poll(fds, n, milliseconds)); }
static inline ssize_t sys_getdents64(int fd, void *buf, size_t n)
	{ return SYS(getdents64, fd, buf, n); }
static inline int sys_fstat(int fd, struct stat *st) /* (64) */
	{ return KERNEL64(SYS(fstat, fd, st), sys_ret(fstat(fd, st))); }
static inline int sys_fstatat(int dirfd, const char *path, struct stat *st, int flags) /* (64) */
	{ return KERNEL64(SYS(newfstatat, dirfd, path, st, flags), sys_ret(fstatat(dirfd, path, st, flags))); }
static inline int sys_statx(int dirfd, const char *path, int flags, unsigned mask,
	struct kernel_statx *st)
	{ return SYS(statx, dirfd, path, flags, mask, st); } /* Linux 4.11 */
static inline int sys_statfs(const char *path, struct statfs *st) /* (64) */
	{ return sys_ret(statfs(path, st)); }
static inline int sys_fstatfs(int fd, struct statfs *st) /* (64) */
	{ return sys_ret(fstatfs(fd, st)); }
static inline int sys_faccessat(int dirfd, const char *path, int mode)
	{ return SYS(faccessat, dirfd, path, mode); }
static inline ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t n)
	{ return SYS(readlinkat, dirfd, path, buf, n); }
static inline int sys_mkdirat(int dirfd, const char *path, mode_t mode)
	{ return SYS(mkdirat, dirfd, path, mode); }
static inline int sys_mknodat(int dirfd, const char *path, mode_t mode, dev_t dev) /* (64) */
	{ return sys_ret(mknodat(dirfd, path, mode, dev)); }
static inline int sys_symlinkat(const char *target, int dirfd, const char *path)
	{ return SYS(symlinkat, target, dirfd, path); }
static inline int sys_linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
	{ return SYS(linkat, fromfd, from, tofd, to, flags); }
static inline int sys_unlinkat(int dirfd, const char *path, int flags)
	{ return SYS(unlinkat, dirfd, path, flags); }
static inline int sys_renameat2(int fromfd, const char *from, int tofd, const char *to,
	unsigned flags)
	{ return SYS(renameat2, fromfd, from, tofd, to, flags); } /* Linux 3.15 */
static inline int sys_fchmod(int fd, mode_t mode) { return SYS(fchmod, fd, mode); }

/* Follows links: the system call has no flags (fchmodat2, at the end, has). */
static inline int sys_fchmodat(int dirfd, const char *path, mode_t mode)
	{ return SYS(fchmodat, dirfd, path, mode); }

static inline int sys_fchown(int fd, uid_t uid, gid_t gid) { return SYS_ID(fchown, fd, uid, gid); }
static inline int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
	{ return SYS(fchownat, dirfd, path, uid, gid, flags); }
static inline int sys_utimensat(int dirfd, const char *path, const struct timespec times[2],
	int flags)
	{ return sys_ret(utimensat(dirfd, path, times, flags)); } /* (time) */
static inline int sys_futimens(int fd, const struct timespec times[2]) { return sys_ret(futimens(fd, times)); } /* (time) */
static inline ssize_t sys_getxattr(const char *path, const char *name, void *buf, size_t n)
	{ return SYS(getxattr, path, name, buf, n); }

static inline ssize_t sys_fgetxattr(int fd, const char *name, void *buf, size_t n)
	{ return SYS(fgetxattr, fd, name, buf, n); }
static inline ssize_t sys_flistxattr(int fd, char *buf, size_t n)
	{ return SYS(flistxattr, fd, buf, n); }
static inline int sys_fsetxattr(int fd, const char *name, const void *buf, size_t n, int flags)
	{ return SYS(fsetxattr, fd, name, buf, n, flags); }
static inline int sys_chdir(const char *path) { return SYS(chdir, path); }
static inline int sys_fchdir(int fd) { return SYS(fchdir, fd); }
static inline int sys_chroot(const char *path) { return SYS(chroot, path); }

/* The length with its NUL; "(unreachable)/..." when the folder is outside the root. */
static inline ssize_t sys_getcwd(char *buf, size_t n) { return SYS(getcwd, buf, n); }

static inline mode_t sys_umask(mode_t mode) { return SYS(umask, mode); }

/* --- mounts ----------------------------------------------------------------------------------- */

static inline int sys_mount(const char *source, const char *target, const char *type,
	unsigned long flags, const void *data)
	{ return SYS(mount, source, target, type, flags, data); }
static inline int sys_reboot(unsigned how) { return SYS(reboot, 0xfee1deadUL, 672274793, how, NULL); }
static inline int sys_sync(void) { return SYS0(sync); }
static inline int sys_umount2(const char *target, int flags) { return SYS(umount2, target, flags); }
static inline int sys_pivot_root(const char *new, const char *old)
	{ return SYS(pivot_root, new, old); }
static inline int sys_open_tree(int dirfd, const char *path, unsigned flags) /* Linux 5.2 */
	{ return SYS(open_tree, dirfd, path, flags); }
static inline int sys_move_mount(int fromfd, const char *from, int tofd, const char *to,
	unsigned flags)
	{ return SYS(move_mount, fromfd, from, tofd, to, flags); } /* Linux 5.2 */
static inline int sys_fsopen(const char *type, unsigned flags) /* Linux 5.2 */
	{ return SYS(fsopen, type, flags); }

static inline int sys_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux)
	{ return SYS(fsconfig, fd, cmd, key, value, aux); } /* Linux 5.2 */
static inline int sys_fsmount(int fd, unsigned flags, unsigned attr) /* Linux 5.2 */
	{ return SYS(fsmount, fd, flags, attr); }

static inline int sys_mount_setattr(int dirfd, const char *path, unsigned flags,
	struct kernel_mount_attr *attr, size_t size)
	{ return SYS(mount_setattr, dirfd, path, flags, attr, size); } /* Linux 5.12 */

/* --- processes -------------------------------------------------------------------------------- */

/* The raw call, used as fork(2) with namespaces: no CLONE_VM, the child goes on here on a copy of
 * the stack and gets 0.  With CLONE_PIDFD (5.2) the descriptor comes back in *pidfd, else it may be
 * NULL.  libc does not know of this child: in it, raise(3), abort(3) and threads are out. */
static inline pid_t
sys_clone(unsigned long flags, int *pidfd)
{
	return SYS(clone, flags, 0L, pidfd, 0L, 0L); /* s390 and microblaze have another order */
}

static inline pid_t sys_clone3(struct kernel_clone_args *args, size_t size)
	{ return SYS(clone3, args, size); } /* Linux 5.3; the same caveats */
static inline int sys_unshare(int flags) { return SYS(unshare, flags); }

static inline int sys_setns(int fd, int flags) /* a pidfd for fd: Linux 5.8 */
	{ return SYS(setns, fd, flags); }
static inline int sys_execve(const char *path, char *const argv[], char *const envp[])
	{ return SYS(execve, path, argv, envp); }
static inline int sys_execveat(int dirfd, const char *path, char *const argv[],
	char *const envp[], int flags)
	{ return SYS(execveat, dirfd, path, argv, envp, flags); } /* Linux 3.19 */

static inline _Noreturn void
sys_exit_group(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

static inline pid_t sys_wait4(pid_t pid, int *status, int options, struct rusage *usage)
	{ return sys_ret(wait4(pid, status, options, usage)); } /* (time) */
static inline int sys_waitid(int type, id_t id, siginfo_t *info, int options) /* (libc) */
	{ return sys_ret(waitid((idtype_t)type, id, info, options)); }

static inline int sys_kill(pid_t pid, int sig) { return SYS(kill, pid, sig); }
static inline int sys_pidfd_open(pid_t pid, unsigned flags) /* Linux 5.3 */
	{ return SYS(pidfd_open, pid, flags); }
static inline int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)
	{ return SYS(pidfd_send_signal, pidfd, sig, info, flags); } /* Linux 5.1 */
static inline int sys_pidfd_getfd(int pidfd, int fd, unsigned flags) /* Linux 5.6 */
	{ return SYS(pidfd_getfd, pidfd, fd, flags); }

static inline int sys_is_seccomp(uint64_t number) { return number == SYS_seccomp; } /* of a traced process */
static inline int sys_ptrace(long request, pid_t pid, unsigned long address, unsigned long data)
	{ return SYS(ptrace, request, pid, address, data); }
static inline pid_t sys_getpid(void) { return SYS0(getpid); }
static inline pid_t sys_getppid(void) { return SYS0(getppid); }
static inline pid_t sys_setsid(void) { return SYS0(setsid); }
static inline int sys_setpgid(pid_t pid, pid_t group) { return SYS(setpgid, pid, group); }

/* prctl(2) reads all five; an option that wants fewer wants zeroes behind them. */
static inline int sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c,
	unsigned long d)
	{ return SYS(prctl, option, a, b, c, d); }

static inline int sys_personality(unsigned long persona) { return SYS(personality, persona); }
static inline int sys_seccomp(unsigned op, unsigned flags, void *arg) /* Linux 3.17 */
	{ return SYS(seccomp, op, flags, arg); }
static inline int sys_bpf(int cmd, void *attr, unsigned size) { return SYS(bpf, cmd, attr, size); }
static inline long sys_keyctl(int op, unsigned long a, unsigned long b, unsigned long c,
	unsigned long d)
	{ return SYS(keyctl, op, a, b, c, d); }

/* --- who -------------------------------------------------------------------------------------- */

static inline uid_t sys_getuid(void) /* (libc): 16-bit numbers on i386 and arm; cannot fail */
	{ return getuid(); }
static inline uid_t sys_geteuid(void) { return geteuid(); } /* (libc) */
static inline gid_t sys_getegid(void) { return getegid(); } /* (libc) */

static inline int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
	{ return SYS_ID(setresuid, real, effective, saved); }
static inline int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
	{ return SYS_ID(setresgid, real, effective, saved); }
static inline int sys_setgroups(size_t n, const gid_t *groups)
	{ return SYS_ID(setgroups, n, groups); }
static inline int sys_getgroups(int n, gid_t *groups) { return SYS_ID(getgroups, n, groups); }

/* The structs are those of <linux/capability.h>: a header and an array of two data. */
static inline int sys_capget(void *header, void *data) { return SYS(capget, header, data); }

static inline int sys_capset(void *header, const void *data) { return SYS(capset, header, data); }
static inline int sys_sethostname(const char *name, size_t n) { return SYS(sethostname, name, n); }
static inline int sys_setdomainname(const char *name, size_t n)
	{ return SYS(setdomainname, name, n); }
static inline int sys_sysinfo(struct sysinfo *s) { return sys_ret(sysinfo(s)); } /* (libc) */
static inline int sys_uname(struct utsname *u) /* (libc): several numbers on i386 */
	{ return sys_ret(uname(u)); }

/* --- limits and scheduling -------------------------------------------------------------------- */

static inline int sys_prlimit64(pid_t pid, int resource, const struct rlimit *new,
	struct rlimit *old)
	{ return sys_ret(prlimit(pid, resource, new, old)); } /* (64) */
static inline int sys_sched_setattr(pid_t pid, struct kernel_sched_attr *attr, unsigned flags)
	{ return SYS(sched_setattr, pid, attr, flags); } /* Linux 3.14 */

/* Masks are arrays of unsigned long, bit n for processor n; size in bytes. */
static inline int sys_sched_setaffinity(pid_t pid, size_t size, const unsigned long *mask)
	{ return SYS(sched_setaffinity, pid, size, mask); }

static inline int sys_sched_getaffinity(pid_t pid, size_t size, unsigned long *mask)
	{ return SYS(sched_getaffinity, pid, size, mask); }
static inline int sys_ioprio_set(int which, int who, int ioprio)
	{ return SYS(ioprio_set, which, who, ioprio); }
static inline int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max)
	{ return SYS(set_mempolicy, mode, nodes, max); }

/* --- signals and time ------------------------------------------------------------------------- */

static inline int sys_rt_sigprocmask(int how, const sigset_t *set, sigset_t *old)
	{ return SYS(rt_sigprocmask, how, set, old, (size_t)_NSIG / 8); }
static inline int sys_signal_default(int sig) /* libc refuses its own 32 to 34; all of the struct is 0 */
	{ return SYS(rt_sigaction, sig, (const long[24]){0}, NULL, (size_t)_NSIG / 8); }
static inline int sys_signalfd4(int fd, const sigset_t *set, int flags)
	{ return SYS(signalfd4, fd, set, (size_t)_NSIG / 8, flags); }

static inline int sys_timerfd_create(int clock, int flags)
	{ return SYS(timerfd_create, clock, flags); }
static inline int sys_timerfd_settime(int fd, int flags, const struct itimerspec *new,
	struct itimerspec *old)
	{ return sys_ret(timerfd_settime(fd, flags, new, old)); } /* (time) */
static inline int sys_clock_gettime(clockid_t clock, struct timespec *t) /* (time) */
	{ return KERNEL64(SYS(clock_gettime, clock, t), sys_ret(clock_gettime(clock, t))); }

static inline int sys_nanosleep(const struct timespec *t, struct timespec *left) /* (time) */
	{ return sys_ret(nanosleep(t, left)); }
static inline ssize_t sys_getrandom(void *buf, size_t n, unsigned flags) /* Linux 3.17 */
	{ return SYS(getrandom, buf, n, flags); }

/* --- sockets, all (libc): one number for all of them on i386, padded structs on 64 bits ------- */

static inline int sys_socket(int family, int type, int protocol)
	{ return KERNEL64(SYS(socket, family, type, protocol), sys_ret(socket(family, type, protocol))); }
static inline int sys_socketpair(int family, int type, int protocol, int fds[2])
	{ return KERNEL64(SYS(socketpair, family, type, protocol, fds), sys_ret(socketpair(family, type, protocol, fds))); }
static inline int sys_bind(int fd, const void *address, socklen_t n)
	{ return sys_ret(bind(fd, address, n)); }
static inline int sys_listen(int fd, int backlog) { return sys_ret(listen(fd, backlog)); }
static inline int sys_connect(int fd, const void *address, socklen_t n)
	{ return sys_ret(connect(fd, address, n)); }
static inline int sys_accept4(int fd, void *address, socklen_t *n, int flags)
	{ return KERNEL64(SYS(accept4, fd, address, n, flags), sys_ret(accept4(fd, address, n, flags))); }
static inline int sys_shutdown(int fd, int how) { return sys_ret(shutdown(fd, how)); }
static inline int sys_getsockopt(int fd, int level, int name, void *value, socklen_t *n)
	{ return sys_ret(getsockopt(fd, level, name, value, n)); }
static inline int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t n)
	{ return sys_ret(setsockopt(fd, level, name, value, n)); }
static inline ssize_t sys_sendto(int fd, const void *buf, size_t n, int flags,
	const void *address, socklen_t size)
	{ return sys_ret(sendto(fd, buf, n, flags, address, size)); }
static inline ssize_t sys_sendmsg(int fd, const struct msghdr *m, int flags)
	{ return sys_ret(sendmsg(fd, m, flags)); }
static inline ssize_t sys_recvmsg(int fd, struct msghdr *m, int flags)
	{ return sys_ret(recvmsg(fd, m, flags)); }

/* --- terminals, memory ------------------------------------------------------------------------ */

static inline int sys_tcgetattr(int fd, struct termios *t)
	{ return sys_ret(tcgetattr(fd, t)); } /* (libc): its struct is not the kernel's */
static inline int sys_tcsetattr(int fd, int when, const struct termios *t) /* (libc) */
	{ return sys_ret(tcsetattr(fd, when, t)); }

/* The one call that returns no number: NULL, not MAP_FAILED, when there is no memory. (64) */
static inline void *
sys_mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
	void *p = mmap(at, n, prot, flags, fd, offset);

	return p == MAP_FAILED ? NULL : p;
}

static inline int sys_munmap(void *at, size_t n) { return SYS(munmap, at, n); }
static inline int sys_mprotect(void *at, size_t n, int prot) { return SYS(mprotect, at, n, prot); }

/* Linux 6.6; AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
static inline int sys_fchmodat2(int dirfd, const char *path, mode_t mode, int flags)
	{ return SYS(fchmodat2, dirfd, path, mode, flags); }
#endif

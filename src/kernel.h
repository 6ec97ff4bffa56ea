/* SPDX-License-Identifier: MIT */
/* kernel.h - numbers, structs and constants of the kernel that musl 1.2.3 or Linux 6.1's headers lack, with the version that
 * brought them; sys.h includes it behind libc's headers, and nobody else does */
#ifndef KERNEL_H
#define KERNEL_H

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/syscall.h>

/* clang-format off */

/* Numbers from 424 on are the same everywhere but for mips, which counts from a base. */
#if defined(__mips__) && _MIPS_SIM == _MIPS_SIM_ABI32
#define SYS_BASE 4000
#elif defined(__mips__) && _MIPS_SIM == _MIPS_SIM_ABI64
#define SYS_BASE 5000
#elif defined(__mips__)
#define SYS_BASE 6000
#else
#define SYS_BASE 0
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 (SYS_BASE + 452) /* 6.6 */
#endif

struct kernel_dirent { /* what getdents64 writes */
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

struct kernel_open_how { /* 5.6 */
	uint64_t flags, mode, resolve;
};

struct kernel_clone_args { /* 5.3 */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size; /* 5.5 */
	uint64_t cgroup;                /* 5.7 */
};

struct kernel_pidfd_info { /* 6.13; exit_code 6.15 */
	uint64_t mask, cgroup;
	uint32_t pid, tgid, ppid, ids[8];
	int32_t exit_code; /* as wait(2) gives it, once the process has been reaped */
};
#ifndef PIDFD_GET_INFO
#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct kernel_pidfd_info)
#endif
#ifndef PIDFD_INFO_EXIT
#define PIDFD_INFO_EXIT (1UL << 3)
#endif

struct kernel_statx { /* 4.11; attributes 5.8 tell the root of a mount */
	uint32_t mask, block_size;
	uint64_t attributes, some[5], attributes_mask, rest[24];
};
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000
#endif

struct kernel_mount_attr { /* 5.12 */
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

struct kernel_sched_attr { /* 3.14 */
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max; /* 5.3 */
};

#ifndef RESOLVE_NO_XDEV /* 5.6 */
#define RESOLVE_NO_XDEV       0x01
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS   0x04
#define RESOLVE_BENEATH       0x08
#define RESOLVE_IN_ROOT       0x10
#endif

#ifndef CLONE_NEWTIME /* 5.6 */
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_PIDFD /* 5.2 */
#define CLONE_PIDFD 0x00001000
#endif
#ifndef CLONE_CLEAR_SIGHAND /* 5.5, clone3 only */
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP /* 5.7, clone3 only */
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#define SYS_P_PIDFD 3 /* 5.4, for sys_waitid; glibc has it as an enumerator, musl as a macro */

#ifndef CLOSE_RANGE_UNSHARE /* 5.9 */
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif
#ifndef CLOSE_RANGE_CLOEXEC /* 5.11 */
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

#ifndef AT_RECURSIVE /* 5.2 */
#define AT_RECURSIVE 0x8000
#endif
#ifndef OPEN_TREE_CLONE /* 5.2: a libc has all of these or none */
#define OPEN_TREE_CLONE 1
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#define MOVE_MOUNT_F_SYMLINKS   0x00000001
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define MOVE_MOUNT_T_SYMLINKS   0x00000010
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#define FSOPEN_CLOEXEC 1
#define FSMOUNT_CLOEXEC 1
#define FSCONFIG_SET_FLAG        0
#define FSCONFIG_SET_STRING      1
#define FSCONFIG_SET_FD          5
#define FSCONFIG_CMD_CREATE      6
#define FSCONFIG_CMD_RECONFIGURE 7
#define MOUNT_ATTR_RDONLY      0x00000001
#define MOUNT_ATTR_NOSUID      0x00000002
#define MOUNT_ATTR_NODEV       0x00000004
#define MOUNT_ATTR_NOEXEC      0x00000008
#define MOUNT_ATTR__ATIME      0x00000070
#define MOUNT_ATTR_RELATIME    0x00000000
#define MOUNT_ATTR_NOATIME     0x00000010
#define MOUNT_ATTR_STRICTATIME 0x00000020
#define MOUNT_ATTR_NODIRATIME  0x00000080
#endif
#ifndef MOUNT_ATTR_IDMAP /* 5.12 */
#define MOUNT_ATTR_IDMAP 0x00100000
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW /* 5.14 */
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#ifndef MS_NOSYMFOLLOW /* 5.10 */
#define MS_NOSYMFOLLOW 256
#endif

#ifndef MFD_NOEXEC_SEAL /* 6.3 */
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef MFD_EXEC /* 6.3 */
#define MFD_EXEC 0x0010U
#endif
#ifndef RENAME_NOREPLACE /* 3.15 */
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE  2
#endif
/* clang-format on */

#endif

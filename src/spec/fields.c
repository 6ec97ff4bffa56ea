/* SPDX-License-Identifier: MIT */
/* fields.c - the rows of everything but linux, which is in fields_linux.c; and the small tables
 * that rows point to */
#include "spec/fields.h"

#include <string.h>

/* clang-format off */

#define REQUIRED .required = true
#define LINUX .only = PLATFORM_LINUX
#define POSIX .only = PLATFORM_POSIX
#define OVER(how) .over = OVER_YES | OVER_##how
#define SOME .over = OVER_INSIDE

#define S struct spec
#define BASE offsetof(struct spec, root)
static const struct field root_f[] = {
	ROW("path", T_STR, root.path,
		"folder of the root file system, absolute or below the bundle",
		"pivot_root(2)", REQUIRED, .rule = 6),
	ROW("readonly", T_BOOL, root.readonly,
		"mount the root file system read-only", "mount(2) MS_RDONLY", OVER(YES)),
};
#undef BASE
#undef S

#define BASE 0
#define S struct idmap
static const struct field idmap_f[] = {
	ROW("containerID", T_32, container,
		"first id as the container sees it", "", .range = R_U32, REQUIRED),
	ROW("hostID", T_32, host, "first id as the host sees it", "", .range = R_U32, REQUIRED),
	ROW("size", T_32, size, "how many ids in a row", "", .range = R_U32, REQUIRED),
};
#undef S

#define S struct mount_spec
static const struct field mount_f[] = {
	ROW("destination", T_STR, destination,
		"where in the container; a relative path is below /", "mount(2)", REQUIRED, .over = OVER_NAME),
	ROW("type", T_STR, type,
		"file system, as in /proc/filesystems; none or bind for a bind mount", "mount(2)", POSIX),
	ROW("source", T_STR, source,
		"device, or file or folder to bind; a relative path is below the bundle",
		"mount(2)"),
	ROW("options", T_STRS, options,
		"mount options; what is not known goes to the file system",
		"mount(2), mount_setattr(2)"),
	ROW("uidMappings", T_LIST, uid_maps,
		"how owners of files are shown, users",
		"mount_setattr(2) MOUNT_ATTR_IDMAP",
		.sub = OBJ_IDMAP, .since = V1_1, .need = NEED_IDMAP, LINUX),
	ROW("gidMappings", T_LIST, gid_maps,
		"how owners of files are shown, groups",
		"mount_setattr(2) MOUNT_ATTR_IDMAP",
		.sub = OBJ_IDMAP, .since = V1_1, .need = NEED_IDMAP, LINUX),
};
#undef S
#undef BASE

#define S struct process_spec
#define BASE offsetof(struct process_spec, console_size)
static const struct field console_size_f[] = {
	ROW("height", T_64, console_size.height, "lines", "TIOCSWINSZ", .range = R_U16, REQUIRED),
	ROW("width", T_64, console_size.width, "columns", "TIOCSWINSZ", .range = R_U16, REQUIRED),
};
#undef BASE
#define BASE offsetof(struct process_spec, exec_cpu_affinity)
static const struct field affinity_f[] = {
	ROW("initial", T_STR, exec_cpu_affinity.initial,
		"processors of exec before it enters the cgroup, 0-3,7",
		"sched_setaffinity(2)", .since = V1_2),
	ROW("final", T_STR, exec_cpu_affinity.final,
		"processors of exec's program, 0-3,7", "sched_setaffinity(2)", .since = V1_2),
};
#undef BASE
#undef S

#define BASE 0
#define S struct user_spec
static const struct field user_f[] = {
	ROW("uid", T_32, uid, "user id in the container", "setresuid(2)", .range = R_ID, REQUIRED, POSIX),
	ROW("gid", T_32, gid,
		"group id in the container", "setresgid(2)", .range = R_ID, REQUIRED, POSIX),
	ROW("umask", T_OPT, umask,
		"bits taken from the mode of new files; absent: as it is",
		"umask(2)", .range = R_UMASK, POSIX),
	ROW("additionalGids", T_32S, additional_gids,
		"more groups", "setgroups(2)", .range = R_ID, POSIX),
	ROW("username", T_IGNORED, username, "who the program is; for Windows", ""),
};
#undef S

#define S struct rlimit_spec
static const struct field rlimit_f[] = {
	ROW("type", T_ENUM, type,
		"which limit", "prlimit64(2)", .sub = E_RLIMIT, REQUIRED, .rule = 16, .over = OVER_NAME),
	ROW("soft", T_64, soft,
		"limit that counts; the program may raise it up to hard",
		"prlimit64(2)", .range = R_U64, REQUIRED),
	ROW("hard", T_64, hard, "ceiling", "prlimit64(2)", .range = R_U64, REQUIRED),
};
#undef S

#define S struct caps_spec
static const struct field caps_f[] = {
	ROW("bounding", T_STRS, bounding, "what programs can ever get", "prctl(2) PR_CAPBSET_DROP"),
	ROW("effective", T_STRS, effective, "what the program holds and uses", "capset(2)"),
	ROW("inheritable", T_STRS, inheritable,
		"what a file's inheritable set may give on", "capset(2)"),
	ROW("permitted", T_STRS, permitted, "what the program may use", "capset(2)"),
	ROW("ambient", T_STRS, ambient,
		"what stays across execve without set-user-id", "prctl(2) PR_CAP_AMBIENT"),
};
#undef S

#define S struct scheduler_spec
static const struct field scheduler_f[] = {
	ROW("policy", T_ENUM, policy,
		"scheduling class", "sched_setattr(2)", .sub = E_POLICY, REQUIRED, .since = V1_1),
	ROW("nice", T_64, nice,
		"for OTHER and BATCH", "sched_setattr(2)", .range = R_NICE, .since = V1_1),
	ROW("priority", T_64, priority,
		"for FIFO and RR", "sched_setattr(2)", .range = R_RTPRIO, .since = V1_1),
	ROW("flags", T_BITS, flags,
		"modes of the class", "sched_setattr(2)", .sub = E_SCHED_FLAG, .since = V1_1),
	ROW("runtime", T_64, runtime,
		"for DEADLINE, nanoseconds", "sched_setattr(2)", .range = R_U64, .since = V1_1),
	ROW("deadline", T_64, deadline,
		"for DEADLINE, nanoseconds", "sched_setattr(2)", .range = R_U64, .since = V1_1),
	ROW("period", T_64, period,
		"for DEADLINE, nanoseconds", "sched_setattr(2)", .range = R_U64, .since = V1_1),
};
#undef S

#define S struct ioprio_spec
static const struct field ioprio_f[] = {
	ROW("class", T_ENUM, class,
		"class for access to disks",
		"ioprio_set(2)", .sub = E_IOPRIO, REQUIRED, .since = V1_1),
	ROW("priority", T_64, priority,
		"0 is the first to be served",
		"ioprio_set(2)", .range = R_IOPRIO, REQUIRED, .since = V1_1),
};
#undef S

#define S struct process_spec
static const struct field process_f[] = {
	ROW("terminal", T_BOOL, terminal,
		"give the program a pseudo terminal", "/dev/ptmx, TIOCSCTTY", .need = NEED_TTY),
	ROW("consoleSize", T_OBJ, console_size,
		"size of the terminal at the start", "TIOCSWINSZ", .sub = OBJ_CONSOLE_SIZE),
	ROW("cwd", T_PATH, cwd,
		"folder in which the program starts; made when it is missing",
		"chdir(2)", REQUIRED, .rule = 14),
	ROW("env", T_STRS, env, "environment, NAME=value", "execve(2)", OVER(WORDS)),
	ROW("args", T_STRS, args,
		"program and its arguments; looked up in the container's PATH", "execve(2)"),
	ROW("commandLine", T_IGNORED, command_line, "the command in one string; for Windows", "",
		.given = offsetof(S, command_line_given)),
	ROW("rlimits", T_LIST, rlimits, "limits of the process", "prlimit64(2)", .sub = OBJ_RLIMIT, POSIX, OVER(LIST)),
	ROW("apparmorProfile", T_STR, apparmor_profile,
		"AppArmor profile that execve enters", "/proc/self/attr/apparmor/exec", LINUX, .need = NEED_LSM),
	ROW("selinuxLabel", T_STR, selinux_label,
		"SELinux context that execve enters", "/proc/self/attr/exec", LINUX, .need = NEED_LSM),
	ROW("capabilities", T_OBJ, capabilities,
		"the five sets; absent: none at all", "capset(2)", .sub = OBJ_CAPS, LINUX),
	ROW("noNewPrivileges", T_BOOL, no_new_privileges,
		"set-user-id programs give nothing", "prctl(2) PR_SET_NO_NEW_PRIVS",
		.only = PLATFORM_LINUX | PLATFORM_ZOS),
	ROW("oomScoreAdj", T_OPT, oom_score_adj,
		"how early it is killed when memory runs out",
		"/proc/self/oom_score_adj", .range = R_OOM, LINUX, OVER(YES)),
	ROW("scheduler", T_OBJ, scheduler,
		"how processor time is shared",
		"sched_setattr(2)", .sub = OBJ_SCHEDULER, .since = V1_1, LINUX),
	ROW("ioPriority", T_OBJ, io_priority,
		"how access to disks is shared", "ioprio_set(2)", .sub = OBJ_IOPRIO, .since = V1_1, LINUX),
	ROW("execCPUAffinity", T_OBJ, exec_cpu_affinity,
		"processors for exec", "sched_setaffinity(2)", .sub = OBJ_AFFINITY, .since = V1_2, LINUX),
	ROW("user", T_OBJ, user, "who the program is", "setresuid(2)", .sub = OBJ_USER),
};
#undef S

#define S struct hook_spec
static const struct field hook_f[] = {
	ROW("path", T_PATH, path, "program", "execve(2)", REQUIRED, .rule = 21),
	ROW("args", T_STRS, args, "its arguments, with its name first", "execve(2)"),
	ROW("env", T_STRS, env, "its environment; absent: empty", "execve(2)"),
	ROW("timeout", T_OPT, timeout,
		"seconds until it is killed", "kill(2)", .range = R_POSITIVE, .rule = 22),
};
#undef S

#define S struct hooks_spec
#define HOOKS .sub = OBJ_HOOK, .over = OVER_APPEND
static const struct field hooks_f[] = {
	ROW("prestart", T_LIST, prestart, "deprecated: as createRuntime, before it", "", HOOKS,
		.deprecated = true),
	ROW("createRuntime", T_LIST, create_runtime,
		"on the host, before the container's root is entered", "", HOOKS),
	ROW("createContainer", T_LIST, create_container,
		"in the container's namespaces, before its root is entered", "", HOOKS),
	ROW("startContainer", T_LIST, start_container,
		"in the container, before its program", "", HOOKS),
	ROW("poststart", T_LIST, poststart, "on the host, when the program runs", "", HOOKS),
	ROW("poststop", T_LIST, poststop, "on the host, when the container is deleted", "", HOOKS),
};
#undef S

#define S struct spec
#define FOREIGN(name) .sub = PLATFORM_##name, .range = OBJ_##name
static const struct field spec_f[] = {
	ROW("ociVersion", T_STR, oci_version,
		"version of the specification, SemVer", "", REQUIRED, .rule = 2),
	ROW("root", T_OBJ, root,
		"the root file system", "pivot_root(2)", .sub = OBJ_ROOT, REQUIRED, .rule = 6, SOME,
		.not_asked = PLATFORM_WINDOWS),
	ROW("mounts", T_LIST, mounts,
		"what else is mounted, in this order",
		"mount(2)", .sub = OBJ_MOUNT, .given = offsetof(S, mounts_given), OVER(LIST)),
	ROW("hostname", T_STR, hostname, "name of the machine", "sethostname(2)"),
	ROW("domainname", T_STR, domainname, "its NIS domain", "setdomainname(2)", .since = V1_1),
	ROW("annotations", T_PAIRS, annotations,
		"notes for others; shown by state and to hooks", "", OVER(YES)),
	ROW("process", T_OBJ, process,
		"the program; may be absent until start", "execve(2)", .sub = OBJ_PROCESS, SOME),
	ROW("hooks", T_OBJ, hooks,
		"programs that are run when the container's state changes",
		"", .sub = OBJ_HOOKS, .need = NEED_HOOKS, OVER(YES)),
	ROW("linux", T_OBJ, linux, "what only Linux has", "", .sub = OBJ_LINUX, LINUX, SOME),
	ROW("solaris", T_FOREIGN, foreign, "for Solaris", "", FOREIGN(SOLARIS)),
	ROW("windows", T_FOREIGN, foreign, "for Windows", "", FOREIGN(WINDOWS)),
	ROW("vm", T_FOREIGN, foreign, "for virtual machines", "", FOREIGN(VM)),
	ROW("zos", T_FOREIGN, foreign, "for z/OS", "", FOREIGN(ZOS), .since = V1_1),
	ROW("freebsd", T_FOREIGN, foreign, "for FreeBSD", "", FOREIGN(FREEBSD), .since = V1_3),
};
#undef S
#undef BASE

const struct object objects_base[OBJ_LINUX] = {
	[OBJ_SPEC]         = PART(spec_f),
	[OBJ_ROOT]         = PART_GIVEN(root_f),
	[OBJ_MOUNT]        = ELEMENT(mount_f, struct mount_spec),
	[OBJ_IDMAP]        = ELEMENT(idmap_f, struct idmap),
	[OBJ_PROCESS]      = PART_GIVEN(process_f),
	[OBJ_CONSOLE_SIZE] = PART_GIVEN(console_size_f),
	[OBJ_USER]         = PART(user_f),
	[OBJ_RLIMIT]       = ELEMENT(rlimit_f, struct rlimit_spec),
	[OBJ_CAPS]         = PART_GIVEN(caps_f),
	[OBJ_SCHEDULER]    = PART_GIVEN(scheduler_f),
	[OBJ_IOPRIO]       = PART_GIVEN(ioprio_f),
	[OBJ_AFFINITY]     = PART_GIVEN(affinity_f),
	[OBJ_HOOKS]        = {COUNTED_IF(HAVE_HOOKS, hooks_f), 0, false},
	[OBJ_HOOK]         = ELEMENT_IF(HAVE_HOOKS, hook_f, struct hook_spec),
};

const struct range field_ranges[R_COUNT] = {
	[R_U64]        = {0, UINT64_MAX},
	[R_I64]        = {INT64_MIN, INT64_MAX},
	[R_U32]        = {0, UINT32_MAX},
	[R_ID]         = {0, UINT32_MAX - 1}, /* to the kernel the last one means: as it is, which is root */
	[R_U16]        = {0, UINT16_MAX},
	[R_MINUS1]     = {-1, INT64_MAX}, /* -1: no limit */
	[R_OOM]        = {-1000, 1000},
	[R_NICE]       = {-20, 19},
	[R_RTPRIO]     = {0, 99},
	[R_IOPRIO]     = {0, 7},
	[R_UMASK]      = {0, 0777},
	[R_POSITIVE]   = {1, INT32_MAX},
	[R_SWAPPINESS] = {0, 100},
	[R_WEIGHT]     = {0, 1000},       /* 10 to 1000 and 0, dockerd's way to say nothing */
	[R_BINARY]     = {0, 1},
	[R_ERRNO]      = {0, 4095},       /* the kernel's MAX_ERRNO */
	[R_ARG]        = {0, 5},          /* system calls have six */
	[R_NANO]       = {0, 999999999},
	[R_DEVICE]     = {0, UINT32_MAX},
	[R_ANYDEV]     = {-1, UINT32_MAX}, /* -1: any */
#if HAVE_PLATFORMS
	[R_TEN_THOUSAND] = {0, 10000},    /* of Windows: hundredths of a percent, weights */
	[R_STATFS]     = {0, 2},          /* of FreeBSD: jail(8) enforce_statfs */
#endif
};

const struct words *const field_enums[E_COUNT] = {
	[E_NAMESPACE]    = names_namespace,
	[E_RLIMIT]       = names_rlimit,
	[E_POLICY]       = names_sched_policy,
	[E_SCHED_FLAG]   = names_sched_flag,
	[E_IOPRIO]       = names_ioprio_class,
	[E_PROPAGATION]  = names_propagation,
	[E_PERSONALITY]  = names_personality,
	[E_MPOL]         = HAVE_NUMA ? names_mempolicy_mode : NULL,
	[E_MPOL_FLAG]    = HAVE_NUMA ? names_mempolicy_flag : NULL,
	[E_ACTION]       = HAVE_SECCOMP ? names_seccomp_action : NULL,
	[E_ARCH]         = HAVE_SECCOMP ? names_seccomp_arch : NULL,
	[E_OP]           = HAVE_SECCOMP ? names_seccomp_op : NULL,
	[E_SECCOMP_FLAG] = HAVE_SECCOMP ? names_seccomp_flag : NULL,
	[E_DEVICE]       = names_device_type,
	[E_DEVICE_RULE]  = HAVE_DEVICES || HAVE_CGROUP1 ? names_device_rule : NULL,
#if HAVE_PLATFORMS
	[E_IMAGE]          = names_vm_image,
	[E_ID_TYPE]        = names_id_type,
	[E_ZOS_NAMESPACE]  = names_zos_namespace,
	[E_SHARING]        = names_sharing,
	[E_OWN_OR_SHARED]  = names_own_or_shared,
#endif
#if HAVE_BOOT
	[E_RESTART]      = names_restart,
	[E_ON_FAILURE]   = names_on_failure,
#endif
};

const struct need_row field_needs[NEED_COUNT] = {
	[NEED_NONE]    = {"", true},
	[NEED_SECCOMP] = {"SECCOMP", HAVE_SECCOMP},
	[NEED_HOOKS]   = {"HOOKS", HAVE_HOOKS},
	[NEED_USERNS]  = {"USERNS", HAVE_USERNS},
	[NEED_TTY]     = {"TTY", HAVE_TTY},
	[NEED_IDMAP]   = {"IDMAP", HAVE_IDMAP},
	[NEED_CGROUP]  = {"CGROUP2 or CGROUP1", HAVE_CGROUP2 || HAVE_CGROUP1},
	[NEED_LIMITS]  = {!HAVE_LIMITS ? "LIMITS" : HAVE_CGROUP2 || HAVE_CGROUP1 ? "LIMITS, and CGROUP2 or CGROUP1" : "CGROUP2 or CGROUP1",
		HAVE_LIMITS && (HAVE_CGROUP2 || HAVE_CGROUP1)},
	[NEED_NETWORK] = {!HAVE_LIMITS ? "LIMITS" : HAVE_CGROUP1 ? "LIMITS, and CGROUP1" : "CGROUP1", HAVE_LIMITS && HAVE_CGROUP1},
	[NEED_DEVICES] = {"DEVICES or CGROUP1", HAVE_DEVICES || HAVE_CGROUP1},
	[NEED_LSM]     = {"LSM", HAVE_LSM},
	[NEED_NETDEV]  = {"NETDEV", HAVE_NETDEV},
	[NEED_RDT]     = {"RDT", HAVE_RDT},
	[NEED_NOTIFY]  = {"NOTIFY", HAVE_NOTIFY},
	[NEED_NUMA]    = {"NUMA", HAVE_NUMA},
};

/* clang-format on */

const char *
field_says(const struct field *f)
{
	return f->text + strlen(f->text) + 1;
}

const char *
field_kernel(const struct field *f)
{
	const char *says = field_says(f);

	return says + strlen(says) + 1;
}

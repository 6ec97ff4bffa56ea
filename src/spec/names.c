/* SPDX-License-Identifier: MIT */
/* names.c - the words of the specification and the kernel's numbers behind them; mount options are
 * in mountopt.c */
#include "spec/names.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "base/text.h"

/* clang-format off */

/* A table of words of fewer than `width` bytes, a multiple of 4.  The words lie in the rows: pointers to them would be longer
 * than what they leave empty. */
#define ROWS(width, table) static const struct { char name[width]; uint32_t value; } table##_rows[]
#define TABLE(table) \
	const struct words names_##table[1] = {{table##_rows, sizeof table##_rows / sizeof *table##_rows, sizeof *table##_rows}}

/* What older headers or musl do not know; the numbers are the same on all architectures. */
#ifndef CLONE_NEWTIME /* 5.6 */
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP /* 4.6 */
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef RLIMIT_RTTIME
#define RLIMIT_RTTIME 15
#endif

/* In the order of enum ns_type, which ns_flag and ns_file count on. */
ROWS(8, namespace) = {
	{"pid",     NS_PID},  {"network", NS_NETWORK}, {"mount",  NS_MOUNT},  {"ipc",  NS_IPC},
	{"uts",     NS_UTS},  {"user",    NS_USER},    {"cgroup", NS_CGROUP}, {"time", NS_TIME},
};
TABLE(namespace);

static const struct {
	uint32_t flag;
	char file[8]; /* below /proc/PID/ns */
} namespaces[NS_COUNT] = {
	[NS_PID]    = {CLONE_NEWPID,    "pid"},
	[NS_NETWORK]= {CLONE_NEWNET,    "net"},
	[NS_MOUNT]  = {CLONE_NEWNS,     "mnt"},
	[NS_IPC]    = {CLONE_NEWIPC,    "ipc"},
	[NS_UTS]    = {CLONE_NEWUTS,    "uts"},
	[NS_USER]   = {CLONE_NEWUSER,   "user"},
	[NS_CGROUP] = {CLONE_NEWCGROUP, "cgroup"},
	[NS_TIME]   = {CLONE_NEWTIME,   "time"},
};

/* linux/capability.h, all of them up to 6.x; the numbers are part of the kernel's promise. */
ROWS(24, capability) = {
	{"CAP_CHOWN", 0},             {"CAP_DAC_OVERRIDE", 1},     {"CAP_DAC_READ_SEARCH", 2},
	{"CAP_FOWNER", 3},            {"CAP_FSETID", 4},           {"CAP_KILL", 5},
	{"CAP_SETGID", 6},            {"CAP_SETUID", 7},           {"CAP_SETPCAP", 8},
	{"CAP_LINUX_IMMUTABLE", 9},   {"CAP_NET_BIND_SERVICE", 10}, {"CAP_NET_BROADCAST", 11},
	{"CAP_NET_ADMIN", 12},        {"CAP_NET_RAW", 13},         {"CAP_IPC_LOCK", 14},
	{"CAP_IPC_OWNER", 15},        {"CAP_SYS_MODULE", 16},      {"CAP_SYS_RAWIO", 17},
	{"CAP_SYS_CHROOT", 18},       {"CAP_SYS_PTRACE", 19},      {"CAP_SYS_PACCT", 20},
	{"CAP_SYS_ADMIN", 21},        {"CAP_SYS_BOOT", 22},        {"CAP_SYS_NICE", 23},
	{"CAP_SYS_RESOURCE", 24},     {"CAP_SYS_TIME", 25},        {"CAP_SYS_TTY_CONFIG", 26},
	{"CAP_MKNOD", 27},            {"CAP_LEASE", 28},           {"CAP_AUDIT_WRITE", 29},
	{"CAP_AUDIT_CONTROL", 30},    {"CAP_SETFCAP", 31},         {"CAP_MAC_OVERRIDE", 32},
	{"CAP_MAC_ADMIN", 33},        {"CAP_SYSLOG", 34},          {"CAP_WAKE_ALARM", 35},
	{"CAP_BLOCK_SUSPEND", 36},    {"CAP_AUDIT_READ", 37},      {"CAP_PERFMON", 38},
	{"CAP_BPF", 39},              {"CAP_CHECKPOINT_RESTORE", 40},
};
TABLE(capability);

/* By the header's names: MIPS and Alpha number five of them differently. */
ROWS(20, rlimit) = {
	{"RLIMIT_CPU", RLIMIT_CPU},           {"RLIMIT_FSIZE", RLIMIT_FSIZE},
	{"RLIMIT_DATA", RLIMIT_DATA},         {"RLIMIT_STACK", RLIMIT_STACK},
	{"RLIMIT_CORE", RLIMIT_CORE},         {"RLIMIT_RSS", RLIMIT_RSS},
	{"RLIMIT_NPROC", RLIMIT_NPROC},       {"RLIMIT_NOFILE", RLIMIT_NOFILE},
	{"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},   {"RLIMIT_AS", RLIMIT_AS},
	{"RLIMIT_LOCKS", RLIMIT_LOCKS},       {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
	{"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE}, {"RLIMIT_NICE", RLIMIT_NICE},
	{"RLIMIT_RTPRIO", RLIMIT_RTPRIO},     {"RLIMIT_RTTIME", RLIMIT_RTTIME},
};
TABLE(rlimit);

/* Of two names for one number the one that name_of shall answer comes first. */
ROWS(8, signal) = {
	{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},
	{"TRAP", SIGTRAP},
	{"ABRT", SIGABRT}, {"IOT", SIGABRT},  {"BUS", SIGBUS},   {"FPE", SIGFPE},
	{"KILL", SIGKILL},
	{"USR1", SIGUSR1}, {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE},
	{"ALRM", SIGALRM},
	{"TERM", SIGTERM}, {"CHLD", SIGCHLD}, {"CLD", SIGCHLD},  {"CONT", SIGCONT},
	{"STOP", SIGSTOP},
	{"TSTP", SIGTSTP}, {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU}, {"URG", SIGURG},
	{"XCPU", SIGXCPU},
	{"XFSZ", SIGXFSZ}, {"VTALRM", SIGVTALRM}, {"PROF", SIGPROF}, {"WINCH", SIGWINCH},
	{"IO", SIGIO},     {"POLL", SIGIO},   {"PWR", SIGPWR},   {"SYS", SIGSYS},
#ifdef SIGSTKFLT /* not on MIPS */
	{"STKFLT", SIGSTKFLT},
#endif
#ifdef SIGEMT /* only on MIPS */
	{"EMT", SIGEMT},
#endif
};
TABLE(signal);

ROWS(16, sched_policy) = {
	{"SCHED_OTHER", 0}, {"SCHED_FIFO", 1}, {"SCHED_RR", 2},       {"SCHED_BATCH", 3},
	{"SCHED_ISO", 4},   {"SCHED_IDLE", 5}, {"SCHED_DEADLINE", 6},
};
TABLE(sched_policy);

ROWS(28, sched_flag) = {
	{"SCHED_FLAG_RESET_ON_FORK", 0x01},  {"SCHED_FLAG_RECLAIM", 0x02},
	{"SCHED_FLAG_DL_OVERRUN", 0x04},     {"SCHED_FLAG_KEEP_POLICY", 0x08},
	{"SCHED_FLAG_KEEP_PARAMS", 0x10},    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
	{"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
};
TABLE(sched_flag);

ROWS(20, ioprio_class) = {
	{"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3},
};
TABLE(ioprio_class);

/* The specification has the first four; dockerd writes the r forms too. */
ROWS(12, propagation) = {
	{"shared", MS_SHARED},            {"slave", MS_SLAVE},
	{"private", MS_PRIVATE},          {"unbindable", MS_UNBINDABLE},
	{"rshared", MS_SHARED | MS_REC},  {"rslave", MS_SLAVE | MS_REC},
	{"rprivate", MS_PRIVATE | MS_REC}, {"runbindable", MS_UNBINDABLE | MS_REC},
};
TABLE(propagation);

ROWS(8, personality) = {{"LINUX", 0}, {"LINUX32", 8}};
TABLE(personality);

ROWS(28, mempolicy_mode) = {
	{"MPOL_DEFAULT", 0}, {"MPOL_PREFERRED", 1},      {"MPOL_BIND", 2}, {"MPOL_INTERLEAVE", 3},
	{"MPOL_LOCAL", 4},   {"MPOL_PREFERRED_MANY", 5}, {"MPOL_WEIGHTED_INTERLEAVE", 6},
};
TABLE(mempolicy_mode);

ROWS(24, mempolicy_flag) = {
	{"MPOL_F_NUMA_BALANCING", 1 << 13}, {"MPOL_F_RELATIVE_NODES", 1 << 14},
	{"MPOL_F_STATIC_NODES", 1 << 15},
};
TABLE(mempolicy_flag);

ROWS(24, seccomp_action) = {
	{"SCMP_ACT_KILL", ACTION_KILL},
	{"SCMP_ACT_KILL_PROCESS", ACTION_KILL_PROCESS},
	{"SCMP_ACT_KILL_THREAD", ACTION_KILL_THREAD},   {"SCMP_ACT_TRAP", ACTION_TRAP},
	{"SCMP_ACT_ERRNO", ACTION_ERRNO},               {"SCMP_ACT_TRACE", ACTION_TRACE},
	{"SCMP_ACT_ALLOW", ACTION_ALLOW},               {"SCMP_ACT_LOG", ACTION_LOG},
	{"SCMP_ACT_NOTIFY", ACTION_NOTIFY},
};
TABLE(seccomp_action);

ROWS(24, seccomp_arch) = {
	{"SCMP_ARCH_X86", 0},          {"SCMP_ARCH_X86_64", 1},    {"SCMP_ARCH_X32", 2},
	{"SCMP_ARCH_ARM", 3},          {"SCMP_ARCH_AARCH64", 4},   {"SCMP_ARCH_MIPS", 5},
	{"SCMP_ARCH_MIPS64", 6},       {"SCMP_ARCH_MIPS64N32", 7}, {"SCMP_ARCH_MIPSEL", 8},
	{"SCMP_ARCH_MIPSEL64", 9},     {"SCMP_ARCH_MIPSEL64N32", 10}, {"SCMP_ARCH_PPC", 11},
	{"SCMP_ARCH_PPC64", 12},       {"SCMP_ARCH_PPC64LE", 13},  {"SCMP_ARCH_S390", 14},
	{"SCMP_ARCH_S390X", 15},       {"SCMP_ARCH_PARISC", 16},   {"SCMP_ARCH_PARISC64", 17},
	{"SCMP_ARCH_RISCV64", 18},     {"SCMP_ARCH_LOONGARCH64", 19}, {"SCMP_ARCH_M68K", 20},
	{"SCMP_ARCH_SH", 21},          {"SCMP_ARCH_SHEB", 22},
};
TABLE(seccomp_arch);

ROWS(20, seccomp_op) = {
	{"SCMP_CMP_NE", COMPARE_NE}, {"SCMP_CMP_LT", COMPARE_LT}, {"SCMP_CMP_LE", COMPARE_LE},
	{"SCMP_CMP_EQ", COMPARE_EQ}, {"SCMP_CMP_GE", COMPARE_GE}, {"SCMP_CMP_GT", COMPARE_GT},
	{"SCMP_CMP_MASKED_EQ", COMPARE_MASKED_EQ},
};
TABLE(seccomp_op);

ROWS(40, seccomp_flag) = {
	{"SECCOMP_FILTER_FLAG_TSYNC", 1 << 0},      {"SECCOMP_FILTER_FLAG_LOG", 1 << 1},
	{"SECCOMP_FILTER_FLAG_SPEC_ALLOW", 1 << 2},
	{"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 1 << 5},
};
TABLE(seccomp_flag);

ROWS(4, device_type) = {
	{"c", 'c'}, {"b", 'b'}, {"u", 'u'}, {"p", 'p'},
};
TABLE(device_type);
ROWS(4, device_rule) = {{"a", 'a'}, {"b", 'b'}, {"c", 'c'}};
TABLE(device_rule);

ROWS(8, platform) = {
	{"solaris", 1 << 0}, {"windows", 1 << 1}, {"vm", 1 << 2}, {"zos", 1 << 3},
	{"freebsd", 1 << 4},
};
TABLE(platform);

#if HAVE_PLATFORMS
ROWS(8, vm_image) = {
	{"raw", 0}, {"qcow2", 1}, {"vdi", 2}, {"vmdk", 3}, {"vhd", 4},
};
TABLE(vm_image);
ROWS(8, id_type) = {{"class", 0}};
TABLE(id_type);
ROWS(8, zos_namespace) = {
	{"pid", NS_PID}, {"mount", NS_MOUNT}, {"ipc", NS_IPC}, {"uts", NS_UTS},
};
TABLE(zos_namespace);
ROWS(8, sharing) = {{"new", 0}, {"inherit", 1}, {"disable", 2}};
TABLE(sharing);
ROWS(8, own_or_shared) = {{"new", 0}, {"inherit", 1}};
TABLE(own_or_shared);
#endif

/* clang-format on */

const char *
name_at(const struct words *t, size_t i)
{
	return i < t->n ? (const char *)t->rows + i * t->size : NULL;
}

int64_t
name_value(const struct words *t, size_t i)
{
	uint32_t v;

	memcpy(&v, name_at(t, i) + t->size - sizeof v, sizeof v);
	return v;
}

bool
name_find(const struct words *t, const char *name, int64_t *value)
{
	size_t i, n = strlen(name);
	const char *row;

	/* Most begin alike, and few end alike where the name does. */
	for (i = 0; n && n < t->size - sizeof(uint32_t) && i < t->n; i++) {
		row = name_at(t, i);
		if (!row[n] && row[n - 1] == name[n - 1] && !memcmp(row, name, n)) {
			*value = name_value(t, i);
			return true;
		}
	}
	return false;
}

const char *
name_of(const struct words *t, int64_t value)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (name_value(t, i) == value)
			return name_at(t, i);
	}
	return NULL;
}

uint64_t
ns_flag(int type)
{
	return namespaces[type].flag;
}

const char *
ns_file(int type)
{
	return namespaces[type].file;
}

/* RTMIN, RTMIN+n, RTMAX, RTMAX-n.  34 and not what this libc says: the number is for the program in
 * the container, whose libc is most likely glibc, and engines (dockerd, podman) count so too. */
static int
realtime_signal(const char *s)
{
	enum { FIRST = 34, LAST = 64 };
	bool max = strncasecmp(s, "RTMAX", 5) == 0;
	uint64_t n = 0;

	if (!max && strncasecmp(s, "RTMIN", 5) != 0)
		return -1;
	if (s[5] && (s[5] != (max ? '-' : '+') || !text_u64(s + 6, &n)))
		return -1;
	if (n > LAST - FIRST)
		return -1;
	return max ? LAST - (int)n : FIRST + (int)n;
}

int
signal_parse(const char *s)
{
	uint64_t n;
	size_t i;

	if (text_u64(s, &n))
		return n <= 64 ? (int)n : -1;
	if (strncasecmp(s, "SIG", 3) == 0)
		s += 3;
	for (i = 0; i < names_signal->n; i++) {
		if (strcasecmp(name_at(names_signal, i), s) == 0)
			return (int)name_value(names_signal, i);
	}
	return realtime_signal(s);
}

/* SPDX-License-Identifier: MIT */
/* probe.c - what a container looks like from inside, and small deeds to try there.
 *
 * One static program; in the tests it is the rootfs' only program besides busybox.  The first half
 * prints facts as key=value lines that two runtimes can be compared by: no inode numbers of pipes,
 * no mount ids, sorted wherever the kernel's order is chance.  A fact that cannot be had reads
 * key=?ERRNO, so that an unmounted /proc is a visible difference and not a missing line.  The
 * second half does things and prints how they went: `open /x rw: EROFS`.
 *
 * Build: musl-gcc -static -Os -std=c11 -Wall -Wextra probe.c -o probe
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Kernel constants that musl leaves to <linux/...>, which would clash with its own headers. */
enum {
	CAP_VERSION_3 = 0x20080522,
	GET_KEYRING_ID = 0,
	DESCRIBE_KEY = 6,
	SESSION_KEYRING = -3,
	IOPRIO_PROCESS = 1,
	PR_GET_MDWE_ = 66,
	PATH_ROOM = 4096,
	FILE_ROOM = 1 << 20,
};

struct name {
	long value;
	const char *name;
};

/* clang-format off */
#define N(x) { x, #x }
static const struct name errno_names[] = {
	N(E2BIG), N(EACCES), N(EADDRINUSE), N(EADDRNOTAVAIL), N(EAFNOSUPPORT), N(EAGAIN),
	N(EALREADY), N(EBADF), N(EBUSY), N(ECANCELED), N(ECHILD), N(ECONNREFUSED), N(ECONNRESET),
	N(EDEADLK), N(EDESTADDRREQ), N(EDOM), N(EDQUOT), N(EEXIST), N(EFAULT), N(EFBIG),
	N(EHOSTUNREACH), N(EINPROGRESS), N(EINTR), N(EINVAL), N(EIO), N(EISCONN), N(EISDIR),
	N(EKEYEXPIRED), N(EKEYREJECTED), N(EKEYREVOKED), N(ELOOP), N(EMEDIUMTYPE), N(EMFILE),
	N(EMLINK), N(EMSGSIZE), N(ENAMETOOLONG), N(ENETDOWN), N(ENETUNREACH), N(ENFILE),
	N(ENOBUFS), N(ENODATA), N(ENODEV), N(ENOENT), N(ENOEXEC), N(ENOKEY), N(ENOMEM), N(ENOPKG),
	N(ENOPROTOOPT), N(ENOSPC), N(ENOSYS), N(ENOTBLK), N(ENOTCONN), N(ENOTDIR), N(ENOTEMPTY),
	N(ENOTSOCK), N(ENOTTY), N(ENXIO), N(EOPNOTSUPP), N(EOVERFLOW), N(EPERM), N(EPIPE),
	N(EPROTO), N(EPROTONOSUPPORT), N(EPROTOTYPE), N(ERANGE), N(EREMOTEIO), N(EROFS),
	N(ESPIPE), N(ESRCH), N(ESTALE), N(ETIMEDOUT), N(ETXTBSY), N(EUSERS), N(EXDEV),
};
#undef N
#define N(x) { SIG##x, "SIG" #x }
static const struct name signal_names[] = {
	N(HUP), N(INT), N(QUIT), N(ILL), N(TRAP), N(ABRT), N(BUS), N(FPE), N(KILL), N(USR1),
	N(SEGV), N(USR2), N(PIPE), N(ALRM), N(TERM), N(CHLD), N(CONT), N(STOP), N(TSTP), N(TTIN),
	N(TTOU), N(URG), N(XCPU), N(XFSZ), N(VTALRM), N(PROF), N(WINCH), N(IO), N(PWR), N(SYS),
};
#undef N
#define N(x) { RLIMIT_##x, #x }
static const struct name rlimit_names[] = {
	N(AS), N(CORE), N(CPU), N(DATA), N(FSIZE), N(LOCKS), N(MEMLOCK), N(MSGQUEUE), N(NICE),
	N(NOFILE), N(NPROC), N(RSS), N(RTPRIO), N(RTTIME), N(SIGPENDING), N(STACK),
};
#undef N
#define N(x) { MS_##x, #x }
static const struct name mount_names[] = {
	N(RDONLY), N(NOSUID), N(NODEV), N(NOEXEC), N(REMOUNT), N(NOATIME), N(NODIRATIME), N(BIND),
	N(MOVE), N(REC), N(PRIVATE), N(SLAVE), N(SHARED), N(UNBINDABLE), N(RELATIME),
	N(STRICTATIME),
};
#undef N
static const char *const cap_names[] = {
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
	"SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
	"IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
	"SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
	"LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
	"WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
};
/* Files of /proc/self that are a fact by themselves. */
static const struct { const char *key, *path; } proc_files[] = {
	{ "comm", "/proc/self/comm" },
	{ "coredump_filter", "/proc/self/coredump_filter" },
	{ "gid_map", "/proc/self/gid_map" },
	{ "loginuid", "/proc/self/loginuid" },
	{ "lsm", "/proc/self/attr/current" },
	{ "oom_score_adj", "/proc/self/oom_score_adj" },
	{ "setgroups", "/proc/self/setgroups" },
	{ "timens", "/proc/self/timens_offsets" },
	{ "timerslack_ns", "/proc/self/timerslack_ns" },
	{ "uid_map", "/proc/self/uid_map" },
};
/* Lines of /proc/self/status that no system call tells. */
static const struct { const char *key, *line; } status_lines[] = {
	{ "cpus", "Cpus_allowed_list:" },
	{ "mems", "Mems_allowed_list:" },
	{ "nspid", "NSpid:" },
	{ "seccomp.mode", "Seccomp:" },
	{ "seccomp.filters", "Seccomp_filters:" },
	{ "sig.blocked", "SigBlk:" },
	{ "sig.ignored", "SigIgn:" },
	{ "sig.pending", "ShdPnd:" },
	{ "spec_indirect_branch", "SpeculationIndirectBranch:" },
	{ "spec_store_bypass", "Speculation_Store_Bypass:" },
	{ "thp", "THP_enabled:" },
	{ "untag_mask", "untag_mask:" },
};
/* clang-format on */
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- small tools ----------------------------------------------------------------------------- */

static const char *
name_of(const struct name *t, size_t n, long value, const char *prefix)
{
	static char other[32];
	size_t i;

	for (i = 0; i < n; i++)
		if (t[i].value == value)
			return t[i].name;
	snprintf(other, sizeof other, "%s%ld", prefix, value);
	return other;
}

static const char *
errno_name(int e)
{
	return e == 0 ? "ok" : name_of(errno_names, COUNT(errno_names), e, "E#");
}

static const char *
signal_name(int sig)
{
	return name_of(signal_names, COUNT(signal_names), sig, "SIG#");
}

/* A number in any of C's bases; anything else ends the program, for a test with a typing error must
 * not look like one that found something. */
static long
number(const char *s)
{
	char *end;
	long v;

	errno = 0;
	v = (long)strtoull(s, &end, 0);
	if (end == s || *end || errno) {
		fprintf(stderr, "probe: not a number: %s\n", s);
		exit(64);
	}
	return v;
}

static int
signal_number(const char *s)
{
	size_t i;

	if (*s >= '0' && *s <= '9')
		return (int)number(s);
	for (i = 0; i < COUNT(signal_names); i++)
		if (!strcmp(s, signal_names[i].name) || !strcmp(s, signal_names[i].name + 3))
			return (int)signal_names[i].value;
	fprintf(stderr, "probe: no such signal: %s\n", s);
	exit(64);
}

/* Bytes that would break a line are shown in octal, as mountinfo does. */
static void
put_escaped(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == '\\' || *s == 0x7f)
			printf("\\%03o", (unsigned char)*s);
		else
			putchar(*s);
	}
}

static void
put_text(const char *key, const char *value)
{
	printf("%s=", key);
	put_escaped(value);
	putchar('\n');
}

static void __attribute__((format(printf, 2, 3))) put(const char *key, const char *fmt, ...)
{
	va_list ap;

	printf("%s=", key);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void
put_unknown(const char *key, int e)
{
	printf("%s=?%s\n", key, errno_name(e));
}

/* What a call that returns a number says; mask is for those whose result is a set. */
static void
put_result(const char *key, long r)
{
	if (r < 0)
		put_unknown(key, errno);
	else
		put(key, "%ld", r);
}

/* The line every doing verb prints; the status a verb then returns. */
static int
report(const char *verb, const char *what, int e)
{
	printf("%s %s: %s\n", verb, what, errno_name(e));
	return e != 0;
}

static int
report_call(const char *verb, const char *what, long r)
{
	return report(verb, what, r < 0 ? errno : 0);
}

/* A whole small file, NUL behind it; NULL and errno when it cannot be read.  Closes the descriptor. */
static char *
slurp_fd(int fd)
{
	static char buf[FILE_ROOM];
	size_t len = 0;
	ssize_t n = 1;
	int e;

	if (fd < 0)
		return NULL;
	while (n > 0 && len < sizeof buf - 1) {
		n = read(fd, buf + len, sizeof buf - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	e = errno;
	close(fd);
	buf[len] = '\0';
	errno = e;
	return n < 0 ? NULL : buf;
}

static char *
slurp(const char *path)
{
	return slurp_fd(open(path, O_RDONLY | O_CLOEXEC));
}

/* Squeezes blanks, and puts " ; " where lines met: a table becomes one value. */
static void
put_squeezed(const char *key, const char *s)
{
	bool gap = false, line = false;

	printf("%s=", key);
	for (; *s; s++) {
		if (*s == ' ' || *s == '\t' || *s == '\n') {
			line |= *s == '\n';
			gap = true;
			continue;
		}
		if (gap)
			fputs(line ? " ; " : " ", stdout);
		gap = line = false;
		putchar(*s);
	}
	putchar('\n');
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted lines, collected first; they live as long as the process does. */
struct lines {
	char **line;
	size_t count;
};

static void
lines_add(struct lines *l, char *s)
{
	l->line = realloc(l->line, (l->count + 1) * sizeof *l->line);
	if (!l->line || !s)
		abort();
	l->line[l->count++] = s;
}

static void __attribute__((format(printf, 2, 3))) lines_addf(struct lines *l, const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	lines_add(l, s);
}

static void
lines_print(struct lines *l)
{
	size_t i;

	qsort(l->line, l->count, sizeof *l->line, compare_lines);
	for (i = 0; i < l->count; i++) {
		put_escaped(l->line[i]);
		putchar('\n');
	}
}

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

/* ---- facts: who ------------------------------------------------------------------------------ */

static void
fact_id(void)
{
	uid_t u[3];
	gid_t g[3], more[1024];
	mode_t mask = umask(0);
	int i, n;

	umask(mask);
	getresuid(&u[0], &u[1], &u[2]);
	getresgid(&g[0], &g[1], &g[2]);
	put("uid", "%u %u %u", u[0], u[1], u[2]);
	put("gid", "%u %u %u", g[0], g[1], g[2]);
	n = getgroups(COUNT(more), more);
	printf("groups=");
	for (i = 0; i < n; i++)
		printf("%s%u", i ? " " : "", more[i]);
	printf("\n");
	put("umask", "%04o", (unsigned)mask);
	put("at_secure", "%lu", getauxval(AT_SECURE));
}

static void
put_caps(const char *key, uint64_t set)
{
	const char *sep = " ";
	size_t i;

	printf("cap.%s=%016llx", key, (unsigned long long)set);
	for (i = 0; i < 64; i++) {
		if (!(set >> i & 1))
			continue;
		if (i < COUNT(cap_names))
			printf("%s%s", sep, cap_names[i]);
		else
			printf("%s%zu", sep, i);
		sep = ",";
	}
	printf("\n");
}

static uint64_t
caps_by_prctl(int op, int sub)
{
	uint64_t set = 0;
	int i, r;

	for (i = 0; i < 64; i++) {
		r = sub < 0 ? prctl(op, i, 0, 0, 0) : prctl(op, sub, i, 0, 0);
		if (r < 0)
			break;
		set |= (uint64_t)r << i;
	}
	return set;
}

static void
fact_caps(void)
{
	struct {
		uint32_t version;
		int pid;
	} head = {CAP_VERSION_3, 0};
	struct {
		uint32_t eff, perm, inh;
	} d[2] = {0};

	if (syscall(SYS_capget, &head, d) < 0) {
		put_unknown("cap", errno);
	} else {
		put_caps("effective", (uint64_t)d[1].eff << 32 | d[0].eff);
		put_caps("permitted", (uint64_t)d[1].perm << 32 | d[0].perm);
		put_caps("inheritable", (uint64_t)d[1].inh << 32 | d[0].inh);
	}
	put_caps("bounding", caps_by_prctl(PR_CAPBSET_READ, -1));
	put_caps("ambient", caps_by_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET));
	put_result("securebits", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	put_result("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static void
fact_process(void)
{
	int sig = 0, reaper = 0;

	put("pid", "%d", (int)getpid());
	put("ppid", "%d", (int)getppid());
	put("pgid", "%d", (int)getpgid(0));
	put("sid", "%d", (int)getsid(0));
	put_result("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	put_result("pdeathsig", prctl(PR_GET_PDEATHSIG, &sig, 0, 0, 0) < 0 ? -1 : sig);
	put_result("subreaper", prctl(PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0) < 0 ? -1 : reaper);
	put_result("mdwe", prctl(PR_GET_MDWE_, 0, 0, 0, 0));
	put_result("thp_disable", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
}

/* musl's sched_getscheduler() is a stub by principle; the kernel is asked itself. */
static void
fact_sched(void)
{
	struct {
		int priority;
	} param = {0};
	unsigned long nodes[1024 / 8 / sizeof(long)] = {0};
	int mode = 0;
	long r;

	errno = 0;
	r = getpriority(PRIO_PROCESS, 0);
	if (errno)
		put_unknown("nice", errno);
	else
		put("nice", "%ld", r);
	put_result("sched.policy", syscall(SYS_sched_getscheduler, 0));
	r = syscall(SYS_sched_getparam, 0, &param);
	put_result("sched.priority", r < 0 ? r : param.priority);
	r = syscall(SYS_ioprio_get, IOPRIO_PROCESS, 0);
	if (r < 0)
		put_unknown("ioprio", errno);
	else
		put("ioprio", "class %ld level %ld", r >> 13, r & 0x1fff);
	r = syscall(SYS_get_mempolicy, &mode, nodes, 1024, NULL, 0);
	put_result("mempolicy", r < 0 ? r : mode);
	put("mempolicy.nodes", "%lx", nodes[0]);
}

static void
fact_system(void)
{
	struct utsname u;
	char cwd[PATH_ROOM];
	int p = personality(0xffffffff);

	uname(&u);
	put_text("hostname", u.nodename);
	put_text("domainname", u.domainname);
	put_text("machine", u.machine);
	if (p < 0)
		put_unknown("personality", errno);
	else
		put("personality", "0x%x", (unsigned)p);
	if (getcwd(cwd, sizeof cwd))
		put_text("cwd", cwd);
	else
		put_unknown("cwd", errno);
}

static void
put_limit(rlim_t v)
{
	if (v == RLIM_INFINITY)
		printf("unlimited");
	else
		printf("%llu", (unsigned long long)v);
}

static void
fact_rlimits(void)
{
	char key[32];
	struct rlimit r;
	size_t i;

	for (i = 0; i < COUNT(rlimit_names); i++) {
		snprintf(key, sizeof key, "rlimit.%s", rlimit_names[i].name);
		if (getrlimit((int)rlimit_names[i].value, &r) < 0) {
			put_unknown(key, errno);
			continue;
		}
		printf("%s=", key);
		put_limit(r.rlim_cur);
		putchar(' ');
		put_limit(r.rlim_max);
		putchar('\n');
	}
}

static void
fact_env(void)
{
	struct lines l = {0};
	char **e;

	for (e = environ; *e; e++)
		lines_addf(&l, "env.%s", *e);
	lines_print(&l);
}

static void
fact_status(void)
{
	char *text = slurp("/proc/self/status"), *at, *line;
	int e = errno;
	size_t i, n;

	for (i = 0; i < COUNT(status_lines); i++) {
		if (!text) {
			put_unknown(status_lines[i].key, e);
			continue;
		}
		n = strlen(status_lines[i].line);
		at = strstr(text, status_lines[i].line);
		/* The words must begin a line: "Seccomp:" could end a longer name one day. */
		while (at && at != text && at[-1] != '\n')
			at = strstr(at + 1, status_lines[i].line);
		if (!at)
			continue;
		line = strndup(at + n, strcspn(at + n, "\n"));
		put_squeezed(status_lines[i].key, line + strspn(line, " \t"));
		free(line);
	}
	/* Without /proc the mode can still be asked for; the count of filters cannot. */
	if (!text)
		put_result("seccomp.prctl", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
}

static void
fact_proc(void)
{
	char *text;
	size_t i;

	for (i = 0; i < COUNT(proc_files); i++) {
		text = slurp(proc_files[i].path);
		if (text)
			put_squeezed(proc_files[i].key, text + strspn(text, " \t\n"));
		else
			put_unknown(proc_files[i].key, errno);
	}
}

/* "keyring;uid;gid;permissions;name": a runtime that made a session of its own shows its name. */
static void
fact_keyring(void)
{
	char d[512] = "";
	long r = syscall(SYS_keyctl, GET_KEYRING_ID, SESSION_KEYRING, 0);

	if (r >= 0)
		r = syscall(SYS_keyctl, DESCRIBE_KEY, SESSION_KEYRING, d, sizeof d - 1);
	if (r < 0)
		put_unknown("keyring", errno);
	else
		put_text("keyring", d);
}

/* ---- facts: where ---------------------------------------------------------------------------- */

/* The optional fields of mountinfo without their peer group numbers. */
static void
propagation(char *out, size_t room, const char *fields, const char *end)
{
	static const char *const known[] = {"shared", "master", "propagate_from", "unbindable"};
	size_t i, n;

	*out = '\0';
	while (fields < end) {
		n = strcspn(fields, " :");
		for (i = 0; i < COUNT(known); i++) {
			if (strncmp(fields, known[i], n) || known[i][n])
				continue;
			if (*out)
				strncat(out, ",", room - strlen(out) - 1);
			strncat(out, known[i], room - strlen(out) - 1);
		}
		fields += strcspn(fields, " ");
		fields += *fields == ' ';
	}
	if (!*out)
		snprintf(out, room, "private");
}

/* One line of mountinfo:
 * 36 35 98:0 /root /dest rw,noatime shared:1 master:2 - ext4 /dev/x rw,errors=continue
 * `order` keeps mounts on the same place in the order in which they lie on each other. */
static void
mount_line(struct lines *l, char *line, unsigned order)
{
	char *field[6], *rest = line, *dash, *tail[3], prop[64];
	int i;

	for (i = 0; i < 6; i++)
		field[i] = strsep(&rest, " ");
	dash = rest ? (*rest == '-' ? rest : strstr(rest, " - ")) : NULL;
	if (!dash)
		return;
	propagation(prop, sizeof prop, rest, dash);
	dash += *dash == '-' ? 2 : 3;
	for (i = 0; i < 3; i++)
		tail[i] = strsep(&dash, " ");
	/* \001 sorts before every byte of a path, so /dev comes before /dev/pts and /dev-x. */
	lines_addf(l, "%s\001%04u\001mount.%s=%s source=%s root=%s opts=%s super=%s prop=%s",
		field[4], order, field[4], tail[0], tail[1], field[3], field[5],
		tail[2] ? tail[2] : "", prop);
}

static void
fact_mounts(void)
{
	struct lines l = {0};
	char *text = slurp("/proc/self/mountinfo"), *line;
	unsigned order = 0;
	size_t i;

	if (!text) {
		put_unknown("mount", errno);
		return;
	}
	while ((line = strsep(&text, "\n")))
		mount_line(&l, line, order++);
	qsort(l.line, l.count, sizeof *l.line, compare_lines);
	for (i = 0; i < l.count; i++)
		puts(strrchr(l.line[i], '\001') + 1);
}

/* type mode uid gid, then what the type has: device number, size, link target.  A directory's size
 * is the file system's business, and so is a link's mode. */
static void
describe(int dir, const char *name, char *out, size_t room)
{
	static const char types[] = "?pc?d?b?-?l?s???";
	char link[PATH_ROOM], type;
	struct stat st;
	ssize_t n;
	int used;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		snprintf(out, room, "?%s", errno_name(errno));
		return;
	}
	type = types[st.st_mode >> 12 & 15];
	used = snprintf(out, room, "%c %04o %u %u", type, (unsigned)(st.st_mode & 07777), st.st_uid,
		st.st_gid);
	out += used;
	room -= (size_t)used;
	if (type == 'c' || type == 'b') {
		snprintf(out, room, " %u:%u", major(st.st_rdev), minor(st.st_rdev));
	} else if (type == '-') {
		snprintf(out, room, " %lld", (long long)st.st_size);
	} else if (type == 'l') {
		n = readlinkat(dir, name, link, sizeof link - 1);
		link[n < 0 ? 0 : n] = '\0';
		snprintf(out, room, " -> %s", link);
	}
}

/* Entries of a directory, `depth` levels down. */
static int
walk(struct lines *l, const char *key, const char *dir, int depth)
{
	char text[PATH_ROOM + 64], path[PATH_ROOM];
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return errno;
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof path, "%s%s%s", dir, dir[1] ? "/" : "", e->d_name);
		describe(AT_FDCWD, path, text, sizeof text);
		lines_addf(l, "%s%s=%s", key, path, text);
		if (*text == 'd' && depth > 1)
			walk(l, key, path, depth - 1);
	}
	closedir(d);
	return 0;
}

static void
fact_dev(void)
{
	struct lines l = {0};
	char text[PATH_ROOM + 64];
	int e;

	describe(AT_FDCWD, "/dev", text, sizeof text);
	put("dev./dev", "%s", text);
	e = walk(&l, "dev.", "/dev", 3);
	if (e)
		put_unknown("dev", e);
	lines_print(&l);
}

static void
fact_ns(void)
{
	static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid",
		"pid_for_children", "time", "time_for_children", "user", "uts"};
	char path[64], link[64], key[32];
	ssize_t n;
	size_t i;

	for (i = 0; i < COUNT(kinds); i++) {
		snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
		snprintf(key, sizeof key, "ns.%s", kinds[i]);
		n = readlink(path, link, sizeof link - 1);
		if (n < 0) {
			put_unknown(key, errno);
			continue;
		}
		link[n] = '\0';
		put_text(key, link);
	}
}

/* "4:memory:/path" without its hierarchy number, which is the order of mounting. */
static void
fact_cgroup(void)
{
	struct lines l = {0};
	char *text = slurp("/proc/self/cgroup"), *line, *name;

	if (!text) {
		put_unknown("cgroup", errno);
		return;
	}
	while ((line = strsep(&text, "\n")) && *line) {
		strsep(&line, ":");
		name = strsep(&line, ":");
		lines_addf(&l, "cgroup.%s=%s", *name ? name : "unified", line);
	}
	lines_print(&l);
}

static void
net_device(struct lines *l, int sock, const char *name)
{
	struct ifreq r;
	struct sockaddr_in *a = (struct sockaddr_in *)&r.ifr_addr;
	char addr[INET_ADDRSTRLEN] = "none";
	int flags;

	memset(&r, 0, sizeof r);
	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	flags = ioctl(sock, SIOCGIFFLAGS, &r) < 0 ? 0 : r.ifr_flags;
	if (ioctl(sock, SIOCGIFADDR, &r) == 0)
		inet_ntop(AF_INET, &a->sin_addr, addr, sizeof addr);
	lines_addf(l, "net.%s=%s %s", name, flags & IFF_UP ? "up" : "down", addr);
}

static void
fact_net(void)
{
	struct lines l = {0};
	char *text = slurp("/proc/self/net/dev"), *line, *colon;
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!text || sock < 0) {
		put_unknown("net", errno);
		return;
	}
	while ((line = strsep(&text, "\n"))) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		net_device(&l, sock, line + strspn(line, " "));
	}
	close(sock);
	lines_print(&l);
}

/* ---- facts: what was handed over ------------------------------------------------------------- */

/* pipe:[123] says no more than pipe does, and differs each time. */
static void
fd_target(int fd, char *out, size_t room)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	n = readlink(path, out, room - 1);
	if (n < 0) {
		snprintf(out, room, "?%s", errno_name(errno));
		return;
	}
	out[n] = '\0';
	if (!strncmp(out, "pipe:[", 6) || !strncmp(out, "socket:[", 8))
		*strchr(out, ':') = '\0';
}

/* Asked of fcntl() and not of the directory: that works without /proc, and opens nothing itself. */
static void
fact_fds(void)
{
	static const char *const modes[] = {"r", "w", "rw", "?"};
	char target[PATH_ROOM], key[32];
	int fd, flags, top = 4096;
	bool path;

	for (fd = 0; fd < top; fd++) {
		flags = fcntl(fd, F_GETFL);
		if (flags < 0)
			continue;
		path = flags & O_PATH;
		fd_target(fd, target, sizeof target);
		snprintf(key, sizeof key, "fd.%d", fd);
		put(key, "%s %s%s%s", path ? "path" : modes[flags & O_ACCMODE], target,
			flags & O_APPEND ? " append" : "", flags & O_NONBLOCK ? " nonblock" : "");
	}
}

static void
fact_tty(void)
{
	struct winsize w;
	char key[16], name[PATH_ROOM];
	int fd, fg;

	for (fd = 0; fd < 3; fd++) {
		snprintf(key, sizeof key, "tty.%d", fd);
		if (!isatty(fd)) {
			put(key, "no");
			continue;
		}
		memset(&w, 0, sizeof w);
		ioctl(fd, TIOCGWINSZ, &w);
		fd_target(fd, name, sizeof name);
		fg = tcgetpgrp(fd);
		put(key, "%s %ux%u %s", name, w.ws_row, w.ws_col,
			fg == getpgid(0) ? "foreground" : "background");
	}
	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	put("tty.controlling", "%s", fd < 0 ? "no" : "yes");
	if (fd >= 0)
		close(fd);
}

static void
fact_exe(void)
{
	char link[PATH_ROOM];
	ssize_t n = readlink("/proc/self/exe", link, sizeof link - 1);
	int fd;

	if (n < 0) {
		put_unknown("exe", errno);
		return;
	}
	link[n] = '\0';
	put_text("exe", link);
	fd = open("/proc/self/exe", O_WRONLY | O_CLOEXEC);
	put("exe.write", "%s", fd < 0 ? errno_name(errno) : "ok");
	if (fd >= 0)
		close(fd);
}

static void
fact_args(char **argv)
{
	char key[32];
	int i;

	for (i = 0; argv[i]; i++) {
		snprintf(key, sizeof key, "arg.%d", i);
		put_text(key, argv[i]);
	}
}

/* clang-format off */
static const struct fact {
	const char *name;
	void (*print)(void);
} facts[] = {
	{ "id", fact_id }, { "caps", fact_caps }, { "process", fact_process },
	{ "sched", fact_sched }, { "system", fact_system }, { "rlimits", fact_rlimits },
	{ "env", fact_env }, { "status", fact_status }, { "proc", fact_proc },
	{ "keyring", fact_keyring }, { "ns", fact_ns }, { "cgroup", fact_cgroup },
	{ "net", fact_net }, { "fds", fact_fds }, { "tty", fact_tty }, { "exe", fact_exe },
	{ "mounts", fact_mounts }, { "dev", fact_dev },
};
/* clang-format on */

/* ---- deeds: files ---------------------------------------------------------------------------- */

static int
do_cat(char **a)
{
	char buf[4096];
	ssize_t n;
	int fd = strcmp(a[0], "-") ? open(a[0], O_RDONLY | O_CLOEXEC) : 0;

	if (fd < 0)
		return report("cat", a[0], errno);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		if (write(1, buf, (size_t)n) != n)
			return 1;
	if (n < 0)
		return report("cat", a[0], errno);
	return 0;
}

/* The file is created only when it is not there: on /proc and cgroups O_CREAT would turn a plain
 * "no such file" into "permission denied". */
static int
do_write(char **a)
{
	size_t len = strlen(a[1]);
	ssize_t n;
	int e, fd = open(a[0], O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		fd = open(a[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return report("write", a[0], errno);
	n = write(fd, a[1], len);
	e = n < 0 ? errno : (size_t)n < len ? EIO : 0;
	close(fd);
	return report("write", a[0], e);
}

static int
do_open(char **a)
{
	static const struct name modes[] = {{O_RDONLY, "r"}, {O_WRONLY, "w"}, {O_RDWR, "rw"},
		{O_WRONLY | O_APPEND, "a"}, {O_PATH, "path"}, {O_RDONLY | O_DIRECTORY, "dir"},
		{O_WRONLY | O_CREAT | O_EXCL, "new"}, {O_RDWR | O_CREAT, "create"}};
	char what[PATH_ROOM + 16];
	size_t i;
	int fd;

	for (i = 0; i < COUNT(modes); i++)
		if (!strcmp(modes[i].name, a[1]))
			break;
	if (i == COUNT(modes))
		return 64;
	fd = open(a[0], (int)modes[i].value | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	snprintf(what, sizeof what, "%s %s", a[0], a[1]);
	i = (size_t)report_call("open", what, fd);
	if (fd >= 0)
		close(fd);
	return (int)i;
}

static int
do_stat(char **a)
{
	char text[PATH_ROOM + 64];

	describe(AT_FDCWD, a[0], text, sizeof text);
	put(a[0], "%s", text);
	return *text == '?';
}

static int
do_ls(char **a)
{
	struct lines l = {0};
	int e = walk(&l, "", a[0], 1);

	if (e)
		return report("ls", a[0], e);
	lines_print(&l);
	return 0;
}

static int
do_mkdir(char **a)
{
	return report_call("mkdir", a[0], mkdir(a[0], 0755));
}

static int
do_rm(char **a)
{
	int r = unlink(a[0]);

	if (r < 0 && errno == EISDIR)
		r = rmdir(a[0]);
	return report_call("rm", a[0], r);
}

static int
do_link(char **a)
{
	return report_call("link", a[1], symlink(a[0], a[1]));
}

static int
do_chdir(char **a)
{
	return report_call("chdir", a[0], chdir(a[0]));
}

/* mknod PATH c|b|p MAJOR MINOR */
static int
do_mknod(char **a)
{
	mode_t type = *a[1] == 'c' ? S_IFCHR : *a[1] == 'b' ? S_IFBLK : S_IFIFO;
	dev_t dev = makedev((unsigned)number(a[2]), (unsigned)number(a[3]));

	return report_call("mknod", a[0], mknod(a[0], type | 0666, dev));
}

static unsigned long
mount_flags(char *s)
{
	unsigned long flags = 0;
	char *word;
	size_t i;

	if (*s >= '0' && *s <= '9')
		return (unsigned long)number(s);
	while ((word = strsep(&s, ","))) {
		for (i = 0; i < COUNT(mount_names); i++)
			if (!strcasecmp(word, mount_names[i].name))
				break;
		if (i == COUNT(mount_names))
			exit(64);
		flags |= (unsigned long)mount_names[i].value;
	}
	return flags;
}

/* mount SOURCE TARGET TYPE FLAGS DATA; FLAGS is a number or names: bind,rec,rdonly */
static int
do_mount(char **a)
{
	unsigned long flags = mount_flags(a[3]);

	return report_call("mount", a[1], mount(a[0], a[1], a[2], flags, a[4]));
}

static int
do_umount(char **a)
{
	return report_call("umount", a[0], umount2(a[0], a[1] ? MNT_DETACH : 0));
}

static int
do_wait_file(char **a)
{
	double end = seconds(CLOCK_MONOTONIC) + (a[1] ? (double)number(a[1]) : 10);

	while (access(a[0], F_OK) < 0) {
		if (seconds(CLOCK_MONOTONIC) > end)
			return report("wait-file", a[0], ETIMEDOUT);
		pause_ms(5);
	}
	return 0;
}

static int
do_readfd(char **a)
{
	char input[] = "-", *cat[] = {input, NULL};

	if (dup2((int)number(a[0]), 0) < 0)
		return report("readfd", a[0], errno);
	return do_cat(cat);
}

static int
do_writefd(char **a)
{
	ssize_t n = write((int)number(a[0]), a[1], strlen(a[1]));

	return n < 0 ? report("writefd", a[0], errno) : 0;
}

/* ---- deeds: processes ------------------------------------------------------------------------ */

static int
do_true(char **a)
{
	(void)a;
	return 0;
}

static int
do_exit(char **a)
{
	exit((int)number(a[0]));
}

static int
do_echo(char **a)
{
	puts(a[0]);
	return 0;
}

static int
do_stderr(char **a)
{
	fprintf(stderr, "%s\n", a[0]);
	return 0;
}

/* A container's first process is immune to signals from inside but for those it handles; a child of
 * it is not, so `kill-self` in pid 1 shows just that. */
static int
do_kill_self(char **a)
{
	int sig = signal_number(a[0]);

	signal(sig, SIG_DFL);
	kill(getpid(), sig);
	pause_ms(50);
	return report("kill-self", a[0], EPERM);
}

static int
do_kill(char **a)
{
	return report_call("kill", a[0], kill((pid_t)number(a[0]), signal_number(a[1])));
}

static int
do_ignore(char **a)
{
	return signal(signal_number(a[0]), SIG_IGN) == SIG_ERR;
}

static int
do_sleep(char **a)
{
	char *end;
	double s = strtod(a[0], &end);

	if (*end)
		return 64;
	pause_ms((long)(s * 1000));
	return 0;
}

static void
on_signal(int sig)
{
	static volatile sig_atomic_t terms;
	const char *name = signal_name(sig);
	char line[48] = "got ";

	strcat(strcat(line, name), "\n");
	if (write(1, line, strlen(line)) < 0)
		_exit(1);
	if (sig == SIGTERM && ++terms == 2)
		_exit(0);
}

/* Says every signal that arrives, until SIGTERM comes a second time. */
static int
do_sig(char **a)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	int i;

	(void)a;
	sigfillset(&sa.sa_mask);
	for (i = 1; i < _NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP)
			sigaction(i, &sa, NULL);
	puts("ready");
	while (pause() < 0)
		;
	return 0;
}

static int
do_fork(char **a)
{
	long want = number(a[0]), n;
	pid_t pid, *kids = calloc((size_t)want + 1, sizeof *kids);
	int e = 0;

	for (n = 0; n < want; n++) {
		pid = fork();
		if (pid == 0)
			for (;;)
				pause();
		e = errno;
		if (pid < 0)
			break;
		kids[n] = pid;
	}
	printf("fork %ld: %ld%s%s\n", want, n, n < want ? " then " : "",
		n < want ? errno_name(e) : "");
	for (want = 0; want < n; want++)
		kill(kids[want], SIGKILL);
	while (n-- > 0)
		wait(NULL);
	free(kids);
	return 0;
}

/* bg N SECONDS: leaves N children behind, which sleep; the verb itself goes on at once. */
static int
do_bg(char **a)
{
	long n = number(a[0]);

	while (n-- > 0) {
		pid_t pid = fork();

		if (pid < 0)
			return report("bg", a[0], errno);
		if (pid == 0) {
			do_sleep(a + 1);
			_exit(0);
		}
	}
	return 0;
}

/* flee N: leaves N children behind, each of which becomes its own child again and again: a list of them is old when it is read. */
static int
do_flee(char **a)
{
	long n = number(a[0]);

	while (n-- > 0)
		if (fork() == 0)
			for (;;)
				if (fork() > 0)
					_exit(0);
	return 0;
}

/* As many as there may be, for ever. */
static int
do_bomb(char **a)
{
	while (a)
		fork();
	return 0;
}

static int
do_alloc(char **a)
{
	size_t n = (size_t)number(a[0]) << 20, i;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return report("alloc", a[0], errno);
	for (i = 0; i < n; i += 1024)
		p[i] = (char)i;
	return report("alloc", a[0], 0);
}

/* How much of the wall's time the processor was ours: a quota shows. */
static int
do_burn(char **a)
{
	double start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall;
	double want = (double)number(a[0]);
	volatile unsigned x = 0;

	do {
		for (int i = 0; i < 20000; i++)
			x += (unsigned)i;
		wall = seconds(CLOCK_MONOTONIC) - start;
	} while (wall < want);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("burn %s: %d%%\n", a[0], (int)(cpu / wall * 100 + 0.5));
	return 0;
}

static int
do_exec(char **a)
{
	execvp(a[0], a);
	return report("exec", a[0], errno);
}

/* run CMD...: in a child; says how it ended. */
static int
do_run(char **a)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(a[0], a);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return report("run", a[0], errno);
	if (WIFSIGNALED(status))
		printf("run %s: %s\n", a[0], signal_name(WTERMSIG(status)));
	else
		printf("run %s: exit %d\n", a[0], WEXITSTATUS(status));
	return 0;
}

/* Processes visible in /proc with their names. */
static int
do_ps(char **a)
{
	struct lines l = {0};
	struct dirent *e;
	char path[300], *comm;
	DIR *d = opendir("/proc");

	(void)a;
	if (!d)
		return report("ps", "/proc", errno);
	while ((e = readdir(d))) {
		if (*e->d_name < '0' || *e->d_name > '9')
			continue;
		snprintf(path, sizeof path, "/proc/%s/comm", e->d_name);
		comm = slurp(path);
		if (comm)
			lines_addf(&l, "%7s %.*s", e->d_name, (int)strcspn(comm, "\n"), comm);
	}
	closedir(d);
	lines_print(&l);
	return 0;
}

/* The address of "/path", or of "@name", which is abstract; its length. */
static socklen_t
address(struct sockaddr_un *to, const char *name)
{
	size_t n = strnlen(name, sizeof to->sun_path - 1);

	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path, name, n);
	if (*name == '@')
		to->sun_path[0] = 0;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (*name != '@'));
}

static int
do_hear(char **a)
{
	struct sockaddr_un at;
	socklen_t length = address(&at, a[0]);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[4096];
	ssize_t n;

	if (bind(fd, (struct sockaddr *)&at, length))
		return report("hear", a[0], errno);
	while ((n = recv(fd, text, sizeof text, 0)) >= 0) { /* descriptors that come along are dropped */
		printf("%.*s%s", (int)n, text, n && text[n - 1] == '\n' ? "" : "\n");
		fflush(stdout);
	}
	return 0;
}

static int
do_notify(char **a)
{
	struct sockaddr_un to;
	const char *path = getenv("NOTIFY_SOCKET");
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (!path)
		return report("notify", "$NOTIFY_SOCKET", ENOENT);
	n = sendto(fd, a[0], strlen(a[0]), 0, (struct sockaddr *)&to, address(&to, path));
	return report_call("notify", path, n);
}

/* ---- deeds: what a container should not get away with ---------------------------------------- */

/* s:TEXT is the address of a string, b:N that of N zero bytes, anything else a number. */
static long
call_argument(char *s)
{
	if (!strncmp(s, "s:", 2))
		return (long)(intptr_t)(s + 2);
	if (!strncmp(s, "b:", 2))
		return (long)(intptr_t)calloc(1, (size_t)number(s + 2) + 1);
	return number(s);
}

static int
call_report(const char *verb, const char *nr, long r)
{
	if (r < 0)
		return report(verb, nr, errno);
	printf("%s %s: %ld\n", verb, nr, r);
	return 0;
}

static int
do_syscall(char **a)
{
	long r, v[6] = {0};
	int i;

	for (i = 0; i < 6 && a[i + 1]; i++)
		v[i] = call_argument(a[i + 1]);
	r = syscall(number(a[0]), v[0], v[1], v[2], v[3], v[4], v[5]);
	return call_report("syscall", a[0], r);
}

/* The 32-bit door of a 64-bit kernel: a filter that forgets this architecture leaves it open. */
static int
do_syscall32(char **a)
{
#ifdef __x86_64__
	long r, v[5] = {0};
	int i;

	for (i = 0; i < 5 && a[i + 1]; i++)
		v[i] = number(a[i + 1]);
	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(number(a[0])), "b"(v[0]), "c"(v[1]), "d"(v[2]), "S"(v[3]), "D"(v[4])
			 : "memory", "r8", "r9", "r10", "r11");
	r = (int)r;
	errno = r < 0 ? (int)-r : 0;
	return call_report("syscall32", a[0], r < 0 ? -1 : r);
#else
	return report("syscall32", a[0], ENOSYS);
#endif
}

static int
do_tiocsti(char **a)
{
	(void)a;
	return report_call("ioctl-tiocsti", "0", ioctl(0, TIOCSTI, "x"));
}

static int
do_winsize(char **a)
{
	struct winsize w = {
		.ws_row = (unsigned short)number(a[0]), .ws_col = (unsigned short)number(a[1])};

	return report_call("winsize", a[0], ioctl(0, TIOCSWINSZ, &w));
}

/* Where the root was moved and not pivoted, taking "/" away and joining the own mount namespace
 * again lands on what lay under it: the initramfs.  Status 1 when the file was found there. */
static int
do_setns_escape(char **a)
{
	int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	bool found;

	report_call("open", "/proc/self/ns/mnt", ns);
	report_call("umount", "/", umount2("/", MNT_DETACH));
	report_call("setns", "mnt", setns(ns, CLONE_NEWNS));
	found = access(a[0], F_OK) == 0;
	printf("setns-escape %s: %s\n", a[0], found ? "REACHED" : "not reachable");
	return found;
}

/* Tries to get a process' program open for writing, by name and through a handle that was taken
 * early; nothing is written.  Status 1 when it could have been. */
static int
exe_writable(int handle)
{
	char path[64];
	int fd, e;

	snprintf(path, sizeof path, "/proc/self/fd/%d", handle);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	e = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return e;
}

/* try-write-exe PID [SECONDS]: ETXTBSY only means "not now", so it is tried until time is up. */
static int
do_try_write_exe(char **a)
{
	double end = seconds(CLOCK_MONOTONIC) + (a[1] ? (double)number(a[1]) : 0);
	char path[64];
	int handle, e;

	snprintf(path, sizeof path, "/proc/%ld/exe", number(a[0]));
	handle = open(path, O_PATH | O_CLOEXEC);
	if (handle < 0) {
		printf("try-write-exe %s: %s\n", a[0], errno_name(errno));
		return 0;
	}
	while ((e = exe_writable(handle)) == ETXTBSY && seconds(CLOCK_MONOTONIC) < end)
		;
	fd_target(handle, path, sizeof path);
	printf("try-write-exe %s %s: %s\n", a[0], path, e ? errno_name(e) : "WRITABLE");
	return e == 0;
}

/* watch-exe SECONDS: takes hold of the program of every process that appears, and tries to write to
 * it for the rest of the time; what a hostile container does while somebody runs `exec`. */
static int
do_watch_exe(char **a)
{
	double end = seconds(CLOCK_MONOTONIC) + (double)number(a[0]);
	int handle[64], pid[64], n = 0, i, p, e, bad = 0, seen = (int)getpid();
	char path[64];

	puts("ready");
	while (seconds(CLOCK_MONOTONIC) < end) {
		for (p = seen + 1; p < seen + 32 && n < 64; p++) {
			snprintf(path, sizeof path, "/proc/%d/exe", p);
			handle[n] = open(path, O_PATH | O_CLOEXEC);
			if (handle[n] < 0)
				continue;
			pid[n++] = seen = p;
		}
		for (i = 0; i < n; i++) {
			if (exe_writable(handle[i]))
				continue;
			printf("watch-exe %d: WRITABLE\n", pid[i]);
			bad = 1;
		}
	}
	/* ETXTBSY: somebody still runs it, on a busy machine for longer than these seconds. */
	for (i = 0; i < n; i++) {
		while ((e = exe_writable(handle[i])) == ETXTBSY && seconds(CLOCK_MONOTONIC) < end + 30)
			usleep(1000);
		fd_target(handle[i], path, sizeof path);
		printf("watch-exe %d %s: %s\n", pid[i], path, e ? errno_name(e) : "WRITABLE");
	}
	return bad;
}

/* ---- deeds outside: what tests/conform needs of its host ------------------------------------- */

/* A reader of JSON that says one thing about one value: it walks the whole text, so that what is not
 * JSON is found, and speaks when it stands on the path asked for. */
static struct {
	const char *at;     /* next byte */
	const char *want;   /* /linux/seccomp/actions, / for the whole */
	const char *mode;   /* NULL: the value; else type or raw */
	char path[PATH_ROOM];
	char text[FILE_ROOM];
	bool found;
} js;

static void __attribute__((noreturn))
js_bad(void)
{
	fprintf(stderr, "probe: not JSON, before: %.20s\n", js.at);
	exit(2);
}

static void
js_space(void)
{
	js.at += strspn(js.at, " \t\r\n");
}

static char *
js_utf8(char *to, unsigned c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 63));
	} else {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 63));
		*to++ = (char)(0x80 | (c & 63));
	}
	return to;
}

/* The string at js.at into js.text; halves of surrogate pairs stay halves. */
static void
js_string(void)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char *out = js.text, hex[5] = "";
	const char *e;

	if (*js.at++ != '"')
		js_bad();
	while (*js.at != '"') {
		if ((unsigned char)*js.at < ' ')
			js_bad();
		if (*js.at != '\\') {
			*out++ = *js.at++;
			continue;
		}
		js.at++;
		if (*js.at == 'u' && strspn(js.at + 1, "0123456789abcdefABCDEF") >= 4) {
			memcpy(hex, js.at + 1, 4);
			out = js_utf8(out, (unsigned)strtoul(hex, NULL, 16));
			js.at += 5;
			continue;
		}
		e = *js.at ? strchr(from, *js.at) : NULL;
		if (!e)
			js_bad();
		*out++ = to[e - from];
		js.at++;
	}
	js.at++;
	*out = '\0';
}

/* Whether a value here is to be spoken of: itself (1), or as an entry of the one asked for (2). */
static int
js_here(size_t parent)
{
	size_t n = strlen(js.want);

	if (!strcmp(js.path, js.want))
		return 1;
	return parent == n && !strncmp(js.path, js.want, n) && !js.mode ? 2 : 0;
}

static void
js_say(const char *type, const char *value)
{
	js.found = true;
	if (js.mode && !strcmp(js.mode, "type")) {
		puts(type);
	} else {
		put_escaped(value);
		putchar('\n');
	}
}

static void js_value(size_t parent, bool in_object);

/* Members of an object or entries of an array, each with its own path behind the parent's. */
static void
js_members(bool object)
{
	size_t n = strlen(js.path), i = 0;
	char close = object ? '}' : ']', number[24];

	js.at++;
	js_space();
	while (*js.at != close) {
		if (i && *js.at++ != ',')
			js_bad();
		js_space();
		snprintf(number, sizeof number, "%zu", i++);
		if (object)
			js_string();
		if (snprintf(js.path + n, sizeof js.path - n, "/%s", object ? js.text : number) < 0)
			js_bad();
		js_space();
		if (object && *js.at++ != ':')
			js_bad();
		js_value(n, object);
		js.path[n] = '\0';
		js_space();
	}
	js.at++;
}

static void
js_value(size_t parent, bool in_object)
{
	static const char *const words[] = {"true", "false", "null"};
	const char *start;
	char *raw;
	size_t i;
	int here = js_here(parent);

	js_space();
	start = js.at;
	/* Of an object's members the names are what its value is. */
	if (here == 2 && in_object)
		js_say("member", js.path + parent + 1);
	here = here == 2 && in_object ? 0 : here;
	if (*js.at == '{' || *js.at == '[') {
		const char *type = *js.at == '{' ? "object" : "array";

		if (here && js.mode && !strcmp(js.mode, "type"))
			js_say(type, "");
		js.found |= here == 1;
		js_members(*start == '{');
		if (here == 2 || (here && js.mode && !strcmp(js.mode, "raw"))) {
			raw = strndup(start, (size_t)(js.at - start));
			puts(raw);
			free(raw);
		}
		return;
	}
	if (*js.at == '"') {
		js_string();
		if (here)
			js_say("string", js.text);
		return;
	}
	for (i = 0; i < COUNT(words); i++) {
		if (strncmp(js.at, words[i], strlen(words[i])))
			continue;
		js.at += strlen(words[i]);
		if (here)
			js_say(i == 2 ? "null" : "bool", words[i]);
		return;
	}
	i = strspn(js.at, "0123456789+-.eE");
	if (!i)
		js_bad();
	js.at += i;
	raw = strndup(start, i);
	if (here)
		js_say("number", raw);
	free(raw);
}

/* json FILE [PATH [type|raw]]: the value; of an array each entry, of an object each name, on a line.
 * Status 1 when there is none, 2 when the file is not JSON. */
static int
do_json(char **a)
{
	char *text = strcmp(a[0], "-") ? slurp(a[0]) : slurp_fd(0);

	if (!text) {
		fprintf(stderr, "probe: %s: %s\n", a[0], errno_name(errno));
		return 2;
	}
	js.at = text;
	js.want = !a[1] || !a[1][1] ? "" : a[1];
	js.mode = a[1] ? a[2] : NULL;
	js_value(SIZE_MAX, false);
	js_space();
	if (*js.at)
		js_bad();
	return !js.found;
}

/* hook FILE NAME [STATUS]: what a hook is given and where it runs, one line appended to FILE and its
 * standard input to FILE.NAME. */
static int
do_hook(char **a)
{
	static const char *const kinds[] = {"mnt", "uts", "pid"};
	char path[PATH_ROOM], line[PATH_ROOM], link[64];
	struct stat root;
	char buf[4096];
	ssize_t n;
	size_t i, used;
	int fd;

	snprintf(path, sizeof path, "%s.%s", a[0], a[1]);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	while (fd >= 0 && (n = read(0, buf, sizeof buf)) > 0)
		if (write(fd, buf, (size_t)n) != n)
			break;
	if (stat("/", &root) < 0)
		return 1;
	used = (size_t)snprintf(line, sizeof line, "%s root=%llx:%llu", a[1],
		(unsigned long long)root.st_dev, (unsigned long long)root.st_ino);
	for (i = 0; i < COUNT(kinds); i++) {
		snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
		n = readlink(path, link, sizeof link - 1);
		link[n < 0 ? 0 : n] = '\0';
		used += (size_t)snprintf(line + used, sizeof line - used, " %s", n < 0 ? "?" : link);
	}
	line[used++] = '\n';
	fd = open(a[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, line, used) < 0)
		return 1;
	return a[2] ? (int)number(a[2]) : 0;
}

/* Filtered system calls are answered with EXDEV until the listener has nobody left. */
static int
answer_calls(int fd)
{
	struct seccomp_notif_resp *resp = calloc(1, 1024);
	struct seccomp_notif *req = calloc(1, 1024);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n = 0;

	while (req && resp && poll(&p, 1, 10000) > 0 && !(p.revents & POLLHUP)) {
		memset(req, 0, 1024);
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, req) < 0)
			break;
		memset(resp, 0, 1024);
		resp->id = req->id;
		resp->error = -EXDEV;
		n += ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, resp) == 0;
	}
	return n;
}

/* What one connection brings: a message, descriptors with its first byte, and whether an end follows. */
static void
hear(int conn, FILE *out, const char *file, int nth)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(16 * sizeof(int))];
	} control;
	char path[PATH_ROOM], *text = calloc(1, FILE_ROOM);
	struct iovec iov = {text, FILE_ROOM - 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof control};
	struct pollfd p = {.fd = conn, .events = POLLIN};
	ssize_t n = recvmsg(conn, &m, MSG_CMSG_CLOEXEC), more = 0;
	struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fds[16], count = 0, i;
	size_t used = n > 0 ? (size_t)n : 0;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(c), (size_t)count * sizeof(int));
	}
	while (n >= 0 && poll(&p, 1, 2000) > 0) {
		more = read(conn, text + used, FILE_ROOM - 1 - used);
		if (more <= 0)
			break;
		used += (size_t)more;
	}
	fprintf(out, "connection %d bytes=%zu fds=%d closed=%s\n", nth, used, count,
		p.revents && more <= 0 ? "yes" : "no");
	for (i = 0; i < count; i++) {
		fd_target(fds[i], path, sizeof path);
		fprintf(out, "connection %d fd %d %s\n", nth, i, path);
	}
	fflush(out);
	snprintf(path, sizeof path, "%s.%d", file, nth);
	i = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (i < 0 || write(i, text, used) < 0)
		abort();
	close(i);
	for (i = 0; i < count; i++) {
		fd_target(fds[i], path, sizeof path);
		if (strstr(path, "seccomp")) {
			fprintf(out, "connection %d answered %d\n", nth, answer_calls(fds[i]));
			continue;
		}
		/* A terminal: what the container says there. */
		while (isatty(fds[i]) && (n = read(fds[i], text, FILE_ROOM)) > 0)
			fwrite(text, 1, (size_t)n, out);
	}
	fflush(out);
}

/* listen SOCKET FILE SECONDS: hears whoever connects to the new socket; FILE says what came, FILE.1
 * and so on are the messages themselves. */
static int
do_listen(char **a)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), conn, n = 0;
	double end = seconds(CLOCK_MONOTONIC) + (double)number(a[2]), left;
	struct pollfd p = {.fd = sock, .events = POLLIN};
	FILE *out = fopen(a[1], "we");

	signal(SIGCHLD, SIG_IGN);
	strncpy(at.sun_path, a[0], sizeof at.sun_path - 1);
	unlink(a[0]);
	if (!out || bind(sock, (struct sockaddr *)&at, sizeof at) < 0 || listen(sock, 8) < 0)
		return report("listen", a[0], errno);
	while ((left = end - seconds(CLOCK_MONOTONIC)) > 0) {
		if (poll(&p, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		conn = accept4(sock, NULL, NULL, SOCK_CLOEXEC);
		n++;
		if (fork() == 0) {
			hear(conn, out, a[1], n);
			_exit(0);
		}
		close(conn);
	}
	return 0;
}

static int
child_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* timeout SECONDS CMD...: TERM when time is up, KILL two seconds later; 124 then. */
static int
do_timeout(char **a)
{
	double end = seconds(CLOCK_MONOTONIC) + (double)number(a[0]);
	bool late = false;
	sigset_t set;
	int status;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		execvp(a[1], a + 1);
		_exit(127);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		double left = end - seconds(CLOCK_MONOTONIC);
		struct timespec t = {(time_t)left, (long)(left * 1e9) % 1000000000};

		if (left > 0) {
			sigtimedwait(&set, NULL, &t);
			continue;
		}
		kill(pid, late ? SIGKILL : SIGTERM);
		end = seconds(CLOCK_MONOTONIC) + 2;
		late = true;
	}
	return late ? 124 : child_status(status);
}

/* box CMD...: in a mount, a PID and a network namespace of its own, below a process 1 that reaps at
 * once; whatever CMD leaves running ends with it. */
static int
do_box(char **a)
{
	pid_t pid, gone;
	int status = 0;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) < 0)
		return report("box", "unshare", errno);
	pid = fork();
	if (pid) {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return child_status(status);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0)
		return report("box", "mount", errno);
	/* Some runtime ends a process by the number that it has in another namespace, a low one: nobody has those. */
	for (status = 0; status < 50 && (pid = fork()) >= 0; status++) {
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	pid = fork();
	if (pid == 0) {
		execvp(a[0], a);
		_exit(127);
	}
	while ((gone = wait(&status)) != pid)
		if (gone < 0 && errno != EINTR)
			return 1;
	return child_status(status);
}

/* wait-pid PID SECONDS: until that process is no more; it need not be a child. */
static int
do_wait_pid(char **a)
{
	struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, number(a[0]), 0), .events = POLLIN};

	if (p.fd < 0)
		return errno == ESRCH ? 0 : report("wait-pid", a[0], errno);
	return poll(&p, 1, (int)(number(a[1]) * 1000)) > 0 ? 0 : report("wait-pid", a[0], ETIMEDOUT);
}

/* can-idmap DIR: whether this kernel gives a mount of DIR other ids at all. */
static int
do_can_idmap(char **a)
{
	struct {
		uint64_t set, clear, propagation, fd;
	} attr = {.set = 0x00100000}; /* MOUNT_ATTR_IDMAP */
	static const char *const maps[] = {"uid_map", "gid_map"};
	char path[64];
	int ready[2], wait_here[2], tree, ns, i, e = 0;
	pid_t pid;

	if (pipe(ready) < 0 || pipe(wait_here) < 0 || (pid = fork()) < 0)
		return report("can-idmap", a[0], errno);
	if (pid == 0) {
		close(wait_here[1]);
		e = unshare(CLONE_NEWUSER) < 0 || write(ready[1], "", 1) < 0 || read(wait_here[0], path, 1) < 0;
		_exit(e);
	}
	close(ready[1]);
	if (read(ready[0], path, 1) != 1)
		return report("can-idmap", a[0], EPERM);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, maps[i]);
		ns = open(path, O_WRONLY | O_CLOEXEC);
		if (ns < 0 || write(ns, "0 1000 10", 9) < 0)
			e = errno;
		close(ns);
	}
	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	tree = (int)syscall(428, AT_FDCWD, a[0], 1 | O_CLOEXEC); /* open_tree, a clone */
	attr.fd = (uint64_t)ns;
	if (!e && (ns < 0 || tree < 0 || syscall(442, tree, "", 0x1000, &attr, sizeof attr) < 0)) /* mount_setattr */
		e = errno;
	close(wait_here[1]);
	waitpid(pid, &i, 0);
	return report("can-idmap", a[0], e);
}

static int
do_nice(char **a)
{
	if (setpriority(PRIO_PROCESS, 0, (int)strtol(a[0], NULL, 10)) < 0)
		return report("nice", a[0], errno);
	return do_exec(a + 1);
}

static void
put_attribute(struct nlmsghdr *h, int type, const void *data, size_t len)
{
	struct rtattr *r = (void *)((char *)h + NLMSG_ALIGN(h->nlmsg_len));

	r->rta_type = (unsigned short)type;
	r->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(r), data, len);
	h->nlmsg_len = (uint32_t)(NLMSG_ALIGN(h->nlmsg_len) + RTA_LENGTH(len));
}

/* netdev NAME KIND [ADDRESS]: a new network device, down, with an IPv4 address of its own. */
static int
do_netdev(char **a)
{
	char buf[512] __attribute__((aligned(8))) = "";
	struct nlmsghdr *h = (void *)buf;
	struct nlmsgerr *e = NLMSG_DATA(h);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct ifreq r = {0};
	struct sockaddr_in *in = (void *)&r.ifr_addr;
	struct rtattr *info;

	h->nlmsg_type = RTM_NEWLINK;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	h->nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	put_attribute(h, IFLA_IFNAME, a[0], strlen(a[0]) + 1);
	info = (void *)(buf + NLMSG_ALIGN(h->nlmsg_len));
	put_attribute(h, IFLA_LINKINFO, NULL, 0);
	put_attribute(h, IFLA_INFO_KIND, a[1], strlen(a[1]));
	info->rta_len = (unsigned short)(buf + h->nlmsg_len - (char *)info);
	if (send(fd, buf, h->nlmsg_len, 0) < 0 || recv(fd, buf, sizeof buf, 0) < 0)
		return report("netdev", a[0], errno);
	if (h->nlmsg_type == NLMSG_ERROR && e->error)
		return report("netdev", a[0], -e->error);
	close(fd);
	if (!a[2])
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strncpy(r.ifr_name, a[0], sizeof r.ifr_name - 1);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, a[2], &in->sin_addr);
	return report_call("netdev", a[0], ioctl(fd, SIOCSIFADDR, &r));
}

/* ---- the table ------------------------------------------------------------------------------- */

/* clang-format off */
static const struct verb {
	const char *name;
	int min, max;           /* how many arguments; max -1 takes all */
	int (*run)(char **a);
	const char *usage;
} verbs[] = {
	{ "alloc", 1, 1, do_alloc, "MIB" },
	{ "bg", 2, 2, do_bg, "N SECONDS" },
	{ "bomb", 0, 0, do_bomb, "" },
	{ "box", 1, -1, do_box, "CMD..." },
	{ "burn", 1, 1, do_burn, "SECONDS" },
	{ "can-idmap", 1, 1, do_can_idmap, "DIR" },
	{ "cat", 1, 1, do_cat, "FILE|-" },
	{ "chdir", 1, 1, do_chdir, "DIR" },
	{ "echo", 1, 1, do_echo, "TEXT" },
	{ "exec", 1, -1, do_exec, "CMD..." },
	{ "exit", 1, 1, do_exit, "STATUS" },
	{ "flee", 1, 1, do_flee, "N" },
	{ "fork", 1, 1, do_fork, "N" },
	{ "hear", 1, 1, do_hear, "SOCKET" },
	{ "hook", 2, 3, do_hook, "FILE NAME [STATUS]" },
	{ "ignore", 1, 1, do_ignore, "SIGNAL" },
	{ "ioctl-tiocsti", 0, 0, do_tiocsti, "" },
	{ "json", 1, 3, do_json, "FILE|- [/PATH [type|raw]]" },
	{ "kill", 2, 2, do_kill, "PID SIGNAL" },
	{ "kill-self", 1, 1, do_kill_self, "SIGNAL" },
	{ "link", 2, 2, do_link, "TARGET PATH" },
	{ "listen", 3, 3, do_listen, "SOCKET FILE SECONDS" },
	{ "ls", 1, 1, do_ls, "DIR" },
	{ "mkdir", 1, 1, do_mkdir, "DIR" },
	{ "mknod", 4, 4, do_mknod, "PATH c|b|p MAJOR MINOR" },
	{ "mount", 5, 5, do_mount, "SOURCE TARGET TYPE FLAGS DATA" },
	{ "netdev", 2, 3, do_netdev, "NAME KIND [ADDRESS]" },
	{ "nice", 2, -1, do_nice, "N CMD..." },
	{ "notify", 1, 1, do_notify, "TEXT" },
	{ "open", 2, 2, do_open, "FILE r|w|rw|a|path|dir|new|create" },
	{ "ps", 0, 0, do_ps, "" },
	{ "readfd", 1, 1, do_readfd, "FD" },
	{ "rm", 1, 1, do_rm, "PATH" },
	{ "run", 1, -1, do_run, "CMD..." },
	{ "setns-escape", 1, 1, do_setns_escape, "FILE" },
	{ "sig", 0, 0, do_sig, "" },
	{ "sleep", 1, 1, do_sleep, "SECONDS" },
	{ "stat", 1, 1, do_stat, "PATH" },
	{ "stderr", 1, 1, do_stderr, "TEXT" },
	{ "syscall", 1, 7, do_syscall, "NR [N|s:TEXT|b:SIZE]..." },
	{ "syscall32", 1, 6, do_syscall32, "NR [N]..." },
	{ "timeout", 2, -1, do_timeout, "SECONDS CMD..." },
	{ "true", 0, 0, do_true, "" },
	{ "try-write-exe", 1, 2, do_try_write_exe, "PID [SECONDS]" },
	{ "umount", 1, 2, do_umount, "PATH [detach]" },
	{ "wait-file", 1, 2, do_wait_file, "FILE [SECONDS]" },
	{ "wait-pid", 2, 2, do_wait_pid, "PID SECONDS" },
	{ "watch-exe", 1, 1, do_watch_exe, "SECONDS" },
	{ "winsize", 2, 2, do_winsize, "ROWS COLUMNS" },
	{ "write", 2, 2, do_write, "FILE TEXT" },
	{ "writefd", 2, 2, do_writefd, "FD TEXT" },
};
/* clang-format on */

static int
help(void)
{
	size_t i;

	puts("usage: probe VERB [ARG...] [++ VERB [ARG...]]...\nfacts:\n  all\n  args");
	for (i = 0; i < COUNT(facts); i++)
		printf("  %s\n", facts[i].name);
	puts("deeds:");
	for (i = 0; i < COUNT(verbs); i++)
		printf("  %s %s\n", verbs[i].name, verbs[i].usage);
	return 64;
}

static bool
run_facts(const char *name, char **argv)
{
	bool all = !strcmp(name, "all"), done = false;
	size_t i;

	for (i = 0; i < COUNT(facts); i++) {
		if (!all && strcmp(name, facts[i].name))
			continue;
		facts[i].print();
		done = true;
	}
	if (all || !strcmp(name, "args")) {
		fact_args(argv);
		done = true;
	}
	return done;
}

static int
run_verb(char **a, int n, char **argv)
{
	const struct verb *v;

	if (n == 1 && run_facts(a[0], argv))
		return 0;
	for (v = verbs; v < verbs + COUNT(verbs); v++)
		if (!strcmp(v->name, a[0]))
			break;
	if (v == verbs + COUNT(verbs))
		return help();
	if (n - 1 < v->min || (v->max >= 0 && n - 1 > v->max)) {
		fprintf(stderr, "usage: probe %s %s\n", v->name, v->usage);
		return 64;
	}
	return v->run(a + 1);
}

/* Verbs are separated by ++ and all of them run; the status is the last one's, as with `;`. */
int
main(int argc, char **argv)
{
	char **a = argv + 1, **end = argv + argc, **stop;
	char **whole;
	int status = 64;

	if (argc < 2)
		return help();
	whole = calloc((size_t)argc + 1, sizeof *whole);
	if (!whole)
		return 1;
	/* A line at a time, so that what a killed process said is complete. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	memcpy(whole, argv, (size_t)argc * sizeof *whole);
	for (; a < end; a = stop + 1) {
		for (stop = a; stop < end && strcmp(*stop, "++"); stop++)
			;
		*stop = NULL;
		if (stop > a)
			status = run_verb(a, (int)(stop - a), whole);
	}
	return status;
}

/* SPDX-License-Identifier: MIT */
/* cgstat.c - what the cgroup files say of a container's use, as runc names it */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/replay.h"
#include "box/stats.h"
#include "sys.h"

enum { TEXT_MAX = 1 << 20, TICK = 10000000 }; /* TICK: ns of a 1/100 s */

struct source {
	const struct state *s;
	struct cgroup_facts f;
};

/* A controller's folder of the container. */
struct folder { const char *path; bool v2; };

static struct folder
folder_of(const struct source *src, const char *v1, const char *v2)
{
	int where = cgroup_where(&src->f, v1, v2);
	const struct cgroup_hierarchy *h = where < 0 ? &src->f.v2 : &src->f.v1.v[where];

	return (struct folder){where == CGROUP_NOWHERE ? NULL : cgroup_recorded(&src->s->cgroups, h->mount), where < 0};
}

/* A whole small file; "" when it is not there. */
static const char *
text_of(const struct folder *d, const char *file)
{
	char *text;

	return d->path && !file_read(AT_FDCWD, text_path(d->path, file), TEXT_MAX, &text, NULL) ? text : "";
}

static uint64_t
number(const struct folder *d, const char *file)
{
	return d->path ? cgroup_number(text_path(d->path, file)) : 0;
}

uint64_t
stats_keyed(const char *text, const char *key)
{
	size_t n = strlen(key);
	uint64_t v = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (!strncmp(text, key, n) && text[n] == ' ' && text_u64_prefix(text + n + 1, &text, &v))
			break;
	return v;
}

/* Go's omitempty. */
static void
put(struct jout *j, const char *key, uint64_t v)
{
	if (v)
		jout_uint(j, key, v);
}

/* some avg10=0.00 avg60=0.00 avg300=0.00 total=0 */
static void
put_pressure_line(struct jout *j, const char *s)
{
	size_t n = strcspn(s, " "), len;

	jout_open(j, arena_copy(s, n), '{');
	for (s += n; *s == ' '; s += len) {
		n = strcspn(++s, "=");
		len = strcspn(s, " \n");
		if (n < len)
			jout_raw(j, arena_copy(s, n), arena_copy(s + n + 1, len - n - 1));
	}
	jout_close(j, '}');
}

static void
put_pressure(struct jout *j, const struct folder *d, const char *file)
{
	const char *s = text_of(d, file);

	if (!*s)
		return;
	jout_open(j, "psi", '{');
	for (; *s; s += strcspn(s, "\n"), s += *s == '\n')
		put_pressure_line(j, s);
	jout_close(j, '}');
}

/* --- cpu -------------------------------------------------------------------------------------- */

/* Column of each line behind the first `skip` lines (or words of one line) as an array. */
static void
put_column(struct jout *j, const char *key, const char *s, int column)
{
	const char *line, *c;
	uint64_t v;
	int i;

	line = s + strcspn(s, "\n");
	if (!*line)
		return;
	jout_open(j, key, '[');
	for (line++; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		for (c = line, i = 0; i < column; i++)
			c += strcspn(c, " \n"), c += *c == ' ';
		if (text_u64_prefix(c, &c, &v))
			jout_uint(j, NULL, v);
	}
	jout_close(j, ']');
}

static void
put_words(struct jout *j, const char *key, const char *s)
{
	uint64_t v;

	if (!*s)
		return;
	jout_open(j, key, '[');
	for (; text_u64_prefix(s, &s, &v); s += *s == ' ')
		jout_uint(j, NULL, v);
	jout_close(j, ']');
}

static void
put_cpu_usage(struct jout *j, const struct source *src, const struct folder *cpu)
{
	struct folder acct = folder_of(src, "cpuacct", NULL);
	const char *stat = text_of(cpu, "cpu.stat"), *all = text_of(&acct, "cpuacct.usage_all");

	jout_open(j, "usage", '{');
	if (cpu->v2) {
		put(j, "total", stats_keyed(stat, "usage_usec") * 1000);
		jout_uint(j, "kernel", stats_keyed(stat, "system_usec") * 1000);
		jout_uint(j, "user", stats_keyed(stat, "user_usec") * 1000);
	} else {
		put(j, "total", number(&acct, "cpuacct.usage"));
		put_words(j, "percpu", text_of(&acct, "cpuacct.usage_percpu"));
		put_column(j, "percpu_kernel", all, 2);
		put_column(j, "percpu_user", all, 1);
		stat = text_of(&acct, "cpuacct.stat");
		jout_uint(j, "kernel", stats_keyed(stat, "system") * TICK);
		jout_uint(j, "user", stats_keyed(stat, "user") * TICK);
	}
	jout_close(j, '}');
}

static void
put_cpu(struct jout *j, const struct source *src)
{
	struct folder cpu = folder_of(src, "cpu", "cpu");
	const char *stat = text_of(&cpu, "cpu.stat");

	jout_open(j, "cpu", '{');
	put_cpu_usage(j, src, &cpu);
	jout_open(j, "throttling", '{');
	put(j, "periods", stats_keyed(stat, "nr_periods"));
	put(j, "throttledPeriods", stats_keyed(stat, "nr_throttled"));
	put(j, "throttledTime", cpu.v2 ? stats_keyed(stat, "throttled_usec") * 1000 : stats_keyed(stat, "throttled_time"));
	jout_close(j, '}');
	if (cpu.v2)
		put_pressure(j, &cpu, "cpu.pressure");
	jout_close(j, '}');
}

/* 0-1,3 */
static void
put_list(struct jout *j, const char *key, const char *s)
{
	uint64_t v, end;

	if (*s < '0' || *s > '9')
		return;
	jout_open(j, key, '[');
	for (; text_u64_prefix(s, &s, &v); s += *s == ',') {
		end = v;
		if (*s == '-')
			text_u64_prefix(s + 1, &s, &end);
		for (; v <= end; v++)
			jout_uint(j, NULL, v);
	}
	jout_close(j, ']');
}

static void
put_cpuset(struct jout *j, const struct source *src)
{
	/* as runc names them; the file has the name without the first underscore's blank */
	static const char *const names[] = {"cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate",
		"memory_spread_page", "memory_spread_slab", "memory_pressure", "sched_load_balance"};
	struct folder d = folder_of(src, "cpuset", NULL);
	size_t i;

	jout_open(j, "cpuset", '{');
	put_list(j, "cpus", text_of(&d, "cpuset.cpus"));
	put_list(j, "mems", text_of(&d, "cpuset.mems"));
	for (i = 0; i < sizeof names / sizeof *names; i++)
		jout_uint(j, names[i], number(&d, text_make("cpuset.%s", names[i])));
	jout_raw(j, "sched_relax_domain_level", *text_of(&d, "cpuset.sched_relax_domain_level") == '-' ? "-1" :
		text_make("%llu", (unsigned long long)number(&d, "cpuset.sched_relax_domain_level")));
	jout_close(j, '}');
}

/* --- memory ----------------------------------------------------------------------------------- */

struct amount { uint64_t limit, usage, max, failures; };

static void
put_amount(struct jout *j, const char *key, const struct amount *a)
{
	jout_open(j, key, '{');
	jout_uint(j, "limit", a->limit);
	put(j, "usage", a->usage);
	put(j, "max", a->max);
	jout_uint(j, "failcnt", a->failures);
	jout_close(j, '}');
}

static struct amount
amount_of(const struct folder *d, const char *of)
{
	if (d->v2)
		return (struct amount){number(d, text_make("%s.max", of)), number(d, text_make("%s.current", of)),
			number(d, text_make("%s.peak", of)), 0};
	return (struct amount){number(d, text_make("%s.limit_in_bytes", of)), number(d, text_make("%s.usage_in_bytes", of)),
		number(d, text_make("%s.max_usage_in_bytes", of)), number(d, text_make("%s.failcnt", of))};
}

/* Lines "KEY VALUE" as members; only those in `only`, or all. */
static void
put_lines(struct jout *j, const char *key, const char *s, bool nonzero)
{
	const char *end;
	uint64_t v;
	size_t n;

	jout_open(j, key, '{');
	for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		n = strcspn(s, " \n");
		if (s[n] == ' ' && text_u64_prefix(s + n + 1, &end, &v) && (v || !nonzero))
			jout_uint(j, arena_copy(s, n), v);
	}
	jout_close(j, '}');
}

/* Swap is both together in version 1, and so in runc's words for version 2. */
static void
put_memory(struct jout *j, const struct source *src)
{
	static const struct amount none;
	struct folder d = folder_of(src, "memory", "memory");
	struct amount a = amount_of(&d, "memory"), swap = amount_of(&d, d.v2 ? "memory.swap" : "memory.memsw");
	const char *stat = text_of(&d, "memory.stat");

	if (d.v2) {
		swap.usage += a.usage;
		swap.limit += swap.limit == UINT64_MAX ? 0 : a.limit == UINT64_MAX ? UINT64_MAX - swap.limit : a.limit;
		swap.max = 0;
	}
	jout_open(j, "memory", '{');
	put(j, "cache", stats_keyed(stat, d.v2 ? "file" : "cache"));
	put_amount(j, "usage", &a);
	put_amount(j, "swap", &swap);
	a = d.v2 ? none : amount_of(&d, "memory.kmem");
	put_amount(j, "kernel", &a);
	a = d.v2 ? none : amount_of(&d, "memory.kmem.tcp");
	put_amount(j, "kernelTCP", &a);
	if (*stat)
		put_lines(j, "raw", stat, false);
	if (d.v2)
		put_pressure(j, &d, "memory.pressure");
	put_lines(j, "event_count", d.v2 ? text_of(&d, "memory.events") : "", true);
	jout_close(j, '}');
}

static void
put_pids(struct jout *j, const struct source *src)
{
	struct folder d = folder_of(src, "pids", "pids");
	uint64_t limit = number(&d, "pids.max");

	jout_open(j, "pids", '{');
	put(j, "current", number(&d, "pids.current"));
	put(j, "limit", limit == UINT64_MAX ? 0 : limit);
	jout_close(j, '}');
}

/* --- disks, huge pages, network --------------------------------------------------------------- */

/* An array that is there only when something is in it. */
struct entries { struct jout *j; const char *key; bool open; };

static void
put_entry(struct entries *l, const uint64_t device[2], const char *op, uint64_t v)
{
	if (!l->open)
		jout_open(l->j, l->key, '[');
	l->open = true;
	jout_open(l->j, NULL, '{');
	put(l->j, "major", device[0]);
	put(l->j, "minor", device[1]);
	jout_str(l->j, "op", op);
	put(l->j, "value", v);
	jout_close(l->j, '}');
}

/* Version 1: "8:0 Read 4096".  Version 2: "8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0", where `what` is bytes or ios;
 * runc has no words for what is discarded. */
static void
put_line(struct entries *l, const char *s, const char *what)
{
	uint64_t device[2], v;
	size_t n;

	if (!text_u64_prefix(s, &s, &device[0]) || *s != ':' || !text_u64_prefix(s + 1, &s, &device[1]))
		return;
	for (; *s == ' '; s += strcspn(s, " \n")) {
		n = strcspn(++s, " =\n");
		if (!what && s[n] == ' ' && text_u64_prefix(s + n + 1, &what, &v)) {
			put_entry(l, device, arena_copy(s, n), v);
			return;
		}
		if (what && *s != 'd' && n == strlen(what) + 1 && text_starts(s + 1, what) && text_u64_prefix(s + n + 1, &(const char *){NULL}, &v))
			put_entry(l, device, *s == 'r' ? "Read" : "Write", v);
	}
}

static void
put_entries(struct jout *j, const char *key, const char *s, const char *what)
{
	struct entries l = {j, key, false};

	for (; *s; s += strcspn(s, "\n"), s += *s == '\n')
		put_line(&l, s, what);
	if (l.open)
		jout_close(j, ']');
}

static void
put_blkio(struct jout *j, const struct source *src)
{
	struct folder d = folder_of(src, "blkio", "io");
	const char *policy = *text_of(&d, "blkio.bfq.io_serviced_recursive") ? "bfq" : "throttle";

	jout_open(j, "blkio", '{');
	if (d.v2) {
		put_entries(j, "ioServiceBytesRecursive", text_of(&d, "io.stat"), "bytes");
		put_entries(j, "ioServicedRecursive", text_of(&d, "io.stat"), "ios");
		put_pressure(j, &d, "io.pressure");
	} else {
		put_entries(j, "ioServiceBytesRecursive", text_of(&d, text_make("blkio.%s.io_service_bytes_recursive", policy)), NULL);
		put_entries(j, "ioServicedRecursive", text_of(&d, text_make("blkio.%s.io_serviced_recursive", policy)), NULL);
	}
	jout_close(j, '}');
}

static void
put_hugepages(struct jout *j, const struct folder *d, const char *size)
{
	const char *of = text_make("hugetlb.%s", size);

	jout_open(j, size, '{');
	if (d->v2) {
		put(j, "usage", number(d, text_make("%s.current", of)));
		jout_uint(j, "failcnt", stats_keyed(text_of(d, text_make("%s.events", of)), "max"));
	} else {
		put(j, "usage", number(d, text_make("%s.usage_in_bytes", of)));
		put(j, "max", number(d, text_make("%s.max_usage_in_bytes", of)));
		jout_uint(j, "failcnt", number(d, text_make("%s.failcnt", of)));
	}
	jout_close(j, '}');
}

/* hugetlb.2MB.current or .usage_in_bytes names a size; the kernel's reservations (rsvd) are another account. */
static void
put_hugetlb(struct jout *j, const struct source *src)
{
	struct folder d = folder_of(src, "hugetlb", "hugetlb");
	autofd int fd = d.path ? sys_openat(AT_FDCWD, d.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;
	_Alignas(struct kernel_dirent) char buf[4096];
	const struct kernel_dirent *e;
	const char *dot;
	ssize_t n, at;

	jout_open(j, "hugetlb", '{');
	while (fd >= 0 && (n = sys_getdents64(fd, buf, sizeof buf)) > 0)
		for (at = 0; at < n; at += e->reclen) {
			e = (const void *)(buf + at);
			dot = text_starts(e->name, "hugetlb.") ? strchr(e->name + 8, '.') : NULL;
			if (dot && (text_eq(dot, ".current") || text_eq(dot, ".usage_in_bytes")))
				put_hugepages(j, &d, arena_copy(e->name + 8, dot - e->name - 8));
		}
	jout_close(j, '}');
}

/* NAME: 16 numbers; runc gives eight of them. */
static void
put_interface(struct jout *j, const char *s)
{
	static const char *const names[] = {"RxBytes", "RxPackets", "RxErrors", "RxDropped", NULL, NULL, NULL, NULL,
		"TxBytes", "TxPackets", "TxErrors", "TxDropped"};
	size_t n, i;
	uint64_t v;

	s += strspn(s, " ");
	n = strcspn(s, ":\n");
	if (s[n] != ':')
		return;
	jout_open(j, NULL, '{');
	jout_str(j, "Name", arena_copy(s, n));
	s += n + 1;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		s += strspn(s, " ");
		if (text_u64_prefix(s, &s, &v) && names[i])
			jout_uint(j, names[i], v);
	}
	jout_close(j, '}');
}

/* Only of a network namespace of the container's own: the host's is nobody's use. */
static void
put_network(struct jout *j, const struct source *src)
{
	autofd int proc = proc_fd();
	struct stat own, its;
	char *text;
	const char *s;

	if (proc < 0 || sys_fstatat(proc, "self/ns/net", &own, 0) ||
		sys_fstatat(proc, text_make("%d/ns/net", (int)src->s->pid), &its, 0) || own.st_ino == its.st_ino ||
		file_read(proc, text_make("%d/net/dev", (int)src->s->pid), TEXT_MAX, &text, NULL)) {
		jout_null(j, "network_interfaces");
		return;
	}
	jout_open(j, "network_interfaces", '[');
	for (s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		put_interface(j, s);
	jout_close(j, ']');
}

void
stats_json(struct jout *j, const char *key, const struct state *s)
{
	struct source src = {.s = s};

	cgroup_facts_read(&src.f); /* on a failure it is as if none were mounted */
	jout_open(j, key, '{');
	put_cpu(j, &src);
	put_cpuset(j, &src);
	put_memory(j, &src);
	put_pids(j, &src);
	put_blkio(j, &src);
	put_hugetlb(j, &src);
	jout_open(j, "intel_rdt", '{');
	jout_close(j, '}');
	put_network(j, &src);
	jout_close(j, '}');
}

void
stats_event(struct jout *j, const char *type, const char *id, const struct state *s)
{
	jout_open(j, NULL, '{');
	jout_str(j, "type", type);
	jout_str(j, "id", id);
	if (s)
		stats_json(j, "data", s);
	jout_close(j, '}');
}

const char *
stats_memory(const struct state *s, bool *v2)
{
	struct source src = {.s = s};
	struct folder d = {NULL, false};

	if (!cgroup_facts_read(&src.f))
		d = folder_of(&src, "memory", "memory");
	*v2 = d.v2;
	return d.path;
}

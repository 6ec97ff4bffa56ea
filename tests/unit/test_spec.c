/* SPDX-License-Identifier: MIT */
/* test_spec.c - the spec layer: the tables of fields.h, names, mount options, whole files
 *
 *	test_spec           all tests; those of single rows are in test_rows.c
 *	test_spec FILE...   what is wrong with these configurations (tests/refuse/run.sh) */
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/fields.h"
#include "spec/load.h"
#include "spec/show.h"
#include "spec/template.h"

static int tests, failed;

static void
ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
	failed += !good;
}

static void
same(const char *got, const char *want, const char *what)
{
	bool good = text_eq(got, want);

	ok(good, what);
	if (!good)
		printf("# got:  %s\n# want: %s\n", got ? got : "(null)", want ? want : "(null)");
}

static bool
load_text(struct spec *s, struct diag *d, const char *text)
{
	memset(s, 0, sizeof *s);
	memset(d, 0, sizeof *d);
	return spec_load_text(s, text, strlen(text), "config.json", d);
}

/* --- the tables themselves ------------------------------------------------------------------------ */

static void
test_tables(void)
{
	bool unique = true, filled = true, kinds = true, fits = true;
	int id, count = 0;
	size_t i, k;

	for (id = 0; id < OBJ_COUNT; id++) {
		const struct object *o = object_of(id);

		fits &= o->count > 0 && o->count <= 32; /* load.c keeps a bit for each */
		for (i = 0; i < o->count; i++, count++) {
			const struct field *f = &o->fields[i];

			for (k = 0; k < i; k++)
				unique &= strcmp(field_key(f), field_key(&o->fields[k])) != 0;
			filled &= *field_key(f) && *field_says(f);
			if (f->type == T_LIST || f->type == T_MAP)
				kinds &= object_of(f->sub)->size > 0;
			if (f->type == T_BITS || f->type == T_ENUM || f->type == T_ENUMS)
				kinds &= field_enums[f->sub] != NULL;
		}
	}
	ok(unique, "no key has two rows in one object");
	ok(filled, "every row says something");
	ok(kinds, "every row points to its table");
	ok(fits, "every object has 1 to 32 rows");
	printf("# %d rows\n", count);
}

static bool
table_unique(const struct words *t)
{
	size_t i, k;

	for (i = 0; i < t->n; i++)
		for (k = i + 1; k < t->n; k++)
			if (!strcmp(name_at(t, i), name_at(t, k)))
				return false;
	return true;
}

/* A word that fills its place to the last byte has no NUL, and the compiler does not say so. */
static bool
table_ends(const struct words *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!memchr(name_at(t, i), 0, t->size - sizeof(uint32_t)))
			return false;
	return true;
}

static void
test_names(void)
{
	static const struct { const char *s; int n; } signals[] = {
		{"TERM", 15}, {"SIGTERM", 15}, {"sigkill", 9}, {"Hup", 1}, {"9", 9}, {"64", 64}, {"0", 0},
		{"65", -1}, {"-9", -1}, {"", -1}, {"SIG", -1}, {"NOPE", -1}, {"RTMIN", 34}, {"SIGRTMIN+3", 37},
		{"rtmin+30", 64}, {"RTMIN+31", -1}, {"RTMIN-1", -1}, {"RTMAX", 64}, {"RTMAX-1", 63}, {"RTMAX+1", -1},
		{"RTMIN+", -1}, {"RTMINX", -1}, {"9x", -1}, {"CLD", 17},
	};
	bool good = true;
	int64_t v;
	size_t i;

	for (i = 1; i < E_COUNT; i++)
		good &= table_unique(field_enums[i]) && table_ends(field_enums[i]);
	good &= table_unique(names_capability) && table_unique(names_signal) && table_unique(names_platform);
	good &= table_ends(names_capability) && table_ends(names_signal) && table_ends(names_platform);
	ok(good, "no name stands twice in a table or is too long for it");
	ok(names_capability->n == CAP_CHECKPOINT_RESTORE + 1, "41 capabilities");
	for (i = 0, good = true; i < names_capability->n; i++)
		good &= name_value(names_capability, i) == (int64_t)i;
	ok(good, "capabilities in the kernel's order");
	ok(name_find(names_capability, "CAP_SYS_ADMIN", &v) && v == CAP_SYS_ADMIN, "CAP_SYS_ADMIN");
	ok(name_find(names_capability, "CAP_BPF", &v) && v == CAP_BPF, "CAP_BPF");
	ok(!name_find(names_capability, "cap_bpf", &v), "capabilities in capital letters only");
	ok(names_rlimit->n == 16 && name_find(names_rlimit, "RLIMIT_RTTIME", &v) && v == 15,
		"16 rlimits");
	ok(name_find(names_rlimit, "RLIMIT_NOFILE", &v) && v == RLIMIT_NOFILE, "RLIMIT_NOFILE");
	ok(names_seccomp_action->n == 9 && names_seccomp_arch->n == 23 &&
		names_seccomp_op->n == 7 && names_seccomp_flag->n == 4, "seccomp's tables");
	same(name_of(names_signal, 6), "ABRT", "the first name of a number");
	same(name_of(names_signal, 99), NULL, "no name");
	for (i = 0; i < sizeof signals / sizeof *signals; i++)
		ok(signal_parse(signals[i].s) == signals[i].n, text_make("signal '%s'", signals[i].s));
	for (i = 0, good = true; i < NS_COUNT; i++)
		good &= name_value(names_namespace, i) == (int64_t)i && ns_flag(i) && *ns_file(i);
	ok(good && !name_at(names_namespace, NS_COUNT), "namespaces in the order of enum ns_type");
	same(ns_file(NS_MOUNT), "mnt", "file of the mount namespace");
	ok(ns_flag(NS_NETWORK) == 0x40000000, "flag of the network namespace");
}

/* --- mount options ---------------------------------------------------------------------------------- */

static struct mount_opts
parse(const char *list)
{
	struct strs s = {0};
	struct mount_opts m;
	const char *comma;

	for (; *list; list = *comma ? comma + 1 : comma) {
		comma = strchr(list, ',');
		comma = comma ? comma : list + strlen(list);
		*PUSH(s.v, s.n) = arena_copy(list, (size_t)(comma - list));
	}
	mount_opts_parse(&s, &m);
	return m;
}

static void
test_flags(void)
{
	static const struct { const char *list; unsigned long flags, clear; const char *data; } cases[] = {
		{"", 0, 0, ""},
		{"defaults", 0, 0, ""},
		{"ro,nosuid,nodev,noexec", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 0, ""},
		{"ro,rw", 0, MS_RDONLY, ""},
		{"rw,ro", MS_RDONLY, 0, ""},
		{"ro,bind", MS_RDONLY | MS_BIND, 0, ""},
		{"ro,defaults,rbind", MS_RDONLY | MS_BIND | MS_REC, 0, ""},
		{"rbind,rw,suid,dev,exec", MS_BIND | MS_REC, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, ""},
		{"noatime,relatime", MS_RELATIME, MS_NOATIME | MS_STRICTATIME, ""},
		{"strictatime,noatime", MS_NOATIME, MS_RELATIME | MS_STRICTATIME, ""},
		{"noatime,atime", 0, MS_NOATIME | MS_RELATIME | MS_STRICTATIME, ""},
		{"strictatime", MS_STRICTATIME, MS_NOATIME | MS_RELATIME, ""},
		{"nodiratime", MS_NODIRATIME, 0, ""},
		{"silent,sync,dirsync,mand", MS_SILENT | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK, 0, ""},
		{"silent,loud", 0, MS_SILENT, ""},
		{"iversion,lazytime,nosymfollow", MS_I_VERSION | (1 << 25) | 256, 0, ""},
		{"remount", MS_REMOUNT, 0, ""},
		{"mode=755,ro,size=65536k", MS_RDONLY, 0, "mode=755,size=65536k"},
		{"newinstance,,gid=5", 0, 0, "newinstance,gid=5"},
		{"x-systemd.automount,nofail,_netdev,user,X-a", 0, 0, ""},
		{"Ro,rw=1", 0, 0, "Ro,rw=1"},
	};
	struct mount_opts m;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		m = parse(cases[i].list);
		ok(m.flags == cases[i].flags && m.clear == cases[i].clear && !strcmp(m.data, cases[i].data) &&
			!m.rec_set && !m.rec_clr && !m.propagation, text_make("options '%s'", cases[i].list));
	}
}

static void
test_options(void)
{
	static const char *const modes[] = {"private", "slave", "shared", "unbindable"};
	static const unsigned long bits[] = {MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_UNBINDABLE};
	struct mount_opts m;
	bool good = true;
	size_t i, k;

	for (i = 0; i < 4; i++)
		good &= parse(modes[i]).propagation == bits[i] &&
			parse(text_make("shared,r%s", modes[i])).propagation == (bits[i] | MS_REC);
	ok(good, "eight propagations, the last one wins");
	m = parse("rro,rnosuid");
	ok(m.rec_set == 3 && !m.rec_clr && !m.flags, "rro,rnosuid");
	m = parse("rro,rrw");
	ok(!m.rec_set && m.rec_clr == 1, "rro,rrw");
	m = parse("rrw,rro");
	ok(m.rec_set == 1 && !m.rec_clr, "rrw,rro");
	m = parse("rnoatime");
	ok(m.rec_set == 0x10 && m.rec_clr == 0x70, "rnoatime clears the whole field");
	m = parse("rnoatime,rstrictatime");
	ok(m.rec_set == 0x20 && m.rec_clr == 0x70, "rnoatime,rstrictatime");
	m = parse("rstrictatime,rrelatime");
	ok(!m.rec_set && m.rec_clr == 0x70, "rrelatime is the field's 0");
	m = parse("rnosymfollow,rnodiratime,rnoexec,rnodev");
	ok(m.rec_set == (0x200000 | 0x80 | 8 | 4), "rnosymfollow,rnodiratime,rnoexec,rnodev");
	m = parse("idmap,tmpcopyup,copy-symlink,src-nofollow,dest-nofollow");
	ok(m.idmap && !m.ridmap && m.tmpcopyup && m.copy_symlink && m.src_nofollow && m.dest_nofollow,
		"members");
	m = parse("ridmap");
	ok(m.idmap && m.ridmap && !m.tmpcopyup, "ridmap is idmap too");
	for (i = 0, good = true; mount_opt_name(i); i++) {
		m = parse(mount_opt_name(i));
		good &= !*m.data;
		for (k = 0; k < i; k++)
			good &= strcmp(mount_opt_name(i), mount_opt_name(k)) != 0;
	}
	ok(good && i >= 60, text_make("%zu names, each known and told once", i));
	for (k = i; k < i + 50; k++)
		good &= !mount_opt_name(k);
	ok(good, "and no more");
}

/* --- whole files --------------------------------------------------------------------------------------- */

static void
show_faults(const struct diag *d)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		printf("# %s\n", diag_text(&d->faults[i]));
}

static void
load_data(const char *name, struct spec *s)
{
	const char *file = text_make("tests/data/%s.config.json", name);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct diag d = {0};
	bool good;

	memset(s, 0, sizeof *s);
	good = fd >= 0 && spec_load(s, fd, file, true, &d);
	good = good && spec_check(s, file, &d);
	ok(good && !d.count, file);
	show_faults(&d);
	close(fd);
}

static void
test_hardened(void)
{
	static struct spec s;
	const struct resources_spec *r = &s.linux.resources;

	load_data("podman-hardened", &s);
	if (!s.process.given || !s.linux.given)
		return;
	same(s.oci_version, "1.0.2-dev", "ociVersion");
	same(s.root.path, "rootfs", "root.path");
	ok(s.root.readonly && s.root.given && s.mounts_given, "root.readonly");
	ok(s.process.user.uid == 1000 && s.process.user.gid == 1000, "process.user");
	ok(s.process.user.umask.given && s.process.user.umask.v == 18, "process.user.umask");
	ok(s.process.user.additional_gids.n == 1 && s.process.user.additional_gids.v[0] == 1000,
		"process.user.additionalGids");
	ok(s.process.no_new_privileges && !s.process.terminal, "process.noNewPrivileges");
	ok(!s.process.oom_score_adj.given, "process.oomScoreAdj is absent");
	same(s.process.args.v[0], "id", "process.args");
	same(s.process.cwd, "/", "process.cwd");
	ok(s.process.rlimits.n == 2 && s.process.rlimits.v[0].type == RLIMIT_NOFILE &&
		s.process.rlimits.v[0].soft == 1024, "process.rlimits");
	same(s.process.capabilities.ambient.v[0], "CAP_NET_BIND_SERVICE", "process.capabilities");
	ok(s.mounts.n == 9, "mounts");
	same(s.mounts.v[0].destination, "/sys", "mounts[0].destination");
	same(s.mounts.v[2].options.v[0], "size=4m", "mounts[2].options");
	ok(s.annotations.n == 8, "annotations");
	same(s.annotations.v[0].key, "io.container.manager", "annotations: key");
	same(s.annotations.v[0].value, "libpod", "annotations: value");
	ok(r->given && r->memory.given && r->memory.limit.v == 67108864 && r->memory.swap.v == 134217728,
		"linux.resources.memory");
	ok(!r->memory.reservation.given && !r->block_io.given, "what is absent is absent");
	ok(r->cpu.quota.v == 50000 && r->cpu.period.v == 100000 && r->pids.limit.v == 50, "cpu and pids");
	ok(r->devices.n == 1 && !r->devices.v[0].allow && r->devices.v[0].allow_given &&
		!r->devices.v[0].type, "linux.resources.devices");
	ok(s.linux.namespaces.n == 5 && s.linux.namespaces.v[1].type == NS_NETWORK, "linux.namespaces");
	same(s.linux.sysctl.v[0].value, "0 0", "linux.sysctl");
	ok(s.linux.masked_paths.n == 11 && s.linux.readonly_paths.n == 6, "masked and readonly paths");
	ok(s.linux.seccomp.given && s.linux.seccomp.default_action == ACTION_ERRNO &&
		s.linux.seccomp.default_errno_ret.v == 38 && s.linux.seccomp.architectures.n == 3 &&
		!s.linux.seccomp.flags_given, "linux.seccomp");
	ok(s.linux.seccomp.syscalls.v[0].action == ACTION_ERRNO &&
		s.linux.seccomp.syscalls.v[0].errno_ret.v == 1, "linux.seccomp.syscalls");
}

static void
test_data(void)
{
	static struct spec s;
	struct process_spec p = {0};
	struct diag d = {0};
	int fd;

	load_data("podman-default", &s);
	load_data("podman-tty", &s);
	ok(s.process.terminal, "process.terminal");
	test_hardened();
	fd = open("tests/data/podman-exec.process.json", O_RDONLY | O_CLOEXEC);
	ok(fd >= 0 && process_load(&p, fd, "process", &d) && process_check(&p, "process", &d) && !d.count,
		"podman-exec.process.json");
	show_faults(&d);
	ok(p.given && p.user.uid == 1000 && p.capabilities.bounding.n == 11 && p.env.n == 4, "its values");
	close(fd);
}

/* All rows at once: every optional member set in one document, and what was stored. */
static void
test_values(void)
{
	static const char text[] =
		"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"hooks\":{\"poststop\":[{\"path\":\"/h\","
		"\"args\":[\"h\",\"1\"],\"timeout\":3}]},\"vm\":{},\"freebsd\":{},\"process\":{\"cwd\":\"/\","
		"\"oomScoreAdj\":-500,\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"flags\":[\"SCHED_FLAG_RECLAIM\","
		"\"SCHED_FLAG_DL_OVERRUN\"],\"nice\":-5,\"period\":18446744073709551615},"
		"\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":4},"
		"\"user\":{\"uid\":4294967294,\"gid\":1},\"selinuxLabel\":\"\"},\"linux\":{"
		"\"timeOffsets\":{\"monotonic\":{\"secs\":-9223372036854775808,\"nanosecs\":5},\"boottime\":{}},"
		"\"netDevices\":{\"eth0\":{\"name\":\"e%d\"},\"eth1\":{}},\"rootfsPropagation\":\"rslave\","
		"\"personality\":{\"domain\":\"LINUX32\"},\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\","
		"\"flags\":[\"MPOL_F_STATIC_NODES\"]},\"devices\":[{\"type\":\"b\",\"path\":\"/dev/x\",\"major\":8,"
		"\"minor\":0,\"fileMode\":8630}],\"namespaces\":[{\"type\":\"time\",\"path\":\"\"}],"
		"\"resources\":{\"rdma\":{\"mlx5_1\":{\"hcaHandles\":3}},\"unified\":{\"memory.max\":\"1\"},"
		"\"memory\":{\"disableOOMKiller\":false,\"limit\":-1},\"devices\":[{\"allow\":true,\"type\":\"c\","
		"\"major\":-1}]},\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":["
		"\"SECCOMP_FILTER_FLAG_LOG\",\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"],\"architectures\":["
		"\"SCMP_ARCH_RISCV64\"],\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"args\":[{"
		"\"index\":5,\"value\":18446744073709551615,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}}}";
	const struct linux_spec *l;
	static struct spec s;
	struct diag d;

	ok(load_text(&s, &d, text) && !d.count, "a document of rare members");
	show_faults(&d);
	l = &s.linux;
	ok(s.foreign == (1 << 2 | 1 << 4), "foreign");
	ok(s.hooks.poststop.n == 1 && s.hooks.poststop.v[0].args.n == 2 && s.hooks.poststop.v[0].timeout.v == 3,
		"hooks");
	ok(s.process.oom_score_adj.given && s.process.oom_score_adj.v == -500, "oomScoreAdj");
	ok(s.process.scheduler.policy == 6 && s.process.scheduler.flags == 6 && s.process.scheduler.nice == -5 &&
		s.process.scheduler.period == UINT64_MAX, "scheduler");
	ok(s.process.io_priority.class == 2 && s.process.io_priority.priority == 4, "ioPriority");
	ok(s.process.user.uid == UINT32_MAX - 1 && !s.process.user.umask.given, "user");
	ok(!s.process.selinux_label && !l->namespaces.v[0].path, "an empty string is absent");
	ok(l->time_offsets.n == 2 && text_eq(l->time_offsets.v[0].clock, "monotonic") &&
		l->time_offsets.v[0].secs == INT64_MIN && l->time_offsets.v[0].nanosecs == 5, "timeOffsets");
	ok(text_eq(l->net_devices.v[0].host, "eth0") && text_eq(l->net_devices.v[0].name, "e%d") &&
		!l->net_devices.v[1].name, "netDevices");
	ok(l->rootfs_propagation == (MS_SLAVE | MS_REC), "rootfsPropagation");
	ok(l->personality.given && l->personality.domain == 8, "personality");
	ok(l->memory_policy.mode == 2 && l->memory_policy.flags == 1 << 15, "memoryPolicy");
	ok(l->devices.v[0].type == 'b' && l->devices.v[0].minor.given && l->devices.v[0].file_mode.v == 8630 &&
		!l->devices.v[0].uid.given, "devices");
	ok(text_eq(l->resources.rdma.v[0].name, "mlx5_1") && l->resources.rdma.v[0].hca_handles.v == 3, "rdma");
	ok(l->resources.memory.disable_oom_killer.given && !l->resources.memory.disable_oom_killer.v &&
		l->resources.memory.limit.v == -1, "memory");
	ok(l->resources.devices.v[0].type == 'c' && l->resources.devices.v[0].major.v == -1, "device rules");
	ok(l->seccomp.flags_given && l->seccomp.flags == 6 && l->seccomp.architectures.v[0] == 18, "seccomp");
	ok(l->seccomp.syscalls.v[0].args.v[0].value == UINT64_MAX &&
		l->seccomp.syscalls.v[0].args.v[0].op == COMPARE_MASKED_EQ, "seccomp arguments");
}

/* --- reading goes on; strictness; big maps -------------------------------------------------------------- */

static void
test_many_faults(void)
{
	static struct spec s;
	struct diag d;

	ok(!load_text(&s, &d, "{\n\"ociVersion\": 1,\n \"root\": {\"path\": true, \"readonly\": \"no\"},\n"
			      "\"linux\": {\"namespaces\": [{\"type\": \"ipc\"}, {\"type\": \"x\"}, {}, 5]}}"),
		"many faults");
	ok(d.errors == 6 && d.count == 6, "all of them are told");
	show_faults(&d);
	if (d.count != 6)
		return;
	same(diag_text(&d.faults[0]), "config.json:2:15: ociVersion: must be a string, not a number (M-2)", "first");
	same(diag_text(&d.faults[2]), "config.json:3:37: root.readonly: must be true or false, not a string (M-3)", "third");
	same(diag_text(&d.faults[3]), "config.json:4:52: linux.namespaces[1].type: no such value: 'x' (M-3)", "fourth");
	same(diag_text(&d.faults[4]), "config.json:4:58: linux.namespaces[2].type: required, but missing", "fifth");
	same(diag_text(&d.faults[5]), "config.json:4:62: linux.namespaces[3]: must be an object, not a number (M-3)", "last");
	ok(s.linux.namespaces.n == 3 && s.linux.namespaces.v[1].type == -1 && s.linux.namespaces.v[2].type == -1,
		"a type that is none is -1");
}

static void
test_strict(void)
{
	static const char text[] = "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\",\"more\":[{}]},\"windows\":{}}";
	static struct spec s;
	struct diag d = {0};
	int fds[2];

	ok(load_text(&s, &d, text) && !d.count, "unknown members are skipped");
	if (pipe(fds) || write(fds[1], text, sizeof text - 1) < 0)
		exit(1);
	close(fds[1]);
	memset(&s, 0, sizeof s);
	ok(spec_load(&s, fds[0], "config.json", true, &d) && d.count == 1 && !d.errors, "strict: a warning, from a pipe");
	show_faults(&d);
	if (d.count == 1)
		same(d.faults[0].name, "root.more", "strict: by name");
	close(fds[0]);
	ok(!load_text(&s, &d, "[]") && d.count == 1 && !d.faults[0].name, "an array is no configuration");
	ok(!load_text(&s, &d, "") && d.count == 1, "nothing is no configuration");
	ok(!load_text(&s, &d, "{} x") && d.errors == 3, "something behind it");
}

static void
test_big_map(void)
{
	enum { N = 100000 };
	static struct spec s;
	struct out o = out_mem();
	struct diag d;
	int i;

	out_str(&o, "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"annotations\":{\"k\":\"v\"");
	for (i = 0; i < N; i++)
		out_fmt(&o, ",\"key%d\":\"v\"", i);
	out_str(&o, "}}");
	ok(load_text(&s, &d, out_text(&o)) && s.annotations.n == N + 1, "a map of 100,000 entries");
	same(s.annotations.v[N].key, text_make("key%d", N - 1), "in the order of the file");
}

/* --- the template and the documentation ---------------------------------------------------------------- */

static void
test_template(void)
{
	struct out o = out_mem();
	static struct spec s;
	struct diag d;

	template_write(&o, &(struct template){.terminal = true, .readonly = true});
	ok(load_text(&s, &d, out_text(&o)) && spec_check(&s, "config.json", &d) && !d.count,
		"the template loads and checks clean");
	show_faults(&d);
	same(s.oci_version, "1.3.0", "its version");
}

static void
test_markdown(void)
{
	struct out o = out_mem();
	const char *text;

	fields_markdown(&o);
	text = out_text(&o);
	ok(strstr(text, "\n| `linux.resources.memory.limit` | number, from -1 | 1.0 | ") != NULL, "docs: a limit");
	ok(strstr(text, "\n| `hooks.prestart[].path` | absolute path, **required** | 1.0 | ") != NULL, "docs: a hook");
	ok(strstr(text, "\n| M-45 | ") && strstr(text, "\n| M-2 | ") && strstr(text, "\n| mote | "), "docs: rules");
	ok(!strstr(text, "(null)"), "docs: no holes");
}

static void
test_versions(void)
{
	static const char *const good[] = {"1.0.0", "1.0.2-dev", "1.3.0", "1.2.1", "1.0.0-rc.5+build.01", "1.99.0",
		"1.0.0--", "1.0.0-0a.b", "1.0.0+0-1", "1.1.0+dev", "1.0.10000000000"};
	static const char *const bad[] = {"1", "1.0", "01.0.0", "1.00.0", "1.0.0-", "1.0.0-a..b", "1.0.0-01", "1.0.0+",
		"v1.0.0", "1.0.0 ", " 1.0.0", "1.0.0.0", "2.0.0", "0.9.0", "1.0.0-a_b", "1.0.x", "-1.0.0", "1.0.0+a+b",
		"99999999999999999999.0.0", "1.-1.0"};
	static struct spec s;
	struct diag d = {0};
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++) {
		s = (struct spec){.oci_version = good[i]};
		ok(spec_check(&s, "f", &d) && !d.count, text_make("version %s", good[i]));
		d = (struct diag){0};
	}
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		s = (struct spec){.oci_version = bad[i]};
		ok(!spec_check(&s, "f", &d) && d.errors == 1, text_make("no version: %s", bad[i]));
		d = (struct diag){0};
	}
}

/* --- files by name ----------------------------------------------------------------------------------------- */

static void
tell_file(const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	static struct spec s;
	struct diag d = {0};
	bool good;
	size_t i;

	if (fd < 0) {
		printf("cannot open %s\n", file);
		return;
	}
	memset(&s, 0, sizeof s);
	good = spec_load(&s, fd, name, true, &d);
	good = spec_check(&s, name, &d) && good;
	for (i = 0; i < d.count; i++)
		printf("%s%s\n", d.faults[i].level == DIAG_ERROR ? "" : d.faults[i].level == DIAG_WARNING ?
			"warning: " : "note: ", diag_text(&d.faults[i]));
	printf("%s\n", good ? "accepted" : "refused");
	close(fd);
}

int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		tell_file(argv[i]);
	if (argc > 1)
		return 0;
	test_tables();
	test_names();
	test_flags();
	test_options();
	test_data();
	test_values();
	test_many_faults();
	test_strict();
	test_big_map();
	test_template();
	test_markdown();
	test_versions();
	printf("1..%d\n", tests);
	return failed != 0;
}

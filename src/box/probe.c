/* SPDX-License-Identifier: MIT */
/* probe.c - what this machine can do for containers.  A system call is asked with arguments that it must refuse: ENOSYS says
 * that there is none, everything else that it is there.  No process, mount or file is made. */
#include "box/probe.h"

#include <linux/magic.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/names.h"
#include "sys.h"

static void
put(struct probes *out, const char *name, enum probe_state state, const char *says)
{
	*PUSH(out->v, out->n) = (struct probe){.name = name, .state = state, .says = says};
}

static bool
is_there(const char *path)
{
	return sys_faccessat(AT_FDCWD, path, F_OK) == 0;
}

/* The first line of a small file, "" when it cannot be read. */
static const char *
line(const char *path)
{
	char buf[512];
	ssize_t n = file_peek(AT_FDCWD, path, buf, sizeof buf);

	return n > 0 ? arena_copy(buf, strcspn(buf, "\n")) : "";
}

/* --- system calls ------------------------------------------------------------------------------- */

static int ask_open_tree(void) { return sys_open_tree(-1, "", ~0u); }
static int ask_move_mount(void) { return sys_move_mount(-1, "", -1, "", ~0u); }
static int ask_fsopen(void) { return sys_fsopen("", ~0u); }
static int ask_clone3(void) { return sys_clone3(NULL, 0); }
static int ask_openat2(void) { return sys_openat2(-1, "", NULL, 0); }
static int ask_close_range(void) { return sys_close_range(1, 0, 0); }
static int ask_mount_setattr(void) { return sys_mount_setattr(-1, "", ~0u, NULL, 0); }
static int ask_pidfd(void) { return sys_pidfd_open(0, 0); }
static int ask_memfd(void) { return sys_memfd_create("", ~0u); }
static int ask_keyctl(void) { return (int)sys_keyctl(-1, 0, 0, 0, 0); }
static int ask_bpf(void) { return sys_bpf(-1, NULL, 0); }
static int ask_fchmodat2(void) { return sys_fchmodat2(-1, "", 0, ~0); }

/* A cgroup that is no descriptor: EBADF where the flag is known, EINVAL before 5.7.  Where cgroups are compiled out the flag
 * would be passed over and a process made: that is asked first. */
static int
ask_into_cgroup(void)
{
	struct kernel_clone_args a = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 0x7fffffff};
	int e;

	if (!is_there("/proc/self/cgroup"))
		return -ENOSYS;
	e = sys_clone3(&a, sizeof a);
	if (!e)
		sys_exit_group(0);
	return e == -EINVAL ? -ENOSYS : e;
}

static const struct {
	const char *name, *without;
	bool needed;
	int (*ask)(void);
} calls[] = {
	{"open_tree", HAVE_OLDKERNEL ? "sources are opened twice; no bind mounts with the option shared" : "binds cannot be made without OLDKERNEL",
		!HAVE_OLDKERNEL, ask_open_tree},
	{"move_mount", HAVE_OLDKERNEL ? "copies of mounts are parked in /proc and moved from there" : "mounts cannot be placed without OLDKERNEL",
		!HAVE_OLDKERNEL, ask_move_mount},
	{"fsopen", "no private /proc: the one that is mounted is used", false, ask_fsopen},
	{"clone3", "clone is used: a step more to a process's cgroup and pidfd", false, ask_clone3},
	{"CLONE_INTO_CGROUP", "the process moves into its cgroup after it was made", false, ask_into_cgroup},
	{"pidfd_open", "processes are watched and signalled by number", false, ask_pidfd},
	{"openat2", "paths inside a root are walked one folder at a time", false, ask_openat2},
	{"close_range", "descriptors are closed one by one", false, ask_close_range},
	{"mount_setattr", "no idmapped mounts, no recursive mount options (rro, rnosuid, ...)", false, ask_mount_setattr},
	{"memfd_create", "mote cannot run from a sealed copy of itself", false, ask_memfd},
	{"fchmodat2", "modes are set by way of /proc", false, ask_fchmodat2},
	{"bpf", "no device rules on version 2 cgroups", false, ask_bpf},
	{"keyctl", "containers share the caller's session keyring", false, ask_keyctl},
};

static void
probe_calls(struct probes *out)
{
	size_t i;
	int e;

	for (i = 0; i < sizeof calls / sizeof *calls; i++) {
		e = calls[i].ask();
		if (e != -ENOSYS)
			put(out, calls[i].name, PROBE_OK, "");
		else
			put(out, calls[i].name, calls[i].needed ? PROBE_MISSING : PROBE_DEGRADED, calls[i].without);
		out->v[out->n - 1].needed = calls[i].needed;
	}
}

/* --- namespaces, privileges --------------------------------------------------------------------- */

static bool
has_namespace(int type)
{
	return is_there(text_path("/proc/self/ns", ns_file(type)));
}

static void
probe_user(struct probes *out, const char *name)
{
	if (text_eq(line("/proc/sys/user/max_user_namespaces"), "0"))
		put(out, name, PROBE_MISSING, "/proc/sys/user/max_user_namespaces is 0");
	else if (text_eq(line("/proc/sys/kernel/unprivileged_userns_clone"), "0"))
		put(out, name, PROBE_DEGRADED, "for root only: /proc/sys/kernel/unprivileged_userns_clone is 0");
	else if (text_eq(line("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"), "1"))
		put(out, name, PROBE_DEGRADED, "without privileges for others than root: apparmor_restrict_unprivileged_userns is 1");
	else
		put(out, name, PROBE_OK, "");
}

static void
probe_namespaces(struct probes *out)
{
	const char *name;
	int type;

	for (type = 0; type < NS_COUNT; type++) {
		name = text_make("namespace %s", name_at(names_namespace, (size_t)type));
		if (!has_namespace(type))
			put(out, name, PROBE_MISSING, "a config that asks for one is refused");
		else if (type == NS_USER)
			probe_user(out, name);
		else
			put(out, name, PROBE_OK, "");
		out->v[out->n - 1].needed = type == NS_MOUNT;
	}
}

static bool
has_cap(int cap)
{
	struct { uint32_t version; int pid; } head = {0x20080522, 0};
	struct { uint32_t effective, permitted, inheritable; } data[2] = {{0}};

	return !sys_capget(&head, data) && data[cap / 32].effective >> cap % 32 & 1;
}

static void
probe_privileges(struct probes *out)
{
	enum { CAP_ADMIN = 21, CAP_RESOURCE = 24 }; /* CAP_SYS_ */

	if (!has_cap(CAP_ADMIN))
		put(out, "privileges", PROBE_DEGRADED, "no CAP_SYS_ADMIN: only containers with a user namespace");
	else if (!has_cap(CAP_RESOURCE))
		put(out, "privileges", PROBE_DEGRADED, "no CAP_SYS_RESOURCE: rlimits cannot be raised, nor oomScoreAdj lowered");
	else
		put(out, "privileges", PROBE_OK, "");
}

/* --- cgroups ------------------------------------------------------------------------------------ */

static bool
v1_has(const struct cgroup_facts *f, const char *controller)
{
	size_t i;

	for (i = 0; i < f->v1.n; i++)
		if (cgroup_has(f->v1.v[i].controllers, ',', controller, strlen(controller)))
			return true;
	return false;
}

/* What version 2 has without a controller, or under another name. */
static const struct { char name[12], v2[8]; } controllers[] = {
	{"cpu", "cpu"}, {"cpuset", "cpuset"}, {"memory", "memory"}, {"pids", "pids"}, {"blkio", "io"}, {"hugetlb", "hugetlb"},
	{"rdma", "rdma"}, {"devices", "+"}, {"freezer", "+"}, {"net_cls", ""}, {"net_prio", ""},
};

static void
probe_controllers(struct probes *out, const struct cgroup_facts *f)
{
	const char *name, *v2;
	size_t i;

	for (i = 0; i < sizeof controllers / sizeof *controllers; i++) {
		v2 = controllers[i].v2;
		name = text_make("cgroup %s", controllers[i].name);
		if (f->v2.mount && cgroup_has(f->v2_controllers, ' ', v2, strlen(v2)) && *v2)
			put(out, name, PROBE_OK, text_make("version 2, %s", v2));
		else if (v1_has(f, controllers[i].name))
			put(out, name, PROBE_OK, "version 1");
		else if (f->mode == CGROUP_V2 && *v2 == '+')
			put(out, name, PROBE_OK, "version 2 has it without a controller");
		else if (f->mode == CGROUP_V2 && !*v2)
			put(out, name, PROBE_DEGRADED, "version 2 has none: such limits are refused");
		else
			put(out, name, PROBE_MISSING, "such limits are refused");
	}
}

static void
probe_cgroups(struct probes *out)
{
	static const char *const modes[] = {[CGROUP_NONE] = "none is mounted: no limits", [CGROUP_V1] = "version 1",
		[CGROUP_HYBRID] = "version 1, and version 2 beside it", [CGROUP_V2] = "version 2"};
	struct cgroup_facts f;
	int e = cgroup_facts_read(&f);

	if (e) {
		put(out, "cgroups", PROBE_MISSING, text_errno(e));
		return;
	}
	put(out, "cgroups", f.mode == CGROUP_NONE ? PROBE_DEGRADED : PROBE_OK, modes[f.mode]);
	if (f.mode != CGROUP_NONE)
		probe_controllers(out, &f);
}

/* --- seccomp, security modules, file systems ------------------------------------------------------- */

static void
probe_seccomp(struct probes *out)
{
	static const struct { const char *name; uint32_t action; } actions[] = {
		{"KILL_PROCESS", SECCOMP_RET_KILL_PROCESS}, {"TRAP", SECCOMP_RET_TRAP}, {"ERRNO", SECCOMP_RET_ERRNO},
		{"NOTIFY", 0x7fc00000}, {"TRACE", SECCOMP_RET_TRACE}, {"LOG", SECCOMP_RET_LOG}};
	struct out lacks = out_mem();
	uint32_t action;
	size_t i;

	if (sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
		put(out, "seccomp", PROBE_MISSING, "configs with linux.seccomp are refused");
		return;
	}
	for (i = 0; i < sizeof actions / sizeof *actions; i++) {
		action = actions[i].action;
		if (sys_seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0)
			out_fmt(&lacks, " %s", actions[i].name);
	}
	put(out, "seccomp", lacks.len ? PROBE_DEGRADED : PROBE_OK,
		lacks.len ? text_make("without the actions%s", out_text(&lacks)) : "all actions");
}

static void
probe_modules(struct probes *out)
{
	const char *list = line("/sys/kernel/security/lsm");

	put(out, "security modules", PROBE_OK, *list ? list : "not known: /sys/kernel/security is not mounted");
}

/* Is it in /proc/filesystems, as nodev or not? */
static bool
has_filesystem(const char *all, const char *type)
{
	const char *at = text_find(all, text_make("\t%s\n", type));

	return at != NULL;
}

static const char *
filesystems(void)
{
	char *all;

	return file_read(AT_FDCWD, "/proc/filesystems", 65536, &all, NULL) ? "" : all;
}

static void
probe_filesystems(struct probes *out)
{
	static const struct { const char *type, *without; } types[] = {
		{"proc", "no /proc in containers"}, {"sysfs", "no /sys in containers"}, {"tmpfs", "no /dev in containers"},
		{"devpts", "no terminals"}, {"mqueue", "no /dev/mqueue"},
		{"overlay", "engines cannot stack images (the module may load when it is asked for)"}};
	const char *all = filesystems(), *name;
	size_t i;

	for (i = 0; i < sizeof types / sizeof *types; i++) {
		name = text_make("file system %s", types[i].type);
		if (has_filesystem(all, types[i].type))
			put(out, name, PROBE_OK, "");
		else
			put(out, name, text_eq(types[i].type, "overlay") ? PROBE_DEGRADED : PROBE_MISSING, types[i].without);
	}
	put(out, "loop devices", is_there("/dev/loop-control") ? PROBE_OK : PROBE_DEGRADED,
		is_there("/dev/loop-control") ? "" : "no /dev/loop-control: images cannot be mounted");
	put(out, "terminals", is_there("/dev/ptmx") || is_there("/dev/pts/ptmx") ? PROBE_OK : PROBE_DEGRADED,
		is_there("/dev/ptmx") || is_there("/dev/pts/ptmx") ? "" : "no /dev/ptmx: run cannot give a terminal in the foreground");
}

static void
probe_kernel(struct probes *out)
{
	struct utsname u = {0};
	struct statfs fs = {0};
	bool memory;

	sys_uname(&u);
	put(out, "kernel", PROBE_OK, text_make("%s %s", u.release, u.machine));
	put(out, "/proc", is_there("/proc/self") ? PROBE_OK : PROBE_MISSING,
		is_there("/proc/self") ? "" : "not mounted: much of what follows cannot be seen");
	out->v[out->n - 1].needed = true;
	sys_statfs("/", &fs);
	memory = fs.f_type == 0x858458f6 || (fs.f_type == TMPFS_MAGIC && sys_mount("/", "/", NULL, MS_MOVE, NULL) == -EINVAL);
	put(out, "root", memory ? PROBE_DEGRADED : PROBE_OK, memory ?
		"an initramfs: with CAP_SYS_ADMIN and no user namespace a container can come back to it" : "");
	if (is_there("/proc/config.gz"))
		put(out, "kernel options", PROBE_OK, "zcat /proc/config.gz shows them");
}

void
probe_all(struct probes *out)
{
	probe_kernel(out);
	probe_privileges(out);
	probe_namespaces(out);
	probe_cgroups(out);
	probe_seccomp(out);
	probe_calls(out);
	probe_modules(out);
	probe_filesystems(out);
}

/* --- of one configuration ------------------------------------------------------------------------- */

static void
tell(struct diag *d, enum diag_level level, const char *name, const char *text)
{
	diag_add(d, (struct fault){.level = level, .name = name, .rule = level == DIAG_ERROR ? 36 : -1, .text = text});
}

static void
spec_mounts(const struct spec *s, struct diag *d)
{
	const char *all = filesystems();
	bool setattr = ask_mount_setattr() != -ENOSYS, tree = ask_open_tree() != -ENOSYS;
	struct mount_opts o;
	size_t i;

	for (i = 0; i < s->mounts.n; i++) {
		const struct mount_spec *m = &s->mounts.v[i];

		mount_opts_parse(&m->options, &o);
		if (!setattr && (o.rec_set || o.rec_clr || o.idmap || m->uid_maps.n))
			tell(d, DIAG_ERROR, text_make("mounts[%zu].options", i), "this kernel has no mount_setattr (Linux 5.12)");
		if (!tree && o.flags & MS_BIND && o.propagation & MS_SHARED)
			tell(d, DIAG_ERROR, text_make("mounts[%zu].options", i), "shared: this kernel has no open_tree (Linux 5.2)");
		if (!(o.flags & MS_BIND) && m->type && *all && !text_starts(m->type, "cgroup") && !has_filesystem(all, m->type))
			tell(d, DIAG_WARNING, text_make("mounts[%zu].type", i),
				DIAG_TEXT(d, "no file system %s in /proc/filesystems: a module may have it", m->type));
	}
}

static void
spec_caps(const struct spec *s, const struct facts *f, struct diag *d)
{
	const struct strs *caps = &s->process.capabilities.bounding;
	int64_t cap;
	size_t i;

	for (i = 0; i < caps->n; i++)
		if (name_find(names_capability, caps->v[i], &cap) && cap > f->last_cap)
			tell(d, DIAG_WARNING, text_make("process.capabilities.bounding[%zu]", i), "this kernel does not know it");
}

void
probe_spec(const struct spec *s, const struct facts *f, struct diag *d)
{
	size_t i;
	int type;

	for (i = 0; i < s->linux.namespaces.n; i++) {
		type = s->linux.namespaces.v[i].type;
		if (is_there("/proc/self/ns") && !has_namespace(type))
			tell(d, DIAG_ERROR, text_make("linux.namespaces[%zu].type", i), "this kernel has no such namespaces");
	}
	spec_mounts(s, d);
	spec_caps(s, f, d);
	if (s->linux.seccomp.given && sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		tell(d, DIAG_ERROR, "linux.seccomp", "this kernel has no seccomp");
}

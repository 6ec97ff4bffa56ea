/* SPDX-License-Identifier: MIT */
/* lint.c - what is allowed and yet a reviewer would ask about: rules that warn, for `mote validate --strict` */
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/text.h"
#include "spec/check.h"
#include "spec/names.h"

static bool
has(const struct strs *list, const char *word)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (text_eq(list->v[i], word))
			return true;
	return false;
}

static bool
has_cap(const struct check *c, const char *cap)
{
	return has(&c->s->process.capabilities.bounding, cap) || has(&c->s->process.capabilities.permitted, cap);
}

/* A bind that can be written, or another mount without ro. */
static bool
writable(const struct mount_spec *m, struct mount_opts *o)
{
	mount_opts_parse(&m->options, o);
	return !(o->flags & MS_RDONLY) && !(o->rec_set & 1); /* MOUNT_ATTR_RDONLY */
}

static bool
mounts_type(const struct check *c, const char *type)
{
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++)
		if (text_eq(c->s->mounts.v[i].type, type))
			return true;
	return false;
}

/* --- rules: the sentence of a finding is the rule's own -------------------------------------------- */

#define FLAG(c, ...) check_warn(c, (c)->says, __VA_ARGS__)

static void
judge_root_user(const struct check *c)
{
	if (c->s->process.given && !c->s->process.user.uid && !check_ns(c->s, NS_USER))
		FLAG(c, "process.user.uid");
}

static void
judge_caps(const struct check *c)
{
	static const char *const strong[] = {"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE", "CAP_SYS_BOOT",
		"CAP_DAC_READ_SEARCH", "CAP_BPF", "CAP_MAC_ADMIN", "CAP_SYSLOG", NULL};
	size_t i;

	for (i = 0; !check_ns(c->s, NS_USER) && strong[i]; i++)
		if (has_cap(c, strong[i]))
			check_warn(c, text_make("%s: %s", strong[i], c->says), "process.capabilities");
}

static void
judge_initramfs(const struct check *c)
{
	if (c->initramfs && has_cap(c, "CAP_SYS_ADMIN") && !check_ns(c->s, NS_USER))
		FLAG(c, "linux.namespaces");
}

static void
judge_shared(const struct check *c)
{
	const struct ns_spec *ns;
	int type;

	for (type = 0; type < NS_COUNT; type++) {
		ns = check_ns(c->s, type);
		if (ns ? ns->path && text_starts(ns->path, "/proc/1/") : type != NS_USER && type != NS_TIME)
			check_warn(c, text_make("%s: %s", name_of(names_namespace, type), c->says), "linux.namespaces");
	}
}

static void
judge_masks(const struct check *c)
{
	if (!mounts_type(c, "proc") && !mounts_type(c, "sysfs"))
		return;
	if (!c->s->linux.masked_paths.n)
		FLAG(c, "linux.maskedPaths");
	if (!c->s->linux.readonly_paths.n)
		FLAG(c, "linux.readonlyPaths");
}

static void
judge_views(const struct check *c)
{
	const struct mount_spec *m;
	struct mount_opts o;
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++) {
		m = &c->s->mounts.v[i];
		if (m->type && (text_starts(m->type, "cgroup") || text_eq(m->type, "sysfs")) && writable(m, &o))
			FLAG(c, "mounts[%zu].options", i);
	}
}

/* Of the host; a socket is no safer when it cannot be written. */
static bool
is_dangerous(const struct mount_spec *m)
{
	static const char paths[] = "/\0/proc\0/sys\0/dev\0/etc\0/boot\0/root\0/usr\0/var\0/run\0/var/run\0/var/lib\0/sys/fs/cgroup\0";
	struct mount_opts o;
	bool open = writable(m, &o);
	const char *source, *p;

	if (!(o.flags & MS_BIND) || !m->source || *m->source != '/')
		return false;
	source = text_clean(m->source);
	for (p = paths; open && *p; p += strlen(p) + 1)
		if (text_eq(source, p))
			return true;
	return text_ends(source, ".sock");
}

static void
judge_binds(const struct check *c)
{
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++)
		if (is_dangerous(&c->s->mounts.v[i]))
			FLAG(c, "mounts[%zu].source", i);
}

/* mode=777 of a tmpfs without the sticky bit. */
static bool
is_world(const struct mount_spec *m)
{
	struct mount_opts o;
	const char *mode;
	size_t n;

	mount_opts_parse(&m->options, &o);
	mode = text_find(o.data, "mode=");
	if (!mode || (mode > o.data && mode[-1] != ','))
		return false;
	mode += 5 + strspn(mode + 5, "0");
	n = strspn(mode, "01234567");
	return n && n < 4 && (mode[n - 1] - '0') & 2;
}

static void
judge_modes(const struct check *c)
{
	const struct device_spec *d;
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++)
		if (is_world(&c->s->mounts.v[i]))
			FLAG(c, "mounts[%zu].options", i);
	for (i = 0; i < c->s->linux.devices.n; i++) {
		d = &c->s->linux.devices.v[i];
		if (d->type == 'b' && d->file_mode.v & 2)
			FLAG(c, "linux.devices[%zu].fileMode", i);
	}
}

static void
judge_privileges(const struct check *c)
{
	if (c->s->process.given && !c->s->process.no_new_privileges)
		FLAG(c, "process.noNewPrivileges");
}

static void
judge_seccomp(const struct check *c)
{
	const struct seccomp_spec *s = &c->s->linux.seccomp;

	if (!s->given)
		FLAG(c, "linux.seccomp");
	else if (s->default_action == ACTION_ALLOW || s->default_action == ACTION_LOG)
		FLAG(c, "linux.seccomp.defaultAction");
}

static void
judge_speculation(const struct check *c)
{
	if (c->s->linux.seccomp.flags & 4) /* SECCOMP_FILTER_FLAG_SPEC_ALLOW */
		FLAG(c, "linux.seccomp.flags");
}

static void
judge_all_devices(const struct check *c)
{
	const struct device_rule *d;
	size_t i;

	for (i = 0; i < c->r->devices.n; i++) {
		d = &c->r->devices.v[i];
		if (d->allow && d->type != 'b' && d->type != 'c' && d->major.v <= 0 && d->minor.v <= 0 &&
			(!d->access || strpbrk(d->access, "rw")))
			FLAG(c, "linux.resources.devices[%zu]", i);
	}
}

static void
judge_limits(const struct check *c)
{
	const struct resources_spec *r = &c->s->linux.resources;

	if (!r->pids.limit.given || r->pids.limit.v < 0)
		FLAG(c, "linux.resources.pids.limit");
	if (r->memory.limit.v <= 0)
		FLAG(c, "linux.resources.memory.limit");
}

static void
judge_readonly(const struct check *c)
{
	if (!c->s->root.readonly)
		FLAG(c, "root.readonly");
}

static void
judge_propagation(const struct check *c)
{
	if (c->s->linux.rootfs_propagation & MS_SHARED)
		FLAG(c, "linux.rootfsPropagation");
}

static void
judge_relative(const struct check *c)
{
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++)
		if (c->s->mounts.v[i].destination && *c->s->mounts.v[i].destination != '/')
			FLAG(c, "mounts[%zu].destination", i);
}

static void
judge_mand(const struct check *c)
{
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++)
		if (has(&c->s->mounts.v[i].options, "mand") || has(&c->s->mounts.v[i].options, "nomand"))
			FLAG(c, "mounts[%zu].options", i);
}

/* clang-format off */
const struct rule rules_lint[] = {
	{-1, OF_SPEC, false, judge_root_user, "root inside is root of the host without a user namespace"},
	{-1, OF_SPEC, false, judge_caps, "a capability that leads out of a container without a user namespace"},
	{-1, OF_SPEC, false, judge_initramfs, "on an initramfs CAP_SYS_ADMIN without a user namespace leads back to it (seen with --host)"},
	{-1, OF_SPEC, false, judge_shared, "a namespace that is shared with the host"},
	{-1, OF_SPEC, false, judge_masks, "with /proc or /sys there should be maskedPaths and readonlyPaths"},
	{-1, OF_SPEC, false, judge_views, "a mount of cgroups or sysfs that can be written"},
	{-1, OF_SPEC, false, judge_binds, "a socket or a writable system folder of the host is bound"},
	{-1, OF_SPEC, false, judge_modes, "world-writable: a folder without the sticky bit, or a disk"},
	{-1, OF_SPEC, false, judge_privileges, "not true: set-user-id programs give their privileges"},
	{-1, OF_SPEC, false, judge_seccomp, "there should be a filter, and it should list what is allowed"},
	{-1, OF_SPEC, false, judge_speculation, "SPEC_ALLOW turns off what holds back speculation"},
	{-1, OF_RESOURCES, false, judge_all_devices, "a rule that allows every device"},
	{-1, OF_SPEC, false, judge_limits, "no limit: one container can use up the machine's processes or memory"},
	{-1, OF_SPEC, false, judge_readonly, "not true: programs and libraries can be changed"},
	{-1, OF_SPEC, false, judge_propagation, "mounts that are made inside appear on the host"},
	{-1, OF_SPEC, false, judge_relative, "a relative destination is deprecated"},
	{-1, OF_SPEC, false, judge_mand, "the options mand and nomand are deprecated"},
	{0},
};
/* clang-format on */

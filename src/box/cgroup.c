/* SPDX-License-Identifier: MIT */
/* cgroup.c - cgroups: what is judged, what is planned, what the container sees */
#include "box/cgroup.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/gate.h"
#include "box/scope.h"
#include "box/user.h"
#include "sys.h"

enum { BPF_MAX = 4096 /* instructions, before Linux 5.2 */, LITTLE = 1 << 20 /* bytes */ };

/* --- what is asked for ------------------------------------------------------------------------ */

static bool
has_view(const struct spec *s)
{
	size_t i;

	for (i = 0; i < s->mounts.n; i++)
		if (text_eq(s->mounts.v[i].type, "cgroup"))
			return true;
	return false;
}

static bool
asks_memory(const struct resources_spec *r)
{
	return r->memory.limit.v | r->memory.reservation.v | r->memory.swap.v | r->memory.kernel.v | r->memory.kernel_tcp.v |
		r->memory.swappiness.given | r->memory.disable_oom_killer.v | r->memory.use_hierarchy.given;
}

static bool
asks_cpu(const struct resources_spec *r)
{
	return r->cpu.shares.v | r->cpu.period.v | r->cpu.burst.given | r->cpu.realtime_period.v | r->cpu.quota.v |
		r->cpu.realtime_runtime.given | r->cpu.idle.given || (r->cpu.cpus && *r->cpu.cpus) || (r->cpu.mems && *r->cpu.mems);
}

static bool
asks_io(const struct resources_spec *r)
{
	return r->block_io.weight.v | r->block_io.leaf_weight.v | r->block_io.weight_device.n | r->block_io.read_bps.n |
		r->block_io.write_bps.n | r->block_io.read_iops.n | r->block_io.write_iops.n;
}

static bool
asks_other(const struct resources_spec *r)
{
	return r->devices.n | r->pids.limit.given | r->hugepage_limits.n | r->rdma.n | r->network.class_id.given |
		r->network.priorities.n | r->unified.n;
}

bool
cgroup_wanted(const struct spec *s)
{
	const struct resources_spec *r = &s->linux.resources;

	return (s->linux.cgroups_path && *s->linux.cgroups_path) || asks_memory(r) || asks_cpu(r) ||
		asks_io(r) || asks_other(r) || has_view(s);
}

/* An absolute path counts from the mount point (M-52).  So does a relative one: the same value must
 * lead to the same place, whoever calls mote from wherever. */
const char *
cgroup_path(const struct job *j)
{
	const char *path = j->spec->linux.cgroups_path;

	return path && *path ? text_clean(text_path("/", path)) : text_path("/mote", j->id);
}

/* --- judgement -------------------------------------------------------------------------------- */

static void
check_path(const struct job *j, struct diag *d)
{
	const char *path = cgroup_path(j);

	if (text_eq(path, "/"))
		diag_add(d, (struct fault){.name = "linux.cgroupsPath",
				    .rule = 52,
				    .text = "is the root of the cgroups, where every process of "
					    "the machine lives"});
	if (strpbrk(path, "\n\t"))
		diag_add(d, (struct fault){.name = "linux.cgroupsPath", .rule = 52,
			.text = "holds a tab or a newline"});
}

static void
check_devices(const struct job *j, struct diag *d)
{
	const struct resources_spec *r = &j->spec->linux.resources;
	const struct cgroup_facts *f = &j->facts->cgroup;
	struct fault fault = {.name = "linux.resources.devices", .rule = 36};
	int where = cgroup_where_devices(f);

	if (!(HAVE_DEVICES || HAVE_CGROUP1) || !r->devices.n) /* refused by name */
		return;
	dev_rules_check(r, d);
	if (where == CGROUP_NOWHERE)
		fault.text = f->v2.mount ? "this mote was built without DEVICES" :
			cgroup_missing(f, "devices", "CONFIG_CGROUP_DEVICE");
	else if (where == CGROUP_AT_V2 && r->devices.n > BPF_MAX / 8 - 16)
		fault.text = "are more rules than a program for the kernel can hold";
	else if (HAVE_CGROUP1 && where >= 0)
		cgroup1_check_devices(j, d);
	if (fault.text)
		diag_add(d, fault);
}

static void
check_view(const struct job *j, struct diag *d)
{
	if (j->facts->cgroup.mode == CGROUP_NONE && has_view(j->spec))
		diag_add(d, (struct fault){.name = "mounts",
				    .rule = 36,
				    .text = "asks for a mount of type "
					    "cgroup, but no cgroup file system is mounted here"});
}

bool
cgroup_check(const struct job *j, struct diag *d)
{
	struct cgroup_settings unused = {0};
	size_t before = d->errors;

	if (j->no_cgroups || !cgroup_wanted(j->spec))
		return true;
	check_path(j, d);
	IF_SYSTEMD(if (j->systemd) scope_check(j, d);)
	check_view(j, d);
	cgroup_settings(&unused, &j->facts->cgroup, &j->spec->linux.resources, d);
	check_devices(j, d);
	return d->errors == before;
}

/* --- plan ------------------------------------------------------------------------------------- */

void
plan_cgroup_writes(struct plan *p, const char *folder, int where, const struct cgroup_settings *s)
{
	const struct cgroup_setting *i;
	struct cgroup_else *other;
	struct step *st;

	for (i = s->v; i < s->v + s->n; i++) {
		if (i->where != where)
			continue;
		other = NEW(struct cgroup_else);
		*other = (struct cgroup_else){
			i->file2 ? text_path(folder, i->file2) : NULL, i->value2, i->needs};
		st = plan_add_a(p, OP_cgroup_write, HOST, text_path(folder, i->file));
		st->b = i->value;
		st->c = i->name;
		st->p = other;
		st->flags = i->lax ? OPTIONAL : 0;
	}
}

/* What the container sees of a hierarchy without a cgroup namespace: its own folder, or all of it
 * when it was to be given none. */
static const char *
view_folder(const struct job *j, const struct cgroup_hierarchy *h)
{
	return j->no_cgroups ? h->mount : text_path(h->mount, cgroup_path(j));
}

static void
plan_view_source(struct plan *p, const struct job *j, const struct cgroup_hierarchy *h)
{
	struct step *s = plan_add_a(p, OP_source, HOST, view_folder(j, h));

	s->slot = plan_slot(p);
}

/* Such a view is a bind mount; like all sources it is opened on the host's side. */
static void
plan_view_sources(struct plan *p, const struct job *j)
{
	const struct cgroup_facts *f = &j->facts->cgroup;
	size_t i, k;

	for (i = 0; i < j->spec->mounts.n; i++) {
		if (!text_eq(j->spec->mounts.v[i].type, "cgroup"))
			continue;
		if (f->v2.mount)
			plan_view_source(p, j, &f->v2);
		for (k = 0; k < f->v1.n; k++)
			plan_view_source(p, j, &f->v1.v[k]);
	}
}

static void
plan_cgroup_all(struct plan *p, const struct job *j)
{
	const struct cgroup_facts *f = &j->facts->cgroup;
	struct cgroup_settings s = {0};
	struct diag judged = {0}; /* cgroup_check has spoken */
	size_t i;

	cgroup_settings(&s, f, &j->spec->linux.resources, &judged);
	if (HAVE_CGROUP2 && f->v2.mount)
		plan_cgroup2(p, j, &s);
	for (i = 0; HAVE_CGROUP1 && i < f->v1.n; i++)
		plan_cgroup1(p, j, i, &s);
}

void
plan_cgroup(struct plan *p, const struct job *j)
{
	if (!cgroup_wanted(j->spec) || j->facts->cgroup.mode == CGROUP_NONE)
		return;
	if (!j->no_cgroups)
		plan_cgroup_all(p, j);
	if (!ns_own(j->spec, NS_CGROUP) && ns_own(j->spec, NS_MOUNT))
		plan_view_sources(p, j);
}

/* What the set-up takes (60 KiB: pages of mote's memory, inodes, mounts) is charged to the cgroup that the box is in at that moment, and stays
 * so.  A limit that has hardly room for the program is its alone: the box is moved when the program is all that is left to do.  Not where
 * somebody looks at the cgroup before. */
bool
cgroup_late(const struct job *j)
{
	return j->spec->linux.resources.memory.limit.v - 1ULL < LITTLE && !ns_own(j->spec, NS_CGROUP) &&
		!has_hooks(&j->spec->hooks) && !(HAVE_SYSTEMD && j->systemd);
}

void
plan_cgroup_join(struct plan *p, const struct job *j, bool late)
{
	const char *v2 = j->facts->cgroup.v2.mount;
	size_t i, end = p->n;
	struct step *st;

	if (late != cgroup_late(j))
		return;
	for (i = 0; i < end; i++) {
		if (p->v[i].op != OP_cgroup_make)
			continue;
		st = plan_add_a(p, OP_cgroup_join, HOST, p->v[i].a);
		st->n = text_eq(p->v[i].b, v2);
	}
	IF_SYSTEMD(if (j->systemd) plan_scope_enter(p);)
}

int
cgroup_clone_slot(const struct plan *p)
{
	size_t i = plan_find(p, OP_cgroup_open);

	return i < p->n ? p->v[i].slot : -1;
}

/* --- what the container sees ------------------------------------------------------------------ */

static bool
is_used(const struct plan *p, int slot)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].op == OP_attach && p->v[i].slot == slot)
			return true;
	return false;
}

/* The next source of that folder that no mount has taken. */
static int
source_slot(const struct plan *p, const char *folder)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].op == OP_source && text_eq(p->v[i].a, folder) &&
			!is_used(p, p->v[i].slot))
			return p->v[i].slot;
	return -1;
}

void
plan_cgroup_show(struct plan *p, const struct job *j, const struct cgroup_hierarchy *h,
	const char *dest, const struct mount_opts *o)
{
	struct mount_step *m = NEW(struct mount_step);
	bool own = ns_own(j->spec, NS_CGROUP), v2 = !*h->controllers;
	const char *folder = view_folder(j, h);
	struct step *s = plan_add_a(p, own ? OP_mount : OP_attach, BOX, dest);

	s->p = m;
	if (own) {
		m->source = "cgroup";
		m->type = s->c = v2 ? "cgroup2" : "cgroup";
		m->data = h->controllers;
		m->flags = o->flags;
		s->b = v2 ? "" : text_make(" with %s", m->data);
		return;
	}
	/* With no namespace the folder is the container's own but its limits could be lifted from
	 * inside: to be writable it must have been asked for by name (CVE-2023-25809). */
	m->set = mount_attrs(o->flags | (o->clear & MS_RDONLY && !j->no_cgroups ? 0 : MS_RDONLY));
	m->clear = mount_attrs(o->clear & ~o->flags & ~(unsigned long)MS_RDONLY);
	m->propagation = MS_PRIVATE | MS_REC;
	s->b = folder;
	s->slot = source_slot(p, folder);
}

void
plan_cgroup_mount(struct plan *p, const struct job *j, const struct mount_spec *m)
{
	const struct cgroup_facts *f = &j->facts->cgroup;
	const char *dest = mount_destination(m);
	struct mount_opts o;

	mount_opts_parse(&m->options, &o);
	if (HAVE_CGROUP1 && f->v1.n)
		plan_cgroup1_mount(p, j, dest, &o);
	else if (f->v2.mount)
		plan_cgroup_show(p, j, &f->v2, dest, &o);
}

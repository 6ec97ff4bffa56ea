/* SPDX-License-Identifier: MIT */
/* cgroup1.c - what version 1 has of its own: a tree for every controller, device rules as
 * exceptions, cpusets that begin empty */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"
#include "sys.h"

static void
flatten(struct dev_rules *out, const struct job *j, struct dev_rule *bad)
{
	struct dev_rules rules;

	dev_rules_make(&rules, &j->spec->linux.resources, j->spec->process.terminal);
	if (!dev_rules_flatten(out, &rules, bad))
		out->n = 0;
}

bool
cgroup1_check_devices(const struct job *j, struct diag *d)
{
	struct dev_rules rules;
	struct dev_rule bad = {0};

	flatten(&rules, j, &bad);
	if (!bad.type)
		return true;
	diag_add(d, (struct fault){.name = "linux.resources.devices",
			    .rule = 54,
			    .text = text_make(
				    "the rule \"%s %s\" takes away part of what an earlier one "
				    "gives or gives part of "
				    "what one takes; version 1 of cgroups cannot express that",
				    bad.allow ? "allow" : "deny", dev_rule_text(&bad, bad.type))});
	return false;
}

static void
device_write(struct plan *p, const char *folder, bool allow, const char *value)
{
	struct cgroup_else *other = NEW(struct cgroup_else);
	struct step *s = plan_add_a(p, OP_cgroup_write, HOST,
		text_path(folder, allow ? "devices.allow" : "devices.deny"));

	other->needs = "CONFIG_CGROUP_DEVICE";
	s->b = value;
	s->c = "linux.resources.devices";
	s->p = other;
}

static void
plan_rules(struct plan *p, const struct job *j, const char *folder)
{
	struct dev_rules rules;
	struct dev_rule bad = {0};
	size_t i;

	flatten(&rules, j, &bad);
	if (rules.reset)
		device_write(p, folder, rules.base, "a");
	for (i = 0; i < rules.n; i++)
		if (rules.v[i].access)
			device_write(p, folder, !rules.base,
				dev_rule_text(&rules.v[i], rules.v[i].type));
}

/* Where files have no prefix, cpuset.cpus is cpus. */
static void
drop_prefixes(struct cgroup_settings *s, int where)
{
	const char *dot;
	size_t i;

	for (i = 0; i < s->n; i++) {
		dot = s->v[i].where == where ? strchr(s->v[i].file, '.') : NULL;
		if (dot)
			s->v[i].file = dot + 1;
	}
}

static struct cgroup_settings
copy_of(const struct cgroup_settings *s)
{
	struct cgroup_settings c = {NEWS(struct cgroup_setting, s->n), s->n};

	if (s->n)
		memcpy(c.v, s->v, s->n * sizeof *s->v);
	return c;
}

void
plan_cgroup1_make(struct plan *p, const struct job *j, int where)
{
	const struct cgroup_hierarchy *h = &j->facts->cgroup.v1.v[where];
	const char *folder = text_path(h->mount, cgroup_path(j));
	struct step *st = plan_add_a(p, OP_cgroup_make, HOST, folder);

	st->b = h->mount;
	st->flags = UNDO;
	if (cgroup_has(h->controllers, ',', "cpuset", 6)) {
		st = plan_add_a(p, OP_cgroup_inherit, HOST, folder);
		st->b = h->mount;
		st->n = h->noprefix;
	}
}

void
plan_cgroup1_writes(struct plan *p, const struct job *j, int where, const struct cgroup_settings *s)
{
	const struct cgroup_hierarchy *h = &j->facts->cgroup.v1.v[where];
	struct cgroup_settings mine = copy_of(s);

	if (h->noprefix)
		drop_prefixes(&mine, where);
	plan_cgroup_writes(p, text_path(h->mount, cgroup_path(j)), where, &mine);
}

void
plan_cgroup1(struct plan *p, const struct job *j, int where, const struct cgroup_settings *s)
{
	plan_cgroup1_make(p, j, where);
	plan_cgroup1_writes(p, j, where, s);
	if (cgroup_where_devices(&j->facts->cgroup) == where)
		plan_rules(p, j, text_path(j->facts->cgroup.v1.v[where].mount, cgroup_path(j)));
}

/* --- what the container sees: a folder of hierarchies, named as on the host ------------------- */

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* cpu and cpuacct lead to cpu,cpuacct. */
static void
plan_links(struct plan *p, const struct cgroup_hierarchy *h, const char *dest)
{
	const char *s = h->controllers, *name = last_name(h->mount);
	size_t n;

	if (!strchr(s, ','))
		return;
	for (; *s; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		if (strlen(name) != n || strncmp(name, s, n))
			plan_add_a(p, OP_dev_link, BOX, text_path(dest, arena_copy(s, n)))->b =
				name;
	}
}

/* The tmpfs is written to until all stands in it. */
void
plan_cgroup1_mount(
	struct plan *p, const struct job *j, const char *dest, const struct mount_opts *o)
{
	const struct cgroup_facts *f = &j->facts->cgroup;
	struct mount_step *m = NEW(struct mount_step);
	struct step *s = plan_add_a(p, OP_mount, BOX, dest);
	int slot = s->slot = o->flags & MS_RDONLY ? plan_slot(p) : -1;
	size_t i;

	*m = (struct mount_step){.source = "cgroup", .type = "tmpfs", .data = "mode=755"};
	m->flags = o->flags & ~(unsigned long)MS_RDONLY;
	s->c = m->type;
	s->b = " with mode=755";
	s->p = m;
	for (i = 0; i < f->v1.n; i++) {
		plan_cgroup_show(
			p, j, &f->v1.v[i], text_path(dest, last_name(f->v1.v[i].mount)), o);
		plan_links(p, &f->v1.v[i], dest);
	}
	if (f->v2.mount)
		plan_cgroup_show(p, j, &f->v2, text_path(dest, last_name(f->v2.mount)), o);
	if (slot < 0)
		return;
	m = NEW(struct mount_step);
	*m = (struct mount_step){.set = MOUNT_ATTR_RDONLY};
	s = plan_add_a(p, OP_remount, BOX, dest);
	s->slot = slot;
	s->p = m;
}

/* SPDX-License-Identifier: MIT */
/* mountplan.c - the mounts of config.json, in its order, as steps; what they do is in mount.c */
#include <string.h>

#include "box/mount.h"

#include "base/arena.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/idmount.h"
#include "box/lsm.h"
#include "box/user.h"
#include "sys.h"

const char *
mount_destination(const struct mount_spec *m)
{
	return *m->destination == '/' ? m->destination : text_path("/", m->destination);
}

/* In a user namespace that does not own its network namespace sysfs cannot be mounted: the host's is bound.  A new one owns
 * no network namespace that was there before; of two that are joined the first owns the second, as in a pod. */
static bool
sysfs_bound(const struct job *j, const struct mount_spec *m)
{
	return text_eq(m->type, "sysfs") && ns_own(j->spec, NS_USER) && !ns_new(j->spec, NS_NETWORK) &&
		(ns_new(j->spec, NS_USER) || !ns_own(j->spec, NS_NETWORK));
}

static void
plan_source(struct plan *p, const struct job *j, size_t i, const struct mount_opts *o)
{
	const struct mount_spec *m = &j->spec->mounts.v[i];
	bool sysfs = sysfs_bound(j, m);
	struct step *s;
	const char *from = sysfs ? "/sys" : m->source;

	s = plan_add_a(p, OP_source, HOST, *from == '/' ? from : text_path(j->bundle, from));
	s->n = (sysfs || o->flags & MS_REC ? SOURCE_REC : 0) |
		(o->src_nofollow || o->copy_symlink ? SOURCE_NOFOLLOW : 0);
	s->slot = p->mount_slot[i] = plan_slot(p);
	IF_IDMAP(plan_idmount(p, j, m, o);)
}

void
plan_sources(struct plan *p, const struct job *j)
{
	size_t i, n = j->spec->mounts.n;
	struct mount_opts *o;

	p->mount_slot = NEWS(int, n);
	p->mount_opts = NEWS(struct mount_opts, n);
	for (i = 0; i < n; i++) {
		o = &p->mount_opts[i];
		mount_opts_parse(&j->spec->mounts.v[i].options, o);
		p->mount_slot[i] = -1;
		if (o->flags & MS_REMOUNT)
			continue;
		if (o->flags & MS_BIND || sysfs_bound(j, &j->spec->mounts.v[i]))
			plan_source(p, j, i, o);
	}
	plan_device_sources(p, j);
}

/* Of a bind mount only what the options name changes; what the source has (nosuid, say) stays. */
static void
fill_change(struct mount_step *m, const struct mount_opts *o)
{
	m->set = mount_attrs(o->flags);
	m->clear = mount_attrs(o->clear & ~o->flags);
	m->rec_set = o->rec_set;
	m->rec_clear = o->rec_clr;
	m->propagation = o->propagation;
}

bool
tmpfs_turned(const struct mount_spec *m, const struct mount_opts *o)
{
	return text_eq(m->type, "tmpfs") && (o->flags & (MS_RDONLY | MS_BIND | MS_REMOUNT)) == MS_RDONLY;
}

static bool
has_mode(const char *data)
{
	return text_starts(data, "mode=") || text_find(data, ",mode=");
}

static struct mount_step *
plan_new_mount(struct plan *p, const struct job *j, const struct mount_spec *m, const struct mount_opts *o, int slot)
{
	struct mount_step *ms = NEW(struct mount_step);
	struct step *s = plan_add_a(p, OP_mount, BOX, mount_destination(m));
	bool tmpfs = text_eq(m->type, "tmpfs");

	fill_change(ms, o);
	ms->source = m->source ? m->source : m->type;
	ms->type = s->c = m->type;
	ms->data = HAVE_LSM ? lsm_context(j->spec, m->type, o->data) : o->data;
	/* A read-only tmpfs is filled first (mount points, copied content), kept in the slot and turned by plan_masks. */
	ms->flags = o->flags & ~(tmpfs ? MS_RDONLY : 0UL);
	ms->copyup = o->tmpcopyup && tmpfs;
	ms->keep_mode = tmpfs && !has_mode(o->data);
	ms->no_links = text_eq(m->type, "proc") || text_eq(m->type, "sysfs");
	ms->label = HAVE_LSM && text_eq(m->type, "mqueue") ? j->spec->linux.mount_label : NULL;
	s->slot = slot;
	s->b = o->data && *o->data ? text_make(" with %s", o->data) : "";
	s->p = ms;
	return ms;
}

/* The last name of path if the rest is dir: what needs no walk from the root, nor a look whether it is there. */
static const char *
name_in(const char *dir, const char *path)
{
	size_t n = strlen(dir);
	const char *name = path + n + 1;

	return strncmp(path, dir, n) || path[n] != '/' || !*name || *name == '.' || strchr(name, '/') ? NULL : name;
}

/* Mounts that follow each other, all in one tmpfs, as those of /dev: nothing comes between that could lie on it. Who holds the next
 * one, at *at; NULL: nobody. */
static struct mount_step *
plan_held(struct mount_step *holder, const char **at, struct mount_step *m, const char *dest)
{
	m->name = holder ? name_in(*at, dest) : NULL;
	if (m->name) {
		holder->holds = true;
		return holder;
	}
	*at = dest;
	return text_eq(m->type, "tmpfs") && !m->copyup ? m : NULL; /* copied links could lead a mount onto it */
}

/* How the host's mounts reach the container, where no option of a bind says it: not at all, or, with rootfsPropagation shared or
 * slave, from there alone. */
static unsigned long
first_propagation(const struct spec *s)
{
	return MS_REC | (s->linux.rootfs_propagation & (MS_SHARED | MS_SLAVE) ? MS_SLAVE : MS_PRIVATE);
}

static void
plan_attach(struct plan *p, const struct job *j, const struct mount_spec *m, const struct mount_opts *o, int slot)
{
	struct mount_step *ms = NEW(struct mount_step);
	struct step *s = plan_add_a(p, OP_attach, BOX, mount_destination(m));

	fill_change(ms, o);
	ms->no_links = o->dest_nofollow;
	ms->copy_link = o->copy_symlink;
	if (!ms->propagation) /* a copy made on the host's side may still be shared with it */
		ms->propagation = first_propagation(j->spec);
	else if (o->flags & MS_REC && !(ms->propagation & (MS_REC | MS_SHARED))) /* what an option says of the top alone */
		ms->below = ms->propagation & MS_SLAVE ? MS_SLAVE | MS_REC : first_propagation(j->spec);
	s->b = m->source ? m->source : m->type;
	s->slot = slot;
	s->p = ms;
}

/* The slot with the mount that lies there by an earlier step: what is done to it goes by no name, for what lies on the way may be
 * another's to rename.  -1: no step has mounted it, or one has mounted on its way since, or where that cannot be told. */
static int
mounted_by(struct plan *p, const char *dest)
{
	struct step *s;
	size_t i, n;

	for (i = p->n; i-- > 0;) {
		s = &p->v[i];
		if (s->op != OP_mount && s->op != OP_attach)
			continue;
		for (n = strlen(s->a); n > 1 && s->a[n - 1] == '/';)
			n--;
		if (text_find(s->a, "//") || text_find(s->a, "/."))
			break;
		if (strncmp(dest, s->a, n) || (dest[n] && dest[n] != '/'))
			continue;
		if (dest[n] || ((const struct mount_step *)s->p)->copy_link)
			break;
		if (s->slot < 0)
			s->slot = plan_slot(p);
		s->flags |= KEEP;
		return s->slot;
	}
	return -1;
}

static void
plan_remount(struct plan *p, const char *dest, const struct mount_opts *o)
{
	struct mount_step *ms = NEW(struct mount_step);
	int slot = mounted_by(p, dest);
	struct step *s = plan_add_a(p, OP_remount, BOX, dest);

	fill_change(ms, o);
	/* With bind it is about the mount, without it about the file system, and so are options that are no flags. */
	if (!(o->flags & MS_BIND) && (*o->data || (o->flags | o->clear) & (MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME)))
		ms->data = o->data;
	ms->flags = o->flags & ~(unsigned long)MS_BIND;
	s->slot = slot;
	s->p = ms;
}

void
plan_mounts(struct plan *p, const struct job *j)
{
	struct mount_step *holder = NULL, *now;
	const struct mount_spec *m;
	const struct mount_opts *o;
	const char *at = NULL;
	size_t i;

	if (!ns_own(j->spec, NS_MOUNT))
		return;
	plan_add(p, OP_propagation, BOX)->n = first_propagation(j->spec);
	plan_add_a(p, OP_root_bind, BOX, j->rootfs)->n = !ns_new(j->spec, NS_MOUNT);
	for (i = 0; i < j->spec->mounts.n; i++) {
		m = &j->spec->mounts.v[i];
		o = &p->mount_opts[i];
		now = NULL;
		if (p->mount_slot[i] >= 0)
			plan_attach(p, j, m, o, p->mount_slot[i]);
		else if (o->flags & MS_REMOUNT)
			plan_remount(p, mount_destination(m), o);
		else if (text_eq(m->type, "cgroup"))
			plan_cgroup_mount(p, j, m);
		else
			now = plan_new_mount(p, j, m, o, p->mount_slot[i] = tmpfs_turned(m, o) ? plan_slot(p) : -1);
		holder = now ? plan_held(holder, &at, now, mount_destination(m)) : NULL;
	}
}

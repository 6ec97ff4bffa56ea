/* SPDX-License-Identifier: MIT */
/* idmap.c - a new user namespace's maps, and the box's ids in it */
#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/mount.h"
#include "box/oldmount.h"
#include "box/replay.h"
#include "box/user.h"
#include "sys.h"

/* The id that the box works as until the program starts: 0 if it is mapped, else the first that is. */
static uint32_t
root_of(const struct idmaps *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].container == 0)
			return 0;
	return m->n ? m->v[0].container : 0;
}

static void
plan_map(struct plan *p, const char *file, const char *text)
{
	plan_add_a(p, OP_id_map, HOST, file)->b = text;
}

void
plan_idmap(struct plan *p, const struct job *j)
{
	const struct linux_spec *l = &j->spec->linux;
	struct identity_step *id;
	bool exec = HAVE_EXEC && j->goal == GOAL_EXEC; /* who comes later finds the maps there */

	if (!exec && !ns_own(j->spec, NS_USER))
		return;
	id = NEW(struct identity_step);
	id->own_sources = !exec && ns_new(j->spec, NS_USER) && ns_new(j->spec, NS_MOUNT);
	if (ns_new(j->spec, NS_USER)) {
		if (!exec)
			plan_map(p, "uid_map", idmaps_text(&l->uid_maps));
		/* The kernel wants this of who may not change groups: CVE-2014-8989. */
		id->keep_groups = j->facts->euid;
		if (!exec && id->keep_groups)
			plan_map(p, "setgroups", "deny");
		if (!exec)
			plan_map(p, "gid_map", idmaps_text(&l->gid_maps));
		id->uid = root_of(&l->uid_maps);
		id->gid = root_of(&l->gid_maps);
	}
	plan_add(p, OP_become_root, BOX)->p = id;
	p->v[p->n - 1].n = id->uid;
}

int
do_id_map(struct run *r, const struct step *s)
{
	char path[40];
	int proc = run_proc(r);

	if (proc < 0)
		return proc;
	text_fmt(path, sizeof path, "%d/%s", (int)r->pid, s->a);
	return file_put(proc, path, s->b);
}

/* The step that opened it; NULL when its ids are mapped, which is HOST's to do. */
static const struct step *
source_of(const struct plan *p, int slot)
{
	const struct step *s = p->v, *source = NULL;

	for (; s < p->v + p->n; s++)
		if (s->slot == slot && s->op == OP_source)
			source = s;
		else if (HAVE_IDMAP && s->slot == slot IF_IDMAP(&& s->op == OP_map_ids))
			return NULL;
	return source;
}

/* m: what is changed of it, or NULL */
static int
own_source(struct run *r, const struct step *s, const struct mount_step *m)
{
	int *slot = &r->slot[s->slot], e;
	autofd int tree = source_copy(s);
	struct stat was, is;

	if (tree < 0)
		return tree;
	if (sys_fstat(tree, &is) || sys_fstat(*slot, &was) || is.st_dev != was.st_dev || is.st_ino != was.st_ino)
		return -ESTALE;
	e = m ? mount_change_all(r, tree, m) : 0;
	if (e)
		return e;
	sys_close(*slot);
	*slot = file_keep(&tree);
	return 0;
}

/* HOST's copies of sources have their mounts' flags, but not the kernel's locks on them: those come with the copy of a mount
 * namespace into a new user namespace.  Without them CAP_SYS_ADMIN in there could make writable what is read-only on the host, and
 * take off what hides a folder.  So the box copies each source once more, out of its own namespace.  HOST's stays where that
 * cannot be: a path that only the host's root may walk or that leads elsewhere here (/proc/self), an option that the kernel
 * would refuse (it changes what is locked: the operator's word), bind without r of what has mounts below, shared, whose peer is
 * the host.  Where mote has no privileges there are no copies of HOST's: all are made here, or it fails. */
static int
own_sources(struct run *r)
{
	const struct step *s = r->plan->v, *end = s + r->plan->n, *source;
	const struct mount_step *m;
	int e = 0;

	for (; s < end && !r->old && (!e || !r->bare); s++) {
		m = s->op == OP_attach ? s->p : NULL;
		source = m || (s->op == OP_device && r->bare) ? source_of(r->plan, s->slot) : NULL;
		if (!source || (m && m->propagation & MS_SHARED && !r->bare))
			continue;
		e = own_source(r, source, m);
		if (e && r->bare)
			text_fmt(r->note, NOTE_MAX, "%s: %s", source->a, text_errno(e));
	}
	return r->bare ? e : 0;
}

int
do_become_root(struct run *r, const struct step *s)
{
	const struct identity_step *id = s->p;
	int e = HAVE_OLDKERNEL ? old_sources(r) : 0;

	if (!e && id->own_sources)
		e = own_sources(r);
	if (!e && !id->keep_groups)
		e = sys_setgroups(0, NULL);
	if (!e)
		e = sys_setresgid(id->gid, id->gid, id->gid);
	return e ? e : sys_setresuid(id->uid, id->uid, id->uid);
}

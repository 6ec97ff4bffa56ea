/* SPDX-License-Identifier: MIT */
/* idmap.c - a new user namespace's maps, and the box's ids in it */
#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "box/facts.h"
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

int
do_become_root(struct run *r, const struct step *s)
{
	const struct identity_step *id = s->p;
	int e = HAVE_OLDKERNEL ? old_sources(r) : 0;

	if (!e && !id->keep_groups)
		e = sys_setgroups(0, NULL);
	if (!e)
		e = sys_setresgid(id->gid, id->gid, id->gid);
	return e ? e : sys_setresuid(id->uid, id->uid, id->uid);
}

/* SPDX-License-Identifier: MIT */
/* idmount.c - idmapped mounts (5.12): the source's owners seen through a user namespace's maps
 *
 * Done by HOST on the detached copy, before the box exists: it takes privileges over the file system that the box, in a user
 * namespace of its own, does not have. */
#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "box/idmount.h"
#include "box/replay.h"
#include "box/user.h"
#include "sys.h"

struct idmap_step {
	const char *uid_map, *gid_map; /* texts for /proc/PID */
	const char *path;              /* or a user namespace to take them from */
	bool recursive;
};

/* --- plan ------------------------------------------------------------------------------------- */

/* The mount's own maps win; without them the container's user namespace gives them (M-11). */
void
plan_idmount(struct plan *p, const struct job *j, const struct mount_spec *m, const struct mount_opts *o)
{
	const struct linux_spec *l = &j->spec->linux;
	struct idmap_step *id;
	struct step *s;
	int slot = p->v[p->n - 1].slot;
	size_t i;

	if (!o->idmap && !o->ridmap && !m->uid_maps.n)
		return;
	id = NEW(struct idmap_step);
	id->recursive = o->ridmap;
	id->uid_map = idmaps_text(m->uid_maps.n ? &m->uid_maps : &l->uid_maps);
	id->gid_map = idmaps_text(m->gid_maps.n ? &m->gid_maps : &l->gid_maps);
	for (i = 0; i < l->namespaces.n && !m->uid_maps.n; i++)
		if (l->namespaces.v[i].type == NS_USER)
			id->path = l->namespaces.v[i].path;
	s = plan_add_a(p, OP_map_ids, HOST, id->path ? id->path : "maps of its own");
	s->b = m->destination;
	s->slot = slot;
	s->p = id;
}

/* --- do --------------------------------------------------------------------------------------- */

static int
write_maps(int proc, pid_t pid, const struct idmap_step *id)
{
	char path[40];
	int e;

	text_fmt(path, sizeof path, "%d/uid_map", (int)pid);
	e = file_put(proc, path, id->uid_map);
	if (e)
		return e;
	text_fmt(path, sizeof path, "%d/gid_map", (int)pid);
	e = file_put(proc, path, id->gid_map);
	if (e)
		return e;
	text_fmt(path, sizeof path, "%d/ns/user", (int)pid);
	return sys_openat(proc, path, O_RDONLY | O_CLOEXEC, 0);
}

/* A user namespace needs a process to be made by; this one waits to be killed, and dies with mote. */
static int
make_userns(int proc, const struct idmap_step *id)
{
	pid_t pid = sys_clone(CLONE_NEWUSER | SIGCHLD, NULL);
	int fd;

	if (pid < 0)
		return pid;
	if (pid == 0) {
		sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			sys_poll(NULL, 0, -1);
	}
	fd = write_maps(proc, pid, id);
	sys_kill(pid, SIGKILL);
	sys_wait4(pid, NULL, 0, NULL);
	return fd;
}

int
do_map_ids(struct run *r, const struct step *s)
{
	const struct idmap_step *id = s->p;
	struct kernel_mount_attr a = {.attr_set = MOUNT_ATTR_IDMAP};
	autofd int ns = -1;
	int proc = run_proc(r), e;

	if (proc < 0)
		return proc;
	ns = id->path ? sys_openat(AT_FDCWD, id->path, O_RDONLY | O_CLOEXEC, 0) : make_userns(proc, id);
	if (ns < 0)
		return ns;
	a.userns_fd = ns;
	e = sys_mount_setattr(r->slot[s->slot], "", AT_EMPTY_PATH | (id->recursive ? AT_RECURSIVE : 0),
		&a, sizeof a);
	if (e == -ENOSYS)
		run_note(r, "idmapped mounts need mount_setattr (Linux 5.12)");
	return e;
}

/* SPDX-License-Identifier: MIT */
/* criudo.c - the dump of a container, and the stage and steps of a restore */
#include "box/criu.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"
#include "box/hook.h"
#include "box/mount.h"
#include "box/replay.h"
#include "box/sock.h"
#include "box/state.h"
#include "box/user.h"
#include "sys.h"

/* --- dump ------------------------------------------------------------------------------------- */

/* Not every processor can tell which pages were written to, nor every kernel fetch them late. */
static bool
can(struct criu *c, unsigned feature, const char *what)
{
	struct proto reply, features = {NULL, 0};
	struct out o = out_mem();
	uint64_t has = 0;
	bool asked;

	proto_num(&o, feature, 1);
	asked = criu_begin(c) && criu_ask(c, CRIU_FEATURES, &o, &reply);
	if (asked && proto_get_bytes(reply, 8, &features))
		proto_get_num(features, feature, &has);
	criu_end(c);
	file_close(&c->images);
	file_close(&c->work);
	if (asked && !has)
		c->why = text_make("criu cannot do that here: %s", what);
	return has;
}

bool
criu_dump(struct criu *c, const struct state *s, const struct job *j)
{
	struct out o = out_mem();
	struct proto reply;
	bool well;

	if (c->wish.pre_dump && !can(c, 1, "this machine does not tell which pages were written to (mem_track)"))
		return false;
	if (c->wish.lazy_pages && !can(c, 2, "this kernel lacks what --lazy-pages needs of userfaultfd(2)"))
		return false;
	well = criu_begin(c);
	if (well) {
		criu_opts_dump(c, &o, s, j);
		well = criu_ask(c, c->wish.pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP, &o, &reply);
	}
	criu_end(c);
	return well;
}

/* --- restore: the stage ----------------------------------------------------------------------- */

void
plan_criu(struct plan *p, const struct job *j)
{
	struct plan *like = NEW(struct plan);
	struct job *as = NEW(struct job);

	*as = *j;
	as->goal = GOAL_RUN;
	plan_build(like, as);
	j->criu->like = like;
	plan_add_a(p, OP_criu_begin, HOST, j->criu->wish.images);
	plan_cgroup_join(p, j, cgroup_late(j));
	plan_add_a(p, OP_criu_restore, HOST, j->criu->wish.images);
}

/* --- restore: the child ----------------------------------------------------------------------- */

/* Is what is bound there a folder?  All other mounts are. */
static enum root_kind
kind_of(const struct plan *p, const struct step *s)
{
	struct stat st;
	size_t i;

	for (i = 0; s->op == OP_attach && i < p->n; i++)
		if (p->v[i].op == OP_source && p->v[i].slot == s->slot && !sys_fstatat(AT_FDCWD, p->v[i].a, &st, 0))
			return S_ISDIR(st.st_mode) ? ROOT_DIR : ROOT_FILE;
	return ROOT_DIR;
}

/* Is path below a file system that comes back as it was written, mount points and all? */
static bool
comes_back(const struct plan *p, const char *path)
{
	const struct step *s;

	for (s = p->v; s < p->v + p->n; s++)
		if (s->op == OP_mount && text_starts(path, s->a) && path[strlen(s->a)] == '/')
			return true;
	return false;
}

/* What create has made in the root file system may be missing in another copy of it. */
static int
mount_points(struct run *r, const struct plan *p)
{
	const struct step *s;
	int fd;

	for (s = p->v; s < p->v + p->n; s++) {
		if ((s->op != OP_mount && s->op != OP_attach) || comes_back(p, s->a))
			continue;
		fd = root_make(r->root, s->a, kind_of(p, s));
		if (fd < 0)
			return fd;
		sys_close(fd);
	}
	return 0;
}

/* criu wants a root that is a mount, in a mount namespace whose own root has a parent (as pivot_root does): here, so that both are
 * gone when criu is. */
int
criu_enter(struct criu *c)
{
	const struct step cover = {.op = OP_cover_root, .a = c->run->job->rootfs, .n = 1}, bind = {.op = OP_root_bind};
	int e = sys_chdir(cover.a);

	if (!e && c->run->job->facts->loose_root)
		e = do_cover_root(c->run, &cover);
	else if (!e)
		e = sys_unshare(CLONE_NEWNS);
	if (!e)
		e = sys_mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
	if (!e)
		e = do_root_bind(c->run, &bind);
	if (!e)
		e = mount_points(c->run, c->like);
	return e ? e : sys_chdir("/");
}

/* --- restore: what criu asks for -------------------------------------------------------------- */

/* Host hooks of create, when the namespaces are there and nothing is in them yet. */
static bool
hooks(struct criu *c)
{
#if HAVE_HOOKS
	const struct plan *p = c->like;
	const struct step *s;

	for (s = p->v; s < p->v + p->n; s++)
		if (s->op == OP_hook && s->side == HOST && !text_eq(s->b, "poststart") && do_hook(c->run, s)) {
			c->why = text_make("hook %s %s: %s", s->b, s->a, c->run->note);
			return false;
		}
#endif
	(void)c;
	return true;
}

/* criu leaves an empty network namespace as the kernel makes it: lo is down. */
static bool
loopback(struct criu *c, pid_t pid)
{
	autofd int ns = -1;
	int status = 0;
	pid_t child;

	if (plan_find(c->like, OP_loopback) == c->like->n)
		return true;
	ns = sys_openat(AT_FDCWD, text_make("/proc/%d/ns/net", (int)pid), O_RDONLY | O_CLOEXEC, 0);
	child = ns < 0 ? ns : sys_clone(SIGCHLD, NULL);
	if (!child)
		sys_exit_group(sys_setns(ns, CLONE_NEWNET) || do_loopback(NULL, NULL));
	if (child > 0)
		while (sys_wait4(child, &status, 0, NULL) == -EINTR)
			;
	if (child < 0 || status)
		c->why = "bring lo up in the new network namespace: it fails";
	return child > 0 && !status;
}

/* The other end of the container's terminal. */
static bool
terminal(struct criu *c, int fd)
{
	const struct job *j = c->run->job;
	autofd int sock = -1;
	int e;

	if (fd < 0)
		return true;
	if (!j->console_socket) {
		if (j->own_tty)
			c->run->master = sys_fcntl(fd, F_DUPFD_CLOEXEC, 0);
		return true;
	}
	sock = sock_connect(j->console_socket);
	e = sock < 0 ? sock : sock_send_fd(sock, "/dev/ptmx", fd);
	if (e)
		c->why = text_make("console socket %s: %s", j->console_socket, text_errno(e));
	return !e;
}

bool
criu_told(struct criu *c, const char *script, pid_t pid, int fd)
{
	if (text_eq(script, "setup-namespaces")) {
		c->run->pid = pid;
		return loopback(c, pid) && hooks(c);
	}
	return !text_eq(script, "orphan-pts-master") || terminal(c, fd);
}

/* --- restore: the steps ----------------------------------------------------------------------- */

int
do_criu_begin(struct run *r, const struct step *s)
{
	struct criu *c = r->job->criu;

	(void)s;
	c->run = r;
	if (criu_open_outside(c, r->job->spec) && criu_begin(c)) {
		r->pid = c->pid; /* what goes into the cgroups, and what is ended if they fail */
		return 0;
	}
	criu_end(c);
	r->detail = c->why;
	return -ECHILD;
}

/* The processes are mote's children, as if it had made them. */
int
do_criu_restore(struct run *r, const struct step *s)
{
	struct criu *c = r->job->criu;
	struct out o = out_mem();
	struct proto reply, made = {NULL, 0};
	uint64_t pid = 0;
	bool well = criu_opts_restore(c, &o, r->job) && criu_ask(c, CRIU_RESTORE, &o, &reply);

	(void)s;
	if (well && proto_get_bytes(reply, 4, &made))
		proto_get_num(made, 1, &pid);
	r->pid = pid ? (pid_t)pid : r->pid != c->pid ? r->pid : 0; /* a criu that died may have left what it had begun with */
	criu_end(c);
	if (!pid) {
		r->detail = c->why ? c->why : "criu does not tell what it has made";
		return -ECHILD;
	}
	r->pidfd = sys_pidfd_open(pid, 0);
	return 0;
}

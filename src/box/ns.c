/* SPDX-License-Identifier: MIT */
/* ns.c - namespaces: the clone, joining by path, names, loopback; not the id maps (idmap.c)
 *
 * With only new namespaces, one clone makes them all.  When any is joined, or a time namespace is new, the first
 * clone makes a process with nothing new; it joins, with all of mote's privileges, and clones again into what is new,
 * as a child of mote (CLONE_PARENT): so a joined user namespace owns the new ones, and mote itself never leaves
 * its own namespaces.  So it is as well when the box has a user namespace and "/" is the initramfs: the first process covers it
 * (do_cover_root).  A new cgroup namespace comes later still, by unshare: its root is the cgroup that the box is in by
 * then. */
#include <string.h>
#include <linux/nsfs.h>
#include <net/if.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/init.h"
#include "box/netdev.h"
#include "box/rdt.h"
#include "box/replay.h"
#include "box/self.h"
#include "box/user.h"
#include "spec/names.h"
#include "sys.h"

enum { KEYCTL_JOIN_SESSION = 1, LATE = CLONE_NEWCGROUP | CLONE_NEWTIME };

static const struct ns_spec *
ns_find(const struct spec *s, int type)
{
	size_t i;

	for (i = 0; i < s->linux.namespaces.n; i++)
		if (s->linux.namespaces.v[i].type == type)
			return &s->linux.namespaces.v[i];
	return NULL;
}

bool
ns_new(const struct spec *s, int type)
{
	const struct ns_spec *n = ns_find(s, type);

	return n && !n->path;
}

bool
ns_own(const struct spec *s, int type)
{
	return ns_find(s, type) != NULL;
}

static unsigned long
new_flags(const struct spec *s)
{
	unsigned long flags = 0;
	int t;

	for (t = 0; t < NS_COUNT; t++)
		if (ns_new(s, t))
			flags |= ns_flag(t);
	return flags;
}

static bool
any_joined(const struct spec *s)
{
	size_t i;

	for (i = 0; i < s->linux.namespaces.n; i++)
		if (s->linux.namespaces.v[i].path)
			return true;
	return false;
}

char *
idmaps_text(const struct idmaps *m)
{
	struct out o = out_mem();
	size_t i;

	for (i = 0; i < m->n; i++)
		out_fmt(&o, "%u %u %u\n", m->v[i].container, m->v[i].host, m->v[i].size);
	return out_text(&o);
}

/* --- plan ------------------------------------------------------------------------------------- */

/* HOST, before the clone: every namespace file as a slot, the user namespace last. */
static void
plan_open_ns(struct plan *p, const struct spec *s)
{
	struct step *st;
	size_t i;
	int user;

	for (user = 0; user < 2; user++)
		for (i = 0; i < s->linux.namespaces.n; i++) {
			const struct ns_spec *n = &s->linux.namespaces.v[i];

			if (!n->path || (n->type == NS_USER) != user)
				continue;
			st = plan_add_a(p, OP_open_ns, HOST, n->path);
			st->n = ns_flag(n->type);
			st->slot = plan_slot(p);
		}
}

/* BOX: joins what plan_open_ns opened; only the user namespace, or all others. */
static void
plan_join_ns(struct plan *p, bool user)
{
	size_t i, end = p->n;
	struct step *st;

	for (i = 0; i < end; i++)
		if (p->v[i].op == OP_open_ns && (p->v[i].n == CLONE_NEWUSER) == user) {
			st = plan_add_a(p, OP_join_ns, BOX, p->v[i].a);
			st->n = p->v[i].n;
			st->slot = p->v[i].slot;
		}
}

static void
plan_time(struct plan *p, const struct spec *s)
{
	const struct time_offset *t;
	size_t i;

	if (!ns_new(s, NS_TIME))
		return;
	plan_add(p, OP_unshare, BOX)->n = CLONE_NEWTIME;
	for (i = 0; i < s->linux.time_offsets.n; i++) {
		t = &s->linux.time_offsets.v[i];
		plan_add_a(p, OP_time_offset, BOX, text_make("%s %lld %llu", t->clock,
			(long long)t->secs, (unsigned long long)t->nanosecs));
	}
}

/* pivot_root needs a root with a parent mount; who moves the root by --no-pivot does not. */
static bool
covers_root(const struct job *j)
{
	return j->facts->loose_root && ns_new(j->spec, NS_MOUNT) && !j->no_pivot;
}

static void
plan_clones(struct plan *p, const struct job *j)
{
	const struct spec *s = j->spec;
	unsigned long flags = new_flags(s) & ~(unsigned long)LATE;
	bool covers = covers_root(j) && ns_own(s, NS_USER) && !j->facts->euid;
	struct step *st;

	if (!any_joined(s) && !ns_new(s, NS_TIME) && !covers) {
		st = plan_add(p, OP_clone, HOST);
		st->n = flags;
		st->slot = cgroup_clone_slot(p);
		return;
	}
	plan_open_ns(p, s);
	st = plan_add(p, OP_clone, HOST);
	st->slot = cgroup_clone_slot(p);
	/* Before anything is joined: root in a joined user namespace may trace what is in its pid namespace, and the box
	 * still holds the host's root and descriptors (CVE-2016-9962).  Not where mote has no privileges itself: the
	 * maps of a box that is not dumpable are root's to write. */
	if (!j->facts->euid || !ns_new(s, NS_USER))
		plan_add(p, OP_not_dumpable, BOX);
	plan_join_ns(p, false);
	plan_time(p, s);
	if (covers)
		plan_add_a(p, OP_cover_root, BOX, j->rootfs)->n = 1;
	plan_join_ns(p, true);
	plan_add(p, OP_clone_again, BOX)->n = flags;
}

static void
plan_names(struct plan *p, const struct job *j)
{
	const struct spec *s = j->spec;

	if (s->hostname)
		plan_add_a(p, OP_hostname, BOX, s->hostname);
	if (s->domainname)
		plan_add_a(p, OP_domainname, BOX, s->domainname);
}

void
plan_clone(struct plan *p, const struct job *j)
{
	IF_INIT(plan_init_self(p, j);)
	plan_add_a(p, OP_enter_root, HOST, j->rootfs);
	plan_clones(p, j);
	plan_cgroup_join(p, j, false);
	IF_RDT(plan_rdt_join(p, j);)
	IF_USERNS(plan_idmap(p, j);)
	IF_NETDEV(plan_netdev(p, j);)
	plan_add(p, OP_not_dumpable, BOX);
	if (covers_root(j) && plan_find(p, OP_cover_root) == p->n)
		plan_add_a(p, OP_cover_root, BOX, j->rootfs);
	if (ns_new(j->spec, NS_CGROUP))
		plan_add(p, OP_unshare, BOX)->n = CLONE_NEWCGROUP;
	if (!j->no_new_keyring)
		plan_add_a(p, OP_new_keyring, BOX, text_make("_ses.%s", j->id));
	if (ns_new(j->spec, NS_NETWORK))
		plan_add(p, OP_loopback, BOX);
	plan_names(p, j);
}

/* --- do: HOST --------------------------------------------------------------------------------- */

/* The box finds the root file system as its current folder: a clone into a new mount namespace carries that over, and
 * no path is resolved a second time. */
/* What was hashed is what is used. */
static bool
is_verified(const struct run *r, int fd)
{
	struct stat st;

	return !r->job->root_ino || (!sys_fstat(fd, &st) && st.st_ino == r->job->root_ino && st.st_dev == r->job->root_dev);
}

int
do_enter_root(struct run *r, const struct step *s)
{
	autofd int fd = sys_openat(AT_FDCWD, s->a, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	if (HAVE_DIGEST && !is_verified(r, fd))
		return -ESTALE;
	r->old_cwd = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return r->old_cwd < 0 ? r->old_cwd : sys_fchdir(fd);
}

static void
leave_root(struct run *r)
{
	if (HAVE_EXEC && r->old_cwd < 0)
		return;
	sys_fchdir(r->old_cwd);
	sys_close(r->old_cwd);
	r->old_cwd = -1;
}

static pid_t
clone_old(unsigned long flags, int *pidfd)
{
	pid_t pid = sys_clone(flags | CLONE_PIDFD | SIGCHLD, pidfd);

	if (pid == -EINVAL) /* before 5.2 that bit meant CLONE_PID, refused or ignored by age */
		pid = sys_clone(flags | SIGCHLD, NULL);
	return pid;
}

/* clone3 with the cgroup, without it, or clone: each fallback only for what an older kernel answers. */
static pid_t
clone_box(struct run *r, const struct step *s, int *pidfd)
{
	struct kernel_clone_args a = {.flags = s->n | CLONE_PIDFD, .exit_signal = SIGCHLD,
		.pidfd = (uintptr_t)pidfd};
	size_t size = offsetof(struct kernel_clone_args, cgroup) + sizeof a.cgroup;
	pid_t pid;

	if (s->slot >= 0 && !r->apart) {
		a.flags |= CLONE_INTO_CGROUP;
		a.cgroup = r->slot[s->slot];
		r->in_cgroup = true;
		pid = sys_clone3(&a, size);
		if (pid >= 0 || (pid != -EINVAL && pid != -E2BIG && pid != -ENOSYS && pid != -EOPNOTSUPP))
			return pid;
		a.flags &= ~CLONE_INTO_CGROUP; /* 5.3 to 5.6, or a threaded cgroup */
		a.cgroup = 0;
		r->in_cgroup = false;
	}
	pid = sys_clone3(&a, offsetof(struct kernel_clone_args, set_tid)); /* the size of 5.3 */
	return pid == -ENOSYS ? clone_old(s->n, pidfd) : pid;
}

/* From the return of clone on the BOX is another process with a copy of all memory: the arena is there to be read,
 * not to grow. */
static int
become_box(struct run *r, int chan)
{
	self_let_go();
	r->side = BOX;
	r->chan = chan;
	r->pid = 0;
	r->pidfd = -1;
	r->proc = -1;
	r->console = -1;
	r->umask = sys_umask(0);
	return 0;
}

int
do_clone(struct run *r, const struct step *s)
{
	int pair[2], pidfd = -1, e;
	pid_t pid;

	e = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	if (e)
		return e;
	pid = clone_box(r, s, &pidfd);
	if (pid == 0) {
		sys_close(pair[0]);
		return become_box(r, pair[1]);
	}
	arena_fresh();
	leave_root(r);
	sys_close(pair[1]);
	r->chan = pair[0];
	if (pid < 0)
		return pid;
	r->pid = pid;
	if (pidfd < 0)
		pidfd = sys_pidfd_open(pid, 0);
	r->pidfd = pidfd < 0 ? -1 : pidfd;
	return 0;
}

/* The type is judged here, before there is a box: NS_GET_NSTYPE (4.11), or setns's own refusal before that. */
int
do_open_ns(struct run *r, const struct step *s)
{
	autofd int fd = sys_openat(AT_FDCWD, s->a, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	int type;

	if (fd < 0)
		return fd;
	type = sys_ioctl(fd, NS_GET_NSTYPE, NULL);
	if (type == -ENOTTY || (type >= 0 && (unsigned long)type != s->n))
		return -EINVAL;
	r->slot[s->slot] = file_keep(&fd);
	return 0;
}

/* --- do: BOX ---------------------------------------------------------------------------------- */

int
do_join_ns(struct run *r, const struct step *s)
{
	return sys_setns(r->slot[s->slot], s->n);
}

int
do_unshare(struct run *r, const struct step *s)
{
	(void)r;
	return sys_unshare(s->n);
}

int
do_time_offset(struct run *r, const struct step *s)
{
	int proc = run_proc(r);

	return proc < 0 ? proc : file_put(proc, "self/timens_offsets", s->a);
}

static pid_t
clone_sibling(unsigned long flags)
{
	struct kernel_clone_args a = {.flags = flags | CLONE_PARENT};
	pid_t pid = sys_clone3(&a, offsetof(struct kernel_clone_args, set_tid));

	return pid == -ENOSYS ? sys_clone(flags | CLONE_PARENT, NULL) : pid;
}

/* The first process tells mote the pid of the second, which is mote's child as well, and ends. */
int
do_clone_again(struct run *r, const struct step *s)
{
	int32_t turn[2];
	pid_t pid = clone_sibling(s->n);

	if (pid < 0)
		return pid;
	if (pid == 0) {
		r->proc = -1;
		return 0;
	}
	turn[0] = r->at;
	turn[1] = pid;
	sys_sendto(r->chan, turn, sizeof turn, MSG_NOSIGNAL, NULL, 0);
	sys_exit_group(0);
}

int
do_not_dumpable(struct run *r, const struct step *s)
{
	(void)r, (void)s;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* A kernel without keys has no keyring to share; a full quota is no reason to fail either. */
int
do_new_keyring(struct run *r, const struct step *s)
{
	long e = sys_keyctl(KEYCTL_JOIN_SESSION, (uintptr_t)s->a, 0, 0, 0);

	(void)r;
	return e == -ENOSYS || e > 0 ? 0 : (int)e;
}

int
do_loopback(struct run *r, const struct step *s)
{
	struct ifreq q = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	autofd int fd = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)r, (void)s;
	if (fd < 0) /* a kernel without IPv4 has no lo to bring up */
		fd = sys_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd == -EAFNOSUPPORT ? 0 : fd;
	return sys_ioctl(fd, SIOCSIFFLAGS, &q);
}

int
do_hostname(struct run *r, const struct step *s)
{
	(void)r;
	return sys_sethostname(s->a, strlen(s->a));
}

int
do_domainname(struct run *r, const struct step *s)
{
	(void)r;
	return sys_setdomainname(s->a, strlen(s->a));
}

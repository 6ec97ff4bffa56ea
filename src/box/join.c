/* SPDX-License-Identifier: MIT */
/* join.c - exec: another process joins a container that is there already
 *
 * The container's process is held by a pidfd and by its folder in /proc; both are opened before a last look at its start time,
 * so they are of the process that create has written down and no other.  The box joins with all of mote's privileges, not
 * dumpable, and outside the container's pid namespace.  It closes what is the host's before it clones itself into there: what
 * the container's root can see of it then has the container's root, and its terminal's socket at most (CVE-2016-9962). */
#include "box/join.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/exec.h"
#include "box/facts.h"
#include "box/rdt.h"
#include "box/replay.h"
#include "box/tty.h"
#include "box/user.h"
#include "spec/check.h"
#include "spec/names.h"
#include "sys.h"

/* --- looks: namespaces ------------------------------------------------------------------------ */

/* Is the target's namespace another one than mote's?  A type that this kernel lacks is no difference.  Or -errno. */
static int
differs(int proc, pid_t pid, int type)
{
	char path[40];
	struct stat own, its;
	int e;

	text_fmt(path, sizeof path, "self/ns/%s", ns_file(type));
	e = sys_fstatat(proc, path, &own, 0);
	if (e)
		return e == -ENOENT ? 0 : e;
	text_fmt(path, sizeof path, "%d/ns/%s", (int)pid, ns_file(type));
	e = sys_fstatat(proc, path, &its, 0);
	return e ? e : own.st_ino != its.st_ino || own.st_dev != its.st_dev;
}

static bool
look_at_namespaces(struct target *t, int proc, struct diag *d)
{
	int type, e;

	for (type = 0; type < NS_COUNT; type++) {
		e = differs(proc, t->pid, type);
		if (e < 0)
			return diag_fail(d, "look at the container's %s namespace: %s", ns_file(type), text_errno(e));
		t->differ |= e ? ns_flag(type) : 0;
	}
	return true;
}

/* --- looks: cgroups --------------------------------------------------------------------------- */

/* The part behind the controllers of [CONTROLLER,...:]PATH. */
static const char *
path_of(const char *below)
{
	const char *colon = strchr(below, ':'), *slash = strchr(below, '/');

	return colon && (!slash || colon < slash) ? colon + 1 : below;
}

static const struct cgroup_hierarchy *
mounted_at(const struct cgroup_facts *f, const char *mount)
{
	size_t i;

	for (i = 0; i < f->v1.n; i++)
		if (text_eq(f->v1.v[i].mount, mount))
			return &f->v1.v[i];
	return NULL;
}

/* Is it a value for that hierarchy by one of its controllers' names? */
static bool
names_one_of(const char *below, const struct cgroup_hierarchy *h)
{
	const char *end = path_of(below), *at, *next;

	for (at = below; h && at < end; at = next + 1) {
		next = at + strcspn(at, ",:");
		if (cgroup_has(h->controllers, ',', at, next - at))
			return true;
	}
	return false;
}

/* What --cgroup says for the folder mounted at mount: NULL, or a path below it; used counts the values that name it. */
static const char *
asked_for(const struct cgroup_facts *f, const char *mount, const struct strs *below, bool *used)
{
	const struct cgroup_hierarchy *h = mounted_at(f, mount);
	const char *any = NULL, *named = NULL;
	size_t i;

	for (i = 0; i < below->n; i++) {
		if (path_of(below->v[i]) == below->v[i]) {
			any = below->v[i];
			used[i] = true;
		} else if (names_one_of(below->v[i], h)) {
			named = path_of(below->v[i]);
			used[i] = true;
		}
	}
	return named ? named : any;
}

/* A version 2 cgroup that hands controllers down takes no processes itself.  Whoever did that inside (systemd does) has put the
 * first process further down: where that is, exec goes as well. */
static const char *
of_first_process(int proc, pid_t pid, const char *mount, const char *path)
{
	char file[32], buf[8192] = "\n", *line;

	text_fmt(file, sizeof file, "%d/cgroup", (int)pid);
	if (file_peek(proc, file, buf + 1, sizeof buf - 1) <= 0)
		return NULL;
	line = (char *)text_find(buf, "\n0::");
	if (!line)
		return NULL;
	line += strlen("\n0::");
	line[strcspn(line, "\n")] = 0;
	/* Only ever below the container's own; what stands behind it is the container's word, and no way out of there. */
	if (!text_starts(line, path) || line[strlen(path)] != '/' || check_dotdot(line))
		return NULL;
	return text_path(mount, line);
}

static void
look_at_record(struct target *t, int proc, const char *mount, const char *path, const char *asked)
{
	const char *folder = text_path(mount, path), *first;
	char buf[256];
	ssize_t n = t->cgroups.n ? -1 : file_peek(AT_FDCWD, text_path(folder, "cgroup.subtree_control"), buf, sizeof buf);

	t->v2 = t->v2 || n >= 0;
	first = n > 1 && !asked ? of_first_process(proc, t->pid, mount, path) : NULL;
	*PUSH(t->cgroups.v, t->cgroups.n) = first ? first : asked ? text_clean(text_path(folder, asked)) : folder;
}

static bool
look_at_cgroups(struct target *t, int proc, const struct state *s, const struct strs *below, struct diag *d)
{
	struct cgroup_facts facts = {0};
	const char *tab, *end, *mount;
	bool *used = NEWS(bool, below->n + 1);
	size_t i;

	for (i = 0; i < below->n; i++)
		if (check_dotdot(path_of(below->v[i])))
			return diag_fail(d, "option --cgroup: '%s' is not below the container's cgroup", below->v[i]);
	if (below->n)
		cgroup_facts_read(&facts);
	for (i = 0; i < s->cgroups.n; i++) { /* MOUNT tab PATH tab COUNT-MADE (cgroup.h) */
		tab = strchr(s->cgroups.v[i], '\t');
		end = tab ? strchr(tab + 1, '\t') : NULL;
		if (!end)
			return diag_fail(d, "the state names a cgroup that is none: %s", s->cgroups.v[i]);
		mount = arena_copy(s->cgroups.v[i], tab - s->cgroups.v[i]);
		look_at_record(t, proc, mount, arena_copy(tab + 1, end - tab - 1), asked_for(&facts, mount, below, used));
	}
	for (i = 0; i < below->n; i++)
		if (!used[i])
			return diag_fail(d, "option --cgroup: the container has no cgroup for '%s'", below->v[i]);
	return true;
}

bool
target_read(struct target *t, const struct state *s, const struct strs *below, struct diag *d)
{
	autofd int proc = proc_fd();

	*t = (struct target){.pid = s->pid, .start_time = s->start_time};
	if (proc < 0)
		return diag_fail(d, "open /proc: %s", text_errno(proc));
	return look_at_namespaces(t, proc, d) && look_at_cgroups(t, proc, s, below, d);
}

/* --- plan ------------------------------------------------------------------------------------- */

bool
cpus_parse(const char *list, struct cpus *c)
{
	enum { BITS = 8 * sizeof(long) };
	bool empty = !list || !list[strspn(list, ", ")];
	uint64_t first, last;

	memset(c, empty ? 0xff : 0, sizeof *c);
	for (; !empty && *list; list += *list == ',') {
		list += strspn(list, " ");
		if (!text_u64_prefix(list, &list, &first))
			return false;
		last = first;
		if (*list == '-' && !text_u64_prefix(list + 1, &list, &last))
			return false;
		list += strspn(list, " ");
		if (last < first || last >= CPUS_MAX || (*list && *list != ','))
			return false;
		for (; first <= last; first++)
			c->bits[first / BITS] |= 1UL << first % BITS;
	}
	return true;
}

/* Before the move into the cgroup and after it (config.md "execCPUAffinity"): a first one alone is taken back. */
static void
plan_affinity(struct plan *p, const struct job *j, enum side side)
{
	const char *initial = j->spec->process.exec_cpu_affinity.initial, *final = j->spec->process.exec_cpu_affinity.final;
	const char *list = side == HOST ? initial : final;
	struct cpus *c;

	if (!(list && *list) && (side == HOST || !(initial && *initial)))
		return;
	c = NEW(struct cpus);
	cpus_parse(list, c);
	plan_add_a(p, OP_affinity, side, list && *list ? list : "all")->p = c;
}

void
plan_target(struct plan *p, const struct job *j)
{
	struct step *s = plan_add(p, OP_target, HOST);

	s->n = j->target->pid;
	s->p = j->target;
	s->slot = plan_slot(p);
	plan_slot(p);
	if (!j->target->v2)
		return;
	s = plan_add_a(p, OP_cgroup_open, HOST, j->target->cgroups.v[0]);
	s->slot = plan_slot(p);
}

void
plan_join(struct plan *p, const struct job *j)
{
	unsigned long differ = j->target->differ;
	bool plain_root = !ns_own(j->spec, NS_MOUNT) && !(differ & CLONE_NEWNS);
	int target = p->v[plan_find(p, OP_target)].slot;
	struct step *s;

	plan_affinity(p, j, HOST);
	if (plain_root)
		plan_add_a(p, OP_enter_root, HOST, j->rootfs);
	plan_add(p, OP_clone, HOST)->slot = cgroup_clone_slot(p);
	plan_add(p, OP_not_dumpable, BOX);
	if (differ) {
		s = plan_add(p, OP_enter, BOX);
		s->n = differ;
		s->slot = target;
	}
	if (differ & CLONE_NEWUSER) {
		IF_USERNS(plan_idmap(p, j);)
		plan_add(p, OP_not_dumpable, BOX); /* the kernel's own default came back with the new ids */
	}
	if (plain_root)
		plan_add(p, OP_pivot, BOX)->n = 2;
	s = plan_add(p, OP_close_fds, BOX);
	s->n = 3 + j->preserve_fds + j->listen_fds;
	IF_TTY(s->slot = plan_console_slot(p);)
	if (differ & CLONE_NEWPID)
		plan_add(p, OP_clone_again, BOX);
	if (!j->no_new_keyring)
		plan_add_a(p, OP_new_keyring, BOX, text_make("_ses.%s", j->id));
	if (!plain_root)
		plan_add(p, OP_root_here, BOX);
}

void
plan_inside(struct plan *p, const struct job *j)
{
	const struct target *t = j->target;
	size_t i;

	plan_lookup(p, j);
	plan_add(p, OP_new_session, BOX);
	for (i = 0; i < t->cgroups.n; i++)
		plan_add_a(p, OP_cgroup_join, HOST, t->cgroups.v[i])->n = t->v2 && !i;
	IF_RDT(plan_rdt_join(p, j);)
	plan_limits(p, j);
	plan_tell(p, j, 0);
	plan_affinity(p, j, BOX);
}

/* --- do --------------------------------------------------------------------------------------- */

int
do_target(struct run *r, const struct step *s)
{
	const struct target *t = s->p;
	int proc = run_proc(r), *fd = &r->slot[s->slot];
	char name[16];

	if (proc < 0)
		return proc;
	fd[1] = sys_pidfd_open(t->pid, 0); /* none before 5.3 */
	text_fmt(name, sizeof name, "%d", (int)t->pid);
	fd[0] = sys_openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd[0] < 0)
		return fd[0];
	if (!t->start_time || state_start_time(proc, t->pid) == t->start_time)
		return 0;
	r->detail = "container not running";
	return -ESRCH;
}

/* Before 5.8: each by its file.  All are opened first, for in there /proc is the container's.  With privileges of mote's
 * own, the user namespace comes last, since the others may be the host's; without, it comes first and gives them. */
static int
enter_by_files(struct run *r, int folder, unsigned long differ)
{
	bool user_first = r->job->facts->euid != 0;
	int fd[NS_COUNT], type, pass, e = 0;
	char path[32];

	for (type = 0; type < NS_COUNT && e >= 0; type++) {
		fd[type] = -1;
		if (!(differ & ns_flag(type)))
			continue;
		text_fmt(path, sizeof path, "ns/%s", ns_file(type));
		e = fd[type] = sys_openat(folder, path, O_RDONLY | O_CLOEXEC, 0);
	}
	for (pass = 0; pass < 2 && e >= 0; pass++)
		for (type = 0; type < NS_COUNT && e >= 0; type++)
			if (fd[type] >= 0 && (type == NS_USER) == (pass == !user_first))
				e = sys_setns(fd[type], ns_flag(type));
	return e < 0 ? e : 0;
}

/* A pidfd is no descriptor of a namespace to an older kernel: EINVAL. */
int
do_enter(struct run *r, const struct step *s)
{
	const int *fd = &r->slot[s->slot];
	int e = fd[1] < 0 ? -ENOSYS : sys_setns(fd[1], s->n);

	return e == -EINVAL || e == -ENOSYS ? enter_by_files(r, fd[0], s->n) : e;
}

int
do_root_here(struct run *r, const struct step *s)
{
	(void)s;
	r->root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return r->root < 0 ? r->root : sys_fchdir(r->root); /* where one stands behind a switch of roots as well */
}

int
do_affinity(struct run *r, const struct step *s)
{
	const struct cpus *c = s->p;

	(void)r;
	return sys_sched_setaffinity(0, sizeof *c, c->bits);
}

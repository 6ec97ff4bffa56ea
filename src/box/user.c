/* SPDX-License-Identifier: MIT */
/* user.c - the program's ids, capabilities, limits and scheduling, in the order the kernel's rules ask for */
#include "box/user.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/exec.h"
#include "box/facts.h"
#include "box/lsm.h"
#include "box/numa.h"
#include "box/replay.h"
#include "spec/names.h"
#include "sys.h"

enum { CAP_VERSION_3 = 0x20080522, IOPRIO_WHO_PGRP = 2, IOPRIO_CLASS_SHIFT = 13 };

/* --- plan ------------------------------------------------------------------------------------- */

/* The names as bits; those that this kernel does not have are left out (M-18; caps_check has warned). */
static uint64_t
cap_bits(const struct strs *names, int last)
{
	uint64_t bits = 0;
	int64_t cap;
	size_t i;

	for (i = 0; i < names->n; i++)
		if (name_find(names_capability, names->v[i], &cap) && cap <= last)
			bits |= 1ULL << cap;
	return bits;
}

/* Raising a hard limit, or any limit of a box in a user namespace, takes mote's own privileges: HOST. */
static void
plan_rlimits(struct plan *p, const struct job *j)
{
	enum side side = ns_own(j->spec, NS_USER) ? HOST : BOX;
	struct step *s;
	size_t i;

	for (i = 0; i < j->spec->process.rlimits.n; i++) {
		s = plan_add_a(p, OP_rlimit, side,
			name_of(names_rlimit, j->spec->process.rlimits.v[i].type));
		s->p = &j->spec->process.rlimits.v[i];
	}
}

static void
plan_oom(struct plan *p, const struct job *j)
{
	const struct opt *o = &j->spec->process.oom_score_adj;

	if (o->given)
		plan_add(p, OP_oom_score, HOST)->b = text_make("%lld", (long long)o->v);
}

/* Before the gate, so that create fails and not only start when one cannot be set; HOST's rows stand just before its row that
 * saves the state: no turn of their own. */
void
plan_limits(struct plan *p, const struct job *j)
{
	plan_rlimits(p, j);
	plan_oom(p, j);
	IF_NUMA(plan_memory_policy(p, &j->spec->linux);)
}

static void
plan_scheduling(struct plan *p, const struct job *j)
{
	const struct process_spec *s = &j->spec->process;
	const struct linux_spec *l = &j->spec->linux;
	struct step *st;

	if (s->scheduler.given) {
		st = plan_add_a(p, OP_scheduler, BOX, name_of(names_sched_policy, s->scheduler.policy));
		st->p = &s->scheduler;
	}
	if (s->io_priority.given)
		plan_add(p, OP_io_priority, BOX)->n =
			(unsigned)s->io_priority.class << IOPRIO_CLASS_SHIFT | s->io_priority.priority;
	if (l->personality.given)
		plan_add(p, OP_personality, BOX)->n = l->personality.domain;
}

static void
plan_identity(struct plan *p, const struct job *j)
{
	const struct user_spec *u = &j->spec->process.user;
	struct identity_step *id = NEW(struct identity_step);
	struct step *s = plan_add(p, OP_identity, BOX);

	id->uid = u->uid;
	id->gid = u->gid;
	id->groups = u->additional_gids.v;
	id->n = u->additional_gids.n;
	/* Unprivileged user namespaces deny setgroups: the groups are what they are. */
	id->keep_groups = j->facts->euid && ns_own(j->spec, NS_USER) && !id->n;
	s->n = id->uid;
	s->p = id;
}

static struct caps_step *
caps_of(const struct job *j)
{
	const struct caps_spec *c = &j->spec->process.capabilities;
	struct caps_step *s = NEW(struct caps_step);
	int last = j->facts->last_cap;

	s->effective = cap_bits(&c->effective, last);
	s->permitted = cap_bits(&c->permitted, last);
	s->inheritable = cap_bits(&c->inheritable, last);
	s->ambient = cap_bits(&c->ambient, last);
	return s;
}

struct cap_head { uint32_t version; int pid; };
struct cap_data { uint32_t effective, permitted, inheritable; };

/* The box gets what mote has, and all in a user namespace of its own. */
void
caps_check(const struct job *j, struct diag *d)
{
	const struct strs *names = &j->spec->process.capabilities.permitted;
	bool own_users = ns_own(j->spec, NS_USER);
	struct cap_head h = {.version = CAP_VERSION_3};
	struct cap_data now[2];
	int64_t cap;
	size_t i;

	if (!names->n || sys_capget(&h, now))
		return;
	for (i = 0; i < names->n; i++)
		if (name_find(names_capability, names->v[i], &cap) &&
			(cap > j->facts->last_cap || (!own_users && !(now[cap / 32].permitted >> cap % 32 & 1))))
			diag_add(d, (struct fault){.level = DIAG_WARNING, .name = "process.capabilities", .rule = 18,
				.text = text_make("nobody here has %s to give: left out", names->v[i])});
}

/* Without an object `capabilities` the program has none: no list is an empty list. */
static void
plan_caps(struct plan *p, const struct job *j)
{
	uint64_t *bounding = NEW(uint64_t);
	struct step *s;

	*bounding = cap_bits(&j->spec->process.capabilities.bounding, j->facts->last_cap);
	s = plan_add(p, OP_bounding, BOX);
	s->p = bounding;
	s->n = *bounding;
	plan_identity(p, j);
	plan_add(p, OP_capabilities, BOX)->p = caps_of(j);
}

/* noNewPrivileges false: the filter needs CAP_SYS_ADMIN, so it comes before the capabilities go, and has to allow the calls that
 * follow (setresuid, capset, prctl, chdir).  True: it comes last, and has to allow execve alone. */
void
plan_process(struct plan *p, const struct job *j)
{
	const struct process_spec *s = &j->spec->process;

	if (!s->given)
		return;
	plan_scheduling(p, j);
	IF_LSM(plan_lsm(p, s);)
	plan_add_a(p, OP_cwd, BOX, s->cwd)->n = 1;
	if (!s->no_new_privileges) {
		plan_ready(p, j);
		IF_SECCOMP(plan_seccomp(p, j);)
	}
	plan_caps(p, j);
	IF_REAPER(if (j->die_with_parent) plan_add(p, OP_die_with_parent, BOX);)
	plan_add_a(p, OP_cwd, BOX, s->cwd);
	if (s->no_new_privileges) {
		plan_add(p, OP_no_new_privs, BOX);
		plan_ready(p, j);
		IF_SECCOMP(plan_seccomp(p, j);)
	}
}

/* --- do --------------------------------------------------------------------------------------- */

int
do_rlimit(struct run *r, const struct step *s)
{
	const struct rlimit_spec *l = s->p;
	struct rlimit v = {.rlim_cur = l->soft, .rlim_max = l->hard};

	return sys_prlimit64(r->side == HOST ? r->pid : 0, l->type, &v, NULL);
}

int
do_oom_score(struct run *r, const struct step *s)
{
	char path[40];
	int proc = run_proc(r);

	if (proc < 0)
		return proc;
	text_fmt(path, sizeof path, "%d/oom_score_adj", (int)r->pid);
	return file_put(proc, path, s->b);
}

int
do_scheduler(struct run *r, const struct step *s)
{
	const struct scheduler_spec *c = s->p;
	struct kernel_sched_attr a = {.size = sizeof a, .policy = c->policy, .flags = c->flags,
		.nice = c->nice, .priority = c->priority, .runtime = c->runtime,
		.deadline = c->deadline, .period = c->period};

	(void)r;
	return sys_sched_setattr(0, &a, 0);
}

int
do_io_priority(struct run *r, const struct step *s)
{
	(void)r;
	return sys_ioprio_set(IOPRIO_WHO_PGRP, 0, s->n);
}

int
do_personality(struct run *r, const struct step *s)
{
	int e = sys_personality(s->n);

	(void)r;
	return e < 0 ? e : 0;
}

int
do_bounding(struct run *r, const struct step *s)
{
	uint64_t keep = *(const uint64_t *)s->p;
	int cap, e = 0;

	for (cap = 0; cap <= r->job->facts->last_cap && !e; cap++)
		if (!(keep >> cap & 1))
			e = sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	return e;
}

/* Keeps the permitted set over the change of ids; the effective one is set again by the next step. */
int
do_identity(struct run *r, const struct step *s)
{
	const struct identity_step *id = s->p;
	int e = sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);

	(void)r;
	if (!e && !id->keep_groups)
		e = sys_setgroups(id->n, id->groups);
	if (!e)
		e = sys_setresgid(id->gid, id->gid, id->gid);
	return e ? e : sys_setresuid(id->uid, id->uid, id->uid);
}

/* What the box does not have itself it cannot give (M-18): those bits are left out, not an error. */
static void
cap_limit(struct cap_data now[2], struct caps_step *c)
{
	uint64_t have = now[0].permitted | (uint64_t)now[1].permitted << 32;

	c->permitted &= have;
	c->effective &= c->permitted;
	c->inheritable &= have | now[0].inheritable | (uint64_t)now[1].inheritable << 32;
	c->ambient &= c->permitted & c->inheritable; /* capabilities(7): ambient is within both */
}

static int
raise_ambient(uint64_t set)
{
	int cap, e = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	if (e == -EINVAL && !set) /* before 4.3 */
		return 0;
	for (cap = 0; cap < 64 && !e; cap++)
		if (set >> cap & 1)
			e = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	return e;
}

int
do_capabilities(struct run *r, const struct step *s)
{
	struct cap_head h = {.version = CAP_VERSION_3};
	struct caps_step c = *(const struct caps_step *)s->p;
	struct cap_data d[2];
	int i, e = sys_capget(&h, d);

	(void)r;
	if (e)
		return e;
	cap_limit(d, &c);
	for (i = 0; i < 2; i++) {
		d[i].effective = c.effective >> 32 * i;
		d[i].permitted = c.permitted >> 32 * i;
		d[i].inheritable = c.inheritable >> 32 * i;
	}
	e = sys_capset(&h, d);
	return e ? e : raise_ambient(c.ambient);
}

int
do_no_new_privs(struct run *r, const struct step *s)
{
	(void)r, (void)s;
	return sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

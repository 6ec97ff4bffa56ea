/* SPDX-License-Identifier: MIT */
/* cgupdate.c - an update as a plan: what differs from what the files say, in an order in which each single write is legal */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/scope.h"
#include "box/update.h"
#include "box/rdt.h"
#include "box/user.h"
#include "spec/names.h"

/* --- what is there now ------------------------------------------------------------------------ */

static const char *
folder_of(const struct job *j, int where)
{
	const struct cgroup_facts *f = &j->facts->cgroup;

	return text_path(where == CGROUP_AT_V2 ? f->v2.mount : f->v1.v[where].mount, cgroup_path(j));
}

static uint64_t
now(const struct job *j, const struct cgroup_setting *s)
{
	return cgroup_number(text_path(folder_of(j, s->where), s->file));
}

static uint64_t
then(const struct cgroup_setting *s)
{
	const char *end;
	uint64_t v;

	return text_u64_prefix(s->value, &end, &v) ? v : UINT64_MAX;
}

/* --- which ------------------------------------------------------------------------------------ */

/* Of an object that the update speaks of, all is looked at: swap in version 2 depends on memory, quota on period. */
static bool
is_asked(const struct resources_spec *a, const char *name)
{
	static const char *const objects[] = {"memory.", "cpu.", "pids.", "blockIO.", "hugepageLimits", "network.",
		"rdma", "unified["};
	bool asked[] = {a->memory.given, a->cpu.given, a->pids.given, a->block_io.given, a->hugepage_limits.n,
		a->network.given, a->rdma.n, a->unified.n};
	size_t i;

	name += strlen("linux.resources.");
	for (i = 0; i < sizeof asked; i++)
		if (text_starts(name, objects[i]))
			return asked[i];
	return false;
}

static bool
says_already(const struct job *j, const struct cgroup_setting *s)
{
	char buf[256];
	ssize_t n = file_peek(AT_FDCWD, text_path(folder_of(j, s->where), s->file), buf, sizeof buf);
	size_t len = strlen(s->value);

	return n > 0 && (size_t)n == len + 1 && !memcmp(buf, s->value, len) && buf[len] == '\n';
}

/* At create a flag that is false asks for nothing; here it may be one that was true. */
static void
choose_oom(struct cgroup_settings *s, const struct job *j, const struct update *u)
{
	const struct flag *f = &u->asks.memory.disable_oom_killer;
	int where = cgroup_where(&j->facts->cgroup, "memory", NULL);

	if (HAVE_CGROUP1 && f->given && !f->v && where >= 0)
		*PUSH(s->v, s->n) = (struct cgroup_setting){.where = where, .controller = "", .file = "memory.oom_control",
			.value = "0", .name = "linux.resources.memory.disableOOMKiller", .needs = "CONFIG_MEMCG"};
}

static void
choose(struct cgroup_settings *s, const struct job *j, const struct update *u)
{
	struct cgroup_settings all = {0};
	struct diag judged = {0};
	size_t i;

	cgroup_settings(&all, &j->facts->cgroup, &u->will, &judged);
	for (i = 0; i < all.n; i++) {
		if (u->will.cpu.idle.v == 1 && !u->asks.cpu.shares.v && text_ends(all.v[i].name, ".shares"))
			continue; /* what is idle has no weight */
		if (is_asked(&u->asks, all.v[i].name) && !says_already(j, &all.v[i]))
			*PUSH(s->v, s->n) = all.v[i];
	}
	choose_oom(s, j, u);
}

/* --- in which order --------------------------------------------------------------------------- */

static struct cgroup_setting *
find(const struct cgroup_settings *s, const char *name)
{
	size_t i, skip = strlen("linux.resources.");

	for (i = 0; i < s->n; i++)
		if (text_eq(s->v[i].name + skip, name))
			return &s->v[i];
	return NULL;
}

/* Puts a before b. */
static void
lead(struct cgroup_setting *a, struct cgroup_setting *b)
{
	struct cgroup_setting s = *a;

	for (; a > b; a--)
		*a = a[-1];
	*a = s;
}

/* Every single write must be legal; so what bounds another one grows before it and shrinks behind it.  The table of limits has
 * the order for growing but of memory and swap, and of time: there the share of a period may never be above both the old and
 * the new one, as the folder above may not allow more. */
static void
order(struct cgroup_settings *s, const struct job *j)
{
	static const char *const pairs[][2] = {{"cpu.period", "cpu.quota"}, {"cpu.realtimePeriod", "cpu.realtimeRuntime"}};
	struct cgroup_setting *a, *b;
	size_t i;

	a = find(s, "memory.swap"), b = find(s, "memory.limit");
	if (a && b && a->where >= 0 && then(a) > now(j, a))
		lead(a, b);
	for (i = 0; i < 2; i++) {
		a = find(s, pairs[i][1]), b = find(s, pairs[i][0]);
		if (a && b && then(b) < now(j, b))
			lead(a, b);
	}
	a = find(s, "cpu.burst"), b = find(s, "cpu.period");
	b = b ? b : find(s, "cpu.quota");
	if (b && find(s, "cpu.quota") < b)
		b = find(s, "cpu.quota");
	if (a && b && then(a) < now(j, a))
		lead(a, b);
	a = find(s, "cpu.idle"), b = find(s, "cpu.shares");
	if (a && b && !then(a)) /* no weight while it is idle */
		lead(a, b);
}

/* --- device rules ----------------------------------------------------------------------------- */

static void
both_rules(const struct job *j, const struct update *u, struct dev_rules *was, struct dev_rules *will)
{
	dev_rules_make(was, &u->was, j->spec->process.terminal);
	dev_rules_make(will, &u->will, j->spec->process.terminal);
}

static bool
same_rules(const struct job *j, const struct update *u)
{
	struct dev_rules a, b;

	both_rules(j, u, &a, &b);
	return a.n == b.n && a.base == b.base && (!a.n || !memcmp(a.v, b.v, a.n * sizeof *a.v));
}

static void
device_step(struct plan *p, const char *folder, bool allow, bool back_allow, const char *value)
{
	const char *files[] = {text_path(folder, "devices.deny"), text_path(folder, "devices.allow")};
	struct step *s = plan_add_a(p, OP_cgroup_set, HOST, files[allow]);
	struct cgroup_set *c = NEW(struct cgroup_set);

	*c = (struct cgroup_set){.other.needs = "CONFIG_CGROUP_DEVICE", .back_file = files[back_allow], .back = value,
		.old = NEW(char *)};
	s->b = value;
	s->c = "linux.resources.devices";
	s->p = c;
	s->flags = UNDO;
}

/* What of the exceptions in a is not in b. */
static void
difference(struct plan *p, const char *folder, const struct dev_rules *a, const struct dev_rules *b, bool allow)
{
	struct dev_rule r, *e;
	size_t i;

	for (i = 0; i < a->n; i++) {
		r = a->v[i];
		for (e = b->v; e < b->v + b->n; e++)
			if (e->type == r.type && e->major == r.major && e->minor == r.minor)
				r.access &= ~e->access;
		if (r.access)
			device_step(p, folder, allow, !allow, dev_rule_text(&r, r.type));
	}
}

/* What the old list says is written once more, which changes nothing, for the sake of the way back: a new base forgets it. */
static void
plan_base(struct plan *p, const char *folder, const struct dev_rules *was, const struct dev_rules *will)
{
	static const struct dev_rules none;
	size_t i;

	for (i = 0; i < was->n; i++)
		if (was->v[i].access)
			device_step(p, folder, !was->base, !was->base, dev_rule_text(&was->v[i], was->v[i].type));
	device_step(p, folder, will->base, was->base, "a");
	difference(p, folder, will, &none, !will->base);
}

/* Version 1: from the exceptions of one list to those of the other, so that nothing that both allow is denied on the way; what
 * others have added stays. */
static void
plan_exceptions(struct plan *p, const struct job *j, const struct update *u, const char *folder)
{
	struct dev_rules a, b, was, will;
	struct dev_rule bad;

	both_rules(j, u, &a, &b);
	dev_rules_flatten(&was, &a, &bad);
	dev_rules_flatten(&will, &b, &bad);
	if (was.base != will.base) {
		plan_base(p, folder, &was, &will);
		return;
	}
	difference(p, folder, &will, &was, !will.base);
	difference(p, folder, &was, &will, will.base);
}

static void
plan_devices_again(struct plan *p, const struct job *j, const struct update *u)
{
	int where = cgroup_where_devices(&j->facts->cgroup);

	if (same_rules(j, u))
		return;
	if (HAVE_CGROUP1 && where >= 0)
		plan_exceptions(p, j, u, folder_of(j, where));
	else if (HAVE_DEVICES && where == CGROUP_AT_V2)
		plan_cgroup2_program(p, j);
}

bool
update_opens(const struct job *j, const struct update *u)
{
	struct dev_rules was, will;

	both_rules(j, u, &was, &will);
	return cgroup_where_devices(&j->facts->cgroup) >= 0 && will.base && !was.base;
}

/* --- judgement -------------------------------------------------------------------------------- */

static void
refuse(struct diag *d, const char *name, const char *text)
{
	diag_add(d, (struct fault){.name = name, .rule = -1, .text = text});
}

/* memory.checkBeforeUpdate: a limit below what is used is refused, not enforced by the OOM killer. */
static void
check_usage(const struct job *j, const struct update *u, struct diag *d)
{
	int where = cgroup_where(&j->facts->cgroup, "memory", "memory");
	int64_t limit = u->asks.memory.limit.v;
	uint64_t used;

	if (!u->will.memory.check_before_update.v || limit <= 0 || where == CGROUP_NOWHERE)
		return;
	used = cgroup_number(text_path(folder_of(j, where), where < 0 ? "memory.current" : "memory.usage_in_bytes"));
	if (used > (uint64_t)limit)
		refuse(d, "memory.limit", text_make("is less than the %llu bytes in use", (unsigned long long)used));
}

bool
update_check(const struct job *j, struct update *u, struct diag *d)
{
	size_t before = d->errors;

	if (j->no_cgroups)
		return diag_fail(d, "the container was created without cgroups (--cgroup-manager disabled)");
	if (!cgroup_check(j, d))
		return false;
	check_usage(j, u, d);
	if ((u->l3 || u->bandwidth) && (!HAVE_RDT || !j->facts->resctrl))
		refuse(d, "linux.intelRdt", "the container was created without it");
	if (u->reclaim && cgroup_where(&j->facts->cgroup, "memory", "memory") != CGROUP_AT_V2)
		refuse(d, "--reclaim", "needs the memory controller of version 2 of cgroups");
	if (!u->old->cgroups.n && u->asks.given && !ns_new(j->spec, NS_PID))
		refuse(d, "linux.resources", "the container has no cgroup and no pid namespace of its own: its processes cannot "
			"be told from others");
	return d->errors == before;
}

/* --- the plan --------------------------------------------------------------------------------- */

/* The writes behind step number `from` become those that can be undone. */
static void
make_undoable(struct plan *p, size_t from)
{
	struct cgroup_set *c;
	struct step *s;

	for (s = p->v + from; s < p->v + p->n; s++) {
		if (s->op != OP_cgroup_write)
			continue;
		c = NEW(struct cgroup_set);
		c->other = *(const struct cgroup_else *)s->p;
		c->old = NEW(char *);
		s->op = OP_cgroup_set;
		s->flags |= UNDO;
		s->p = c;
	}
}

static bool
is_needed(const struct job *j, const struct update *u, const struct cgroup_settings *s, int where)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].where == where)
			return true;
	return cgroup_where_devices(&j->facts->cgroup) == where && !same_rules(j, u);
}

static void
plan_one(struct plan *p, const struct job *j, struct update *u, const struct cgroup_settings *s, int where)
{
	bool fresh = !u->old->cgroups.n;
	size_t from = p->n;
	struct step *st;

	if (!is_needed(j, u, s, where))
		return;
	if (fresh && where == CGROUP_AT_V2)
		IF_CGROUP2(plan_cgroup2_make(p, j));
	else if (fresh)
		IF_CGROUP1(plan_cgroup1_make(p, j, where));
	if (where == CGROUP_AT_V2) {
		IF_CGROUP2(plan_cgroup2_enable(p, j, s);)
		plan_cgroup_writes(p, folder_of(j, where), where, s);
	} else {
		IF_CGROUP1(plan_cgroup1_writes(p, j, where, s);)
	}
	make_undoable(p, from);
	if (!fresh)
		return;
	st = plan_add_a(p, OP_cgroup_adopt, HOST, folder_of(j, where));
	st->b = cgroup_of(&j->facts->cgroup, where, u->old->pid);
	st->p = u->old;
	st->flags = UNDO;
}

static void
plan_first_process(struct plan *p, const struct update *u)
{
	struct limit_set *l;
	struct cgroup_set *c;
	struct step *s;
	size_t i;

	for (i = 0; i < u->rlimits.n; i++) {
		l = NEW(struct limit_set);
		*l = (struct limit_set){u->old->pid, u->rlimits.v[i], NEW(struct rlimit), NEW(bool)};
		s = plan_add_a(p, OP_limit_set, HOST, name_of(names_rlimit, l->new.type));
		s->p = l;
		s->flags = UNDO;
	}
	if (!u->oom_score_adj)
		return;
	c = NEW(struct cgroup_set);
	c->old = NEW(char *);
	s = plan_add_a(p, OP_cgroup_set, HOST, text_make("%d/oom_score_adj", (int)u->old->pid));
	s->b = u->oom_score_adj;
	s->c = "--oom-score-adj";
	s->n = 1;
	s->p = c;
	s->flags = UNDO;
}

#if HAVE_SYSTEMD
/* systemd would put its own limits back at the next daemon-reload.  It writes them again when it is told, time on the processor
 * in hundredths: that once more as it was asked for. */
static void
plan_scope_again(struct plan *p, const struct job *j, const struct cgroup_settings *s)
{
	size_t i;

	plan_scope_set(p, j, s);
	for (i = 0; i < s->n; i++)
		if (text_eq(s->v[i].file, "cpu.max"))
			plan_cgroup_writes(p, folder_of(j, CGROUP_AT_V2), CGROUP_AT_V2, &(struct cgroup_settings){s->v + i, 1});
}
#endif

/* A mote that is killed on the way leaves a state that says less than was written, and never more: a later update looks at the
 * files, and at what it says of devices.  Of cgroups that are made here delete is to know before. */
static void
plan_state_again(struct plan *p, const struct job *j, const struct update *u, struct state *new)
{
	struct state_put *put = NEW(struct state_put);
	struct step *s = plan_add_a(p, OP_state_put, HOST, j->state_dir);

	*put = (struct state_put){new, u->old, !u->old->cgroups.n};
	s->p = put;
	s->flags = UNDO;
}

void
plan_update(struct plan *p, const struct job *j, struct update *u)
{
	const struct cgroup_facts *f = &j->facts->cgroup;
	struct state *first = NEW(struct state);
	struct cgroup_settings s = {0};
	struct step *st;
	size_t i;

	choose(&s, j, u);
	order(&s, j);
	*first = *u->old;
	if (!first->cgroups.n)
		plan_state_again(p, j, u, first);
	if (u->reclaim) {
		st = plan_add_a(p, OP_cgroup_reclaim, HOST, text_path(folder_of(j, CGROUP_AT_V2), "memory.reclaim"));
		st->b = u->reclaim;
	}
	if (f->v2.mount)
		plan_one(p, j, u, &s, CGROUP_AT_V2);
	for (i = 0; i < f->v1.n; i++)
		plan_one(p, j, u, &s, i);
	plan_first_process(p, u);
	plan_devices_again(p, j, u);
	plan_state_again(p, j, u, u->state);
	IF_SYSTEMD(if (j->systemd && s.n) plan_scope_again(p, j, &s);)
	IF_RDT(plan_rdt_update(p, j, u->l3, u->bandwidth);) /* last: it has no way back */
}

void
update_print(struct out *o, const struct plan *p)
{
	const struct step *s;

	for (s = p->v; s < p->v + p->n; s++) {
		if (s->op == OP_cgroup_set || s->op == OP_cgroup_reclaim)
			out_fmt(o, "%s%s=%s\n", s->n ? "/proc/" : "", s->a, s->b);
		else if (s->op == OP_cgroup_enable)
			out_fmt(o, "%s=%s\n", text_path(s->b, "cgroup.subtree_control"), s->a);
		else if (s->op != OP_state_put) {
			out_str(o, "# ");
			step_text(o, s);
			out_str(o, "\n");
		}
	}
}

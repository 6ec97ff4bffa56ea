/* SPDX-License-Identifier: MIT */
/* update.c - the verb update: what is asked becomes one linux.resources object, whoever wrote it */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/update.h"
#include "cmd/job.h"
#include "spec/check.h"
#include "spec/load.h"
#include "spec/names.h"
#include "spec/save.h"
#include "sys.h"

/* clang-format off */
static const struct limit_option { const char *option, *object, *key; char kind; } limit_options[] = {
	/* kind: b bytes, n a number, s text; no resources: 3 and m */
	{"memory",             "memory",  "limit",           'b'},
	{"memory-reservation", "memory",  "reservation",     'b'},
	{"memory-swap",        "memory",  "swap",            'b'},
	{"kernel-memory",      "memory",  "kernel",          'b'},
	{"kernel-memory-tcp",  "memory",  "kernelTCP",       'b'},
	{"cpu-share",          "cpu",     "shares",          'n'},
	{"cpu-period",         "cpu",     "period",          'n'},
	{"cpu-quota",          "cpu",     "quota",           'n'},
	{"cpu-burst",          "cpu",     "burst",           'n'},
	{"cpu-rt-period",      "cpu",     "realtimePeriod",  'n'},
	{"cpu-rt-runtime",     "cpu",     "realtimeRuntime", 'n'},
	{"cpu-idle",           "cpu",     "idle",            'n'},
	{"cpuset-cpus",        "cpu",     "cpus",            's'},
	{"cpuset-mems",        "cpu",     "mems",            's'},
	{"pids-limit",         "pids",    "limit",           'n'},
	{"blkio-weight",       "blockIO", "weight",          'n'},
	{"l3-cache-schema",    NULL,      NULL,              '3'},
	{"mem-bw-schema",      NULL,      NULL,              'm'},
};
/* clang-format on */

enum { NLIMITS = sizeof limit_options / sizeof *limit_options };

static const struct limit_option *
find_option(const char *name)
{
	size_t i;

	for (i = 0; i < NLIMITS; i++)
		if (text_eq(limit_options[i].option, name))
			return &limit_options[i];
	return NULL;
}

static bool
put_option(struct cmd *c, struct jout *j, const struct limit_option *l, const char *value)
{
	uint64_t bytes;
	int64_t n;

	if (l->kind == 's') {
		jout_str(j, l->key, value);
		return true;
	}
	if (text_i64(value, &n))
		jout_int(j, l->key, n);
	else if (text_u64(value, &bytes) || (l->kind == 'b' && text_size(value, &bytes)))
		jout_uint(j, l->key, bytes);
	else
		return diag_fail(&c->diag, "option --%s takes a number, not '%s'", l->option, value);
	return true;
}

/* The options as JSON, so that a number out of range is found where it is in a file.  They come one object after the other, so an
 * object that is named again goes on where it was: resources_load_text is for that. */
static bool
load_options(struct cmd *c, struct update *u)
{
	const struct pair *p, *end = c->o.limits.v + c->o.limits.n;
	const struct limit_option *l;
	struct out o;
	struct jout j;

	for (p = c->o.limits.v; p < end; p++) {
		l = find_option(p->key);
		if (!l->object) {
			*(l->kind == 'm' ? &u->bandwidth : &u->l3) = p->value;
			continue;
		}
		o = out_mem();
		j = (struct jout){.o = &o};
		jout_open(&j, NULL, '{');
		jout_open(&j, l->object, '{');
		if (!put_option(c, &j, l, p->value))
			return false;
		jout_close(&j, '}');
		jout_close(&j, '}');
		if (!resources_load_text(&u->asks, out_text(&o), text_make("--%s", l->option), &c->diag))
			return false;
	}
	return true;
}

static bool
load_asked(struct cmd *c, struct update *u)
{
	const char *file = c->o.resources;
	int fd;
	bool ok;

	if (!file)
		return load_options(c, u);
	fd = text_eq(file, "-") ? 0 : sys_openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return diag_fail(&c->diag, "open %s: %s", file, text_errno(fd));
	ok = resources_load(&u->asks, fd, file, &c->diag);
	if (fd)
		sys_close(fd);
	return ok;
}

/* Where zero asks for nothing (runc's "unchanged"), what was there stays. */
static void
keep_zeros(struct update *u)
{
#define AT(m) offsetof(struct resources_spec, m)
	static const uint16_t at[] = {AT(memory.limit), AT(memory.reservation), AT(memory.swap), AT(memory.kernel),
		AT(memory.kernel_tcp), AT(cpu.shares), AT(cpu.period), AT(cpu.quota), AT(cpu.realtime_period), AT(pids.limit),
		AT(block_io.weight), AT(block_io.leaf_weight)};
#undef AT
	struct opt *v;
	size_t i;

	for (i = 0; i < sizeof at / sizeof *at; i++) {
		v = (struct opt *)(void *)((char *)&u->will + at[i]);
		if (!v->v)
			*v = *(const struct opt *)(const void *)((const char *)&u->was + at[i]);
	}
}

static const char *
text_of(const struct resources_spec *r)
{
	struct out o = out_mem();
	struct jout j = {.o = &o};

	resources_save(&j, NULL, r);
	return out_text(&o);
}

/* was, asks, will: what create and earlier updates have left, what is said now, and both together. */
static bool
merge(struct cmd *c, struct work *w, struct update *u)
{
	const char *name = c->o.resources ? c->o.resources : "options";

	u->was = w->spec.linux.resources;
	if (w->state.resources) {
		memset(&u->was, 0, sizeof u->was);
		if (!resources_load_text(&u->was, w->state.resources, "state.json", &c->diag))
			return false;
	}
	if (!load_asked(c, u))
		return false;
	u->will = u->was;
	if (!resources_load_text(&u->will, text_of(&u->asks), name, &c->diag))
		return false;
	keep_zeros(u);
	if (u->asks.memory.limit.v == -1 && !u->asks.memory.swap.v && u->will.memory.swap.v) /* as runc has it */
		u->will.memory.swap = (struct opt){true, -1};
	return resources_check(&u->will, name, &c->diag);
}

/* --- what is asked for the first process ------------------------------------------------------ */

static bool
limit_value(const char *s, const char **end, uint64_t *v)
{
	size_t n = strcspn(s, ":");

	*end = s + n;
	if (n == 9 && !memcmp(s, "unlimited", n)) {
		*v = RLIM_INFINITY;
		return true;
	}
	return text_u64_prefix(s, &s, v) && s == *end;
}

/* RLIMIT_NOFILE=1024:4096, nofile=1024 */
static bool
take_rlimit(struct cmd *c, struct update *u, const char *s)
{
	const char *eq = strchr(s, '='), *at;
	struct rlimit_spec *l = PUSH(u->rlimits.v, u->rlimits.n);
	char *name = text_make("RLIMIT_%.*s", eq ? (int)(eq - s) : 0, s), *p;
	int64_t type;

	if (text_starts(name, "RLIMIT_RLIMIT_"))
		name += strlen("RLIMIT_");
	for (p = name; *p; p++)
		*p = toupper((unsigned char)*p);
	if (!eq || !name_find(names_rlimit, name, &type) || !limit_value(eq + 1, &at, &l->soft))
		return diag_fail(&c->diag, "option --rlimit takes TYPE=SOFT or TYPE=SOFT:HARD, not '%s'", s);
	l->type = (int)type;
	l->hard = l->soft;
	if (*at && (!limit_value(at + 1, &at, &l->hard) || *at))
		return diag_fail(&c->diag, "option --rlimit takes TYPE=SOFT or TYPE=SOFT:HARD, not '%s'", s);
	return l->soft <= l->hard || diag_fail(&c->diag, "option --rlimit: the soft limit of '%s' is above the hard one", s);
}

static bool
take_others(struct cmd *c, struct update *u)
{
	const struct options *o = &c->o;
	uint64_t bytes;
	int64_t n;
	size_t i;

	if (o->resources && o->limits.n)
		return diag_fail(&c->diag, "--resources and --%s cannot be given together", o->limits.v[0].key);
	for (i = 0; i < o->rlimits.n; i++)
		if (!take_rlimit(c, u, o->rlimits.v[i]))
			return false;
	if (o->oom_score_adj && (!text_i64(o->oom_score_adj, &n) || n < -1000 || n > 1000))
		return diag_fail(&c->diag, "option --oom-score-adj takes -1000 to 1000, not '%s'", o->oom_score_adj);
	u->oom_score_adj = o->oom_score_adj;
	if (o->reclaim && !text_size(o->reclaim, &bytes))
		return diag_fail(&c->diag, "option --reclaim takes a number with k, m, g or t, not '%s'", o->reclaim);
	if (o->reclaim)
		u->reclaim = text_make("%llu", (unsigned long long)bytes);
	return true;
}

/* --- the walk --------------------------------------------------------------------------------- */

static int
walk(struct cmd *c, struct work *w, struct update *u, bool runs)
{
	bool still = runs && update_opens(&w->job, u) && !cgroup_freeze(&w->state.cgroups, true), ok;
	const char *why;

	ok = run_plan(&w->run, &w->plan, &w->job, &c->log, &why);
	if (still)
		cgroup_freeze(&w->state.cgroups, false);
	return ok ? EXIT_OK : fail(c, "%s", why);
}

static int
apply(struct cmd *c, struct work *w, struct update *u, enum status status)
{
	struct state *old = NEW(struct state);
	struct out o = out_fd(1);
	int e;

	facts_read(&w->facts, &w->spec, true);
	e = cgroup_facts_read(&w->facts.cgroup);
	if (e)
		return fail(c, "read the cgroup mounts: %s", text_errno(e));
	*old = w->state;
	u->old = old;
	u->state = &w->state;
	w->state.resources = text_of(&u->will);
	w->spec.linux.resources = u->will;
	w->job = (struct job){.spec = &w->spec, .facts = &w->facts, .id = w->state.id,
		.state_dir = state_dir_of(c, w->state.id), .no_cgroups = w->state.no_cgroups,
		.systemd = HAVE_SYSTEMD && w->state.systemd};
	if (!update_check(&w->job, u, &c->diag))
		return fail_diag(c);
	plan_update(&w->plan, &w->job, u);
	if (!c->o.dry_run)
		return walk(c, w, u, status != STATUS_PAUSED);
	update_print(&o, &w->plan);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

int
cmd_update(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct update *u = NEW(struct update);
	const char *dir;
	enum status status;
	int lock;

	if (!take_others(c, u))
		return usage(c);
	if (!job_state(c, w))
		return fail_diag(c);
	dir = state_dir_of(c, w->state.id);
	lock = state_lock(dir);
	if (lock < 0)
		return fail(c, "lock %s: %s", dir, text_errno(lock));
	memset(&w->state, 0, sizeof w->state); /* another update may have ended while we waited */
	if (!job_state(c, w))
		return fail_diag(c);
	status = state_status(&w->state, dir);
	if (!allowed(c, status) || !job_config(c, w) || !merge(c, w, u))
		return fail_diag(c);
	return apply(c, w, u, status);
}

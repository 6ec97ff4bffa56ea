/* SPDX-License-Identifier: MIT */
/* check_process.c - rules between the members of process; the helpers are in check.c */
#include <string.h>

#include "base/text.h"
#include "spec/check.h"
#include "spec/names.h"

static void
judge_args(const struct check *c)
{
	if (!c->p->args.n)
		check_bad(c, "must name a program", "%sargs", c->in_p);
}

static void
judge_env(const struct check *c)
{
	const char *equals;
	size_t i;

	for (i = 0; i < c->p->env.n; i++) {
		equals = strchr(c->p->env.v[i], '=');
		if (!equals || equals == c->p->env.v[i])
			check_warn(c, "not of the form NAME=value", "%senv[%zu]", c->in_p, i);
	}
}

static void
judge_rlimits(const struct check *c)
{
	uint32_t seen = 0, bit;
	size_t i;

	for (i = 0; i < c->p->rlimits.n; i++) {
		bit = c->p->rlimits.v[i].type < 0 ? 0 : 1u << c->p->rlimits.v[i].type;
		if (seen & bit)
			check_bad(c, "given twice", "%srlimits[%zu].type", c->in_p, i);
		seen |= bit;
	}
}

static void
judge_rlimit_order(const struct check *c)
{
	size_t i;

	for (i = 0; i < c->p->rlimits.n; i++) {
		if (c->p->rlimits.v[i].soft > c->p->rlimits.v[i].hard)
			check_bad(c, "soft is above hard", "%srlimits[%zu].soft", c->in_p, i);
	}
}

static void
judge_cap_list(const struct check *c, const struct strs *caps, const char *name)
{
	int64_t ignored;
	size_t i;

	for (i = 0; i < caps->n; i++) {
		if (!name_find(names_capability, caps->v[i], &ignored))
			check_warn(c, DIAG_TEXT(c->d, "unknown, and left out: '%s'", caps->v[i]),
				"%scapabilities.%s[%zu]", c->in_p, name, i);
	}
}

static void
judge_caps(const struct check *c)
{
	const struct caps_spec *caps = &c->p->capabilities;

	judge_cap_list(c, &caps->bounding, "bounding");
	judge_cap_list(c, &caps->effective, "effective");
	judge_cap_list(c, &caps->inheritable, "inheritable");
	judge_cap_list(c, &caps->permitted, "permitted");
	judge_cap_list(c, &caps->ambient, "ambient");
}

static void
judge_scheduler(const struct check *c)
{
	enum { FIFO = 1, RR = 2, DEADLINE = 6 }; /* SCHED_* */
	const struct scheduler_spec *s = &c->p->scheduler;
	bool realtime = s->policy == FIFO || s->policy == RR;

	if (!s->given)
		return;
	if (realtime != (s->priority > 0))
		check_bad(c, realtime ? "SCHED_FIFO and SCHED_RR need one from 1 to 99"
				      : "only SCHED_FIFO and SCHED_RR have one",
			"%sscheduler.priority", c->in_p);
	if (s->policy != DEADLINE && (s->runtime || s->deadline || s->period))
		check_bad(c, "only SCHED_DEADLINE has runtime, deadline and period",
			"%sscheduler", c->in_p);
	if (s->policy == DEADLINE && (!s->runtime || s->runtime > s->deadline ||
		(s->period && s->deadline > s->period)))
		check_bad(c, "SCHED_DEADLINE needs 0 < runtime <= deadline <= period",
			"%sscheduler", c->in_p);
}

static void
judge_affinity(const struct check *c)
{
	static const char text[] = "not a list of processors like 0-3,7";

	if (!check_cpulist(c->p->exec_cpu_affinity.initial))
		check_bad(c, text, "%sexecCPUAffinity.initial", c->in_p);
	if (!check_cpulist(c->p->exec_cpu_affinity.final))
		check_bad(c, text, "%sexecCPUAffinity.final", c->in_p);
}

/* clang-format off */
const struct rule rules_process[] = {
	{15, OF_PROCESS, false, judge_args, RULE("process.args has at least one entry")},
	{-1, OF_PROCESS, true, judge_env,
		RULE("entries of process.env have the form NAME=value (warning)")},
	{17, OF_PROCESS, true, judge_rlimits, RULE("each type of process.rlimits comes once")},
	{-1, OF_PROCESS, true, judge_rlimit_order, RULE("soft limits are not above hard ones")},
	{18, OF_PROCESS, false, judge_caps, RULE("capabilities are known (warning)")},
	{-1, OF_PROCESS, false, judge_scheduler,
		RULE("process.scheduler has what its policy needs and no more")},
	{-1, OF_PROCESS, false, judge_affinity, RULE("process.execCPUAffinity holds lists of processors")},
	{0},
};
/* clang-format on */

/* SPDX-License-Identifier: MIT */
/* events.c - the verbs events and stats */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/follow.h"
#include "box/stats.h"
#include "cmd/job.h"
#include "cmd/script.h"
#include "sys.h"

/* A time as Go writes it, 1h30m, 1.5s, 500ms, in milliseconds; false for others, for 0 and for more than a year. */
static bool
parse_interval(const char *s, uint64_t *ms)
{
	static const struct { const char *unit; uint64_t us; } units[] = {
		{"ms", 1000}, {"us", 1}, {"\xc2\xb5s", 1}, {"s", 1000000}, {"m", 60000000}, {"h", 3600000000}};
	uint64_t n, part, us = 0, scale;
	const char *end;
	size_t i;

	for (; *s; s = end + strlen(units[i].unit)) {
		if (!text_u64_prefix(s, &end, &n) || n > 10000000)
			return false;
		part = 0;
		scale = 1;
		for (end += *end == '.'; end[-1] != *s && *end >= '0' && *end <= '9' && scale < 1000000; end++, scale *= 10)
			part = part * 10 + (uint64_t)(*end - '0');
		for (i = 0; i < sizeof units / sizeof *units && !text_starts(end, units[i].unit); i++)
			;
		if (i == sizeof units / sizeof *units)
			return false;
		us += n * units[i].us + part * units[i].us / scale;
	}
	*ms = us && us < 1000 ? 1 : us / 1000;
	return *ms && *ms <= (uint64_t)366 * 86400 * 1000;
}

/* The state of a container that lives and has a cgroup. */
static bool
load(struct cmd *c, struct work *w)
{
	if (!job_state(c, w) || !allowed(c, state_status(&w->state, state_dir_of(c, w->state.id))))
		return false;
	if (!w->state.cgroups.n)
		return diag_fail(&c->diag, "the container has no cgroup that could tell what it uses: give it linux.cgroupsPath");
	return true;
}

static int
show(struct cmd *c, const struct state *s, enum format f)
{
	static const char *const rows[] = {"cpu.usage.total", "cpu.throttling.throttledTime", "memory.usage.usage", "memory.usage.max",
		"memory.usage.limit", "memory.cache", "pids.current", "pids.limit"};
	struct out o = out_fd(1), text = out_mem();
	struct jout j = {.o = f == FORMAT_JSON ? &o : &text};
	size_t i;

	if (f == FORMAT_JSON) {
		stats_event(&j, "stats", s->id, s);
		jout_end(&j);
	} else {
		stats_json(&j, NULL, s);
	}
#if HAVE_SCRIPTS
	for (i = 0; f == FORMAT_TABLE && i < sizeof rows / sizeof *rows; i++)
		out_fmt(&o, "%-30s %s\n", rows[i], script_value(out_text(&text), rows[i]));
	if (f > FORMAT_JSON)
		script_put(&o, c, 1, f, out_text(&text));
#else
	(void)c, (void)rows, (void)i;
#endif
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

int
cmd_stats(struct cmd *c)
{
	struct work *w = NEW(struct work);
	enum format f;

	if (!format_take(c, HAVE_SCRIPTS ? FORMAT_TABLE : FORMAT_JSON, 1, false, &f))
		return usage(c);
	return load(c, w) ? show(c, &w->state, f) : fail_diag(c);
}

static int
lifecycle(struct cmd *c)
{
	const char *root = state_root(c), *id = c->nargs ? c->args[0] : NULL;
	int e;

	if (id && !id_valid(id, &c->diag))
		return fail_diag(c);
	e = follow_lifecycle(text_clean(text_path(state_dir_of(c, "x"), "..")), id);
	return e ? fail(c, "follow %s: %s", root, text_errno(e)) : EXIT_OK;
}

int
cmd_events(struct cmd *c)
{
	struct work *w = NEW(struct work);
	uint64_t ms = 5000;
	int e;

	if (c->o.interval && !parse_interval(c->o.interval, &ms))
		diag_fail(&c->diag, "option --interval takes a time as 5s, 500ms or 1m, not '%s'", c->o.interval);
	else if (c->o.lifecycle && (c->o.stats || c->o.interval))
		diag_fail(&c->diag, "--lifecycle takes neither --stats nor --interval");
	else if (!c->o.lifecycle && !c->nargs)
		diag_fail(&c->diag, "an operand is missing");
	if (c->diag.errors)
		return usage(c);
	if (c->o.lifecycle)
		return lifecycle(c);
	if (!load(c, w))
		return fail_diag(c);
	if (c->o.stats)
		return show(c, &w->state, FORMAT_JSON);
	e = follow_stats(&w->state, ms);
	return e ? fail(c, "events: %s", text_errno(e)) : EXIT_OK;
}

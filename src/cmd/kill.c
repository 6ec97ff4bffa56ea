/* SPDX-License-Identifier: MIT */
/* kill.c - the verb kill */
#include "base/arena.h"
#include "base/text.h"
#include "cmd/job.h"
#include "spec/names.h"
#include "sys.h"

int
cmd_kill(struct cmd *c)
{
	struct work *w = NEW(struct work);
	int sig = c->nargs > 1 ? signal_parse(c->args[1]) : SIGTERM, e;
	enum status status;

	if (sig < 0)
		return fail(c, "unknown signal '%s'", c->args[1]);
	IF_REGEX(if (c->o.regex) return each(c, cmd_kill);)
	if (!job_state(c, w))
		return fail_diag(c);
	status = state_status(&w->state, state_dir_of(c, w->state.id));
	if (c->o.all) { /* also what is left of a container whose first process has ended */
		e = cgroup_signal(&w->state.cgroups, sig);
		if (status == STATUS_STOPPED)
			return EXIT_OK;
		if (!e && w->state.cgroups.n)
			return EXIT_OK;
	}
	if (!allowed(c, status))
		return fail_diag(c);
	e = state_signal(&w->state, sig);
	if (status == STATUS_PAUSED && sig == SIGKILL) /* version 1 ends nothing that is frozen */
		cgroup_thaw_all(&w->state.cgroups);
	return e ? fail(c, "kill container: %s", text_errno(e)) : EXIT_OK;
}

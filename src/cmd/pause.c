/* SPDX-License-Identifier: MIT */
/* pause.c - the verbs pause and resume */
#include "base/arena.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "cmd/job.h"
#include "sys.h"

static int
freeze(struct cmd *c, bool on)
{
	struct work *w = NEW(struct work);
	int e;

	if (!job_state(c, w))
		return fail_diag(c);
	if (!allowed(c, state_status(&w->state, state_dir_of(c, w->state.id))))
		return fail_diag(c);
	e = cgroup_freeze(&w->state.cgroups, on);
	if (e == -EOPNOTSUPP && !w->state.cgroups.n)
		return fail(c, "the container has no cgroup, without which it cannot be paused: give it linux.cgroupsPath");
	if (e == -EOPNOTSUPP)
		return fail(c, "no cgroup of the container has a freezer: that takes Linux 5.2 with version 2 of cgroups, or CONFIG_CGROUP_FREEZER with version 1");
	if (e == -ETIMEDOUT)
		return fail(c, "the container's processes did not stop within 10 s, and go on");
	return e ? fail(c, "%s container: %s", on ? "pause" : "resume", text_errno(e)) : EXIT_OK;
}

int cmd_pause(struct cmd *c) { return freeze(c, true); }
int cmd_resume(struct cmd *c) { return freeze(c, false); }

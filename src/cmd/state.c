/* SPDX-License-Identifier: MIT */
/* state.c - the verb state */
#include "base/arena.h"
#include "base/out.h"
#include "cmd/job.h"

int
cmd_state(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct out o = out_fd(1);
	struct jout j = {.o = &o, .pretty = true};

	if (!job_state(c, w))
		return fail_diag(c);
	state_json(&j, NULL, &w->state, state_status(&w->state, state_dir_of(c, w->state.id)));
	jout_end(&j);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

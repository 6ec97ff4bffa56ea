/* SPDX-License-Identifier: MIT */
/* wait.c - the verb wait */
#include "base/arena.h"
#include "base/out.h"
#include "box/ending.h"
#include "cmd/job.h"

int
cmd_wait(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct out o = out_fd(1);
	int code;

	if (!job_state(c, w))
		return fail_diag(c);
	if (!allowed(c, state_status(&w->state, state_dir_of(c, w->state.id))))
		return fail_diag(c);
	if (!ending_wait(&w->state, state_root(c), &code))
		return fail(c, "the container has ended, but how is not known: nobody recorded it (--record, --exit-file), and the kernel tells only who waits before the end (Linux 6.15)");
	if (!c->o.print)
		return code;
	out_fmt(&o, "%d\n", code);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

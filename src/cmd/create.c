/* SPDX-License-Identifier: MIT */
/* create.c - the verb create */
#include "base/arena.h"
#include "base/text.h"
#include "cmd/job.h"
#include "cmd/runtime.h"
#include "cmd/supervise.h"

int
cmd_create(struct cmd *c)
{
	struct work *w = NEW(struct work);
	const char *why;
	IF_REAPER(int e;)

	if (!id_valid(c->args[0], &c->diag))
		return fail_diag(c);
	if (!job_protect(c))
		return EXIT_FAIL;
	IF_RUNTIME(if (!runtime_early(c, w)) return fail_diag(c);)
	IF_REAPER(if (supervise_begin(c, w, GOAL_CREATE, &e)) return e;)
	if (!job_bundle(c, w, c->args[0]) || !job_prepare(c, w, GOAL_CREATE, c->args[0])) {
		IF_IMAGE(image_undo(w);)
		return fail_diag(c);
	}
	log_diag(&c->log, &c->diag); /* warnings */
	if (!run_plan(&w->run, &w->plan, &w->job, &c->log, &why)) {
		job_failed(c, w);
		return fail(c, "%s", why);
	}
	return HAVE_REAPER ? supervise(c, w) : EXIT_OK;
}

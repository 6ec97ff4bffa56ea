/* SPDX-License-Identifier: MIT */
/* plan.c - the verb plan: prints the list and stops */
#include "base/arena.h"
#include "base/out.h"
#include "cmd/job.h"

int
cmd_plan(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct out o = out_fd(1);

	if (c->nargs)
		c->o.bundle = c->args[0];
	if (!c->o.console_socket) /* the list is the same; that there is a socket is create's concern */
		c->o.console_socket = "CONSOLE";
	if (!job_bundle(c, w, NULL))
		return fail_diag(c);
	if (!w->spec.process.terminal)
		c->o.console_socket = NULL;
	if (!job_prepare(c, w, GOAL_CREATE, "ID"))
		return fail_diag(c);
	log_diag(&c->log, &c->diag);
	plan_print(&o, &w->plan);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

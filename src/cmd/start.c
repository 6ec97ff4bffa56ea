/* SPDX-License-Identifier: MIT */
/* start.c - the verb start: opens the gate and walks the rest of the plan that create has kept */
#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/gate.h"
#include "cmd/job.h"
#include "cmd/supervise.h"
#include "sys.h"

static bool
startable(struct cmd *c, struct work *w, const char *dir)
{
	if (!allowed(c, state_status(&w->state, dir)) || !job_config(c, w))
		return false;
	if (!w->spec.process.given)
		return diag_fail(&c->diag, "config.json has no process to start");
	return true;
}

/* A program that cannot be executed ends the container; a failing startContainer or poststart hook takes it away, poststop
 * hooks and all (M-29, M-30). */
static int
give_up(struct cmd *c, struct work *w, int lock, const char *dir, const char *why)
{
	container_kill(c, w);
	gate_remove(dir);
	if (hook_failed(w) && !container_remove(c, w, lock, dir))
		fail_diag(c);
	return fail(c, "%s", why);
}

int
cmd_start(struct cmd *c)
{
	struct work *w = NEW(struct work);
	const char *dir, *why;
	int lock, notify = -1;

	if (!job_state(c, w))
		return fail_diag(c);
	dir = state_dir_of(c, w->state.id);
	lock = state_lock(dir);
	if (lock < 0)
		return fail(c, "lock %s: %s", dir, text_errno(lock));
	if (!startable(c, w, dir) || !job_rebuild(c, w))
		return fail_diag(c);
	if (HAVE_REAPER)
		notify = supervise_start(w, dir);
	if (!run_rest(&w->run, &w->plan, &w->job, &c->log, &why))
		return give_up(c, w, lock, dir, why);
	gate_remove(dir);
	sys_close(lock);
	if (HAVE_REAPER)
		supervise_started(w, notify);
	return EXIT_OK;
}

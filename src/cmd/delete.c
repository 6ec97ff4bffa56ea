/* SPDX-License-Identifier: MIT */
/* delete.c - the verb delete */
#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/dm.h"
#include "cmd/job.h"
#include "sys.h"

/* A state folder without a readable state.json is what a create that was killed leaves behind. */
static int
without_state(struct cmd *c)
{
	const char *dir = state_dir_of(c, c->args[0]);
	struct stat st;

	if (!c->o.force || !id_valid(c->args[0], &(struct diag){.count = 0}))
		return fail_diag(c);
	IF_IMAGE(dm_forget(text_make("mote-%s", c->args[0]));)
	if (sys_fstatat(AT_FDCWD, dir, &st, AT_SYMLINK_NOFOLLOW))
		return EXIT_OK; /* delete --force of nothing is well (clients.md 2.9) */
	return state_remove(dir) ? fail_diag(c) : EXIT_OK;
}

int
cmd_delete(struct cmd *c)
{
	struct work *w = NEW(struct work);
	const char *dir;
	autofd int lock = -1;

	IF_REGEX(if (c->o.regex) return each(c, cmd_delete);)
	dir = state_dir_of(c, c->args[0]);
	if (id_valid(c->args[0], &(struct diag){.count = 0}))
		lock = state_lock(dir);
	if (!job_state(c, w))
		return without_state(c);
	if (lock < 0)
		return fail(c, "lock %s: %s", dir, text_errno(lock));
	if (!c->o.force && !allowed(c, state_status(&w->state, dir)))
		return fail_diag(c);
	if (!container_kill(c, w))
		return fail(c, "the container's process %d does not end", (int)w->state.pid);
	if (!job_config(c, w)) /* only the poststop hooks are lost with it */
		log_diag(&c->log, &c->diag);
	return container_remove(c, w, lock, dir) ? EXIT_OK : fail_diag(c);
}

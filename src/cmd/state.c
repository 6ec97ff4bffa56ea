/* SPDX-License-Identifier: MIT */
/* state.c - the verb state */
#include "base/arena.h"
#include "base/out.h"
#include "box/ending.h"
#include "cmd/job.h"
#include "cmd/script.h"

enum { SETTLE_SECONDS = 10 }; /* for the reaper of a container that has just ended */

int
cmd_state(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct out o = out_fd(1), text = out_mem();
	struct jout j = {.o = &o, .pretty = true};
	enum status status;
	enum format f;

	if (!format_take(c, FORMAT_JSON, 1, false, &f))
		return usage(c);
	if (!job_state(c, w))
		return fail_diag(c);
	if (f > FORMAT_JSON)
		j.o = &text;
	status = state_status(&w->state, state_dir_of(c, w->state.id));
	if (HAVE_REAPER && status == STATUS_STOPPED && !w->state.exit_code.given)
		ending_settle(&w->state, state_root(c), SETTLE_SECONDS);
	state_json(&j, NULL, &w->state, status);
	jout_end(&j);
	IF_SCRIPTS(if (f > FORMAT_JSON) script_put(&o, c, 1, f, out_text(&text));)
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

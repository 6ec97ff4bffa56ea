/* SPDX-License-Identifier: MIT */
/* run.c - the verb run: create and start in one walk, then wait and pass signals on */
#include "base/arena.h"
#include "base/text.h"
#include "box/ending.h"
#include "box/tty.h"
#include "cmd/job.h"
#include "cmd/rootfs.h"
#include "cmd/runtime.h"
#include "cmd/chart.h"
#include "cmd/supervise.h"
#include "sys.h"

/* Options that only one kind of bundle reads are not quietly dropped for the other. */
static bool
fits(struct cmd *c)
{
	const struct options *o = &c->o;
	const char *name = o->env.n ? "env" : o->cwd ? "cwd" : o->user ? "user" : o->hostname ? "hostname" :
		o->mounts.n ? "mount" : o->memory ? "memory" : o->pids ? "pids" : o->read_only ? "read-only" :
		o->net ? "net" : NULL;

	if (!o->rootfs && name)
		return diag_fail(&c->diag, "option --%s needs --rootfs", name);
	if (HAVE_RUNTIME && o->rootfs && (o->runtime_configs.n || o->defaults || o->host_profile))
		return diag_fail(&c->diag, "with --rootfs there is no --%s",
			o->runtime_configs.n ? "runtime-config" : o->defaults ? "defaults" : "host-profile");
	name = o->verify ? "verify" : o->key ? "key" : o->verity_root ? "verity-root" : o->overlay ? "overlay" : NULL;
	if (HAVE_DIGEST && o->rootfs && name)
		return diag_fail(&c->diag, "with --rootfs there is no --%s", name);
	if (o->rootfs && (o->bundle || o->config))
		return diag_fail(&c->diag, "with --rootfs there is no --%s", o->bundle ? "bundle" : "config");
	if (!o->rootfs && c->nargs > 1 + (HAVE_IMAGE && !o->bundle))
		return diag_fail(&c->diag, "too many operands");
	return true;
}

static bool
prepare(struct cmd *c, struct work *w)
{
	const char *id = c->args[0];

#if HAVE_DEFAULTS
	if (c->o.rootfs) {
		id = text_make("run-%d", (int)sys_getpid());
		return rootfs_bundle(c, &w->bundle) && bundle_load(&w->bundle, &w->spec, &c->diag) &&
			job_prepare(c, w, GOAL_RUN, id);
	}
#endif
	IF_IMAGE(if (!image_operand(c, &id)) return false;)
	return id_valid(id, &c->diag) && job_bundle(c, w, id) && job_prepare(c, w, GOAL_RUN, id);
}

#if HAVE_REAPER
/* A limit that is too small for a program shows in nothing but a signal that nobody seems to have sent. */
static void
tell_memory(struct cmd *c, struct work *w, int status)
{
	if (w->state.oom_killed && WIFSIGNALED(status))
		fail(c, "the kernel killed it for want of memory%s",
			w->spec.linux.resources.memory.limit.given ? ": linux.resources.memory.limit is too small" : "");
}
#endif

/* The container has ended: its status goes to the caller, and (unless --keep) nothing stays.  A delete or checkpoint may be quicker:
 * then all is done. */
int
container_finish(struct cmd *c, struct work *w, int status)
{
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);

	IF_REAPER(supervise_ended(c, w, status);)
	if (state_hold(w->run.home) == -ENOENT)
		return code;
	if (c->o.keep || w->spec.hooks.poststop.n || plan_find(&w->plan, OP_cgroup_make) < w->plan.n)
		state_from(&w->state, &w->run);
	IF_REAPER(ending_set(&w->state, status, 0);)
	IF_REAPER(tell_memory(c, w, status);)
	w->state.exit_code = (struct opt){true, code};
	if (c->o.keep) {
		state_store(&w->state, w->job.state_dir);
		return code;
	}
	if (!container_remove(c, w, w->run.home, w->job.state_dir))
		fail_diag(c);
	return code;
}

#if HAVE_TIMING
static void
tell_timing(struct cmd *c, struct work *w)
{
	int e;

	if (!w->timing) {
		fail(c, "no memory for the times");
		return;
	}
	timing_stamp(w->timing, PHASE_EXEC);
	e = timing_write(c->o.timing, w->job.id, w->timing);
	if (e)
		fail(c, "write %s: %s", c->o.timing, text_errno(e));
}
#endif

int
cmd_run(struct cmd *c)
{
	struct work *w = NEW(struct work);
	const char *why;
	int sigfd;
	IF_REAPER(int e;)

	if (!c->nargs) {
		diag_fail(&c->diag, "an operand is missing");
		return usage(c);
	}
	if (!fits(c))
		return usage(c);
	if (!job_protect(c))
		return EXIT_FAIL;
	IF_RUNTIME(if (!c->o.rootfs && !runtime_early(c, w)) return fail_diag(c);)
	IF_TIMING(if (c->o.timing && (w->timing = timing_new())) timing_stamp(w->timing, PHASE_BEGIN);)
	IF_REAPER(if (supervise_begin(c, w, GOAL_RUN, &e)) return e;)
	if (!prepare(c, w)) {
		IF_IMAGE(image_undo(w);)
		return fail_diag(c);
	}
	log_diag(&c->log, &c->diag); /* warnings */
	sigfd = c->o.detach ? -1 : wait_signals();
	if (!run_plan(&w->run, &w->plan, &w->job, &c->log, &why)) {
		job_failed(c, w);
		return fail(c, "%s", why);
	}
	IF_TIMING(if (c->o.timing) tell_timing(c, w);)
	if (c->o.detach)
		return HAVE_REAPER ? supervise(c, w) : EXIT_OK;
	IF_REAPER(supervise_here(c, w);)
	return container_finish(c, w, wait_box_end(&w->run, sigfd));
}

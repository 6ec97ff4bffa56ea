/* SPDX-License-Identifier: MIT */
/* job.c - from a bundle to a plan, and the end of a container */
#include "cmd/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "box/hook.h"
#include "box/rdt.h"
#include "box/seccomp.h"
#include "box/self.h"
#include "bundle/oci.h"
#include "box/scope.h"
#include "box/timing.h"
#include "box/slice.h"
#include "cmd/runtime.h"
#include "sys.h"

int
fail(struct cmd *c, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	text_vfmt(text, sizeof text, fmt, ap);
	va_end(ap);
	log_say(&c->log, DIAG_ERROR, text);
	return EXIT_FAIL;
}

int
fail_diag(struct cmd *c)
{
	log_diag(&c->log, &c->diag);
	return EXIT_FAIL;
}

const char *
state_root(const struct cmd *c)
{
	const char *dir;

	if (c->o.root)
		return c->o.root;
	dir = getenv("XDG_RUNTIME_DIR");
	return sys_geteuid() && dir && *dir == '/' ? text_path(dir, "mote") : "/run/mote";
}

const char *
state_dir_of(const struct cmd *c, const char *id)
{
	return text_path(text_clean(file_absolute(state_root(c))), id);
}

bool
job_protect(struct cmd *c)
{
	const struct options *o = &c->o;
	bool by_number = o->preserve_fds || o->ready_fd || o->log_pipe || getenv("LISTEN_FDS");
	int e = self_protect(c->argv, c->envp, HAVE_INIT && o->init, !by_number);

	if (e)
		fail(c, "protect mote's own binary: %s", text_errno(e));
	return !e;
}

/* --- before ----------------------------------------------------------------------------------- */

bool
job_bundle(struct cmd *c, struct work *w, const char *id)
{
	bool early = HAVE_RUNTIME && w->bundle.config;

	IF_IMAGE(if (id && !image_begin(c, w, id)) return false;)
	IF_IMAGE(early = early && !w->image.dir;)
	if (!early && !bundle_open(&w->bundle, c->o.bundle, c->o.config, &c->diag))
		return false IF_OCI(|| (oci_is_layout(c->o.bundle ? c->o.bundle : ".") &&
			diag_fail(&c->diag, "it is an image layout: mote unpack makes a bundle of it")));
	IF_RUNTIME(if (!early && !runtime_late(c, w, id)) return false;)
	(void)id;
	if (!bundle_load(&w->bundle, &w->spec, &c->diag))
		return false;
	IF_DIGEST(if ((c->o.verify || (c->o.key IF_IMAGE(&& !w->image.proven))) && !job_verify(c, w)) return false;)
	IF_IMAGE(if (w->image.dir) return image_ready(c, w);)
	return true;
}

static unsigned
listen_fds(void)
{
	const char *n = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	uint64_t v, p;

	if (!n || !text_u64(n, &v) || v > 1000)
		return 0;
	return !pid || (text_u64(pid, &p) && p == (uint64_t)sys_getpid()) ? v : 0;
}

static void
fill_job(struct cmd *c, struct work *w, enum goal goal, const char *id)
{
	const struct options *o = &c->o;
	struct job *j = &w->job;

	*j = (struct job){.goal = goal, .spec = &w->spec, .facts = &w->facts, .id = id,
		.bundle = w->bundle.path, .rootfs = w->bundle.rootfs, .config = bundle_text(&w->bundle),
		.config_len = bundle_text_len(&w->bundle), .digest = w->bundle.digest, .root_dev = w->bundle.root_dev,
		.root_ino = w->bundle.root_ino, .state_dir = state_dir_of(c, id),
		.pid_file = o->pid_file, .console_socket = o->console_socket,
		.pidfd_socket = o->pidfd_socket, .preserve_fds = o->preserve_fds, .listen_fds = listen_fds(), .no_pivot = o->no_pivot,
		.no_new_keyring = o->no_new_keyring};
	IF_IMAGE(j->reserved = w->image.dir != NULL;)
	if (HAVE_REAPER) {
		j->log_pipe = o->log_pipe;
		j->log = o->log_file || o->log_pipe;
		j->ready_fd = o->ready_fd;
		j->die_with_parent = o->die_with_parent;
		j->reaper = w->link >= 0;
		j->supervised = w->link >= 0 || ((goal == GOAL_RUN || (HAVE_CRIU && goal == GOAL_RESTORE)) && !o->detach);
		j->notify_host = o->booted ? NULL : getenv("NOTIFY_SOCKET");
		j->notify = goal != GOAL_EXEC && (o->notify || (j->notify_host && *j->notify_host));
	}
	IF_TIMING(j->timing = w->timing;)
	IF_CRIU(j->criu = w->criu;)
	j->init = HAVE_INIT && o->init;
	j->own_tty = goal != GOAL_CREATE && !o->detach && !o->console_socket &&
		w->spec.process.terminal;
}

/* Where systemd runs the tree is its own, and it is asked; elsewhere its names are folders like any other. */
static bool
systemd_cgroup(struct cmd *c, struct work *w)
{
#if HAVE_SYSTEMD
	const char *path = slice_path(w->spec.linux.cgroups_path, w->job.id);

	if (!path)
		return diag_fail(&c->diag, "with --systemd-cgroup linux.cgroupsPath is slice:prefix:name, not '%s'", w->spec.linux.cgroups_path);
	w->job.systemd = scope_host();
	w->spec.linux.cgroups_path = path;
	return true;
#else
	(void)w;
	return diag_fail(&c->diag, "this mote was built without SYSTEMD: use the cgroupfs manager");
#endif
}

/* What the config asks of cgroups is set aside when the engine has said that there are none. */
static bool
cgroup_options(struct cmd *c, struct work *w)
{
	const char *m = c->o.cgroup_manager;

	if (c->o.systemd_cgroup || text_eq(m, "systemd"))
		return systemd_cgroup(c, w);
	if (m && !text_eq(m, "cgroupfs") && !text_eq(m, "disabled"))
		return diag_fail(&c->diag, "option --cgroup-manager takes cgroupfs, systemd or disabled, not '%s'", m);
	w->job.no_cgroups = text_eq(m, "disabled");
	return true;
}

static void
drop_cgroups(struct work *w)
{
	if (!w->job.no_cgroups)
		return;
	w->spec.linux.cgroups_path = NULL;
	memset(&w->spec.linux.resources, 0, sizeof w->spec.linux.resources);
}

static bool
compile(struct cmd *c, struct work *w)
{
#if HAVE_SECCOMP
	const struct seccomp_spec *s = &w->spec.linux.seccomp;

	if (s->given)
		return seccomp_compile(s, &w->job.seccomp, &w->job.seccomp_flags, &c->diag);
#endif
	(void)c, (void)w;
	return true;
}

bool
job_prepare(struct cmd *c, struct work *w, enum goal goal, const char *id)
{
	IF_TIMING(timing_stamp(w->timing, PHASE_LOAD);)
	fill_job(c, w, goal, id);
	if (!cgroup_options(c, w))
		return false;
	drop_cgroups(w);
	IF_REAPER(if (w->job.notify) notify_spec(&w->spec, w->job.state_dir);)
	facts_read(&w->facts, &w->spec, false);
	if (!box_check(&w->job, &c->diag) || !compile(c, w))
		return false;
	plan_build(&w->plan, &w->job);
	IF_TIMING(timing_stamp(w->timing, PHASE_PLAN);)
	return true;
}

#if HAVE_EXEC
bool
job_exec(struct cmd *c, struct work *w, const struct target *t)
{
	fill_job(c, w, GOAL_EXEC, w->state.id);
	w->job.target = t;
	w->job.no_new_keyring = w->state.no_new_keyring;
	facts_read(&w->facts, &w->spec, true);
	if (!box_check(&w->job, &c->diag) || !compile(c, w))
		return false;
	plan_build(&w->plan, &w->job);
	return true;
}
#endif

void
job_replan(struct cmd *c, struct work *w)
{
	struct options *o = &c->o;
	const struct state *s = &w->state;

	o->pid_file = s->pid_file;
	o->console_socket = s->console_socket;
	o->preserve_fds = s->preserve_fds;
	o->no_pivot = s->no_pivot;
	o->no_new_keyring = s->no_new_keyring;
	fill_job(c, w, GOAL_CREATE, s->id);
	w->job.listen_fds = s->listen_fds;
	w->job.no_cgroups = s->no_cgroups;
	w->job.systemd = HAVE_SYSTEMD && s->systemd;
	w->job.seccomp.n = w->spec.linux.seccomp.given; /* the program itself is in the waiting box */
	drop_cgroups(w);
	w->job.log = HAVE_REAPER && s->log;
	w->job.init = HAVE_INIT && s->init;
	w->job.notify = HAVE_REAPER && s->notify;
	IF_REAPER(if (s->notify) notify_spec(&w->spec, w->job.state_dir);)
	facts_read(&w->facts, &w->spec, false);
	plan_build(&w->plan, &w->job);
}

bool
job_rebuild(struct cmd *c, struct work *w)
{
	job_replan(c, w);
	if (plan_hash(&w->plan) != w->state.plan)
		return diag_fail(&c->diag, "the mote that created it went other steps than this one would (another version?): delete it and create it again");
	return true;
}

/* --- after ------------------------------------------------------------------------------------ */

bool
job_state(struct cmd *c, struct work *w)
{
	return id_valid(c->args[0], &c->diag) &&
		state_load(&w->state, state_root(c), c->args[0], &c->diag);
}

bool
job_config(struct cmd *c, struct work *w)
{
	w->bundle.rootfs = NULL;
	if (!bundle_open(&w->bundle, w->state.bundle,
		text_path(state_dir_of(c, w->state.id), "config.json"), &c->diag))
		return false;
	w->bundle.path = w->state.bundle;
	if (!bundle_load(&w->bundle, &w->spec, &c->diag))
		return false;
	if (HAVE_SYSTEMD && w->state.cgroup) /* as create has read it (--systemd-cgroup) */
		w->spec.linux.cgroups_path = w->state.cgroup;
	return true;
}

bool
hook_failed(const struct work *w)
{
#if HAVE_HOOKS
	return w->run.failed < w->plan.n && w->plan.v[w->run.failed].op == OP_hook;
#else
	(void)w;
	return false;
#endif
}

void
job_failed(struct cmd *c, struct work *w)
{
#if HAVE_HOOKS
	if (w->run.failed < plan_find(&w->plan, OP_hook))
		return;
	state_from(&w->state, &w->run);
	w->state.pid = 0;
	hooks_poststop(&w->spec.hooks.poststop, &w->state, &c->log);
#else
	(void)c, (void)w;
#endif
}

bool
container_kill(struct cmd *c, struct work *w)
{
	struct timespec pause = {.tv_nsec = 2000000};
	int i;

	(void)c;
	for (i = 0; i < 5000 && state_alive(&w->state); i++) {
		if (i % 50 == 0) {
			state_signal(&w->state, SIGKILL);
			cgroup_signal(&w->state.cgroups, SIGKILL);
		}
		sys_nanosleep(&pause, NULL);
	}
	return !state_alive(&w->state);
}

#if HAVE_SYSTEMD
static bool
stop_scope(struct cmd *c, struct work *w)
{
	const struct state *s = &w->state;
	const char *why;

	if (!s->systemd || !s->cgroup || !s->cgroups.n || !scope_stop(scope_unit(s->cgroup), &why))
		return true;
	return diag_fail(&c->diag, "stop %s: %s", scope_unit(s->cgroup), why);
}
#endif

/* The state folder goes last: while it is there, delete can be tried again. */
bool
container_remove(struct cmd *c, struct work *w, int lock, const char *dir)
{
	int e = cgroup_remove(&w->state.cgroups);

	if (e)
		return diag_fail(&c->diag, "remove the cgroup of %s: %s", w->state.id, text_errno(e));
	IF_SYSTEMD(if (!stop_scope(c, w)) return false;)
	IF_RDT(rdt_remove(&w->spec, w->state.id);)
	IF_IMAGE(if (w->image.dir) image_close(dir);)
	e = state_clear(lock, dir);
	if (e)
		return diag_fail(&c->diag, "remove %s: %s", dir, text_errno(e));
	IF_HOOKS(hooks_poststop(&w->spec.hooks.poststop, &w->state, &c->log);)
	return true;
}

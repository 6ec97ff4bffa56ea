/* SPDX-License-Identifier: MIT */
/* exec.c - the verb exec: another process in a running container */
#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/join.h"
#include "box/tty.h"
#include "cmd/job.h"
#include "spec/load.h"
#include "spec/names.h"
#include "sys.h"

/* --- what is run ------------------------------------------------------------------------------ */

/* What the file is silent about is the container's own, as with the peers. */
static void
inherit(struct process_spec *p, const struct process_spec *kept)
{
	if (!p->capabilities.given)
		p->capabilities = kept->capabilities;
	if (!p->rlimits.n)
		p->rlimits = kept->rlimits;
	if (!p->apparmor_profile)
		p->apparmor_profile = kept->apparmor_profile;
	if (!p->selinux_label)
		p->selinux_label = kept->selinux_label;
	if (!p->oom_score_adj.given)
		p->oom_score_adj = kept->oom_score_adj;
	if (!p->scheduler.given)
		p->scheduler = kept->scheduler;
	if (!p->io_priority.given)
		p->io_priority = kept->io_priority;
	if (!p->exec_cpu_affinity.given)
		p->exec_cpu_affinity = kept->exec_cpu_affinity;
	if (!p->user.umask.given)
		p->user.umask = kept->user.umask;
}

static bool
from_file(struct cmd *c, struct process_spec *p)
{
	const char *file = c->o.process;
	struct process_spec kept = *p;
	autofd int fd = sys_openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return diag_fail(&c->diag, "open %s: %s", file, text_errno(fd));
	*p = (struct process_spec){.given = false};
	if (!process_load(p, fd, file, &c->diag) || !process_check(p, file, &c->diag))
		return false;
	inherit(p, &kept);
	return true;
}

/* The process of the config that create has kept (M-26), with another command. */
static void
from_config(struct cmd *c, struct process_spec *p)
{
	if (!p->given)
		*p = (struct process_spec){.given = true, .cwd = "/"};
	p->terminal = false;
	p->console_size.given = false;
	p->args = (struct strs){(const char **)c->args + 1, c->nargs - 1};
}

/* --- options on top of it --------------------------------------------------------------------- */

static bool
parse_id(const char *s, const char **end, uint32_t *id)
{
	uint64_t v;

	if (!text_u64_prefix(s, end, &v) || v >= UINT32_MAX)
		return false;
	*id = v;
	return true;
}

static bool
put_user(struct cmd *c, struct user_spec *u)
{
	const char *s = c->o.user, *end;
	uint32_t gid;
	size_t i;

	if (s && (!parse_id(s, &end, &u->uid) || (*end && (*end != ':' || !parse_id(end + 1, &end, &u->gid) || *end))))
		return diag_fail(&c->diag, "option --user takes UID[:GID] in numbers, not '%s'", s);
	for (i = 0; i < c->o.gids.n; i++) {
		if (!parse_id(c->o.gids.v[i], &end, &gid) || *end)
			return diag_fail(&c->diag, "option --additional-gids takes a number, not '%s'", c->o.gids.v[i]);
		*PUSH(u->additional_gids.v, u->additional_gids.n) = gid;
	}
	return true;
}

/* Not to the inheritable set: that would give it to what the program executes with less (CVE-2022-29162). */
static bool
put_caps(struct cmd *c, struct caps_spec *caps)
{
	const char *name;
	int64_t bit;
	size_t i;

	for (i = 0; i < c->o.caps.n; i++) {
		name = c->o.caps.v[i];
		if (!text_starts(name, "CAP_"))
			name = text_make("CAP_%s", name);
		if (!name_find(names_capability, name, &bit))
			return diag_fail(&c->diag, "option --cap: unknown capability '%s'", name);
		*PUSH(caps->bounding.v, caps->bounding.n) = name;
		*PUSH(caps->effective.v, caps->effective.n) = name;
		*PUSH(caps->permitted.v, caps->permitted.n) = name;
	}
	return true;
}

static bool
put_env(struct cmd *c, struct strs *env)
{
	const struct strs *v = &c->o.env;
	size_t i, n;

	for (i = 0; i < v->n; i++) {
		for (n = 0; v->v[i][n] && v->v[i][n] != '='; n++)
			;
		if (!n || !v->v[i][n])
			return diag_fail(&c->diag, "option --env takes NAME=VALUE, not '%s'", v->v[i]);
		*PUSH(env->v, env->n) = v->v[i];
	}
	return true;
}

static bool
put_options(struct cmd *c, struct process_spec *p)
{
	const struct options *o = &c->o;

	p->terminal = p->terminal || o->tty;
	p->no_new_privileges = p->no_new_privileges || o->no_new_privs;
	if (o->apparmor)
		p->apparmor_profile = o->apparmor;
	if (o->process_label)
		p->selinux_label = o->process_label;
	if (o->cwd && *o->cwd != '/')
		return diag_fail(&c->diag, "option --cwd takes an absolute path, not '%s'", o->cwd);
	if (o->cwd)
		p->cwd = o->cwd;
	return put_user(c, &p->user) && put_caps(c, &p->capabilities) && put_env(c, &p->env);
}

static bool
check_affinity(struct cmd *c, const struct process_spec *p)
{
	struct cpus unused;

	if (cpus_parse(p->exec_cpu_affinity.initial, &unused) && cpus_parse(p->exec_cpu_affinity.final, &unused))
		return true;
	return diag_fail(&c->diag, "process.execCPUAffinity: not a list of processors like 0-3,7");
}

static bool
process(struct cmd *c, struct work *w)
{
	struct process_spec *p = &w->spec.process;

	c->diag = (struct diag){.count = 0}; /* create has told what the config's warnings are */
	if (c->o.process) {
		if (!from_file(c, p))
			return false;
	} else {
		from_config(c, p);
	}
	return put_options(c, p) && check_affinity(c, p);
}

/* --- the verb --------------------------------------------------------------------------------- */

static bool
container_runs(struct cmd *c, struct work *w, bool *paused)
{
	enum status s = state_status(&w->state, state_dir_of(c, w->state.id));

	if (!HAVE_PAUSE && s == STATUS_RUNNING && cgroup_frozen(&w->state.cgroups))
		s = STATUS_PAUSED;
	*paused = s == STATUS_PAUSED;
	return (*paused && c->o.ignore_paused) || allowed(c, s);
}

static int
fail_exec(int said)
{
	(void)said;
	return EXIT_EXEC;
}

int
cmd_exec(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct target *t = NEW(struct target);
	bool paused = false;
	const char *why;
	int sigfd, status;

	if ((c->nargs > 1) == (c->o.process != NULL)) {
		diag_fail(&c->diag, c->o.process ? "with --process there is no command" : "a command is missing");
		return usage(c);
	}
	if (!job_protect(c))
		return EXIT_EXEC;
	if (!job_state(c, w) || !container_runs(c, w, &paused) || !job_config(c, w) || !process(c, w) ||
		!target_read(t, &w->state, &c->o.cgroups, &c->diag) || !job_exec(c, w, t))
		return fail_exec(fail_diag(c));
	log_diag(&c->log, &c->diag); /* warnings */
	/* In a paused container the walk may last: signals end mote until then. */
	sigfd = c->o.detach || paused ? -1 : wait_signals();
	if (!run_plan(&w->run, &w->plan, &w->job, &c->log, &why))
		return fail_exec(fail(c, "%s", why));
	if (c->o.detach)
		return EXIT_OK;
	if (paused) { /* the program may have ended by now */
		sigfd = wait_signals();
		sys_kill(sys_getpid(), SIGCHLD);
	}
	status = wait_box_end(&w->run, sigfd);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

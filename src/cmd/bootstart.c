/* SPDX-License-Identifier: MIT */
/* bootstart.c - the children of `mote boot`: one walks a container's plan and ends, so that the container becomes the child of whoever
 * keeps it; another takes away what is left of it */
#include "base/file.h"
#include "base/text.h"
#include "box/exec.h"
#include "box/sock.h"
#include "box/timing.h"
#include "cmd/boot.h"
#include "cmd/job.h"
#include "base/arena.h"
#include "sys.h"

enum { HIGH = 64 }; /* descriptors from here on are in nobody's way */

/* The command as if that container had been named on the command line. */
static struct cmd *
own_command(const struct boot *b, struct unit *u)
{
	struct cmd *c = b->c;

	c->o = (struct options){.root = c->o.root, .cgroup_manager = c->o.cgroup_manager, .bundle = u->path, .detach = true,
		.ready_fd = u->spec.ready_fd, .notify = u->spec.notify, .key = c->o.key, .booted = true};
	c->args = NEWS(char *, 2);
	c->args[0] = text_make("%s", u->name);
	c->nargs = 1;
	c->diag = (struct diag){0};
	c->log.prefix = text_make("boot %s", u->name);
	return c;
}

/* A sequencer that was killed has left the container behind: it goes, when it is of this bundle or of an image. */
static void
remove_stale(struct cmd *c, struct unit *u)
{
	struct work *w = NEW(struct work);
	struct diag unheard = c->diag;

	if (job_state(c, w) && (text_eq(w->state.bundle, text_clean(u->path)) ||
		(u->image && text_eq(w->state.bundle, text_path(state_dir_of(c, u->name), "image"))))) {
		c->o.force = true;
		cmd_delete(c);
	}
	c->diag = unheard;
}

void
boot_remove_stale(struct boot *b)
{
	pid_t pid = sys_clone(SIGCHLD, NULL);
	size_t i;

	for (i = 0; !pid && i < b->n; i++)
		remove_stale(own_command(b, &b->v[i]), &b->v[i]);
	if (!pid)
		sys_exit_group(0);
	sys_wait4(pid, NULL, 0, NULL);
}

/* Of what the parent has open only these three stay, out of the way of the number that the program is ready on. */
static int
take_fds(struct cmd *c, struct unit *u, int *word, int ready)
{
	int *fds[] = {word, &c->o.log_pipe, &ready, &c->log.fd}, keep[4], n = 0, i;

	c->o.log_pipe = u->log_end; /* 0: none */
	for (i = 0; i < 4; i++)
		if (*fds[i] > 0)
			keep[n++] = *fds[i] = sys_fcntl(*fds[i], F_DUPFD_CLOEXEC, HIGH);
	close_from(3, keep, n);
	return ready < 0 ? 0 : sys_dup3(ready, u->spec.ready_fd, 0);
}

static int
start_child(const struct boot *b, struct unit *u, int word, int ready)
{
	struct cmd *c = own_command(b, u);
	struct work *w = NEW(struct work);
	const char *why;
	size_t notify;
	int e = take_fds(c, u, &word, ready);

	if (e < 0)
		return fail(c, "descriptor %d: %s", (int)u->spec.ready_fd, text_errno(e));
	remove_stale(c, u);
	w->link = -1;
	w->timing = u->starts == 1 ? u->timing : NULL;
	IF_TIMING(timing_stamp(w->timing, PHASE_BEGIN);)
	if (!job_bundle(c, w, u->name) || !job_prepare(c, w, GOAL_RUN, u->name)) {
		IF_IMAGE(image_undo(w);)
		return fail_diag(c);
	}
	log_diag(&c->log, &c->diag);
	if (!run_plan(&w->run, &w->plan, &w->job, &c->log, &why)) {
		job_failed(c, w);
		return fail(c, "%s", why);
	}
	IF_TIMING(timing_stamp(w->timing, PHASE_EXEC);)
	notify = plan_find(&w->plan, OP_notify);
	if (notify < w->plan.n)
		sock_send_fd(word, "notify", w->run.slot[w->plan.v[notify].slot]);
	return sys_write(word, &w->run.pid, sizeof w->run.pid) < 0 ? EXIT_FAIL : EXIT_OK;
}

int
unit_start(struct boot *b, struct unit *u)
{
	int words[2] = {-1, -1}, ready[2] = {-1, -1};
	int e = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, words);

	if (!e && u->spec.ready_fd)
		e = sys_pipe2(ready, O_CLOEXEC);
	u->helper = e ? e : sys_clone(SIGCHLD, NULL);
	if (u->helper == 0)
		sys_exit_group(start_child(b, u, words[1], ready[1]));
	file_close(&words[1]);
	file_close(&ready[1]);
	u->word = words[0];
	u->ready = ready[0];
	sys_fcntl(u->word, F_SETFL, O_NONBLOCK);
	if (u->helper > 0)
		return 0;
	e = u->helper;
	u->helper = 0;
	file_close(&u->word);
	file_close(&u->ready);
	return e;
}

int
unit_clean(struct boot *b, struct unit *u)
{
	struct cmd *c;

	u->helper = sys_clone(SIGCHLD, NULL);
	if (u->helper == 0) {
		c = own_command(b, u);
		c->o.force = true;
		sys_exit_group(cmd_delete(c));
	}
	return u->helper < 0 ? u->helper : 0;
}

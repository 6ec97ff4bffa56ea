/* SPDX-License-Identifier: MIT */
/* supervise.c - exit files, logs and readiness; the reaper, a mote that stays as the container's parent
 *
 * There is one only where an option needs it.  create and run --detach fork before the plan: the child walks it, so that the
 * container is its child, tells the parent that all went well, and executes mote anew as the hidden verb `reaper`, which touches
 * few pages.  Until then its words go where the caller's go. */
#include "cmd/supervise.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/ending.h"
#include "box/exec.h"
#include "box/self.h"
#include "box/tty.h"
#include "sys.h"

enum { LOG_FD = 3, FREE_FD = 64 }; /* where the reaper finds the log's pipe; out of the way of a ready descriptor */

/* --- before the plan -------------------------------------------------------------------------- */

static bool
options_fit(struct cmd *c)
{
	const struct options *o = &c->o;

	if (o->log_limit && !o->log_file)
		return diag_fail(&c->diag, "option --log-limit needs --log-file");
	if (o->ready_fd && !o->detach)
		return diag_fail(&c->diag, "option --ready-fd needs --detach: in the foreground run ends with the program");
	if (o->die_with_parent && o->detach)
		return diag_fail(&c->diag, "option --die-with-parent is for the foreground: with --detach mote itself ends at once");
	return true;
}

/* The reaper stands in "/". */
static const char *
absolute(const char *path)
{
	return text_eq(path, "kmsg:") ? path : file_absolute(path);
}

/* An old file would be read as this container's; a folder that cannot be written is told now. */
static bool
exit_file_fits(struct cmd *c)
{
	const char *path = c->o.exit_file;
	int e;

	if (!path)
		return true;
	e = sys_faccessat(AT_FDCWD, text_clean(text_path(path, "..")), W_OK);
	if (!e && sys_unlinkat(AT_FDCWD, path, 0) == -EISDIR)
		e = -EISDIR;
	return !e || diag_fail(&c->diag, "exit file %s: %s", path, text_errno(e));
}

static bool
open_log_file(struct cmd *c, struct work *w)
{
	int e;

	if (!c->o.log_file)
		return true;
	log_init(&w->log, c->o.log_file, c->o.log_limit, c->nargs ? c->args[0] : "");
	e = log_open(&w->log, 0);
	w->watch.log = &w->log;
	return e >= 0 || diag_fail(&c->diag, "log file %s: %s", c->o.log_file, text_errno(e));
}

/* The program gets the pipe at the number that was asked for: mote keeps it there from now on. */
static bool
open_ready(struct cmd *c, struct work *w)
{
	int fd = c->o.ready_fd, ends[2], e;

	if (!fd)
		return true;
	if (c->log.fd == fd)
		c->log.fd = sys_fcntl(fd, F_DUPFD_CLOEXEC, FREE_FD);
	else if (sys_fcntl(fd, F_GETFD, 0) >= 0 || fd < 3 + (int)c->o.preserve_fds)
		return diag_fail(&c->diag, "option --ready-fd %d: that descriptor is in use", fd);
	e = sys_pipe2(ends, O_CLOEXEC);
	if (e)
		return diag_fail(&c->diag, "option --ready-fd: %s", text_errno(e));
	w->watch.ready = sys_fcntl(ends[0], F_DUPFD_CLOEXEC, FREE_FD);
	sys_close(ends[0]);
	if (ends[1] == fd)
		return !sys_fcntl(fd, F_SETFD, 0) || diag_fail(&c->diag, "option --ready-fd fails");
	e = sys_dup3(ends[1], fd, 0);
	sys_close(ends[1]);
	return e >= 0 || diag_fail(&c->diag, "option --ready-fd %d: %s", fd, text_errno(e));
}

/* The signal comes for a caller that ends from now on; one that has ended before it asked cannot be told from one that is not. */
static void
follow_caller(struct cmd *c, struct work *w)
{
	if (!c->o.die_with_parent)
		return;
	w->caller = sys_getppid();
	sys_prctl(PR_SET_PDEATHSIG, WAIT_CALLER_SIGNAL, 0, 0, 0);
	if (sys_getppid() != w->caller)
		sys_exit_group(EXIT_FAIL);
}

/* The parent of the reaper: waits for its word; without one the reaper has said itself what was wrong. */
static int
called(int link, pid_t reaper)
{
	int status = 0;
	char word;
	ssize_t n;

	do
		n = sys_read(link, &word, 1);
	while (n == -EINTR);
	if (n == 1)
		return EXIT_OK;
	do
		n = sys_wait4(reaper, &status, 0, NULL);
	while (n == -EINTR);
	return n < 0 || WIFSIGNALED(status) ? EXIT_FAIL : WEXITSTATUS(status);
}

static bool
fork_reaper(struct cmd *c, struct work *w, int *code)
{
	int ends[2], e = sys_pipe2(ends, O_CLOEXEC);
	pid_t pid = e ? e : sys_clone(SIGCHLD, NULL);

	if (pid == 0) {
		sys_close(ends[0]);
		sys_setsid();
		w->link = ends[1];
		return false;
	}
	if (pid < 0) {
		*code = fail(c, "start a reaper: %s", text_errno(pid));
		return true;
	}
	sys_close(ends[1]);
	if (w->watch.ready >= 0) /* the program's and the reaper's, whose end is to be seen */
		sys_close(c->o.ready_fd);
	*code = called(ends[0], pid);
	return true;
}

bool
supervise_begin(struct cmd *c, struct work *w, enum goal goal, int *code)
{
	struct options *o = &c->o;
	bool stays = (goal == GOAL_CREATE || o->detach) && (o->exit_file || o->log_file || o->record);

	w->link = w->watch.ready = w->watch.notify = -1;
	if (!options_fit(c)) {
		*code = usage(c);
		return true;
	}
	o->exit_file = absolute(o->exit_file);
	o->log_file = absolute(o->log_file);
	*code = EXIT_FAIL;
	if (!exit_file_fits(c) || !open_ready(c, w) || !open_log_file(c, w)) {
		fail_diag(c);
		return true;
	}
	follow_caller(c, w);
	return stays && fork_reaper(c, w, code);
}

/* --- behind it -------------------------------------------------------------------------------- */

static void
watch_begin(struct cmd *c, struct work *w)
{
	const struct plan *p = &w->plan;
	size_t at = plan_find(p, OP_log_pipe), notify = plan_find(p, OP_notify);

	if (at < p->n) {
		file_close(&w->run.slot[p->v[at].slot]);
		w->log.pipe = w->run.slot[p->v[at].slot + 1];
	}
	if (c->o.ready_fd)
		sys_close(c->o.ready_fd);
	if (notify < p->n && p->v[notify].slot >= 0) {
		w->watch.notify = w->run.slot[p->v[notify].slot];
		w->watch.host = w->job.notify_host;
	}
	w->run.caller = w->caller;
	if (w->watch.log || w->watch.ready >= 0 || w->watch.notify >= 0)
		w->run.watch = &w->watch;
}

static uint64_t
oom_now(struct work *w)
{
	state_from(&w->state, &w->run);
	return ending_oom(&w->state.cgroups);
}

/* Only the log's pipe stays open, and no folder is held; where mote cannot be executed anew it goes on as it is. */
static void
reexecute(struct cmd *c, struct work *w, uint64_t oom)
{
	const char *v[12] = {"mote", "--root", text_clean(text_path(w->job.state_dir, "..")), "reaper"}, *none[] = {NULL};
	int self = self_open(O_PATH), n = 4, null;

	if (c->o.exit_file)
		v[n++] = text_make("--exit-file=%s", c->o.exit_file);
	if (c->o.log_file) {
		v[n++] = text_make("--log-file=%s", c->o.log_file);
		v[n++] = text_make("--log-limit=%llu", (unsigned long long)c->o.log_limit);
	}
	v[n++] = text_make("%s", w->job.id);
	v[n++] = text_make("%d", (int)w->run.pid);
	v[n++] = text_make("%llu", (unsigned long long)oom);
	null = sys_openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
	for (n = 0; n < 3 && null >= 0; n++)
		sys_dup3(null, n, 0);
	sys_chdir("/");
	self = sys_fcntl(self, F_DUPFD_CLOEXEC, FREE_FD);
	if (w->watch.log) {
		n = sys_fcntl(w->log.pipe, F_DUPFD_CLOEXEC, FREE_FD);
		sys_dup3(n, LOG_FD, 0);
		w->log.pipe = LOG_FD;
	}
	close_from(LOG_FD + (w->watch.log != NULL), (int[]){self, w->log.fd}, w->watch.log ? 2 : 1);
	if (self >= 0)
		sys_execveat(self, "", (char *const *)v, (char *const *)none, AT_EMPTY_PATH);
}

/* The container is this process's child: its end cannot be missed. */
static int
reap(struct cmd *c, struct run *r, const char *dir, const char *id, uint64_t oom)
{
	int sigfd = wait_signals(), status = 0;

	if (!wait_reap(r, &status)) /* an end before that leaves no signal */
		status = wait_box_end(r, sigfd);
	else
		watch_end(r);
	ending_record(text_clean(text_path(dir, "..")), dir, id, status, oom);
	if (c->o.exit_file)
		ending_write(c->o.exit_file, status);
	return EXIT_OK;
}

int
supervise(struct cmd *c, struct work *w)
{
	uint64_t oom;

	watch_begin(c, w);
	if (w->job.goal == GOAL_RUN && w->run.watch && !watch_ready(&w->run) && c->o.ready_fd) {
		state_from(&w->state, &w->run);
		run_end_box(&w->run);
		if (state_hold(w->run.home) != -ENOENT && !container_remove(c, w, w->run.home, w->job.state_dir))
			fail_diag(c);
		return fail(c, "the program closed descriptor %u without a word that it is ready", w->job.ready_fd);
	}
	if (w->link < 0)
		return EXIT_OK;
	oom = oom_now(w);
	wait_signals();
	sys_write(w->link, "", 1);
	reexecute(c, w, oom);
	return reap(c, &w->run, w->job.state_dir, w->job.id, oom);
}

int
cmd_reaper(struct cmd *c)
{
	const char *dir = state_dir_of(c, c->args[0]);
	struct run r = {.pidfd = -1, .master = -1};
	struct watch watch = {.ready = -1, .notify = -1};
	struct logger log;
	uint64_t pid, oom;

	if (!text_u64(c->args[1], &pid) || !text_u64(c->args[2], &oom))
		return usage(c);
	r.pid = pid;
	if (c->o.log_file) {
		log_init(&log, c->o.log_file, c->o.log_limit, c->args[0]);
		log_open(&log, 0);
		log.pipe = LOG_FD;
		watch.log = &log;
		r.watch = &watch;
	}
	return reap(c, &r, dir, c->args[0], oom);
}

/* --- run in the foreground, start ------------------------------------------------------------- */

void
supervise_here(struct cmd *c, struct work *w)
{
	watch_begin(c, w);
}

void
supervise_ended(struct cmd *c, struct work *w, int status)
{
	int e = 0;

	if (c->o.exit_file)
		e = ending_write(c->o.exit_file, status);
	if (e)
		fail(c, "exit file %s: %s", c->o.exit_file, text_errno(e));
}

/* A socket that cannot be made is no reason to keep a container from starting: it only stays silent. */
int
supervise_start(struct work *w, const char *dir)
{
	const char *host = getenv("NOTIFY_SOCKET");

	w->watch.host = host;
	return host && *host && w->state.notify ? notify_bind(dir) : -1;
}

void
supervise_started(struct work *w, int notify)
{
	w->watch.ready = -1;
	w->watch.notify = notify;
	if (notify < 0)
		return;
	w->run.pid = w->state.pid;
	w->run.pidfd = sys_pidfd_open(w->state.pid, 0);
	w->run.watch = &w->watch;
	watch_ready(&w->run);
}

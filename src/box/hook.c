/* SPDX-License-Identifier: MIT */
/* hook.c - hooks: when they run, what they get, how they end; the order of stages is plan.c's
 *
 * A hook gets the state as a file on standard input, exactly its own environment, no descriptor but
 * 0, 1 and 2, and a session of its own. What it prints is read while it runs; of that the last
 * line is kept, for the sentence if it fails. It has ended when its process has: children that it
 * leaves behind may live on (network helpers do), but their output leads nowhere. After `timeout`
 * it is killed by its pidfd, and then what it has started and left in its process group: that
 * group's number is the hook's own pid, which nobody else gets before it is waited for. A child
 * that has made a session of its own is out of reach, as a daemon that a hook starts means to be.
 *
 * kind                      side  folder  status    namespaces and path
 * prestart, createRuntime   HOST  bundle  creating  the runtime's
 * createContainer           BOX   rootfs  creating  the container's, but paths are the runtime's
 * startContainer            BOX   /       created   the container's
 * poststart                 HOST  bundle  running   the runtime's
 * poststop                  HOST  bundle  stopped   the runtime's
 *
 * The folders are those that runc gives; the specification is silent. */
#include "box/hook.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/exec.h"
#include "box/replay.h"
#include "sys.h"

enum {
	TAIL = 512,    /* bytes of output that are kept */
	SLICE = 20,    /* ms between looks where there is no pidfd (before 5.3) */
	LAST_READS = 64, /* of what a hook has left in its pipe: more than the pipe holds */
	LONG = 1 << 30, /* a timeout of that many seconds is none */
};

struct hook_step {
	char *const *argv, *const *envp;
	const char *cwd;
	int64_t timeout; /* seconds, 0: none */
	enum status status;
	bool in_root;    /* run in r->root instead of cwd */
};

/* One hook that is running. */
struct call {
	const struct hook_step *h;
	const char *path;
	int in, root;        /* root: folder instead of h->cwd, or -1 */
	bool give_umask;
	mode_t umask;
	char *note;          /* NOTE_MAX bytes for the reason */
	pid_t pid;
	int out;             /* its output, -1 after the end of it */
	size_t ntail;
	char tail[TAIL];
};

/* --- plan ------------------------------------------------------------------------------------- */

static char *const *
null_ended(const struct strs *s, const char *otherwise)
{
	const char **v = NEWS(const char *, s->n + 2);
	size_t i;

	v[0] = otherwise;
	for (i = 0; i < s->n; i++)
		v[i] = s->v[i];
	return (char *const *)v;
}

static struct hook_step *
prepare(const struct hook_spec *spec, enum status status, const char *cwd)
{
	struct hook_step *h = NEW(struct hook_step);

	h->argv = null_ended(&spec->args, spec->path);
	h->envp = null_ended(&spec->env, NULL);
	h->timeout = spec->timeout.given && spec->timeout.v < LONG ? spec->timeout.v : 0;
	h->status = status;
	h->cwd = cwd;
	return h;
}

/* Appends the hooks of a list; what they have in common is in `like`. */
static void
plan_list(struct plan *p, enum side side, const struct hook_list *l, const char *kind,
	const struct hook_step *like, int slot)
{
	struct hook_step *h;
	struct step *s;
	size_t i;

	for (i = 0; i < l->n; i++) {
		h = prepare(&l->v[i], like->status, like->cwd);
		h->in_root = like->in_root;
		s = plan_add_a(p, OP_hook, side, l->v[i].path);
		s->b = kind;
		s->p = h;
		s->slot = slot;
	}
}

/* The slot of the state that BOX hooks of that status read, or -1. */
static int
state_slot(const struct plan *p, enum status status)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].op == OP_hook_file && p->v[i].n == status)
			return p->v[i].slot;
	return -1;
}

static void
plan_state_step(struct plan *p, enum op op, enum status status, int slot)
{
	struct step *s = plan_add_a(p, op, HOST, status_name(status));

	s->n = status;
	s->slot = slot;
}

void
plan_hook_files(struct plan *p, const struct job *j)
{
	if (j->spec->hooks.create_container.n)
		plan_state_step(p, OP_hook_file, STATUS_CREATING, plan_slot(p));
	if (j->spec->hooks.start_container.n)
		plan_state_step(p, OP_hook_file, STATUS_CREATED, plan_slot(p));
}

void
plan_hooks_host(struct plan *p, const struct job *j)
{
	const struct hooks_spec *h = &j->spec->hooks;
	const struct hook_step like = {.status = STATUS_CREATING, .cwd = j->bundle};
	const enum status box_status[] = {STATUS_CREATING, STATUS_CREATED};
	int i, slot;

	for (i = 0; i < 2; i++) {
		slot = state_slot(p, box_status[i]);
		if (slot >= 0) /* the pid is known from here on */
			plan_state_step(p, OP_hook_state, box_status[i], slot);
	}
	plan_list(p, HOST, &h->prestart, "prestart", &like, -1);
	plan_list(p, HOST, &h->create_runtime, "createRuntime", &like, -1);
}

void
plan_hooks_box(struct plan *p, const struct job *j)
{
	const struct hook_step like = {
		.status = STATUS_CREATING, .cwd = j->bundle, .in_root = true};

	plan_list(p, BOX, &j->spec->hooks.create_container, "createContainer", &like,
		state_slot(p, STATUS_CREATING));
}

void
plan_hooks_start(struct plan *p, const struct job *j)
{
	const struct hook_step like = {.status = STATUS_CREATED, .cwd = "/"};

	plan_list(p, BOX, &j->spec->hooks.start_container, "startContainer", &like,
		state_slot(p, STATUS_CREATED));
}

void
plan_hooks_after(struct plan *p, const struct job *j)
{
	const struct hook_step like = {.status = STATUS_RUNNING, .cwd = j->bundle};

	plan_list(p, HOST, &j->spec->hooks.poststart, "poststart", &like, -1);
}

/* --- the state on standard input -------------------------------------------------------------- */

/* NOEXEC_SEAL: vm.memfd_noexec=2 refuses a file without it, kernels before 6.3 one with it. */
static int
memory_file(void)
{
	int fd = sys_memfd_create("state", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return fd == -EINVAL ? sys_memfd_create("state", MFD_CLOEXEC) : fd;
}

static int
write_state(int fd, const struct state *st, enum status status)
{
	struct out o = out_mem();
	struct jout j = {.o = &o};
	int e;

	state_json(&j, NULL, st, status);
	jout_end(&j);
	e = file_write_all(fd, o.buf, o.len);
	return e ? e : (int)sys_lseek(fd, 0, SEEK_SET);
}

static int
new_state(const struct state *st, enum status status)
{
	autofd int fd = memory_file();
	int e = fd < 0 ? fd : write_state(fd, st, status);

	return e ? e : file_keep(&fd);
}

static int
state_file(struct run *r, enum status status)
{
	struct state st;

	state_now(&st, r);
	return new_state(&st, status);
}

/* BOX. Each hook reads a file of its own: it may write to what it gets, or leave a child that
 * moves the offset. */
static int
copy_state(int from)
{
	autofd int fd = memory_file();
	off_t at = 0;
	ssize_t n = fd;

	while (n >= 0 && (n = sys_sendfile(fd, from, &at, 1 << 16)) > 0)
		;
	if (!n)
		n = sys_lseek(fd, 0, SEEK_SET);
	return n < 0 ? (int)n : file_keep(&fd);
}

int
do_hook_file(struct run *r, const struct step *s)
{
	int fd = memory_file();

	if (fd < 0)
		return fd;
	r->slot[s->slot] = fd;
	return 0;
}

int
do_hook_state(struct run *r, const struct step *s)
{
	struct state st;

	state_now(&st, r);
	return write_state(r->slot[s->slot], &st, (enum status)s->n);
}

/* --- one hook --------------------------------------------------------------------------------- */

/* Descriptors 0 to 2 are open in mote, so none of these is one of them. */
static _Noreturn void
child(const struct call *c, int out, int report)
{
	int e;

	sys_setsid();
	/* At poststop the bundle may be gone already. */
	if ((c->root >= 0 ? sys_fchdir(c->root) : sys_chdir(c->h->cwd)) < 0)
		sys_chdir("/");
	if (c->give_umask)
		sys_umask(c->umask);
	e = sys_dup3(c->in, 0, 0);
	e = e < 0 ? e : sys_dup3(out, 1, 0);
	e = e < 0 ? e : sys_dup3(out, 2, 0);
	e = e < 0 ? e : close_from(3, &report, 1);
	e = e < 0 ? e : do_signals(NULL, NULL);
	e = e < 0 ? e : sys_execve(c->path, c->h->argv, c->h->envp);
	sys_write(report, &e, sizeof e);
	sys_exit_group(127);
}

static int
start(struct call *c)
{
	int out[2], report[2], e = sys_pipe2(out, O_CLOEXEC);

	if (e)
		return e;
	e = sys_pipe2(report, O_CLOEXEC);
	if (!e) {
		c->pid = sys_clone(SIGCHLD, NULL);
		if (c->pid == 0)
			child(c, out[1], report[1]);
		sys_close(report[1]);
		e = c->pid < 0 ? c->pid : exec_result(report[0]);
		sys_close(report[0]);
	}
	sys_close(out[1]);
	c->out = out[0];
	sys_fcntl(c->out, F_SETFL, O_NONBLOCK);
	return e;
}

static void
keep_tail(struct call *c, const char *buf, size_t n)
{
	size_t old = c->ntail;

	if (n > TAIL) {
		buf += n - TAIL;
		n = TAIL;
	}
	if (old + n > TAIL)
		old = TAIL - n;
	memmove(c->tail, c->tail + c->ntail - old, old);
	memcpy(c->tail + old, buf, n);
	c->ntail = old + n;
}

/* False when there is nothing (more) to read now. */
static bool
read_some(struct call *c)
{
	char buf[4096];
	ssize_t n = c->out < 0 ? 0 : sys_read(c->out, buf, sizeof buf);

	if (n > 0)
		keep_tail(c, buf, n);
	else if (n != -EAGAIN && n != -EINTR)
		file_close(&c->out);
	return n > 0;
}

static int64_t
now_ms(void)
{
	struct timespec t = {0};

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* By its number where there is no pidfd (before 5.3): it is our child and not waited for, so that means no other. */
static void
kill_hook(const struct call *c, int pidfd)
{
	if (pidfd < 0 || sys_pidfd_send_signal(pidfd, SIGKILL, NULL, 0))
		sys_kill(c->pid, SIGKILL);
	sys_kill(-c->pid, SIGKILL);
}

/* How long to sleep until `end` (0: no end) or the next look. */
static int
sleep_ms(int64_t end, bool can_tell)
{
	int64_t left = end ? end - now_ms() : -1;

	if (end && left < 0)
		left = 0;
	if (!can_tell && (left < 0 || left > SLICE))
		left = SLICE;
	return left > LONG ? LONG : (int)left;
}

/* Reads its output until it ends; 0, or -ETIME when it had to be killed. */
static int
wait_hook(struct call *c, int *status)
{
	int64_t end = c->h->timeout ? now_ms() + c->h->timeout * 1000 : 0;
	autofd int pidfd = sys_pidfd_open(c->pid, 0);
	struct pollfd p[2];
	pid_t got;
	int e = 0;

	while ((got = sys_wait4(c->pid, status, WNOHANG, NULL)) == 0) {
		p[0] = (struct pollfd){.fd = c->out, .events = POLLIN};
		p[1] = (struct pollfd){.fd = pidfd, .events = POLLIN};
		sys_poll(p, 2, sleep_ms(end, pidfd >= 0));
		if (p[0].revents)
			read_some(c);
		if (end && now_ms() >= end) {
			kill_hook(c, pidfd);
			end = 0;
			e = -ETIME;
		}
	}
	return got < 0 ? got : e;
}

/* The last line of the output in c->tail, without its newline. */
static const char *
last_line(const struct call *c, int *len)
{
	const char *end = c->tail + c->ntail, *from;

	while (end > c->tail && strchr("\r\n \t", end[-1]))
		end--;
	for (from = end; from > c->tail && from[-1] != '\n'; from--)
		;
	*len = end - from;
	return from;
}

/* The reason, and behind it the last thing that the hook has said. */
static int
explain(struct call *c, int e, const char *reason, int64_t number, const char *unit)
{
	const char *line;
	int n;

	line = last_line(c, &n);
	text_fmt(c->note, NOTE_MAX, "%s %lld%s%s%.*s", reason, (long long)number, unit, n ? ": " : "", n, line);
	return e;
}

static int
judge(struct call *c, int status)
{
	if (!status)
		return 0;
	return WIFSIGNALED(status) ? explain(c, -ECANCELED, "killed by signal", WTERMSIG(status), "")
				   : explain(c, -ECANCELED, "exited with status", WEXITSTATUS(status), "");
}

/* 0, or -errno with the reason in c->note.  Allocates nothing. */
static int
call_hook(struct call *c)
{
	int status = 0, i, e = start(c);

	if (e) {
		if (c->pid > 0)
			sys_wait4(c->pid, NULL, 0, NULL);
		text_fmt(c->note, NOTE_MAX, "cannot be executed: %s", text_errno(e));
	} else {
		e = wait_hook(c, &status);
		for (i = 0; i < LAST_READS && read_some(c); i++)
			;
		if (e == -ETIME)
			explain(c, e, "killed after its timeout of", c->h->timeout, " s");
		else if (!e)
			e = judge(c, status);
	}
	file_close(&c->out);
	return e;
}

int
do_hook(struct run *r, const struct step *s)
{
	const struct hook_step *h = s->p;
	struct call c = {.h = h, .path = s->a, .root = h->in_root ? r->root : -1, .out = -1,
		.give_umask = r->side == BOX, .umask = r->umask, .note = r->note};
	autofd int in = r->side == HOST ? state_file(r, h->status) : copy_state(r->slot[s->slot]);

	if (in < 0)
		return in;
	c.in = in;
	return call_hook(&c);
}

void
hooks_poststop(const struct hook_list *l, const struct state *s, const struct log *log)
{
	struct call c;
	char note[NOTE_MAX];
	size_t i;

	for (i = 0; i < l->n; i++) {
		c = (struct call){.h = prepare(&l->v[i], STATUS_STOPPED, s->bundle),
			.path = l->v[i].path, .root = -1, .out = -1, .note = note};
		c.in = new_state(s, STATUS_STOPPED);
		note[0] = 0;
		if (c.in < 0)
			text_fmt(note, sizeof note, "%s", text_errno(c.in));
		if (c.in < 0 || call_hook(&c) < 0)
			log_say(log, DIAG_WARNING, text_make("hook poststop %s: %s", c.path, note));
		file_close(&c.in);
	}
}

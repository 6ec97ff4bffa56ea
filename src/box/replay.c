/* SPDX-License-Identifier: MIT */
/* replay.c - one walker for both processes, the turns between them, and the way back */
#include "box/replay.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/gate.h"
#include "box/hints.h"
#include "box/self.h"
#include "box/timing.h"
#include "sys.h"

/* The whole protocol.  err: 0 = your turn; < 0 = this step failed, with a note behind it; > 0 only of
 * clone_again: the new pid of the box. */
struct turn {
	int32_t step, err;
	char note[NOTE_MAX];
};

enum { TURN_HEAD = offsetof(struct turn, note) };

/* clang-format off */
static int (*const doit[])(struct run *, const struct step *) = {
#define OP(name, undo, text) do_##name,
#include "box/ops.def"
#undef OP
};

/* Most rows have none: a switch is shorter than a table. */
#define UNDO_0(name)
#define UNDO_1(name) case OP_##name: undo_##name(r, s); break;
static void
undo_step(struct run *r, const struct step *s)
{
	switch (s->op) {
#define OP(name, undo, text) UNDO_##undo(name)
#include "box/ops.def"
#undef OP
	default: break;
	}
}
/* clang-format on */

void
run_note(struct run *r, const char *text)
{
	size_t n;

	for (n = 0; n < NOTE_MAX - 1 && text[n]; n++)
		r->note[n] = text[n];
	r->note[n] = 0;
}

static int
send_turn(struct run *r, size_t step, int err)
{
	struct turn t = {.step = step, .err = err};
	size_t n = TURN_HEAD;

	for (; err < 0 && n - TURN_HEAD < NOTE_MAX - 1 && r->note[n - TURN_HEAD]; n++)
		t.note[n - TURN_HEAD] = r->note[n - TURN_HEAD];
	return sys_sendto(r->chan, &t, n, MSG_NOSIGNAL, NULL, 0);
}

/* One message; 0 when the other side is gone. */
static ssize_t
receive(struct run *r, struct turn *t)
{
	ssize_t n;

	do
		n = sys_read(r->chan, t, sizeof *t);
	while (n == -EINTR);
	if (n == -ECONNRESET)
		return 0;
	r->heard |= n > 0;
	if (n > 0 && n < (ssize_t)sizeof *t)
		((char *)t)[n] = 0;
	return n;
}

/* --- sentences -------------------------------------------------------------------------------- */

static const char *
command_sentence(const char *command, int err)
{
	if (err == -ENOENT) /* the words that podman, docker and CRI-O look for (clients.md 2.6) */
		return text_make("exec: \"%s\": executable file not found in $PATH: %s", command,
			text_errno(err));
	/* execve(2) of a folder is EACCES: docker makes that 126, and knows nothing of folders. */
	return text_make("exec: \"%s\": %s%s", command, text_errno(err), err == -EISDIR ? ": permission denied" : "");
}

static const char *
sentence(const struct run *r, size_t step, int err, const char *note)
{
	const struct step *s = &r->plan->v[step];
	const char *hint = HAVE_HINTS ? hint_find(s->op, err) : NULL;
	struct out o = out_mem();

	if (s->op == OP_lookup || s->op == OP_execve)
		return command_sentence(s->a, err);
	out_fmt(&o, "step %zu, ", step);
	step_text(&o, s);
	out_fmt(&o, ": %s", note && *note ? note : text_errno(err));
	if (hint)
		out_fmt(&o, "; %s", hint);
	return out_text(&o);
}

static const char *
death_sentence(struct run *r, size_t step)
{
	struct out o = out_mem();
	int status = 0;

	out_fmt(&o, "step %zu, ", step);
	step_text(&o, &r->plan->v[step]);
	if (r->pid > 0 && sys_wait4(r->pid, &status, 0, NULL) == r->pid && WIFSIGNALED(status))
		out_fmt(&o, ": the box was killed by signal %d%s", WTERMSIG(status),
			WTERMSIG(status) == SIGKILL ? " (memory limit too small?)" : "");
	else
		out_str(&o, ": the box ended");
	r->pid = 0;
	return out_text(&o);
}

/* --- turns ------------------------------------------------------------------------------------ */

/* The box ended or said why it cannot go on: leaves the sentence in r->detail. */
static int
lost(struct run *r, const struct turn *t, ssize_t n, size_t at)
{
	r->failed = at;
	if (n < TURN_HEAD) {
		r->detail = death_sentence(r, at);
		return -ECHILD;
	}
	at = t->step >= 0 && (size_t)t->step < r->plan->n ? (size_t)t->step : at;
	r->failed = at;
	r->detail = sentence(r, at, t->err, n > TURN_HEAD ? t->note : NULL);
	return t->err;
}

/* The parent of clone_again has told the pid of the box that goes on. */
static void
adopt(struct run *r, pid_t pid)
{
	if (r->pidfd >= 0)
		sys_close(r->pidfd);
	sys_wait4(r->pid, NULL, 0, NULL);
	r->pid = pid;
	r->pidfd = sys_pidfd_open(pid, 0);
	if (r->pidfd < 0)
		r->pidfd = -1;
}

/* The row before row i that turns are counted from: FREE rows are nobody's turn. */
static size_t
row_before(const struct run *r, size_t i)
{
	while (i-- > 1 && r->plan->v[i].flags & FREE)
		;
	return i;
}

/* Does a step of op lie between the last HOST row and row i? */
static bool
passed(const struct run *r, enum op op, size_t i)
{
	for (i = row_before(r, i); i > 0 && r->plan->v[i].side == BOX; i = row_before(r, i))
		if (r->plan->v[i].op == op)
			return true;
	return false;
}

/* The second process of clone_again may be quicker with its fault than the first with the pid: it would stay a zombie. */
static void
adopt_late(struct run *r)
{
	struct turn t;

	if (receive(r, &t) >= TURN_HEAD && t.err > 0)
		adopt(r, t.err);
}

/* HOST: what the box has attached stays open here no longer, or nobody could unmount it as long as a run waits for its container. */
static void
drop_attached(struct run *r, size_t i)
{
	const struct step *s;

	for (i = row_before(r, i); i > 0 && (s = r->plan->v + i)->side == BOX; i = row_before(r, i))
		if (s->op == OP_attach)
			file_close(&r->slot[s->slot]);
}

/* HOST, before row i: waits until the box has done its rows before i. */
static int
wait_box(struct run *r, size_t i)
{
	bool pid_due = passed(r, OP_clone_again, i), exec_due = passed(r, OP_execve, i);
	bool turn_due = true;
	struct turn t;
	ssize_t n;

	self_let_go();
	while (turn_due || pid_due) {
		n = receive(r, &t);
		if (n >= TURN_HEAD && t.err < 0 && pid_due)
			adopt_late(r);
		if (n < TURN_HEAD || t.err < 0)
			return lost(r, &t, n, i - 1);
		if (t.err > 0) {
			adopt(r, t.err);
			pid_due = false;
		} else {
			turn_due = false;
		}
	}
	drop_attached(r, i);
	if (!exec_due)
		return 0;
	/* That turn was sent just before execve: the end of the connection now means that it
	 * succeeded, a message that it did not. */
	n = receive(r, &t);
	return n < TURN_HEAD ? 0 : lost(r, &t, n, i - 1);
}

/* BOX: the other side has nothing to tell but "go on". */
static void
wait_host(struct run *r)
{
	struct turn t;

	if (receive(r, &t) < TURN_HEAD || t.err)
		sys_exit_group(1);
}

static int
change_side(struct run *r, size_t i)
{
	const struct step *s = r->plan->v + i, *last;
	int e;

	if (i == 0 || s->flags & FREE)
		return 0;
	last = r->plan->v + row_before(r, i);
	if (last->side == s->side || last->op == OP_clone)
		return 0;
	if (s->side != r->side) {
		e = send_turn(r, i - 1, 0);
		return e == -EPIPE || e == -ECONNRESET ? 0 : e < 0 ? e : 0; /* the wait tells why */
	}
	if (r->side == HOST)
		return wait_box(r, i);
	wait_host(r);
	return 0;
}

static int
one_step(struct run *r, const struct step *s)
{
	int e;

	r->detail = NULL;
	if (r->note[0]) /* most often nothing is to be written, and no page to be copied for the box */
		r->note[0] = 0;
#if MOTE_FAULT
	if (r->fault == (long)r->at)
		return -EIO;
#endif
	e = doit[s->op](r, s);
	return e == -ENOENT && s->flags & OPTIONAL ? 0 : e < 0 ? e : 0;
}

/* Walks from row i up to `end`, the BOX to the end of the list; it never comes back from here. */
static int
walk(struct run *r, size_t i, size_t end)
{
	const struct step *s;
	int e = 0;

	for (; i < (r->side == BOX ? r->plan->n : end) && !e; i++) {
		s = &r->plan->v[i];
		r->at = i;
		e = change_side(r, i);
		if (!e && s->side == r->side)
			e = one_step(r, s);
		IF_TIMING(if (r->job->timing && s->side == r->side) timing_step(r->job->timing, s);)
	}
	if (r->side == BOX) {
		send_turn(r, r->at, e);
		sys_exit_group(1);
	}
	return e;
}

/* --- the HOST's frame ------------------------------------------------------------------------- */

static void
run_init(struct run *r, const struct plan *p, const struct job *j, const struct log *log)
{
	int i;

	*r = (struct run){.plan = p, .job = j, .log = log, .side = HOST, .home = -1, .chan = -1, .proc = -1,
		.root = -1, .pidfd = -1, .master = -1, .dir = -1, .held = -1, .null = -1, .mask = -1, .empty = -1, .console = -1, .old_cwd = -1, .exec_index = -1};
	r->failed = p->n;
	r->note = arena_get(NOTE_MAX);
	r->made = arena_get(p->n);
	r->slot = NEWS(int, p->slots + 1);
	for (i = 0; i <= p->slots; i++)
		r->slot[i] = -1;
#if MOTE_FAULT
	r->fault = fault_step();
#endif
}

void
run_end_box(struct run *r)
{
	if (r->pid <= 0)
		return;
	if (r->pidfd < 0 || sys_pidfd_send_signal(r->pidfd, SIGKILL, NULL, 0) < 0)
		sys_kill(r->pid, SIGKILL);
	sys_wait4(r->pid, NULL, __WALL, NULL);
	r->pid = 0;
}

void
run_undo(struct run *r, size_t from)
{
	const struct step *s;

	while (from-- > 0) {
		s = &r->plan->v[from];
		if (s->side == HOST && s->flags & UNDO)
			undo_step(r, s);
	}
}

static const char *
why_of(struct run *r, int e)
{
	if (r->failed == r->plan->n)
		r->failed = r->at;
	return r->detail ? r->detail : sentence(r, r->at, e, r->note);
}

static bool
try_plan(struct run *r, size_t end, const char **why)
{
	int e = walk(r, 0, end);

	if (!e && end < r->plan->n) { /* create: the box goes on to its gate, nobody listens any more */
		e = send_turn(r, end - 1, 0);
		if (e >= 0)
			return true;
		r->at = end;
	}
	if (e >= 0)
		return true;
	*why = why_of(r, e);
	if (r->chan >= 0) /* a box that waits for its turn ends by itself; one that works is ended */
		sys_close(r->chan);
	run_end_box(r);
	run_undo(r, r->at);
	return false;
}

/*
 * Linux (6.18; since "cgroup: fix race between fork and cgroup.kill") counts how often each cgroup's cgroup.kill was written to, and
 * compares the clone's cgroup with its parent's, also for CLONE_INTO_CGROUP: where one of the two was ever killed, the box is dead
 * before it is anything.  Then it is made once more, and moved.
 */
bool
run_plan(struct run *r, const struct plan *p, const struct job *j, const struct log *log,
	const char **why)
{
	size_t end = plan_find(p, OP_gate_wait);
	bool again = false;

	do {
		run_init(r, p, j, log);
		r->apart = again;
		if (try_plan(r, end, why))
			return true;
		again = r->in_cgroup && !r->heard && r->chan >= 0;
	} while (again);
	return false;
}

bool
run_rest(struct run *r, const struct plan *p, const struct job *j, const struct log *log,
	const char **why)
{
	size_t from = plan_find(p, OP_gate_wait);
	int e;

	run_init(r, p, j, log);
	r->at = from;
	r->chan = gate_connect(j->state_dir);
	if (r->chan < 0) {
		*why = text_make("cannot reach the waiting box: %s", text_errno(r->chan));
		return false;
	}
	e = walk(r, from + 1, p->n);
	if (e >= 0)
		return true;
	*why = why_of(r, e);
	return false;
}

/* --- /proc ------------------------------------------------------------------------------------ */

enum { PROC_ROOT_INODE = 1 };

static bool
is_proc(int fd)
{
	struct statfs fs;
	struct stat st;

	return sys_fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC && sys_fstat(fd, &st) == 0 &&
		st.st_ino == PROC_ROOT_INODE;
}

static int
private_proc(void)
{
	autofd int fs = sys_fsopen("proc", FSOPEN_CLOEXEC);
	int e;

	if (fs < 0)
		return fs;
	e = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	return e < 0 ? e : sys_fsmount(fs, FSMOUNT_CLOEXEC, 0);
}

int
proc_fd(void)
{
	int fd = sys_openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);

	if (fd >= 0 && is_proc(fd))
		return fd;
	if (fd >= 0)
		sys_close(fd);
	return private_proc();
}

int
run_proc(struct run *r)
{
	if (r->proc < 0)
		r->proc = proc_fd();
	return r->proc;
}

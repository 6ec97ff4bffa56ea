/* SPDX-License-Identifier: MIT */
/* agent.c - the listener of a seccomp filter goes to the program that answers
 *
 * Once the filter is on, each of the box's calls may wait for an answer, or be its end: so it makes none for this.  HOST, which
 * is connected to the agent by then (no agent, no container), traces the box from before that call until it returns, takes the
 * listener out of it (pidfd_getfd, 5.6), sends it on and lets the box go.  A box whose HOST is killed over it dies (EXITKILL). */
#include "box/agent.h"

#include <linux/ptrace.h>

#include "base/file.h"
#include "base/out.h"
#include "box/replay.h"
#include "box/seccomp.h"
#include "box/sock.h"
#include "box/state.h"
#include "sys.h"

static bool
used(const struct spec *s)
{
	return HAVE_SECCOMP && s->linux.seccomp.listener_path && seccomp_notifies(&s->linux.seccomp);
}

void
agent_check(const struct spec *s, struct diag *d)
{
	if (used(s) && sys_pidfd_getfd(-1, 0, 0) == -ENOSYS)
		diag_add(d, (struct fault){.name = "linux.seccomp.listenerPath", .rule = 36,
			.text = "needs pidfd_getfd (Linux 5.6)"});
}

void
plan_agent(struct plan *p, const struct job *j)
{
	if (!j->seccomp.n || !used(j->spec))
		return;
	plan_add_a(p, OP_agent_connect, HOST, j->spec->linux.seccomp.listener_path)->slot = plan_slot(p);
}

void
plan_agent_send(struct plan *p, const struct job *j)
{
	size_t connect = plan_find(p, OP_agent_connect);
	struct step *s;

	if (connect == p->n)
		return;
	s = plan_add_a(p, OP_agent_send, HOST, p->v[connect].a);
	s->slot = p->v[connect].slot;
	s->flags = FREE;
}

/* The box waits for its turn meanwhile: it is stopped there. */
static int
hold(pid_t pid)
{
	int status, e = sys_ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);

	if (!e)
		e = sys_ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	return e ? e : sys_wait4(pid, &status, __WALL, NULL) == pid ? 0 : -ECHILD;
}

/* Lets it go on until seccomp(2) returns: what it returned.  -ECHILD: it has ended before. */
static int
follow(pid_t pid)
{
	struct ptrace_syscall_info i = {.op = 0};
	bool loading = false;
	int status, sig = 0;

	for (;;) {
		if (sys_ptrace(PTRACE_SYSCALL, pid, 0, sig) < 0 || sys_wait4(pid, &status, __WALL, NULL) != pid ||
			!WIFSTOPPED(status))
			return -ECHILD;
		sig = status >> 16 ? 0 : WSTOPSIG(status);
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		sys_ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof i, (uintptr_t)&i);
		if (i.op == PTRACE_SYSCALL_INFO_ENTRY)
			loading = sys_is_seccomp(i.entry.nr);
		else if (loading)
			return i.exit.rval;
	}
}

static pid_t
box_pid(struct run *r, struct state *st)
{
	state_now(st, r);
	return r->pid ? r->pid : st->pid;
}

int
do_agent_connect(struct run *r, const struct step *s)
{
	struct state st;
	int fd = sock_connect(s->a);

	r->slot[s->slot] = fd;
	return fd < 0 ? fd : hold(box_pid(r, &st));
}

static char *
process_state(const struct run *r, const struct state *st, pid_t pid)
{
	static const uint8_t status[] = {[GOAL_RUN] = STATUS_CREATING, [GOAL_CREATE] = STATUS_CREATED,
		IF_EXEC([GOAL_EXEC] = STATUS_RUNNING,)};
	const char *metadata = r->job->spec->linux.seccomp.listener_metadata;
	struct out o = out_mem();
	struct jout j = {.o = &o};

	jout_open(&j, NULL, '{');
	jout_str(&j, "ociVersion", st->oci_version);
	jout_open(&j, "fds", '[');
	jout_str(&j, NULL, "seccompFd");
	jout_close(&j, ']');
	jout_int(&j, "pid", pid);
	if (metadata)
		jout_str(&j, "metadata", metadata);
	state_json(&j, "state", st, status[r->job->goal]);
	jout_close(&j, '}');
	return out_text(&o);
}

/* A box that has ended, or whose filter was refused, says why itself: the next row that waits for it tells. */
int
do_agent_send(struct run *r, const struct step *s)
{
	struct state st;
	pid_t pid = box_pid(r, &st);
	autofd int pidfd = sys_pidfd_open(pid, 0), fd = -1;
	int number = follow(pid), e = 0;

	if (number == -ECHILD)
		r->pid = 0;
	if (number >= 0) {
		fd = pidfd < 0 ? pidfd : sys_pidfd_getfd(pidfd, number, 0);
		e = fd < 0 ? fd : sock_send_fd(r->slot[s->slot], process_state(r, &st, pid), fd);
	}
	file_close(&r->slot[s->slot]);
	if (!e && number != -ECHILD) /* after an error it dies with this process, without a further step */
		sys_ptrace(PTRACE_DETACH, pid, 0, 0);
	return e;
}

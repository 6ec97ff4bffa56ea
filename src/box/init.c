/* SPDX-License-Identifier: MIT */
/* init.c - an init above the program: the same binary, executed anew inside the box
 *
 * The box forks as its last deed.  The child goes on and becomes the program; the parent, process 1 of the container, executes
 * mote's own read-only copy (self.c) through a descriptor that the host opened: its memory holds nothing of the host's any more,
 * and /proc/1/exe leads to a file that cannot be written (CVE-2019-5736). */
#include "box/init.h"

#include "base/file.h"
#include "base/text.h"
#include "box/plan.h"
#include "box/replay.h"
#include "box/self.h"
#include "box/tty.h"
#include "sys.h"

void
plan_init_self(struct plan *p, const struct job *j)
{
	if (j->init && j->spec->process.given)
		plan_add(p, OP_init_self, HOST)->slot = plan_slot(p);
}

void
plan_init(struct plan *p, const struct job *j)
{
	if (j->init)
		plan_add(p, OP_init, BOX)->slot = p->v[plan_find(p, OP_init_self)].slot;
}

int
do_init_self(struct run *r, const struct step *s)
{
	int fd = self_open(O_PATH);

	if (fd < 0)
		return fd;
	r->slot[s->slot] = fd;
	return 0;
}

/* As a shell starts a job: a process group of its own, which has the terminal if there is one. */
static int
become_program(const struct step *s, struct run *r, const sigset_t *mask)
{
	pid_t group = sys_getpid();

	sys_close(r->slot[s->slot]);
	sys_setpgid(0, 0);
	sys_ioctl(0, TIOCSPGRP, &group);
	sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return sys_rt_sigprocmask(SIG_SETMASK, mask, NULL);
}

int
do_init(struct run *r, const struct step *s)
{
	char pid[16];
	const char *argv[] = {"mote", "init", pid, NULL}, *envp[] = {NULL};
	sigset_t all, mask;
	pid_t child;
	int e;

	sigfillset(&all);
	sys_rt_sigprocmask(SIG_BLOCK, &all, &mask);
	child = sys_clone(SIGCHLD, NULL);
	if (child == 0)
		return become_program(s, r, &mask);
	if (child < 0)
		return child;
	text_fmt(pid, sizeof pid, "%d", (int)child);
	sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	e = sys_execveat(r->slot[s->slot], "", (char *const *)argv, (char *const *)envp, AT_EMPTY_PATH);
	sys_kill(child, SIGKILL);
	return e;
}

int
init_run(pid_t program)
{
	struct run r = {.pid = program, .pidfd = -1, .master = -1, .orphans = true};
	int sigfd = wait_signals(), status;

	sys_prctl(PR_SET_NAME, (uintptr_t)"mote-init", 0, 0, 0);
	if (!wait_reap(&r, &status)) /* the mark of an earlier end is lost when SIGCHLD is set to its default */
		status = wait_box_end(&r, sigfd);
	return status;
}

/* SPDX-License-Identifier: MIT */
/* boot.c - the verb boot: a set of containers from a folder, in the order of their needs; also as process 1 of the machine */
#include "cmd/boot.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/self.h"
#include "box/sock.h"
#include "box/tty.h"
#include "box/watch.h"
#include "cmd/chart.h"
#include "cmd/job.h"
#include "sys.h"

enum { A_UNIT = 4, GRACE_MS = 3000, MS = 1000000 };

/* --- the chart --------------------------------------------------------------------------------- */

#if HAVE_TIMING
static void
prepare_chart(struct boot *b)
{
	size_t i;

	b->chart = file_absolute(b->c->o.chart);
	for (i = 0; b->chart && i < b->n; i++)
		b->v[i].timing = timing_new();
}

/* When all is up, when the end begins (for who prints it then), and at the end. */
static void
draw(struct boot *b)
{
	struct chart_row *v = NEWS(struct chart_row, b->n);
	const struct unit *u;
	size_t i, n = 0;
	int e;

	if (!b->chart)
		return;
	for (i = 0; i < b->n; i++) {
		u = &b->v[i];
		if (u->starts)
			v[n++] = (struct chart_row){u->name, unit_state_name(u), u->begun * MS, u->is_ready * MS,
				u->ended > u->begun ? u->ended * MS : 0, u->starts, u->timing};
	}
	e = chart_write(b->chart, v, n, b->began * MS, boot_now() * MS);
	if (e)
		boot_say(NULL, "write %s: %s", b->chart, text_errno(e));
}
#endif

/* --- watching --------------------------------------------------------------------------------- */

static void
ask(struct boot *b, int then)
{
	if (b->stopping)
		return;
	b->then = b->pid1 || b->told >= 0 ? then : THEN_END;
	IF_TIMING(draw(b);)
	boot_stop(b);
}

/* The words of process 1 are busybox's. */
static void
take_signal(struct boot *b)
{
	struct signalfd_siginfo s;

	while (sys_read(b->sigfd, &s, sizeof s) == sizeof s)
		switch (s.ssi_signo) {
		case SIGUSR1: ask(b, THEN_HALT); break;
		case SIGUSR2: ask(b, THEN_OFF); break;
		case SIGTERM:
		case SIGINT: ask(b, THEN_REBOOT); break;
		default: break; /* SIGCHLD: all children are looked at anyway */
		}
}

static void
watch(struct boot *b, struct pollfd *p, int timeout)
{
	struct unit *u;
	char byte;
	size_t i;

	p[0] = (struct pollfd){.fd = b->sigfd, .events = POLLIN};
	for (i = 0; i < b->n; i++) {
		u = &b->v[i];
		p[1 + A_UNIT * i] = (struct pollfd){.fd = u->word, .events = POLLIN};
		p[2 + A_UNIT * i] = (struct pollfd){.fd = u->state == UNIT_UP ? u->ready : -1, .events = POLLIN};
		p[3 + A_UNIT * i] = (struct pollfd){.fd = u->state == UNIT_UP ? u->notify : -1, .events = POLLIN};
		p[4 + A_UNIT * i] = (struct pollfd){.fd = u->log ? u->log->pipe : -1, .events = POLLIN};
	}
	sys_poll(p, 1 + A_UNIT * b->n, timeout);
	for (i = 0; i < b->n; i++) {
		u = &b->v[i];
		if (p[1 + A_UNIT * i].revents & POLLIN)
			unit_learn(b, u);
		if (p[2 + A_UNIT * i].revents)
			unit_says(b, u, sys_read(u->ready, &byte, 1) == 1);
		if (p[3 + A_UNIT * i].revents && notify_take(u->notify))
			unit_says(b, u, true);
		if (p[4 + A_UNIT * i].revents)
			log_move(u->log);
	}
	if (p[0].revents)
		take_signal(b);
	boot_reap(b);
}

/* All that was to start has: once. */
static void
is_full(struct boot *b)
{
	const char *host = getenv("NOTIFY_SOCKET");

	b->full = true;
	if (host && *host)
		notify_host(host, 0, false);
	if (b->debug)
		boot_say(NULL, "all is up after %llu ms", (unsigned long long)(boot_now() - b->began));
	IF_TIMING(draw(b);)
	if (b->told >= 0)
		sys_write(b->told, "", 1);
	else if (b->pid1 && b->c->o.switch_root) {
		b->then = THEN_SWITCH;
		boot_stop(b);
	}
}

static void
keep(struct boot *b)
{
	struct pollfd *p = NEWS(struct pollfd, 1 + A_UNIT * b->n);
	int timeout;

	for (;;) {
		timeout = boot_step(b);
		if (!b->full && !b->stopping && boot_full(b))
			is_full(b);
		if (boot_over(b) && !b->stopping && !b->pid1) /* nobody is left to be kept */
			boot_stop(b);
		if (b->changed)
			continue;
		if (b->news)
			status_write(b);
		if (b->stopping && boot_over(b))
			return;
		watch(b, p, timeout);
	}
}

/* --- the end ---------------------------------------------------------------------------------- */

static int
worst(const struct boot *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->v[i].state == UNIT_FAILED)
			return EXIT_FAIL;
	return EXIT_OK;
}

static char **
init_args(struct cmd *c)
{
	char **v = NEWS(char *, c->nargs + 2);
	int i;

	v[0] = text_make("/sbin/init");
	for (i = 1; i < c->nargs; i++)
		v[i - 1] = c->args[i];
	return v;
}

static void
unblock(void)
{
	sigset_t none;

	sigemptyset(&none);
	sys_rt_sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Comes back only when there is no other root. */
static void
change_root(struct cmd *c, bool keeps)
{
	const char *what;
	int e;

	unblock();
	e = pid1_switch(c->o.switch_root, keeps, init_args(c), c->envp, &what);
	boot_say(NULL, "cannot change the root: %s: %s", what, text_errno(e));
}

static int
finish(struct boot *b)
{
	static const enum power how[] = {[THEN_OFF] = POWER_OFF, [THEN_REBOOT] = POWER_REBOOT, [THEN_HALT] = POWER_HALT};
	int e;

	IF_TIMING(draw(b);)
	if (b->then != THEN_SWITCH || !b->pid1)
		status_close(b);
	if (!b->pid1)
		return b->told >= 0 ? (int)b->then : worst(b);
	if (b->then == THEN_SWITCH) {
		status_close(b);
		change_root(b->c, false);
		b->then = THEN_OFF; /* as its fault is on the console, the machine does not go round in circles */
	}
	e = pid1_power(how[b->then], GRACE_MS);
	boot_say(NULL, "the kernel does not end the machine: %s", text_errno(e));
	for (;;)
		sys_poll(NULL, 0, -1);
}

/* --switch-root --keep-services: a child keeps the containers, for process 1 becomes another program.  In the child: false. */
static bool
leave_to_child(struct boot *b, int *code)
{
	int ends[2], status = 0;
	pid_t pid;
	char word;

	if (sys_pipe2(ends, O_CLOEXEC) || (pid = sys_clone(SIGCHLD, NULL)) < 0)
		return false; /* they end with the change of roots, as without the option */
	if (!pid) {
		sys_close(ends[0]);
		sys_setsid();
		b->told = ends[1];
		b->pid1 = false;
		return false;
	}
	sys_close(ends[1]);
	if (sys_read(ends[0], &word, 1) == 1) {
		change_root(b->c, true);
		sys_kill(pid, SIGTERM);
	}
	sys_wait4(pid, &status, 0, NULL);
	b->then = WEXITSTATUS(status) == THEN_REBOOT ? THEN_REBOOT : THEN_OFF;
	*code = finish(b);
	return true;
}

static bool
operands(struct cmd *c)
{
	bool other = c->o.status || c->o.poweroff || c->o.reboot;

	if (other && c->nargs)
		return diag_fail(&c->diag, "too many operands");
	if (!other && !c->nargs && !c->o.mounts_missing)
		return diag_fail(&c->diag, "a folder is missing");
	if (c->nargs > 1 && !c->o.switch_root)
		return diag_fail(&c->diag, "a COMMAND needs --switch-root");
	if (c->o.keep_services && !c->o.switch_root)
		return diag_fail(&c->diag, "option --keep-services needs --switch-root");
	if (c->o.switch_root && sys_getpid() != 1)
		return diag_fail(&c->diag, "option --switch-root is for process 1: only it can become another program");
	return true;
}

int
cmd_boot(struct cmd *c)
{
	struct boot *b = NEW(struct boot);
	const char *path = NULL;
	int e;

	if (!operands(c))
		return usage(c);
	if (c->o.status)
		return status_show(c);
	if (c->o.poweroff || c->o.reboot)
		return status_signal(c, c->o.poweroff ? SIGUSR2 : SIGTERM);
	*b = (struct boot){.c = c, .pid1 = sys_getpid() == 1, .debug = c->log.debug, .told = -1, .lock = -1, .began = boot_now()};
	if (!job_protect(c))
		return EXIT_FAIL;
	self_let_go(); /* its children close what they find by number */
	e = b->pid1 || c->o.mounts_missing ? pid1_mounts(&path) : 0;
	if (e)
		fail(c, "mount %s: %s", path, text_errno(e));
	if (!c->nargs)
		return e ? EXIT_FAIL : EXIT_OK;
	b->dir = file_absolute(c->args[0]);
	if (b->pid1)
		sys_reboot(0); /* LINUX_REBOOT_CMD_CAD_OFF: Ctrl-Alt-Del is a SIGINT */
	if (b->pid1 && c->o.keep_services && leave_to_child(b, &e))
		return e;
	sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (!status_open(b) || !boot_read(b)) {
		fail_diag(c);
		if (!b->pid1) {
			status_close(b);
			return EXIT_FAIL;
		}
	}
	IF_TIMING(prepare_chart(b);)
	if (b->stale)
		boot_remove_stale(b);
	b->sigfd = wait_signals();
	keep(b);
	return finish(b);
}

/* SPDX-License-Identifier: MIT */
/* wait.c - a foreground run waits for its box and passes signals on; moves no bytes (tty.c)
 */
#include "box/tty.h"

#include "box/watch.h"
#include "sys.h"

/* Not passed on: faults of mote itself, what its own writing raises, and job control. With SIGTSTP
 * and its kin mote itself stops and continues, as the shell that it was started from expects. */
static const unsigned char own[] = {
	SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT, SIGTSTP, SIGTTIN, SIGTTOU,
};

/* Blocked and dropped. */
static const unsigned char dropped[] = {SIGCHLD, SIGWINCH, SIGPIPE, SIGURG};

static bool
is_dropped(int sig)
{
	size_t i;

	for (i = 0; i < sizeof dropped; i++)
		if (dropped[i] == sig)
			return true;
	return false;
}

int
wait_signals(void)
{
	sigset_t set;
	size_t i;
	int e;

	sigfillset(&set);
	for (i = 0; i < sizeof own; i++)
		sigdelset(&set, own[i]);
	e = sys_rt_sigprocmask(SIG_BLOCK, &set, NULL);
	return e ? e : sys_signalfd4(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The box is mote's child and not reaped yet, so its pid is nobody else's. */
bool
wait_reap(struct run *r, int *status)
{
	int st = 0;
	pid_t pid;

	do {
		pid = sys_wait4(HAVE_INIT && r->orphans ? -1 : r->pid, &st, WNOHANG, NULL);
		if (pid == r->pid)
			*status = st;
	} while (pid > 0 && pid != r->pid);
	if (pid == 0 || pid == -EINTR)
		return false;
	if (pid < 0) /* somebody else took the status: it is not known */
		*status = 0xff00;
	r->pid = 0;
	return true;
}

/* The caller's end comes as a signal (die_with_parent), of each of its threads (prctl(2)): the process has ended when mote has
 * another parent. */
static bool
orphaned(const struct run *r, int sig)
{
	return HAVE_REAPER && r->caller && sig == WAIT_CALLER_SIGNAL && sys_getppid() != r->caller;
}

enum wait_event
wait_signal(struct run *r, int sigfd, int *status)
{
	struct signalfd_siginfo s;
	bool init = HAVE_INIT && r->orphans; /* what comes to process 1 is meant for the program, all of it */

	if (sys_read(sigfd, &s, sizeof s) != sizeof s)
		return WAIT_NOTHING;
	if (s.ssi_signo == SIGCHLD)
		return wait_reap(r, status) ? WAIT_ENDED : WAIT_NOTHING;
	if (s.ssi_signo == SIGWINCH && !init)
		return WAIT_RESIZE;
	if (init || !is_dropped(s.ssi_signo))
		sys_kill(r->pid, orphaned(r, s.ssi_signo) ? SIGKILL : (int)s.ssi_signo);
	return WAIT_NOTHING;
}

static int
wait_plain(struct run *r, int sigfd)
{
	struct pollfd p[1 + WATCHED] = {{.fd = sigfd, .events = POLLIN}};
	int status = 0;
	size_t n = 0;

	while (wait_signal(r, sigfd, &status) != WAIT_ENDED) {
		IF_REAPER(n = watch_poll(r, p + 1);)
		sys_poll(p, 1 + n, -1);
		IF_REAPER(watch_move(r, p + 1);)
	}
	return status;
}

/* Without a signalfd, signals do to mote what they do to anybody. */
static int
wait_blind(struct run *r)
{
	int status = 0;
	pid_t pid;

	do
		pid = sys_wait4(r->pid, &status, 0, NULL);
	while (pid == -EINTR);
	r->pid = 0;
	return pid < 0 ? 0xff00 : status;
}

static int
wait_any(struct run *r, int sigfd)
{
	if (sigfd < 0)
		return wait_blind(r);
	IF_TTY(if (r->master >= 0) return tty_wait(r, sigfd);)
	return wait_plain(r, sigfd);
}

int
wait_box_end(struct run *r, int sigfd)
{
	int status = wait_any(r, sigfd);

	IF_REAPER(watch_end(r);)
	return status;
}

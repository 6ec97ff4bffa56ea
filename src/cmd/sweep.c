/* SPDX-License-Identifier: MIT */
/* sweep.c - what is half made goes away with whoever makes it, however that ends */
#include "cmd/sweep.h"

#include "base/file.h"
#include "sys.h"

static void
take_away(const char *path)
{
	if (path && sys_unlinkat(AT_FDCWD, path, 0) == -EISDIR)
		file_remove(AT_FDCWD, path);
}

/* In the child, which is begun before anything is opened.  Whoever reads what its parent writes must not wait for it. */
static void
wait_for_end(const int ends[2], const char *path, const char *more)
{
	sigset_t all;
	char done;
	ssize_t n;

	sigfillset(&all);
	sys_rt_sigprocmask(SIG_SETMASK, &all, NULL);
	sys_setsid();
	sys_close(ends[1]);
	sys_close(1);
	sys_close(2);
	do
		n = sys_read(ends[0], &done, 1);
	while (n == -EINTR);
	if (n == 0) {
		take_away(path);
		take_away(more);
	}
	sys_exit_group(0);
}

void
sweep_begin(struct sweep *s, const char *path, const char *more)
{
	int ends[2];

	*s = (struct sweep){.fd = -1};
	if (sys_pipe2(ends, O_CLOEXEC))
		return;
	s->pid = sys_clone(SIGCHLD, NULL);
	if (s->pid == 0)
		wait_for_end(ends, path, more);
	sys_close(ends[0]);
	if (s->pid > 0)
		s->fd = ends[1];
	else
		sys_close(ends[1]);
}

void
sweep_end(struct sweep *s)
{
	if (s->fd < 0)
		return;
	sys_kill(s->pid, SIGKILL);
	file_close(&s->fd);
	while (sys_wait4(s->pid, NULL, 0, NULL) == -EINTR)
		;
}

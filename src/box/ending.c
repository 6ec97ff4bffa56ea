/* SPDX-License-Identifier: MIT */
/* ending.c - the end of a container: written down, and waited for */
#include "box/ending.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/replay.h"
#include "sys.h"

enum { STEP_MS = 20, TRIES = 100 }; /* 2 s for a parent or reaper to have seen the end */

int
ending_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- writing it down -------------------------------------------------------------------------- */

/* "MOUNT\tPATH\tCOUNT" of state.h, and the file below it. */
static const char *
record_file(const char *record, const char *file)
{
	const char *path = strchr(record, '\t'), *end = path ? strchr(path + 1, '\t') : NULL;

	return end ? text_path(text_path(arena_copy(record, path - record), arena_copy(path + 1, end - path - 1)), file) : "";
}

static uint64_t
oom_in(const char *path)
{
	char buf[1024] = "\n";
	const char *at, *end;
	uint64_t n = 0;

	if (file_peek(AT_FDCWD, path, buf + 1, sizeof buf - 1) <= 0)
		return 0;
	at = text_find(buf, "\noom_kill ");
	if (at)
		text_u64_prefix(at + 10, &end, &n);
	return n;
}

uint64_t
ending_oom(const struct strs *cgroups)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < cgroups->n; i++)
		n += oom_in(record_file(cgroups->v[i], "memory.events")) +
			oom_in(record_file(cgroups->v[i], "memory.oom_control"));
	return n;
}

void
ending_set(struct state *s, int status, uint64_t oom_before)
{
	s->exit_code = (struct opt){true, ending_code(status)};
	if (WIFSIGNALED(status))
		s->exit_signal = (struct opt){true, WTERMSIG(status)};
	s->oom_killed = ending_oom(&s->cgroups) > oom_before;
}

void
ending_record(const char *root, const char *state_dir, const char *id, int status, uint64_t oom_before)
{
	struct diag unheard = {0};
	autofd int lock = state_lock(state_dir);
	struct state s;

	if (lock < 0 || !state_load(&s, root, id, &unheard))
		return;
	ending_set(&s, status, oom_before);
	state_store(&s, state_dir);
}

int
ending_write(const char *path, int status)
{
	char text[8];
	size_t n = text_fmt(text, sizeof text, "%d\n", ending_code(status));

	return file_replace(AT_FDCWD, path, text, n, 0644);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* Linux 6.15 and later tell once the process has been reaped. */
static bool
from_pidfd(int pidfd, int *code)
{
	struct kernel_pidfd_info i = {.mask = PIDFD_INFO_EXIT};

	if (pidfd < 0 || sys_ioctl(pidfd, PIDFD_GET_INFO, &i) || !(i.mask & PIDFD_INFO_EXIT))
		return false;
	*code = ending_code(i.exit_code);
	return true;
}

static bool
from_state(const struct state *s, const char *root, int *code)
{
	struct diag unheard = {0};
	struct state now;

	if (!state_load(&now, root, s->id, &unheard) || now.pid != s->pid || now.start_time != s->start_time ||
		!now.exit_code.given)
		return false;
	*code = now.exit_code.v;
	return true;
}

/* Until then field 52 of /proc/PID/stat has it; who may not trace the process reads a 0 there, so only root looks. */
static bool
from_zombie(const struct state *s, int proc, int *code)
{
	uint64_t start, status;
	char c;

	if (sys_geteuid() || !state_stat(proc, s->pid, &c, &start, &status) || start != s->start_time || c != 'Z')
		return false;
	*code = ending_code(status);
	return true;
}

static void
pause_for(int pidfd, int ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	struct timespec t = {.tv_nsec = STEP_MS * 1000000L};

	if (pidfd < 0 || ms)
		sys_nanosleep(&t, NULL);
	else
		sys_poll(&p, 1, -1);
}

/* The reaper ends when it has written; it is waited for like that, and not by looking at what is there. */
void
ending_settle(struct state *s, const char *root, int seconds)
{
	struct state reaper = {.pid = s->reaper, .start_time = s->reaper_start}, now;
	autofd int pidfd = s->reaper ? sys_pidfd_open(s->reaper, 0) : -1;
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	struct diag unheard = {0};
	int steps;

	for (steps = 0; s->reaper && state_alive(&reaper) && (!seconds || steps < seconds * 1000 / STEP_MS); steps++)
		if (pidfd < 0)
			pause_for(-1, STEP_MS);
		else
			sys_poll(&p, 1, seconds ? STEP_MS : -1);
	if (s->reaper && state_load(&now, root, s->id, &unheard) && now.pid == s->pid && now.start_time == s->start_time)
		*s = now;
}

bool
ending_wait(struct state *s, const char *root, int *code)
{
	autofd int proc = proc_fd(), pidfd = sys_pidfd_open(s->pid, 0);
	bool gone;
	int i;

	/* Opened before this look: it is the container's process, or nothing that we want. */
	if (!s->start_time || state_start_time(proc, s->pid) != s->start_time)
		file_close(&pidfd);
	while (!s->exit_code.given && state_alive(s))
		pause_for(pidfd, 0);
	ending_settle(s, root, 0);
	if (s->exit_code.given) {
		*code = s->exit_code.v;
		return true;
	}
	for (i = 0; i < TRIES; i++) {
		gone = state_start_time(proc, s->pid) != s->start_time;
		if (from_zombie(s, proc, code) || from_pidfd(pidfd, code) || from_state(s, root, code))
			return true;
		if (gone && !s->supervised)
			return false;
		pause_for(pidfd, STEP_MS);
	}
	return false;
}

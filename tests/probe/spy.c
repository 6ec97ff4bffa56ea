/* SPDX-License-Identifier: MIT */
/* spy.c - a hostile neighbour in a shared pid namespace: looks into every process that appears
 *
 * spy SECONDS [NAME]: every process that is not there at the start is tried, again and again, by what gives power over it:
 * its root, folder, program, memory and descriptors in /proc, and ptrace.  A process called NAME (default "probe") is
 * the other container's own program and may be reached.  Prints "spy: ready", a line for what was reached of any other, and
 * "spy: N seen, M reached" at the end. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIDS = 1 << 22 };

static unsigned char known[PIDS]; /* 1: there before us; 2: seen; 4: reached */
static const char *allowed = "probe";

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
read_name(int pid, char name[32])
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, name, 31);
	close(fd);
	name[n > 0 ? n - 1 : 0] = 0;
	return n > 0;
}

static bool
try_open(int pid, const char *what, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	fd = open(path, flags | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_ptrace(int pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0))
		return false;
	if (!ptrace(PTRACE_INTERRUPT, pid, 0, 0))
		waitpid(pid, &status, __WALL);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return true;
}

/* The name is looked at on both sides of the deed: between them the runtime may have become the program, and execve lets
 * others look before it changes the name. */
static void
look(int pid)
{
	static const struct { const char *what; int flags; } ways[] = {
		{"root", O_PATH}, {"cwd", O_PATH}, {"exe", O_PATH}, {"fd/0", O_PATH},
		{"mem", O_RDWR}, {"ptrace", 0},
	};
	const struct timespec moment = {0, 300000};
	char before[32], after[32];
	size_t i;
	bool got;

	for (i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!read_name(pid, before) || !strcmp(before, allowed))
			return;
		known[pid] |= 2;
		got = strcmp(ways[i].what, "ptrace") ? try_open(pid, ways[i].what, ways[i].flags) :
			try_ptrace(pid);
		if (!got)
			continue;
		nanosleep(&moment, NULL);
		if (!read_name(pid, after) || strcmp(before, after))
			continue;
		if (!(known[pid] & 4))
			printf("spy: %s of %d (%s) REACHED\n", ways[i].what, pid, before);
		known[pid] |= 4;
	}
}

static void
each(DIR *proc, bool first)
{
	struct dirent *d;
	int pid;

	rewinddir(proc);
	while ((d = readdir(proc))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		pid = atoi(d->d_name);
		if (pid <= 0 || pid >= PIDS)
			continue;
		if (first)
			known[pid] = 1;
		else if (!(known[pid] & 1))
			look(pid);
	}
}

int
main(int argc, char **argv)
{
	double end = now() + (argc > 1 ? atof(argv[1]) : 1);
	int i, seen = 0, reached = 0;
	DIR *proc = opendir("/proc");

	if (argc > 2)
		allowed = argv[2];
	if (!proc)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	each(proc, true);
	known[getpid()] = 1;
	puts("spy: ready");
	while (now() < end)
		each(proc, false);
	for (i = 0; i < PIDS; i++) {
		seen += (known[i] & 2) != 0;
		reached += (known[i] & 4) != 0;
	}
	printf("spy: %d seen, %d reached\n", seen, reached);
	return reached != 0;
}

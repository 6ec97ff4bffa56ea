/* SPDX-License-Identifier: MIT */
/* procs.c - the processes of a container: by cgroup, by pid namespace, and what /proc tells of each */
#include "box/procs.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/replay.h"
#include "sys.h"

enum { COMMAND_MAX = 4096 };

struct pids { pid_t *v; size_t n; };

/* The pid namespace of a process of /proc; the inode is its number. */
static ino_t
namespace_of(int proc, const char *pid)
{
	struct stat st;

	return sys_fstatat(proc, text_make("%s/ns/pid", pid), &st, 0) ? 0 : st.st_ino;
}

static void
take_entries(struct pids *p, int proc, ino_t ns, const char *buf, ssize_t n)
{
	const struct kernel_dirent *d;
	uint64_t pid;
	ssize_t at;

	for (at = 0; at < n; at += d->reclen) {
		d = (const void *)(buf + at);
		if (text_u64(d->name, &pid) && namespace_of(proc, d->name) == ns)
			*PUSH(p->v, p->n) = (pid_t)pid;
	}
}

static int
by_namespace(const struct state *s, struct pids *p)
{
	_Alignas(struct kernel_dirent) char buf[4096];
	autofd int proc = proc_fd();
	autofd int list = proc < 0 ? proc : sys_openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	ino_t ns;
	ssize_t n;

	if (list < 0)
		return list;
	ns = namespace_of(proc, text_make("%d", (int)s->pid));
	if (!ns || ns == namespace_of(proc, "self")) {
		*PUSH(p->v, p->n) = s->pid;
		return 0;
	}
	while ((n = sys_getdents64(list, buf, sizeof buf)) > 0)
		take_entries(p, proc, ns, buf, n);
	return (int)n;
}

static void
sort(struct pids *p)
{
	pid_t pid;
	size_t i, at;

	for (i = 1; i < p->n; i++) {
		pid = p->v[i];
		for (at = i; at && p->v[at - 1] > pid; at--)
			p->v[at] = p->v[at - 1];
		p->v[at] = pid;
	}
}

int
procs_of(const struct state *s, pid_t **pids, size_t *n)
{
	struct pids p = {NULL, 0};
	int e = 0;

	if (s->cgroups.n)
		e = cgroup_procs(&s->cgroups, &p.v, &p.n);
	else if (state_alive(s))
		e = by_namespace(s, &p);
	sort(&p);
	*pids = p.v;
	*n = p.n;
	return e;
}

/* --- one process ------------------------------------------------------------------------------ */

/* The program has written this: nothing of it may steer a terminal or end a line. */
static const char *
command_of(int proc, pid_t pid, const char *name, size_t len)
{
	char *text = arena_get(COMMAND_MAX);
	ssize_t i, n = file_peek(proc, text_make("%d/cmdline", (int)pid), text, COMMAND_MAX);

	if (n <= 0)
		text = text_make("[%.*s]", (int)len, name), n = strlen(text);
	while (n > 1 && !text[n - 1])
		n--;
	for (i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			text[i] = text[i] ? '?' : ' ';
	text[n] = '\0';
	return text;
}

bool
proc_info(int proc, pid_t pid, struct proc_info *p)
{
	char buf[1024], *name, *end;
	uint64_t field[25] = {0};
	const char *c, *next;
	struct stat st;
	int i;

	*p = (struct proc_info){.state = '?'};
	if (file_peek(proc, text_make("%d/stat", (int)pid), buf, sizeof buf) <= 0)
		return false;
	name = strchr(buf, '(');
	end = strrchr(buf, ')');
	if (!name || !end || end[1] != ' ' || sys_fstatat(proc, text_make("%d", (int)pid), &st, 0))
		return false;
	p->state = end[2];
	for (i = 4, c = end + 3; i < 25 && *c == ' '; i++, c += strcspn(c, " "))
		text_u64_prefix(++c, &next, &field[i]);
	p->uid = st.st_uid;
	p->parent = (pid_t)field[4];
	p->ticks = field[14] + field[15];
	p->rss = field[24] * (getpagesize() / 1024);
	p->command = command_of(proc, pid, name + 1, end - name - 1);
	return true;
}

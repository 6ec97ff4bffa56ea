/* SPDX-License-Identifier: MIT */
/* cgkill.c - what lives in a container's cgroups: listed, signalled, frozen, ended; removal */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "sys.h"

enum { WAIT_MS = 10000, POLL_MS = 5, PASSES = 20 };

struct record {
	const char *mount, *folder;
	uint64_t made;
};

struct pids { pid_t *v; size_t n; };

/* Where a walk through a cgroup and all below it is.  By descriptors and "..", of which none leads out: what a container nests
 * can be deeper than a path is long, and a cgroup cannot be moved below another. */
struct walk {
	struct level { struct strs below; size_t seen; } *v; /* of the folder and those above it */
	size_t n, depth;
	int fd; /* of the folder, -1: there is none */
};

static bool
record_parse(struct record *rec, const char *s)
{
	const char *path = strchr(s, '\t'), *made = path ? strchr(path + 1, '\t') : NULL;

	if (!made || !text_u64(made + 1, &rec->made))
		return false;
	rec->mount = arena_copy(s, path - s);
	rec->folder = text_path(rec->mount, arena_copy(path + 1, made - path - 1));
	return true;
}

const char *
cgroup_recorded(const struct strs *records, const char *mount)
{
	struct record rec;
	size_t i;

	for (i = 0; i < records->n; i++)
		if (record_parse(&rec, records->v[i]) && text_eq(rec.mount, mount))
			return rec.folder;
	return NULL;
}

uint64_t
cgroup_number(const char *path)
{
	char buf[64];
	const char *end;
	uint64_t v = 0;

	if (file_peek(AT_FDCWD, path, buf, sizeof buf) <= 0)
		return 0;
	return text_u64_prefix(buf, &end, &v) ? v : UINT64_MAX; /* -1, max */
}

static void
pause_ms(int ms)
{
	struct timespec t = {0, ms * 1000000L};

	sys_nanosleep(&t, NULL);
}

/* --- processes -------------------------------------------------------------------------------- */

/* Calls each(pid) for every process of the folder itself and counts them; a folder that is gone, or
 * a threaded one, whose processes are its parent's, has none. */
static int
each_pid(int folder, void (*each)(void *, pid_t), void *with)
{
	autofd int fd = sys_openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
	char buf[4096];
	ssize_t n = 0, i;
	pid_t pid = 0;
	int count = 0;

	while (fd >= 0 && (n = sys_read(fd, buf, sizeof buf)) > 0)
		for (i = 0; i < n; i++) {
			if (buf[i] != '\n') {
				pid = pid * 10 + (buf[i] - '0');
				continue;
			}
			if (each && pid) /* 0: of a pid namespace beside ours */
				each(with, pid);
			count++;
			pid = 0;
		}
	if (fd < 0 || n < 0)
		n = fd < 0 ? fd : n;
	return n == 0 || n == -ENOENT || n == -ENODEV || n == -EOPNOTSUPP ? count : (int)n;
}

static int
open_folder(int dir, const char *name)
{
	return sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

int
cgroup_populated(const char *folder)
{
	autofd int fd = open_folder(AT_FDCWD, folder);

	return fd < 0 ? fd == -ENOENT ? 0 : fd : each_pid(fd, NULL, NULL);
}

/* One level down: the walk takes the descriptor. */
static void
walk_into(struct walk *w, int fd)
{
	struct level *l = w->depth == w->n ? PUSH(w->v, w->n) : &w->v[w->depth];
	uint64_t buf[512];
	struct kernel_dirent *d;
	char *p;
	ssize_t n;

	w->depth++;
	file_close(&w->fd);
	w->fd = fd;
	*l = (struct level){.seen = 0};
	while ((n = sys_getdents64(fd, buf, sizeof buf)) > 0)
		for (p = (char *)buf; p < (char *)buf + n; p += d->reclen) {
			d = (struct kernel_dirent *)(void *)p;
			if (d->type == 4 && strcmp(d->name, ".") && strcmp(d->name, ".."))
				*PUSH(l->below.v, l->below.n) = arena_copy(d->name, strlen(d->name));
		}
}

/* One level up; what was below is removed if that is asked. */
static int
walk_out(struct walk *w, bool remove)
{
	int up = open_folder(w->fd, ".."), e = 0;
	struct level *l = &w->v[--w->depth - 1];

	file_close(&w->fd);
	w->fd = up;
	if (up < 0)
		return up;
	if (remove)
		e = sys_unlinkat(up, l->below.v[l->seen - 1], AT_REMOVEDIR);
	return e == -ENOENT ? 0 : e;
}

static void
gather(void *with, pid_t pid)
{
	struct pids *p = with;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i] == pid)
			return;
	*PUSH(p->v, p->n) = pid;
}

/* The folder and all below it: adds their processes and counts them; without pids, removes what is below.  A number or -errno. */
static int
walk_tree(const char *folder, struct pids *pids)
{
	struct walk w = {.fd = -1};
	struct level *l;
	int fd = open_folder(AT_FDCWD, folder), all = 0, n = fd == -ENOENT ? 0 : fd;

	while (n >= 0) {
		if (fd >= 0) {
			walk_into(&w, fd);
			n = pids ? each_pid(fd, gather, pids) : 0;
			all += n;
			fd = -1;
			continue;
		}
		l = w.depth ? &w.v[w.depth - 1] : NULL;
		if (l && l->seen < l->below.n)
			fd = open_folder(w.fd, l->below.v[l->seen++]); /* or gone by now */
		else if (w.depth > 1)
			n = walk_out(&w, !pids);
		else
			break;
	}
	file_close(&w.fd);
	return n < 0 ? n : all;
}

/* Ends all of a tree, once; how many there were.  Never mote itself, wherever it was put. */
static int
kill_tree(const char *folder)
{
	struct pids p = {0};
	int n = walk_tree(folder, &p);
	size_t i;

	for (i = 0; i < p.n; i++)
		if (p.v[i] == sys_getpid())
			return -EBUSY;
	if (n <= 0)
		return n;
	if (!file_put(AT_FDCWD, text_path(folder, "cgroup.kill"), "1")) /* Linux 5.14, version 2 */
		return n;
	for (i = 0; i < p.n; i++)
		sys_kill(p.v[i], SIGKILL);
	return n;
}

/* --- frozen or not ---------------------------------------------------------------------------- */

int
cgroup_thaw(const char *folder)
{
	int e = file_put(AT_FDCWD, text_path(folder, "cgroup.freeze"), "0");

	return e == -ENOENT ? file_put(AT_FDCWD, text_path(folder, "freezer.state"), "THAWED") : e;
}

static bool
reads(const char *folder, const char *file, const char *line)
{
	char buf[256];
	const char *at;
	ssize_t n = file_peek(AT_FDCWD, text_path(folder, file), buf, sizeof buf);

	at = n > 0 ? text_find(buf, line) : NULL;
	return at && (at == buf || at[-1] == '\n') && at[strlen(line)] == '\n';
}

static bool
is_frozen(const char *folder)
{
	return reads(folder, "cgroup.events", "frozen 1") ||
	       reads(folder, "freezer.state", "FROZEN");
}

/* The record with a freezer: version 2's is the first one. */
static const char *
freezer(const struct strs *records)
{
	struct record rec;
	struct stat st;
	size_t i;

	for (i = 0; i < records->n; i++) {
		if (!record_parse(&rec, records->v[i]))
			continue;
		if (!sys_fstatat(AT_FDCWD, text_path(rec.folder, "cgroup.freeze"), &st, 0) ||
			!sys_fstatat(AT_FDCWD, text_path(rec.folder, "freezer.state"), &st, 0))
			return rec.folder;
	}
	return NULL;
}

static int
freeze_once(const char *folder)
{
	int e = file_put(AT_FDCWD, text_path(folder, "cgroup.freeze"), "1");

	return e == -ENOENT ? file_put(AT_FDCWD, text_path(folder, "freezer.state"), "FROZEN") : e;
}

/* Version 1 may stay at FREEZING until it is told again, so the request is repeated. */
int
cgroup_freeze(const struct strs *records, bool on)
{
	const char *folder = freezer(records);
	int waited, e;

	if (!folder)
		return -EOPNOTSUPP;
	for (waited = 0; waited < WAIT_MS; waited += POLL_MS) {
		e = on ? freeze_once(folder) : cgroup_thaw(folder);
		if (e || is_frozen(folder) == on)
			return e;
		pause_ms(POLL_MS);
	}
	cgroup_thaw(folder);
	return -ETIMEDOUT;
}

bool
cgroup_frozen(const struct strs *records)
{
	const char *folder = freezer(records);

	return folder && is_frozen(folder);
}

/* --- for all records -------------------------------------------------------------------------- */

int
cgroup_procs(const struct strs *records, pid_t **pids, size_t *n)
{
	struct pids p = {0};
	struct record rec;
	size_t i;
	int e = 0;

	for (i = 0; i < records->n && e >= 0; i++) {
		if (!record_parse(&rec, records->v[i]))
			return -EINVAL;
		e = walk_tree(rec.folder, &p);
	}
	*pids = p.v;
	*n = p.n;
	return e < 0 ? e : 0;
}

void
cgroup_thaw_all(const struct strs *records)
{
	struct record rec;
	size_t i;

	for (i = 0; i < records->n; i++)
		if (record_parse(&rec, records->v[i]))
			cgroup_thaw(rec.folder);
}

/* A process that forks faster than it is seen needs more than one pass. */
static int
kill_all(const struct strs *records)
{
	struct record rec;
	size_t i;
	int n, pass, left = 1;

	for (pass = 0; pass < PASSES && left; pass++) {
		left = 0;
		for (i = 0; i < records->n; i++) {
			if (!record_parse(&rec, records->v[i]))
				return -EINVAL;
			n = kill_tree(rec.folder);
			if (n < 0)
				return n;
			left |= n;
		}
		cgroup_thaw_all(records);
		if (left)
			pause_ms(POLL_MS);
	}
	return 0;
}

int
cgroup_signal(const struct strs *records, int sig)
{
	pid_t *pids;
	size_t i, n;
	int e;

	if (sig == SIGKILL)
		return kill_all(records);
	e = cgroup_procs(records, &pids, &n);
	for (i = 0; !e && i < n; i++) {
		e = sys_kill(pids[i], sig);
		e = e == -ESRCH ? 0 : e;
	}
	return e;
}

/* --- removal ---------------------------------------------------------------------------------- */

static int
remove_tree(const char *folder)
{
	int e = sys_unlinkat(AT_FDCWD, folder, AT_REMOVEDIR);

	if (e == -EBUSY || e == -ENOTEMPTY) /* something is below it, which is seldom */
		e = walk_tree(folder, NULL);
	else
		return e == -ENOENT ? 0 : e;
	if (!e)
		e = sys_unlinkat(AT_FDCWD, folder, AT_REMOVEDIR);
	return e == -ENOENT ? 0 : e;
}

/* The kernel lets go of a folder a moment after its last process has ended, hence the patience. */
int
cgroup_clear(const char *folder, unsigned made)
{
	const char *slash;
	int waited, e = -EBUSY;

	for (waited = 0; waited < WAIT_MS && (e == -EBUSY || e == -ENOTEMPTY); waited += POLL_MS) {
		if (waited)
			pause_ms(POLL_MS);
		e = kill_tree(folder);
		if (e < 0)
			return e;
		e = e ? -EBUSY : made ? remove_tree(folder) : 0;
	}
	/* Folders on the way that were made for this one go too, unless another container is in
	 * them. */
	for (; !e && made > 1; made--) {
		slash = strrchr(folder, '/');
		folder = arena_copy(folder, slash - folder);
		if (sys_unlinkat(AT_FDCWD, folder, AT_REMOVEDIR))
			break;
	}
	return e;
}

int
cgroup_remove(const struct strs *records)
{
	struct record rec;
	size_t i;
	int e, first = 0;

	cgroup_thaw_all(records);
	for (i = records->n; i-- > 0;) {
		e = record_parse(&rec, records->v[i]) ? cgroup_clear(rec.folder, rec.made)
						      : -EINVAL;
		first = first ? first : e;
	}
	return first;
}

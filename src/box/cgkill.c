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
each_pid(const char *folder, void (*each)(void *, pid_t), void *with)
{
	autofd int fd =
		sys_openat(AT_FDCWD, text_path(folder, "cgroup.procs"), O_RDONLY | O_CLOEXEC, 0);
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

int
cgroup_populated(const char *folder)
{
	return each_pid(folder, NULL, NULL);
}

static void
push_folders(struct strs *t, const char *folder)
{
	autofd int fd = sys_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	uint64_t buf[512];
	struct kernel_dirent *d;
	char *p;
	ssize_t n;

	while (fd >= 0 && (n = sys_getdents64(fd, buf, sizeof buf)) > 0)
		for (p = (char *)buf; p < (char *)buf + n; p += d->reclen) {
			d = (struct kernel_dirent *)(void *)p;
			if (d->type == 4 && strcmp(d->name, ".") && strcmp(d->name, ".."))
				*PUSH(t->v, t->n) = text_path(folder, d->name);
		}
}

/* The folder and all below it, parents first. */
static struct strs
tree(const char *folder)
{
	struct strs t = {0};
	size_t i;

	*PUSH(t.v, t.n) = folder;
	for (i = 0; i < t.n; i++)
		push_folders(&t, t.v[i]);
	return t;
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

/* Adds the processes of a tree; how many there were in it, or -errno. */
static int
gather_tree(const struct strs *t, struct pids *p)
{
	size_t i;
	int n, all = 0;

	for (i = 0; i < t->n; i++) {
		n = each_pid(t->v[i], gather, p);
		if (n < 0)
			return n;
		all += n;
	}
	return all;
}

/* Ends all of a tree, once; how many there were.  Never mote itself, wherever it was put. */
static int
kill_tree(const struct strs *t)
{
	struct pids p = {0};
	int n = gather_tree(t, &p);
	size_t i;

	for (i = 0; i < p.n; i++)
		if (p.v[i] == sys_getpid())
			return -EBUSY;
	if (n <= 0)
		return n;
	if (!file_put(AT_FDCWD, text_path(t->v[0], "cgroup.kill"), "1")) /* Linux 5.14, version 2 */
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
	struct strs t;
	size_t i;
	int e = 0;

	for (i = 0; i < records->n && e >= 0; i++) {
		if (!record_parse(&rec, records->v[i]))
			return -EINVAL;
		t = tree(rec.folder);
		e = gather_tree(&t, &p);
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
	struct strs t;
	size_t i;
	int n, pass, left = 1;

	for (pass = 0; pass < PASSES && left; pass++) {
		left = 0;
		for (i = 0; i < records->n; i++) {
			if (!record_parse(&rec, records->v[i]))
				return -EINVAL;
			t = tree(rec.folder);
			n = kill_tree(&t);
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
remove_tree(const struct strs *t)
{
	size_t i;
	int e = 0;

	for (i = t->n; i-- > 0 && !e;) {
		e = sys_unlinkat(AT_FDCWD, t->v[i], AT_REMOVEDIR);
		e = e == -ENOENT ? 0 : e;
	}
	return e;
}

/* The kernel lets go of a folder a moment after its last process has ended, hence the patience. */
int
cgroup_clear(const char *folder, unsigned made)
{
	const char *slash;
	struct strs t;
	int waited, e = -EBUSY;

	for (waited = 0; waited < WAIT_MS && (e == -EBUSY || e == -ENOTEMPTY); waited += POLL_MS) {
		if (waited)
			pause_ms(POLL_MS);
		t = tree(folder);
		e = kill_tree(&t);
		if (e < 0)
			return e;
		e = e ? -EBUSY : made ? remove_tree(&t) : 0;
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

/* SPDX-License-Identifier: MIT */
/* cgdo.c - the steps of cgroups: made, filled in, joined, and the way back; all HOST */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/replay.h"
#include "box/state.h"
#include "sys.h"

enum { RETRIES = 5, MADE_MAX = 254 };

/* --- make ------------------------------------------------------------------------------------- */

/* Where the part of folder below mount begins: at its slash. */
static size_t
below(const char *mount, const char *folder)
{
	size_t n = strlen(mount);

	return strncmp(folder, mount, n) ? 0 : n && mount[n - 1] == '/' ? n - 1 : n;
}

/* Removes n folders, from path upwards. */
static void
remove_up(char *path, unsigned n)
{
	while (n-- > 0 && !sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR))
		*strrchr(path, '/') = 0;
}

/* All or nothing.  The new folders are always the last ones of the path. */
static int
make_all(const char *mount, const char *folder, unsigned *made)
{
	size_t i, n = strlen(folder);
	char *path = arena_copy(folder, n);
	int e;

	for (i = below(mount, folder) + 1; i <= n; i++) {
		if (path[i] && path[i] != '/')
			continue;
		path[i] = 0;
		e = sys_mkdirat(AT_FDCWD, path, 0755);
		if (e && e != -EEXIST) {
			*strrchr(path, '/') = 0;
			remove_up(path, *made);
			return e;
		}
		path[i] = folder[i];
		*made += !e && *made < MADE_MAX;
	}
	return 0;
}

/* Another mote may remove the parent, empty for that moment, between two of our steps. */
static int
make_patiently(const char *mount, const char *folder, unsigned *made)
{
	int i, e = -ENOENT;

	for (i = 0; i < RETRIES && e == -ENOENT; i++) {
		*made = 0;
		e = make_all(mount, folder, made);
	}
	return e;
}

static bool
holds(const char *folder, const char *file, const char *text)
{
	char buf[64];

	return file_peek(AT_FDCWD, text_path(folder, file), buf, sizeof buf) > 0 &&
	       text_starts(buf, text);
}

/* M-51: what stood there before must be idle. */
static int
fit(struct run *r, const char *folder)
{
	int n = cgroup_populated(folder);

	if (n > 0)
		run_note(r, "the cgroup exists already and processes are in it");
	else if (holds(folder, "cgroup.freeze", "1") || holds(folder, "freezer.state", "FR"))
		run_note(r, "the cgroup exists already and is frozen");
	else
		return n;
	return -EBUSY;
}

static unsigned char *
made_at(struct run *r, const struct step *s)
{
	return &r->made[s - r->plan->v];
}

/* The parent of the default path bears mote's name.  The last container in it takes it along, not the one
 * that happened to come first. */
static bool
in_own_parent(const struct step *s)
{
	const char *path = s->a + below(s->b, s->a);

	return text_starts(path, "/mote/") && !strchr(path + strlen("/mote/"), '/');
}

/* r->made: 0 not done (and nothing to undo), else 1 + the number of new folders. */
static unsigned
mark(const struct step *s, unsigned made)
{
	return 1 + made + (made == 1 && in_own_parent(s));
}

int
do_cgroup_make(struct run *r, const struct step *s)
{
	unsigned made = 0;
	int e;

	if (HAVE_SYSTEMD && s->n) { /* the folder of the scope alone, whatever systemd has made above it */
		*made_at(r, s) = mark(s, 1);
		return 0;
	}
	e = make_patiently(s->b, s->a, &made);
	if (!e && !made)
		e = fit(r, s->a);
	if (e)
		return e;
	*made_at(r, s) = mark(s, made);
	return 0;
}

int
undo_cgroup_make(struct run *r, const struct step *s)
{
	unsigned char *made = made_at(r, s);
	const struct step *i;
	int e;

	if (!*made)
		return 0;
	for (i = r->plan->v; i < r->plan->v + r->plan->n;
		i++) /* frozen processes cannot be ended */
		if (i->op == OP_cgroup_make && *made_at(r, i))
			cgroup_thaw(i->a);
	e = cgroup_clear(s->a, *made - 1);
	*made = 0;
	return e;
}

/* How many folders do_cgroup_make will have to make. */
static unsigned
missing(const struct step *s)
{
	char *path = arena_copy(s->a, strlen(s->a));
	size_t i, top = below(s->b, s->a);
	unsigned n = 0;

	for (i = strlen(path); i > top; i--) {
		if (path[i] && path[i] != '/')
			continue;
		path[i] = '\0';
		if (!sys_faccessat(AT_FDCWD, path, F_OK))
			break;
		n++;
	}
	return n;
}

/* Written down before a folder is made, so that a mote that is killed in between leaves none behind that `delete --force`
 * does not know; a folder that is there already is not ours yet. */
void
cgroup_record(const struct plan *p, const struct run *r, struct state *s)
{
	const struct step *i;
	unsigned made, ahead;

	s->cgroups = (struct strs){0};
	for (i = p->v; i < p->v + p->n; i++) {
		if (i->op != OP_cgroup_make)
			continue;
		ahead = (size_t)(i - p->v) > r->at;
		made = ahead ? mark(i, HAVE_SYSTEMD && i->n ? !!missing(i) : missing(i)) : r->made[i - p->v];
		if (made > ahead)
			*PUSH(s->cgroups.v, s->cgroups.n) = text_make("%s\t%s\t%u", i->b,
				i->a + below(i->b, i->a), made - 1);
	}
}

/* --- fill in ---------------------------------------------------------------------------------- */

/* Gives an empty file of a cpuset what the folder above has; value is that, and becomes its own. */
static int
inherit_file(const char *folder, const char *file, char *value, size_t cap)
{
	const char *path = text_path(folder, file);
	char *above = arena_copy(value, strlen(value));
	ssize_t n = file_peek(AT_FDCWD, path, value, cap);

	if (n < 0)
		return n;
	if (*value && *value != '\n')
		return 0;
	memcpy(value, above, strlen(above) + 1);
	return file_put(AT_FDCWD, path, above);
}

static int
inherit(const struct step *s, const char *file)
{
	size_t i, n = strlen(s->a);
	char value[4096]; /* as much as the kernel lets one read or write here */
	ssize_t e = file_peek(AT_FDCWD, text_path(s->b, file), value, sizeof value);

	for (i = below(s->b, s->a) + 1; i <= n && e >= 0; i++)
		if (!s->a[i] || s->a[i] == '/')
			e = inherit_file(arena_copy(s->a, i), file, value, sizeof value);
	return e < 0 ? e : 0;
}

/* Version 1 gives a new cpuset nothing, and nothing can run there. */
int
do_cgroup_inherit(struct run *r, const struct step *s)
{
	int e = inherit(s, s->n ? "cpus" : "cpuset.cpus");

	(void)r;
	return e ? e : inherit(s, s->n ? "mems" : "cpuset.mems");
}

/* A cgroup with processes of its own cannot hand controllers down.  The kernel says so only of some
 * of them (memory, io); others (pids, cpu) it takes as the wish for a tree of threads, in which no
 * container can live.  The root of all, which has no cgroup.type, is free of that. */
static bool
is_inhabited(const char *folder)
{
	struct stat st;

	return cgroup_populated(folder) > 0 &&
		sys_fstatat(AT_FDCWD, text_path(folder, "cgroup.type"), &st, 0) == 0;
}

int
do_cgroup_enable(struct run *r, const struct step *s)
{
	int e = is_inhabited(s->b) ? -EBUSY :
		file_put(AT_FDCWD, text_path(s->b, "cgroup.subtree_control"), s->a);

	if (e == -EBUSY)
		run_note(r,
			"processes live in that cgroup itself, so that it cannot hand controllers "
			"down "
			"(\"no internal processes\"): move them into one beside the container's");
	else if (e == -ENOENT)
		run_note(r, "that cgroup has not all of these itself: see its cgroup.controllers");
	else if (e == -EOPNOTSUPP)
		run_note(r, "that cgroup is a threaded one");
	return e;
}

int
do_cgroup_write(struct run *r, const struct step *s)
{
	const struct cgroup_else *other = s->p;
	int e = file_put(AT_FDCWD, s->a, s->b);

	if (e == -ENOENT && other->file)
		e = file_put(AT_FDCWD, other->file, other->value);
	if (e == -ENOENT)
		run_note(r,
			text_make("no such file, for %s; the kernel needs %s", s->c, other->needs));
	else if (e)
		run_note(r, text_make("%s, for %s", text_errno(e), s->c));
	return e;
}

/* --- join ------------------------------------------------------------------------------------- */

int
do_cgroup_open(struct run *r, const struct step *s)
{
	int fd = sys_openat(AT_FDCWD, s->a, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	r->slot[s->slot] = fd;
	return 0;
}

int
do_cgroup_join(struct run *r, const struct step *s)
{
	char pid[16];
	int e;

	if (s->n && r->in_cgroup)
		return 0;
	text_fmt(pid, sizeof pid, "%d", (int)r->pid);
	e = file_put(AT_FDCWD, text_path(s->a, "cgroup.procs"), pid);
	if (e == -ENOSPC)
		run_note(r, "the cpuset of that cgroup is empty");
	else if (e == -EBUSY)
		run_note(r, "that cgroup hands controllers down, so that no process can be in it");
	else if (e == -EOPNOTSUPP)
		run_note(r, "that cgroup is for threads only: one above it is threaded or has "
			    "processes of its own");
	return e;
}

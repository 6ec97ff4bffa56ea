/* SPDX-License-Identifier: MIT */
/* cgset.c - the steps of an update: each keeps what stood there before; all HOST */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/procs.h"
#include "box/replay.h"
#include "box/update.h"
#include "sys.h"

enum { TEXT_MAX = 1 << 20, PASSES = 20 };

/* --- a file ----------------------------------------------------------------------------------- */

/* Is the file a list with a line for each of its keys, as io.max and rdma.max are? */
static bool
is_keyed(const char *text, const char *value)
{
	const char *colon = strchr(value, ':');

	return (colon && colon < value + strcspn(value, " ")) || text_find(text, " hca_") || text_find(value, " hca_") ||
		strchr(text, '\n') != strrchr(text, '\n');
}

/* What undoes the write of `value` to a list that has no such line yet. */
static const char *
absent(const char *file, const char *key, size_t n, const char *value)
{
	const char *eq = strchr(value, '=');

	if (eq)
		return text_make("%.*s=%s", (int)(eq - value), value, text_ends(file, ".latency") ? "0" : "max");
	return text_make("%.*s %s", (int)n, key, strchr(file, '.') && text_ends(file, "weight") ? "default" : "0");
}

/* The text that brings the file back to what it says now. */
static const char *
way_back(const char *file, const char *text, const char *value)
{
	size_t n = strcspn(value, " "), len;
	const char *line;

	if (text_ends(file, "oom_control")) { /* oom_kill_disable 0, and lines that cannot be written */
		line = strchr(text, ' ');
		return line ? arena_copy(line + 1, 1) : "0";
	}
	if (!is_keyed(text, value))
		return arena_copy(text, strcspn(text, "\n"));
	if (!value[n])
		return arena_copy(text, strcspn(text, "\n"));
	for (line = text; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (len > n && !memcmp(line, value, n) && line[n] == ' ')
			return arena_copy(line, len);
	}
	return absent(file, value, n, value);
}

static int
folder_of(struct run *r, const struct step *s)
{
	return s->n ? run_proc(r) : AT_FDCWD;
}

static int
set(int dirfd, const struct cgroup_set *c, const char *file, const char *value)
{
	char *text;
	int e;

	if (!c->back_file) {
		e = file_read(dirfd, file, TEXT_MAX, &text, NULL);
		if (e)
			return e;
		e = file_put(dirfd, file, value);
		if (!e)
			*c->old = text_make("%s\n%s", file, way_back(file, text, value));
		return e;
	}
	e = file_put(dirfd, file, value);
	if (!e)
		*c->old = text_make("%s\n%s", c->back_file, c->back);
	return e;
}

int
do_cgroup_set(struct run *r, const struct step *s)
{
	const struct cgroup_set *c = s->p;
	int dirfd = folder_of(r, s), e = dirfd < 0 && dirfd != AT_FDCWD ? dirfd : set(dirfd, c, s->a, s->b);

	if (e == -ENOENT && c->other.file)
		e = set(dirfd, c, c->other.file, c->other.value);
	if (e == -ENOENT && !s->n)
		run_note(r, text_make("no such file, for %s; the kernel needs %s", s->c, c->other.needs));
	else if (e)
		run_note(r, text_make("%s, for %s", text_errno(e), s->c));
	return e;
}

int
undo_cgroup_set(struct run *r, const struct step *s)
{
	const struct cgroup_set *c = s->p;
	char *text = *c->old, *value;

	*c->old = NULL;
	if (!text)
		return 0;
	value = strchr(text, '\n');
	*value++ = '\0';
	return file_put(folder_of(r, s), text, *value ? value : "\n");
}

/* --- other steps ------------------------------------------------------------------------------ */

int
do_cgroup_reclaim(struct run *r, const struct step *s)
{
	int e = file_put(AT_FDCWD, s->a, s->b);

	if (e == -EAGAIN)
		run_note(r, "less could be taken back than was asked for");
	else if (e == -ENOENT)
		run_note(r, "no such file; the kernel needs CONFIG_MEMCG (Linux 5.19)");
	return e;
}

int
do_limit_set(struct run *r, const struct step *s)
{
	const struct limit_set *l = s->p;
	struct rlimit v = {.rlim_cur = l->new.soft, .rlim_max = l->new.hard};
	int e = sys_prlimit64(l->pid, l->new.type, &v, l->old);

	(void)r;
	*l->done = !e;
	return e;
}

int
undo_limit_set(struct run *r, const struct step *s)
{
	const struct limit_set *l = s->p;
	bool done = *l->done;

	(void)r;
	*l->done = false;
	return done ? sys_prlimit64(l->pid, l->new.type, l->old, NULL) : 0;
}

int
do_state_put(struct run *r, const struct step *s)
{
	const struct state_put *p = s->p;

	if (p->fresh)
		cgroup_record(r->plan, r, p->new);
	return state_store(p->new, s->a);
}

int
undo_state_put(struct run *r, const struct step *s)
{
	const struct state_put *p = s->p;

	(void)r;
	return state_store(p->old, s->a);
}

/* Writes each of the pids; those that are gone are no fault. */
static int
move(const char *folder, const pid_t *pids, size_t n)
{
	char text[16];
	size_t i;
	int e = 0;

	for (i = 0; i < n && !e; i++) {
		text_fmt(text, sizeof text, "%d", (int)pids[i]);
		e = file_put(AT_FDCWD, text_path(folder, "cgroup.procs"), text);
		e = e == -ESRCH ? 0 : e;
	}
	return e;
}

/* Processes that fork meanwhile need more than one pass. */
int
do_cgroup_adopt(struct run *r, const struct step *s)
{
	struct state bare = *(const struct state *)s->p;
	pid_t *pids;
	size_t n = 0;
	int pass, e = 0;

	(void)r;
	bare.cgroups = (struct strs){0};
	for (pass = 0; pass < PASSES && !e; pass++) {
		if (pass && cgroup_populated(s->a) == (int)n)
			return 0;
		e = procs_of(&bare, &pids, &n);
		e = e ? e : move(s->a, pids, n);
	}
	return e ? e : -EAGAIN;
}

int
undo_cgroup_adopt(struct run *r, const struct step *s)
{
	pid_t *pids;
	size_t n;
	int pass;
	const char *record = text_make("%s\t/\t0", s->a);
	const struct strs all = {&record, 1};

	(void)r;
	for (pass = 0; pass < PASSES && cgroup_populated(s->a) > 0; pass++)
		if (cgroup_procs(&all, &pids, &n) || move(s->b, pids, n))
			break;
	return 0;
}

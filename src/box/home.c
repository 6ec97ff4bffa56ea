/* SPDX-License-Identifier: MIT */
/* home.c - the folder ROOT/ID: made, locked and taken away
 *
 * A run in the foreground takes its container away, and so may a delete or a checkpoint at the same time.  Whoever has the lock and
 * still finds a state does it, all of it: cgroups, folder, poststop hooks.  The run locks the folder that it has made, by the
 * descriptor: another container may have the name by then. */
#include "box/state.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "box/image.h"
#include "box/plan.h"
#include "box/replay.h"
#include "sys.h"

/* The folder's name is the reservation: mkdir is atomic, and of two creates one gets EEXIST. */
int
do_state_dir(struct run *r, const struct step *s)
{
	int e = HAVE_IMAGE && s->n ? 0 : sys_mkdirat(AT_FDCWD, s->a, 0700);

	if (e == -ENOENT) {
		e = file_mkdirs(text_clean(text_path(s->a, "..")), 0711, NULL);
		if (!e)
			e = sys_mkdirat(AT_FDCWD, s->a, 0700);
	}
	if (e) {
		if (e == -EEXIST)
			r->detail = text_make("container with id \"%s\" already exists", r->job->id);
		return e;
	}
	return 0;
}

/* By the names that are there, which is most of what takes time at the end of a run; anything else in it is looked for. */
int
state_clear(int fd, const char *dir)
{
	static const char *const names[] = {"state.json", "config.json"};
	size_t i;
	int e;

	for (i = 0; fd >= 0 && i < sizeof names / sizeof *names; i++)
		sys_unlinkat(fd, names[i], 0);
	e = sys_unlinkat(AT_FDCWD, dir, AT_REMOVEDIR);
	return e == -ENOTEMPTY || e == -EEXIST ? file_remove(AT_FDCWD, dir) : e;
}

int
state_remove(const char *dir)
{
	autofd int fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);

	return state_clear(fd, dir);
}

int
undo_state_dir(struct run *r, const struct step *s)
{
	(void)r;
	IF_IMAGE(if (s->n) image_close(s->a);)
	return state_remove(s->a);
}

/* Nobody looks into the folder before there is a state.json: no need for a rename. */
int
do_state_config(struct run *r, const struct step *s)
{
	autofd int fd = -1;

	r->home = sys_openat(AT_FDCWD, s->a, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	fd = r->home < 0 ? r->home : sys_openat(r->home, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? fd : file_write_all(fd, r->job->config, r->job->config_len);
}

void
plan_state(struct plan *p, const struct job *j)
{
	struct step *s = plan_add_a(p, OP_state_dir, HOST, j->state_dir);

	s->flags = UNDO;
	IF_IMAGE(s->n = j->reserved;)
	if (j->goal == GOAL_CREATE) {
		plan_add(p, OP_gate_open, HOST)->slot = plan_slot(p);
	}
}

int
state_hold(int fd)
{
	int e = sys_flock(fd, LOCK_EX);

	return e ? e : sys_faccessat(fd, "state.json", F_OK);
}

int
state_lock(const char *state_dir)
{
	autofd int fd = sys_openat(AT_FDCWD, state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int e = fd < 0 ? fd : state_hold(fd);

	return e ? e : file_keep(&fd);
}

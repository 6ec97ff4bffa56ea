/* SPDX-License-Identifier: MIT */
/* follow.c - events as they happen: inotify on the state folder, a pidfd for each end, the OOM killer's word; no daemon
 *
 * These processes may live for months and the arena is never emptied: whatever allocates is done by a child that ends. */
#include "box/follow.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/gate.h"
#include "box/stats.h"
#include "sys.h"

enum { ID_ROOM = 256, SLICE = 100 }; /* SLICE: ms between looks where nothing wakes us: no pidfd (before 5.3), a count that is late */

/* What a child finds out about a container. */
struct look {
	enum status status;
	bool there, begun; /* begun: it no longer waits for start */
	pid_t pid;
	struct oom oom;
};

/* One container that is followed; told: how far its story is. */
struct seen {
	char id[ID_ROOM]; /* "": free */
	enum { UNKNOWN, CREATED, STARTED, STOPPED } told;
	int watch, pidfd;
	struct oom oom;
};

struct follow {
	const char *root, *only;
	int watches; /* inotify */
	int top;     /* the watch of root */
	struct { struct seen *v; size_t n; } all;
	struct { struct pollfd *v; size_t n; } polls; /* watches, then pidfd and oom.fd of each */
	struct out o;
	bool done;
};

static void
say(struct out *o, const char *type, const char *id, const struct state *s)
{
	struct jout j = {.o = o};

	stats_event(&j, type, id, s);
	jout_end(&j);
	out_flush(o);
}

static void
say_ooms(struct out *o, struct oom *oom, const char *id)
{
	while (oom->fd >= 0 && oom_seen(oom))
		say(o, "oom", id, NULL);
}

/* --- stats again and again -------------------------------------------------------------------- */

static int
say_stats(struct out *o, const struct state *s)
{
	pid_t pid = sys_clone(SIGCHLD, NULL);

	if (pid == 0) {
		say(o, "stats", s->id, s);
		sys_exit_group(o->err != 0);
	}
	return pid < 0 ? pid : sys_wait4(pid, NULL, 0, NULL);
}

static int
timer(uint64_t ms)
{
	struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
	struct itimerspec i = {t, t};
	autofd int fd = sys_timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int e = fd < 0 ? fd : sys_timerfd_settime(fd, 0, &i, NULL);

	return e < 0 ? e : file_keep(&fd);
}

int
follow_stats(const struct state *s, uint64_t ms)
{
	struct out o = out_fd(1);
	struct oom oom;
	autofd int pidfd = sys_pidfd_open(s->pid, 0);
	autofd int ticks = timer(ms);
	struct pollfd p[3] = {{pidfd, POLLIN, 0}, {ticks, POLLIN, 0}, {-1, POLLIN, 0}};
	uint64_t times;

	if (ticks < 0)
		return ticks;
	oom_find(&oom, s);
	oom_open(&oom);
	p[2].fd = oom.fd;
	while (!(p[0].revents & POLLIN) && (pidfd >= 0 || state_alive(s)) && !o.err) {
		if (sys_poll(p, 3, pidfd < 0 || oom.late ? SLICE : -1) < 0)
			continue;
		say_ooms(&o, &oom, s->id);
		if (p[1].revents & POLLIN && sys_read(ticks, &times, sizeof times) > 0 && !(p[0].revents & POLLIN))
			say_stats(&o, s);
	}
	say_ooms(&o, &oom, s->id); /* it may have been the end */
	return o.err;
}

/* --- lives ------------------------------------------------------------------------------------ */

static void
look_inside(struct look *l, const char *root, const char *id)
{
	struct state s;
	struct diag d = {.count = 0};

	*l = (struct look){.there = state_load(&s, root, id, &d)};
	if (!l->there)
		return;
	l->status = state_status(&s, text_path(root, id));
	l->begun = !gate_exists(text_path(root, id));
	l->pid = s.pid;
	oom_find(&l->oom, &s);
}

static void
look_at(struct look *l, const char *root, const char *id)
{
	int fds[2] = {-1, -1};
	pid_t pid;

	*l = (struct look){.there = false};
	if (sys_pipe2(fds, O_CLOEXEC))
		return;
	pid = sys_clone(SIGCHLD, NULL);
	if (pid == 0) {
		look_inside(l, root, id);
		sys_exit_group(file_write_all(fds[1], l, sizeof *l) != 0);
	}
	sys_close(fds[1]);
	if (sys_read(fds[0], l, sizeof *l) != sizeof *l) /* less than a pipe holds: one piece */
		l->there = false;
	sys_close(fds[0]);
	if (pid > 0)
		sys_wait4(pid, NULL, 0, NULL);
}

static void
tell(struct follow *f, struct seen *b, const char *type, int told)
{
	say(&f->o, type, b->id, NULL);
	b->told = told;
}

static void
close_seen(struct seen *b)
{
	file_close(&b->pidfd);
	file_close(&b->oom.fd);
	b->pidfd = b->oom.fd = -1;
	b->oom.late = 0;
}

static void
stopped(struct follow *f, struct seen *b)
{
	say_ooms(&f->o, &b->oom, b->id);
	if (b->told == CREATED || b->told == STARTED)
		tell(f, b, "stopped", STOPPED);
	close_seen(b);
}

static struct seen *
seen_of(struct follow *f, const char *id)
{
	struct seen *b, *empty = NULL;

	for (b = f->all.v; b < f->all.v + f->all.n; b++) {
		if (!strcmp(b->id, id))
			return b;
		if (!*b->id)
			empty = b;
	}
	if (!empty)
		empty = PUSH(f->all.v, f->all.n);
	*empty = (struct seen){.watch = -1, .pidfd = -1, .oom.fd = -1};
	memcpy(empty->id, id, strlen(id) + 1);
	return empty;
}

static void
gone(struct follow *f, struct seen *b)
{
	stopped(f, b);
	if (b->told != UNKNOWN)
		tell(f, b, "deleted", UNKNOWN);
	f->done |= f->only != NULL;
	*b->id = '\0';
}

/* What has happened since the last look; the story is told in full, however fast it was. */
static void
update(struct follow *f, struct seen *b)
{
	struct look l;

	look_at(&l, f->root, b->id);
	if (!l.there || l.status == STATUS_CREATING)
		return;
	if (b->told == UNKNOWN)
		tell(f, b, "created", CREATED);
	if (b->told == CREATED && l.begun) /* and has ended again, it may be */
		tell(f, b, "started", STARTED);
	if (l.status == STATUS_STOPPED) {
		stopped(f, b);
		return;
	}
	if (b->pidfd < 0)
		b->pidfd = sys_pidfd_open(l.pid, 0);
	if (b->oom.fd < 0 && *l.oom.folder) {
		b->oom = l.oom;
		oom_open(&b->oom);
	}
}

/* The watch comes before the look, so that nothing is missed in between. */
static void
meet(struct follow *f, const char *id)
{
	char path[4096];
	struct seen *b;

	if (*id == '.' || strlen(id) >= ID_ROOM || (f->only && strcmp(f->only, id) != 0))
		return;
	b = seen_of(f, id);
	text_fmt(path, sizeof path, "%s/%s", f->root, id);
	b->watch = sys_inotify_add_watch(f->watches, path, IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR);
	update(f, b);
}

static void
meet_all(struct follow *f)
{
	_Alignas(struct kernel_dirent) char buf[4096];
	autofd int fd = sys_openat(AT_FDCWD, f->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	const struct kernel_dirent *d;
	ssize_t n, at;

	while (fd >= 0 && (n = sys_getdents64(fd, buf, sizeof buf)) > 0)
		for (at = 0; at < n; at += d->reclen) {
			d = (const void *)(buf + at);
			meet(f, d->name);
		}
}

static void
take_event(struct follow *f, const struct inotify_event *e)
{
	struct seen *b, *end = f->all.v + f->all.n;

	if (e->mask & IN_Q_OVERFLOW) {
		meet_all(f);
	} else if (e->wd == f->top && e->len) {
		if (e->mask & IN_CREATE)
			meet(f, e->name);
		for (b = f->all.v; e->mask & IN_DELETE && b < end; b++)
			if (!strcmp(b->id, e->name))
				gone(f, b);
	} else if (e->wd == f->top) {
		f->done = true; /* the folder itself is gone */
	} else if (e->len) {
		for (b = f->all.v; b < end; b++)
			if (*b->id && b->watch == e->wd)
				update(f, b);
	}
}

static void
take_events(struct follow *f)
{
	_Alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *e;
	ssize_t n, at;

	while ((n = sys_read(f->watches, buf, sizeof buf)) > 0)
		for (at = 0; at < n && !f->done; at += sizeof *e + e->len) {
			e = (const void *)(buf + at);
			take_event(f, e);
		}
}

static int
wait_all(struct follow *f)
{
	size_t i, n = 1 + 2 * f->all.n;
	bool blind = false;

	while (f->polls.n < n)
		*PUSH(f->polls.v, f->polls.n) = (struct pollfd){.fd = -1};
	f->polls.v[0] = (struct pollfd){f->watches, POLLIN, 0};
	for (i = 0; i < f->all.n; i++) {
		f->polls.v[1 + 2 * i] = (struct pollfd){f->all.v[i].pidfd, POLLIN, 0};
		f->polls.v[2 + 2 * i] = (struct pollfd){f->all.v[i].oom.fd, POLLIN, 0};
		blind |= f->all.v[i].oom.late || (*f->all.v[i].id && f->all.v[i].pidfd < 0 && (f->all.v[i].told == CREATED || f->all.v[i].told == STARTED));
	}
	return sys_poll(f->polls.v, n, blind ? SLICE : -1);
}

static void
turn(struct follow *f)
{
	size_t i, n = f->all.n;
	struct seen *b;

	if (wait_all(f) < 0)
		return;
	for (i = 0; i < n; i++) {
		b = &f->all.v[i];
		if (f->polls.v[2 + 2 * i].revents || b->oom.late)
			say_ooms(&f->o, &b->oom, b->id);
		if (f->polls.v[1 + 2 * i].revents)
			update(f, b), stopped(f, b); /* what it was before its end is told first */
		else if (b->pidfd < 0 && *b->id && b->told != STOPPED)
			update(f, b);
	}
	take_events(f);
}

int
follow_lifecycle(const char *root, const char *id)
{
	struct follow f = {.root = root, .only = id, .o = out_fd(1)};
	int e = file_mkdirs(root, 0711, NULL);

	f.watches = e ? e : sys_inotify_init1(O_CLOEXEC | O_NONBLOCK);
	f.top = f.watches < 0 ? f.watches : sys_inotify_add_watch(f.watches, root, IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR);
	if (f.top < 0)
		return f.top;
	meet_all(&f);
	while (!f.done && !f.o.err)
		turn(&f);
	return f.o.err;
}

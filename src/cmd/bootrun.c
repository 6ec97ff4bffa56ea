/* SPDX-License-Identifier: MIT */
/* bootrun.c - what becomes of each container of `mote boot`: needs, turns, restarts, ends; takes nothing from the arena */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "box/sock.h"
#include "box/watch.h"
#include "cmd/boot.h"
#include "spec/names.h"
#include "sys.h"

enum { LOOK_MS = 100, STABLE_MS = 10000 }; /* between looks at the host's paths; who lived that long starts with a clean slate */

uint64_t
boot_now(void)
{
	struct timespec t = {0};

	sys_clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

void
boot_say(const struct unit *u, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	size_t n = text_fmt(text, 300, u ? "boot %s: " : "boot: ", u ? u->name : "");

	va_start(ap, fmt);
	n += text_vfmt(text + n, sizeof text - n - 1, fmt, ap);
	va_end(ap);
	n = n < sizeof text - 2 ? n : sizeof text - 2;
	text[n] = 0;
	n = diag_tame(text);
	text[n] = '\n';
	file_write_all(2, text, n + 1);
}

static void
become(struct boot *b, struct unit *u, enum unit_state s)
{
	u->state = s;
	u->deadline = 0;
	b->changed = b->news = true;
}

static bool
is_over(const struct unit *u)
{
	return u->state >= UNIT_DONE;
}

static bool
lives(const struct unit *u)
{
	return u->state >= UNIT_STARTS && u->state <= UNIT_CLEANS;
}

/* --- turns and needs -------------------------------------------------------------------------- */

static bool
stage_over(const struct boot *b, enum boot_stage stage)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->v[i].stage == stage && !is_over(&b->v[i]))
			return false;
	return true;
}

/* Lower numbers come first, and onboot before services. */
static bool
has_turn(const struct boot *b, const struct unit *u)
{
	const struct unit *v;
	size_t i;

	if (u->stage == BOOT_ONSHUTDOWN && !(b->stopping && stage_over(b, BOOT_ONBOOT) && stage_over(b, BOOT_SERVICES)))
		return false;
	if (u->stage == BOOT_SERVICES && !stage_over(b, BOOT_ONBOOT))
		return false;
	for (i = 0; i < b->n; i++) {
		v = &b->v[i];
		if (v->stage == u->stage && v->number < u->number && !is_over(v) && !(v->stage == BOOT_SERVICES && v->settled))
			return false;
	}
	return true;
}

static bool
has_type(const struct strs *paths, mode_t a, mode_t b)
{
	struct stat st;
	size_t i;

	for (i = 0; i < paths->n; i++)
		if (sys_fstatat(AT_FDCWD, paths->v[i], &st, 0) || (a && (st.st_mode & S_IFMT) != a && (st.st_mode & S_IFMT) != b))
			return false;
	return true;
}

static bool
has_paths(const struct unit *u)
{
	const struct boot_needs *n = &u->spec.needs;
	size_t i;

	for (i = 0; i < n->mounts.n; i++)
		if (!pid1_mounted(n->mounts.v[i]))
			return false;
	return has_type(&n->files, 0, 0) && has_type(&n->devices, S_IFCHR, S_IFBLK) && has_type(&n->sockets, S_IFSOCK, S_IFSOCK);
}

static bool
is_there(const struct unit *u)
{
	return u->state == UNIT_DONE || u->state == UNIT_SKIPPED || (u->state == UNIT_READY && u->stage == BOOT_SERVICES);
}

/* The first container that u waits for, or NULL. */
static const struct unit *
missing(const struct boot *b, const struct unit *u)
{
	size_t i;

	for (i = 0; i < u->nneeds; i++)
		if (!is_there(&b->v[u->needs[i]]))
			return &b->v[u->needs[i]];
	return NULL;
}

/* --- ends ------------------------------------------------------------------------------------- */

static void
fail_unit(struct boot *b, struct unit *u)
{
	become(b, u, UNIT_FAILED);
	u->settled = true;
	if (u->spec.on_failure == FAILURE_CONTINUE || b->stopping)
		return;
	boot_say(u, "so everything ends: its onFailure is %s", u->spec.on_failure == FAILURE_REBOOT ? "reboot" : "poweroff");
	b->then = u->spec.on_failure == FAILURE_REBOOT ? THEN_REBOOT : THEN_OFF;
	boot_stop(b);
}

static void
say_end(const struct unit *u, const char *then)
{
	if (WIFSIGNALED(u->status))
		boot_say(u, "was ended by signal %d%s", WTERMSIG(u->status), then);
	else
		boot_say(u, u->up ? "ended with status %d%s" : "could not be started (%d)%s", WEXITSTATUS(u->status), then);
}

static void
again(struct boot *b, struct unit *u)
{
	uint64_t wait = u->spec.backoff;
	char then[80];
	unsigned i;

	for (i = 1; i < u->fails && wait < u->spec.backoff_max; i++)
		wait *= 2;
	wait = wait < u->spec.backoff_max ? wait : u->spec.backoff_max;
	text_fmt(then, sizeof then, "; starts again in %llu ms", (unsigned long long)wait);
	say_end(u, then);
	become(b, u, UNIT_BACKOFF);
	u->deadline = boot_now() + wait;
}

/* Nothing of it is left. */
static void
after_end(struct boot *b, struct unit *u)
{
	bool good = !u->status && !u->killed, wanted;

	u->settled = true;
	u->killed = false;
	if (u->stop || (b->stopping && u->stage != BOOT_ONSHUTDOWN)) {
		become(b, u, UNIT_STOPPED);
		return;
	}
	if (u->up && u->ended - u->up >= STABLE_MS)
		u->fails = 0;
	wanted = u->spec.restart == RESTART_ALWAYS || (u->spec.restart == RESTART_ON_FAILURE && !good);
	if (!wanted && good) {
		if (b->debug)
			say_end(u, "");
		become(b, u, UNIT_DONE);
		return;
	}
	u->fails++;
	if (wanted && !(u->spec.give_up && u->fails >= u->spec.give_up)) {
		again(b, u);
		return;
	}
	say_end(u, wanted ? "; given up: that was once too often in a row" : "; it has failed");
	fail_unit(b, u);
}

/* The container has ended. */
static void
ended(struct boot *b, struct unit *u, int status)
{
	u->pid = 0;
	u->status = status;
	u->ended = boot_now();
	if (u->log)
		log_drain(u->log);
	file_close(&u->ready);
	file_close(&u->notify);
	become(b, u, UNIT_CLEANS);
	if (unit_clean(b, u))
		after_end(b, u);
}

static void
helper_ended(struct boot *b, struct unit *u, int status)
{
	unit_learn(b, u);
	file_close(&u->word);
	u->helper = 0;
	if (u->state == UNIT_CLEANS) {
		if (status)
			boot_say(u, "what it left could not be taken away");
		after_end(b, u);
	} else if (!u->pid) {
		ended(b, u, WIFSIGNALED(status) ? status : WEXITSTATUS(status) ? status : 0xff00);
	}
}

static void
child_ended(struct boot *b, pid_t pid, int status)
{
	struct unit *u;
	size_t i;

	for (i = 0; i < b->n; i++) {
		u = &b->v[i];
		unit_learn(b, u);
		if (u->helper == pid) {
			helper_ended(b, u, status);
		} else if (u->pid == pid) {
			if (u->helper) /* has handed it to us, so it is gone */
				sys_wait4(u->helper, NULL, 0, NULL);
			file_close(&u->word);
			u->helper = 0;
			ended(b, u, status);
		}
	}
}

void
boot_reap(struct boot *b)
{
	int status;
	pid_t pid;

	while ((pid = sys_wait4(-1, &status, WNOHANG, NULL)) > 0)
		child_ended(b, pid, status);
}

/* --- starts ----------------------------------------------------------------------------------- */

void
unit_says(struct boot *b, struct unit *u, bool ready)
{
	file_close(&u->ready);
	file_close(&u->notify);
	if (u->state != UNIT_UP)
		return;
	if (!ready) { /* most likely it has ended: then there is a better sentence in a moment */
		u->deadline = boot_now() + LOOK_MS;
		return;
	}
	u->is_ready = boot_now();
	become(b, u, UNIT_READY);
	u->settled = u->stage == BOOT_SERVICES;
	if (u->spec.timeout)
		u->deadline = u->is_ready + u->spec.timeout;
	if (b->debug)
		boot_say(u, "is up after %llu ms", (unsigned long long)(u->is_ready - u->begun));
}

void
unit_learn(struct boot *b, struct unit *u)
{
	pid_t pid;

	if (u->word < 0)
		return;
	if (u->spec.notify && u->notify < 0)
		u->notify = sock_receive_fd(u->word);
	if (u->spec.notify && u->notify < 0) {
		u->notify = -1;
		return;
	}
	if (sys_read(u->word, &pid, sizeof pid) != sizeof pid)
		return;
	file_close(&u->word);
	u->pid = pid;
	u->up = boot_now();
	become(b, u, UNIT_UP);
	if (!u->spec.ready_fd && !u->spec.notify)
		unit_says(b, u, true);
	else if (u->spec.ready_timeout)
		u->deadline = u->up + u->spec.ready_timeout;
}

static void
begin(struct boot *b, struct unit *u)
{
	const char *what = u->spec.log;
	int e;

	become(b, u, UNIT_STARTS);
	u->starts++;
	u->begun = boot_now();
	u->up = u->is_ready = 0;
	if (b->debug)
		boot_say(u, "starts");
	e = u->log ? log_open_deep(u->log) : 0; /* now: its file system may have been waited for */
	if (!e) {
		what = "no process for it";
		e = unit_start(b, u);
	}
	if (!e)
		return;
	boot_say(u, "%s: %s", what, text_errno(e));
	ended(b, u, 0xff00);
}

/* --- steps ------------------------------------------------------------------------------------ */

/* True: a path of the host is waited for. */
static bool
step_waiting(struct boot *b, struct unit *u)
{
	const struct unit *v;

	if (b->stopping && u->stage != BOOT_ONSHUTDOWN) {
		become(b, u, UNIT_STOPPED);
		return false;
	}
	v = missing(b, u);
	if (u->wrong || (v && v->state == UNIT_FAILED)) {
		if (u->wrong)
			boot_say(u, "is not started: %s", u->wrong);
		else
			boot_say(u, "is not started: it needs %s, which has failed", v->name);
		fail_unit(b, u);
		return false;
	}
	if (v || !has_turn(b, u))
		return false;
	if (!has_paths(u))
		return true;
	begin(b, u);
	return false;
}

/* Who started later, or needs it, ends before it. */
static bool
may_stop(const struct boot *b, const struct unit *u)
{
	const struct unit *v;
	size_t i, k;

	for (i = 0; i < b->n; i++) {
		v = &b->v[i];
		if (v == u || !lives(v))
			continue;
		if (v->stage == u->stage && v->number > u->number)
			return false;
		for (k = 0; k < v->nneeds; k++)
			if (&b->v[v->needs[k]] == u)
				return false;
	}
	return true;
}

static void
ask_stop(struct boot *b, struct unit *u)
{
	become(b, u, UNIT_STOPS);
	u->stop = true;
	u->deadline = boot_now() + u->spec.grace;
	sys_kill(u->pid, u->spec.stop_signal ? signal_parse(u->spec.stop_signal) : SIGTERM);
}

/* Its time is up. */
static void
late(struct boot *b, struct unit *u)
{
	switch (u->state) {
	case UNIT_BACKOFF:
		become(b, u, UNIT_WAITS);
		return;
	case UNIT_STARTS:
		boot_say(u, "does not come to its start: killed");
		sys_kill(u->helper, SIGKILL);
		break;
	case UNIT_STOPS:
		boot_say(u, "does not end: killed");
		break;
	case UNIT_UP:
		boot_say(u, "is not ready in time, or closed its descriptor without a word: killed");
		u->killed = true;
		break;
	default:
		boot_say(u, "has not come to its end in %llu ms: killed", (unsigned long long)u->spec.timeout);
		u->killed = true;
	}
	u->deadline = 0;
	if (u->pid)
		sys_kill(u->pid, SIGKILL);
}

static bool
step(struct boot *b, struct unit *u)
{
	bool stopping = b->stopping && u->stage != BOOT_ONSHUTDOWN;

	if (u->deadline && boot_now() >= u->deadline)
		late(b, u);
	if (u->state == UNIT_WAITS)
		return step_waiting(b, u);
	if (stopping && u->state == UNIT_BACKOFF)
		become(b, u, UNIT_STOPPED);
	else if (stopping && (u->state == UNIT_UP || u->state == UNIT_READY) && may_stop(b, u))
		ask_stop(b, u);
	else if (stopping && u->state == UNIT_STARTS && !u->deadline)
		u->deadline = boot_now() + u->spec.grace;
	return false;
}

int
boot_step(struct boot *b)
{
	uint64_t now, next = UINT64_MAX;
	bool look = false;
	size_t i;

	do { /* what one does may be what another waits for */
		b->changed = false;
		for (i = 0; i < b->n; i++)
			look |= step(b, &b->v[i]);
	} while (b->changed);
	for (i = 0; i < b->n; i++)
		if (b->v[i].deadline && b->v[i].deadline < next)
			next = b->v[i].deadline;
	now = boot_now();
	if (look && next > now + LOOK_MS)
		next = now + LOOK_MS;
	return next == UINT64_MAX ? -1 : next <= now ? 0 : next - now > 60000 ? 60000 : (int)(next - now);
}

bool
boot_over(const struct boot *b)
{
	return stage_over(b, BOOT_ONBOOT) && stage_over(b, BOOT_SERVICES) && (!b->stopping || stage_over(b, BOOT_ONSHUTDOWN));
}

bool
boot_full(const struct boot *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->v[i].stage == BOOT_SERVICES && !b->v[i].settled && !is_over(&b->v[i]))
			return false;
	return stage_over(b, BOOT_ONBOOT);
}

void
boot_stop(struct boot *b)
{
	b->stopping = true;
	b->changed = true;
}

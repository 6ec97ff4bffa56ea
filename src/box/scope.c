/* SPDX-License-Identifier: MIT */
/* scope.c - a transient scope of systemd's as the container's cgroup: made, left and ended */
#include "box/scope.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/replay.h"
#include "sys.h"

enum { LIMIT_MS = 30000 };

struct scope_step {
	const char *slice, *path;
	struct dbus_properties all;
};

bool
scope_host(void)
{
	return sys_faccessat(AT_FDCWD, "/run/systemd/system", F_OK) == 0;
}

const char *
scope_unit(const char *cgroup)
{
	const char *slash = strrchr(cgroup, '/');

	return slash ? slash + 1 : cgroup;
}

/* --- plan -------------------------------------------------------------------------------------- */

/* Of "/a.slice/a-b.slice/x.scope" the folder above the last; of "/x.scope" the root's. */
static const char *
slice_of(const char *path)
{
	const char *unit = scope_unit(path), *from;
	size_t n = unit - path;

	if (n <= 1)
		return "-.slice";
	for (from = unit - 1; from > path && from[-1] != '/'; from--)
		;
	return arena_copy(from, unit - 1 - from);
}

bool
scope_check(const struct job *j, struct diag *d)
{
	struct fault f = {.name = "linux.cgroupsPath", .rule = 36};

	if (j->facts->euid)
		f.text = "is a scope of systemd's, and mote asks only the system's systemd, as root, not a user's own";
	else if (j->facts->cgroup.mode != CGROUP_V2)
		f.text = "is a scope of systemd's, for which mote needs a host with nothing but version 2 of cgroups";
	else if (text_ends(cgroup_path(j), ".slice"))
		f.text = "is a slice, in which systemd lets no process be: slice:prefix:name with a name of another ending is a scope";
	if (f.text)
		diag_add(d, f);
	return scope_annotations(&(struct dbus_properties){.n = 0}, &j->spec->annotations, d) && !f.text;
}

/* What is shown of them, and compared at start. */
static const char *
told(const struct dbus_properties *all)
{
	struct out o = out_mem();
	const struct dbus_property *p;
	size_t i;

	for (p = all->v; p < all->v + all->n; p++) {
		out_fmt(&o, "%s%s=", p == all->v ? "" : " ", p->name);
		if (*p->type != 's' && *p->type != 'a')
			out_fmt(&o, "%llu", (unsigned long long)p->n);
		for (i = 0; p->type[0] == 'a' && p->type[1] == 'y' && i < p->n; i++)
			out_fmt(&o, "%02x", (unsigned char)p->s.v[0][i]);
		for (i = 0; p->type[strlen(p->type) - 1] == 's' && i < p->s.n; i++)
			out_fmt(&o, "%s%s", i ? "," : "", p->s.v[i]);
	}
	return out_text(&o);
}

static void
add_text(struct dbus_properties *all, const char *name, const char *value)
{
	struct dbus_property *p = scope_add(all, name, "s", 0);

	*PUSH(p->s.v, p->s.n) = value;
}

/* In the order in which they count: an annotation outdoes mote's own, a limit of the config outdoes an annotation. */
void
plan_scope(struct plan *p, const struct job *j, const struct cgroup_settings *s)
{
	static const char *const on[] = {"Delegate", "MemoryAccounting", "CPUAccounting", "IOAccounting", "TasksAccounting"};
	struct scope_step *scope = NEW(struct scope_step);
	struct dbus_properties *all = &scope->all;
	const char *path = cgroup_path(j);
	struct step *st;
	size_t i;

	scope->path = path;
	scope->slice = slice_of(path);
	add_text(all, "Description", text_make("mote container %s", j->id));
	add_text(all, "Slice", scope->slice);
	for (i = 0; i < sizeof on / sizeof *on; i++)
		scope_add(all, on[i], "b", 1);
	scope_add(all, "DefaultDependencies", "b", 0);
	add_text(all, "CollectMode", "inactive-or-failed");
	scope_annotations(all, &j->spec->annotations, &(struct diag){.count = 0});
	scope_limits(all, s);
	st = plan_add_a(p, OP_scope, HOST, scope_unit(path));
	st->b = told(all);
	st->p = scope;
	st->flags = UNDO;
}

void
plan_scope_enter(struct plan *p)
{
	plan_add(p, OP_scope_enter, HOST);
}

void
plan_scope_set(struct plan *p, const struct job *j, const struct cgroup_settings *s)
{
	struct dbus_properties *all = NEW(struct dbus_properties);
	struct step *st;

	scope_limits(all, s);
	if (!all->n)
		return;
	st = plan_add_a(p, OP_scope_set, HOST, scope_unit(cgroup_path(j)));
	st->b = told(all);
	st->p = all;
}

/* --- calls ------------------------------------------------------------------------------------- */

static struct dbus_call
manager(const char *member, const char *sig)
{
	return (struct dbus_call){"org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", member,
		sig, out_mem()};
}

static void
put_properties(struct out *o, const struct dbus_properties *all, pid_t pid)
{
	size_t at = dbus_begin(o, 8), i;

	if (pid)
		dbus_property(o, &(struct dbus_property){.name = "PIDs", .type = "au", .n = pid});
	for (i = 0; i < all->n; i++)
		dbus_property(o, all->v + i);
	dbus_end(o, at, 8);
}

/* Makes a call that starts a job, and waits for the job's end. */
static int
run_job(struct dbus *d, struct dbus_call *c)
{
	struct dbus_reply m;
	const char *job, *its, *result;
	int e = dbus_call(d, c, &m);

	if (e)
		return e;
	job = dbus_read_string(&m.body);
	job = arena_copy(job, strlen(job));
	do {
		e = dbus_next(d, &m);
		if (e)
			return e;
		dbus_read_u32(&m.body); /* uoss: id, job, unit, result */
		its = dbus_read_string(&m.body);
		dbus_read_string(&m.body);
		result = dbus_read_string(&m.body);
	} while (m.type != DBUS_SIGNAL || !text_eq(m.member, "JobRemoved") || m.body.bad || !text_eq(its, job));
	if (text_eq(result, "done"))
		return 0;
	d->error = "";
	d->why = text_make("systemd's job ended with \"%s\" (journalctl tells more)", result);
	return -EREMOTEIO;
}

static void
reset_failed(struct dbus *d, const char *unit)
{
	struct dbus_call c = manager("ResetFailedUnit", "s");
	struct dbus_reply m;

	dbus_string(&c.body, unit);
	dbus_call(d, &c, &m);
}

static int
start(struct dbus *d, const char *unit, const struct scope_step *scope, pid_t pid)
{
	struct dbus_call c = manager("StartTransientUnit", "ssa(sv)a(sa(sv))");
	size_t at;
	int e;

	dbus_string(&c.body, unit);
	dbus_string(&c.body, "replace");
	put_properties(&c.body, &scope->all, pid);
	at = dbus_begin(&c.body, 8); /* no further units */
	dbus_end(&c.body, at, 8);
	e = run_job(d, &c);
	if (!e || !text_ends(d->error, ".UnitExists"))
		return e;
	reset_failed(d, unit); /* what a failed scope of that name left behind */
	return run_job(d, &c);
}

int
scope_stop(const char *unit, const char **why)
{
	struct dbus_call c = manager("StopUnit", "ss");
	struct dbus d;
	int e = dbus_open(&d, LIMIT_MS);

	if (!e) {
		dbus_string(&c.body, unit);
		dbus_string(&c.body, "replace");
		e = run_job(&d, &c);
		if (text_ends(d.error, ".NoSuchUnit"))
			e = 0;
		else
			reset_failed(&d, unit);
		file_close(&d.fd);
	}
	*why = d.why;
	return e;
}

/* --- steps ------------------------------------------------------------------------------------- */

/* The process that the scope begins with: it does nothing, and does not outlive mote. */
static pid_t
holder(void)
{
	pid_t mote = sys_getpid(), pid = sys_clone(SIGCHLD, NULL);

	if (pid != 0)
		return pid;
	sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (sys_getppid() == mote)
		sys_poll(NULL, 0, -1);
	sys_exit_group(0);
}

static void
end_holder(struct run *r)
{
	if (r->holder <= 0)
		return;
	sys_kill(r->holder, SIGKILL);
	sys_wait4(r->holder, NULL, 0, NULL);
	r->holder = 0;
}

/* systemd has said that it is done; the kernel must say the same, or the container would run without its limits. */
static int
proven(struct run *r, const char *path)
{
	char buf[4096];
	ssize_t n = file_peek(run_proc(r), text_make("%d/cgroup", (int)r->holder), buf, sizeof buf);
	const char *own = n > 0 ? text_find(buf, "0::") : NULL;

	if (own && !strncmp(own + 3, path, strlen(path)) && own[3 + strlen(path)] == '\n')
		return 0;
	run_note(r, text_make("systemd has put it elsewhere: %s", own ? arena_copy(own, strcspn(own, "\n")) : "unknown"));
	return -EXDEV;
}

int
do_scope(struct run *r, const struct step *s)
{
	const struct scope_step *scope = s->p;
	struct dbus d;
	const char *why;
	int e = dbus_open(&d, LIMIT_MS);

	if (!e) {
		r->holder = holder();
		e = r->holder < 0 ? r->holder : start(&d, s->a, scope, r->holder);
		if (r->holder < 0)
			d.why = text_errno(e);
		file_close(&d.fd);
	}
	if (e) {
		run_note(r, d.why);
		end_holder(r);
		return e;
	}
	e = proven(r, scope->path);
	if (e) {
		end_holder(r);
		scope_stop(s->a, &why);
	}
	return e;
}

int
undo_scope(struct run *r, const struct step *s)
{
	const char *why;

	end_holder(r);
	return scope_stop(s->a, &why);
}

int
do_scope_enter(struct run *r, const struct step *s)
{
	(void)s;
	end_holder(r);
	return 0;
}

int
do_scope_set(struct run *r, const struct step *s)
{
	struct dbus_call c = manager("SetUnitProperties", "sba(sv)");
	struct dbus_reply m;
	struct dbus d;
	int e = dbus_open(&d, LIMIT_MS);

	if (!e) {
		dbus_string(&c.body, s->a);
		dbus_u32(&c.body, 1); /* until the next boot */
		put_properties(&c.body, s->p, 0);
		e = dbus_call(&d, &c, &m);
		file_close(&d.fd);
	}
	if (e)
		run_note(r, d.why);
	return e;
}

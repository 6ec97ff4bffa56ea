/* SPDX-License-Identifier: MIT */
/* state.c - what is remembered in ROOT/ID, and what the kernel says of it now */
#include "box/state.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"
#include "box/gate.h"
#include "box/image.h"
#include "box/replay.h"
#include "sys.h"

enum { ID_MAX = 255, STATE_MAX = 16 << 20 };

static const char *const status_names[] = {"creating", "created", "running", "stopped", "paused"};

const char *
status_name(enum status s)
{
	return status_names[s];
}

bool
id_valid(const char *id, struct diag *d)
{
	size_t n = strlen(id), i;

	if (n == 0 || n > ID_MAX)
		return diag_fail(d, "container id must have 1 to %d characters, not %zu", ID_MAX, n);
	for (i = 0; i < n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-.", id[i]))
			return diag_fail(d, "container id may hold only letters, digits and _ + - .");
	if (!strcmp(id, ".") || !strcmp(id, "..") || *id == '-')
		return diag_fail(d, "container id may not be . or .. nor begin with -");
	return true;
}

/* --- JSON out --------------------------------------------------------------------------------- */

static void
put_pairs(struct jout *j, const char *key, const struct pairs *p)
{
	size_t i;

	jout_open(j, key, '{');
	for (i = 0; i < p->n; i++)
		jout_str(j, p->v[i].key, p->v[i].value);
	jout_close(j, '}');
}

static void
put_end(struct jout *j, const struct state *s)
{
	if (s->exit_code.given)
		jout_int(j, "exitCode", s->exit_code.v);
	if (HAVE_REAPER && s->exit_signal.given)
		jout_int(j, "exitSignal", s->exit_signal.v);
	if (HAVE_REAPER && s->exit_code.given)
		jout_bool(j, "oomKilled", s->oom_killed);
}

void
state_json(struct jout *j, const char *key, const struct state *s, enum status status)
{
	bool lives = status == STATUS_CREATED || status == STATUS_RUNNING ||
		status == STATUS_PAUSED || (status == STATUS_CREATING && s->pid);

	jout_open(j, key, '{');
	jout_str(j, "ociVersion", s->oci_version);
	jout_str(j, "id", s->id);
	jout_str(j, "status", status_name(status));
	jout_int(j, "pid", lives ? s->pid : 0);
	jout_str(j, "bundle", s->bundle);
	if (s->rootfs)
		jout_str(j, "rootfs", s->rootfs);
	if (s->created)
		jout_str(j, "created", s->created);
	if (s->owner)
		jout_str(j, "owner", s->owner);
	if (s->digest)
		jout_str(j, "digest", s->digest);
	if (status == STATUS_STOPPED)
		put_end(j, s);
	if (s->annotations.n)
		put_pairs(j, "annotations", &s->annotations);
	IF_UPDATE(if (s->resources) jout_raw(j, "resources", s->resources);)
	jout_close(j, '}');
}

enum kind { STR, NUM, BOOL };

/* clang-format off */
static const struct { const char *key; uint8_t kind; uint16_t at; } rows[] = {
	{"id", STR, offsetof(struct state, id)},
	{"ociVersion", STR, offsetof(struct state, oci_version)},
	{"bundle", STR, offsetof(struct state, bundle)},
	{"rootfs", STR, offsetof(struct state, rootfs)},
	{"created", STR, offsetof(struct state, created)},
	{"owner", STR, offsetof(struct state, owner)},
	{"cgroup", STR, offsetof(struct state, cgroup)},
	{"digest", STR, offsetof(struct state, digest)},
	{"startTime", NUM, offsetof(struct state, start_time)},
	{"plan", NUM, offsetof(struct state, plan)},
	{"gate", BOOL, offsetof(struct state, created_by_create)},
	{"pidFile", STR, offsetof(struct state, pid_file)},
	{"consoleSocket", STR, offsetof(struct state, console_socket)},
	{"preserveFds", NUM, offsetof(struct state, preserve_fds)},
	{"listenFds", NUM, offsetof(struct state, listen_fds)},
	{"noPivot", BOOL, offsetof(struct state, no_pivot)},
	{"noNewKeyring", BOOL, offsetof(struct state, no_new_keyring)},
	{"noCgroups", BOOL, offsetof(struct state, no_cgroups)},
#if HAVE_SYSTEMD
	{"systemd", BOOL, offsetof(struct state, systemd)},
#endif
#if HAVE_REAPER
	{"log", BOOL, offsetof(struct state, log)},
	{"notify", BOOL, offsetof(struct state, notify)},
	{"supervised", BOOL, offsetof(struct state, supervised)},
	{"reaper", NUM, offsetof(struct state, reaper)},
	{"reaperStart", NUM, offsetof(struct state, reaper_start)},
#endif
#if HAVE_INIT
	{"init", BOOL, offsetof(struct state, init)},
#endif
};
/* clang-format on */

static void
put_row(struct jout *j, const struct state *s, size_t i)
{
	const char *at = (const char *)s + rows[i].at, *text;

	switch (rows[i].kind) {
	case STR:
		text = *(const char *const *)(const void *)at;
		if (text)
			jout_str(j, rows[i].key, text);
		break;
	case NUM: jout_uint(j, rows[i].key, *(const uint64_t *)(const void *)at); break;
	default: jout_bool(j, rows[i].key, *(const bool *)at); break;
	}
}

static char *
state_text(const struct state *s)
{
	struct out o = out_mem();
	struct jout j = {.o = &o, .pretty = true};
	size_t i;

	jout_open(&j, NULL, '{');
	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		put_row(&j, s, i);
	jout_int(&j, "pid", s->pid);
	jout_open(&j, "cgroups", '[');
	for (i = 0; i < s->cgroups.n; i++)
		jout_str(&j, NULL, s->cgroups.v[i]);
	jout_close(&j, ']');
	put_end(&j, s);
	put_pairs(&j, "annotations", &s->annotations);
	IF_UPDATE(if (s->resources) jout_raw(&j, "resources", s->resources);)
	jout_close(&j, '}');
	jout_end(&j);
	return out_text(&o);
}

int
state_store(const struct state *s, const char *state_dir)
{
	char *text = state_text(s);

	return file_replace(AT_FDCWD, text_path(state_dir, "state.json"), text, strlen(text), 0600);
}

/* --- JSON in ---------------------------------------------------------------------------------- */

static bool
read_row(struct json *j, struct state *s, size_t i)
{
	char *at = (char *)s + rows[i].at;
	bool negative;

	switch (rows[i].kind) {
	case STR: return json_string(j, (const char **)(void *)at, NULL);
	case NUM: return json_whole(j, &negative, (uint64_t *)(void *)at);
	default: return json_bool(j, (bool *)at);
	}
}

static bool
read_strs(struct json *j, struct strs *v)
{
	if (!json_enter(j))
		return false;
	while (json_element(j))
		if (!json_string(j, PUSH(v->v, v->n), NULL))
			return false;
	return !j->fault;
}

static bool
read_pairs(struct json *j, struct pairs *v)
{
	const char *key;
	struct pair *p;

	if (!json_enter(j))
		return false;
	while (json_member_copy(j, &key)) {
		p = PUSH(v->v, v->n);
		p->key = key;
		if (!json_string(j, &p->value, NULL))
			return false;
	}
	return !j->fault;
}

static bool
read_int(struct json *j, int64_t *v)
{
	uint64_t u = 0;
	bool negative = false;

	if (!json_whole(j, &negative, &u))
		return false;
	*v = negative ? -(int64_t)u : (int64_t)u;
	return true;
}

#if HAVE_UPDATE
/* A value as it stands: the text is all in memory. */
static bool
read_raw(struct json *j, const char **text)
{
	const char *from;

	json_peek(j);
	from = j->p;
	if (!json_skip(j))
		return false;
	*text = arena_copy(from, j->p - from);
	return true;
}
#endif

static bool
read_member(struct json *j, struct state *s)
{
	struct opt *o;
	int64_t pid;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_eq(j->key, rows[i].key))
			return read_row(j, s, i);
	if (text_eq(j->key, "cgroups"))
		return read_strs(j, &s->cgroups);
	if (text_eq(j->key, "annotations"))
		return read_pairs(j, &s->annotations);
#if HAVE_UPDATE
	if (text_eq(j->key, "resources"))
		return read_raw(j, &s->resources);
#endif
	if (HAVE_REAPER && text_eq(j->key, "oomKilled"))
		return json_bool(j, &s->oom_killed);
	o = text_eq(j->key, "exitCode") ? &s->exit_code : HAVE_REAPER && text_eq(j->key, "exitSignal") ? &s->exit_signal : NULL;
	if (o) {
		o->given = true;
		return read_int(j, &o->v);
	}
	if (!text_eq(j->key, "pid"))
		return json_skip(j);
	if (!read_int(j, &pid))
		return false;
	s->pid = pid;
	return true;
}

bool
state_load(struct state *s, const char *root, const char *id, struct diag *d)
{
	char *path = text_path(text_path(root, id), "state.json"), *text;
	struct json *j = NEW(struct json);
	size_t len;
	int e;

	*s = (struct state){.id = id};
	e = file_read(AT_FDCWD, path, STATE_MAX, &text, &len);
	if (e == -ENOENT)
		return diag_fail(d, "container \"%s\" does not exist", id);
	if (e)
		return diag_fail(d, "read %s: %s", path, text_errno(e));
	json_open_text(j, text, len);
	if (json_enter(j))
		while (json_member(j) && read_member(j, s))
			;
	if (!json_done(j))
		return diag_fail(d, "%s:%u:%u: %s", path, j->at_line, j->at_column, j->fault);
	return true;
}

/* --- what the kernel says --------------------------------------------------------------------- */

/* Field 22 of /proc/PID/stat, and field 3; the name in field 2 may hold anything, so counting begins at the last ')'. */
bool
state_stat(int proc, pid_t pid, char *state, uint64_t *start, uint64_t *status)
{
	char buf[1024], path[32];
	const char *c, *end;
	int field;

	text_fmt(path, sizeof path, "%d/stat", (int)pid);
	if (proc < 0 || file_peek(proc, path, buf, sizeof buf) <= 0)
		return false;
	c = strrchr(buf, ')');
	if (!c || c[1] != ' ')
		return false;
	*state = c[2];
	if (status && !text_u64_prefix(strrchr(c, ' ') + 1, &end, status)) /* field 52, the last */
		return false;
	for (c += 2, field = 3; field < 22 && *c; c++)
		field += *c == ' ';
	return text_u64_prefix(c, &c, start);
}

uint64_t
state_start_time(int proc, pid_t pid)
{
	uint64_t start = 0;
	char c;

	return state_stat(proc, pid, &c, &start, NULL) ? start : 0;
}

bool
state_alive(const struct state *s)
{
	autofd int proc = -1;
	uint64_t start;
	char c;

	if (s->pid <= 0 || sys_kill(s->pid, 0) == -ESRCH)
		return false;
	proc = proc_fd();
	if (!state_stat(proc, s->pid, &c, &start, NULL))
		return proc < 0; /* no /proc to tell more than kill did */
	return c != 'Z' && c != 'X' && (!s->start_time || s->start_time == start);
}

/* By pidfd, opened before the last look at the start time: the signal cannot reach a new process with an old pid. */
int
state_signal(const struct state *s, int sig)
{
	int fd = sys_pidfd_open(s->pid, 0);
	int e;

	if (!state_alive(s))
		return -ESRCH;
	if (fd < 0)
		return sys_kill(s->pid, sig);
	e = sys_pidfd_send_signal(fd, sig, NULL, 0);
	sys_close(fd);
	return e == -ENOSYS ? sys_kill(s->pid, sig) : e;
}

enum status
state_status(const struct state *s, const char *state_dir)
{
	if (s->pid == 0)
		return s->exit_code.given ? STATUS_STOPPED : STATUS_CREATING;
	if (s->exit_code.given || !state_alive(s))
		return STATUS_STOPPED;
	IF_PAUSE(if (cgroup_frozen(&s->cgroups)) return STATUS_PAUSED;)
	return gate_exists(state_dir) ? STATUS_CREATED : STATUS_RUNNING;
}

/* --- steps ------------------------------------------------------------------------------------ */

static const char *
now(void)
{
	struct timespec t;

	sys_clock_gettime(CLOCK_REALTIME, &t);
	return text_time(t.tv_sec, t.tv_nsec);
}

void
state_from(struct state *s, struct run *r)
{
	const struct job *j = r->job;

	if (!r->created)
		r->created = now();
	*s = (struct state){.id = j->id, .bundle = j->bundle, .rootfs = j->rootfs, .digest = j->digest, .pid = r->pid,
		.created = r->created, .owner = sys_geteuid() ? text_make("%u", (unsigned)sys_geteuid()) : "root",
		.oci_version = j->spec->oci_version, .cgroup = j->spec->linux.cgroups_path,
		.plan = j->goal == GOAL_CREATE ? plan_hash(r->plan) : 0, .annotations = j->spec->annotations,
		.created_by_create = j->goal == GOAL_CREATE, .pid_file = j->pid_file,
		.console_socket = j->console_socket, .preserve_fds = j->preserve_fds,
		.listen_fds = j->listen_fds, .no_pivot = j->no_pivot,
		.no_new_keyring = j->no_new_keyring, .no_cgroups = j->no_cgroups, .systemd = j->systemd,
		.log = j->log, .notify = j->notify, .init = j->init, .supervised = j->supervised};
	s->start_time = r->pid ? state_start_time(run_proc(r), r->pid) : 0;
	if (HAVE_REAPER && j->reaper)
		s->reaper_start = state_start_time(run_proc(r), s->reaper = sys_getpid());
	cgroup_record(r->plan, r, s);
}

int
do_state_save(struct run *r, const struct step *s)
{
	struct state st;

	(void)s;
	state_from(&st, r);
	return state_store(&st, r->job->state_dir);
}

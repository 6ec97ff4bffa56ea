/* SPDX-License-Identifier: MIT */
/* exec.c - the last steps: session, folder, descriptors, signals, execve */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/exec.h"
#include "box/init.h"
#include "box/agent.h"
#include "box/replay.h"
#include "box/tty.h"
#include "box/user.h"
#include "sys.h"

static const char fallback_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* --- plan ------------------------------------------------------------------------------------- */

static const char *
env_find(const struct strs *env, const char *name)
{
	size_t i, n = strlen(name);

	for (i = env->n; i > 0; i--)
		if (text_starts(env->v[i - 1], name) && env->v[i - 1][n] == '=')
			return env->v[i - 1] + n + 1;
	return NULL;
}

/* Every path that execvp(3) would try, in its order. */
static const char **
candidates(const char *command, const char *path)
{
	const char **v = NULL, *end;
	size_t n = 0;

	if (strchr(command, '/')) {
		*PUSH(v, n) = command;
	} else {
		for (;; path = end + 1) {
			end = strchr(path, ':');
			if (!end)
				end = path + strlen(path);
			*PUSH(v, n) = end == path ? text_path(".", command) :
				text_path(arena_copy(path, end - path), command);
			if (!*end)
				break;
		}
	}
	*PUSH(v, n) = NULL;
	return v;
}

static const char **
null_ended(const struct strs *s)
{
	const char **v = NEWS(const char *, s->n + 1);
	size_t i;

	for (i = 0; i < s->n; i++)
		v[i] = s->v[i];
	return v;
}

/* Of two with the same name the last one counts, as with the peers. */
static size_t
env_put(const char **v, size_t n, const char *entry)
{
	size_t i, name = strcspn(entry, "=");

	for (i = 0; i < n && strncmp(v[i], entry, name + 1); i++)
		;
	v[i] = entry;
	return i < n ? n : n + 1;
}

/* The program's environment: what the config says, LISTEN_* when sockets are handed on, and HOME as the peers do when it
 * is missing: the box fills it in from the image's /etc/passwd. */
static const char **
environment(const struct job *j, char **home)
{
	const struct strs *env = &j->spec->process.env;
	const char **v = NEWS(const char *, env->n + 4);
	size_t n = 0, i;

	for (i = 0; i < env->n; i++)
		n = env_put(v, n, env->v[i]);
	if (j->listen_fds) {
		n = env_put(v, n, text_make("LISTEN_FDS=%u", j->listen_fds));
		n = env_put(v, n, "LISTEN_PID=1");
	}
	if (!env_find(env, "HOME")) {
		v[n] = *home = arena_get(HOME_MAX);
		text_fmt(*home, HOME_MAX, "HOME=/");
	}
	return v;
}

static struct exec_step *
exec_step(const struct job *j)
{
	const struct process_spec *s = &j->spec->process;
	struct exec_step *e = NEW(struct exec_step);
	const char *path = env_find(&s->env, "PATH");

	e->paths = candidates(s->args.v[0], path && *path ? path : fallback_path);
	e->argv = (char *const *)null_ended(&s->args);
	e->envp = (char *const *)environment(j, &e->home);
	e->uid = s->user.uid;
	return e;
}

/* Looked for before the gate, so that create fails and not only start; found again by start's execve. */
void
plan_lookup(struct plan *p, const struct job *j)
{
	const struct process_spec *s = &j->spec->process;

	if (s->given)
		plan_add_a(p, OP_lookup, BOX, s->args.v[0])->p = exec_step(j);
}

/* All that mote itself still has to do is done before a filter is loaded that may not allow it: the last turn, too. */
void
plan_ready(struct plan *p, const struct job *j)
{
	const struct uopt *mask = &j->spec->process.user.umask;
	struct step *st;

	IF_REAPER(if (j->log) plan_add(p, OP_log_stdio, BOX)->slot = p->v[plan_find(p, OP_log_pipe)].slot;)
	st = plan_add(p, OP_close_fds, BOX);
	st->n = 3 + j->preserve_fds + j->listen_fds;
	IF_INIT(if (j->init) st->slot = p->v[plan_find(p, OP_init_self)].slot;)
	st = plan_add(p, OP_umask, BOX);
	st->n = mask->given ? mask->v : 0;
	st->a = mask->given ? "" : NULL;
	plan_add(p, OP_signals, BOX);
	IF_NOTIFY(plan_agent(p, j);)
	plan_add(p, OP_ready, BOX);
	IF_NOTIFY(plan_agent_send(p, j);)
}

void
plan_exec(struct plan *p, const struct job *j)
{
	const struct process_spec *s = &j->spec->process;
	struct step *st;

	if (!s->given)
		return;
	IF_INIT(plan_init(p, j);)
	st = plan_add_a(p, OP_execve, BOX, s->args.v[0]);
	st->p = p->v[plan_find(p, OP_lookup)].p;
	plan_add(p, OP_running, HOST);
}

/* --- do --------------------------------------------------------------------------------------- */

/* The sixth field of the line "name:password:uid:gid:comment:home:shell" if its third is uid. */
static const char *
home_in(char *line, uid_t uid)
{
	const char *end;
	uint64_t v;
	int field;

	for (field = 1; field < 6; field++) {
		line = strchr(line, ':');
		if (!line)
			return NULL;
		line++;
		if (field == 2 && (!text_u64_prefix(line, &end, &v) || *end != ':' || v != uid))
			return NULL;
	}
	line[strcspn(line, ":")] = 0;
	return *line == '/' ? line : NULL;
}

/* The image's word on a convenience, read with care: a bounded part of a file that is a plain one. */
static void
find_home(struct run *r, const struct exec_step *x)
{
	const int root = r->root >= 0 ? r->root : AT_FDCWD;
	autofd int look = root_open(root, "/etc/passwd", O_PATH), fd = -1;
	char buf[8192], *line, *next;
	const char *home = NULL;
	struct stat st;
	ssize_t n;

	/* Opening a device may do things (a tape rewinds, a watchdog starts): nothing is opened that is not a plain file. */
	if (look < 0 || sys_fstat(look, &st) || !S_ISREG(st.st_mode))
		return;
	fd = root_open(root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || sys_fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	n = sys_read(fd, buf, sizeof buf - 1);
	buf[n > 0 ? n : 0] = 0;
	for (line = buf; *line && !home; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = 0;
		home = home_in(line, x->uid);
	}
	if (home)
		text_fmt(x->home, HOME_MAX, "HOME=%s", home);
}

/* Which candidate to execute: the first that can be; else the reason that says most. */
static int
find(const struct exec_step *e, struct run *r)
{
	int i, a, why = -ENOENT;
	struct stat st;

	for (i = 0; e->paths[i]; i++) {
		a = sys_faccessat(AT_FDCWD, e->paths[i], X_OK);
		if (!a)
			a = sys_fstatat(AT_FDCWD, e->paths[i], &st, 0);
		if (!a && S_ISDIR(st.st_mode))
			a = e->paths[1] ? -EACCES : -EISDIR;
		if (!a) {
			r->exec_index = i;
			return 0;
		}
		if (a != -ENOENT && a != -ENOTDIR)
			why = a;
	}
	return why;
}

int
do_lookup(struct run *r, const struct step *s)
{
	const char *cwd = r->job->spec->process.cwd;
	bool away = cwd && cwd[1];
	int e, back;

	/* A relative path, in args or in PATH, counts from cwd; that it is missing is do_cwd's to say. */
	if (away)
		sys_chdir(cwd);
	e = find(s->p, r);
	if (((const struct exec_step *)s->p)->home)
		find_home(r, s->p);
	back = away || r->root < 0 ? sys_chdir("/") : 0;
	return e ? e : back;
}

/* Standard descriptors that are the host's null device become the container's: its root could change the mode of the host's. */
static int
own_null(struct run *r)
{
	autofd int null = -1;
	int fd, e;

	for (fd = 0; fd < 3; fd++) {
		if (!file_is_null(fd))
			continue;
		if (null < 0)
			null = root_open(r->root, "/dev/null", O_RDWR | O_NOFOLLOW | O_NOCTTY);
		e = null < 0 ? null : file_is_null(null) ? sys_dup3(null, fd, 0) : -ENXIO;
		if (e < 0) {
			run_note(r, "the container's /dev/null, for the host's on standard descriptors");
			return e;
		}
	}
	return 0;
}

int
do_new_session(struct run *r, const struct step *s)
{
	int e = sys_setsid();

	(void)s;
	if (e < 0 && e != -EPERM) /* EPERM: leads a group already, so it has one */
		return e;
	e = 0;
	IF_TTY(e = tty_take(r);)
	return e || !ns_own(r->job->spec, NS_MOUNT) ? e : own_null(r); /* without a mount namespace nothing makes devices */
}

/* getcwd proves that the folder lies below the root: one reached through a leaked descriptor or a magic link does not
 * (CVE-2024-21626). */
static int
inside(void)
{
	char cwd[4096];
	ssize_t n = sys_getcwd(cwd, sizeof cwd);

	return n < 0 ? (int)n : cwd[0] == '/' ? 0 : -ENOENT;
}

static int
make_cwd(struct run *r, const char *path)
{
	autofd int fd = root_make(r->root, path, ROOT_DIR);

	return fd < 0 ? fd : sys_chdir(path);
}

/* First as root, then as the user that the program runs as: one of them has to be let in, as with the peers (an image may
 * well have a working folder that only root can enter, or only the user, over NFS).  A folder that is missing was made before. */
int
do_cwd(struct run *r, const struct step *s)
{
	int e;

	if (!s->a[1] && r->root >= 0) /* "/" is where we stand already: do_pivot, do_root_here */
		return 0;
	e = sys_chdir(s->a);
	if (s->n)
		r->in_cwd = !e;
	if (e == -EACCES && (s->n || r->in_cwd))
		return 0;
	return e || !s->a[1] ? e : inside();
}

int
do_make_cwd(struct run *r, const struct step *s)
{
	int e;

	if (!s->a[1]) /* "/" is where we stand */
		return 0;
	e = sys_chdir(s->a);
	if (e == -ENOENT)
		e = make_cwd(r, s->a);
	if (e == -EACCES) /* root without the rights of the user: do_cwd will tell */
		e = 0;
	if (!e)
		e = inside();
	return e ? e : sys_chdir("/");
}

int
do_umask(struct run *r, const struct step *s)
{
	sys_umask(s->a ? s->n : r->umask);
	return 0;
}

/* close_range is of 5.9. */
static int
close_between(unsigned from, unsigned last)
{
	int e = from <= last ? sys_close_range(from, last, 0) : 0;
	struct rlimit l;
	unsigned end = 1024;

	if (e != -ENOSYS)
		return e;
	if (sys_prlimit64(0, RLIMIT_NOFILE, NULL, &l) == 0 && l.rlim_cur < 1 << 20)
		end = l.rlim_cur;
	for (; from <= last && from < end; from++)
		sys_close(from);
	return 0;
}

/* Closed, not left to execve: an image may begin its program with #!/proc/self/fd/7/bin/sh, and the kernel opens that
 * before it closes anything (CVE-2024-21626, CVE-2019-5736).  What is kept is a pipe or a socket: there is no way on
 * from it. */
int
close_from(unsigned from, const int *keep, size_t n)
{
	unsigned next;
	size_t i;
	int e;

	for (;;) {
		next = ~0U;
		for (i = 0; i < n; i++)
			if (keep[i] >= 0 && (unsigned)keep[i] >= from && (unsigned)keep[i] < next)
				next = keep[i];
		e = next == ~0U ? close_between(from, next) : next > from ? close_between(from, next - 1) : 0;
		if (e || next == ~0U)
			return e;
		from = next + 1;
	}
}

/* What is kept besides the channel: where the program says that it is ready, and mote's own file for an init. */
int
do_close_fds(struct run *r, const struct step *s)
{
	const int keep[] = {r->chan, s->slot < 0 ? -1 : r->slot[s->slot], r->job->ready_fd ? (int)r->job->ready_fd : -1};

	return close_from(s->n, keep, HAVE_REAPER ? 3 : HAVE_EXEC || HAVE_INIT ? 2 : 1);
}

/* The caller's ignored signals and mote's blocked ones are not the program's. */
int
do_signals(struct run *r, const struct step *s)
{
	sigset_t none;
	int sig;

	(void)r, (void)s;
	for (sig = 1; sig <= 64; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			sys_signal_default(sig);
	sigemptyset(&none);
	return sys_rt_sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
execute(struct run *r, const struct exec_step *e)
{
	int i, x, why = -ENOENT;

	for (i = r->exec_index > 0 ? r->exec_index : 0; e->paths[i]; i++) {
		x = sys_execve(e->paths[i], e->argv, e->envp);
		if (x != -ENOENT && x != -ENOTDIR)
			why = x;
		if (x != -ENOENT && x != -ENOTDIR && x != -EACCES)
			break;
	}
	return why;
}

/* From then on the end of the connection means that execve succeeded, and a message that something did not. */
int
do_ready(struct run *r, const struct step *s)
{
	int32_t turn[2] = {r->at, 0};
	ssize_t n = sys_sendto(r->chan, turn, sizeof turn, MSG_NOSIGNAL, NULL, 0);

	(void)s;
	if (n < 0)
		sys_exit_group(1);
	return 0;
}

int
do_execve(struct run *r, const struct step *s)
{
	return execute(r, s->p);
}

int
do_running(struct run *r, const struct step *s)
{
	(void)r, (void)s;
	return 0;
}

int
exec_result(int report)
{
	int e = 0;
	ssize_t n;

	do
		n = sys_read(report, &e, sizeof e);
	while (n == -EINTR);
	return n == sizeof e ? e : 0;
}

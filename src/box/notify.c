/* SPDX-License-Identifier: MIT */
/* notify.c - sd_notify(3) for the program: a socket of its own in /run/notify, and the caller is told READY=1
 *
 * The rest of what a program may say stays inside, as with runc: only the words READY=1 come out, never its own text. */
#include <string.h>
#include <sys/un.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/sock.h"
#include "box/watch.h"
#include "sys.h"

enum { BARRIER_MS = 30000 };

void
notify_spec(struct spec *s, const char *state_dir)
{
	static const char *const options[] = {"bind", "nosuid", "noexec", "nodev", "ro"};
	struct mount_spec *m = PUSH(s->mounts.v, s->mounts.n);
	size_t i;

	m->destination = "/run/notify";
	m->type = "bind";
	m->source = text_path(state_dir, "notify");
	for (i = 0; i < sizeof options / sizeof *options; i++)
		*PUSH(m->options.v, m->options.n) = options[i];
	*PUSH(s->process.env.v, s->process.env.n) = "NOTIFY_SOCKET=/run/notify/notify.sock";
/* notify.c - the listener of a seccomp filter goes to the program that answers
 *
 * Once the filter is on, each of the box's calls may wait for an answer, or be its end: so it makes none for this.  HOST, which
 * is connected to the agent by then (no agent, no container), traces the box from before that call until it returns, takes the
 * listener out of it (pidfd_getfd, 5.6), sends it on and lets the box go.  A box whose HOST is killed over it dies (EXITKILL). */
#include "box/notify.h"

#include <linux/ptrace.h>

#include "base/file.h"
#include "base/out.h"
#include "box/replay.h"
#include "box/seccomp.h"
#include "box/sock.h"
#include "box/state.h"
#include "sys.h"

static bool
used(const struct spec *s)
{
	return HAVE_SECCOMP && s->linux.seccomp.listener_path && seccomp_notifies(&s->linux.seccomp);
}

void
notify_check(const struct spec *s, struct diag *d)
{
	if (used(s) && sys_pidfd_getfd(-1, 0, 0) == -ENOSYS)
		diag_add(d, (struct fault){.name = "linux.seccomp.listenerPath", .rule = 36,
			.text = "needs pidfd_getfd (Linux 5.6)"});
}

void
plan_notify(struct plan *p, const struct job *j)
{
	struct step *s;

	if (!j->notify)
		return;
	s = plan_add_a(p, OP_notify, HOST, text_path(j->state_dir, "notify"));
	s->n = j->goal == GOAL_RUN;
	if (s->n)
		s->slot = plan_slot(p);
}

int
do_notify(struct run *r, const struct step *s)
{
	int e = sys_mkdirat(AT_FDCWD, s->a, 0755);

	if (!e)
		e = sys_fchmodat(AT_FDCWD, s->a, 0755);
	if (e || !s->n)
		return e;
	e = notify_bind(r->job->state_dir);
	if (e >= 0)
		r->slot[s->slot] = e;
	return e < 0 ? e : 0;
}

/* From the folder: a name in a socket's address holds 107 bytes, a path may be longer. */
int
notify_bind(const char *state_dir)
{
	static const struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "notify.sock"};
	autofd int fd = sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	autofd int back = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int e = fd < 0 ? fd : back < 0 ? back : sys_chdir(text_path(state_dir, "notify"));

	if (e < 0)
		return e;
	e = sys_bind(fd, &name, sizeof name);
	if (!e)
		e = sys_fchmodat(AT_FDCWD, name.sun_path, 0777);
	sys_fchdir(back);
	return e ? e : file_keep(&fd);
}

bool
notify_take(int fd)
{
	char text[4096];
	ssize_t n = sys_read(fd, text + 1, sizeof text - 2);

	if (n < 0)
		return false;
	text[0] = '\n';
	text[n + 1] = 0;
	return text_find(text, "\nREADY=1") != NULL;
}

/* "@name" is an abstract address, whose length counts; "/path" one of the file system. */
static int
host_socket(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	autofd int fd = -1;
	int e;

	if ((*name != '/' && *name != '@') || n >= sizeof a.sun_path)
		return -EINVAL;
	memcpy(a.sun_path, name, n);
	if (*name == '@')
		a.sun_path[0] = 0;
	fd = sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	e = fd < 0 ? fd : sys_connect(fd, &a, offsetof(struct sockaddr_un, sun_path) + n + (*name == '/'));
	return e < 0 ? e : file_keep(&fd);
}

/* The other end closes the descriptor when it has come to that message (sd_notify_barrier(3)). */
static int
wait_barrier(int sock)
{
	struct pollfd p = {.events = POLLIN};
	int ends[2], e = sys_pipe2(ends, O_CLOEXEC);

	if (e)
		return e;
	e = sock_send_fd(sock, "BARRIER=1", ends[1]);
	sys_close(ends[1]);
	p.fd = ends[0];
	if (!e)
		sys_poll(&p, 1, BARRIER_MS);
	sys_close(ends[0]);
	return e;
}

int
notify_host(const char *socket, pid_t pid, bool barrier)
{
	autofd int fd = host_socket(socket);
	char text[32];
	size_t n = text_fmt(text, sizeof text, "MAINPID=%d\n", (int)pid);
	int e;

	if (fd < 0)
		return fd;
	e = sys_sendto(fd, "READY=1\n", 8, MSG_NOSIGNAL, NULL, 0);
	if (e >= 0 && pid)
		e = sys_sendto(fd, text, n, MSG_NOSIGNAL, NULL, 0);
	return e < 0 ? e : barrier ? wait_barrier(fd) : 0;
}
	if (!j->seccomp.n || !used(j->spec))
		return;
	plan_add_a(p, OP_notify_connect, HOST, j->spec->linux.seccomp.listener_path)->slot = plan_slot(p);
}

void
plan_notify_send(struct plan *p, const struct job *j)
{
	size_t connect = plan_find(p, OP_notify_connect);
	struct step *s;

	if (connect == p->n)
		return;
	s = plan_add_a(p, OP_notify_send, HOST, p->v[connect].a);
	s->slot = p->v[connect].slot;
	s->flags = FREE;
}

/* The box waits for its turn meanwhile: it is stopped there. */
static int
hold(pid_t pid)
{
	int status, e = sys_ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);

	if (!e)
		e = sys_ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	return e ? e : sys_wait4(pid, &status, __WALL, NULL) == pid ? 0 : -ECHILD;
}

/* Lets it go on until seccomp(2) returns: what it returned.  -ECHILD: it has ended before. */
static int
follow(pid_t pid)
{
	struct ptrace_syscall_info i = {.op = 0};
	bool loading = false;
	int status, sig = 0;

	for (;;) {
		if (sys_ptrace(PTRACE_SYSCALL, pid, 0, sig) < 0 || sys_wait4(pid, &status, __WALL, NULL) != pid ||
			!WIFSTOPPED(status))
			return -ECHILD;
		sig = status >> 16 ? 0 : WSTOPSIG(status);
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		sys_ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof i, (uintptr_t)&i);
		if (i.op == PTRACE_SYSCALL_INFO_ENTRY)
			loading = sys_is_seccomp(i.entry.nr);
		else if (loading)
			return i.exit.rval;
	}
}

static pid_t
box_pid(struct run *r, struct state *st)
{
	state_now(st, r);
	return r->pid ? r->pid : st->pid;
}

int
do_notify_connect(struct run *r, const struct step *s)
{
	struct state st;
	int fd = sock_connect(s->a);

	r->slot[s->slot] = fd;
	return fd < 0 ? fd : hold(box_pid(r, &st));
}

static char *
process_state(const struct run *r, const struct state *st, pid_t pid)
{
	static const uint8_t status[] = {[GOAL_RUN] = STATUS_CREATING, [GOAL_CREATE] = STATUS_CREATED,
		IF_EXEC([GOAL_EXEC] = STATUS_RUNNING,)};
	const char *metadata = r->job->spec->linux.seccomp.listener_metadata;
	struct out o = out_mem();
	struct jout j = {.o = &o};

	jout_open(&j, NULL, '{');
	jout_str(&j, "ociVersion", st->oci_version);
	jout_open(&j, "fds", '[');
	jout_str(&j, NULL, "seccompFd");
	jout_close(&j, ']');
	jout_int(&j, "pid", pid);
	if (metadata)
		jout_str(&j, "metadata", metadata);
	state_json(&j, "state", st, status[r->job->goal]);
	jout_close(&j, '}');
	return out_text(&o);
}

/* A box that has ended, or whose filter was refused, says why itself: the next row that waits for it tells. */
int
do_notify_send(struct run *r, const struct step *s)
{
	struct state st;
	pid_t pid = box_pid(r, &st);
	autofd int pidfd = sys_pidfd_open(pid, 0), fd = -1;
	int number = follow(pid), e = 0;

	if (number == -ECHILD)
		r->pid = 0;
	if (number >= 0) {
		fd = pidfd < 0 ? pidfd : sys_pidfd_getfd(pidfd, number, 0);
		e = fd < 0 ? fd : sock_send_fd(r->slot[s->slot], process_state(r, &st, pid), fd);
	}
	file_close(&r->slot[s->slot]);
	if (!e && number != -ECHILD) /* after an error it dies with this process, without a further step */
		sys_ptrace(PTRACE_DETACH, pid, 0, 0);
	return e;
}

/* SPDX-License-Identifier: MIT */
/* gate.c - the box waits at a socket for `mote start`
 *
 * A socket and not a fifo as the peers have: the connection carries the turns of the remaining rows, so that a
 * failing execve is told to whoever called start, in words. */
#include "box/gate.h"

#include <string.h>
#include <sys/un.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/exec.h"
#include "box/facts.h"
#include "box/replay.h"
#include "box/sock.h"
#include "box/state.h"
#include "sys.h"

static const struct sockaddr_un gate_name = {.sun_family = AF_UNIX, .sun_path = "gate"};

/* bind(2) or connect(2) with the current folder in the state folder: sun_path holds 107 bytes, a path
 * may have 4,095, and /proc/self/fd may not be there. */
static int
in_folder(const char *dir, int fd, bool listener)
{
	autofd int back = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	autofd int to = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int e;

	if (back < 0)
		return back;
	if (to < 0)
		return to;
	e = sys_fchdir(to);
	if (e)
		return e;
	e = listener ? sys_bind(fd, &gate_name, sizeof gate_name) :
		       sys_connect(fd, &gate_name, sizeof gate_name);
	sys_fchdir(back);
	return e;
}

int
gate_connect(const char *state_dir)
{
	autofd int fd = sys_socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int e;

	if (fd < 0)
		return fd;
	e = in_folder(state_dir, fd, false);
	return e < 0 ? e : file_keep(&fd);
}

int
gate_exists(const char *state_dir)
{
	return sys_faccessat(AT_FDCWD, text_path(state_dir, "gate"), F_OK) == 0;
}

void
gate_remove(const char *state_dir)
{
	sys_unlinkat(AT_FDCWD, text_path(state_dir, "gate"), 0);
}

int
do_gate_open(struct run *r, const struct step *s)
{
	autofd int fd = sys_socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	mode_t old;
	int e;

	if (fd < 0)
		return fd;
	old = sys_umask(077);
	e = in_folder(r->job->state_dir, fd, true);
	sys_umask(old);
	if (!e)
		e = sys_listen(fd, 1);
	if (e)
		return e;
	r->slot[s->slot] = file_keep(&fd);
	return 0;
}

/* From here on nobody listens until start connects.  Only whoever could write into the state folder can. */
int
do_gate_wait(struct run *r, const struct step *s)
{
	int fd;

	sys_close(r->chan);
	r->chan = -1;
	do
		fd = sys_accept4(r->slot[s->slot], NULL, NULL, SOCK_CLOEXEC);
	while (fd == -EINTR || fd == -ECONNABORTED);
	if (fd < 0)
		return fd;
	r->chan = fd;
	sys_close(r->slot[s->slot]);
	return 0;
}

/* Decimal, no newline, whole or not at all, and there before create ends (clients.md 2.3). */
int
do_pid_file(struct run *r, const struct step *s)
{
	char buf[16];
	size_t n = text_fmt(buf, sizeof buf, "%d", (int)r->pid);

	return file_replace(AT_FDCWD, s->a, buf, n, 0644);
}

int
undo_pid_file(struct run *r, const struct step *s)
{
	(void)r;
	return sys_unlinkat(AT_FDCWD, s->a, 0);
}

void
state_now(struct state *s, struct run *r)
{
	const char *dir = r->job->state_dir, *id = r->job->id;
	struct diag d = {0};

	state_from(s, r);
	if (!s->pid || (HAVE_EXEC && r->job->goal == GOAL_EXEC))
		state_load(s, arena_copy(dir, strlen(dir) - strlen(id)), id, &d);
}

/* As runc's: one message with the descriptor, and the connection ends. */
int
do_pidfd_send(struct run *r, const struct step *s)
{
	autofd int sock = r->pidfd < 0 ? -ENOSYS : sock_connect(s->a);

	return sock < 0 ? sock : sock_send_fd(sock, "pidfd", r->pidfd);
}

bool
has_hooks(const struct hooks_spec *h)
{
	return h->prestart.n | h->create_runtime.n | h->create_container.n | h->start_container.n | h->poststart.n | h->poststop.n;
}

/* A record before the clone, where there is something that a killed mote would leave behind, or a hook that may ask. */
void
plan_record(struct plan *p, const struct job *j)
{
	bool cgroup = cgroup_wanted(j->spec) && !j->no_cgroups && j->facts->cgroup.mode != CGROUP_NONE;

	if (!cgroup && !has_hooks(&j->spec->hooks))
		return;
	plan_add_a(p, OP_state_config, HOST, j->state_dir);
	plan_add_a(p, OP_state_save, HOST, "creating");
}

/* run has nothing to wait for between the clone and the end of the set-up, unless the pid is not final: HOST writes
 * down what it knows while the box works. */
static bool
can_announce(const struct plan *p, const struct job *j)
{
	return (j->goal == GOAL_RUN || (HAVE_CRIU && j->goal == GOAL_RESTORE)) && plan_find(p, OP_clone_again) == p->n;
}

void
plan_tell(struct plan *p, const struct job *j, int flags)
{
	if (j->pidfd_socket)
		plan_add_a(p, OP_pidfd_send, HOST, j->pidfd_socket)->flags = flags;
	if (j->pid_file)
		plan_add_a(p, OP_pid_file, HOST, j->pid_file)->flags = UNDO | flags;
}

static void
plan_known(struct plan *p, const struct job *j, const char *status, int flags)
{
	if (plan_find(p, OP_state_config) == p->n)
		plan_add_a(p, OP_state_config, HOST, j->state_dir)->flags = flags;
	plan_add_a(p, OP_state_save, HOST, status)->flags = flags;
	plan_tell(p, j, flags);
}

void
plan_announce(struct plan *p, const struct job *j)
{
	if (can_announce(p, j))
		plan_known(p, j, "running", FREE);
}

void
plan_gate(struct plan *p, const struct job *j)
{
	const char *status = j->goal == GOAL_CREATE ? "created" : "running";
	size_t open;

	plan_cgroup_join(p, j, true);
	plan_limits(p, j);
	if (!can_announce(p, j))
		plan_known(p, j, status, 0);
	open = plan_find(p, OP_gate_open);
	if (open < p->n)
		plan_add(p, OP_gate_wait, BOX)->slot = p->v[open].slot;
}

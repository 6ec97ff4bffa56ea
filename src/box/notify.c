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

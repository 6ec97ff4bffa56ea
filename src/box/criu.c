/* SPDX-License-Identifier: MIT */
/* criu.c - criu as a child that takes requests; what it says, and why it could not; no containers
 *
 * `criu swrk FD` reads one request a message from a SOCK_SEQPACKET socket.  Its fields have the numbers of rpc.proto, which are fixed
 * for good; so mote needs no library of criu's. */
#include "box/criu.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/exec.h"
#include "box/replay.h"
#include "box/sock.h"
#include "sys.h"

enum {
	LEAST = 31500,       /* external pid namespaces, status-ready */
	MESSAGE = 64 << 10,  /* more than any response has */
	LOG_MAX = 64 << 20,
	AWAY = 32,           /* the socket's number in criu is at least that */
};

/* criu_req, criu_resp */
enum { REQ_TYPE = 1, REQ_OPTS = 2, REQ_NOTIFY_OK = 3, REQ_KEEP_OPEN = 4, REQ_FEATURES = 5 };
enum { RESP_TYPE = 1, RESP_SUCCESS = 2, RESP_NOTIFY = 5, RESP_ERRNO = 7, RESP_VERSION = 10 };

static bool
failed(struct criu *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!c->why)
		c->why = text_vmake(fmt, ap);
	va_end(ap);
	return false;
}

/* --- what it says of itself ------------------------------------------------------------------- */

/* Lines that only carry on that something has failed. */
static bool
is_echo(const char *text)
{
	static const char *const echoes[] = {"Dumping FAILED", "Pre-dumping FAILED", "Restoring FAILED", "exited, status="};
	size_t i;

	for (i = 0; i < sizeof echoes / sizeof *echoes; i++)
		if (text_starts(text, echoes[i]))
			return true;
	return text_starts(text, "Dump ") && text_find(text, ") failed with "); /* Dump files (pid: 12) failed with -1 */
}

/* The text of the last line of its log that tells of an error. */
static char *
last_error(const char *log)
{
	const char *at = log, *text;
	char *found = NULL, *line;

	while ((at = text_find(at, "Error ("))) {
		text = text_find(at, "): ");
		text = text && (size_t)(text - at) < strcspn(at, "\n") ? text + 3 : NULL;
		line = text ? arena_copy(text, strcspn(text, "\n")) : NULL;
		if (line && !is_echo(line))
			found = line;
		at += 7;
	}
	return found;
}

static bool
told_why(struct criu *c, struct proto reply)
{
	const char *path = text_path(c->wish.work ? c->wish.work : c->wish.images, c->log);
	uint64_t number = 0;
	char *log, *said;

	if (file_read(c->work, c->log, LOG_MAX, &log, NULL))
		return failed(c, "criu failed before it could write its log %s", path);
	said = last_error(log);
	if (said)
		diag_tame(said);
	else
		proto_get_num(reply, RESP_ERRNO, &number);
	return failed(c, "criu failed: %s (its log is %s)", said ? said : number ? text_errno(number) : "it does not say why", path);
}

/* --- messages --------------------------------------------------------------------------------- */

static bool
send_message(struct criu *c, const struct out *m)
{
	ssize_t n;

	do
		n = sys_sendto(c->sock, m->buf, m->len, MSG_NOSIGNAL, NULL, 0);
	while (n == -EINTR);
	return n == (ssize_t)m->len;
}

/* One message, and the descriptor that came with it, or -1. */
static bool
receive(struct criu *c, char *buf, struct proto *m, int *fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec v = {buf, MESSAGE};
	struct msghdr h = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	struct cmsghdr *first;
	ssize_t n;

	do
		n = sys_recvmsg(c->sock, &h, MSG_CMSG_CLOEXEC);
	while (n == -EINTR);
	*fd = -1;
	first = n > 0 ? CMSG_FIRSTHDR(&h) : NULL;
	if (first && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS && first->cmsg_len >= CMSG_LEN(sizeof *fd))
		memcpy(fd, CMSG_DATA(first), sizeof *fd);
	*m = (struct proto){buf, n > 0 ? (size_t)n : 0};
	return n > 0;
}

/* The end of a --lazy-pages dump waits for whoever fetches the pages: its caller is told that it may. */
static void
status_ready(struct criu *c)
{
	if (c->wish.status_fd < 0)
		return;
	sys_write(c->wish.status_fd, "", 1);
	sys_close(c->wish.status_fd);
	c->wish.status_fd = -1;
}

static bool
answer(struct criu *c, struct proto m, int fd)
{
	struct proto notify = {NULL, 0}, script = {NULL, 0};
	struct out o = out_mem();
	uint64_t pid = 0;
	const char *name;
	bool well;

	proto_get_bytes(m, RESP_NOTIFY, &notify);
	proto_get_bytes(notify, 1, &script);
	proto_get_num(notify, 2, &pid);
	name = arena_copy(script.p ? script.p : "", script.n);
	if (text_eq(name, "status-ready"))
		status_ready(c);
	well = !c->run || criu_told(c, name, pid, fd);
	proto_num(&o, REQ_TYPE, CRIU_NOTIFY);
	proto_num(&o, REQ_NOTIFY_OK, well);
	return send_message(c, &o);
}

bool
criu_ask(struct criu *c, enum criu_type type, const struct out *opts, struct proto *reply)
{
	struct out o = out_mem();
	char *buf = arena_get(MESSAGE);
	uint64_t got = 0, well = 0;
	bool more = true;
	int fd;

	proto_num(&o, REQ_TYPE, type);
	if (opts)
		proto_message(&o, type == CRIU_FEATURES ? REQ_FEATURES : REQ_OPTS, opts);
	if (type == CRIU_VERSION)
		proto_num(&o, REQ_KEEP_OPEN, 1);
	if (!send_message(c, &o))
		return told_why(c, (struct proto){NULL, 0});
	while (more) {
		if (!receive(c, buf, reply, &fd))
			return told_why(c, (struct proto){NULL, 0});
		proto_get_num(*reply, RESP_TYPE, &got);
		more = got == CRIU_NOTIFY && answer(c, *reply, fd);
		file_close(&fd);
	}
	proto_get_num(*reply, RESP_SUCCESS, &well);
	return well && got == type ? true : told_why(c, *reply);
}

/* --- the child -------------------------------------------------------------------------------- */

static int
own_stdio(const struct criu *c)
{
	int fd = c->wish.shell_job ? -1 : sys_openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0), i;

	for (i = 0; i < 3 && fd >= 0; i++)
		sys_dup3(fd, i, 0);
	return 0;
}

/* criu mounts things in its work folder: that of the mount namespace it is in, by the number that the requests name. */
static int
folder_here(const char *path, int fd)
{
	int here = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), e;

	if (here < 0)
		return here;
	e = sys_dup3(here, fd, 0);
	sys_close(here);
	return e < 0 ? e : 0;
}

/* criu takes whoever has made the socket for its caller, and looks for its descriptors there: so it makes the pair itself. */
static int
own_socket(int report, int *sock)
{
	int pair[2], e = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);

	if (!e)
		e = sock_send_fd(report, "s", pair[0]);
	*sock = e ? e : sys_fcntl(pair[1], F_DUPFD, AWAY);
	return *sock < 0 ? *sock : 0;
}

static _Noreturn void
child(struct criu *c, int report)
{
	const char *argv[] = {"criu", "swrk", NULL, NULL};
	int sock, e = own_socket(report, &sock);

	if (!e && c->run)
		e = criu_enter(c);
	if (!e)
		e = folder_here(c->wish.images, c->images);
	if (!e)
		e = folder_here(c->wish.work ? c->wish.work : c->wish.images, c->work);
	if (!e)
		e = own_stdio(c);
	if (!e)
		e = do_signals(NULL, NULL);
	if (!e) {
		argv[2] = text_make("%d", sock);
		e = sys_execve(c->program, (char *const *)argv, c->envp);
	}
	sys_write(report, &e, sizeof e);
	sys_exit_group(127);
}

static int
start(struct criu *c)
{
	autofd int near = -1, far = -1;
	int pair[2], e = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);

	if (e)
		return e;
	near = pair[0];
	far = pair[1];
	c->pid = sys_clone(SIGCHLD, NULL);
	if (!c->pid)
		child(c, far);
	if (c->pid < 0)
		return c->pid;
	file_close(&far);
	c->sock = sock_receive_fd(near);
	return c->sock < 0 ? c->sock : exec_result(near);
}

/* --- begin and end ---------------------------------------------------------------------------- */

static int
folder(const char *path, bool make)
{
	int e = make ? file_mkdirs(path, 0700, NULL) : 0;

	return e ? e : sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

static bool
folders(struct criu *c)
{
	const char *work = c->wish.work ? c->wish.work : c->wish.images;

	c->images = folder(c->wish.images, !c->run);
	if (c->images < 0)
		return failed(c, "folder of the image, %s: %s", c->wish.images, text_errno(c->images));
	if (c->run && sys_faccessat(c->images, "inventory.img", R_OK))
		return failed(c, "%s holds no checkpoint: there is no inventory.img", c->wish.images);
	c->work = folder(work, true);
	if (c->work < 0)
		return failed(c, "work folder %s: %s", work, text_errno(c->work));
	sys_unlinkat(c->work, c->log, 0); /* of an earlier one, which would be quoted */
	return true;
}

static bool
new_enough(struct criu *c)
{
	uint64_t major = 0, minor = 0, sub = 0;
	struct proto reply, v = {NULL, 0};

	if (criu_ask(c, CRIU_VERSION, NULL, &reply))
		proto_get_bytes(reply, RESP_VERSION, &v);
	c->why = NULL;
	proto_get_num(v, 1, &major);
	proto_get_num(v, 2, &minor);
	proto_get_num(v, 4, &sub);
	c->version = major * 10000 + minor * 100 + sub;
	if (c->version >= LEAST)
		return true;
	return v.n ? failed(c, "%s is version %u.%u: 3.15 or later is needed", c->program, (unsigned)major, (unsigned)minor) :
		failed(c, "%s does not tell its version: 3.15 or later is needed", c->program);
}

bool
criu_begin(struct criu *c)
{
	int e;

	c->sock = -1;
	if (!folders(c))
		return false;
	e = start(c);
	if (e)
		return failed(c, "start %s: %s", c->program, text_errno(e));
	return new_enough(c);
}

void
criu_end(struct criu *c)
{
	file_close(&c->sock);
	if (c->pid > 0)
		while (sys_wait4(c->pid, NULL, 0, NULL) == -EINTR)
			;
	c->pid = 0;
}

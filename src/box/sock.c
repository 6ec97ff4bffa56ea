/* SPDX-License-Identifier: MIT */
/* sock.c - unix sockets by path, and descriptors through them */
#include "box/sock.h"

#include <stdbool.h>
#include <string.h>
#include <sys/un.h>

#include "base/arena.h"
#include "base/file.h"
#include "sys.h"

enum { MANY = 4 }; /* descriptors that a wrong message may bring before it is refused */

/* The name must fit into sun_path (107 bytes), the path to it need not: connect from its folder. A
 * way through /proc/self/fd would need /proc. */
static int
connect_there(int fd, const char *dir, const struct sockaddr_un *a)
{
	autofd int back = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int e;

	if (back < 0)
		return back;
	e = sys_chdir(dir);
	if (e)
		return e;
	e = sys_connect(fd, a, sizeof *a);
	sys_fchdir(back);
	return e;
}

int
sock_connect(const char *path)
{
	autofd int fd = sys_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	const char *name = path, *slash = strrchr(path, '/');
	bool far = strlen(path) >= sizeof a.sun_path;
	int e;

	if (fd < 0)
		return fd;
	if (far && slash)
		name = slash + 1;
	if (!*name || strlen(name) >= sizeof a.sun_path)
		return *name ? -ENAMETOOLONG : -ENOENT;
	memcpy(a.sun_path, name, strlen(name));
	if (far)
		e = connect_there(fd, arena_copy(path, name - path), &a);
	else
		e = sys_connect(fd, &a, sizeof a);
	return e ? e : file_keep(&fd);
}

int
sock_send_fd(int sock, const char *text, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} c = {.head = {.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS}};
	struct iovec v = {(void *)text, strlen(text)};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c,
		.msg_controllen = sizeof c.room};
	ssize_t n;

	memcpy(CMSG_DATA(&c.head), &fd, sizeof fd);
	do
		n = sys_sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n == -EINTR);
	return n < 0 ? (int)n : (size_t)n == v.iov_len ? 0 : -EIO;
}

static int
one_of(const int *fds, size_t n)
{
	size_t i;

	if (n == 1)
		return fds[0];
	for (i = 0; i < n; i++)
		sys_close(fds[i]);
	return -EPROTO;
}

int
sock_receive_fd(int sock)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(MANY * sizeof(int))];
	} c;
	char text[64];
	struct iovec v = {text, sizeof text};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c,
		.msg_controllen = sizeof c.room};
	int fds[MANY];
	size_t bytes;
	ssize_t n;

	do
		n = sys_recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n == -EINTR);
	if (n < 0)
		return n;
	if (!CMSG_FIRSTHDR(&m) || c.head.cmsg_level != SOL_SOCKET || c.head.cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	bytes = c.head.cmsg_len - CMSG_LEN(0);
	if (bytes > sizeof fds) /* the kernel has cut it to what fits */
		bytes = sizeof fds;
	memcpy(fds, CMSG_DATA(&c.head), bytes);
	return one_of(fds, bytes / sizeof *fds);
}

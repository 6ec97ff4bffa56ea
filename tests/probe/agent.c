/* SPDX-License-Identifier: MIT */
/* agent.c - a program that answers SCMP_ACT_NOTIFY, for tests/run/notify-seccomp.t
 *
 *	agent SOCKET STATE ERRNO NUMBER...
 *
 * Listens at SOCKET for one container.  The JSON that comes goes to the file STATE, with a line that says how many descriptors
 * came with the first message and whether the connection was closed behind it.  Calls with a NUMBER fail with ERRNO, others go on;
 * a last line counts both.  Ends when nobody has the filter any more.  ERRNO "hangup": hangs up after a while, with nothing read.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
die(const char *what)
{
	perror(what);
	exit(1);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 1))
		die(path);
	return fd;
}

/* One message with descriptors; the rest without. */
static int
receive(int sock, FILE *out)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(4 * sizeof(int))];
	} c;
	char text[65536];
	struct iovec v = {text, sizeof text - 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c.room};
	ssize_t n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	int fd = -1, count = 0;

	if (n <= 0)
		die("recvmsg");
	if (CMSG_FIRSTHDR(&m) && c.head.cmsg_level == SOL_SOCKET && c.head.cmsg_type == SCM_RIGHTS) {
		memcpy(&fd, CMSG_DATA(&c.head), sizeof fd);
		count = (c.head.cmsg_len - CMSG_LEN(0)) / sizeof fd;
	}
	fwrite(text, 1, n, out);
	while ((n = read(sock, text, sizeof text)) > 0)
		fwrite(text, 1, n, out);
	fprintf(out, "\nfds %d, then %s\n", count, n ? "an error" : "the end");
	fflush(out);
	return fd;
}

static int
listed(int nr, char **numbers)
{
	for (; *numbers; numbers++)
		if (atoi(*numbers) == nr)
			return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	struct seccomp_notif q;
	struct seccomp_notif_resp a;
	struct pollfd p = {.events = POLLIN};
	int sock, refused = 0, passed = 0;
	FILE *out;

	if (argc < 4)
		return 2;
	sock = accept(listen_at(argv[1]), NULL, NULL);
	if (sock < 0)
		die("accept");
	if (!strcmp(argv[3], "hangup")) {
		usleep(200000);
		return 0;
	}
	out = fopen(argv[2], "w");
	p.fd = receive(sock, out);
	while (p.fd >= 0 && poll(&p, 1, -1) > 0 && p.revents & POLLIN) {
		memset(&q, 0, sizeof q);
		if (ioctl(p.fd, SECCOMP_IOCTL_NOTIF_RECV, &q))
			continue;
		a = (struct seccomp_notif_resp){.id = q.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
		if (listed(q.data.nr, argv + 4)) {
			a.flags = 0;
			a.error = -atoi(argv[3]);
			refused++;
		} else {
			passed++;
		}
		ioctl(p.fd, SECCOMP_IOCTL_NOTIF_SEND, &a);
	}
	fprintf(out, "refused %d passed %d\n", refused, passed);
	return fclose(out) != 0;
}

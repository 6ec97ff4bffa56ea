/* SPDX-License-Identifier: MIT */
/* pty.c - sits at a terminal in a person's place, or at a console socket in a client's; knows no runtime
 *
 *	pty run ROWS COLUMNS COMMAND...    COMMAND on a new terminal
 *	pty socket PATH COMMAND...         listens at PATH and takes the terminal that COMMAND sends there
 *	pty fd PATH COMMAND...             the same for any descriptor: says what it is, and whose, and closes it
 *
 * What the terminal says goes to standard output.  Standard input is a script, a line a deed:
 *
 *	expect TEXT        until TEXT has come (10 s at most); the next one looks behind it
 *	send TEXT          \r \n \\ and \xHH are known
 *	resize ROWS COLUMNS
 *	signal NUMBER      to COMMAND
 *	ticks MS LIMIT     COMMAND uses at most LIMIT ms of processor time within MS
 *	pause MS           nothing is read meanwhile
 *
 * Then it waits for COMMAND to end and says in brackets what it has seen. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 20, PATIENCE = 10000 };

static char seen[ROOM];
static size_t nseen, behind;
static bool failed;

static void
die(const char *what)
{
	fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
	exit(99);
}

static long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads what comes within ms; false at the end of the terminal. */
static bool
listen_to(int master, int ms)
{
	struct pollfd p = {.fd = master, .events = POLLIN};
	char buf[4096];
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return true;
	n = read(master, buf, sizeof buf);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	fwrite(buf, 1, n, stdout);
	if (nseen + n > ROOM) { /* of very much only the end matters */
		memmove(seen, seen + ROOM / 2, nseen -= ROOM / 2);
		behind = behind > ROOM / 2 ? behind - ROOM / 2 : 0;
	}
	memcpy(seen + nseen, buf, n);
	nseen += n;
	return true;
}

static void
expect(int master, const char *text)
{
	long end = now() + PATIENCE;
	char *at;

	while (!(at = memmem(seen + behind, nseen - behind, text, strlen(text)))) {
		if (now() > end || !listen_to(master, 50)) {
			printf("\n[no \"%s\"]", text);
			failed = true;
			return;
		}
	}
	behind = at - seen + strlen(text);
}

static void
say(int master, const char *s)
{
	char c, hex[3] = "";

	for (; *s; s++) {
		c = *s;
		if (c == '\\' && s[1]) {
			c = *++s == 'r' ? '\r' : *s == 'n' ? '\n' : *s;
			if (*s == 'x' && s[1] && s[2]) {
				memcpy(hex, s + 1, 2);
				c = strtol(hex, NULL, 16);
				s += 2;
			}
		}
		if (write(master, &c, 1) != 1)
			printf("\n[cannot write]");
	}
}

static void
resize(int master, unsigned rows, unsigned columns)
{
	struct winsize w = {.ws_row = rows, .ws_col = columns};

	if (ioctl(master, TIOCSWINSZ, &w))
		die("TIOCSWINSZ");
}

static long
used_ms(pid_t pid)
{
	char path[40], text[1000] = "", *p;
	long user = 0, kernel = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f || !fread(text, 1, sizeof text - 1, f) || !(p = strrchr(text, ')')))
		return -1;
	fclose(f);
	sscanf(p + 1, " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld %ld", &user, &kernel);
	return (user + kernel) * 1000 / sysconf(_SC_CLK_TCK);
}

static void
ticks(pid_t pid, unsigned ms, long limit)
{
	long before = used_ms(pid), used;

	usleep(ms * 1000);
	used = used_ms(pid) - before;
	printf("\n[%s]", before >= 0 && used <= limit ? "idle" : "busy");
	if (used > limit)
		printf("[%ld ms]", used);
}

static void
play(int master, pid_t pid, char *line)
{
	unsigned a = 0, b = 0;

	line[strcspn(line, "\n")] = 0;
	if (sscanf(line, "resize %u %u", &a, &b) == 2)
		resize(master, a, b);
	else if (sscanf(line, "ticks %u %u", &a, &b) == 2)
		ticks(pid, a, b);
	else if (sscanf(line, "signal %u", &a) == 1)
		kill(pid, a);
	else if (sscanf(line, "pause %u", &a) == 1)
		usleep(a * 1000);
	else if (strncmp(line, "expect ", 7) == 0)
		expect(master, line + 7);
	else if (strncmp(line, "send ", 5) == 0)
		say(master, line + 5);
	else if (*line)
		printf("\n[what is \"%s\"?]", line);
}

/* --- pty run ---------------------------------------------------------------------------------- */

static int
open_terminal(const char *rows, const char *columns, int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) || unlockpt(master))
		die("new terminal");
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0)
		die(ptsname(master));
	resize(master, atoi(rows), atoi(columns));
	return master;
}

static pid_t
start_on(int slave, char **command)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	dup2(slave, 0);
	dup2(slave, 1);
	dup2(slave, 2);
	execvp(command[0], command);
	die(command[0]);
	return -1;
}

/* --- pty socket ------------------------------------------------------------------------------- */

static int
listen_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), back;
	const char *name = strrchr(path, '/');
	char *dir = strdup(path);

	if (!name || strlen(name + 1) >= sizeof a.sun_path)
		die("PATH");
	dir[name - path] = 0;
	strcpy(a.sun_path, name + 1);
	back = open(".", O_PATH | O_CLOEXEC);
	if (chdir(dir) || bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 4) || fchdir(back))
		die(path);
	return fd;
}

static int
take_terminal(int fd)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(8 * sizeof(int))]; } c;
	char text[4096] = "";
	struct iovec v = {text, sizeof text - 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int got[8], n;
	ssize_t more;

	if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&m)) {
		printf("[no terminal]");
		return -1;
	}
	n = (c.head.cmsg_len - CMSG_LEN(0)) / sizeof *got;
	memcpy(got, CMSG_DATA(&c.head), n * sizeof *got);
	more = poll(&p, 1, 1000) > 0 ? read(fd, text + strlen(text), 1) : 1;
	printf("[%s][%d descriptor][%s]\n", text, n, more == 0 ? "closed" : "open");
	return got[0];
}

/* What came, and of a pidfd whose it is. */
static void
describe(int fd)
{
	char path[40], text[4096];
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	n = readlink(path, text, sizeof text - 1);
	printf("[%.*s]", n > 0 ? (int)n : 0, text);
	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	while (f && fgets(text, sizeof text, f))
		if (strncmp(text, "Pid:", 4) == 0)
			printf("[pid %d]", atoi(text + 4));
	if (f)
		fclose(f);
}

static pid_t
start_apart(char **command)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (dup2(open("/dev/null", O_RDONLY), 0))
		die("/dev/null");
	execvp(command[0], command);
	die(command[0]);
	return -1;
}

/* The connection, or -1 when the command has ended without one. */
static int
caller(int listener, pid_t pid)
{
	struct pollfd p = {.fd = listener, .events = POLLIN};
	siginfo_t i;

	for (;;) {
		i.si_pid = 0;
		if (poll(&p, 1, 50) > 0)
			return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (waitid(P_PID, pid, &i, WEXITED | WNOHANG | WNOWAIT) || i.si_pid)
			return -1;
	}
}

int
main(int argc, char **argv)
{
	struct termios before, after;
	int master = -1, slave = -1, status, fd;
	char line[4096];
	pid_t pid;

	if (argc > 4 && strcmp(argv[1], "run") == 0) {
		master = open_terminal(argv[2], argv[3], &slave);
		tcgetattr(slave, &before);
		pid = start_on(slave, argv + 4);
	} else if (argc > 3 && (strcmp(argv[1], "socket") == 0 || strcmp(argv[1], "fd") == 0)) {
		fd = listen_at(argv[2]);
		pid = start_apart(argv + 3);
		fd = caller(fd, pid);
		master = fd < 0 ? -1 : take_terminal(fd);
		if (argv[1][0] == 'f' && master >= 0) {
			describe(master);
			close(master);
			master = -1;
		}
	} else {
		return 98;
	}
	while (fgets(line, sizeof line, stdin))
		if (master >= 0)
			play(master, pid, line);
	while (waitpid(pid, &status, WNOHANG) == 0)
		if (master < 0 || !listen_to(master, 20))
			usleep(20000);
	if (slave >= 0) {
		listen_to(master, 50);
		tcgetattr(slave, &after);
		printf("\n[%s]", memcmp(&before, &after, sizeof after) ? "changed" : "restored");
	}
	printf("[%s %d]\n", WIFEXITED(status) ? "exit" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return failed;
}

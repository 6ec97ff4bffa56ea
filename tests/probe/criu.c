/* SPDX-License-Identifier: MIT */
/* criu.c - a criu that tells its version and fails at everything else, for the tests of what is said then; or writes nothing and says
 * that all is well
 *
 *	criu MAJOR MINOR LOG swrk FD	LOG: where its log is written once it is asked for more; "" for nowhere
 *	criu MAJOR MINOR FOLDER/ swrk FD	ends the process that it is asked to write, as criu does, and waits a second for FOLDER to go */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_VERSION = 10, REQ_OPTS = 2, OPTS_PID = 2, BYTES = 2 };

static unsigned long
number(const unsigned char **p, const unsigned char *end)
{
	unsigned long v = 0;
	int shift = 0;

	while (*p < end && **p & 0x80 && shift < 56)
		v |= (unsigned long)(*(*p)++ & 0x7f) << shift, shift += 7;
	return *p < end ? v | (unsigned long)*(*p)++ << shift : v;
}

/* The number in that field of a message, 0 when there is none; of bytes their length, and *p is where they begin. */
static unsigned long
field(const unsigned char **p, const unsigned char *end, unsigned which)
{
	unsigned long tag, v;

	while (*p < end) {
		tag = number(p, end);
		v = number(p, end);
		if (tag >> 3 == which)
			return v;
		if ((tag & 7) == BYTES)
			*p += v < (unsigned long)(end - *p) ? v : (unsigned long)(end - *p);
	}
	return 0;
}

static void
end_process(const unsigned char *m, size_t n, const char *folder)
{
	const unsigned char *p = m, *end = m + n;
	unsigned long len = field(&p, end, REQ_OPTS), pid = field(&p, len < (unsigned long)(end - p) ? p + len : end, OPTS_PID);
	int i;

	if (!pid || kill((pid_t)pid, SIGKILL))
		return;
	for (i = 0; i < 100 && !access(folder, F_OK); i++)
		usleep(10000);
}

int
main(int argc, char **argv)
{
	static const char words[] = "(00.1) Warn  (criu/a.c:1): nothing\n(00.2) Error (criu/mount.c:2): mnt: the cause\n"
		"(00.3) Error (criu/cr-dump.c:3): Dump files (pid: 7) failed with -1\n"
		"(00.3) Error (criu/util.c:3): exited, status=1\n(00.4) Error (criu/cr-dump.c:4): Dumping FAILED.\n";
	unsigned char m[65536];
	ssize_t n;
	int fd, log;

	if (argc != 6)
		return 2;
	fd = atoi(argv[5]);
	while ((n = recv(fd, m, sizeof m, 0)) > 1) {
		/* field 1 the type, 2 success, 10 the version: 1 major, 2 minor */
		unsigned char yes[] = {8, TYPE_VERSION, 16, 1, 82, 4, 8, (unsigned char)atoi(argv[1]), 16, (unsigned char)atoi(argv[2])};
		unsigned char no[] = {8, m[1], 16, 0}, well[] = {8, m[1], 16, 1};

		if (m[1] == TYPE_VERSION) {
			send(fd, yes, sizeof yes, 0);
			continue;
		}
		if (*argv[3] && argv[3][strlen(argv[3]) - 1] == '/') {
			end_process(m, (size_t)n, argv[3]);
			send(fd, well, sizeof well, 0);
			continue;
		}
		log = *argv[3] && access(argv[3], F_OK) ? open(argv[3], O_WRONLY | O_CREAT, 0600) : -1;
		if (log >= 0 && write(log, words, sizeof words - 1) < 0)
			return 1;
		send(fd, no, sizeof no, 0);
	}
	return 1;
}

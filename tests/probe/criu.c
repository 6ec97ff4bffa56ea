/* SPDX-License-Identifier: MIT */
/* criu.c - a criu that tells its version and fails at everything else, for the tests of what is said then
 *
 *	criu MAJOR MINOR LOG swrk FD	LOG: where its log is written once it is asked for more; "" for nowhere */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_VERSION = 10 };

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
		unsigned char no[] = {8, m[1], 16, 0};

		if (m[1] == TYPE_VERSION) {
			send(fd, yes, sizeof yes, 0);
			continue;
		}
		log = *argv[3] && access(argv[3], F_OK) ? open(argv[3], O_WRONLY | O_CREAT, 0600) : -1;
		if (log >= 0 && write(log, words, sizeof words - 1) < 0)
			return 1;
		send(fd, no, sizeof no, 0);
	}
	return 1;
}

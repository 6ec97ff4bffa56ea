/* SPDX-License-Identifier: MIT */
/* swap.c - swap SECONDS PATH PATH: exchanges two names as fast as the kernel lets it, until time is up
 *
 * One of the two is most often a folder and the other a link out of it, so that whoever checks a path and then uses it finds the
 * two to be different.  Prints how often it was done; ends early when one of the names is gone for good. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { EXCHANGE = 2 }; /* RENAME_EXCHANGE, Linux 3.15 */

int
main(int argc, char **argv)
{
	time_t end;
	long n, bad = 0;

	if (argc != 4)
		return 64;
	end = time(NULL) + atol(argv[1]);
	puts("swap: ready");
	fflush(stdout);
	for (n = 0; bad < 100000 && ((n + bad) % 64 || time(NULL) < end);) {
		if (syscall(SYS_renameat2, AT_FDCWD, argv[2], AT_FDCWD, argv[3], EXCHANGE) == 0)
			n++;
		else if (errno == ENOSYS || errno == EINVAL)
			return 77;
		else
			bad++;
	}
	printf("swap: %ld times\n", n);
	return 0;
}

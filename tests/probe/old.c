/* SPDX-License-Identifier: MIT */
/* old.c - a kernel of another day: every call that Linux got after 4.14 is ENOSYS for the program that $OLD_MOTE names and
 * for all that comes of it; for the tests of what is done without them */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From 424 (pidfd_send_signal, 5.1) on calls have the same number on all machines, which rises with their age.  403 to 423 are old
 * calls with 64-bit times for 32-bit machines. */
enum { FIRST_NEW = 424, X32 = 0x40000000 };

int
main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_NEW, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof code / sizeof *code, code};
	const char *mote = getenv("OLD_MOTE");

	(void)argc;
	if (!mote) {
		fputs("old: OLD_MOTE names no program\n", stderr);
		return 99;
	}
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0)) {
		perror("old: seccomp");
		return 99;
	}
	execv(mote, argv);
	perror(mote);
	return 99;
}

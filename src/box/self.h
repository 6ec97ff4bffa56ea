/* SPDX-License-Identifier: MIT */
/* self.h - keeping the runtime's own binary out of a container's reach */
#ifndef BOX_SELF_H
#define BOX_SELF_H

#include <stdbool.h>

/* A process that is going to enter a container must not run from a file that can be opened for writing through
 * /proc/PID/exe (CVE-2019-5736): unless the binary lies on a read-only mount or in a sealed memory file already,
 * mote executes itself once more from a read-only copy of its mount (5.12), or from a sealed copy.  Returns 0 when all is well
 * (it does not come back from a re-execution), or -errno.  When mote `stays` in the container, the mount must be one that
 * nobody makes writable later: a copy, though the host's is read-only now. */
int self_protect(char *const argv[], char *const envp[], bool stays);

/* mote's own file, by /proc or by the path that the kernel executed; a descriptor or -errno. */
int self_open(int flags);

#endif

/* SPDX-License-Identifier: MIT */
/* self.h - keeping the runtime's own binary out of a container's reach */
#ifndef BOX_SELF_H
#define BOX_SELF_H

#include <stdbool.h>

/* A process that is going to enter a container must not run from a file that can be opened for writing through
 * /proc/PID/exe (CVE-2019-5736): unless the binary lies on a read-only mount or in a sealed memory file already,
 * mote executes itself once more from a read-only copy of its mount (5.12), or from a sealed copy.  On x86_64 toolchain/relr.c
 * has come before, mostly, and this only sees that all is well.  Returns 0 then (it does not come back from a re-execution), or
 * -errno.  When mote `stays` in the container, the mount must be one that nobody makes writable later: a copy, though the host's
 * is read-only now.  The caller's own descriptors may be meant by number: unless `keep`, self_let_go is called. */
int self_protect(char *const argv[], char *const envp[], bool stays, bool keep);

/* Closes what toolchain/relr.c has left open: the copy's mount, which lives as long as the files from it.  The last process to
 * close it waits for the kernel (umount, an expedited grace period), so HOST does it while the box is at work; the box, behind
 * its clone, is never the last. */
void self_let_go(void);

/* mote's own file, by /proc or by the path that the kernel executed; a descriptor or -errno. */
int self_open(int flags);

#endif

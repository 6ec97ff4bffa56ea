/* SPDX-License-Identifier: MIT */
/* sweep.h - what is half made goes away with whoever makes it, however that ends (feature PACK) */
#ifndef CMD_SWEEP_H
#define CMD_SWEEP_H

#include <sys/types.h>

struct sweep { int fd; pid_t pid; };

/* From now on somebody waits in a session of his own and, when this process ends before sweep_end, also by SIGKILL, removes the file or
 * folder at path and at more (which may be NULL).  Without room for a process nobody waits. */
void sweep_begin(struct sweep *s, const char *path, const char *more);

/* What was made has its place, or was taken away: nobody waits any more. */
void sweep_end(struct sweep *s);

#endif

/* SPDX-License-Identifier: MIT */
/* follow.h - events as they happen, a JSON line each on standard output; both live long and allocate in children only */
#ifndef BOX_FOLLOW_H
#define BOX_FOLLOW_H

#include "box/state.h"

/* "stats" every `ms` milliseconds and "oom", until the container's process has ended.  0 or -errno. */
int follow_stats(const struct state *s, uint64_t ms);

/* created, started, stopped, oom and deleted of the containers whose states lie in root (made when it is not there), beginning with
 * what is there.  With an id of that one, which may come later, until it is deleted; NULL: of all, for ever.  0 or -errno. */
int follow_lifecycle(const char *root, const char *id);

#endif

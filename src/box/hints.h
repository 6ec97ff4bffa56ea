/* SPDX-License-Identifier: MIT */
/* hints.h - what an errno of a step means to the user, where we know better than strerror */
#ifndef BOX_HINTS_H
#define BOX_HINTS_H

#include "box/plan.h"

/* A sentence for a step of that op that failed with err (-errno), or NULL. */
const char *hint_find(enum op op, int err);

#endif

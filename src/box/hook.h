/* SPDX-License-Identifier: MIT */
/* hook.h - programs that the config runs at points of a container's life */
#ifndef BOX_HOOK_H
#define BOX_HOOK_H

#include "box/plan.h"
#include "box/state.h"

/* Stage before plan_clone: the files through which the box's hooks will read the state. */
void plan_hook_files(struct plan *p, const struct job *j);

/* After delete: runs all of them; one that fails is a warning (M-31). */
void hooks_poststop(const struct hook_list *l, const struct state *s, const struct log *log);

#endif

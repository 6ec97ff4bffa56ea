/* SPDX-License-Identifier: MIT */
/* timing.c - stamps in a page that both processes write: no call but for the clock, and none at all without the option */
#include "box/timing.h"

#include "sys.h"

const char phase_names[PHASES][8] = {"", "load", "plan", "prepare", "clone", "mounts", "root", "seccomp", "exec"};

struct timing *
timing_new(void)
{
	return sys_mmap(NULL, sizeof(struct timing), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

void
timing_stamp(struct timing *t, enum phase p)
{
	struct timespec now = {0};

	if (!t)
		return;
	sys_clock_gettime(CLOCK_BOOTTIME, &now);
	t->at[p] = now.tv_sec * 1000000000ULL + now.tv_nsec;
	t->phase = p;
}

/* The first step of a phase. */
static enum phase
begins(const struct step *s)
{
	switch (s->op) {
	case OP_propagation:
	case OP_root_bind: return PHASE_MOUNTS;
	case OP_mask:
	case OP_pivot: return PHASE_ROOT;
	case OP_personality:
	case OP_lookup:
	case OP_bounding: return PHASE_SECCOMP;
	default: return PHASE_BEGIN;
	}
}

/* Up to the clone the HOST writes, from there on the box, whose first steps may come before the HOST is back from its call; what
 * the HOST does beside it belongs to no phase. */
void
timing_step(struct timing *t, const struct step *s)
{
	enum phase p = begins(s), least = s->side == BOX ? PHASE_CLONE : PHASE_PREPARE;

	if (s->op == OP_clone)
		t->cloned = true;
	if (s->side == HOST && t->cloned)
		return;
	least = t->phase > least ? t->phase : least;
	timing_stamp(t, p > least ? p : least);
}

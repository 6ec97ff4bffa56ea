/* SPDX-License-Identifier: MIT */
/* timing.h - when each phase of a start was over, for `run --timing` and `boot --chart` (feature TIMING) */
#ifndef BOX_TIMING_H
#define BOX_TIMING_H

#include <stdint.h>

#include "box/plan.h"

enum phase { PHASE_BEGIN, PHASE_LOAD, PHASE_PLAN, PHASE_PREPARE, PHASE_CLONE, PHASE_MOUNTS, PHASE_ROOT, PHASE_SECCOMP, PHASE_EXEC, PHASES };

/* Shared by both sides of the plan: the end of each phase in nanoseconds of CLOCK_BOOTTIME, 0 where it has not come to that. */
struct timing {
	uint64_t at[PHASES];
	uint32_t phase;  /* the one that steps belong to now */
	uint32_t cloned; /* the HOST's: its steps belong to none any more */
};

/* What each phase is called; the first is none. */
extern const char phase_names[PHASES][8];

/* In memory of its own, a page; NULL when there is none. */
struct timing *timing_new(void);

/* That phase is over now; t may be NULL. */
void timing_stamp(struct timing *t, enum phase p);

/* A step of the plan has been done. */
void timing_step(struct timing *t, const struct step *s);

#endif

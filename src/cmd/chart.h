/* SPDX-License-Identifier: MIT */
/* chart.h - a boot chart as SVG, and the times of one start as text (feature TIMING) */
#ifndef CMD_CHART_H
#define CMD_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "box/timing.h"

/* One container; nanoseconds of CLOCK_BOOTTIME, 0 where it has not come to that. */
struct chart_row {
	const char *name;
	const char *end;        /* how it is: "ready", "done", "failed" */
	uint64_t begun, ready, ended;
	unsigned starts;
	const struct timing *t; /* of its first start */
};

/* Draws them into path, replaced whole: a bar each from its start to its end, and below the phases of each start enlarged.  0 or -errno. */
int chart_write(const char *path, const struct chart_row *v, size_t n, uint64_t began, uint64_t now);

/* run --timing: "load 0.231 ms" a line, or a chart where path ends in .svg; "-" is standard error.  0 or -errno. */
int timing_write(const char *path, const char *name, const struct timing *t);

#endif

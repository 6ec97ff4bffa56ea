/* SPDX-License-Identifier: MIT */
/* cgroup2.c - what version 2 has of its own: one tree, controllers handed down, device rules as a
 * program */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"
#include "box/scope.h"

enum { FRACTION = 27 };

/* log2 of v, 1 <= v < 2^31, times 2^27. */
static uint64_t
log2_fixed(uint64_t v)
{
	uint64_t l = 0, x = v;
	int i;

	for (; x >> 1; x >>= 1)
		l++;
	x = v << (31 - l); /* 1 <= x / 2^31 < 2 */
	for (i = 0; i < FRACTION; i++) {
		x = x * x >> 31;
		l = l << 1 | x >> 32;
		x >>= x >> 32;
	}
	return l;
}

/* 2 to 262144, default 1024, becomes 1 to 10000, default 100: weight = 10^((l^2 + 125 l) / 612 -
 * 7/34) with l = log2(shares), rounded up, as runc and crun have it since 2025 (before that 1024
 * became 39, less than what a cgroup without any setting has).  Compared as logarithms, so that no
 * floating point is needed. */
unsigned
cgroup_weight(uint64_t shares)
{
	const uint64_t log2_10 = 445861641; /* times 2^27 */
	unsigned low = 1, high = 10000, mid;
	uint64_t l, want;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2_fixed(shares);
	want = (l * l >> FRACTION) + 125 * l - ((uint64_t)126 << FRACTION);
	want = (want << 4) / 612 * log2_10 >> (FRACTION + 4);
	while (low < high) {
		mid = (low + high) / 2;
		if (log2_fixed(mid) >= want)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* "+memory +pids": what the settings need and no more (M-61). */
static const char *
needed(const struct cgroup_settings *s)
{
	struct out o = out_mem();
	const char *c;
	size_t i;

	for (i = 0; i < s->n; i++) {
		c = s->v[i].controller;
		if (s->v[i].where != CGROUP_AT_V2 || !*c)
			continue;
		if (cgroup_has(out_text(&o), ' ', text_make("+%s", c), strlen(c) + 1))
			continue;
		out_fmt(&o, "%s+%s", *out_text(&o) ? " " : "", c);
	}
	return out_text(&o);
}

/* From the mount point down to the parent: a folder can hand out only what it was handed. */
static void
plan_enable(struct plan *p, const char *mount, const char *path, const char *controllers)
{
	const char *end = path;

	if (!*controllers)
		return;
	do {
		plan_add_a(p, OP_cgroup_enable, HOST, controllers)->b =
			end == path ? mount : text_path(mount, arena_copy(path, end - path));
		end = strchr(end + 1, '/');
	} while (end);
}

void
plan_cgroup2_enable(struct plan *p, const struct job *j, const struct cgroup_settings *s)
{
	plan_enable(p, j->facts->cgroup.v2.mount, cgroup_path(j), needed(s));
}

void
plan_cgroup2_make(struct plan *p, const struct job *j)
{
	const char *mount = j->facts->cgroup.v2.mount;
	struct step *st = plan_add_a(p, OP_cgroup_make, HOST, text_path(mount, cgroup_path(j)));

	st->b = mount;
	st->n = HAVE_SYSTEMD && j->systemd;
	st->flags = UNDO;
}

void
plan_cgroup2(struct plan *p, const struct job *j, const struct cgroup_settings *s)
{
	const struct cgroup_facts *f = &j->facts->cgroup;
	const struct opt *pids = &j->spec->linux.resources.pids.limit;
	const char *folder = text_path(f->v2.mount, cgroup_path(j));

	IF_SYSTEMD(if (j->systemd) plan_scope(p, j, s);)
	plan_cgroup2_make(p, j);
	plan_cgroup2_enable(p, j, s);
	plan_cgroup_writes(p, folder, CGROUP_AT_V2, s);
	if (HAVE_DEVICES && j->spec->linux.resources.devices.n &&
		cgroup_where_devices(f) == CGROUP_AT_V2)
		plan_cgroup2_program(p, j);
	/* No process can be made in a cgroup that may have none (M-63); to be moved there it can. */
	if ((!pids->given || pids->v) && !cgroup_late(j))
		plan_add_a(p, OP_cgroup_open, HOST, folder)->slot = plan_slot(p);
}

/* SPDX-License-Identifier: MIT */
/* cglist.c - limits that are lists: block devices, huge pages, rdma, network, unified */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgrow.h"

/* --- block devices ---------------------------------------------------------------------------- */

/* BFQ weighs from 1 to 1000, io.weight from 1 to 10000; the config from 10 to 1000. */
static uint64_t
io_weight(uint64_t w)
{
	return w < 10 ? 1 : 1 + (w - 10) * 9999 / 990;
}

static bool
weight_fits(struct cgroup_ask *q, const struct cgroup_row *w, uint64_t v)
{
	return (v >= 10 && v <= 1000) || limit_fail(q, w->name, 3, "is out of range: 10 to 1000");
}

/* Which of the two files there is depends on the I/O scheduler and is seen when it is written. */
static void
either(struct cgroup_setting *s, const char *v1, const char *v2, const char *value2)
{
	s->file2 = s->where == CGROUP_AT_V2 ? v2 : v1;
	s->value2 = s->where == CGROUP_AT_V2 ? value2 : s->value;
}

void
limit_put_weight(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);
	int where;

	if (!o->v || !weight_fits(q, w, o->v) || (where = limit_place(q, w)) == CGROUP_NOWHERE)
		return;
	either(limit_add(q, w, where, limit_count(o->v)), "blkio.bfq.weight", "io.weight",
		limit_count(io_weight(o->v)));
}

void
limit_put_leaf_weight(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);

	if (o->v && weight_fits(q, w, o->v))
		limit_put_count(q, w);
}

static const char *
device_line(const struct weight_device *d, uint64_t v)
{
	return text_make("%lld:%lld %llu", (long long)d->major, (long long)d->minor,
		(unsigned long long)v);
}

void
limit_put_weight_device(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct weight_device *d = q->r->block_io.weight_device.v;
	size_t i, n = q->r->block_io.weight_device.n;
	int where;

	for (i = 0; i < n; i++, d++) {
		if (!d->weight.v || !weight_fits(q, w, d->weight.v))
			continue;
		where = limit_place(q, w);
		if (where != CGROUP_NOWHERE)
			either(limit_add(q, w, where, device_line(d, d->weight.v)),
				"blkio.bfq.weight_device", "io.weight",
				device_line(d, io_weight(d->weight.v)));
	}
}

void
limit_put_leaf_device(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct weight_device *d = q->r->block_io.weight_device.v;
	size_t i, n = q->r->block_io.weight_device.n;
	int where;

	for (i = 0; i < n; i++, d++)
		if (d->leaf_weight.v && weight_fits(q, w, d->leaf_weight.v) &&
			(where = limit_place(q, w)) != CGROUP_NOWHERE)
			limit_add(q, w, where, device_line(d, d->leaf_weight.v));
}

/* A rate of zero lifts the limit: version 1 takes it so, version 2 wants the word. */
void
limit_put_throttle(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct throttles *t = limit_member(q, w);
	const struct throttle_device *d = t->v;
	const char *rate;
	int where;

	for (; d < t->v + t->n; d++) {
		where = limit_place(q, w);
		if (where == CGROUP_NOWHERE)
			continue;
		rate = where == CGROUP_AT_V2 && !d->rate ? "max" : limit_count(d->rate);
		limit_add(q, w, where,
			text_make("%lld:%lld %s%s", (long long)d->major, (long long)d->minor,
				where == CGROUP_AT_V2 ? w->word : "", rate));
	}
}

/* --- the others ------------------------------------------------------------------------------- */

/* A page size becomes part of a file name. */
static bool
size_fits(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n && *s != '0' && strchr("KMG", s[n]) && s[n] && !strcmp(s + n + 1, "B");
}

/* Reserved pages are limited as well, where the kernel can (5.7): they are promised memory. */
void
limit_put_hugepages(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct hugepage_limit *h = q->r->hugepage_limits.v;
	const struct hugepage_limit *end = h + q->r->hugepage_limits.n;
	struct cgroup_setting *s;
	const char *tail;
	int where;

	for (; h < end; h++) {
		if (!size_fits(h->page_size)) {
			limit_fail(q, w->name, 58, "pageSize is a number and KB, MB or GB, as 2MB");
			continue;
		}
		where = limit_place(q, w);
		if (where == CGROUP_NOWHERE)
			continue;
		tail = where == CGROUP_AT_V2 ? w->v2_file : w->v1_file;
		s = limit_add(q, w, where, limit_count(h->limit));
		s->file = text_make("hugetlb.%s.%s", h->page_size, tail);
		s = limit_add(q, w, where, limit_count(h->limit));
		s->file = text_make("hugetlb.%s.rsvd.%s", h->page_size, tail);
		s->lax = true;
	}
}

void
limit_put_rdma(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct rdma_limit *m = q->r->rdma.v, *end = m + q->r->rdma.n;
	struct out o;
	int where;

	for (; m < end; m++) {
		where = limit_place(q, w);
		if (where == CGROUP_NOWHERE)
			continue;
		o = out_mem();
		out_str(&o, m->name);
		if (m->hca_handles.given)
			out_fmt(&o, " hca_handle=%s", limit_count(m->hca_handles.v));
		if (m->hca_objects.given)
			out_fmt(&o, " hca_object=%s", limit_count(m->hca_objects.v));
		limit_add(q, w, where, out_text(&o));
	}
}

void
limit_put_priorities(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct net_priority *m = q->r->network.priorities.v;
	const struct net_priority *end = m + q->r->network.priorities.n;
	int where;

	for (; m < end; m++) {
		where = limit_place(q, w);
		if (where != CGROUP_NOWHERE)
			limit_add(
				q, w, where, text_make("%s %s", m->name, limit_count(m->priority)));
	}
}

/* Files that move processes or change what the folder is, and are mote's own business. */
static const char *const not_unified[] = {"cgroup.procs", "cgroup.threads", "cgroup.kill",
	"cgroup.freeze", "cgroup.type", "cgroup.subtree_control"};

static bool
unified_fits(struct cgroup_ask *q, const char *name, const char *file)
{
	size_t i;

	if (!*file || strchr(file, '/') || !strchr(file, '.') || *file == '.')
		return limit_fail(q, name, 61, "is no name of a cgroup file");
	for (i = 0; i < sizeof not_unified / sizeof *not_unified; i++)
		if (!strcmp(file, not_unified[i]))
			return limit_fail(
				q, name, 61, "is not a setting: mote writes this file itself");
	if (!q->f->v2.mount)
		return limit_fail(q, name, 61,
			"such settings need version 2 of cgroups, which is not mounted here");
	return true;
}

/* "": a file of the core, which needs nothing; NULL: no such controller. */
static const char *
unified_controller(const struct cgroup_ask *q, const char *file)
{
	size_t n = strcspn(file, ".");

	if (n == 6 && !memcmp(file, "cgroup", n))
		return "";
	return cgroup_has(q->f->v2_controllers, ' ', file, n) ? arena_copy(file, n) : NULL;
}

/* Each line is one write, as with the shell: io.max takes one device at a time. */
static void
unified_lines(struct cgroup_ask *q, const struct cgroup_row *w, const char *file, const char *value)
{
	struct cgroup_setting *s;
	size_t n;

	do {
		n = strcspn(value, "\n");
		s = limit_add(q, w, CGROUP_AT_V2, arena_copy(value, n));
		s->controller = w->v2;
		s->file = file;
		value += n + (value[n] == '\n');
	} while (*value);
}

void
limit_put_unified(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct pair *m = q->r->unified.v, *end = m + q->r->unified.n;
	struct cgroup_row each = *w;

	for (; m < end; m++) {
		each.name = text_make("unified[\"%s\"]", m->key);
		if (!unified_fits(q, each.name, m->key))
			continue;
		each.v2 = unified_controller(q, m->key);
		if (each.v2)
			unified_lines(q, &each, m->key, m->value);
		else
			limit_fail(q, each.name, 61,
				"version 2 of cgroups has no such controller here (see "
				"cgroup.controllers at its mount point)");
	}
}

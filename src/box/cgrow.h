/* SPDX-License-Identifier: MIT */
/* cgrow.h - a row of the table of limits, for cglimit.c and cglist.c only */
#ifndef BOX_CGROW_H
#define BOX_CGROW_H

#include "box/cgroup.h"

/* What is asked, of what, and where the answer goes. */
struct cgroup_ask {
	const struct cgroup_facts *f;
	const struct resources_spec *r;
	struct cgroup_settings *out;
	struct diag *d;
};

struct cgroup_row {
	const char *name;               /* below linux.resources */
	void (*put)(struct cgroup_ask *, const struct cgroup_row *);
	size_t at;                      /* the member of struct resources_spec */
	const char *v1, *v1_file;       /* controller and file */
	const char *v2, *v2_file;       /* NULL: version 2 has no such thing */
	const char *needs;              /* kernel option */
	const char *word;               /* of an io.max line */
};

/* A fault of a property; false. */
bool limit_fail(struct cgroup_ask *q, const char *name, int rule, const char *text);

/* Where this row's file is, or CGROUP_NOWHERE and a fault. */
int limit_place(struct cgroup_ask *q, const struct cgroup_row *w);

/* Adds the row's file with that value. */
struct cgroup_setting *limit_add(struct cgroup_ask *q, const struct cgroup_row *w, int where,
	const char *value);

/* The row's member of struct resources_spec. */
const void *limit_member(const struct cgroup_ask *q, const struct cgroup_row *w);

const char *limit_count(uint64_t v);

void limit_put_count(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_hugepages(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_leaf_device(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_leaf_weight(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_priorities(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_rdma(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_throttle(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_unified(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_weight(struct cgroup_ask *q, const struct cgroup_row *w);
void limit_put_weight_device(struct cgroup_ask *q, const struct cgroup_row *w);

#endif

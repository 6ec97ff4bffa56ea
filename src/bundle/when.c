/* SPDX-License-Identifier: MIT */
/* when.c - selectors: is this the machine that a part of runtime.json is for?  Pure. */
#include <string.h>

#include "base/text.h"
#include "bundle/overlay.h"

/* <0, 0, >0, or a fault. */
enum { NOT_A_VALUE = 99 };

/* As many numbers of the kernel's version as the other one has: 5.4.17 is 5.4, and neither below nor above it. */
static int
compare_kernel(const char *v, const struct host *h)
{
	const char *k = h->kernel;
	uint64_t a, b;
	int order = 0;

	for (;;) {
		if (!text_u64_prefix(v, &v, &b))
			return NOT_A_VALUE;
		a = 0;
		text_u64_prefix(k, &k, &a);
		order = order ? order : (a > b) - (a < b);
		if (!*v)
			return order;
		if (*v++ != '.')
			return NOT_A_VALUE;
		k += *k == '.';
	}
}

static int
compare_memory(const char *v, const struct host *h)
{
	uint64_t n;

	return text_size(v, &n) ? (h->memory > n) - (h->memory < n) : NOT_A_VALUE;
}

/* One comparison of a list: >=5.4; without a sign it is =. */
static bool
holds_one(const char *v, const struct host *h, int (*compare)(const char *, const struct host *), bool *good)
{
	bool less = *v == '<', more = *v == '>', equal;
	int order;

	v += less || more;
	equal = *v == '=' || !(less || more);
	v += *v == '=';
	order = compare(v, h);
	*good = *good && order != NOT_A_VALUE;
	return (less && order < 0) || (more && order > 0) || (equal && !order);
}

/* >=5.4,<6: all of them. */
static bool
holds_all(const char *v, const struct host *h, int (*compare)(const char *, const struct host *), bool *good)
{
	bool holds = true;
	const char *end;

	for (; v; v = *end ? end + 1 : NULL) {
		end = v + strcspn(v, ",");
		holds = holds_one(text_make("%.*s", (int)(end - v), v), h, compare, good) && holds;
	}
	return holds;
}

static bool
is_cgroup(const char *v, const struct host *h, bool *good)
{
	*good = text_eq(v, "v1") || text_eq(v, "hybrid") || text_eq(v, "v2") || text_eq(v, "none");
	/* A hybrid machine has its controllers on version 1. */
	return text_eq(v, h->cgroup) || (text_eq(v, "v1") && text_eq(h->cgroup, "hybrid"));
}

enum { ARCH, HOST, CGROUP, KERNEL, MEMORY, NO_SELECTOR };
static const char selectors[][8] = {"arch", "host", "cgroup", "kernel", "memory"};

static bool
holds_value(const struct node *n, int key, const struct host *h, struct diag *d)
{
	bool good = n->type == JSON_STRING && *n->text, holds = false;

	switch (good ? key : NO_SELECTOR) {
	case ARCH: holds = text_eq(n->text, h->arch); break;
	case HOST: holds = text_eq(n->text, h->name); break;
	case CGROUP: holds = is_cgroup(n->text, h, &good); break;
	case KERNEL: holds = holds_all(n->text, h, compare_kernel, &good); break;
	case MEMORY: holds = holds_all(n->text, h, compare_memory, &good); break;
	}
	if (!good)
		tree_refuse(n, d, DIAG_TEXT(d, "no value for %s: %s", selectors[key],
			n->type == JSON_STRING ? n->text : "it must be a string, or a list of them"));
	return good && holds;
}

/* One selector; of a list one is enough. */
static bool
holds_selector(const struct node *n, const struct host *h, struct diag *d)
{
	const struct node *e;
	bool any = false;
	int key = 0;

	while (key < NO_SELECTOR && !text_eq(n->key, selectors[key]))
		key++;
	if (key == NO_SELECTOR) {
		tree_refuse(n, d, "no such selector: there are arch, kernel, cgroup, memory and host");
		return false;
	}
	if (n->type != JSON_ARRAY)
		return holds_value(n, key, h, d);
	for (e = n->first; e; e = e->next)
		any = holds_value(e, key, h, d) || any;
	return any;
}

bool
when_holds(const struct node *when, const struct host *h, struct diag *d)
{
	const struct node *n;
	bool all = when->type == JSON_OBJECT;

	if (!all)
		tree_refuse(when, d, "must be an object");
	for (n = all ? when->first : NULL; n; n = n->next)
		all = holds_selector(n, h, d) && all;
	return all;
}

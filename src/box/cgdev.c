/* SPDX-License-Identifier: MIT */
/* cgdev.c - device rules as data: the config's list, mote's default devices, version 1's way
 *
 * The last rule that speaks about a device and an access decides; what no rule speaks about is
 * denied: rules are the list of what is allowed, which begins empty, as runc has it in both versions
 * and crun in version 2.  A config without rules filters nothing. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgroup.h"

enum { ANY = -1, MAJOR_MAX = 0xfff, MINOR_MAX = 0xfffff }; /* the kernel's own dev_t */

/* Devices that every container has (runtime-spec "Default Devices", M-48) stay usable behind a rule
 * that denies everything.  Making a node gives no access to what it names, so that is allowed for
 * all. */
static const struct dev_rule defaults[] = {
	{true, true, 0, DEV_MKNOD, ANY, ANY},
	{true, true, 'c', DEV_ALL, 1, 3},     /* null */
	{true, true, 'c', DEV_ALL, 1, 5},     /* zero */
	{true, true, 'c', DEV_ALL, 1, 7},     /* full */
	{true, true, 'c', DEV_ALL, 1, 8},     /* random */
	{true, true, 'c', DEV_ALL, 1, 9},     /* urandom */
	{true, true, 'c', DEV_ALL, 5, 0},     /* tty */
	{true, true, 'c', DEV_ALL, 5, 2},     /* ptmx */
	{true, true, 'c', DEV_ALL, 136, ANY}, /* pts/N */
	{true, true, 'c', DEV_ALL, 5, 1},     /* console; last: only with a terminal */
};

static void
push(struct dev_rules *out, struct dev_rule r)
{
	*PUSH(out->v, out->n) = r;
}

static void
push_defaults(struct dev_rules *out, bool terminal)
{
	size_t i, n = sizeof defaults / sizeof *defaults - !terminal;

	for (i = 0; i < n; i++)
		push(out, defaults[i]);
}

static unsigned
access_bits(const char *s)
{
	unsigned bits = 0;

	if (!s || !*s)
		return DEV_ALL;
	for (; *s; s++)
		bits |= *s == 'r' ? DEV_READ : *s == 'w' ? DEV_WRITE : DEV_MKNOD;
	return bits;
}

static int32_t
number(const struct opt *o)
{
	return o->given && o->v >= 0 ? (int32_t)o->v : ANY;
}

static char
type_of(int type)
{
	return type == 'a' || !type ? 0 : type == 'b' ? 'b' : 'c'; /* 'u' is another word for 'c' */
}

void
dev_rules_make(struct dev_rules *out, const struct resources_spec *r, bool terminal)
{
	const struct device_rule *d = r->devices.v, *end = d + r->devices.n;
	struct dev_rule rule;
	bool all;

	*out = (struct dev_rules){.base = d == end, .reset = d != end};
	if (d != end)
		push_defaults(out, terminal);
	for (; d < end; d++) {
		rule = (struct dev_rule){d->allow, false, type_of(d->type), access_bits(d->access),
			number(&d->major), number(&d->minor)};
		all = !rule.type && rule.major == ANY && rule.minor == ANY;
		if (all && rule.access == DEV_ALL) {
			out->n = 0;
			out->base = d->allow;
		} else {
			push(out, rule);
		}
		if (all && !d->allow)
			push_defaults(out, terminal);
	}
}

static void
check_number(struct diag *d, size_t i, const char *what, const struct opt *o, int64_t max)
{
	if (o->given && (o->v < ANY || o->v > max))
		diag_add(d, (struct fault){.rule = 3,
				    .name = text_make("linux.resources.devices[%zu].%s", i, what),
				    .text = text_make(
					    "is out of range: -1 (any) to %lld", (long long)max)});
}

void
dev_rules_check(const struct resources_spec *r, struct diag *d)
{
	const struct device_rule *rule = r->devices.v;
	size_t i;

	for (i = 0; i < r->devices.n; i++, rule++) {
		check_number(d, i, "major", &rule->major, MAJOR_MAX);
		check_number(d, i, "minor", &rule->minor, MINOR_MAX);
		if (rule->access && rule->access[strspn(rule->access, "rwm")])
			diag_add(d, (struct fault){.rule = 3,
				.name = text_make("linux.resources.devices[%zu].access", i),
				.text = "is made of other letters than r, w and m"});
	}
}

static const char *
number_text(int32_t n)
{
	return n == ANY ? "*" : text_make("%d", (int)n);
}

const char *
dev_rule_text(const struct dev_rule *r, char type)
{
	static const char letters[][4] = {"", "m", "r", "rm", "w", "wm", "rw", "rwm"}; /* of DEV_* */

	return text_make("%c %s:%s %s", type, number_text(r->major), number_text(r->minor), letters[r->access]);
}

/* --- version 1: one base and exceptions of the other kind ------------------------------------- */

static bool
part_within(int32_t a, int32_t b)
{
	return b == ANY || a == b;
}

static bool
within(const struct dev_rule *a, const struct dev_rule *b)
{
	return a->type == b->type && part_within(a->major, b->major) &&
	       part_within(a->minor, b->minor);
}

static bool
part_meets(int32_t a, int32_t b)
{
	return a == b || a == ANY || b == ANY;
}

static bool
meets(const struct dev_rule *a, const struct dev_rule *b)
{
	return a->type == b->type && part_meets(a->major, b->major) &&
		part_meets(a->minor, b->minor) && a->access & b->access;
}

static void
add_exception(struct dev_rules *out, const struct dev_rule *r)
{
	struct dev_rule *e;

	for (e = out->v; e < out->v + out->n; e++)
		if (within(e, r) && within(r, e)) {
			e->access |= r->access;
			e->own = e->own && r->own;
			return;
		}
	push(out, *r);
}

/* The rule takes back what it covers; an exception that it covers in part cannot be written down,
 * but for mote's own "any node may be made". */
static bool
take_back(struct dev_rules *out, const struct dev_rule *r)
{
	struct dev_rule *e;

	for (e = out->v; e < out->v + out->n; e++) {
		if (!meets(e, r))
			continue;
		if (within(e, r))
			e->access &= ~r->access;
		else if (!e->own || (e->access & r->access) != DEV_MKNOD)
			return false;
	}
	return true;
}

/* The kernel wants one exception to cover all of an access: a narrow one gets what wider ones give.
 */
static void
widen(struct dev_rules *out)
{
	struct dev_rule *e, *w, *end = out->v + out->n;

	for (e = out->v; e < end; e++)
		for (w = out->v; w < end; w++)
			if (e->access && within(e, w))
				e->access |= w->access;
}

bool
dev_rules_flatten(struct dev_rules *out, const struct dev_rules *in, struct dev_rule *bad)
{
	struct dev_rule r;
	size_t i;
	const char *t;

	*out = (struct dev_rules){.base = in->base, .reset = in->reset};
	for (i = 0; i < in->n; i++)
		for (t = "bc"; *t; t++) {
			r = in->v[i];
			if (r.type && r.type != *t)
				continue;
			r.type = *t;
			if (r.allow != in->base) {
				add_exception(out, &r);
			} else if (!take_back(out, &r)) {
				*bad = r;
				return false;
			}
		}
	if (!in->base)
		widen(out);
	return true;
}

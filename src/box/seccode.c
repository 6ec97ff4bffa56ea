/* SPDX-License-Identifier: MIT */
/* seccode.c - a profile's decisions as classic BPF; knows numbers of system calls, no names
 *
 * The program is a graph without a loop: tests of the call's number, then of its arguments, then what
 * happens.  It is written from its end to its beginning, so that what an instruction jumps to is
 * there already, and every jump says both of its targets: nothing falls through but a load to the
 * test behind it, and a copy of what is far away can be put anywhere. */
#include "box/seccode.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"
#include "box/plan.h"
#include "spec/names.h"

enum {
	ROOM = BPF_MAXINSNS + 1, /* one more than the kernel takes */
	NEAR = 250,    /* a conditional jump reaches 255 instructions; room for what is put between */
	ENDS = 4,      /* returns that are remembered: most profiles have no more actions */
	SIX = 6,       /* arguments of a system call */
	ALL = ~0u,     /* a mask that masks nothing */
	BIG = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
};

/* A condition; LT, LE and NE are GE, GT and EQ the other way round. */
struct condition {
	uint64_t mask, value;
	uint8_t index, op; /* op: enum seccomp_op, never MASKED_EQ */
};

struct clause {
	struct condition v[SIX];
	size_t n, rule;
	uint32_t action;
};

/* From this number on: an action, or with clauses the first of them whose conditions all hold. */
struct cut {
	uint32_t from, action;
	const struct clause *clauses;
	size_t n;
};

struct writer {
	const struct seccode *c;
	struct sock_filter *v;
	size_t at;              /* the first instruction that is there, of ROOM; 0: too long */
	size_t ends[ENDS], nend; /* the last returns */
	struct cut *cuts;
	size_t ncut;
	struct clause *clauses; /* of the call that is looked at */
	size_t nclause, odd;    /* odd: a rule that contradicts another one, from 1 */
};

/* --- instructions ----------------------------------------------------------------------------- */

/* Where it stands is its name: targets are places in v. */
static size_t
put(struct writer *w, unsigned code, uint32_t k, size_t yes, size_t no)
{
	if (w->at)
		w->v[--w->at] = (struct sock_filter){code, yes, no, k};
	return w->at;
}

static size_t
load(struct writer *w, size_t offset)
{
	return put(w, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static size_t
end(struct writer *w, uint32_t action)
{
	size_t i, to;

	for (i = 0; i < ENDS; i++) {
		to = w->ends[i];
		if (to - w->at <= NEAR && w->v[to].k == action)
			return to;
	}
	return w->ends[w->nend++ % ENDS] = put(w, BPF_RET | BPF_K, action, 0, 0);
}

static size_t
near(struct writer *w, size_t to)
{
	if (to - w->at <= NEAR)
		return to;
	if (w->v[to].code == (BPF_RET | BPF_K))
		return end(w, w->v[to].k);
	return put(w, BPF_JMP | BPF_JA, to - w->at, 0, 0);
}

static size_t
test(struct writer *w, unsigned op, uint32_t k, size_t yes, size_t no)
{
	yes = near(w, yes);
	no = near(w, no);
	return put(w, BPF_JMP | BPF_K | op, k, yes - w->at, no - w->at);
}

/* --- conditions ------------------------------------------------------------------------------- */

static size_t
half(size_t index, bool high)
{
	return offsetof(struct seccomp_data, args) + 8 * index + (high == BIG ? 0 : 4);
}

/* Behind a load of a word, loading it is not needed. */
static size_t
loaded(const struct writer *w, size_t to, size_t offset)
{
	return to + (w->v[to].code == (BPF_LD | BPF_W | BPF_ABS) && w->v[to].k == offset);
}

static size_t
word(struct writer *w, unsigned op, size_t offset, uint32_t value, size_t yes, size_t no)
{
	test(w, op, value, loaded(w, yes, offset), loaded(w, no, offset));
	return load(w, offset);
}

static size_t
masked(struct writer *w, size_t offset, uint32_t mask, uint32_t value, size_t yes, size_t no)
{
	if (!mask)
		return yes;
	if (mask == ALL)
		return word(w, BPF_JEQ, offset, value, yes, no);
	test(w, BPF_JEQ, value, yes, no);
	put(w, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	return load(w, offset);
}

/* Most values have nothing above 32 bits, so the low half decides first. */
static size_t
equal(struct writer *w, const struct condition *c, size_t yes, size_t no)
{
	yes = masked(w, half(c->index, true), c->mask >> 32, c->value >> 32, yes, no);
	return masked(w, half(c->index, false), c->mask, c->value, yes, no);
}

static size_t
above(struct writer *w, const struct condition *c, size_t yes, size_t no)
{
	unsigned op = c->op == COMPARE_GT || c->op == COMPARE_LE ? BPF_JGT : BPF_JGE;
	size_t low = word(w, op, half(c->index, false), c->value, yes, no);

	if (!(c->mask >> 32))
		return low;
	low = test(w, BPF_JEQ, c->value >> 32, low, no);
	return word(w, BPF_JGT, half(c->index, true), c->value >> 32, yes, low);
}

static size_t
condition(struct writer *w, const struct condition *c, size_t yes, size_t no)
{
	switch (c->op) {
	case COMPARE_EQ: return equal(w, c, yes, no);
	case COMPARE_NE: return equal(w, c, no, yes);
	case COMPARE_GE:
	case COMPARE_GT: return above(w, c, yes, no);
	}
	return above(w, c, no, yes);
}

static size_t rule_of(uint64_t call) { return call >> 16 & 0xffff; }
static uint64_t sub_of(uint64_t call) { return call >> 8 & 0xff; }

/* --- clauses: what rules say about one call --------------------------------------------------- */

/* A value that is too wide for the architecture loses its upper half, and what is masked out of the
 * argument is masked out of the value (libseccomp).  A condition that always holds is none. */
static void
add_condition(struct clause *c, const struct seccomp_arg *a, bool wide)
{
	struct condition n = {wide ? ~0ull : ALL, a->value, a->index, a->op};

	if (a->op == COMPARE_MASKED_EQ) {
		n.mask &= a->value;
		n.value = a->value_two;
		n.op = COMPARE_EQ;
	}
	n.value &= n.mask;
	if (n.mask)
		c->v[c->n++] = n;
}

/* How near a condition is: equality before ranges. */
static int
rank(const struct condition *c)
{
	switch (c->op) {
	case COMPARE_LT:
	case COMPARE_LE: return 1;
	case COMPARE_GE:
	case COMPARE_GT: return 2;
	}
	return 0;
}

/* Below 0: a is asked for before b.  libseccomp's order: arguments from the last to the first,
 * equality before ranges, the nearer bound first. */
static int
order(const struct condition *a, const struct condition *b)
{
	if (a->index != b->index)
		return b->index - a->index;
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	if (a->value == b->value)
		return 0;
	return (a->value > b->value) == (rank(a) != 1) ? -1 : 1;
}

static bool
same_condition(const struct condition *a, const struct condition *b)
{
	return a->index == b->index && a->op == b->op && a->mask == b->mask && a->value == b->value;
}

/* Inserts the last clause at its place.  One that asks for less than another and begins as that one
 * comes first.  libseccomp cannot take it behind that one when they disagree: nor can we, as only
 * one of them would ever be heard. */
static void
settle(struct writer *w)
{
	struct clause *v = w->clauses, new = v[w->nclause - 1];
	size_t i, k, shared, to = w->nclause - 1;

	for (i = w->nclause - 1; i-- > 0;) {
		shared = new.n < v[i].n ? new.n : v[i].n;
		for (k = 0; k < shared && same_condition(&new.v[k], &v[i].v[k]); k++)
			;
		if (k && k == new.n && new.action != v[i].action)
			w->odd = new.rule + 1;
		if (k < shared ? order(&new.v[k], &v[i].v[k]) < 0 : new.n < v[i].n)
			to = i;
	}
	memmove(v + to + 1, v + to, (w->nclause - 1 - to) * sizeof *v);
	v[to] = new;
}

static struct clause *
add_clause(struct writer *w, uint64_t call)
{
	struct clause *c = PUSH(w->clauses, w->nclause);
	struct seccomp_arg sub = {.value = sub_of(call), .op = COMPARE_EQ};

	*c = (struct clause){.rule = rule_of(call)};
	c->action = w->c->actions[c->rule];
	if (sub.value)
		add_condition(c, &sub, call & 1);
	return c;
}

/* The conditions of one argument are a clause each when `split`. */
static void
add_clauses(struct writer *w, uint64_t call)
{
	const struct seccomp_rule *r = &w->c->spec->syscalls.v[rule_of(call)];
	bool split = false;
	struct clause *c = NULL;
	unsigned seen = 0, index;
	size_t i;

	for (i = 0; i < r->args.n; seen |= 1u << r->args.v[i++].index)
		split = split || seen & 1u << r->args.v[i].index;
	for (index = 0; index < SIX; index++)
		for (i = 0; i < r->args.n; i++) {
			if (r->args.v[i].index != index)
				continue;
			if (!c)
				c = add_clause(w, call);
			if (!sub_of(call) || index) /* a multiplexer's first argument is another one */
				add_condition(c, &r->args.v[i], call & 1);
			if (!split)
				continue;
			settle(w);
			c = NULL;
		}
	if (!r->args.n)
		c = add_clause(w, call);
	if (c)
		settle(w);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool
same_end(const struct cut *a, const struct cut *b)
{
	return !a->n && !b->n && a->action == b->action;
}

static void
cut(struct writer *w, struct cut new)
{
	struct cut *last = w->cuts + w->ncut - 1;

	if (w->ncut && last->from == new.from) {
		w->ncut--;
		last--;
	}
	if (!w->ncut || !same_end(last, &new))
		w->cuts[w->ncut++] = new;
}

/* What all rules together say about a call that n of them name.  One without conditions goes before
 * all others, the first of them. */
static void
cut_call(struct writer *w, const uint64_t *calls, size_t n)
{
	struct cut d = {calls[0] >> 32, w->c->actions[rule_of(calls[0])], NULL, 0};
	size_t i;

	if (w->c->spec->syscalls.v[rule_of(calls[0])].args.n || sub_of(calls[0])) {
		w->clauses = NULL;
		w->nclause = 0;
		for (i = 0; i < n; i++)
			if (!i || calls[i] != calls[i - 1])
				add_clauses(w, calls[i]);
		d.action = w->clauses[0].action;
		if (w->clauses[0].n) {
			d.clauses = w->clauses;
			d.n = w->nclause;
		}
	}
	cut(w, d);
}

static void
sort(uint64_t *v, size_t n)
{
	size_t gap, i, k;
	uint64_t x;

	for (gap = n / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11)
		for (i = gap; i < n; i++) {
			x = v[i];
			for (k = i; k >= gap && v[k - gap] > x; k -= gap)
				v[k] = v[k - gap];
			v[k] = x;
		}
}

/* Where the answer changes along the numbers: calls laid over the ground. */
static void
cut_section(struct writer *w, const struct section *s)
{
	const struct ground *g = s->ground, *last = g + s->nground;
	uint32_t action = 0, nr;
	size_t i, n;

	sort(s->calls, s->ncall);
	w->ncut = 0;
	for (i = 0; i < s->ncall; i += n) {
		nr = s->calls[i] >> 32;
		for (n = 1; i + n < s->ncall && s->calls[i + n] >> 32 == nr; n++)
			;
		for (; g < last && g->from <= nr; action = g++->action)
			cut(w, (struct cut){g->from, g->action, NULL, 0});
		cut_call(w, s->calls + i, n);
		if (nr != UINT32_MAX)
			cut(w, (struct cut){nr + 1, action, NULL, 0});
	}
	for (; g < last; g++)
		cut(w, (struct cut){g->from, g->action, NULL, 0});
}

/* --- the program ------------------------------------------------------------------------------ */

static size_t
answer(struct writer *w, const struct cut *d)
{
	size_t no, yes, i, k;

	if (!d->n)
		return end(w, d->action);
	no = end(w, w->c->by_default);
	for (i = d->n; i-- > 0; no = yes) {
		yes = end(w, d->clauses[i].action);
		for (k = d->clauses[i].n; k-- > 0;)
			yes = condition(w, &d->clauses[i].v[k], yes, no);
	}
	return no;
}

/* A balanced search; one number between two ranges that agree is one test. */
static size_t
search(struct writer *w, const struct cut *v, size_t n)
{
	size_t left, right;

	if (n == 1)
		return answer(w, v);
	if (n == 3 && same_end(&v[0], &v[2]) && v[2].from == v[1].from + 1) {
		left = answer(w, &v[1]);
		return test(w, BPF_JEQ, v[1].from, left, answer(w, v));
	}
	right = search(w, v + n / 2, n - n / 2);
	left = search(w, v, n / 2);
	return test(w, BPF_JGE, v[n / 2].from, right, left);
}

static bool
fail(const struct writer *w, const char *name, const char *text)
{
	diag_add(w->c->diag, (struct fault){.name = name, .text = text, .rule = -1});
	return false;
}

bool
seccode_write(const struct seccode *c, struct bpf_code *code)
{
	struct writer w = {.c = c, .at = ROOM, .v = NEWS(struct sock_filter, ROOM)};
	const struct section *s;
	size_t most = 0, other, to, i;

	for (i = 0; i < c->nsection; i++)
		most = c->sections[i].ncall > most ? c->sections[i].ncall : most;
	w.cuts = NEWS(struct cut, 2 * most + 8);
	other = end(&w, SECCOMP_RET_KILL_THREAD); /* architectures that are not judged */
	for (i = c->nsection; i-- > 0;) {
		s = &c->sections[i];
		cut_section(&w, s);
		to = search(&w, w.cuts, w.ncut);
		if (w.ncut > 1)
			to = load(&w, offsetof(struct seccomp_data, nr));
		other = test(&w, BPF_JEQ, s->arch, to, other);
	}
	load(&w, offsetof(struct seccomp_data, arch));
	if (w.odd)
		return fail(&w, text_make("linux.seccomp.syscalls[%zu]", w.odd - 1),
			"contradicts another rule that has the same conditions");
	if (!w.at)
		return fail(&w, "linux.seccomp", text_make(
			"compiles to more than the %d instructions that the kernel takes", BPF_MAXINSNS));
	*code = (struct bpf_code){w.v + w.at, ROOM - w.at};
	return true;
}

/* SPDX-License-Identifier: MIT */
/* test_cgdev.c - device rules: programs and version 1 lists against the rules, word by word */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"

static int tests, failed;
static struct spec S;
static struct facts F;
static struct job J = {.spec = &S, .facts = &F, .id = "web"};

static void
ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
	failed += !good;
}

static struct opt
n(int64_t v)
{
	return (struct opt){true, v};
}

static void
facts_init(void)
{
	cgroup_parse(&F.cgroup, "1 0 0:9 / /cg/devices rw - cgroup cgroup rw,devices\n", "3:devices:/\n");
}

/* A device that every container has, or the making of a node. */
static bool
is_default(int type, int major, int minor, int bit)
{
	static const int extra[][2] = {{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 2}, {136, -1}};
	size_t k;

	for (k = 0; k < sizeof extra / sizeof *extra; k++)
		if (type == 'c' && extra[k][0] == major && (extra[k][1] < 0 || extra[k][1] == minor))
			return true;
	return bit == DEV_MKNOD;
}

/* What the config says, word by word: the first rule stands behind one that denies all; default devices stay. */
static bool
reference(const struct device_rule *r, size_t count, int type, int major, int minor, int bit)
{
	bool allowed = !count || is_default(type, major, minor, bit);

	for (; count-- > 0; r++) {
		bool any = (!r->major.given || r->major.v < 0) &&
			(!r->minor.given || r->minor.v < 0) && (!r->type || r->type == 'a');

		if ((r->type && r->type != 'a' && r->type != type) ||
			(r->major.given && r->major.v >= 0 && r->major.v != major) ||
			(r->minor.given && r->minor.v >= 0 && r->minor.v != minor))
			continue;
		if (!r->access || strchr(r->access, "?mr?w"[bit]))
			allowed = r->allow;
		allowed = allowed || (any && !r->allow && is_default(type, major, minor, bit));
	}
	return allowed;
}

/* Runs the program on a question; -1 for what the verifier would refuse. */
static int
interpret(const struct bpf_code *code, uint32_t type, uint32_t access, uint32_t major, uint32_t minor)
{
	const struct bpf_insn *v = code->code, *i;
	uint64_t reg[11] = {0};
	uint32_t question[3] = {access << 16 | type, major, minor};
	size_t pc;
	bool jump;

	for (pc = 0; pc < code->n; pc++) {
		i = v + pc;
		jump = false;
		switch (i->code) {
		case BPF_LDX | BPF_MEM | BPF_W: reg[i->dst_reg] = question[i->off / 4]; break;
		case BPF_ALU | BPF_MOV | BPF_X: reg[i->dst_reg] = (uint32_t)reg[i->src_reg]; break;
		case BPF_ALU | BPF_RSH | BPF_K: reg[i->dst_reg] = (uint32_t)reg[i->dst_reg] >> i->imm; break;
		case BPF_ALU | BPF_AND | BPF_K: reg[i->dst_reg] = (uint32_t)reg[i->dst_reg] & (uint32_t)i->imm; break;
		case BPF_ALU64 | BPF_MOV | BPF_K: reg[i->dst_reg] = i->imm; break;
		case BPF_JMP | BPF_JNE | BPF_K: jump = reg[i->dst_reg] != (uint64_t)(int64_t)i->imm; break;
		case BPF_JMP | BPF_JSET | BPF_K: jump = reg[i->dst_reg] & (uint64_t)(int64_t)i->imm; break;
		case BPF_JMP | BPF_JA | BPF_K: jump = true; break;
		case BPF_JMP | BPF_EXIT: return reg[0];
		default: return -1;
		}
		if (jump && i->off < 0)
			return -1;
		pc += jump ? i->off : 0;
	}
	return -1;
}

/* The kernel's version 1 list, fed with the very writes of the plan. */
struct model { bool base; struct { char type; int major, minor, access; } v[200]; int n; };

static int
access_of(const char *s)
{
	return (strchr(s, 'r') ? DEV_READ : 0) | (strchr(s, 'w') ? DEV_WRITE : 0) | (strchr(s, 'm') ? DEV_MKNOD : 0);
}

static void
model_write(struct model *m, bool allow, const char *text)
{
	char major[16], minor[16], access[8], type;
	int a, b, bits, i;

	if (*text == 'a') {
		m->base = allow;
		m->n = 0;
		return;
	}
	if (sscanf(text, "%c %15[^:]:%15s %7s", &type, major, minor, access) != 4)
		abort();
	a = *major == '*' ? -1 : atoi(major);
	b = *minor == '*' ? -1 : atoi(minor);
	bits = access_of(access);
	for (i = 0; i < m->n; i++)
		if (m->v[i].type == type && m->v[i].major == a && m->v[i].minor == b)
			break;
	if (allow == m->base) {
		if (i < m->n)
			m->v[i].access &= ~bits;
		return;
	}
	if (i == m->n)
		m->v[m->n++].access = 0;
	m->v[i].type = type, m->v[i].major = a, m->v[i].minor = b, m->v[i].access |= bits;
}

static bool
model_ask(const struct model *m, int type, int major, int minor, int bits)
{
	int i;

	for (i = 0; i < m->n; i++) {
		if (!m->v[i].access || m->v[i].type != type || (m->v[i].major >= 0 && m->v[i].major != major) ||
			(m->v[i].minor >= 0 && m->v[i].minor != minor))
			continue;
		if (m->base ? m->v[i].access & bits : (m->v[i].access & bits) == bits)
			return !m->base;
	}
	return m->base;
}

static void
random_rules(struct device_rule *r, size_t count)
{
	static const char *const access[] = {NULL, "r", "w", "m", "rw", "rwm", "rm", "wm"};
	static const int majors[] = {1, 5, 10, 136};

	for (; count-- > 0; r++) {
		memset(r, 0, sizeof *r);
		r->allow_given = true;
		r->allow = rand() % 2;
		r->type = "\0abc"[rand() % 4];
		r->access = access[rand() % 8];
		if (rand() % 3)
			r->major = n(majors[rand() % 4]);
		if (r->major.given && rand() % 3)
			r->minor = n(rand() % 5);
		if (r->major.given && rand() % 8 == 0)
			r->major.v = -1;
	}
}

static bool
reference_all(const struct device_rule *r, size_t count, int type, int major, int minor, int bits)
{
	int bit;

	for (bit = 1; bit < 8; bit <<= 1)
		if (bits & bit && !reference(r, count, type, major, minor, bit))
			return false;
	return true;
}

static unsigned
compare_program(const struct device_rule *r, size_t count, const struct dev_rules *rules)
{
	static const int majors[] = {0, 1, 5, 10, 136};
	struct bpf_code code = devbpf_compile(rules);
	unsigned bad = 0, major, minor, bits, t;

	for (t = 0; t < 2; t++)
		for (major = 0; major < 5; major++)
			for (minor = 0; minor < 6; minor++)
				for (bits = 1; bits < 8; bits++)
					bad += interpret(&code, t ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK,
						bits, majors[major], minor) !=
						reference_all(r, count, "bc"[t], majors[major], minor, bits);
	return bad;
}

/* Single accesses agree but for "m" (mote's own rule for making nodes stays); together they are never more. */
static unsigned
compare_v1(const struct device_rule *r, size_t count, const struct plan *p)
{
	static const int majors[] = {0, 1, 5, 10, 136};
	struct model m = {.base = true};
	unsigned bad = 0, major, minor, bits, t;
	size_t i;
	bool got, want;

	for (i = 0; i < p->n; i++)
		if (strstr(p->v[i].a, "/devices."))
			model_write(&m, text_ends(p->v[i].a, "allow"), p->v[i].b);
	for (t = 0; t < 2; t++)
		for (major = 0; major < 5; major++)
			for (minor = 0; minor < 6; minor++)
				for (bits = 2; bits < 8; bits += 2) {
					got = model_ask(&m, "bc"[t], majors[major], minor, bits);
					want = reference_all(r, count, "bc"[t], majors[major], minor, bits);
					bad += bits == 6 ? got && !want : got != want;
				}
	return bad;
}

static void
test_devices(void)
{
	struct device_rule r[6];
	unsigned bad2 = 0, bad1 = 0, said = 0, unsaid = 0, round;
	struct dev_rules rules;
	size_t count;

	memset(&S, 0, sizeof S);
	facts_init();
	srand(20);
	for (round = 0; round < 4000; round++) {
		struct plan p = {0};
		struct diag d = {0};

		count = rand() % 7;
		random_rules(r, count);
		S.linux.resources.devices.v = r, S.linux.resources.devices.n = count;
		dev_rules_make(&rules, &S.linux.resources, false);
		bad2 += compare_program(r, count, &rules);
		if (!cgroup1_check_devices(&J, &d)) {
			unsaid++;
			continue;
		}
		said++;
		plan_cgroup(&p, &J);
		bad1 += compare_v1(r, count, &p);
		arena_reset();
		facts_init();
	}
	printf("# version 1: %u lists said, %u refused\n", said, unsaid);
	ok(bad2 == 0, "programs answer as the rules say");
	ok(bad1 == 0, "version 1 exceptions answer as the rules say");
	ok(said > 1000 && unsaid > 100, "both kinds of list have been seen");
}

static void
test_defaults(void)
{
	static struct device_rule rules[] = {{.allow_given = true},
		{.allow_given = true, .type = 'c', .major = {true, 1}, .minor = {true, 3}}};
	struct resources_spec r = {.devices = {rules, 2}};
	struct dev_rules with, without;
	struct bpf_code code;

	dev_rules_make(&with, &r, true);
	dev_rules_make(&without, &r, false);
	code = devbpf_compile(&with);
	ok(interpret(&code, BPF_DEVCG_DEV_CHAR, DEV_READ, 5, 1) == 1, "console with a terminal");
	ok(interpret(&code, BPF_DEVCG_DEV_CHAR, DEV_READ, 1, 3) == 0, "a later rule takes null away");
	ok(interpret(&code, BPF_DEVCG_DEV_BLOCK, DEV_MKNOD, 8, 0) == 1, "any node may be made");
	ok(interpret(&code, BPF_DEVCG_DEV_BLOCK, DEV_READ | DEV_MKNOD, 8, 0) == 0, "but not read");
	code = devbpf_compile(&without);
	ok(interpret(&code, BPF_DEVCG_DEV_CHAR, DEV_READ, 5, 1) == 0, "no console without a terminal");
	r.devices.n = 0;
	dev_rules_make(&without, &r, false);
	ok(without.base && !without.n && !without.reset, "no rules, no filter");
}

int
main(void)
{
	test_defaults();
	test_devices();
	printf("1..%d\n", tests);
	return failed != 0;
}

/* SPDX-License-Identifier: MIT */
/* devbpf.c - device rules of version 2: a BPF program made by hand, one block a rule
 *
 * The kernel asks with a type, a set of accesses, a major and a minor number.  The program walks
 * the rules from the last to the first; each decides those accesses of the question that no later
 * one has decided: one that is denied ends it with no, none left ends it with yes. */
#include <linux/bpf.h>

#include "base/arena.h"
#include "base/file.h"
#include "box/cgroup.h"
#include "sys.h"

enum { BLOCK_MAX = 7, FRAME = 8, OLD_MAX = 64 };
enum { ACCESS = BPF_REG_3, TYPE = BPF_REG_2, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

struct code {
	struct bpf_insn *v;
	size_t n;
};

static void
put(struct code *c, struct bpf_insn i)
{
	c->v[c->n++] = i;
}

static void
load_field(struct code *c, int reg, int offset)
{
	put(c, (struct bpf_insn){.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = reg,
		.src_reg = BPF_REG_1, .off = offset});
}

static void
compute(struct code *c, int op, int reg, int32_t value)
{
	put(c, (struct bpf_insn){.code = BPF_ALU | op | BPF_K, .dst_reg = reg, .imm = value});
}

static void
jump(struct code *c, int op, int reg, int32_t value, int over)
{
	put(c, (struct bpf_insn){.code = BPF_JMP | op | BPF_K, .dst_reg = reg, .imm = value,
		.off = over});
}

static void
answer(struct code *c, bool yes)
{
	put(c, (struct bpf_insn){
		       .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = yes});
	put(c, (struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
}

/* Jumps out of the block when the device is another one; `left` counts what follows of the block.
 */
static void
match(struct code *c, const struct dev_rule *r)
{
	int left = 4 + (r->major >= 0) + (r->minor >= 0);

	if (r->type)
		jump(c, BPF_JNE, TYPE, r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR,
			left);
	if (r->major >= 0)
		jump(c, BPF_JNE, MAJOR, r->major, --left);
	if (r->minor >= 0)
		jump(c, BPF_JNE, MINOR, r->minor, --left);
}

static void
decide(struct code *c, const struct dev_rule *r)
{
	if (r->allow) {
		compute(c, BPF_AND, ACCESS, DEV_ALL & ~r->access);
		jump(c, BPF_JNE, ACCESS, 0, 2);
	} else {
		jump(c, BPF_JSET, ACCESS, r->access, 1);
		jump(c, BPF_JA, 0, 0, 2);
	}
	answer(c, r->allow);
}

struct bpf_code
devbpf_compile(const struct dev_rules *rules)
{
	struct code c = {NEWS(struct bpf_insn, FRAME + rules->n * BLOCK_MAX), 0};
	size_t i;

	load_field(&c, TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	load_field(&c, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	load_field(&c, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	put(&c, (struct bpf_insn){
			.code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = ACCESS, .src_reg = TYPE});
	compute(&c, BPF_RSH, ACCESS, 16);
	compute(&c, BPF_AND, TYPE, 0xffff);
	for (i = rules->n; i-- > 0;) {
		match(&c, &rules->v[i]);
		decide(&c, &rules->v[i]);
	}
	answer(&c, rules->base);
	return (struct bpf_code){c.v, c.n};
}

/* --- into the kernel -------------------------------------------------------------------------- */

static int
load(const struct bpf_code *code)
{
	union bpf_attr a = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE};

	a.insns = (uintptr_t)code->code;
	a.insn_cnt = code->n;
	a.license = (uintptr_t) "MIT";
	return sys_bpf(BPF_PROG_LOAD, &a, sizeof a);
}

/* Before Linux 5.11 programs count as locked memory, of which root has 64 KiB for all its
 * containers. */
static int
load_with_room(const struct bpf_code *code)
{
	struct rlimit old, all = {RLIM_INFINITY, RLIM_INFINITY};
	int fd = load(code);

	if (fd != -EPERM || sys_prlimit64(0, RLIMIT_MEMLOCK, &all, &old) < 0)
		return fd;
	fd = load(code);
	sys_prlimit64(0, RLIMIT_MEMLOCK, &old, NULL);
	return fd;
}

static int
attach(int cmd, int folder, int program)
{
	union bpf_attr a = {.target_fd = folder};

	a.attach_bpf_fd = program;
	a.attach_type = BPF_CGROUP_DEVICE;
	a.attach_flags = cmd == BPF_PROG_ATTACH ? BPF_F_ALLOW_MULTI : 0;
	return sys_bpf(cmd, &a, sizeof a);
}

/* The programs that hang at the folder itself; BPF_PROG_QUERY is of Linux 4.15 as these programs
 * are. */
static int
query(int folder, uint32_t *ids, uint32_t max)
{
	union bpf_attr a = {0};
	int e;

	a.query.target_fd = folder;
	a.query.attach_type = BPF_CGROUP_DEVICE;
	a.query.prog_ids = (uintptr_t)ids;
	a.query.prog_cnt = max;
	e = sys_bpf(BPF_PROG_QUERY, &a, sizeof a);
	return e < 0 ? e : (int)a.query.prog_cnt;
}

static int
detach(int folder, uint32_t id)
{
	union bpf_attr a = {.prog_id = id};
	autofd int program = sys_bpf(BPF_PROG_GET_FD_BY_ID, &a, sizeof a);

	return program < 0 ? program : attach(BPF_PROG_DETACH, folder, program);
}

/* All programs at a folder must agree, so one that is left of an earlier container would go on
 * denying: ours comes first, then the others go. */
int
devbpf_attach(int folder, const struct bpf_code *code)
{
	uint32_t old[OLD_MAX];
	int i, e, n = query(folder, old, OLD_MAX);
	autofd int program = n < 0 ? n : load_with_room(code);

	if (program < 0)
		return program;
	e = attach(BPF_PROG_ATTACH, folder, program);
	for (i = 0; i < n && e >= 0; i++)
		e = detach(folder, old[i]);
	return e < 0 ? e : 0;
}

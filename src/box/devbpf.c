/* SPDX-License-Identifier: MIT */
/* devbpf.c - device rules of version 2: a BPF program made by hand, one block a rule
 *
 * The kernel asks with a type, a set of accesses, a major and a minor number.  The program walks
 * the rules from the last to the first; each decides those accesses of the question that no later
 * one has decided: one that is denied ends it with no, none left ends it with yes. */
#include <linux/bpf.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"
#include "box/replay.h"
#include "sys.h"

enum { BLOCK_MAX = 7, FRAME = 8 };
enum { ACCESS = BPF_REG_3, TYPE = BPF_REG_2, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

enum { DEV_PROGRAMS = 64 };

/* What hangs at a folder, as descriptors, which are open until mote ends. */
struct dev_programs { unsigned n; int fd[DEV_PROGRAMS]; };

/* Step cgroup_bpf.  was: filled in by the step itself. */
struct dev_step { struct bpf_code code; struct dev_programs *was; };

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

/* As union bpf_attr has it; what is not given is zero for the kernel. */
static int
hang(int cmd, int folder, int program, int flags, int old)
{
	const int a[] = {folder, program, BPF_CGROUP_DEVICE, flags, old};

	return sys_bpf(cmd, (void *)a, sizeof a);
}

/* The programs that hang at the folder itself; BPF_PROG_QUERY is of Linux 4.15 as these programs are. */
static int
hold(int folder, struct dev_programs *p)
{
	uint32_t ids[DEV_PROGRAMS];
	union bpf_attr a = {0};
	int e;

	a.query.target_fd = folder;
	a.query.attach_type = BPF_CGROUP_DEVICE;
	a.query.prog_ids = (uintptr_t)ids;
	a.query.prog_cnt = DEV_PROGRAMS;
	e = sys_bpf(BPF_PROG_QUERY, &a, sizeof a);
	for (p->n = 0; e >= 0 && p->n < a.query.prog_cnt; p->n++) {
		e = p->fd[p->n] = sys_bpf(BPF_PROG_GET_FD_BY_ID, ids + p->n, sizeof *ids);
	}
	return e;
}

/* All programs at a folder must agree, so one that is left of an earlier container would go on denying: one in the place of one
 * is a single step (Linux 5.6); else the new ones come first, then the others go.  When that fails all is as before: whether a
 * program hangs there already or not any more is the kernel's to say. */
static int
change(int folder, const struct dev_programs *was, const struct dev_programs *will)
{
	int e = -EINVAL;
	unsigned i = 0, k = 0;

	if (was->n == 1 && will->n == 1)
		e = hang(BPF_PROG_ATTACH, folder, will->fd[0], BPF_F_ALLOW_MULTI | BPF_F_REPLACE, was->fd[0]);
	if (e != -EINVAL)
		return e;
	for (e = 0; i < will->n && e >= 0; i++)
		e = hang(BPF_PROG_ATTACH, folder, will->fd[i], BPF_F_ALLOW_MULTI, 0);
	for (; k < was->n && e >= 0; k++)
		e = hang(BPF_PROG_DETACH, folder, was->fd[k], 0, 0);
	if (e >= 0)
		return 0;
	while (k-- > 0)
		hang(BPF_PROG_ATTACH, folder, was->fd[k], BPF_F_ALLOW_MULTI, 0);
	while (i-- > 0)
		hang(BPF_PROG_DETACH, folder, will->fd[i], 0, 0);
	return e;
}

static int
set(const char *path, const struct dev_programs *will, struct dev_programs *was)
{
	autofd int folder = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int e = folder < 0 ? folder : hold(folder, was);

	return e < 0 ? e : change(folder, was, will);
}

int
do_cgroup_bpf(struct run *r, const struct step *s)
{
	const struct dev_step *d = s->p;
	struct dev_programs will = {1, {load_with_room(&d->code)}};
	int e = will.fd[0] < 0 ? will.fd[0] : set(s->a, &will, d->was);

	file_close(&will.fd[0]);
	if (e == -EINVAL || e == -ENOSYS)
		run_note(r, "the kernel needs CONFIG_CGROUP_BPF (Linux 4.15)");
	else if (e == -EPERM)
		run_note(r, "not permitted: it takes CAP_BPF or CAP_SYS_ADMIN; and a program of a cgroup above can forbid it");
	return e;
}

int
undo_cgroup_bpf(struct run *r, const struct step *s)
{
	const struct dev_step *d = s->p;
	struct dev_programs now;

	(void)r;
	return set(s->a, d->was, &now);
}

/* --- plan ------------------------------------------------------------------------------------- */

void
plan_cgroup2_program(struct plan *p, const struct job *j)
{
	struct dev_step *d = NEW(struct dev_step);
	struct dev_rules rules;
	struct step *s;

	dev_rules_make(&rules, &j->spec->linux.resources, j->spec->process.terminal);
	*d = (struct dev_step){devbpf_compile(&rules), NEW(struct dev_programs)};
	s = plan_add_a(p, OP_cgroup_bpf, HOST, text_path(j->facts->cgroup.v2.mount, cgroup_path(j)));
	s->n = d->code.n;
	s->p = d;
	s->flags = UNDO;
}

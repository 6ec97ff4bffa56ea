/* SPDX-License-Identifier: MIT */
/* seclib.c - a profile as classic BPF by libseccomp, for builders who must have the library (feature LIBSECCOMP)
 *
 * Each architecture gets a filter of its own, joined here: libseccomp's time for a program is quadratic in its length.  What
 * runtimes add to libseccomp's answer, ENOSYS above the highest number, stands before each of them. */
#include "box/seclib.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/text.h"
#include "box/plan.h"
#include "spec/names.h"
#include "sys.h"

enum {
	API_LEVEL = 6,          /* libseccomp's word for: every action exists; seccomp.c has asked the kernel */
	X32_BIT = 0x40000000,   /* marks a call of x32, whose architecture is x86_64's */
	ARM_PRIVATE = 0x0f0000, /* arm's own calls begin here */
	SOCKETCALL = 102, IPC = 117, /* i386's */
};

struct library {
	const struct seclib *c;
	struct sock_filter *v; /* room for BPF_MAXINSNS */
	size_t n;              /* goes on counting past that */
};

static const uint8_t ops[] = {
	[COMPARE_NE] = SCMP_CMP_NE, [COMPARE_LT] = SCMP_CMP_LT, [COMPARE_LE] = SCMP_CMP_LE, [COMPARE_EQ] = SCMP_CMP_EQ,
	[COMPARE_GE] = SCMP_CMP_GE, [COMPARE_GT] = SCMP_CMP_GT, [COMPARE_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
};

static bool
fail(const struct seclib *c, const char *name, const char *text)
{
	diag_add(c->diag, (struct fault){.name = name, .text = text, .rule = -1});
	return false;
}

/* --- rules ------------------------------------------------------------------------------------ */

static int
add_call(scmp_filter_ctx ctx, const struct seccomp_rule *r, uint32_t action, int nr)
{
	struct scmp_arg_cmp *args = NEWS(struct scmp_arg_cmp, r->args.n);
	bool shared = false;
	unsigned seen = 0;
	size_t i;
	int e = 0;

	for (i = 0; i < r->args.n; seen |= 1u << r->args.v[i++].index) {
		args[i] = (struct scmp_arg_cmp){r->args.v[i].index, ops[r->args.v[i].op], r->args.v[i].value, r->args.v[i].value_two};
		shared = shared || seen & 1u << r->args.v[i].index;
	}
	/* It takes one condition an argument; those that share one are a rule each, of which any may match (runc and crun). */
	if (!shared)
		return seccomp_rule_add_array(ctx, action, nr, r->args.n, args);
	for (i = 0; i < r->args.n && !e; i++)
		e = seccomp_rule_add_array(ctx, action, nr, 1, &args[i]);
	return e;
}

/* A rule that says the same as the default is no rule; libseccomp would refuse it. */
static bool
add_rules(const struct seclib *c, scmp_filter_ctx ctx, bool first)
{
	const struct seccomp_rule *r = c->spec->syscalls.v;
	size_t i, k, n = 0;
	int nr, e;

	for (i = 0; i < c->spec->syscalls.n; i++)
		for (k = 0; k < r[i].names.n && c->actions[i] != c->by_default; k++, n++) {
			nr = seccomp_syscall_resolve_name(r[i].names.v[k]);
			e = nr == __NR_SCMP_ERROR ? 0 : add_call(ctx, &r[i], c->actions[i], nr);
			if (e)
				return fail(c, text_make("linux.seccomp.syscalls[%zu]", i), e == -EEXIST ?
					"contradicts another rule that has the same conditions" :
					text_make("%s: libseccomp says %s", r[i].names.v[k], text_errno(e)));
			if (nr == __NR_SCMP_ERROR && first)
				diag_add(c->diag, (struct fault){.level = DIAG_NOTE, .name = "linux.seccomp.syscalls", .rule = -1,
					.text = text_make("unknown system call %s", r[i].names.v[k])});
		}
	if (n) /* a binary tree; 2.5.4 gets that wrong without rules, and the list that it makes otherwise with some */
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return true;
}

/* --- what stands before an architecture's program ------------------------------------------------ */

static void
put(struct library *l, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
	if (l->n < BPF_MAXINSNS)
		l->v[l->n] = (struct sock_filter){code, yes, no, k};
	l->n++;
}

static void
load(struct library *l, size_t offset)
{
	put(l, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* libseccomp's public interface has a word of its own for i386's socket(2) and its like, and hides the number. */
int x86_syscall_resolve_name(const char *name);

/* Numbers above the highest named one are ENOSYS where the default is another errno: seccomp.c, lay_ground(). */
static void
put_enosys(struct library *l, uint32_t arch)
{
	uint32_t end = arch == SCMP_ARCH_X86_64 ? X32_BIT : arch == SCMP_ARCH_ARM ? ARM_PRIVATE : 0x80000000, last = 0, nr;
	const struct seccomp_rule *r = l->c->spec->syscalls.v, *stop = r + l->c->spec->syscalls.n;
	size_t i;

	for (; r < stop; r++)
		for (i = 0; i < r->names.n; i++) {
			nr = arch == SCMP_ARCH_X86 ? x86_syscall_resolve_name(r->names.v[i]) :
				seccomp_syscall_resolve_name_arch(arch, r->names.v[i]);
			if (nr < end && nr > last)
				last = nr;
		}
	if ((l->c->by_default & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO || !last)
		return;
	load(l, offsetof(struct seccomp_data, nr));
	put(l, BPF_JMP | BPF_JGE | BPF_K, end, 2, 0);
	put(l, BPF_JMP | BPF_JGT | BPF_K, last, 0, 1);
	put(l, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
}

static bool
weaker(uint32_t a, uint32_t b)
{
	return (int32_t)(a & SECCOMP_RET_ACTION_FULL) > (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}

/* What a call through i386's socketcall or ipc gets when a rule with conditions would allow it: the strictest of what is said of
 * it, but nothing where a rule without conditions speaks. */
static void
put_multiplexed(struct library *l, const char *name, uint32_t main, uint32_t sub)
{
	const struct seccomp_rule *r = l->c->spec->syscalls.v;
	uint32_t action = l->c->by_default;
	size_t i, k;

	for (i = 0; i < l->c->spec->syscalls.n; i++)
		for (k = 0; k < r[i].names.n; k++) {
			if (!text_eq(r[i].names.v[k], name) && !text_eq(r[i].names.v[k], main == IPC ? "ipc" : "socketcall"))
				continue;
			if (!r[i].args.n)
				return;
			if (weaker(action, l->c->actions[i]))
				action = l->c->actions[i];
		}
	load(l, offsetof(struct seccomp_data, nr));
	put(l, BPF_JMP | BPF_JEQ | BPF_K, main, 0, 3);
	load(l, offsetof(struct seccomp_data, args) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0));
	put(l, BPF_JMP | BPF_JEQ | BPF_K, sub, 0, 1);
	put(l, BPF_RET | BPF_K, action, 0, 0);
}

/* Conditions speak of a call's own arguments, and those of a call through another one are elsewhere, in memory: libseccomp lets
 * the first be anything and compares the others with what they are not.  mote allows nothing by that, with either compiler. */
static void
put_all_multiplexed(struct library *l)
{
	const struct seccomp_rule *r = l->c->spec->syscalls.v;
	size_t i, k;
	int nr; /* -101 to -120: socketcall 1 to 20; from -201 on: ipc */

	for (i = 0; i < l->c->spec->syscalls.n; i++)
		for (k = 0; k < r[i].names.n && r[i].args.n && weaker(l->c->actions[i], l->c->by_default); k++) {
			nr = -seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, r[i].names.v[k]);
			if (nr > 100 && nr < 300)
				put_multiplexed(l, r[i].names.v[k], nr > 200 ? IPC : SOCKETCALL, nr % 100);
		}
}

/* --- the whole program ------------------------------------------------------------------------ */

/* libseccomp writes to descriptors only.  NOEXEC_SEAL: hook.c, memory_file(). */
static bool
put_program(struct library *l, scmp_filter_ctx ctx)
{
	autofd int fd = sys_memfd_create("seccomp", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	size_t room = (BPF_MAXINSNS - (l->n < BPF_MAXINSNS ? l->n : BPF_MAXINSNS)) * sizeof *l->v;
	off_t size;
	int e;

	if (fd == -EINVAL)
		fd = sys_memfd_create("seccomp", MFD_CLOEXEC);
	if (fd < 0)
		return fail(l->c, "linux.seccomp", text_make("no memory file: %s", text_errno(fd)));
	e = seccomp_export_bpf(ctx, fd);
	size = sys_lseek(fd, 0, SEEK_END);
	if (e || size < 0 || sys_pread(fd, l->v + l->n, room, 0) < 0)
		return fail(l->c, "linux.seccomp", "libseccomp cannot write the program");
	l->n += size / sizeof *l->v;
	return true;
}

/* Calls that are not this architecture's jump over its program, to the next one's. */
static bool
put_arch(struct library *l, uint32_t arch, scmp_filter_ctx ctx)
{
	bool x32 = arch == SCMP_ARCH_X32, first = !l->n;
	size_t jump;

	if (!ctx || (arch != seccomp_arch_native() && (seccomp_arch_add(ctx, arch) || seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE))))
		return fail(l->c, "linux.seccomp", "libseccomp cannot begin a filter");
	load(l, offsetof(struct seccomp_data, arch));
	put(l, BPF_JMP | BPF_JEQ | BPF_K, x32 ? SCMP_ARCH_X86_64 : arch, !x32, x32 ? 2 : 0);
	if (x32) {
		load(l, offsetof(struct seccomp_data, nr));
		put(l, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 1, 0);
	}
	jump = l->n;
	put(l, BPF_JMP | BPF_JA, 0, 0, 0);
	put_enosys(l, arch);
	if (arch == SCMP_ARCH_X86)
		put_all_multiplexed(l);
	if (!add_rules(l->c, ctx, first) || !put_program(l, ctx))
		return false;
	if (jump < BPF_MAXINSNS)
		l->v[jump].k = l->n - jump - 1;
	return true;
}

/* x32 goes first: its numbers are a part of x86_64's. */
bool
seclib_write(const struct seclib *c, struct bpf_code *code)
{
	struct library l = {c, NEWS(struct sock_filter, BPF_MAXINSNS), 0};
	scmp_filter_ctx ctx;
	bool ok = true;
	size_t i;
	int x32;

	seccomp_api_set(API_LEVEL);
	for (x32 = 1; x32 >= 0; x32--)
		for (i = 0; i < c->narch && ok; i++) {
			if ((c->arches[i] == SCMP_ARCH_X32) != x32)
				continue;
			ctx = seccomp_init(c->by_default);
			ok = put_arch(&l, c->arches[i], ctx);
			seccomp_release(ctx);
		}
	put(&l, BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD, 0, 0); /* architectures that are not judged */
	if (ok && l.n > BPF_MAXINSNS)
		ok = fail(c, "linux.seccomp", text_make("compiles to more than the %d instructions that the kernel takes", BPF_MAXINSNS));
	*code = (struct bpf_code){l.v, l.n};
	return ok;
}

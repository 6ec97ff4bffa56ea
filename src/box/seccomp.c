/* SPDX-License-Identifier: MIT */
/* seccomp.c - linux.seccomp into a BPF program, by libseccomp and before anything is changed; the
 * box only hands it to the kernel */
#include "box/seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/replay.h"
#include "box/user.h"
#include "spec/names.h"
#include "sys.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum {
	API_LEVEL = 3,        /* libseccomp's word for: LOG and KILL_PROCESS exist */
	MANY_RULES = 32,      /* from here on a binary tree, see add_rules() */
	ARCHES = 40,          /* more than there are */
	FRAME = 9,            /* instructions around an architecture's program at most */
	X32_BIT = 0x40000000, /* marks a call of x32, whose architecture is x86_64's */
	ARGS = 32,            /* conditions of one rule */
	ARM_PRIVATE = 0x0f0000, /* arm's own calls (cacheflush, set_tls) begin here */
};

struct compiler {
	const struct seccomp_spec *spec;
	struct diag *diag;
	scmp_filter_ctx ctx;     /* of the architecture that is being compiled */
	uint32_t by_default;     /* the default action */
	uint32_t arch[ARCHES];   /* what the filter judges */
	off_t length[ARCHES];    /* of each one's program, in instructions */
	size_t narch, now, rules; /* now: the one being compiled; rules: that it has got */
	struct sock_filter *v;   /* the whole program */
	size_t n;
};

/* By enum; an errno or a tracer's number is or-ed in. */
static const uint32_t actions[] = {
	[ACTION_KILL] = SCMP_ACT_KILL_THREAD,
	[ACTION_KILL_PROCESS] = SCMP_ACT_KILL_PROCESS,
	[ACTION_KILL_THREAD] = SCMP_ACT_KILL_THREAD,
	[ACTION_TRAP] = SCMP_ACT_TRAP,
	[ACTION_ERRNO] = SCMP_ACT_ERRNO(0),
	[ACTION_TRACE] = SCMP_ACT_TRACE(0),
	[ACTION_ALLOW] = SCMP_ACT_ALLOW,
	[ACTION_LOG] = SCMP_ACT_LOG,
	[ACTION_NOTIFY] = SCMP_ACT_NOTIFY,
};

static const uint8_t ops[] = {
	[COMPARE_NE] = SCMP_CMP_NE, [COMPARE_LT] = SCMP_CMP_LT, [COMPARE_LE] = SCMP_CMP_LE,
	[COMPARE_EQ] = SCMP_CMP_EQ, [COMPARE_GE] = SCMP_CMP_GE, [COMPARE_GT] = SCMP_CMP_GT,
	[COMPARE_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
};

static bool
fail(const struct compiler *c, const char *name, const char *text)
{
	diag_add(c->diag, (struct fault){.name = name, .text = text, .rule = -1});
	return false;
}

/* --- what the kernel has ---------------------------------------------------------------------- */

/* Without a program the kernel looks at the flags and then fails to read it: EFAULT when it knows
 * them. */
bool
seccomp_flag_works(unsigned long flag)
{
	if (flag & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) /* refused without a listener */
		flag |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	return sys_seccomp(SECCOMP_SET_MODE_FILTER, flag, NULL) == -EFAULT;
}

/* The actions that came later than filters did (4.14); before that the question itself is unknown.
 */
static bool
action_works(uint32_t action)
{
	if (action != SCMP_ACT_LOG && action != SCMP_ACT_KILL_PROCESS)
		return true;
	return sys_seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* A config without the list gets SPEC_ALLOW where there is such a flag, as from runc and crun:
 * without it every program under a filter pays for a mitigation of speculative stores that nobody
 * asked for. An empty list means none. */
static bool
choose_flags(const struct compiler *c, unsigned long *flags)
{
	unsigned long ask = c->spec->flags, bit;

	*flags = ask;
	if (!c->spec->flags_given && seccomp_flag_works(SECCOMP_FILTER_FLAG_SPEC_ALLOW))
		*flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	if (ask & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		return fail(c, "linux.seccomp.flags", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV "
			"needs SCMP_ACT_NOTIFY, which this mote does not support");
	for (bit = 1; ask; ask &= ~bit, bit <<= 1)
		if (ask & bit && !seccomp_flag_works(bit))
			return fail(c, "linux.seccomp.flags", text_make(
				"this kernel does not know %s", name_of(names_seccomp_flag, bit)));
	return true;
}

/* --- actions, architectures, rules ------------------------------------------------------------ */

/* An errno that is not given is EPERM, for TRACE as well (config-linux.md; runc). */
static bool
action_of(const struct compiler *c, int action, const struct uopt *ret, uint32_t *a)
{
	*a = actions[action];
	if (action == ACTION_NOTIFY)
		return fail(c, "linux.seccomp", "SCMP_ACT_NOTIFY is not supported by this mote");
	if (!action_works(*a))
		return fail(c, "linux.seccomp", text_make("this kernel does not know %s",
			name_of(names_seccomp_action, action)));
	if (action == ACTION_ERRNO || action == ACTION_TRACE)
		*a |= (ret->given ? ret->v : EPERM) & 0xffff;
	return true;
}

/* SCMP_ARCH_X86_64 is x86_64 to libseccomp. */
static uint32_t
arch_token(const char *name)
{
	char low[32];
	size_t i;

	if (!name || !text_starts(name, "SCMP_ARCH_"))
		return 0;
	name += strlen("SCMP_ARCH_");
	for (i = 0; i < sizeof low - 1 && name[i]; i++)
		low[i] = name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 'a' - 'A' : name[i];
	low[i] = 0;
	return seccomp_arch_resolve_name(low);
}

/* x32 goes first: its numbers are a part of x86_64's. */
static void
judge(struct compiler *c, uint32_t token)
{
	size_t i;

	for (i = 0; i < c->narch; i++)
		if (c->arch[i] == token)
			return;
	c->arch[c->narch++] = token;
	if (token == SCMP_ARCH_X32) {
		c->arch[i] = c->arch[0];
		c->arch[0] = token;
	}
}

/* The machine's own architecture is judged always, listed or not, as by runc and crun: a filter
 * that kills the program at its first call is of no use. Calls of an architecture that is not
 * judged kill (libseccomp's default, theirs too). */
static bool
list_arches(struct compiler *c)
{
	const char *name;
	uint32_t token;
	size_t i;

	judge(c, seccomp_arch_native());
	for (i = 0; i < c->spec->architectures.n; i++) {
		name = name_of(names_seccomp_arch, c->spec->architectures.v[i]);
		token = arch_token(name);
		if (!token)
			return fail(c, "linux.seccomp.architectures",
				text_make("libseccomp does not know %s", name ? name : "it"));
		if (c->narch < ARCHES)
			judge(c, token);
	}
	return true;
}

/* libseccomp takes one condition an argument; conditions that share one become a rule each, of
 * which any may match (runc and crun; the specification is silent). */
static bool
share_argument(const struct seccomp_rule *r)
{
	unsigned seen = 0;
	size_t i;

	for (i = 0; i < r->args.n; seen |= 1u << (r->args.v[i++].index & 31))
		if (seen & 1u << (r->args.v[i].index & 31))
			return true;
	return false;
}

static int
add_call(const struct compiler *c, const struct seccomp_rule *r, uint32_t action, int nr,
	const struct scmp_arg_cmp *args)
{
	size_t i;
	int e = 0;

	if (!r->args.n || !share_argument(r))
		return seccomp_rule_add_array(c->ctx, action, nr, r->args.n, args);
	for (i = 0; i < r->args.n && !e; i++)
		e = seccomp_rule_add_array(c->ctx, action, nr, 1, &args[i]);
	return e;
}

static void
unknown(const struct compiler *c, const char *call)
{
	diag_add(c->diag, (struct fault){.level = DIAG_NOTE, .name = "linux.seccomp.syscalls",
		.text = text_make("unknown system call %s", call), .rule = -1});
}

static bool
add_calls(struct compiler *c, const struct seccomp_rule *r, uint32_t action,
	const struct scmp_arg_cmp *args)
{
	size_t i;
	int nr, e;

	for (i = 0; i < r->names.n; i++) {
		nr = seccomp_syscall_resolve_name(r->names.v[i]);
		if (nr == __NR_SCMP_ERROR) { /* skipped, as by runc and crun */
			if (!c->now)
				unknown(c, r->names.v[i]);
			continue;
		}
		c->rules++;
		e = add_call(c, r, action, nr, args);
		if (e)
			return fail(c, "linux.seccomp.syscalls", text_make("%s: libseccomp says %s",
				r->names.v[i], text_errno(e)));
	}
	return true;
}

static bool
add_rule(struct compiler *c, const struct seccomp_rule *r)
{
	struct scmp_arg_cmp args[ARGS];
	const struct seccomp_arg *a;
	uint32_t action;
	size_t i;

	if (!action_of(c, r->action, &r->errno_ret, &action))
		return false;
	if (r->args.n > ARGS)
		return fail(c, "linux.seccomp.syscalls", "more than 32 conditions in one rule");
	for (i = 0; i < r->args.n; i++) {
		a = &r->args.v[i];
		args[i] = (struct scmp_arg_cmp){a->index, ops[a->op], a->value, a->value_two};
	}
	/* A rule that says the same as the default is no rule; libseccomp would refuse it. */
	return action == c->by_default || add_calls(c, r, action, args);
}

/* --- one architecture's program --------------------------------------------------------------- */

static bool
add_rules(struct compiler *c)
{
	uint32_t arch = c->arch[c->now];
	size_t i;

	if (arch != seccomp_arch_native() && (seccomp_arch_add(c->ctx, arch) ||
		seccomp_arch_remove(c->ctx, SCMP_ARCH_NATIVE)))
		return fail(c, "linux.seccomp.architectures",
			"one of them cannot share a filter with this machine's");
	for (i = 0; i < c->spec->syscalls.n; i++)
		if (!add_rule(c, &c->spec->syscalls.v[i]))
			return false;
	/* Not a chain but a binary tree; libseccomp 2.5.4 gets it wrong without rules. */
	if (c->rules >= MANY_RULES)
		seccomp_attr_set(c->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return true;
}

/* A filter for each architecture and not one for all: libseccomp takes its time for a program
 * quadratic in its length (podman's profile with three architectures: 13 ms together, 4 ms one by
 * one). */
static bool
compile_arch(struct compiler *c, int fd)
{
	off_t before = sys_lseek(fd, 0, SEEK_END);
	bool ok;

	c->rules = 0;
	c->ctx = seccomp_init(c->by_default);
	if (!c->ctx)
		return fail(c, "linux.seccomp", "libseccomp cannot begin a filter");
	ok = add_rules(c);
	if (ok && seccomp_export_bpf(c->ctx, fd) < 0)
		ok = fail(c, "linux.seccomp", "libseccomp cannot write the program");
	seccomp_release(c->ctx);
	c->length[c->now] = (sys_lseek(fd, 0, SEEK_END) - before) / (off_t)sizeof *c->v;
	return ok;
}

/* --- the whole program ------------------------------------------------------------------------ */

static void
put(struct compiler *c, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
	c->v[c->n++] = (struct sock_filter){code, yes, no, k};
}

/* Where an architecture's ordinary numbers end: negative ones, x32's and arm's private ones are
 * others. */
static uint32_t
number_end(uint32_t arch)
{
	if (arch == SCMP_ARCH_X86_64)
		return X32_BIT;
	return arch == SCMP_ARCH_ARM ? ARM_PRIVATE : 0x80000000;
}

static uint32_t
last_number(const struct compiler *c, uint32_t arch)
{
	const struct seccomp_rule *r = c->spec->syscalls.v, *end = r + c->spec->syscalls.n;
	uint32_t last = 0, nr;
	size_t i;

	for (; r < end; r++)
		for (i = 0; i < r->names.n; i++) {
			nr = seccomp_syscall_resolve_name_arch(arch, r->names.v[i]);
			if (nr < number_end(arch) && nr > last)
				last = nr;
		}
	return last;
}

/* "A number above every one that the profile names is ENOSYS": that is how a libc learns to do
 * without a call that is newer than the profile; with EPERM programs broke (docker's profile and
 * glibc's clone3, faccessat2). runc does so as well. Only where the default is another errno, so
 * that the call is refused either way: runc makes ENOSYS of a default that kills or traps too,
 * which is the weaker filter. */
static void
put_enosys(struct compiler *c, uint32_t arch)
{
	uint32_t last = last_number(c, arch);

	if ((c->by_default & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO ||
		c->by_default == SCMP_ACT_ERRNO(ENOSYS) || !last)
		return;
	put(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	put(c, BPF_JMP | BPF_JGE | BPF_K, number_end(arch), 2, 0);
	put(c, BPF_JMP | BPF_JGT | BPF_K, last, 0, 1);
	put(c, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
}

/* Calls that are not this architecture's jump over its program, to the next one's frame. */
static bool
frame(struct compiler *c, size_t i, int fd, off_t from)
{
	bool x32 = c->arch[i] == SCMP_ARCH_X32;
	size_t jump, bytes = c->length[i] * sizeof *c->v;

	put(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	if (!x32) {
		put(c, BPF_JMP | BPF_JEQ | BPF_K, c->arch[i], 1, 0);
	} else {
		put(c, BPF_JMP | BPF_JEQ | BPF_K, SCMP_ARCH_X86_64, 0, 2);
		put(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
		put(c, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 1, 0);
	}
	jump = c->n;
	put(c, BPF_JMP | BPF_JA, 0, 0, 0);
	put_enosys(c, c->arch[i]);
	if (sys_pread(fd, c->v + c->n, bytes, from) != (ssize_t)bytes)
		return false;
	c->n += c->length[i];
	c->v[jump].k = c->n - jump - 1;
	return true;
}

static bool
assemble(struct compiler *c, int fd)
{
	off_t from = 0, size = sys_lseek(fd, 0, SEEK_END);
	size_t i;

	c->v = NEWS(struct sock_filter, size / sizeof *c->v + c->narch * FRAME + 1);
	for (i = 0; i < c->narch; i++) {
		if (!frame(c, i, fd, from))
			return fail(c, "linux.seccomp", "cannot read the program back");
		from += c->length[i] * (off_t)sizeof *c->v;
	}
	put(c, BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD, 0, 0);
	if (c->n > BPF_MAXINSNS)
		return fail(c, "linux.seccomp", text_make("compiles to %zu instructions, the kernel "
			"takes %d", c->n, BPF_MAXINSNS));
	return true;
}

static bool
compile(struct compiler *c)
{
	/* libseccomp writes to descriptors only; memfd_create is as old as seccomp(2), 3.17. */
	autofd int fd = sys_memfd_create("seccomp", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	if (fd == -EINVAL) /* before 6.3; since then vm.memfd_noexec=2 wants the flag */
		fd = sys_memfd_create("seccomp", MFD_CLOEXEC);
	if (fd < 0)
		return fail(c, "linux.seccomp", text_make("no memory file: %s", text_errno(fd)));
	if (!list_arches(c))
		return false;
	for (; c->now < c->narch; c->now++)
		if (!compile_arch(c, fd))
			return false;
	return assemble(c, fd);
}

bool
seccomp_compile(const struct seccomp_spec *s, struct bpf_code *code, unsigned long *flags,
	struct diag *d)
{
	struct compiler c = {.spec = s, .diag = d};

	if (!action_of(&c, s->default_action, &s->default_errno_ret, &c.by_default) ||
		!choose_flags(&c, flags))
		return false;
	seccomp_api_set(API_LEVEL); /* or seccomp_init asks the kernel nine questions */
	if (!compile(&c))
		return false;
	*code = (struct bpf_code){c.v, c.n};
	return true;
}

/* --- plan and do ------------------------------------------------------------------------------ */

static bool
harmless(int action)
{
	return action == ACTION_ALLOW || action == ACTION_ERRNO || action == ACTION_LOG;
}

/* May the box ask the kernel about itself afterwards?  Not if asking could kill or stop it. */
static bool
may_prove(const struct seccomp_spec *s)
{
	bool always = harmless(s->default_action);
	const struct seccomp_rule *r;
	size_t i, k;

	for (i = 0; i < s->syscalls.n; i++) {
		r = &s->syscalls.v[i];
		for (k = 0; k < r->names.n && !text_eq(r->names.v[k], "prctl"); k++)
			;
		if (k == r->names.n)
			continue;
		if (!harmless(r->action))
			return false;
		always = always || !r->args.n;
	}
	return always;
}

void
plan_seccomp(struct plan *p, const struct job *j)
{
	struct seccomp_step *q;
	struct step *s;

	if (!j->seccomp.n)
		return;
	q = NEW(struct seccomp_step);
	q->code = j->seccomp;
	q->flags = j->seccomp_flags;
	q->prove = may_prove(&j->spec->linux.seccomp);
	s = plan_add(p, OP_seccomp, BOX);
	s->n = q->code.n;
	s->p = q;
}

/* Needs no_new_privs or CAP_SYS_ADMIN.  A filter that refuses the question is in force as well. */
int
do_seccomp(struct run *r, const struct step *s)
{
	const struct seccomp_step *q = s->p;
	struct sock_fprog prog = {q->code.n, (struct sock_filter *)q->code.code};
	int e = sys_seccomp(SECCOMP_SET_MODE_FILTER, q->flags, &prog);

	if (e) /* above 0: TSYNC names a thread that would not follow */
		return e < 0 ? e : -EBUSY;
	if (!q->prove)
		return 0;
	e = sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
	if (e < 0 || e == SECCOMP_MODE_FILTER)
		return 0;
	run_note(r, "the kernel took the filter but does not use it");
	return -EPROTO;
}

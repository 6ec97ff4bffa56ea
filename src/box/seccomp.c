/* SPDX-License-Identifier: MIT */
/* seccomp.c - linux.seccomp into numbers that seccode.c makes a BPF program of, before anything is
 * changed; the box only hands it to the kernel.  libseccomp knows the names. */
#include "box/seccomp.h"
#include "box/seccode.h"
#include "box/seclib.h"
#include "box/sysnames.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/replay.h"
#include "box/user.h"
#include "spec/names.h"
#include "sys.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum {
	ARCHES = 24,            /* more than there are */
	RULES = 0xffff,         /* of one profile */
	MULTIPLEXED = 32,       /* calls that are also made through socketcall or ipc */
	X32_BIT = 0x40000000,   /* marks a call of x32, whose architecture is x86_64's */
	ARM_PRIVATE = 0x0f0000, /* arm's own calls (cacheflush, set_tls) begin here */
};

struct arch {
	uint32_t token; /* SCMP_ARCH_*; 0: libseccomp does not know it */
	uint32_t base;  /* is or-ed into its numbers or added to them */
	int8_t names;   /* enum sysnames, or -1 */
};

struct compiler {
	struct diag *diag;
	const struct seccomp_spec *spec;
	uint32_t by_default;            /* the default action */
	uint32_t *actions;              /* of each rule */
	const struct arch *arch[ARCHES]; /* what the filter judges, the machine's own first */
	struct section sections[ARCHES];
	size_t narch, nsection, nname;  /* nname: names of all rules together */
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

static bool
fail(const struct compiler *c, const char *name, const char *text)
{
	diag_add(c->diag, (struct fault){.name = name, .text = text, .rule = -1});
	return false;
}

/* --- what the kernel has ---------------------------------------------------------------------- */

bool
seccomp_notifies(const struct seccomp_spec *s)
{
	size_t i;

	for (i = 0; i < s->syscalls.n; i++)
		if (s->syscalls.v[i].action == ACTION_NOTIFY)
			return true;
	return s->given && s->default_action == ACTION_NOTIFY;
}

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
	if (action != SCMP_ACT_LOG && action != SCMP_ACT_KILL_PROCESS && action != SCMP_ACT_NOTIFY)
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
	if (ask & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV && !seccomp_notifies(c->spec))
		return fail(c, "linux.seccomp.flags", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs SCMP_ACT_NOTIFY");
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
	if (action == ACTION_NOTIFY && !HAVE_NOTIFY)
		return fail(c, "linux.seccomp", "SCMP_ACT_NOTIFY: this mote was built without NOTIFY");
	if (!action_works(*a))
		return fail(c, "linux.seccomp", text_make("this kernel does not know %s",
			name_of(names_seccomp_action, action)));
	if (action == ACTION_ERRNO || action == ACTION_TRACE)
		*a |= (ret->given ? ret->v : EPERM) & 0xffff;
	return true;
}

/* By the value of names_seccomp_arch.  Where there are no names the architecture's programs cannot run on any machine that
 * mote runs on. */
static const struct arch arches[] = {
	{SCMP_ARCH_X86, 0, NAMES_X86},
	{SCMP_ARCH_X86_64, 0, NAMES_X86_64},
	{SCMP_ARCH_X32, X32_BIT, NAMES_X32},
	{SCMP_ARCH_ARM, 0, NAMES_ARM},
	{SCMP_ARCH_AARCH64, 0, NAMES_AARCH64},
	{SCMP_ARCH_MIPS, 0, -1}, {SCMP_ARCH_MIPS64, 0, -1}, {SCMP_ARCH_MIPS64N32, 0, -1},
	{SCMP_ARCH_MIPSEL, 4000, NAMES_MIPS},
	{SCMP_ARCH_MIPSEL64, 5000, NAMES_MIPS64},
	{SCMP_ARCH_MIPSEL64N32, 6000, NAMES_MIPS64N32},
	{SCMP_ARCH_PPC, 0, -1}, {SCMP_ARCH_PPC64, 0, -1},
	{SCMP_ARCH_PPC64LE, 0, NAMES_PPC64},
	{SCMP_ARCH_S390, 0, -1}, {SCMP_ARCH_S390X, 0, -1}, {SCMP_ARCH_PARISC, 0, -1}, {SCMP_ARCH_PARISC64, 0, -1},
	{SCMP_ARCH_RISCV64, 0, NAMES_RISCV64},
	{0, 0, -1}, {0, 0, -1}, {0, 0, -1}, {0, 0, -1},
};
#if defined(__x86_64__)
enum { NATIVE = 1 };
#elif defined(__i386__)
enum { NATIVE = 0 };
#elif defined(__arm__)
enum { NATIVE = 3 };
#elif defined(__aarch64__)
enum { NATIVE = 4 };
#elif defined(__riscv)
enum { NATIVE = 18 };
#else
#error which row of arches[] is this machine?
#endif

/* The machine's own architecture is judged always, listed or not, as by runc and crun: a filter
 * that kills the program at its first call is of no use. Calls of an architecture that is not
 * judged kill (libseccomp's default, theirs too). */
static void
list_arches(struct compiler *c)
{
	const struct arch *a;
	size_t i, k;

	c->arch[c->narch++] = &arches[NATIVE];
	for (i = 0; i < c->spec->architectures.n; i++) {
		a = &arches[c->spec->architectures.v[i]];
		if (a->names < 0 || !sysnames_has(a->names)) /* its calls cannot be made here, and would kill */
			continue;
		for (k = 0; k < c->narch && c->arch[k] != a; k++)
			;
		if (k == c->narch)
			c->arch[c->narch++] = a;
	}
}

static bool
list_actions(struct compiler *c)
{
	const struct seccomp_rule *r = c->spec->syscalls.v;
	size_t i, n = c->spec->syscalls.n;

	if (n > RULES)
		return fail(c, "linux.seccomp.syscalls", "more than 65535 rules");
	c->actions = NEWS(uint32_t, n);
	for (i = 0; i < n; c->nname += r[i++].names.n)
		if (!action_of(c, r[i].action, &r[i].errno_ret, &c->actions[i]))
			return false;
	return true;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* The calls that i386 and others can also make through one, socketcall(2) or ipc(2), by the number
 * that they have there, from 1; '\n' moves on to the next ten. */
static const char by_socketcall[] = "socket\0bind\0connect\0listen\0accept\0getsockname\0"
	"getpeername\0socketpair\0send\0recv\0sendto\0recvfrom\0shutdown\0setsockopt\0getsockopt\0"
	"sendmsg\0recvmsg\0accept4\0recvmmsg\0sendmmsg\0";
static const char by_ipc[] = "semop\0semget\0semctl\0semtimedop\0\nmsgsnd\0msgrcv\0msgget\0msgctl\0"
	"\nshmat\0shmdt\0shmget\0shmctl\0";

/* A call that can be made through another one.  own: its number here, or below 0 what
 * stands for it, which is no other call's. */
struct multiplexed {
	int own;
	uint8_t sub;
	bool ipc;
};

struct naming {
	struct compiler *c;
	const struct arch *arch;
	struct section *section;
	struct multiplexed v[MULTIPLEXED];
	int socketcall, ipc; /* their numbers */
	size_t n;            /* of v; 0: this architecture has neither */
	uint32_t last, end;  /* of the ordinary numbers: the highest named one, and where they end */
};

static void
list_multiplexed(struct naming *n, const char *names, bool ipc)
{
	uint8_t sub = 1;

	for (; *names; names += strlen(names) + 1, sub++) {
		if (*names == '\n') {
			sub = sub / 10 * 10 + 11;
			names++;
		}
		n->v[n->n++] = (struct multiplexed){sysnames_number(n->arch->names, names), sub, ipc};
	}
}

static void
add_call(struct naming *n, size_t rule, int nr, unsigned sub)
{
	uint32_t x = n->arch->base + (uint32_t)nr;

	if (nr < 0) /* a call that this architecture does not have */
		return;
	if (!sub && x < n->end && x > n->last)
		n->last = x;
	/* A rule that says the same as the default is no rule. */
	if (n->c->actions[rule] != n->c->by_default)
		n->section->calls[n->section->ncall++] = SECCALL(x, rule, sub,
			n->arch->token >> 31 && !(n->arch->token & __AUDIT_ARCH_CONVENTION_MIPS64_N32));
}

/* Conditions speak of a call's own arguments, and a multiplexer's are elsewhere, in memory.  A rule
 * that would allow more than the default does says nothing about the multiplexer then.  (libseccomp
 * lets the first argument be anything.) */
static void
add_multiplexed(struct naming *n, size_t rule, int own)
{
	uint32_t action = n->c->actions[rule];
	const struct multiplexed *m = n->v, *end = m + n->n;

	while (m < end && m->own != own)
		m++;
	if (m == end || (n->c->spec->syscalls.v[rule].args.n &&
		(int32_t)(action & SECCOMP_RET_ACTION_FULL) >
		(int32_t)(n->c->by_default & SECCOMP_RET_ACTION_FULL)))
		return;
	add_call(n, rule, m->ipc ? n->ipc : n->socketcall, m->sub);
}

static void
add_rule(struct naming *n, size_t rule)
{
	const struct strs *names = &n->c->spec->syscalls.v[rule].names;
	size_t i;
	int nr;

	for (i = 0; i < names->n; i++) {
		nr = sysnames_number(n->arch->names, names->v[i]);
		/* Skipped, as by runc and crun; the same on every architecture. */
		if (nr == -1 && n->arch == n->c->arch[0] &&
			n->c->actions[rule] != n->c->by_default)
			diag_add(n->c->diag, (struct fault){.level = DIAG_NOTE, .rule = -1,
				.name = "linux.seccomp.syscalls",
				.text = text_make("unknown system call %s", names->v[i])});
		add_call(n, rule, nr, 0);
		add_multiplexed(n, rule, nr);
	}
}

static void
add_ground(struct section *s, uint32_t from, uint32_t action)
{
	s->ground[s->nground++] = (struct ground){from, action};
}

/* "A number above every one that the profile names is ENOSYS": that is how a libc learns to do
 * without a call that is newer than the profile; with EPERM programs broke (docker's profile and
 * glibc's clone3, faccessat2). runc does so as well. Only where the default is another errno, so
 * that the call is refused either way: runc makes ENOSYS of a default that kills or traps too,
 * which is the weaker filter. */
static void
lay_ground(struct naming *n, uint32_t from)
{
	uint32_t def = n->c->by_default;

	add_ground(n->section, from, def);
	if ((def & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO || !n->last)
		return;
	add_ground(n->section, n->last + 1, SECCOMP_RET_ERRNO | ENOSYS);
	add_ground(n->section, n->end, def);
}

static void
add_arch(struct compiler *c, const struct arch *a)
{
	uint32_t arch = a->token == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : a->token;
	struct naming n = {.c = c, .arch = a, .socketcall = sysnames_number(a->names, "socketcall"),
		.ipc = sysnames_number(a->names, "ipc"), .end = 0x80000000}; /* they have both or none */
	struct section *s = c->sections;
	size_t i;

	while (s < c->sections + c->nsection && s->arch != arch)
		s++;
	if (s == c->sections + c->nsection) {
		c->nsection++;
		s->arch = arch;
		s->calls = NEWS(uint64_t, 2 * c->nname);
		if (arch != a->token)
			add_ground(s, 0, SECCOMP_RET_KILL_THREAD);
	}
	n.section = s;
	if (n.ipc >= 0) {
		list_multiplexed(&n, by_socketcall, false);
		list_multiplexed(&n, by_ipc, true);
	}
	if (a->token == SCMP_ARCH_X86_64)
		n.end = X32_BIT;
	if (a->token == SCMP_ARCH_ARM)
		n.end = ARM_PRIVATE;
	for (i = 0; i < c->spec->syscalls.n; i++)
		add_rule(&n, i);
	lay_ground(&n, a->token == SCMP_ARCH_X32 ? X32_BIT : 0);
}

/* x32 goes last: its numbers are the upper ones of x86_64.  When it is not judged its calls kill,
 * but -1 is nobody's number (a tracer writes it to skip a call). */
static void
add_arches(struct compiler *c)
{
	const struct arch *x32 = NULL;
	size_t i;

	for (i = 0; i < c->narch; i++)
		if (c->arch[i]->token == SCMP_ARCH_X32)
			x32 = c->arch[i];
		else
			add_arch(c, c->arch[i]);
	if (x32)
		add_arch(c, x32);
	for (i = 0; i < c->nsection && !x32; i++)
		if (c->sections[i].arch == SCMP_ARCH_X86_64) {
			add_ground(&c->sections[i], X32_BIT, SECCOMP_RET_KILL_THREAD);
			add_ground(&c->sections[i], UINT32_MAX, c->by_default);
		}
}

static bool
by_library(const struct compiler *c, struct bpf_code *code)
{
	uint32_t tokens[ARCHES];
	size_t i;

	for (i = 0; i < c->narch; i++)
		tokens[i] = c->arch[i]->token;
	return seclib_write(&(struct seclib){c->spec, c->by_default, c->actions, tokens, c->narch, c->diag}, code);
}

bool
seccomp_compile(const struct seccomp_spec *s, struct bpf_code *code, unsigned long *flags,
	struct diag *d)
{
	struct compiler c = {.spec = s, .diag = d};

	if (!action_of(&c, s->default_action, &s->default_errno_ret, &c.by_default) ||
		!choose_flags(&c, flags))
		return false;
	list_arches(&c);
	if (!list_actions(&c))
		return false;
	if (HAVE_LIBSECCOMP)
		return by_library(&c, code);
	add_arches(&c);
	return seccode_write(&(struct seccode){s, c.by_default, c.actions, c.sections, c.nsection, d},
		code);
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
	if (HAVE_NOTIFY && seccomp_notifies(&j->spec->linux.seccomp)) {
		q->listener = true;
		/* Of two reports of one failure the kernel wants to know which. */
		q->flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER |
			(q->flags & SECCOMP_FILTER_FLAG_TSYNC ? SECCOMP_FILTER_FLAG_TSYNC_ESRCH : 0);
	}
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

	if (e < 0)
		return e;
	if (e && !q->listener) /* TSYNC names a thread that would not follow */
		return -EBUSY;
	if (!q->prove)
		return 0;
	e = sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
	if (e < 0 || e == SECCOMP_MODE_FILTER)
		return 0;
	run_note(r, "the kernel took the filter but does not use it");
	return -EPROTO;
}

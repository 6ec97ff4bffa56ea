/* SPDX-License-Identifier: MIT */
/* test_seccomp.c - profiles into programs, judged by an interpreter of classic BPF and by the kernel
 *
 * The numbers of system calls are those of x86: on another machine only the kernel's part is run. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/replay.h"
#include "box/seclib.h"
#include "box/seccomp.h"
#include "box/user.h"
#include "spec/load.h"
#include "spec/names.h"
#include "sys.h"
#include "unit.h"

#define I386 AUDIT_ARCH_I386
#define AMD64 AUDIT_ARCH_X86_64
#define X32(nr) (0x40000000u | (nr))
#define ARM_EABI AUDIT_ARCH_ARM
#define ERR(n) (SECCOMP_RET_ERRNO | (n))
#define KILL SECCOMP_RET_KILL_THREAD
#define ALLOW SECCOMP_RET_ALLOW

/* libseccomp leaks when it refuses a rule. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

enum { BROKEN = 0x12345678, ROUNDS = 60 };

/* --- the interpreter -------------------------------------------------------------------------- */

static uint32_t
load_word(const struct seccomp_data *d, uint32_t at)
{
	uint32_t v;

	if (at % 4 || at > sizeof *d - 4)
		return BROKEN;
	memcpy(&v, (const char *)d + at, sizeof v);
	return v;
}

static bool
taken(unsigned op, uint32_t a, uint32_t k)
{
	switch (op) {
	case BPF_JEQ: return a == k;
	case BPF_JGT: return a > k;
	case BPF_JGE: return a >= k;
	case BPF_JSET: return a & k;
	}
	return false;
}

static unsigned long executed; /* instructions so far */

/* What the kernel would do with that call.  Leaving the program or an unknown instruction is BROKEN. */
static uint32_t
judge(const struct bpf_code *c, const struct seccomp_data *d)
{
	const struct sock_filter *v = c->code, *i;
	uint32_t a = 0;
	size_t pc;

	for (pc = 0; pc < c->n;) {
		i = &v[pc++];
		executed++;
		if (i->code == (BPF_RET | BPF_K))
			return i->k;
		else if (i->code == (BPF_LD | BPF_W | BPF_ABS))
			a = load_word(d, i->k);
		else if (i->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= i->k;
		else if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else if (BPF_CLASS(i->code) == BPF_JMP && BPF_SRC(i->code) == BPF_K)
			pc += taken(BPF_OP(i->code), a, i->k) ? i->jt : i->jf;
		else
			return BROKEN;
	}
	return BROKEN;
}

static uint32_t
judge_call(const struct bpf_code *c, uint32_t arch, uint32_t nr, uint64_t a, uint64_t b)
{
	struct seccomp_data d = {.nr = nr, .arch = arch, .args = {a, b}};

	return judge(c, &d);
}

/* --- profiles --------------------------------------------------------------------------------- */

static bool
load_profile(struct spec *s, const char *json)
{
	char *text = text_make("{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"linux\":{\"seccomp\":%s}}", json);
	struct diag d = {0};

	memset(s, 0, sizeof *s);
	if (spec_load_text(s, text, strlen(text), "profile", &d))
		return true;
	printf("# %s\n", d.count ? diag_text(&d.faults[0]) : "?");
	return false;
}

#define RULE(names, action, more) "{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\"" more "}"
#define ARG(i, v, w, op) "{\"index\":" #i ",\"value\":" #v ",\"valueTwo\":" #w ",\"op\":\"SCMP_CMP_" op "\"}"
#define ARGS(list) ",\"args\":[" list "]"
#define PROFILE(action, more, rules) \
	"{\"defaultAction\":\"SCMP_ACT_" action "\"" more ",\"syscalls\":[" rules "]}"
#define BOTH ",\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]"

/* getppid is 110 (i386: 64), read 0 (3), personality 135 (136), socket 41 (359, socketcall 102). */
static const struct {
	const char *name, *profile;
	uint32_t arch, nr;
	uint64_t a, b;
	uint32_t want;
} calls[] = {
	{"a rule allows", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, 110, 0, 0, ALLOW},
	{"the default errno is EPERM", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, 39, 0, 0, ERR(EPERM)},
	{"defaultErrnoRet", PROFILE("ERRNO", ",\"defaultErrnoRet\":38", RULE("\"getppid\"", "ALLOW", "")), AMD64, 39, 0, 0, ERR(38)},
	{"errnoRet", PROFILE("ALLOW", "", RULE("\"getppid\"", "ERRNO", ",\"errnoRet\":5")), AMD64, 110, 0, 0, ERR(5)},
	{"errnoRet absent", PROFILE("ALLOW", "", RULE("\"getppid\"", "ERRNO", "")), AMD64, 110, 0, 0, ERR(EPERM)},
	{"errnoRet 0", PROFILE("ALLOW", "", RULE("\"getppid\"", "ERRNO", ",\"errnoRet\":0")), AMD64, 110, 0, 0, ERR(0)},
	{"KILL", PROFILE("ALLOW", "", RULE("\"getppid\"", "KILL", "")), AMD64, 110, 0, 0, KILL},
	{"KILL_THREAD", PROFILE("ALLOW", "", RULE("\"getppid\"", "KILL_THREAD", "")), AMD64, 110, 0, 0, KILL},
	{"KILL_PROCESS", PROFILE("ALLOW", "", RULE("\"getppid\"", "KILL_PROCESS", "")), AMD64, 110, 0, 0, SECCOMP_RET_KILL_PROCESS},
	{"TRAP", PROFILE("ALLOW", "", RULE("\"getppid\"", "TRAP", "")), AMD64, 110, 0, 0, SECCOMP_RET_TRAP},
	{"TRACE", PROFILE("ALLOW", "", RULE("\"getppid\"", "TRACE", ",\"errnoRet\":7")), AMD64, 110, 0, 0, SECCOMP_RET_TRACE | 7},
	{"TRACE without errnoRet", PROFILE("ALLOW", "", RULE("\"getppid\"", "TRACE", "")), AMD64, 110, 0, 0, SECCOMP_RET_TRACE | EPERM},
	{"LOG", PROFILE("ALLOW", "", RULE("\"getppid\"", "LOG", "")), AMD64, 110, 0, 0, SECCOMP_RET_LOG},
	{"no rules, default ALLOW", PROFILE("ALLOW", "", ""), AMD64, 110, 0, 0, ALLOW},
	{"no rules, default ERRNO", PROFILE("ERRNO", "", ""), AMD64, 9999, 0, 0, ERR(EPERM)},
	{"a rule that says the default", PROFILE("ERRNO", "", RULE("\"getppid\"", "ERRNO", "") "," RULE("\"read\"", "ALLOW", "")), AMD64, 110, 0, 0, ERR(EPERM)},
	{"unknown names are skipped", PROFILE("ERRNO", "", RULE("\"no_such_call\",\"getppid\"", "ALLOW", "")), AMD64, 110, 0, 0, ALLOW},
	{"the same rule twice", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", "") "," RULE("\"read\"", "ALLOW", "")), AMD64, 0, 0, 0, ALLOW},
	/* conditions */
	{"EQ meets", PROFILE("ERRNO", "", RULE("\"personality\"", "ALLOW", ARGS(ARG(0, 8, 0, "EQ")))), AMD64, 135, 8, 0, ALLOW},
	{"EQ misses", PROFILE("ERRNO", "", RULE("\"personality\"", "ALLOW", ARGS(ARG(0, 8, 0, "EQ")))), AMD64, 135, 9, 0, ERR(EPERM)},
	{"EQ looks at the high half", PROFILE("ERRNO", "", RULE("\"personality\"", "ALLOW", ARGS(ARG(0, 8, 0, "EQ")))), AMD64, 135, 0x100000008, 0, ERR(EPERM)},
	{"EQ with 64 bits", PROFILE("ERRNO", "", RULE("\"personality\"", "ALLOW", ARGS(ARG(0, 18446744073709551615, 0, "EQ")))), AMD64, 135, ~0ull, 0, ALLOW},
	{"NE meets", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 8, 0, "NE")))), AMD64, 0, 7, 0, ALLOW},
	{"NE misses", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 8, 0, "NE")))), AMD64, 0, 8, 0, ERR(EPERM)},
	{"LT meets", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "LT")))), AMD64, 0, 0, 7, ALLOW},
	{"LT misses", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "LT")))), AMD64, 0, 0, 8, ERR(EPERM)},
	{"LE meets", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "LE")))), AMD64, 0, 0, 8, ALLOW},
	{"LE misses", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "LE")))), AMD64, 0, 0, 9, ERR(EPERM)},
	{"GE meets", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "GE")))), AMD64, 0, 0, 8, ALLOW},
	{"GE misses", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "GE")))), AMD64, 0, 0, 7, ERR(EPERM)},
	{"GT meets", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "GT")))), AMD64, 0, 0, 1ull << 32, ALLOW},
	{"GT misses", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(1, 8, 0, "GT")))), AMD64, 0, 0, 8, ERR(EPERM)},
	{"MASKED_EQ meets", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 240, 16, "MASKED_EQ")))), AMD64, 0, 0x51f, 0, ALLOW},
	{"MASKED_EQ misses", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 240, 16, "MASKED_EQ")))), AMD64, 0, 0x52f, 0, ERR(EPERM)},
	{"two arguments: both", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ") "," ARG(1, 2, 0, "EQ")))), AMD64, 0, 1, 2, ALLOW},
	{"two arguments: one is not enough", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ") "," ARG(1, 2, 0, "EQ")))), AMD64, 0, 1, 3, ERR(EPERM)},
	{"one argument twice: the first", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ") "," ARG(0, 2, 0, "EQ")))), AMD64, 0, 1, 0, ALLOW},
	{"one argument twice: the second", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ") "," ARG(0, 2, 0, "EQ")))), AMD64, 0, 2, 0, ALLOW},
	{"one argument twice: neither", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ") "," ARG(0, 2, 0, "EQ")))), AMD64, 0, 3, 0, ERR(EPERM)},
	/* several rules for one call */
	{"a rule without conditions goes first", PROFILE("ERRNO", "", RULE("\"read\"", "LOG", ARGS(ARG(0, 1, 0, "EQ"))) "," RULE("\"read\"", "ALLOW", "")), AMD64, 0, 1, 0, ALLOW},
	{"the first of those", PROFILE("ERRNO", "", RULE("\"read\"", "LOG", "") "," RULE("\"read\"", "ALLOW", "")), AMD64, 0, 0, 0, SECCOMP_RET_LOG},
	{"equality before a range", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 5, 0, "GE"))) "," RULE("\"read\"", "LOG", ARGS(ARG(0, 7, 0, "EQ")))), AMD64, 0, 7, 0, SECCOMP_RET_LOG},
	{"the nearer bound first", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 5, 0, "GE"))) "," RULE("\"read\"", "LOG", ARGS(ARG(0, 7, 0, "GE")))), AMD64, 0, 9, 0, SECCOMP_RET_LOG},
	{"the nearer bound first, LT", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 9, 0, "LT"))) "," RULE("\"read\"", "LOG", ARGS(ARG(0, 7, 0, "LT")))), AMD64, 0, 5, 0, SECCOMP_RET_LOG},
	{"a mask of nothing is no condition", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 0, 5, "MASKED_EQ")))), AMD64, 0, 7, 0, ALLOW},
	/* architectures */
	{"an architecture that is not listed", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), I386, 64, 0, 0, KILL},
	{"x32 that is not listed", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, X32(110), 0, 0, KILL},
	{"native without being listed", PROFILE("ERRNO", ",\"architectures\":[\"SCMP_ARCH_X86\"]", RULE("\"getppid\"", "ALLOW", "")), AMD64, 110, 0, 0, ALLOW},
	{"i386 by its own number", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), I386, 64, 0, 0, ALLOW},
	{"i386, the other one's number", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), I386, 57, 0, 0, ERR(EPERM)},
	{"x32 by its own number", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), AMD64, X32(110), 0, 0, ALLOW},
	{"x32, another number", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), AMD64, X32(39), 0, 0, ERR(EPERM)},
	{"amd64 beside the others", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), AMD64, 110, 0, 0, ALLOW},
	{"a fourth architecture", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), ARM_EABI, 64, 0, 0, KILL},
	{"listed twice", PROFILE("ERRNO", ",\"architectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_X86\"]", RULE("\"getppid\"", "ALLOW", "")), I386, 64, 0, 0, ALLOW},
	{"i386 socket, the call itself", PROFILE("ERRNO", BOTH, RULE("\"socket\"", "ALLOW", "")), I386, 359, 0, 0, ALLOW},
	{"i386 socket through socketcall", PROFILE("ERRNO", BOTH, RULE("\"socket\"", "ALLOW", "")), I386, 102, 1, 0, ALLOW},
	{"i386 socket beside a higher number", PROFILE("ERRNO", BOTH, RULE("\"socket\",\"getppid\"", "ALLOW", "")), I386, 359, 0, 0, ALLOW},
	{"i386 shmat, the call itself", PROFILE("ERRNO", BOTH, RULE("\"shmat\"", "ALLOW", "")), I386, 397, 0, 0, ALLOW},
	{"i386 shmat through ipc", PROFILE("ERRNO", BOTH, RULE("\"shmat\"", "ALLOW", "")), I386, 117, 21, 0, ALLOW},
	{"i386 semtimedop through ipc", PROFILE("ERRNO", BOTH, RULE("\"semtimedop\"", "ALLOW", "")), I386, 117, 4, 0, ALLOW},
	{"i386 another ipc", PROFILE("ERRNO", BOTH, RULE("\"shmat\"", "ALLOW", "")), I386, 117, 22, 0, ERR(EPERM)},
	{"a condition on socket allows no socketcall", PROFILE("ERRNO", BOTH, RULE("\"socket\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ")))), I386, 102, 1, 0, ERR(EPERM)},
	{"but the call itself", PROFILE("ERRNO", BOTH, RULE("\"socket\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ")))), I386, 359, 1, 0, ALLOW},
	{"a condition on socket that refuses, refuses socketcall", PROFILE("ALLOW", BOTH, RULE("\"socket\"", "ERRNO", ARGS(ARG(0, 16, 0, "EQ")))), I386, 102, 1, 0, ERR(EPERM)},
	{"of two conditions the refusing one", PROFILE("LOG", BOTH, RULE("\"socket\"", "ALLOW", ARGS(ARG(1, 9, 0, "NE"))) "," RULE("\"socket\"", "ERRNO", ARGS(ARG(0, 16, 0, "EQ") "," ARG(1, 9, 0, "EQ")))), I386, 102, 1, 9, ERR(EPERM)},
	{"i386 another socketcall", PROFILE("ERRNO", BOTH, RULE("\"socket\"", "ALLOW", "")), I386, 102, 2, 0, ERR(EPERM)},
	/* newer than the profile */
	{"above the last number: ENOSYS", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, 111, 0, 0, ERR(ENOSYS)},
	{"9999", PROFILE("ERRNO", ",\"defaultErrnoRet\":1", RULE("\"getppid\"", "ALLOW", "")), AMD64, 9999, 0, 0, ERR(ENOSYS)},
	{"the last number itself", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, 110, 0, 0, ALLOW},
	{"a refused name counts", PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", "") "," RULE("\"clone3\"", "ERRNO", ",\"errnoRet\":5")), AMD64, 300, 0, 0, ERR(EPERM)},
	{"-1 is nobody's number", PROFILE("ERRNO", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, -1u, 0, 0, ERR(EPERM)},
	{"-1 beside x32", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), AMD64, -1u, 0, 0, ERR(EPERM)},
	{"i386 has its own last number", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), I386, 65, 0, 0, ERR(ENOSYS)},
	{"x32 has its own", PROFILE("ERRNO", BOTH, RULE("\"getppid\"", "ALLOW", "")), AMD64, X32(111), 0, 0, ERR(ENOSYS)},
	{"a default that kills stays", PROFILE("KILL_PROCESS", "", RULE("\"getppid\"", "ALLOW", "")), AMD64, 9999, 0, 0, SECCOMP_RET_KILL_PROCESS},
	{"a default that allows stays", PROFILE("ALLOW", "", RULE("\"getppid\"", "ERRNO", "")), AMD64, 9999, 0, 0, ALLOW},
};

/* --- both compilers: mote's own (seccode.c), and libseccomp's as CONFIG=max has it (seclib.c) --------------- */

static const uint32_t tokens[] = { /* by the value of names_seccomp_arch; 0: the other byte order */
	SCMP_ARCH_X86, SCMP_ARCH_X86_64, SCMP_ARCH_X32, SCMP_ARCH_ARM, SCMP_ARCH_AARCH64, 0, 0, 0,
	SCMP_ARCH_MIPSEL, SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64N32, 0, 0, SCMP_ARCH_PPC64LE, 0, 0, 0, 0,
	SCMP_ARCH_RISCV64,
};

static uint32_t
peer_action(int action, const struct uopt *ret)
{
	uint32_t e = ret->given ? ret->v : EPERM;

	switch (action) {
	case ACTION_ALLOW: return SCMP_ACT_ALLOW;
	case ACTION_LOG: return SCMP_ACT_LOG;
	case ACTION_TRAP: return SCMP_ACT_TRAP;
	case ACTION_KILL_PROCESS: return SCMP_ACT_KILL_PROCESS;
	case ACTION_KILL:
	case ACTION_KILL_THREAD: return SCMP_ACT_KILL_THREAD;
	case ACTION_TRACE: return SCMP_ACT_TRACE(e);
	}
	return SCMP_ACT_ERRNO(e);
}

/* Those of machines that mote runs on: seclib.c is asked for no others. */
static bool
is_ours(size_t arch)
{
	return arch <= 4 || arch == 18;
}

static bool with_library;

static bool
compile(const struct seccomp_spec *s, struct bpf_code *code, struct diag *d)
{
	uint32_t *actions = NEWS(uint32_t, s->syscalls.n), arches[8] = {SCMP_ARCH_X86_64};
	struct seclib l = {s, peer_action(s->default_action, &s->default_errno_ret), actions, arches, 1, d};
	unsigned long flags;
	size_t i, k;

	if (!with_library)
		return seccomp_compile(s, code, &flags, d);
	for (i = 0; i < s->syscalls.n; i++)
		actions[i] = peer_action(s->syscalls.v[i].action, &s->syscalls.v[i].errno_ret);
	for (i = 0; i < s->architectures.n; i++) {
		for (k = 0; k < l.narch && arches[k] != tokens[s->architectures.v[i]]; k++)
			;
		if (k == l.narch && is_ours(s->architectures.v[i]))
			arches[l.narch++] = tokens[s->architectures.v[i]];
	}
	return seclib_write(&l, code);
}

static void
test_calls(void)
{
	struct spec s;
	struct bpf_code code = {0};
	struct diag d;
	uint32_t got;
	size_t i;

	for (i = 0; i < ROWS(calls); i++) {
		d = (struct diag){0};
		if (!unit_ok(load_profile(&s, calls[i].profile) &&
				compile(&s.linux.seccomp, &code, &d), "compiles: %s",
				calls[i].name))
			continue;
		got = judge_call(&code, calls[i].arch, calls[i].nr, calls[i].a, calls[i].b);
		if (!unit_ok(got == calls[i].want, "%s", calls[i].name))
			printf("#   got %#x, want %#x\n", got, calls[i].want);
	}
}

/* Profiles that are refused, and with what words. */
static const struct {
	const char *profile, *says;
} refused[] = {
	{PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ"))) "," RULE("\"read\"", "LOG", ARGS(ARG(0, 1, 0, "EQ")))), "contradicts"},
	{PROFILE("ERRNO", "", RULE("\"read\"", "ALLOW", ARGS(ARG(0, 1, 0, "EQ") "," ARG(1, 1, 0, "EQ"))) "," RULE("\"read\"", "LOG", ARGS(ARG(0, 1, 0, "EQ")))), "contradicts"},
	{PROFILE("ALLOW", ",\"flags\":[\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]", ""), "WAIT_KILLABLE"},
};

static void
test_refused(void)
{
	struct spec s;
	struct bpf_code code;
	size_t i;

	for (i = 0; i < ROWS(refused) - with_library; i++) { /* flags are neither's */
		struct diag d = {0};

		unit_ok(load_profile(&s, refused[i].profile) &&
			!compile(&s.linux.seccomp, &code, &d) && d.errors == 1 &&
			strstr(diag_text(&d.faults[d.count - 1]), refused[i].says),
			"refused: %s", refused[i].says);
	}
}

static void
test_notes(void)
{
	struct spec s;
	struct bpf_code code;
	struct diag d = {0};

	load_profile(&s, PROFILE("ERRNO", BOTH, RULE("\"no_such_call\",\"read\"", "ALLOW", "")));
	unit_ok(compile(&s.linux.seccomp, &code, &d), "an unknown name is no error");
	unit_num(d.count, 1, "but one note, for three architectures");
	unit_ok(d.count && d.faults[0].level == DIAG_NOTE &&
		strstr(d.faults[0].text, "no_such_call"), "that names it");
}

static void
test_flags(void)
{
	static const struct { const char *more; unsigned long want; } rows[] = {
		{"", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
		{",\"flags\":[]", 0},
		{",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\",\"SECCOMP_FILTER_FLAG_TSYNC\"]",
			SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC},
	};
	struct bpf_code code;
	unsigned long flags;
	struct spec s;
	size_t i;

	unit_ok(!seccomp_flag_works(1ul << 30), "a flag that no kernel knows does not work");
	if (!seccomp_flag_works(SECCOMP_FILTER_FLAG_SPEC_ALLOW)) {
		unit_skip("flags", "this kernel has no SPEC_ALLOW");
		return;
	}
	for (i = 0; i < ROWS(rows); i++) {
		struct diag d = {0};

		load_profile(&s, text_make("{\"defaultAction\":\"SCMP_ACT_ALLOW\"%s}", rows[i].more));
		seccomp_compile(&s.linux.seccomp, &code, &flags, &d);
		unit_num(flags, rows[i].want, rows[i].more);
	}
}

/* --- libseccomp's own compiler is the oracle ---------------------------------------------------- */

/* Conditions that share an argument are a rule each, as runc and crun do it. */
static bool
peer_rule(scmp_filter_ctx ctx, const struct seccomp_rule *r, uint32_t a, int nr)
{
	static const enum scmp_compare ops[] = {SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ,
		SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ};
	struct scmp_arg_cmp arg[16];
	unsigned seen[6] = {0}, most = 0;
	size_t k;

	for (k = 0; k < r->args.n; k++) {
		arg[k] = (struct scmp_arg_cmp){r->args.v[k].index, ops[r->args.v[k].op],
			r->args.v[k].value, r->args.v[k].value_two};
		if (++seen[r->args.v[k].index] > most)
			most = seen[r->args.v[k].index];
	}
	if (most < 2)
		return !seccomp_rule_add_array(ctx, a, nr, r->args.n, arg);
	for (k = 0; k < r->args.n; k++)
		if (seccomp_rule_add_array(ctx, a, nr, 1, &arg[k]))
			return false;
	return true;
}

/* The straight way with libseccomp, as a peer would. */
static bool
peer_compile(const struct seccomp_spec *s, struct bpf_code *code)
{
	uint32_t def = peer_action(s->default_action, &s->default_errno_ret), a;
	scmp_filter_ctx ctx = seccomp_init(def);
	int fd = sys_memfd_create("peer", 0), nr;
	bool ok = true;
	size_t i, k;
	off_t size;
	void *v;

	for (i = 0; i < s->architectures.n; i++)
		seccomp_arch_add(ctx, tokens[s->architectures.v[i]]);
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (i = 0; i < s->syscalls.n; i++) {
		const struct seccomp_rule *r = &s->syscalls.v[i];

		a = peer_action(r->action, &r->errno_ret);
		for (k = 0; k < r->names.n && a != def; k++) {
			nr = seccomp_syscall_resolve_name(r->names.v[k]);
			ok = ok && (nr == __NR_SCMP_ERROR || peer_rule(ctx, r, a, nr));
		}
	}
	ok = ok && !seccomp_export_bpf(ctx, fd);
	seccomp_release(ctx);
	size = lseek(fd, 0, SEEK_END);
	v = arena_get(size);
	*code = (struct bpf_code){v, size / 8};
	ok = ok && pread(fd, v, size, 0) == size;
	close(fd);
	return ok;
}

int x86_syscall_resolve_name(const char *), ppc64_syscall_resolve_name(const char *), mips_syscall_resolve_name(const char *);

/* The end of the ordinary numbers, and the highest that the profile names; socket(2) and its like
 * count by their own numbers, which libseccomp's public interface hides. */
static uint32_t
ordinary(const struct seccomp_spec *s, uint32_t token, uint32_t *last)
{
	uint32_t end = token == SCMP_ARCH_X86_64 ? 0x40000000 : token == SCMP_ARCH_ARM ? 0xf0000 : 0x80000000u, nr;
	const char *name;
	size_t i, k;

	*last = 0;
	for (i = 0; i < s->syscalls.n; i++)
		for (k = 0; k < s->syscalls.v[i].names.n; k++) {
			name = s->syscalls.v[i].names.v[k];
			switch (token) {
			case SCMP_ARCH_X86: nr = x86_syscall_resolve_name(name); break;
			case SCMP_ARCH_PPC64LE: nr = ppc64_syscall_resolve_name(name); break;
			case SCMP_ARCH_MIPSEL: nr = mips_syscall_resolve_name(name);
				nr += (int)nr >= 0 ? 4000 : 0; break;
			default: nr = seccomp_syscall_resolve_name_arch(token, name);
			}
			if (nr < end && nr > *last)
				*last = nr;
		}
	return end;
}

/* What is asked of both programs: values beside every constant. */
struct values {
	uint64_t v[64];
	size_t n;
};

static void
add_value(struct values *a, uint64_t v)
{
	size_t i;

	for (i = 0; i < a->n && a->v[i] != v; i++)
		;
	if (i == a->n && a->n < ROWS(a->v))
		a->v[a->n++] = v;
}

static struct values
values_of(const struct seccomp_spec *s, const char *name)
{
	struct values a = {{0, 1, ~0ull}, 3};
	const struct seccomp_arg *g;
	size_t i, k, m;

	for (i = 0; i < s->syscalls.n; i++)
		for (k = 0; k < s->syscalls.v[i].names.n; k++)
			for (m = 0; name && text_eq(s->syscalls.v[i].names.v[k], name) &&
				m < s->syscalls.v[i].args.n; m++) {
				g = &s->syscalls.v[i].args.v[m];
				add_value(&a, g->value);
				add_value(&a, g->value - 1);
				add_value(&a, g->value + 1);
				add_value(&a, g->value + (1ull << 32));
				add_value(&a, g->value - (1ull << 32));
				add_value(&a, g->value_two);
				add_value(&a, g->value_two | ~g->value);
			}
	return a;
}

/* --- the meaning of conditions, word for word ---- */

static bool
holds(const struct seccomp_arg *a, const struct seccomp_data *d, bool wide)
{
	uint64_t all = wide ? ~0ull : 0xffffffff, x = d->args[a->index] & all, v = a->value & all;

	switch (a->op) {
	case COMPARE_NE: return x != v;
	case COMPARE_LT: return x < v;
	case COMPARE_LE: return x <= v;
	case COMPARE_EQ: return x == v;
	case COMPARE_GE: return x >= v;
	case COMPARE_GT: return x > v;
	}
	return (x & v) == (a->value_two & v);
}

static bool
matches(const struct seccomp_rule *r, const struct seccomp_data *d, bool wide)
{
	unsigned held = 0, seen = 0, shared = 0;
	size_t i;

	for (i = 0; i < r->args.n; seen |= 1u << r->args.v[i++].index) {
		shared |= seen & 1u << r->args.v[i].index;
		held += holds(&r->args.v[i], d, wide);
	}
	return shared ? held : held == r->args.n;
}

/* For profiles in which all rules of one call have the same action. */
static uint32_t
meaning(const struct seccomp_spec *s, const char *name, const struct seccomp_data *d, bool wide)
{
	size_t i, k;

	for (i = 0; i < s->syscalls.n; i++)
		for (k = 0; k < s->syscalls.v[i].names.n; k++)
			if (text_eq(s->syscalls.v[i].names.v[k], name) && matches(&s->syscalls.v[i], d, wide))
				return peer_action(s->syscalls.v[i].action, &s->syscalls.v[i].errno_ret);
	return peer_action(s->default_action, &s->default_errno_ret);
}

/* --- two programs, call by call ---- */

struct comparison {
	const struct seccomp_spec *s;
	const struct bpf_code *ours, *peer;
	const char *name;    /* of the call, or NULL */
	uint32_t def;
	bool enosys, wide;   /* the number is above all that the profile names; the registers have 64 bits */
	size_t peer_is_wrong;
};

/* Two differences are meant: a multiplexer is not allowed for a rule with conditions, and libseccomp
 * 2.5.4 gets some calls with many rules wrong (ranges on a 64-bit argument; trees that it prunes too
 * much), which is proven by the meaning. */
static bool
agree(struct comparison *c, const struct seccomp_data *d)
{
	uint32_t got = judge(c->ours, d), want = judge(c->peer, d);
	bool multiplexer = d->nr % 1000 == 102 || d->nr % 1000 == 117;

	if (c->enosys && want == c->def)
		want = ERR(ENOSYS);
	if (got == want || (multiplexer && got == c->def && (int32_t)(got & SECCOMP_RET_ACTION_FULL) <
		(int32_t)(want & SECCOMP_RET_ACTION_FULL)))
		return true;
	if (c->name && got == meaning(c->s, c->name, d, c->wide)) {
		c->peer_is_wrong++;
		return true;
	}
	printf("# arch %#x call %#x (%#llx, %#llx, %#llx, %#llx): %#x, libseccomp %#x\n", d->arch, d->nr,
		(unsigned long long)d->args[0], (unsigned long long)d->args[1], (unsigned long long)d->args[2],
		(unsigned long long)d->args[3], got, want);
	return false;
}

/* Of one number, with all values in its arguments; stops at the first difference. */
static bool
differ(struct comparison *c, struct seccomp_data d, const struct values *v)
{
	size_t i, k, m;

	for (i = 0; i < v->n; i++)
		for (k = 0; k < v->n; k++)
			for (m = 0; m < 2; m++) {
				d.args[0] = v->v[i];
				d.args[1] = v->v[k];
				d.args[2] = v->v[m ? i : k];
				d.args[3] = v->v[m];
				if (!agree(c, &d))
					return true;
			}
	return false;
}

static size_t wrong; /* answers of libseccomp that are */

/* Every number of one architecture.  Left out: what libseccomp makes of calls that an architecture
 * does not have, rules for numbers below -1, which no kernel ever sees. */
static size_t
differences(const struct seccomp_spec *s, uint32_t token, const struct bpf_code *ours,
	const struct bpf_code *peer)
{
	static const uint32_t far[] = {1000, 4200, 5300, 6300, 0x0f0000, 0x0f0002, 0x0f0005, 0x3fffffff, 0x40000000,
		0x40000001, 0x400001ff, 0x40000200, 0x40000225, 0x40001000, 0x7fffffff, 0x80000000, 0xffffffff};
	uint32_t base = token == SCMP_ARCH_X32 ? 0x40000000u : token == SCMP_ARCH_MIPSEL ? 4000 :
		token == SCMP_ARCH_MIPSEL64 ? 5000 : token == SCMP_ARCH_MIPSEL64N32 ? 6000 : 0;
	struct comparison c = {.s = s, .ours = ours, .peer = peer, .wide = token >> 31 && token != SCMP_ARCH_MIPSEL64N32};
	uint32_t def = c.def = peer_action(s->default_action, &s->default_errno_ret), last, end, nr, i;
	bool may = (def & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO && def != ERR(ENOSYS);
	struct seccomp_data d = {.arch = token == SCMP_ARCH_X32 ? AMD64 : token};
	struct values some = {{0, 1, ~0ull}, 3}, v;
	size_t n = 0;

	end = ordinary(s, token, &last);
	for (i = 0; i < 600 + ROWS(far); i++) {
		d.nr = nr = i < 600 ? base + i : far[i - 600];
		if (token == SCMP_ARCH_X32 && nr < 0x40000000)
			continue; /* x86_64's */
		if (token == SCMP_ARCH_X86_64 && nr >= 0x40000000)
			continue;
		c.name = seccomp_syscall_resolve_num_arch(token, nr);
		v = c.name ? values_of(s, c.name) : some;
		c.enosys = may && last && nr > last && nr < end;
		n += differ(&c, d, nr % 1000 == 102 || nr % 1000 == 117 || v.n > 3 ? &v : &some);
		free((void *)c.name);
	}
	wrong += c.peer_is_wrong;
	return n;
}

static double
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static bool
load_file(struct spec *s, const char *path)
{
	struct diag d = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	memset(s, 0, sizeof *s);
	ok = fd >= 0 && spec_load(s, fd, path, false, &d);
	close(fd);
	return ok;
}

/* Instructions of the filter for an allowed call, on average over the calls. */
static double
mean_path(const struct bpf_code *c, uint32_t arch)
{
	unsigned long all = 0;
	uint32_t nr, n = 0;

	for (nr = 0; nr < 460; nr++) {
		executed = 0;
		if (judge_call(c, arch, nr, 0, 0) == ALLOW) {
			all += executed;
			n++;
		}
	}
	return n ? (double)all / n : 0;
}

static void
test_podman(const char *path)
{
	static const struct { const char *name; uint32_t token; } all[] = {{"amd64", SCMP_ARCH_X86_64},
		{"i386", SCMP_ARCH_X86}, {"x32", SCMP_ARCH_X32}, {"arm", SCMP_ARCH_ARM}};
	struct bpf_code code, peer;
	struct diag d = {0};
	struct spec s;
	double start;
	size_t i;

	if (!load_file(&s, path)) {
		unit_skip(path, "is not there, or does not load");
		return;
	}
	start = milliseconds();
	unit_ok(compile(&s.linux.seccomp, &code, &d), "%s compiles", path);
	printf("# %zu instructions in %.1f ms, with sanitizers\n", code.n, milliseconds() - start);
	if (!unit_ok(peer_compile(&s.linux.seccomp, &peer), "%s, by libseccomp", path))
		return;
	for (i = 0; i < ROWS(all); i++)
		unit_num(differences(&s.linux.seccomp, all[i].token, &code, &peer), 0, all[i].name);
	printf("# libseccomp has %zu instructions; an allowed call takes %.1f, libseccomp's %.1f; of i386 %.1f, %.1f\n",
		peer.n, mean_path(&code, AMD64), mean_path(&peer, AMD64), mean_path(&code, I386),
		mean_path(&peer, I386));
	if (with_library)
		return;
	unit_ok(code.n < 400, "%s: a short program", path);
	unit_ok(mean_path(&code, AMD64) < mean_path(&peer, AMD64), "%s: a short way through it", path);
}

/* --- profiles by chance ------------------------------------------------------------------------- */

static uint64_t chance;

static unsigned
pick(unsigned n)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (chance >> 33) % n;
}

static const char *const names[] = {"read", "write", "open", "close", "stat", "fstat", "mmap", "getppid", "personality",
	"clone", "clone3", "acct", "socket", "bind", "accept", "accept4", "send", "recvmmsg", "socketpair", "semop",
	"semtimedop", "shmat", "msgctl", "shmget", "cacheflush", "set_tls", "arm_fadvise64_64", "waitpid", "mmap2", "rt_sigaction",
	"execve", "execveat", "faccessat2", "openat2", "futex_waitv", "no_such_call", "fchmodat", "io_setup", "io_uring_setup",
	"ptrace", "sysmips", "riscv_flush_icache", "spu_run", "getuid", "getuid32", "clock_gettime64", "time", "vm86", "umount2"};

static const uint64_t constants[] = {0, 1, 2, 7, 8, 16, 40, 0xff, 0x20000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
	0x100000008, 0x7fffffffffffffff, ~0ull, ~0ull - 1};

/* How a profile by chance is made. */
struct kind {
	const char *name;
	unsigned rules;     /* at most */
	unsigned most_args;
	bool one_action;    /* of each call: the order of its rules says nothing */
	bool narrow;        /* constants below 2^31 */
};

static void
chance_args(struct seccomp_rule *r, const struct kind *k)
{
	size_t i;

	r->args.n = pick(k->most_args + 1);
	r->args.v = NEWS(struct seccomp_arg, r->args.n);
	for (i = 0; i < r->args.n; i++)
		r->args.v[i] = (struct seccomp_arg){pick(4) ? i : pick(3), constants[pick(k->narrow ? 9 : ROWS(constants))],
			constants[pick(k->narrow ? 9 : ROWS(constants))], pick(7)};
}

static void
chance_rule(struct seccomp_rule *r, const struct kind *k, unsigned seed)
{
	static const int acts[] = {ACTION_ALLOW, ACTION_ERRNO, ACTION_LOG, ACTION_KILL_PROCESS, ACTION_TRAP, ACTION_TRACE};
	unsigned first = pick(ROWS(names)), i;

	*r = (struct seccomp_rule){.names.n = k->one_action ? 1 : 1 + pick(3)};
	r->names.v = NEWS(const char *, r->names.n);
	for (i = 0; i < r->names.n; i++)
		r->names.v[i] = names[(first + i * 7) % ROWS(names)];
	i = k->one_action ? first * 31 + seed : pick(1000);
	r->action = acts[i % ROWS(acts)];
	r->errno_ret = (struct uopt){r->action == ACTION_ERRNO || r->action == ACTION_TRACE, i / 8 % 3};
	if (pick(3))
		chance_args(r, k);
}

static void
chance_profile(struct seccomp_spec *s, const struct kind *k)
{
	static const int def[] = {ACTION_ALLOW, ACTION_ERRNO, ACTION_KILL_PROCESS, ACTION_ERRNO, ACTION_LOG};
	static const int others[] = {0, 2, 3, 4, 8, 9, 10, 13, 18};
	unsigned seed = pick(1000), i;

	*s = (struct seccomp_spec){.given = true, .default_action = def[pick(ROWS(def))], .flags_given = true};
	if (s->default_action == ACTION_ERRNO && pick(2))
		s->default_errno_ret = (struct uopt){true, pick(2) ? ENOSYS : 2};
	s->architectures.v = NEWS(int, 3);
	for (i = pick(4); i; i--)
		s->architectures.v[s->architectures.n++] = others[pick(2) ? pick(2) : pick(ROWS(others))];
	s->syscalls.n = pick(k->rules);
	s->syscalls.v = NEWS(struct seccomp_rule, s->syscalls.n);
	for (i = 0; i < s->syscalls.n; i++)
		chance_rule(&s->syscalls.v[i], k, seed);
}

static void
test_chance(const struct kind *k)
{
	unsigned round, compared = 0, skipped = 0;
	struct seccomp_spec s;
	struct bpf_code code, peer;
	size_t bad = 0, i, before;

	chance = 1;
	wrong = 0;
	for (round = 0; round < ROUNDS; round++) {
		struct diag d = {0};

		chance_profile(&s, k);
		if (!peer_compile(&s, &peer) || !compile(&s, &code, &d)) {
			skipped++;
			continue;
		}
		before = bad;
		for (i = 0; i < ROWS(tokens); i++)
			if (tokens[i] && (!with_library || is_ours(i)))
				bad += differences(&s, tokens[i], &code, &peer);
		compared++;
		if (before != bad)
			printf("# round %u\n", round);
	}
	printf("# %u compared, %u refused by libseccomp or by us; %zu wrong answers of libseccomp\n", compared, skipped,
		wrong);
	unit_num(bad, 0, k->name);
}

/* One instruction more than the kernel takes is refused, whatever the rules are. */
static void
test_long(void)
{
	static const struct kind kind = {"", 0, 3, true, false};
	struct seccomp_spec s = {.given = true, .default_action = ACTION_KILL, .flags_given = true};
	struct bpf_code code = {0};
	unsigned long flags;
	size_t i, most = 0;
	bool good = true;

	s.syscalls.v = NEWS(struct seccomp_rule, 3000);
	for (i = 0; i < 3000; i++)
		do
			chance_rule(&s.syscalls.v[i], &kind, 7);
		while (!s.syscalls.v[i].args.n);
	for (s.syscalls.n = 100; s.syscalls.n <= 3000; s.syscalls.n += 100) {
		struct diag d = {0};

		if (seccomp_compile(&s, &code, &flags, &d))
			most = code.n > most ? code.n : most;
		else
			good = good && most && d.errors == 1 && strstr(diag_text(&d.faults[d.count - 1]), "4096");
	}
	printf("# the longest that compiled has %zu instructions\n", most);
	unit_ok(good && most > 2000 && most <= BPF_MAXINSNS && s.syscalls.n > 3000, "too long a program is refused");
}

/* --- the kernel's word ------------------------------------------------------------------------ */

/* Loads a profile as the box would; the child's exit status is that of `body`. */
static int
in_child(const char *profile, int (*body)(void), bool *prove)
{
	struct spec s;
	struct job j = {.spec = &s};
	struct plan p = {0};
	struct diag d = {0};
	struct run r = {0};
	char room[NOTE_MAX] = "";
	int status;
	pid_t pid;

	load_profile(&s, profile);
	if (!seccomp_compile(&s.linux.seccomp, &j.seccomp, &j.seccomp_flags, &d))
		return -1;
	plan_seccomp(&p, &j);
	*prove = ((const struct seccomp_step *)p.v[0].p)->prove;
	r.note = room;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (do_seccomp(&r, &p.v[0]))
			syscall(SYS_exit_group, 99);
		syscall(SYS_exit_group, body());
		__builtin_trap(); /* a wrong filter refused even that */
	}
	waitpid(pid, &status, 0);
	return status;
}

static int
try_calls(void)
{
	if (syscall(SYS_getppid) <= 0)
		return 1;
	if (syscall(SYS_acct, NULL) != -1 || errno != EXDEV)
		return 2;
	if (syscall(9999) != -1 || errno != ENOSYS)
		return 3;
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2 ? 0 : 4;
}

static int
nothing(void)
{
	return 0;
}

static int
do_getppid(void)
{
	return syscall(SYS_getppid) < 0;
}

static void
test_kernel(void)
{
	bool prove;
	int st;

	st = in_child(PROFILE("ALLOW", "", RULE("\"acct\"", "ERRNO", ",\"errnoRet\":18")), try_calls,
		&prove);
	unit_num(st, 0, "a filter is in force in the kernel");
	unit_ok(prove, "and the box may ask");
	st = in_child(PROFILE("KILL_PROCESS", "", RULE("\"exit_group\"", "ALLOW", "")), nothing, &prove);
	unit_num(st, 0, "loading makes no call behind a filter that would kill");
	unit_ok(!prove, "as the box may not ask");
	st = in_child(PROFILE("KILL_PROCESS", "", RULE("\"exit_group\"", "ALLOW", "")), do_getppid,
		&prove);
	unit_ok(WIFSIGNALED(st) && WTERMSIG(st) == SIGSYS, "that filter kills");
	st = in_child(PROFILE("ERRNO", "", RULE("\"exit_group\"", "ALLOW", "")), nothing, &prove);
	unit_num(st, 0, "a filter that refuses the question");
	unit_ok(prove, "is proof enough");
	in_child(PROFILE("ALLOW", "", RULE("\"prctl\"", "KILL", "")), nothing, &prove);
	unit_ok(!prove, "prctl that kills is not asked");
	in_child(PROFILE("KILL", "", RULE("\"exit_group\",\"prctl\"", "ALLOW", "")), nothing, &prove);
	unit_ok(prove, "prctl that is allowed is asked");
}

int
main(void)
{
	static const struct kind kinds[] = {
		{"calls without conditions", 40, 0, false, false},
		{"one condition", 30, 1, true, false},
		{"three conditions", 30, 3, true, false},
		{"rules that overlap", 40, 1, false, true},
		{"long jumps", 400, 2, true, false},
	};
	size_t i, k;

	if (seccomp_arch_native() == SCMP_ARCH_X86_64) {
		for (i = 0; i < 2; i++) {
			with_library = i;
			printf("# by %s\n", i ? "libseccomp, seclib.c" : "seccode.c");
			test_calls();
			test_refused();
			test_notes();
			test_podman("tests/data/podman-default.config.json");
			test_podman("tests/data/podman-hardened.config.json");
			for (k = 0; k < ROWS(kinds) - i; k++) /* libseccomp is too slow for the last */
				test_chance(&kinds[k]);
		}
		with_library = false;
		test_long();
	} else {
		unit_skip("programs", "the numbers are x86's");
	}
	test_flags();
	test_kernel();
	return unit_done();
}

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

enum { BROKEN = 0x12345678 };

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

/* What the kernel would do with that call.  Leaving the program or an unknown instruction is BROKEN. */
static uint32_t
judge(const struct bpf_code *c, const struct seccomp_data *d)
{
	const struct sock_filter *v = c->code, *i;
	uint32_t a = 0;
	size_t pc;

	for (pc = 0; pc < c->n;) {
		i = &v[pc++];
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

static void
test_calls(void)
{
	struct spec s;
	struct bpf_code code = {0};
	struct diag d;
	unsigned long flags;
	uint32_t got;
	size_t i;

	for (i = 0; i < ROWS(calls); i++) {
		d = (struct diag){0};
		if (!unit_ok(load_profile(&s, calls[i].profile) &&
				seccomp_compile(&s.linux.seccomp, &code, &flags, &d), "compiles: %s",
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
	{PROFILE("ALLOW", "", RULE("\"read\"", "NOTIFY", "")), "NOTIFY"},
	{PROFILE("NOTIFY", "", ""), "NOTIFY"},
	{PROFILE("ALLOW", ",\"architectures\":[\"SCMP_ARCH_SH\"]", ""), "SCMP_ARCH_SH"},
	{PROFILE("ALLOW", ",\"architectures\":[\"SCMP_ARCH_S390X\"]", ""), "cannot share"},
	{PROFILE("ALLOW", ",\"flags\":[\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]", ""), "WAIT_KILLABLE"},
};

static void
test_refused(void)
{
	struct spec s;
	struct bpf_code code;
	unsigned long flags;
	size_t i;

	for (i = 0; i < ROWS(refused); i++) {
		struct diag d = {0};

		unit_ok(load_profile(&s, refused[i].profile) &&
			!seccomp_compile(&s.linux.seccomp, &code, &flags, &d) && d.errors == 1 &&
			strstr(diag_text(&d.faults[d.count - 1]), refused[i].says),
			"refused: %s", refused[i].says);
	}
}

static void
test_notes(void)
{
	struct spec s;
	struct bpf_code code;
	unsigned long flags;
	struct diag d = {0};

	load_profile(&s, PROFILE("ERRNO", BOTH, RULE("\"no_such_call\",\"read\"", "ALLOW", "")));
	unit_ok(seccomp_compile(&s.linux.seccomp, &code, &flags, &d), "an unknown name is no error");
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

/* --- podman's profiles: every number, against one libseccomp filter for all architectures --------- */

static uint32_t
peer_action(int action, const struct uopt *ret)
{
	uint32_t e = ret->given ? ret->v : EPERM;

	return action == ACTION_ALLOW ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(e);
}

/* The straight way with libseccomp, as a peer would; knows only what these profiles use. */
static bool
peer_compile(const struct seccomp_spec *s, struct bpf_code *code)
{
	uint32_t def = peer_action(s->default_action, &s->default_errno_ret), a;
	scmp_filter_ctx ctx = seccomp_init(def);
	struct scmp_arg_cmp arg[6];
	size_t i, k;
	int fd = sys_memfd_create("peer", 0), nr;
	off_t size;
	void *v;

	seccomp_arch_add(ctx, SCMP_ARCH_X86);
	seccomp_arch_add(ctx, SCMP_ARCH_X32);
	for (i = 0; i < s->syscalls.n; i++) {
		const struct seccomp_rule *r = &s->syscalls.v[i];

		a = peer_action(r->action, &r->errno_ret);
		for (k = 0; k < r->args.n; k++)
			arg[k] = (struct scmp_arg_cmp){r->args.v[k].index,
				r->args.v[k].op == COMPARE_EQ ? SCMP_CMP_EQ : SCMP_CMP_NE,
				r->args.v[k].value, 0};
		for (k = 0; k < r->names.n && a != def; k++) {
			nr = seccomp_syscall_resolve_name(r->names.v[k]);
			if (nr != __NR_SCMP_ERROR &&
				seccomp_rule_add_array(ctx, a, nr, r->args.n, arg))
				return false;
		}
	}
	seccomp_export_bpf(ctx, fd);
	seccomp_release(ctx);
	size = lseek(fd, 0, SEEK_END);
	v = arena_get(size);
	*code = (struct bpf_code){v, size / 8};
	k = pread(fd, v, size, 0) == size;
	close(fd);
	return k;
}

static size_t
differences(const struct bpf_code *a, const struct bpf_code *b, uint32_t arch, uint32_t from,
	uint32_t to)
{
	static const uint64_t values[] = {0, 1, 2, 8, 9, 16, 0x20000, 0x20008, 0xffffffff,
		0x100000008, ~0ull};
	size_t i, k, n = 0;
	uint32_t nr;

	for (nr = from; nr != to; nr++)
		for (i = 0; i < ROWS(values); i++)
			for (k = 0; k < ROWS(values); k++) {
				struct seccomp_data d = {.nr = nr, .arch = arch,
					.args = {values[i], values[k], values[k]}};

				n += judge(a, &d) != judge(b, &d);
			}
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

static void
test_podman(const char *path)
{
	struct bpf_code code, peer;
	unsigned long flags;
	struct diag d = {0};
	struct spec s;
	double start;

	if (!load_file(&s, path)) {
		unit_skip(path, "is not there, or does not load");
		return;
	}
	start = milliseconds();
	unit_ok(seccomp_compile(&s.linux.seccomp, &code, &flags, &d), "%s compiles", path);
	printf("# %zu instructions in %.1f ms, with sanitizers\n", code.n, milliseconds() - start);
	unit_ok(code.n <= BPF_MAXINSNS, "%s fits", path);
	if (!unit_ok(peer_compile(&s.linux.seccomp, &peer), "%s, the plain way", path))
		return;
	unit_num(differences(&code, &peer, AMD64, 0, 600), 0, "amd64: as one filter for all");
	unit_num(differences(&code, &peer, I386, 0, 600), 0, "i386: as one filter for all");
	unit_num(differences(&code, &peer, AMD64, X32(0), X32(600)), 0, "x32: as one filter for all");
	unit_num(differences(&code, &peer, AMD64, -5u, 0), 0, "negative: as one filter for all");
	unit_num(differences(&code, &peer, ARM_EABI, 0, 50), 0, "arm: as one filter for all");
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
	if (seccomp_arch_native() == SCMP_ARCH_X86_64) {
		test_calls();
		test_refused();
		test_notes();
		test_podman("tests/data/podman-default.config.json");
		test_podman("tests/data/podman-hardened.config.json");
	} else {
		unit_skip("programs", "the numbers are x86's");
	}
	test_flags();
	test_kernel();
	return unit_done();
}

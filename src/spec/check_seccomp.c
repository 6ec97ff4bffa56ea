/* SPDX-License-Identifier: MIT */
/* check_seccomp.c - rules between the members of linux.seccomp; the helpers are in check.c */
#include "spec/check.h"
#include "spec/names.h"

static void
judge_errno(const struct check *c)
{
	static const char text[] = "only SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one";
	const struct seccomp_spec *s = &c->s->linux.seccomp;
	const struct seccomp_rule *r;
	size_t i;

	if (s->default_errno_ret.given && s->default_action != ACTION_ERRNO &&
		s->default_action != ACTION_TRACE)
		check_bad(c, text, "linux.seccomp.defaultErrnoRet");
	for (i = 0; i < s->syscalls.n; i++) {
		r = &s->syscalls.v[i];
		if (r->errno_ret.given && r->action != ACTION_ERRNO && r->action != ACTION_TRACE)
			check_bad(c, text, "linux.seccomp.syscalls[%zu].errnoRet", i);
	}
}

static void
judge_syscalls(const struct check *c)
{
	const struct seccomp_spec *s = &c->s->linux.seccomp;
	size_t i;

	for (i = 0; i < s->syscalls.n; i++) {
		if (!s->syscalls.v[i].names.n)
			check_bad(c, "must name a system call", "linux.seccomp.syscalls[%zu].names",
				i);
	}
}

static void
judge_metadata(const struct check *c)
{
	const struct seccomp_spec *s = &c->s->linux.seccomp;

	if (s->listener_metadata && !s->listener_path)
		check_bad(c, "needs listenerPath", "linux.seccomp.listenerMetadata");
}

/* The kernel would fail such calls with ENOSYS, which nobody asked for. */
static void
judge_notify(const struct check *c)
{
	static const char text[] = "SCMP_ACT_NOTIFY needs listenerPath";
	const struct seccomp_spec *s = &c->s->linux.seccomp;
	size_t i;

	if (s->listener_path)
		return;
	if (s->given && s->default_action == ACTION_NOTIFY)
		check_bad(c, text, "linux.seccomp.defaultAction");
	for (i = 0; i < s->syscalls.n; i++) {
		if (s->syscalls.v[i].action == ACTION_NOTIFY)
			check_bad(c, text, "linux.seccomp.syscalls[%zu].action", i);
	}
}

/* clang-format off */
const struct rule rules_seccomp[] = {
	{65, OF_SPEC, false, judge_errno, RULE("errnoRet comes only with actions that return one")},
	{66, OF_SPEC, false, judge_syscalls, RULE("rules of linux.seccomp name system calls")},
	{68, OF_SPEC, false, judge_metadata, RULE("listenerMetadata comes only with listenerPath")},
	{-1, OF_SPEC, false, judge_notify, RULE("SCMP_ACT_NOTIFY comes only with listenerPath")},
	{0},
};
/* clang-format on */

/* SPDX-License-Identifier: MIT */
/* facts.c - read-only looks at the kernel, and the judgements that need them */
#include "box/facts.h"

#include "base/file.h"
#include "base/text.h"
#include "box/lsm.h"
#include "box/netdev.h"
#include "box/agent.h"
#include "box/rdt.h"
#include "box/user.h"
#include "spec/names.h"
#include "sys.h"

#if MOTE_FAULT
#include <stdlib.h>

long
fault_step(void)
{
	const char *s = getenv("MOTE_FAULT");
	int64_t n = -1;

	return s && text_i64(s, &n) ? (long)n : -1;
}
#endif

/* The kernel answers EINVAL for a capability it does not know: no /proc needed. */
static int
last_cap(void)
{
	int low = 0, high = 64, mid;

	for (mid = 41; high - low > 1; mid = high == 41 ? 40 : (low + high) / 2) { /* 40 since 5.9: two questions */
		if (sys_prctl(PR_CAPBSET_READ, mid, 0, 0, 0) >= 0)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* To move "/" onto itself never succeeds: ELOOP when it has a parent mount, EINVAL when it has none. */
static bool
is_loose_root(void)
{
	return sys_mount("/", "/", NULL, MS_MOVE, NULL) == -EINVAL;
}

void
facts_read(struct facts *f, const struct spec *s, bool there)
{
	f->euid = sys_geteuid();
	f->last_cap = last_cap();
	if (HAVE_RDT && s->linux.intel_rdt.given)
		f->resctrl = rdt_find();
	if (there)
		return;
	f->loose_root = ns_new(s, NS_MOUNT) && is_loose_root();
	if (cgroup_wanted(s))
		cgroup_facts_read(&f->cgroup);
}

static void
refuse(struct diag *d, const char *name, const char *text)
{
	diag_add(d, (struct fault){.name = name, .rule = 36, .text = text});
}

static void
check_root(const struct job *j, struct diag *d)
{
	struct stat st;
	int e = sys_fstatat(AT_FDCWD, j->rootfs, &st, 0);

	if (!e && !S_ISDIR(st.st_mode))
		e = -ENOTDIR;
	if (e)
		diag_add(d, (struct fault){.name = "root.path", .rule = 6,
			.text = text_make("%s: %s", j->rootfs, text_errno(e))});
}

/* Without a mount namespace the mounts would be the host's, and nothing would take them away again. */
static void
check_mounts(const struct spec *s, struct diag *d)
{
	if (ns_own(s, NS_MOUNT))
		return;
	if (s->mounts.n || s->linux.masked_paths.n || s->linux.readonly_paths.n || s->root.readonly)
		refuse(d, "linux.namespaces",
			"without a mount namespace there can be no mounts, masks or read-only root: they would change the host");
}

static void
check_terminal(const struct job *j, struct diag *d)
{
	bool terminal = j->spec->process.terminal;

	if (terminal && !HAVE_TTY)
		refuse(d, "process.terminal", "this mote was built without TTY");
	else if (terminal && !j->console_socket && !j->own_tty)
		refuse(d, "process.terminal", "a terminal needs --console-socket, unless run or exec stays in the foreground");
	else if (!terminal && j->console_socket)
		diag_fail(d, "--console-socket needs process.terminal to be true");
}

static void
check_fds(const struct job *j, struct diag *d)
{
	unsigned fd, end = 3 + j->listen_fds + j->preserve_fds;

	for (fd = 3; fd < end; fd++)
		if (sys_fcntl(fd, F_GETFD, 0) < 0) {
			diag_fail(d, "descriptor %u is to be preserved but is not open", fd);
			return;
		}
}

/* The kernel forgets the wish to die with the parent when execve gives capabilities (prctl(2)). */
static void
check_supervision(const struct job *j, struct diag *d)
{
	const struct process_spec *s = &j->spec->process;

	if (j->log && s->terminal)
		diag_fail(d, "--log-file is for a program without a terminal: process.terminal is true");
	if (j->die_with_parent && !s->user.uid && !s->no_new_privileges && s->capabilities.bounding.n > s->capabilities.permitted.n)
		diag_fail(d, "--die-with-parent would be forgotten when the program is executed: root would gain capabilities of the bounding set (set process.noNewPrivileges, or make bounding and permitted equal)");
}

bool
box_check(const struct job *j, struct diag *d)
{
	bool made = !HAVE_EXEC || j->goal != GOAL_EXEC; /* exec's container was judged by create */
	size_t before = d->errors;

	IF_LSM(lsm_check(j->spec, d);)
	IF_NOTIFY(agent_check(j->spec, d);)
	if (made) {
		IF_NETDEV(netdev_check(j->spec, d);)
		IF_RDT(rdt_check(j, d);)
		check_root(j, d);
		check_mounts(j->spec, d);
		sysctl_check(j->spec, d);
	}
	check_terminal(j, d);
	check_fds(j, d);
	if (HAVE_REAPER)
		check_supervision(j, d);
	caps_check(j, d);
	if (!HAVE_USERNS && ns_own(j->spec, NS_USER))
		refuse(d, "linux.namespaces", "this mote was built without USERNS");
	if (made)
		cgroup_check(j, d);
	return d->errors == before;
}

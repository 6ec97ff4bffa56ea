/* SPDX-License-Identifier: MIT */
/* lsm.c - AppArmor profiles and SELinux labels
 *
 * Both are written to a file of /proc that is about the writing process alone, and count from its next execve on. */
#include "box/lsm.h"

#include "base/file.h"
#include "base/text.h"
#include "box/replay.h"
#include "sys.h"

enum { SELINUX_MAGIC = 0xf97cff8cU };

/* --- what this kernel has --------------------------------------------------------------------- */

/* A module that is built in but off refuses to be read; kernels before 5.8 have no folder of its own. */
static bool
has_apparmor(void)
{
	autofd int proc = proc_fd();
	char c[2];

	return file_peek(proc, "self/attr/apparmor/current", c, sizeof c) >= 0 ||
		(file_peek(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", c, sizeof c) > 0 && *c == 'Y');
}

/* Before a policy is loaded the kernel takes any label, and gives it no meaning: our own is then a single word. */
static bool
has_selinux(void)
{
	autofd int proc = proc_fd();
	struct statfs fs;
	char own[64];

	return sys_statfs("/sys/fs/selinux", &fs) == 0 && (uint32_t)fs.f_type == SELINUX_MAGIC &&
		file_peek(proc, "self/attr/current", own, sizeof own) > 0 && text_find(own, ":");
}

static void
refuse(struct diag *d, const char *name, const char *module)
{
	diag_add(d, (struct fault){.name = name, .rule = 36, .text = text_make("%s is not active in this kernel", module)});
}

/* "unconfined" is what every program is without the module. */
static bool
wants_profile(const struct process_spec *s)
{
	return s->apparmor_profile && !text_eq(s->apparmor_profile, "unconfined");
}

void
lsm_check(const struct spec *s, struct diag *d)
{
	bool label = s->process.selinux_label || s->linux.mount_label;

	if (wants_profile(&s->process) && !has_apparmor())
		refuse(d, "process.apparmorProfile", "AppArmor");
	if (!label || has_selinux())
		return;
	if (s->process.selinux_label)
		refuse(d, "process.selinuxLabel", "SELinux");
	if (s->linux.mount_label)
		refuse(d, "linux.mountLabel", "SELinux");
}

/* --- plan ------------------------------------------------------------------------------------- */

void
plan_lsm(struct plan *p, const struct process_spec *s)
{
	static const char shared[] = "self/attr/exec";
	struct step *st;

	if (wants_profile(s)) {
		st = plan_add_a(p, OP_label, BOX, "self/attr/apparmor/exec");
		st->b = text_make("exec %s", s->apparmor_profile);
		st->c = shared;
	}
	if (s->selinux_label)
		plan_add_a(p, OP_label, BOX, shared)->b = s->selinux_label;
}

const char *
lsm_context(const struct spec *s, const char *type, const char *data)
{
	if (!s->linux.mount_label || text_find(",proc,sysfs,mqueue,cgroup,cgroup2,", text_make(",%s,", type)))
		return data;
	return text_make("%s%scontext=\"%s\"", data ? data : "", data && *data ? "," : "", s->linux.mount_label);
}

/* --- do --------------------------------------------------------------------------------------- */

/* A file that something was mounted over is another mount's (EXDEV), and swallows the label (CVE-2019-16884); before 5.6
 * that it is of a procfs at all is what can be seen. */
static int
open_attribute(int proc, const char *path)
{
	struct kernel_open_how how = {.flags = O_WRONLY | O_CLOEXEC, .resolve = RESOLVE_NO_XDEV};
	int fd = sys_openat2(proc, path, &how, sizeof how);

	return fd == -ENOSYS ? sys_openat(proc, path, O_WRONLY | O_CLOEXEC, 0) : fd;
}

int
do_label(struct run *r, const struct step *s)
{
	int proc = run_proc(r);
	autofd int fd = proc < 0 ? proc : open_attribute(proc, s->a);
	struct statfs fs;
	int e;

	if (fd == -ENOENT && s->c)
		fd = open_attribute(proc, s->c);
	if (fd < 0)
		return fd;
	e = sys_fstatfs(fd, &fs);
	return e ? e : fs.f_type != PROC_MAGIC ? -EXDEV : file_put_fd(fd, s->b);
}

/* SPDX-License-Identifier: MIT */
/* spec.c - the verb spec: a config.json to start from */
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/job.h"
#include "spec/fields.h"
#include "spec/template.h"
#include "sys.h"

/* Of --platform, or Linux. */
static void
write_spec(struct cmd *c, struct out *o, unsigned platform)
{
	IF_PLATFORMS(if (platform) {
		template_platform(o, platform);
		return;
	})
	template_write(o, &(struct template){.terminal = true, .readonly = true, .rootless = c->o.rootless_spec,
		.host_net = c->o.rootless_spec, .no_cgroup = c->o.rootless_spec, .host_uid = sys_geteuid(), .host_gid = sys_getegid()});
}

int
cmd_spec(struct cmd *c)
{
	int64_t platform = 0;
	const char *file = c->o.file ? c->o.file :
		text_path(c->o.bundle ? c->o.bundle : ".", "config.json");
	bool to_stdout = text_eq(file, "-");
	struct out o;
	int e;

	if (c->o.platform && !text_eq(c->o.platform, "linux") && !name_find(names_platform, c->o.platform, &platform)) {
		diag_fail(&c->diag, "option --platform takes linux, solaris, windows, vm, zos or freebsd, not '%s'", c->o.platform);
		return usage(c);
	}
	autofd int fd = to_stdout ? -1 :
		sys_openat(AT_FDCWD, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (!to_stdout && fd < 0)
		return fail(c, "write %s: %s", file, text_errno(fd));
	o = out_fd(to_stdout ? 1 : fd);
	write_spec(c, &o, (unsigned)platform);
	e = out_flush(&o);
	return e ? fail(c, "write %s: %s", file, text_errno(e)) : EXIT_OK;
}

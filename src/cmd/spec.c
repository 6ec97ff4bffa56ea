/* SPDX-License-Identifier: MIT */
/* spec.c - the verb spec: a config.json to start from */
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/job.h"
#include "spec/template.h"
#include "sys.h"

int
cmd_spec(struct cmd *c)
{
	const char *file = c->o.file ? c->o.file :
		text_path(c->o.bundle ? c->o.bundle : ".", "config.json");
	bool to_stdout = text_eq(file, "-");
	struct out o;
	int e;

	autofd int fd = to_stdout ? -1 :
		sys_openat(AT_FDCWD, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (!to_stdout && fd < 0)
		return fail(c, "write %s: %s", file, text_errno(fd));
	o = out_fd(to_stdout ? 1 : fd);
	template_write(&o, &(struct template){.terminal = true, .readonly = true});
	e = out_flush(&o);
	return e ? fail(c, "write %s: %s", file, text_errno(e)) : EXIT_OK;
}

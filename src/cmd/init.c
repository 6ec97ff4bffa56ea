/* SPDX-License-Identifier: MIT */
/* init.c - the hidden verb init: process 1 of a container with --init (box/init.c) */
#include "base/text.h"
#include "box/init.h"
#include "cmd/cmd.h"
#include "sys.h"

int
cmd_init(struct cmd *c)
{
	uint64_t pid;
	int status;

	if (!text_u64(c->args[0], &pid) || !pid)
		return usage(c);
	status = init_run(pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

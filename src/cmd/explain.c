/* SPDX-License-Identifier: MIT */
/* explain.c - the verb explain: what a property of config.json means, from the rows that read it */
#include "base/out.h"
#include "cmd/job.h"
#include "spec/show.h"

int
cmd_explain(struct cmd *c)
{
	const char *name = c->nargs ? c->args[0] : NULL, *near;
	struct out o = out_fd(1);

	if (fields_explain(&o, name, c->o.json))
		return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
	near = fields_nearest(name);
	c->log.prefix = c->verb->name;
	if (near)
		return fail(c, "there is no property '%s'; did you mean %s?", name, near);
	return fail(c, "there is no property '%s'; mote explain lists those of the top level", name);
}

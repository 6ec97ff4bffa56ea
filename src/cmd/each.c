/* SPDX-License-Identifier: MIT */
/* each.c - --regex of kill and delete: the verb for every container whose id fits */
#include "base/arena.h"
#include "base/regex.h"
#include "base/text.h"
#include "cmd/job.h"
#include "sys.h"

/* A container that fails is told of and does not keep the others. */
int
each(struct cmd *c, int (*verb)(struct cmd *c))
{
	struct names all = {0};
	struct regex r;
	const char *fault = regex_compile(&r, c->args[0]);
	int e, worst = EXIT_OK;
	size_t i;

	if (fault) {
		diag_fail(&c->diag, "regular expression '%s' %s", c->args[0], fault);
		return usage(c);
	}
	e = state_names(state_root(c), &all);
	if (e && e != -ENOENT)
		return fail(c, "read %s: %s", state_root(c), text_errno(e));
	c->o.regex = false;
	for (i = 0; i < all.n; i++) {
		if (!regex_match(&r, all.v[i]))
			continue;
		c->args[0] = (char *)all.v[i];
		c->log.prefix = text_make("%s %s", c->verb->name, all.v[i]);
		c->diag = (struct diag){.count = 0};
		if (verb(c) != EXIT_OK)
			worst = EXIT_FAIL;
	}
	return worst;
}

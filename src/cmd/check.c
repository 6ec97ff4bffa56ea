/* SPDX-License-Identifier: MIT */
/* check.c - the verb check: what this machine can do for containers, as a table */
#include "base/out.h"
#include "base/text.h"
#include "box/probe.h"
#include "cmd/job.h"

int
cmd_check(struct cmd *c)
{
	static const char *const states[] = {"ok", "degraded", "missing"};
	bool tsv = text_eq(c->o.format, "tsv"), bad = false;
	struct probes all = {0};
	struct out o = out_fd(1);
	const struct probe *p;

	if (c->o.format && !tsv && !text_eq(c->o.format, "table")) {
		diag_fail(&c->diag, "option --format takes table or tsv, not '%s'", c->o.format);
		return usage(c);
	}
	probe_all(&all);
	for (p = all.v; p < all.v + all.n; p++) {
		out_fmt(&o, tsv ? "%s\t%s\t%s\n" : *p->says ? "%-9s %-20s %s\n" : "%-9s %s%s\n", states[p->state], p->name, p->says);
		bad = bad || (p->needed && p->state == PROBE_MISSING);
	}
	return out_flush(&o) || bad ? EXIT_FAIL : EXIT_OK;
}

/* SPDX-License-Identifier: MIT */
/* config.c - the verb config: the config.json that create would use, and what each value of it came from */
#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/job.h"
#include "spec/tree.h"

/* NAME, place and value of everything that has no more inside; between them a tab. */
static void
put_origin(struct out *o, const struct node *n)
{
	bool object = n->type == JSON_OBJECT;
	const struct node *child;

	for (child = n->first; child; child = child->next)
		put_origin(o, child);
	if (n->first)
		return;
	out_fmt(o, "%s\t%s:%u:%u\t", tree_name(n), n->file, n->line, n->column);
	if (n->type == JSON_STRING)
		out_json(o, n->text);
	else
		out_str(o, object ? "{}" : n->type == JSON_ARRAY ? "[]" : n->text);
	out_str(o, "\n");
}

int
cmd_config(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct bundle *b = &w->bundle;
	struct out text = out_mem(), o = out_fd(1);

	if (c->nargs)
		c->o.bundle = c->args[0];
	if (!job_bundle(c, w, NULL))
		return fail_diag(c);
	log_diag(&c->log, &c->diag); /* warnings */
	if (!b->tree)
		b->tree = tree_read(b->config, b->config_len, b->file, false, &c->diag);
	if (c->o.origin) {
		put_origin(&o, b->tree);
	} else {
		tree_print(b->tree, &text, NULL);
		out_bytes(&o, text.buf, text.len);
	}
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

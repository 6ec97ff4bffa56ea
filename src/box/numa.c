/* SPDX-License-Identifier: MIT */
/* numa.c - linux.memoryPolicy: set_mempolicy(2) */
#include "box/numa.h"

#include "base/arena.h"
#include "base/text.h"
#include "box/replay.h"
#include "spec/names.h"
#include "sys.h"

void
plan_memory_policy(struct plan *p, const struct linux_spec *l)
{
	unsigned long *nodes = NULL;
	struct step *s;

	if (!l->memory_policy.given)
		return;
	s = plan_add_a(p, OP_memory_policy, BOX, name_of(names_mempolicy_mode, l->memory_policy.mode));
	s->n = l->memory_policy.mode | l->memory_policy.flags;
	if (!l->memory_policy.nodes)
		return;
	nodes = arena_get(MPOL_NODES / 8);
	text_bits(l->memory_policy.nodes, nodes, MPOL_NODES); /* spec_check has looked at it */
	s->b = text_make(" of nodes %s", l->memory_policy.nodes);
	s->p = nodes;
}

/* The kernel takes one from the number of bits before it uses it. */
int
do_memory_policy(struct run *r, const struct step *s)
{
	(void)r;
	return sys_set_mempolicy(s->n, s->p, s->p ? MPOL_NODES + 1 : 0);
}

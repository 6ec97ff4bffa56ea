/* SPDX-License-Identifier: MIT */
/* plan.c - the list of steps, its order, its printer; never the kernel */
#include "box/plan.h"

#include "base/arena.h"
#include "base/text.h"
#include "box/criu.h"
#include "box/hook.h"
#include "box/mount.h"
#include "box/rdt.h"
#include "box/tty.h"

/* The order of container set-up.  HOST or BOX is decided by each stage's steps. */
static void (*const stages[])(struct plan *, const struct job *) = {
	plan_state,             /* HOST  reserve the name                                       */
	plan_record,            /* HOST  what a killed mote would leave behind                  */
	plan_cgroup,            /* HOST  make it, set limits                                    */
	IF_REAPER(plan_notify,)       /* HOST  a folder to bind                                 */
	IF_RDT(plan_rdt,)             /* HOST  cache and memory bandwidth                       */
	plan_sources,           /* HOST  open what the box needs from outside                   */
	IF_TTY(plan_console_socket,)  /* HOST  who gets the terminal                            */
	IF_HOOKS(plan_hook_files,)    /* HOST  where the box's hooks will read the state        */
	IF_REAPER(plan_log,)          /* HOST  where the box's output goes                      */
	plan_clone,             /*       clone, joins, id maps; BOX: names, loopback            */
	plan_announce,          /* HOST  run: state, pid file, while the box works              */
	plan_mounts,            /* BOX   the root file system and its mounts                    */
	plan_devices,           /* BOX                                                          */
	IF_HOOKS(plan_hooks_host,)    /* HOST  prestart, createRuntime                          */
	IF_TTY(plan_console,)         /* BOX   terminal, /dev/console                           */
	plan_sysctl,            /* BOX   before the masks: /proc/sys becomes read-only          */
	IF_HOOKS(plan_hooks_box,)     /* BOX   createContainer                                  */
	plan_masks,             /* BOX   with the host's /dev/null still in reach               */
	plan_root,              /* BOX   pivot_root, or the longer way when / is the initramfs  */
	plan_gate,              /* HOST  state, pid file; BOX waits here after create           */
	IF_HOOKS(plan_hooks_start,)   /* BOX   startContainer                                   */
	plan_process,           /* BOX   user, capabilities, seccomp                            */
	plan_exec,              /* BOX   its last step; HOST sees it run                        */
	IF_HOOKS(plan_hooks_after,)   /* HOST  poststart                                        */
};

#if HAVE_EXEC
/* The order of exec: another process beside those of a container. */
static void (*const exec_stages[])(struct plan *, const struct job *) = {
	plan_target,            /* HOST  hold the container's process                           */
	IF_TTY(plan_console_socket,)  /* HOST  who gets the terminal                            */
	plan_join,              /*       clone into the cgroup; BOX: the container's namespaces */
	IF_TTY(plan_console,)         /* BOX   a terminal from the container's devpts           */
	plan_inside,            /* BOX   program, session; HOST: cgroups, limits, pid file      */
	plan_process,           /* BOX   user, capabilities, seccomp                            */
	plan_exec,              /* BOX   its last step; HOST sees it run                        */
};
#endif

#if HAVE_CRIU
/* The order of restore: all of it is HOST's. */
static void (*const restore_stages[])(struct plan *, const struct job *) = {
	plan_state,             /* reserve the name                                             */
	plan_record,            /* what a killed mote would leave behind                        */
	plan_cgroup,            /* make it, set limits                                          */
	plan_criu,              /* criu, in it, makes the processes                             */
	plan_announce,          /* state, pid file                                              */
};
#endif

/* clang-format off */
/* Texts one behind the other and where each begins: a quarter of what pointers would be. */
static const struct {
#define OP(name, undo, text) char name[sizeof text];
#include "box/ops.def"
#undef OP
} texts = {
#define OP(name, undo, text) text,
#include "box/ops.def"
#undef OP
};
static const uint16_t text_at[] = {
#define OP(name, undo, text) offsetof(__typeof__(texts), name),
#include "box/ops.def"
#undef OP
};
/* clang-format on */

void
plan_build(struct plan *p, const struct job *j)
{
	size_t i;

	*p = (struct plan){.device_slot = -1};
#if HAVE_EXEC
	if (j->goal == GOAL_EXEC) {
		for (i = 0; i < sizeof exec_stages / sizeof *exec_stages; i++)
			exec_stages[i](p, j);
		return;
	}
#endif
#if HAVE_CRIU
	if (j->goal == GOAL_RESTORE) {
		for (i = 0; i < sizeof restore_stages / sizeof *restore_stages; i++)
			restore_stages[i](p, j);
		return;
	}
#endif
	for (i = 0; i < sizeof stages / sizeof *stages; i++)
		stages[i](p, j);
}

struct step *
plan_add(struct plan *p, enum op op, enum side side)
{
	struct step *s = PUSH(p->v, p->n);

	s->op = op;
	s->side = side;
	s->slot = -1;
	return s;
}

struct step *
plan_add_a(struct plan *p, enum op op, enum side side, const char *a)
{
	struct step *s = plan_add(p, op, side);

	s->a = a;
	return s;
}

int
plan_slot(struct plan *p)
{
	return p->slots++;
}

size_t
plan_find(const struct plan *p, enum op op)
{
	size_t i;

	for (i = 0; i < p->n && p->v[i].op != op; i++)
		;
	return i;
}

enum { SHOWN_MAX = 300 };

/* One line of a bounded length, whatever the value holds: an id map has lines of its own. */
static void
put_value(struct out *o, const char *s)
{
	size_t n;

	for (n = 0; s && s[n] && n < SHOWN_MAX; n++)
		out_bytes(o, s[n] != '\n' ? s + n : s[n + 1] ? "," : "", s[n] != '\n' || s[n + 1]);
	if (s && s[n])
		out_str(o, "...");
}

static void
put_part(struct out *o, const struct step *s, char what)
{
	switch (what) {
	case 'a': put_value(o, s->a); break;
	case 'b': put_value(o, s->b); break;
	case 'c': put_value(o, s->c); break;
	case 'n': out_fmt(o, "%lu", s->n); break;
	case 'x': out_fmt(o, "0x%lx", s->n); break;
	case 'o': out_fmt(o, "0%lo", s->n); break;
	case 's': out_fmt(o, "slot %d", s->slot); break;
	}
}

void
step_text(struct out *o, const struct step *s)
{
	const char *t;

	for (t = (const char *)&texts + text_at[s->op]; *t; t++) {
		if (*t == '%' && t[1])
			put_part(o, s, *++t);
		else
			out_bytes(o, t, 1);
	}
}

static void
put_number(struct out *o, const char *name, unsigned long n)
{
	if (n)
		out_fmt(o, " %s 0x%lx", name, n);
}

/* The numbers of a mount, which its sentence leaves out: MS_* are what mount(2) gets and for propagation, else MOUNT_ATTR_*. */
static void
put_mount(struct out *o, const struct step *s)
{
	const struct mount_step *m = s->p;

	if (s->op == OP_source)
		put_number(o, "flags", s->n);
	if (s->op != OP_mount && s->op != OP_attach && s->op != OP_remount)
		return;
	put_number(o, "flags", m->flags);
	if (s->op != OP_mount)
		put_number(o, "set", m->set);
	if (s->op != OP_mount)
		put_number(o, "clear", m->clear);
	put_number(o, "rset", m->rec_set);
	put_number(o, "rclear", m->rec_clear);
	put_number(o, "propagation", m->propagation);
}

void
plan_print(struct out *o, const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		out_fmt(o, "%3zu %s ", i, p->v[i].side == HOST ? "host" : "box ");
		step_text(o, &p->v[i]);
		put_mount(o, &p->v[i]);
		out_str(o, p->v[i].flags & OPTIONAL ? " (if there)\n" : "\n");
	}
}

static uint64_t
hash_bytes(uint64_t h, const char *s)
{
	for (; s && *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return (h ^ 0xff) * 0x100000001b3;
}

uint64_t
plan_hash(const struct plan *p)
{
	uint64_t h = 0xcbf29ce484222325;
	const struct step *s;
	char head[2];

	for (s = p->v; s < p->v + p->n; s++) {
		head[0] = s->op + 1;
		head[1] = 0;
		h = hash_bytes(h, head) + s->side;
		h = hash_bytes(h, s->a);
		h = hash_bytes(h, s->b);
		h = hash_bytes(h, s->c);
	}
	return h;
}

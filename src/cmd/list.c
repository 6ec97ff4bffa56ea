/* SPDX-License-Identifier: MIT */
/* list.c - the verb list */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/job.h"
#include "cmd/script.h"
#include "sys.h"

static void
add_entries(struct names *l, const char *buf, ssize_t n)
{
	const struct kernel_dirent *d;
	ssize_t at;

	for (at = 0; at < n; at += d->reclen) {
		d = (const void *)(buf + at);
		if (d->name[0] != '.')
			*PUSH(l->v, l->n) = arena_copy(d->name, strlen(d->name));
	}
}

/* Each name goes where it belongs among those before it: libc's qsort is a kilobyte and a half. */
static void
sort(struct names *l)
{
	const char *name;
	size_t i, at;

	for (i = 1; i < l->n; i++) {
		name = l->v[i];
		for (at = i; at && strcmp(l->v[at - 1], name) > 0; at--)
			l->v[at] = l->v[at - 1];
		l->v[at] = name;
	}
}

int
state_names(const char *root, struct names *l)
{
	_Alignas(struct kernel_dirent) char buf[4096];
	autofd int fd = sys_openat(AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = sys_getdents64(fd, buf, sizeof buf)) > 0)
		add_entries(l, buf, n);
	sort(l);
	return n < 0 ? (int)n : 0;
}

static void
table_row(struct out *o, const struct state *s, enum status st)
{
	bool lives = st == STATUS_CREATED || st == STATUS_RUNNING || st == STATUS_PAUSED;

	out_fmt(o, "%-24s %-8d %-9s %-32s %-31s %s\n", s->id, lives ? (int)s->pid : 0,
		status_name(st), s->bundle, s->created ? s->created : "-", s->owner);
}

static void
show(struct cmd *c, struct out *o, struct jout *j, const char *id)
{
	struct state s;
	struct diag d = {.count = 0};
	enum status st;

	if (!state_load(&s, state_root(c), id, &d)) /* being made or deleted just now */
		return;
	st = state_status(&s, state_dir_of(c, id));
	if (c->o.quiet)
		out_fmt(o, "%s\n", s.id);
	else if (j->o)
		state_json(j, NULL, &s, st);
	else
		table_row(o, &s, st);
}

int
cmd_list(struct cmd *c)
{
	struct names l = {NULL, 0};
	struct out o = out_fd(1), text = out_mem();
	struct jout j = {.pretty = true};
	enum format f;
	size_t i;
	int e;

	if (!format_take(c, FORMAT_TABLE, 0, false, &f))
		return usage(c);
	e = state_names(state_root(c), &l);
	if (e && e != -ENOENT)
		return fail(c, "read %s: %s", state_root(c), text_errno(e));
	if (f != FORMAT_TABLE && !c->o.quiet)
		j.o = f == FORMAT_JSON ? &o : &text;
	if (j.o)
		jout_open(&j, NULL, '[');
	else if (!c->o.quiet)
		out_fmt(&o, "%-24s %-8s %-9s %-32s %-31s %s\n", "ID", "PID", "STATUS", "BUNDLE",
			"CREATED", "OWNER");
	for (i = 0; i < l.n; i++)
		show(c, &o, &j, l.v[i]);
	if (j.o) {
		jout_close(&j, ']');
		jout_end(&j);
	}
	IF_SCRIPTS(if (j.o == &text) script_put(&o, c, 0, f, out_text(&text));)
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

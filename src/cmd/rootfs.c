/* SPDX-License-Identifier: MIT */
/* rootfs.c - run --rootfs: options become a config.json, which is then loaded and judged as any other */
#include "cmd/rootfs.h"

#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/template.h"
#include "sys.h"

static bool
parse_user(const char *s, struct template *t)
{
	const char *end;
	uint64_t uid, gid;

	if (!text_u64_prefix(s, &end, &uid) || end == s || uid > UINT32_MAX - 1)
		return false;
	gid = uid;
	if (*end && (*end != ':' || !text_u64(end + 1, &gid) || gid > UINT32_MAX - 1))
		return false;
	t->uid = uid;
	t->gid = gid;
	return true;
}

/* SRC:DEST[:OPTIONS]; a relative source counts from the folder that mote is called in, as the bundle's is. */
static bool
parse_mount(struct cmd *c, const char *s, struct template *t)
{
	const char *dest = strchr(s, ':'), *options;
	struct template_mount *m;

	options = dest ? strchr(dest + 1, ':') : NULL;
	if (!dest || dest == s || dest[1] != '/')
		return diag_fail(&c->diag, "option --mount takes SRC:DEST[:OPTIONS] with an absolute DEST, not '%s'", s);
	m = PUSH(t->mounts, t->nmounts);
	m->source = arena_copy(s, dest - s);
	m->destination = arena_copy(dest + 1, options ? (size_t)(options - dest - 1) : strlen(dest + 1));
	m->options = options ? options + 1 : "";
	return true;
}

static bool
fill(struct cmd *c, struct template *t)
{
	struct options *o = &c->o;
	size_t i;

	if (o->user && !parse_user(o->user, t))
		return diag_fail(&c->diag, "option --user takes UID[:GID] in numbers, not '%s'", o->user);
	if (o->memory && !text_size(o->memory, (uint64_t *)&t->memory))
		return diag_fail(&c->diag, "option --memory takes a number with k, m, g or t, not '%s'", o->memory);
	if (o->net && !text_eq(o->net, "host") && !text_eq(o->net, "none"))
		return diag_fail(&c->diag, "option --net takes host or none, not '%s'", o->net);
	for (i = 0; i < o->mounts.n; i++)
		if (!parse_mount(c, o->mounts.v[i], t))
			return false;
	for (i = 0; i < o->env.n; i++)
		if (!strchr(o->env.v[i], '='))
			return diag_fail(&c->diag, "option --env takes NAME=VALUE, not '%s'", o->env.v[i]);
	return true;
}

static bool
is_terminal(void)
{
	struct termios t;

	return HAVE_TTY && sys_tcgetattr(0, &t) == 0 && sys_tcgetattr(1, &t) == 0;
}

bool
rootfs_bundle(struct cmd *c, struct bundle *b)
{
	struct template t = {.root = c->o.rootfs, .args = (const char *const *)c->args, .nargs = c->nargs,
		.env = &c->o.env, .cwd = c->o.cwd, .hostname = c->o.hostname, .pids = c->o.pids,
		.readonly = c->o.read_only, .host_net = text_eq(c->o.net, "host"),
		.terminal = is_terminal() && !c->o.detach, .no_cgroup = true};
	struct out out = out_mem();
	char *cwd = arena_get(4096);

	if (!fill(c, &t))
		return false;
	template_write(&out, &t);
	b->path = sys_getcwd(cwd, 4096) > 0 && *cwd == '/' ? cwd : "/";
	b->file = "the options";
	b->config = out_text(&out);
	b->config_len = strlen(b->config);
	return true;
}

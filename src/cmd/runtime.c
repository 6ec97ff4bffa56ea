/* SPDX-License-Identifier: MIT */
/* runtime.c - finds the files that are laid over a config.json, and tells them what machine this is */
#include "cmd/digest.h"
#include "cmd/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "bundle/overlay.h"
#include "sys.h"

#define HOST_FOLDER "/etc/mote/runtime.d"
#define HOST_NAME "/etc/mote/host"
enum { FILE_LIMIT = 1 << 20 };

static bool
unreadable(struct overlay *o, const char *path, int e)
{
	return diag_fail(o->d, "read %s: %s", path, e == -EFBIG ? "larger than 1 MiB" : text_errno(e));
}

static void
add_file(struct overlay *o, const char *path)
{
	size_t n;
	char *text;
	int e = file_read(AT_FDCWD, path, FILE_LIMIT, &text, &n);

	if (e)
		unreadable(o, path, e);
	else
		overlay_add(o, text, n, path);
}

/* A file, or the *.json of a folder in the order of their names. */
static void
add_path(struct overlay *o, const char *path, bool may_miss)
{
	autofd int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct name_list l = {0};
	size_t i;
	int e;

	if (may_miss && fd == -ENOENT)
		return;
	if (fd < 0) {
		add_file(o, path);
		return;
	}
	e = names_read(fd, &l);
	if (e)
		unreadable(o, path, e);
	for (i = 0; i < l.n; i++)
		if (text_ends(l.v[i], ".json") && *l.v[i] != '.')
			add_file(o, text_path(path, l.v[i]));
}

static const char *
host_name(const struct cmd *c, const char *node)
{
	char buf[256];
	size_t n;

	if (c->o.host_profile)
		return c->o.host_profile;
	if (file_peek(AT_FDCWD, HOST_NAME, buf, sizeof buf) < 0)
		return node;
	n = strcspn(buf, " \t\r\n");
	return n ? arena_copy(buf, n) : node;
}

static const struct host *
read_host(const struct cmd *c)
{
	static const char *const modes[] = {[CGROUP_NONE] = "none", [CGROUP_V1] = "v1", [CGROUP_HYBRID] = "hybrid", [CGROUP_V2] = "v2"};
	struct utsname *u = NEW(struct utsname);
	struct host *h = NEW(struct host);
	struct cgroup_facts cgroup = {0};
	struct sysinfo s = {0};

	sys_uname(u);
	sys_sysinfo(&s);
	cgroup_facts_read(&cgroup);
	*h = (struct host){.arch = u->machine, .kernel = u->release, .cgroup = modes[cgroup.mode],
		.memory = (uint64_t)s.totalram * s.mem_unit, .name = host_name(c, u->nodename)};
	return h;
}

/* --- mote's own settings ------------------------------------------------------------------------ */

/* Those of create's options that a host may choose; what this mote has no row for it was built without. */
static const char *const may_set[] = {"log-file", "log-limit", "record", "init", "overlay", "verity-root", "key"};
enum { NSETTINGS = sizeof may_set / sizeof *may_set };

/* The member's value for that option; if apply, where the command line has none. */
static bool
set_option(struct options *o, const struct option *row, const struct node *n, bool apply)
{
	void *at = (char *)o + row->at;
	uint64_t v = 0;

	if (row->kind == OPT_FLAG) {
		if (apply)
			*(bool *)at = *(bool *)at || text_eq(n->text, "true");
		return n->type == JSON_BOOL;
	}
	if (row->kind == OPT_NUM) {
		if (n->type != JSON_NUMBER || !text_u64(n->text, &v))
			return false;
		if (apply && !*(uint64_t *)at)
			*(uint64_t *)at = v;
		return true;
	}
	if (apply && n->type == JSON_STRING && !*(const char **)at)
		*(const char **)at = n->text;
	return n->type == JSON_STRING && *n->text;
}

static void
settings_of(struct cmd *c, const struct node *mote, bool holds, unsigned *done)
{
	const struct option *row;
	const struct node *n;
	unsigned i;

	if (mote->type != JSON_OBJECT)
		tree_refuse(mote, &c->diag, "must be an object");
	for (n = mote->type == JSON_OBJECT ? mote->first : NULL; n; n = n->next) {
		for (i = 0; i < NSETTINGS && !text_eq(n->key, may_set[i]); i++)
			;
		for (row = create_options; row->name && !text_eq(row->name, n->key); row++)
			;
		if (i == NSETTINGS || !row->name)
			tree_refuse(n, &c->diag, "no setting of this mote's");
		else if (!set_option(&c->o, row, n, holds && !(*done & 1u << i)))
			tree_refuse(n, &c->diag, "not of the type that the option has");
		else if (holds)
			*done |= 1u << i;
	}
}

/* The last one wins, and the command line over all. */
static void
settings(struct cmd *c, const struct overlay *o)
{
	unsigned done = 0;
	size_t i;

	for (i = o->settings.n; i-- > 0;)
		settings_of(c, o->settings.v[i].node, o->settings.v[i].holds, &done);
}

/* The files that apply whatever the bundle is: those of the environment and of the command line. */
static void
add_named(struct cmd *c, struct overlay *o)
{
	const char *env = getenv("MOTE_RUNTIME_CONFIG"), *end;
	size_t i;

	for (; env && *env; env = *end ? end + 1 : end) {
		end = env + strcspn(env, ":");
		add_path(o, arena_copy(env, (size_t)(end - env)), false);
	}
	for (i = 0; i < c->o.runtime_configs.n; i++)
		add_path(o, c->o.runtime_configs.v[i], false);
}

static bool
are_named(const struct cmd *c)
{
	const char *env = getenv("MOTE_RUNTIME_CONFIG");

	return c->o.runtime_configs.n || (env && *env);
}

/* All files that apply: the one in the folder (NULL: none is meant), and those that it or somebody's word asks for.  o->host stays
 * NULL where there are none.  False with a fault. */
static bool
collect(struct cmd *c, struct overlay *o, const char *folder)
{
	const char *path = folder ? text_path(folder, "runtime.json") : NULL;
	char *text;
	size_t n;
	int e = path ? file_read(AT_FDCWD, path, FILE_LIMIT, &text, &n) : -ENOENT;

	e = e == -ENOTDIR ? -ENOENT : e; /* an image, which image_begin looks at */
	if (e == -ENOENT && !o->defaults && !are_named(c))
		return true;
	if (e && e != -ENOENT)
		return unreadable(o, path, e);
	o->host = read_host(c);
	if (!e)
		overlay_add(o, text, n, path);
	if (!e || are_named(c))
		add_path(o, HOST_FOLDER, true);
	add_named(c, o);
	return true;
}

bool
runtime_apply(struct cmd *c, struct bundle *b, bool beside)
{
	struct overlay o = {.d = &c->diag, .defaults = c->o.defaults};

	if (!collect(c, &o, beside ? b->path : NULL))
		return false;
	if (!o.host)
		return true;
	settings(c, &o);
	return overlay_apply(&o, b);
}

#if HAVE_BOOT
bool
runtime_boot(struct cmd *c, const char *folder, struct boot_spec *s, struct diag *d)
{
	struct overlay o = {.d = d};

	return collect(c, &o, folder) && overlay_boot(&o, s);
}
#endif

/* Of an image only the options for now: its config.json is not there yet, and nothing beside it. */
static bool
image_settings(struct cmd *c)
{
	struct overlay o = {.d = &c->diag};

	collect(c, &o, NULL);
	settings(c, &o);
	return !c->diag.errors;
}

bool
runtime_early(struct cmd *c, struct work *w)
{
	struct diag quiet = {0};

	IF_DIGEST(if ((c->o.verify || c->o.key) && !digest_plain(c, &w->bundle, c->o.bundle)) return false;)
	/* run FILE: an image by its name */
	if (HAVE_IMAGE && !c->o.bundle && (c->nargs > 1 || strchr(c->args[0], '/')))
		return image_settings(c);
	if (bundle_open(&w->bundle, c->o.bundle, c->o.config, &quiet))
		return runtime_apply(c, &w->bundle, true);
	w->bundle = (struct bundle){.path = NULL};
	return image_settings(c);
}

bool
runtime_late(struct cmd *c, struct work *w, const char *id)
{
	struct options o = c->o;

	if (!runtime_apply(c, &w->bundle, true))
		return false;
	if (memcmp(&o, &c->o, sizeof o) && id)
		return diag_fail(&c->diag, "options that a runtime.json in an image sets come too late, and those for mote boot: "
			"they stand on the command line, in a file that --runtime-config names, or in boot.json");
	return true;
}

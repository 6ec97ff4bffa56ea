/* SPDX-License-Identifier: MIT */
/* platform.c - rules of other platforms' configurations, for `mote validate --platform`; rows are in fields_others.c */
#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/check.h"
#include "spec/fields.h"
#include "spec/template.h"
#include "spec/value.h"

static bool
on_windows(const struct check *c)
{
	return c->platform & PLATFORM_WINDOWS;
}

static void
judge_object(const struct check *c)
{
	const char *name = name_of(names_platform, c->platform & ~PLATFORM_LINUX);

	if (name && !(c->s->foreign & c->platform))
		check_warn(c, "there is no such object: only what all platforms share was looked at", "%s", name);
}

static void
judge_program(const struct check *c)
{
	if (c->platform & PLATFORM_LINUX || c->p->args.n || (on_windows(c) && c->p->command_line_given))
		return;
	check_bad(c, on_windows(c) ? "must name a program, or there must be commandLine" : "must name a program", "process.args");
}

static void
judge_root(const struct check *c)
{
	const struct platform_spec *o = c->s->other;

	if (!on_windows(c))
		return;
	if (o->hyperv && c->s->root.given)
		check_bad(c, "must not be set for a Hyper-V container", "root");
	if (o->hyperv)
		return;
	if (!c->s->root.given)
		check_bad(c, "required unless windows.hyperv is set", "root");
	else if (c->s->root.path && !text_starts(c->s->root.path, "\\\\?\\Volume{"))
		check_bad(c, "must be a path of a volume, \\\\?\\Volume{GUID}\\", "root.path");
	if (c->s->root.readonly)
		check_bad(c, "must not be true on Windows", "root.readonly");
}

static void
judge_layers(const struct check *c)
{
	if (c->s->foreign & c->platform & PLATFORM_WINDOWS && !c->s->other->layer_folders.n)
		check_bad(c, "must have at least one entry", "windows.layerFolders");
}

static void
judge_cpu(const struct check *c)
{
	const struct platform_spec *o = c->s->other;

	if (o->cpu_count.given + o->cpu_shares.given + o->cpu_maximum.given > 1)
		check_bad(c, "only one of count, shares and maximum", "windows.resources.cpu");
}

static void
judge_network(const struct check *c)
{
	if (c->s->other->network_namespace && c->s->other->network_more)
		check_bad(c, "with networkNamespace nothing else may be given", "windows.network");
}

static void
judge_zos(const struct check *c)
{
	unsigned seen = 0, bit;
	size_t i;
	int type;

	for (i = 0; i < c->s->other->zos_namespaces.n; i++) {
		type = c->s->other->zos_namespaces.v[i].type;
		bit = type < 0 ? 0 : 1u << type;
		if (seen & bit)
			check_bad(c, "given twice", "zos.namespaces[%zu].type", i);
		seen |= bit;
	}
}

static void
judge_absolute(const struct check *c)
{
	const char *path;
	size_t i;

	for (i = 0; !(c->platform & PLATFORM_LINUX) && i < c->s->mounts.n; i++) {
		path = c->s->mounts.v[i].destination;
		if (path && *path != '/' && !(on_windows(c) && path_is_windows(path)))
			check_bad(c, "must be an absolute path", "mounts[%zu].destination", i);
	}
}

/* Windows takes both slashes and either case. */
static char *
folded(const char *path)
{
	char *s = arena_copy(path, strlen(path)), *p;

	for (p = s; *p; p++)
		*p = *p == '\\' ? '/' : *p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p;
	return text_clean(s);
}

/* Is a folder above that path, or the path itself at an earlier place, in the set? */
static bool
is_nested(const struct seen *seen, char *path)
{
	char *p, c;
	bool found = false;

	for (p = path + 1; *p && !found; p++) {
		c = *p;
		if (c != '/')
			continue;
		*p = '\0';
		found = seen_has(seen, path);
		*p = c;
	}
	return found;
}

static void
judge_nested(const struct check *c)
{
	struct seen seen = {0};
	const char *path;
	size_t i;

	if (!on_windows(c))
		return;
	for (i = 0; i < c->s->mounts.n; i++) {
		path = c->s->mounts.v[i].destination;
		if (path && !seen_new(&seen, folded(path)))
			check_bad(c, "mounted on twice", "mounts[%zu].destination", i);
	}
	for (i = 0; i < c->s->mounts.n; i++) {
		path = c->s->mounts.v[i].destination;
		if (path && is_nested(&seen, folded(path)))
			check_bad(c, "is inside another mount", "mounts[%zu].destination", i);
	}
}

/* clang-format off */
const struct rule rules_platform[] = {
	{-1, OF_SPEC, true, judge_object, RULE("the platform's object is there (warning)")},
	{15, OF_PROCESS, true, judge_program, RULE("process.args has at least one entry; on Windows commandLine will do")},
	{6, OF_SPEC, true, judge_root, RULE("Windows: root is a volume that can be written, and there is none with Hyper-V")},
	{3, OF_SPEC, true, judge_layers, RULE("windows.layerFolders has at least one entry")},
	{3, OF_SPEC, true, judge_cpu, RULE("windows.resources.cpu has one of count, shares, maximum")},
	{3, OF_SPEC, true, judge_network, RULE("windows.network has networkNamespace alone, or none")},
	{45, OF_SPEC, true, judge_zos, RULE("each type of zos.namespaces comes once")},
	{9, OF_SPEC, true, judge_absolute, RULE("destinations of mounts are absolute paths, but for Linux")},
	{3, OF_SPEC, true, judge_nested, RULE("Windows: no mount is inside another")},
	{0},
};
/* clang-format on */

/* --- what to start from -------------------------------------------------------------------------- */

static void
put_user(struct jout *j, bool windows)
{
	jout_open(j, "user", '{');
	if (windows) {
		jout_str(j, "username", "ContainerUser");
	} else {
		jout_uint(j, "uid", 0);
		jout_uint(j, "gid", 0);
	}
	jout_close(j, '}');
}

static void
put_process(struct jout *j, bool windows)
{
	jout_open(j, "process", '{');
	jout_bool(j, "terminal", true);
	put_user(j, windows);
	jout_open(j, "args", '[');
	jout_str(j, NULL, windows ? "cmd.exe" : "sh");
	jout_close(j, ']');
	if (!windows) {
		jout_open(j, "env", '[');
		jout_str(j, NULL, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
		jout_close(j, ']');
	}
	jout_str(j, "cwd", windows ? "C:\\" : "/");
	jout_close(j, '}');
}

/* The platform's own object: what is required in it, and what makes it of use. */
static void
put_own(struct jout *j, unsigned platform)
{
	static const uint8_t types[] = {NS_PID, NS_MOUNT, NS_IPC, NS_UTS};
	size_t i;

	jout_open(j, name_of(names_platform, platform), '{');
	switch (platform) {
	case PLATFORM_SOLARIS:
		jout_str(j, "milestone", "svc:/milestone/container:default");
		jout_str(j, "limitpriv", "default");
		break;
	case PLATFORM_WINDOWS:
		jout_open(j, "layerFolders", '[');
		jout_str(j, NULL, "C:\\layers\\base");
		jout_str(j, NULL, "C:\\layers\\scratch");
		jout_close(j, ']');
		break;
	case PLATFORM_VM:
		jout_open(j, "kernel", '{');
		jout_str(j, "path", "/boot/vmlinuz");
		jout_close(j, '}');
		break;
	case PLATFORM_FREEBSD:
		jout_open(j, "jail", '{');
		jout_str(j, "vnet", "new");
		jout_close(j, '}');
		break;
	default:
		jout_open(j, "namespaces", '[');
		for (i = 0; i < sizeof types; i++) {
			jout_open(j, NULL, '{');
			jout_str(j, "type", name_of(names_namespace, types[i]));
			jout_close(j, '}');
		}
		jout_close(j, ']');
	}
	jout_close(j, '}');
}

void
template_platform(struct out *o, unsigned platform)
{
	struct jout j = {.o = o, .pretty = true};
	bool windows = platform == PLATFORM_WINDOWS;

	jout_open(&j, NULL, '{');
	jout_str(&j, "ociVersion", "1.3.0");
	put_process(&j, windows);
	jout_open(&j, "root", '{');
	jout_str(&j, "path", windows ? "\\\\?\\Volume{00000000-0000-0000-0000-000000000000}\\" : "rootfs");
	jout_close(&j, '}');
	if (platform == PLATFORM_VM) {
		jout_open(&j, "linux", '{');
		jout_close(&j, '}');
	}
	put_own(&j, platform);
	jout_close(&j, '}');
	jout_end(&j);
}

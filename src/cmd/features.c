/* SPDX-License-Identifier: MIT */
/* features.c - the verb features: features.md's JSON, from the tables alone (M-85: nothing is probed) */
#include <string.h>

#include "base/out.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "spec/names.h"

static void
put_some(struct jout *j, const char *key, const struct words *t, size_t n)
{
	size_t i;

	jout_open(j, key, '[');
	for (i = 0; i < n; i++)
		jout_str(j, NULL, name_at(t, i));
	jout_close(j, ']');
}

static void
put_names(struct jout *j, const char *key, const struct words *t)
{
	put_some(j, key, t, t->n);
}

static void
put_strs(struct jout *j, const char *key, const char *const *v)
{
	jout_open(j, key, '[');
	for (; *v; v++)
		jout_str(j, NULL, *v);
	jout_close(j, ']');
}

static void
put_mount_options(struct jout *j)
{
	size_t i;

	jout_open(j, "mountOptions", '[');
	for (i = 0; mount_opt_name(i); i++)
		jout_str(j, NULL, mount_opt_name(i));
	jout_close(j, ']');
}

static void
put_enabled(struct jout *j, const char *key, bool enabled)
{
	jout_open(j, key, '{');
	jout_bool(j, "enabled", enabled);
	jout_close(j, '}');
}

static void
put_cgroup(struct jout *j)
{
	jout_open(j, "cgroup", '{');
	jout_bool(j, "v1", HAVE_CGROUP1);
	jout_bool(j, "v2", HAVE_CGROUP2);
	jout_bool(j, "systemd", HAVE_SYSTEMD && HAVE_CGROUP2);
	jout_bool(j, "systemdUser", false);
	jout_bool(j, "rdma", HAVE_CGROUP1 || HAVE_CGROUP2);
	jout_close(j, '}');
}

static void
put_seccomp(struct jout *j)
{
	jout_open(j, "seccomp", '{');
	jout_bool(j, "enabled", HAVE_SECCOMP);
	if (HAVE_SECCOMP) {
		/* The last action, and the last flag, are NOTIFY's. */
		put_some(j, "actions", names_seccomp_action, names_seccomp_action->n - !HAVE_NOTIFY);
		put_names(j, "operators", names_seccomp_op);
		put_names(j, "archs", names_seccomp_arch);
		put_names(j, "knownFlags", names_seccomp_flag);
		put_some(j, "supportedFlags", names_seccomp_flag, names_seccomp_flag->n - !HAVE_NOTIFY);
	}
	jout_close(j, '}');
}

static void
put_linux(struct jout *j)
{
	jout_open(j, "linux", '{');
	put_names(j, "namespaces", names_namespace);
	put_names(j, "capabilities", names_capability);
	put_cgroup(j);
	put_seccomp(j);
	put_enabled(j, "apparmor", HAVE_LSM);
	put_enabled(j, "selinux", HAVE_LSM);
	jout_open(j, "intelRdt", '{');
	jout_bool(j, "enabled", HAVE_RDT);
	jout_bool(j, "schemata", HAVE_RDT);
	jout_bool(j, "monitoring", HAVE_RDT);
	jout_close(j, '}');
	if (HAVE_NUMA) {
		jout_open(j, "memoryPolicy", '{');
		put_names(j, "modes", names_mempolicy_mode);
		put_names(j, "flags", names_mempolicy_flag);
		jout_close(j, '}');
	}
	jout_open(j, "mountExtensions", '{');
	put_enabled(j, "idmap", HAVE_IDMAP);
	jout_close(j, '}');
	put_enabled(j, "netDevices", HAVE_NETDEV);
	jout_close(j, '}');
}

/* The compile-time table, under mote's own annotation keys: tests and scripts ask here. */
static void
put_annotations(struct jout *j)
{
	static const char features[] = /* y or n, then the key */
#define LETTER_y1(name) "yorg.mote.feature." #name "\0"
#define LETTER_y0(name) "norg.mote.feature." #name "\0"
#define LETTER_n1(name) LETTER_y1(name)
#define LETTER_n0(name)
#define LETTER(def, have, name) LETTER_(def, have, name)
#define LETTER_(def, have, name) LETTER_##def##have(name)
#define FEATURE(name, def, files, says) LETTER(def, HAVE_##name, name)
#include "features.def"
#undef FEATURE
		;
	const char *f;

	jout_open(j, "annotations", '{');
	jout_str(j, "org.mote.version", MOTE_VERSION);
	for (f = features; *f; f += strlen(f) + 1)
		jout_str(j, f + 1, *f == 'y' ? "y" : "n");
	jout_close(j, '}');
}

int
cmd_features(struct cmd *c)
{
	static const char *const hooks[] = {"prestart", "createRuntime", "createContainer",
		"startContainer", "poststart", "poststop", NULL};
	static const char *const none[] = {NULL}, *const unsafe[] = {"org.systemd.property.", NULL};
	struct out o = out_fd(1);
	struct jout j = {.o = &o, .pretty = true};

	(void)c;
	jout_open(&j, NULL, '{');
	jout_str(&j, "ociVersionMin", "1.0.0");
	jout_str(&j, "ociVersionMax", "1.3.0");
	put_strs(&j, "hooks", HAVE_HOOKS ? hooks : none);
	put_mount_options(&j);
	put_linux(&j);
	put_annotations(&j);
	put_strs(&j, "potentiallyUnsafeConfigAnnotations", HAVE_SYSTEMD ? unsafe : none);
	jout_close(&j, '}');
	jout_end(&j);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

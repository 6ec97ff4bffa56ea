/* SPDX-License-Identifier: MIT */
/* template.c - the default config.json: what `mote spec` prints and run --rootfs starts from */
#include "spec/template.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* clang-format off */
static const char *const caps[] = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", NULL};

/* Hidden and read-only as the engines have them. */
static const char *const masked[] = {
	"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
	"/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
	"/sys/firmware", NULL,
};
static const char *const readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL,
};

static const struct { const char *destination, *type, *source, *options; } mounts[] = {
	{"/proc", "proc", "proc", "nosuid,noexec,nodev"},
	{"/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"},
	{"/dev/pts", "devpts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"},
	{"/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k"},
	{"/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"},
	{"/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"},
	{"/sys/fs/cgroup", "cgroup", "cgroup", "nosuid,noexec,nodev,relatime,ro"},
};
/* clang-format on */

static void
put_list(struct jout *j, const char *key, const char *const *v)
{
	jout_open(j, key, '[');
	for (; *v; v++)
		jout_str(j, NULL, *v);
	jout_close(j, ']');
}

/* first, and what options has between its commas; without gid=, which is no id of a rootless container. */
static void
put_options(struct jout *j, const char *first, const char *options, bool rootless)
{
	const char *end;

	jout_open(j, "options", '[');
	if (first)
		jout_str(j, NULL, first);
	for (; *options; options = *end ? end + 1 : end) {
		end = strchr(options, ',');
		end = end ? end : options + strlen(options);
		if (end > options && !(rootless && text_starts(options, "gid=")))
			jout_str(j, NULL, arena_copy(options, end - options));
	}
	jout_close(j, ']');
}

#if HAVE_OCI
static void
put_gids(struct jout *j, const struct template *t)
{
	size_t i;

	if (!t->ngids)
		return;
	jout_open(j, "additionalGids", '[');
	for (i = 0; i < t->ngids; i++)
		jout_uint(j, NULL, t->gids[i]);
	jout_close(j, ']');
}

static bool
has_path(const struct template *t)
{
	size_t i;

	for (i = 0; t->own_env && i < t->env->n; i++)
		if (text_starts(t->env->v[i], "PATH="))
			return true;
	return false;
}

static void
put_annotations(struct jout *j, const struct pairs *p)
{
	size_t i;

	if (!p || !p->n)
		return;
	jout_open(j, "annotations", '{');
	for (i = 0; i < p->n; i++)
		jout_str(j, p->v[i].key, p->v[i].value);
	jout_close(j, '}');
}
#endif

static void
put_process(struct jout *j, const struct template *t)
{
	static const char *const sets[] = {"bounding", "effective", "permitted"};
	size_t i;

	jout_open(j, "process", '{');
	jout_bool(j, "terminal", t->terminal);
	jout_open(j, "user", '{');
	jout_uint(j, "uid", t->uid);
	jout_uint(j, "gid", t->gid);
	IF_OCI(put_gids(j, t);)
	jout_close(j, '}');
	jout_open(j, "args", '[');
	for (i = 0; i < t->nargs; i++)
		jout_str(j, NULL, t->args[i]);
	if (!t->nargs)
		jout_str(j, NULL, "sh");
	jout_close(j, ']');
	jout_open(j, "env", '[');
	IF_OCI(if (!has_path(t)))
		jout_str(j, NULL, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	if (t->terminal)
		jout_str(j, NULL, "TERM=xterm");
	for (i = 0; t->env && i < t->env->n; i++)
		jout_str(j, NULL, t->env->v[i]);
	jout_close(j, ']');
	jout_str(j, "cwd", t->cwd ? t->cwd : "/");
	jout_open(j, "capabilities", '{');
	for (i = 0; i < sizeof sets / sizeof *sets; i++)
		put_list(j, sets[i], caps);
	jout_close(j, '}');
	jout_open(j, "rlimits", '[');
	jout_open(j, NULL, '{');
	jout_str(j, "type", "RLIMIT_NOFILE");
	jout_uint(j, "hard", 1024);
	jout_uint(j, "soft", 1024);
	jout_close(j, '}');
	jout_close(j, ']');
	jout_bool(j, "noNewPrivileges", true);
	jout_close(j, '}');
}

static void
put_mount(struct jout *j, const char *destination, const char *type, const char *source)
{
	jout_open(j, NULL, '{');
	jout_str(j, "destination", destination);
	jout_str(j, "type", type);
	jout_str(j, "source", source);
}

static bool
with_cgroup(const struct template *t)
{
	return !t->no_cgroup || t->memory || t->pids;
}

static void
put_mounts(struct jout *j, const struct template *t)
{
	size_t i;
	bool bind;

	jout_open(j, "mounts", '[');
	for (i = 0; i < sizeof mounts / sizeof *mounts - !with_cgroup(t); i++) { /* the view is the last */
		/* sysfs belongs to the network namespace, which is the host's. */
		bind = t->rootless && text_eq(mounts[i].type, "sysfs");
		put_mount(j, mounts[i].destination, bind ? "none" : mounts[i].type, bind ? "/sys" : mounts[i].source);
		put_options(j, bind ? "rbind" : NULL, mounts[i].options, t->rootless);
		jout_close(j, '}');
	}
	for (i = 0; i < t->nmounts; i++) {
		put_mount(j, t->mounts[i].destination, "bind", t->mounts[i].source);
		put_options(j, "rbind", t->mounts[i].options, false);
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

/* Limits only when they are asked for: without any there is no cgroup to make. */
static void
put_resources(struct jout *j, const struct template *t)
{
	jout_open(j, "resources", '{');
	if (t->memory) {
		jout_open(j, "memory", '{');
		jout_int(j, "limit", t->memory);
		jout_close(j, '}');
	}
	if (t->pids) {
		jout_open(j, "pids", '{');
		jout_uint(j, "limit", t->pids);
		jout_close(j, '}');
	}
	jout_close(j, '}');
}

static void
put_map(struct jout *j, const char *key, uint32_t host)
{
	jout_open(j, key, '[');
	jout_open(j, NULL, '{');
	jout_uint(j, "containerID", 0);
	jout_uint(j, "hostID", host);
	jout_uint(j, "size", 1);
	jout_close(j, '}');
	jout_close(j, ']');
}

static void
put_linux(struct jout *j, const struct template *t)
{
	static const char *const types[] = {"cgroup", "pid", "ipc", "uts", "mount", "network"};
	size_t i, n = sizeof types / sizeof *types - t->host_net;
	const char *type;

	jout_open(j, "linux", '{');
	if (t->memory || t->pids)
		put_resources(j, t);
	jout_open(j, "namespaces", '[');
	for (i = !with_cgroup(t); i < n + t->rootless; i++) {
		type = i < n ? types[i] : "user";
		jout_open(j, NULL, '{');
		jout_str(j, "type", type);
		jout_close(j, '}');
	}
	jout_close(j, ']');
	if (t->rootless) {
		put_map(j, "uidMappings", t->host_uid);
		put_map(j, "gidMappings", t->host_gid);
	}
	put_list(j, "maskedPaths", masked);
	put_list(j, "readonlyPaths", readonly);
	jout_close(j, '}');
}

void
template_write(struct out *o, const struct template *t)
{
	struct jout j = {.o = o, .pretty = true};

	jout_open(&j, NULL, '{');
	jout_str(&j, "ociVersion", "1.3.0");
	put_process(&j, t);
	jout_open(&j, "root", '{');
	jout_str(&j, "path", t->root ? t->root : "rootfs");
	jout_bool(&j, "readonly", t->readonly);
	jout_close(&j, '}');
	jout_str(&j, "hostname", t->hostname ? t->hostname : "mote");
	put_mounts(&j, t);
	put_linux(&j, t);
	IF_OCI(put_annotations(&j, t->annotations);)
	jout_close(&j, '}');
	jout_end(&j);
}

/* SPDX-License-Identifier: MIT */
/* option.c - options by rows, as runc's and crun's callers write them; and the help from the same rows */
#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/option.h"
#include "cmd/script.h"

/* clang-format off */
const struct option global_options[] = {
	ROW("root",           0,   OPT_STR,  root,           "DIR",    "where states are kept (default /run/mote)"),
	ROW("log",            0,   OPT_STR,  log,            "FILE",   "append messages to FILE"),
	ROW("log-format",     0,   OPT_STR,  log_format,     "FORMAT", "text or json"),
	ROW("log-level",      0,   OPT_STR,  log_level,      "LEVEL",  "debug, warning or error"),
	ROW("debug",          0,   OPT_FLAG, debug,          "",       "say more"),
	ROW("cgroup-manager", 0,   OPT_STR,  cgroup_manager, "KIND",   "cgroupfs, systemd (as --systemd-cgroup) or disabled"),
	ROW("systemd-cgroup", 0,   OPT_FLAG, systemd_cgroup, "",       "linux.cgroupsPath is slice:prefix:name: a scope that systemd makes, where it runs"),
	ROW("rootless",       0,   OPT_STR,  rootless,       "WHEN",   "accepted and ignored"),
	IF_EXEC(ROW("criu",   0,   OPT_STR,  criu,           "FILE",   "criu's program (default: in PATH)"),)
	ROW("version",        'v', OPT_FLAG, version,        "",       "print the version"),
	ROW("help",           'h', OPT_FLAG, help,           "",       "print this"),
	END,
};

#define RUNTIME_ROWS \
	IF_RUNTIME(ROW("runtime-config", 0, OPT_LIST, runtime_configs, "FILE", "lay FILE, or the *.json of a folder, over config.json"),) \
	IF_RUNTIME(ROW("host-profile", 0, OPT_STR, host_profile, "NAME", "the host that \"when\" asks for (default: /etc/mote/host)"),) \
	IF_RUNTIME(ROW("defaults", 0, OPT_FLAG, defaults,     "",       "what config.json leaves out is as `mote spec` has it"),)

#define CREATE_ROWS \
	ROW("bundle",         'b', OPT_STR,  bundle,         "DIR",    "the bundle (default: the current folder)"), \
	ROW("config",         'f', OPT_STR,  config,         "FILE",   "read this instead of config.json"), \
	ROW("pid-file",       0,   OPT_STR,  pid_file,       "FILE",   "write the process id to FILE"), \
	ROW("console-socket", 0,   OPT_STR,  console_socket, "PATH",   "send the terminal to the socket at PATH"), \
	ROW("pidfd-socket",   0,   OPT_STR,  pidfd_socket,   "PATH",   "send a pidfd of the process to the socket at PATH"), \
	ROW("preserve-fds",   0,   OPT_NUM,  preserve_fds,   "N",      "hand N descriptors from 3 on to the program"), \
	ROW("no-pivot",       0,   OPT_FLAG, no_pivot,       "",       "move the root instead of pivot_root (weaker)"), \
	RUNTIME_ROWS \
	IF_DIGEST(ROW("verify", 0,  OPT_STR,  verify,         "WHAT",   "only if the bundle has this digest, or is what this manifest says"),) \
	IF_IMAGE(ROW("overlay",        0,   OPT_STR,  overlay,        "WHERE",  "what is written goes to tmpfs[:SIZE] or a folder, not to the bundle"),) \
	IF_IMAGE(ROW("verity-root",    0,   OPT_STR,  verity_root,    "HASH",   "the image's blocks are checked by dm-verity with this root hash"),) \
	IF_SIGN(ROW("key",            0,   OPT_STR,  key,            "FILE",   "only if its manifest is signed with this public key of signify or minisign"),) \
	ROW("no-new-keyring", 0,   OPT_FLAG, no_new_keyring, "",       "keep the caller's session keyring")

#define LOG_ROWS \
	ROW("exit-file",      0,   OPT_STR,  exit_file,      "FILE",   "write the exit status to FILE when it has ended"), \
	ROW("log-file",       0,   OPT_STR,  log_file,       "FILE",   "append its output to FILE; kmsg: is the kernel's log"), \
	ROW("log-limit",      0,   OPT_NUM,  log_limit,      "BYTES",  "when the log is that long it becomes FILE.1")
#if HAVE_REAPER
#define SUPERVISE_ROWS LOG_ROWS, \
	ROW("record",         0,   OPT_FLAG, record,         "",       "stay to record how it ends in its state"),
#else
#define SUPERVISE_ROWS
#endif
#if HAVE_INIT
#define INIT_ROWS ROW("init", 0, OPT_FLAG, init,         "",       "an init above the program, that reaps what it leaves"),
#else
#define INIT_ROWS
#endif

const struct option create_options[] = {
	CREATE_ROWS,
	IF_EXEC(ROW("no-subreaper", 0, OPT_FLAG, no_subreaper, "",     "accepted and ignored"),)
	SUPERVISE_ROWS INIT_ROWS
	END,
};

const struct option run_options[] = {
	CREATE_ROWS,
	ROW("detach",         'd', OPT_FLAG, detach,         "",       "do not wait for the program"),
	IF_TIMING(ROW("timing",   0,   OPT_STR,  timing,         "FILE",   "how long each phase of the start took; a chart as *.svg; - is standard error"),)
	ROW("keep",           0,   OPT_FLAG, keep,           "",       "keep the container's state when it has ended"),
	ROW("no-subreaper",   0,   OPT_FLAG, no_subreaper,   "",       "accepted and ignored"),
	SUPERVISE_ROWS INIT_ROWS
#if HAVE_REAPER
	ROW("ready-fd",       0,   OPT_NUM,  ready_fd,       "N",      "with --detach: end when the program has written to its descriptor N"),
	ROW("die-with-parent", 0,  OPT_FLAG, die_with_parent, "",      "the container ends when the caller does, or mote"),
#endif
#if HAVE_DEFAULTS
	ROW("rootfs",         0,   OPT_STR,  rootfs,         "DIR",    "no bundle: this root file system and the built-in default"),
	ROW("env",            'e', OPT_LIST, env,            "N=VALUE", "with --rootfs: add to the environment"),
	ROW("cwd",            0,   OPT_STR,  cwd,            "DIR",    "with --rootfs: the program's folder (default /)"),
	ROW("user",           'u', OPT_STR,  user,           "UID[:GID]", "with --rootfs: who the program is (default 0:0)"),
	ROW("hostname",       0,   OPT_STR,  hostname,       "NAME",   "with --rootfs: host name inside"),
	ROW("mount",          0,   OPT_LIST, mounts,         "SRC:DEST[:OPTIONS]", "with --rootfs: bind SRC on DEST"),
	ROW("memory",         0,   OPT_STR,  memory,         "BYTES",  "with --rootfs: memory limit, with k, m or g"),
	ROW("pids",           0,   OPT_NUM,  pids,           "N",      "with --rootfs: limit of processes"),
	ROW("read-only",      0,   OPT_FLAG, read_only,      "",       "with --rootfs: a root that cannot be written"),
	ROW("net",            0,   OPT_STR,  net,            "KIND",   "with --rootfs: host, or none (default: loopback alone)"),
#endif
	END,
};

#if HAVE_EXEC
const struct option exec_options[] = {
	ROW("process",        'p', OPT_STR,  process,        "FILE",   "the program as a JSON object `process` (default: the container's, with COMMAND)"),
	ROW("tty",            't', OPT_FLAG, tty,            "",       "with a terminal"),
	ROW("detach",         'd', OPT_FLAG, detach,         "",       "do not wait for the program"),
	ROW("user",           'u', OPT_STR,  user,           "UID[:GID]", "who the program is"),
	ROW("additional-gids", 'g', OPT_LIST, gids,          "GID",    "add to its groups"),
	ROW("env",            'e', OPT_LIST, env,            "N=VALUE", "add to the environment"),
	ROW("cwd",            0,   OPT_STR,  cwd,            "DIR",    "the program's folder"),
	ROW("cap",            'c', OPT_LIST, caps,           "NAME",   "add a capability"),
	ROW("no-new-privs",   0,   OPT_FLAG, no_new_privs,   "",       "set-user-id programs give it nothing"),
	ROW("process-label",  0,   OPT_STR,  process_label,  "LABEL",  "its SELinux label"),
	ROW("apparmor",       0,   OPT_STR,  apparmor,       "PROFILE", "its AppArmor profile"),
	ROW("cgroup",         0,   OPT_LIST, cgroups,        "[CTRL:]PATH", "into a cgroup below the container's"),
	ROW("ignore-paused",  0,   OPT_FLAG, ignore_paused,  "",       "also in a paused container; it begins when that goes on"),
	ROW("pid-file",       0,   OPT_STR,  pid_file,       "FILE",   "write the process id to FILE"),
	ROW("console-socket", 0,   OPT_STR,  console_socket, "PATH",   "send the terminal to the socket at PATH"),
	ROW("pidfd-socket",   0,   OPT_STR,  pidfd_socket,   "PATH",   "send a pidfd of the process to the socket at PATH"),
	ROW("preserve-fds",   0,   OPT_NUM,  preserve_fds,   "N",      "hand N descriptors from 3 on to the program"),
	ROW("no-subreaper",   0,   OPT_FLAG, no_subreaper,   "",       "accepted and ignored"),
	END,
};
#endif

#if HAVE_REAPER
const struct option wait_options[] = {
	ROW("print",          0,   OPT_FLAG, print,          "",       "print the status and exit 0"),
	END,
};

const struct option reaper_options[] = {
	LOG_ROWS,
	END,
};
#endif

const struct option delete_options[] = {
	ROW("force",          'f', OPT_FLAG, force,          "",       "kill it first if it runs; nothing wrong if there is none"),
	IF_REGEX(ROW("regex",  'r', OPT_FLAG, regex,          "",       "ID is a regular expression: all that it fits"),)
	END,
};

const struct option kill_options[] = {
	ROW("all",            'a', OPT_FLAG, all,            "",       "every process of the container"),
	IF_REGEX(ROW("regex",  'r', OPT_FLAG, regex,          "",       "ID is a regular expression: all that it fits"),)
	END,
};

const struct option list_options[] = {
	ROW("quiet",          'q', OPT_FLAG, quiet,          "",       "ids only"),
	ROW("format",         'f', OPT_STR,  format,         "FORMAT", "table, json, tsv or env"), /* table_options: from here on */
	END,
};

const struct option state_options[] = {
	ROW("format",         'f', OPT_STR,  format,         "FORMAT", "json, tsv or env"),
	END,
};

#if HAVE_EVENTS
const struct option events_options[] = {
	ROW("interval",       0,   OPT_STR,  interval,       "TIME",   "between two looks, as 5s, 500ms or 1m (default 5s)"),
	ROW("stats",          0,   OPT_FLAG, stats,          "",       "print what is used now, and end"),
	ROW("lifecycle",      0,   OPT_FLAG, lifecycle,      "",       "print created, started, stopped, oom, deleted; without ID of every container"),
	END,
};
#endif

#if HAVE_UPDATE
#define LIMIT(name, says) ROW(name, 0, OPT_PAIR, limits, "VALUE", says)
const struct option update_options[] = {
	ROW("resources",      'r', OPT_STR,  resources,      "FILE",   "a linux.resources object; - is standard input"),
	LIMIT("memory",             "bytes, with k, m, g or t; -1: no limit"),
	LIMIT("memory-reservation", "bytes to get back to when memory is short"),
	LIMIT("memory-swap",        "bytes of memory and swap together; -1: no limit"),
	LIMIT("kernel-memory",      "bytes of kernel memory (version 1, before Linux 5.16)"),
	LIMIT("kernel-memory-tcp",  "bytes of TCP buffers (version 1)"),
	LIMIT("cpu-share",          "share of processors, 2 to 262144"),
	LIMIT("cpu-period",         "microseconds"),
	LIMIT("cpu-quota",          "microseconds in a period; -1: no limit"),
	LIMIT("cpu-burst",          "microseconds saved up from earlier periods"),
	LIMIT("cpu-rt-period",      "the same for real time (version 1)"),
	LIMIT("cpu-rt-runtime",     "microseconds of real time in a period"),
	LIMIT("cpu-idle",           "1: only when nobody else wants to run"),
	LIMIT("cpuset-cpus",        "processors, 0-3,7"),
	LIMIT("cpuset-mems",        "memory nodes"),
	LIMIT("pids-limit",         "processes; -1: no limit"),
	LIMIT("blkio-weight",       "share of disks, 10 to 1000"),
	LIMIT("l3-cache-schema",    "parts of the level 3 cache (intelRdt)"),
	LIMIT("mem-bw-schema",      "memory bandwidth, MB:... (intelRdt)"),
	ROW("rlimit",         0,   OPT_LIST, rlimits,        "TYPE=SOFT[:HARD]", "limit of the first process, as RLIMIT_NOFILE=1024:4096"),
	ROW("oom-score-adj",  0,   OPT_STR,  oom_score_adj,  "N",      "of the first process, -1000 to 1000"),
	ROW("reclaim",        0,   OPT_STR,  reclaim,        "BYTES",  "take memory back now (version 2)"),
	ROW("dry-run",        0,   OPT_FLAG, dry_run,        "",       "print FILE=VALUE of each write, and write nothing"),
	END,
};
#endif

#if HAVE_SPEC
const struct option spec_options[] = {
	IF_PLATFORMS(ROW("platform", 0, OPT_STR, platform,   "NAME",   "for solaris, windows, vm, zos or freebsd"),)
	ROW("rootless",       0,   OPT_FLAG, rootless_spec,  "",       "for a user without privileges: a user namespace, no limits"),
	ROW("bundle",         'b', OPT_STR,  bundle,         "DIR",    "write DIR/config.json (default: the current folder)"),
	ROW("file",           'f', OPT_STR,  file,           "FILE",   "write FILE; - is standard output"),
	END,
};
#endif

#if HAVE_DIGEST
const struct option digest_options[] = {
	ROW("manifest",       'm', OPT_FLAG, manifest,       "",       "print the manifest, not its digest"),
	ROW("write",          'w', OPT_FLAG, write,          "",       "write the manifest into the bundle, as bundle.mtree"),
	ROW("mtime",          0,   OPT_FLAG, mtime,          "",       "times of change are part of it"),
	ROW("fs-verity",      0,   OPT_FLAG, fs_verity,      "",       "fs-verity digests are part of it"),
	IF_OCI(ROW("as-packed",       0,   OPT_FLAG, as_packed,      "",       "of an image by mote pack: its own config.json too, which may ask for anything"),)
	ROW("quiet",          'q', OPT_FLAG, quiet,          "",       "no progress line"),
	END,
};

const struct option verify_options[] = {
	IF_SIGN(ROW("key",            0,   OPT_STR,  key,            "FILE",   "only if its manifest is signed with this public key of signify or minisign"),)
	ROW("mtime",          0,   OPT_FLAG, mtime,          "",       "the digest was made with --mtime"),
	ROW("fs-verity",      0,   OPT_FLAG, fs_verity,      "",       "the digest was made with --fs-verity"),
	IF_OCI(ROW("as-packed",       0,   OPT_FLAG, as_packed,      "",       "of an image by mote pack: its own config.json too, which may ask for anything"),)
	ROW("quiet",          'q', OPT_FLAG, quiet,          "",       "print nothing: the exit code tells"),
	END,
};
#endif

#if HAVE_VALIDATE
const struct option validate_options[] = {
	ROW("bundle",         'b', OPT_STR,  bundle,         "DIR",    "the same as the operand"),
	ROW("config",         'f', OPT_STR,  config,         "FILE",   "read this instead of the bundle's config.json"),
	RUNTIME_ROWS
	ROW("strict",         0,   OPT_FLAG, strict,         "",       "unknown and deprecated properties, and what a reviewer would ask about"),
	ROW("host",           0,   OPT_FLAG, host,           "",       "also what this kernel, this host and this mote cannot do"),
	ROW("platform",       0,   OPT_STR,  platform,       "NAME",   "for linux, solaris, windows, vm, zos or freebsd"),
	ROW("json",           0,   OPT_FLAG, json,           "",       "one JSON object a line"),
	ROW("rules",          0,   OPT_FLAG, rules,          "",       "list the rules instead"),
	END,
};
#endif

#if HAVE_RUNTIME
const struct option config_options[] = {
	ROW("bundle",         'b', OPT_STR,  bundle,         "DIR",    "the same as the operand"),
	ROW("config",         'f', OPT_STR,  config,         "FILE",   "read this instead of the bundle's config.json"),
	RUNTIME_ROWS
	ROW("origin",         0,   OPT_FLAG, origin,         "",       "a line a value: name, FILE:LINE:COLUMN, value"),
	END,
};
#endif

#if HAVE_EXPLAIN
const struct option explain_options[] = {
	ROW("json",           0,   OPT_FLAG, json,           "",       "one JSON object a line; without a NAME every property"),
	END,
};
#endif
#if HAVE_BOOT
const struct option boot_options[] = {
	ROW("mounts",         0,   OPT_FLAG, mounts_missing, "",       "mount what is missing: /proc /sys /dev /run, cgroups (process 1 always does)"),
	ROW("switch-root",    0,   OPT_STR,  switch_root,    "ROOT",   "process 1: when all is up, end the services, and COMMAND (/sbin/init) in ROOT is process 1"),
	ROW("keep-services",  0,   OPT_FLAG, keep_services,  "",       "with --switch-root: the services go on, kept by a process of their own"),
	IF_SIGN(ROW("key",        0,   OPT_STR,  key,            "FILE",   "only containers that are signed with this public key of signify or minisign"),)
	IF_TIMING(ROW("chart",    0,   OPT_STR,  chart,          "FILE",   "draw when what was started, as SVG"),)
	ROW("status",         0,   OPT_FLAG, status,         "",       "how the containers are"),
	ROW("format",         'f', OPT_STR,  format,         "FORMAT", "with --status: table or tsv"),
	ROW("poweroff",       0,   OPT_FLAG, poweroff,       "",       "end the containers in reverse order; process 1 then turns the machine off"),
	ROW("reboot",         0,   OPT_FLAG, reboot,         "",       "the same, and the machine starts again"),
	END,
};
#endif
#if HAVE_CHECK
const struct option check_options[] = {
	ROW("format",         'f', OPT_STR,  format,         "FORMAT", "table or tsv"),
	END,
};
#endif

#if HAVE_PACK
const struct option pack_options[] = {
	ROW("output",         'o', OPT_STR,  output,         "FILE",   "the file to write; - is standard output" IF_OCI("; of an image LAYOUT[:TAG]")),
	ROW("format",         'f', OPT_STR,  format,         "FORMAT", "cpio, tar" IF_IMAGE(", squashfs, erofs") IF_OCI(", oci, oci-archive") " (default: what FILE ends in)"),
	IF_IMAGE(ROW("verity", 0, OPT_FLAG, verity,      "",       "squashfs, erofs: append a dm-verity tree and print its root hash"),)
	ROW("prefix",         0,   OPT_STR,  prefix,         "DIR",    "the folder it unpacks into, as where an initramfs has its bundles"),
	ROW("mtime",          0,   OPT_FLAG, mtime,          "",       "keep times of change (default: SOURCE_DATE_EPOCH, or 1970)"),
	ROW("quiet",          'q', OPT_FLAG, quiet,          "",       "no progress line"),
	END,
};

const struct option unpack_options[] = {
	ROW("verify",         0,   OPT_STR,  verify,         "WHAT",   "only if the bundle has this digest, or is what this manifest says"),
	ROW("limit",          0,   OPT_STR,  limit,          "BYTES",  "no more content than that, with k, m or g"),
	ROW("max-files",      0,   OPT_NUM,  max_files,      "N",      "no more files than that"),
	IF_OCI(ROW("as-packed",       0,   OPT_FLAG, as_packed,      "",       "of an image by mote pack: its own config.json too, which may ask for anything"),)
	ROW("quiet",          'q', OPT_FLAG, quiet,          "",       "no progress line"),
	END,
};
#endif
/* clang-format on */

static const struct option *
find_long(const struct option *t, const char *name, size_t n)
{
	for (; t && t->name; t++)
		if (strlen(t->name) == n && !memcmp(t->name, name, n))
			return t;
	return NULL;
}

static const struct option *
find_letter(const struct option *t, char letter)
{
	for (; t && t->name; t++)
		if (t->letter == letter)
			return t;
	return NULL;
}

static bool
set_flag(struct cmd *c, const struct option *o, const char *value)
{
	bool *at = (bool *)((char *)&c->o + o->at);

	*at = !text_eq(value, "false");
	if (value && *at && !text_eq(value, "true"))
		return diag_fail(&c->diag, "option --%s takes true or false, not '%s'", o->name, value);
	return true;
}

static bool
set(struct cmd *c, const struct option *o, const char *value)
{
	void *at = (char *)&c->o + o->at;
	struct strs *list = at;
	IF_UPDATE(struct pairs *pairs = at;)

	switch (o->kind) {
	case OPT_FLAG: return set_flag(c, o, value);
	case OPT_STR: *(const char **)at = value; return true;
	case OPT_LIST: *PUSH(list->v, list->n) = value; return true;
#if HAVE_UPDATE
	case OPT_PAIR: *PUSH(pairs->v, pairs->n) = (struct pair){o->name, value}; return true;
#endif
	default:
		if (!text_u64(value, at) || *(uint64_t *)at > 1000000000)
			return diag_fail(&c->diag, "option --%s takes a number, not '%s'", o->name, value);
		return true;
	}
}

/* One argument that begins with a dash; *i moves over a value of its own. */
struct scan {
	const struct option *table;
	char **argv;
	int n, i;
};

static bool
value_of(struct cmd *c, struct scan *s, const struct option *o, const char *inner)
{
	if (!inner && o->kind != OPT_FLAG && s->i + 1 >= s->n)
		return diag_fail(&c->diag, "option --%s needs a value", o->name);
	if (!inner && o->kind != OPT_FLAG)
		inner = s->argv[++s->i];
	return set(c, o, inner);
}

static bool
take_letters(struct cmd *c, struct scan *s, const char *a)
{
	const struct option *o;

	for (; *a; a++) {
		o = find_letter(s->table, *a);
		if (!o)
			return diag_fail(&c->diag, "unknown option -%c", *a);
		if (o->kind != OPT_FLAG)
			return value_of(c, s, o, a[1] ? a + 1 + (a[1] == '=') : NULL);
		if (!set(c, o, NULL))
			return false;
	}
	return true;
}

static bool
take(struct cmd *c, struct scan *s)
{
	const char *a = s->argv[s->i] + 1, *end;
	bool dashes = *a == '-';
	const struct option *o;

	a += dashes;
	end = strchr(a, '=');
	o = find_long(s->table, a, end ? (size_t)(end - a) : strlen(a));
	if (o && (dashes || a[1]))
		return value_of(c, s, o, end ? end + 1 : NULL);
	if (!dashes)
		return take_letters(c, s, a);
	return diag_fail(&c->diag, "unknown option --%s", a);
}

static void
keep(struct cmd *c, char *a)
{
	c->args[c->nargs++] = a;
}

bool
options_parse(struct cmd *c, const struct option *table, char **argv, int n)
{
	struct scan s = {table, argv, n, 0};
	bool done = false;

	c->args = NEWS(char *, n + 1);
	for (; s.i < n; s.i++) {
		if (!done && text_eq(argv[s.i], "--"))
			done = true;
		else if (done || argv[s.i][0] != '-' || !argv[s.i][1])
			keep(c, argv[s.i]);
		else if (!take(c, &s))
			return false;
		/* The global options end at the verb; run's with --rootfs, and those of verbs with an ID, at the command. */
		if (c->nargs && (!c->verb || (c->verb->command && c->nargs >= c->verb->command && (c->verb->min || c->o.rootfs))))
			done = true;
	}
	return true;
}

static void
help_rows(struct out *o, const struct option *t)
{
	const char *arg, *says;
	char left[64];

	for (; t && t->name; t++) {
		arg = option_arg(t);
		says = option_says(t);
		text_fmt(left, sizeof left, "%s%s%s", t->name, *arg ? " " : "", arg);
		if (t->letter)
			out_fmt(o, "  -%c, --%-28s %s\n", t->letter, left, says);
		else
			out_fmt(o, "      --%-28s %s\n", left, says);
	}
}

void
help_verb(const struct verb *v)
{
	struct out o = out_fd(1);

	out_fmt(&o, "usage: mote [options] %s%s%s%s\n%s\n", v->name, v->options ? " [options]" : "",
		*v->operands ? " " : "", v->operands, v->says);
	if (v->options)
		out_str(&o, "\noptions:\n");
	help_rows(&o, v->options);
	out_str(&o, "\noptions before the verb:\n");
	help_rows(&o, global_options);
	out_flush(&o);
}

int
usage(struct cmd *c)
{
	struct out o = out_fd(2);

	log_diag(&c->log, &c->diag);
	if (c->verb)
		out_fmt(&o, "usage: mote [options] %s%s%s%s\n", c->verb->name,
			c->verb->options ? " [options]" : "", *c->verb->operands ? " " : "",
			c->verb->operands);
	else
		out_str(&o, "usage: mote [options] VERB ...   (mote --help lists the verbs)\n");
	out_flush(&o);
	return EXIT_USAGE;
}

bool
format_take(struct cmd *c, enum format usual, int first, bool any, enum format *f)
{
	static const char *const names[] = {"table", "json", "tsv", "env"};
	size_t i;

	*f = usual;
	for (i = 0; c->o.format && !text_eq(names[i], c->o.format); )
		if (++i == sizeof names / sizeof *names)
			return diag_fail(&c->diag, "option --format takes table, json, tsv or env, not '%s'", c->o.format);
	if (c->o.format)
		*f = (enum format)i;
	if (!HAVE_SCRIPTS && *f > FORMAT_JSON)
		return diag_fail(&c->diag, "this mote was built without SCRIPTS");
	if (*f == FORMAT_TSV && c->nargs <= first)
		return diag_fail(&c->diag, "--format=tsv needs the keys that are wanted");
	if (*f <= FORMAT_JSON && c->nargs > first && !any)
		return diag_fail(&c->diag, "too many operands");
	return true;
}

/* SPDX-License-Identifier: MIT */
/* criuopts.c - what a request to criu says; asks the kernel where things are, and changes nothing but mount points
 *
 * A container holds things that are not its own: bind mounts, masks, namespaces that it has joined, descriptors of its caller's.  A
 * dump names each of them, a restore says what is to stand for the name: for a mount its destination in the config is the name. */
#include "box/criu.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/mount.h"
#include "box/replay.h"
#include "box/state.h"
#include "box/user.h"
#include "sys.h"

/* criu_opts */
enum {
	IMAGES = 1, PID = 2, LEAVE_RUNNING = 3, EXT_UNIX_SK = 4, TCP_ESTABLISHED = 5, EVASIVE_DEVICES = 6, SHELL_JOB = 7,
	FILE_LOCKS = 8, LOG_LEVEL = 9, LOG_FILE = 10, PAGE_SERVER = 11, NOTIFY_SCRIPTS = 12, ROOT = 13, PARENT_IMG = 14,
	TRACK_MEM = 15, AUTO_DEDUP = 16, WORK = 17, LINK_REMAP = 18, MANAGE_CGROUPS = 24, CG_ROOT = 25, RST_SIBLING = 26,
	INHERIT_FD = 27, CGROUPS_MODE = 34, EXTERNAL = 37, EMPTY_NS = 38, JOIN_NS = 39, FREEZE_CGROUP = 44,
	TCP_SKIP_IN_FLIGHT = 46, LAZY_PAGES = 48, ORPHAN_PTS_MASTER = 50, CONFIG_FILE = 51, TCP_CLOSE = 52, LSM_PROFILE = 53,
	LSM_MOUNT_CONTEXT = 63, NETWORK_LOCK = 64,
};

static const char descriptors[] = "descriptors.json"; /* runc's and crun's name for it */
static const char no_device[] = "/dev/null";

/* Namespaces that criu can leave out and be given again, by runc's and crun's names for them. */
static const struct { int type; const char *name, *key; } outside[] = {
	{NS_NETWORK, "net", "extRootNetNS"},
	{NS_PID, "pid", "extRootPidNS"},
};

/* --- both ------------------------------------------------------------------------------------- */

static void
put_flag(struct out *o, unsigned field, bool on)
{
	if (on)
		proto_num(o, field, 1);
}

/* A file with more options, which overrule the request's. */
static const char *
config_file(const struct spec *s)
{
	size_t i;

	for (i = 0; i < s->annotations.n; i++)
		if (text_eq(s->annotations.v[i].key, "org.criu.config"))
			return *s->annotations.v[i].value ? s->annotations.v[i].value : NULL;
	return "/etc/criu/runc.conf";
}

/* Packets are kept away (by iptables) for connections that are to be written; without any, nothing gets lost. */
enum { LOCK_SKIP = 3, KNOWS_SKIP = 31800 };

/* A network namespace of its own is made anew and empty: what was in it is the engine's, which puts it there again. */
static void
put_common(const struct criu *c, struct out *o, const struct job *j)
{
	const struct criu_wish *w = &c->wish;

	proto_num(o, IMAGES, c->images);
	proto_num(o, WORK, c->work);
	proto_num(o, LOG_LEVEL, 4);
	proto_str(o, LOG_FILE, c->log);
	proto_num(o, NOTIFY_SCRIPTS, 1);
	proto_num(o, MANAGE_CGROUPS, 1);
	proto_num(o, CGROUPS_MODE, w->cgroups_mode);
	proto_num(o, EMPTY_NS, CLONE_NEWNET);
	proto_num(o, ORPHAN_PTS_MASTER, 1);
	proto_str(o, CONFIG_FILE, config_file(j->spec));
	if (c->version >= KNOWS_SKIP && !w->tcp_established && !w->tcp_skip_in_flight)
		proto_num(o, NETWORK_LOCK, LOCK_SKIP);
	put_flag(o, EXT_UNIX_SK, w->ext_unix_sk);
	put_flag(o, TCP_ESTABLISHED, w->tcp_established);
	put_flag(o, SHELL_JOB, w->shell_job);
	put_flag(o, FILE_LOCKS, w->file_locks);
	put_flag(o, AUTO_DEDUP, w->auto_dedup);
	put_flag(o, LAZY_PAGES, w->lazy_pages);
}

static const char *
ns_path(const struct spec *s, int type)
{
	size_t i;

	for (i = 0; i < s->linux.namespaces.n; i++)
		if (s->linux.namespaces.v[i].type == type)
			return s->linux.namespaces.v[i].path;
	return NULL;
}

/* The host's path of what step s mounts, or NULL: nothing of outside. */
static const char *
source_of(const struct plan *p, const struct step *s)
{
	size_t i;

	if ((s->op != OP_attach && s->op != OP_device) || s->slot < 0)
		return NULL;
	for (i = 0; i < p->n; i++)
		if (p->v[i].op == OP_source && p->v[i].slot == s->slot)
			return p->v[i].a;
	return NULL;
}

/* --- dump ------------------------------------------------------------------------------------- */

/* The path in the container that a destination leads to, links followed; NULL: there is nothing.  *folder: is it one? */
static const char *
real_path(int root, const char *path, bool *folder)
{
	autofd int fd = root_open(root, path, O_PATH);
	char real[4096];
	struct stat st;
	ssize_t n = fd < 0 ? fd : sys_readlinkat(AT_FDCWD, text_make("/proc/self/fd/%d", fd), real, sizeof real);

	if (n <= 0 || n >= (ssize_t)sizeof real || sys_fstat(fd, &st))
		return NULL;
	*folder = S_ISDIR(st.st_mode);
	return arena_copy(real, n);
}

static void
dump_mounts(const struct criu *c, struct out *o, int root)
{
	const struct plan *p = c->like;
	const struct step *s;
	const char *real;
	bool folder;

	for (s = p->v; s < p->v + p->n; s++) {
		if (s->op != OP_mask && !source_of(p, s))
			continue;
		real = real_path(root, s->a, &folder);
		if (!real || (s->op == OP_mask && folder)) /* a masked folder is a tmpfs, which criu makes itself */
			continue;
		proto_str(o, EXTERNAL, text_make("mnt[%s]:%s", real, s->op == OP_mask ? no_device : s->a));
	}
}

static void
dump_namespaces(struct out *o, const struct spec *s, pid_t pid)
{
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof outside / sizeof *outside; i++)
		if (ns_path(s, outside[i].type) && !sys_fstatat(AT_FDCWD, text_make("/proc/%d/ns/%s", (int)pid, outside[i].name), &st, 0))
			proto_str(o, EXTERNAL, text_make("%s[%llu]:%s", outside[i].name, (unsigned long long)st.st_ino, outside[i].key));
}

/* The number behind "mnt_id:" of a descriptor; 0: unknown. */
static uint64_t
mount_id(pid_t pid, int fd)
{
	char text[512];
	const char *at;
	uint64_t id = 0;

	if (file_peek(AT_FDCWD, text_make("/proc/%d/fdinfo/%d", (int)pid, fd), text, sizeof text) <= 0)
		return 0;
	at = text_find(text, "mnt_id:");
	for (at = at ? at + 7 : ""; *at == '\t' || *at == ' '; at++)
		;
	return text_u64_prefix(at, &at, &id) ? id : 0;
}

/* Does the process see a mount of that number? */
static bool
sees(pid_t pid, uint64_t id)
{
	char *text, *line = NULL;
	const char *end;
	uint64_t n;

	if (file_read(AT_FDCWD, text_make("/proc/%d/mountinfo", (int)pid), 16 << 20, &text, NULL))
		return true;
	for (line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (text_u64_prefix(line, &end, &n) && n == id)
			return true;
	return false;
}

/* What descriptor fd of the first process is: by criu's name for it where it is of outside, else by its path. */
static const char *
descriptor(pid_t pid, int fd)
{
	const char *path = text_make("/proc/%d/fd/%d", (int)pid, fd);
	char link[4096];
	ssize_t n = sys_readlinkat(AT_FDCWD, path, link, sizeof link);
	struct stat st;
	uint64_t id;

	if (n <= 0 || n >= (ssize_t)sizeof link)
		return "";
	id = *link == '/' && !sys_fstatat(AT_FDCWD, path, &st, 0) ? mount_id(pid, fd) : 0;
	if (!id || sees(pid, id))
		return arena_copy(link, n);
	return text_make("file[%llx:%llx]", (unsigned long long)id, (unsigned long long)st.st_ino);
}

static void
dump_descriptors(const struct criu *c, struct out *o, pid_t pid)
{
	struct out file = out_mem();
	struct jout j = {.o = &file};
	const char *name;
	int fd;

	jout_open(&j, NULL, '[');
	for (fd = 0; fd < 3; fd++) {
		name = descriptor(pid, fd);
		if (text_starts(name, "file["))
			proto_str(o, EXTERNAL, name);
		jout_str(&j, NULL, name);
	}
	jout_close(&j, ']');
	if (!c->wish.pre_dump)
		file_replace(c->images, descriptors, file.buf, file.len, 0600);
}

/* The folder through which all of the container can be frozen; NULL: criu stops one process after the other. */
static const char *
freezer(const struct state *s)
{
	static const char *const files[] = {"freezer.state", "cgroup.freeze"};
	const char *mount, *folder;
	size_t i, k;

	for (k = 0; k < sizeof files / sizeof *files; k++)
		for (i = 0; i < s->cgroups.n; i++) {
			mount = arena_copy(s->cgroups.v[i], strcspn(s->cgroups.v[i], "\t"));
			folder = cgroup_recorded(&s->cgroups, mount);
			if (folder && !sys_faccessat(AT_FDCWD, text_path(folder, files[k]), F_OK))
				return folder;
		}
	return NULL;
}

static void
put_page_server(struct out *o, const char *address)
{
	const char *colon = address ? strrchr(address, ':') : NULL;
	struct out m = out_mem();
	uint64_t port;

	if (!colon || !text_u64(colon + 1, &port))
		return;
	proto_str(&m, 1, arena_copy(address, colon - address));
	proto_num(&m, 2, port);
	proto_message(o, PAGE_SERVER, &m);
}

void
criu_opts_dump(struct criu *c, struct out *o, const struct state *s, const struct job *j)
{
	autofd int root = sys_openat(AT_FDCWD, text_make("/proc/%d/root", (int)s->pid), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	const struct criu_wish *w = &c->wish;

	put_common(c, o, j);
	proto_num(o, PID, s->pid);
	proto_str(o, ROOT, j->rootfs);
	put_flag(o, LEAVE_RUNNING, w->leave_running);
	put_flag(o, TCP_SKIP_IN_FLIGHT, w->tcp_skip_in_flight);
	put_flag(o, LINK_REMAP, w->link_remap);
	proto_str(o, PARENT_IMG, w->parent);
	put_flag(o, TRACK_MEM, w->parent || w->pre_dump);
	proto_str(o, FREEZE_CGROUP, freezer(s));
	put_page_server(o, w->page_server);
	if (root >= 0)
		dump_mounts(c, o, root);
	dump_namespaces(o, j->spec, s->pid);
	dump_descriptors(c, o, s->pid);
}

/* --- restore ---------------------------------------------------------------------------------- */

static void
restore_mounts(const struct criu *c, struct out *o)
{
	const struct plan *p = c->like;
	const struct step *s;

	for (s = p->v; s < p->v + p->n; s++)
		if (source_of(p, s))
			proto_str(o, EXTERNAL, text_make("mnt[%s]:%s", s->a, source_of(p, s)));
	if (plan_find(p, OP_mask) < p->n)
		proto_str(o, EXTERNAL, text_make("mnt[%s]:%s", no_device, no_device));
}

static void
put_inherited(struct out *o, const char *key, int fd)
{
	struct out m = out_mem();

	proto_str(&m, 1, key);
	proto_num(&m, 2, fd);
	proto_message(o, INHERIT_FD, &m);
}

static void
restore_namespaces(struct out *o, const struct criu *c, const struct spec *s)
{
	static const struct { int type; const char *name; } joined[] = {{NS_IPC, "ipc"}, {NS_UTS, "uts"}, {NS_USER, "user"}};
	struct out m;
	size_t i;

	for (i = 0; i < sizeof outside / sizeof *outside; i++)
		if (c->ns[i] >= 0)
			put_inherited(o, outside[i].key, c->ns[i]);
	for (i = 0; i < sizeof joined / sizeof *joined; i++) {
		if (!ns_path(s, joined[i].type))
			continue;
		m = out_mem();
		proto_str(&m, 1, joined[i].name);
		proto_str(&m, 2, ns_path(s, joined[i].type));
		proto_message(o, JOIN_NS, &m);
	}
}

bool
criu_open_outside(struct criu *c, const struct spec *s)
{
	static const struct { int type; const char *name; } refused[] = {{NS_MOUNT, "mount"}, {NS_CGROUP, "cgroup"}, {NS_TIME, "time"}};
	const char *path;
	size_t i;

	for (i = 0; i < sizeof refused / sizeof *refused; i++)
		if (ns_path(s, refused[i].type)) {
			c->why = text_make("criu makes no processes in a %s namespace that is there already", refused[i].name);
			return false;
		}
	for (i = 0; i < sizeof outside / sizeof *outside; i++) {
		path = ns_path(s, outside[i].type);
		c->ns[i] = path ? sys_openat(AT_FDCWD, path, O_RDONLY, 0) : -1; /* criu's, too */
		if (path && c->ns[i] < 0) {
			c->why = text_make("%s namespace %s: %s", outside[i].name, path, text_errno(c->ns[i]));
			return false;
		}
	}
	for (i = 0; i < 3; i++)
		c->stdio[i] = sys_fcntl(i, F_DUPFD, 64);
	c->null = sys_openat(AT_FDCWD, no_device, O_RDWR, 0);
	return true;
}

static bool
is_null(int fd)
{
	struct stat st;

	return sys_fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

/* Several descriptors may have been one file: the first that has it stands for all.  Mote's own null device may be open for one
 * direction only. */
static bool
restore_descriptors(struct criu *c, struct out *o)
{
	const char *name, *seen[3];
	struct json *j = NEW(struct json);
	size_t len, n = 0, i, k;
	char *text;
	int e = file_read(c->images, descriptors, 1 << 16, &text, &len);

	if (e) {
		c->why = text_make("%s/%s: %s", c->wish.images, descriptors, text_errno(e));
		return false;
	}
	json_open_text(j, text, len);
	if (json_enter(j))
		while (json_element(j) && n < 3 && json_string(j, &name, NULL))
			seen[n++] = name;
	if (j->fault) {
		c->why = text_make("%s/%s: %s", c->wish.images, descriptors, j->fault);
		return false;
	}
	for (i = 0; i < n; i++) {
		for (k = 0; k < i && !text_eq(seen[k], seen[i]); k++)
			;
		if (k == i && (text_starts(seen[i], "pipe:") || text_starts(seen[i], "file[")))
			put_inherited(o, seen[i], *seen[i] == 'f' && is_null(c->stdio[i]) ? c->null : c->stdio[i]);
	}
	return true;
}

/* criu begins in the cgroups that mote has made for the container; what was below the old ones goes below these. */
static void
restore_cgroups(struct out *o, pid_t pid)
{
	char *text, *line, *names, *path, *end;
	struct out m;
	size_t n;

	if (file_read(AT_FDCWD, text_make("/proc/%d/cgroup", (int)pid), 1 << 16, &text, NULL))
		return;
	for (line = text; (names = strchr(line, ':')) && (path = strchr(names + 1, ':')) && (end = strchr(path, '\n')); line = end + 1) {
		*path++ = 0;
		*end = 0;
		do {
			n = strcspn(++names, ",");
			m = out_mem();
			proto_str(&m, 1, arena_copy(names, n));
			proto_str(&m, 2, path);
			proto_message(o, CG_ROOT, &m);
			names += n;
		} while (*names);
	}
}

bool
criu_opts_restore(struct criu *c, struct out *o, const struct job *j)
{
	const struct criu_wish *w = &c->wish;

	put_common(c, o, j);
	proto_num(o, EVASIVE_DEVICES, 1);
	proto_num(o, RST_SIBLING, 1);
	proto_str(o, ROOT, j->rootfs);
	put_flag(o, TCP_CLOSE, w->tcp_close);
	proto_str(o, LSM_PROFILE, w->lsm_profile);
	proto_str(o, LSM_MOUNT_CONTEXT, w->lsm_mount_context);
	restore_mounts(c, o);
	restore_namespaces(o, c, j->spec);
	restore_cgroups(o, c->pid);
	return restore_descriptors(c, o);
}

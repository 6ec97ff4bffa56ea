/* SPDX-License-Identifier: MIT */
/* criu.c - the verbs checkpoint and restore: options and words; the work is box/criu.h's */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/criu.h"
#include "box/tty.h"
#include "cmd/job.h"
#include "cmd/option.h"
#include "sys.h"

/* clang-format off */
#define CRIU_ROWS \
	ROW("image-path",     0,   OPT_STR,  image_path,     "DIR",    "where the files are (default: checkpoint)"), \
	ROW("work-path",      0,   OPT_STR,  work_path,      "DIR",    "where criu writes its log (default: DIR of --image-path)"), \
	ROW("tcp-established", 0,  OPT_FLAG, tcp_established, "",      "with connections that stand"), \
	ROW("ext-unix-sk",    0,   OPT_FLAG, ext_unix_sk,    "",       "with unix sockets whose other end is outside"), \
	ROW("shell-job",      0,   OPT_FLAG, shell_job,      "",       "with a session or terminal of outside"), \
	ROW("lazy-pages",     0,   OPT_FLAG, lazy_pages,     "",       "memory is fetched when it is needed"), \
	ROW("file-locks",     0,   OPT_FLAG, file_locks,     "",       "with locks on files"), \
	ROW("manage-cgroups-mode", 0, OPT_STR, cgroups_mode, "MODE",   "soft, full, strict or ignore"), \
	ROW("empty-ns",       0,   OPT_LIST, empty_ns,       "TYPE",   "leave what is in this namespace out: network"), \
	ROW("auto-dedup",     0,   OPT_FLAG, auto_dedup,     "",       "drop pages that a later file has")

const struct option checkpoint_options[] = {
	CRIU_ROWS,
	ROW("parent-path",    0,   OPT_STR,  parent_path,    "DIR",    "an earlier --pre-dump, from DIR of --image-path on"),
	ROW("leave-running",  0,   OPT_FLAG, leave_running,  "",       "the container goes on"),
	ROW("tcp-skip-in-flight", 0, OPT_FLAG, tcp_skip_in_flight, "",   "without connections that are being made"),
	ROW("link-remap",     0,   OPT_FLAG, link_remap,     "",       "with files that are open and have no name"),
	ROW("status-fd",      0,   OPT_NUM,  status_fd,      "N",      "where criu tells that it is ready for --lazy-pages"),
	ROW("page-server",    0,   OPT_STR,  page_server,    "ADDRESS:PORT", "where the memory goes"),
	ROW("pre-dump",       0,   OPT_FLAG, pre_dump,       "",       "only the memory, and the container goes on"),
	END,
};

const struct option restore_options[] = {
	CRIU_ROWS,
	ROW("bundle",         'b', OPT_STR,  bundle,         "DIR",    "the bundle (default: the current folder)"),
	ROW("pid-file",       0,   OPT_STR,  pid_file,       "FILE",   "write the process id to FILE"),
	ROW("console-socket", 0,   OPT_STR,  console_socket, "PATH",   "send the terminal to the socket at PATH"),
	ROW("detach",         'd', OPT_FLAG, detach,         "",       "do not wait for the program"),
	ROW("no-pivot",       0,   OPT_FLAG, no_pivot,       "",       "as it was given to create"),
	ROW("no-subreaper",   0,   OPT_FLAG, no_subreaper,   "",       "accepted and ignored"),
	ROW("tcp-close",      0,   OPT_FLAG, tcp_close,      "",       "connections come back closed"),
	ROW("lsm-profile",    0,   OPT_STR,  lsm_profile,    "TYPE:NAME", "another profile of the security module"),
	ROW("lsm-mount-context", 0, OPT_STR, lsm_mount_context, "CONTEXT", "another context of the mounts"),
	END,
};
/* clang-format on */

/* The path of criu, or NULL: there is none. */
static const char *
program(const char *name)
{
	const char *path = getenv("PATH"), *found;
	size_t n;

	if (name && strchr(name, '/'))
		return name;
	if (!name || !*name)
		name = "criu";
	for (path = path ? path : "/usr/sbin:/usr/bin:/sbin:/bin"; *path; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		found = text_make("%.*s/%s", (int)n, path, name);
		if (!sys_faccessat(AT_FDCWD, found, X_OK))
			return found;
	}
	return NULL;
}

/* --- options ---------------------------------------------------------------------------------- */

/* criu_cg_mode of rpc.proto */
static bool
cgroups_mode(struct cmd *c, unsigned *mode)
{
	static const struct { const char *name; unsigned mode; } modes[] = {{"ignore", 0}, {"soft", 3}, {"full", 4}, {"strict", 5}};
	size_t i;

	*mode = 3;
	if (!c->o.cgroups_mode)
		return true;
	for (i = 0; i < sizeof modes / sizeof *modes; i++)
		if (text_eq(c->o.cgroups_mode, modes[i].name)) {
			*mode = modes[i].mode;
			return true;
		}
	return diag_fail(&c->diag, "option --manage-cgroups-mode takes soft, full, strict or ignore, not '%s'", c->o.cgroups_mode);
}

static bool
parent(struct cmd *c, const struct criu_wish *w)
{
	struct stat st;
	int e;

	if (!w->parent)
		return true;
	if (*w->parent == '/')
		return diag_fail(&c->diag, "option --parent-path is a path from the folder of --image-path on, not %s", w->parent);
	e = sys_fstatat(AT_FDCWD, text_clean(text_path(w->images, w->parent)), &st, 0);
	return !e || diag_fail(&c->diag, "option --parent-path %s: %s", w->parent, text_errno(e));
}

static bool
others(struct cmd *c, const struct criu_wish *w)
{
	const char *colon = w->page_server ? strrchr(w->page_server, ':') : NULL;
	uint64_t port;
	size_t i;

	if (w->page_server && (!colon || colon == w->page_server || !text_u64(colon + 1, &port) || port > 65535))
		return diag_fail(&c->diag, "option --page-server takes ADDRESS:PORT, not '%s'", w->page_server);
	for (i = 0; i < c->o.empty_ns.n; i++)
		if (!text_eq(c->o.empty_ns.v[i], "network"))
			return diag_fail(&c->diag, "option --empty-ns takes network, not '%s'", c->o.empty_ns.v[i]);
	return true;
}

/* What both verbs have in common, from the options; false after a fault. */
static bool
wish(struct cmd *c, struct criu *k, const char *log)
{
	const struct options *o = &c->o;

	*k = (struct criu){.log = log, .envp = c->envp, .program = program(o->criu), .images = -1, .work = -1, .sock = -1};
	k->wish = (struct criu_wish){.images = file_absolute(o->image_path && *o->image_path ? o->image_path : "checkpoint"),
		.work = file_absolute(o->work_path && *o->work_path ? o->work_path : NULL),
		.parent = o->parent_path && *o->parent_path ? o->parent_path : NULL, .page_server = o->page_server,
		.lsm_profile = o->lsm_profile, .lsm_mount_context = o->lsm_mount_context, .status_fd = o->status_fd ? (int)o->status_fd : -1,
		.leave_running = o->leave_running, .tcp_established = o->tcp_established, .tcp_skip_in_flight = o->tcp_skip_in_flight,
		.tcp_close = o->tcp_close, .link_remap = o->link_remap, .ext_unix_sk = o->ext_unix_sk, .shell_job = o->shell_job,
		.lazy_pages = o->lazy_pages, .file_locks = o->file_locks, .pre_dump = o->pre_dump, .auto_dedup = o->auto_dedup};
	if (!k->program)
		return diag_fail(&c->diag, "processes are written to files and made from them by criu, which is not in PATH");
	return cgroups_mode(c, &k->wish.cgroups_mode) && parent(c, &k->wish) && others(c, &k->wish);
}

/* --- checkpoint ------------------------------------------------------------------------------- */

/* The container goes with its processes, as runc's and crun's does, so that a restore can have its name. */
int
cmd_checkpoint(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct criu *k = NEW(struct criu);
	autofd int lock = -1;
	const char *dir;

	if (!job_state(c, w))
		return fail_diag(c);
	dir = state_dir_of(c, w->state.id);
	lock = state_lock(dir); /* a run in the foreground waits for it before it takes the container away */
	if (lock < 0)
		return fail(c, "lock %s: %s", dir, text_errno(lock));
	if (!allowed(c, state_status(&w->state, dir)) || !wish(c, k, "dump.log") || !job_config(c, w))
		return fail_diag(c);
	job_replan(c, w);
	k->like = &w->plan;
	if (!criu_dump(k, &w->state, &w->job))
		return fail(c, "%s", k->why);
	if (k->wish.leave_running || k->wish.pre_dump)
		return EXIT_OK;
	if (!container_kill(c, w))
		return fail(c, "the container's process %d does not end", (int)w->state.pid);
	return container_remove(c, w, lock, dir) ? EXIT_OK : fail_diag(c);
}

/* --- restore ---------------------------------------------------------------------------------- */

int
cmd_restore(struct cmd *c)
{
	struct work *w = NEW(struct work);
	const char *why, *id = c->args[0];
	int sigfd;

	w->criu = NEW(struct criu);
	IF_REAPER(w->link = w->watch.ready = w->watch.notify = -1;)
	if (!id_valid(id, &c->diag) || !wish(c, w->criu, "restore.log") || !job_bundle(c, w, id) ||
		!job_prepare(c, w, GOAL_RESTORE, id))
		return fail_diag(c);
	log_diag(&c->log, &c->diag); /* warnings */
	sigfd = c->o.detach ? -1 : wait_signals();
	if (!run_plan(&w->run, &w->plan, &w->job, &c->log, &why)) {
		job_failed(c, w);
		return fail(c, "%s", why);
	}
	return c->o.detach ? EXIT_OK : container_finish(c, w, wait_box_end(&w->run, sigfd));
}

/* SPDX-License-Identifier: MIT */
/* criu.c - the verbs checkpoint and restore: what they would need, and that it is not there */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "cmd/job.h"
#include "cmd/option.h"
#include "sys.h"

/* clang-format off */
#define CRIU_ROWS \
	ROW("image-path",     0,   OPT_STR,  image_path,     "DIR",    "where the files are (default: checkpoint)"), \
	ROW("work-path",      0,   OPT_STR,  work_path,      "DIR",    "where criu writes its log (default: DIR of --image-path)"), \
	ROW("tcp-established", 0,  OPT_FLAG, tcp_established, NULL,    "with connections that stand"), \
	ROW("ext-unix-sk",    0,   OPT_FLAG, ext_unix_sk,    NULL,     "with unix sockets whose other end is outside"), \
	ROW("shell-job",      0,   OPT_FLAG, shell_job,      NULL,     "with a session or terminal of outside"), \
	ROW("lazy-pages",     0,   OPT_FLAG, lazy_pages,     NULL,     "memory is fetched when it is needed"), \
	ROW("file-locks",     0,   OPT_FLAG, file_locks,     NULL,     "with locks on files"), \
	ROW("manage-cgroups-mode", 0, OPT_STR, cgroups_mode, "MODE",   "soft, full, strict or ignore"), \
	ROW("empty-ns",       0,   OPT_LIST, empty_ns,       "TYPE",   "leave what is in this namespace out: network"), \
	ROW("auto-dedup",     0,   OPT_FLAG, auto_dedup,     NULL,     "drop pages that a later file has")

const struct option checkpoint_options[] = {
	CRIU_ROWS,
	ROW("parent-path",    0,   OPT_STR,  parent_path,    "DIR",    "an earlier --pre-dump, from DIR of --image-path on"),
	ROW("leave-running",  0,   OPT_FLAG, leave_running,  NULL,     "the container goes on"),
	ROW("tcp-skip-in-flight", 0, OPT_FLAG, tcp_skip_in_flight, NULL, "without connections that are being made"),
	ROW("link-remap",     0,   OPT_FLAG, link_remap,     NULL,     "with files that are open and have no name"),
	ROW("status-fd",      0,   OPT_NUM,  status_fd,      "N",      "where criu tells that it is ready for --lazy-pages"),
	ROW("page-server",    0,   OPT_STR,  page_server,    "ADDRESS:PORT", "where the memory goes"),
	ROW("pre-dump",       0,   OPT_FLAG, pre_dump,       NULL,     "only the memory, and the container goes on"),
	END,
};

const struct option restore_options[] = {
	CRIU_ROWS,
	ROW("bundle",         'b', OPT_STR,  bundle,         "DIR",    "the bundle (default: the current folder)"),
	ROW("pid-file",       0,   OPT_STR,  pid_file,       "FILE",   "write the process id to FILE"),
	ROW("console-socket", 0,   OPT_STR,  console_socket, "PATH",   "send the terminal to the socket at PATH"),
	ROW("detach",         'd', OPT_FLAG, detach,         NULL,     "do not wait for the program"),
	ROW("no-pivot",       0,   OPT_FLAG, no_pivot,       NULL,     "as it was given to create"),
	ROW("no-subreaper",   0,   OPT_FLAG, no_subreaper,   NULL,     "accepted and ignored"),
	ROW("tcp-close",      0,   OPT_FLAG, tcp_close,      NULL,     "connections come back closed"),
	ROW("lsm-profile",    0,   OPT_STR,  lsm_profile,    "TYPE:NAME", "another profile of the security module"),
	ROW("lsm-mount-context", 0, OPT_STR, lsm_mount_context, "CONTEXT", "another context of the mounts"),
	END,
};
/* clang-format on */

/* Is there such a program in PATH? */
static bool
in_path(const char *name)
{
	const char *path = getenv("PATH");
	size_t n;

	for (path = path ? path : "/usr/sbin:/usr/bin:/sbin:/bin"; *path; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		if (!sys_faccessat(AT_FDCWD, text_make("%.*s/%s", (int)n, path, name), X_OK))
			return true;
	}
	return false;
}

static int
cannot(struct cmd *c)
{
	if (!in_path("criu"))
		return fail(c, "processes are written to files and made from them by criu, which is not in PATH");
	return fail(c, "this mote does not drive criu: nothing was done");
}

int
cmd_checkpoint(struct cmd *c)
{
	struct work *w = NEW(struct work);
	if (!job_state(c, w) || !allowed(c, state_status(&w->state, state_dir_of(c, w->state.id))))
		return fail_diag(c);
	return cannot(c);
}

int
cmd_restore(struct cmd *c)
{
	return id_valid(c->args[0], &c->diag) ? cannot(c) : fail_diag(c);
}

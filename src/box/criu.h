/* SPDX-License-Identifier: MIT */
/* criu.h - processes written to files and made from them, by criu's own program (feature CRIU)
 *
 * criu.c      criu as a child that takes requests (`criu swrk FD`), and its words when it fails
 * criuopts.c  what a request says: mounts, namespaces, descriptors and cgroups that come from outside
 * criudo.c    the dump, and the restore's stage and steps */
#ifndef BOX_CRIU_H
#define BOX_CRIU_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/out.h"
#include "base/proto.h"
#include "box/plan.h"

struct run;
struct state;

/* Request and response types of criu's rpc.proto. */
enum criu_type { CRIU_DUMP = 1, CRIU_RESTORE = 2, CRIU_PRE_DUMP = 4, CRIU_NOTIFY = 6, CRIU_FEATURES = 9, CRIU_VERSION = 10 };

/* What the verbs were asked for; absent strings are NULL. */
struct criu_wish {
	const char *images, *work; /* folders, absolute; work NULL: images */
	const char *parent;        /* from images on */
	const char *page_server;   /* ADDRESS:PORT */
	const char *lsm_profile, *lsm_mount_context;
	unsigned cgroups_mode;     /* criu_cg_mode */
	int status_fd;             /* -1: none */
	bool leave_running, tcp_established, tcp_skip_in_flight, tcp_close, link_remap, ext_unix_sk, shell_job, lazy_pages;
	bool file_locks, pre_dump, auto_dedup;
};

/* One criu. */
struct criu {
	struct criu_wish wish;
	const char *program;       /* its path */
	unsigned version;          /* 31701 is 3.17.1 */
	char *const *envp;
	const char *log;           /* its file in the work folder */
	int images, work;          /* descriptors of the folders; criu finds them in /proc/PID/fd */
	int ns[2], stdio[3], null; /* restore: what criu inherits; -1 */
	int sock;                  /* -1: not begun */
	pid_t pid;                 /* 0: not begun */
	struct run *run;           /* restore: who walks the plan; NULL for a dump */
	const struct plan *like;   /* the plan that would make such a container: its mounts are looked up there */
	const char *why;           /* what went wrong, a whole sentence; arena */
};

/* Opens the folders (images is made for a dump), begins criu, and asks it for its version: 3.15 at least.  In the child of a restore
 * the container's root is made a mount of its own first, in a mount namespace that ends with criu.  False with c->why. */
bool criu_begin(struct criu *c);

/* Sends a request and answers criu's notifications until its response is there.  False with c->why when criu has failed. */
bool criu_ask(struct criu *c, enum criu_type type, const struct out *opts, struct proto *reply);

/* Lets criu end and waits for that. */
void criu_end(struct criu *c);

/* --- criuopts.c */

/* The options of either request. */
void criu_opts_dump(struct criu *c, struct out *o, const struct state *s, const struct job *j);
bool criu_opts_restore(struct criu *c, struct out *o, const struct job *j);

/* Opens what criu is to inherit, before it begins.  False with c->why. */
bool criu_open_outside(struct criu *c, const struct spec *s);

/* --- criudo.c */

/* The child of a restore: a mount namespace in which the root is a mount and all mount points are there.  0 or -errno. */
int criu_enter(struct criu *c);

/* Writes the container of s.  False with c->why; the container then goes on as before. */
bool criu_dump(struct criu *c, const struct state *s, const struct job *j);

/* What criu asks for in the middle of a restore; a descriptor may come with it, and stays the caller's.  False: criu gives up. */
bool criu_told(struct criu *c, const char *script, pid_t pid, int fd);

/* Stage of a restore. */
void plan_criu(struct plan *p, const struct job *j);

#endif

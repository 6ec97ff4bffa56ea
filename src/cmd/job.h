/* SPDX-License-Identifier: MIT */
/* job.h - from a bundle to a plan: what create, run, start, plan and delete share */
#ifndef CMD_JOB_H
#define CMD_JOB_H

#include "box/facts.h"
#include "box/image.h"
#include "box/plan.h"
#include "box/replay.h"
#include "box/state.h"
#include "box/watch.h"
#include "bundle/bundle.h"
#include "cmd/cmd.h"

/* Everything one container needs, in one place that lives as long as the process. */
struct work {
	struct bundle bundle;
	struct spec spec;
	struct facts facts;
	struct job job;
	struct plan plan;
	struct run run;
	struct state state;
	pid_t caller; /* whom the container must not outlive; 0: it may */
	struct timing *timing; /* NULL: nobody asked */
	IF_CRIU(struct criu *criu;) /* of restore */
	int link; /* to whoever called, from a mote that stays; -1: this mote is the one that was called (supervise.c) */
#if HAVE_IMAGE
	struct image image; /* dir is set: the bundle is one */
#endif
#if HAVE_REAPER
	struct logger log;
	struct watch watch;
#endif
};

/* box/self.h, for the verb; false with its sentence said. */
bool job_protect(struct cmd *c);

/* Fills job and facts from the command's options for the loaded w->bundle and w->spec, judges them, compiles the filter and
 * builds the plan.  False with faults in c->diag. */
bool job_prepare(struct cmd *c, struct work *w, enum goal goal, const char *id);

/* Opens and loads the bundle named by --bundle and --config, with what overrides it.  With an id, that may be an image, or have
 * --overlay: its state folder is then made. */
bool job_bundle(struct cmd *c, struct work *w, const char *id);

/* With --verify: is the bundle that was opened what it says?  False with faults. */
bool job_verify(struct cmd *c, struct work *w);

/* image.c: what job_bundle does about an image before it is opened and behind that; job_image_undo when a plan has not
 * begun: takes it away again. */
bool image_begin(struct cmd *c, struct work *w, const char *id);
bool image_ready(struct cmd *c, struct work *w);
void image_undo(struct work *w);

/* run FILE [ID]: is the operand an image?  *id becomes the container's.  False with a fault. */
bool image_operand(struct cmd *c, const char **id);

/* For digest and verify: where *operand is no folder but an image, an archive or an image layout, makes the bundle in it appear
 * where only this process sees it, and *operand its path.  The exit status; a fault has been said. */
int image_look(struct cmd *c, struct work *w, const char **operand);

/* The same for start, from w->state and the config that was kept: nothing is judged or compiled again; false when the list is
 * not the one that create has walked. */
bool job_rebuild(struct cmd *c, struct work *w);

/* The list that create would walk for w->state and the config that was kept. */
void job_replan(struct cmd *c, struct work *w);

/* The same for exec: w->spec with the process to run, w->job.target the container; nothing of the container is judged again. */
bool job_exec(struct cmd *c, struct work *w, const struct target *t);

/* Loads the state of c->args[0] into w->state, and the config that was kept with it into w->spec and w->bundle. */
bool job_state(struct cmd *c, struct work *w);
bool job_config(struct cmd *c, struct work *w);

/* May the verb that was called be used on a container of that status (allowed.c)?  False with a fault in c->diag. */
bool allowed(struct cmd *c, enum status s);

/* Says one error; EXIT_FAIL. */
int fail(struct cmd *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Says the faults of c->diag; EXIT_FAIL. */
int fail_diag(struct cmd *c);

/* What delete does behind the container's end: cgroups, state folder, poststop hooks.  The caller holds the folder's lock.  False after
 * a fault. */
bool container_remove(struct cmd *c, struct work *w, int lock, const char *dir);

/* After run_plan has failed and undone everything: once hooks have run, poststop hooks have their turn as well (M-28). */
void job_failed(struct cmd *c, struct work *w);

/* Is the step that failed a hook? */
bool hook_failed(const struct work *w);

/* The names in ROOT, sorted; containers of which there is no state yet or no more may be among them.  0 or -errno. */
struct names { const char **v; size_t n; };
int state_names(const char *root, struct names *l);

/* --regex: the verb for every container whose id the first operand, a regular expression, fits.  EXIT_FAIL when one fails. */
int each(struct cmd *c, int (*verb)(struct cmd *c));

/* The end of run and of a restore in the foreground: status is the box's wait status, the program's own is returned. */
int container_finish(struct cmd *c, struct work *w, int status);

/* SIGKILL to the container's process and whatever is in its cgroups; waits up to 10 s for the end. */
bool container_kill(struct cmd *c, struct work *w);

#endif

/* SPDX-License-Identifier: MIT */
/* bootstat.c - the status of `mote boot` as a file of tab-separated lines, whoever reads it, and the way to tell it to end */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/boot.h"
#include "cmd/job.h"
#include "sys.h"

static const char *const states[] = {"waiting", "starting", "up", "ready", "stopping", "cleaning", "backoff", "done", "failed",
	"stopped", "skipped"};
static const char *const stages[] = {"onboot", "services", "onshutdown"};
enum { COLUMNS = 8, FILE_MAX = 1 << 20 };
static const char head[] = "name\tstage\tstate\tpid\tstarts\tstatus\tsince\tready\n";

const char *
unit_state_name(const struct unit *u)
{
	return u->state == UNIT_READY && u->stage != BOOT_SERVICES ? "running" : states[u->state];
}

/* Beside the states of the containers, for `list` shows what is in their folder. */
static const char *
run_dir(const struct cmd *c)
{
	return text_make("%s-boot", text_clean(state_dir_of(c, ".")));
}

static int
code(const struct unit *u)
{
	return WIFSIGNALED(u->status) ? 128 + WTERMSIG(u->status) : WEXITSTATUS(u->status);
}

void
status_write(struct boot *b)
{
	const struct unit *u;
	size_t i;

	b->text.len = 0;
	out_str(&b->text, head);
	for (i = 0; i < b->n; i++) {
		u = &b->v[i];
		out_fmt(&b->text, "%s\t%s\t%s\t%d\t%u\t", u->name, stages[u->stage], unit_state_name(u), (int)u->pid, u->starts);
		if (u->ended)
			out_fmt(&b->text, "%d", code(u));
		out_fmt(&b->text, "\t%llu\t", (unsigned long long)(u->begun ? u->begun : 0));
		if (u->is_ready)
			out_fmt(&b->text, "%llu", (unsigned long long)(u->is_ready - u->begun));
		out_str(&b->text, "\n");
	}
	file_replace(AT_FDCWD, b->status, b->text.buf, b->text.len, 0644);
	b->news = false;
}

bool
status_open(struct boot *b)
{
	const char *pid = text_make("%d\n", (int)sys_getpid());
	int e;

	b->run = run_dir(b->c);
	b->status = text_path(b->run, "status");
	b->text = out_mem();
	e = file_mkdirs(b->run, 0755, NULL);
	b->lock = e ? e : sys_openat(AT_FDCWD, b->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (b->lock < 0)
		return diag_fail(&b->c->diag, "%s: %s", b->run, text_errno(b->lock));
	if (sys_flock(b->lock, LOCK_EX | LOCK_NB))
		return diag_fail(&b->c->diag, "another mote keeps containers, %s says which", text_path(b->run, "pid"));
	b->stale = !sys_unlinkat(AT_FDCWD, b->status, 0); /* of one that was killed */
	e = file_replace(b->lock, "pid", pid, strlen(pid), 0644);
	if (!e) { /* stays open: the kernel tells who has it as each pid namespace numbers it */
		e = sys_openat(b->lock, "pid", O_WRONLY | O_CLOEXEC, 0);
		e = e < 0 ? e : sys_fcntl(e, F_SETLK, (long)&(struct flock){.l_type = F_WRLCK});
	}
	return !e || diag_fail(&b->c->diag, "%s: %s", text_path(b->run, "pid"), text_errno(e));
}

void
status_close(struct boot *b)
{
	if (b->lock >= 0)
		file_remove(AT_FDCWD, b->run);
	file_close(&b->lock);
}

/* --- for others ------------------------------------------------------------------------------- */

/* Whoever keeps the containers has a lock on its pid file, and *status is the text of another.  The lock is only asked for: one
 * taken, if for a moment, would have a boot that begins just then refused. */
static bool
kept(struct cmd *c, struct flock *who, char **status)
{
	const char *dir = run_dir(c);
	autofd int fd = sys_openat(AT_FDCWD, text_path(dir, "pid"), O_RDONLY | O_CLOEXEC, 0);

	*who = (struct flock){.l_type = F_RDLCK};
	if (fd < 0 || sys_fcntl(fd, F_GETLK, (long)who) || who->l_type == F_UNLCK ||
		(status && file_read(AT_FDCWD, text_path(dir, "status"), FILE_MAX, status, NULL)))
		return diag_fail(&c->diag, "no mote keeps containers here (%s)", dir);
	return true;
}

int
status_signal(struct cmd *c, int sig)
{
	struct flock who;
	int e;

	if (!kept(c, &who, NULL))
		return fail_diag(c);
	e = who.l_pid > 0 ? sys_kill(who.l_pid, sig) : -ESRCH; /* 0: of a pid namespace that is not below ours */
	return e ? fail(c, "tell the mote that keeps the containers, in this pid namespace: %s", text_errno(e)) : EXIT_OK;
}

/* A column is as wide as its widest cell. */
static void
put_table(struct out *o, const char *text)
{
	size_t width[COLUMNS] = {0}, n, k, i = 0;
	const char *p;

	for (p = text; *p; p += n + 1) {
		n = strcspn(p, "\t\n");
		width[i] = n > width[i] ? n : width[i];
		i = p[n] == '\n' ? 0 : i + (i < COLUMNS - 1);
	}
	for (i = 0, p = text; *p; p += n + 1) {
		n = strcspn(p, "\t\n");
		out_bytes(o, p, n);
		if (p[n] == '\n')
			out_str(o, "\n");
		else
			for (k = n; k < width[i] + 2; k++)
				out_str(o, " ");
		i = p[n] == '\n' ? 0 : i + (i < COLUMNS - 1);
	}
}

int
status_show(struct cmd *c)
{
	struct out o = out_fd(1);
	struct flock who;
	char *text;

	if (c->o.format && !text_eq(c->o.format, "table") && !text_eq(c->o.format, "tsv")) {
		diag_fail(&c->diag, "option --format takes table or tsv, not '%s'", c->o.format);
		return usage(c);
	}
	if (!kept(c, &who, &text))
		return fail_diag(c);
	if (text_eq(c->o.format, "tsv"))
		out_str(&o, text);
	else
		put_table(&o, text);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

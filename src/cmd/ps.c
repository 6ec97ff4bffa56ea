/* SPDX-License-Identifier: MIT */
/* ps.c - the verb ps: mote's own table, a list of pids, or what ps(1) says of them */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/procs.h"
#include "box/replay.h"
#include "cmd/job.h"
#include "cmd/script.h"
#include "sys.h"

enum { SAID_MAX = 64 << 20 };

struct found { pid_t *v; size_t n; };

static const char *
clock_text(uint64_t ticks)
{
	uint64_t s = ticks / 100;

	return text_make("%02u:%02u:%02u", (unsigned)(s / 3600), (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}

/* --- mote's own ------------------------------------------------------------------------------- */

static void
put_row(struct out *o, pid_t pid, const struct proc_info *p)
{
	out_fmt(o, "%-8u %8d %8d %c %9llu %s %s\n", (unsigned)p->uid, (int)pid, (int)p->parent, p->state,
		(unsigned long long)p->rss, clock_text(p->ticks), p->command);
}

static void
put_object(struct jout *j, pid_t pid, const struct proc_info *p)
{
	jout_open(j, NULL, '{');
	jout_int(j, "pid", pid);
	jout_int(j, "ppid", p->parent);
	jout_uint(j, "uid", p->uid);
	jout_str(j, "state", (const char[]){p->state, 0});
	jout_uint(j, "rss", p->rss);
	jout_str(j, "time", clock_text(p->ticks));
	jout_str(j, "command", p->command);
	jout_close(j, '}');
}

/* A process that has ended meanwhile has no row. */
static int
show(struct cmd *c, const struct found *f, enum format format)
{
	autofd int proc = proc_fd();
	struct out o = out_fd(1), text = out_mem();
	struct jout j = {.o = &text};
	struct proc_info info;
	size_t i;

	if (proc < 0)
		return fail(c, "open /proc: %s", text_errno(proc));
	if (format == FORMAT_TABLE)
		out_fmt(&o, "%-8s %8s %8s S %9s %-8s %s\n", "UID", "PID", "PPID", "RSS", "TIME", "CMD");
	jout_open(&j, NULL, '[');
	for (i = 0; i < f->n; i++) {
		if (!proc_info(proc, f->v[i], &info))
			continue;
		if (format == FORMAT_TABLE)
			put_row(&o, f->v[i], &info);
		else
			put_object(&j, f->v[i], &info);
	}
	jout_close(&j, ']');
	IF_SCRIPTS(if (format > FORMAT_JSON) script_put(&o, c, 1, format, out_text(&text));)
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

static int
show_json(const struct found *f)
{
	struct out o = out_fd(1);
	struct jout j = {.o = &o};
	size_t i;

	jout_open(&j, NULL, '[');
	for (i = 0; i < f->n; i++)
		jout_int(&j, NULL, f->v[i]);
	jout_close(&j, ']');
	jout_end(&j);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

/* --- ps(1) ------------------------------------------------------------------------------------ */

/* Tries each folder of PATH; comes back only when ps is in none. */
static void
execute_ps(char **argv, char **envp)
{
	const char *path = getenv("PATH");
	size_t n;

	for (path = path ? path : "/bin:/usr/bin"; *path; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		sys_execve(text_make("%.*s/ps", (int)n, path), argv, envp);
	}
}

/* What ps(1) prints with these arguments, errors too; its exit status, or -errno. */
static int
ask_ps(struct cmd *c, char **said)
{
	int fds[2], status, e = sys_pipe2(fds, O_CLOEXEC);
	pid_t pid;

	if (e)
		return e;
	c->args[0] = (char[]){"ps"};
	c->args[c->nargs] = NULL;
	pid = sys_clone(SIGCHLD, NULL);
	if (pid == 0) {
		sys_dup3(fds[1], 1, 0);
		sys_dup3(fds[1], 2, 0);
		execute_ps(c->args, c->envp);
		sys_exit_group(127);
	}
	sys_close(fds[1]);
	if (pid < 0)
		return pid;
	e = file_read(AT_FDCWD, text_make("/proc/self/fd/%d", fds[0]), SAID_MAX, said, NULL);
	sys_close(fds[0]);
	if (sys_wait4(pid, &status, 0, NULL) != pid)
		return -ECHILD;
	return e ? e : WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* The line's word number `column`, as a pid. */
static bool
is_ours(const struct found *f, const char *line, int column)
{
	uint64_t pid;
	size_t i;

	for (; column > 0; column--) {
		line += strspn(line, " ");
		line += strcspn(line, " \n");
	}
	line += strspn(line, " ");
	if (!text_u64_prefix(line, &line, &pid))
		return false;
	for (i = 0; i < f->n; i++)
		if ((uint64_t)f->v[i] == pid)
			return true;
	return false;
}

static int
column_of(const char *line, const char *word)
{
	int column = 0;
	size_t n, len = strlen(word);

	for (line += strspn(line, " "); *line && *line != '\n'; line += n, line += strspn(line, " "), column++) {
		n = strcspn(line, " \n");
		if (n == len && !memcmp(line, word, n))
			return column;
	}
	return -1;
}

static int
show_ps(struct cmd *c, const struct found *f)
{
	struct out o = out_fd(1);
	char *said;
	const char *line;
	int status = ask_ps(c, &said), column;
	size_t n;

	if (status < 0)
		return fail(c, "run ps: %s", text_errno(status));
	if (status == 127)
		return fail(c, "exec: \"ps\": executable file not found in $PATH");
	if (status)
		return fail(c, "ps ended with status %d: %.*s", status, (int)strcspn(said, "\n"), said);
	column = column_of(said, "PID");
	if (column < 0)
		return fail(c, "what ps printed has no column PID");
	for (line = said; *line; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line == said || is_ours(f, line, column))
			out_bytes(&o, line, n);
	}
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

int
cmd_ps(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct found f;
	enum format format;
	enum status status;
	int e;

	if (!format_take(c, FORMAT_TABLE, 1, true, &format))
		return usage(c);
	if (!job_state(c, w))
		return fail_diag(c);
	status = state_status(&w->state, state_dir_of(c, w->state.id));
	e = procs_of(&w->state, &f.v, &f.n);
	if (e)
		return fail(c, "list the processes: %s", text_errno(e));
	if (!(status == STATUS_STOPPED && f.n) && !allowed(c, status))
		return fail_diag(c);
	if (format == FORMAT_JSON)
		return show_json(&f);
	return format == FORMAT_TABLE && c->nargs > 1 ? show_ps(c, &f) : show(c, &f, format);
}

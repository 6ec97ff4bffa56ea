/* SPDX-License-Identifier: MIT */
/* measure.c - what starting a command costs: time, memory, system calls, instructions.
 *
 *   measure time  [-n ROUNDS] [-w WARMUP] [-g GAP_MS] [-o RAW] NAME CMD... [++ NAME CMD...]...
 *   measure count [-n ROUNDS] NAME CMD... [++ NAME CMD...]...
 *   measure trace [-n ROUNDS] [-x PAYLOAD] NAME CMD... [++ NAME CMD...]...
 *   measure steps NAME CMD... [++ NAME CMD...]...
 *
 * `time` runs the commands in turns, each round in another order, so that a busy minute of the
 * machine and what one tool leaves to the kernel to clean up fall on all alike.  `count` asks the
 * kernel's performance counters, `trace` follows every process with ptrace, `steps` counts user
 * instructions one by one, for machines without a counter.  An argument of a single @ becomes a new
 * name in each run.  Output is tab-separated with a header; -e FILE takes the commands' stderr.
 *
 * Why not wait4's ru_maxrss: it starts from the memory of the process that called exec, so a small
 * program shows its shell's size; and it says nothing of processes that other processes reaped.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_TOOLS = 16, MAX_ARGS = 64, MAX_TASKS = 512, MAX_IMAGES = 256, ID_ROOM = 48 };
enum { SYSCALL_ENTRY = 1, SYSCALL_EXIT = 2 };

struct tool {
	const char *name;
	char **argv;
	int argc;
	unsigned failed;
	double *value; /* one a round */
};

struct options {
	int rounds, warmup, gap_ms;
	const char *raw, *errors, *payload;
	struct tool tool[MAX_TOOLS];
	int tools;
};

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- the command line ------------------------------------------------------------------------ */

static void
add_tool(struct options *o, char **argv, int argc)
{
	struct tool *t = &o->tool[o->tools++];

	if (argc < 2 || argc > MAX_ARGS || o->tools == MAX_TOOLS) {
		fprintf(stderr, "measure: NAME CMD... expected\n");
		exit(64);
	}
	t->name = argv[0];
	t->argv = argv + 1;
	t->argc = argc - 1;
	argv[argc] = NULL;
}

static void
parse(struct options *o, int argc, char **argv)
{
	int c, from;

	o->rounds = 1;
	while ((c = getopt(argc, argv, "+n:w:g:o:e:x:")) != -1) {
		switch (c) {
		case 'n': o->rounds = atoi(optarg); break;
		case 'w': o->warmup = atoi(optarg); break;
		case 'g': o->gap_ms = atoi(optarg); break;
		case 'o': o->raw = optarg; break;
		case 'e': o->errors = optarg; break;
		case 'x': o->payload = optarg; break;
		default: exit(64);
		}
	}
	for (from = c = optind; c <= argc; c++) {
		if (c < argc && strcmp(argv[c], "++"))
			continue;
		add_tool(o, argv + from, c - from);
		from = c + 1;
	}
	if (o->rounds < 1)
		o->rounds = 1;
	for (c = 0; c < o->tools; c++)
		o->tool[c].value = calloc((size_t)o->rounds, sizeof *o->tool[c].value);
}

/* The arguments of one run: a fresh name for every @, which runtimes want of a container. */
static char **
fill(const struct tool *t)
{
	static char *out[MAX_ARGS + 1], id[ID_ROOM];
	static unsigned run;
	int i;

	snprintf(id, sizeof id, "bench-%d-%u", (int)getpid(), run++);
	for (i = 0; i < t->argc; i++)
		out[i] = strcmp(t->argv[i], "@") ? t->argv[i] : id;
	out[i] = NULL;
	return out;
}

static void
redirect(const struct options *o)
{
	const char *errors = o->errors ? o->errors : "/dev/null";
	int err = open(errors, O_WRONLY | O_CREAT | O_APPEND, 0644);
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || err < 0)
		_exit(126);
	dup2(null, 0);
	dup2(null, 1);
	dup2(err, 2);
	close(null);
	close(err);
}

/* ---- time ------------------------------------------------------------------------------------ */

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
rest(int ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	if (ms > 0)
		nanosleep(&t, NULL);
}

/* From before the start (a vfork, so that our size does not count) to the end of the process that
 * was started. */
static double
time_run(struct tool *t, posix_spawn_file_actions_t *files)
{
	char **argv = fill(t);
	double start = now_us();
	int status, e;
	pid_t pid;

	e = posix_spawnp(&pid, argv[0], files, NULL, argv, environ);
	if (e) {
		errno = e;
		die(argv[0]);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	start = now_us() - start;
	t->failed += status != 0;
	return start;
}

/* Another order each round; the same orders in each call. */
static void
shuffle(int *order, int n)
{
	static uint32_t x = 2463534242u;
	int i, j, swap;

	for (i = n - 1; i > 0; i--) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		j = (int)(x % (uint32_t)(i + 1));
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
print_raw(const struct options *o)
{
	FILE *f = fopen(o->raw, "w");
	int i, j;

	if (!f)
		die(o->raw);
	for (i = 0; i < o->tools; i++)
		fprintf(f, "%s%c", o->tool[i].name, i + 1 < o->tools ? '\t' : '\n');
	for (j = 0; j < o->rounds; j++)
		for (i = 0; i < o->tools; i++)
			fprintf(f, "%.1f%c", o->tool[i].value[j], i + 1 < o->tools ? '\t' : '\n');
	if (fclose(f))
		die(o->raw);
}

static void
mode_time(struct options *o)
{
	int round, i, n = o->rounds, order[MAX_TOOLS];
	posix_spawn_file_actions_t files;
	struct tool *t;
	double us;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, o->errors ? o->errors : "/dev/null",
		O_WRONLY | O_CREAT | O_APPEND, 0644);
	for (i = 0; i < o->tools; i++)
		order[i] = i;
	for (round = -o->warmup; round < n; round++) {
		shuffle(order, o->tools);
		for (i = 0; i < o->tools; i++) {
			us = time_run(&o->tool[order[i]], &files);
			if (round >= 0)
				o->tool[order[i]].value[round] = us;
			rest(o->gap_ms);
		}
	}
	if (o->raw)
		print_raw(o);
	printf("tool\trounds\tfailed\tmin_us\tp10_us\tmedian_us\tp90_us\tmax_us\n");
	for (t = o->tool; t < o->tool + o->tools; t++) {
		qsort(t->value, (size_t)n, sizeof *t->value, compare);
		printf("%s\t%d\t%u\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\n", t->name, n, t->failed,
			t->value[0], t->value[n / 10], t->value[n / 2], t->value[n * 9 / 10],
			t->value[n - 1]);
	}
}

/* ---- count ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct counter {
	const char *name;
	uint32_t type;
	uint64_t config;
	bool no_user, no_kernel;
} counters[] = {
	{ "cpu_us", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, false, false },
	{ "page_faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, false, false },
	{ "switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, false, false },
	{ "insn_user", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, false, true },
	{ "insn_kernel", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, true, false },
};
/* clang-format on */
#define COUNTERS (sizeof counters / sizeof counters[0])

static int
open_counter(const struct counter *c, pid_t pid)
{
	struct perf_event_attr a = {.size = sizeof a};

	a.type = c->type;
	a.config = c->config;
	a.disabled = a.enable_on_exec = a.inherit = 1;
	a.exclude_user = c->no_user;
	a.exclude_kernel = c->no_kernel;
	a.exclude_hv = c->no_user || c->no_kernel;
	return (int)syscall(SYS_perf_event_open, &a, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Counts of the command and of all its children; -1 where the machine has no such counter. */
static void
count_run(const struct options *o, struct tool *t, double *out)
{
	int go[2], fd[COUNTERS], status;
	char **argv = fill(t), byte;
	uint64_t v;
	size_t i;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		die("fork");
	if (pid == 0) {
		redirect(o);
		close(go[1]);
		if (read(go[0], &byte, 1) == 0)
			execvp(argv[0], argv);
		_exit(127);
	}
	for (i = 0; i < COUNTERS; i++)
		fd[i] = open_counter(&counters[i], pid);
	close(go[0]);
	close(go[1]);
	waitpid(pid, &status, 0);
	t->failed += status != 0;
	for (i = 0; i < COUNTERS; i++) {
		out[i] = fd[i] >= 0 && read(fd[i], &v, sizeof v) == sizeof v ? (double)v : -1;
		if (fd[i] >= 0)
			close(fd[i]);
	}
	out[0] = out[0] < 0 ? -1 : out[0] / 1e3;
}

static void
mode_count(struct options *o)
{
	size_t rounds = (size_t)o->rounds, i, r;
	double *all, one[COUNTERS];
	struct tool *t;

	all = calloc(rounds * COUNTERS, sizeof *all);
	printf("tool\trounds\tfailed");
	for (i = 0; i < COUNTERS; i++)
		printf("\t%s", counters[i].name);
	printf("\n");
	for (t = o->tool; t < o->tool + o->tools; t++) {
		for (r = 0; r < rounds; r++) {
			count_run(o, t, one);
			for (i = 0; i < COUNTERS; i++)
				all[i * rounds + r] = one[i];
		}
		printf("%s\t%zu\t%u", t->name, rounds, t->failed);
		for (i = 0; i < COUNTERS; i++) {
			qsort(all + i * rounds, rounds, sizeof *all, compare);
			if (all[i * rounds] < 0)
				printf("\tn/a");
			else
				printf("\t%.0f", all[i * rounds + rounds / 2]);
		}
		printf("\n");
	}
	free(all);
}

/* ---- trace: every process, from its first instruction to its last ---------------------------- */

/* A task is a thread; an image is what one process was between two execs. */
struct task {
	pid_t tid;
	int image;
};

struct image {
	pid_t pid;
	char exe[64];
	int tasks;
	bool vanished;                /* replaced by exec */
	unsigned long hwm, rss, anon; /* KiB */
	unsigned long calls, errors, steps;
};

struct trace {
	struct task task[MAX_TASKS];
	struct image image[MAX_IMAGES];
	int tasks, images;
	bool stepping;
	pid_t first;
	int status;
};

static unsigned long
number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

static bool
read_proc(pid_t tid, const char *name, char *buf, size_t room)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, room - 1);
	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* VmHWM is the kernel's own high-water mark.  Kernels since 6.2 keep it in per-processor parts that
 * lag behind for small processes, so the exact walk of the page tables at this moment, which is
 * smaps_rollup, is taken when it says more. */
static void
sample(struct image *m, pid_t tid)
{
	char buf[4096];
	unsigned long v;

	if (read_proc(tid, "status", buf, sizeof buf)) {
		v = number_after(buf, "\nVmHWM:");
		if (v > m->hwm)
			m->hwm = v;
	}
	if (read_proc(tid, "smaps_rollup", buf, sizeof buf)) {
		v = number_after(buf, "\nRss:");
		if (v > m->rss)
			m->rss = v;
		v = number_after(buf, "\nAnonymous:");
		if (v > m->anon)
			m->anon = v;
	}
	if (m->rss > m->hwm)
		m->hwm = m->rss;
}

static int
new_image(struct trace *t, pid_t pid)
{
	struct image *m = &t->image[t->images];
	char path[64], comm[32];
	ssize_t n;

	if (t->images == MAX_IMAGES)
		die("too many processes");
	memset(m, 0, sizeof *m);
	m->pid = pid;
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	n = readlink(path, m->exe, sizeof m->exe - 1);
	m->exe[n > 0 ? n : 0] = '\0';
	/* A program on a mount that is detached by now, a copy of itself say, has no path. */
	if (n <= 1 && read_proc(pid, "comm", comm, sizeof comm))
		snprintf(m->exe, sizeof m->exe, "(%.*s)", (int)strcspn(comm, "\n"), comm);
	return t->images++;
}

static struct task *
find_task(struct trace *t, pid_t tid)
{
	int i;

	for (i = 0; i < t->tasks; i++)
		if (t->task[i].tid == tid)
			return &t->task[i];
	return NULL;
}

/* A thread joins the image of its process, anything else begins one. */
static struct task *
add_task(struct trace *t, pid_t tid)
{
	struct task *k = &t->task[t->tasks++];
	char buf[4096];
	pid_t pid;
	int i;

	if (t->tasks == MAX_TASKS || !read_proc(tid, "status", buf, sizeof buf))
		die("a task that cannot be followed");
	pid = (pid_t)number_after(buf, "\nTgid:");
	k->tid = tid;
	k->image = -1;
	for (i = t->images - 1; i >= 0 && k->image < 0; i--)
		if (t->image[i].pid == pid && !t->image[i].vanished && t->image[i].tasks > 0)
			k->image = i;
	if (k->image < 0)
		k->image = new_image(t, pid);
	t->image[k->image].tasks++;
	return k;
}

static void
drop_task(struct trace *t, pid_t tid)
{
	struct task *k = find_task(t, tid);

	if (!k)
		return;
	t->image[k->image].tasks--;
	*k = t->task[--t->tasks];
}

static void
on_syscall(struct trace *t, struct task *k)
{
	/* struct ptrace_syscall_info, whose header clashes with musl's: op, then entry.nr or
	 * exit.is_error behind a fixed head of 24 bytes. */
	struct {
		uint8_t op, pad[3];
		uint32_t arch;
		uint64_t ip, sp, nr_or_value;
		uint8_t more[56];
	} info;
	struct image *m = &t->image[k->image];

	if (ptrace(0x420e, k->tid, (void *)sizeof info, &info) < 0)
		die("PTRACE_GET_SYSCALL_INFO");
	if (info.op == SYSCALL_ENTRY) {
		m->calls++;
		/* After an exec the old image can no longer be asked. */
		if (info.nr_or_value == SYS_execve || info.nr_or_value == SYS_execveat)
			sample(m, k->tid);
	} else if (info.op == SYSCALL_EXIT) {
		m->errors += info.more[0] != 0;
	}
}

/* After exec one thread is left, under the process' number, and it is another program. */
static void
on_exec(struct trace *t, struct task *k)
{
	unsigned long former = 0;
	struct task *other;

	if (ptrace(PTRACE_GETEVENTMSG, k->tid, 0, &former) == 0 && (pid_t)former != k->tid) {
		other = find_task(t, (pid_t)former);
		if (other)
			drop_task(t, (pid_t)former);
		k = find_task(t, k->tid);
	}
	t->image[k->image].tasks--;
	t->image[k->image].vanished = true;
	k->image = new_image(t, k->tid);
	t->image[k->image].tasks = 1;
}

/* What a stopped task is told when it goes on: the signal to deliver. */
static int
on_stop(struct trace *t, struct task *k, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	if (sig == (SIGTRAP | 0x80)) {
		on_syscall(t, k);
		return 0;
	}
	if (event == PTRACE_EVENT_EXEC)
		on_exec(t, k);
	else if (event == PTRACE_EVENT_EXIT)
		sample(&t->image[k->image], k->tid);
	else if (sig == SIGTRAP && !event && t->stepping)
		t->image[k->image].steps++;
	else if (!event && sig != SIGTRAP)
		return sig;
	return 0;
}

static void
follow(struct trace *t)
{
	int status, sig;
	struct task *k;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			drop_task(t, tid);
			if (tid == t->first)
				t->status = status;
			continue;
		}
		k = find_task(t, tid);
		sig = 0;
		if (k)
			sig = on_stop(t, k, status);
		else
			add_task(t, tid);
		/* ESRCH: killed meanwhile; its end is reported too. */
		if (ptrace(t->stepping ? PTRACE_SINGLESTEP : PTRACE_SYSCALL, tid, 0, sig) < 0 &&
			errno != ESRCH)
			die("ptrace");
	}
}

static void
trace_run(const struct options *o, struct tool *tool, struct trace *t)
{
	const long opts = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT |
			  PTRACE_O_EXITKILL;
	char **argv = fill(tool);
	int status;

	t->tasks = t->images = 0;
	t->first = fork();
	if (t->first < 0)
		die("fork");
	if (t->first == 0) {
		redirect(o);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(t->first, &status, 0);
	if (ptrace(PTRACE_SETOPTIONS, t->first, 0, opts) < 0)
		die("PTRACE_SETOPTIONS");
	add_task(t, t->first);
	ptrace(t->stepping ? PTRACE_SINGLESTEP : PTRACE_SYSCALL, t->first, 0, 0);
	follow(t);
	tool->failed += t->status != 0;
}

static bool
is_payload(const struct options *o, const struct image *m)
{
	return o->payload && !strcmp(m->exe, o->payload);
}

/* One line an image; the first image is our own fork before its exec, and is left out. */
static void
print_images(const struct options *o, const struct tool *tool, const struct trace *t)
{
	const struct image *m;

	for (m = t->image + 1; m < t->image + t->images; m++)
		printf("image\t%s\t%s\t%s\t%lu\t%lu\t%lu\t%lu\t%lu\n", tool->name,
			is_payload(o, m) ? "payload" : "runtime", *m->exe ? m->exe : "?", m->calls,
			m->errors, m->hwm, m->rss, m->anon);
}

/* The sums leave the payload out: it is not the runtime's. */
static void
print_total(const struct options *o, const struct tool *tool, const struct trace *t)
{
	unsigned long calls = 0, errors = 0, peak = 0, anon = 0;
	int images = 0, pids = 0;
	const struct image *m;
	pid_t last = 0;

	for (m = t->image + 1; m < t->image + t->images; m++) {
		if (is_payload(o, m))
			continue;
		calls += m->calls;
		errors += m->errors;
		peak = m->hwm > peak ? m->hwm : peak;
		anon = m->anon > anon ? m->anon : anon;
		images++;
		pids += m->pid != last;
		last = m->pid;
	}
	printf("total\t%s\t%d\t%d\t%lu\t%lu\t%lu\t%lu\n", tool->name, pids, images, calls, errors,
		peak, anon);
}

static void
mode_trace(struct options *o)
{
	static struct trace t;
	struct tool *tool;
	int i;

	printf("#image\ttool\twhose\texe\tsyscalls\terrors\tvmhwm_kb\trss_at_end_kb\tanon_kb\n");
	printf("#total\ttool\tprocesses\timages\tsyscalls\terrors\tpeak_kb\tanon_kb\n");
	for (tool = o->tool; tool < o->tool + o->tools; tool++) {
		for (i = 0; i < o->rounds; i++) {
			trace_run(o, tool, &t);
			if (i == 0)
				print_images(o, tool, &t);
			print_total(o, tool, &t);
		}
		if (tool->failed)
			printf("failed\t%s\t%u\n", tool->name, tool->failed);
	}
}

static void
mode_steps(struct options *o)
{
	static struct trace t = {.stepping = true};
	unsigned long own, payload;
	struct tool *tool;
	struct image *m;

	printf("tool\tfailed\tsteps_user\tsteps_payload\n");
	for (tool = o->tool; tool < o->tool + o->tools; tool++) {
		trace_run(o, tool, &t);
		own = payload = 0;
		for (m = t.image + 1; m < t.image + t.images; m++)
			*(is_payload(o, m) ? &payload : &own) += m->steps;
		printf("%s\t%u\t%lu\t%lu\n", tool->name, tool->failed, own, payload);
		fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	static struct options o;
	static const struct {
		const char *name;
		void (*run)(struct options *o);
	} modes[] = {{"time", mode_time}, {"count", mode_count}, {"trace", mode_trace},
		{"steps", mode_steps}};
	size_t i;

	for (i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++) {
		if (strcmp(argv[1], modes[i].name))
			continue;
		parse(&o, argc - 1, argv + 1);
		modes[i].run(&o);
		return 0;
	}
	fputs("usage: measure time|count|trace|steps [-n N] [...] NAME CMD... [++ ...]\n", stderr);
	return 64;
}

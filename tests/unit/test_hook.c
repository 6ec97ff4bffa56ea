/* SPDX-License-Identifier: MIT */
/* test_hook.c - hooks as HOST and as the box run them: what they get, how they end, what is said */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/hook.h"
#include "box/replay.h"
#include "spec/load.h"
#include "unit.h"

#define SH(script) "{\"path\":\"/bin/sh\",\"args\":[\"sh\",\"-c\",\"" script "\"]}"
#define SH_ENV(script, env) "{\"path\":\"/bin/sh\",\"args\":[\"sh\",\"-c\",\"" script "\"],\"env\":[" env "]}"
#define SH_FOR(seconds, script) \
	"{\"path\":\"/bin/sh\",\"timeout\":" #seconds ",\"args\":[\"sh\",\"-c\",\"" script "\"]}"

static char dir[] = "/tmp/mote-test-hook.XXXXXX";

static const char *
at(const char *name)
{
	return text_path(dir, name);
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The content of a file in dir, "" when there is none. */
static const char *
content(const char *name)
{
	char *buf = arena_get(1 << 16);
	int fd = open(at(name), O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, buf, (1 << 16) - 1) < 0)
		buf[0] = 0;
	close(fd);
	return buf;
}

/* A container without a kernel: what hooks look at. */
struct scene {
	struct spec spec;
	struct job job;
	struct plan plan;
	struct run run;
	char note[NOTE_MAX];
	int slots[4];
};

static bool
set_up(struct scene *s, enum side side, const char *hooks)
{
	char *text = text_make("{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},"
		"\"annotations\":{\"a.b\":\"c\"},\"hooks\":{%s}}", hooks);
	struct diag d = {0};

	memset(s, 0, sizeof *s);
	if (!spec_load_text(&s->spec, text, strlen(text), "hooks", &d)) {
		printf("# %s\n", diag_text(&d.faults[0]));
		return false;
	}
	s->job = (struct job){.spec = &s->spec, .id = "one", .bundle = dir, .rootfs = "/r",
		.state_dir = text_make("%s/state/one", dir)};
	s->run = (struct run){.plan = &s->plan, .job = &s->job, .side = side, .chan = -1, .proc = -1,
		.root = -1, .pid = 4711, .pidfd = -1, .umask = 027, .note = s->note, .slot = s->slots};
	return true;
}

/* Plans all stages and does their steps until one fails; its result. */
static int
play(struct scene *s)
{
	const struct step *st;
	size_t i;
	int e = 0;

	plan_hook_files(&s->plan, &s->job);
	plan_hooks_host(&s->plan, &s->job);
	plan_hooks_box(&s->plan, &s->job);
	plan_hooks_start(&s->plan, &s->job);
	plan_hooks_after(&s->plan, &s->job);
	for (i = 0; i < s->plan.n && !e; i++) {
		st = &s->plan.v[i];
		s->run.side = st->side;
		s->note[0] = 0;
		if (st->op == OP_hook_file)
			e = do_hook_file(&s->run, st);
		else if (st->op == OP_hook_state)
			e = do_hook_state(&s->run, st);
		else
			e = do_hook(&s->run, st);
	}
	return e;
}

/* --- one hook: its end ------------------------------------------------------------------------ */

static const struct {
	const char *name, *hook, *note; /* note: NULL = the hook succeeds; else what it must begin with */
	int from, to;                   /* milliseconds that it may take */
} ends[] = {
	{"success", SH("exit 0"), NULL, 0, 2000},
	{"success with output", SH("echo out; echo err >&2"), NULL, 0, 2000},
	{"a status", SH("exit 3"), "exited with status 3", 0, 2000},
	{"a status and the last line", SH("echo first; echo the reason >&2; exit 3"), "exited with status 3: the reason", 0, 2000},
	{"a last line without its end", SH("printf 'a\\\\nb'; exit 3"), "exited with status 3: b", 0, 2000},
	{"empty lines at the end", SH("printf 'b \\\\n\\\\r\\\\n\\\\n'; exit 3"), "exited with status 3: b", 0, 2000},
	{"a signal", SH("echo x; kill -9 $$"), "killed by signal 9: x", 0, 2000},
	{"a missing program", "{\"path\":\"/no/such/program\"}", "cannot be executed: no such file or directory", 0, 2000},
	{"a folder as program", "{\"path\":\"/tmp\"}", "cannot be executed: permission denied", 0, 2000},
	{"a file that is no program", "{\"path\":\"/etc/passwd\"}", "cannot be executed: permission denied", 0, 2000},
	{"a megabyte of output", SH("head -c 1000000 /dev/zero; echo; echo end; exit 4"), "exited with status 4: end", 0, 5000},
	{"a megabyte in one line", SH("head -c 1000000 /dev/zero | tr '\\\\0' x; exit 4"), "exited with status 4: xxx", 0, 5000},
	{"input that nobody reads", SH("exec <&-; exit 0"), NULL, 0, 2000},
	{"output closed early", SH("exec >&- 2>&-; sleep 0.3; exit 5"), "exited with status 5", 250, 2500},
	{"a child that keeps the pipe", SH("sleep 4 & exit 0"), NULL, 0, 2000},
	{"the same with a failure", SH("sleep 4 & echo y; exit 6"), "exited with status 6: y", 0, 2000},
	{"in time", SH_FOR(3, "sleep 0.1"), NULL, 90, 2500},
	{"too late", SH_FOR(1, "echo z >&2; exec sleep 30"), "killed after its timeout of 1 s: z", 950, 2900},
	{"too late and deaf", SH_FOR(1, "trap '' TERM INT HUP; exec sleep 30"), "killed after its timeout of 1 s", 950, 2900},
	{"too late without output", SH_FOR(1, "exec >&- 2>&-; exec sleep 30"), "killed after its timeout of 1 s", 950, 2900},
	{"a timeout past all clocks", SH_FOR(2147483647, "exit 0"), NULL, 0, 2000},
};

static void
test_end(enum side side, size_t i)
{
	static struct scene s;
	const char *list = side == HOST ? "createRuntime" : "createContainer";
	int64_t start = milliseconds();
	bool good;
	int e, took;

	if (!unit_ok(set_up(&s, side, text_make("\"%s\":[%s]", list, ends[i].hook)), "%s loads",
			ends[i].name))
		return;
	e = play(&s);
	took = milliseconds() - start;
	good = ends[i].note ? e < 0 && text_starts(s.note, ends[i].note) : e == 0 && !s.note[0];
	if (!unit_ok(good, "%s: %s", list, ends[i].name))
		printf("#   %d, %s\n", e, s.note);
	if (!unit_ok(took >= ends[i].from && took <= ends[i].to, "%s: %s: in time", list, ends[i].name))
		printf("#   %d ms\n", took);
}

/* --- what a hook gets ------------------------------------------------------------------------- */

/* Each script fails unless what it looks at is right, or prints it as the last line of a failure. */
static const struct {
	const char *name, *hook, *host, *box; /* the note on either side; NULL: success */
} gets[] = {
	{"no environment of mote's", SH("tr '\\\\0' '\\\\n' </proc/$$/environ; exit 1"), "exited with status 1", "exited with status 1"},
	{"its own environment", SH_ENV("tr '\\\\0' '\\\\n' </proc/$$/environ; exit 1", "\"A=b c\",\"D=\""), "exited with status 1: D=", "exited with status 1: D="},
	{"no other descriptor", SH("[ ! -e /proc/$$/fd/9 ]"), NULL, NULL},
	{"three descriptors", SH("[ -e /proc/$$/fd/0 ] && [ -e /proc/$$/fd/1 ] && [ -e /proc/$$/fd/2 ]"), NULL, NULL},
	{"no blocked signals", SH("grep -q '^SigBlk:.0*$' /proc/self/status"), NULL, NULL},
	{"no ignored signals", SH("grep -q '^SigIgn:.0*$' /proc/self/status"), NULL, NULL},
	{"a session of its own", SH("[ $(cut -d' ' -f6 /proc/$$/stat) = $$ ]"), NULL, NULL},
	{"the caller's umask", SH("umask; exit 1"), "exited with status 1: 0022", "exited with status 1: 0027"},
	{"the folder", SH("pwd; exit 1"), "exited with status 1: /tmp/mote-test-hook", "exited with status 1: /usr"},
	{"the program's name without args", "{\"path\":\"/bin/false\"}", "exited with status 1", "exited with status 1"},
};

static void
test_get(enum side side, size_t i)
{
	static struct scene s;
	const char *list = side == HOST ? "createRuntime" : "createContainer";
	const char *want = side == HOST ? gets[i].host : gets[i].box;
	bool whole = i == 0;
	int e;

	if (!set_up(&s, side, text_make("\"%s\":[%s]", list, gets[i].hook)))
		unit_ok(false, "%s loads", gets[i].name);
	s.run.root = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
	e = play(&s);
	close(s.run.root);
	if (!unit_ok(!want ? !e : e < 0 && text_starts(s.note, want) && (!whole || text_eq(s.note, want)),
			"%s: %s", list, gets[i].name))
		printf("#   %d, %s\n", e, s.note);
}

/* --- the state, the order --------------------------------------------------------------------- */

/* The lists in the order of a life; every hook writes down what it was told. */
static void
test_state(void)
{
	static const char *const kinds[] = {"prestart", "createRuntime", "createContainer",
		"startContainer", "poststart"};
	static const char *const words[] = {"creating", "creating", "creating", "created", "running"};
	static struct scene s;
	const char *file = at("told"), *p;
	const char *lists = "";
	size_t i;

	for (i = ROWS(kinds); i-- > 0;) /* the order of the file is not the order of the lists */
		lists = text_make("%s%s\"%s\":[%s,%s]", lists, *lists ? "," : "", kinds[i],
			text_make(SH("cat >>%s; echo %s >>%s"), file, kinds[i], file),
			text_make(SH("cat >>%s; echo again >>%s"), file, file));
	unit_ok(set_up(&s, HOST, lists) && play(&s) == 0, "all lists run");
	p = content("told");
	for (i = 0; i < ROWS(kinds) && p; i++) {
		const char *line = text_make("\"status\":\"%s\",\"pid\":4711,\"bundle\":\"%s\"", words[i], dir);
		const char *got = strstr(p, line), *end = strstr(p, text_make("}\n%s\n", kinds[i]));

		unit_ok(got && end && got < end, "%s is told its state", kinds[i]);
		p = end ? strstr(end, "again\n") : NULL;
		unit_ok(p && strstr(end, line) && strstr(end, line) < p, "%s, second hook: again all of it",
			kinds[i]);
	}
	p = content("told");
	unit_ok(strstr(p, "\"id\":\"one\"") && strstr(p, "\"a.b\":\"c\"") && p[0] == '{',
		"id and annotations are there");
}

static void
test_stop_at_failure(void)
{
	static struct scene s;
	const char *file = at("after");

	set_up(&s, HOST, text_make("\"prestart\":[%s,%s],\"createRuntime\":[%s]", SH("exit 9"),
		text_make(SH("echo >%s"), file), text_make(SH("echo >%s"), file)));
	unit_ok(play(&s) < 0 && access(file, F_OK), "nothing runs behind a failure");
}

static void
test_whole_group(void)
{
	static struct scene s;
	char *end, state = 0;
	const char *stat;
	long pid;
	int fd, i;

	set_up(&s, HOST, text_make("\"prestart\":[%s]",
		text_make(SH_FOR(1, "sleep 50 & echo $! >%s; wait"), at("pid"))));
	play(&s);
	pid = strtol(content("pid"), &end, 10);
	stat = text_make("/proc/%ld/stat", pid);
	for (i = 0; i < 100; i++) { /* gone, or a zombie that nobody has fetched yet */
		char buf[200] = "";

		fd = open(stat, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, buf, sizeof buf - 1) <= 0 || !strchr(buf, ')'))
			state = 'X';
		else
			state = strrchr(buf, ')')[2];
		close(fd);
		if (state == 'X' || state == 'Z')
			break;
		usleep(10000);
	}
	unit_ok(pid > 1 && (state == 'X' || state == 'Z'), "a timeout ends the hook's children too");
}

/* --- start and delete: processes that did not make the box ------------------------------------- */

static void
test_start(void)
{
	static struct scene s;
	struct state st = {.id = "one", .bundle = dir, .rootfs = "/r", .oci_version = "1.2.0",
		.pid = 815, .created = "2026-01-01T00:00:00Z", .owner = "root"};

	set_up(&s, HOST, text_make("\"poststart\":[%s]", text_make(SH("cat >%s"), at("start"))));
	mkdir(at("state"), 0700);
	mkdir(s.job.state_dir, 0700);
	unit_num(state_store(&st, s.job.state_dir), 0, "a state is kept");
	s.run.pid = 0;
	unit_num(play(&s), 0, "poststart of start runs");
	unit_ok(strstr(content("start"), "\"status\":\"running\",\"pid\":815"), "and is told the pid");
}

static void
test_poststop(void)
{
	static struct scene s;
	struct state st = {.id = "one", .bundle = "/no/such/bundle", .oci_version = "1.2.0"};
	struct log log = {.prefix = "mote: delete one"};
	const char *text;

	log.fd = open(at("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	set_up(&s, HOST, text_make("\"poststop\":[%s,%s,%s]", SH("echo sorry; exit 4"),
		"{\"path\":\"/no/such/program\"}", text_make(SH("pwd >%s; cat >>%s"), at("stop"), at("stop"))));
	hooks_poststop(&s.spec.hooks.poststop, &st, &log);
	close(log.fd);
	text = content("log");
	unit_ok(strstr(text, "warning") && strstr(text, "hook poststop /bin/sh: exited with status 4: sorry"),
		"a failing poststop hook is a warning");
	unit_ok(strstr(text, "hook poststop /no/such/program: cannot be executed"), "a missing one too");
	unit_ok(strstr(content("stop"), "\"status\":\"stopped\""), "the next ones run");
	unit_ok(text_starts(content("stop"), "/\n"), "in / when the bundle is gone");
}

int
main(void)
{
	sigset_t set;
	size_t i;

	if (!mkdtemp(dir))
		return 1;
	setenv("LEAK", "of the caller", 1);
	umask(022);
	dup2(2, 9); /* a descriptor that mote's caller has left open */
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (i = 0; i < ROWS(ends); i++) {
		test_end(HOST, i);
		test_end(BOX, i);
	}
	for (i = 0; i < ROWS(gets); i++) {
		test_get(HOST, i);
		test_get(BOX, i);
	}
	test_state();
	test_stop_at_failure();
	test_whole_group();
	test_start();
	test_poststop();
	if (system(text_make("rm -rf %s", dir)))
		return 1;
	return unit_done();
}

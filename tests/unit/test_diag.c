/* SPDX-License-Identifier: MIT */
/* test_diag.c - faults as sentences, and who hears them: log or stderr, text or JSON */
#include "unit.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct {
	struct fault f;
	const char *want;
} faults[] = {
	{{.rule = -1, .text = "no"}, "no"},
	{{.rule = 17, .text = "no"}, "no (M-17)"},
	{{.rule = 0, .text = "no"}, "no (M-0)"},
	{{.rule = -1, .file = "config.json", .text = "no"}, "config.json: no"},
	{{.rule = -1, .file = "c", .line = 3, .text = "no"}, "c:3: no"},
	{{.rule = -1, .file = "c", .line = 3, .column = 7, .text = "no"}, "c:3:7: no"},
	{{.rule = -1, .file = "c", .column = 7, .text = "no"}, "c: no"},
	{{.rule = -1, .line = 3, .column = 7, .text = "no"}, "no"},
	{{.rule = -1, .name = "linux.seccomp", .text = "no"}, "linux.seccomp: no"},
	{{.rule = 5, .file = "c", .line = 1, .column = 2, .name = "a.b", .text = "100% no"},
		"c:1:2: a.b: 100% no (M-5)"},
	{{.rule = -1}, "unknown fault"},
};

static void
sentences(void)
{
	struct diag d = {0};
	size_t i;

	for (i = 0; i < ROWS(faults); i++)
		unit_str(diag_text(&faults[i].f), faults[i].want, faults[i].want);
	unit_ok(!diag_fail(&d, "%s is %d", "it", 7), "diag_fail is false");
	diag_warn(&d, "%s", "careful");
	unit_ok(d.count == 2 && d.errors == 1 && d.dropped == 0, "counted");
	unit_str(diag_text(&d.faults[0]), "it is 7", "an error");
	unit_str(diag_text(&d.faults[1]), "careful", "a warning");
	unit_ok(d.faults[0].level == DIAG_ERROR && d.faults[1].level == DIAG_WARNING, "their levels");
	for (i = 0; i < 150; i++)
		diag_fail(&d, "%zu", i);
	unit_ok(d.count == 100 && d.errors == 151 && d.dropped == 52, "past 100 only the count goes on");
	unit_str(d.faults[99].text, "97", "the last one kept");
}

/* --- speaking ----------------------------------------------------------------------------------- */

struct heard {
	char log[20000], err[20000];
};

static void
slurp(int fd, char *buf, size_t cap)
{
	ssize_t n = pread(fd, buf, cap - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	close(fd);
}

/* Runs say with stderr and the log (if it has one) caught. */
static struct heard *
listen_to(struct log l, bool logged, void (*say)(const struct log *))
{
	static struct heard h;
	int err = memfd_create("err", 0), log = memfd_create("log", 0), keep = dup(2);

	fcntl(log, F_SETFL, O_APPEND);
	l.fd = logged ? log : -1;
	dup2(err, 2);
	say(&l);
	dup2(keep, 2);
	close(keep);
	slurp(err, h.err, sizeof h.err);
	slurp(log, h.log, sizeof h.log);
	return &h;
}

static void say_error(const struct log *l) { log_say(l, DIAG_ERROR, "it broke"); }
static void say_warning(const struct log *l) { log_say(l, DIAG_WARNING, "careful"); }
static void say_note(const struct log *l) { log_say(l, DIAG_NOTE, "by the way"); }
static void say_odd(const struct log *l) { log_say(l, DIAG_ERROR, "a\x1b[2Jb\x7f\xc2\x9b\xff\xc3\xa9\t\"c\"\nd"); }

static void
say_many(const struct log *l)
{
	struct diag d = {0};

	diag_warn(&d, "careful");
	diag_fail(&d, "one");
	diag_add(&d, (struct fault){.level = DIAG_NOTE, .rule = -1, .text = "by the way"});
	diag_add(&d, (struct fault){.file = "c", .line = 2, .rule = 3, .text = "two"});
	log_diag(l, &d);
}

static void
say_warnings(const struct log *l)
{
	struct diag d = {0};

	diag_warn(&d, "careful");
	diag_warn(&d, "very");
	log_diag(l, &d);
}

static void
say_too_many(const struct log *l)
{
	struct diag d = {0};
	size_t i;

	for (i = 0; i < 103; i++)
		diag_fail(&d, "no");
	log_diag(l, &d);
}

static void
say_late(const struct log *l)
{
	struct diag d = {0};
	size_t i;

	for (i = 0; i < 100; i++)
		diag_warn(&d, "w");
	diag_fail(&d, "no");
	log_diag(l, &d);
}

static void
say_nothing(const struct log *l)
{
	struct diag d = {0};

	log_diag(l, &d);
}

/* Replaces what stands in time="..." or "time":"..." by T, and checks its form. */
static const char *
timeless(char *s)
{
	char *p = s, *q;
	size_t i;

	while ((p = strstr(p, "20"))) {
		static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";

		for (i = 0; form[i]; i++)
			if (form[i] == 'd' ? p[i] < '0' || p[i] > '9' : p[i] != form[i])
				break;
		if (form[i]) {
			p++;
			continue;
		}
		*p++ = 'T';
		q = p + sizeof form - 2;
		memmove(p, q, strlen(q) + 1);
	}
	return s;
}

static size_t
lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void
spoken(void)
{
	struct log plain = {.prefix = "mote: run web"}, json = {.prefix = "mote: run web", .json = true};
	struct log bare = {0}, debug = {.debug = true}, debug_json = {.debug = true, .json = true};
	struct heard *h;

	h = listen_to(plain, false, say_error);
	unit_str(h->err, "mote: run web: it broke\n", "an error without a log");
	unit_str(h->log, "", "no log");
	unit_str(listen_to(bare, false, say_error)->err, "it broke\n", "an error before the verb is known");
	unit_str(listen_to(json, false, say_error)->err, "mote: run web: it broke\n", "JSON needs a log");
	unit_str(listen_to(plain, false, say_warning)->err, "mote: run web: warning: careful\n", "a warning");
	unit_str(listen_to(plain, false, say_note)->err, "", "a note without --debug");
	unit_str(listen_to(debug, false, say_note)->err, "debug: by the way\n", "a note with --debug");

	h = listen_to(plain, true, say_error);
	unit_str(h->err, "mote: run web: it broke\n", "an error with a log is on stderr too");
	unit_str(timeless(h->log), "time=\"T\" level=error msg=\"mote: run web: it broke\"\n", "and in it");
	h = listen_to(plain, true, say_warning);
	unit_str(h->err, "", "a warning with a log is not on stderr");
	unit_str(timeless(h->log), "time=\"T\" level=warning msg=\"mote: run web: careful\"\n", "but in it");
	h = listen_to(plain, true, say_note);
	unit_ok(!*h->err && !*h->log, "a note without --debug is nowhere");
	h = listen_to(debug, true, say_note);
	unit_str(h->err, "", "a note with --debug and a log is not on stderr");
	unit_str(timeless(h->log), "time=\"T\" level=debug msg=\"by the way\"\n", "but in it");

	h = listen_to(json, true, say_error);
	unit_str(h->err, "mote: run web: it broke\n", "an error with a JSON log is text on stderr");
	unit_str(timeless(h->log), "{\"level\":\"error\",\"msg\":\"mote: run web: it broke\",\"time\":\"T\"}\n",
		"and JSON in the log");
	h = listen_to(debug_json, true, say_note);
	unit_str(timeless(h->log), "{\"level\":\"debug\",\"msg\":\"by the way\",\"time\":\"T\"}\n", "a note as JSON");

	h = listen_to(bare, true, say_odd);
	unit_str(h->err, "a?[2Jb????\xc3\xa9\t\"c\"\nd\n", "a terminal is told no commands");
	unit_str(timeless(h->log),
		"time=\"T\" level=error msg=\"a\\u001b[2Jb\x7f\xc2\x9b\xef\xbf\xbd\xc3\xa9\\t\\\"c\\\"\\nd\"\n",
		"a log line is one line");
}

static void
many(void)
{
	struct log plain = {.prefix = "m"}, json = {.prefix = "m", .json = true};
	struct heard *h;
	struct json j;

	h = listen_to(plain, false, say_many);
	unit_str(h->err, "m: warning: careful\nm: one\nm: c:2: two (M-3)\n", "all faults on stderr, in order");
	h = listen_to(plain, true, say_many);
	unit_str(h->err, "m: one\nm: c:2: two (M-3)\n", "with a log: the errors on stderr");
	unit_str(timeless(h->log),
		"time=\"T\" level=warning msg=\"m: careful\"\n"
		"time=\"T\" level=error msg=\"m: one\"\n"
		"time=\"T\" level=error msg=\"m: c:2: two (M-3)\"\n",
		"and all in the log");
	h = listen_to(json, true, say_many);
	unit_str(timeless(h->log), "{\"level\":\"error\",\"msg\":\"m: one; c:2: two (M-3)\",\"time\":\"T\"}\n",
		"in a JSON log the errors are one line, and the only one");
	unit_str(h->err, "m: warning: careful\nm: one\nm: c:2: two (M-3)\n", "the rest is on stderr");
	h = listen_to(json, true, say_warnings);
	unit_ok(lines(h->log) == 2 && !*h->err, "warnings alone go to a JSON log line by line");
	h = listen_to(plain, false, say_too_many);
	unit_num((long long)lines(h->err), 101, "a hundred lines and a last one");
	unit_ok(strstr(h->err, "m: 3 more not shown\n") != NULL, "which says how many");
	h = listen_to(json, true, say_too_many);
	json_open_text(&j, h->log, strlen(h->log));
	unit_ok(json_skip(&j) && json_done(&j) && strstr(h->log, "; and 3 more\""), "the same as JSON");
	h = listen_to(json, true, say_late);
	unit_ok(strstr(h->log, "\"msg\":\"m: 1 more\"") != NULL, "an error behind a hundred warnings is told");
	h = listen_to(plain, true, say_nothing);
	unit_ok(!*h->err && !*h->log, "nothing to say");
}

int
main(void)
{
	sentences();
	spoken();
	many();
	return unit_done();
}

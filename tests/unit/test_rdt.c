/* SPDX-License-Identifier: MIT */
/* test_rdt.c - linux.intelRdt on a folder that looks like resctrl: what is refused, made, written in which order, taken away */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/rdt.h"
#include "box/replay.h"
#include "sys.h"
#include "unit.h"

static struct spec spec;
static struct facts facts;
static struct job job = {.spec = &spec, .facts = &facts, .id = "box"};

static const char *
at(const char *name)
{
	return text_path(facts.resctrl, name);
}

/* What is in a file below the root, or NULL. */
static const char *
content(const char *name)
{
	char *text;

	return file_read(AT_FDCWD, at(name), 4096, &text, NULL) ? NULL : text;
}

static void
make_group(const char *name, const char *schemata)
{
	const char *f;

	mkdir(at(name), 0755);
	f = at(text_path(name, "schemata"));
	file_replace(AT_FDCWD, f, schemata, strlen(schemata), 0644);
	file_replace(AT_FDCWD, at(text_path(name, "tasks")), "", 0, 0644);
}

/* The rule that refuses it, 0 when none does. */
static int
refused(void)
{
	struct diag d = {0};

	rdt_check(&job, &d);
	return d.count ? d.faults[0].rule : 0;
}

static void
set(const char *clos, const char *l3, const char *bandwidth)
{
	memset(&spec, 0, sizeof spec);
	spec.linux.intel_rdt.given = true;
	spec.linux.intel_rdt.clos_id = clos;
	spec.linux.intel_rdt.l3_cache_schema = l3;
	spec.linux.intel_rdt.mem_bw_schema = bandwidth;
}

static void
places(void)
{
	unit_str(rdt_mount("24 1 0:5 / /sys rw - sysfs sysfs rw\n33 24 0:9 / /sys/fs/resctrl rw,relatime shared:7 - resctrl resctrl rw\n"),
		"/sys/fs/resctrl", "the mount point");
	unit_str(rdt_mount("33 24 0:9 / /r rw - resctrl resctrl rw"), "/r", "in the first line, without an end");
	unit_str(rdt_mount("24 1 0:5 / /sys rw - sysfs resctrl rw\n"), NULL, "a source of that name is none");
	unit_str(rdt_mount(""), NULL, "an empty text");
}

static void
judgements(void)
{
	const char *root = facts.resctrl;

	set(NULL, NULL, NULL);
	facts.resctrl = NULL;
	unit_num(refused(), 86, "not mounted");
	spec.linux.intel_rdt.given = false;
	unit_num(refused(), 0, "and not asked for (M-87)");
	facts.resctrl = root;
	set(NULL, NULL, NULL);
	unit_num(refused(), 0, "a group of its own");
	make_group("box", "");
	unit_num(refused(), 91, "that is there already");
	file_remove(AT_FDCWD, at("box"));
	set("gold", NULL, NULL);
	unit_num(refused(), 93, "closID alone, not there");
	make_group("gold", "    MB:0= 20;1= 70\n    L3:0=007f0;1=0001f\n");
	unit_num(refused(), 0, "closID alone, there");
	set("/", NULL, NULL);
	unit_num(refused(), 0, "the group of all (M-88)");
	set("new", "L3:0=f", NULL);
	unit_num(refused(), 0, "closID and a schema, not there");
}

static void
comparisons(void)
{
	static const struct { const char *l3, *bandwidth; bool agree; } rows[] = {
		{"L3:0=7f0;1=1f", NULL, true}, {"L3:1=1f;0=7f0", NULL, true}, {"L3:0=7f0", NULL, true},
		{"L3:0=7f0;1=1f", "MB:0=20;1=70", true}, {NULL, "MB:1=70", true}, {"L3:0=007f0", NULL, true},
		{"MB:0=99\nL3:0=7f0", "MB:0=20", true}, /* that of memBwSchema counts */
		{"L3:0=7f", NULL, false}, {"L3:0=7f00", NULL, false}, {"L3:2=1f", NULL, false}, {"L2:0=f", NULL, false},
		{NULL, "MB:0=21", false}, {"L3:0=7f0;1=1", NULL, false}, {"L3:0=7f0;1=1f", "MB:0=70", false},
		{"L3", NULL, true}, /* nothing asked of it: the kernel will judge */
		{"MB:0=99", NULL, false},
	};
	size_t i;

	for (i = 0; i < ROWS(rows); i++) {
		set("gold", rows[i].l3, rows[i].bandwidth);
		unit_num(refused(), rows[i].agree ? 0 : 92, text_make("schemata, row %zu", i));
	}
}

/* Does the HOST's steps, for process 42; up to the first that fails. */
static int
walk(struct plan *p, struct run *r)
{
	int e = 0;

	*r = (struct run){.plan = p, .job = &job, .pid = 42, .note = arena_get(NOTE_MAX), .made = arena_get(p->n + 1)};
	for (r->at = 0; r->at < p->n && !e; r->at += !e)
		switch (p->v[r->at].op) {
		case OP_rdt_group:
			e = do_rdt_group(r, &p->v[r->at]);
			if (!e && !strstr(p->v[r->at].a, "mon_groups")) /* which the kernel does */
				make_group(p->v[r->at].a + strlen(facts.resctrl) + 1, "");
			if (!e && strstr(p->v[r->at].a, "mon_groups"))
				file_replace(AT_FDCWD, text_path(p->v[r->at].a, "tasks"), "", 0, 0644);
			break;
		case OP_rdt_write: e = do_rdt_write(r, &p->v[r->at]); break;
		case OP_rdt_join: e = do_rdt_join(r, &p->v[r->at]); break;
		default: e = -ENOSYS;
		}
	return e;
}

static struct plan
planned(void)
{
	struct plan p = {0};

	plan_rdt(&p, &job);
	plan_rdt_join(&p, &job);
	return p;
}

static void
deeds(void)
{
	static const char *more[] = {"L2:0=f;1=f", "MB:0=50"};
	struct plan p;
	struct run r;

	memset(&spec, 0, sizeof spec);
	p = planned();
	unit_num(p.n, 0, "not asked for: nothing (M-87)");
	set(NULL, "MB:0=10\nL3:0=f", "MB:0=20");
	spec.linux.intel_rdt.schemata.v = more;
	spec.linux.intel_rdt.schemata.n = 2;
	p = planned();
	unit_num(p.n, 4, "group, both schemas, schemata, join");
	unit_str(p.v[1].b, "L3:0=f\nMB:0=20\n", "in one write, and of two bandwidths memBwSchema");
	unit_str(p.v[2].b, "L2:0=f;1=f\nMB:0=50\n", "schemata last (M-90)");
	unit_num(walk(&p, &r), 0, "done");
	unit_str(content("box/tasks"), "42", "the process is in it (M-86)");
	set("/", NULL, NULL);
	p = planned();
	unit_num(p.n == 1 && text_eq(p.v[0].a, facts.resctrl), 1, "closID / alone: only the join");
	set("gold", NULL, NULL);
	p = planned();
	unit_num(p.n == 1 && text_eq(p.v[0].a, at("gold")), 1, "closID alone: nothing is written to schemata");
	set("gold", "L3:0=7f0", NULL);
	p = planned();
	unit_num(walk(&p, &r), 0, "closID that is there, with a schema");
	undo_rdt_group(&r, &p.v[0]);
	unit_num(access(at("gold"), F_OK), 0, "is not taken away by a failing create");
	set("new", "L3:0=1", NULL);
	spec.linux.intel_rdt.enable_monitoring.v = true;
	mkdir(at("info"), 0755);
	file_replace(AT_FDCWD, at("info/last_cmd_status"), "no room\n", 8, 0644);
	p = planned();
	unit_num(walk(&p, &r), -ENOENT, "a monitoring group that cannot be made (M-95)");
	unit_str(r.note, "no room", "the kernel's own words");
	mkdir(at("new/mon_groups"), 0755);
	file_remove(AT_FDCWD, at("box"));
	set(NULL, NULL, NULL);
	spec.linux.intel_rdt.enable_monitoring.v = true;
	p = planned();
	unit_num(p.n, 4, "group, join, monitoring group, join");
	unit_str(p.v[2].a, at("box/mon_groups/box"), "the monitoring group's place");
	unit_num(p.v[0].flags & p.v[2].flags & UNDO, UNDO, "both are undone");
}

static void
updates(void)
{
	struct plan p = {0};

	set("gold", NULL, NULL);
	plan_rdt_update(&p, &job, "L3:0=3", NULL);
	unit_str(p.v[0].a, at("gold/schemata"), "update: the container's group");
	unit_str(p.v[0].b, "L3:0=3\n", "update: what is written");
}

int
main(void)
{
	char dir[] = "/tmp/rdt.XXXXXX";

	if (!mkdtemp(dir))
		return 1;
	facts.resctrl = dir;
	places();
	judgements();
	comparisons();
	deeds();
	updates();
	file_remove(AT_FDCWD, dir);
	return unit_done();
}

/* SPDX-License-Identifier: MIT */
/* rdt.c - linux.intelRdt: groups of resctrl(5), where its documentation is the kernel's arch/x86/resctrl.rst */
#include "box/rdt.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/replay.h"
#include "sys.h"

enum { TEXT_MAX = 1 << 20, STATUS_MAX = 513 }; /* the kernel's buffer for its words has 512 */

/* --- where ------------------------------------------------------------------------------------ */

/* There is one such file system; its type stands behind the dash, its mount point is the fifth word. */
const char *
rdt_mount(const char *mountinfo)
{
	const char *type = text_find(mountinfo, " - resctrl "), *s;
	int word;

	for (s = type; s && s > mountinfo && s[-1] != '\n'; s--)
		;
	for (word = 1; s && word < 5; word++)
		s += strcspn(s, " ") + 1;
	return s ? text_make("%.*s", (int)strcspn(s, " "), s) : NULL;
}

const char *
rdt_find(void)
{
	char *text;

	return file_read(AT_FDCWD, "/proc/self/mountinfo", TEXT_MAX, &text, NULL) ? NULL : rdt_mount(text);
}

/* closID "/" is the group of all (M-88). */
static const char *
group(const struct spec *s, const char *root, const char *id)
{
	const char *clos = s->linux.intel_rdt.clos_id;

	return text_eq(clos, "/") ? root : text_path(root, clos ? clos : id);
}

static const char *
monitor(const struct spec *s, const char *root, const char *id)
{
	return text_path(text_path(group(s, root, id), "mon_groups"), id);
}

/* --- schemata --------------------------------------------------------------------------------- */

/* Both in one text, every line ended; of two bandwidths that of memBwSchema counts. */
static const char *
both(const char *l3, const char *bandwidth)
{
	struct out o = out_mem();
	size_t n;

	for (; l3 && *l3; l3 += n + (l3[n] == '\n')) {
		n = strcspn(l3, "\n");
		if (n && !(bandwidth && text_starts(l3, "MB:")))
			out_fmt(&o, "%.*s\n", (int)n, l3);
	}
	if (bandwidth)
		out_fmt(&o, "%s\n", bandwidth);
	return out_text(&o);
}

/* The same with a line for each item: L3:0=ff;1=f reads "\nL3:0=ff\nL3:1=f\n".  The kernel writes blanks and zeroes before both of
 * an item's numbers. */
static const char *
items(const char *s)
{
	struct out o = out_mem();
	const char *name, *head;
	size_t n, k;

	for (; *s; s += *s == '\n') {
		name = s + strspn(s, " ");
		n = strcspn(name, ":\n");
		for (s = name + n; *s && *s != '\n'; s += k) {
			head = *s == '=' ? "=" : text_make("\n%.*s:", (int)n, name);
			for (s++; *s == ' ' || (*s == '0' && !strchr(" =;\n", s[1])); s++)
				;
			k = strcspn(s, "=;\n");
			out_fmt(&o, "%s%.*s", head, (int)k, s);
		}
	}
	out_str(&o, "\n");
	return out_text(&o);
}

/* Does the group's text say all that is asked for (M-92)? */
static bool
agrees(const char *text, const char *want)
{
	size_t n;

	text = items(text);
	for (want = items(want); want[1]; want += n) {
		n = 1 + strcspn(want + 1, "\n");
		if (!text_find(text, text_make("%.*s\n", (int)n, want)))
			return false;
	}
	return true;
}

/* --- judgement -------------------------------------------------------------------------------- */

static bool
has_schema(const struct spec *s)
{
	return s->linux.intel_rdt.l3_cache_schema || s->linux.intel_rdt.mem_bw_schema || s->linux.intel_rdt.schemata.n;
}

/* What is wrong, about that folder. */
static const char *
fault_of(const struct job *j, const char *dir, int *rule)
{
	const struct spec *s = j->spec;
	char *text;
	bool there;

	there = sys_faccessat(AT_FDCWD, dir, F_OK) == 0;
	*rule = 91;
	if (!s->linux.intel_rdt.clos_id)
		return there ? " is there already" : NULL;
	*rule = 93;
	if (!has_schema(s))
		return there ? NULL : " is not there";
	*rule = 92;
	if (!there || (!file_read(AT_FDCWD, text_path(dir, "schemata"), TEXT_MAX, &text, NULL) &&
		agrees(text, both(s->linux.intel_rdt.l3_cache_schema, s->linux.intel_rdt.mem_bw_schema))))
		return NULL;
	return " is there with other schemata";
}

void
rdt_check(const struct job *j, struct diag *d)
{
	const char *root = j->facts->resctrl, *dir = "", *text = "no resctrl file system is mounted";
	int rule = 86;

	if (!j->spec->linux.intel_rdt.given)
		return;
	if (root) {
		dir = group(j->spec, root, j->id);
		text = fault_of(j, dir, &rule);
	}
	if (text)
		diag_add(d, (struct fault){.name = "linux.intelRdt", .rule = rule, .text = text_make("%s%s", dir, text)});
}

/* --- plan ------------------------------------------------------------------------------------- */

static struct step *
plan_group(struct plan *p, const char *path)
{
	struct step *s = plan_add_a(p, OP_rdt_group, HOST, path);

	s->flags = UNDO;
	return s;
}

static void
plan_write(struct plan *p, const char *dir, const char *text)
{
	if (*text)
		plan_add_a(p, OP_rdt_write, HOST, text_path(dir, "schemata"))->b = text;
}

void
plan_rdt(struct plan *p, const struct job *j)
{
	const struct spec *s = j->spec;
	const char *root = j->facts->resctrl, *dir;
	struct out more = out_mem();
	size_t i;

	if (!s->linux.intel_rdt.given || !root)
		return;
	dir = group(s, root, j->id);
	if (dir != root && (!s->linux.intel_rdt.clos_id || has_schema(s)))
		plan_group(p, dir)->n = s->linux.intel_rdt.clos_id != NULL;
	plan_write(p, dir, both(s->linux.intel_rdt.l3_cache_schema, s->linux.intel_rdt.mem_bw_schema));
	for (i = 0; i < s->linux.intel_rdt.schemata.n; i++)
		out_fmt(&more, "%s\n", s->linux.intel_rdt.schemata.v[i]);
	plan_write(p, dir, out_text(&more));
}

void
plan_rdt_join(struct plan *p, const struct job *j)
{
	const char *root = j->facts->resctrl, *dir;

	if (!j->spec->linux.intel_rdt.given || !root)
		return;
	plan_add_a(p, OP_rdt_join, HOST, group(j->spec, root, j->id));
	if (!j->spec->linux.intel_rdt.enable_monitoring.v)
		return;
	dir = monitor(j->spec, root, j->id);
	if (!HAVE_EXEC || j->goal != GOAL_EXEC)
		plan_group(p, dir);
	plan_add_a(p, OP_rdt_join, HOST, dir);
}

void
plan_rdt_update(struct plan *p, const struct job *j, const char *l3, const char *bandwidth)
{
	if (l3 || bandwidth)
		plan_write(p, group(j->spec, j->facts->resctrl, j->id), both(l3, bandwidth));
}

/* --- do --------------------------------------------------------------------------------------- */

/* The kernel's own words about what was wrong with the last thing that was asked of it: they stand behind those of before.
 * "ok" is what it says when it has none. */
static int
told(struct run *r, int e)
{
	char *text, *last;
	ssize_t n;

	if (e) {
		text = arena_get(STATUS_MAX + NOTE_MAX);
		n = file_peek(AT_FDCWD, text_path(r->job->facts->resctrl, "info/last_cmd_status"), text, STATUS_MAX);
		if (n > 3) {
			text[n - 1] = 0;
			last = strrchr(text, '\n');
			r->note = last ? last + 1 : text;
		}
	}
	return e;
}

/* n: a group that the config names may be there by now, somebody else's. */
int
do_rdt_group(struct run *r, const struct step *s)
{
	int e = sys_mkdirat(AT_FDCWD, s->a, 0755);

	r->made[s - r->plan->v] = !e;
	return e == -EEXIST && s->n ? 0 : told(r, e);
}

int
undo_rdt_group(struct run *r, const struct step *s)
{
	return r->made[s - r->plan->v] ? sys_unlinkat(AT_FDCWD, s->a, AT_REMOVEDIR) : 0;
}

int
do_rdt_write(struct run *r, const struct step *s)
{
	return told(r, file_put(AT_FDCWD, s->a, s->b));
}

int
do_rdt_join(struct run *r, const struct step *s)
{
	return told(r, file_put(AT_FDCWD, text_path(s->a, "tasks"), text_make("%d", (int)r->pid)));
}

void
rdt_remove(const struct spec *s, const char *id)
{
	const char *root = s->linux.intel_rdt.given ? rdt_find() : NULL;

	if (!root)
		return;
	if (s->linux.intel_rdt.enable_monitoring.v)
		sys_unlinkat(AT_FDCWD, monitor(s, root, id), AT_REMOVEDIR);
	if (!s->linux.intel_rdt.clos_id)
		sys_unlinkat(AT_FDCWD, group(s, root, id), AT_REMOVEDIR);
}

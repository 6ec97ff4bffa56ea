/* SPDX-License-Identifier: MIT */
/* cgfacts.c - where control groups are mounted; reads text, decides nothing */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "sys.h"

enum { TEXT_MAX = 16 << 20 }; /* hosts with thousands of mounts exist */

struct mount_line {
	const char *root, *point, *type, *options;
};

/* Where a mount hangs: id and parent of mountinfo, and its point as it stands there, escapes and all. */
struct place {
	uint64_t id, parent;
	const char *point;
	size_t n;
};
struct places { struct place *v; size_t n; };

bool
cgroup_has(const char *list, char separator, const char *word, size_t n)
{
	const char *end;

	for (; *list; list = *end ? end + 1 : end) {
		for (end = list; *end && *end != separator; end++)
			;
		if ((size_t)(end - list) == n && !memcmp(list, word, n))
			return true;
	}
	return false;
}

static bool
is_octal(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		s[3] >= '0' && s[3] <= '7';
}

/* The next word of a line, unescaped (space, tab, newline and backslash come as \040 and so on). */
static char *
word(const char **line)
{
	const char *s = *line;
	char *w, *to;
	size_t n;

	for (n = 0; s[n] && s[n] != ' ' && s[n] != '\n'; n++)
		;
	*line = s[n] == ' ' ? s + n + 1 : s + n;
	w = to = arena_copy(s, n);
	for (s = w; *s; to++) {
		if (is_octal(s)) {
			*to = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
			s += 4;
		} else {
			*to = *s++;
		}
	}
	*to = 0;
	return w;
}

static const char *
next_line(const char *s)
{
	while (*s && *s != '\n')
		s++;
	return *s ? s + 1 : s;
}

static void
skip_words(const char **line, int n)
{
	for (; n > 0; n--) {
		while (**line && **line != ' ' && **line != '\n')
			++*line;
		if (**line == ' ')
			++*line;
	}
}

/* " - " of a line, or its end. */
static const char *
dash_of(const char *line)
{
	while (*line && *line != '\n' && !(line[0] == ' ' && line[1] == '-' && line[2] == ' '))
		line++;
	return line;
}

/* id parent dev ROOT POINT options [optional ...] - TYPE source OPTIONS */
static bool
mount_line(struct mount_line *m, const char *s)
{
	const char *dash = dash_of(s);

	if (*dash != ' ')
		return false;
	skip_words(&s, 3);
	m->root = word(&s);
	m->point = word(&s);
	dash += 3;
	m->type = word(&dash);
	skip_words(&dash, 1);
	m->options = word(&dash);
	return true;
}

static void
place_parse(struct place *p, const char *s)
{
	const char *end;

	if (text_u64_prefix(s, &end, &p->id) && *end == ' ')
		text_u64_prefix(end + 1, &end, &p->parent);
	skip_words(&s, 4);
	p->point = s;
	p->n = strcspn(s, " \n");
}

static bool
is_above(const struct place *a, const struct place *b)
{
	return a->n < b->n && !memcmp(a->point, b->point, a->n) &&
		(a->n == 1 || b->point[a->n] == '/');
}

/* Another mount on the same parent may lie over the point; the order of the lines says nothing about that
 * since mounts can be moved. */
static const struct place *
reachable_parent(const struct places *all, const struct place *m)
{
	const struct place *i, *parent = NULL;

	for (i = all->v; i < all->v + all->n; i++) {
		if (i->parent == m->parent && i->id != m->parent && is_above(i, m))
			return NULL;
		if (i->id == m->parent && i != m)
			parent = i;
	}
	return parent ? parent : m;
}

static bool
is_visible(const struct places *all, const struct place *m)
{
	const struct place *i, *up;
	size_t depth;

	for (i = all->v; i < all->v + all->n; i++)
		if (i->parent == m->id && i != m && i->n == m->n && !memcmp(i->point, m->point, m->n))
			return false; /* stacked on it */
	for (depth = 0; depth < all->n; depth++, m = up) {
		up = reachable_parent(all, m);
		if (!up)
			return false;
		if (up == m)
			return true;
	}
	return true;
}

/* Of several mounts of one hierarchy the first wins, but the whole is better than a part. */
static void
take(struct cgroup_hierarchy *h, const struct mount_line *m)
{
	if (h->mount && (text_eq(h->root, "/") || !text_eq(m->root, "/")))
		return;
	h->mount = m->point;
	h->root = m->root;
	h->noprefix = cgroup_has(m->options, ',', "noprefix", 8);
}

static bool
is_cgroup(const char *line)
{
	return text_starts(dash_of(line), " - cgroup");
}

static bool
is_of(const struct cgroup_hierarchy *h, const struct mount_line *m)
{
	size_t n = strcspn(h->controllers, ",");

	return n && cgroup_has(m->options, ',', h->controllers, n);
}

static void
take_line(struct cgroup_facts *f, const char *line)
{
	struct mount_line m;
	size_t i;

	if (!mount_line(&m, line))
		return;
	if (HAVE_CGROUP2 && text_eq(m.type, "cgroup2"))
		take(&f->v2, &m);
	if (!HAVE_CGROUP1 || !text_eq(m.type, "cgroup"))
		return;
	for (i = 0; i < f->v1.n; i++)
		if (is_of(&f->v1.v[i], &m))
			take(&f->v1.v[i], &m);
}

static void
mounts(struct cgroup_facts *f, const char *mountinfo)
{
	struct places all = {0};
	const char *s;
	size_t i = 0;

	for (s = mountinfo; *s; s = next_line(s))
		place_parse(PUSH(all.v, all.n), s);
	for (s = mountinfo; *s; s = next_line(s), i++)
		if (is_cgroup(s) && is_visible(&all, &all.v[i]))
			take_line(f, s);
}

/* number:controllers:path, where version 2 is 0 and has none. */
static void
hierarchies(struct cgroup_facts *f, const char *s)
{
	struct cgroup_hierarchy h = {0};
	const char *path, *end;

	for (; *s; s = next_line(s)) {
		s += strcspn(s, ":\n");
		path = *s ? s + 1 + strcspn(s + 1, ":\n") : s;
		if (*path != ':')
			continue;
		end = path + strcspn(path, "\n");
		h.controllers = arena_copy(s + 1, path - s - 1);
		h.own = arena_copy(path + 1, end - path - 1);
		if (*h.controllers)
			*PUSH(f->v1.v, f->v1.n) = h;
		else
			f->v2 = h;
	}
}

static void
drop_unmounted(struct cgroup_facts *f)
{
	size_t i, n = 0;

	for (i = 0; i < f->v1.n; i++)
		if (f->v1.v[i].mount)
			f->v1.v[n++] = f->v1.v[i];
	f->v1.n = n;
}

void
cgroup_parse(struct cgroup_facts *f, const char *mountinfo, const char *self_cgroup)
{
	*f = (struct cgroup_facts){.v2_controllers = "", .v2.controllers = ""};
	hierarchies(f, self_cgroup);
	mounts(f, mountinfo);
	drop_unmounted(f);
	f->mode = f->v2.mount ? (f->v1.n ? CGROUP_HYBRID : CGROUP_V2)
			      : (f->v1.n ? CGROUP_V1 : CGROUP_NONE);
}

static int
read_controllers(struct cgroup_facts *f)
{
	char *s;
	int e;

	if (!f->v2.mount)
		return 0;
	e = file_read(AT_FDCWD, text_path(f->v2.mount, "cgroup.controllers"), TEXT_MAX, &s, NULL);
	if (e)
		return e;
	s[strcspn(s, "\n")] = 0;
	f->v2_controllers = s;
	return 0;
}

int
cgroup_facts_read(struct cgroup_facts *f)
{
	char *mountinfo, *self;
	int e;

	cgroup_parse(f, "", "");
	e = file_read(AT_FDCWD, "/proc/self/cgroup", TEXT_MAX, &self, NULL);
	if (!e)
		e = file_read(AT_FDCWD, "/proc/self/mountinfo", TEXT_MAX, &mountinfo, NULL);
	if (e) /* no /proc, or a kernel without cgroups */
		return e == -ENOENT ? 0 : e;
	cgroup_parse(f, mountinfo, self);
	return read_controllers(f);
}

const char *
cgroup_of(const struct cgroup_facts *f, int where, pid_t pid)
{
	const struct cgroup_hierarchy *h = where == CGROUP_AT_V2 ? &f->v2 : &f->v1.v[where];
	struct cgroup_facts its = {.v2.own = ""};
	const char *own = "";
	char *text;
	size_t i;

	if (file_read(AT_FDCWD, text_make("/proc/%d/cgroup", (int)pid), TEXT_MAX, &text, NULL))
		return h->mount;
	hierarchies(&its, text);
	for (i = 0; i < its.v1.n; i++)
		if (text_eq(its.v1.v[i].controllers, h->controllers))
			own = its.v1.v[i].own;
	if (where == CGROUP_AT_V2)
		own = its.v2.own;
	if (!text_eq(h->root, "/") && text_starts(own, h->root))
		own += strlen(h->root);
	return text_path(h->mount, own);
}

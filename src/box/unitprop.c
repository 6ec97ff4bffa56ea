/* SPDX-License-Identifier: MIT */
/* unitprop.c - what a config asks for as properties of a systemd unit: limits and annotations; systemd.resource-control(5) */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/scope.h"

struct dbus_property *
scope_add(struct dbus_properties *all, const char *name, const char *type, uint64_t n)
{
	struct dbus_property *p = PUSH(all->v, all->n);

	*p = (struct dbus_property){.name = name, .type = type, .n = n};
	return p;
}

/* --- limits ------------------------------------------------------------------------------------ */

/* A mask of what a list like 0-3,7 names, lowest byte first; systemd takes its own limit of 8192 and more, we take 8192. */
static void
add_mask(struct dbus_properties *all, const char *name, const char *list)
{
	enum { MOST = 8192 };
	char *mask = arena_get(MOST / 8);
	uint64_t from, to, most = 0;
	struct dbus_property *p;

	while (text_u64_prefix(list, &list, &from)) {
		to = from;
		if (*list == '-' && !text_u64_prefix(list + 1, &list, &to))
			return;
		for (; from <= to && from < MOST; from++)
			mask[from / 8] |= (char)(1 << from % 8);
		most = to > most ? to : most;
		list += *list == ',';
	}
	if (*list && *list != '\n')
		return;
	p = scope_add(all, name, "ay", (most < MOST ? most : MOST - 1) / 8 + 1);
	*PUSH(p->s.v, p->s.n) = mask;
}

/* "50000 100000" or "max 100000": systemd counts in hundredths of a processor, so that the quota is rounded up; the file, which
 * mote writes behind it, has it exactly. */
static void
add_quota(struct dbus_properties *all, const char *value)
{
	const char *space = strchr(value, ' '), *end;
	uint64_t quota, period = 100000;

	if (space)
		text_u64_prefix(space + 1, &end, &period);
	if (!period)
		return;
	if (text_u64_prefix(value, &end, &quota) && quota < UINT64_MAX / 1000000)
		quota = (quota * 1000000 / period + 9999) / 10000 * 10000;
	else
		quota = UINT64_MAX;
	scope_add(all, "CPUQuotaPerSecUSec", "t", quota);
	scope_add(all, "CPUQuotaPeriodUSec", "t", period);
}

static void
add_number(struct dbus_properties *all, const char *name, const char *value)
{
	uint64_t n;

	if (text_eq(value, "max"))
		scope_add(all, name, "t", UINT64_MAX);
	else if (text_u64(value, &n))
		scope_add(all, name, "t", n);
}

static void
add_limit(struct dbus_properties *all, const char *file, const char *value)
{
	static const char *const rows[][2] = {{"memory.max", "MemoryMax"}, {"memory.low", "MemoryLow"}, {"memory.high", "MemoryHigh"},
		{"memory.min", "MemoryMin"}, {"memory.swap.max", "MemorySwapMax"}, {"cpu.weight", "CPUWeight"},
		{"pids.max", "TasksMax"}, {"io.weight", "IOWeight"}};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_eq(file, rows[i][0]))
			add_number(all, rows[i][1], value);
	if (text_eq(file, "cpu.max"))
		add_quota(all, value);
	if (text_eq(file, "cpuset.cpus"))
		add_mask(all, "AllowedCPUs", value);
	if (text_eq(file, "cpuset.mems"))
		add_mask(all, "AllowedMemoryNodes", value);
}

void
scope_limits(struct dbus_properties *all, const struct cgroup_settings *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		add_limit(all, s->v[i].file, s->v[i].value);
		if (s->v[i].file2)
			add_limit(all, s->v[i].file2, s->v[i].value2);
	}
}

/* --- annotations ------------------------------------------------------------------------------- */

/* A string in either quotes, with \ before what is meant as it is; *s behind it. */
static bool
quoted(const char **s, const char **value)
{
	char quote = **s, *to = arena_copy(*s, strlen(*s));
	const char *from = *s + 1;

	if (quote != '\'' && quote != '"')
		return false;
	*value = to;
	for (; *from && *from != quote; from++) {
		if (*from == '\\' && !*++from)
			return false;
		*to++ = *from;
	}
	*to = 0;
	*s = from + 1;
	return *from == quote;
}

static const char *
skip(const char *s)
{
	return s + strspn(s, " \t");
}

static bool
list(struct dbus_property *p, const char *s)
{
	p->type = "as";
	for (s = skip(s + 1); *s != ']'; s = skip(s)) {
		if (!quoted(&s, PUSH(p->s.v, p->s.n)))
			return false;
		s = skip(s);
		if (*s != ']' && *s++ != ',')
			return false;
	}
	return !*skip(s + 1);
}

/* The types of numbers, by both their names, and what fits into them; without a name it is an int32. */
static bool
number(struct dbus_property *p, const char *s)
{
	static const struct { const char *word, *sign, *type; int64_t least; uint64_t most; } types[] = {
		{"int32 ", "@i ", "i", INT32_MIN, INT32_MAX}, {"uint32 ", "@u ", "u", 0, UINT32_MAX},
		{"int64 ", "@x ", "x", INT64_MIN, INT64_MAX}, {"uint64 ", "@t ", "t", 0, UINT64_MAX}};
	size_t i, t = 0;
	int64_t n;

	for (i = 0; i < 4; i++)
		if (text_starts(s, types[i].word) || text_starts(s, types[i].sign)) {
			t = i;
			s = skip(strchr(s, ' '));
		}
	p->type = types[t].type;
	if (*s == '-') {
		p->n = text_i64(s, &n) ? (uint64_t)n : 0;
		return p->n && n >= types[t].least;
	}
	return text_u64(s, &p->n) && p->n <= types[t].most;
}

bool
scope_value(struct dbus_property *p, const char *s)
{
	s = skip(s);
	if (text_eq(s, "true") || text_eq(s, "false")) {
		p->type = "b";
		p->n = *s == 't';
		return true;
	}
	if (text_starts(s, "@as "))
		s = skip(s + 4);
	if (*s == '[')
		return list(p, s);
	p->type = "s";
	if (*s == '\'' || *s == '"')
		return quoted(&s, PUSH(p->s.v, p->s.n)) && !*skip(s);
	return number(p, s);
}

/* As runc: three Latin letters or more; a time in seconds is what the manual has, and microseconds what systemd takes. */
static const char *
annotation(struct dbus_property *p, const char *name, const char *value)
{
	size_t n = strlen(name);

	if (n < 3 || strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
		return "is no name of a systemd property: those are three letters or more";
	p->name = name;
	if (!scope_value(p, value))
		return "is no value that mote can pass on: true, 'text', ['a', 'b'], uint64 5, int32 5 ...";
	if (n < 4 || !text_ends(name, "Sec") || name[n - 4] < 'a' || name[n - 4] > 'z')
		return NULL;
	if (!strchr("iuxt", *p->type) || (int64_t)p->n < 0 || p->n > UINT64_MAX / 1000000)
		return "is no number of seconds";
	p->name = text_make("%.*sUSec", (int)n - 3, name);
	p->type = "t";
	p->n *= 1000000;
	return NULL;
}

bool
scope_annotations(struct dbus_properties *all, const struct pairs *a, struct diag *d)
{
	static const char prefix[] = "org.systemd.property.";
	const char *why;
	bool good = true;
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (!text_starts(a->v[i].key, prefix))
			continue;
		why = annotation(PUSH(all->v, all->n), a->v[i].key + sizeof prefix - 1, a->v[i].value);
		if (why)
			diag_add(d, (struct fault){.name = text_make("annotations[\"%s\"]", a->v[i].key), .rule = 36, .text = why});
		good = good && !why;
	}
	return good;
}

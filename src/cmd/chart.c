/* SPDX-License-Identifier: MIT */
/* chart.c - lengths of time as lengths of bars; all coordinates are tenths of a pixel, there are no floats */
#include "cmd/chart.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "sys.h"

enum { WIDTH = 9600, LEFT = 1500, RIGHT = 8000, ROW_HEIGHT = 220, TOP = 600, TICKS = 6, RUNS = PHASES, SETTLES, SOON = 2000000 };

static const char colours[][8] = {"", "#4e79a7", "#76b7b2", "#9c755f", "#f28e2b", "#59a14f", "#edc948", "#b07aa1", "#e15759", "#b8d8b0", "#d0d0d0"};

/* A piece of the picture: time from..from+span lies between LEFT and RIGHT. */
struct axis { struct out *o; uint64_t from, span; unsigned y; };

static unsigned
at(const struct axis *a, uint64_t t)
{
	uint64_t d = t > a->from ? t - a->from : 0;

	d = d < a->span ? d : a->span;
	return LEFT + (unsigned)(d / 1000 * (RIGHT - LEFT) / (a->span / 1000 + 1));
}

static void
put_text(struct axis *a, unsigned x, unsigned y, const char *anchor, const char *s)
{
	out_fmt(a->o, "<text x=\"%u.%u\" y=\"%u.%u\" text-anchor=\"%s\">", x / 10, x % 10, y / 10, y % 10, anchor);
	for (; *s; s++)
		if (strchr("<>&", *s))
			out_fmt(a->o, "&#%d;", *s);
		else
			out_bytes(a->o, s, 1);
	out_str(a->o, "</text>\n");
}

static void
put_bar(struct axis *a, uint64_t from, uint64_t to, int colour)
{
	unsigned x = at(a, from), end = at(a, to), w = end > x + 8 ? end - x : 8; /* what is too short to be seen is a line */

	if (from && to)
		out_fmt(a->o, "<rect x=\"%u.%u\" y=\"%u\" width=\"%u.%u\" height=\"15\" fill=\"%s\"/>\n", x / 10, x % 10, a->y / 10 - 12,
			w / 10, w % 10, colours[colour]);
}

/* Milliseconds, with as many digits behind the point as are worth it. */
static const char *
ms(char s[24], uint64_t ns)
{
	uint64_t us = ns / 1000;

	if (us < 10000)
		text_fmt(s, 24, "%llu.%03llu ms", (unsigned long long)us / 1000, (unsigned long long)us % 1000);
	else
		text_fmt(s, 24, "%llu ms", (unsigned long long)us / 1000);
	return s;
}

static void
put_axis(struct axis *a, const char *title, unsigned rows)
{
	unsigned x, bottom = a->y + rows * ROW_HEIGHT;
	uint64_t tick, i;
	char s[24];

	for (tick = 1000, i = 0; tick * TICKS < a->span; i++) /* 1, 2, 5, 10 ... */
		tick = i % 3 == 1 ? tick / 2 * 5 : tick * 2;
	put_text(a, 100, a->y - ROW_HEIGHT, "start", title);
	for (i = 0; i * tick <= a->span; i++) {
		x = at(a, a->from + i * tick);
		out_fmt(a->o, "<path d=\"M%u %uV%u\" stroke=\"#ddd\"/>\n", x / 10, a->y / 10 + 5, bottom / 10 + 5);
		put_text(a, x, a->y, "middle", ms(s, i * tick));
	}
}

/* Times in which nothing was asked for are taken for no time. */
static uint64_t
phase_before(const struct timing *t, int p)
{
	while (p > 0 && !t->at[--p])
		;
	return t->at[p];
}

static void
put_phases(struct axis *a, const struct timing *t, uint64_t from)
{
	int p;

	for (p = PHASE_LOAD; p < PHASES; p++)
		if (t->at[p])
			put_bar(a, phase_before(t, p) - from, t->at[p] - from, p);
}

/* The whole boot. */
static void
put_rows(struct axis *a, const struct chart_row *v, size_t n, uint64_t now)
{
	const struct chart_row *r;
	uint64_t up;
	char s[24];
	size_t i;

	for (i = 0; i < n; i++) {
		r = &v[i];
		a->y += ROW_HEIGHT;
		put_text(a, LEFT - 80, a->y, "end", r->name);
		up = r->t && r->t->at[PHASE_EXEC] ? r->t->at[PHASE_EXEC] : r->begun;
		if (r->starts) {
			put_bar(a, up, r->ended ? r->ended : now, RUNS);
			if (r->ready > up + SOON && r->starts == 1)
				put_bar(a, up, r->ready, SETTLES);
		}
		if (r->t)
			put_phases(a, r->t, 0);
		put_text(a, RIGHT + 80, a->y, "start", r->starts > 1 ? text_make("%s, %u starts", r->end, r->starts) :
			r->ready && !r->ended ? text_make("%s after %s", r->end, ms(s, r->ready - r->begun)) : r->end);
	}
}

/* Every start from its own beginning. */
static void
put_starts(struct axis *a, const struct chart_row *v, size_t n)
{
	char s[24];
	size_t i;

	for (i = 0; i < n; i++) {
		if (!v[i].t || !v[i].t->at[PHASE_EXEC])
			continue;
		a->y += ROW_HEIGHT;
		put_text(a, LEFT - 80, a->y, "end", v[i].name);
		put_phases(a, v[i].t, v[i].t->at[PHASE_BEGIN] - 1);
		put_text(a, RIGHT + 80, a->y, "start", ms(s, v[i].t->at[PHASE_EXEC] - v[i].t->at[PHASE_BEGIN]));
	}
}

static void
put_legend(struct axis *a)
{
	static const char rest[][16] = {"running", "getting ready"};
	unsigned x = LEFT, p;

	a->y += ROW_HEIGHT * 2;
	for (p = PHASE_LOAD; p <= SETTLES; p++, x += 740) {
		out_fmt(a->o, "<rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x / 10, a->y / 10 - 11, colours[p]);
		put_text(a, x + 160, a->y, "start", p < PHASES ? phase_names[p] : rest[p - PHASES]);
	}
}

int
chart_write(const char *path, const struct chart_row *v, size_t n, uint64_t began, uint64_t now)
{
	struct out o = out_mem();
	struct axis a = {&o, began, now > began ? now - began : 1, TOP};
	uint64_t longest = 1000, d;
	size_t i, known = 0;

	for (i = 0; i < n; i++) {
		d = v[i].t && v[i].t->at[PHASE_EXEC] ? v[i].t->at[PHASE_EXEC] - v[i].t->at[PHASE_BEGIN] : 0;
		longest = d > longest ? d : longest;
		known += d > 0;
	}
	out_fmt(&o, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" font-family=\"sans-serif\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", WIDTH / 10, (unsigned)(TOP * 2 + (n + known + 5) * ROW_HEIGHT) / 10);
	put_axis(&a, "since mote began", n);
	put_rows(&a, v, n, now);
	a = (struct axis){&o, 1, longest, a.y + 3 * ROW_HEIGHT};
	put_axis(&a, "each start", known);
	put_starts(&a, v, n);
	put_legend(&a);
	out_str(&o, "</svg>\n");
	return file_replace(AT_FDCWD, path, o.buf, o.len, 0644);
}

int
timing_write(const char *path, const char *name, const struct timing *t)
{
	struct chart_row row = {.name = name, .end = "running", .begun = t->at[PHASE_BEGIN], .starts = 1, .t = t};
	struct out o = out_mem();
	char s[24];
	int p;

	if (text_ends(path, ".svg"))
		return chart_write(path, &row, 1, row.begun, t->at[PHASE_EXEC]);
	for (p = PHASE_LOAD; p < PHASES; p++)
		if (t->at[p])
			out_fmt(&o, "%-8s %s\n", phase_names[p], ms(s, t->at[p] - phase_before(t, p)));
	return text_eq(path, "-") ? file_write_all(2, o.buf, o.len) : file_replace(AT_FDCWD, path, o.buf, o.len, 0644);
}

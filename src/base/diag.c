/* SPDX-License-Identifier: MIT */
/* diag.c - faults with a place, and the one place that speaks; decides no exit codes */
#include "base/diag.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "sys.h"

#include <string.h>

static const char *const level_names[] = {"error", "warning", "debug"};

void
diag_add(struct diag *d, struct fault f)
{
	if (f.level == DIAG_ERROR)
		d->errors++;
	if (!diag_full(d))
		*PUSH(d->faults, d->count) = f;
	else
		d->dropped++;
}

bool
diag_fail(struct diag *d, const char *fmt, ...)
{
	struct fault f = {.level = DIAG_ERROR, .rule = -1};
	va_list ap;

	va_start(ap, fmt);
	f.text = text_vmake(fmt, ap);
	va_end(ap);
	diag_add(d, f);
	return false;
}

void
diag_warn(struct diag *d, const char *fmt, ...)
{
	struct fault f = {.level = DIAG_WARNING, .rule = -1};
	va_list ap;

	va_start(ap, fmt);
	f.text = text_vmake(fmt, ap);
	va_end(ap);
	diag_add(d, f);
}

char *
diag_text(const struct fault *f)
{
	struct out o = out_mem();

	if (f->file) {
		out_str(&o, f->file);
		if (f->line)
			out_fmt(&o, ":%u", f->line);
		if (f->line && f->column)
			out_fmt(&o, ":%u", f->column);
		out_str(&o, ": ");
	}
	if (f->name)
		out_fmt(&o, "%s: ", f->name);
	out_str(&o, f->text ? f->text : "unknown fault");
	if (f->rule >= 0)
		out_fmt(&o, " (M-%d)", f->rule);
	return out_text(&o);
}

static char *
now(void)
{
	struct timespec t = {0};

	sys_clock_gettime(CLOCK_REALTIME, &t);
	return text_time(t.tv_sec, t.tv_nsec);
}

/* "mote: run web: " and the text, on one or more lines as it comes. */
static char *
sentence(const struct log *l, const char *text)
{
	return l->prefix ? text_make("%s: %s", l->prefix, text) : text_make("%s", text);
}

static void
to_log(const struct log *l, enum diag_level level, const char *text)
{
	struct out o = out_mem();
	struct jout j = {.o = &o};

	if (l->json) {
		jout_open(&j, NULL, '{');
		jout_str(&j, "level", level_names[level]);
		jout_str(&j, "msg", sentence(l, text));
		jout_str(&j, "time", now());
		jout_close(&j, '}');
		jout_end(&j);
	} else {
		out_fmt(&o, "time=\"%s\" level=%s msg=", now(), level_names[level]);
		out_json(&o, sentence(l, text));
		out_str(&o, "\n");
	}
	/* One write, so that lines of two processes do not mix.  Where should a failure be told? */
	(void)file_write_all(l->fd, o.buf, o.len);
}

/* Names from a bundle or an image may hold bytes that a terminal would obey: C0, DEL, C1 and what is
 * no UTF-8 become question marks. */
size_t
diag_tame(char *s)
{
	char *p;
	size_t n, i;

	for (p = s; *p; p += n) {
		unsigned char c = (unsigned char)*p;
		bool bad = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;

		n = text_utf8(p, strnlen(p, 4));
		if (n == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0)
			bad = true;
		n = n ? n : 1;
		for (i = 0; (bad || (n == 1 && c >= 0x80)) && i < n; i++)
			p[i] = '?';
	}
	return (size_t)(p - s);
}

static void
to_stderr(const struct log *l, enum diag_level level, const char *text)
{
	const char *mark = level == DIAG_ERROR ? "" : level == DIAG_WARNING ? "warning: " : "debug: ";
	char *s = text_make("%s\n", sentence(l, text_make("%s%s", mark, text)));

	(void)file_write_all(2, s, diag_tame(s));
}

void
log_say(const struct log *l, enum diag_level level, const char *text)
{
	if (level == DIAG_NOTE && !l->debug)
		return;
	if (l->fd >= 0)
		to_log(l, level, text);
	if (l->fd < 0 || level == DIAG_ERROR)
		to_stderr(l, level, text);
}

char *
diag_joined(const struct diag *d)
{
	struct out o = out_mem();
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (d->faults[i].level != DIAG_ERROR)
			continue;
		out_fmt(&o, "%s%s", o.len ? "; " : "", diag_text(&d->faults[i]));
	}
	if (d->dropped)
		out_fmt(&o, "%s%zu more", o.len ? "; and " : "", d->dropped);
	return out_text(&o);
}

void
log_diag(const struct log *l, const struct diag *d)
{
	struct log here = *l;
	size_t i;

	/* podman reads the whole log file as one JSON object: where there are errors, their line is
	 * the only one, and warnings go to stderr. */
	if (l->json && l->fd >= 0 && d->errors) {
		to_log(l, DIAG_ERROR, diag_joined(d));
		here.fd = -1;
	}
	for (i = 0; i < d->count; i++)
		log_say(&here, d->faults[i].level, diag_text(&d->faults[i]));
	if (d->dropped)
		log_say(&here, d->errors ? DIAG_ERROR : DIAG_WARNING,
			text_make("%zu more not shown", d->dropped));
}

/* SPDX-License-Identifier: MIT */
/* validate.c - the verb validate: everything that is wrong with a configuration, with its place; nothing is changed */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "box/probe.h"
#include "cmd/job.h"
#include "cmd/runtime.h"
#include "spec/boot.h"
#include "spec/fields.h"
#include "spec/load.h"
#include "sys.h"

static const char *const levels[] = {"error", "warning", "note"};

static void
put_json(struct out *o, const struct fault *f)
{
	struct jout j = {.o = o};

	jout_open(&j, NULL, '{');
	jout_str(&j, "level", levels[f->level]);
	jout_str(&j, "file", f->file);
	jout_uint(&j, "line", f->line);
	jout_uint(&j, "column", f->column);
	jout_str(&j, "name", f->name);
	jout_str(&j, "rule", f->rule >= 0 ? text_make("M-%d", f->rule) : NULL);
	jout_str(&j, "says", f->text);
	jout_close(&j, '}');
	jout_end(&j);
}

/* FILE:LINE:COLUMN: LEVEL: NAME: SENTENCE (M-N), as compilers have it and editors read it. */
static void
put_text(struct out *o, const struct fault *f)
{
	struct fault g = *f;
	char *s;

	g.name = f->name ? text_make("%s: %s", levels[f->level], f->name) : levels[f->level];
	s = diag_text(&g);
	out_bytes(o, s, diag_tame(s));
	out_str(o, "\n");
}

static size_t
count(const struct diag *d, enum diag_level level)
{
	size_t i, n = 0;

	for (i = 0; i < d->count; i++)
		n += d->faults[i].level == level;
	return n;
}

static void
put_end(struct out *o, const struct diag *d, bool json)
{
	struct jout j = {.o = o};

	if (!json) {
		if (d->dropped)
			out_fmt(o, "and %zu more\n", d->dropped);
		return;
	}
	jout_open(&j, NULL, '{');
	jout_uint(&j, "errors", d->errors);
	jout_uint(&j, "warnings", count(d, DIAG_WARNING));
	jout_uint(&j, "notes", count(d, DIAG_NOTE));
	jout_uint(&j, "more", d->dropped);
	jout_close(&j, '}');
	jout_end(&j);
}

static int
report(struct cmd *c)
{
	const struct diag *d = &c->diag;
	struct out o = out_fd(1);
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (c->o.json)
			put_json(&o, &d->faults[i]);
		else if (d->faults[i].level != DIAG_NOTE || c->o.strict || c->o.platform || c->log.debug)
			put_text(&o, &d->faults[i]);
	}
	put_end(&o, d, c->o.json);
	if (out_flush(&o))
		return EXIT_FAIL;
	return d->errors || (c->o.strict && (d->dropped || count(d, DIAG_WARNING))) ? EXIT_FAIL : EXIT_OK;
}

static int
put_rules(struct cmd *c)
{
	struct out o = out_fd(1);
	struct jout j = {.o = &o};
	struct rule_text r;
	const char *number;
	size_t i;

	for (i = 0; spec_rule(i, &r); i++) {
		number = r.number >= 0 ? text_make("M-%d", r.number) : NULL;
		if (!c->o.json) {
			out_fmt(&o, "%-9s%-5s%s\n", r.kind, number ? number : "-", r.says);
			continue;
		}
		jout_open(&j, NULL, '{');
		jout_str(&j, "kind", r.kind);
		jout_str(&j, "rule", number);
		jout_str(&j, "says", r.says);
		jout_close(&j, '}');
		jout_end(&j);
	}
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

/* --- reading ------------------------------------------------------------------------------------ */

/* A folder is a bundle; a file lies in one. */
static bool
open_operand(struct cmd *c, struct bundle *b)
{
	const char *arg = c->nargs ? c->args[0] : c->o.bundle ? c->o.bundle : ".", *slash = strrchr(arg, '/');
	struct stat st;

	if (text_eq(arg, "-")) {
		arg = "/dev/stdin";
		if (!bundle_open(b, NULL, arg, &c->diag))
			return false;
		b->file = "-";
		b->is_file = true;
		return true;
	}
	if (c->o.config || (!sys_fstatat(AT_FDCWD, arg, &st, 0) && S_ISDIR(st.st_mode)))
		return bundle_open(b, arg, c->o.config, &c->diag);
	b->is_file = true;
	return bundle_open(b, slash ? arena_copy(arg, (size_t)(slash - arg) + 1) : NULL, arg, &c->diag);
}

static bool
platform_of(struct cmd *c, uint8_t *platform)
{
	const char *name = c->o.platform;
	int64_t bit = 0;

	if (!name || text_eq(name, "linux"))
		return true;
	if (!HAVE_PLATFORMS)
		return diag_fail(&c->diag, "this mote was built without PLATFORMS");
	if (!name_find(names_platform, name, &bit))
		return diag_fail(&c->diag, "option --platform takes linux, solaris, windows, vm, zos or freebsd, not '%s'", name);
	*platform = (uint8_t)bit | (bit == PLATFORM_VM ? PLATFORM_LINUX : 0);
	return true;
}

/* What only this kernel and this host can judge, as create does.  Only for a spec without errors. */
static void
check_host(struct cmd *c, struct work *w)
{
	const char *root = w->spec.root.path;

	w->bundle.rootfs = text_clean(*root == '/' ? root : text_path(w->bundle.path, root));
	c->o.console_socket = w->spec.process.terminal ? "CONSOLE" : NULL;
	job_prepare(c, w, GOAL_CREATE, "ID");
	IF_CHECK(probe_spec(&w->spec, &w->facts, &c->diag);)
}

#if HAVE_BOOT
/* The file beside it, whose places are told as it is read. */
static void
check_boot(struct cmd *c, const struct bundle *b)
{
	const char *file = text_path(b->path, "boot.json");
	struct boot_spec spec = {.notify = false};
	struct diag d = {0};
	char *text;
	size_t n, i;
	int e = file_read(AT_FDCWD, file, 1 << 20, &text, &n);

	if (!e)
		boot_load(&spec, text, n, file, &d);
	else if (e != -ENOENT)
		diag_fail(&d, "%s: %s", file, text_errno(e));
	if (!e)
		spec_places(text, n, &d);
	for (i = 0; i < d.count; i++)
		diag_add(&c->diag, d.faults[i]);
}
#endif

static void
check_all(struct cmd *c, struct work *w, const struct load_mode *m)
{
	struct diag *d = &c->diag;
	size_t before = d->count, i;
	bool good = spec_load_mode(&w->spec, bundle_text(&w->bundle), bundle_text_len(&w->bundle), m, d);

	good = spec_check_platform(&w->spec, m->platform, m->file, d) && good;
	if (c->o.host && good)
		check_host(c, w);
	else if (c->o.host)
		diag_add(d, (struct fault){.level = DIAG_NOTE, .file = m->file, .rule = -1,
			.text = "--host has not looked: mend the errors first"});
	IF_BOOT(check_boot(c, &w->bundle);)
	if (c->o.strict && good && (!m->platform || m->platform & PLATFORM_LINUX))
		spec_lint(&w->spec, c->o.host && w->facts.loose_root, m->file, d);
	for (i = 0; i < d->count; i++)
		if (!d->faults[i].file)
			d->faults[i].file = m->file;
	spec_places(bundle_text(&w->bundle), bundle_text_len(&w->bundle), d);
	bundle_places(&w->bundle, d, before);
}

int
cmd_validate(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct load_mode m = {.strict = c->o.strict};

	if (c->o.rules)
		return put_rules(c);
	if (!platform_of(c, &m.platform))
		return usage(c);
	if (c->o.host && m.platform & ~(PLATFORM_LINUX | PLATFORM_VM)) {
		diag_fail(&c->diag, "--host is this machine, and that is no other platform");
		return usage(c);
	}
	if (open_operand(c, &w->bundle) IF_RUNTIME(&& (runtime_apply(c, &w->bundle, !w->bundle.is_file) || !c->o.defaults))) {
		m.file = w->bundle.file;
		check_all(c, w, &m);
	}
	return report(c);
}

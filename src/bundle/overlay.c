/* SPDX-License-Identifier: MIT */
/* overlay.c - runtime.json over config.json: which members may be changed is the rows' to say, how they join is said here */
#include "bundle/overlay.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "spec/fields.h"
#include "spec/load.h"
#include "spec/template.h"

static const struct field *
row_of(const struct object *o, const char *key)
{
	const struct field *f;

	for (f = o->fields; f < o->fields + o->count; f++)
		if (text_eq(field_key(f), key))
			return f;
	return NULL;
}

static bool
has_inside(const struct field *f)
{
	return f->type == T_OBJ || f->type == T_LIST || f->type == T_MAP;
}

/* --- judging a section -------------------------------------------------------------------------- */

/* "50%" of the machine's memory becomes bytes. */
static void
percent(struct overlay *o, struct node *n)
{
	uint64_t v;
	const char *end;

	if (n->type != JSON_STRING)
		return;
	if (!text_u64_prefix(n->text, &end, &v) || end == n->text || !text_eq(end, "%") || !v || v > 100) {
		tree_refuse(n, o->d, DIAG_TEXT(o->d, "must be a number of bytes, or 1%% to 100%% of the machine's memory, not '%s'", n->text));
		return;
	}
	n->type = JSON_NUMBER;
	n->text = text_make("%llu", (unsigned long long)(o->host->memory / 100 * v + o->host->memory % 100 * v / 100));
}

static void judge_object(struct overlay *o, struct node *n, enum object_id id, bool allowed);

/* An entry of a list that joins by a name has one. */
static void
judge_name(struct overlay *o, struct node *entry, const struct object *inside)
{
	const struct field *f;

	for (f = inside->fields; f < inside->fields + inside->count; f++)
		if (f->over & OVER_NAME && !tree_get(entry, field_key(f)))
			tree_refuse(entry, o->d, DIAG_TEXT(o->d, "must have a %s", field_key(f)));
}

static void
judge_value(struct overlay *o, struct node *n, const struct field *f, bool allowed)
{
	struct node *e = n->first;

	if (f->over & OVER_BYTES)
		percent(o, n);
	if (f->over & OVER_WORDS)
		for (; e && n->type == JSON_ARRAY; e = e->next)
			if (e->type == JSON_STRING && (*e->text == '=' || !strchr(e->text, '=')))
				tree_refuse(e, o->d, "must be NAME=value");
	if (!has_inside(f) || !field_needs[f->need].have)
		return;
	if (f->type == T_OBJ) {
		judge_object(o, n, f->sub, allowed);
		return;
	}
	for (; e; e = e->next) {
		judge_object(o, e, f->sub, allowed);
		if (f->type == T_LIST && e->type == JSON_OBJECT)
			judge_name(o, e, object_of(f->sub));
	}
}

/* The device numbers of a rule or limit can be said as "path" instead. */
static bool
is_device(const struct node *n, enum object_id id)
{
	return text_eq(n->key, "path") && (id == OBJ_DEVICE_RULE || id == OBJ_WEIGHT_DEVICE || id == OBJ_THROTTLE);
}

/* What is not an object is left to the loader. */
static void
judge_object(struct overlay *o, struct node *n, enum object_id id, bool allowed)
{
	const struct field *f;
	struct node *m;

	for (m = n->type == JSON_OBJECT ? n->first : NULL; m; m = m->next) {
		f = row_of(object_of(id), m->key);
		if (id == OBJ_DEVICE && (text_eq(m->key, "major") || text_eq(m->key, "minor")) && m->type != JSON_NULL)
			tree_refuse(m, o->d, "is looked up on the host at create: here a device is named by its path");
		else if (f && (allowed || f->over & (OVER_YES | OVER_INSIDE | OVER_NAME)))
			judge_value(o, m, f, allowed || f->over & OVER_YES);
		else if (!f && !is_device(m, id))
			tree_refuse(m, o->d, "there is no such property");
		else if (f)
			tree_refuse(m, o->d, HAVE_BOOT && id == OBJ_BOOT ? "cannot be overridden: that is boot.json's to say" :
				"cannot be overridden: that is config.json's to say");
	}
}

/* The types and ranges of what a section says, by the loader; the struct itself is of no use. */
static void
judge_types(struct overlay *o, struct node *section)
{
	struct load_mode m = {.file = section->file, .partial = true};
	struct tree_lines lines = {0};
	struct out text = out_mem();
	size_t before = o->d->count;

	tree_print(section, &text, &lines);
	spec_load_mode(NEW(struct spec), text.buf, text.len, &m, o->d);
	tree_places(&lines, section->file, o->d, before);
}

#if HAVE_BOOT
static void
lay_boot(struct overlay *o, const struct node *boot, struct boot_spec *s)
{
	struct tree_lines lines = {0};
	struct out text = out_mem();
	size_t before = o->d->count;

	tree_print(boot, &text, &lines);
	boot_load_part(s, text.buf, text.len, boot->file, o->d);
	tree_places(&lines, boot->file, o->d, before);
}

static void
add_boot(struct overlay *o, struct node *boot, bool holds)
{
	size_t before = o->d->errors;
	struct boot_spec unused;

	*tree_link(boot) = boot->next;
	boot->up = boot->next = NULL;
	boot->key = NULL; /* it is the whole of what is read */
	if (boot->type != JSON_OBJECT)
		tree_refuse(boot, o->d, "must be an object");
	else
		judge_object(o, boot, OBJ_BOOT, false);
	unused = boot_default(BOOT_SERVICES);
	if (o->d->errors == before)
		lay_boot(o, boot, &unused);
	if (holds)
		*PUSH(o->boots.v, o->boots.n) = boot;
}

bool
overlay_boot(struct overlay *o, struct boot_spec *s)
{
	size_t i;

	for (i = 0; i < o->boots.n; i++)
		lay_boot(o, o->boots.v[i], s);
	return !o->d->errors && boot_check(s, "boot.json with runtime.json", o->d);
}
#endif

static bool
take_flag(struct overlay *o, struct node *section, const char *key, bool *v)
{
	struct node *n = tree_get(section, key);

	if (!n)
		return false;
	*tree_link(n) = n->next;
	if (n->type != JSON_BOOL)
		tree_refuse(n, o->d, "must be true or false");
	*v = text_eq(n->text, "true");
	return true;
}

static void
add_section(struct overlay *o, struct node *section)
{
	struct node *when = tree_get(section, "when"), *mote = tree_get(section, "mote");
	IF_BOOT(struct node *boot = tree_get(section, "boot");)
	size_t before = o->d->errors;
	bool holds = true, v, defaults;

	section->up = section->next = NULL;
	if (section->type != JSON_OBJECT) {
		tree_refuse(section, o->d, "must be an object");
		return;
	}
	if (when) {
		holds = when_holds(when, o->host, o->d);
		*tree_link(when) = when->next;
	}
	if (mote) {
		*tree_link(mote) = mote->next;
		PUSH(o->settings.v, o->settings.n)->node = mote;
		o->settings.v[o->settings.n - 1].holds = holds;
	}
	IF_BOOT(if (boot) add_boot(o, boot, holds);)
	defaults = take_flag(o, section, "defaults", &v);
	judge_object(o, section, OBJ_SPEC, false);
	if (o->d->errors == before)
		judge_types(o, section);
	if (!holds)
		return;
	if (defaults)
		o->defaults = v;
	*PUSH(o->sections.v, o->sections.n) = section;
}

void
overlay_add(struct overlay *o, const char *text, size_t n, const char *file)
{
	struct node *root = tree_read(text, n, file, true, o->d), *next;

	if (root && root->type != JSON_ARRAY)
		add_section(o, root);
	for (root = root && root->type == JSON_ARRAY ? root->first : NULL; root; root = next) {
		next = root->next;
		add_section(o, root);
	}
}

/* --- joining ------------------------------------------------------------------------------------ */

/* By what an entry of this list is known: its NAME of NAME=value, or the member that the row of its kind tells. */
static const char *
name_in_list(const struct node *e, const struct field *f)
{
	const struct object *inside;
	const struct field *m;
	struct node *n = NULL;

	if (f->over & OVER_WORDS)
		return e->type == JSON_STRING ? text_make("%.*s", (int)strcspn(e->text, "="), e->text) : NULL;
	inside = object_of(f->sub);
	for (m = inside->fields; m < inside->fields + inside->count; m++)
		if (m->over & OVER_NAME)
			n = tree_get(e, field_key(m));
	return n && n->type == JSON_STRING ? text_clean(text_path("/", n->text)) : NULL;
}

/* The last one of that name: of mounts on one place it is the one that is seen. */
static struct node *
find_in_list(const struct node *list, const char *name, const struct field *f)
{
	struct node *e, *found = NULL;

	for (e = list->first; e; e = e->next)
		if (text_eq(name_in_list(e, f), name))
			found = e;
	return found;
}

static void
replace(struct node *old, struct node *by)
{
	by->next = old->next;
	by->up = old->up;
	*tree_link(old) = by;
}

static void join(struct overlay *o, struct node *base, struct node *over, const struct object *rows);

static void
join_list(struct overlay *o, struct node *base, struct node *over, const struct field *f)
{
	bool append = f->over & OVER_APPEND;
	struct node *e, *next, *old;

	for (e = over->first; e; e = next) {
		next = e->next;
		old = append ? NULL : find_in_list(base, name_in_list(e, f), f);
		for (; old && f->over & OVER_WORDS; old = find_in_list(base, name_in_list(e, f), f))
			*tree_link(old) = old->next; /* all of them: programs differ in which one they see */
		if (!old && f->over & OVER_INSIDE)
			tree_refuse(e, o->d, "config.json has none of that type, and this can only change one");
		else if (!old)
			tree_add(base, e);
		else
			join(o, old, e, object_of(f->sub));
	}
}

/* How the member that both have becomes one. */
static void
join_member(struct overlay *o, struct node *old, struct node *by, const struct field *f)
{
	bool lists = old->type == JSON_ARRAY && by->type == JSON_ARRAY;

	if (lists && f && f->over & (OVER_APPEND | OVER_WORDS | OVER_LIST))
		join_list(o, old, by, f);
	else if (old->type == JSON_OBJECT && by->type == JSON_OBJECT)
		join(o, old, by, f && f->type == T_OBJ ? object_of(f->sub) : NULL);
	else
		replace(old, by);
}

/* Objects join member by member, as RFC 7396 has it; null takes out.  rows NULL: of a map, by any name. */
static void
join(struct overlay *o, struct node *base, struct node *over, const struct object *rows)
{
	const struct field *f;
	struct node *n, *next, *old;

	base->over = true;
	for (n = over->first; n; n = next) {
		next = n->next;
		f = rows ? row_of(rows, n->key) : NULL;
		old = tree_get(base, n->key);
		if (old && old->type == JSON_NULL) {
			*tree_link(old) = old->next;
			old = NULL;
		}
		if (n->type == JSON_NULL) {
			if (old)
				*tree_link(old) = old->next;
			continue;
		}
		join_member(o, old ? old : tree_new(base, n->key, n->type, n->text, n), n, f);
	}
}

/* --- the whole ---------------------------------------------------------------------------------- */

/* Members that are not there come from the default; process, root and linux are filled in the same way, everything
 * below is taken as it was given. */
static void
fill(struct node *given, struct node *from, bool top)
{
	struct node *n, *next, *have;

	for (n = from->first; n; n = next) {
		next = n->next;
		have = tree_get(given, n->key);
		if (have && have->type == JSON_NULL) {
			*tree_link(have) = have->next;
			have = NULL;
		}
		if (!have)
			tree_add(given, n);
		else if (top && have->type == JSON_OBJECT && n->type == JSON_OBJECT)
			fill(have, n, false);
	}
}

static void
fill_defaults(struct overlay *o, struct node *config)
{
	struct out text = out_mem();
	struct node *from, *out, *linux = tree_get(config, "linux");

	template_write(&text, &(struct template){.readonly = true});
	from = tree_read(text.buf, text.len, "built-in", false, o->d);
	out = tree_get(from, "ociVersion");
	*tree_link(out) = out->next;
	out = tree_get(from, "hostname"); /* wants a uts namespace, which whoever lists namespaces may not have */
	if (linux && tree_get(linux, "namespaces"))
		*tree_link(out) = out->next;
	fill(config, from, true);
}

/* Entries of the list that an override has touched. */
static void
list_numbers(struct overlay *o, struct node *list, bool typed, bool drop)
{
	struct node *e;

	for (e = list && list->type == JSON_ARRAY ? list->first : NULL; e; e = e->next)
		if (e->over && e->type == JSON_OBJECT)
			device_numbers(e, typed, drop, o->d);
}

static void
numbers(struct overlay *o, struct node *config)
{
	static const char *const throttles[] = {"weightDevice", "throttleReadBpsDevice", "throttleWriteBpsDevice",
		"throttleReadIOPSDevice", "throttleWriteIOPSDevice"};
	struct node *linux = tree_get(config, "linux"), *resources = linux ? tree_get(linux, "resources") : NULL,
		*io = resources ? tree_get(resources, "blockIO") : NULL;
	size_t i;

	if (linux)
		list_numbers(o, tree_get(linux, "devices"), true, false);
	if (resources)
		list_numbers(o, tree_get(resources, "devices"), true, true);
	for (i = 0; io && i < sizeof throttles / sizeof *throttles; i++)
		list_numbers(o, tree_get(io, throttles[i]), false, true);
}

bool
overlay_apply(struct overlay *o, struct bundle *b)
{
	struct diag quiet = {0};
	struct node *config = tree_read(b->config, b->config_len, b->file, false, &quiet);
	struct out text = out_mem();
	size_t i;

	if (o->d->errors)
		return false;
	if (!config || config->type != JSON_OBJECT)
		return true; /* the loader says why */
	if (o->defaults)
		fill_defaults(o, config);
	for (i = 0; i < o->sections.n; i++)
		join(o, config, o->sections.v[i], object_of(OBJ_SPEC));
	numbers(o, config);
	if (o->d->errors)
		return false;
	b->lines = NEW(struct tree_lines);
	tree_print(config, &text, b->lines);
	b->kept = out_text(&text);
	b->kept_len = text.len;
	b->tree = config;
	return true;
}

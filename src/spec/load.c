/* SPDX-License-Identifier: MIT */
/* load.c - json and the rows of fields.h become a struct; knows types, no names
 *
 * A value of the wrong type or out of range is noted and read over, so that all of them are told at
 * once; what breaks JSON's grammar ends the reading.  The only recursion is from an object to its
 * members' objects, as deep as the rows are. */
#include "spec/load.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "spec/boot.h"
#include "spec/value.h"

/* Any list or map of spec.h. */
struct list {
	void *v;
	size_t n;
};

/* clang-format off */
static const struct {
	uint8_t json;
	bool null; /* null is the same as absent, as Go writes an empty pointer or slice */
} types[] = {
	[T_BOOL]    = {JSON_BOOL, false},
	[T_FLAG]    = {JSON_BOOL, true},
	[T_64]      = {JSON_NUMBER, false},
	[T_32]      = {JSON_NUMBER, false},
	[T_OPT]     = {JSON_NUMBER, true},
	[T_STR]     = {JSON_STRING, true},
	[T_PATH]    = {JSON_STRING, true},
	[T_ENUM]    = {JSON_STRING, false},
	[T_BITS]    = {JSON_ARRAY, true},
	[T_ENUMS]   = {JSON_ARRAY, true},
	[T_32S]     = {JSON_ARRAY, true},
	[T_STRS]    = {JSON_ARRAY, true},
	[T_PATHS]   = {JSON_ARRAY, true},
	[T_PAIRS]   = {JSON_OBJECT, true},
	[T_OBJ]     = {JSON_OBJECT, true},
	[T_LIST]    = {JSON_ARRAY, true},
	[T_MAP]     = {JSON_OBJECT, true},
	[T_FOREIGN] = {JSON_OBJECT, true},
	[T_IGNORED] = {JSON_STRING, true},
};
/* clang-format on */

/* --- single values ---------------------------------------------------------------------------- */

static void
load_number(struct load *l, const struct field *f, void *at)
{
	uint64_t v;

	if (!value_number(l, f, &v))
		return;
	if (f->type == T_32)
		*(uint32_t *)at = (uint32_t)v;
	else if (f->type == T_64)
		*(uint64_t *)at = v;
	else
		*(struct uopt *)at = (struct uopt){true, v};
}

static void
load_string(struct load *l, const struct field *f, const char **at)
{
	const char *s;

	if (!value_string(l, f, &s))
		return;
	if (!*s && f->required)
		load_refuse(l, f, "must not be empty");
	*at = *s ? s : NULL;
}

static void
load_bool(struct load *l, const struct field *f, void *at)
{
	bool v;

	if (!json_bool(&l->j, &v))
		return;
	if (f->type == T_FLAG)
		*(struct flag *)at = (struct flag){true, v};
	else
		*(bool *)at = v;
}

/* --- lists of single values ------------------------------------------------------------------- */

static void
load_element(struct load *l, const struct field *f, void *at)
{
	struct list *list = at;
	const char *s;
	uint64_t u;
	int64_t v;

	switch (f->type) {
	case T_BITS:
		if (load_expect(l, f, JSON_STRING) && value_enum(l, f, &v))
			*(uint64_t *)at |= (uint64_t)v;
		break;
	case T_ENUMS:
		if (load_expect(l, f, JSON_STRING) && value_enum(l, f, &v)) {
			list->v = arena_push(list->v, &list->n, sizeof(int));
			((int *)list->v)[list->n - 1] = (int)v;
		}
		break;
	case T_32S:
		if (load_expect(l, f, JSON_NUMBER) && value_number(l, f, &u)) {
			list->v = arena_push(list->v, &list->n, sizeof(uint32_t));
			((uint32_t *)list->v)[list->n - 1] = (uint32_t)u;
		}
		break;
	default:
		if (load_expect(l, f, JSON_STRING) && value_string(l, f, &s)) {
			list->v = arena_push(list->v, &list->n, sizeof s);
			((const char **)list->v)[list->n - 1] = s;
		}
	}
}

static void
load_elements(struct load *l, const struct field *f, void *at)
{
	struct place p = {0};

	if (f->type == T_BITS)
		*(uint64_t *)at = 0;
	else
		*(struct list *)at = (struct list){0};
	json_enter(&l->j);
	for (; json_element(&l->j); p.index++) {
		place_enter(l, &p);
		load_element(l, f, at);
		place_leave(l);
	}
}

/* --- maps ------------------------------------------------------------------------------------- */

static void load_object(struct load *l, enum object_id id, void *at);

static void
load_entry(struct load *l, const struct field *f, struct list *list, const char *key)
{
	size_t size = f->type == T_PAIRS ? sizeof(struct pair) : object_of(f->sub)->size;
	char *entry;

	if (HAVE_RUNTIME && l->partial && json_peek(&l->j) == JSON_NULL) {
		json_skip(&l->j);
		return;
	}
	if (!load_expect(l, f, f->type == T_PAIRS ? JSON_STRING : JSON_OBJECT))
		return;
	list->v = arena_push(list->v, &list->n, size);
	entry = (char *)list->v + (list->n - 1) * size;
	*(const char **)entry = key;
	if (f->type == T_PAIRS)
		json_string(&l->j, &((struct pair *)entry)->value, NULL);
	else
		load_object(l, f->sub, entry);
}

static void
load_map(struct load *l, const struct field *f, struct list *list)
{
	struct place p = {.entry = true};
	struct seen seen = {0};

	*list = (struct list){0};
	json_enter(&l->j);
	while (json_member_copy(&l->j, &p.key)) {
		place_enter(l, &p);
		if (seen_new(&seen, p.key)) {
			load_entry(l, f, list, p.key);
		} else {
			load_tell(l, DIAG_ERROR, -1, "given twice");
			json_skip(&l->j);
		}
		place_leave(l);
	}
}

/* --- objects ---------------------------------------------------------------------------------- */

static void
load_objects(struct load *l, const struct field *f, struct list *list)
{
	size_t size = object_of(f->sub)->size;
	struct place p = {0};

	*list = (struct list){0};
	json_enter(&l->j);
	for (; json_element(&l->j); p.index++) {
		place_enter(l, &p);
		if (load_expect(l, f, JSON_OBJECT)) {
			list->v = arena_push(list->v, &list->n, size);
			load_object(l, f->sub, (char *)list->v + (list->n - 1) * size);
		}
		place_leave(l);
	}
}

/* A name that is none becomes -1, which no rule of check.c takes for another. */
static void
load_enum(struct load *l, const struct field *f, int *at)
{
	int64_t v = -1;

	value_enum(l, f, &v);
	*at = (int)v;
}

/* The value that stands next, whose type fits. */
static void
load_value(struct load *l, const struct field *f, void *at)
{
	switch (f->type) {
	case T_BOOL:
	case T_FLAG: load_bool(l, f, at); break;
	case T_64:
	case T_32:
	case T_OPT: load_number(l, f, at); break;
	case T_STR:
	case T_PATH: load_string(l, f, at); break;
	case T_ENUM: load_enum(l, f, at); break;
	case T_PAIRS:
	case T_MAP: load_map(l, f, at); break;
	case T_OBJ: load_object(l, f->sub, at); break;
	case T_LIST: load_objects(l, f, at); break;
	case T_FOREIGN:
		*(unsigned *)at |= f->sub;
		if (HAVE_PLATFORMS && f->sub & l->platform)
			load_object(l, f->range, l->other);
		else
			json_skip(&l->j);
		break;
	case T_IGNORED: json_skip(&l->j); break;
	default: load_elements(l, f, at);
	}
}

/* Reads over the next value: does it ask for anything?  false, null, "", {} and [] do not. */
static bool
asks(struct load *l)
{
	const char *s = "";
	bool v = false;

	switch (json_peek(&l->j)) {
	case JSON_NULL: json_skip(&l->j); break;
	case JSON_BOOL: json_bool(&l->j, &v); break;
	case JSON_STRING: json_string(&l->j, &s, NULL); break;
	case JSON_OBJECT:
		json_enter(&l->j);
		while (json_member(&l->j))
			v = json_skip(&l->j);
		break;
	case JSON_ARRAY:
		json_enter(&l->j);
		while (json_element(&l->j))
			v = json_skip(&l->j);
		break;
	default: v = json_skip(&l->j);
	}
	return v || *s;
}

/* A member of a feature that this mote was built without. */
static void
load_left_out(struct load *l, const struct field *f)
{
	unsigned line = l->j.at_line, column = l->j.at_column;

	if (!asks(l) || l->j.fault)
		return;
	l->j.at_line = line;
	l->j.at_column = column;
	load_tell(l, DIAG_ERROR, -1,
		text_make("this mote was built without %s", field_needs[f->need].name));
}

static void
load_member(struct load *l, const struct field *f, char *object)
{
	enum json_type found;

	if (!field_needs[f->need].have) {
		load_left_out(l, f);
		return;
	}
	if (l->strict && f->deprecated)
		load_tell(l, DIAG_WARNING, -1, "deprecated");
	if (l->strict && !l->platform && f->type == T_IGNORED)
		load_tell(l, DIAG_NOTE, -1, "read and ignored");
	found = json_peek(&l->j);
	if (found == JSON_NULL && ((types[f->type].null && !f->required) || (HAVE_RUNTIME && l->partial))) {
		json_skip(&l->j);
		return;
	}
	if (!load_expect(l, f, types[f->type].json)) {
		if (f->type == T_ENUM)
			*(int *)(object + f->at) = -1;
		return;
	}
	if (f->given)
		*(bool *)(object + f->given) = true;
	load_value(l, f, object + f->at);
}

static const struct field *
find_field(const struct object *o, const struct json *j)
{
	size_t i;

	for (i = 0; i < o->count; i++) {
		if (*field_key(&o->fields[i]) == *j->key && strcmp(field_key(&o->fields[i]), j->key) == 0)
			return j->key_len < JSON_KEY ? &o->fields[i] : NULL;
	}
	return NULL;
}

/* Does the row mean nothing where the configuration is for? */
static bool
elsewhere(const struct load *l, const struct field *f)
{
	return HAVE_PLATFORMS && l->platform && f->only && !(f->only & l->platform);
}

/* The member whose name was just read; *seen has a bit for each row. */
static void
load_named(struct load *l, const struct object *o, uint32_t *seen, char *object)
{
	const struct field *f = find_field(o, &l->j);
	struct place p = {.key = f ? field_key(f) : l->j.key};
	uint32_t bit = f ? 1u << (f - o->fields) : 0;

	place_enter(l, &p);
	if (!f) {
		if (!l->unknown)
			l->unknown = load_place(l);
		if (l->strict)
			load_tell(l, DIAG_WARNING, 4, "unknown, and ignored");
		json_skip(&l->j);
	} else if (*seen & bit) {
		load_tell(l, DIAG_ERROR, -1, "given twice");
		json_skip(&l->j);
	} else if (elsewhere(l, f)) {
		if (l->strict)
			load_tell(l, DIAG_NOTE, -1, "means nothing on that platform, and is ignored");
		json_skip(&l->j);
	} else {
		*seen |= bit;
		load_member(l, f, object);
	}
	place_leave(l);
}

/* Required members that did not come; their place is where the object begins. */
static void
tell_missing(struct load *l, const struct object *o, uint32_t seen, char *object)
{
	const struct field *f = o->fields;
	struct place p = {0};

	for (; f < o->fields + o->count; f++, seen >>= 1) {
		if (!f->required || seen & 1 || elsewhere(l, f) || (HAVE_PLATFORMS && f->not_asked & l->platform))
			continue;
		if (f->type == T_ENUM)
			*(int *)(object + f->at) = -1;
		p.key = field_key(f);
		place_enter(l, &p);
		load_tell(l, DIAG_ERROR, f->rule ? f->rule : -1, "required, but missing");
		place_leave(l);
	}
}

static void
load_object(struct load *l, enum object_id id, void *at)
{
	const struct object *o = object_of(id);
	unsigned line = l->j.at_line, column = l->j.at_column;
	uint32_t seen = 0;

	if (o->given)
		*(bool *)at = true;
	json_enter(&l->j);
	while (json_member(&l->j))
		load_named(l, o, &seen, at);
	if (l->j.fault || (HAVE_RUNTIME && l->partial))
		return;
	l->j.at_line = line;
	l->j.at_column = column;
	tell_missing(l, o, seen, at);
}

/* --- whole files ------------------------------------------------------------------------------ */

/* Of a file that ended at a fault nothing is kept: rules would find more that is not there. */
static bool
load_file(struct load *l, enum object_id id, void *at, size_t size)
{
	static const struct field whole = {.rule = 3};
	size_t before = l->d->errors;

	if (load_expect(l, &whole, JSON_OBJECT))
		load_object(l, id, at);
	json_done(&l->j);
	place_leave(l);
	if (l->j.fault)
		memset(at, 0, size);
	return l->d->errors == before;
}

static bool
load_spec(struct load *l, struct spec *s)
{
	bool good = load_file(l, OBJ_SPEC, s, sizeof *s);

	s->unknown = l->unknown;
	return good;
}

bool
spec_load(struct spec *s, int fd, const char *file, bool strict, struct diag *d)
{
	struct load l = {.file = file, .strict = strict, .d = d};

	json_open(&l.j, fd);
	return load_spec(&l, s);
}

bool
spec_load_text(struct spec *s, const char *text, size_t n, const char *name, struct diag *d)
{
	struct load l = {.file = name, .d = d};

	json_open_text(&l.j, text, n);
	return load_spec(&l, s);
}

#if HAVE_VALIDATE || HAVE_RUNTIME
bool
spec_load_mode(struct spec *s, const char *text, size_t n, const struct load_mode *m, struct diag *d)
{
	struct load l = {.file = m->file, .strict = m->strict, .partial = m->partial, .d = d, .platform = m->platform};
	bool good;

	if (HAVE_PLATFORMS && l.platform)
		l.other = NEW(struct platform_spec);
	json_open_text(&l.j, text, n);
	good = load_spec(&l, s);
	s->other = l.other;
	return good;
}
#endif

bool
process_load(struct process_spec *p, int fd, const char *file, struct diag *d)
{
	struct load l = {.file = file, .d = d};

	json_open(&l.j, fd);
	return load_file(&l, OBJ_PROCESS, p, sizeof *p);
}

bool
resources_load(struct resources_spec *r, int fd, const char *file, struct diag *d)
{
	struct load l = {.file = file, .d = d};

	json_open(&l.j, fd);
	return load_file(&l, OBJ_RESOURCES, r, sizeof *r);
}

bool
resources_load_text(struct resources_spec *r, const char *text, const char *name, struct diag *d)
{
	struct load l = {.file = name, .d = d};

	json_open_text(&l.j, text, strlen(text));
	return load_file(&l, OBJ_RESOURCES, r, sizeof *r);
}

#if HAVE_BOOT
bool
boot_load_part(struct boot_spec *b, const char *text, size_t n, const char *file, struct diag *d)
{
	struct load l = {.file = file, .strict = true, .d = d};

	json_open_text(&l.j, text, n);
	b->given = true;
	return load_file(&l, OBJ_BOOT, b, sizeof *b);
}
#endif

/* SPDX-License-Identifier: MIT */
/* value.h - for load.c: where the reader is, faults with their place, and single values */
#ifndef SPEC_VALUE_H
#define SPEC_VALUE_H

#include "base/diag.h"
#include "base/json.h"
#include "spec/fields.h"

/* Where the reader is: a member, element or map entry of `up`. */
struct place {
	const struct place *up;
	const char *key; /* NULL: element number index */
	size_t index;
	bool entry; /* key is a map's, which may hold dots */
};

/* Names seen in a map, so that one given twice is found in one step. */
struct seen {
	const char **slots;
	size_t cap, n;
};

/* Is it there? */
bool seen_has(const struct seen *seen, const char *key);

/* Adds a key, which must outlive it; false when it is there already. */
bool seen_new(struct seen *seen, const char *key);

struct load {
	struct json j;
	const char *file;
	struct diag *d;
	const struct place *here;
	const char *unknown; /* dotted name of the first member that no row has; NULL: none */
	bool strict, partial, broken; /* broken: the grammar fault has been told */
	uint8_t platform;    /* PLATFORM_* bits whose properties are read; 0: Linux, and nothing of the others */
	struct platform_spec *other; /* what the rules of that platform look at */
};

/* The dotted name of where the reader is, linux.resources.rdma["mlx5_0"].hcaHandles; NULL for the whole file.  Arena. */
const char *load_place(const struct load *l);

/* Adds a fault at the reader's last value. */
void load_tell(struct load *l, enum diag_level level, int rule, const char *text);

/* The same for a bad value: it breaks the row's rule, or M-3, which asks for valid values. */
void load_refuse(struct load *l, const struct field *f, const char *text);

void place_enter(struct load *l, struct place *p);

/* Back to the place above; a grammar fault is told here, where its place is known best. */
void place_leave(struct load *l);

/* Is the next value of that type?  If not, that is a fault, and it is read over. */
bool load_expect(struct load *l, const struct field *f, enum json_type want);

/* The next value, which is of the right type: a whole number in the row's range, in two's
 * complement; the value of a name in the row's table; a string, absolute if the row is a path.
 * False after a fault. */
bool value_number(struct load *l, const struct field *f, uint64_t *v);
bool value_enum(struct load *l, const struct field *f, int64_t *v);
bool value_string(struct load *l, const struct field *f, const char **s);

/* C:\x, \\server\x, \\?\Volume{...}\ */
bool path_is_windows(const char *path);

#endif

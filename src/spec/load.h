/* SPDX-License-Identifier: MIT */
/* load.h - config.json into struct spec, by the rows of fields.c; check.c's rules */
#ifndef SPEC_LOAD_H
#define SPEC_LOAD_H

#include "base/diag.h"
#include "spec/spec.h"

/* Reads a whole config.json from fd into a zeroed struct; `file` names it in faults.  Enforces
 * types, ranges, enums, required members, names given twice, left-out features; unknown members are
 * skipped (with a note when `strict`).  All faults go to d; false if any of them is an error; after
 * one in JSON's grammar the struct is zero again.  The file's text is not kept. */
bool spec_load(struct spec *s, int fd, const char *file, bool strict, struct diag *d);

/* The same for a text in memory. */
bool spec_load_text(struct spec *s, const char *text, size_t n, const char *name, struct diag *d);

/* The same for the objects that engines hand over by themselves: an OCI process (exec --process)
 * and linux.resources (update --resources). */
bool process_load(struct process_spec *p, int fd, const char *file, struct diag *d);
bool resources_load(struct resources_spec *r, int fd, const char *file, struct diag *d);

/* linux.resources from a text, over what r holds already: members that the text does not have stay, lists and maps are replaced. */
bool resources_load_text(struct resources_spec *r, const char *text, const char *name, struct diag *d);

/* Rules between members, M-2 to M-89; `file` as above.  Adds every fault, but none about a member
 * that loading refused already; false if any is an error.  Looks at nothing but the struct. */
bool spec_check(const struct spec *s, const char *file, struct diag *d);
bool process_check(const struct process_spec *p, const char *file, struct diag *d);
bool resources_check(const struct resources_spec *r, const char *file, struct diag *d);

/* Number i of these rules: M-number (-1: mote's own) and one sentence; false behind the last. */
bool spec_rule(size_t i, int *number, const char **says);

#endif

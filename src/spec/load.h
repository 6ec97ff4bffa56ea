/* SPDX-License-Identifier: MIT */
/* load.h - config.json into struct spec, by the rows of fields.c; check.c's rules */
#ifndef SPEC_LOAD_H
#define SPEC_LOAD_H

#include "base/diag.h"
#include "spec/spec.h"

/* Reads a whole config.json from fd into a zeroed struct; `file` names it in faults.  Enforces
 * types, ranges, enums, required members, names given twice, left-out features; unknown members are
 * skipped (with a warning when `strict`).  All faults go to d; false if any of them is an error; after
 * one in JSON's grammar the struct is zero again.  The file's text is not kept. */
bool spec_load(struct spec *s, int fd, const char *file, bool strict, struct diag *d);

/* The same for a text in memory. */
bool spec_load_text(struct spec *s, const char *text, size_t n, const char *name, struct diag *d);

/* The same for `mote validate`: strict adds warnings about unknown and deprecated members; with a platform its object is
 * read by the rows too, what means nothing there is read over, and `linux` with it. */
struct load_mode {
	const char *file; /* what to call it */
	bool strict;
	bool partial; /* what is required may be missing: an override */
	uint8_t platform; /* PLATFORM_* bits of fields.h; 0: Linux */
};
bool spec_load_mode(struct spec *s, const char *text, size_t n, const struct load_mode *m, struct diag *d);

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

/* spec_check for a spec of spec_load_mode with that platform. */
bool spec_check_platform(const struct spec *s, unsigned platform, const char *file, struct diag *d);

/* What a reviewer would ask about, as warnings: false when there are any.  For a spec without errors. */
bool spec_lint(const struct spec *s, bool initramfs, const char *file, struct diag *d);

/* Faults of d that have a dotted name and no line get those of the member in the text of the file, or of what stands where
 * it is missing.  One more pass over the text, no memory. */
void spec_places(const char *text, size_t n, struct diag *d);

/* Number i of all rules; false behind the last. */
struct rule_text {
	int number;       /* M-number; -1: mote's own */
	const char *says; /* one sentence */
	const char *kind; /* "rule", "platform" or "lint" */
};
bool spec_rule(size_t i, struct rule_text *out);

#endif

/* SPDX-License-Identifier: MIT */
/* check.h - for the files of rules: one function a rule, judged from the configuration alone */
#ifndef SPEC_CHECK_H
#define SPEC_CHECK_H

#include "base/diag.h"
#include "spec/spec.h"

#include "config.h"

/* What is judged.  Parts that were not given have a NULL. */
struct check {
	const struct spec *s;
	const struct process_spec *p;
	const struct resources_spec *r;
	const char *in_p, *in_r; /* what stands before their members' dotted names */
	const char *file;
	struct diag *d;
	int number; /* of the rule that is being judged */
	const char *says; /* its sentence; "" without VALIDATE */
	unsigned platform; /* PLATFORM_* bits, 0: Linux */
	bool initramfs;    /* "/" of this machine is one, as far as lint may know */
};

enum { MAPS_MAX = 340 }; /* rows of an id map: the kernel since 4.15, 5 before */

enum scope { OF_SPEC, OF_PROCESS, OF_RESOURCES }; /* which part of struct check it looks at */

struct rule {
	int16_t number; /* M-number of the specification's rule, -1: mote's own */
	uint8_t scope;
	bool anywhere; /* it holds on other platforms as well */
	void (*judge)(const struct check *c);
	const char *says;
};
#if HAVE_VALIDATE /* the sentences are for people who ask, not for judging */
#define RULE(says) says
#else
#define RULE(says) ""
#endif
extern const struct rule rules_base[], rules_process[], rules_linux[], rules_seccomp[], rules_platform[],
	rules_lint[]; /* ended by judge NULL */

/* Asks each of them about the parts that there are. */
void check_rules(struct check *c, const struct rule *rules);

/* Adds an error about the member with that dotted name; text outlives the diag. */
void check_bad(const struct check *c, const char *text, const char *name, ...)
	__attribute__((format(printf, 3, 4)));
void check_warn(const struct check *c, const char *text, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

void check_note(const struct check *c, const char *text, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

/* The namespace of that type, or NULL when it is shared with the host. */
const struct ns_spec *check_ns(const struct spec *s, int type);

/* The type of namespace that a setting of linux.sysctl (with dots or slashes) belongs to, or -1. */
int sysctl_ns(const char *key);

/* Id maps of whole numbers that do not overlap; name is the member's. */
void check_maps(const struct check *c, const struct idmaps *m, const char *name);

/* Is it a list like 0-3,7 (blanks allowed)?  NULL is. */
bool check_cpulist(const char *s);

/* Has it a component ".."? */
bool check_dotdot(const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/* unit.h - rows in, TAP out: one program a noun, each row a test; no test knows of another */
#ifndef UNIT_H
#define UNIT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Rows of an array. */
#define ROWS(a) (sizeof(a) / sizeof *(a))

static struct {
	int passed, failed, skipped;
} unit;

/* One test: its outcome and its name, printf-style.  Yields the outcome. */
static inline bool __attribute__((format(printf, 2, 3)))
unit_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", unit.passed + unit.failed + unit.skipped + 1);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	puts("");
	*(good ? &unit.passed : &unit.failed) += 1;
	return good;
}

/* Two numbers that should be the same. */
static inline bool
unit_num(long long got, long long want, const char *name)
{
	if (!unit_ok(got == want, "%s", name))
		printf("#   got %lld, want %lld\n", got, want);
	return got == want;
}

/* Two texts that should be the same; either may be NULL. */
static inline bool
unit_str(const char *got, const char *want, const char *name)
{
	bool good = got && want ? strcmp(got, want) == 0 : got == want;

	if (!unit_ok(good, "%s", name))
		printf("#   got  %s\n#   want %s\n", got ? got : "NULL", want ? want : "NULL");
	return good;
}

static inline void
unit_skip(const char *name, const char *why)
{
	int n = unit.passed + unit.failed + ++unit.skipped;

	printf("ok %d - %s # SKIP %s\n", n, name, why);
}

/* The plan and the sum; the exit status of main. */
static inline int
unit_done(void)
{
	printf("1..%d\n", unit.passed + unit.failed + unit.skipped);
	printf("%d passed, %d failed, %d skipped\n", unit.passed, unit.failed, unit.skipped);
	return unit.failed || !unit.passed;
}

#endif

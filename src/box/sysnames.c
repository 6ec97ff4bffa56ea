/* SPDX-License-Identifier: MIT */
/* sysnames.c - names of system calls and their numbers: a binary search in libseccomp's table
 *
 * libseccomp's own tables have a column for each of 16 architectures, 45 KB of them; this has the two or three that
 * the machine can run. */
#include "box/sysnames.h"

#include <stdint.h>
#include <string.h>

#include "sysnames.inc"

enum { NO_CALL = 0xffff, PRIVATE = 0xf000, ARM_PRIVATE = 0x0f0000 };

static const char text[] = SYSNAMES_TEXT;
static const uint16_t at[] = {SYSNAMES_AT};
static const uint16_t numbers[][SYSNAMES_COUNT] = {SYSNAMES_NUMBERS};

/* By enum sysnames; -1: not in this build. */
static const int8_t column_of[] = {SYSNAMES_COLUMNS};

_Bool
sysnames_has(enum sysnames a)
{
	return column_of[a] >= 0;
}

static int
find(const char *name)
{
	int low = 0, high = SYSNAMES_COUNT, mid, order;

	while (low < high) {
		mid = (low + high) / 2;
		order = strcmp(text + at[mid], name);
		if (!order)
			return mid;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

int
sysnames_number(enum sysnames a, const char *name)
{
	int i = find(name), n = i < 0 ? 0 : numbers[column_of[a]][i];

	if (i < 0)
		return -1;
	return n == NO_CALL ? -2 - i : n < PRIVATE ? n : n - PRIVATE + ARM_PRIVATE;
}

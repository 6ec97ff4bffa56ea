/* SPDX-License-Identifier: MIT */
/* arena.c - memory that is never freed: 30 KiB of .bss, then mappings; knows no strings but bytes */
#include "base/arena.h"
#include "sys.h"

#include <stdlib.h>
#include <string.h>

/* FIRST: what a run of the examples needs, and as much less than 32 KiB as lets data and .bss end before a page does: else the linker
 * pads the file up to the next one. */
enum { ALIGN = 16, FIRST = 30 * 1024, PIECE = 64 * 1024, PAGE = 4096 };

static size_t used;

static _Noreturn void
no_memory(void)
{
	static const char says[] = "mote: out of memory\n";

	sys_write(2, says, sizeof says - 1);
	sys_exit_group(1);
}

#if defined(MOTE_ASAN_ARENA) || defined(MOTE_SANITIZE)

/* One allocation a piece, so that the address sanitizer sees where each ends. */
struct piece {
	_Alignas(ALIGN) struct piece *next;
};

static struct piece *pieces;

static void *
take(size_t n)
{
	struct piece *p = calloc(1, sizeof *p + n);

	if (!p)
		no_memory();
	p->next = pieces;
	pieces = p;
	return p + 1;
}

void
arena_reset(void)
{
	while (pieces) {
		struct piece *p = pieces;

		pieces = p->next;
		free(p);
	}
	used = 0;
}

#else

/* Behind all other data, so that what is written early, and after the fork by both processes, shares a
 * page: each page less is two or three faults less. */
#if defined(__x86_64__)
#define LAST __attribute__((section(".lbss")))
#else
#define LAST
#endif

static _Alignas(ALIGN) char first[FIRST] LAST;
static char *next = first;
static size_t left = FIRST;

static void *
map(size_t n)
{
	void *p = sys_mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!p)
		no_memory();
	return p;
}

static void *
take(size_t n)
{
	char *p;

	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (n > left) {
		/* A big one gets a mapping of its own and leaves the rest of the piece in use. */
		if (n > PIECE / 4)
			return map((n + PAGE - 1) / PAGE * PAGE);
		next = map(PIECE);
		left = PIECE;
	}
	p = next;
	next += n;
	left -= n;
	return p;
}

/* Mappings stay behind: what runs often enough to care is built with the sanitizers. */
void
arena_reset(void)
{
	memset(first, 0, sizeof first);
	next = first;
	left = FIRST;
	used = 0;
}

#endif

void *
arena_get(size_t n)
{
	if (n > PTRDIFF_MAX - PAGE)
		no_memory();
	used += n;
	return take(n);
}

char *
arena_copy(const char *s, size_t n)
{
	char *p;

	if (n > PTRDIFF_MAX - PAGE)
		no_memory();
	p = arena_get(n + 1);
	if (n)
		memcpy(p, s, n);
	return p;
}

void *
arena_push(void *array, size_t *count, size_t size)
{
	size_t n = (*count)++;
	void *bigger;

	/* Full at 0, 4, 8, 16 ...: it begins with 4. */
	if (n && (n < 4 || (n & (n - 1))))
		return array;
	if (n > PTRDIFF_MAX / 2 / size)
		no_memory();
	bigger = arena_get((n ? 2 * n : 4) * size);
	if (n)
		memcpy(bigger, array, n * size);
	return bigger;
}

size_t
arena_used(void)
{
	return used;
}

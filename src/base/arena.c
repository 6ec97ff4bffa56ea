/* SPDX-License-Identifier: MIT */
/* arena.c - memory that is never freed: 30 KiB of .bss, then mappings; knows no strings but bytes */
#include "base/arena.h"
#include "sys.h"

#include <stdlib.h>
#include <string.h>

/* FIRST: what a run of the examples needs, and as much less than 32 KiB as lets data and .bss end before a page does: else the linker
 * pads the file up to the next one (full, and tiny). */
enum { ALIGN = 16, FIRST = HAVE_SECCOMP ? 30208 : 30720, PIECE = 64 * 1024, PAGE = 4096 };

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
static struct {
	size_t used;
} a;

static void *
take(size_t n)
{
	struct piece *p = calloc(1, sizeof *p + n);

	if (!p)
		no_memory();
	a.used += n;
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
	a.used = 0;
}

void
arena_fresh(void)
{
}

#else

/* Behind all other data, so that what is written early, and after the fork by both processes, shares a
 * page: each page less is two or three faults less.  The pages before it are not written any more by then. */
#if defined(__x86_64__)
#define LAST __attribute__((section(".lbss")))
#else
#define LAST
#endif

static struct {
	char *next;
	size_t left, used;
	_Alignas(ALIGN) char first[FIRST];
} a LAST;

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

	a.used += n;
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (n > a.left) {
		/* A big one gets a mapping of its own and leaves the rest of the piece in use. */
		if (n > PIECE / 4)
			return map((n + PAGE - 1) / PAGE * PAGE);
		a.left = a.next ? PIECE : FIRST;
		a.next = a.next ? map(PIECE) : a.first;
	}
	p = a.next;
	a.next += n;
	a.left -= n;
	return p;
}

void
arena_fresh(void)
{
	size_t rest = -(uintptr_t)a.next % PAGE;

	if (rest + PAGE > a.left)
		return;
	a.next += rest;
	a.left -= rest;
}

/* Mappings stay behind: what runs often enough to care is built with the sanitizers. */
void
arena_reset(void)
{
	memset(&a, 0, sizeof a);
}

#endif

void *
arena_get(size_t n)
{
	if (n > PTRDIFF_MAX - PAGE)
		no_memory();
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
	return a.used;
}

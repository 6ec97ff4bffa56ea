/* SPDX-License-Identifier: MIT */
/* test_arena.c - zeroed, aligned, apart, and as long-lived as promised */
#include "unit.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
zero(const char *p, size_t n)
{
	while (n-- > 0)
		if (p[n])
			return false;
	return true;
}

static void
sizes(void)
{
	static const size_t rows[] = {0, 1, 2, 15, 16, 17, 100, 4095, 4096, 16384, 16385, 32768, 65535,
		65536, 65537, 1000000, 10};
	char *got[ROWS(rows)];
	size_t i, k, apart = 0;

	for (i = 0; i < ROWS(rows); i++) {
		got[i] = arena_get(rows[i]);
		unit_ok(got[i] && (uintptr_t)got[i] % 16 == 0 && zero(got[i], rows[i]),
			"%zu bytes: there, aligned and zero", rows[i]);
		memset(got[i], (int)i + 1, rows[i]);
	}
	for (i = 0; i < ROWS(rows); i++)
		for (k = 0; k < rows[i]; k++)
			apart += got[i][k] != (char)(i + 1);
	unit_num((long long)apart, 0, "no piece lies in another");
}

static void
many(void)
{
	size_t i, wrong = 0, before = arena_used();
	char *p;

	for (i = 0; i < 20000; i++) {
		size_t n = i * 7919 % 300;

		p = arena_get(n);
		wrong += !zero(p, n) || (uintptr_t)p % 16;
		memset(p, 0xff, n);
	}
	unit_num((long long)wrong, 0, "20,000 small pieces are zero and aligned");
	unit_ok(arena_used() - before > 2000000, "arena_used counts them");
}

static void
copies(void)
{
	char from[] = "abc\0def";
	char *to = arena_copy(from, 7);

	from[0] = 'x';
	unit_ok(memcmp(to, "abc\0def", 8) == 0, "arena_copy takes bytes, NUL among them, and ends them");
	unit_str(arena_copy("hello", 2), "he", "arena_copy takes a part");
	unit_str(arena_copy(NULL, 0), "", "arena_copy of nothing");
}

struct row {
	unsigned a, b, more[8], c;
};

static void
pushes(void)
{
	struct row *rows = NULL, *was;
	size_t n = 0, i, wrong = 0, moves = 0;

	for (i = 0; i < 1000; i++) {
		struct row *r;

		was = rows;
		r = PUSH(rows, n);
		moves += rows != was;
		wrong += r != &rows[i] || r->a || r->b || r->c;
		memset(arena_get(16), 0xff, 16); /* a neighbour */
		r->a = (unsigned)i;
		r->c = ~(unsigned)i;
	}
	for (i = 0; i < n; i++)
		wrong += rows[i].a != i || rows[i].c != ~(unsigned)i;
	unit_num((long long)n, 1000, "PUSH counts");
	unit_num((long long)wrong, 0, "PUSH keeps what was there and adds zeroes");
	unit_ok(moves <= 9, "PUSH moves %zu times for 1,000 elements", moves);
	unit_ok(NEW(struct row)->a == 0 && NEWS(struct row, 3)[2].c == 0, "NEW and NEWS");
}

/* In a child, as it ends the process. */
static void
no_memory(size_t n, const char *name)
{
	struct rlimit small = {64 << 20, 64 << 20};
	int fds[2], status = -1;
	char says[64] = "";
	pid_t pid;

	if (pipe(fds))
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 2);
#if !defined(MOTE_ASAN_ARENA) && !defined(MOTE_SANITIZE)
		setrlimit(RLIMIT_AS, &small);
#endif
		(void)small;
		arena_get(n);
		_exit(0);
	}
	close(fds[1]);
	waitpid(pid, &status, 0);
	if (read(fds[0], says, sizeof says - 1) < 0)
		says[0] = '\0';
	close(fds[0]);
	unit_ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s: exit status 1", name);
	unit_str(says, "mote: out of memory\n", name);
}

static void
reset(void)
{
	char *p;

	arena_reset();
	unit_num((long long)arena_used(), 0, "arena_reset forgets");
	p = arena_get(20000);
	unit_ok(zero(p, 20000), "what is handed out again is zero again");
}

int
main(void)
{
	sizes();
	many();
	copies();
	pushes();
	no_memory(SIZE_MAX, "a size that wraps");
#if !defined(MOTE_ASAN_ARENA) && !defined(MOTE_SANITIZE)
	no_memory((size_t)256 << 20, "more than the limit");
	no_memory(SIZE_MAX / 2 - 8192, "a size that almost wraps");
#else
	unit_skip("more than the limit", "the address sanitizer needs the address space");
#endif
	reset();
	return unit_done();
}

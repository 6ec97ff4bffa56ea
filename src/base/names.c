/* SPDX-License-Identifier: MIT */
/* names.c - the names in a folder, sorted; names as one printable word */
#include "base/names.h"

#include <string.h>

#include "base/arena.h"
#include "sys.h"

/* Moves v[at] down in the heap of the first n until no child is larger. */
static void
sift(const char **v, size_t at, size_t n)
{
	const char *name = v[at];
	size_t child;

	while ((child = 2 * at + 1) < n) {
		if (child + 1 < n && strcmp(v[child], v[child + 1]) < 0)
			child++;
		if (strcmp(name, v[child]) >= 0)
			break;
		v[at] = v[child];
		at = child;
	}
	v[at] = name;
}

/* Heap sort: no memory, no bad case, and a quarter of libc's qsort. */
void
names_sort(const char **v, size_t n)
{
	const char *last;
	size_t i;

	for (i = n / 2; i > 0; i--)
		sift(v, i - 1, n);
	for (i = n; i > 1; i--) {
		last = v[i - 1];
		v[i - 1] = v[0];
		v[0] = last;
		sift(v, 0, i - 1);
	}
}

int
names_read(int fd, struct name_list *l)
{
	_Alignas(struct kernel_dirent) char buf[8192];
	const struct kernel_dirent *d;
	ssize_t n, at;

	*l = (struct name_list){NULL, 0};
	while ((n = sys_getdents64(fd, buf, sizeof buf)) > 0)
		for (at = 0; at < n; at += d->reclen) {
			d = (const void *)(buf + at);
			if (strcmp(d->name, ".") && strcmp(d->name, ".."))
				*PUSH(l->v, l->n) = arena_copy(d->name, strlen(d->name));
		}
	names_sort(l->v, l->n);
	return n < 0 ? (int)n : 0;
}

int
names_order(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b || !*a || !*b)
		return (unsigned char)*a - (unsigned char)*b;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

static bool
plain(char c)
{
	return c > ' ' && c < 127 && !strchr("\\#=*?[", c);
}

void
names_encode(struct out *o, const char *name)
{
	for (; *name; name++) {
		if (plain(*name))
			out_bytes(o, name, 1);
		else
			out_fmt(o, "\\%03o", (unsigned char)*name);
	}
}

static bool
octal(const char *s, size_t n, char *c)
{
	unsigned v;

	if (n < 4 || s[1] < '0' || s[1] > '3' || s[2] < '0' || s[2] > '7' || s[3] < '0' || s[3] > '7')
		return false;
	v = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
	*c = (char)v;
	return v != 0;
}

bool
names_decode(char *to, const char *s, size_t n)
{
	while (n) {
		if (*s == '\\') {
			if (!octal(s, n, to))
				return false;
			s += 4;
			n -= 4;
		} else {
			if (!plain(*s))
				return false;
			*to = *s++;
			n--;
		}
		to++;
	}
	*to = '\0';
	return true;
}

/* SPDX-License-Identifier: MIT */
/* text.c - strings, numbers, times and paths as text; looks at no file and knows no locale */
#include "base/text.h"
#include "base/arena.h"

#include <string.h>

/* --- formatting ------------------------------------------------------------------------------- */

struct sink {
	char *buf;
	size_t cap, len; /* len goes on past cap */
};

struct spec {
	bool zero, left;
	size_t width;
	bool cut; /* .* was given */
	size_t max;
	int size; /* 0 int, 1 long, 2 long long, 3 size_t */
};

/* A va_list that can be handed down: the type itself may be an array. */
struct args {
	va_list ap;
};

static void
put(struct sink *o, const char *s, size_t n)
{
	if (o->len < o->cap)
		memcpy(o->buf + o->len, s, n < o->cap - o->len ? n : o->cap - o->len);
	o->len += n;
}

static void
fill(struct sink *o, char c, size_t n)
{
	while (n-- > 0)
		put(o, &c, 1);
}

static void
put_padded(struct sink *o, const struct spec *f, const char *s, size_t n)
{
	size_t pad = f->width > n ? f->width - n : 0;

	if (!f->left)
		fill(o, ' ', pad);
	put(o, s, n);
	if (f->left)
		fill(o, ' ', pad);
}

static void
put_str(struct sink *o, const struct spec *f, const char *s)
{
	if (!s)
		s = "(null)";
	put_padded(o, f, s, f->cut ? strnlen(s, f->max) : strlen(s));
}

static void
put_number(struct sink *o, const struct spec *f, uint64_t v, unsigned base, bool minus)
{
	char digits[24];
	size_t at = sizeof digits;

	do {
		digits[--at] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	if (f->zero && !f->left) {
		size_t n = sizeof digits - at + minus;

		if (minus)
			put(o, "-", 1);
		fill(o, '0', f->width > n ? f->width - n : 0);
		put(o, digits + at, sizeof digits - at);
		return;
	}
	if (minus)
		digits[--at] = '-';
	put_padded(o, f, digits + at, sizeof digits - at);
}

static uint64_t
take_unsigned(struct args *a, int size)
{
	switch (size) {
	case 0: return va_arg(a->ap, unsigned);
	case 1: return va_arg(a->ap, unsigned long);
	case 2: return va_arg(a->ap, unsigned long long);
	}
	return va_arg(a->ap, size_t);
}

static int64_t
take_signed(struct args *a, int size)
{
	switch (size) {
	case 0: return va_arg(a->ap, int);
	case 1: return va_arg(a->ap, long);
	case 2: return va_arg(a->ap, long long);
	}
	return va_arg(a->ap, ptrdiff_t);
}

/* Reads what stands between % and the letter. */
static const char *
read_spec(const char *p, struct spec *f, struct args *a)
{
	for (; *p == '0' || *p == '-'; p++)
		*(*p == '0' ? &f->zero : &f->left) = true;
	for (; *p >= '0' && *p <= '9'; p++)
		f->width = f->width * 10 + (size_t)(*p - '0');
	if (p[0] == '.' && p[1] == '*') {
		int max = va_arg(a->ap, int);

		f->cut = max >= 0; /* as printf: a negative one is none */
		f->max = f->cut ? (size_t)max : 0;
		p += 2;
	}
	if (*p == 'z') {
		f->size = 3;
		p++;
	}
	for (; *p == 'l' && f->size < 2; p++)
		f->size++;
	return p;
}

/* One conversion; false for a letter that is none of ours. */
static bool
convert(struct sink *o, const struct spec *f, char letter, struct args *a)
{
	int64_t v;
	char c;

	switch (letter) {
	case 's': put_str(o, f, va_arg(a->ap, const char *)); return true;
	case 'c':
		c = (char)va_arg(a->ap, int);
		put_padded(o, f, &c, 1);
		return true;
	case '%': put(o, "%", 1); return true;
	case 'd':
	case 'i':
		v = take_signed(a, f->size);
		put_number(o, f, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0);
		return true;
	case 'u': put_number(o, f, take_unsigned(a, f->size), 10, false); return true;
	case 'x': put_number(o, f, take_unsigned(a, f->size), 16, false); return true;
	case 'o': put_number(o, f, take_unsigned(a, f->size), 8, false); return true;
	}
	return false;
}

size_t
text_vfmt(char *buf, size_t cap, const char *fmt, va_list ap)
{
	struct sink o = {buf, cap, 0};
	struct args a;
	const char *p;

	va_copy(a.ap, ap);
	while ((p = strchr(fmt, '%'))) {
		struct spec f = {0};
		const char *letter = read_spec(p + 1, &f, &a);

		put(&o, fmt, (size_t)(p - fmt));
		fmt = p;
		/* After an unknown letter the arguments no longer fit: the rest goes out as it is. */
		if (!convert(&o, &f, *letter, &a))
			break;
		fmt = letter + 1;
	}
	put(&o, fmt, strlen(fmt));
	va_end(a.ap);
	if (cap)
		buf[o.len < cap ? o.len : cap - 1] = '\0';
	return o.len;
}

size_t
text_fmt(char *buf, size_t cap, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = text_vfmt(buf, cap, fmt, ap);
	va_end(ap);
	return n;
}

char *
text_vmake(const char *fmt, va_list ap)
{
	size_t n = text_vfmt(NULL, 0, fmt, ap);
	char *s = arena_get(n + 1);

	text_vfmt(s, n + 1, fmt, ap);
	return s;
}

char *
text_make(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = text_vmake(fmt, ap);
	va_end(ap);
	return s;
}

/* --- numbers ---------------------------------------------------------------------------------- */

bool
text_u64_prefix(const char *s, const char **end, uint64_t *v)
{
	uint64_t n = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (p == s)
		return false;
	*end = p;
	*v = n;
	return true;
}

bool
text_u64(const char *s, uint64_t *v)
{
	const char *end;
	uint64_t n;

	if (!text_u64_prefix(s, &end, &n) || *end)
		return false;
	*v = n;
	return true;
}

bool
text_i64(const char *s, int64_t *v)
{
	bool minus = *s == '-';
	uint64_t n;

	if (!text_u64(s + minus, &n) || n > (uint64_t)INT64_MAX + minus)
		return false;
	/* -INT64_MIN has no room in the type: step around it. */
	*v = !minus ? (int64_t)n : n ? -(int64_t)(n - 1) - 1 : 0;
	return true;
}

bool
text_bits(const char *s, unsigned long *bits, uint64_t max)
{
	enum { WORD = 8 * sizeof *bits };
	uint64_t from, to;

	for (;; s++) {
		s += strspn(s, " ");
		if (!text_u64_prefix(s, &s, &from))
			return false;
		to = from;
		if (*s == '-' && !text_u64_prefix(s + 1, &s, &to))
			return false;
		if (from > to || to >= max)
			return false;
		for (; bits && from <= to; from++)
			bits[from / WORD] |= 1UL << from % WORD;
		s += strspn(s, " ");
		if (*s != ',')
			return !*s;
	}
}

/* --- strings ---------------------------------------------------------------------------------- */

bool
text_size(const char *s, uint64_t *v)
{
	static const char units[] = "kmgt";
	const char *u, *end;
	uint64_t n;
	unsigned shift = 0;

	if (!text_u64_prefix(s, &end, &n))
		return false;
	if (*end) {
		u = strchr(units, *end | 32);
		if (!u || !*u)
			return false;
		shift = 10 * (unsigned)(u - units + 1);
		end++;
		end += *end == 'i';
		end += (*end | 32) == 'b';
	}
	if (*end || n > (uint64_t)INT64_MAX >> shift)
		return false;
	*v = n << shift;
	return true;
}

bool
text_eq(const char *a, const char *b)
{
	return a && b ? *a == *b && !strcmp(a, b) : a == b;
}

bool
text_starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* For short texts; libc's strstr is a kilobyte. */
const char *
text_find(const char *s, const char *what)
{
	for (; *s; s++)
		if (*s == *what && text_starts(s, what))
			return s;
	return NULL;
}

bool
text_ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && memcmp(s + n - m, with, m) == 0;
}

/* By the table "well-formed byte sequences" of the Unicode standard: no long forms, no surrogates,
 * nothing past U+10FFFF. */
size_t
text_utf8(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (!n)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	len = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	switch (u[0]) {
	case 0xe0: low = 0xa0; break;
	case 0xed: high = 0x9f; break;
	case 0xf0: low = 0x90; break;
	case 0xf4: high = 0x8f; break;
	}
	if (n < len || u[1] < low || u[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t
text_rune(char s[4], unsigned u)
{
	size_t n = u < 0x80 ? 1 : u < 0x800 ? 2 : u < 0x10000 ? 3 : 4, i;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (i = n - 1; i > 0; i--) {
		s[i] = (char)(0x80 | (u & 0x3f));
		u >>= 6;
	}
	s[0] = (char)(lead[n] | u);
	return n;
}

/* --- paths ------------------------------------------------------------------------------------ */

char *
text_path(const char *a, const char *b)
{
	size_t n = strlen(a), more;
	char *path;

	while (n && a[n - 1] == '/')
		n--;
	while (*b == '/')
		b++;
	more = strlen(b);
	path = arena_get(n + more + 2);
	memcpy(path, a, n);
	path[n] = '/';
	memcpy(path + n + 1, b, more);
	return path;
}

char *
text_clean(const char *path)
{
	char *clean = arena_get(strlen(path) + 2), *end = clean;
	size_t n;

	for (; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (!n || (n == 1 && path[0] == '.'))
			continue;
		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (end > clean && *--end != '/')
				;
			continue;
		}
		*end++ = '/';
		memcpy(end, path, n);
		end += n;
	}
	if (end == clean)
		*end++ = '/';
	*end = '\0';
	return clean;
}

/* --- errors and times ------------------------------------------------------------------------- */

const char *
text_errno(int err)
{
	const char *s = strerror(err < 0 ? -err : err);
	char *lower;

	/* "No such file" but not "I/O error". */
	if (s[0] < 'A' || s[0] > 'Z' || s[1] < 'a' || s[1] > 'z')
		return s;
	lower = arena_copy(s, strlen(s));
	lower[0] = (char)(lower[0] + 'a' - 'A');
	return lower;
}

char *
text_time(int64_t sec, long nsec)
{
	int64_t day = sec / 86400, second = sec % 86400, era, year;
	unsigned doe, yoe, doy, m;

	if (second < 0) {
		second += 86400;
		day--;
	}
	/* Years that begin in March put the leap day last; 400 of them are always 146097 days. */
	day += 719468;
	era = (day >= 0 ? day : day - 146096) / 146097;
	doe = (unsigned)(day - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	m = (5 * doy + 2) / 153;
	year = era * 400 + yoe + (m >= 10);
	return text_make("%04lld-%02u-%02uT%02d:%02d:%02d.%09ldZ", (long long)year,
		m < 10 ? m + 3 : m - 9, doy - (153 * m + 2) / 5 + 1, (int)(second / 3600),
		(int)(second / 60 % 60), (int)(second % 60), nsec);
}

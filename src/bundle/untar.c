/* SPDX-License-Identifier: MIT */
/* untar.c - tar archives read: ustar, pax, what GNU tar writes for long names and large numbers, and the old form */
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/text.h"
#include "bundle/member.h"
#include "bundle/tar.h"
#include "sys.h"

enum { PAX_MAX = 1 << 20 };

/* What headers before a member's own said of it. */
struct before {
	const char *path, *link;
	bool uid, gid, size, mtime; /* given */
	struct member m;
};

static int
fail(struct unpacker *u, const char *why)
{
	if (!u->why)
		u->why = why;
	return -1;
}

/* Octal digits between blanks and NULs, or, as GNU tar writes what they cannot hold, 63 bits behind a first byte of 0x80.
 * false when it is neither. */
static bool
number(const char *s, size_t n, uint64_t *v)
{
	size_t i = 0;

	*v = 0;
	if ((unsigned char)*s == 0x80) {
		for (i = 1; i < n; i++) {
			if (*v >> 55)
				return false;
			*v = *v << 8 | (unsigned char)s[i];
		}
		return true;
	}
	while (i < n && s[i] == ' ')
		i++;
	for (; i < n && s[i] >= '0' && s[i] <= '7'; i++)
		*v = *v << 3 | (uint64_t)(s[i] - '0');
	return i == n || s[i] == ' ' || s[i] == '\0';
}

bool
tar_valid(const struct tar_head *h)
{
	const unsigned char *p = (const unsigned char *)h;
	uint64_t want, sum = 0;
	size_t i;

	for (i = 0; i < sizeof *h; i++)
		sum += i >= offsetof(struct tar_head, sum) && i < offsetof(struct tar_head, type) ? ' ' : p[i];
	return number(h->sum, sizeof h->sum, &want) && want == sum;
}

static const char *
field(const char *s, size_t n)
{
	return arena_copy(s, strnlen(s, n));
}

/* --- pax records -------------------------------------------------------------------------------- */

/* A decimal number; of a time the part before the point. */
static bool
decimal(const char *s, uint64_t *v, bool point)
{
	const char *end;

	return text_u64_prefix(s, &end, v) && (!*end || (point && *end == '.'));
}

static bool
take_id(const char *value, uint32_t *id, bool *given)
{
	uint64_t v;

	*given = decimal(value, &v, false) && v <= UINT32_MAX;
	*id = *given ? (uint32_t)v : 0;
	return *given;
}

static bool
take_time(struct before *b, const char *value)
{
	bool minus = *value == '-';
	uint64_t v;

	b->mtime = decimal(value + minus, &v, true) && v <= INT64_MAX;
	b->m.mtime = !b->mtime ? 0 : minus ? -(int64_t)v : (int64_t)v;
	return b->mtime;
}

static bool
take_xattr(struct before *b, const char *name, const char *value, size_t n)
{
	struct xattr *all = (struct xattr *)b->m.xattrs;

	*PUSH(all, b->m.nxattrs) = (struct xattr){name, value, n};
	b->m.xattrs = all;
	return true;
}

/* What is not known may be left out, but not what tells where the bytes of a sparse file belong. */
static bool
take_record(struct before *b, const char *key, const char *value, size_t n)
{
	if (text_starts(key, "SCHILY.xattr."))
		return take_xattr(b, key + 13, value, n);
	if (text_starts(key, "GNU.sparse."))
		return false;
	if (strlen(value) != n)
		return false;
	if (text_eq(key, "path"))
		b->path = value;
	else if (text_eq(key, "linkpath"))
		b->link = value;
	else if (text_eq(key, "uid"))
		return take_id(value, &b->m.uid, &b->uid);
	else if (text_eq(key, "gid"))
		return take_id(value, &b->m.gid, &b->gid);
	else if (text_eq(key, "size"))
		return b->size = decimal(value, &b->m.size, false);
	else if (text_eq(key, "mtime"))
		return take_time(b, value);
	return true;
}

static bool
take_records(struct before *b, char *p, size_t n)
{
	char *end = p + n, *eq;
	const char *key;
	uint64_t len;

	while (p < end) {
		if (!text_u64_prefix(p, &key, &len) || *key != ' ' || len > (size_t)(end - p) || len < (size_t)(key - p) + 4)
			return false;
		key++;
		eq = memchr(key, '=', len - (size_t)(key - p));
		if (!eq || p[len - 1] != '\n')
			return false;
		*eq = p[len - 1] = '\0';
		if (!take_record(b, key, eq + 1, (size_t)(p + len - 1 - (eq + 1))))
			return false;
		p += len;
	}
	return true;
}

/* --- headers ---------------------------------------------------------------------------------- */

static char *
read_body(struct unpacker *u, uint64_t size)
{
	char *s;

	if (size > PAX_MAX)
		return fail(u, "an extended header of more than 1 MiB"), NULL;
	s = arena_get(size + 1);
	u->fill = -size & (TAR_BLOCK - 1);
	return unpacker_take(u, s, size) && unpacker_skip(u) ? s : NULL;
}

/* A header that says something of the next member: 1 if it is such, 0 if not, -1 with a sentence. */
static int
read_before(struct unpacker *u, const struct tar_head *h, uint64_t size, struct before *b)
{
	char *body;

	if (!strchr("xgLK", h->type) || !h->type)
		return 0;
	body = read_body(u, size);
	if (!body)
		return -1;
	if (h->type == 'L')
		b->path = body;
	else if (h->type == 'K')
		b->link = body;
	else if (h->type == 'x' && !take_records(b, body, size))
		return fail(u, "an extended header that cannot be read, or a sparse file");
	return 1; /* g: comments of the whole archive */
}

static mode_t
type_of(char type)
{
	switch (type) {
	case '2': return S_IFLNK;
	case '3': return S_IFCHR;
	case '4': return S_IFBLK;
	case '5': return S_IFDIR;
	case '6': return S_IFIFO;
	default: return S_IFREG;
	}
}

static const char *
clean(const struct unpacker *u, const char *path)
{
	return member_path(u->rooted ? path + strspn(path, "/") : path);
}

static bool
fill_member(struct unpacker *u, const struct tar_head *h, const struct before *b, struct member *m)
{
	uint64_t mode, uid, gid, mtime, maj, min;
	bool ustar = !memcmp(h->magic, "ustar", 5);
	const char *path = b->path, *link = b->link ? b->link : field(h->link, sizeof h->link);

	if (!number(h->mode, sizeof h->mode, &mode) || !number(h->uid, sizeof h->uid, &uid) || !number(h->gid, sizeof h->gid, &gid) ||
		!number(h->mtime, sizeof h->mtime, &mtime))
		return false;
	if (!path)
		path = field(h->name, sizeof h->name);
	/* GNU's own form has other things where ustar has the prefix. */
	if (!b->path && ustar && h->prefix[0] && !memcmp(h->version, "00", 2))
		path = text_make("%s/%s", field(h->prefix, sizeof h->prefix), path);
	*m = b->m;
	m->path = clean(u, path);
	m->mode = type_of(h->type) | (mode & 07777);
	if (h->type != '5' && text_ends(path, "/") && (h->type == '0' || !h->type)) /* the oldest form of a folder */
		m->mode = S_IFDIR | (mode & 07777);
	if (!b->uid)
		m->uid = uid < UINT32_MAX ? (uid_t)uid : UINT32_MAX;
	if (!b->gid)
		m->gid = gid < UINT32_MAX ? (gid_t)gid : UINT32_MAX;
	if (!b->mtime)
		m->mtime = (int64_t)mtime;
	if (S_ISCHR(m->mode) || S_ISBLK(m->mode)) {
		if (!number(h->major, sizeof h->major, &maj) || !number(h->minor, sizeof h->minor, &min) || (maj | min) > UINT32_MAX)
			return false;
		m->rdev = makedev((unsigned)maj, (unsigned)min);
	}
	if (h->type == '1') {
		m->hard = clean(u, link);
		if (!m->hard)
			u->why = member_refused("link to", link);
	}
	m->target = h->type == '2' ? link : NULL;
	if (!m->path)
		u->why = member_refused("name", path);
	return true;
}

/* 1 with a header, 0 at the end: a block of zeroes, or in a layer none. */
static int
read_head(struct unpacker *u, struct tar_head *h)
{
	static const struct tar_head none;

	if (!unpacker_skip(u))
		return -1;
	if (!unpacker_take(u, h, 1)) {
		if (!u->rooted || !u->ended) /* umoci insert --whiteout writes no end */
			return -1;
		u->why = NULL;
		return 0;
	}
	if (!unpacker_take(u, (char *)h + 1, sizeof *h - 1))
		return -1;
	if (!memcmp(h, &none, sizeof none))
		return 0;
	return tar_valid(h) ? 1 : fail(u, "no tar header where one should be (its sum is wrong)");
}

int
next_tar(struct unpacker *u, struct member *m)
{
	struct before b = {NULL};
	struct tar_head h;
	uint64_t size;
	int got;

	do {
		got = read_head(u, &h);
		if (got <= 0)
			return got;
		if (!number(h.size, sizeof h.size, &size))
			return fail(u, "a size that is no number");
		got = read_before(u, &h, size, &b);
	} while (got > 0);
	if (got < 0)
		return -1;
	if (h.type && !strchr("01234567", h.type))
		return fail(u, text_make("an entry of type '%c' (a sparse file, or another tar's own)", h.type));
	if (!fill_member(u, &h, &b, m))
		return fail(u, "a number in a header that is none");
	if (u->why)
		return -1;
	u->left = b.size ? b.m.size : size;
	if (u->left > INT64_MAX - TAR_BLOCK)
		return fail(u, "a size beyond all files");
	/* A folder's size is said by some to be what it may hold: no content follows. */
	if (h.type && strchr("23456", h.type))
		u->left = 0;
	u->fill = -u->left & (TAR_BLOCK - 1);
	m->size = u->left;
	return 1;
}

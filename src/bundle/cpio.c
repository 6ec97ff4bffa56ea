/* SPDX-License-Identifier: MIT */
/* cpio.c - cpio "newc", as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst): written and read */
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/text.h"
#include "bundle/member.h"
#include "sys.h"

enum { HEAD = 110, FIELDS = 13, FIELD = 8 };
enum { INO, MODE, UID, GID, NLINK, MTIME, SIZE, DEV_MAJOR, DEV_MINOR, RDEV_MAJOR, RDEV_MINOR, NAME, SUM };

/* How many names a file has is known at the end only; readers want to know whether it is more than one. */
enum { MANY = 65535 };

static const char trailer[] = "TRAILER!!!";

/* --- out -------------------------------------------------------------------------------------- */

static int
put_head(struct packer *p, const uint32_t v[FIELDS], const char *name)
{
	char head[HEAD + 1];
	int i, e;

	text_fmt(head, sizeof head, "070701");
	for (i = 0; i < FIELDS; i++)
		text_fmt(head + 6 + i * FIELD, FIELD + 1, "%08x", v[i]);
	e = packer_write(p, head, HEAD);
	if (!e)
		e = packer_write(p, name, strlen(name) + 1);
	return e ? e : packer_fill(p, 4);
}

/* What the format cannot hold is an error, not left out: the digest would not be the same. */
static const char *
cannot(const struct member *m)
{
	if (m->nxattrs)
		return "cpio holds no extended attributes (tar, squashfs and erofs do)";
	if (m->size > UINT32_MAX)
		return "cpio holds no file of 4 GiB or more";
	if (m->mtime < 0 || m->mtime > UINT32_MAX)
		return "cpio holds no time before 1970 or after 2106";
	return NULL;
}

static int
put_member(struct packer *p, const struct member *m)
{
	uint32_t v[FIELDS] = {[MODE] = m->mode, [UID] = m->uid, [GID] = m->gid, [NLINK] = m->file ? MANY : 1,
		[MTIME] = (uint32_t)m->mtime, [SIZE] = (uint32_t)m->size, [NAME] = strlen(m->path) + 1};
	int e;

	p->why = cannot(m);
	if (p->why)
		return -EINVAL;
	/* Numbers of our own: those of files with several names below, all others above 2^31. */
	v[INO] = m->file ? (uint32_t)m->file : 0x80000000 + (uint32_t)++p->number;
	if (S_ISCHR(m->mode) || S_ISBLK(m->mode)) {
		v[RDEV_MAJOR] = major(m->rdev);
		v[RDEV_MINOR] = minor(m->rdev);
	}
	if (m->target)
		v[SIZE] = strlen(m->target);
	e = put_head(p, v, m->path);
	p->left = m->size;
	if (!e && m->target)
		e = packer_write(p, m->target, strlen(m->target));
	return e || p->left ? e : packer_fill(p, 4);
}

static int
put_data(struct packer *p, const void *data, size_t n)
{
	int e = packer_write(p, data, n);

	p->left -= n;
	return e || p->left ? e : packer_fill(p, 4);
}

static int
put_end(struct packer *p)
{
	int e = put_head(p, (const uint32_t[FIELDS]){[NLINK] = 1, [NAME] = sizeof trailer}, trailer);

	return e ? e : packer_fill(p, 512); /* so that another can be appended */
}

const struct packer packer_cpio = {.member = put_member, .data = put_data, .end = put_end};

/* --- in --------------------------------------------------------------------------------------- */

static bool
hex(const char *s, uint32_t *v)
{
	int i;
	char c;

	for (*v = 0, i = 0; i < FIELD; i++) {
		c = s[i] | 32; /* A-F as a-f; digits stay */
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		*v = *v << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

static int
fail(struct unpacker *u, const char *why)
{
	if (!u->why)
		u->why = why;
	return -1;
}

static bool
read_head(struct unpacker *u, uint32_t v[FIELDS])
{
	char head[HEAD];
	int i;

	if (!unpacker_take(u, head, HEAD))
		return false;
	for (i = 0; i < FIELDS; i++)
		if (memcmp(head, "07070", 5) || (head[5] != '1' && head[5] != '2') || !hex(head + 6 + i * FIELD, v + i))
			return fail(u, "no cpio header (newc) where one should be") == 0;
	return true;
}

/* n bytes and what fills them up to a multiple of four, counted from the header's first byte. */
static char *
read_text(struct unpacker *u, size_t before, size_t n)
{
	char *s = arena_get(n + 4), rest[4];

	return unpacker_take(u, s, n) && unpacker_take(u, rest, -(before + n) & 3) ? s : NULL;
}

/* Another name of a file that came before.  GNU cpio puts the content behind the last name, others behind the first. */
static void
link_up(struct unpacker *u, struct member *m, const uint32_t v[FIELDS])
{
	struct link *l;

	if (!S_ISREG(m->mode) || v[NLINK] < 2)
		return;
	l = links_find(&u->links, (uint64_t)v[DEV_MAJOR] << 32 | v[DEV_MINOR], v[INO]);
	if (l->path)
		m->hard = l->path;
	else
		l->path = m->path;
}

int
next_cpio(struct unpacker *u, struct member *m)
{
	uint32_t v[FIELDS];
	char *name;

	if (!unpacker_skip(u) || !read_head(u, v))
		return -1;
	if (v[NAME] == 0 || v[NAME] > PATH_MAX)
		return fail(u, "a name of no length or of more than 4096 bytes");
	name = read_text(u, HEAD, v[NAME]);
	if (!name || name[v[NAME] - 1])
		return fail(u, "a name without an end");
	if (text_eq(name, trailer))
		return 0;
	*m = (struct member){.path = member_path(name), .mode = v[MODE], .uid = v[UID], .gid = v[GID], .mtime = v[MTIME],
		.rdev = makedev(v[RDEV_MAJOR], v[RDEV_MINOR])};
	if (!m->path)
		return fail(u, member_refused("name", name));
	if (S_ISLNK(m->mode)) {
		if (v[SIZE] == 0 || v[SIZE] >= PATH_MAX)
			return fail(u, "a symbolic link of no length or of more than 4095 bytes");
		m->target = read_text(u, 0, v[SIZE]);
		if (!m->target)
			return -1;
	} else {
		m->size = S_ISREG(m->mode) ? v[SIZE] : 0;
		u->left = v[SIZE];
		u->fill = -v[SIZE] & 3;
	}
	link_up(u, m, v);
	return 1;
}

/* SPDX-License-Identifier: MIT */
/* tar.c - pax archives (POSIX.1-2017, pax, "Extended Interchange Format"): written; a pax header only where ustar cannot hold it */
#include <string.h>
#include <sys/sysmacros.h>

#include "base/out.h"
#include "base/text.h"
#include "bundle/member.h"
#include "bundle/tar.h"
#include "sys.h"

/* n - 1 octal digits and a NUL; false when v has more. */
static bool
put_octal(char *to, size_t n, uint64_t v)
{
	size_t i;

	for (i = n - 1; i > 0; i--, v >>= 3)
		to[i - 1] = (char)('0' + (v & 7));
	to[n - 1] = '\0';
	return v == 0;
}

static void
put_sum(struct tar_head *h)
{
	const unsigned char *p = (const unsigned char *)h;
	uint64_t sum = 0;
	size_t i;

	memset(h->sum, ' ', sizeof h->sum);
	for (i = 0; i < sizeof *h; i++)
		sum += p[i];
	put_octal(h->sum, 7, sum);
}

/* "LENGTH KEY=VALUE\n", where the length counts its own digits. */
static void
put_record(struct out *o, const char *key, const void *value, size_t n)
{
	size_t body = strlen(key) + n + 3, len = body + 1, digits;
	char number[24];

	for (digits = 0; digits != len; len = body + digits) {
		digits = text_fmt(number, sizeof number, "%zu", len);
		if (body + digits == len)
			break;
	}
	out_fmt(o, "%zu %s=", len, key);
	out_bytes(o, value, n);
	out_str(o, "\n");
}

static void
put_text(struct out *o, const char *key, const char *value)
{
	put_record(o, key, value, strlen(value));
}

/* A name into the header, cut between two components if it has to be; false when it does not fit. */
static bool
put_path(struct tar_head *h, const char *path)
{
	size_t n = strlen(path);
	const char *cut;

	if (n <= sizeof h->name) {
		memcpy(h->name, path, n);
		return true;
	}
	cut = memchr(path + n - sizeof h->name - 1, '/', sizeof h->name);
	if (!cut || cut == path || (size_t)(cut - path) > sizeof h->prefix)
		return false;
	memcpy(h->prefix, path, (size_t)(cut - path));
	memcpy(h->name, cut + 1, n - (size_t)(cut + 1 - path));
	return true;
}

static char
type_of(const struct member *m)
{
	if (m->hard)
		return '1';
	switch (m->mode & S_IFMT) {
	case S_IFREG: return '0';
	case S_IFLNK: return '2';
	case S_IFCHR: return '3';
	case S_IFBLK: return '4';
	case S_IFDIR: return '5';
	default: return '6';
	}
}

static void
fill_head(struct tar_head *h, const struct member *m, struct out *pax)
{
	const char *link = m->hard ? m->hard : m->target ? m->target : "";
	uint64_t size = m->hard ? 0 : m->size;
	char number[24];
	size_t i;

	*h = (struct tar_head){.type = type_of(m), .magic = "ustar", .version = {'0', '0'}};
	if (!put_path(h, m->path))
		put_text(pax, "path", m->path);
	if (strlen(link) <= sizeof h->link)
		memcpy(h->link, link, strlen(link));
	else
		put_text(pax, "linkpath", link);
	put_octal(h->mode, sizeof h->mode, m->mode & 07777);
	text_fmt(number, sizeof number, "%u", m->uid);
	if (!put_octal(h->uid, sizeof h->uid, m->uid))
		put_text(pax, "uid", number);
	text_fmt(number, sizeof number, "%u", m->gid);
	if (!put_octal(h->gid, sizeof h->gid, m->gid))
		put_text(pax, "gid", number);
	text_fmt(number, sizeof number, "%llu", (unsigned long long)size);
	if (!put_octal(h->size, sizeof h->size, size))
		put_text(pax, "size", number);
	text_fmt(number, sizeof number, "%lld", (long long)m->mtime);
	if (!put_octal(h->mtime, sizeof h->mtime, m->mtime < 0 ? UINT64_MAX : (uint64_t)m->mtime))
		put_text(pax, "mtime", number);
	if (h->type == '3' || h->type == '4') {
		put_octal(h->major, sizeof h->major, major(m->rdev));
		put_octal(h->minor, sizeof h->minor, minor(m->rdev));
	}
	for (i = 0; i < m->nxattrs && !m->hard; i++)
		put_record(pax, text_make("SCHILY.xattr.%s", m->xattrs[i].name), m->xattrs[i].value, m->xattrs[i].n);
	put_sum(h);
}

static int
put_pax(struct packer *p, const struct out *pax)
{
	struct tar_head h = {.name = "PaxHeader", .type = 'x', .magic = "ustar", .version = {'0', '0'}};
	int e;

	put_octal(h.mode, sizeof h.mode, 0644);
	put_octal(h.uid, sizeof h.uid, 0);
	put_octal(h.gid, sizeof h.gid, 0);
	put_octal(h.size, sizeof h.size, pax->len);
	put_octal(h.mtime, sizeof h.mtime, 0);
	put_sum(&h);
	e = packer_write(p, &h, sizeof h);
	if (!e)
		e = packer_write(p, pax->buf, pax->len);
	return e ? e : packer_fill(p, TAR_BLOCK);
}

static int
put_member(struct packer *p, const struct member *m)
{
	struct out pax = out_mem();
	struct tar_head h;
	int e = 0;

	if (!*m->path) /* the top folder is whoever unpacks it's */
		return 0;
	if (S_ISSOCK(m->mode)) {
		p->why = "tar holds no sockets";
		return -EINVAL;
	}
	fill_head(&h, m, &pax);
	if (pax.len)
		e = put_pax(p, &pax);
	p->left = m->hard ? 0 : m->size;
	return e ? e : packer_write(p, &h, sizeof h);
}

static int
put_data(struct packer *p, const void *data, size_t n)
{
	int e = packer_write(p, data, n);

	p->left -= n;
	return e || p->left ? e : packer_fill(p, TAR_BLOCK);
}

/* Two blocks of zeroes, and records of 20 blocks as every tar writes them. */
static int
put_end(struct packer *p)
{
	static const char zero[TAR_BLOCK];
	int e = packer_write(p, zero, sizeof zero);

	do
		e = e ? e : packer_write(p, zero, sizeof zero);
	while (!e && p->at % (20 * TAR_BLOCK));
	return e;
}

const struct packer packer_tar = {.member = put_member, .data = put_data, .end = put_end};

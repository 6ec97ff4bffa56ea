/* SPDX-License-Identifier: MIT */
/* member.c - what the formats of archives share */
#include "bundle/member.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "sys.h"

enum { SHOWN = 200 }; /* bytes of a name that is refused */

int
packer_write(struct packer *p, const void *data, size_t n)
{
	p->at += n;
	if (p->sum)
		sha256_add(p->sum, data, n);
	return p->fd < 0 ? 0 : file_write_all(p->fd, data, n);
}

int
packer_fill(struct packer *p, size_t size)
{
	static const char zero[512];
	size_t n = -p->at & (size - 1);

	return n ? packer_write(p, zero, n) : 0;
}

static ssize_t
take_some(struct unpacker *u, void *buf, size_t n)
{
	ssize_t got;

	do
		got = u->read(u->from, buf, n);
	while (got == -EINTR);
	if (got < 0 && !u->why)
		u->why = text_errno((int)got);
	u->ended = got == 0;
	if (got == 0)
		u->why = "the archive ends in the middle";
	return got;
}

bool
unpacker_take(struct unpacker *u, void *buf, size_t n)
{
	char *p = buf;
	ssize_t got;

	for (; n; p += got, n -= (size_t)got) {
		got = take_some(u, p, n);
		if (got <= 0)
			return false;
	}
	return true;
}

ssize_t
unpacker_data(struct unpacker *u, void *buf, size_t n)
{
	ssize_t got;

	if (!u->left)
		return 0;
	got = take_some(u, buf, n < u->left ? n : (size_t)u->left);
	if (got <= 0)
		return -1;
	u->left -= (uint64_t)got;
	return got;
}

bool
unpacker_skip(struct unpacker *u)
{
	char buf[4096];
	ssize_t got = 1;

	u->left += u->fill;
	u->fill = 0;
	while (u->left && got > 0)
		got = unpacker_data(u, buf, sizeof buf);
	return !u->left;
}

static bool
has_dotdot(const char *p)
{
	size_t n;

	for (; *p; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return true;
	}
	return false;
}

const char *
member_path(const char *path)
{
	if (*path == '/' || strlen(path) >= PATH_MAX || has_dotdot(path))
		return NULL;
	return text_clean(text_path("/", path)) + 1;
}

const char *
member_refused(const char *what, const char *path)
{
	bool far = strlen(path) >= PATH_MAX;
	struct out o = out_mem();

	names_encode(&o, arena_copy(path, strnlen(path, SHOWN)));
	return text_make("the %s %s%s", what, out_text(&o), far ? "... is longer than 4095 bytes" : " leads out of the archive");
}

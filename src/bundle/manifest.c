/* SPDX-License-Identifier: MIT */
/* manifest.c - a bundle as canonical mtree(5) text: one walk, each file opened once */
#include "bundle/manifest.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "bundle/verity.h"
#include "sys.h"

enum { PIECE = 128 << 10, XATTR_MAX = 64 << 10 };

/* Another word that follows "word=" in an entry or, where mtree's readers do not know the word, in a comment behind it. */
#define MORE "#+ "

static const char *const left_out[] = {"runtime.json", MANIFEST_NAME, MANIFEST_NAME ".sig", MANIFEST_NAME ".minisig"};

/* A folder could be the root file system. */
static bool
is_left_out(const struct manifest *m, const char *name)
{
	struct stat st;
	size_t i;

	for (i = m->o.carried; i < sizeof left_out / sizeof *left_out; i++)
		if (text_eq(name, left_out[i]))
			return !sys_fstatat(m->level[0].fd, name, &st, AT_SYMLINK_NOFOLLOW) && !S_ISDIR(st.st_mode);
	return false;
}

static void
put_hex(struct out *o, const void *data, size_t n)
{
	const uint8_t *p = data;

	for (; n; n--, p++)
		out_fmt(o, "%02x", *p);
}

/* Adds the sentence for what went wrong with the current entry; -1. */
static int
fault(struct manifest *m, struct diag *d, int e)
{
	const char *why = m->o.sink && m->o.sink->why ? m->o.sink->why : e == -ESTALE ? "it changes while it is read" : e == -EXDEV ? "something is mounted there" :
		e == -ELOOP ? "more than 256 folders deep" : text_errno(e);
	struct out o = out_mem();

	names_encode(&o, out_text(&m->path));
	diag_fail(d, "%s %s: %s", m->o.sink && m->o.sink->why ? "write" : "read", out_text(&o), why);
	return -1;
}

/* --- progress --------------------------------------------------------------------------------- */

static int64_t
milliseconds(void)
{
	struct timespec t = {0};

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void
progress(struct manifest *m)
{
	char line[80];
	int64_t now;

	if (!m->o.progress)
		return;
	now = milliseconds();
	if (now < m->started + 1000)
		return;
	m->started = now; /* the next line a second later */
	m->shown = true;
	text_fmt(line, sizeof line, "\rmote: %llu files, %llu MB ", (unsigned long long)m->files,
		(unsigned long long)m->bytes / 1000000);
	sys_write(2, line, strlen(line));
}

/* --- what one entry says ------------------------------------------------------------------------ */

bool
manifest_xattr(const char *name)
{
	return text_eq(name, "security.capability") || text_starts(name, "user.") || text_starts(name, "system.posix_acl_");
}

static int
read_xattr(struct manifest *m, int fd, const char *name, struct member *f)
{
	ssize_t n = sys_fgetxattr(fd, name, m->buf, XATTR_MAX);
	struct xattr *all = (struct xattr *)f->xattrs;

	if (n < 0)
		return (int)n;
	*PUSH(all, f->nxattrs) = (struct xattr){name, arena_copy((char *)m->buf, (size_t)n), (size_t)n};
	f->xattrs = all;
	return 0;
}

static int
read_xattrs(struct manifest *m, int fd, struct member *f)
{
	ssize_t n = sys_flistxattr(fd, (char *)m->buf, XATTR_MAX), at;
	struct name_list l = {NULL, 0};
	const char *name;
	size_t i;
	int e = 0;

	if (n == -EOPNOTSUPP || n == -ENOSYS)
		return 0;
	for (at = 0; at < n; at += (ssize_t)strlen(name) + 1) {
		name = (const char *)m->buf + at;
		if (manifest_xattr(name))
			*PUSH(l.v, l.n) = arena_copy(name, strlen(name));
	}
	names_sort(l.v, l.n);
	for (i = 0; i < l.n && !e; i++)
		e = read_xattr(m, fd, l.v[i], f);
	return n < 0 ? (int)n : e;
}

static void
put_xattrs(struct manifest *m, const struct member *f)
{
	size_t i;

	for (i = 0; i < f->nxattrs; i++) {
		out_str(&m->text, MORE "xattr.");
		names_encode(&m->text, f->xattrs[i].name);
		out_str(&m->text, "=");
		put_hex(&m->text, f->xattrs[i].value, f->xattrs[i].n);
		out_str(&m->text, "\n");
	}
}

static bool
is_config(const struct manifest *m)
{
	return m->o.config && text_eq(m->path.buf, "./config.json");
}

/* A later name of a file that was met before says so; its content is hashed all the same, for readers that know no links. */
static void
put_link(struct manifest *m, const struct member *f)
{
	if (!f->hard)
		return;
	out_str(&m->text, MORE "link=./");
	names_encode(&m->text, f->hard);
	out_str(&m->text, "\n");
}

/* Is this file one that was met? */
static void
find_link(struct manifest *m, struct member *f, const struct stat *st)
{
	struct link *l;

	if (m->o.counted && links_find(m->o.counted, st->st_dev, st->st_ino)->names < 2)
		return;
	l = links_find(m->links, st->st_dev, st->st_ino);
	l->names++;
	f->hard = l->path;
	if (!l->path) {
		l->path = arena_copy(f->path, strlen(f->path));
		l->number = ++m->number;
	}
	f->file = l->number;
}

struct sums { struct sha256 sha; struct verity *verity; uint64_t size; };

static int
add_piece(struct manifest *m, struct sums *s, const struct member *f, const void *data, size_t n)
{
	sha256_add(&s->sha, data, n);
	if (s->verity)
		verity_add(s->verity, data, n);
	s->size += n;
	m->bytes += n;
	progress(m);
	if (s->size > f->size)
		return -ESTALE;
	return m->o.sink && !f->hard ? m->o.sink->data(m->o.sink, data, n) : 0;
}

static int
read_file(struct manifest *m, struct sums *s, int fd, const struct member *f)
{
	ssize_t n;
	int e = 0;

	while (!e && (n = sys_read(fd, m->buf, PIECE)) != 0)
		e = n == -EINTR ? 0 : n < 0 ? (int)n : add_piece(m, s, f, m->buf, (size_t)n);
	return e;
}

/* size and sha256, and the fs-verity digest when it is asked for: the kernel's word where it has one, which may be all that is needed. */
static int
put_content(struct manifest *m, int fd, const struct member *f, uint8_t verity[SHA256_SIZE])
{
	struct sums s = {.sha = m->fresh};
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	int e;

	if (m->o.verity && verity_measure(fd, verity)) {
		s.verity = NEW(struct verity);
		verity_begin(s.verity);
	}
	if (m->o.known && m->o.verity && !s.verity && !m->o.sink && !is_config(m)) {
		m->o.known->path = out_text(&m->path);
		if (m->o.known->says(m->o.known, f, verity, &m->text))
			return 0;
	}
	if (is_config(m))
		e = m->o.config_len ? add_piece(m, &s, f, m->o.config, m->o.config_len) : 0;
	else
		e = read_file(m, &s, fd, f);
	if (!e && s.size != f->size)
		e = -ESTALE; /* somebody writes to it */
	sha256_end(&s.sha, digest);
	sha256_hex(digest, hex);
	if (s.verity)
		verity_end(s.verity, verity);
	out_fmt(&m->text, " size=%llu " MANIFEST_SUM "=%s", (unsigned long long)s.size, hex);
	return e;
}

static int
read_target(struct manifest *m, int fd, struct member *f)
{
	ssize_t n = sys_readlinkat(fd, "", (char *)m->buf, PIECE - 1);

	if (n < 0)
		return (int)n;
	m->buf[n] = '\0';
	f->target = (const char *)m->buf;
	return 0;
}

static const char *
type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR: return "dir";
	case S_IFREG: return "file";
	case S_IFLNK: return "link";
	case S_IFCHR: return "char";
	case S_IFBLK: return "block";
	case S_IFIFO: return "fifo";
	default: return "socket";
	}
}

static void
put_head(struct manifest *m, const struct member *f, const struct stat *st)
{
	names_encode(&m->text, m->path.buf);
	out_fmt(&m->text, " type=%s", type_name(f->mode));
	if (!*f->path) /* who made the bundle's own folder, and how, is not part of it */
		return;
	/* as C's %#o: go-mtree compares the text */
	out_fmt(&m->text, " mode=%s%o uid=%u gid=%u", f->mode & 07777 ? "0" : "", f->mode & 07777, f->uid, f->gid);
	if (S_ISCHR(f->mode) || S_ISBLK(f->mode)) /* to mtree's readers `linux` is of 8 bits each, and more is an error */
		out_fmt(&m->text, " device=%s,%u,%u", (major(f->rdev) | minor(f->rdev)) > 0xff ? "native" : "linux", major(f->rdev), minor(f->rdev));
	if (m->o.times)
		out_fmt(&m->text, " time=%lld.%09ld", (long long)f->mtime, st->st_mtim.tv_nsec);
}

/* All that the file system knows of a file but its content. */
static int
read_member(struct manifest *m, int fd, const struct stat *st, struct member *f)
{
	const char *path = out_text(&m->path);
	bool file = S_ISREG(st->st_mode);
	int e = 0;

	*f = (struct member){.path = path[1] ? path + 2 : "", .mode = st->st_mode, .uid = st->st_uid, .gid = st->st_gid,
		.rdev = st->st_rdev, .mtime = st->st_mtim.tv_sec, .size = file ? (uint64_t)st->st_size : 0};
	if (is_config(m))
		f->size = m->o.config_len;
	if (file && st->st_nlink > 1)
		find_link(m, f, st);
	if (*f->path && (file || S_ISDIR(st->st_mode)))
		e = read_xattrs(m, fd, f);
	if (!e && S_ISLNK(st->st_mode))
		e = read_target(m, fd, f);
	return e;
}

static int
put_entry(struct manifest *m, int fd, const struct stat *st)
{
	uint8_t verity[SHA256_SIZE] = {0};
	struct member f;
	int e = read_member(m, fd, st, &f);

	if (!e && m->o.sink)
		e = m->o.sink->member(m->o.sink, &f);
	if (e)
		return e;
	put_head(m, &f, st);
	if (S_ISREG(st->st_mode))
		e = put_content(m, fd, &f, verity);
	if (f.target) {
		out_str(&m->text, " link=");
		names_encode(&m->text, f.target);
	}
	out_str(&m->text, "\n");
	put_link(m, &f);
	if (S_ISREG(st->st_mode) && m->o.verity) {
		out_str(&m->text, MORE "fsverity=sha256:");
		put_hex(&m->text, verity, sizeof verity);
		out_str(&m->text, "\n");
	}
	put_xattrs(m, &f);
	return e;
}

/* --- the walk --------------------------------------------------------------------------------- */

/* Plain files and folders are opened for reading, all else as a name only: a device is not opened, it might do something. */
static int
open_entry(int dir, const char *name, struct stat *st)
{
	int e = sys_fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW);
	bool content = !e && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
	autofd int fd = e ? e : sys_openat(dir, name, O_NOFOLLOW | O_CLOEXEC | (content ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH), 0);
	const struct stat before = *st;

	if (fd < 0)
		return fd;
	e = sys_fstat(fd, st);
	if (!e && (st->st_ino != before.st_ino || st->st_dev != before.st_dev || (st->st_mode ^ before.st_mode) & S_IFMT))
		e = -ESTALE;
	return e ? e : file_keep(&fd);
}

static int
enter(struct manifest *m, int fd, const struct stat *st)
{
	struct manifest_level *l = &m->level[m->depth];

	*l = (struct manifest_level){.fd = fd, .dev = st->st_dev, .path_len = m->path.len};
	m->depth++;
	return names_read(fd, &l->names);
}

void
manifest_begin(struct manifest *m, const struct manifest_place *at, const struct manifest_options *o)
{
	memset(m, 0, sizeof *m);
	m->o = *o;
	m->rootfs = at->rootfs ? text_make("./%s", text_clean(text_path("/", at->rootfs)) + 1) : NULL;
	m->path = out_mem();
	m->text = out_mem();
	m->buf = arena_get(PIECE);
	sha256_begin(&m->fresh);
	m->links = o->links ? o->links : NEW(struct links);
	m->level[0].fd = at->fd;
	if (o->progress)
		m->started = milliseconds();
}

static int
first(struct manifest *m, struct diag *d)
{
	autofd int fd = sys_openat(m->level[0].fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct stat st;
	int e;

	out_str(&m->path, ".");
	e = fd < 0 ? fd : sys_fstat(fd, &st);
	if (!e)
		e = put_entry(m, fd, &st);
	if (!e)
		e = enter(m, file_keep(&fd), &st);
	return e ? fault(m, d, e) : 1;
}

/* Before Linux 5.8 what is mounted shows by the number of its device, which in some overlays each file has of its own. */
static bool
mounted(int fd, const struct stat *st, const struct manifest_level *l)
{
	struct kernel_statx x;

	if (sys_statx(fd, "", AT_EMPTY_PATH, 0, &x) || !(x.attributes_mask & STATX_ATTR_MOUNT_ROOT))
		return st->st_dev != l->dev;
	return x.attributes & STATX_ATTR_MOUNT_ROOT;
}

/* The root file system may be a mount of its own; nothing else may: /proc in a bundle would be hashed. */
static int
entry(struct manifest *m, const struct manifest_level *l, const char *name, struct diag *d)
{
	struct stat st;
	autofd int fd = open_entry(l->fd, name, &st);
	int e = fd < 0 ? fd : 0;

	if (!e && !text_eq(m->rootfs, out_text(&m->path)) && mounted(fd, &st, l))
		e = -EXDEV;
	if (!e)
		e = put_entry(m, fd, &st);
	if (!e && S_ISDIR(st.st_mode))
		e = m->depth == MANIFEST_DEEPEST ? -ELOOP : enter(m, file_keep(&fd), &st);
	m->files++;
	progress(m);
	return e ? fault(m, d, e) : 1;
}

int
manifest_next(struct manifest *m, struct diag *d)
{
	struct manifest_level *l;
	const char *name;

	m->text.len = 0;
	if (m->path.len == 0)
		return first(m, d);
	while (m->depth > 0) {
		l = &m->level[m->depth - 1];
		m->path.len = l->path_len;
		if (l->next == l->names.n) {
			sys_close(l->fd);
			m->depth--;
			continue;
		}
		name = l->names.v[l->next++];
		if (m->depth == 1 && is_left_out(m, name))
			continue;
		out_str(&m->path, "/");
		out_str(&m->path, name);
		return entry(m, l, name, d);
	}
	return 0;
}

void
manifest_end(struct manifest *m)
{
	while (m->depth > 0)
		sys_close(m->level[--m->depth].fd);
	if (m->shown)
		sys_write(2, "\r\033[K", 4);
}

bool
manifest_digest(const struct manifest_place *at, const struct manifest_options *opts, struct out *o, char hex[SHA256_HEX],
	struct diag *d)
{
	struct manifest *m = NEW(struct manifest);
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;
	int got;

	manifest_begin(m, at, opts);
	sha256_begin(&h);
	sha256_add(&h, MANIFEST_HEAD, strlen(MANIFEST_HEAD));
	if (o)
		out_str(o, MANIFEST_HEAD);
	while ((got = manifest_next(m, d)) > 0) {
		sha256_add(&h, m->text.buf, m->text.len);
		if (o)
			out_bytes(o, m->text.buf, m->text.len);
	}
	manifest_end(m);
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	return got == 0;
}

/* SPDX-License-Identifier: MIT */
/* unpack.c - an archive into a folder: what it says is not trusted
 *
 * Each name is cleaned by member_path and reached from the folder's descriptor without following any link (root_make_nolinks);
 * nothing that is there already is opened or replaced, so the archive's own links lead nowhere. */
#include "bundle/pack.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "bundle/layer.h"
#include "sys.h"

enum { PIECE = 64 << 10 };

/* A folder gets its mode, owner and times last: until then things are made in it. */
struct folder { const char *path; struct member m; };

struct unpack {
	struct unpacker *u;
	int dir;
	struct unpack_limits left;
	struct folder *folders;
	size_t nfolders;
	char *buf;
	struct links *made; /* a layer: what it has made so far; NULL: an archive for an empty folder */
	const char *why; /* a sentence instead of the errno's */
};

/* The folder that holds path's last component, made if it is missing; *name is that component. */
static int
parent(struct unpack *k, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');

	*name = slash ? slash + 1 : path;
	if (!slash)
		return sys_openat(k->dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	path = arena_copy(path, (size_t)(slash - path));
	return HAVE_OCI && k->made ? root_make(k->dir, path, ROOT_DIR) : root_make_nolinks(k->dir, path, ROOT_DIR);
}

static int
set_xattrs(int fd, const struct member *m)
{
	size_t i;
	int e = 0;

	for (i = 0; i < m->nxattrs && !e; i++)
		e = !manifest_xattr(m->xattrs[i].name) ? 0 : sys_fsetxattr(fd, m->xattrs[i].name, m->xattrs[i].value, m->xattrs[i].n, 0);
	return e;
}

static void
times_of(const struct member *m, struct timespec t[2])
{
	t[0] = t[1] = (struct timespec){.tv_sec = m->mtime};
}

/* In this order: chown takes the setuid bit and the file's capabilities away. */
static int
settle(int fd, const struct member *m)
{
	struct timespec t[2];
	int e = sys_fchown(fd, m->uid, m->gid);

	times_of(m, t);
	e = e ? e : sys_fchmod(fd, m->mode & 07777);
	e = e ? e : set_xattrs(fd, m);
	return e ? e : sys_futimens(fd, t);
}

/* The same for what is not opened. */
static int
settle_name(int dir, const char *name, const struct member *m)
{
	struct timespec t[2];
	int e = sys_fchownat(dir, name, m->uid, m->gid, AT_SYMLINK_NOFOLLOW);

	times_of(m, t);
	return e ? e : sys_utimensat(dir, name, t, AT_SYMLINK_NOFOLLOW);
}

static int
copy_content(struct unpack *k, int fd)
{
	ssize_t n;
	int e = 0;

	while (!e && (n = unpacker_data(k->u, k->buf, PIECE)) != 0) {
		if (n < 0)
			return -EIO;
		if ((uint64_t)n > k->left.bytes) {
			k->why = "more than --limit allows";
			return -EFBIG;
		}
		k->left.bytes -= (uint64_t)n;
		e = file_write_all(fd, k->buf, (size_t)n);
	}
	return e;
}

static int
make_file(struct unpack *k, int dir, const char *name, const struct member *m)
{
	autofd int fd = sys_openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int e = fd < 0 ? fd : copy_content(k, fd);

	return e ? e : settle(fd, m);
}

/* Another name of a plain file that this archive has made.  GNU cpio's content comes behind the last name. */
static int
make_hard(struct unpack *k, int dir, const char *name, const struct member *m)
{
	const char *first;
	autofd int at = parent(k, m->hard, &first), fd = -1;
	struct stat st;
	int e = at < 0 ? at : sys_fstatat(at, first, &st, AT_SYMLINK_NOFOLLOW);

	if (!e && (k->made ? S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)))
		e = -EPERM;
	e = e ? e : sys_linkat(at, first, dir, name, 0);
	if (e || !m->size)
		return e;
	fd = sys_openat(dir, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0);
	e = fd < 0 ? fd : copy_content(k, fd);
	return e ? e : settle(fd, m);
}

static int
make_folder(struct unpack *k, int dir, const char *name, const struct member *m)
{
	int e = sys_mkdirat(dir, name, 0700);
	autofd int fd = e && e != -EEXIST ? e : sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	*PUSH(k->folders, k->nfolders) = (struct folder){m->path, *m};
	return 0;
}

static int
make_other(int dir, const char *name, const struct member *m)
{
	int e;

	if (S_ISLNK(m->mode))
		e = sys_symlinkat(m->target, dir, name);
	else
		e = sys_mknodat(dir, name, m->mode & (S_IFMT | 0777), m->rdev);
	return e ? e : settle_name(dir, name, m);
}

static int
make_at(struct unpack *k, int dir, const char *name, const struct member *m)
{
	if (m->hard)
		return make_hard(k, dir, name, m);
	switch (m->mode & S_IFMT) {
	case S_IFREG: return make_file(k, dir, name, m);
	case S_IFDIR: return make_folder(k, dir, name, m);
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK: return make_other(dir, name, m);
	default: return -EINVAL;
	}
}

static int
make(struct unpack *k, const struct member *m)
{
	const char *name;
	autofd int dir = parent(k, m->path, &name);

	int e = dir;

#if HAVE_OCI
	if (dir >= 0 && k->made && layer_mark(name))
		return layer_apply(dir, name, k->made);
	if (dir >= 0 && k->made)
		e = layer_room(dir, name, S_ISDIR(m->mode) && !m->hard);
#endif
	e = e < 0 ? e : make_at(k, dir, name, m);
	IF_OCI(if (!e && k->made) e = layer_made(dir, name, k->made);)
	return e;
}

static size_t
depth_of(const char *path)
{
	size_t n = 1;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

/* -1 would leave the owner as it is, and of larger devices the kernel takes some bits. */
static const char *
cannot(const struct member *m)
{
	bool device = S_ISCHR(m->mode) || S_ISBLK(m->mode);

	if (!*m->path && !S_ISDIR(m->mode))
		return "a file without a name";
	if (m->uid == UINT32_MAX || m->gid == UINT32_MAX)
		return "an owner that nobody can be";
	return device && (major(m->rdev) > 0xfff || minor(m->rdev) > 0xfffff) ? "a device that Linux has no number for" : NULL;
}

static int
one(struct unpack *k, const struct member *m)
{
	k->why = cannot(m);
	if (k->why)
		return -EINVAL;
	if (!*m->path && k->made && S_ISDIR(m->mode))
		*PUSH(k->folders, k->nfolders) = (struct folder){m->path, *m};
	if (!*m->path) /* the top folder is the caller's */
		return 0;
	if (k->left.files-- == 0) {
		k->why = "more files than --max-files allows";
		return -EFBIG;
	}
	if (depth_of(m->path) > MANIFEST_DEEPEST) {
		k->why = "more than 256 folders deep";
		return -ELOOP;
	}
	return make(k, m);
}

/* From the last to the first: what lies in a folder before the folder. */
static int
settle_folders(struct unpack *k)
{
	int e = 0;

	while (!e && k->nfolders > 0) {
		const struct folder *f = &k->folders[--k->nfolders];
		const char *name;
		autofd int dir = parent(k, f->path, &name), fd = -1;

		fd = dir < 0 ? dir : sys_openat(dir, *name ? name : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
		e = fd < 0 ? fd : settle(fd, &f->m);
		if (k->made && (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)) /* the layer made something else of it */
			e = 0;
	}
	return e;
}

static bool
failed(struct unpack *k, const struct member *m, int e, struct diag *d)
{
	struct out o = out_mem();

	names_encode(&o, m->path);
	return diag_fail(d, "unpack %s: %s", out_text(&o), k->u->why ? k->u->why : k->why ? k->why :
		e == -EEXIST ? "the archive has it twice" : e == -ELOOP ? "a symbolic link of the archive stands in the way" : text_errno(e));
}

static bool
walk(struct unpack *k, struct diag *d)
{
	mode_t mask = sys_umask(0);
	struct member m;
	int got, e = 0;

	while (!e && (got = k->u->next(k->u, &m)) > 0)
		e = one(k, &m);
	if (!e && got == 0)
		e = settle_folders(k);
	sys_umask(mask);
	if (!e && got < 0)
		return diag_fail(d, "read the archive: %s", k->u->why);
	return e ? failed(k, &m, e, d) : true;
}

bool
unpack_archive(struct unpacker *u, int dir, const struct unpack_limits *limits, struct diag *d)
{
	struct unpack k = {.u = u, .dir = dir, .left = *limits, .buf = arena_get(PIECE)};

	return walk(&k, d);
}

#if HAVE_OCI
bool
unpack_layer(struct unpacker *u, int dir, struct unpack_limits *left, struct diag *d)
{
	struct unpack k = {.u = u, .dir = dir, .left = *left, .buf = arena_get(PIECE), .made = NEW(struct links)};
	bool good = walk(&k, d);

	*left = k.left;
	return good;
}
#endif

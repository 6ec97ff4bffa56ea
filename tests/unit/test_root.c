/* SPDX-License-Identifier: MIT */
/* test_root.c - the way into a root, by openat2 and by the walk: the same answers, and never outside */
#include "unit.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "sys.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

void file_no_openat2(bool without);

static char top[64] = "/tmp/mote-root-XXXXXX";
static int root; /* top/root */
static bool walking;

static char *at(const char *name) { return text_path(top, name); }

/* Names a test by the way it went. */
static const char *
named(const char *name)
{
	return text_make("%s: %s", walking ? "walk" : "openat2", name);
}

/* %s becomes top/outside, the host's. */
static const struct {
	const char *name, *target;
} links[] = {
	{"abs", "/a"}, {"rel", "a/b"}, {"dot", "."}, {"up", "../../../../../../../.."}, {"a/parent", ".."},
	{"slash", "/"}, {"out", "%s"}, {"out2", "../../outside"}, {"loop1", "loop2"}, {"loop2", "loop1"},
	{"self", "self"}, {"dangle", "/missing/deep/x"}, {"dangle_up", "../../outside/new"},
	{"dangle_out", "%s/new"}, {"dirslash", "a/"}, {"fileslash", "a/b/file/"}, {"filelink", "a/b/file"},
	{"c0", "a/b/file"}, {"mixed", "../root/a/../a/b/./c"}, {"twice", "up/up/a"}, {"to_out", "%s"},
	{"a/b/top", "/a"}, {"a/b/dd", "../x1/x2"}, {"to_canary", "%s/canary"},
	{"to_up", "../../outside"},
};

static void
plant_link(const char *name, const char *target)
{
	if (strncmp(target, "%s", 2) == 0)
		target = text_make("%s%s", at("outside"), target + 2);
	if (symlink(target, text_path(at("root"), name)))
		printf("# cannot make link %s\n", name);
}

static void
plant_file(const char *path, const char *text)
{
	if (file_replace(AT_FDCWD, at(path), text, strlen(text), 0644))
		printf("# cannot make file %s\n", path);
}

/* The tree that all tests begin with. */
static void
plant(void)
{
	static const char *const folders[] = {"root/a/b/c", "root/swap/deep", "root/moved/in", "outside"};
	size_t i;

	file_remove(AT_FDCWD, at("root"));
	file_remove(AT_FDCWD, at("outside"));
	for (i = 0; i < ROWS(folders); i++)
		file_mkdirs(at(folders[i]), 0755, NULL);
	plant_file("root/a/b/file", "inside\n");
	plant_file("root/bird", "inside\n");
	plant_file("outside/canary", "canary\n");
	if (mkfifo(at("root/fifo"), 0600))
		puts("# cannot make the fifo");
	for (i = 0; i < ROWS(links); i++)
		plant_link(links[i].name, links[i].target);
	for (i = 1; i <= 41; i++)
		plant_link(text_make("c%zu", i), text_make("c%zu", i - 1));
	if (root > 0)
		close(root);
	root = open(at("root"), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Is it below the root, as the kernel sees it? */
static bool
inside(int fd)
{
	char path[PATH_MAX];
	ssize_t n = readlink(text_make("/proc/self/fd/%d", fd), path, sizeof path - 1);
	size_t len = strlen(at("root"));

	if (n < 0)
		return false;
	path[n] = '\0';
	if (strncmp(path, at("root"), len) == 0 && (!path[len] || path[len] == '/'))
		return true;
	printf("# outside: %s\n", path);
	return false;
}

static bool
unharmed(void)
{
	DIR *d = opendir(at("outside"));
	struct dirent *e;
	size_t n = 0;
	char *text = NULL;

	while (d && (e = readdir(d)))
		n++;
	if (d)
		closedir(d);
	return n == 3 && file_read(AT_FDCWD, at("outside/canary"), 100, &text, NULL) == 0 &&
		strcmp(text, "canary\n") == 0;
}

static bool
same_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(at(path), &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* --- opening ------------------------------------------------------------------------------------ */

static const struct {
	const char *path;
	int flags;
	int want;         /* -errno, or 0: */
	const char *file; /* what it is, below top */
} opens[] = {
	{"/", O_PATH, 0, "root"}, {".", O_PATH, 0, "root"}, {"//", O_RDONLY, 0, "root"},
	{"..", O_PATH, 0, "root"}, {"/..", O_PATH, 0, "root"}, {"../../..", O_PATH, 0, "root"},
	{"", O_PATH, -ENOENT, NULL}, {"a", O_PATH, 0, "root/a"}, {"/a/b/", O_PATH, 0, "root/a/b"},
	{"a/b/file", O_RDONLY, 0, "root/a/b/file"}, {"//a//b//file", O_RDWR, 0, "root/a/b/file"},
	{"a/./b/../b/file", O_PATH, 0, "root/a/b/file"}, {"../a/b/file", O_RDONLY, 0, "root/a/b/file"},
	{"a/../../../a", O_PATH, 0, "root/a"}, {"a/b/..", O_RDONLY, 0, "root/a"},
	{"missing", O_PATH, -ENOENT, NULL}, {"missing/x", O_PATH, -ENOENT, NULL},
	{"missing/..", O_PATH, -ENOENT, NULL}, {"a/b/file/", O_PATH, -ENOTDIR, NULL},
	{"a/b/file/.", O_PATH, -ENOTDIR, NULL}, {"a/b/file/..", O_PATH, -ENOTDIR, NULL},
	{"a/b/file/x", O_PATH, -ENOTDIR, NULL}, {"fifo/..", O_PATH, -ENOTDIR, NULL},
	{"a", O_RDWR, -EISDIR, NULL}, {"a", O_RDONLY | O_DIRECTORY, 0, "root/a"},
	{"a/b/file", O_RDONLY | O_DIRECTORY, -ENOTDIR, NULL}, {"a/b/file", O_PATH | O_DIRECTORY, -ENOTDIR, NULL},
	{"fifo", O_PATH, 0, "root/fifo"}, {"fifo", O_RDONLY | O_NONBLOCK, 0, "root/fifo"},
	{"abs", O_PATH, 0, "root/a"}, {"abs/b/file", O_RDONLY, 0, "root/a/b/file"},
	{"abs/..", O_PATH, 0, "root"}, {"rel", O_PATH, 0, "root/a/b"}, {"rel/..", O_PATH, 0, "root/a"},
	{"rel/file", O_RDONLY, 0, "root/a/b/file"}, {"dot/dot/dot/a", O_PATH, 0, "root/a"},
	{"a/b/top", O_PATH, 0, "root/a"}, {"a/b/top/b/top/b/file", O_RDONLY, 0, "root/a/b/file"},
	{"up", O_PATH, 0, "root"}, {"up/a", O_PATH, 0, "root/a"}, {"up/outside", O_PATH, -ENOENT, NULL},
	{"a/parent", O_PATH, 0, "root"}, {"a/parent/a/parent/..", O_PATH, 0, "root"},
	{"slash", O_PATH, 0, "root"}, {"slash/a/b/file", O_RDONLY, 0, "root/a/b/file"},
	{"slash/etc/passwd", O_PATH, -ENOENT, NULL}, {"out", O_PATH, -ENOENT, NULL},
	{"out/canary", O_RDONLY, -ENOENT, NULL}, {"out2", O_PATH, -ENOENT, NULL},
	{"out2/canary", O_RDONLY, -ENOENT, NULL}, {"dangle", O_PATH, -ENOENT, NULL},
	{"dangle_up", O_RDWR, -ENOENT, NULL}, {"loop1", O_PATH, -ELOOP, NULL}, {"loop1/x", O_PATH, -ELOOP, NULL},
	{"self", O_RDONLY, -ELOOP, NULL}, {"self/..", O_PATH, -ELOOP, NULL},
	{"c39", O_RDONLY, 0, "root/a/b/file"}, {"c40", O_RDONLY, -ELOOP, NULL}, {"c41", O_PATH, -ELOOP, NULL},
	{"dirslash", O_PATH, 0, "root/a"}, {"dirslash/b", O_PATH, 0, "root/a/b"},
	{"fileslash", O_PATH, -ENOTDIR, NULL}, {"filelink", O_RDWR, 0, "root/a/b/file"},
	{"filelink/", O_PATH, -ENOTDIR, NULL}, {"mixed", O_PATH, -ENOENT, NULL}, {"twice", O_PATH, 0, "root/a"},
	{"abs", O_PATH | O_NOFOLLOW, 0, "root/abs"}, {"abs/", O_PATH | O_NOFOLLOW, 0, "root/a"},
	{"abs/.", O_PATH | O_NOFOLLOW, 0, "root/a"}, {"abs/b", O_PATH | O_NOFOLLOW, 0, "root/a/b"},
	{"abs", O_RDONLY | O_NOFOLLOW, -ELOOP, NULL}, {"abs", O_RDONLY | O_NOFOLLOW | O_DIRECTORY, -ENOTDIR, NULL},
	{"abs", O_PATH | O_NOFOLLOW | O_DIRECTORY, -ENOTDIR, NULL}, {"loop1", O_PATH | O_NOFOLLOW, 0, "root/loop1"},
	{"a/b/file", O_WRONLY | O_CREAT, -EINVAL, NULL}, {"new", O_WRONLY | O_CREAT | O_EXCL, -EINVAL, NULL},
	{"a/b/file", O_WRONLY | O_TRUNC | O_APPEND, 0, "root/a/b/file"},
};

static void
opening(void)
{
	size_t i;

	plant();
	for (i = 0; i < ROWS(opens); i++) {
		autofd int fd = root_open(root, opens[i].path, opens[i].flags);
		bool good = opens[i].want ? fd == opens[i].want : fd >= 0 && same_file(fd, opens[i].file);

		if (fd >= 0)
			good = good && fcntl(fd, F_GETFD) == FD_CLOEXEC && inside(fd);
		if (!unit_ok(good, "%s: \"%s\" 0%o", walking ? "walk" : "openat2", opens[i].path,
			    (unsigned)opens[i].flags))
			printf("#   got %d\n", fd);
	}
	unit_num(root_open(root, text_make("%0300d", 1), O_PATH), -ENAMETOOLONG, named("a name too long"));
	unit_num(root_open(root, text_make("%05000d", 1), O_PATH), -ENAMETOOLONG, named("a path too long"));
	unit_num(root_open(9999, "a", O_PATH), -EBADF, named("no root"));
}

static void
deep(void)
{
	char path[4200];
	size_t n = 0, i;
	int fd;

	for (i = 0; i < 1000; i++)
		n += text_fmt(path + n, sizeof path - n, "%s", i % 2 ? "../" : "a/");
	fd = root_open(root, path, O_PATH);
	unit_ok(fd >= 0 && same_file(fd, "root"), "%s", named("down and up 500 times"));
	close(fd);
	plant();
	for (n = 0, i = 0; i < 120; i++)
		n += text_fmt(path + n, sizeof path - n, "d/");
	fd = root_make(root, path, ROOT_DIR);
	unit_ok(fd >= 0 && inside(fd), "%s", named("120 folders deep"));
	close(fd);
	fd = root_open(root, path, O_RDONLY);
	unit_ok(fd >= 0, "%s", named("and opened again"));
	close(fd);
	for (n = 0, i = 0; i < 140; i++)
		n += text_fmt(path + n, sizeof path - n, "d/");
	unit_num(root_make(root, path, ROOT_DIR), -ENAMETOOLONG, named("140 folders deep are too many to make"));
	for (n = 0, i = 0; i < 2000; i++)
		n += text_fmt(path + n, sizeof path - n, "./");
	plant_link("long", path);
	text_fmt(path, sizeof path, "long/%0150d", 0);
	fd = root_open(root, path, O_PATH);
	unit_ok(fd < 0, "%s", named("a link and a path that are too long together, or not there"));
	unit_ok(fcntl(20, F_GETFD) < 0, "%s", named("no descriptor is lost"));
}

/* Magic links lead where their text does not say. */
static void
magic(void)
{
	static const struct {
		const char *path;
		int flags, want;
	} rows[] = {
		{"self/root", O_PATH, -ELOOP}, {"self/cwd", O_PATH, -ELOOP}, {"self/exe", O_RDONLY, -ELOOP},
		{"self/fd/0", O_PATH, -ELOOP}, {"self/root/etc", O_PATH, -ELOOP}, {"self/cwd/..", O_PATH, -ELOOP},
		{"self/ns/mnt", O_RDONLY, -ELOOP}, {"thread-self/root/..", O_PATH, -ELOOP},
		{"self", O_PATH, 0}, {"self/status", O_RDONLY, 0}, {"self/../uptime", O_RDONLY, 0},
		{"mounts", O_RDONLY, 0}, {"net/dev", O_RDONLY, 0}, {"thread-self/status", O_RDONLY, 0},
		{"self/root", O_PATH | O_NOFOLLOW, 0},
	};
	int proc = open("/proc", O_PATH | O_DIRECTORY);
	size_t i;

	for (i = 0; i < ROWS(rows); i++) {
		autofd int fd = root_open(proc, rows[i].path, rows[i].flags);

		if (!unit_ok(rows[i].want ? fd == rows[i].want : fd >= 0, "%s: in proc, %s",
			    walking ? "walk" : "openat2", rows[i].path))
			printf("#   got %d\n", fd);
	}
	close(proc);
}

/* --- making --------------------------------------------------------------------------------------- */

static const struct {
	const char *path;
	enum root_kind kind;
	int want;         /* -errno, or 0: */
	const char *file; /* what it is, below top */
} makes[] = {
	{"/", ROOT_DIR, 0, "root"}, {"/", ROOT_FILE, -EISDIR, NULL}, {"..", ROOT_DIR, 0, "root"},
	{"a", ROOT_DIR, 0, "root/a"}, {"a", ROOT_FILE, -EISDIR, NULL}, {"a/b/file", ROOT_FILE, 0, "root/a/b/file"},
	{"a/b/file", ROOT_DIR, -ENOTDIR, NULL}, {"a/b/file/x", ROOT_DIR, -ENOTDIR, NULL},
	{"a/b/file/x", ROOT_FILE, -ENOTDIR, NULL}, {"x", ROOT_DIR, 0, "root/x"}, {"/y/z/", ROOT_DIR, 0, "root/y/z"},
	{"a/last", ROOT_DIR, 0, "root/a/last"}, {"a/lastf", ROOT_FILE, 0, "root/a/lastf"},
	{"abs/last", ROOT_FILE, -EISDIR, NULL}, {"a/..", ROOT_DIR, 0, "root"}, {"a/b/dd", ROOT_FILE, 0, "root/a/x1/x2"},
	{"f", ROOT_FILE, 0, "root/f"}, {"/g/h/i", ROOT_FILE, 0, "root/g/h/i"}, {"k/", ROOT_FILE, -EISDIR, NULL},
	{"../../esc", ROOT_DIR, 0, "root/esc"}, {"p/../q", ROOT_DIR, 0, "root/q"}, {"p/.", ROOT_DIR, 0, "root/p"},
	{"a/./new/../new2/./x", ROOT_FILE, 0, "root/a/new2/x"}, {"abs/m", ROOT_DIR, 0, "root/a/m"},
	{"rel/m", ROOT_FILE, 0, "root/a/b/m"}, {"up/n", ROOT_DIR, 0, "root/n"},
	{"slash/o", ROOT_FILE, 0, "root/o"}, {"out2/canary", ROOT_FILE, 0, "root/outside/canary"},
	{"dangle", ROOT_FILE, 0, "root/missing/deep/x"}, {"dangle", ROOT_DIR, -ENOTDIR, NULL},
	{"dangle_up", ROOT_DIR, 0, "root/outside/new"}, {"loop1", ROOT_DIR, -ELOOP, NULL},
	{"loop1/x", ROOT_FILE, -ELOOP, NULL}, {"self", ROOT_FILE, -ELOOP, NULL}, {"fifo", ROOT_FILE, 0, "root/fifo"},
	{"fifo", ROOT_DIR, -ENOTDIR, NULL}, {"fifo/x", ROOT_DIR, -ENOTDIR, NULL}, {"c39", ROOT_FILE, 0, "root/a/b/file"},
	{"c40", ROOT_FILE, -ELOOP, NULL}, {"fileslash", ROOT_FILE, -ENOTDIR, NULL}, {"", ROOT_DIR, -ENOENT, NULL},
	{"filelink", ROOT_FILE, 0, "root/a/b/file"}, {"filelink", ROOT_DIR, -ENOTDIR, NULL},
	{"dirslash/r", ROOT_DIR, 0, "root/a/r"},
};

static mode_t
mode_of(const char *path)
{
	struct stat st = {0};

	return lstat(at(path), &st) ? 0 : st.st_mode;
}

static void
making(void)
{
	mode_t mask;
	size_t i;
	int again;

	plant();
	mask = umask(077);
	for (again = 0; again < 2; again++) {
		for (i = 0; i < ROWS(makes); i++) {
			autofd int fd = root_make(root, makes[i].path, makes[i].kind);
			bool good = makes[i].want ? fd == makes[i].want : fd >= 0 && same_file(fd, makes[i].file);

			if (fd >= 0)
				good = good && fcntl(fd, F_GETFD) == FD_CLOEXEC && (fcntl(fd, F_GETFL) & O_PATH) &&
					inside(fd);
			if (!unit_ok(good, "%s: make%s %s \"%s\"", walking ? "walk" : "openat2", again ? " again" : "",
				    makes[i].kind == ROOT_DIR ? "folder" : "file", makes[i].path))
				printf("#   got %d\n", fd);
		}
	}
	umask(mask);
	unit_num(mode_of("root/y/z"), S_IFDIR | 0755, named("a folder's mode, whatever the umask"));
	unit_num(mode_of("root/g/h/i"), S_IFREG | 0644, named("a file's mode"));
	unit_num(mode_of("root/missing"), S_IFDIR | 0755, named("the mode of a folder on the way"));
	unit_ok(unharmed(), "%s", named("the outside is as it was"));
	unit_ok(umask(022) == mask, "%s", named("the umask is as it was"));
	i = (size_t)root_make(root, "dangle_out", ROOT_FILE);
	unit_ok(inside((int)i) && unharmed(), "%s", named("an absolute link to the host is made inside"));
	close((int)i);
	unit_num(root_make(root, text_make("n/%0300d", 1), ROOT_DIR), -ENAMETOOLONG, named("a name too long"));
}

static void
no_links(void)
{
	static const struct {
		const char *path;
		enum root_kind kind;
		int want;
		const char *file;
	} rows[] = {
		{"abs", ROOT_DIR, -ELOOP, NULL}, {"abs/b", ROOT_DIR, -ELOOP, NULL}, {"abs/new", ROOT_DIR, -ELOOP, NULL},
		{"abs/new", ROOT_FILE, -ELOOP, NULL}, {"dangle", ROOT_DIR, -ELOOP, NULL},
		{"dangle", ROOT_FILE, -ELOOP, NULL}, {"a/b/top/x", ROOT_FILE, -ELOOP, NULL},
		{"dot/a", ROOT_DIR, -ELOOP, NULL}, {"a/b/file", ROOT_DIR, -ENOTDIR, NULL}, {"a", ROOT_FILE, -EISDIR, NULL},
		{"a/../a/b", ROOT_DIR, 0, "root/a/b"}, {"/s/t/u", ROOT_DIR, 0, "root/s/t/u"},
		{"/s/f", ROOT_FILE, 0, "root/s/f"}, {"/s/v/f", ROOT_FILE, 0, "root/s/v/f"},
		{"/s/dir", ROOT_DIR, 0, "root/s/dir"}, {"a/b/file", ROOT_FILE, 0, "root/a/b/file"},
	};
	size_t i;

	plant();
	for (i = 0; i < ROWS(rows); i++) {
		autofd int fd = root_make_nolinks(root, rows[i].path, rows[i].kind);
		bool good = rows[i].want ? fd == rows[i].want : fd >= 0 && same_file(fd, rows[i].file);

		if (!unit_ok(good, "%s: no links, %s \"%s\"", walking ? "walk" : "openat2",
			    rows[i].kind == ROOT_DIR ? "folder" : "file", rows[i].path))
			printf("#   got %d\n", fd);
	}
	unit_num(mode_of("root/a/new"), 0, named("no links: nothing is made behind a link"));
	unit_num(mode_of("root/a/x"), 0, named("no links: nor further down"));
}

static void
parents(void)
{
	static const struct {
		const char *path;
		bool make;
		int want;
		const char *file, *name;
	} rows[] = {
		{"/", true, -EINVAL, NULL, NULL}, {"", true, -EINVAL, NULL, NULL}, {".", false, -EINVAL, NULL, NULL},
		{"..", false, -EINVAL, NULL, NULL}, {"a/.", true, -EINVAL, NULL, NULL}, {"a/..", true, -EINVAL, NULL, NULL},
		{"a/", true, -EINVAL, NULL, NULL}, {"a", false, 0, "root", "a"}, {"/a", true, 0, "root", "a"},
		{"a/b/none", false, 0, "root/a/b", "none"}, {"abs/b", false, 0, "root/a", "b"},
		{"a/b/../x", false, 0, "root/a", "x"}, {"none/x", false, -ENOENT, NULL, NULL},
		{"some/more/x", true, 0, "root/some/more", "x"}, {"up/../x", true, 0, "root", "x"},
		{"a/b/file/x", true, -ENOTDIR, NULL, NULL}, {"a/b/file/x", false, -ENOTDIR, NULL, NULL},
		{"loop1/x", true, -ELOOP, NULL, NULL}, {"a/b/...", false, 0, "root/a/b", "..."},
	};
	size_t i;

	plant();
	for (i = 0; i < ROWS(rows); i++) {
		const char *name = NULL;
		autofd int fd = root_parent(root, rows[i].path, rows[i].make, &name);

		if (rows[i].want)
			unit_num(fd, rows[i].want, named(text_make("parent of \"%s\"", rows[i].path)));
		else
			unit_ok(fd >= 0 && same_file(fd, rows[i].file) && strcmp(name, rows[i].name) == 0 &&
					(fcntl(fd, F_GETFL) & O_PATH), "%s", named(text_make("parent of \"%s\"", rows[i].path)));
	}
}

static void
nodes(void)
{
	char text[100];
	ssize_t n;

	plant();
	umask(077);
	unit_num(root_mknod(root, "/dev/pts/pipe", S_IFIFO | 0666, 0), 0, named("a fifo in new folders"));
	unit_num(mode_of("root/dev/pts/pipe"), S_IFIFO | 0666, named("its mode, whatever the umask"));
	umask(022);
	unit_num(root_mknod(root, "dev/pts/pipe", S_IFIFO | 0666, 0), -EEXIST, named("a second one"));
	unit_num(root_mknod(root, "abs", S_IFIFO | 0600, 0), -EEXIST, named("a link in its place"));
	unit_num(root_mknod(root, "dangle_out", S_IFIFO | 0600, 0), -EEXIST, named("a dangling link"));
	unit_num(root_mknod(root, "/", S_IFIFO | 0600, 0), -EINVAL, named("the root"));
	if (geteuid())
		unit_skip(named("a device"), "needs root");
	else
		unit_ok(root_mknod(root, "dev/null", S_IFCHR | 0666, makedev(1, 3)) == 0 &&
				mode_of("root/dev/null") == (S_IFCHR | 0666), "%s", named("a device"));
	unit_num(root_symlink(root, "l/i/nk", "/some/where"), 0, named("a link in new folders"));
	n = readlink(at("root/l/i/nk"), text, sizeof text - 1);
	text[n > 0 ? n : 0] = '\0';
	unit_str(text, "/some/where", named("what it says"));
	unit_num(root_symlink(root, "dangle_up", "x"), -EEXIST, named("a link in the place of a link"));
	unit_num(root_symlink(root, "out2/x", "x"), 0, named("a link behind a link"));
	unit_ok(unharmed() && mode_of("root/outside/x") == (S_IFLNK | 0777), "%s", named("which is inside"));
}

/* --- the walk beside the kernel ------------------------------------------------------------------- */

/* A path of up to 7 names that mean something in the tree, and flags. */
static int
random_path(unsigned *seed, char *path, size_t cap)
{
	static const char *const names[] = {"a", "b", "file", "abs", "rel", "up", "out", "loop1", "dangle", ".", "..",
		"", "fifo", "slash", "none", "c", "parent", "dot", "dirslash", "filelink", "fileslash", "c15", "twice",
		"self", "mixed", "a", "b", "a/b", "..", "."};
	static const int flags[] = {O_PATH, O_PATH | O_NOFOLLOW, O_RDONLY | O_NONBLOCK, O_PATH | O_DIRECTORY,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW, O_RDWR | O_NONBLOCK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
		O_PATH | O_NOFOLLOW | O_DIRECTORY};
	size_t n = 0, k;

	for (k = (size_t)rand_r(seed) % 7 + 1; k > 0; k--)
		n += text_fmt(path + n, cap - n, "%s%s", names[(size_t)rand_r(seed) % ROWS(names)],
			k > 1 || rand_r(seed) % 4 == 0 ? "/" : "");
	return flags[(size_t)rand_r(seed) % ROWS(flags)];
}

static void
differences(void)
{
	unsigned seed = 20261123;
	size_t i, wrong = 0, opened = 0;
	char path[200];

	plant();
	for (i = 0; i < 20000; i++) {
		int flags = random_path(&seed, path, sizeof path), a, b;
		struct stat sa = {0}, sb = {0};

		file_no_openat2(false);
		a = root_open(root, path, flags);
		file_no_openat2(true);
		b = root_open(root, path, flags);
		if (a >= 0 && b >= 0 && fstat(a, &sa) == 0 && fstat(b, &sb) == 0)
			opened++;
		if ((a < 0 || b < 0 ? a != b : sa.st_ino != sb.st_ino) && ++wrong < 10)
			printf("# \"%s\" 0%o: openat2 %d, walk %d\n", path, (unsigned)flags, a, b);
		if (a >= 0)
			close(a);
		if (b >= 0)
			close(b);
	}
	unit_num((long long)wrong, 0, "the walk and openat2 agree on 20,000 paths");
	unit_ok(opened > 1500, "of which %zu could be opened", opened);
}

/* --- somebody who swaps ----------------------------------------------------------------------------- */

/* Until killed: exchanges a folder and a link that leads out, moves a folder up and down. */
static void
swap(void)
{
	int i;

	if (chdir(at("root")))
		_exit(1);
	for (i = 0;; i++) {
		sys_renameat2(AT_FDCWD, "swap", AT_FDCWD, i % 4 < 2 ? "to_out" : "to_up", RENAME_EXCHANGE);
		sys_renameat2(AT_FDCWD, "bird", AT_FDCWD, "to_canary", RENAME_EXCHANGE);
		rename(i % 2 ? "moved" : "a/b/moved", i % 2 ? "a/b/moved" : "moved");
	}
}

static void
raced(void)
{
	static const char *const paths[] = {"swap/d%zu", "swap/deep/er/d%zu", "swap/f%zu", "a/b/moved/../../../../x%zu",
		"swap/../outside/y%zu", "moved/in/../../outside/z%zu"};
	static const char *const opened[] = {"swap/canary", "a/b/moved/../../../../outside/canary", "bird",
		"to_canary", "bird"};
	size_t i, outside = 0, made = 0, strange = 0;
	pid_t pid;

	plant();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		swap();
	for (i = 0; i < 2000; i++) {
		char *path = arena_get(100);
		int fd;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		text_fmt(path, 100, paths[i % ROWS(paths)], i);
#pragma GCC diagnostic pop
		if (i % 5 == 4)
			fd = root_mknod(root, path, S_IFIFO | 0600, 0);
		else if (i % 5 == 3)
			fd = root_symlink(root, path, "x");
		else
			fd = root_make(root, path, i % 5 == 2 ? ROOT_FILE : ROOT_DIR);
		made += fd >= 0;
		strange += fd < 0 && fd != -ENOENT && fd != -EEXIST && fd != -EAGAIN && fd != -ELOOP && fd != -ENOTDIR;
		if (fd > 0) {
			outside += !inside(fd);
			close(fd);
		}
		fd = root_open(root, opened[i % ROWS(opened)], O_RDWR);
		outside += fd >= 0 && !inside(fd);
		if (fd >= 0)
			close(fd);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unit_num((long long)outside, 0, named("2,000 times against a swapper: nothing outside"));
	unit_num((long long)strange, 0, named("only errors that a race explains"));
	unit_ok(made > 1000, "%s", named(text_make("%zu of them made", made)));
	unit_ok(unharmed(), "%s", named("the canary lives alone"));
}

int
main(void)
{
	int probe;

	if (!mkdtemp(top))
		return 1;
	plant();
	walking = true;
	probe = sys_openat2(root, ".", &(struct kernel_open_how){.flags = O_PATH}, sizeof(struct kernel_open_how));
	for (;;) {
		file_no_openat2(walking);
		opening();
		deep();
		magic();
		making();
		no_links();
		parents();
		nodes();
		raced();
		if (!walking || probe < 0)
			break;
		close(probe);
		walking = false;
	}
	if (probe < 0)
		unit_skip("all of it with openat2", "this kernel has none");
	else
		differences();
	unit_num(file_remove(AT_FDCWD, top), 0, "all of it goes");
	return unit_done();
}

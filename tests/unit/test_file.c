/* SPDX-License-Identifier: MIT */
/* test_file.c - whole small files and folders of the host; what lies below a root is test_root.c's */
#include "unit.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[64] = "/tmp/mote-file-XXXXXX";

static char *at(const char *name) { return text_path(top, name); }

static void
make_file(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		printf("# cannot make %s\n", path);
	close(fd);
}

static const char *
content(const char *path)
{
	char *text = NULL;
	int e = file_read(AT_FDCWD, path, 1 << 20, &text, NULL);

	return e ? "(unreadable)" : text;
}

static size_t
entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n ? n - 2 : 0;
}

static void
descriptors(void)
{
	int fd = open("/", O_RDONLY), kept;

	kept = file_keep(&fd);
	unit_ok(fd == -1 && kept >= 0, "file_keep hands on");
	fd = kept;
	file_close(&fd);
	unit_ok(fd == -1 && fcntl(kept, F_GETFD) < 0, "file_close closes");
	file_close(&fd);
	fd = -ENOENT;
	file_close(&fd);
	unit_num(fd, -1, "file_close of an error is nothing");
	{
		autofd int inner = open("/", O_RDONLY);

		kept = inner;
	}
	unit_ok(fcntl(kept, F_GETFD) < 0, "autofd closes at the end of its block");
}

static void
reading(void)
{
	static const size_t sizes[] = {0, 1, 4094, 4095, 4096, 4097, 8192, 100000};
	static char text[100001];
	char *got = NULL, *path = at("read");
	size_t i, n;
	int fds[2];

	memset(text, 'x', sizeof text);
	for (i = 0; i < ROWS(sizes); i++) {
		make_file(path, text, sizes[i]);
		n = 77;
		unit_ok(file_read(AT_FDCWD, path, 1 << 20, &got, &n) == 0 && n == sizes[i] &&
				strlen(got) == n, "a file of %zu bytes", sizes[i]);
		unit_ok(file_read(AT_FDCWD, path, sizes[i], &got, &n) == 0 && n == sizes[i],
			"  just as many as allowed");
		if (sizes[i])
			unit_num(file_read(AT_FDCWD, path, sizes[i] - 1, &got, NULL), -EFBIG, "  one too many");
	}
	make_file(path, "a\0b", 3);
	unit_ok(file_read(AT_FDCWD, path, SIZE_MAX, &got, &n) == 0 && n == 3 && memcmp(got, "a\0b", 4) == 0,
		"a NUL inside, and no limit");
	unit_ok(file_read(AT_FDCWD, "/proc/self/status", 1 << 20, &got, &n) == 0 && n > 100 &&
			text_starts(got, "Name:"), "proc, which says 0 bytes");
	unit_num(file_read(AT_FDCWD, "/proc/self/status", 10, &got, NULL), -EFBIG, "proc, too long");
	unit_num(file_read(AT_FDCWD, at("none"), 10, &got, NULL), -ENOENT, "a file that is not there");
	unit_num(file_read(AT_FDCWD, top, 10, &got, NULL), -EISDIR, "a folder");
	if (pipe(fds) == 0 && write(fds[1], text, 60000) == 60000) {
		close(fds[1]);
		unit_ok(file_read(AT_FDCWD, text_make("/proc/self/fd/%d", fds[0]), 1 << 20, &got, &n) == 0 &&
				n == 60000, "a pipe");
		close(fds[0]);
	}
	fds[0] = open(top, O_PATH);
	unit_ok(file_read(fds[0], "read", 10, &got, &n) == 0 && n == 3, "below a descriptor");
	close(fds[0]);
}

static void
peeking(void)
{
	char buf[6] = "#####", *path = at("peek");

	make_file(path, "abcdefgh", 8);
	unit_ok(file_peek(AT_FDCWD, path, buf, sizeof buf) == 5 && strcmp(buf, "abcde") == 0, "peek, cut");
	make_file(path, "ab", 2);
	unit_ok(file_peek(AT_FDCWD, path, buf, sizeof buf) == 2 && strcmp(buf, "ab") == 0, "peek, whole");
	unit_num(file_peek(AT_FDCWD, at("none"), buf, sizeof buf), -ENOENT, "peek at nothing");
	unit_num(file_peek(AT_FDCWD, top, buf, sizeof buf), -EISDIR, "peek at a folder");
}

static void
putting(void)
{
	char *path = at("put");
	int fd;

	make_file(path, "abcdef", 6);
	unit_num(file_put(AT_FDCWD, path, "xy"), 0, "put");
	unit_str(content(path), "xycdef", "writes what it has and nothing else");
	unit_num(file_put(AT_FDCWD, at("none"), "x"), -ENOENT, "put makes no file");
	unit_num(access(at("none"), F_OK), -1, "indeed");
	unit_num(file_put(AT_FDCWD, "/dev/full", "x"), -ENOSPC, "put tells the kernel's answer");
	unit_num(file_put(AT_FDCWD, "/dev/null", "x"), 0, "put to a device");
	fd = open("/dev/full", O_WRONLY);
	unit_num(file_write_all(fd, "abc", 3), -ENOSPC, "write_all to a full disk");
	close(fd);
	unit_num(file_write_all(9999, "abc", 3), -EBADF, "write_all to nothing");
	unit_num(file_write_all(9999, "", 0), 0, "write_all of nothing");
}

/* A slow reader at the other end makes short writes. */
static void
writing_a_lot(void)
{
	static char text[1 << 20], back[1 << 20];
	size_t i, n = 0;
	int fds[2], e = -1;
	pid_t pid;

	for (i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 31 >> 3);
	if (pipe(fds) || (fflush(stdout), pid = fork()) < 0)
		return;
	if (pid == 0)
		_exit(file_write_all(fds[1], text, sizeof text) != 0);
	close(fds[1]);
	while (n < sizeof back) {
		ssize_t r = read(fds[0], back + n, sizeof back - n < 777 ? sizeof back - n : 777);

		if (r <= 0)
			break;
		n += (size_t)r;
	}
	close(fds[0]);
	waitpid(pid, &e, 0);
	unit_ok(e == 0 && memcmp(text, back, sizeof text) == 0, "a megabyte through a pipe");
}

static void nothing(int sig) { (void)sig; }

/* Signals that do not restart what they interrupt. */
static void
interrupted(void)
{
	struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
	struct sigaction sa = {.sa_handler = nothing};
	char *text = NULL;
	size_t n = 0;
	int fds[2], e, i;
	pid_t pid;

	if (pipe(fds) || (fflush(stdout), pid = fork()) < 0)
		return;
	for (i = 0; pid == 0 && i < 5; i++) {
		usleep(20000);
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
	}
	if (pid == 0)
		_exit(0);
	close(fds[1]);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	e = file_read(AT_FDCWD, text_make("/proc/self/fd/%d", fds[0]), 100, &text, &n);
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	unit_ok(e == 0 && n == 5, "reading goes on after signals");
}

static mode_t
mode_of(const char *path)
{
	struct stat st = {0};

	return stat(path, &st) ? 0 : st.st_mode & 07777;
}

static void
replacing(void)
{
	char *dir = at("replace"), *path = at("replace/file");
	mode_t mask;

	mkdir(dir, 0755);
	mask = umask(077);
	unit_num(file_replace(AT_FDCWD, path, "one", 3, 0644), 0, "a new file");
	unit_str(content(path), "one", "its text");
	unit_num(mode_of(path), 0644, "its mode, whatever the umask");
	unit_num(file_replace(AT_FDCWD, path, "second", 6, 0600), 0, "replaced");
	unit_str(content(path), "second", "its new text");
	unit_num(mode_of(path), 0600, "its new mode");
	unit_num(file_replace(AT_FDCWD, path, "", 0, 0600), 0, "replaced by nothing");
	unit_str(content(path), "", "which is empty");
	umask(mask);
	unit_num((long long)entries(dir), 1, "nothing is left beside it");
	mkdir(at("replace/dir"), 0755);
	unit_num(file_replace(AT_FDCWD, at("replace/dir"), "x", 1, 0600), -EISDIR, "a folder stays");
	unit_num((long long)entries(dir), 2, "and nothing is left beside it");
	unit_num(file_replace(AT_FDCWD, at("none/file"), "x", 1, 0600), -ENOENT, "no folder");
	if (symlink("file", at("replace/link")) == 0) {
		unit_num(file_replace(AT_FDCWD, at("replace/link"), "x", 1, 0600), 0, "a link");
		unit_str(content(path), "", "is replaced, not followed");
	}
}

/* A reader sees the one or the other. */
static void
replacing_whole(void)
{
	static char a[30000], b[20000];
	char *path = at("whole");
	size_t i, wrong = 0, seen = 0;
	int status;
	pid_t pid;

	memset(a, 'a', sizeof a);
	memset(b, 'b', sizeof b);
	file_replace(AT_FDCWD, path, a, sizeof a, 0644);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < 200; i++)
			if (file_replace(AT_FDCWD, path, i % 2 ? a : b, i % 2 ? sizeof a : sizeof b, 0644))
				_exit(1);
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		char *text;
		size_t n;

		if (file_read(AT_FDCWD, path, 1 << 20, &text, &n))
			wrong++;
		else
			wrong += !(n == sizeof a && text[0] == 'a' && text[n - 1] == 'a') &&
				!(n == sizeof b && text[0] == 'b' && text[n - 1] == 'b');
		if (++seen % 100 == 0)
			usleep(100);
	}
	unit_ok(status == 0 && seen > 0 && wrong == 0, "a file that is replaced is always whole");
}

static void
folders(void)
{
	unsigned made = 77;

	unit_ok(file_mkdirs(at("m/k/d"), 0755, &made) == 0 && made == 3, "three new folders");
	unit_ok(file_mkdirs(at("m/k/d"), 0755, &made) == 0 && made == 0, "none new");
	unit_ok(file_mkdirs(at("m/k/e//f/"), 0700, &made) == 0 && made == 2, "two new, slashes ignored");
	unit_num(mode_of(at("m/k/e/f")), 0700, "their mode");
	unit_ok(file_mkdirs("/", 0755, &made) == 0 && made == 0, "the root is there");
	unit_num(file_mkdirs(at("m"), 0755, NULL), 0, "nobody wants the count");
	unit_num(file_mkdirs("relative", 0755, NULL), -EINVAL, "a relative path");
	unit_num(file_mkdirs("", 0755, NULL), -EINVAL, "no path");
	make_file(at("m/file"), "x", 1);
	unit_num(file_mkdirs(at("m/file"), 0755, NULL), -ENOTDIR, "a file at the end");
	unit_ok(file_mkdirs(at("m/file/x"), 0755, &made) == -ENOTDIR && made == 0, "a file on the way");
	if (symlink("k", at("m/link")) == 0)
		unit_ok(file_mkdirs(at("m/link/g"), 0755, &made) == 0 && made == 1 &&
				access(at("m/k/g"), F_OK) == 0, "host links are followed");
	unit_num(file_mkdirs(text_make("/%05000d", 1), 0755, NULL), -ENAMETOOLONG, "a path too long");
	unit_ok(file_mkdirs(text_make("%s/n/%0300d", top, 1), 0755, &made) == -ENAMETOOLONG && made == 1,
		"a name too long: the count says what is left behind");
}

/* --- removing ----------------------------------------------------------------------------------- */

/* A chain of n folders below path, a file in each. */
static void
deep(const char *path, int n)
{
	int fd = open(path, O_RDONLY), inner, i;

	for (i = 0; i < n; i++) {
		if (mkdirat(fd, "d", 0755))
			puts("# cannot make a chain");
		inner = openat(fd, "d", O_RDONLY);
		close(fd);
		fd = inner;
		close(openat(fd, "file", O_WRONLY | O_CREAT, 0600));
	}
	close(fd);
}

static void
removing(void)
{
	char *tree = at("tree");
	int i;

	mkdir(at("safe"), 0755);
	make_file(at("safe/canary"), "x", 1);
	file_mkdirs(at("tree/a/b/c"), 0755, NULL);
	file_mkdirs(at("tree/a/empty"), 0755, NULL);
	make_file(at("tree/a/b/file"), "x", 1);
	if (symlink(at("safe"), at("tree/a/link")) || symlink("../../../safe", at("tree/a/b/up")) ||
		symlink("/nowhere", at("tree/dangling")) || mkfifo(at("tree/fifo"), 0600))
		puts("# cannot make the tree");
	for (i = 0; i < 2000; i++)
		make_file(text_make("%s/a/b/c/%0100d", tree, i), "", 0);
	for (i = 0; i < 300; i++) {
		mkdir(text_make("%s/%d", tree, i), 0000);
		mkdir(text_make("%s/%d/in", tree, i), 0755);
		chmod(text_make("%s/%d", tree, i), 0700);
		mkdir(text_make("%s/%d/in", tree, i), 0755);
	}
	unit_num(file_remove(AT_FDCWD, tree), 0, "a tree with links, a fifo, many files and folders");
	unit_num(access(tree, F_OK), -1, "is gone");
	unit_num(access(at("safe/canary"), F_OK), 0, "what its links pointed to is not");
	unit_num(file_remove(AT_FDCWD, tree), -ENOENT, "a second time");
	unit_num(file_remove(AT_FDCWD, at("safe/canary")), -ENOTDIR, "a file is no folder");
	if (symlink("safe", at("link")) == 0)
		unit_num(file_remove(AT_FDCWD, at("link")), -ENOTDIR, "nor is a link to one");
	unit_num(access(at("safe/canary"), F_OK), 0, "which stays");
	mkdir(tree, 0755);
	unit_num(file_remove(AT_FDCWD, tree), 0, "an empty folder");
	mkdir(tree, 0755);
	deep(tree, 299);
	unit_num(file_remove(AT_FDCWD, tree), 0, "300 folders deep");
	mkdir(tree, 0755);
	deep(tree, 350);
	unit_num(file_remove(AT_FDCWD, tree), -ELOOP, "350 are too many");
	unit_ok(system(text_make("rm -rf %s", tree)) == 0 && fcntl(9, F_GETFD) < 0, "no descriptor is lost");
}

/* Standard input closed: descriptor 0 is as good as any. */
static void
removing_with_zero(void)
{
	char *tree = at("zero");
	int status;

	file_mkdirs(at("zero/a/b/c"), 0755, NULL);
	make_file(at("zero/a/b/file"), "x", 1);
	fflush(stdout);
	if (fork() == 0) {
		close(0);
		_exit(file_remove(AT_FDCWD, tree) != 0 || open("/", O_RDONLY) != 0);
	}
	wait(&status);
	unit_ok(status == 0 && access(tree, F_OK) < 0, "removing where descriptor 0 is free");
}

/* In a mount namespace of its own; bit n of the answer: check n failed. 255: cannot. */
static int
removing_mounts(void)
{
	char *tree = at("mounts"), *bind = at("mounts/a/bind"), *tmp = at("mounts/a/tmp");
	int bad = 0;

	file_mkdirs(bind, 0755, NULL);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount(at("safe"), bind, NULL, MS_BIND, NULL))
		return 255;
	bad |= file_remove(AT_FDCWD, tree) != -EBUSY;
	bad |= (access(at("mounts/a/bind/canary"), F_OK) != 0) << 1;
	bad |= (file_remove(AT_FDCWD, bind) != -EBUSY) << 2;
	umount(bind);
	file_mkdirs(tmp, 0755, NULL);
	if (mount("none", tmp, "tmpfs", 0, NULL))
		return 255;
	make_file(at("mounts/a/tmp/file"), "x", 1);
	bad |= (file_remove(AT_FDCWD, tree) != -EBUSY) << 3;
	bad |= (access(at("mounts/a/tmp/file"), F_OK) != 0) << 4;
	umount(tmp);
	bad |= (file_remove(AT_FDCWD, tree) != 0) << 5;
	return bad;
}

static void
mounts(void)
{
	static const char *const says[] = {"a bind mount stops it", "and keeps its files",
		"also when it is the folder itself", "a tmpfs stops it", "and keeps its files",
		"without mounts it is gone"};
	int status;
	size_t i;

	fflush(stdout);
	if (fork() == 0)
		_exit(removing_mounts());
	wait(&status);
	for (i = 0; i < ROWS(says); i++) {
		if (WEXITSTATUS(status) == 255)
			unit_skip(says[i], "no mount namespace");
		else
			unit_ok(!(WEXITSTATUS(status) >> i & 1), "%s", says[i]);
	}
	unit_num(access(at("safe/canary"), F_OK), 0, "the canary lives");
}

int
main(void)
{
	if (!mkdtemp(top))
		return 1;
	descriptors();
	reading();
	peeking();
	putting();
	writing_a_lot();
	interrupted();
	replacing();
	replacing_whole();
	folders();
	removing();
	removing_with_zero();
	mounts();
	unit_num(file_remove(AT_FDCWD, top), 0, "all of it goes");
	return unit_done();
}

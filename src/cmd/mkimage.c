/* SPDX-License-Identifier: MIT */
/* mkimage.c - pack as squashfs or erofs: Debian's own programs write them, of the tar that mote would write
 *
 * So they hold what the manifest says and nothing else, whatever happens to the bundle meanwhile.  mksquashfs reads a tar; for
 * mkfs.erofs, which before 1.7 reads folders only, the tar is unpacked beside the file first. */
#include "cmd/mkimage.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "bundle/dmtree.h"
#include "cmd/sweep.h"
#include "sys.h"

struct maker { const char *format, *program, *package; };

static const struct maker makers[] = {
	{"squashfs", "mksquashfs", "squashfs-tools"},
	{"erofs", "mkfs.erofs", "erofs-utils"},
};

static const struct maker *
maker_of(const char *format)
{
	size_t i;

	for (i = 0; i < sizeof makers / sizeof *makers; i++)
		if (text_eq(makers[i].format, format))
			return &makers[i];
	return NULL;
}

bool
mkimage_knows(const char *format)
{
	return maker_of(format) != NULL;
}

/* Where the program is, or NULL; not by PATH: root runs it. */
static const char *
find(const struct maker *m)
{
	static const char *const places[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin"};
	const char *path;
	size_t i;

	for (i = 0; i < sizeof places / sizeof *places; i++) {
		path = text_path(places[i], m->program);
		if (!sys_faccessat(AT_FDCWD, path, X_OK))
			return path;
	}
	return NULL;
}

/* --- the child -------------------------------------------------------------------------------- */

static ssize_t
read_pipe(void *from, void *buf, size_t n)
{
	(void)from;
	return sys_read(0, buf, n);
}

static bool
unpack_stage(struct cmd *c, const char *stage)
{
	const struct unpack_limits limits = {UINT64_MAX, UINT64_MAX};
	struct unpacker u = {.next = next_tar, .read = read_pipe};
	autofd int dir = -1;
	int e = sys_mkdirat(AT_FDCWD, stage, 0755);

	dir = e ? e : sys_openat(AT_FDCWD, stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (dir < 0)
		return diag_fail(&c->diag, "make %s: %s", stage, text_errno(dir));
	return unpack_archive(&u, dir, &limits, &c->diag);
}

/* In the child: standard input is the tar. */
static int
make(struct cmd *c, const struct maker *m, const char *path, const struct mkimage *k)
{
	const char *time = text_make("%lld", (long long)k->how->epoch);
	const char *const squashfs[] = {m->program, "-", k->beside, "-tar", "-noappend", "-quiet", "-no-progress", "-root-mode", "755",
		"-root-uid", "0", "-root-gid", "0", "-mkfs-time", time,
		k->how->own_times ? "-root-time" : "-all-time", time, NULL};
	const char *const erofs[] = {m->program, "--quiet", "-zlz4hc", "-U00000000-0000-0000-0000-000000000000",
		k->how->own_times ? "--preserve-mtime" : text_make("-T%s", time), k->beside, k->stage, NULL};
	bool tar = text_eq(m->format, "squashfs");
	char *none[] = {NULL};
	int null = sys_openat(AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0);

	if (!tar && !unpack_stage(c, k->stage))
		return fail_diag(c);
	if (null >= 0)
		sys_dup3(null, 1, 0);
	return fail(c, "execute %s: %s", path, text_errno(sys_execve(path, (char *const *)(tar ? squashfs : erofs), none)));
}

/* --- the parent ------------------------------------------------------------------------------- */

static void
block_pipe_signal(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sys_rt_sigprocmask(how, &set, NULL);
}

static pid_t
fork_maker(struct cmd *c, const struct maker *m, const char *path, const struct mkimage *k, int *to)
{
	int ends[2], e = sys_pipe2(ends, O_CLOEXEC);
	pid_t pid = e ? e : sys_clone(SIGCHLD, NULL);

	if (pid == 0) {
		block_pipe_signal(SIG_UNBLOCK);
		sys_dup3(ends[0], 0, 0);
		sys_close(ends[1]);
		sys_exit_group(make(c, m, path, k));
	}
	if (!e)
		sys_close(ends[0]);
	if (!e && pid < 0)
		sys_close(ends[1]);
	*to = ends[1];
	return pid;
}

static bool
wait_maker(struct cmd *c, const struct maker *m, pid_t pid, bool good)
{
	int status = 0;
	pid_t got;

	do
		got = sys_wait4(pid, &status, 0, NULL);
	while (got == -EINTR);
	return good && ((got == pid && status == 0) || diag_fail(&c->diag, "%s failed", m->program)); /* else that was told */
}

/* mksquashfs leaves out what squashfs has no room for, with a word at most. */
static int
put_squashfs(struct packer *p, const struct member *m)
{
	size_t i;

	for (i = 0; i < m->nxattrs; i++)
		if (text_starts(m->xattrs[i].name, "system.")) {
			p->why = "squashfs holds no access control lists (erofs and tar do)";
			return -EINVAL;
		}
	return packer_tar.member(p, m);
}

static bool
feed(struct cmd *c, const struct maker *m, const char *path, const struct mkimage *k, char hex[SHA256_HEX])
{
	struct packer p = packer_tar;
	bool good;
	pid_t pid;

	if (text_eq(m->format, "squashfs"))
		p.member = put_squashfs;
	block_pipe_signal(SIG_BLOCK);
	pid = fork_maker(c, m, path, k, &p.fd);
	if (pid < 0)
		return diag_fail(&c->diag, "start %s: %s", m->program, text_errno(pid));
	good = pack_bundle(&p, &k->place, &k->manifest, k->how, hex, &c->diag);
	if (!good) /* what it has is cut: it must not make something of that */
		sys_kill(pid, SIGKILL);
	sys_close(p.fd);
	return wait_maker(c, m, pid, good);
}

/* The tree's salt comes from the bundle's digest: other bundles, other salts, and the same bytes each time. */
static bool
add_tree(struct cmd *c, const struct mkimage *k, const char *hex, struct out *o)
{
	autofd int fd = sys_openat(AT_FDCWD, k->beside, O_RDWR | O_CLOEXEC, 0);
	uint8_t salt[SHA256_SIZE];
	char root[SHA256_HEX];
	struct sha256 h;
	struct dmtree t;
	int e;

	sha256_begin(&h);
	sha256_add(&h, hex, strlen(hex));
	sha256_end(&h, salt);
	e = fd < 0 ? fd : dmtree_append(fd, salt, root, &t);
	if (e)
		return diag_fail(&c->diag, "write the dm-verity tree: %s", text_errno(e));
	out_fmt(o, "verity-root:%s\nhash-offset:%llu\n", root, (unsigned long long)t.blocks * DMTREE_BLOCK);
	return true;
}

static bool
settle(struct cmd *c, const struct mkimage *k)
{
	autofd int fd = sys_openat(AT_FDCWD, k->beside, O_RDONLY | O_CLOEXEC, 0);
	int e = fd < 0 ? fd : sys_fsync(fd);

	e = e ? e : sys_fchmod(fd, 0644);
	e = e ? e : sys_renameat2(AT_FDCWD, k->beside, AT_FDCWD, c->o.output, 0);
	return !e || diag_fail(&c->diag, "write %s: %s", c->o.output, text_errno(e));
}

int
mkimage(struct cmd *c, struct mkimage *k, const char *format)
{
	const struct maker *m = maker_of(format);
	const char *path = find(m);
	char hex[SHA256_HEX];
	struct out o = out_fd(1);
	struct sweep s;
	bool good;

	if (!path)
		return fail(c, "to write %s mote needs %s: install the package %s", format, m->program, m->package);
	if (k->how->prefix || text_eq(c->o.output, "-"))
		return fail(c, "%s needs a file to write, and has no --prefix", format);
	k->beside = text_make("%s.%d.new", c->o.output, (int)sys_getpid());
	k->stage = text_make("%s.d", k->beside);
	sweep_begin(&s, k->beside, k->stage);
	good = feed(c, m, path, k, hex);
	out_fmt(&o, "sha256:%s\n", hex);
	good = good && (!c->o.verity || add_tree(c, k, hex, &o)) && settle(c, k);
	file_remove(AT_FDCWD, k->stage);
	if (!good)
		sys_unlinkat(AT_FDCWD, k->beside, 0);
	sweep_end(&s);
	if (!good)
		return fail_diag(c);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

/* SPDX-License-Identifier: MIT */
/* pack.c - the verbs pack and unpack: a bundle as one file */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "bundle/archive.h"
#include "cmd/digest.h"
#include "cmd/mkimage.h"
#include "cmd/oci.h"
#include "cmd/sweep.h"
#include "sys.h"

/* --- pack ------------------------------------------------------------------------------------- */

static const struct { const char *name; const struct packer *packer; } formats[] = {
	{"cpio", &packer_cpio},
	{"tar", &packer_tar},
};

/* By --format, else by what the file's name ends in. */
static const char *
format_name(struct cmd *c)
{
	const char *dot = strrchr(c->o.output, '.');

	return c->o.format ? c->o.format : dot ? dot + 1 : "";
}

static const struct packer *
format_of(struct cmd *c)
{
	const char *name = format_name(c);
	size_t i;

	for (i = 0; i < sizeof formats / sizeof *formats; i++)
		if (text_eq(formats[i].name, name))
			return formats[i].packer;
	diag_fail(&c->diag, "pack knows the formats cpio" IF_IMAGE(", squashfs, erofs") IF_OCI(", oci, oci-archive") " and tar, not '%s': say --format, or end the file's name in one", name);
	return NULL;
}

static bool
how_to(struct cmd *c, struct pack_options *how)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH"), *prefix = c->o.prefix;

	*how = (struct pack_options){.own_times = c->o.mtime};
	if (epoch && (!text_i64(epoch, &how->epoch) || how->epoch < 0))
		return diag_fail(&c->diag, "SOURCE_DATE_EPOCH is '%s', not a number of seconds", epoch);
	if (prefix) {
		how->prefix = member_path(*prefix == '/' ? prefix + 1 : prefix);
		if (!how->prefix)
			return diag_fail(&c->diag, "option --prefix takes a folder, not '%s'", prefix);
	}
	return true;
}

/* The archive is written beside its place and takes it when it is whole. */
static int
pack_into(struct cmd *c, struct work *w, int dir, const struct pack_options *how, char hex[SHA256_HEX])
{
	const struct packer *format = format_of(c);
	bool standard = text_eq(c->o.output, "-");
	const char *beside = text_make("%s.%d.new", c->o.output, (int)sys_getpid());
	struct manifest_options opts = digest_options_of(c, w);
	struct packer p;
	struct sweep s = {.fd = -1};
	int e;

	if (!format)
		return usage(c);
	if (!standard)
		sweep_begin(&s, beside, NULL);
	p = *format;
	p.fd = standard ? 1 : sys_openat(AT_FDCWD, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (p.fd < 0) {
		sweep_end(&s);
		return fail(c, "write %s: %s", beside, text_errno(p.fd));
	}
	if (!pack_bundle(&p, &(struct manifest_place){dir, w->spec.root.path}, &opts, how, hex, &c->diag)) {
		e = fail_diag(c);
	} else {
		e = standard ? 0 : sys_fsync(p.fd);
		e = e || standard ? e : sys_renameat2(AT_FDCWD, beside, AT_FDCWD, c->o.output, 0);
		e = e ? fail(c, "write %s: %s", c->o.output, text_errno(e)) : EXIT_OK;
	}
	if (e && !standard)
		sys_unlinkat(AT_FDCWD, beside, 0);
	sweep_end(&s);
	return e;
}

int
cmd_pack(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct pack_options how;
	char hex[SHA256_HEX];
	struct out o = out_fd(1);
	autofd int dir = -1;
	int e;

	if (!c->o.output) {
		diag_fail(&c->diag, "option --output is missing: the file to write");
		return usage(c);
	}
	if (!how_to(c, &how) || !digest_load(c, w, c->nargs ? c->args[0] : NULL))
		return fail_diag(c);
	dir = digest_open(c, w);
	if (dir < 0)
		return fail_diag(c);
	IF_OCI(if (oci_format(c)) return oci_pack(c, w, &how, dir);)
#if HAVE_IMAGE
	if (mkimage_knows(format_name(c)))
		return mkimage(c, &(struct mkimage){.place = {dir, w->spec.root.path}, .manifest = digest_options_of(c, w), .how = &how}, format_name(c));
	if (c->o.verity)
		return fail(c, "--verity is for squashfs and erofs: nothing reads an archive by blocks");
#endif
	e = pack_into(c, w, dir, &how, hex);
	if (e || text_eq(c->o.output, "-"))
		return e;
	out_fmt(&o, "sha256:%s\n", hex);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

/* --- unpack ----------------------------------------------------------------------------------- */

#if HAVE_IMAGE
static bool
is_image(int fd)
{
	char *head = arena_get(IMAGE_HEAD);
	ssize_t n = sys_pread(fd, head, IMAGE_HEAD, 0);

	return n > 0 && image_kind(head, (size_t)n) != IMAGE_UNKNOWN;
}
#endif

static bool
limits_of(struct cmd *c, struct unpack_limits *l)
{
	*l = (struct unpack_limits){.bytes = UINT64_MAX, .files = c->o.max_files ? c->o.max_files : UINT64_MAX};
	return !c->o.limit || text_size(c->o.limit, &l->bytes) ||
		diag_fail(&c->diag, "option --limit takes bytes, with k, m or g, not '%s'", c->o.limit);
}

/* tag: of the image in a layout; NULL: the only one. */
struct unpack_to { const char *to, *tag, *beside; };

/* Beside its place, which it takes when it is whole: a bad archive leaves nothing. */
static int
unpack_beside(struct cmd *c, struct archive *a, const struct unpack_limits *l, const struct unpack_to *t)
{
	const char *to = t->to, *beside = t->beside;
	autofd int dir = -1;
	bool good;
	int e = sys_mkdirat(AT_FDCWD, beside, 0700);

	if (e)
		return fail(c, "make %s: %s", beside, text_errno(e));
	dir = sys_openat(AT_FDCWD, beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	good = dir >= 0 ? archive_unpack(a, dir, l, &c->diag) : diag_fail(&c->diag, "open %s: %s", beside, text_errno(dir));
#if HAVE_OCI
	if (good && !sys_faccessat(dir, "oci-layout", F_OK)) { /* a layout in a tar: its image is what is wanted */
		struct unpack_limits left = *l;
		int status = oci_unpack(c, &(struct oci_from){.layout = beside, .tag = t->tag, .to = to, .named = c->o.verify}, &left);

		file_remove(AT_FDCWD, beside);
		return status;
	}
#endif
	if (good && t->tag)
		good = diag_fail(&c->diag, "it is no image layout: nothing in it is called '%s'", t->tag);
	if (good && digest_right(c, NEW(struct work), beside)) {
		e = sys_fchmod(dir, 0755);
		e = e ? e : sys_renameat2(AT_FDCWD, beside, AT_FDCWD, to, RENAME_NOREPLACE);
		if (!e)
			return EXIT_OK;
		diag_fail(&c->diag, "make %s: %s", to, text_errno(e));
	}
	e = file_remove(AT_FDCWD, beside);
	if (e)
		diag_fail(&c->diag, "remove %s: %s", beside, text_errno(e));
	return fail_diag(c);
}

int
cmd_unpack(struct cmd *c)
{
	const char *from = c->args[0], *to = c->args[1], *tag = NULL, *beside;
	struct archive *a = NEW(struct archive);
	struct unpack_limits l;
	struct stat st;
	struct sweep s;
	int fd, got;

	if (!limits_of(c, &l))
		return fail_diag(c);
	if (!sys_fstatat(AT_FDCWD, to, &st, AT_SYMLINK_NOFOLLOW))
		return fail(c, "%s is there already", to);
#if HAVE_OCI
	struct oci_from layout = {.to = to, .named = c->o.verify};

	if (oci_named(from, &layout))
		return oci_unpack(c, &layout, &l);
	from = layout.layout;
	tag = layout.tag;
#endif
	fd = text_eq(from, "-") ? 0 : sys_openat(AT_FDCWD, from, O_RDONLY | O_CLOEXEC, 0);
	got = fd < 0 ? fd : archive_open(a, fd);
	if (got < 0)
		return fail(c, "read %s: %s", from, a->u.why ? a->u.why : text_errno(got));
	IF_IMAGE(if (!got && is_image(fd))
		return fail(c, "%s is an image of a file system: run it as it is (mote run -b %s ID), or mount it", from, from);)
	if (!got)
		return fail(c, "%s is no archive that this mote knows (cpio newc, tar)", from);
	beside = text_make("%.*s.%d.new", (int)(strlen(to) - text_ends(to, "/")), to, (int)sys_getpid());
	sweep_begin(&s, beside, NULL);
	got = unpack_beside(c, a, &l, &(struct unpack_to){to, tag, beside});
	sweep_end(&s);
	return got;
}

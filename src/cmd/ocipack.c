/* SPDX-License-Identifier: MIT */
/* ocipack.c - pack as an image of the image specification: a layout in a folder, or the tar of one */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "bundle/oci.h"
#include "cmd/oci.h"
#include "cmd/sweep.h"
#include "sys.h"

#define ARCHIVE "oci-archive"
#define YEAR_10000 253402300800 /* in seconds since 1970: from then on dates have five digits */

const char *
oci_format(const struct cmd *c)
{
	const char *format = c->o.format, *to, *tag;

	if (format)
		return text_eq(format, "oci") || text_eq(format, ARCHIVE) ? format : NULL;
	to = oci_split(c->o.output, &tag);
	return text_ends(to, "." ARCHIVE) ? ARCHIVE : text_ends(to, ".oci") || oci_is_layout(to) ? "oci" : NULL;
}

/* Beside its place, which it takes when it is whole: an empty folder may stand there. */
static bool
make_layout(struct cmd *c, const struct oci_new *n, const char *to, char hex[SHA256_HEX])
{
	const char *beside = text_make("%.*s.%d.new", (int)(strlen(to) - text_ends(to, "/")), to, (int)sys_getpid());
	autofd int dir = -1;
	struct sweep s;
	int e;

	sweep_begin(&s, beside, NULL);
	e = sys_mkdirat(AT_FDCWD, beside, 0755);
	if (e)
		return sweep_end(&s), diag_fail(&c->diag, "make %s: %s", beside, text_errno(e));
	dir = sys_openat(AT_FDCWD, beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (dir < 0 ? diag_fail(&c->diag, "open %s: %s", beside, text_errno(dir)) : oci_write(n, dir, hex, &c->diag)) {
		e = sys_renameat2(AT_FDCWD, beside, AT_FDCWD, to, 0);
		if (e)
			diag_fail(&c->diag, "make %s: %s", to, text_errno(e));
	}
	e = c->diag.errors ? file_remove(AT_FDCWD, beside) : 0;
	if (e)
		diag_fail(&c->diag, "remove %s: %s", beside, text_errno(e));
	sweep_end(&s);
	return !c->diag.errors;
}

static bool
is_empty(const char *path)
{
	struct name_list l = {NULL, 0};
	autofd int dir = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	return dir >= 0 && !names_read(dir, &l) && !l.n;
}

static bool
into_folder(struct cmd *c, const struct oci_new *n, const char *to, char hex[SHA256_HEX])
{
	autofd int dir = -1;
	struct stat st;
	struct sweep s;
	bool good;

	if (sys_fstatat(AT_FDCWD, to, &st, 0) || is_empty(to))
		return make_layout(c, n, to, hex);
	if (!oci_is_layout(to))
		return diag_fail(&c->diag, "%s is there already, and is no image layout", to);
	sweep_begin(&s, text_path(to, n->beside), NULL);
	dir = sys_openat(AT_FDCWD, to, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	good = dir < 0 ? diag_fail(&c->diag, "open %s: %s", to, text_errno(dir)) : oci_write(n, dir, hex, &c->diag);
	sweep_end(&s);
	return good;
}

static bool
into_tar(struct cmd *c, const struct oci_new *n, const char *to, char hex[SHA256_HEX])
{
	const char *beside = text_make("%s.%d.new", to, (int)sys_getpid());
	autofd int fd = -1;
	struct sweep s;
	int e;

	if (text_eq(to, "-"))
		return oci_write_tar(n, 1, hex, &c->diag);
	sweep_begin(&s, beside, NULL);
	fd = sys_openat(AT_FDCWD, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) {
		diag_fail(&c->diag, "write %s: %s", beside, text_errno(fd));
	} else if (oci_write_tar(n, fd, hex, &c->diag)) {
		e = sys_fsync(fd);
		e = e ? e : sys_renameat2(AT_FDCWD, beside, AT_FDCWD, to, 0);
		if (e)
			diag_fail(&c->diag, "write %s: %s", to, text_errno(e));
	}
	if (c->diag.errors && fd >= 0)
		sys_unlinkat(AT_FDCWD, beside, 0);
	sweep_end(&s);
	return !c->diag.errors;
}

int
oci_pack(struct cmd *c, struct work *w, const struct pack_options *how, int dir)
{
	struct oci_new n = {.place = {dir, w->spec.root.path}, .manifest = digest_options_of(c, w), .how = how, .spec = &w->spec,
		.beside = text_make("mote.%d.new", (int)sys_getpid())};
	const char *to = oci_split(c->o.output, &n.tag), *format = oci_format(c);
	char hex[SHA256_HEX];
	struct out o = out_fd(1);
	bool archive = text_eq(format, ARCHIVE);

	if (!n.tag)
		n.tag = "latest";
	if (!*to)
		return fail(c, "option --output names no %s", archive ? "file" : "folder");
	if (!oci_tag_valid(n.tag))
		return fail(c, "option --output: '%s' is no name of an image: letters and digits, and one of -._:@+/ between them", n.tag);
	if (how->prefix || c->o.verity)
		return fail(c, "an image has no --%s", c->o.verity ? "verity" : "prefix");
	if (text_eq(to, "-") && !archive)
		return fail(c, "a layout is a folder: %s goes to standard output", ARCHIVE);
	if (how->epoch >= YEAR_10000)
		return fail(c, "SOURCE_DATE_EPOCH is behind the year 9999, which no image can say");
	n.manifest.times = false; /* layers have seconds */
	if (!(archive ? into_tar : into_folder)(c, &n, to, hex))
		return fail_diag(c);
	if (text_eq(to, "-"))
		return EXIT_OK;
	out_fmt(&o, "sha256:%s\n", hex);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

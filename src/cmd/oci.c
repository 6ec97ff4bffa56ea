/* SPDX-License-Identifier: MIT */
/* oci.c - an image of the image specification becomes a bundle; its config by conversion.md, or as it was packed */
#include "cmd/oci.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "bundle/oci.h"
#include "cmd/digest.h"
#include "cmd/sweep.h"
#include "spec/load.h"
#include "spec/template.h"
#include "sys.h"

enum { ACCOUNTS_MAX = 1 << 20 };

#define ANNOTATION "org.opencontainers.image."

static bool
is_folder(const char *path)
{
	struct stat st;

	return !sys_fstatat(AT_FDCWD, path, &st, 0) && S_ISDIR(st.st_mode);
}

const char *
oci_split(const char *operand, const char **tag)
{
	const char *first = strchr(operand, ':'), *colon;
	struct stat st;

	*tag = NULL;
	if (!first || !sys_fstatat(AT_FDCWD, operand, &st, 0))
		return operand;
	for (colon = first; colon && sys_fstatat(AT_FDCWD, arena_copy(operand, (size_t)(colon - operand)), &st, 0); colon = strchr(colon + 1, ':'))
		;
	colon = colon ? colon : first;
	*tag = colon + 1;
	return arena_copy(operand, (size_t)(colon - operand));
}

bool
oci_named(const char *operand, struct oci_from *f)
{
	f->layout = oci_split(operand, &f->tag);
	return is_folder(f->layout);
}

/* --- who: /etc/passwd and /etc/group of the image, which is not trusted ------------------------- */

static const char *
read_accounts(int rootfs, const char *path)
{
	autofd int fd = root_open(rootfs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char *text = arena_get(ACCOUNTS_MAX + 1);
	struct stat st;
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0 || sys_fstat(fd, &st) || !S_ISREG(st.st_mode))
		return "";
	while (got > 0 && n < ACCOUNTS_MAX) {
		got = sys_read(fd, text + n, ACCOUNTS_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	}
	return text;
}

static const char *
next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/* Field n of a line, between colons. */
static const char *
field(const char *line, int n)
{
	for (; n; n--) {
		line += strcspn(line, ":\n");
		if (*line == ':')
			line++;
	}
	return arena_copy(line, strcspn(line, ":\n"));
}

/* The line whose field n is that, or NULL. */
static const char *
find_line(const char *text, int n, const char *value)
{
	for (; *text; text = next_line(text))
		if (text_eq(field(text, n), value))
			return text;
	return NULL;
}

static bool
is_member(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (; *list; list += strcspn(list, ",") + (list[strcspn(list, ",")] == ','))
		if (strcspn(list, ",") == n && !memcmp(list, name, n))
			return true;
	return false;
}

static bool
id_of(const char *s, uint32_t *id)
{
	uint64_t v;

	if (!text_u64(s, &v) || v > UINT32_MAX - 1)
		return false;
	*id = (uint32_t)v;
	return true;
}

static void
add_groups(const char *group, const char *name, struct template *t)
{
	uint32_t gid, *all = NULL;

	for (; *group; group = next_line(group))
		if (is_member(field(group, 3), name) && id_of(field(group, 2), &gid) && gid != t->gid)
			*PUSH(all, t->ngids) = gid;
	t->gids = all;
}

/* USER[:GROUP], each a number or a name. */
static bool
resolve_user(struct cmd *c, int rootfs, const char *user, struct template *t)
{
	const char *colon = strchr(user, ':'), *name = colon ? arena_copy(user, (size_t)(colon - user)) : user;
	const char *passwd = read_accounts(rootfs, "etc/passwd"), *group = read_accounts(rootfs, "etc/group");
	bool number = id_of(name, &t->uid);
	const char *line = find_line(passwd, number ? 2 : 0, name);

	if (!number && (!line || !id_of(field(line, 2), &t->uid)))
		return diag_fail(&c->diag, "the image's user '%s' is not in its /etc/passwd", name);
	if (line && !id_of(field(line, 3), &t->gid))
		return diag_fail(&c->diag, "the image's /etc/passwd has no group for '%s'", name);
	if (!colon && line)
		add_groups(group, field(line, 0), t);
	if (!colon || id_of(colon + 1, &t->gid))
		return true;
	line = find_line(group, 0, colon + 1);
	return (line && id_of(field(line, 2), &t->gid)) || diag_fail(&c->diag, "the image's group '%s' is not in its /etc/group", colon + 1);
}

/* --- config.json ------------------------------------------------------------------------------ */

/* A label of the image's own goes before what is made of other members. */
static void
annotate(struct pairs *p, const char *name, const char *value)
{
	const char *key = text_make(ANNOTATION "%s", name);
	size_t i;

	for (i = 0; i < p->n; i++)
		if (text_eq(p->v[i].key, key))
			return;
	if (value && *value)
		*PUSH(p->v, p->n) = (struct pair){key, value};
}

static const char *
ports_of(const struct oci_image *i)
{
	struct out o = out_mem();
	size_t k;

	for (k = 0; k < i->ports.n; k++)
		out_fmt(&o, "%s%s", k ? "," : "", i->ports.v[k]);
	return out_text(&o);
}

static bool
write_config(struct cmd *c, const struct oci_image *i, int bundle, int rootfs)
{
	struct pairs notes = i->labels;
	struct template t = {.env = &i->env, .own_env = true, .cwd = i->cwd && *i->cwd ? i->cwd : NULL, .annotations = &notes};
	struct strs args = {NULL, 0};
	struct out o = out_mem();
	size_t k;
	int e;

	for (k = 0; k < i->entrypoint.n; k++)
		*PUSH(args.v, args.n) = i->entrypoint.v[k];
	for (k = 0; k < i->cmd.n; k++)
		*PUSH(args.v, args.n) = i->cmd.v[k];
	t.args = args.v;
	t.nargs = args.n;
	annotate(&notes, "os", i->os);
	annotate(&notes, "architecture", i->architecture);
	annotate(&notes, "variant", i->variant);
	annotate(&notes, "author", i->author);
	annotate(&notes, "created", i->created);
	annotate(&notes, "stopSignal", i->stop_signal);
	annotate(&notes, "exposedPorts", ports_of(i));
	if (i->user && *i->user && !resolve_user(c, rootfs, i->user, &t))
		return false;
	template_write(&o, &t);
	e = file_replace(bundle, "config.json", o.buf, o.len, 0644);
	return !e || diag_fail(&c->diag, "write config.json: %s", text_errno(e));
}

/* --- as it was packed ---------------------------------------------------------------------------- */

/* An image may come from anywhere, and a config.json may ask for anything: hooks, mounts of the host.  That of the image counts only
 * where somebody has named this very bundle, by its digest or by a signature of its manifest, or says --as-packed. */
static bool
as_packed(struct cmd *c, const struct oci_from *f, const struct oci_packed *p, bool *is)
{
	*is = c->o.as_packed || (p->digest && text_eq(f->named, p->digest)) || (c->o.key && p->digest);
	if (*is)
		return (p->digest && p->config && digest_valid(p->digest) && p->mode <= 07777 && p->uid < UINT32_MAX && p->gid < UINT32_MAX) ||
			diag_fail(&c->diag, p->digest ? "the bundle in the image cannot be read" :
				"the image holds no bundle as mote pack writes one: --as-packed is not for it");
	if (p->digest && !c->o.quiet)
		log_say(&c->log, DIAG_WARNING, "the image holds a bundle's own config.json, which is not used: --as-packed, or its digest in --verify, takes it");
	return true;
}

/* A descriptor of the folder that root.path of the config in the image leads to, made in the bundle. */
static int
make_rootfs(struct cmd *c, const struct oci_packed *p, int bundle)
{
	struct spec *s = NEW(struct spec);
	autofd int dir = -1;
	int fd;

	if (!spec_load_text(s, p->config, strlen(p->config), "config.json in the image", &c->diag))
		return -1;
	dir = root_make_nolinks(bundle, s->root.path, ROOT_DIR);
	fd = dir < 0 ? dir : sys_openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return fd >= 0 ? fd : (diag_fail(&c->diag, "make %s: %s", s->root.path, text_errno(fd)), -1);
}

static int
put_file(int dir, const char *name, const char *text)
{
	return text ? file_replace(dir, name, text, strlen(text), 0644) : 0;
}

static bool
put_packed(struct cmd *c, const struct oci_packed *p, int bundle)
{
	autofd int fd = -1;
	int e = put_file(bundle, "config.json", p->config);

	e = e ? e : put_file(bundle, MANIFEST_NAME ".sig", p->signify);
	e = e ? e : put_file(bundle, MANIFEST_NAME ".minisig", p->minisign);
	fd = e ? e : sys_openat(bundle, "config.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
	e = fd < 0 ? fd : sys_fchown(fd, (uid_t)p->uid, (gid_t)p->gid);
	e = e ? e : sys_fchmod(fd, (mode_t)p->mode);
	return !e || diag_fail(&c->diag, "write config.json: %s", text_errno(e));
}

/* The manifest is canonical, so it is not in the image: that of what was unpacked is the one that was signed, or its digest differs. */
static bool
prove_packed(struct cmd *c, const struct oci_packed *p, const char *place)
{
	struct work *w = NEW(struct work);
	struct manifest_options opts;
	struct out text = out_mem();
	char hex[SHA256_HEX];
	autofd int dir = -1;
	int e;

	w->bundle.carried = true;
	if (!digest_load(c, w, place))
		return false;
	dir = digest_open(c, w);
	opts = digest_options_of(c, w);
	opts.times = opts.verity = false;
	if (dir < 0 || !manifest_digest(&(struct manifest_place){dir, w->spec.root.path}, &opts, &text, hex, &c->diag))
		return false;
	if (!text_eq(hex, p->digest + 7))
		return diag_fail(&c->diag, "the image says that it holds the bundle %s, and holds sha256:%s", p->digest, hex);
	e = file_replace(dir, MANIFEST_NAME, text.buf, text.len, 0644);
	return !e || diag_fail(&c->diag, "write %s: %s", MANIFEST_NAME, text_errno(e));
}

/* ---------------------------------------------------------------------------------------------- */

static int
own_rootfs(struct cmd *c, int bundle, const char *beside)
{
	int e = sys_mkdirat(bundle, "rootfs", 0755);
	autofd int rootfs = e ? e : sys_openat(bundle, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	e = rootfs < 0 ? rootfs : sys_fchmod(rootfs, 0755);
	return e ? (diag_fail(&c->diag, "make %s/rootfs: %s", beside, text_errno(e)), -1) : file_keep(&rootfs);
}

static bool
build(struct cmd *c, const struct oci_from *f, const char *beside, struct unpack_limits *left)
{
	struct oci_image *i = NEW(struct oci_image);
	autofd int layout = sys_openat(AT_FDCWD, f->layout, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), bundle = -1, rootfs = -1;
	int e = layout < 0 ? layout : sys_mkdirat(AT_FDCWD, beside, 0700);
	bool packed;

	if (e)
		return diag_fail(&c->diag, "%s: %s", layout < 0 ? f->layout : beside, text_errno(e));
	if (!oci_open(i, layout, f->tag, &c->diag) || !as_packed(c, f, &i->packed, &packed))
		return false;
	bundle = sys_openat(AT_FDCWD, beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (bundle < 0)
		return diag_fail(&c->diag, "open %s: %s", beside, text_errno(bundle));
	rootfs = packed ? make_rootfs(c, &i->packed, bundle) : own_rootfs(c, bundle, beside);
	if (rootfs < 0 || !oci_layers(i, layout, rootfs, left, &c->diag))
		return false;
	if (!(packed ? put_packed(c, &i->packed, bundle) && prove_packed(c, &i->packed, beside) : write_config(c, i, bundle, rootfs)))
		return false;
	e = sys_fchmod(bundle, 0755);
	return e ? diag_fail(&c->diag, "make %s: %s", beside, text_errno(e)) :
		(packed && (!c->o.verify || text_eq(c->o.verify, i->packed.digest))) || digest_right(c, NEW(struct work), beside);
}

int
oci_unpack(struct cmd *c, const struct oci_from *f, struct unpack_limits *left)
{
	const char *beside = text_make("%.*s.%d.oci", (int)(strlen(f->to) - text_ends(f->to, "/")), f->to, (int)sys_getpid());
	struct sweep s;
	int e;

	sweep_begin(&s, beside, NULL);
	if (build(c, f, beside, left)) {
		e = sys_renameat2(AT_FDCWD, beside, AT_FDCWD, f->to, RENAME_NOREPLACE);
		if (e)
			diag_fail(&c->diag, "make %s: %s", f->to, text_errno(e));
	}
	if (c->diag.errors) {
		e = file_remove(AT_FDCWD, beside);
		if (e && e != -ENOENT)
			diag_fail(&c->diag, "remove %s: %s", beside, text_errno(e));
	}
	sweep_end(&s);
	return c->diag.errors ? fail_diag(c) : EXIT_OK;
}

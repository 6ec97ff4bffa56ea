/* SPDX-License-Identifier: MIT */
/* image.c - create and run from an image, or with a layer for what is written */
#include "box/image.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/user.h"
#include "bundle/oci.h"
#include "bundle/sign.h"
#include "cmd/digest.h"
#include "cmd/job.h"
#include "cmd/oci.h"
#include "sys.h"

static bool
is_layout(const char *path)
{
	return HAVE_OCI IF_OCI(&& oci_is_layout(path));
}

/* tmpfs, tmpfs:SIZE or a folder. */
static bool
layer_of(struct cmd *c, struct image *i)
{
	const char *o = c->o.overlay, *size = o && text_starts(o, "tmpfs:") ? o + 6 : NULL;
	struct stat st;
	uint64_t bytes;
	int e;

	if (size && (!text_size(size, &bytes) || !bytes))
		return diag_fail(&c->diag, "option --overlay takes tmpfs:SIZE with k, m or g, not '%s'", o);
	if (size)
		i->size = text_make("%llu", (unsigned long long)bytes);
	if (!o || size || text_eq(o, "tmpfs"))
		return true;
	i->layer = text_clean(file_absolute(o));
	e = sys_fstatat(AT_FDCWD, i->layer, &st, 0);
	if (!e && !S_ISDIR(st.st_mode))
		e = -ENOTDIR;
	return !e || diag_fail(&c->diag, "option --overlay: %s: %s", i->layer, text_errno(e));
}

#if HAVE_SIGN
enum { SIGNED_MAX = 4096 };

/* With --key: FILE.verity, what `pack --verity` has printed, signed. Where there is none the manifest in the bundle has to be. */
static bool
signed_root(struct cmd *c, struct image *i)
{
	const char *file = text_make("%s.verity", i->file), *at;
	struct manifest_text t;
	char *s;
	int e = file_read(AT_FDCWD, file, SIGNED_MAX, &s, &t.n);

	if (e == -ENOENT)
		return true;
	t.s = s;
	if (e)
		return diag_fail(&c->diag, "read %s: %s", file, text_errno(e));
	if (!sign_check(AT_FDCWD, file, &t, c->o.key, &c->diag))
		return false;
	at = text_find(text_make("\n%s", s), "\nverity-root:");
	if (!at || strlen(s) != t.n)
		return diag_fail(&c->diag, "%s has no line verity-root:HASH, as pack --verity prints it", file);
	at += strlen("\nverity-root:");
	i->verity = arena_copy(at, strcspn(at, "\n"));
	i->proven = true;
	return true;
}
#endif

bool
image_begin(struct cmd *c, struct work *w, const char *id)
{
	struct options *o = &c->o;
	struct image *i = &w->image;
	const char *at = o->bundle ? o->bundle : ".";
	struct stat st;

	if (!o->bundle && !o->overlay && !o->verity_root)
		return true;
	if (sys_fstatat(AT_FDCWD, at, &st, 0) || (S_ISDIR(st.st_mode) && !o->overlay && !o->verity_root))
		return true; /* bundle_open tells what is wrong with it */
	if (o->config)
		return diag_fail(&c->diag, "the config of an image is in it: there can be no --config");
	*i = (struct image){.file = text_clean(file_absolute(at)), .dir = state_dir_of(c, id), .verity = o->verity_root,
		.kind = S_ISDIR(st.st_mode) ? IMAGE_FOLDER : IMAGE_UNKNOWN};
	IF_SIGN(if (o->key && !i->verity && i->kind != IMAGE_FOLDER && !signed_root(c, i)) return false;)
	if (!layer_of(c, i) || !image_open(i, &c->diag)) {
		i->dir = NULL;
		return false;
	}
	o->bundle = i->path;
	if (is_layout(i->path))
		return diag_fail(&c->diag, "%s is the tar of an image layout: mote unpack makes a bundle of it", at);
	w->bundle.carried = i->kind != IMAGE_FOLDER;
	return !w->bundle.carried || digest_plain(c, &w->bundle, i->path);
}

/* The layer hides the folder that was hashed; nobody else has been in this mount namespace. */
static bool
add_layer(struct cmd *c, struct work *w)
{
	struct bundle *b = &w->bundle;
	struct stat st;
	int e;

	if (!image_layer(&w->image, w->spec.root.path, &c->diag))
		return false;
	e = sys_fstatat(AT_FDCWD, b->rootfs, &st, AT_SYMLINK_NOFOLLOW);
	if (e)
		return diag_fail(&c->diag, "%s: %s", b->rootfs, text_errno(e));
	if (!b->digest)
		return true;
	b->root_dev = st.st_dev;
	b->root_ino = st.st_ino;
	return true;
}

bool
image_ready(struct cmd *c, struct work *w)
{
	enum image_kind kind = w->image.kind;
	bool mounted = kind == IMAGE_SQUASHFS || kind == IMAGE_EROFS || kind == IMAGE_EXT4;
	autofd int dir = -1;

	if (!ns_new(&w->spec, NS_MOUNT))
		return diag_fail(&c->diag, "an image or --overlay needs a new mount namespace in linux.namespaces");
	dir = digest_open(c, w); /* its rules are the same: root.path stays inside */
	if (dir < 0)
		return false;
	if (!w->bundle.digest)
		w->bundle.root_dev = w->bundle.root_ino = 0;
	if (!w->image.layer && !(mounted && !w->spec.root.readonly) && !(c->o.overlay && kind <= IMAGE_EXT4))
		return true;
	return add_layer(c, w);
}

void
image_undo(struct work *w)
{
	if (!w->image.dir)
		return;
	image_close(w->image.dir);
	state_remove(w->image.dir);
}

bool
image_operand(struct cmd *c, const char **id)
{
	const char *file = *id;
	struct stat st;
	bool path = strchr(file, '/') != NULL;

	if (!c->o.bundle && (path || (sys_faccessat(AT_FDCWD, "config.json", F_OK) && !sys_fstatat(AT_FDCWD, file, &st, 0) && S_ISREG(st.st_mode)))) {
		c->o.bundle = file;
		*id = c->nargs > 1 ? c->args[1] : text_make("run-%d", (int)sys_getpid());
		return true;
	}
	return c->nargs == 1 || diag_fail(&c->diag, "too many operands");
}

/* --- digest and verify -------------------------------------------------------------------------- */

/* A tmpfs over ROOT in a mount namespace of mote's own: what is made in it goes with the process, however that ends. */
static bool
own_root(struct cmd *c, const char *root)
{
	int e = file_mkdirs(root, 0711, NULL);

	e = e ? e : sys_unshare(CLONE_NEWNS);
	e = e ? e : sys_mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL);
	e = e ? e : sys_mount("mote", root, "tmpfs", 0, "mode=0711,size=50%");
	return !e || diag_fail(&c->diag, "a place to look into %s: %s", c->args[0], text_errno(e));
}

#if HAVE_OCI
static int
look_oci(struct cmd *c, struct oci_from *f, const char **operand)
{
	struct unpack_limits left = {UINT64_MAX, UINT64_MAX}; /* the tmpfs has one */

	*operand = f->to;
	return oci_unpack(c, f, &left);
}
#endif

int
image_look(struct cmd *c, struct work *w, const char **operand)
{
	const char *root = text_clean(state_dir_of(c, ".")), *at = *operand;
	struct image i = {.dir = text_path(root, "look")};
	struct stat st;
	bool file, layout = false;
#if HAVE_OCI
	struct oci_from from = {.to = text_path(root, "bundle"), .named = c->nargs > 1 ? c->args[1] : NULL};

	layout = oci_named(at, &from) && is_layout(from.layout);
	at = from.layout;
#endif
	file = !sys_fstatat(AT_FDCWD, at, &st, 0) && S_ISREG(st.st_mode);
	i.file = text_clean(file_absolute(at));
	if (!file && !layout)
		return EXIT_OK; /* bundle_open tells what is wrong with it */
	if (c->o.write)
		return fail(c, "--write is for bundles that are folders: %s would have to be packed anew", *operand);
	if (!own_root(c, root) || (file && !image_open(&i, &c->diag)))
		return fail_diag(c);
	*operand = i.path;
	w->bundle.carried = true;
#if HAVE_OCI
	if (file && is_layout(i.path))
		from.layout = i.path;
	if (layout || (file && is_layout(i.path)))
		return look_oci(c, &from, operand);
	if (from.tag)
		return fail(c, "%s is no image layout: nothing in it is called '%s'", at, from.tag);
#endif
	return EXIT_OK;
}

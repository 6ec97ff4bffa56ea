/* SPDX-License-Identifier: MIT */
/* digest.c - the verbs digest and verify, and create --verify */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "bundle/sign.h"
#include "bundle/verify.h"
#include "cmd/digest.h"
#include "cmd/job.h"
#include "spec/load.h"
#include "sys.h"

enum { MANIFEST_MAX = 1 << 30 };

/* A component at a time and no symbolic links: what is hashed is what root.path leads to. */
static int
open_rootfs(int dir, const char *path)
{
	const char *p = text_clean(text_path("/", path)) + 1, *end;
	autofd int fd = sys_openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int next;

	for (; fd >= 0 && *p; p = end + (*end == '/')) {
		end = p + strcspn(p, "/");
		next = sys_openat(fd, arena_copy(p, (size_t)(end - p)), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
		file_close(&fd);
		fd = next;
	}
	return file_keep(&fd);
}

/* Everything that decides what runs has to lie in the bundle and to be no link out of it. */
static bool
covered(struct cmd *c, struct work *w, int dir)
{
	const char *path = w->spec.root.path, *clean = text_clean(text_path("/", path));
	autofd int root = -1;
	struct stat st;
	int e;

	if (!digest_plain(c, &w->bundle, w->bundle.path))
		return false;
	if (*path == '/' || text_find(path, ".."))
		return diag_fail(&c->diag, "root.path is %s: a digest covers only a root file system inside the bundle", path);
	root = clean[1] ? open_rootfs(dir, path) : -ENOTDIR;
	e = root < 0 ? root : sys_fstat(root, &st);
	if (e)
		return diag_fail(&c->diag, "root.path %s: %s (a digest follows no symbolic links)", path, text_errno(e));
	w->bundle.root_dev = st.st_dev;
	w->bundle.root_ino = st.st_ino;
	return true;
}

int
digest_open(struct cmd *c, struct work *w)
{
	struct bundle *b = &w->bundle;
	autofd int dir = sys_openat(AT_FDCWD, b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (dir < 0)
		return diag_fail(&c->diag, "open %s: %s", b->path, text_errno(dir)), -1;
	return covered(c, w, dir) ? file_keep(&dir) : -1;
}

/* What is read at the top of a bundle that nobody vouches for yet: opening another kind of file might do something, or never end. */
bool
digest_plain(struct cmd *c, const struct bundle *b, const char *path)
{
	static const char *const names[] = {"config.json", MANIFEST_NAME, MANIFEST_NAME ".sig", MANIFEST_NAME ".minisig", "runtime.json"};
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names - !b->carried; i++)
		if (!sys_fstatat(AT_FDCWD, text_path(path ? path : ".", names[i]), &st, AT_SYMLINK_NOFOLLOW) && !S_ISREG(st.st_mode))
			return diag_fail(&c->diag, "%s is no plain file", names[i]);
	return true;
}

bool
digest_load(struct cmd *c, struct work *w, const char *path)
{
	struct bundle *b = &w->bundle;

	return digest_plain(c, b, path) && bundle_open(b, path, NULL, &c->diag) && spec_load_text(&w->spec, b->config, b->config_len, b->file, &c->diag);
}

struct manifest_options
digest_options_of(const struct cmd *c, const struct work *w)
{
	struct termios t;

	return (struct manifest_options){.times = c->o.mtime, .verity = c->o.fs_verity, .config = w->bundle.config,
		.config_len = w->bundle.config_len, .progress = !c->o.quiet && sys_tcgetattr(2, &t) == 0, .carried = w->bundle.carried};
}

/* --- digest ----------------------------------------------------------------------------------- */

static int
write_manifest(struct cmd *c, struct out *o, int dir)
{
	int e = file_replace(dir, MANIFEST_NAME, o->buf, o->len, 0644);

	return e ? fail(c, "write %s: %s", MANIFEST_NAME, text_errno(e)) : EXIT_OK;
}

int
cmd_digest(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct out o = out_fd(1), text = out_mem();
	struct manifest_options opts;
	const char *bundle = c->nargs ? c->args[0] : NULL;
	char hex[SHA256_HEX];
	autofd int dir = -1;

	IF_IMAGE(if (bundle && image_look(c, w, &bundle)) return EXIT_FAIL;)
	if (!digest_load(c, w, bundle))
		return fail_diag(c);
	dir = digest_open(c, w);
	if (dir < 0)
		return fail_diag(c);
	opts = digest_options_of(c, w);
	if (!manifest_digest(&(struct manifest_place){dir, w->spec.root.path}, &opts, c->o.write ? &text : c->o.manifest ? &o : NULL, hex, &c->diag))
		return fail_diag(c);
	if (c->o.write && write_manifest(c, &text, dir))
		return EXIT_FAIL;
	if (c->o.write || !c->o.manifest)
		out_fmt(&o, "sha256:%s\n", hex);
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

/* --- verify ----------------------------------------------------------------------------------- */

/* Against a digest alone: what differs is told when the bundle holds the manifest that has this digest. */
static bool
manifest_of(int dir, const char *what, struct manifest_text *t)
{
	char hex[SHA256_HEX], *s;
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;

	if (file_read(dir, MANIFEST_NAME, MANIFEST_MAX, &s, &t->n))
		return false;
	t->s = s;
	sha256_begin(&h);
	sha256_add(&h, t->s, t->n);
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	return !what || text_eq(hex, what + 7);
}

static bool
compare_digest(struct cmd *c, struct work *w, int dir, const char *what, struct out *o, struct verified *v)
{
	struct manifest_options opts = digest_options_of(c, w);

	if (!manifest_digest(&(struct manifest_place){dir, w->spec.root.path}, &opts, NULL, v->hex, &c->diag))
		return false;
	v->differences = !text_eq(v->hex, what + 7);
	if (v->differences)
		out_fmt(o, "digest is sha256:%s\nexpected  %s\n", v->hex, what);
	return true;
}

/* Is it meant to be a digest: sha256:..., or so many hexadecimal digits behind another name or none? */
static bool
looks_like_digest(const char *what)
{
	const char *colon = strrchr(what, ':'), *hex = colon ? colon + 1 : what;

	return text_starts(what, "sha256:") || (strlen(hex) >= 32 && !hex[strspn(hex, "0123456789abcdefABCDEF")]);
}

/* A signature is of the manifest in the bundle. */
static bool
is_signature(const char *what)
{
	return HAVE_SIGN && what IF_SIGN(&& !digest_valid(what) && sign_known(what));
}

#if HAVE_SIGN
static bool
signature_right(struct cmd *c, int dir, const char *what, const struct manifest_text *t)
{
	if (!what)
		return !c->o.key || sign_check(dir, MANIFEST_NAME, t, c->o.key, &c->diag);
	if (!c->o.key)
		return diag_fail(&c->diag, "%s is a signature: which key it is of, --key has to say", what);
	return sign_check_by(what, t, c->o.key, &c->diag);
}
#endif

bool
digest_compare(struct cmd *c, struct work *w, int dir, const char *what, struct out *o, struct verified *v)
{
	struct manifest_text t = {NULL, 0};
	bool digest = what && digest_valid(what), own = !what || is_signature(what);
	char *s;
	int e;

	if (what && !digest && looks_like_digest(what))
		return diag_fail(&c->diag, "'%s' is no digest that mote knows: sha256: and 64 hexadecimal digits, small letters", what);
	if (digest && !manifest_of(dir, what, &t))
		return compare_digest(c, w, dir, what, o, v);
	if (!digest) {
		e = file_read(own ? dir : AT_FDCWD, own ? MANIFEST_NAME : what, MANIFEST_MAX, &s, &t.n);
		if (e)
			return diag_fail(&c->diag, "read %s: %s", own ? MANIFEST_NAME : what, text_errno(e));
		t.s = s;
		IF_SIGN(if (own && !signature_right(c, dir, what, &t)) return false;)
	}
	return verify_manifest(&(struct manifest_place){dir, w->spec.root.path}, &t, digest_options_of(c, w), o, v, &c->diag);
}

/* With --key first the manifest in the bundle, whose signature (in the bundle, or what) is checked, and then whatever else it is to be compared with. */
static bool
compare(struct cmd *c, struct work *w, int dir, const char *what, struct out *o, struct verified *v)
{
	bool key = c->o.key IF_IMAGE(&& !w->image.proven) && !is_signature(what);

	if (key && (!digest_compare(c, w, dir, NULL, o, v) || v->differences || !what))
		return !c->diag.errors;
	return digest_compare(c, w, dir, what, o, v);
}

#if HAVE_PACK
/* What was unpacked has to be a bundle, and what its manifest and --verify say. */
bool
digest_right(struct cmd *c, struct work *w, const char *place)
{
	struct verified v = {.differences = 0};
	struct out o = out_mem();
	autofd int dir = -1;
	bool manifest;

	w->bundle.carried = true;
	if (!digest_load(c, w, place))
		return false;
	dir = digest_open(c, w);
	if (dir < 0)
		return false;
	manifest = sys_faccessat(dir, MANIFEST_NAME, F_OK) == 0;
	if (manifest && !digest_compare(c, w, dir, NULL, &o, &v))
		return false;
	if (!v.differences && c->o.verify && !digest_compare(c, w, dir, c->o.verify, &o, &v))
		return false;
	if (v.differences)
		return diag_fail(&c->diag, "what was unpacked is not what its manifest or --verify says:\n%s", out_text(&o));
	return true;
}
#endif

int
cmd_verify(struct cmd *c)
{
	struct work *w = NEW(struct work);
	struct out o = out_fd(1), none = out_mem();
	struct verified v = {.differences = 0};
	const char *bundle = c->args[0];
	autofd int dir = -1;

	IF_IMAGE(if (image_look(c, w, &bundle)) return EXIT_FAIL;)
	if (!digest_load(c, w, bundle))
		return fail_diag(c);
	dir = digest_open(c, w);
	if (dir < 0 || !compare(c, w, dir, c->nargs > 1 ? c->args[1] : NULL, c->o.quiet ? &none : &o, &v))
		return out_flush(&o), fail_diag(c);
	if (out_flush(&o))
		return EXIT_FAIL;
	return v.differences ? EXIT_DIFFERS : EXIT_OK;
}

/* --- create --verify ---------------------------------------------------------------------------- */

/* The faults of a bundle that differs name the first of what differs. */
static bool
differs(struct cmd *c, struct out *o, size_t n)
{
	const char *line = out_text(o), *end;
	int shown;

	for (shown = 0; *line && shown < 10; line = end + 1, shown++) {
		end = line + strcspn(line, "\n");
		diag_fail(&c->diag, "%.*s", (int)(end - line), line);
	}
	return diag_fail(&c->diag, "the bundle is not what %s says: %zu differences", c->o.key ? "its signed manifest or --verify" : "--verify", n);
}

bool
job_verify(struct cmd *c, struct work *w)
{
	struct out o = out_mem();
	struct verified v = {.differences = 0};
	autofd int dir = -1;

	if (c->o.config)
		return diag_fail(&c->diag, "--verify is about the bundle's own config.json: there can be no --config");
	dir = digest_open(c, w);
	if (dir < 0 || !compare(c, w, dir, c->o.verify, &o, &v))
		return false;
	if (v.differences)
		return differs(c, &o, v.differences);
	w->bundle.digest = text_make("sha256:%s", v.hex);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* bootset.c - the folder of `mote boot`: which containers there are, and what each waits for */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "box/state.h"
#include "cmd/boot.h"
#include "cmd/runtime.h"
#include "sys.h"

static const char *const stages[] = {"onboot", "services", "onshutdown"};

enum { LAST = ~0U, FILE_MAX = 1 << 20 };

static void
read_spec(struct boot *b, struct unit *u)
{
	const char *file = u->image ? text_clean(text_make("%s/../%s.json", u->path, u->name)) : text_path(u->path, "boot.json");
	struct diag d = {0};
	bool good = true;
	char *text;
	size_t n, i;
	int e = file_read(AT_FDCWD, file, FILE_MAX, &text, &n);

	u->spec = boot_default(u->stage);
	if (e && e != -ENOENT) {
		u->wrong = text_make("%s: %s", file, text_errno(e));
		return;
	}
	if (!e)
		good = boot_load(&u->spec, text, n, file, &d);
	IF_RUNTIME(good = good && runtime_boot(b->c, u->image ? NULL : u->path, &u->spec, &d);)
	if (!good || !boot_check_stage(&u->spec, u->stage, file, &d))
		u->wrong = diag_joined(&d);
	for (i = 0; i < d.count && !u->wrong; i++) /* what is merely strange */
		boot_say(u, "%s", diag_text(&d.faults[i]));
	(void)b;
}

static void
open_log(struct unit *u)
{
	int ends[2], e;

	if (u->wrong || !u->spec.log)
		return;
	u->log = NEW(struct logger);
	log_init(u->log, u->spec.log, u->spec.log_limit, u->name);
	e = sys_pipe2(ends, O_CLOEXEC);
	if (e) {
		u->log = NULL;
		u->wrong = text_make("log %s: %s", u->spec.log, text_errno(e));
		return;
	}
	sys_fcntl(ends[0], F_SETFL, O_NONBLOCK);
	u->log->pipe = ends[0];
	u->log_end = ends[1];
}

static struct unit *
find(struct boot *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (text_eq(b->v[i].name, name))
			return &b->v[i];
	return NULL;
}

/* The root hash of an image, and what signs it. */
static bool
beside_image(const char *name)
{
	return HAVE_IMAGE && (text_ends(name, ".verity") || text_ends(name, ".verity.sig") || text_ends(name, ".verity.minisig"));
}

static void
add(struct boot *b, enum boot_stage stage, const char *folder, const char *name)
{
	struct diag d = {0};
	struct unit u = {.name = name, .path = text_path(folder, name), .stage = stage, .word = -1, .ready = -1, .notify = -1};
	const char *end;
	uint64_t number;
	struct stat st;

	if (*name == '.' || text_ends(name, ".json") || beside_image(name) || sys_fstatat(AT_FDCWD, u.path, &st, 0))
		return;
	u.image = HAVE_IMAGE && S_ISREG(st.st_mode);
	if (u.image && strchr(name, '.'))
		u.name = name = arena_copy(name, strchr(name, '.') - name);
	u.number = text_u64_prefix(name, &end, &number) && *end == '-' && number < LAST ? number : LAST;
	u.spec = boot_default(stage);
	if (!id_valid(name, &d))
		u.wrong = diag_joined(&d);
	else if (!S_ISDIR(st.st_mode) && !u.image)
		u.wrong = HAVE_IMAGE ? "is no bundle" : "is no folder (a bundle as one file needs a mote with IMAGE)";
	else if (find(b, name))
		u.wrong = text_make("there is one of that name in %s", stages[find(b, name)->stage]);
	else
		read_spec(b, &u);
	open_log(&u);
	*PUSH(b->v, b->n) = u;
}

static bool
read_stage(struct boot *b, enum boot_stage stage)
{
	const char *folder = text_path(b->dir, stages[stage]);
	autofd int fd = sys_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct name_list l = {0};
	size_t i;
	int e = fd < 0 ? fd : names_read(fd, &l);

	if (e && e != -ENOENT)
		return diag_fail(&b->c->diag, "%s: %s", folder, text_errno(e));
	for (i = 0; i < l.n; i++)
		add(b, stage, folder, l.v[i]);
	return true;
}

/* --- needs ------------------------------------------------------------------------------------ */

bool
unit_named(const struct unit *u, const char *name, size_t n)
{
	const char *dash = u->number == LAST ? NULL : strchr(u->name, '-');

	return (strlen(u->name) == n && !memcmp(u->name, name, n)) ||
		(dash && strlen(dash + 1) == n && !memcmp(dash + 1, name, n));
}

static void
resolve(struct boot *b, struct unit *u)
{
	const struct strs *names = &u->spec.needs.containers, *mounts = &u->spec.needs.mounts;
	const char *name;
	size_t i, k;

	for (i = 0; i < mounts->n; i++)
		mounts->v[i] = text_clean(mounts->v[i]);
	for (i = 0; i < names->n && !u->wrong; i++) {
		name = names->v[i];
		for (k = 0; k < b->n && !unit_named(&b->v[k], name, strlen(name)); k++)
			;
		if (k == b->n)
			u->wrong = text_make("needs %s, and no container is called that", name);
		else if (b->v[k].stage > u->stage || (u->stage == BOOT_ONSHUTDOWN && b->v[k].stage != u->stage))
			u->wrong = text_make("needs %s of %s, which is not there when its turn comes", name, stages[b->v[k].stage]);
		else
			*PUSH(u->needs, u->nneeds) = k;
	}
}

/* Does u wait for v before its own start? */
static bool
behind(const struct boot *b, const struct unit *u, size_t v)
{
	size_t i;

	for (i = 0; i < u->nneeds; i++)
		if (u->needs[i] == v)
			return true;
	return b->v[v].stage == u->stage && b->v[v].number < u->number;
}

/* Those that can start one after the other are struck off; who is left waits in a circle, or for one that does. */
static void
find_circles(struct boot *b)
{
	bool *struck = NEWS(bool, b->n + 1), more = true;
	size_t i, k;

	while (more) {
		more = false;
		for (i = 0; i < b->n; i++) {
			for (k = 0; k < b->n && (struck[k] || !behind(b, &b->v[i], k)); k++)
				;
			more |= k == b->n && !struck[i];
			struck[i] |= k == b->n;
		}
	}
	for (i = 0; i < b->n; i++)
		if (!struck[i] && b->v[i].nneeds && !b->v[i].wrong)
			b->v[i].wrong = text_make("needs %s, which starts after it, by its number or by a circle of needs",
				b->v[b->v[i].needs[0]].name);
}

/* --- the kernel's command line ------------------------------------------------------------------ */

static void
skip(struct boot *b, const char *list, size_t n)
{
	size_t i, k;

	for (; n > 0; list += k, n -= k) {
		k = strcspn(list, ",");
		k = k > n ? n : k;
		for (i = 0; i < b->n; i++)
			if (unit_named(&b->v[i], list, k))
				b->v[i].state = UNIT_SKIPPED;
		k += k < n;
	}
}

static void
read_cmdline(struct boot *b)
{
	char text[4096], *p = text;
	ssize_t n = file_peek(AT_FDCWD, "/proc/cmdline", text, sizeof text);
	size_t k;

	for (; n > 0 && *p; p += k + strspn(p + k, " \n")) {
		k = strcspn(p, " \n");
		if (text_starts(p, "mote.skip="))
			skip(b, p + 10, k - 10);
		else if (k == 10 && text_starts(p, "mote.debug"))
			b->debug = true;
	}
}

bool
boot_read(struct boot *b)
{
	struct stat st;
	size_t i;
	int e = sys_fstatat(AT_FDCWD, b->dir, &st, 0), stage;

	if (e || !S_ISDIR(st.st_mode))
		return diag_fail(&b->c->diag, "%s: %s", b->dir, text_errno(e ? e : -ENOTDIR));
	for (stage = 0; stage < BOOT_STAGES; stage++)
		if (!read_stage(b, (enum boot_stage)stage))
			return false;
	if (!b->n)
		return diag_fail(&b->c->diag, "%s has no container in onboot, services or onshutdown", b->dir);
	for (i = 0; i < b->n; i++)
		resolve(b, &b->v[i]);
	find_circles(b);
	read_cmdline(b);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* check.c - rules between the members of config.json; those of process and linux are in check_process.c and
 * check_linux.c, who asks them in rules.c.  Nothing here looks at the host. */
#include "spec/check.h"

#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/fields.h"
#include "spec/load.h"
#include "spec/names.h"

/* Has the loader refused that member already?  Then it was not stored, and no rule speaks of it. */
static bool
refused(const struct check *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->d->count; i++) {
		if (c->d->faults[i].level == DIAG_ERROR && c->d->faults[i].line && text_eq(c->d->faults[i].name, name))
			return true;
	}
	return false;
}

static void add(const struct check *c, enum diag_level level, const char *text, const char *name, va_list ap)
	__attribute__((format(printf, 4, 0)));

static void
add(const struct check *c, enum diag_level level, const char *text, const char *name, va_list ap)
{
	struct fault f = {.level = level, .file = c->file, .rule = c->number, .text = text};

	f.name = diag_full(c->d) ? NULL : text_vmake(name, ap);
	if (!f.name || !refused(c, f.name))
		diag_add(c->d, f);
}

void
check_bad(const struct check *c, const char *text, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	add(c, DIAG_ERROR, text, name, ap);
	va_end(ap);
}

void
check_warn(const struct check *c, const char *text, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	add(c, DIAG_WARNING, text, name, ap);
	va_end(ap);
}

#if HAVE_PLATFORMS
void
check_note(const struct check *c, const char *text, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	add(c, DIAG_NOTE, text, name, ap);
	va_end(ap);
}
#endif

/* --- helpers ---------------------------------------------------------------------------------- */

const struct ns_spec *
check_ns(const struct spec *s, int type)
{
	size_t i;

	/* There are eight types, and more than twice as many entries have one twice: refused anyway, so that what is
	 * asked once a sysctl or mount need not walk them all. */
	for (i = 0; i < s->linux.namespaces.n && i < 2 * NS_COUNT; i++) {
		if (s->linux.namespaces.v[i].type == type)
			return &s->linux.namespaces.v[i];
	}
	return NULL;
}

static bool
overlap(uint32_t a, uint32_t an, uint32_t b, uint32_t bn)
{
	return (uint64_t)a < (uint64_t)b + bn && (uint64_t)b < (uint64_t)a + an;
}

/* One row of a map against those before it. */
static const char *
map_fault(const struct idmap *v, size_t i)
{
	const struct idmap *a = &v[i], *b;

	if (!a->size)
		return "size must not be 0";
	if ((uint64_t)a->container + a->size > UINT32_MAX ||
		(uint64_t)a->host + a->size > UINT32_MAX)
		return "goes past the last id";
	for (b = v; b < a; b++) {
		if (overlap(a->container, a->size, b->container, b->size))
			return "containerID overlaps an earlier row";
		if (overlap(a->host, a->size, b->host, b->size))
			return "hostID overlaps an earlier row";
	}
	return NULL;
}

void
check_maps(const struct check *c, const struct idmaps *m, const char *name)
{
	const char *text;
	size_t i;

	if (m->n > MAPS_MAX) {
		check_bad(c, "the kernel takes at most 340 rows", "%s", name);
		return;
	}
	for (i = 0; i < m->n; i++) {
		text = map_fault(m->v, i);
		if (text)
			check_bad(c, text, "%s[%zu]", name, i);
	}
}

bool
check_cpulist(const char *s)
{
	return !s || !s[strspn(s, "0123456789,- ")];
}

bool
check_dotdot(const char *path)
{
	for (; path; path = strchr(path, '/')) {
		path += *path == '/';
		if (path[0] == '.' && path[1] == '.' && (!path[2] || path[2] == '/'))
			return true;
	}
	return false;
}

/* --- version ---------------------------------------------------------------------------------- */

struct version { uint64_t major, minor, patch; };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* A number without leading zeros; true if `end` follows it, and then *s is behind that. */
static bool
version_part(const char **s, char end, uint64_t *v)
{
	const char *p = *s;

	if (!is_digit(*p) || (*p == '0' && is_digit(p[1])) || !text_u64_prefix(p, &p, v))
		return false;
	if (end && *p++ != end)
		return false;
	*s = p;
	return true;
}

/* Words with dots between them, to the end of the string or a '+'; a number as above if strict. */
static bool
version_words(const char **s, bool strict)
{
	const char *p = *s, *word;
	bool number;

	do {
		number = true;
		for (word = p; is_word(*p); p++)
			number = number && is_digit(*p);
		if (p == word || (strict && number && *word == '0' && p - word > 1))
			return false;
	} while (*p++ == '.');
	*s = p - 1;
	return true;
}

/* SemVer 2.0.0. */
static bool
version_parse(const char *s, struct version *v)
{
	if (!version_part(&s, '.', &v->major) || !version_part(&s, '.', &v->minor) ||
		!version_part(&s, '\0', &v->patch))
		return false;
	if (*s == '-' && (s++, !version_words(&s, true)))
		return false;
	if (*s == '+' && (s++, !version_words(&s, false)))
		return false;
	return !*s;
}

static void
judge_version(const struct check *c)
{
	struct version v;

	if (c->s->oci_version && !version_parse(c->s->oci_version, &v))
		check_bad(c, "not a version as SemVer 2.0.0 writes it", "ociVersion");
}

/* A later 1.x only adds: it is as good as 1.3 until it uses something that is not known.  What else is not known is
 * ignored (M-4), but here it may be a part of the specification that asks for something. */
static void
judge_supported(const struct check *c)
{
	struct version v;

	if (!c->s->oci_version || !version_parse(c->s->oci_version, &v))
		return;
	if (v.major != 1)
		check_bad(c, "only versions 1.x are supported", "ociVersion");
	else if (v.minor > 3 && c->s->unknown)
		check_bad(c, "not known in 1.3, and ociVersion is newer", "%s", c->s->unknown);
}

/* --- the rest of the top level ---------------------------------------------------------------- */

static void
judge_annotations(const struct check *c)
{
	size_t i;

	for (i = 0; i < c->s->annotations.n; i++) {
		if (!*c->s->annotations.v[i].key)
			check_bad(c, "a key must not be empty", "annotations[\"\"]");
	}
}

/* Says that of each name which is longer than max. */
static void
judge_names(const struct check *c, int max, const char *text)
{
	if (c->s->hostname && (int)strlen(c->s->hostname) > max)
		check_bad(c, text, "hostname");
	if (c->s->domainname && (int)strlen(c->s->domainname) > max)
		check_bad(c, text, "domainname");
}

static void
judge_uts(const struct check *c)
{
	if (!check_ns(c->s, NS_UTS))
		judge_names(c, -1, "needs a uts namespace");
}

static void
judge_hostname(const struct check *c)
{
	judge_names(c, 64, "longer than the 64 bytes that the kernel takes");
}

static void
judge_destinations(const struct check *c)
{
	const char *path;
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++) {
		path = c->s->mounts.v[i].destination;
		if (path && text_eq(text_clean(text_path("/", path)), "/"))
			check_bad(c, "the root cannot be mounted over",
				"mounts[%zu].destination", i);
	}
}

static void
judge_mount_maps(const struct check *c)
{
	const struct mount_spec *m;
	size_t i;

	for (i = 0; HAVE_IDMAP && i < c->s->mounts.n; i++) {
		m = &c->s->mounts.v[i];
		if (!m->uid_maps.n != !m->gid_maps.n)
			check_bad(c, "uidMappings and gidMappings go together", "mounts[%zu]", i);
		if (m->uid_maps.n)
			check_maps(c, &m->uid_maps, text_make("mounts[%zu].uidMappings", i));
		if (m->gid_maps.n)
			check_maps(c, &m->gid_maps, text_make("mounts[%zu].gidMappings", i));
	}
}

/* One that begins with the word, or r and the word? Most mounts have none that the rules below look at: they are not read once more
 * for them. */
static bool
has_option(const struct strs *options, const char *word)
{
	size_t i;

	for (i = 0; i < options->n; i++)
		if (text_starts(options->v[i] + (*options->v[i] == 'r'), word))
			return true;
	return false;
}

static void
judge_idmap(const struct check *c)
{
	const struct mount_spec *m;
	struct mount_opts o;
	const char *option;
	size_t i, k;

	for (i = 0; i < c->s->mounts.n; i++) {
		m = &c->s->mounts.v[i];
		if (!m->uid_maps.n && !has_option(&m->options, "idmap"))
			continue;
		mount_opts_parse(&m->options, &o);
		if (o.idmap && !HAVE_IDMAP)
			check_bad(c, "this mote was built without IDMAP", "mounts[%zu].options", i);
		if (!HAVE_IDMAP) /* the maps themselves were refused as they were read */
			continue;
		if (o.idmap && !m->uid_maps.n && !check_ns(c->s, NS_USER))
			check_bad(c, "idmap needs uidMappings or a user namespace",
				"mounts[%zu].options", i);
		if ((o.idmap || m->uid_maps.n) && !(o.flags & MS_BIND))
			check_bad(c, "only bind mounts can have maps", "mounts[%zu]", i);
		for (k = 0; k < m->options.n; k++) {
			option = m->options.v[k];
			if (text_starts(option + (*option == 'r'), "idmap="))
				check_bad(c, "maps belong into uidMappings and gidMappings",
					"mounts[%zu].options[%zu]", i, k);
		}
	}
}

/* What is no option of config.md goes to the file system, and a bind mount has none to read it: "or" for "ro" would leave it
 * writable, and nobody would hear of it. */
static void
judge_mount_options(const struct check *c)
{
	const struct mount_spec *m;
	struct mount_opts o;
	size_t i;

	for (i = 0; i < c->s->mounts.n; i++) {
		m = &c->s->mounts.v[i];
		if (!has_option(&m->options, HAVE_COPYUP ? "bind" : ""))
			continue;
		mount_opts_parse(&m->options, &o);
		if (o.tmpcopyup && !HAVE_COPYUP)
			check_bad(c, "this mote was built without COPYUP", "mounts[%zu].options", i);
		if (o.flags & MS_BIND && *o.data && !has_option(&m->options, "idmap=")) /* judge_idmap's to tell */
			check_bad(c, DIAG_TEXT(c->d, "a bind mount has no file system to read '%s'", o.data),
				"mounts[%zu].options", i);
	}
}

#if HAVE_PLATFORMS
/* What belongs to other platforms is not read; that is told once, and only to who asks for notes.  Without `linux`
 * beside it the file is not meant for this machine. */
static void
judge_platform(const struct check *c)
{
	unsigned left = c->s->foreign & ~c->platform;
	const char *name;
	size_t i;

	if (!left)
		return;
	for (i = 0; (name = name_at(names_platform, i)) && !(left >> i & 1); i++)
		;
	if (c->platform || c->s->linux.given || left == PLATFORM_VM)
		check_note(c, "for another platform, and ignored", "%s", name);
	else
		check_bad(c, "this is a configuration for another platform: there is no linux object beside it", "%s", name);
}
#endif

/* clang-format off */
const struct rule rules_base[] = {
	IF_PLATFORMS({3, OF_SPEC, true, judge_platform,
		RULE("a configuration with another platform's object has a linux object too")},)
	{2, OF_SPEC, true, judge_version, RULE("ociVersion is a version in the form of SemVer 2.0.0")},
	{3, OF_SPEC, true, judge_supported, RULE("ociVersion is one that mote supports: 1.x, and behind 1.3 only with what 1.3 has")},
	{5, OF_SPEC, true, judge_annotations, RULE("the keys of annotations are not empty")},
	{-1, OF_SPEC, false, judge_uts, RULE("hostname and domainname need a uts namespace")},
	{-1, OF_SPEC, false, judge_hostname, RULE("hostname and domainname have at most 64 bytes")},
	{-1, OF_SPEC, true, judge_destinations, RULE("nothing is mounted over the root")},
	{11, OF_SPEC, false, judge_idmap,
		RULE("idmap and ridmap have maps, the mount's or the container's")},
	{36, OF_SPEC, false, judge_mount_options, RULE("every option of a bind mount is one that mote knows")},
	{12, OF_SPEC, false, judge_mount_maps,
		RULE("a mount has uidMappings and gidMappings, or neither")},
	{0},
};
/* clang-format on */

/* SPDX-License-Identifier: MIT */
/* mountopt.c - the options of one mount, in one table; what is done with them is box/mount.c's */
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/text.h"
#include "spec/names.h"
#include "sys.h"

enum kind {
	FLAG,    /* MS_* for mount(2) */
	TREE,    /* MOUNT_ATTR_* for the whole tree, mount_setattr(2) */
	MODE,    /* propagation, a mount(2) of its own */
	MEMBER,  /* a bool of struct mount_opts at offset `set` */
	NOTHING, /* known, and already so */
	MOUNT8,  /* for mount(8) and init scripts, dropped: the kernel never heard of it */
};

/* What an option sets and what it takes away, so that of two that contradict the last one wins.
 * The name lies in the row: a pointer would cost a relocation more than it saves. */
struct option {
	char name[15];
	uint8_t kind;
	uint32_t set, clear;
};

#define MEMBER_OF(m) MEMBER, offsetof(struct mount_opts, m), 0
/* Access times are one setting with three values, in MS_* as in MOUNT_ATTR_*. */
#define ATIMES (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)
#define ATTR_ATIMES MOUNT_ATTR__ATIME

/* clang-format off */
static const struct option options[] = {
	/* name            kind  set             clear */
	{"defaults",       NOTHING, 0,           0},
	{"ro",             FLAG, MS_RDONLY,      0},
	{"rw",             FLAG, 0,              MS_RDONLY},
	{"suid",           FLAG, 0,              MS_NOSUID},
	{"nosuid",         FLAG, MS_NOSUID,      0},
	{"dev",            FLAG, 0,              MS_NODEV},
	{"nodev",          FLAG, MS_NODEV,       0},
	{"exec",           FLAG, 0,              MS_NOEXEC},
	{"noexec",         FLAG, MS_NOEXEC,      0},
	{"sync",           FLAG, MS_SYNCHRONOUS, 0},
	{"async",          FLAG, 0,              MS_SYNCHRONOUS},
	{"dirsync",        FLAG, MS_DIRSYNC,     0},
	{"remount",        FLAG, MS_REMOUNT,     0},
	{"bind",           FLAG, MS_BIND,        0},
	{"rbind",          FLAG, MS_BIND | MS_REC, 0},
	{"atime",          FLAG, 0,              MS_NOATIME},
	{"noatime",        FLAG, MS_NOATIME,     ATIMES},
	{"diratime",       FLAG, 0,              MS_NODIRATIME},
	{"nodiratime",     FLAG, MS_NODIRATIME,  0},
	{"relatime",       FLAG, MS_RELATIME,    ATIMES},
	{"norelatime",     FLAG, 0,              MS_RELATIME},
	{"strictatime",    FLAG, MS_STRICTATIME, ATIMES},
	{"nostrictatime",  FLAG, 0,              MS_STRICTATIME},
	{"silent",         FLAG, MS_SILENT,      0},
	{"loud",           FLAG, 0,              MS_SILENT},
	{"iversion",       FLAG, MS_I_VERSION,   0},
	{"noiversion",     FLAG, 0,              MS_I_VERSION},
	{"lazytime",       FLAG, MS_LAZYTIME,    0},
	{"nolazytime",     FLAG, 0,              MS_LAZYTIME},
	{"mand",           FLAG, MS_MANDLOCK,    0},
	{"nomand",         FLAG, 0,              MS_MANDLOCK},
	{"symfollow",      FLAG, 0,              MS_NOSYMFOLLOW},
	{"nosymfollow",    FLAG, MS_NOSYMFOLLOW, 0},
	{"private",        MODE, MS_PRIVATE,     0},
	{"rprivate",       MODE, MS_PRIVATE | MS_REC, 0},
	{"slave",          MODE, MS_SLAVE,       0},
	{"rslave",         MODE, MS_SLAVE | MS_REC, 0},
	{"shared",         MODE, MS_SHARED,      0},
	{"rshared",        MODE, MS_SHARED | MS_REC, 0},
	{"unbindable",     MODE, MS_UNBINDABLE,  0},
	{"runbindable",    MODE, MS_UNBINDABLE | MS_REC, 0},
	{"rro",            TREE, MOUNT_ATTR_RDONLY,      0},
	{"rrw",            TREE, 0,                      MOUNT_ATTR_RDONLY},
	{"rsuid",          TREE, 0,                      MOUNT_ATTR_NOSUID},
	{"rnosuid",        TREE, MOUNT_ATTR_NOSUID,      0},
	{"rdev",           TREE, 0,                      MOUNT_ATTR_NODEV},
	{"rnodev",         TREE, MOUNT_ATTR_NODEV,       0},
	{"rexec",          TREE, 0,                      MOUNT_ATTR_NOEXEC},
	{"rnoexec",        TREE, MOUNT_ATTR_NOEXEC,      0},
	{"rdiratime",      TREE, 0,                      MOUNT_ATTR_NODIRATIME},
	{"rnodiratime",    TREE, MOUNT_ATTR_NODIRATIME,  0},
	/* Any change of the field clears it whole; without a value that is relatime. */
	{"ratime",         TREE, 0,                      ATTR_ATIMES},
	{"rnoatime",       TREE, MOUNT_ATTR_NOATIME,     ATTR_ATIMES},
	{"rrelatime",      TREE, MOUNT_ATTR_RELATIME,    ATTR_ATIMES},
	{"rnorelatime",    TREE, 0,                      ATTR_ATIMES},
	{"rstrictatime",   TREE, MOUNT_ATTR_STRICTATIME, ATTR_ATIMES},
	{"rnostrictatime", TREE, 0,                      ATTR_ATIMES},
	{"rsymfollow",     TREE, 0,                      MOUNT_ATTR_NOSYMFOLLOW},
	{"rnosymfollow",   TREE, MOUNT_ATTR_NOSYMFOLLOW, 0},
	{"idmap",          MEMBER_OF(idmap)},
	{"ridmap",         MEMBER_OF(ridmap)},
	{"tmpcopyup",      MEMBER_OF(tmpcopyup)},
	{"copy-symlink",   MEMBER_OF(copy_symlink)},
	{"src-nofollow",   MEMBER_OF(src_nofollow)},
	{"dest-nofollow",  MEMBER_OF(dest_nofollow)},
	/* From here on not for `mote features`. */
	{"auto",           MOUNT8, 0, 0},
	{"noauto",         MOUNT8, 0, 0},
	{"nofail",         MOUNT8, 0, 0},
	{"user",           MOUNT8, 0, 0},
	{"nouser",         MOUNT8, 0, 0},
	{"users",          MOUNT8, 0, 0},
	{"nousers",        MOUNT8, 0, 0},
	{"group",          MOUNT8, 0, 0},
	{"nogroup",        MOUNT8, 0, 0},
	{"owner",          MOUNT8, 0, 0},
	{"noowner",        MOUNT8, 0, 0},
	{"_netdev",        MOUNT8, 0, 0},
};
/* clang-format on */

enum { COUNT = sizeof options / sizeof *options };

const char *
mount_opt_name(size_t i)
{
	return i < COUNT && options[i].kind != MOUNT8 ? options[i].name : NULL;
}

#if HAVE_EXPLAIN
/* clang-format off */
static const struct { uint32_t bit; char name[12]; } flag_names[] = {
	{MS_RDONLY, "RDONLY"}, {MS_NOSUID, "NOSUID"}, {MS_NODEV, "NODEV"}, {MS_NOEXEC, "NOEXEC"}, {MS_SYNCHRONOUS, "SYNCHRONOUS"},
	{MS_REMOUNT, "REMOUNT"}, {MS_MANDLOCK, "MANDLOCK"}, {MS_DIRSYNC, "DIRSYNC"}, {MS_NOSYMFOLLOW, "NOSYMFOLLOW"},
	{MS_NOATIME, "NOATIME"}, {MS_NODIRATIME, "NODIRATIME"}, {MS_BIND, "BIND"}, {MS_REC, "REC"}, {MS_SILENT, "SILENT"},
	{MS_UNBINDABLE, "UNBINDABLE"}, {MS_PRIVATE, "PRIVATE"}, {MS_SLAVE, "SLAVE"}, {MS_SHARED, "SHARED"},
	{MS_RELATIME, "RELATIME"}, {MS_I_VERSION, "I_VERSION"}, {MS_STRICTATIME, "STRICTATIME"}, {MS_LAZYTIME, "LAZYTIME"},
}, attr_names[] = {
	{MOUNT_ATTR_RDONLY, "RDONLY"}, {MOUNT_ATTR_NOSUID, "NOSUID"}, {MOUNT_ATTR_NODEV, "NODEV"}, {MOUNT_ATTR_NOEXEC, "NOEXEC"},
	{ATTR_ATIMES, "_ATIME"}, {MOUNT_ATTR_NOATIME, "NOATIME"}, {MOUNT_ATTR_STRICTATIME, "STRICTATIME"},
	{MOUNT_ATTR_NODIRATIME, "NODIRATIME"}, {MOUNT_ATTR_NOSYMFOLLOW, "NOSYMFOLLOW"},
};
/* clang-format on */

static void
put_bits(struct out *o, const char *verb, bool tree, uint32_t bits)
{
	size_t i, n = tree ? sizeof attr_names / sizeof *attr_names : sizeof flag_names / sizeof *flag_names;
	uint32_t bit;

	if (bits)
		out_str(o, verb);
	for (i = 0; i < n; i++) {
		bit = tree ? attr_names[i].bit : flag_names[i].bit;
		if ((bits & bit) != bit)
			continue;
		out_fmt(o, tree ? " MOUNT_ATTR_%s" : " MS_%s", tree ? attr_names[i].name : flag_names[i].name);
		bits &= ~bit;
	}
}

void
mount_opt_put(struct out *o, size_t i)
{
	const struct option *p = &options[i];
	bool tree = p->kind == TREE;

	switch (p->kind) {
	case MEMBER: out_str(o, "mote's to do"); return;
	case NOTHING: out_str(o, "as it is anyway"); return;
	}
	put_bits(o, "sets", tree, p->set);
	put_bits(o, p->set ? ", clears" : "clears", tree, tree ? p->clear : p->clear & ~p->set);
	if (tree)
		out_str(o, ", on all mounts below");
}
#endif

static const struct option *
find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT; i++) {
		if (*options[i].name == *name && strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

static void
apply(struct mount_opts *m, const struct option *o)
{
	switch (o->kind) {
	case FLAG:
		m->flags = (m->flags & ~(unsigned long)o->clear) | o->set;
		m->clear = (m->clear | o->clear) & ~(unsigned long)o->set;
		break;
	case TREE:
		m->rec_set = (m->rec_set & ~(uint64_t)o->clear) | o->set;
		m->rec_clr = (m->rec_clr & ~(uint64_t)o->set) | o->clear;
		break;
	case MODE:
		m->propagation = o->set;
		break;
	case MEMBER:
		*(bool *)((char *)m + o->set) = true;
		break;
	}
}

/* x-systemd.automount, X-mount.mkdir and their like are notes between programs of user space. */
static bool
is_note(const char *option)
{
	return text_starts(option, "x-") || text_starts(option, "X-");
}

/* Puts an option behind what data holds up to end; returns the new end.  There is room for all
 * options and a comma or NUL behind each. */
static char *
append(char *data, char *end, const char *option)
{
	size_t n = strlen(option);

	if (end != data)
		*end++ = ',';
	memcpy(end, option, n);
	return end + n;
}

void
mount_opts_parse(const struct strs *list, struct mount_opts *m)
{
	const struct option *o;
	size_t room = 1, i;
	char *data, *end;

	memset(m, 0, sizeof *m);
	for (i = 0; i < list->n; i++)
		room += strlen(list->v[i]) + 1;
	data = end = arena_get(room);
	for (i = 0; i < list->n; i++) {
		o = find(list->v[i]);
		if (o)
			apply(m, o);
		else if (*list->v[i] && !is_note(list->v[i]))
			end = append(data, end, list->v[i]);
	}
	m->idmap |= m->ridmap;
	m->data = data;
}

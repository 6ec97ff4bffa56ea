/* SPDX-License-Identifier: MIT */
/* sysctl.c - settings of the container's own namespaces */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/arena.h"
#include "box/facts.h"
#include "box/replay.h"
#include "spec/check.h"
#include "spec/names.h"
#include "sys.h"

/* "net.ipv4.ip_forward" as a path; a name with slashes already has its dots meant as they are (sysctl(8)). */
static const char *
sysctl_path(const char *name)
{
	char *path = text_path("sys", name), *c;

	if (!strchr(name, '/'))
		for (c = path; *c; c++)
			if (*c == '.')
				*c = '/';
	return path;
}

/* A namespace that is joined may be mote's own, and then so is what is set in it. */
static void
check_own(const struct spec *s, int type, const char *name, struct diag *d)
{
	const struct ns_spec *n = check_ns(s, type);
	struct stat a, b;

	if (n && n->path && !sys_fstatat(AT_FDCWD, n->path, &a, 0) &&
		!sys_fstatat(AT_FDCWD, text_path("/proc/self/ns", ns_file(type)), &b, 0) &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		diag_fail(d, "%s: its namespace is mote's own: it would change the host", name);
}

void
sysctl_check(const struct spec *s, struct diag *d)
{
	const char *key;
	size_t i;

	if (s->hostname || s->domainname)
		check_own(s, NS_UTS, "hostname", d);
	if (HAVE_NETDEV && s->linux.net_devices.n)
		check_own(s, NS_NETWORK, "linux.netDevices", d);
	for (i = 0; i < s->linux.sysctl.n; i++) {
		key = s->linux.sysctl.v[i].key;
		check_own(s, sysctl_ns(key), text_make("linux.sysctl[\"%s\"]", key), d);
	}
}

void
plan_sysctl(struct plan *p, const struct job *j)
{
	const struct pairs *m = &j->spec->linux.sysctl;
	struct step *s;
	size_t i;

	for (i = 0; i < m->n; i++) {
		s = plan_add_a(p, OP_sysctl, BOX, m->v[i].key);
		s->b = m->v[i].value;
		s->c = sysctl_path(m->v[i].key);
	}
}

/* Through a /proc that is proven to be one, never the image's: which namespace is written to follows from who
 * opens the file. */
int
do_sysctl(struct run *r, const struct step *s)
{
	int proc = run_proc(r);

	return proc < 0 ? proc : file_put(proc, s->c, s->b);
}

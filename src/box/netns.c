/* SPDX-License-Identifier: MIT */
/* netns.c - a new network namespace, made while the box mounts
 *
 * It is the one part of a clone that takes the kernel long: longer than all the mounts of a container. Where nothing is joined and
 * no user namespace has to own it, HOST makes it behind the clone, brings its lo up, goes back to its own and sends the box a descriptor
 * of it; the box takes that when it comes to the first mount that looks at it. On a machine of one processor there is nobody to do
 * it meanwhile, and the clone makes it as ever. */
#include "box/netns.h"

#include <linux/sockios.h>

#include "base/file.h"
#include "base/text.h"
#include "box/facts.h"
#include "box/mount.h"
#include "box/replay.h"
#include "box/sock.h"
#include "box/user.h"
#include "spec/names.h"
#include "sys.h"

/* The devices that are moved into it would be moved too early. */
bool
netns_apart(const struct job *j)
{
	const struct spec *s = j->spec;
	size_t i;

	for (i = 0; i < s->linux.namespaces.n; i++)
		if (s->linux.namespaces.v[i].path)
			return false;
	return ns_new(s, NS_NETWORK) && ns_new(s, NS_MOUNT) && !ns_own(s, NS_USER) && !ns_new(s, NS_TIME) &&
		!(HAVE_NETDEV && s->linux.net_devices.n);
}

/* A file system that does not ask in which network namespace it is mounted, in a place that is not below one that does. */
static bool
is_local(const struct mount_spec *m)
{
	const char *to = mount_destination(m);

	return m->type && (text_eq(m->type, "proc") || text_eq(m->type, "tmpfs") || text_eq(m->type, "devpts") || text_eq(m->type, "mqueue")) &&
		!text_starts(to, "/proc/") && !text_starts(to, "/sys/");
}

/* What else can be done meanwhile: the devices, and the masks below /proc (paths that no image can turn elsewhere), unless something
 * that has to come before them is still to come: another mount, or a hook, which finds the container without masks. */
static bool
rest_is_sys(const struct spec *s, size_t next)
{
	const char *to;
	size_t i;

	for (; next < s->mounts.n; next++) {
		to = mount_destination(&s->mounts.v[next]);
		if (!text_eq(to, "/sys") && !text_starts(to, "/sys/"))
			return false;
	}
	for (i = 0; i < s->linux.devices.n; i++)
		if (!text_starts(s->linux.devices.v[i].path, "/dev/"))
			return false;
	return !(HAVE_HOOKS && (s->hooks.prestart.n || s->hooks.create_runtime.n || s->hooks.create_container.n));
}

void
plan_netns(struct plan *p, const struct job *j, size_t next)
{
	bool early;

	if (p->netns != NETNS_DUE || (next < j->spec->mounts.n && is_local(&j->spec->mounts.v[next])))
		return;
	early = rest_is_sys(j->spec, next);
	if (early) {
		plan_devices(p, j);
		plan_masks(p, j);
	}
	p->netns = early ? NETNS_EARLY : NETNS_NONE;
	plan_add(p, OP_net_join, BOX);
}

/* EINVAL: more than 1,024 processors. */
bool
netns_alone(void)
{
	unsigned long set[16] = {0};
	int n = sys_sched_getaffinity(0, sizeof set, set), seen = n < 0 ? 2 : 0, i;

	for (i = 0; i < 16; i++)
		seen += set[i] ? 1 + !!(set[i] & (set[i] - 1)) : 0;
	return seen < 2;
}

/* The network namespace of a socket (Linux 4.9): no /proc is needed for it. */
static int
of_socket(int sock)
{
	return sys_ioctl(sock, SIOCGSKNS, NULL);
}

/* In another one and back, which the socket of the turns remembers; >= 0 is the descriptor of the new one. Whoever cannot go back must
 * not go on. */
static int
make_there(int chan, bool *lost)
{
	autofd int own = of_socket(chan), lo = -1;
	int fd, e = own < 0 ? own : sys_unshare(CLONE_NEWNET);

	if (e)
		return e;
	lo = ns_loopback();
	fd = lo < 0 ? lo : of_socket(lo);
	*lost = sys_setns(own, CLONE_NEWNET) != 0;
	return fd;
}

/* What goes wrong here is the box's to try again and to tell; if the box is gone, the next wait says why. */
int
do_net_make(struct run *r, const struct step *s)
{
	bool lost = false;
	autofd int fd = -1;

	(void)s;
	if (r->net_cloned)
		return 0;
	fd = make_there(r->chan, &lost);
	if (lost) {
		run_note(r, "mote cannot go back to its own network namespace");
		return -EIO;
	}
	if (fd >= 0)
		sock_send_fd(r->chan, "net", fd);
	else
		sys_sendto(r->chan, "net", 3, MSG_NOSIGNAL, NULL, 0);
	return 0;
}

int
do_net_join(struct run *r, const struct step *s)
{
	autofd int fd = r->net_cloned ? -1 : sock_receive_fd(r->chan);
	int e;

	if (fd >= 0)
		return sys_setns(fd, CLONE_NEWNET);
	e = r->net_cloned ? 0 : sys_unshare(CLONE_NEWNET);
	return e ? e : do_loopback(r, s);
}

/* SPDX-License-Identifier: MIT */
/* netdev.c - linux.netDevices by rtnetlink(7)
 *
 * A netlink socket belongs to the network namespace in which it was made: HOST steps into the box's once, for a socket
 * there, and back.  ioctls by name (netdevice(7)) work on any socket.  A move loses the device's addresses and that it is up; routes
 * through it are lost for good, on both ways. */
#include "box/netdev.h"

#include <net/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/replay.h"
#include "sys.h"

enum { HOST_NS, BOX_NS, HOST_SOCK, BOX_SOCK, NSLOTS }; /* from the slot of `net_reach` on */
enum { TRIES = 1000 };

/* What a step finds, for its way back. */
struct netdev {
	const char *want;     /* name in the container, maybe a template */
	char name[IFNAMSIZ];  /* the one it got; empty until it is moved */
	short flags;          /* IFF_* on the host */
	struct { struct nlmsghdr **v; size_t n; } addresses;
};

static int
route_socket(void)
{
	return sys_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

static void
fill_name(struct ifreq *q, const char *name)
{
	text_fmt(q->ifr_name, sizeof q->ifr_name, "%s", name);
}

/* Its index, or -ENODEV. */
static int
find(int sock, const char *name)
{
	struct ifreq q = {.ifr_ifindex = 0};
	int e;

	fill_name(&q, name);
	e = sys_ioctl(sock, SIOCGIFINDEX, &q);
	return e < 0 ? e : q.ifr_ifindex;
}

static int
get_flags(int sock, const char *name, short *flags)
{
	struct ifreq q = {.ifr_ifindex = 0};
	int e;

	fill_name(&q, name);
	e = sys_ioctl(sock, SIOCGIFFLAGS, &q);
	*flags = q.ifr_flags;
	return e;
}

static int
bring_up(int sock, const char *name)
{
	struct ifreq q = {.ifr_ifindex = 0};
	short flags;
	int e = get_flags(sock, name, &flags);

	fill_name(&q, name);
	q.ifr_flags = flags | IFF_UP;
	return e ? e : sys_ioctl(sock, SIOCSIFFLAGS, &q);
}

/* --- judgement and plan ----------------------------------------------------------------------- */

void
netdev_check(const struct spec *s, struct diag *d)
{
	autofd int sock = s->linux.net_devices.n ? route_socket() : -1;
	const char *host, *text;
	short flags = 0;
	size_t i;
	int e;

	for (i = 0; i < s->linux.net_devices.n; i++) {
		host = s->linux.net_devices.v[i].host;
		e = sock < 0 ? sock : get_flags(sock, host, &flags);
		text = e ? text_errno(e) : flags & IFF_LOOPBACK ? "a loopback device cannot be moved" : NULL;
		if (text)
			diag_add(d, (struct fault){.name = text_make("linux.netDevices[\"%s\"]", host), .rule = 49,
				.text = text});
	}
}

void
plan_netdev(struct plan *p, const struct job *j)
{
	const struct net_device *v = j->spec->linux.net_devices.v, *end = v + j->spec->linux.net_devices.n;
	int slot = p->slots;
	struct netdev *d;
	struct step *s;

	if (v == end)
		return;
	plan_add(p, OP_net_reach, HOST)->slot = slot;
	p->slots += NSLOTS;
	for (; v < end; v++) {
		d = NEW(struct netdev);
		d->want = v->name ? v->name : v->host;
		s = plan_add_a(p, OP_net_device, HOST, v->host);
		s->b = d->want;
		s->slot = slot;
		s->flags = UNDO;
		s->p = d;
	}
}

/* --- rtnetlink -------------------------------------------------------------------------------- */

/* Sends one message and waits for its acknowledgement. */
static int
ask(int sock, struct nlmsghdr *m)
{
	struct { struct nlmsghdr h; struct nlmsgerr e; } answer;
	ssize_t n;

	m->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	m->nlmsg_pid = 0;
	n = sys_sendto(sock, m, m->nlmsg_len, 0, NULL, 0);
	if (n >= 0)
		n = sys_read(sock, &answer, sizeof answer);
	if (n < 0)
		return n;
	return n < (ssize_t)sizeof answer.h + 4 || answer.h.nlmsg_type != NLMSG_ERROR ? -EPROTO : answer.e.error;
}

static int
move(int sock, int index, const char *name, int ns)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
		struct rtattr ns_head;
		int ns;
		struct rtattr name_head;
		char name[IFNAMSIZ];
	} q = {
		.h = {.nlmsg_len = sizeof q, .nlmsg_type = RTM_NEWLINK},
		.i = {.ifi_index = index},
		.ns_head = {RTA_LENGTH(sizeof q.ns), IFLA_NET_NS_FD}, .ns = ns,
		.name_head = {RTA_LENGTH(sizeof q.name), IFLA_IFNAME},
	};

	text_fmt(q.name, sizeof q.name, "%s", name);
	return ask(sock, &q.h);
}

/* One message of a dump: kept, if it is an address that the specification wants kept. */
static void
keep(struct netdev *d, int index, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *a = NLMSG_DATA(h);
	struct nlmsghdr *copy;

	if (h->nlmsg_type != RTM_NEWADDR || (int)a->ifa_index != index || a->ifa_scope != RT_SCOPE_UNIVERSE ||
		!(a->ifa_flags & IFA_F_PERMANENT))
		return;
	copy = arena_get(h->nlmsg_len);
	memcpy(copy, h, h->nlmsg_len);
	*PUSH(d->addresses.v, d->addresses.n) = copy;
}

static int
read_addresses(int sock, int index, struct netdev *d)
{
	struct { struct nlmsghdr h; struct ifaddrmsg a; } q = {.h = {.nlmsg_len = sizeof q,
		.nlmsg_type = RTM_GETADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};
	_Alignas(struct nlmsghdr) char buf[8192]; /* what the kernel fills at most */
	ssize_t n = sys_sendto(sock, &q, sizeof q, 0, NULL, 0);
	const struct nlmsghdr *h;

	while (n >= 0 && (n = sys_read(sock, buf, sizeof buf)) > 0)
		for (h = (const void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
			keep(d, index, h);
		}
	return n < 0 ? (int)n : -EPROTO;
}

/* The messages go back as they came, but for a label, which holds the old name. */
static int
write_addresses(int sock, int index, const struct netdev *d)
{
	struct ifaddrmsg *a;
	struct rtattr *t;
	size_t i;
	int n, e = 0;

	for (i = 0; i < d->addresses.n && !e; i++) {
		a = NLMSG_DATA(d->addresses.v[i]);
		a->ifa_index = index;
		n = IFA_PAYLOAD(d->addresses.v[i]);
		for (t = IFA_RTA(a); RTA_OK(t, n); t = RTA_NEXT(t, n))
			if (t->rta_type == IFA_LABEL)
				t->rta_type = IFA_UNSPEC;
		d->addresses.v[i]->nlmsg_type = RTM_NEWADDR;
		d->addresses.v[i]->nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE;
		e = ask(sock, d->addresses.v[i]);
	}
	return e;
}

/* --- do --------------------------------------------------------------------------------------- */

int
do_net_reach(struct run *r, const struct step *s)
{
	int *slot = r->slot + s->slot, proc = run_proc(r), e;
	char path[32];

	if (proc < 0)
		return proc;
	text_fmt(path, sizeof path, "%d/ns/net", (int)r->pid);
	slot[HOST_NS] = sys_openat(proc, "self/ns/net", O_RDONLY | O_CLOEXEC, 0);
	slot[BOX_NS] = sys_openat(proc, path, O_RDONLY | O_CLOEXEC, 0);
	slot[HOST_SOCK] = route_socket();
	for (e = HOST_NS; e <= HOST_SOCK; e++)
		if (slot[e] < 0)
			return slot[e];
	e = sys_setns(slot[BOX_NS], CLONE_NEWNET);
	if (e)
		return e;
	slot[BOX_SOCK] = route_socket();
	e = sys_setns(slot[HOST_NS], CLONE_NEWNET);
	return e ? e : slot[BOX_SOCK] < 0 ? slot[BOX_SOCK] : 0;
}

/* A template's number is chosen here and not by the kernel, which would not tell which one it took. */
static int
choose_name(int sock, const char *want, char name[IFNAMSIZ])
{
	const char *number = strchr(want, '%');
	int i, e;

	for (i = 0; i < TRIES; i++) {
		if (number)
			text_fmt(name, IFNAMSIZ, "%.*s%d%s", (int)(number - want), want, i, number + 2);
		else
			text_fmt(name, IFNAMSIZ, "%s", want);
		e = find(sock, name);
		if (e == -ENODEV)
			return 0;
		if (e < 0 || !number)
			break;
	}
	return e < 0 ? e : -EEXIST;
}

int
undo_net_device(struct run *r, const struct step *s)
{
	const struct netdev *d = s->p;
	const int *slot = r->slot + s->slot;
	int index, e;

	if (!*d->name || find(slot[HOST_SOCK], s->a) >= 0)
		return 0;
	index = find(slot[BOX_SOCK], d->name);
	if (index < 0) /* moved, but not renamed */
		index = find(slot[BOX_SOCK], s->a);
	e = index < 0 ? index : move(slot[BOX_SOCK], index, s->a, slot[HOST_NS]);
	index = e ? e : find(slot[HOST_SOCK], s->a);
	if (index < 0)
		return index;
	write_addresses(slot[HOST_SOCK], index, d);
	return d->flags & IFF_UP ? bring_up(slot[HOST_SOCK], s->a) : 0;
}

int
do_net_device(struct run *r, const struct step *s)
{
	struct netdev *d = (struct netdev *)s->p; /* this step's own, and HOST's alone */
	const int *slot = r->slot + s->slot;
	int index = find(slot[HOST_SOCK], s->a), e;
	char name[IFNAMSIZ];

	e = index < 0 ? index : get_flags(slot[HOST_SOCK], s->a, &d->flags);
	if (!e)
		e = read_addresses(slot[HOST_SOCK], index, d);
	if (!e)
		e = choose_name(slot[BOX_SOCK], d->want, name);
	if (e)
		return e;
	memcpy(d->name, name, sizeof name);
	e = move(slot[HOST_SOCK], index, name, slot[BOX_NS]);
	index = e ? e : find(slot[BOX_SOCK], name);
	e = index < 0 ? index : write_addresses(slot[BOX_SOCK], index, d);
	if (!e)
		e = bring_up(slot[BOX_SOCK], name);
	if (e)
		undo_net_device(r, s);
	return e;
}

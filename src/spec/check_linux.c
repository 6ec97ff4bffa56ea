/* SPDX-License-Identifier: MIT */
/* check_linux.c - rules between the members of linux; the helpers are in check.c */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "spec/check.h"
#include "spec/names.h"

/* --- namespaces ------------------------------------------------------------------------------- */

static void
judge_namespaces(const struct check *c)
{
	unsigned seen = 0, bit;
	size_t i;
	int type;

	for (i = 0; i < c->s->linux.namespaces.n; i++) {
		type = c->s->linux.namespaces.v[i].type;
		bit = type < 0 ? 0 : 1u << type;
		if (seen & bit)
			check_bad(c, "given twice", "linux.namespaces[%zu].type", i);
		seen |= bit;
	}
}

static void
judge_userns(const struct check *c)
{
	const struct ns_spec *user = check_ns(c->s, NS_USER);
	const struct linux_spec *l = &c->s->linux;

	if (user && !HAVE_USERNS)
		check_bad(c, "this mote was built without USERNS", "linux.namespaces");
	if (user && !user->path && (!l->uid_maps.n || !l->gid_maps.n))
		check_bad(c, "a new user namespace needs uidMappings and gidMappings",
			"linux.namespaces");
	if (!user && l->uid_maps.n)
		check_bad(c, "needs a user namespace", "linux.uidMappings");
	if (!user && l->gid_maps.n)
		check_bad(c, "needs a user namespace", "linux.gidMappings");
	check_maps(c, &l->uid_maps, "linux.uidMappings");
	check_maps(c, &l->gid_maps, "linux.gidMappings");
}

static bool
mapped(const struct idmaps *m, uint32_t id)
{
	size_t i;

	for (i = 0; i < m->n && i < MAPS_MAX; i++) {
		if (id >= m->v[i].container && id - m->v[i].container < m->v[i].size)
			return true;
	}
	return false;
}

/* The kernel would say EINVAL at setresuid(2), when all else is done. */
static void
judge_mapped(const struct check *c)
{
	static const char text[] = "not mapped in the user namespace";
	const struct ns_spec *user = check_ns(c->s, NS_USER);
	const struct linux_spec *l = &c->s->linux;
	const struct user_spec *u = &c->s->process.user;
	size_t i;

	if (!user || user->path || !l->uid_maps.n || !l->gid_maps.n || !c->s->process.given)
		return;
	if (!mapped(&l->uid_maps, u->uid))
		check_bad(c, text, "process.user.uid");
	if (!mapped(&l->gid_maps, u->gid))
		check_bad(c, text, "process.user.gid");
	for (i = 0; i < u->additional_gids.n; i++) {
		if (!mapped(&l->gid_maps, u->additional_gids.v[i]))
			check_bad(c, text, "process.user.additionalGids[%zu]", i);
	}
}

static void
judge_time_offsets(const struct check *c)
{
	const struct ns_spec *ns = check_ns(c->s, NS_TIME);
	const char *clock;
	size_t i;

	if (c->s->linux.time_offsets.n && (!ns || ns->path))
		check_bad(c, "needs a new time namespace", "linux.timeOffsets");
	for (i = 0; i < c->s->linux.time_offsets.n; i++) {
		clock = c->s->linux.time_offsets.v[i].clock;
		if (!text_eq(clock, "monotonic") && !text_eq(clock, "boottime"))
			check_bad(c, "the clocks are monotonic and boottime",
				"linux.timeOffsets[\"%s\"]", clock);
	}
}

#if HAVE_NETDEV
/* A name that the kernel takes for a network interface; a template has one %d. */
static bool
is_interface(const char *s, bool template)
{
	const char *percent = strchr(s, '%');

	if (!*s || strlen(s) > 15 || s[strcspn(s, "/: \t\n\r\v\f")])
		return false;
	if (percent && (!template || percent[1] != 'd' || strchr(percent + 1, '%')))
		return false;
	return !text_eq(s, ".") && !text_eq(s, "..");
}

static void
judge_net_devices(const struct check *c)
{
	const struct net_device *n;
	size_t i;

	if (c->s->linux.net_devices.n && !check_ns(c->s, NS_NETWORK))
		check_bad(c, "needs a network namespace", "linux.netDevices");
	for (i = 0; i < c->s->linux.net_devices.n; i++) {
		n = &c->s->linux.net_devices.v[i];
		if (!is_interface(n->host, false))
			check_bad(c, "not a name of an interface", "linux.netDevices[\"%s\"]",
				n->host);
		if (n->name && !is_interface(n->name, true))
			check_bad(c, "not a name of an interface", "linux.netDevices[\"%s\"].name",
				n->host);
	}
}
#endif

/* --- devices, paths, sysctl ------------------------------------------------------------------- */

static void
judge_devices(const struct check *c)
{
	const struct device_spec *d;
	size_t i;

	for (i = 0; i < c->s->linux.devices.n; i++) {
		d = &c->s->linux.devices.v[i];
		if (d->type != 'p' && (!d->major.given || !d->minor.given))
			check_bad(c, "major and minor are required", "linux.devices[%zu]", i);
	}
}

static void
judge_device_paths(const struct check *c)
{
	const char *path;
	size_t i;

	for (i = 0; i < c->s->linux.devices.n; i++) {
		path = c->s->linux.devices.v[i].path;
		if (path && (check_dotdot(path) || text_eq(text_clean(path), "/")))
			check_bad(c, "must not be / nor hold ..", "linux.devices[%zu].path", i);
	}
}

static void
judge_cgroups_path(const struct check *c)
{
	if (check_dotdot(c->s->linux.cgroups_path))
		check_bad(c, "must not hold ..", "linux.cgroupsPath");
}

/* Which settings belong to a namespace, by the beginning of their names. */
static const struct {
	char prefix[20];
	int ns;
} sysctls[] = {
	{"net.", NS_NETWORK},
	{"kernel.shm", NS_IPC},
	{"kernel.msg", NS_IPC},
	{"kernel.sem", NS_IPC},
	{"fs.mqueue.", NS_IPC},
	{"kernel.hostname", NS_UTS},
	{"kernel.domainname", NS_UTS},
	{"user.", NS_USER},
};

int
sysctl_ns(const char *key)
{
	size_t i;
	const char *k, *p;

	for (i = 0; i < sizeof sysctls / sizeof *sysctls; i++) {
		for (k = key, p = sysctls[i].prefix; *p && (*k == *p || (*k == '/' && *p == '.')); k++, p++)
			;
		if (!*p)
			return sysctls[i].ns;
	}
	return -1;
}

/* NULL, or why the container cannot have that setting. */
static const char *
sysctl_fault(const struct spec *s, const char *key)
{
	int ns = sysctl_ns(key);

	if (ns < 0)
		return "belongs to no namespace: it would change the host";
	return check_ns(s, ns) ? NULL : text_make("needs a namespace of type %s", name_of(names_namespace, ns));
}

/* Either separator may stand for the other (sysctl(8)): a name is clean if no two of them meet. */
static bool
is_setting(const char *key)
{
	size_t n = strlen(key);
	const char *s;

	for (s = key; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == 127 ||
			(*s == '.' && (s == key || s[-1] == '.')))
			return false;
	}
	return n && key[n - 1] != '.';
}

static void
judge_sysctl(const struct check *c)
{
	const struct pairs *p = &c->s->linux.sysctl;
	const char *text;
	char *key, *s;
	size_t i;

	for (i = 0; i < p->n; i++) {
		key = arena_copy(p->v[i].key, strlen(p->v[i].key));
		for (s = key; *s; s++)
			*s = *s == '/' ? '.' : *s;
		text = is_setting(key) ? sysctl_fault(c->s, key) : "not a name of a setting";
		if (!text && strchr(p->v[i].value, '\n'))
			text = "the value must be one line";
		if (text)
			check_bad(c, text, "linux.sysctl[\"%s\"]", p->v[i].key);
	}
}

/* --- resources -------------------------------------------------------------------------------- */

static void
judge_memory(const struct check *c)
{
	const struct opt *limit = &c->r->memory.limit, *swap = &c->r->memory.swap;

	if (limit->v > 0 && swap->v > 0 && swap->v < limit->v)
		check_bad(c, "counts memory and swap together, so it cannot be below limit",
			"%smemory.swap", c->in_r);
}

static void
judge_burst(const struct check *c)
{
	const struct opt *quota = &c->r->cpu.quota;

	if (quota->v > 0 && c->r->cpu.burst.v > (uint64_t)quota->v)
		check_bad(c, "must not be above quota", "%scpu.burst", c->in_r);
}

static void
judge_cpusets(const struct check *c)
{
	static const char text[] = "not a list like 0-3,7";

	if (!check_cpulist(c->r->cpu.cpus))
		check_bad(c, text, "%scpu.cpus", c->in_r);
	if (!check_cpulist(c->r->cpu.mems))
		check_bad(c, text, "%scpu.mems", c->in_r);
}

static void
judge_device_rules(const struct check *c)
{
	const char *access;
	size_t i;

	for (i = 0; i < c->r->devices.n; i++) {
		access = c->r->devices.v[i].access;
		if (access && access[strspn(access, "rwm")])
			check_bad(c, "must be made of r, w and m", "%sdevices[%zu].access", c->in_r,
				i);
	}
}

#if HAVE_LIMITS
static void
judge_weights(const struct check *c)
{
	const struct weight_device *w;
	size_t i;

	for (i = 0; i < c->r->block_io.weight_device.n; i++) {
		w = &c->r->block_io.weight_device.v[i];
		if (!w->weight.given && !w->leaf_weight.given)
			check_bad(c, "needs weight or leafWeight", "%sblockIO.weightDevice[%zu]",
				c->in_r, i);
	}
}

/* A number, K, M or G, and B. */
static bool
is_page_size(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n && *s != '0' && s[n] && strchr("KMG", s[n]) && text_eq(s + n + 1, "B");
}

static void
judge_hugepages(const struct check *c)
{
	const char *size;
	size_t i;

	for (i = 0; i < c->r->hugepage_limits.n; i++) {
		size = c->r->hugepage_limits.v[i].page_size;
		if (size && !is_page_size(size))
			check_bad(c, "not a size like 2MB", "%shugepageLimits[%zu].pageSize",
				c->in_r, i);
	}
}

static void
judge_rdma(const struct check *c)
{
	const struct rdma_limit *r;
	size_t i;

	for (i = 0; i < c->r->rdma.n; i++) {
		r = &c->r->rdma.v[i];
		if (!r->hca_handles.given && !r->hca_objects.given)
			check_bad(c, "needs hcaHandles or hcaObjects", "%srdma[\"%s\"]", c->in_r,
				r->name);
	}
}

/* Files of the cgroup itself, which are mote's to write. */
static bool
is_core_file(const char *s)
{
	return text_starts(s, "cgroup.") && !text_starts(s, "cgroup.max.");
}

static void
judge_unified(const struct check *c)
{
	const char *key;
	size_t i;

	for (i = 0; i < c->r->unified.n; i++) {
		key = c->r->unified.v[i].key;
		if (!strchr(key, '.') || strchr(key, '/') || *key == '.')
			check_bad(c, "not a name of a cgroup's file", "%sunified[\"%s\"]", c->in_r,
				key);
		else if (is_core_file(key))
			check_bad(c, "cannot be set", "%sunified[\"%s\"]", c->in_r, key);
	}
}
#endif

/* --- the rest --------------------------------------------------------------------------------- */

static void
judge_personality(const struct check *c)
{
	if (c->s->linux.personality.flags.n)
		check_bad(c, "no flags are defined", "linux.personality.flags");
}

#if HAVE_NUMA
static void
judge_memory_policy(const struct check *c)
{
	enum { DEFAULT = 0, PREFERRED = 1, LOCAL = 4 }; /* MPOL_* */
	const char *nodes = c->s->linux.memory_policy.nodes;
	int mode = c->s->linux.memory_policy.mode;

	if (!c->s->linux.memory_policy.given)
		return;
	if (nodes && !text_bits(nodes, NULL, MPOL_NODES))
		check_bad(c, "not a list of nodes like 0-3,7", "linux.memoryPolicy.nodes");
	if ((mode == DEFAULT || mode == LOCAL) && nodes)
		check_bad(c, "this mode has none", "linux.memoryPolicy.nodes");
	if (mode > PREFERRED && mode != LOCAL && !nodes)
		check_bad(c, "this mode needs some", "linux.memoryPolicy.nodes");
}
#endif

#if HAVE_RDT
static void
judge_clos(const struct check *c)
{
	const char *id = c->s->linux.intel_rdt.clos_id;

	if (id && !text_eq(id, "/") && (strchr(id, '/') || text_eq(id, ".") || text_eq(id, "..")))
		check_bad(c, "must be one name, or /", "linux.intelRdt.closID");
}

static void
judge_schemata(const struct check *c)
{
	const char *bw = c->s->linux.intel_rdt.mem_bw_schema;
	const struct strs *lines = &c->s->linux.intel_rdt.schemata;
	size_t i;

	if (bw && (!text_starts(bw, "MB:") || strchr(bw, '\n')))
		check_bad(c, "must be one line that begins with MB:", "linux.intelRdt.memBwSchema");
	for (i = 0; i < lines->n; i++) {
		if (strchr(lines->v[i], '\n'))
			check_bad(c, "must be one line", "linux.intelRdt.schemata[%zu]", i);
	}
}
#endif

/* clang-format off */
const struct rule rules_linux[] = {
	{45, OF_SPEC, false, judge_namespaces, RULE("each type of linux.namespaces comes once")},
	{-1, OF_SPEC, false, judge_userns,
		RULE("a new user namespace has maps, and maps have a user namespace")},
	{-1, OF_SPEC, false, judge_mapped, RULE("the ids of process.user are mapped")},
	{-1, OF_SPEC, false, judge_time_offsets,
		RULE("linux.timeOffsets has known clocks and a new time namespace")},
#if HAVE_NETDEV
	{-1, OF_SPEC, false, judge_net_devices,
		RULE("linux.netDevices has names of interfaces and a network namespace")},
#endif
	{47, OF_SPEC, false, judge_devices, RULE("devices that are no pipes have major and minor")},
	{-1, OF_SPEC, false, judge_device_paths, RULE("paths of devices are not / and hold no ..")},
	{52, OF_SPEC, false, judge_cgroups_path, RULE("linux.cgroupsPath holds no ..")},
	{-1, OF_SPEC, false, judge_sysctl,
		RULE("linux.sysctl has only settings of the container's namespaces")},
	{-1, OF_RESOURCES, false, judge_memory, RULE("memory.swap is not below memory.limit")},
	{56, OF_RESOURCES, false, judge_burst, RULE("cpu.burst is not above cpu.quota")},
	{-1, OF_RESOURCES, false, judge_cpusets, RULE("cpu.cpus and cpu.mems are lists of numbers")},
	{-1, OF_RESOURCES, false, judge_device_rules,
		RULE("access of device rules is made of r, w and m")},
#if HAVE_LIMITS
	{57, OF_RESOURCES, false, judge_weights, RULE("blockIO.weightDevice has weight or leafWeight")},
	{58, OF_RESOURCES, false, judge_hugepages, RULE("hugepageLimits.pageSize is a size like 2MB")},
	{60, OF_RESOURCES, false, judge_rdma, RULE("rdma has hcaHandles or hcaObjects")},
	{-1, OF_RESOURCES, false, judge_unified, RULE("unified names files of controllers")},
#endif
	{72, OF_SPEC, false, judge_personality, RULE("linux.personality has no flags")},
#if HAVE_NUMA
	{73, OF_SPEC, false, judge_memory_policy, RULE("linux.memoryPolicy has nodes as its mode asks")},
#endif
#if HAVE_RDT
	{88, OF_SPEC, false, judge_clos, RULE("linux.intelRdt.closID is one name, or /")},
	{89, OF_SPEC, false, judge_schemata, RULE("lines of linux.intelRdt are single lines")},
#endif
	{0},
};
/* clang-format on */

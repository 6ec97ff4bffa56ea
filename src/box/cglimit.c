/* SPDX-License-Identifier: MIT */
/* cglimit.c - the table of limits: one row a property, with its file in both versions; lists are in
 * cglist.c; nothing is written here */
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgrow.h"

static const char nowhere_v2[] =
	"version 2 of cgroups, which is what this host has, knows no such setting";

bool
limit_fail(struct cgroup_ask *q, const char *name, int rule, const char *text)
{
	diag_add(q->d, (struct fault){.name = text_make("linux.resources.%s", name), .rule = rule,
		.text = text});
	return false;
}

int
cgroup_where(const struct cgroup_facts *f, const char *v1, const char *v2)
{
	size_t i;

	for (i = 0; v1 && i < f->v1.n; i++)
		if (cgroup_has(f->v1.v[i].controllers, ',', v1, strlen(v1)))
			return i;
	if (v2 && f->v2.mount && cgroup_has(f->v2_controllers, ' ', v2, strlen(v2)))
		return CGROUP_AT_V2;
	return CGROUP_NOWHERE;
}

int
cgroup_where_devices(const struct cgroup_facts *f)
{
	int where = cgroup_where(f, "devices", NULL);

	return where == CGROUP_NOWHERE && HAVE_DEVICES && f->v2.mount ? CGROUP_AT_V2 : where;
}

const char *
cgroup_missing(const struct cgroup_facts *f, const char *controller, const char *needs)
{
	if (f->mode == CGROUP_NONE)
		return "no cgroup file system is mounted here (mount -t cgroup2 none /sys/fs/cgroup); without limits the container runs";
	return text_make("there is no %s controller here: this kernel lacks %s, or the controller is switched off at boot or not "
		"mounted%s", controller, needs, HAVE_CGROUP1 ? "" : " (this mote was built without CGROUP1)");
}

static const char *
why_missing(const struct cgroup_ask *q, const struct cgroup_row *w)
{
	bool v2 = q->f->mode == CGROUP_V2;

	return v2 && !w->v2 ? nowhere_v2 : cgroup_missing(q->f, v2 ? w->v2 : w->v1, w->needs);
}

/* Where this row's file is, or CGROUP_NOWHERE and a fault. */
int
limit_place(struct cgroup_ask *q, const struct cgroup_row *w)
{
	int where = cgroup_where(q->f, w->v1, w->v2);

	if (where == CGROUP_NOWHERE)
		limit_fail(
			q, w->name, q->f->mode == CGROUP_V2 && !w->v2 ? 62 : 36, why_missing(q, w));
	else if (where == CGROUP_AT_V2 && !w->v2_file) {
		limit_fail(q, w->name, 62, nowhere_v2);
		where = CGROUP_NOWHERE;
	}
	return where;
}

struct cgroup_setting *
limit_add(struct cgroup_ask *q, const struct cgroup_row *w, int where, const char *value)
{
	struct cgroup_setting *s = PUSH(q->out->v, q->out->n);

	s->where = where;
	s->controller = where == CGROUP_AT_V2 ? w->v2 : "";
	s->file = where == CGROUP_AT_V2 ? w->v2_file : w->v1_file;
	s->value = value;
	s->name = text_make("linux.resources.%s", w->name);
	s->needs = w->needs;
	return s;
}

const void *
limit_member(const struct cgroup_ask *q, const struct cgroup_row *w)
{
	return (const char *)q->r + w->at;
}

static const char *
whole(int64_t v)
{
	return text_make("%lld", (long long)v);
}

const char *
limit_count(uint64_t v)
{
	return text_make("%llu", (unsigned long long)v);
}

/* --- whole numbers ---------------------------------------------------------------------------- */

void
limit_put_count(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);
	int where;

	if (o->given && (where = limit_place(q, w)) != CGROUP_NOWHERE)
		limit_add(q, w, where, limit_count(o->v));
}

/* The same where zero means "not set". */
static void
put_nonzero(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);

	if (o->v)
		limit_put_count(q, w);
}

/* Signed and no conversion. */
static void
put_whole(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct opt *o = limit_member(q, w);
	int where;

	if (o->given && (where = limit_place(q, w)) != CGROUP_NOWHERE)
		limit_add(q, w, where, whole(o->v))->lax = !o->v;
}

/* Bytes: 0 asks for nothing (the text does not say; every engine counts on it), -1 lifts the limit.
 */
static void
put_bytes(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct opt *o = limit_member(q, w);
	int where;

	if (!o->v || (o->v == -1 && cgroup_where(q->f, w->v1, w->v2_file ? w->v2 : NULL) ==
					    CGROUP_NOWHERE))
		return;
	if (o->v < -1) {
		limit_fail(q, w->name, 3, "the only negative value is -1, for no limit");
		return;
	}
	where = limit_place(q, w);
	if (where != CGROUP_NOWHERE)
		limit_add(q, w, where, o->v < 0 && where == CGROUP_AT_V2 ? "max" : whole(o->v));
}

/* Memory and swap together in the config and in version 1, swap alone in version 2. */
static void
put_swap(struct cgroup_ask *q, const struct cgroup_row *w)
{
	int64_t swap = q->r->memory.swap.v, limit = q->r->memory.limit.v;
	int where;

	if (!swap || (swap == -1 && cgroup_where(q->f, w->v1, w->v2) == CGROUP_NOWHERE))
		return;
	if (swap < -1)
		limit_fail(q, w->name, 3, "the only negative value is -1, for no limit");
	else if (swap > 0 && limit <= 0)
		limit_fail(q, w->name, 3,
			"a limit on swap needs one on memory: it is for both together");
	else if (swap > 0 && swap < limit)
		limit_fail(q, w->name, 3,
			"is smaller than the memory limit, but counts both together");
	else if ((where = limit_place(q, w)) == CGROUP_AT_V2)
		limit_add(q, w, where, swap < 0 ? "max" : whole(swap - limit))->lax = swap < 0;
	else if (where != CGROUP_NOWHERE)
		limit_add(q, w, where, whole(swap))->lax = swap < 0;
}

static void
put_pids(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct opt *o = limit_member(q, w);
	int where;

	if (!o->given || (o->v < 0 && cgroup_where(q->f, w->v1, w->v2) == CGROUP_NOWHERE))
		return;
	where = limit_place(q, w);
	if (where != CGROUP_NOWHERE)
		limit_add(q, w, where, o->v < 0 ? "max" : whole(o->v));
}

static void
put_swappiness(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);

	if (o->given && o->v > 100)
		limit_fail(q, w->name, 3, "is out of range: 0 to 100");
	else
		limit_put_count(q, w);
}

static void
put_flag(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct flag *o = limit_member(q, w);
	int where;

	if (o->v && (where = limit_place(q, w)) != CGROUP_NOWHERE)
		limit_add(q, w, where, "1");
}

/* Version 2, and version 1 since Linux 5.11, know nothing else than true. */
static void
put_hierarchy(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct flag *o = limit_member(q, w);
	int where = cgroup_where(q->f, w->v1, w->v2);

	if (!o->given || (o->v && where == CGROUP_AT_V2))
		return;
	where = limit_place(q, w);
	if (where != CGROUP_NOWHERE)
		limit_add(q, w, where, o->v ? "1" : "0")->lax = o->v;
}

/* --- cpu -------------------------------------------------------------------------------------- */

static void
put_shares(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);
	int where;

	if (!o->v || (where = limit_place(q, w)) == CGROUP_NOWHERE)
		return;
	limit_add(q, w, where,
		limit_count(HAVE_CGROUP2 && where == CGROUP_AT_V2 ? cgroup_weight(o->v) : o->v));
}

/* One file holds quota and period in version 2; a zero is as good as none for either. */
static void
put_period(struct cgroup_ask *q, const struct cgroup_row *w)
{
	uint64_t period = q->r->cpu.period.v;
	int where;

	if (!period)
		return;
	if (period < 1000 || period > 1000000)
		limit_fail(q, w->name, 3, "is out of range: 1000 to 1000000 microseconds");
	else if ((where = limit_place(q, w)) >= 0)
		limit_add(q, w, where, limit_count(period));
	else if (where == CGROUP_AT_V2 && !q->r->cpu.quota.v)
		limit_add(q, w, where, text_make("max %llu", (unsigned long long)period));
}

static void
put_quota(struct cgroup_ask *q, const struct cgroup_row *w)
{
	int64_t quota = q->r->cpu.quota.v;
	uint64_t period = q->r->cpu.period.v;
	const char *text = quota < 0 ? "max" : whole(quota);
	int where;

	if (!quota || (quota < 0 && !period && cgroup_where(q->f, w->v1, w->v2) == CGROUP_NOWHERE))
		return;
	if (quota > 0 && quota < 1000)
		limit_fail(q, w->name, 3,
			"is out of range: at least 1000 microseconds, or negative for no limit");
	else if ((where = limit_place(q, w)) >= 0)
		limit_add(q, w, where, quota < 0 ? "-1" : text);
	else if (where == CGROUP_AT_V2)
		limit_add(q, w, where,
			period ? text_make("%s %llu", text, (unsigned long long)period) : text);
}

static void
put_burst(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const struct uopt *o = limit_member(q, w);
	int64_t quota = q->r->cpu.quota.v;
	int where;

	if (!o->given)
		return;
	if (quota > 0 && o->v > (uint64_t)quota)
		limit_fail(q, w->name, 56, "is larger than the quota");
	else if ((where = limit_place(q, w)) != CGROUP_NOWHERE)
		limit_add(q, w, where, limit_count(o->v))->lax = !o->v;
}

static void
put_text(struct cgroup_ask *q, const struct cgroup_row *w)
{
	const char *const *s = limit_member(q, w);
	int where;

	if (*s && **s && (where = limit_place(q, w)) != CGROUP_NOWHERE)
		limit_add(q, w, where, *s);
}

/* --- the table: in the order of writing ------------------------------------------------------- */

#define AT(m) offsetof(struct resources_spec, m)
#define MEMCG "CONFIG_MEMCG (or the boot parameter cgroup_enable=memory)"
#define SWAP \
	"CONFIG_SWAP, and before Linux 6.1 CONFIG_MEMCG_SWAP (or the boot parameter " \
	"swapaccount=1)"
#define FAIR "CONFIG_FAIR_GROUP_SCHED"
#define QUOTA "CONFIG_CFS_BANDWIDTH"
#define REALTIME "CONFIG_RT_GROUP_SCHED"
#define BLOCK "CONFIG_BLK_CGROUP"
#define WEIGHT "CONFIG_BFQ_GROUP_IOSCHED or CONFIG_BLK_CGROUP_IOCOST"
#define LEAF "CONFIG_CFQ_GROUP_IOSCHED (up to Linux 4.20)"
#define THROTTLE "CONFIG_BLK_DEV_THROTTLING"
#define KMEM "CONFIG_MEMCG_KMEM (and a kernel before Linux 5.16)"

#if HAVE_CGROUP1
#define V1(controller, file) controller, file
#else
#define V1(controller, file) NULL, NULL
#endif

/* clang-format off */
static const struct cgroup_row rows[] = {
	/* property           how              member                   version 1                             version 2                       needs */
	{"memory.useHierarchy", put_hierarchy, AT(memory.use_hierarchy), V1("memory", "memory.use_hierarchy"),     "memory", NULL,                 MEMCG, 0},
	{"memory.limit",      put_bytes,       AT(memory.limit),        V1("memory", "memory.limit_in_bytes"),       "memory", "memory.max",         MEMCG, 0},
	{"memory.swap",       put_swap,        AT(memory.swap),         V1("memory", "memory.memsw.limit_in_bytes"), "memory", "memory.swap.max",    SWAP, 0},
	{"memory.reservation", put_bytes,      AT(memory.reservation),  V1("memory", "memory.soft_limit_in_bytes"),  "memory", "memory.low",         MEMCG, 0},
	{"memory.kernel",     put_bytes,       AT(memory.kernel),       V1("memory", "memory.kmem.limit_in_bytes"),  "memory", NULL,                 KMEM, 0},
	{"memory.kernelTCP",  put_bytes,       AT(memory.kernel_tcp),   V1("memory", "memory.kmem.tcp.limit_in_bytes"), "memory", NULL,              MEMCG, 0},
	{"memory.swappiness", put_swappiness,  AT(memory.swappiness),   V1("memory", "memory.swappiness"),           "memory", NULL,                 SWAP, 0},
	{"memory.disableOOMKiller", put_flag,  AT(memory.disable_oom_killer), V1("memory", "memory.oom_control"),    "memory", NULL,                 MEMCG, 0},
	{"cpu.shares",        put_shares,      AT(cpu.shares),          V1("cpu", "cpu.shares"),                     "cpu", "cpu.weight",            FAIR, 0},
	{"cpu.period",        put_period,      AT(cpu.period),          V1("cpu", "cpu.cfs_period_us"),              "cpu", "cpu.max",               QUOTA, 0},
	{"cpu.quota",         put_quota,       AT(cpu.quota),           V1("cpu", "cpu.cfs_quota_us"),               "cpu", "cpu.max",               QUOTA, 0},
	{"cpu.burst",         put_burst,       AT(cpu.burst),           V1("cpu", "cpu.cfs_burst_us"),               "cpu", "cpu.max.burst",         QUOTA " (Linux 5.14)", 0},
	{"cpu.realtimePeriod", put_nonzero,    AT(cpu.realtime_period), V1("cpu", "cpu.rt_period_us"),               "cpu", NULL,                    REALTIME, 0},
	{"cpu.realtimeRuntime", put_whole,     AT(cpu.realtime_runtime), V1("cpu", "cpu.rt_runtime_us"),             "cpu", NULL,                    REALTIME, 0},
	{"cpu.idle",          put_whole,       AT(cpu.idle),            V1("cpu", "cpu.idle"),                       "cpu", "cpu.idle",              FAIR " (Linux 5.15)", 0},
	{"cpu.cpus",          put_text,        AT(cpu.cpus),            V1("cpuset", "cpuset.cpus"),                 "cpuset", "cpuset.cpus",        "CONFIG_CPUSETS", 0},
	{"cpu.mems",          put_text,        AT(cpu.mems),            V1("cpuset", "cpuset.mems"),                 "cpuset", "cpuset.mems",        "CONFIG_CPUSETS", 0},
	{"pids.limit",        put_pids,        AT(pids.limit),          V1("pids", "pids.max"),                      "pids", "pids.max",             "CONFIG_CGROUP_PIDS", 0},
#if HAVE_LIMITS
	{"blockIO.weight",    limit_put_weight,      AT(block_io.weight),     V1("blkio", "blkio.weight"),                 "io", "io.bfq.weight",          WEIGHT, 0},
	{"blockIO.leafWeight", limit_put_leaf_weight, AT(block_io.leaf_weight), V1("blkio", "blkio.leaf_weight"),          "io", NULL,                     LEAF, 0},
	{"blockIO.weightDevice", limit_put_weight_device, 0,                  V1("blkio", "blkio.weight_device"),          "io", "io.bfq.weight",          WEIGHT, 0},
	{"blockIO.weightDevice.leafWeight", limit_put_leaf_device, 0,         V1("blkio", "blkio.leaf_weight_device"),     "io", NULL,                     LEAF, 0},
	{"blockIO.throttleReadBpsDevice", limit_put_throttle, AT(block_io.read_bps), V1("blkio", "blkio.throttle.read_bps_device"), "io", "io.max",        THROTTLE, "rbps="},
	{"blockIO.throttleWriteBpsDevice", limit_put_throttle, AT(block_io.write_bps), V1("blkio", "blkio.throttle.write_bps_device"), "io", "io.max",     THROTTLE, "wbps="},
	{"blockIO.throttleReadIOPSDevice", limit_put_throttle, AT(block_io.read_iops), V1("blkio", "blkio.throttle.read_iops_device"), "io", "io.max",     THROTTLE, "riops="},
	{"blockIO.throttleWriteIOPSDevice", limit_put_throttle, AT(block_io.write_iops), V1("blkio", "blkio.throttle.write_iops_device"), "io", "io.max",  THROTTLE, "wiops="},
	{"hugepageLimits",    limit_put_hugepages,   0,                       V1("hugetlb", "limit_in_bytes"),             "hugetlb", "max",               "CONFIG_CGROUP_HUGETLB", 0},
	{"rdma",              limit_put_rdma,        0,                       V1("rdma", "rdma.max"),                      "rdma", "rdma.max",             "CONFIG_CGROUP_RDMA", 0},
	{"network.classID",   limit_put_count,       AT(network.class_id),    V1("net_cls", "net_cls.classid"),            NULL, NULL,                     "CONFIG_CGROUP_NET_CLASSID", 0},
	{"network.priorities", limit_put_priorities, 0,                       V1("net_prio", "net_prio.ifpriomap"),        NULL, NULL,                     "CONFIG_CGROUP_NET_PRIO", 0},
	{"unified",           limit_put_unified,     0,                       NULL, NULL,                              "", NULL,                       "that controller", 0},
#endif
};
/* clang-format on */

void
cgroup_settings(struct cgroup_settings *out, const struct cgroup_facts *f,
	const struct resources_spec *r, struct diag *d)
{
	struct cgroup_ask q = {.f = f, .r = r, .out = out, .d = d};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		rows[i].put(&q, &rows[i]);
}

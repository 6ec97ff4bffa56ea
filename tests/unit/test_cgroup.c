/* SPDX-License-Identifier: MIT */
/* test_cgroup.c - cgroups without a kernel: texts of /proc, the table of limits, plans */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "box/cgroup.h"
#include "box/facts.h"

static int tests, failed;

static void
ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
	failed += !good;
}

static void
same(const char *got, const char *want, const char *what)
{
	ok(!strcmp(got, want), what);
	if (strcmp(got, want))
		printf("# got:\n%s\n# want:\n%s\n", got, want);
}

/* --- where they are ----------------------------------------------------------------------------- */

static const char hybrid_mounts[] =
	"23 1 0:22 / /sys rw,relatime - sysfs sysfs rw\n"
	"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
	"33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n"
	"34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n"
	"35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
	"36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices\n"
	"39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:7 master:3 - cgroup cgroup rw,pids\n"
	"40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
	"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
static const char hybrid_self[] =
	"9:name=systemd:/\n8:pids:/\n7:blkio:/\n5:devices:/\n4:memory:/api/279b\n3:cpuset:/\n"
	"2:cpuacct:/\n1:cpu:/\n0::/a:b\n";
static const char v2_mounts[] =
	"21 1 8:1 / / rw - ext4 /dev/root rw\n"
	"29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 "
	"rw,nsdelegate,memory_recursiveprot\n";
static const char v2_self[] = "0::/user.slice/user-0.slice/session-1.scope\n";
static const char v1_mounts[] =
	"30 25 0:26 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755\n"
	"33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpu,cpuacct\n"
	"34 30 0:30 / /sys/fs/cgroup/cpuset rw shared:12 - cgroup cgroup rw,noprefix,cpuset\n"
	"35 30 0:31 / /sys/fs/cgroup/devices rw shared:13 - cgroup cgroup rw,devices\n"
	"36 30 0:32 / /sys/fs/cgroup/memory rw shared:13 - cgroup cgroup rw,memory\n"
	"37 30 0:33 / /sys/fs/cgroup/pids rw shared:13 - cgroup cgroup rw,pids\n"
	"38 30 0:34 / /sys/fs/cgroup/blkio rw shared:13 - cgroup cgroup rw,blkio\n"
	"39 30 0:35 / /sys/fs/cgroup/hugetlb rw shared:13 - cgroup cgroup rw,hugetlb\n"
	"40 30 0:36 / /sys/fs/cgroup/rdma rw shared:13 - cgroup cgroup rw,rdma\n"
	"41 30 0:37 / /sys/fs/cgroup/net_cls,net_prio rw - cgroup cgroup rw,net_cls,net_prio\n";
static const char v1_self[] =
	"9:net_cls,net_prio:/\n8:rdma:/\n7:hugetlb:/\n6:blkio:/\n5:pids:/\n4:memory:/\n3:devices:/\n"
	"2:cpuset:/\n1:cpu,cpuacct:/x\n";

static const char *
facts_text(const struct cgroup_facts *f)
{
	struct out o = out_mem();
	size_t i;

	out_fmt(&o, "mode %d\n", f->mode);
	for (i = 0; i < f->v1.n; i++)
		out_fmt(&o, "%s %s %s %s%s\n", f->v1.v[i].controllers, f->v1.v[i].mount,
			f->v1.v[i].root, f->v1.v[i].own, f->v1.v[i].noprefix ? " noprefix" : "");
	if (f->v2.mount)
		out_fmt(&o, "v2 %s %s %s\n", f->v2.mount, f->v2.root, f->v2.own);
	return out_text(&o);
}

static void
parses(const char *mounts, const char *self, const char *want, const char *what)
{
	struct cgroup_facts f;

	cgroup_parse(&f, mounts, self);
	same(facts_text(&f), want, what);
}

static void
test_parse(void)
{
	parses("", "", "mode 0\n", "no texts: none");
	parses("21 1 8:1 / / rw - ext4 /dev/root rw\n", "0::/\n", "mode 0\n", "nothing mounted: none");
	parses("broken\n\n1 2 3\n - \n5 6 7 / /x rw - ", "broken\n\n:\n1:\n", "mode 0\n", "broken texts");
	parses(hybrid_mounts, hybrid_self,
		"mode 2\nname=systemd /sys/fs/cgroup/systemd / /\npids /sys/fs/cgroup/pids / /\n"
		"devices /sys/fs/cgroup/devices / /\nmemory /sys/fs/cgroup/memory / /api/279b\n"
		"cpuset /sys/fs/cgroup/cpuset / /\ncpuacct /sys/fs/cgroup/cpuacct / /\n"
		"cpu /sys/fs/cgroup/cpu / /\nv2 /sys/fs/cgroup/unified / /a:b\n", "hybrid");
	parses(v2_mounts, v2_self,
		"mode 3\nv2 /sys/fs/cgroup / /user.slice/user-0.slice/session-1.scope\n", "version 2");
	parses(v1_mounts, v1_self,
		"mode 1\nnet_cls,net_prio /sys/fs/cgroup/net_cls,net_prio / /\nrdma /sys/fs/cgroup/rdma / /\n"
		"hugetlb /sys/fs/cgroup/hugetlb / /\nblkio /sys/fs/cgroup/blkio / /\npids /sys/fs/cgroup/pids / /\n"
		"memory /sys/fs/cgroup/memory / /\ndevices /sys/fs/cgroup/devices / /\n"
		"cpuset /sys/fs/cgroup/cpuset / / noprefix\ncpu,cpuacct /sys/fs/cgroup/cpu,cpuacct / /x\n",
		"version 1, joined controllers");
	parses("1 0 0:9 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
		"4:memory:/docker/abc\n0::/docker/abc\n",
		"mode 1\nmemory /sys/fs/cgroup/memory /docker/abc /docker/abc\n", "container in a container");
	parses("1 0 0:9 /part /mnt rw - cgroup cgroup rw,memory\n"
	       "2 0 0:9 / /cg rw - cgroup cgroup rw,memory\n3 0 0:9 / /second rw - cgroup cgroup rw,memory\n",
		"4:memory:/\n", "mode 1\nmemory /cg / /\n", "several mounts: the first whole one");
	parses("1 0 0:9 / /my\\040odd\\134place rw - cgroup2 none rw\n", "0::/\n",
		"mode 3\nv2 /my odd\\place / /\n", "escapes");
	parses(text_make("50 31 0:50 / /sys/fs/cgroup rw - cgroup2 none rw\n%s", hybrid_mounts),
		hybrid_self, "mode 3\nv2 /sys/fs/cgroup / /a:b\n", "what a later mount hides is not there");
	parses(text_make("%s50 31 0:50 / /sys/fs/cgroup/un rw - tmpfs none rw\n", v1_mounts), "5:pids:/\n",
		"mode 1\npids /sys/fs/cgroup/pids / /\n", "a neighbour hides nothing");
	parses("5 9 0:1 / /cg/pids rw - cgroup c rw,pids\n9 1 0:2 / /cg rw - tmpfs t rw\n", "5:pids:/\n",
		"mode 1\npids /cg/pids / /\n", "a moved mount may stand before what it is on");
	parses("9 1 0:2 / /cg rw - tmpfs t rw\n5 9 0:1 / /cg/pids rw - cgroup c rw,pids\n"
	       "6 1 0:2 / / rw - tmpfs t rw\n", "5:pids:/\n", "mode 0\n", "all is hidden");
	parses("5 1 0:1 / /cg rw - cgroup c rw,pids\n6 5 0:2 / /cg rw - tmpfs t rw\n", "5:pids:/\n",
		"mode 0\n", "another one stacked on it");
	parses("1 1 0:2 / / rw - rootfs r rw\n5 1 0:1 / /cg rw - cgroup c rw,pids\n", "5:pids:/\n",
		"mode 1\npids /cg / /\n", "a root that is its own parent");
}

/* --- limits ------------------------------------------------------------------------------------ */

static struct resources_spec R;
static struct cgroup_facts V1, V2, HYBRID, NONE;

static void
facts_init(void)
{
	cgroup_parse(&V1, v1_mounts, v1_self);
	cgroup_parse(&V2, v2_mounts, v2_self);
	cgroup_parse(&HYBRID, hybrid_mounts, hybrid_self);
	cgroup_parse(&NONE, "", "");
	V2.v2_controllers = "cpuset cpu io memory hugetlb pids rdma misc";
	HYBRID.v2_controllers = "io";
}

/* Clears R and is a condition that always holds: fresh() then settings. */
static void
fresh(void)
{
	memset(&R, 0, sizeof R);
}

static const char *
settings_text(const struct cgroup_facts *f)
{
	struct cgroup_settings s = {0};
	struct diag d = {0};
	struct out o = out_mem();
	size_t i;

	cgroup_settings(&s, f, &R, &d);
	for (i = 0; i < s.n; i++)
		out_fmt(&o, "%s%s=%s%s%s\n", s.v[i].file, s.v[i].lax ? "?" : "", s.v[i].value,
			s.v[i].file2 ? "|" : "", s.v[i].file2 ? text_make("%s=%s", s.v[i].file2, s.v[i].value2) : "");
	for (i = 0; i < d.count; i++)
		out_fmt(&o, "! %s M-%d\n", d.faults[i].name + strlen("linux.resources."),
			d.faults[i].rule);
	return out_text(&o);
}

static void
limits(const char *what, const char *v1, const char *v2)
{
	same(settings_text(&V1), v1, text_make("%s, version 1", what));
	same(settings_text(&V2), v2, text_make("%s, version 2", what));
}

static struct opt
n(int64_t v)
{
	return (struct opt){true, v};
}

static struct uopt
u(uint64_t v)
{
	return (struct uopt){true, v};
}

static void
test_memory(void)
{
	fresh();
	limits("nothing", "", "");
	R.memory.limit = n(1 << 20), R.memory.swap = n(3 << 20), R.memory.reservation = n(4096);
	limits("memory", "memory.limit_in_bytes=1048576\nmemory.memsw.limit_in_bytes=3145728\n"
		"memory.soft_limit_in_bytes=4096\n",
		"memory.max=1048576\nmemory.swap.max=2097152\nmemory.low=4096\n");
	R.memory.limit = n(0), R.memory.swap = n(0), R.memory.reservation = n(0);
	limits("memory zero", "", "");
	R.memory.limit = n(-1), R.memory.swap = n(-1), R.memory.reservation = n(-1);
	limits("memory unlimited", "memory.limit_in_bytes=-1\nmemory.memsw.limit_in_bytes?=-1\n"
		"memory.soft_limit_in_bytes=-1\n", "memory.max=max\nmemory.swap.max?=max\nmemory.low=max\n");
	same(settings_text(&NONE), "", "no limit is none where there are no cgroups");
	fresh();
	R.memory.swap = n(4096);
	limits("swap alone", "! memory.swap M-3\n", "! memory.swap M-3\n");
	R.memory.limit = n(8192);
	limits("swap too small", "memory.limit_in_bytes=8192\n! memory.swap M-3\n",
		"memory.max=8192\n! memory.swap M-3\n");
	R.memory.swap = n(8192);
	limits("no swap at all", "memory.limit_in_bytes=8192\nmemory.memsw.limit_in_bytes=8192\n",
		"memory.max=8192\nmemory.swap.max=0\n");
	fresh();
	R.memory.limit = n(-2);
	limits("nonsense", "! memory.limit M-3\n", "! memory.limit M-3\n");
	fresh();
	R.memory.kernel = n(4096), R.memory.kernel_tcp = n(4096), R.memory.swappiness = u(0);
	R.memory.disable_oom_killer = (struct flag){true, true};
	R.memory.use_hierarchy = (struct flag){true, true};
	limits("version 1 only", "memory.use_hierarchy?=1\nmemory.kmem.limit_in_bytes=4096\n"
		"memory.kmem.tcp.limit_in_bytes=4096\nmemory.swappiness=0\nmemory.oom_control=1\n",
		"! memory.kernel M-62\n! memory.kernelTCP M-62\n! memory.swappiness M-62\n"
		"! memory.disableOOMKiller M-62\n");
	fresh();
	R.memory.kernel = n(-1), R.memory.disable_oom_killer = (struct flag){true, false};
	R.memory.swappiness = u(101);
	limits("harmless ones pass", "memory.kmem.limit_in_bytes=-1\n! memory.swappiness M-3\n",
		"! memory.swappiness M-3\n");
}

static void
test_cpu(void)
{
	fresh();
	R.cpu.shares = u(1024), R.cpu.quota = n(20000), R.cpu.period = u(100000), R.cpu.burst = u(5000);
	R.cpu.idle = n(0), R.cpu.cpus = "0-1", R.cpu.mems = "";
	limits("cpu", "cpu.shares=1024\ncpu.cfs_period_us=100000\ncpu.cfs_quota_us=20000\n"
		"cpu.cfs_burst_us=5000\ncpu.idle?=0\ncpuset.cpus=0-1\n",
		"cpu.weight=100\ncpu.max=20000 100000\ncpu.max.burst=5000\ncpu.idle?=0\ncpuset.cpus=0-1\n");
	fresh();
	R.cpu.period = u(50000);
	limits("period alone", "cpu.cfs_period_us=50000\n", "cpu.max=max 50000\n");
	fresh();
	R.cpu.quota = n(-1);
	limits("no quota", "cpu.cfs_quota_us=-1\n", "cpu.max=max\n");
	R.cpu.quota = n(999), R.cpu.period = u(999), R.cpu.burst = u(1000);
	limits("out of range", "! cpu.period M-3\n! cpu.quota M-3\n! cpu.burst M-56\n",
		"! cpu.period M-3\n! cpu.quota M-3\n! cpu.burst M-56\n");
	fresh();
	R.cpu.realtime_period = u(100000), R.cpu.realtime_runtime = n(1000);
	limits("real time", "cpu.rt_period_us=100000\ncpu.rt_runtime_us=1000\n",
		"! cpu.realtimePeriod M-62\n! cpu.realtimeRuntime M-62\n");
	fresh();
	R.cpu.shares = u(0), R.cpu.quota = n(0), R.cpu.period = u(0);
	limits("cpu zero", "", "");
}

static void
test_io(void)
{
	struct weight_device w[] = {{8, 0, {true, 500}, {true, 10}}, {8, 16, {false, 0}, {false, 0}}};
	struct throttle_device t = {8, 0, 1000}, z = {8, 16, 0};

	fresh();
	R.block_io.weight = u(1000), R.block_io.weight_device.v = w, R.block_io.weight_device.n = 2;
	R.block_io.leaf_weight = u(9);
	R.block_io.read_bps.v = &t, R.block_io.read_bps.n = 1;
	R.block_io.write_iops.v = &z, R.block_io.write_iops.n = 1;
	limits("block devices",
		"blkio.weight=1000|blkio.bfq.weight=1000\n"
		"blkio.weight_device=8:0 500|blkio.bfq.weight_device=8:0 500\n"
		"blkio.leaf_weight_device=8:0 10\nblkio.throttle.read_bps_device=8:0 1000\n"
		"blkio.throttle.write_iops_device=8:16 0\n! blockIO.leafWeight M-3\n",
		"io.bfq.weight=1000|io.weight=10000\nio.bfq.weight=8:0 500|io.weight=8:0 4950\n"
		"io.max=8:0 rbps=1000\nio.max=8:16 wiops=max\n"
		"! blockIO.leafWeight M-3\n! blockIO.weightDevice.leafWeight M-62\n");
}

static void
test_others(void)
{
	struct hugepage_limit h[] = {{"2MB", 4194304}, {"0KB", 1}, {"1/B", 1}, {"64KBB", 1}, {"KB", 1}};
	struct rdma_limit r[] = {{"mlx5", {true, 2}, {true, 3}}, {"m4", {false, 0}, {true, 0}}};
	struct net_priority p = {"lo", 5};
	struct pair un[] = {{"memory.high", "4096"}, {"io.max", "8:0 rbps=1\n8:1 rbps=2\n"},
		{"cgroup.max.depth", "3"}, {"cgroup.procs", "0"}, {"../x.y", "0"}, {"debug.x", "1"},
		{"noname", "1"}};

	fresh();
	R.pids.limit = n(0);
	limits("pids 0 means none", "pids.max=0\n", "pids.max=0\n");
	R.pids.limit = n(-7);
	limits("pids negative", "pids.max=max\n", "pids.max=max\n");
	R.pids.limit = n(5);
	same(settings_text(&NONE), "! pids.limit M-36\n", "no cgroups but a limit");
	same(settings_text(&HYBRID), "pids.max=5\n", "hybrid");
	R.block_io.weight = u(10);
	same(settings_text(&HYBRID), "pids.max=5\nio.bfq.weight=10|io.weight=1\n",
		"hybrid: each where it is");
	fresh();
	R.cpu.cpus = "0";
	V2.v2_controllers = "cpu memory";
	same(settings_text(&V2), "! cpu.cpus M-36\n", "a controller that is not there");
	facts_init();
	fresh();
	R.hugepage_limits.v = h, R.hugepage_limits.n = 5;
	limits("huge pages", "hugetlb.2MB.limit_in_bytes=4194304\nhugetlb.2MB.rsvd.limit_in_bytes?=4194304\n"
		"! hugepageLimits M-58\n! hugepageLimits M-58\n! hugepageLimits M-58\n! hugepageLimits M-58\n",
		"hugetlb.2MB.max=4194304\nhugetlb.2MB.rsvd.max?=4194304\n"
		"! hugepageLimits M-58\n! hugepageLimits M-58\n! hugepageLimits M-58\n! hugepageLimits M-58\n");
	fresh();
	R.rdma.v = r, R.rdma.n = 2;
	limits("rdma", "rdma.max=mlx5 hca_handle=2 hca_object=3\nrdma.max=m4 hca_object=0\n",
		"rdma.max=mlx5 hca_handle=2 hca_object=3\nrdma.max=m4 hca_object=0\n");
	fresh();
	R.network.class_id = u(1048577), R.network.priorities.v = &p, R.network.priorities.n = 1;
	limits("network", "net_cls.classid=1048577\nnet_prio.ifpriomap=lo 5\n",
		"! network.classID M-62\n! network.priorities M-62\n");
	fresh();
	R.unified.v = un, R.unified.n = 7;
	limits("unified",
		"! unified[\"memory.high\"] M-61\n! unified[\"io.max\"] M-61\n! unified[\"cgroup.max.depth\"] M-61\n"
		"! unified[\"cgroup.procs\"] M-61\n! unified[\"../x.y\"] M-61\n! unified[\"debug.x\"] M-61\n"
		"! unified[\"noname\"] M-61\n",
		"memory.high=4096\nio.max=8:0 rbps=1\nio.max=8:1 rbps=2\ncgroup.max.depth=3\n"
		"! unified[\"cgroup.procs\"] M-61\n! unified[\"../x.y\"] M-61\n! unified[\"debug.x\"] M-61\n"
		"! unified[\"noname\"] M-61\n");
}

/* Points of 10^((l^2 + 125 l) / 612 - 7/34), l = log2(shares), computed with floating point. */
static void
test_weight(void)
{
	static const unsigned points[][2] = {
		{3, 2}, {4, 2}, {5, 2}, {10, 4}, {51, 11}, {100, 17}, {102, 17},
		{204, 29}, {256, 35}, {307, 40}, {409, 49}, {500, 58}, {512, 59}, {614, 67},
		{819, 84}, {1000, 99}, {1023, 100}, {1024, 100}, {1025, 101}, {2000, 170}, {2048, 174},
		{3072, 240}, {4096, 303}, {8192, 532}, {10240, 639}, {20480, 1134}, {65536, 3023}, {100000, 4340},
		{131072, 5478}, {200000, 7899}, {262143, 10000},
	};
	unsigned bad = 0, s, last = 1, w, i;

	for (i = 0; i < sizeof points / sizeof *points; i++)
		if (cgroup_weight(points[i][0]) != points[i][1]) {
			printf("# %u: %u, not %u\n", points[i][0], cgroup_weight(points[i][0]), points[i][1]);
			bad++;
		}
	ok(bad == 0, "shares to weight as with floating point");
	for (s = 2; s <= 262144; s++, last = w) {
		w = cgroup_weight(s);
		bad += w < last;
	}
	ok(bad == 0, "and never downwards");
	ok(cgroup_weight(2) == 1 && cgroup_weight(1024) == 100 && cgroup_weight(262144) == 10000 &&
		cgroup_weight(1) == 1 && cgroup_weight(UINT64_MAX) == 10000, "least, default, most");
}

/* --- plans ------------------------------------------------------------------------------------- */

static struct spec S;
static struct facts F;
static struct job J = {.spec = &S, .facts = &F, .id = "web"};

static const char *
plan_text(void (*stage)(struct plan *, const struct job *))
{
	struct plan p = {0};
	struct out o = out_mem();

	stage(&p, &J);
	plan_print(&o, &p);
	return out_text(&o);
}

static void
whole(struct plan *p, const struct job *j)
{
	size_t i;

	plan_cgroup(p, j);
	plan_cgroup_join(p, j, false);
	plan_cgroup_join(p, j, true);
	for (i = 0; i < j->spec->mounts.n; i++)
		plan_cgroup_mount(p, j, &j->spec->mounts.v[i]);
}

static void
test_wanted(void)
{
	memset(&S, 0, sizeof S);
	S.linux.given = S.linux.resources.given = S.linux.resources.memory.given = true;
	S.linux.resources.memory.limit = n(0);
	ok(!cgroup_wanted(&S), "empty resources ask for nothing");
	F.cgroup = HYBRID;
	same(plan_text(plan_cgroup), "", "and nothing is done");
	S.linux.resources.pids.limit = n(0);
	ok(cgroup_wanted(&S), "pids 0 asks");
	memset(&S, 0, sizeof S);
	S.linux.cgroups_path = "x//y/../z";
	ok(cgroup_wanted(&S), "a path asks");
	same(cgroup_path(&J), "/x/z", "a relative path counts from the mount point");
	S.linux.cgroups_path = NULL;
	same(cgroup_path(&J), "/mote/web", "the default path");
}

static size_t
check_errors(void)
{
	struct diag d = {0};

	cgroup_check(&J, &d);
	return d.errors;
}

static void
test_check(void)
{
	static struct device_rule deny = {.allow_given = true};
	static struct device_rule bad = {.allow_given = true, .major = {true, 4096}, .access = "rx"};
	static struct mount_spec view = {.destination = "/sys/fs/cgroup", .type = "cgroup"};

	memset(&S, 0, sizeof S);
	F.cgroup = V2;
	S.linux.cgroups_path = "/a/..";
	ok(check_errors() == 1, "the root cgroup is refused");
	S.linux.cgroups_path = "/a";
	ok(check_errors() == 0, "a path is fine");
	F.cgroup = NONE;
	ok(check_errors() == 0, "a path without limits is fine without cgroups");
	same(plan_text(whole), "", "and does nothing");
	S.linux.resources.devices.v = &deny, S.linux.resources.devices.n = 1;
	ok(check_errors() == 1, "device rules without cgroups are not");
	J.no_cgroups = true;
	ok(check_errors() == 0, "but when cgroups are disabled by hand");
	J.no_cgroups = false;
	F.cgroup = V2;
	ok(check_errors() == 0, "device rules, version 2");
	S.linux.resources.devices.v = &bad;
	ok(check_errors() == 2, "rules out of range");
	memset(&S, 0, sizeof S);
	F.cgroup = NONE;
	S.mounts.v = &view, S.mounts.n = 1;
	ok(check_errors() == 1, "nothing to show");
}

static void
test_plans(void)
{
	static struct device_rule rules[] = {{.allow_given = true},
		{.allow = true, .type = 'c', .major = {true, 10}, .minor = {true, 200}, .access = "rw"}};
	static const char *ro[] = {"ro", "nosuid"};
	static struct mount_spec view = {.destination = "/sys/fs/cgroup", .type = "cgroup",
		.options = {ro, 2}};
	static struct ns_spec ns[] = {{NS_MOUNT, NULL}, {NS_CGROUP, NULL}};

	memset(&S, 0, sizeof S);
	S.linux.cgroups_path = "/a/b";
	S.linux.resources.memory.limit = n(4194304);
	S.linux.resources.pids.limit = n(9);
	S.linux.resources.devices.v = rules, S.linux.resources.devices.n = 2;
	S.linux.namespaces.v = ns, S.linux.namespaces.n = 2;
	S.mounts.v = &view, S.mounts.n = 1;
	F.cgroup = V2;
	same(plan_text(whole),
		"  0 host make cgroup /sys/fs/cgroup/a/b\n"
		"  1 host enable controllers +memory +pids in /sys/fs/cgroup\n"
		"  2 host enable controllers +memory +pids in /sys/fs/cgroup/a\n"
		"  3 host write 4194304 to /sys/fs/cgroup/a/b/memory.max\n"
		"  4 host write 9 to /sys/fs/cgroup/a/b/pids.max\n"
		"  5 host load device rules (74 instructions) into /sys/fs/cgroup/a/b\n"
		"  6 host open cgroup /sys/fs/cgroup/a/b as slot 0\n"
		"  7 host move the box into /sys/fs/cgroup/a/b\n"
		"  8 box  mount cgroup2 on /sys/fs/cgroup flags 0x3\n", "plan, version 2");
	S.linux.namespaces.n = 1;
	F.cgroup = HYBRID;
	F.cgroup.v1.v += 1, F.cgroup.v1.n = 4; /* pids devices memory cpuset */
	same(plan_text(whole),
		"  0 host make cgroup /sys/fs/cgroup/unified/a/b\n"
		"  1 host open cgroup /sys/fs/cgroup/unified/a/b as slot 0\n"
		"  2 host make cgroup /sys/fs/cgroup/pids/a/b\n"
		"  3 host write 9 to /sys/fs/cgroup/pids/a/b/pids.max\n"
		"  4 host make cgroup /sys/fs/cgroup/devices/a/b\n"
		"  5 host write a to /sys/fs/cgroup/devices/a/b/devices.deny\n"
		"  6 host write b *:* m to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		"  7 host write c *:* m to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		"  8 host write c 1:3 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		"  9 host write c 1:5 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 10 host write c 1:7 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 11 host write c 1:8 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 12 host write c 1:9 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 13 host write c 5:0 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 14 host write c 5:2 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 15 host write c 136:* rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 16 host write c 10:200 rwm to /sys/fs/cgroup/devices/a/b/devices.allow\n"
		" 17 host make cgroup /sys/fs/cgroup/memory/a/b\n"
		" 18 host write 4194304 to /sys/fs/cgroup/memory/a/b/memory.limit_in_bytes\n"
		" 19 host make cgroup /sys/fs/cgroup/cpuset/a/b\n"
		" 20 host inherit the cpuset of /sys/fs/cgroup/cpuset/a/b from above\n"
		" 21 host open source /sys/fs/cgroup/unified/a/b as slot 1\n"
		" 22 host open source /sys/fs/cgroup/pids/a/b as slot 2\n"
		" 23 host open source /sys/fs/cgroup/devices/a/b as slot 3\n"
		" 24 host open source /sys/fs/cgroup/memory/a/b as slot 4\n"
		" 25 host open source /sys/fs/cgroup/cpuset/a/b as slot 5\n"
		" 26 host move the box into /sys/fs/cgroup/unified/a/b\n"
		" 27 host move the box into /sys/fs/cgroup/pids/a/b\n"
		" 28 host move the box into /sys/fs/cgroup/devices/a/b\n"
		" 29 host move the box into /sys/fs/cgroup/memory/a/b\n"
		" 30 host move the box into /sys/fs/cgroup/cpuset/a/b\n"
		" 31 box  mount tmpfs on /sys/fs/cgroup with mode=755 flags 0x2\n"
		" 32 box  bind /sys/fs/cgroup/pids/a/b on /sys/fs/cgroup/pids set 0x3 propagation 0x44000\n"
		" 33 box  bind /sys/fs/cgroup/devices/a/b on /sys/fs/cgroup/devices set 0x3 propagation 0x44000\n"
		" 34 box  bind /sys/fs/cgroup/memory/a/b on /sys/fs/cgroup/memory set 0x3 propagation 0x44000\n"
		" 35 box  bind /sys/fs/cgroup/cpuset/a/b on /sys/fs/cgroup/cpuset set 0x3 propagation 0x44000\n"
		" 36 box  bind /sys/fs/cgroup/unified/a/b on /sys/fs/cgroup/unified set 0x3 propagation 0x44000\n"
		" 37 box  change mount /sys/fs/cgroup set 0x1\n", "plan, hybrid, no cgroup namespace");
}

/* What is left for the program when the set-up of the box is charged elsewhere. */
static void
test_late(void)
{
	static struct hook_spec hook = {.path = "/h"};
	static struct ns_spec ns[] = {{NS_MOUNT, NULL}, {NS_CGROUP, NULL}};
	struct plan p = {0};

	memset(&S, 0, sizeof S);
	S.linux.cgroups_path = "/a";
	S.linux.resources.memory.limit = n(1 << 20);
	S.linux.namespaces.v = ns, S.linux.namespaces.n = 1;
	F.cgroup = V2;
	ok(cgroup_late(&J), "a limit of 1 MiB: the box joins late");
	plan_cgroup(&p, &J);
	plan_cgroup_join(&p, &J, false);
	ok(plan_find(&p, OP_cgroup_open) == p.n && plan_find(&p, OP_cgroup_join) == p.n, "it is not cloned there");
	plan_cgroup_join(&p, &J, true);
	ok(plan_find(&p, OP_cgroup_join) + 1 == p.n, "and is moved");
	S.linux.namespaces.n = 2;
	ok(!cgroup_late(&J), "not with a cgroup namespace, whose root is where the box is");
	S.linux.namespaces.n = 1;
	S.hooks.poststop.v = &hook, S.hooks.poststop.n = 1;
	ok(!cgroup_late(&J), "not with hooks");
	S.hooks.poststop.n = 0;
	J.systemd = true;
	ok(!cgroup_late(&J), "not in a scope");
	J.systemd = false;
	S.linux.resources.memory.limit = n((1 << 20) + 1);
	ok(!cgroup_late(&J), "not with more");
	S.linux.resources.memory.limit = n(-1);
	ok(!cgroup_late(&J), "not without a limit");
	S.linux.resources.memory.limit = n(0);
	ok(!cgroup_late(&J), "nor with none at all");
}

int
main(void)
{
	facts_init();
	test_parse();
	test_memory();
	test_cpu();
	test_io();
	test_others();
	test_weight();
	test_wanted();
	test_check();
	test_plans();
	test_late();
	printf("1..%d\n", tests);
	return failed != 0;
}

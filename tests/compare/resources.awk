# SPDX-License-Identifier: MIT
# resources.awk - random linux.resources, and of an update, as jq filters, one piece a line, for tests/compare/resources
#
#	awk -v seed=7 -v version=2 -f resources.awk
#
# The generator is awk's own arithmetic, as in random.awk.  .x.update is what `update --resources` gets; .x.look says that devices are to be opened.
# Values that nobody takes come seldom, for the first of them hides the rest.

function rnd(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
function chance(p) { return rnd(100) < p }
function pick(list,   a) { return a[1 + rnd(split(list, a, " "))] }
function q(s) { return "\"" s "\"" }
function put(s) { print at s }
# mostly of the first list
function value(good, odd) { return pick(chance(oddity) ? odd : good) }

function memory(   limit) {
	limit = value("33554432 67108864 134217728 -1", "0 100000001 -2 9223372036854775807")
	if (chance(75)) put(".memory.limit = " limit)
	if (chance(40)) put(".memory.reservation = " value("16777216 33554432 0 -1", "268435456 -2 12345"))
	if (chance(50)) put(".memory.swap = " value("134217728 268435456 -1 " limit, "0 1048576 -2 134217729"))
	if (chance(8)) put(".memory.swappiness = " value("0 60 100 10", "101 60"))
	if (chance(8)) put(".memory.disableOOMKiller = " pick("true false"))
	if (chance(4)) put(".memory.useHierarchy = " pick("true false"))
	if (chance(4)) put(".memory." pick("kernel kernelTCP") " = " pick("33554432 -1 0"))
	if (chance(10)) put(".memory.checkBeforeUpdate = " pick("true false"))
}
function cpu() {
	if (chance(40)) put(".cpu.shares = " value("2 10 512 1024 4096 262144", "0 1 300000"))
	if (chance(50)) put(".cpu.quota = " value("20000 50000 100000 -1", "0 500 1000 -5"))
	if (chance(40)) put(".cpu.period = " value("50000 100000 200000 1000000", "0 500 2000000 1000"))
	if (chance(20)) put(".cpu.burst = " value("0 1000 20000", "60000 1000000"))
	if (chance(15)) put(".cpu.idle = " value("0 1", "2 -1"))
	if (chance(30)) put(".cpu.cpus = " q(value(version == 2 ? "0 0 0,0" : "0 0-1 0,1 1", "5 x 0-9 1-0 0-1,1 1")))
	if (chance(20)) put(".cpu.mems = " q(value("0", "1 x")))
	if (chance(4)) put(".cpu." pick("realtimeRuntime=0 realtimeRuntime=1000 realtimePeriod=100000 realtimePeriod=0"))
}
function device_key() { return "{major: " value("7", "1 259 99") ", minor: " pick("0 1 2") }
function block(   k) {
	if (chance(30)) put(".blockIO.weight = " value("10 100 500 1000", "0 5 1001"))
	if (chance(4)) put(".blockIO.leafWeight = " pick("10 500"))
	if (chance(15)) put(".blockIO.weightDevice += [" device_key() ", weight: " value("10 100 1000", "0 5") "}]")
	for (k = rnd(4); k > 0; k--)
		put(".blockIO.throttle" pick("Read Write") pick("Bps IOPS") "Device += [" device_key() ", rate: " value("1048576 4096 100 1", "0 18446744073709551615") "}]")
}
function huge(   k) {
	for (k = 1 + rnd(2); k > 0; k--)
		put(".hugepageLimits += [{pageSize: " q(value("2MB 2MB 1GB", "3MB 64KB 2M 02MB 2048KB")) ", limit: " value("0 4194304 2097152", "1000000 9223372036854771712 1") "}]")
}
function devices(   k, type, all, allow, access) {
	if (chance(80)) put(".devices += [{allow: false, access: \"rwm\"}]")
	for (k = rnd(4); k > 0; k--) { # version 1 of the kernel's knows no numbers and no access of an `a`
		type = chance(85) ? value("c c b a", "u p z") : ""
		all = version == 1 && (type == "" || type == "a")
		allow = pick("true true false")
		access = chance(95) ? pick("rwm rw r m w rm") : ""
		put(".devices += [{allow: " allow (all ? ", access: \"rwm\"" : access != "" ? ", access: " q(access) : "") (type != "" ? ", type: " q(type) : "") \
			(!all && type != "a" && chance(70) ? ", major: " value("1 5 10 7 200", "-1 5000") : "") (!all && type != "a" && chance(60) ? ", minor: " value("3 0 229 1 11", "-1 2000000") : "") "}]")
	}
	if (at !~ /update/) print ".x.look = true"
}
function unified(   k) {
	for (k = 1 + rnd(2); k > 0; k--)
		put(".unified += {" value("\"memory.high\":\"50331648\" \"memory.max\":\"max\" \"memory.max\":\"67108864\" \"pids.max\":\"7\" \"cpu.weight\":\"50\" \"memory.oom.group\":\"1\" \"memory.low\":\"4096\" \"memory.min\":\"8192\" \"memory.swap.max\":\"0\" \"memory.swap.high\":\"1048576\" \"cpu.weight.nice\":\"5\" \"cpuset.cpus\":\"1\" \"hugetlb.2MB.max\":\"0\" \"cpu.idle\":\"1\" \"io.max\":\"7:0\\u0020rbps=4096\" \"io.max\":\"7:0\\u0020rbps=4096\\n7:1\\u0020wiops=5\" \"cpu.max\":\"30000\\u0020100000\" \"cpu.max.burst\":\"1000\" \"cgroup.max.depth\":\"3\" \"io.weight\":\"default\\u002050\"", \
			"\"memory.nothere\":\"1\" \"nothere.max\":\"1\" \"\":\"1\" \"../x\":\"1\" \"memory.max/x\":\"1\" \"memory\":\"1\" \"pids.max\":\"\" \"pids.max\":\"x\" \"memory.stat\":\"1\" \"cgroup.procs\":\"0\" \"cgroup.subtree_control\":\"+pids\" \"cgroup.freeze\":\"1\" \"cgroup.type\":\"threaded\" \"memory.max\":\"64M\" \"misc.max\":\"x\\u00201\" \"cpuset.cpus.partition\":\"root\"") "}")
}
function network() {
	if (chance(50)) put(".network.classID = " value("1 1048577", "0 4294967295"))
	else put(".network.priorities += [{name: " q(value("lo", "nothere")) ", priority: " rnd(9) "}]")
}
function resources(p) {
	if (chance(p)) memory()
	if (chance(p)) cpu()
	if (chance(p / 2)) put(".pids.limit = " value("-1 1 10 1000 32768", "0 -2 4194305"))
	if (chance(p / 2)) block()
	if (chance(p / 3)) huge()
	if (chance(p / 2)) devices()
	if (chance(version == 2 ? p / 3 : 2)) unified()
	if (chance(version == 2 ? 2 : p / 4)) network()
	if (chance(2)) put(".rdma = {" pick("\"mlx5_1\":{\"hcaHandles\":3} \"mlx5_1\":{}") "}")
}

BEGIN {
	state = (seed * 7919 + 12345) % 2147483647
	for (i = 0; i < 7; i++) rnd(2)
	oddity = chance(70) ? 3 : 20
	at = ".linux.resources"
	resources(40)
	if (chance(60)) { print ".x.update = {}"; at = ".x.update"; resources(30) }
}

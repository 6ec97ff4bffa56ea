#!/bin/sh
# resources.t - linux.resources, item by item: what is written where, in the version of cgroups that this machine has
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq LIMITS

export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
mote() { "$MOTE" --root "$STATE" "$@"; }
before "$STATE"
disk=$(for disk in /sys/block/*; do cat "$disk/dev" && break; done 2>/dev/null)
disk="${disk:-7:0}"

# where V1 V2: the mount with that controller in $top, its version in $version; false when there is none here.
where() {
	version=1
	top=$(awk -v c="$1" '$(NF - 2) == "cgroup" && ("," $NF ",") ~ ("," c ",") { print $5; exit }' /proc/self/mountinfo)
	[ -z "$top" ] || return 0
	version=2
	top=$(awk '$(NF - 2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
	[ -n "$top" ] && grep -qw "$2" "$top/cgroup.controllers"
}
# in_kernel FILE: do groups have it?
in_kernel() {
	mkdir "$top/${TESTDIR##*/}.look" && in_kernel_said=0
	[ -e "$top/${TESTDIR##*/}.look/$1" ] || [ -n "$(find "$top" -mindepth 2 -name "$1" 2>/dev/null | head -n 1)" ] || in_kernel_said=1
	rmdir "$top/${TESTDIR##*/}.look"
	return "$in_kernel_said"
}

# A file's text in one line; lines that are always there, as the device that has no rate, left out
text() { tr '\n' ' ' <"$1" | sed 's/ $//'; }

# what, JSON, then for version 1 controller, file, what is in it, and the same for version 2.  What is not here must be refused.
# "-": that version has no such thing.
while IFS='|' read -r what json c1 f1 want1 c2 f2 want2; do
	json=$(printf '%s' "$json" | sed "s/MAJOR/${disk%:*}/; s/MINOR/${disk#*:}/")
	box_bundle ".linux.resources = $json" true
	property=$(printf '%s' "$json" | jq -r '[paths(scalars)] | last | map(select(type == "string")) | .[:2] | join(".")')
	there=
	! where "$c1" "$c2" || there=1
	if [ "$version" = 1 ]; then file=$f1 want=$want1; else file=$f2 want=$want2; fi
	case $file in # the file has another name with another scheduler, and perhaps another scale
	*,*) if in_kernel "${file%,*}"; then file=${file%,*} want=${want%,*}; else file=${file#*,} want=${want#*,}; fi ;;
	esac
	[ -n "$there" ] && [ "$file" != - ] && in_kernel "$file" || there=
	mote_in 20 create -b "$TESTDIR/b" box
	if [ -z "$there" ]; then
		refused "$what: not here, and refused by name" "linux.resources.${property%%.*}"
	else
		got=$([ -e "$top/${TESTDIR##*/}/$file" ] && text "$top/${TESTDIR##*/}/$file")
		want=$(printf '%s' "$want" | sed "s/DISK/$disk/")
		case " $got " in
		*" $want "*) pass "$what: version $version, $file says $want" ;;
		*) fail "$what: version $version, $file says $want" "$got; status $status: $err" ;;
		esac
	fi
	[ ! -e "$STATE/box" ] || mote delete --force box
done <<'END'
memory.limit|{"memory":{"limit":16777216}}|memory|memory.limit_in_bytes|16777216|memory|memory.max|16777216
memory.limit: none|{"memory":{"limit":-1}}|memory|memory.limit_in_bytes|9223372036854771712|memory|memory.max|max
memory.reservation|{"memory":{"reservation":8388608}}|memory|memory.soft_limit_in_bytes|8388608|memory|memory.low|8388608
memory.swap|{"memory":{"limit":16777216,"swap":50331648}}|memory|memory.memsw.limit_in_bytes|50331648|memory|memory.swap.max|33554432
memory.swap: as the limit|{"memory":{"limit":16777216,"swap":16777216}}|memory|memory.memsw.limit_in_bytes|16777216|memory|memory.swap.max|0
memory.swappiness|{"memory":{"swappiness":7}}|memory|memory.swappiness|7|memory|-|
memory.disableOOMKiller|{"memory":{"disableOOMKiller":true}}|memory|memory.oom_control|oom_kill_disable 1|memory|-|
memory.useHierarchy|{"memory":{"useHierarchy":true}}|memory|memory.use_hierarchy|1|memory|memory.max|max
cpu.shares|{"cpu":{"shares":512}}|cpu|cpu.shares|512|cpu|cpu.weight|59
cpu.quota|{"cpu":{"quota":20000}}|cpu|cpu.cfs_quota_us|20000|cpu|cpu.max|20000 100000
cpu.period|{"cpu":{"quota":20000,"period":50000}}|cpu|cpu.cfs_period_us|50000|cpu|cpu.max|20000 50000
cpu.burst|{"cpu":{"quota":20000,"burst":7000}}|cpu|cpu.cfs_burst_us|7000|cpu|cpu.max.burst|7000
cpu.idle|{"cpu":{"idle":1}}|cpu|cpu.idle|1|cpu|cpu.idle|1
cpu.realtimePeriod|{"cpu":{"realtimePeriod":500000}}|cpu|cpu.rt_period_us|500000|cpu|-|
cpu.realtimeRuntime|{"cpu":{"realtimeRuntime":0}}|cpu|cpu.rt_runtime_us|0|cpu|-|
cpu.cpus|{"cpu":{"cpus":"0"}}|cpuset|cpuset.cpus|0|cpuset|cpuset.cpus|0
cpu.mems|{"cpu":{"mems":"0"}}|cpuset|cpuset.mems|0|cpuset|cpuset.mems|0
pids.limit|{"pids":{"limit":9}}|pids|pids.max|9|pids|pids.max|9
pids.limit: none|{"pids":{"limit":-1}}|pids|pids.max|max|pids|pids.max|max
blockIO.weight|{"blockIO":{"weight":500}}|blkio|blkio.weight,blkio.bfq.weight|500|io|io.bfq.weight,io.weight|500,4950
blockIO.leafWeight|{"blockIO":{"leafWeight":500}}|blkio|blkio.leaf_weight|500|io|-|
blockIO.throttleReadBpsDevice|{"blockIO":{"throttleReadBpsDevice":[{"major":MAJOR,"minor":MINOR,"rate":1048576}]}}|blkio|blkio.throttle.read_bps_device|DISK 1048576|io|io.max|DISK rbps=1048576
blockIO.throttleWriteBpsDevice|{"blockIO":{"throttleWriteBpsDevice":[{"major":MAJOR,"minor":MINOR,"rate":2097152}]}}|blkio|blkio.throttle.write_bps_device|DISK 2097152|io|io.max|wbps=2097152
blockIO.throttleReadIOPSDevice|{"blockIO":{"throttleReadIOPSDevice":[{"major":MAJOR,"minor":MINOR,"rate":300}]}}|blkio|blkio.throttle.read_iops_device|DISK 300|io|io.max|riops=300
blockIO.throttleWriteIOPSDevice|{"blockIO":{"throttleWriteIOPSDevice":[{"major":MAJOR,"minor":MINOR,"rate":400}]}}|blkio|blkio.throttle.write_iops_device|DISK 400|io|io.max|wiops=400
hugepageLimits|{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}|hugetlb|hugetlb.2MB.limit_in_bytes|4194304|hugetlb|hugetlb.2MB.max|4194304
rdma|{"rdma":{"mlx5_0":{"hcaHandles":2}}}|rdma|-||rdma|-|
network.classID|{"network":{"classID":65537}}|net_cls|net_cls.classid|65537|none|-|
network.priorities|{"network":{"priorities":[{"name":"lo","priority":1}]}}|net_prio|net_prio.ifpriomap|lo 1|none|-|
unified|{"unified":{"memory.high":"16777216"}}|none|-||memory|memory.high|16777216
END
clean "nothing is left of any of them" "$STATE"

# What a flag has switched on, update switches off again.
if have UPDATE && where memory memory && [ "$version" = 1 ]; then
	box_bundle '.linux.resources = {"memory":{"disableOOMKiller":true}}' sleep 100
	mote create -b "$TESTDIR/b" box
	echo '{"memory":{"disableOOMKiller":false}}' >"$TESTDIR/r.json"
	mote_in 20 update -r "$TESTDIR/r.json" box
	has "$status:$(text "$top/${TESTDIR##*/}/memory.oom_control")" "0:oom_kill_disable 0" "update: disableOOMKiller false"
	mote delete --force box
fi
finish

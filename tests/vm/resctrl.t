#!/bin/busybox sh
# resctrl.t - linux.intelRdt on the kernel's own resctrl file system, and the rules M-86 to M-96 of the conformance suite there
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154,SC2016
# The processors' RDT is made up (tests/vm/resctrl-kernel): what the kernel keeps, checks and refuses is real, and no cache obeys.
# Two caches, 12 ways and 8 classes each, 128 RMIDs, bandwidth in steps of 10 %.
#= rdt-none .process.args = ["/bin/sleep", "1000"]
#= rdt-own .linux.intelRdt = {} | .process.args = ["/bin/sleep", "1000"]
#= rdt-gold .linux.intelRdt = {closID: "gold"} | .process.args = ["/bin/sh", "-c", "sleep 1000; :"]
#= rdt-all .linux.intelRdt = {closID: "/"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-mon .linux.intelRdt = {closID: "gold", enableMonitoring: true} | .process.args = ["/bin/sleep", "1000"]
#= rdt-ownmon .linux.intelRdt = {enableMonitoring: true} | .process.args = ["/bin/sleep", "1000"]
#= rdt-both .linux.intelRdt = {closID: "silver", l3CacheSchema: "L3:0=ff;1=f0", memBwSchema: "MB:0=20;1=70"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-order .linux.intelRdt = {closID: "silver", l3CacheSchema: "L3:0=ff;1=f0\nMB:0=10;1=10", memBwSchema: "MB:0=20;1=70", schemata: ["L3:0=f", "MB:1=50"]} | .process.args = ["/bin/sleep", "1000"]
#= rdt-other .linux.intelRdt = {closID: "silver", l3CacheSchema: "L3:0=1"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-otherbw .linux.intelRdt = {closID: "silver", memBwSchema: "MB:0=30"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-silver .linux.intelRdt = {closID: "silver"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-bad .linux.intelRdt = {l3CacheSchema: "L3:0=fffff"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-gap .linux.intelRdt = {schemata: ["L3:0=5"]} | .process.args = ["/bin/sleep", "1000"]
#= rdt-nobw .linux.intelRdt = {memBwSchema: "MB:7=50"} | .process.args = ["/bin/sleep", "1000"]
#= rdt-l2 .linux.intelRdt = {schemata: ["L2:0=f"]} | .process.args = ["/bin/sleep", "1000"]
#= rdt-user .linux.intelRdt = {l3CacheSchema: "L3:0=3;1=3"} | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .process.args = ["/bin/sleep", "1000"]
. "$(dirname "$0")/guest.sh"

machine
r=/sys/fs/resctrl
try rdt-own
refused "before it is mounted intelRdt is refused" linux.intelRdt "no resctrl file system is mounted" M-86
mount -t resctrl resctrl $r || skip_all "this kernel has no resctrl here"
is "$(cat $r/schemata | tr -d ' ' | sort | tr '\n' ' ')" "L3:0=fff;1=fff MB:0=100;1=100 " "two caches and their bandwidth"
mkdir -p /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
host_is

# up BUNDLE: a container that waits, its pid in $pid
up() {
	mote_in 60 run -d -b "/bundles/$1" box
	pid=$(mote --root $STATE state box 2>/dev/null | sed -n 's/.*"pid": \([0-9]*\).*/\1/p')
}
down() { mote_in 60 delete --force box; }
groups() { (cd $r && find . -type d ! -path './info*' ! -name 'mon_*' | sort | tr '\n' ' '); }
in_group() { grep -qx "$pid" "$r/$1/tasks"; }
schemata() { tr -d ' ' <"$r/$1/schemata" | sort | tr '\n' ' '; }

up rdt-none
is "$status:$(groups)" "0:. " "without intelRdt there is no group (M-87)"
check "and the container is in that of all" in_group .
down
up rdt-own
is "$status:$(groups)" "0:. ./box " "without a closID there is a group of the container's name (M-91)"
check "and the container is in it (M-86)" in_group box
check "and no longer in that of all" sh -c "! grep -qx $pid $r/tasks"
is "$(schemata box)" "L3:0=fff;1=fff MB:0=100;1=100 " "with the schemata that the kernel gave it (M-90)"
down
is "$status:$(groups)" "0:. " "which goes with the container"
mkdir $r/box
try rdt-own
refused "a group of that name that is there is another's" linux.intelRdt M-91
is "$(groups)" ". ./box " "and stays"
rmdir $r/box

mkdir $r/gold
up rdt-gold
check "a closID: the container is in that group" in_group gold
is "$(wc -l <$r/gold/tasks)" 2 "and what it has started"
mote_in 60 exec -d --pid-file /tmp/t/exec box /bin/sleep 1000
check "and what exec starts in it" grep -qx "$(cat /tmp/t/exec)" $r/gold/tasks
down
is "$(groups)$(wc -l <$r/gold/tasks)" ". ./gold 0" "which stays, empty (M-94)"
up rdt-all
check "the group of all (M-88)" in_group .
is "$(groups)" ". ./gold " "and no other"
down
try rdt-silver
refused "a group that is not there (M-93)" linux.intelRdt M-93
is "$(groups)" ". ./gold " "and is not made"

up rdt-mon
is "$status:$(cd $r && find . -type d -path '*/mon_groups/*' -name box)" "0:./gold/mon_groups/box" "enableMonitoring: a group of the container's name (M-95)"
check "with the container in it" in_group gold/mon_groups/box
check "and in its class" in_group gold
mote_in 60 exec -d --pid-file /tmp/t/exec box /bin/sleep 1000
check "and what exec starts as well" grep -qx "$(cat /tmp/t/exec)" $r/gold/mon_groups/box/tasks
check "it counts" grep -qx '[0-9]*' $r/gold/mon_groups/box/mon_data/mon_L3_00/llc_occupancy
down
is "$(cd $r && find . -type d -path '*/mon_groups/*' | wc -l)" 0 "which goes with the container"
n=0
while mkdir $r/mon_groups/m$n 2>/dev/null; do n=$((n + 1)); done
try rdt-mon
refused "no RMID is left: one that cannot be made is an error" mon_groups/box "Out of RMIDs"
try rdt-ownmon
refused "as is a class" /box "Out of RMIDs"
rmdir $r/mon_groups/m*
# The kernel looks once a second which of those that were given back are free of their past.
again() { mkdir $r/mon_groups/m && rmdir $r/mon_groups/m; }
wait_for 60 again
is "$(groups)" ". ./gold " "and nothing of it is left"
up rdt-ownmon
is "$status:$(cd $r && find . -name box)" "0:./box
./box/mon_groups/box" "enableMonitoring in a class of the container's own"
down
is "$(groups)" ". ./gold " "both go with the container"

up rdt-both
is "$status:$(schemata silver)" "0:L3:0=0ff;1=0f0 MB:0=20;1=70 " "l3CacheSchema and memBwSchema are what the kernel has (M-90)"
check "and the container is in it" in_group silver
down
is "$(schemata silver)" "L3:0=0ff;1=0f0 MB:0=20;1=70 " "a class with a closID stays (M-92, M-94)"
up rdt-both
is "$status:$(schemata silver)" "0:L3:0=0ff;1=0f0 MB:0=20;1=70 " "the same once more: the class is there, with that"
down
for b in rdt-other rdt-otherbw; do
	try $b
	refused "a class with another schema: $b (M-92)" linux.intelRdt M-92
done
is "$(schemata silver)" "L3:0=0ff;1=0f0 MB:0=20;1=70 " "which stays as it was"
up rdt-silver
is "$status:$(schemata silver)" "0:L3:0=0ff;1=0f0 MB:0=20;1=70 " "without a schema none is written (M-90)"
down
rmdir $r/silver
up rdt-order
is "$status:$(schemata silver)" "0:L3:0=00f;1=0f0 MB:0=20;1=50 " "l3CacheSchema without its MB:, memBwSchema, then schemata (M-90)"
mote_in 60 update --l3-cache-schema 'L3:1=3' --mem-bw-schema 'MB:0=90' box
is "$status:$(schemata silver)" "0:L3:0=00f;1=003 MB:0=90;1=50 " "update changes both"
mote_in 60 update --l3-cache-schema 'L3:1=fffff' box
check "and says what the kernel said" test "$status" != 0
has "$err" schemata "by name"
down
rmdir $r/silver

for b in bad:'Mask out of range' gap:'non-consecutive 1-bits' nobw:'invalid argument' l2:'Unknown or unsupported resource'; do
	try "rdt-${b%%:*}"
	refused "what the kernel refuses is an error, with its words where it has some: ${b#*:}" schemata "${b#*:}"
	is "$(groups)" ". ./gold " "and the class is gone again"
done
n=0
while mkdir $r/c$n 2>/dev/null; do n=$((n + 1)); done
try rdt-own
refused "no class is left" /box "Out of CLOSIDs"
rmdir $r/c[0-9]
up rdt-user
is "$status:$(schemata box)" "0:L3:0=003;1=003 MB:0=100;1=100 " "in a user namespace as well"
check "the container is in it" in_group box
down
rmdir $r/gold
is "$(groups)" ". " "no group is left"
is "$(schemata .)" "L3:0=fff;1=fff MB:0=100;1=100 " "and that of all is as it was"
same "nothing is left of it all"

# verdicts NAME PROGRAM: the suite's, for tests/conform/publish
verdicts() {
	PROBE=/bin/probe /bin/busybox ash /tests/conform/run --tsv --limit 60 "$2" 86-96 >"/tmp/t/$1.tsv" 2>"/tmp/t/$1.err"
	sed "s/^/# tsv $1	/" "/tmp/t/$1.tsv"
	[ -s "/tmp/t/$1.tsv" ] || sed 's/^/# /' "/tmp/t/$1.err"
}
verdicts mote /bin/mote
for n in 86 87 88 89 90 91 92 93 94 95 96; do
	is "$(awk -F'\t' -v m="M-$n" '$1 == m { print $2, $8 }' /tmp/t/mote.tsv)" "pass " "the conformance suite's M-$n"
done
for peer in runc crun; do # for the matrix alone, as they take minutes here
	if [ -s /tests/conform/peers ] && [ -x /bin/$peer ]; then verdicts $peer /bin/$peer; fi
done
finish

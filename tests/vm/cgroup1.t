#!/bin/busybox sh
# cgroup1.t - version 1 of cgroups with each controller in a tree of its own, then hybrid set-ups of both versions
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= v1limits .linux.cgroupsPath = "/web/one" | .linux.resources = {memory: {limit: 16777216, reservation: 4194304, swappiness: 10}, pids: {limit: 5}, cpu: {quota: 20000, period: 100000, shares: 512, cpus: "0", mems: "0"}, network: {classID: 1048577}} | .process.args = ["/bin/sh", "-c", "cat /proc/self/cgroup; while :; do sleep 1; done"]
#= v1view .linux.namespaces += [{type: "cgroup"}] | .linux.resources = {pids: {limit: 53}} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/proc/self/cgroup", "++", "cat", "/sys/fs/cgroup/pids/pids.max", "++", "stat", "/sys/fs/cgroup/cpu", "++", "open", "/sys/fs/cgroup/pids/pids.max", "w"]
#= v1hostview .linux.resources = {pids: {limit: 54}} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/sys/fs/cgroup/pids/pids.max", "++", "open", "/sys/fs/cgroup/pids/pids.max", "w"]
#= v1part .linux.resources = {devices: [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 1, access: "rwm"}, {allow: false, type: "c", major: 1, minor: 11, access: "rw"}]} | .process.args = ["/probe", "true"]
#= unified .linux.resources = {unified: {"memory.high": "8388608"}} | .process.args = ["/probe", "true"]
. "$(dirname "$0")/guest.sh"

machine
g=/sys/fs/cgroup
awk '!/^#/ { print $1 }' /proc/cgroups | tr '\n' ' ' | sed 's/^/# controllers: /'
echo

# trees CONTROLLERS...: a tmpfs with a tree for each word, as init scripts have it
trees() {
	mount -t tmpfs cgroup $g
	for tree; do
		mkdir $g/"$tree"
		mount -t cgroup -o "$tree" cgroup $g/"$tree" || return 1
	done
}
# The kernel gives a controller free at umount only if no dying cgroup is left in its tree.
idle() { [ -z "$(awk '$2 && $3 > 1' /proc/cgroups)" ]; }
no_trees() {
	wait_for 20 idle
	for tree in $g/*; do
		umount "$tree" 2>/dev/null
	done
	umount $g
}

common() {
	try forks
	has "$out" "fork 10: 4 then EAGAIN" "$1: too many processes are refused"
	try oom
	is "$status:$err" "137:run box: the kernel killed it for want of memory: linux.resources.memory.limit is too small" "$1: too much memory ends the program, by name"
	try little96
	is "$status:$err" "0:" "$1: 96 KiB are enough for the least of programs"
	try denied
	has "$out" "open /dev/kmsg r: EPERM
open /dev/mem r: EPERM
open /dev/null rw: ok" "$1: devices: none but those that every container has"
	try allowed
	is "$out" "open /dev/kmsg r: ok
open /dev/kmsg w: EPERM
open /dev/null rw: ok" "$1: devices: one more, to read only"
	mote_in 60 run -d -b /bundles/family family
	is "$status:$err" "0:" "$1: a family"
	mote_in 60 delete --force family
	is "$status:$err:$(running sleep.100[0])" "0::0" "$1: and its end"
	mote_in 60 run -d -b /bundles/flee flee
	wait_for 10 is_state flee stopped
	mote_in 60 delete flee
	is "$status:$err:$(grep -l 'probe.fle[e]' /proc/[0-9]*/cmdline 2>/dev/null)" "0::" "$1: processes that change their numbers"
	mote_in 60 run -d -b /bundles/bomb bomb
	check "$1: a fork bomb, which has come to its limit" wait_for 20 bombed
	mote_in 60 kill --all bomb KILL
	wait_for 20 is_state bomb stopped
	mote_in 60 delete bomb
	is "$status:$err:$(grep -l 'probe.bom[b]' /proc/[0-9]*/cmdline 2>/dev/null)" "0::" "$1: ends"
	same "$1: nothing is left"
}
# A pids controller of either version, at any of the places of this test
bombed() { [ "$(awk '$1 == "max" { print $2 }' $g/pids/bomb/pids.events)" -gt 10 ]; }

# --- version 1 alone
trees cpuset cpu,cpuacct memory devices pids freezer blkio net_cls
is $? 0 "version 1: every controller has its tree"
host_is
common "version 1"
mote_in 60 run -d -b /bundles/v1limits web
is "$status:$err" "0:" "version 1: a container with limits"
w=web/one
is "$(cat $g/memory/$w/memory.limit_in_bytes $g/memory/$w/memory.soft_limit_in_bytes $g/memory/$w/memory.swappiness $g/pids/$w/pids.max \
	$g/cpu,cpuacct/$w/cpu.cfs_quota_us $g/cpu,cpuacct/$w/cpu.cfs_period_us $g/cpu,cpuacct/$w/cpu.shares \
	$g/cpuset/$w/cpuset.cpus $g/cpuset/$w/cpuset.mems $g/net_cls/$w/net_cls.classid 2>&1 | tr '\n' ' ')" \
	"16777216 4194304 10 5 20000 100000 512 0 0 1048577 " "version 1: each in its file"
wait_for 10 grep -q pids "$TESTDIR/.out"
is "$(grep -v ':/web/one$' "$TESTDIR/.out" | grep -v '^0::/$')" "" "version 1: the program is in all of them"
mote_in 60 delete --force web
same "version 1: delete takes them all away"
try v1view
has "$out" "pids:/" "version 1: with a cgroup namespace"
has "$out" "53" "version 1: it sees its own folder"
has "$out" "/cpu=l 0777 0 0 -> cpu,cpuacct" "version 1: cpu leads to cpu,cpuacct"
has "$out" "open /sys/fs/cgroup/pids/pids.max w: EROFS" "version 1: which cannot be written"
try v1hostview
is "$out" "54
open /sys/fs/cgroup/pids/pids.max w: EROFS" "version 1: without one it is the same"
try v1part
refused "version 1: rules that it cannot express" linux.resources.devices "cannot express"
try unified
refused "version 1: what only version 2 has" linux.resources.unified
same "version 1: nothing is left"

# --- hybrid: version 2 beside it, without controllers, as systemd has it
mkdir $g/unified
mount -t cgroup2 cgroup2 $g/unified
is "$?:$(cat $g/unified/cgroup.controllers | tr ' ' '\n' | grep -cE '^(pids|memory|cpu|cpuset)$')" "0:0" "hybrid: version 2 is there, and has none of these"
host_is
common "hybrid"
try empty
has "$out" "0::/empty" "hybrid: it is in a cgroup of version 2 as well"
same "hybrid: nothing is left"
umount $g/unified
rmdir $g/unified
no_trees

# --- a mixture: some controllers here, some there; the kernel hands one over a while after the old tree has gone
half() { trees memory devices 2>/dev/null && mkdir $g/unified && mount -t cgroup2 cgroup2 $g/unified &&
	grep -qw pids $g/unified/cgroup.controllers; }
half_again() { half || { no_trees; false; }; }
if wait_for 10 half_again; then
	host_is
	try forks
	has "$out" "fork 10: 4 then EAGAIN" "mixture: pids of version 2"
	try oom
	is "$status" 137 "mixture: memory of version 1"
	try denied
	has "$out" "open /dev/kmsg r: EPERM" "mixture: devices of version 1"
	same "mixture: nothing is left"
	umount $g/unified
	rmdir $g/unified
	umount $g/devices $g/memory
	rmdir $g/devices
	rmdir $g/memory
	mkdir $g/unified
	mount -t cgroup2 cgroup2 $g/unified
	host_is
	try denied
	has "$out" "open /dev/kmsg r: EPERM" "version 2 at unified: devices by a program"
	same "version 2 at unified: nothing is left"
else
	skip "mixture" "the kernel does not hand the controllers over"
fi
no_trees
finish

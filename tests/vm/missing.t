#!/bin/busybox sh
# missing.t - a kernel that has been told to do without: no memory controller, no version 1 cgroups, no user namespaces
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= mplain .process.args = ["/probe", "all"]
#= mmemory .linux.resources = {memory: {limit: 16777216}} | .process.args = ["/probe", "true"]
#= mpids .linux.resources = {pids: {limit: 5}} | .process.args = ["/probe", "fork", "10"]
#= muser .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .process.args = ["/probe", "true"]
. "$(dirname "$0")/guest.sh"

machine
[ "$(cat /proc/sys/user/max_user_namespaces)" = 0 ] && grep -q 'memory.*0$' /proc/cgroups
is $? 0 "the machine lacks what this test is about"
host_is
try mplain
worked "without any cgroup mounted a container runs"
same "and leaves the host as it was"
try mmemory
refused "a memory limit without cgroups is refused" linux.resources
mkdir -p /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
is $? 0 "version 2 is mounted"
hasnt "$(cat /sys/fs/cgroup/cgroup.controllers)" memory "without the memory controller"
host_is
try mmemory
refused "a memory limit without its controller is refused by name" memory
try mpids
is "$status" 0 "a limit of a controller that is there holds"
has "$out" "EAGAIN" "it does"
try muser
refused "a user namespace that the kernel does not allow" "max_*_namespaces"
if have CHECK; then
	mote_in 60 check
	has "$out" "max_user_namespaces is 0" "check says so"
fi
same "the host is as before"
finish

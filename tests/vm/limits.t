#!/bin/busybox sh
# limits.t - what takes rights that a machine within a machine seldom has: CAP_SYS_RESOURCE and its like
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= raised .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 200000, hard: 300000}, {type: "RLIMIT_MEMLOCK", soft: "@INFINITY@", hard: "@INFINITY@"}, {type: "RLIMIT_NPROC", soft: 10, hard: "@INFINITY@"}] | .process.args = ["/probe", "rlimits"]
#= score .process.oomScoreAdj = -500 | .process.args = ["/probe", "proc"]
#= userraised .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 200000, hard: 300000}] | .process.oomScoreAdj = -500 | .process.args = ["/probe", "rlimits", "++", "proc"]
#= unprivileged .process.user = {uid: 1000, gid: 1000} | .process.capabilities = {} | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 200000, hard: 300000}] | .process.oomScoreAdj = -900 | .process.args = ["/probe", "id", "++", "rlimits", "++", "proc"]
#= fifo .process.scheduler = {policy: "SCHED_FIFO", priority: 10} | .process.args = ["/probe", "sched"]
#= deadline .process.scheduler = {policy: "SCHED_DEADLINE", runtime: 10000000, deadline: 50000000, period: 100000000} | .process.args = ["/probe", "sched"]
#= nice .process.scheduler = {policy: "SCHED_OTHER", nice: -10} | .process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 3} | .process.args = ["/probe", "sched"]
#= sysctls .linux.sysctl = {"kernel.shmmax": "1000000", "net.ipv4.ip_forward": "1", "fs.mqueue.msg_max": "20", "kernel.domainname": "vm.test"} | .process.args = ["/probe", "cat", "/proc/sys/kernel/shmmax", "++", "cat", "/proc/sys/net/ipv4/ip_forward", "++", "cat", "/proc/sys/fs/mqueue/msg_max", "++", "cat", "/proc/sys/kernel/domainname"]
#= times .linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 86400}} | .process.args = ["/probe", "proc", "++", "cat", "/proc/uptime"]
#= allcaps .process.capabilities |= map_values(["CAP_SYS_RESOURCE", "CAP_SYS_ADMIN", "CAP_MKNOD", "CAP_CHECKPOINT_RESTORE", "CAP_BPF", "CAP_PERFMON"]) | .process.args = ["/probe", "caps", "++", "mknod", "/dev/k", "c", "1", "11"]
. "$(dirname "$0")/guest.sh"

machine
host_is
try raised
worked "limits above the caller's"
is "$(fact rlimit.NOFILE)" "200000 300000" "open files"
has "$(fact rlimit.MEMLOCK)" "unlimited unlimited" "locked memory"
is "$(fact rlimit.NPROC)" "10 unlimited" "processes: soft below, hard without end"
try score
is "$(fact oom_score_adj)" -500 "oomScoreAdj is lowered"
try userraised
is "$status:$(fact rlimit.NOFILE):$(fact oom_score_adj)" "0:200000 300000:-500" "both for a user namespace"
try unprivileged
is "$status:$(fact uid):$(fact rlimit.NOFILE):$(fact oom_score_adj)" "0:1000 1000 1000:200000 300000:-900" "both for a user without capabilities"
is "$(cat /proc/self/oom_score_adj)" 0 "the caller's own stays"
try fifo
worked "a real-time scheduler"
is "$(fact sched.policy):$(fact sched.priority)" 1:10 "is the one asked for"
try deadline
worked "a deadline scheduler"
is "$(fact sched.policy)" 6 "is the one asked for"
try nice
worked "a higher priority"
has "$out" -10 "is the one asked for"
try sysctls
worked "sysctls of the container's namespaces"
is "$(printf '%s\n' "$out" | tr '\n' ' ')" "1000000 1 20 vm.test " "have their values"
if [ -e /proc/self/ns/time ]; then
	try times
	worked "a time namespace"
	case $(printf '%s\n' "$out" | tail -n 1) in 86[4-9][0-9][0-9].*) pass "is a day ahead" ;; *) fail "is a day ahead" "$out" ;; esac
else
	skip "a time namespace" "no 32-bit ARM kernel has them"
fi
try allcaps
worked "capabilities"
has "$out" "BPF" "the newer ones too"
has "$out" "mknod /dev/k: ok" "are real"
same "nothing is left"
finish

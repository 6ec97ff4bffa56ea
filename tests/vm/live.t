#!/bin/busybox sh
# live.t - a container that lives, on version 2 of cgroups: update, all or nothing; pause; stats, the OOM killer's word
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= live-plain .linux.cgroupsPath = "/p/plain" | .process.args = ["/bin/sh", "-c", "sleep 1000 & while :; do sleep 1; done"]
#= live-bare .linux.namespaces |= map(select(.type != "cgroup")) | .mounts |= map(select(.type != "cgroup")) | .process.args = ["/bin/sh", "-c", "sleep 1000 & while :; do sleep 1; done"]
#= live-knows .linux.cgroupsPath = "/knows" | .linux.devices = [{path: "/dev/kmsg", type: "c", major: 1, minor: 11}] | .linux.resources = {devices: [{allow: false, access: "rwm"}]} | .process.capabilities |= map_values(["CAP_SYSLOG"]) | .process.args = ["/bin/sh", "-c", "while :; do if (exec 3</dev/kmsg) 2>/dev/null; then echo open; else echo shut; fi; (exec 3</dev/null) 2>/dev/null || echo NULL; sleep 0.1; done"]
#= live-hungry .linux.cgroupsPath = "/hungry" | .linux.resources = {memory: {limit: 8388608, swap: 8388608}} | .process.args = ["/bin/sh", "-c", "sleep 2; /probe alloc 64; sleep 1"]
#= live-ticks .linux.cgroupsPath = "/ticks" | .process.args = ["/bin/sh", "-c", "while :; do echo x; sleep 0.05; done"]
. "$(dirname "$0")/guest.sh"

machine
mkdir -p /sys/fs/cgroup
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
g=/sys/fs/cgroup
host_is
# every setting of a cgroup
settings() {
	for f in memory.max memory.low memory.high memory.swap.max cpu.max cpu.max.burst cpu.weight cpu.idle cpuset.cpus cpuset.mems pids.max io.weight io.max hugetlb.2MB.max; do
		[ ! -e "$1/$f" ] || echo "$f $(tr '\n' ' ' <"$1/$f")"
	done
}
told() { # NAME: the last command succeeded and said nothing
	is "$status:$out:$err" 0:: "$1"
}

# --- no limits at create: the controllers are handed down by the update
mote_in 60 run -d -b /bundles/live-plain c
d=$g/p/plain
is "$(ls $d | grep -c -e memory.max -e pids.max)" 0 "no limits at create: no controllers"
mote_in 60 update --memory 64m --memory-swap 96m --memory-reservation 8m --cpu-quota 50000 --cpu-period 100000 --cpu-share 512 --cpu-burst 10000 --cpuset-cpus 0 --pids-limit 20 c
told "update of every kind of limit"
is "$(cat $d/memory.max $d/memory.swap.max $d/memory.low $d/cpu.max $d/cpu.weight $d/cpu.max.burst $d/cpuset.cpus $d/pids.max | tr '\n' ' ')" \
	"67108864 33554432 8388608 50000 100000 59 10000 0 20 " "each is in its file, swap alone as version 2 has it"
mote_in 60 update --cpu-period 50000 c
is "$(cat $d/cpu.max)" "50000 50000" "a new period keeps the quota"
mote_in 60 update --cpu-quota 5000 --cpu-burst 1000 c
told "a quota below the old burst, and a burst below that"
mote_in 60 update --cpu-quota 80000 --cpu-burst 60000 c
told "and both up again"
mote_in 60 update --memory 80m c
is "$(cat $d/memory.max $d/memory.swap.max | tr '\n' ' ')" "83886080 16777216 " "memory and swap together stay what they were"
mote_in 60 update --cpu-idle 1 c
told "idle"
mote_in 60 update --cpu-idle 0 --cpu-share 1024 c
told "and not idle, with a weight"
is "$(cat $d/cpu.idle $d/cpu.weight | tr '\n' ' ')" "0 100 " "both are as asked"
printf '{"unified":{"memory.high":"50000000","pids.max":"21"}}' >/tmp/r.json
mote_in 60 update -r /tmp/r.json c
told "unified"
is "$(cat $d/memory.high $d/pids.max | tr '\n' ' ')" "49999872 21 " "is written"
mote_in 60 update --reclaim 1 c
told "--reclaim"

# --- all or nothing
settings $d >/tmp/s0
state0=$(mote --root $STATE state c)
printf '{"memory":{"limit":33554432,"swap":33554432},"cpu":{"quota":70000,"cpus":"77"},"pids":{"limit":3}}' >/tmp/r.json
mote_in 60 update -r /tmp/r.json c
is "$status" 1 "a processor that is not there: refused by the kernel"
has "$err" "cpuset.cpus" "and told"
settings $d >/tmp/s1
is "$(diff /tmp/s0 /tmp/s1)" "" "every file is as before"
is "$(mote --root $STATE state c)" "$state0" "and the state"
mote_in 60 update --dry-run --memory 32m --memory-swap 32m c
is "$(echo "$out" | grep -v subtree_control)" "$d/memory.max=33554432
$d/memory.swap.max=0" "--dry-run"
settings $d >/tmp/s1
is "$(diff /tmp/s0 /tmp/s1)" "" "writes nothing"
mote_in 60 delete --force c
same "nothing is left"

# --- no cgroup at create
mote_in 60 run -d -b /bundles/live-bare n
two() { [ "$(mote --root $STATE ps --format json n)" != "[]" ] && [ "$(mote --root $STATE ps --format json n | tr ',' '\n' | wc -l)" -ge 2 ]; }
wait_for 10 two
mote_in 60 update --cpuset-cpus 77 n
is "$status" 1 "no cgroup at create: a write fails"
is "$(cat "/proc/$(mote --root $STATE state --format=tsv n pid)/cgroup")" "0::/" "then it is where it was"
is "$(is_state n running; echo $?)" 0 "and lives"
[ ! -e $g/mote/n ]
is $? 0 "and no folder is left"
mote_in 60 update --pids-limit 9 n
told "no cgroup at create: update"
is "$(cat $g/mote/n/pids.max)" 9 "has made one, with the limit"
is "$(wc -l <$g/mote/n/cgroup.procs | tr -d ' ')" "$(mote --root $STATE ps --format json n | tr ',' '\n' | wc -l | tr -d ' ')" "with all its processes"
mote_in 60 pause n
told "now it can be paused"
is_state n paused
is $? 0 "and is"
mote_in 60 delete --force n
told "delete --force of a paused one"
same "nothing is left"

# --- device rules, live: the new program hangs before the old one goes
mote_in 60 run -d -b /bundles/live-knows k
last() { [ "$(tail -n 1 "$TESTDIR/.dev")" = "$1" ]; }
cp "$TESTDIR/.out" "$TESTDIR/.dev" 2>/dev/null
mote --root $STATE delete --force k
mote --root $STATE run -d -b /bundles/live-knows k </dev/null >"$TESTDIR/.dev" 2>&1
check "devices: shut" wait_for 10 last shut
printf '{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":1,"minor":11,"access":"r"}]}' >/tmp/r.json
mote_in 60 update -r /tmp/r.json k
told "devices: one more"
check "devices: open now" wait_for 10 last open
printf '{"devices":[{"allow":false,"access":"rwm"}]}' >/tmp/r.json
mote_in 60 update -r /tmp/r.json k
check "devices: and shut again" wait_for 10 last shut
is "$(grep -c NULL "$TESTDIR/.dev")" 0 "devices: what both lists allow was never denied"
mote_in 60 delete --force k

# --- pause
mote --root $STATE run -d -b /bundles/live-ticks t </dev/null >"$TESTDIR/.ticks" 2>&1
ticks() { [ "$(wc -l <"$TESTDIR/.ticks")" -gt "$1" ]; }
check "it runs" wait_for 10 ticks 2
mote_in 60 pause t
told "pause"
is "$(grep frozen $g/ticks/cgroup.events)" "frozen 1" "waits for the kernel's word"
n=$(wc -l <"$TESTDIR/.ticks")
sleep 1
is "$(wc -l <"$TESTDIR/.ticks")" "$n" "nothing runs"
mote_in 60 resume t
check "resume: it goes on" wait_for 10 ticks "$n"
mote_in 60 pause t
mote_in 60 kill t KILL
check "kill of a paused one" wait_for 10 is_state t stopped
mote_in 60 delete t

# --- stats and the OOM killer
mote --root $STATE run -d -b /bundles/live-hungry h </dev/null >/dev/null 2>&1
mote --root $STATE events --interval 1h h >/tmp/oom 2>&1 &
mote_in 60 stats --format=tsv h memory.usage.limit memory.swap.limit type
is "$out" "8388608	8388608	" "stats: the limit, and with swap"
mote_in 60 events --stats h
has "$out" '"psi":{"some":{"avg10":0.00' "stats: pressure"
has "$out" '"event_count":{' "stats: memory events"
check "events ends with the container" wait_for 20 is_state h stopped
wait
is "$(cat /tmp/oom)" '{"type":"oom","id":"h"}' "the OOM killer's word"
mote_in 60 delete h
same "nothing is left"
finish

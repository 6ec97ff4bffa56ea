#!/bin/busybox sh
# bootset.t - `mote boot` was process 1 of the machine: it has mounted everything, started a set, and gone to this root (see go, pid1:)
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= boot-first .mounts += [{destination: "/mnt", type: "bind", source: "/run", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "cat /proc/1/comm >/mnt/first; echo first >>/mnt/log"]
#= boot-kept .linux.resources = {pids: {limit: 7}, memory: {limit: 16777216}} | .linux.cgroupsPath = "/kept" | .mounts += [{destination: "/mnt", type: "bind", source: "/run", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "echo kept >>/mnt/log; trap 'echo end-kept >>/mnt/log; exit 0' TERM; echo >&3; while :; do sleep 1; done"]
#= boot-after .mounts += [{destination: "/mnt", type: "bind", source: "/run", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "echo after >>/mnt/log; trap 'echo end-after >>/mnt/log; exit 0' TERM; echo >&3; while :; do sleep 1; done"]
#= boot-kmsg .process.args = ["/bin/sh", "-c", "trap 'exit 0' TERM; echo to the kernel; while :; do sleep 1; done"]
#= boot-last .mounts += [{destination: "/mnt", type: "bind", source: "/run", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "echo last >>/mnt/log"]
. "$(dirname "$0")/guest.sh"

field() { mote boot --status --format=tsv 2>/dev/null | awk -v n="$1" -v k="$2" '$1 == n { print $k }'; }
field_is() { [ "$(field "$1" "$2")" = "$3" ]; }

is "$(is_initramfs && echo initramfs):$(tr '\0' ' ' </proc/1/cmdline | cut -d' ' -f1-3)" ":/bin/busybox sh /tests/vm/go" "process 1 is another program, in another root"
for m in /proc /sys /dev /dev/pts /dev/shm /run /sys/fs/cgroup; do
	is "$(awk -v m=$m '$5 == m { print 1; exit }' /proc/self/mountinfo)" 1 "$m is mounted"
done
case $(cat /sys/fs/cgroup/cgroup.subtree_control) in *memory*pids*) pass "the controllers are handed on" ;; *) fail "the controllers are handed on" "$(cat /sys/fs/cgroup/cgroup.subtree_control)" ;; esac
wait_for 20 grep -q after /run/log
is "$(tr '\n' ' ' </run/log)" "first kept after " "the set was started in its order"
is "$(cat /run/mote-boot/pid)" "$(cut -d' ' -f1 "/proc/$(cat /run/mote-boot/pid)/stat")" "the keeper lives on"
is "$(field 10-first 3) $(field 10-kept 3) $(field 20-after 3)" "done ready ready" "and the services"
is "$(field 15-left 3):$(field 15-left 5)" "skipped:0" "but the one that mote.skip of the kernel's command line names; who needs it has started"
is "$(cat /sys/fs/cgroup/kept/pids.max)" 7 "with their limits"
kill -KILL "$(field 20-after 4)"
check "one that ends starts again, from the initramfs that is no root any more" wait_for 30 field_is 20-after 5 2
check "and is ready" wait_for 30 field_is 20-after 3 ready
told_kernel() { [ "$(dmesg | grep -c ' 20-kmsg: to the kernel$')" = 1 ]; }
check "log kmsg: goes to the kernel's log, under the container's name" wait_for 20 told_kernel
wait_for 20 sh -c '[ "$(grep -c after /run/log)" = 2 ]'
mote_in 60 boot --poweroff
told() { [ "$status" = 0 ] && ! mote boot --status >/dev/null 2>&1; }
check "--poweroff tells the keeper, who is not process 1 and only ends" wait_for 30 told
is "$(tr '\n' ' ' </run/log)" "first kept after after end-after end-kept last " "in reverse, then onshutdown"
is "$(mote list -q | wc -l | tr -d ' '):$(ls /sys/fs/cgroup | grep -c kept)" "0:0" "nothing is left"
finish

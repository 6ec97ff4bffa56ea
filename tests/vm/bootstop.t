#!/bin/busybox sh
# bootstop.t - `mote boot --switch-root` without --keep-services: it was process 1, all was up, all has ended, and this is the new root
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
. "$(dirname "$0")/guest.sh"

is "$(is_initramfs && echo initramfs):$(tr '\0' ' ' </proc/1/cmdline | cut -d' ' -f1-3)" ":/bin/busybox sh /tests/vm/go" "process 1 is another program, in another root"
is "$(tr '\n' ' ' </run/log)" "first kept after end-after end-kept last " "the set was up, ended in reverse, and onshutdown had its turn"
is "$(mote list -q | wc -l | tr -d ' '):$(find /sys/fs/cgroup -name kept)" "0:" "no container is left, nor its cgroup"
mote_in 60 boot --status
is "$status" 1 "nobody keeps containers"
is "$(cat /proc/[0-9]*/comm | grep -c mote)" 0 "no mote is left"
for m in /proc /sys /dev /run /sys/fs/cgroup; do
	is "$(awk -v m=$m '$5 == m' /proc/self/mountinfo | wc -l | tr -d ' ')" 1 "$m is mounted, once"
done
is "$(awk '$5 == "/newroot" || $5 ~ /^\/set/' /proc/self/mountinfo)" "" "and nothing of the old root"
# The initramfs is memory that no name leads to any more, so that only the sum tells.
all=$(awk '/^Shmem:/ { print $2 }' /proc/meminfo) here=$(du -skx / | cut -f1)
note "in file systems of memory: $all KiB, of them in this root: $here KiB"
[ "$all" -lt $((here + 2048)) ]
is $? 0 "the initramfs has been emptied"
try exit8
is "$status" 8 "a container runs in the new root"
finish

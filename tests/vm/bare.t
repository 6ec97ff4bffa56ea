#!/bin/busybox sh
# bare.t - an init script that has mounted nothing: no /proc, no /sys, an empty /dev, no cgroups
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= exit7 .process.args = ["/probe", "exit", "7"]
#= everything .process.args = ["/probe", "all"]
#= limited .linux.resources = {pids: {limit: 5}} | .process.args = ["/probe", "true"]
#= userexit .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .process.args = ["/probe", "exit", "6"]
#= masked .linux.maskedPaths = ["/proc/kcore", "/sys/firmware"] | .process.args = ["/probe", "open", "/proc/kcore", "r", "++", "exit", "5"]
#= oneuser .linux.namespaces = [{type: "mount"}, {type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings | del(.hostname) | .mounts = [] | .process.args = ["/probe", "exit", "4"]

# First with nothing at all: not even a /dev/null, which the tools of the tests need.
[ ! -e /proc/self ] && [ ! -e /dev/null ] && [ "$(find /dev | wc -l)" -le 2 ]
nothing=$?
mkdir -p /first
mote run -b /bundles/exit7 box >/first/out 2>/first/err </dev/console
echo "$?" >/first/status
mote run -b /bundles/exit7 box >/first/closed.out 2>/first/closed.err <&-
echo "$?" >/first/closed
find /dev >/first/dev
# A /dev/null that is a file is what scripts leave in such a /dev.
: >/dev/null
. "$(dirname "$0")/guest.sh"

is $nothing 0 "nothing is mounted: no /proc, nothing but the console in /dev"
is "$(cat /first/status):$(cat /first/out /first/err)" "7:" "a container runs"
is "$(cat /first/closed):$(cat /first/closed.out /first/closed.err)" "7:" "and without a standard input"
is "$(cat /first/dev | tr '\n' ' ')" "/dev /dev/console " "nothing was made in /dev"
rm -r /first
try exit7
is "$status:$err" "7:" "with a /dev/null that is an ordinary file"
try everything
worked "and has all its own mounts"
has "$out" "mount./dev/pts=" "among them devpts"
has "$out" "dev./dev/null=" "and its devices"
try masked
case $out in
*ENOENT*) skip "what is masked is an empty file" "no /proc/kcore on this machine" ;;
*) is "$status:$out" "5:open /proc/kcore r: ok" "what is masked is an empty file, though the host has no /dev/null" ;;
esac
mote_in 30 run --rootfs /rootfs -- /probe exit 5
is "$status:$err" "5:" "run --rootfs"
try userexit
refused "a user namespace needs the host's devices, and says which" "/dev/null"
mote_in 30 create -b /bundles/exit7 c
is "$status:$err" "0:" "create"
mote_in 30 state c
has "$out" '"status": "created"' "state"
mote_in 30 start c
is "$status:$err" "0:" "start"
wait_for 10 is_state c stopped
is "$(state_of c)" stopped "it ends"
mote_in 30 delete c
is "$status:$err:$(ls $STATE)" "0::" "delete"
try limited
refused "a limit is refused" "linux.resources.pids.limit" "cgroup"
mote_in 30 run --rootfs /rootfs --pids 5 -- /probe true
refused "and with --pids as well" "cgroup"
is "$(ls $STATE)" "" "no state is left"
[ ! -e /proc/self ]
is $? 0 "nothing was mounted on the way"

# --- /proc, but no cgroup file system: the same answers for another reason
rm /dev/null
machine
host_is
try userexit
is "$status:$err" "6:" "with a devtmpfs: a user namespace"
try oneuser
is "$status:$err" "4:" "a user namespace of one id and a mount namespace, nothing else"
rm /rootfs/dev/* # where the devices had to go, without a /dev of its own
try limited
refused "with a /proc and no cgroups a limit is refused" "linux.resources.pids.limit" "no cgroup file system is mounted"
mote_in 30 run --rootfs /rootfs -- /probe cat /proc/self/cgroup
is "$status:$err" "0:" "without one it runs"
same "nothing is left"

# --- and what mounts them
mote_in 30 boot --mounts
is "$status:$err" "0:" "boot --mounts mounts what is missing"
is "$(awk '$5 == "/sys/fs/cgroup" { for (i = 6; $i != "-"; i++); print $(i + 1) }' /proc/self/mountinfo)" cgroup2 "among it cgroups of version 2"
try limited
is "$status:$err" "0:" "and a limit is had"
mounts=$(cat /proc/self/mountinfo)
mote_in 30 boot --mounts
is "$status:$err:$(cat /proc/self/mountinfo)" "0::$mounts" "a second time it mounts nothing"
umount /sys/fs/cgroup
finish

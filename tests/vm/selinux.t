#!/bin/busybox sh
# selinux.t - a kernel with SELinux and the policy of box.cil: process.selinuxLabel is the program's, exec's too, and linux.mountLabel
# that of the files of new mounts
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= se-none .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/probe", "cat", "/proc/self/attr/current", "++", "echo", "", "++", "open", "/mnt/new", "new"]
#= se-box .process.selinuxLabel = "u:r:box_t:s0:c1,c2" | .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/probe", "cat", "/proc/self/attr/current", "++", "echo", "", "++", "open", "/mnt/new", "new"]
#= se-mount .process.selinuxLabel = "u:r:box_t:s0:c1,c2" | .linux.mountLabel = "u:object_r:box_file_t:s0:c1,c2" | .linux.maskedPaths = ["/proc/fs"] | .mounts += [{destination: "/mnt", type: "tmpfs", source: "t", options: ["size=64k"]}] | .process.args = ["/probe", "open", "/mnt/new", "new", "++", "mkdir", "/mnt/folder", "++", "open", "/dev/mqueue/new", "new", "++", "cat", "/proc/self/mountinfo"]
#= se-badmount .linux.mountLabel = "u:object_r:no_such_t:s0" | .process.args = ["/probe", "echo", "RAN"]
#= se-shut .process.selinuxLabel = "u:r:shut_t:s0" | .process.args = ["/probe", "echo", "RAN"]
#= se-nosuch .process.selinuxLabel = "u:r:no_such_t:s0" | .process.args = ["/probe", "echo", "RAN"]
#= se-sleep .process.selinuxLabel = "u:r:box_t:s0:c1" | .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/bin/sleep", "1000"]
. "$(dirname "$0")/guest.sh"

machine
[ -s /policy/selinux ] || skip_all "needs secilc where the machine was made"
try se-box
refused "without selinuxfs a label is refused by name" process.selinuxLabel "SELinux is not active"
mount -t selinuxfs selinuxfs /sys/fs/selinux
try se-box
refused "and so it is before there is a policy" process.selinuxLabel "SELinux is not active"
dd if=/policy/selinux of=/sys/fs/selinux/load bs=1M 2>"$TESTDIR/dd" || cat "$TESTDIR/dd"
echo 1 >/sys/fs/selinux/enforce
is "$(tr -d '\0' </proc/self/attr/current):$(cat /sys/fs/selinux/enforce)" "u:r:kernel_t:s0-s0:c0.c2:1" "SELinux has the policy and enforces it"
host_is

# label: what attr/current holds ends with a zero byte or none
label() { printf '%s\n' "$out" | tr -d '\0' | head -n 1; }
try se-none
is "$status:$(label)" "0:u:r:kernel_t:s0-s0:c0.c2" "without a label the program has mote's"
has "$out" "open /mnt/new new: ok" "and may make files"
try se-box
is "$status:$(label)" "1:u:r:box_t:s0:c1,c2" "with one /proc/self/attr/current says so"
has "$out" "open /mnt/new new: EACCES" "and what the policy does not allow it is refused"
try se-mount
has "$out" "open /mnt/new new: ok
mkdir /mnt/folder: ok" "mountLabel: in a tmpfs of that label it may make files"
has "$out" "open /dev/mqueue/new new: ok" "and in /dev/mqueue, which is labelled behind its mount"
label_of() { printf '%s\n' "$out" | awk -v at="$1" '$5 == at { print $NF }' | sed -n 's/.*context="*\([^" ]*\).*/\1/p' | tail -n 1; }
is "$(label_of /mnt)" "u:object_r:box_file_t:s0:c1,c2" "the tmpfs has it, category for category"
is "$(label_of /dev)" "u:object_r:box_file_t:s0:c1,c2" "and so has /dev"
is "$(label_of /dev/pts)" "u:object_r:box_file_t:s0:c1,c2" "/dev/pts"
is "$(label_of /proc/fs)" "u:object_r:box_file_t:s0:c1,c2" "what masks a folder"
is "$(label_of /proc)" "" "and not /proc"
try se-badmount
refused "a mount label that the policy does not know" "mount"
hasnt "$out" RAN "has run nothing"
try se-shut
check "a label that the policy does not let us have is refused" test "$status" != 0
hasnt "$out" RAN "has run nothing"
try se-nosuch
refused "a label that the policy does not know" u:r:no_such_t:s0
hasnt "$out" RAN "has run nothing"

mote_in 60 run -d -b /bundles/se-sleep box
is "$status:$err" "0:" "a container that stays"
mote_in 60 exec box /probe cat /proc/self/attr/current ++ echo "" ++ open /mnt/new new
is "$(label)" "u:r:box_t:s0:c1" "exec has the container's label"
has "$out" "open /mnt/new new: EACCES" "and is refused the same"
mote_in 60 exec --process-label u:r:other_t:s0 box /probe cat /proc/self/attr/current
is "$(label)" "u:r:other_t:s0" "exec --process-label another one"
mote_in 60 exec --process-label u:r:shut_t:s0 box /probe echo RAN
check "exec with one that the policy does not let us have is refused" test "$status" != 0
hasnt "$out" RAN "and has not run"
mote_in 60 delete --force box
same "nothing is left of it all"
finish

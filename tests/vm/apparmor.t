#!/bin/busybox sh
# apparmor.t - a kernel with AppArmor and the profiles of box.apparmor: process.apparmorProfile confines the program, exec's too
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= aa-none .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/probe", "cat", "/proc/self/attr/current", "++", "open", "/mnt/secret", "new", "++", "open", "/mnt/other", "new"]
#= aa-box .process.apparmorProfile = "mote-box" | .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/probe", "cat", "/proc/self/attr/current", "++", "open", "/mnt/secret", "new", "++", "open", "/mnt/other", "new"]
#= aa-user .process.apparmorProfile = "mote-box" | .process.noNewPrivileges = false | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/probe", "cat", "/proc/self/attr/current", "++", "open", "/mnt/secret", "new"]
#= aa-unconfined .process.apparmorProfile = "unconfined" | .process.args = ["/probe", "cat", "/proc/self/attr/current"]
#= aa-nosuch .process.apparmorProfile = "no-such-profile" | .process.args = ["/probe", "echo", "RAN"]
#= aa-sleep .process.apparmorProfile = "mote-box" | .mounts += [{destination: "/mnt", type: "tmpfs", source: "t"}] | .process.args = ["/bin/sleep", "1000"]
. "$(dirname "$0")/guest.sh"

machine
[ -s /policy/apparmor ] || skip_all "needs apparmor_parser where the machine was made"
mount -t securityfs securityfs /sys/kernel/security
is "$(cat /sys/module/apparmor/parameters/enabled)" Y "AppArmor is active"
try aa-box
refused "before the profile is loaded nothing runs under it" mote-box
dd if=/policy/apparmor of=/sys/kernel/security/apparmor/.load bs=1M 2>"$TESTDIR/dd" || cat "$TESTDIR/dd"
has "$(cat /sys/kernel/security/apparmor/profiles)" "mote-box (enforce)" "the profiles are loaded"
host_is

try aa-none
is "$status:$out" "0:unconfined
open /mnt/secret new: ok
open /mnt/other new: ok" "without a profile the program is unconfined and may do both"
try aa-box
has "$out" "mote-box (enforce)" "with it /proc/self/attr/current names it"
has "$out" "open /mnt/secret new: EACCES" "what it forbids is refused"
has "$out" "open /mnt/other new: ok" "what it does not is not"
try aa-user
has "$out" "mote-box (enforce)
open /mnt/secret new: EACCES" "in a user namespace as well"
try aa-unconfined
is "$status:$out" "0:unconfined" "unconfined is no profile"
try aa-nosuch
refused "one that is not loaded is refused by name" no-such-profile apparmor
hasnt "$out" RAN "and the program has not run"

mote_in 60 run -d -b /bundles/aa-sleep box
is "$status:$err" "0:" "a container that stays"
is "$(cat /proc/"$(mote --root $STATE state box | sed -n 's/.*"pid": \([0-9]*\).*/\1/p')"/attr/current)" "mote-box (enforce)" \
	"seen from the host"
mote_in 60 exec box /probe cat /proc/self/attr/current ++ open /mnt/secret new ++ open /mnt/third new
is "$out" "mote-box (enforce)
open /mnt/secret new: EACCES
open /mnt/third new: ok" "exec has the container's profile"
mote_in 60 exec --apparmor mote-other box /probe cat /proc/self/attr/current ++ open /mnt/secret new
is "$out" "mote-other (enforce)
open /mnt/secret new: ok" "exec --apparmor another one"
mote_in 60 exec --apparmor no-such-profile box /probe echo RAN
check "exec with one that is not loaded is refused" test "$status" != 0
has "$err" no-such-profile "by name"
hasnt "$out" RAN "and has not run"
mote_in 60 delete --force box
same "nothing is left of it all"
finish

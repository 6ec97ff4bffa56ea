#!/bin/sh
# lsm.t - AppArmor profiles and SELinux labels: refused by name where the kernel has none, written where it has
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root LSM PLAN cmd:jq
export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
before
label=system_u:object_r:container_file_t:s0:c1,c2

# refused_by_name MEMBER MODULE FILTER: at create, before anything is there
refused_by_name() {
	box_bundle "$3" true
	mote_in 20 create -b "$TESTDIR/b" box
	refused "$1 without $2" "$1" "$2 is not active" M-36
}
if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
	box '.process.apparmorProfile = "unconfined"' true
	worked "unconfined"
	box '.process.apparmorProfile = "no-such-profile"' true
	refused "a profile that is not loaded" apparmor "no such profile"
else
	refused_by_name process.apparmorProfile AppArmor '.process.apparmorProfile = "docker-default"'
	box '.process.apparmorProfile = "unconfined"' true
	worked "unconfined is what every program is without AppArmor"
	box '.process.apparmorProfile = ""' true
	worked "an empty name is none"
fi
if [ -e /sys/fs/selinux/enforce ]; then
	skip "selinux" "this kernel has it, and its policy is not this test's"
else
	refused_by_name process.selinuxLabel SELinux ".process.selinuxLabel = \"$label\""
	refused_by_name linux.mountLabel SELinux ".linux.mountLabel = \"$label\""
fi
clean "nothing is left of it all"
finish

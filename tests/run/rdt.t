#!/bin/sh
# rdt.t - linux.intelRdt: refused where no resctrl is mounted, used where one is; tests/unit/test_rdt.c has the rules
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root RDT cmd:jq cmd:strace
export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
before
root=$(awk '/ - resctrl / { print $5 }' /proc/self/mountinfo)
if [ -z "$root" ]; then
	for rdt in '{}' '{closID: "/"}' '{closID: "gold", l3CacheSchema: "L3:0=f"}' '{enableMonitoring: true}'; do
		box ".linux.intelRdt = $rdt" true
		refused "without resctrl: $rdt" linux.intelRdt "no resctrl file system is mounted" M-86
	done
	box_bundle '.linux.intelRdt = {}' true
	mote_in 20 create -b "$TESTDIR/b" box
	refused "at create as well" linux.intelRdt M-86
else
	box '.linux.intelRdt = {}' sleep 0
	worked "a group of its own"
	check "it is gone" test ! -e "$root/box"
	box '.linux.intelRdt = {closID: "no-such-group"}' true
	refused "a group that is not there" M-93
	box '.linux.intelRdt = {closID: "/"}' true
	worked "the group of all"
fi
# Without it nobody looks for one (M-87).
box_bundle '.linux.resources = {} | del(.linux.cgroupsPath)' true
strace -f -qq -e trace=openat,mkdir,mkdirat -o "$TESTDIR/trace" "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
hasnt "$(cat "$TESTDIR/trace")" resctrl "without intelRdt nothing of resctrl is touched"
clean "nothing is left of it all"
finish

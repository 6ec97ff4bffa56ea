#!/bin/sh
# version.t - ociVersion through the binary, and a config.json that is edited behind create's back
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq
export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
before

for v in 1.0.0 1.0.2-dev 1.0.2-dobby 1.2.1+build.5 1.3.0 1.3.0-rc.1; do
	box ".ociVersion = \"$v\" | .rdkPlugins = {x: {}} | .linux.resources.more = {}" true
	is "$status:$err" 0: "$v is taken, and what it does not know is ignored"
done
for v in 1.4.0 1.99.0-dev; do
	box ".ociVersion = \"$v\"" true
	is "$status:$err" 0: "$v is taken while all of it is known"
	box ".ociVersion = \"$v\" | .linux.future = {x: 1}" true
	refused "$v with what it is not" linux.future "ociVersion is newer" M-3
	if have VALIDATE; then
		run_in 20 "$MOTE" validate "$TESTDIR/b"
		is "$status:$(echo "$err$out" | grep -c 'error: linux.future: .*ociVersion is newer')" 1:1 "$v with what it is not: validate"
	fi
	box ".ociVersion = \"$v\" | .process.user.more = 1" true
	refused "$v, further down" process.user.more
done
for v in 0.9.0 2.0.0 1 1.0 1.0.0.0 v1.0.0 01.0.0 '' '1.0.0-a..b'; do
	box ".ociVersion = \"$v\"" true
	refused "'$v' is refused" ociVersion
done
box 'del(.ociVersion)' true
refused "none is refused" ociVersion M-2

# M-26: start runs what create was given.
box_bundle '.process.args = ["/bin/sh", "-c", "echo first >/said"]' x
mote_in 20 create -b "$TESTDIR/b" box
jq '.process.args = ["/bin/sh", "-c", "echo second >/said"] | .hostname = "other" | .process.user.uid = 7' "$TESTDIR/b/config.json" >"$TESTDIR/new" &&
	mv "$TESTDIR/new" "$TESTDIR/b/config.json"
mote_in 20 start box
is "$status:$err" 0: "start, after an edit"
wait_for 5 test -s "$TESTDIR/rootfs/said"
is "$(cat "$TESTDIR/rootfs/said")" first "runs what create has read"
mote_in 20 delete --force box
box_bundle . true
mote_in 20 create -b "$TESTDIR/b" box
rm "$TESTDIR/b/config.json"
mote_in 20 start box
is "$status:$err" 0: "start, after its config.json is gone"
mote_in 20 delete --force box
rm -f "$TESTDIR/rootfs/said"
clean "nothing is left of it all"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# pause.t - pause and resume on the host's own cgroups, on version 1 and on version 2 alone; what state says; the end of a
# paused container
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:unshare PAUSE
private_pids "$@"
if [ -z "${CG_PRIVATE:-}" ]; then
	cleanup
	CG_PRIVATE=1 exec unshare --mount --propagation private sh "$0" "$@"
fi

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
top=/mote-$SNAPSHOT_CGROUPS
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
left() { find /sys/fs/cgroup -depth -type d -path "*$top*" 2>/dev/null | head -n 5; }
mkrootfs "$TESTDIR/rootfs"
tick=$TESTDIR/rootfs/tmp/tick
# A program whose file grows while it runs.
start() {
	rm -f "$tick"
	mkbundle "$b" "${1:-.} | .process.args = [\"/bin/sh\", \"-c\", \"while :; do echo >>/tmp/tick; sleep 0.02; done\"] | .root.readonly = false"
	mote run -d -b "$b" c </dev/null >"$TESTDIR/.c-out" 2>&1
	wait_for 5 test -s "$tick"
}
size() { wc -c <"$tick" | tr -d ' '; }
grows() { [ "$(size)" -gt "$1" ]; }
stopped() { [ "$(state_of c status)" = stopped ]; }

tests_of() {
	start ".linux.cgroupsPath = \"$top\""
	mote_in 10 pause c
	is "$status:$out:$err" 0:: "$1: pause, no word"
	is "$(state_of c status)" paused "$1: state says paused"
	is "$(state_of c pid)" "$(mote list --format json | jq '.[0].pid')" "$1: its pid is still told"
	is "$(mote list | awk '$1 == "c" { print ($2 > 0) $3 }')" 1paused "$1: list says so"
	n=$(size)
	sleep 0.3
	is "$(size)" "$n" "$1: nothing runs"
	mote_in 10 pause c
	is "$status" 1 "$1: pause again fails"
	has "$err" "already paused" "$1: and says why"
	mote_in 10 start c
	has "$err" "paused" "$1: start is refused"
	mote_in 10 delete c
	is "$status" 1 "$1: delete without force is refused"
	mote_in 10 resume c
	is "$status:$out:$err" 0:: "$1: resume, no word"
	is "$(state_of c status)" running "$1: state says running"
	check "$1: it goes on" wait_for 5 grows "$n"
	mote_in 10 resume c
	is "$status" 1 "$1: resume again fails"
	has "$err" "container not paused" "$1: and says why"

	mote pause c
	mote_in 10 kill c KILL
	is "$status:$err" 0: "$1: kill of a paused one"
	check "$1: ends it" wait_for 5 stopped
	mote delete c
	is "$(left)" "" "$1: nothing is left"

	start ".linux.cgroupsPath = \"$top\""
	mote pause c
	mote_in 10 kill -a c KILL
	is "$status:$err" 0: "$1: kill --all of a paused one"
	check "$1: ends it as well" wait_for 5 stopped
	mote delete c

	start ".linux.cgroupsPath = \"$top\""
	mote pause c
	mote_in 10 delete --force c
	is "$status:$err" 0: "$1: delete --force of a paused one"
	is "$(left)" "" "$1: nothing is left"

	# A created one can be paused too.
	mkbundle "$b" ".linux.cgroupsPath = \"$top\" | .process.args = [\"/bin/sleep\", \"60\"]"
	mote create -b "$b" c </dev/null >/dev/null 2>&1
	mote_in 10 pause c
	is "$status:$err:$(state_of c status)" 0::paused "$1: pause of a created one"
	mote_in 10 resume c
	is "$status:$err:$(state_of c status)" 0::created "$1: and resume"
	mote_in 10 start c
	is "$status:$err:$(state_of c status)" 0::running "$1: it starts then"
	mote delete --force c
	is "$(left)" "" "$1: nothing is left"
}

tests_of host
private_cgroup1 && [ -d /sys/fs/cgroup/freezer ] && tests_of "version 1"
private_cgroup2
tests_of "version 2"

start 'del(.linux.cgroupsPath) | del(.linux.resources) | .mounts |= map(select(.type != "cgroup"))'
mote_in 10 pause c
is "$status" 1 "without a cgroup: pause fails"
has "$err" "has no cgroup" "without a cgroup: and says why"
is "$(state_of c status)" running "without a cgroup: it runs on"
kill -KILL "$(state_of c pid)"
wait_for 5 stopped
for verb in pause resume; do
	mote_in 10 $verb c
	is "$status" 1 "$verb of a stopped one fails"
	has "$err" "container not running" "$verb of a stopped one: says so"
	mote_in 10 $verb nosuch
	is "$status" 1 "$verb of none fails"
	has "$err" "does not exist" "$verb of none: says so"
done
mote delete c
finish

#!/bin/sh
# rdt.t - linux.intelRdt: refused where no resctrl is mounted, used where one is; on a stand-in otherwise; tests/unit/test_rdt.c has the rules
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_mounts
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
# --- a stand-in, for few machines have resctrl (tests/vm/resctrl.t has the kernel's own).  mote knows it by the mount's type in /proc/self/mountinfo, so that file says it of
# another folder: first one of a version 1 hierarchy of cgroups, where groups have tasks that the kernel keeps, then one of plain
# files, where what was written stays.  What is not shown: that a processor does what the schemata say.
if [ -n "$root" ] || [ ! -d /sys/fs/cgroup/freezer ]; then
	skip "groups of a stand-in" "needs the freezer of cgroup v1, and no resctrl"
	clean "nothing is left of it all"
	finish
fi
stand=/sys/fs/cgroup/freezer/${TESTDIR##*/}
mkdir "$stand" "$TESTDIR/files"
at_exit 'find "$stand" -depth -type d -exec rmdir "{}" ";" 2>/dev/null'
# on FOLDER ARGUMENT...: mote, told that this is resctrl; its pid is that of the shell
on() {
	on_folder=$1
	shift
	# shellcheck disable=SC2016
	run_in 20 sh -c 'folder=$1 file=$2 && shift 2 && { cat /proc/self/mountinfo && echo "999 1 0:99 / $folder rw - resctrl resctrl rw"; } >$file &&
		mount --bind $file /proc/$$/mountinfo && exec "$@"' sh "$on_folder" "$TESTDIR/mountinfo" $via "$MOTE" --root "$STATE" "$@"
}
via=''
# up FOLDER RDT: a container that waits, with its pid in $pid
up() {
	box_bundle "del(.linux.cgroupsPath, .linux.resources) | .linux.intelRdt = $2" sleep 1000
	on "$1" create -b "$TESTDIR/b" box

	pid=$("$MOTE" --root "$STATE" state box 2>/dev/null | jq -r .pid)
}
down() { on "$1" delete --force box; }
# The tracer goes on behind mote's end: it must have seen that.
traced() { tail -n 1 "$TESTDIR/trace" | grep -q "exited with"; }
groups() { (cd "$stand" && find . -type d | sort | tr '\n' ' '); }
in_group() { grep -qx "$pid" "$stand/$1/tasks"; }

up "$stand" '{}'
is "$status:$(groups)" "0:. ./box " "without a closID there is a group of the container's name (M-91)"
check "and the container is in it (M-86)" in_group box
down "$stand"
is "$(groups)" ". " "which goes with the container"
mkdir "$stand/box"
box_bundle 'del(.linux.cgroupsPath, .linux.resources) | .linux.intelRdt = {}' true
on "$stand" run -b "$TESTDIR/b" box
refused "a group of that name that is there is another's" linux.intelRdt M-91
is "$(groups)" ". ./box " "and stays"
rmdir "$stand/box"
mkdir "$stand/gold"
up "$stand" '{closID: "gold"}'
check "a closID: the container is in that group" in_group gold
on "$stand" exec -d --pid-file "$TESTDIR/pid" box /bin/sleep 1000
check "and what exec starts in it" grep -qx "$(cat "$TESTDIR/pid")" "$stand/gold/tasks"
down "$stand"
is "$(groups)" ". ./gold " "which stays (M-94)"
up "$stand" '{closID: "/"}'
check "the group of all (M-88)" in_group .
is "$(groups)" ". ./gold " "and no other"
down "$stand"
box_bundle 'del(.linux.cgroupsPath, .linux.resources) | .linux.intelRdt = {closID: "silver"}' true
on "$stand" run -b "$TESTDIR/b" box
refused "a group that is not there (M-93)" linux.intelRdt M-93
is "$(groups)" ". ./gold " "and is not made"
mkdir "$stand/gold/mon_groups"
up "$stand" '{closID: "gold", enableMonitoring: true}'
is "$status:$(groups)" "0:. ./gold ./gold/mon_groups ./gold/mon_groups/box " "enableMonitoring: a group of the container's name (M-95)"
check "with the container in it" in_group gold/mon_groups/box
down "$stand"
is "$(groups)" ". ./gold ./gold/mon_groups " "which goes with the container"
box_bundle 'del(.linux.cgroupsPath, .linux.resources) | .linux.intelRdt = {enableMonitoring: true}' true
on "$stand" run -b "$TESTDIR/b" box
refused "one that cannot be made is an error" mon_groups
is "$(groups)" ". ./gold ./gold/mon_groups " "and the group made before it is gone again"
box_bundle 'del(.linux.cgroupsPath, .linux.resources)' true
via="strace -D -f -q -e trace=file -o $TESTDIR/trace"
on "$stand" run -b "$TESTDIR/b" box
via=''
wait_for 10 traced
is "$status:$(grep -c "$stand" "$TESTDIR/trace")" "0:0" "without intelRdt nothing there is touched (M-87)"
rmdir "$stand/gold/mon_groups" "$stand/gold" "$stand"

# plain files: what was written
f=$TESTDIR/files
mkdir "$f/silver"
: >"$f/silver/tasks"
printf '    MB:0=100;1=100\n    L3:0=0ff;1=0ff\n' >"$f/silver/schemata"
via="strace -D -f -q -s 200 -e trace=write -o $TESTDIR/trace"
up "$f" '{closID: "silver", l3CacheSchema: "L3:0=ff;1=ff", memBwSchema: "MB:0=100;1=100", schemata: ["L3:0=f", "MB:1=50"]}'
via=''
wait_for 10 grep -q MB:1=50 "$TESTDIR/trace"
is "$status:$(sed -n 's/.*write([0-9]*, "\(L3[^"]*\|MB[^"]*\)".*/\1/p' "$TESTDIR/trace" | tr '\n' ' ')" \
	'0:L3:0=ff;1=ff\nMB:0=100;1=100\n L3:0=f\nMB:1=50\n ' "l3CacheSchema, memBwSchema, then schemata, in this order (M-90)"
check "and the pid (M-86)" test -n "$pid" -a "$(cat "$f/silver/tasks")" = "$pid"
down "$f"
printf '    MB:0=100;1=100\n    L3:0=0ff;1=0ff\n' >"$f/silver/schemata"
box_bundle 'del(.linux.cgroupsPath, .linux.resources) | .linux.intelRdt = {closID: "silver", l3CacheSchema: "L3:0=f"}' true
on "$f" run -b "$TESTDIR/b" box
refused "a group with another schema (M-92)" linux.intelRdt M-92
is "$(cat "$f/silver/schemata")" "    MB:0=100;1=100
    L3:0=0ff;1=0ff" "which stays as it was"
up "$f" '{closID: "silver"}'
is "$status:$(cat "$f/silver/schemata")" "0:    MB:0=100;1=100
    L3:0=0ff;1=0ff" "without a schema none is written (M-90)"
: >"$f/silver/schemata"
on "$f" update --l3-cache-schema 'L3:0=3' --mem-bw-schema 'MB:1=20' box
is "$status:$(cat "$f/silver/schemata")" "0:L3:0=3
MB:1=20" "update writes both to the container's group"
down "$f"
for rdt in '{closID: "silver", memBwSchema: "L3:0=f"}' '{closID: "silver", memBwSchema: "MB:0=1\nMB:1=1"}' '{closID: "silver", schemata: ["L3:0=f\nL3:1=f"]}'; do
	box_bundle "del(.linux.cgroupsPath, .linux.resources) | .linux.intelRdt = $rdt" true
	on "$f" run -b "$TESTDIR/b" box
	refused "refused: $rdt (M-89)" linux.intelRdt M-89
done
rm -r "$f"
clean "nothing is left of it all"
finish

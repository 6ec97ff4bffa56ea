#!/bin/sh
# SPDX-License-Identifier: MIT
# exitfile.t - --exit-file and --record: the reaper, what it writes, how small it is, and that there is none unless asked for
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq REAPER
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b x=$TESTDIR/x
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
sh_bundle() { mkbundle "$b" "$(args /bin/sh -c "$1")"; }
mote() { "$MOTE" --root "$STATE" "$@"; }
reapers() { grep -lza "^reaper" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3; }
mkrootfs "$TESTDIR/rootfs"
before

sh_bundle 'sleep 0.5; exit 7'
mote run -d -b "$b" one </dev/null
is "$(reapers)" "" "without an option that needs it there is no reaper"
mote wait one
mote delete one

sh_bundle 'while ! test -e /mnt/go; do sleep 0.1; done; exit 7'
(cd "$TESTDIR" && mote run -d -b "$b" --exit-file x --pid-file pid one </dev/null)
# It lets its caller go and executes itself anew then.
some() { [ -n "$(reapers)" ]; }
wait_for 10 some
reaper=$(reapers)
is "$(awk '/^PPid/ { print $2 }' "/proc/$(cat "$TESTDIR/pid")/status")" "$reaper" "run -d --exit-file: the reaper is the container's parent"
is "$(awk '{ print $6 }' "/proc/$reaper/stat")" "$reaper" "... in a session of its own"
is "$(readlink "/proc/$reaper/cwd")" / "... and in no folder but /"
is "$(find "/proc/$reaper/fd" -type l -printf '%l ' 2>/dev/null | tr ' ' '\n' | grep -cv -e /dev/null -e signalfd -e '^$')" 0 "... with nothing open"
own=$(awk '/^Anonymous:/ { print $2 }' "/proc/$reaper/smaps_rollup")
check "... with $own KB of memory of its own, at most 100" test "$own" -le 100
check "no exit file before the end" test ! -e "$x"
: >"$TESTDIR/rootfs/mnt/go"
wait_for 10 test -e "$x"
is "$(od -An -c "$x" | tr -d ' ')" '7\n' "the exit file: decimal, newline"
is "$(mote state one | jq -c '[.status, .exitCode, .exitSignal, .oomKilled]')" '["stopped",7,null,false]' "the state has it as well by then"
mote delete one
wait_for 5 sh -c "! test -d /proc/$reaper" && pass "the reaper has ended" || fail "the reaper has ended"

echo 99 >"$x"
mkbundle "$b" ".linux.namespaces |= map(select(.type != \"pid\")) | $(args /bin/sh -c 'kill -KILL $$; sleep 9')"
mote create -b "$b" --exit-file "$x" one </dev/null
check "create --exit-file: an old file is gone" test ! -e "$x"
mote start one
wait_for 10 test -e "$x"
is "$(cat "$x"):$(mote state one | jq .exitSignal)" 137:9 "create, start: 128 + signal"
mote delete one

# The reaper is held up: whoever waits, waits for what it writes.
sh_bundle 'sleep 60'
mote run -d -b "$b" --exit-file "$x" one </dev/null
wait_for 10 some
kill -STOP "$(reapers)"
mote kill one KILL
dead() { [ "$(awk '{ print $3 }' "/proc/$pid/stat" 2>/dev/null || echo Z)" = Z ]; }
pid=$(mote state one | jq .pid)
wait_for 10 dead
run_in 1 "$MOTE" --root "$STATE" wait one
is "$status" 124 "wait: the container has ended, and its reaper has not written it down"
check "... there is no exit file" test ! -e "$x"
mote state one >"$TESTDIR/late" &
lib_pids="$lib_pids $!"
late=$!
kill -CONT "$(reapers)"
mote_in 10 wait one
is "$status:$(cat "$x")" 137:137 "wait: the exit file is there when it returns"
wait "$late"
is "$(jq -c '[.status, .exitCode]' "$TESTDIR/late")" '["stopped",137]' "state: of a container that has ended it waits for the reaper's record"
mote delete one
rm -f "$x"

sh_bundle 'sleep 60'
mote run -d -b "$b" --exit-file "$x" one </dev/null
mote delete --force one
wait_for 10 test -e "$x"
is "$(cat "$x")" 137 "delete --force: the file is written all the same"
rm -f "$x"

sh_bundle 'exit 5'
mote_in 10 run -b "$b" --exit-file "$x" one
is "$status:$(cat "$x")" "5:5" "run in the foreground writes it too"
mkbundle "$b" "$(args /nosuch)"
mote_in 10 run -d -b "$b" --exit-file "$x" one
is "$status:$out" 1: "a container that cannot be made: status 1"
has "$err" 'exec: "/nosuch": executable file not found' "... the reaper's words come through, once"
is "$(printf '%s\n' "$err" | wc -l)" 1 "... in one line"
check "... and no exit file" test ! -e "$x"
mote_in 10 run -d -b "$b" --exit-file /nosuch/x one
is "$status" 1 "an exit file in no folder: refused"
has "$err" "exit file /nosuch/x: no such file or directory" "... by name"

# The caller's pipes are not held by the reaper.
sh_bundle 'exec sleep 1 >/dev/null 2>&1'
is "$(timeout 0.8 "$MOTE" --root "$STATE" run -d -b "$b" --record one </dev/null 2>&1; echo $?)" 0 "the caller's output is not held open"
mote wait one >/dev/null
mote delete --force one

# Out of memory, with whatever memory controller there is.
if [ -d /sys/fs/cgroup/memory ] || grep -qs memory /sys/fs/cgroup/cgroup.controllers; then
	mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS\" | .linux.resources.memory = {limit: 8388608, swap: 8388608} | $(args /bin/sh -c 'x=$(head -c 30000000 /dev/zero | tr "\0" x); exit 3')"
	mote run -d -b "$b" --exit-file "$x" one </dev/null
	wait_for 20 test -e "$x"
	is "$(mote state one | jq .oomKilled)" true "oomKilled: true after the kernel has killed in the container"
	mote delete one
	mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS\" | .linux.resources.memory = {limit: 33554432} | $(args /bin/sh -c 'kill -9 $$; exit 3')"
	mote run -d -b "$b" --record one </dev/null
	wait_for 20 sh -c "'$MOTE' --root '$STATE' state one | grep -q exitCode"
	is "$(mote state one | jq .oomKilled)" false "... and false after another end"
	mote delete one
else
	skip "oomKilled" "no memory controller"
fi
rm -f "$x" "$TESTDIR/pid"
sleep 0.3
clean "nothing is left"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# wait.t - the verb wait: status, several waiters, zombies, an end that nobody saw, a pid that is somebody else's by now
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq REAPER
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
sh_bundle() { mkbundle "$b" "$(args /bin/sh -c "$1")"; }
mote() { "$MOTE" --root "$STATE" "$@"; }
mkrootfs "$TESTDIR/rootfs"
before

# The 6.15 kernel tells of processes that have been reaped; before it, only root's look at the zombie is left.
new_kernel() { uname -r | awk -F'[.-]' '{ exit !($1 > 6 || ($1 == 6 && $2 >= 15)) }'; }

for code in 0 7 255; do
	sh_bundle "sleep 0.3; exit $code"
	mote run -d -b "$b" one </dev/null
	mote_in 10 wait one
	if new_kernel; then
		is "$status:$out:$err" "$code::" "wait: exit status $code, and no word"
	else
		skip "wait: exit status $code" "needs Linux 6.15"
	fi
	mote delete one
done
mkbundle "$b" ".linux.namespaces |= map(select(.type != \"pid\")) | $(args /bin/sh -c 'sleep 0.3; kill -TERM $$; sleep 9')"
mote run -d --record -b "$b" one </dev/null
mote_in 10 wait --print one
is "$status:$out:$err" "0:143:" "wait --print: 128 + signal as a line, and status 0"
wait_for 5 sh -c "'$MOTE' --root '$STATE' state one | grep -q exitCode"
mote_in 10 wait --print one
is "$status:$out:$err" "0:143:" "wait: again, from what was recorded"
is "$(mote state one | jq -c '[.exitCode, .exitSignal, .oomKilled]')" "[143,15,false]" "state: exitCode, exitSignal, oomKilled"
mote delete one

sh_bundle 'sleep 1; exit 5'
mote create --record -b "$b" one </dev/null
for i in 1 2 3 4; do
	{ mote wait one; echo $? >"$TESTDIR/w$i"; } &
	lib_pids="$lib_pids $!"
done
mote start one
wait_for 10 test -s "$TESTDIR/w1" -a -s "$TESTDIR/w2" -a -s "$TESTDIR/w3" -a -s "$TESTDIR/w4"
is "$(cat "$TESTDIR"/w[1234] | tr '\n' ' ')" "5 5 5 5 " "wait: four at once, from before the start"
mote delete one

# A parent that does not look: the status is in the zombie.
cat >"$TESTDIR/lazy" <<X
"$MOTE" --root "$STATE" run --keep -b "$b" one </dev/null &
until "$MOTE" --root "$STATE" state one 2>/dev/null | grep -q running; do sleep 0.05; done
kill -STOP \$!
: >"$TESTDIR/asleep"
sleep 4
kill -CONT \$!
wait
X
sh_bundle 'while ! test -e /mnt/go; do sleep 0.1; done; exit 9'
sh "$TESTDIR/lazy" &
lib_pids="$lib_pids $!"
wait_for 5 test -e "$TESTDIR/asleep"
: >"$TESTDIR/rootfs/mnt/go"
mote_in 3 wait one
is "$status" 9 "wait: a zombie whose parent sleeps has told already"
wait "$!"
mote delete one

# Whoever comes too late, and nobody has recorded it.
sh_bundle 'exit 3'
mote run -d -b "$b" one </dev/null
wait_for 5 sh -c "'$MOTE' --root '$STATE' state one | grep -q stopped"
sleep 0.3
mote_in 10 wait one
is "$status" 1 "wait: too late: status 1"
has "$err" "is not known: nobody recorded it" "wait: too late: said so"

# The pid belongs to another process by now: start time differs, so the wait is over at once.
sleep 60 &
other=$!
lib_pids="$lib_pids $other"
jq ".pid = $other" "$STATE/one/state.json" >"$TESTDIR/s" && cp "$TESTDIR/s" "$STATE/one/state.json"
mote_in 5 wait one
is "$status" 1 "wait: a new process with the old pid is not waited for"
check "... nor touched" kill -0 "$other"
kill "$other"
mote delete one

mote_in 5 wait nosuch
is "$status:$err" '1:wait nosuch: container "nosuch" does not exist' "wait: no such container"
sleep 0.2
clean "wait: nothing is left"
finish

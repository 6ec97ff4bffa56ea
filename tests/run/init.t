#!/bin/sh
# SPDX-License-Identifier: MIT
# init.t - --init: reaps, passes signals on, ends with the program; by run, create and run --rootfs, with and without a terminal
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq INIT
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
sh_bundle() { mkbundle "$b" "${2:-.} | $(args /bin/sh -c "$1")"; }
mote() { "$MOTE" --root "$STATE" "$@"; }
mkrootfs "$TESTDIR/rootfs"
before

for code in 0 7 255; do
	sh_bundle "exit $code"
	mote_in 10 run --init -b "$b" one
	is "$status:$out:$err" "$code::" "exit status $code, and no word"
done
sh_bundle 'kill -9 $$'
mote_in 10 run --init -b "$b" one
is "$status" 137 "128 + signal, where process 1 could not be killed from inside"
named='until grep -q mote-init /proc/1/comm; do sleep 0.05; done' # the program may be faster
sh_bundle "$named"'; echo $$; cat /proc/1/comm; tr "\0" " " </proc/1/cmdline'
mote_in 10 run --init -b "$b" one
is "$out" "2
mote-init
mote init 2 " "the program is process 2, mote process 1"
orphan='(sleep 0.2 &); sleep 0.6; grep -h "^State:.*Z" /proc/[0-9]*/status | wc -l'
sh_bundle "$orphan"
mote_in 10 run --init -b "$b" one
is "$out" 0 "an orphan is reaped"
mkbundle "$b" "$(args /probe run /bin/sh -c "$orphan")"
mote_in 10 run -b "$b" one
is "$(echo "$out" | head -n 1)" 1 "... which a program without an init leaves as a zombie"
sh_bundle 'trap "echo got usr1; exit 5" USR1; echo up; while :; do sleep 0.1; done'
mote run -d --init -b "$b" one >"$TESTDIR/o" </dev/null
wait_for 5 grep -q up "$TESTDIR/o"
mote kill one USR1
wait_for 5 grep -q usr1 "$TESTDIR/o" && pass "signals are passed on" || fail "signals are passed on"
wait_for 5 sh -c "'$MOTE' --root '$STATE' state one | grep -q stopped"
mote delete one
# a foreground mote keeps these to itself
sh_bundle 'for s in WINCH PIPE URG; do trap "echo got $s" $s; done; echo up; while :; do sleep 0.1; done'
mote run -d --init -b "$b" one >"$TESTDIR/o" </dev/null
wait_for 5 grep -q up "$TESTDIR/o"
for s in WINCH PIPE URG; do
	mote kill one $s
	wait_for 5 grep -q "got $s" "$TESTDIR/o" && pass "SIG$s as well" || fail "SIG$s as well" "$(cat "$TESTDIR/o")"
done
mote delete --force one
sh_bundle 'sleep 60'
mote create --init --record -b "$b" one </dev/null
mote start one
own=$(awk '/^Anonymous:/ { print $2 }' "/proc/$(mote state one | jq .pid)/smaps_rollup")
check "the init has $own KB of its own, at most 100" test "$own" -le 100
is "$(find "/proc/$(mote state one | jq .pid)/fd" -type l -printf '%f\n' | sort | tr '\n' ' ')" "0 1 2 3 " "... and no descriptor but 0, 1, 2 and its signals"
mote kill one TERM
wait_for 5 sh -c "'$MOTE' --root '$STATE' state one | grep -q exitCode"
is "$(mote state one | jq .exitCode)" 143 "create, start: a program that dies of TERM, as no process 1 would"
mote delete one
sh_bundle 'id -u; grep NoNewPrivs /proc/1/status /proc/self/status | cut -f2 | tr "\n" " "; grep -h CapBnd /proc/1/status /proc/self/status | sort -u | wc -l' '.process.user = {uid: 1000, gid: 1000} | .process.noNewPrivileges = true'
mote_in 10 run --init -b "$b" one
is "$out" "1000
1 1 1" "the init is what the program is: user, no_new_privs, capabilities"
mkbundle "$b" "$(args /nosuch)"
mote_in 10 run --init -b "$b" one
is "$status" 1 "a program that is not there: status 1"
has "$err" 'exec: "/nosuch": executable file not found in $PATH' "... in the same words"
printf 'no program\n' >"$TESTDIR/rootfs/bin/bad" && chmod 755 "$TESTDIR/rootfs/bin/bad"
mkbundle "$b" "$(args /bin/bad)"
mote_in 10 run --init -b "$b" one
has "$status:$err" '1:run one: exec: "/bin/bad": exec format error' "one that cannot be executed: told by run"
mote create --init -b "$b" one </dev/null
mote_in 10 start one
has "$status:$err" '1:start one: exec: "/bin/bad": exec format error' "... and by start"
mote delete --force one
mote_in 10 run --init --rootfs "$TESTDIR/rootfs" -- /bin/sh -c "$named; cat /proc/1/comm; exit 4"
is "$status:$out" "4:mote-init" "run --rootfs --init"
if unshare -U true 2>/dev/null; then
	sh_bundle "$named; cat /proc/1/comm; exit 6" '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | del(.mounts[] | select(.type == "cgroup"))'
	mote_in 10 run --init -b "$b" one
	is "$status:$out" "6:mote-init" "in a user namespace"
fi
sh_bundle 'tty; sleep 60' '.process.terminal = true'
if command -v script >/dev/null; then
	(sleep 1; printf '\003'; sleep 1) | timeout 10 script -qec "'$MOTE' --root '$STATE' run --init -b '$b' one" /dev/null >"$TESTDIR/o" 2>&1
	is "$?" 130 "on a terminal: the program's group has it, ^C ends the program"
	has "$(cat "$TESTDIR/o")" /dev/ "... and it is its terminal"
fi
rm -f "$TESTDIR/rootfs/bin/bad" "$TESTDIR/o"
sleep 0.2
clean "nothing is left"
finish

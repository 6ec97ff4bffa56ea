#!/bin/sh
# SPDX-License-Identifier: MIT
# logs.t - --log-file: lines of both streams, the limit, the kernel's log, what is left at the end
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq REAPER
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b l=$TESTDIR/l
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
sh_bundle() { mkbundle "$b" "${2:-.} | $(args /bin/sh -c "$1")"; }
mote() { "$MOTE" --root "$STATE" "$@"; }
mkrootfs "$TESTDIR/rootfs"
before

sh_bundle 'echo out; echo err >&2; sleep 0.3; printf "no newline"; exit 4'
mote_in 10 run -d -b "$b" --log-file "$l" one
is "$status:$out:$err" "0::" "run -d --log-file: nothing comes to the caller"
mote wait one
wait_for 5 grep -q 'no newline' "$l"
is "$(cat "$l")" "out
err
no newline" "both streams are in the log, and the last words without a newline"
mote delete one
sh_bundle 'echo again >/dev/stderr' '.process.user = {uid: 1000, gid: 1000}'
mote create -b "$b" --log-file "$l" one </dev/null
mote start one
wait_for 5 grep -q again "$l" && pass "create, start: appended; a user who is not root can open /dev/stderr" || fail "create, start: appended; a user who is not root can open /dev/stderr" "$(cat "$l")"
wait_for 5 sh -c "'$MOTE' --root '$STATE' state one | grep -q exitCode"
mote delete one
rm -f "$l"

mote_in 10 run -b "$b" --log-file "$l" one
is "$status:$out:$(cat "$l")" "0::again" "run in the foreground: into the log as well"
rm -f "$l"

# Numbered lines through a small limit: nothing over it, whole lines, the newest are there.
sh_bundle 'i=1000; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done'
mote_in 20 run -b "$b" --log-file "$l" --log-limit 5003 one
check "--log-limit: the log is not longer" test "$(stat -c %s "$l")" -le 5003
check "--log-limit: nor the one before it" test "$(stat -c %s "$l.1")" -le 5003
is "$(grep -cv '^line [0-9]\{4\}$' "$l"):$(grep -cv '^line [0-9]\{4\}$' "$l.1")" 0:0 "--log-limit: lines are whole, in each file"
is "$(cat "$l.1" "$l" | awk '{ if (p && $2 != p + 1) bad = 1; p = $2 } END { print bad + 0, p }')" "0 2999" "--log-limit: none is missing between the oldest and the last"
is "$(find "$TESTDIR" -maxdepth 1 -name 'l*' | wc -l)" 2 "--log-limit: two files, no more"
rm -f "$l" "$l.1"
sh_bundle 'head -c 20000 /dev/zero | tr "\0" x'
mote_in 20 run -b "$b" --log-file "$l" --log-limit 4000 one
check "a line longer than the limit is cut" test "$(stat -c %s "$l")" -le 4000
rm -f "$l" "$l.1"

# A log that cannot take it stops nobody.
if [ -c /dev/full ]; then
	sh_bundle 'head -c 300000 /dev/zero; exit 6'
	mote_in 20 run -b "$b" --log-file /dev/full one
	is "$status" 6 "a full disk does not stop the program"
fi
sh_bundle 'echo "word $$"; printf "nul\0byte\n"; printf "last"'
if [ -w /dev/kmsg ] && dmesg >/dev/null 2>&1; then
	mote_in 10 run -b "$b" --log-file kmsg: "k-${TESTDIR##*.}"
	has "$(dmesg | tail -n 200)" "k-${TESTDIR##*.}: word 1" "kmsg: each line with the container's id"
	has "$(dmesg | tail -n 200)" "k-${TESTDIR##*.}: nul byte" "kmsg: a byte that would end the record is a blank"
	has "$(dmesg | tail -n 200)" "k-${TESTDIR##*.}: last" "kmsg: the last line without a newline"
else
	skip "kmsg:" "no /dev/kmsg here"
fi
mote_in 10 run -d -b "$b" --log-file /nosuch/l one
is "$status:$err" "1:run one: log file /nosuch/l: no such file or directory" "a log that cannot be opened: refused by name"
mote_in 10 run -d -b "$b" --log-limit 5 one
is "$status" 2 "--log-limit without --log-file: usage"
mkbundle "$b" ".process.terminal = true | $(args true)"
mote_in 10 run -b "$b" --log-file "$l" one
has "$status:$err" "1:run one: --log-file is for a program without a terminal" "with a terminal: refused by name"
rm -f "$l"
sleep 0.3
clean "nothing is left"
finish

#!/bin/sh
# seclib.t - libseccomp's compiler of filters (LIBSECCOMP) and mote's own: under the same profile every call has the same answer
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # lib.sh sets status, out and err
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
own=$MOTE
need root cmd:jq LIBSECCOMP
library=$MOTE
[ "$own" != "$library" ] || own=$B/mote
[ -x "$own" ] && ! "$own" --version | grep -q '+LIBSECCOMP' || skip_all "needs a mote with its own compiler, $B/mote"
[ "$(uname -m)" = x86_64 ] || skip_all "the numbers are x86-64's"
mkrootfs "$TESTDIR/rootfs"

# calls DOOR FIRST LAST NUMBER...: every number but those, with arguments that no call takes (they end, stop or split a program)
calls() {
	calls_door=$1 calls_n=$2 calls_last=$3
	shift 3
	while [ "$calls_n" -le "$calls_last" ]; do
		case " $* " in
		*" $calls_n "*) ;;
		*) printf ' ++ %s %d -1 -1 -1' "$calls_door" "$calls_n" ;;
		esac
		calls_n=$((calls_n + 1))
	done
}
every="status$(calls syscall 0 470 15 34 56 57 58 60 130 231 335 336)$(calls syscall32 0 470 1 2 29 72 119 120 173 179 190 252)"
every="$every$(calls syscall 1073741823 1073741840) ++ syscall 1073742400 ++ syscall 9999 ++ syscall32 9999 ++ syscall -1"
# Calls that profiles look into: personality, socket (also i386's, also through socketcall), dup, semget and shmget through ipc.
for v in 0 1 8 9 0x20000 0x20008 0xffffffff 0x100000008; do
	every="$every ++ syscall 135 $v ++ syscall32 136 $v ++ syscall 32 $v 8 0"
	for w in 0 3 8 9; do
		every="$every ++ syscall 41 $v 3 $w ++ syscall32 359 $v 3 $w"
	done
done
for v in 16 17 40; do
	every="$every ++ syscall 41 $v 3 9 ++ syscall 41 $v 3 0 ++ syscall32 359 $v 3 9 ++ syscall32 359 $v 3 0"
done
for v in 1 2 3 18 20 21; do
	every="$every ++ syscall32 102 $v 0 0 ++ syscall32 117 $v 0 0"
done

# answers MOTE FILTER: of each call the error, or - for any other result, which may be a number of the moment
answers() {
	MOTE=$1
	# shellcheck disable=SC2086 # a list of arguments
	box "$2" $every
	printf '%s\n' "$err" "$status"
	printf '%s\n' "$out" | sed 's/: E*#*-*[0-9][0-9]*$/: -/'
}
# same NAME FILTER [LEAST]: that many calls at least are answered; more than a hundred are refused, and as many are not
same() {
	answers "$own" "$2" >"$TESTDIR/own"
	answers "$library" "$2" >"$TESTDIR/library"
	is "$(diff "$TESTDIR/own" "$TESTDIR/library" | head -n 20)" "" "$1: the same answers"
	asked=$(grep -c '^syscall' "$TESTDIR/library")
	refused=$(grep -c '^syscall.*: ENOSYS\|^syscall.*: EPERM\|^syscall.*: EINVAL' "$TESTDIR/library")
	check "$1: of $asked calls $refused are refused" test "$asked" -ge "${3:-1000}" -a "$refused" -gt 100 -a $((asked - refused)) -gt 100
	is "$(grep '^seccomp.mode' "$TESTDIR/library")" seccomp.mode=2 "$1: by a filter"
}

for f in "$TESTS"/data/podman-*.config.json; do
	profile=$(jq -c .linux.seccomp "$f")
	same "$(basename "$f" .config.json)" ".linux.seccomp = $profile"
done
profile=$(jq -c .linux.seccomp "$TESTS/data/podman-default.config.json")
same "podman's with EPERM: ENOSYS above the last name" ".linux.seccomp = ($profile | .defaultErrnoRet = 1)"
same "podman's for this machine's architecture alone" ".linux.seccomp = ($profile | .architectures = [] | .syscalls += [{names: [\"no_such_call\"], action: \"SCMP_ACT_ALLOW\"}])" 450 # i386's first call kills
# Everything else that the program needs is allowed, for the default of both is to refuse.
allow() {
	jq -c --argjson add "[$1]" '.linux.seccomp | .defaultErrnoRet = 1 | .syscalls |= ([.[] | select((.args | not) or .args == []) | .names -= ["socket", "socketcall", "ipc", "semget", "dup"]] + $add)' \
		"$TESTS/data/podman-default.config.json"
}
same "conditions on calls that i386 makes through others" ".linux.seccomp = $(allow '{"names": ["socket", "semget", "dup"], "action": "SCMP_ACT_ALLOW",
	"args": [{"index": 0, "value": 8, "op": "SCMP_CMP_GE"}, {"index": 2, "value": 9, "op": "SCMP_CMP_NE"}]}')"
is "$(sed -n 's/^syscall32 102: //p' "$TESTDIR/library" | sed -n 2p)" EPERM "socketcall is not allowed by them"
same "two conditions on one argument, a mask" ".linux.seccomp = $(allow '{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 22,
	"args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 17, "op": "SCMP_CMP_EQ"}]}, {"names": ["dup"],
	"action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "valueTwo": 8, "op": "SCMP_CMP_MASKED_EQ"}]}')"

# What is refused, and what is only noted, in the same words.
refusal() {
	box_bundle ".linux.seccomp = $2" true
	for m in "$own" "$library"; do
		run_in 20 "$m" --root "$STATE" run -b "$TESTDIR/b" box
		printf '%s\n' "$status" "$err" "$out"
		run_in 20 "$m" --debug --root "$STATE" run -b "$TESTDIR/b" box
		printf '%s\n' "$err" | grep 'seccomp.syscalls'
	done >"$TESTDIR/said"
	half=$(($(wc -l <"$TESTDIR/said") / 2))
	is "$(sed -n "1,${half}p" "$TESTDIR/said")" "$(sed "1,${half}d" "$TESTDIR/said")" "$1: in the same words"
	has "$(cat "$TESTDIR/said")" "$3" "$1: $3"
}
refusal "rules that contradict" '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getppid"], action: "SCMP_ACT_ERRNO"}, {names: ["read"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]},
	{names: ["read"], action: "SCMP_ACT_LOG", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}' 'syscalls[2]: contradicts'
refusal "a profile that is too long" '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [range(5000) | {names: ["read"], action: "SCMP_ACT_ERRNO", args: [{index: 1, value: ., op: "SCMP_CMP_EQ"}]}]}' "more than the 4096 instructions"
refusal "a name that nobody knows" '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["no_such_call"], action: "SCMP_ACT_ERRNO"}]}' "unknown system call no_such_call"
finish

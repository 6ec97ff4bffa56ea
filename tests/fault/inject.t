#!/bin/sh
# SPDX-License-Identifier: MIT
# inject.t - the shipped binary, with single system calls failing or ending the box: a sentence or a success, never a
# hang, and nothing is left behind
#
# strace lets the nth call of a kind answer an error that the kernel could give, in mote and in the box, for n = 1, 2, ...
# until there is no nth one; mote may have another way (its fallbacks answer ENOSYS), or must tell which step failed.
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:strace
private_pids "$@"
# shellcheck source=fault.sh
. "$TESTS/fault/fault.sh"
fault_setup
strace -f -o /dev/null true 2>/dev/null || skip_all "strace cannot trace here"

# traced RULE: one run with it; leaves $code, $said, and whether the call was there at all in $hit
traced() {
	code=0 hit=''
	rm -f "$TESTDIR/trace"
	timeout -k 2 20 strace -f -qq -o "$TESTDIR/trace" -e "trace=${1%%:*}" -e "inject=$1" "$MOTE" --root "$STATE" $manager run -b "$b" "$id" \
		>"$TESTDIR/.out" 2>"$TESTDIR/.err" </dev/null || code=$?
	said=$(cat "$TESTDIR/.err")
	grep -q "(INJECTED)" "$TESTDIR/trace" && hit=1
}

# One sentence with a place, or the kernel's refusal of something before the first step.
sentence() {
	case $said in
	*"
"*) return 1 ;;
	"run $id: "*": "*) return 0 ;;
	esac
	return 1
}

note_bad() {
	bad="$bad
$1: status $code, said: $said${left:+; left behind: $left}"
	left=''
	force_delete
}

# errors CALL ERROR MOST [told]: the nth of these calls fails, for n up to MOST; told where there is no other way and the program
# makes no such call, so that each of them is an error of run
errors() {
	n=0 hits=0 failures=0 bad=''
	while [ "$n" -lt "$3" ]; do
		n=$((n + 1))
		traced "$1:error=$2:when=$n"
		[ -n "$hit" ] || break
		hits=$((hits + 1))
		# The program, too, makes some of these calls; its own failure is a status, and no sentence.
		if [ "$code" != 0 ]; then
			failures=$((failures + 1))
			sentence || [ -z "$said" ] || note_bad "$1 $n"
			[ "$code" -lt 124 ] || note_bad "$1 $n"
		fi
		[ -z "${4:-}" ] || [ "$code" = 1 ] || note_bad "$1 $n is not told"
		nothing_left || note_bad "$1 $n"
	done
	if [ "$hits" = 0 ]; then
		skip "$1 fails with $2" "no such call"
	else
		verdict "$1 fails with $2: $hits times, $failures of them told"
		all_failures=$((all_failures + failures))
	fi
}

# deaths CALL MOST: the box is killed at its nth such call, which mote itself never makes
deaths() {
	n=0 hits=0 bad=''
	while [ "$n" -lt "$2" ]; do
		n=$((n + 1))
		traced "$1:signal=KILL:when=$n"
		[ "$code" != 0 ] || break
		hits=$((hits + 1))
		sentence || note_bad "$1 $n"
		[ "$code" = 1 ] || note_bad "$1 $n"
		nothing_left || note_bad "$1 $n"
	done
	[ "$hits" -gt 0 ] || bad="it never died"
	verdict "the box dies at $1: $hits times"
}

all_failures=0 manager=''
fault_bundle "$TESTS/bench/config.json" '.process.args = ["/bin/true"]'
before
errors mount EPERM 12 told
errors move_mount EINVAL 25 told
errors open_tree ENOMEM 25 told
errors mount_setattr EINVAL 30 told
errors openat2 EACCES 70
errors clone3 EAGAIN 3
errors socketpair EMFILE 2 told
errors sendto ENOBUFS 4 told
errors mknodat EPERM 10 told
errors symlinkat EEXIST 10
errors mkdirat ENOSPC 30
errors renameat2 EIO 5
errors unlinkat EBUSY 4
errors pivot_root EINVAL 2
errors umount2 EBUSY 3 told
errors fchdir EACCES 12 told
errors chdir EACCES 6
errors sethostname EPERM 1 told
errors ioctl EPERM 3 told
errors keyctl EACCES 1 told
errors setsid EPERM 1
errors setgroups EPERM 1 told
errors setresuid EAGAIN 1 told
errors setresgid EPERM 1 told
errors capset EPERM 1 told
errors prlimit64 EPERM 3
errors close_range EPERM 2 told
errors execve ENOMEM 4 told
errors execveat EACCES 1
errors write EIO 16
errors signalfd4 EMFILE 1

# What a kernel of long ago lacks, each alone: with the older way or with a sentence.
for call in openat2 clone3 close_range mount_setattr open_tree move_mount pidfd_open keyctl signalfd4; do
	traced "$call:error=ENOSYS"
	if [ -z "$hit" ]; then
		skip "$call is not there" "no such call"
		continue
	fi
	bad=''
	[ "$code" = 0 ] || sentence || note_bad "$call"
	nothing_left || note_bad "$call"
	case $call:$code in
	# 5.2 is the floor (docs/design.md, "Kernel floor").
	open_tree:* | move_mount:* | *:0) ;;
	*) note_bad "$call has no older way" ;;
	esac
	verdict "$call is not there: status $code"
done

deaths pivot_root 1
deaths move_mount 4
deaths sethostname 1
deaths mknodat 3
deaths setsid 1
deaths capset 1
deaths setresuid 1
deaths umask 2
# The second process of a double clone fails before the first has told of it: mote waits for both, else a mote that lives on has a zombie.
fault_bundle "$TESTS/bench/config.json" '.process.args = ["/bin/true"] | .linux.namespaces += [{"type": "time"}] |
	.mounts = [{"destination": "/x", "type": "nosuchfs", "source": "x"}]'
mkdir -p "$root/x"
bad=''
"$MOTE" --cgroup-manager=disabled plan -b "$b" 2>&1 | grep -q "clone again" || bad="no second clone"
rm -f "$TESTDIR/trace"
code=0
timeout -k 2 20 strace -f -qq -o "$TESTDIR/trace" -e trace=clone3,wait4 -e inject=clone3:delay_exit=500000:when=1 "$MOTE" --root "$STATE" --cgroup-manager=disabled run -b "$b" "$id" \
	>"$TESTDIR/.out" 2>"$TESTDIR/.err" </dev/null || code=$?
said=$(cat "$TESTDIR/.err")
[ "$code" = 1 ] && sentence || note_bad "status"
made=$(sed -n 's/.*clone3.* = \([0-9][0-9]*\).*/\1/p' "$TESTDIR/trace" | sort)
waited=$(sed -n 's/.*wait4.* = \([0-9][0-9]*\)$/\1/p' "$TESTDIR/trace" | sort)
[ "$(echo "$made" | wc -l):$made" = "2:$waited" ] || note_bad "made: $made; waited for: $waited"
nothing_left || note_bad "two processes"
verdict "a second process that is quicker with its fault is waited for"
# The state is written while the box works, here when its program sleeps: mote ends it, by itself, for it is in no cgroup that is emptied.
fault_bundle "$TESTS/bench/config.json" '.process.args = ["/probe", "sleep", "60"]'
manager=--cgroup-manager=disabled
traced renameat2:error=EIO:delay_enter=1000000:when=1
manager='' bad=''
[ "$code" = 1 ] && sentence || note_bad "status"
nothing_left || note_bad "the box"
verdict "the state cannot be written while the box works: it is ended"
check "most of these errors are told" [ "$all_failures" -gt 60 ]
clean "the host is as before"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# turned.t - what is done to a new mount behind mount(2) is done to that mount: two containers' volumes whose folders a neighbour
# exchanges meanwhile do not lead tmpcopyup, propagation, read-only or a remount to another mount of the same container
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"
need cmd:strace
find_static probe/swap
swap=$found
[ -x "$swap" ] || skip_all "swap could not be built"

mkrootfs "$TESTDIR/rootfs"
vol=$TESTDIR/vol
mkdir -p "$vol/a/t" "$vol/b/t"
echo copied >"$vol/a/t/file"
echo copied >"$vol/b/t/file"
runs=${SEC_RUNS:-8}
# The moment between a mount and what follows it is made long, so that a second look at the path finds the other folder.
slow='-e trace=mount,move_mount,mount_setattr,openat2 -e inject=mount:delay_exit=1500'

# of NAME: what kind of mount the tmpfs with that source is: its options, and what is shared
of() {
	printf '%s\n' "$out" | awk -v n="$1" '/ - tmpfs / {
		for (i = 7; $i != "-"; i++) shared = shared substr($i, 1, 6) " "
		if ($(i + 2) == n) print $6, shared
		shared = ""
	}'
}
# alone WORD: it stands at the one and not at the other
alone() { case "$(of one):$(of two)" in *"$1"*:*"$1"*) return 1 ;; *"$1"*:*) ;; *) return 1 ;; esac; }

# What the two hold, told by their sizes; the places are looked at often, for they are never twice the same.
held='i=0; while [ $i -lt 30 ]; do i=$((i + 1)); for d in a b; do (cd /vol/$d/t && echo held $(stat -f -c %b .) $(ls)); done; done | sort -u'

# raced NAME STRACE-WORDS OPTIONS JUDGE [MORE]: two tmpfs, "one" with those options and "two" without, while their folders change
# places; MORE: entries of mounts behind them
raced() {
	program="cat /proc/self/mountinfo"
	[ "$4" != copied ] || program=$held
	export program
	background "$swap" 120 "$vol/a" "$vol/b" >"$TESTDIR/swapped"
	raced_pid=$!
	wait_for 5 grep -q ready "$TESTDIR/swapped"
	mkbundle "$TESTDIR/b" '.root.readonly = false | .mounts += [
		{"destination": "/vol", "type": "bind", "source": "'"$vol"'", "options": ["rbind", "rw"]},
		{"destination": "/vol/b/t", "type": "tmpfs", "source": "two", "options": ["size=512k"]},
		{"destination": "/vol/a/t", "type": "tmpfs", "source": "one", "options": ["size=256k"'"${3:+, $3}"']}'"${5:-}"'] |
		.process.args = ["/bin/sh", "-c", $ENV.program]'
	i=0 wrong='' ok=0
	while [ "$i" -lt "$runs" ]; do
		# shellcheck disable=SC2086
		run_in 20 strace -f -qq -o /dev/null $slow $2 "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "turn-$$"
		case $status in
		0) ok=$((ok + 1)) && $4 || wrong="$wrong $i" ;;
		1) ;; # a folder that came back without its mount is refused
		*) wrong="$wrong status-$status" ;;
		esac
		i=$((i + 1))
	done
	kill "$raced_pid" 2>/dev/null
	wait "$raced_pid" 2>/dev/null
	check "$1: $ok of $runs ran" test "$ok" -gt 0
	is "$wrong" "" "$1: only the mount that it is about"
	is "$(ls "$STATE" 2>/dev/null)" "" "$1: nothing is left behind"
	is "$(cat "$vol/a/t/file" "$vol/b/t/file" | tr '\n' ' ')" "copied copied " "$1: the volume is as it was"
}
turned() { case "$(of one):$(of two)" in ro,*:rw,*) ;; *) return 1 ;; esac; }
spread() { alone shared; }
deep() { alone noexec; }
# Where the volume itself is seen, in the moment that a place has none of the two, another file system holds the file.
# One that lies on the other, because its folder came there, holds what that held: nothing; the other is not seen then.
copied() { ! printf '%s\n' "$out" | grep -qx "held 128 file" && [ "$(printf '%s\n' "$out" | grep -cx -e "held 64" -e "held 128")" -lt 2 ]; }
again=', {"destination": "/vol/a/t", "type": "none", "source": "none", "options": ["remount", "bind", "ro"]}'
for way in "" "-e inject=openat2:error=ENOSYS"; do
	raced "read-only${way:+, without openat2}" "$way" '"ro"' turned
	raced "shared${way:+, without openat2}" "$way" '"shared"' spread
	raced "remount${way:+, without openat2}" "$way" '' turned "$again"
	raced "tmpcopyup${way:+, without openat2}" "$way" '"tmpcopyup"' copied
	raced "rnoexec${way:+, without openat2}" "$way" '"rnoexec"' deep
done
finish

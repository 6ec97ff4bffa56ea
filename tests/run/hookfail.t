#!/bin/sh
# hookfail.t - a failing hook of each kind, at each verb: what is left (runtime.md "Lifecycle", M-28 to M-31)
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_pids "$@"
need root HOOKS cmd:jq

export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE" "$TESTDIR/said" "$TESTDIR/rootfs/said"
before "$STATE" "$TESTDIR/said" "$TESTDIR/rootfs/said"
kinds='prestart createRuntime createContainer startContainer poststart poststop'

# hook KIND SCRIPT: a jq filter
hook() { printf ' | .hooks.%s += [{path: "/bin/sh", args: ["sh", "-c", "%s"]}]' "$1" "$2"; }
# Every kind writes down that it ran; of KIND there is one before that which fails, the second of three.
bundle() {
	bundle_hooks=''
	for bundle_k in $kinds; do
		bundle_dir=$TESTDIR/said
		[ "$bundle_k" != startContainer ] || bundle_dir=/said
		bundle_hooks="$bundle_hooks$(hook "$bundle_k" "echo $bundle_k >>$bundle_dir/ran")"
		[ "$bundle_k" != "$1" ] || bundle_hooks="$bundle_hooks$(hook "$1" 'echo why >&2; exit 9')$(hook "$1" "echo $1.later >>$bundle_dir/ran")"
	done
	box_bundle ".hooks = {}$bundle_hooks" sleep 1000
}
ran() { cat "$TESTDIR/said/ran" "$TESTDIR/rootfs/said/ran" 2>/dev/null | sort | tr '\n' ' '; }
forget() { rm -f "$TESTDIR/said/"* "$TESTDIR/rootfs/said/"*; }
# What there is of the container: its status, or nothing, which is said only when nothing is: no state, process, cgroup, mount or file
left() {
	left_word=$("$MOTE" --root "$STATE" state box 2>/dev/null | jq -r .status)
	forget
	[ -n "$left_word" ] || rm -f "$TESTDIR/pid"
	[ -n "$left_word" ] || clean "$1: no state, process, cgroup or mount is left" "$STATE" "$TESTDIR/said" "$TESTDIR/rootfs/said" >"$TESTDIR/.clean" ||
		:
	[ -n "$left_word" ] || ! grep -q '^not ok' "$TESTDIR/.clean" || left_word=$(cat "$TESTDIR/.clean")
	echo "${left_word:-nothing}"
}

# kind, verb: status, what is left, and which hooks ran because of it (sorted; poststop once, nothing behind the one that failed)
while read -r kind verb want want_left want_ran; do
	case $verb in
	create | run) bundle "$kind" ;;
	esac
	if [ "$verb" = delete ] && [ -e "$STATE/box" ]; then
		mote_in 20 kill box KILL
		wait_for 10 sh -c "'$MOTE' --root '$STATE' state box | grep -q stopped" || note "it does not stop"
	fi
	case $verb in
	create) mote_in 20 create -b "$TESTDIR/b" --pid-file "$TESTDIR/pid" box ;;
	run) # one whose program ends by itself, where no hook ends it before
		case $kind in poststop) box_bundle ".hooks = {}$bundle_hooks" true ;; esac
		mote_in 20 run -b "$TESTDIR/b" --pid-file "$TESTDIR/pid" box
		;;
	*) mote_in 20 "$verb" box ;;
	esac
	got_ran=$(ran)
	is "$status $(left "$kind $verb") $got_ran" "$want $want_left ${want_ran:+$want_ran }" "$kind fails, $verb: status, what is left, which hooks ran"
	case $kind.$verb in
	poststop.delete | poststop.run) has "$err" "warning: hook poststop /bin/sh: exited with status 9: why" "$kind fails, $verb: a warning" ;;
	*.delete) ;;
	*)
		[ "$want" = 0 ] || case $err in
		*"does not exist"*) pass "$kind failed, $verb: there is no such container" ;;
		*) has "$err" "hook $kind /bin/sh: exited with status 9: why" "$kind fails, $verb: an error that names it" ;;
		esac
		;;
	esac
done <<'END'
prestart create 1 nothing poststop prestart
prestart start 1 nothing
prestart delete 1 nothing
prestart run 1 nothing poststop prestart
createRuntime create 1 nothing createRuntime poststop prestart
createRuntime start 1 nothing
createRuntime delete 1 nothing
createRuntime run 1 nothing createRuntime poststop prestart
createContainer create 1 nothing createContainer createRuntime poststop prestart
createContainer start 1 nothing
createContainer delete 1 nothing
createContainer run 1 nothing createContainer createRuntime poststop prestart
startContainer create 0 created createContainer createRuntime prestart
startContainer start 1 nothing poststop startContainer
startContainer delete 1 nothing
startContainer run 1 nothing createContainer createRuntime poststop prestart startContainer
poststart create 0 created createContainer createRuntime prestart
poststart start 1 nothing poststart poststop startContainer
poststart delete 1 nothing
poststart run 1 nothing createContainer createRuntime poststart poststop prestart startContainer
poststop create 0 created createContainer createRuntime prestart
poststop start 0 running poststart startContainer
poststop delete 0 nothing poststop poststop.later
poststop run 0 nothing createContainer createRuntime poststart poststop poststop.later prestart startContainer
END

# The one thing that may stay: a pid file that a failing create had written would name a process that is no more.
bundle createContainer
mote_in 20 create -b "$TESTDIR/b" --pid-file "$TESTDIR/pid" box
check "a failed create leaves no pid file" test ! -e "$TESTDIR/pid"
forget

# A hook out of time is killed by its pidfd, not by a number, and what it has started goes with its process group.
if command -v strace >/dev/null; then
	box_bundle '.hooks = {} | .hooks.prestart = [{path: "/bin/sh", timeout: 1, args: ["sh", "-c", "echo busy; sleep 61 & exec sleep 62"]}]' true
	run_in 30 strace -o "$TESTDIR/trace" -e trace=pidfd_open,pidfd_send_signal,kill "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
	has "$err" "killed after its timeout of 1 s: busy" "out of time: what it said last is told"
	hook_pid=$(sed -n 's/^kill(-\([0-9]*\), SIGKILL).*/\1/p' "$TESTDIR/trace" | head -n 1)
	hook_fd=$(sed -n "s/^pidfd_open(${hook_pid:-none}, 0) *= //p" "$TESTDIR/trace")
	check "out of time: its pidfd gets the signal first" sh -c "grep -n '^pidfd_send_signal(${hook_fd:-none}, SIGKILL' '$TESTDIR/trace' >/dev/null &&
		! grep -q '^kill(${hook_pid:-none},' '$TESTDIR/trace'"
	check "out of time: its children are gone" wait_for 5 sh -c '! pgrep -f "^sleep 6[12]$" >/dev/null'
	rm -f "$TESTDIR/trace"
fi
clean "nothing is left of it all" "$STATE"
finish

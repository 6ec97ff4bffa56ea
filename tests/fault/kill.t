#!/bin/sh
# SPDX-License-Identifier: MIT
# kill.t - mote is killed at each of its system calls, in every verb: no box stays alive that `state` does not know, and
# delete --force removes all that there is
#
# strace sends SIGKILL as mote enters its nth openat, write, ...; which calls there are is seen from a first walk.
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:strace
private_pids "$@"
# shellcheck source=fault.sh
. "$TESTS/fault/fault.sh"
fault_setup
strace -o /dev/null true 2>/dev/null || skip_all "strace cannot trace here"

mote() { "$MOTE" --root "$STATE" "$@"; }

# The calls of "$@", each with its number: CALL N.  SIGKILL at the calls that change nothing is tried at the first and at
# every fifth only; EVERY=1 tries all.
calls() {
	strace -qq -o "$TESTDIR/.trace" "$MOTE" --root "$STATE" "$@" >/dev/null 2>&1 </dev/null
	awk -v every="${EVERY:-5}" '
		/^[a-z0-9_]+\(/ {
			sub(/\(.*/, "")
			if (/^(arch_prctl|set_tid_address|brk|execve|exit_group|mmap|mprotect|clock_gettime|getpid|geteuid|fstat)$/)
				next
			n[$0]++
			if (n[$0] % every == 1 || every == 1 || /^(mkdirat|write|renameat2|clone3|sendto|unlinkat|wait4|poll|connect|bind|kill|pidfd_send_signal)$/)
				print $0, n[$0]
		}' "$TESTDIR/.trace"
}

# What has happened to the box of a mote that was killed: it ends, or state knows it.
known() {
	settled && return 0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.02
		settled && return 0
		known_pid=$(mote state "$id" 2>/dev/null | jq -r '.pid // 0')
		[ "${known_pid:-0}" -gt 0 ] && kill -0 "$known_pid" 2>/dev/null && return 0
	done
	wait_for 5 settled
}

# killed_in NAME VERB...: the verb with a death at each call; a function called prepare makes what it needs before
killed_in() {
	killed_name=$1 bad='' killed_n=0
	shift
	prepare
	calls "$@" >"$TESTDIR/calls"
	force_delete
	while read -r call n; do
		prepare
		rm -f "$TESTDIR/pid"
		strace -qq -o /dev/null -e "inject=$call:signal=KILL:when=$n" "$MOTE" --root "$STATE" "$@" >/dev/null 2>"$TESTDIR/.err" </dev/null
		killed_n=$((killed_n + 1))
		known || bad="$bad
$call $n: a box is alive that nobody knows: $(mote state "$id" 2>&1 | tr '\n' ' ')"
		rm -f "$TESTDIR/pid"
		find "$TESTDIR" -maxdepth 1 -name 'pid.*' -delete
		force_delete
		[ "$code" = 0 ] || bad="$bad
$call $n: delete --force: status $code: $said"
		nothing_left || bad="$bad
$call $n: left behind: $left"
		[ "$(printf '%s' "$bad" | wc -l)" -lt 12 ] || break
	done <"$TESTDIR/calls"
	[ "$killed_n" -gt 5 ] || bad="$bad
only $killed_n deaths"
	verdict "$killed_name: $killed_n deaths"
}

all_of='.hooks = {prestart: [%s], createContainer: [%s], poststart: [%s]} |
	.linux.resources = {"pids": {"limit": 20}} | .process.args = ["/probe", "%s", "60"]'
# shellcheck disable=SC2059
filter() { printf "$all_of" "$hook" "$hook" "$hook" "$1"; }
before

fault_bundle "$TESTS/bench/config.json" '.process.args = ["/probe", "sleep", "60"]'
prepare() { :; }
killed_in "create" create --pid-file "$TESTDIR/pid" -b "$b" "$id"
prepare() { mote create -b "$b" "$id" >/dev/null 2>&1 </dev/null; }
killed_in "start" start "$id"
killed_in "delete --force" delete --force "$id"
fault_bundle "$TESTS/bench/config.json" "$(filter sleep)"
prepare() { :; }
killed_in "run -d with hooks and a limit" run -d -b "$b" "$id"
prepare() { mote create -b "$b" "$id" >/dev/null 2>&1 </dev/null; }
killed_in "start with hooks" start "$id"
fault_bundle "$TESTS/bench/config.json" '.process.args = ["/probe", "true"] | .linux.namespaces += [{"type": "user"}, {"type": "time"}] |
	.linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings'
prepare() { :; }
killed_in "run with user and time namespaces, to its end" run -b "$b" "$id"
clean "the host is as before"
finish

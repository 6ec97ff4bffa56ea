#!/bin/sh
# SPDX-License-Identifier: MIT
# exec.t - every step of exec fails once, and single system calls of it: one sentence, and host and container are as before
#
# The steps need the binary of `make FAULT=1`, the calls strace.
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
shipped=$MOTE
fault_bin=${MOTE_FAULT_BIN:-$TOP/build/full-fault/mote}
need root EXEC cmd:jq
private_pids "$@"
# shellcheck source=fault.sh
. "$TESTS/fault/fault.sh"
fault_setup

# The container's processes, as every hierarchy has them.
inhabitants() { cat /sys/fs/cgroup/*"/mote-$tag/cgroup.procs" "/sys/fs/cgroup/mote-$tag/cgroup.procs" 2>/dev/null | sort -u | tr '\n' ' '; }
up() {
	fault_bundle "$TESTS/bench/config.json" "$1 | .process.args = [\"/probe\", \"sleep\", \"600\"]"
	"$shipped" --root "$STATE" run -d -b "$b" "$id" </dev/null >/dev/null 2>&1
	alone=$(inhabitants)
	container=$("$shipped" --root "$STATE" state "$id" | jq .pid)
	processes_before=$((processes_base + 1))
	state_before=$(find "$STATE" | sort)
}
# as_before: nothing is there that was not, and the container lives
as_before() {
	settled || wait_for 5 settled || { left="processes: $(cat /proc/[0-9]*/comm | tr '\n' ' ')" && return 1; }
	[ "$(inhabitants)" = "$alone" ] || wait_for 3 test "$(inhabitants)" = "$alone" || { left="in the cgroup: $(inhabitants)" && return 1; }
	[ ! -e "$TESTDIR/pid" ] || { left="pid file" && return 1; }
	same_mounts || { left="mount" && return 1; }
	[ "$(find "$STATE" | sort)" = "$state_before" ] || { left="state: $(find "$STATE")" && return 1; }
	kill -0 "$container" || { left="no container" && return 1; }
}
one_line() {
	case $said in
	*"
"*) return 1 ;;
	"exec $id: "*": "* | "exec $id: container not running") return 0 ;;
	esac
	return 1
}
wrong() {
	bad="$bad
$1: status $code, said: $said${left:+; left behind: $left}"
	left=''
	rm -f "$TESTDIR/pid"
}

# try VARIABLE=VALUE COMMAND...: leaves $code and $said
try() {
	code=0
	timeout -k 2 20 env "$@" >"$TESTDIR/.out" 2>"$TESTDIR/.err" </dev/null || code=$?
	said=$(cat "$TESTDIR/.err")
}
# loop NAME OPTION...: exec of /bin/true, each step failing in turn
loop() {
	loop_name=$1 n=0 bad=''
	shift
	while [ "$n" -lt 80 ]; do
		try "MOTE_FAULT=$n" "$fault_bin" --root "$STATE" exec "$@" "$id" /bin/true
		[ "$code" != 0 ] || break
		case $said in
		*"step $n, "* | *": exec: \""*"\": "*) ;;
		*) wrong "step $n" ;;
		esac
		[ "$code" = 255 ] && one_line && as_before || wrong "step $n"
		n=$((n + 1))
	done
	[ "$n" -gt 15 ] || bad="$bad
only $n steps"
	rm -f "$TESTDIR/pid"
	as_before || wrong "without a fault"
	verdict "$loop_name: each of $n steps failing"
}
# errors CALL ERROR MOST [told]: told where there is no other way, so that each of them is an error of exec
errors() {
	n=0 hits=0 bad=''
	while [ "$n" -lt "$3" ]; do
		n=$((n + 1))
		rm -f "$TESTDIR/pid" "$TESTDIR/trace"
		try A=1 strace -f -qq -o "$TESTDIR/trace" -e "trace=$1" -e "inject=$1:error=$2:when=$n" "$shipped" --root "$STATE" exec --pid-file "$TESTDIR/pid" "$id" /bin/true
		grep -q "(INJECTED)" "$TESTDIR/trace" || break
		hits=$((hits + 1))
		[ "$code" != 0 ] || rm -f "$TESTDIR/pid"
		# The program makes such calls too, and its own failure is a status.
		[ "$code" != 255 ] || one_line || wrong "$1 $n"
		[ "$code" -lt 124 ] || [ "$code" = 255 ] || wrong "$1 $n"
		[ -z "${4:-}" ] || [ "$code" = 255 ] || wrong "$1 $n is not told"
		as_before || wrong "$1 $n"
	done
	if [ "$hits" = 0 ]; then skip "$1 fails with $2" "no such call"; else verdict "$1 fails with $2: $hits times"; fi
}
# deaths CALL MOST: the box is killed at its nth such call
deaths() {
	n=0 hits=0 bad=''
	while [ "$n" -lt "$2" ]; do
		n=$((n + 1))
		try A=1 strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$n" "$shipped" --root "$STATE" exec --pid-file "$TESTDIR/pid" "$id" /bin/true
		[ "$code" != 0 ] || break
		hits=$((hits + 1))
		[ "$code" = 255 ] && one_line && as_before || wrong "$1 $n"
	done
	rm -f "$TESTDIR/pid"
	[ "$hits" -gt 0 ] || bad="it never died"
	verdict "the box dies at $1: $hits times"
}
fault_base
processes_base=$processes_before
users='.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings'

before
if [ -x "$fault_bin" ]; then
	up '.process.oomScoreAdj = 100 | .process.execCPUAffinity = {"initial": "0", "final": "0"}'
	loop "a usual container" --pid-file "$TESTDIR/pid"
	loop "with a terminal" -t --pid-file "$TESTDIR/pid"
	force_delete
	chown -R 100000:100000 "$root"
	up "$users"
	loop "a user namespace" --pid-file "$TESTDIR/pid"
	force_delete
	chown -R 0:0 "$root"
	up '.linux.namespaces |= map(select(.type != "mount" and .type != "pid")) | .mounts = [] | .linux.maskedPaths = [] | .linux.readonlyPaths = [] | .root.readonly = false'
	loop "without mount and pid namespaces" --pid-file "$TESTDIR/pid"
	force_delete
else
	skip "each step failing" "$fault_bin is not built (make FAULT=1)"
fi
if command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
	up .
	errors openat EACCES 30
	errors setns EPERM 2 told
	errors pidfd_open ESRCH 3
	errors clone3 EAGAIN 3 told
	errors clone3 EBUSY 2 told
	errors socketpair EMFILE 1 told
	errors sendto ENOBUFS 4 told
	errors keyctl EACCES 1 told
	errors newfstatat EACCES 20 told
	errors close_range EPERM 4 told
	errors setsid EINVAL 1 told
	errors chdir EACCES 5
	errors write EIO 14 told
	errors setresuid EAGAIN 1 told
	errors capset EPERM 1 told
	errors renameat2 EIO 1 told
	errors execve ENOMEM 3 told
	errors wait4 EINTR 2
	deaths setns 1
	deaths keyctl 1
	deaths setsid 1
	deaths setresuid 1
	deaths capset 1
	force_delete
else
	skip "single calls failing" "no strace that can trace here"
fi
processes_before=$processes_base
clean "the host is as before"
finish

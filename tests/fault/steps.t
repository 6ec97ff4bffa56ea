#!/bin/sh
# SPDX-License-Identifier: MIT
# steps.t - every step of the plan fails once, in run and in create with start: one sentence that names the step, and
# the host is as before
#
# The binary is the one of `make FAULT=1`: with MOTE_FAULT=n its step n answers EIO.  The configs are tests/bench's, podman's
# and all of tests/plan, so a new case there is a new case here; one that does not run on this machine is skipped.
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
fault_bin=${MOTE_FAULT_BIN:-$TOP/build/full-fault/mote}
[ -x "$fault_bin" ] || skip_all "$fault_bin is not built (make FAULT=1)"
MOTE=$fault_bin
need root cmd:jq
private_pids "$@"

. "$TESTS/fault/fault.sh"
fault_setup
console=$TESTDIR/console.sock

# A sentence about step n: with its number, or the words of a program that cannot be executed.
names_step() {
	case $said in
	*"
"*) return 1 ;;
	*"step $1, "* | *": exec: \""*"\": "*) return 0 ;;
	esac
	return 1
}

# try N VERB...: one call with step N failing; leaves $code and $said
try() {
	try_n=$1
	shift
	code=0
	MOTE_FAULT=$try_n timeout -k 2 20 "$MOTE" --root "$STATE" "$@" >"$TESTDIR/.out" 2>"$TESTDIR/.err" </dev/null || code=$?
	said=$(cat "$TESTDIR/.err")
}

wrong() {
	bad="$bad
step $1, $2: status $code, said: $said${left:+; left behind: $left}"
	left=''
	rm -f "$TESTDIR/pid"
	force_delete
}

# Steps of the plan that `run` walks: all but the gate.
length() {
	"$MOTE" --root "$STATE" plan "$@" -b "$b" >"$TESTDIR/.plan" 2>"$TESTDIR/.err" || return 1
	steps=$(wc -l <"$TESTDIR/.plan")
	gate=$(sed -n 's/^ *\([0-9]*\) box *wait at the gate.*/\1/p' "$TESTDIR/.plan")
}

loop_run() {
	bad='' n=0
	# There are at most as many steps as in create's list, which holds the gate's in addition.
	while [ "$n" -lt "$steps" ]; do
		try "$n" run -b "$b" $options "$id"
		[ "$code" != 0 ] || break
		[ "$code" = 1 ] && names_step "$n" && nothing_left || wrong "$n" run
		n=$((n + 1))
	done
	[ "$n" -ge $((steps - 3)) ] || bad="$bad
the walk of run was well with step $n failing, of $steps"
	try 9999 run -b "$b" $options "$id"
	rm -f "$TESTDIR/pid"
	[ "$code" = 0 ] && nothing_left || wrong 9999 "run without a fault"
	verdict "$name: run, each of $n steps failing"
}

loop_create() {
	bad='' n=0
	while [ "$n" -lt "$steps" ]; do
		try "$n" create -b "$b" $options "$id"
		if [ "$n" -lt "$gate" ]; then
			[ "$code" = 1 ] && names_step "$n" && nothing_left || wrong "$n" create
		elif [ "$n" -gt "$gate" ]; then
			[ "$code" = 0 ] || wrong "$n" create
			rm -f "$TESTDIR/pid"
			try "$n" start "$id"
			[ "$code" = 1 ] && names_step "$n" || wrong "$n" start
			try 9999 delete --force "$id"
			[ "$code" = 0 ] && nothing_left || wrong "$n" "delete after start"
		else
			[ "$code" != 0 ] || try 9999 delete --force "$id"
			rm -f "$TESTDIR/pid"
			nothing_left || wrong "$n" "the gate"
		fi
		n=$((n + 1))
	done
	verdict "$name: create and start, each of $n steps failing"
}

# config NAME FILE FILTER [OPTION...]
config() {
	name=$1
	fault_bundle "$2" "$3"
	shift 3
	options=$*
	length $options || { skip "$name" "no plan here: $(cat "$TESTDIR/.err")" && return; }
	try 9999 run -b "$b" $options "$id"
	[ "$code" = 0 ] || { skip "$name" "does not run here: $said" && return; }
	rm -f "$TESTDIR/pid"
	before "$b"
	loop_run
	case $name in plan/*) ;; *) loop_create ;; esac # for the small ones, once is enough
	clean "$name: the host is as before" "$b"
}

config bench "$TESTS/bench/config.json" . --pid-file "$TESTDIR/pid"
config limits "$TESTS/bench/config.json" '.linux.resources = {"pids": {"limit": 20}, "memory": {"limit": 33554432},
	"cpu": {"shares": 512}, "devices": [{"allow": false, "access": "rwm"}]}'
config "user namespace" "$TESTS/bench/config.json" '.linux.namespaces += [{"type": "user"}, {"type": "cgroup"}] |
	.linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings'
config "six hooks" "$TESTS/bench/config.json" ".hooks = {prestart: [$hook], createRuntime: [$hook, $hook], createContainer: [$hook],
	startContainer: [$inside], poststart: [$hook], poststop: [$hook]}"
# A terminal needs somebody who holds its other end; three of them, for the last box may still be at its end.
holder='import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); held = []
while True:
    c = s.accept()[0]
    held = (held + [open(fd, "rb", 0) for fd in socket.recv_fds(c, 99, 1)[1]])[-3:]
    c.close()'
if python3 -c 'import socket; socket.recv_fds' 2>/dev/null; then
	background python3 -c "$holder" "$console"
	wait_for 5 [ -S "$console" ]
	fault_base
	config terminal "$TESTS/bench/config.json" '.process.terminal = true' --console-socket "$console"
	kill "$!"
	wait "$!" 2>/dev/null
	rm -f "$console"
	fault_base
else
	skip terminal "no python3 that can receive descriptors"
fi
config podman "$TESTS/data/podman-default.config.json" '.mounts |= map(select(.type != "bind")) | .process.args = ["/bin/true"] |
	.process.terminal = false | del(.hooks)'
for f in "$TESTS"/plan/*.json; do
	f_name=${f##*/}
	case $f_name in
	# Not for one that the loop knows better, or that has no program to run.
	no-process.json | terminal.json | options.json | hooks.json) continue ;;
	esac
	config "plan/${f_name%.json}" "$f" .
done
finish

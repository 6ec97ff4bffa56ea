#!/bin/sh
# notify-seccomp.t - SCMP_ACT_NOTIFY: what the agent at listenerPath is sent, what it answers, and what happens without one
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016 # lib.sh sets status, out, err and found
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq SECCOMP NOTIFY
[ "$(uname -m)" = x86_64 ] || skip_all "the numbers are x86-64's"
export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
find_static probe/agent
agent=$found
sock=$TESTDIR/agent.sock
told=$TESTDIR/told
before

# start_agent ERRNO NUMBER...
start_agent() {
	rm -f "$sock" "$told"
	background "$agent" "$sock" "$told" "$@"
	agent_pid=$!
	wait_for 5 test -S "$sock"
}
end_agent() { wait "$agent_pid" 2>/dev/null; }
# profile DEFAULT NAMES [MORE]: these calls are the agent's
profile() {
	printf '.linux.seccomp = {defaultAction: "SCMP_ACT_%s", listenerPath: "%s", syscalls: [{names: %s, action: "SCMP_ACT_NOTIFY"}]} | %s' \
		"$1" "$sock" "$2" "${3:-.}"
}
json() { sed 1q "$told" | jq -r "$1"; }

# ---- run ---------------------------------------------------------------------------------------------------
for nnp in true false; do
	start_agent 87 110 # EUSERS to getppid
	box "$(profile ALLOW '["getppid"]' ".process.noNewPrivileges = $nnp | .linux.seccomp.listenerMetadata = \"a \\\"b\\\"\" | .annotations = {k: \"v\"}")" syscall 110
	is "$err" "" "run, noNewPrivileges $nnp"
	has "$out" "syscall 110: EUSERS" "the agent's answer is what the program gets"
	end_agent
	is "$(sed -n 2p "$told")" "fds 1, then the end" "one descriptor, one state, and the connection is closed"
	is "$(json '"\(.ociVersion | test("^1[.]")) \(.fds) \(.pid > 1) \(.metadata)"')" 'true ["seccompFd"] true a "b"' "the container process state"
	is "$(json '"\(.state.id) \(.state.status) \(.state.bundle) \(.state.annotations.k) \(.state.pid == .pid)"')" \
		"box creating $TESTDIR/b v true" "and in it the container's state"
	has "$(sed -n 3p "$told")" "refused 1 " "it was asked once"
done
start_agent 1
box "$(profile ALLOW '["execve"]' .)" syscall 110
is "$status:$err" 0: "execve itself may be the agent's"
end_agent
has "$(sed -n 3p "$told")" "passed 1" "it has let it pass"
is "$(json '.metadata')" null "no metadata, no member"

start_agent 1
box "$(profile NOTIFY '["acct"]' '.process.noNewPrivileges = true')" syscall 110
is "$status:$err" 0: "every call is the agent's, by default"
end_agent
start_agent 1
box "$(profile NOTIFY '["acct"]' '.process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000}')" caps
is "$status:$err" 0: "also those of mote that come behind the filter"
is "$(fact caps.effective)" "$(fact caps.effective)" "it ran"
end_agent

# What is not allowed kills: mote makes no call behind the filter but execve.
start_agent 87 110
box "$(profile KILL_PROCESS '["getppid"]' '.process.noNewPrivileges = true | .linux.seccomp.syscalls += [{action: "SCMP_ACT_ALLOW",
	names: ["execve", "arch_prctl", "set_tid_address", "brk", "mmap", "munmap", "exit_group", "exit", "write", "writev", "ioctl"]}]')" syscall 110
is "$status:$err" 1: "a filter that kills what it does not name"
end_agent

# Descriptors that the program keeps are counted.
start_agent 87 110
box_bundle "$(profile ALLOW '["getppid"]')" syscall 110 ++ fds
run_in 20 sh -c 'exec 3</dev/null 4</dev/null; exec "$@"' sh "$MOTE" --root "$STATE" run --preserve-fds 2 -b "$TESTDIR/b" box
is "$status:$err" 0: "with descriptors of the program's"
has "$out" "syscall 110: EUSERS" "the same"
end_agent

# ---- create and start -----------------------------------------------------------------------------------------
box_bundle "$(profile ALLOW '["getppid"]')" syscall 110
mote_in 20 create --pid-file "$TESTDIR/pid" -b "$TESTDIR/b" box
is "$status:$err" 0: "create needs no agent yet"
start_agent 87 110
mote_in 20 start box
is "$status:$err" 0: "start"
end_agent
is "$(json '"\(.state.status) \(.pid) \(.state.pid)"')" "created $(cat "$TESTDIR/pid") $(cat "$TESTDIR/pid")" "the pid is the container's"
wait_for 5 sh -c "'$MOTE' --root '$STATE' state box | grep -q stopped"
mote_in 20 delete box

if have EXEC; then
	start_agent 87 110
	first=$agent_pid
	box_bundle "$(profile ALLOW '["getppid"]')" sleep 1000
	mote_in 20 create -b "$TESTDIR/b" box
	mote_in 20 start box
	start_agent 87 110
	mote_in 20 exec box /probe syscall 110
	has "$out$err" "syscall 110: EUSERS" "exec: the same for another process"
	end_agent
	is "$(json '"\(.state.status) \(.pid > 0) \(.pid != .state.pid)"') $(json .state.pid)" \
		"running true true $("$MOTE" --root "$STATE" state box | jq .pid)" "which is told beside the container's"
	mote_in 20 delete --force box
	wait "$first" 2>/dev/null
fi

# ---- no agent ---------------------------------------------------------------------------------------------------
rm -f "$sock"
mark="$TESTDIR/rootfs/mark"
touching=".process.args = [\"/bin/touch\", \"/mark\"]"
box "$(profile ALLOW '["getppid"]' "$touching")" x
refused "run without an agent" "seccomp agent" "$sock" "no such file"
check "the program has not run" test ! -e "$mark"
box_bundle "$(profile ALLOW '["getppid"]' "$touching")" x
mote_in 20 create -b "$TESTDIR/b" box
mote_in 20 start box
is "$status" 1 "start without an agent"
has "$err" "seccomp agent" "says so"
check "the program has not run" test ! -e "$mark"
mote_in 20 delete --force box
start_agent hangup
# More than a socket holds: it is being sent when the agent goes.
box "$(profile ALLOW '["getppid"]' "$touching | .linux.seccomp.listenerMetadata = (\"x\" * 1000000)")" x
refused "an agent that hangs up: an error, and the container is ended" "seccomp listener"
check "the program has not run" test ! -e "$mark"
end_agent
box "$(profile ALLOW '["getppid"]' "$touching | .linux.seccomp.syscalls = []")" x
is "$status:$err" 0: "without SCMP_ACT_NOTIFY the path means nothing"
rm -f "$mark"

# ---- flags ----------------------------------------------------------------------------------------------------------
for flag in TSYNC LOG SPEC_ALLOW WAIT_KILLABLE_RECV; do
	start_agent 87 110
	box "$(profile ALLOW '["getppid"]' ".linux.seccomp.flags = [\"SECCOMP_FILTER_FLAG_$flag\"]")" syscall 110
	has "$out$err" "syscall 110: EUSERS" "$flag"
	end_agent
done
box "$(profile ALLOW '["getppid"]' '.linux.seccomp |= (.syscalls = [] | .flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])')" true
refused "WAIT_KILLABLE_RECV alone" "needs SCMP_ACT_NOTIFY"
clean "nothing is left of it all"
finish

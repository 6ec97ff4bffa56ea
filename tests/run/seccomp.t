#!/bin/sh
# seccomp.t - filters in a real container: podman's profile, strict ones, both places where they are loaded
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016 # lib.sh sets status, out, err and found; scripts for other shells
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq cmd:strace SECCOMP
[ "$(uname -m)" = x86_64 ] || skip_all "the numbers are x86-64's"

profile=$(jq -c .linux.seccomp "$TESTS/data/podman-default.config.json")
podman=".linux.seccomp = $profile"
# only ACTION NAMES...: a profile that allows these names and has ACTION for all others
only() {
	only_action=$1
	shift
	jq -cn --arg a "SCMP_ACT_$only_action" '".linux.seccomp = " + ({defaultAction: $a, syscalls:
		[{names: $ARGS.positional, action: "SCMP_ACT_ALLOW"}]} | tojson)' --args "$@" | jq -r .
}
# What a static program needs to begin and end.
frame='execve arch_prctl set_tid_address brk mmap munmap exit_group exit'

mkrootfs "$TESTDIR/rootfs"

# ---- podman's profile ------------------------------------------------------------------------------
for nnp in true false; do
	for uid in 0 1000; do
		box "$podman | .process.noNewPrivileges = $nnp | .process.user = {uid: $uid, gid: $uid}" \
			status ++ syscall 163 0 ++ syscall 9999 ++ syscall 110 ++ syscall32 64 ++ \
			syscall 1073741863
		who="podman's profile, noNewPrivileges $nnp, uid $uid"
		is "$(fact seccomp.mode)$(fact seccomp.filters)" "2$FILTERS" "$who: one filter"
		has "$out" "syscall 163: EPERM" "$who: acct is refused"
		has "$out" "syscall 9999: ENOSYS" "$who: an unknown call"
		hasnt "$out" "syscall 110: E" "$who: getppid"
		hasnt "$out" "syscall32 64: EPERM" "$who: getppid of i386"
		has "$out" "syscall 1073741863: ENOSYS" "$who: x32's getpid, which the kernel lacks"
	done
done

# ---- strict ones -------------------------------------------------------------------------------------
# shellcheck disable=SC2086 # lists of names
{
	box "$(only KILL_PROCESS $frame) | .process.noNewPrivileges = true" true
	is "$status:$err" 0: "a filter that kills all but the program's own calls: mote makes none behind it"
	box "$(only ERRNO $frame) | .process.noNewPrivileges = true" true
	is "$status:$err" 0: "the same with an errno"
	box "$(only KILL_PROCESS $frame) | .process.noNewPrivileges = true" id
}
is "$status" 159 "what is not allowed is killed by SIGSYS"

box "$(only KILL_PROCESS exit_group) | .process.noNewPrivileges = true" true
if [ "$status" != 0 ]; then pass "a filter without execve"; else fail "a filter without execve"; fi
remove() { "$MOTE" --root "$STATE" delete --force box 2>/dev/null; }
remove

box '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_S390X", "SCMP_ARCH_SH"], syscalls: [{names: ["getppid"], action: "SCMP_ACT_ERRNO", errnoRet: 77}]}' status ++ syscall 110
is "$(fact seccomp.mode)" 2 "architectures that no program here can have: the filter is there"
has "$out" "syscall 110: " "and judges this machine's calls"

# ---- refused ----------------------------------------------------------------------------------------
box '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]}' true
refused "a flag that makes no sense alone" WAIT_KILLABLE

# ---- flags ---------------------------------------------------------------------------------------------
# flags FILTER: what seccomp(2) was called with
flags() {
	box_bundle ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\"} $1" true
	strace -f -qq -e trace=seccomp -o "$TESTDIR/trace" "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
	grep -v NULL "$TESTDIR/trace" | sed -n 's/.*SET_MODE_FILTER, \([^,]*\),.*/\1/p'
}
is "$(flags '')" SECCOMP_FILTER_FLAG_SPEC_ALLOW "no flags given: as runc and crun"
is "$(flags '| .linux.seccomp.flags = []')" 0 "an empty list: none"
is "$(flags '| .linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"]')" \
	"SECCOMP_FILTER_FLAG_TSYNC|SECCOMP_FILTER_FLAG_LOG" "those that are given"
finish

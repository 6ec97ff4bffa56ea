#!/bin/sh
# SPDX-License-Identifier: MIT
# nocgroup.t - who asks for no cgroup gets none: not one system call is about them
# shellcheck disable=SC2154 # status is lib.sh's
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:strace cmd:unshare
strace -f -o /dev/null true 2>/dev/null || skip_all "no strace that can trace here"

if [ -z "${CG_PRIVATE:-}" ]; then
	cleanup
	CG_PRIVATE=1 exec unshare --mount --propagation private sh "$0" "$@"
fi

none='del(.linux.cgroupsPath, .linux.resources) | .mounts |= map(select(.type != "cgroup"))'
# about NAME FILTER WANT OPTION...: how many calls name cgroups, while a container runs
about() {
	about_name=$1 about_want=$3
	mkbundle "$TESTDIR/b" ".process.args = [\"/probe\", \"exit\", \"5\"] | $2"
	shift 3
	run_in 30 strace -f -qq -o "$TESTDIR/trace" "$MOTE" --root "$STATE" "$@" -b "$TESTDIR/b" box
	is "$status" 5 "$about_name: runs"
	sed '/execve(/d' "$TESTDIR/trace" | grep -i cgroup >"$TESTDIR/about"
	if [ "$about_want" = 0 ]; then
		is "$(cat "$TESTDIR/about")" "" "$about_name: no call about cgroups"
	else
		check "$about_name: the same look sees them" [ -s "$TESTDIR/about" ]
	fi
}
about "no cgroupsPath, no resources" "$none" 0 run
about "the same in a user namespace" "$none | .linux.namespaces += [{type: \"user\"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings" 0 run
about "a cgroupsPath" "$none | .linux.cgroupsPath = \"/${TESTDIR##*/}\"" 1 run
# Every other verb; exec asks of each kind of namespace whether it is another one.
silent() {
	mkbundle "$TESTDIR/b" ".process.args = [\"/probe\", \"sleep\", \"600\"] | $none"
	# shellcheck disable=SC2016 # the inner shell's
	run_in 60 strace -f -qq -o "$TESTDIR/trace" sh -c 'm="$1 --root $2" && $m create -b "$3" box </dev/null && $m start box && $m state box && $m exec box /probe exit 6
		[ $? = 6 ] && $m list && $m kill box KILL && $m delete --force box' sh "$MOTE" "$STATE" "$TESTDIR/b" >/dev/null 2>&1
	is "$status" 0 "$1: create, start, state, exec, list, kill and delete"
	is "$(sed '/execve(/d; /newfstatat.*ns\/cgroup"/d' "$TESTDIR/trace" | grep -i cgroup)" "" "$1: no call about cgroups"
}
silent "no cgroupsPath, no resources"
umount -R /sys/fs/cgroup
is "$(awk '$3 ~ /^cgroup/' /proc/mounts)" "" "none is mounted any more"
about "without a cgroup file system" "$none" 0 run
silent "without a cgroup file system"
finish

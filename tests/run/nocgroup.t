#!/bin/sh
# SPDX-License-Identifier: MIT
# nocgroup.t - who asks for no cgroup gets none: not one system call is about them
# shellcheck disable=SC2154 # status is lib.sh's
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:strace
strace -f -o /dev/null true 2>/dev/null || skip_all "no strace that can trace here"

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
finish

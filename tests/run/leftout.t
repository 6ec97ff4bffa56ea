#!/bin/sh
# leftout.t - a mote built without a feature refuses the configuration that uses it, by the feature's name, and runs the others
# SPDX-License-Identifier: MIT
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091,SC2154
. "$(dirname "$0")/../lib.sh"
TINY=${TINY:-$TOP/build/tiny/mote}
need root cmd:jq "file:$TINY"
MOTE=$TINY
b=$TESTDIR/b
plain='del(.mounts[] | select(.type == "cgroup")) | .process.args = ["/probe", "exit", "5"]'
before

mkbundle "$b" "$plain"
run_in 20 "$MOTE" --root "$STATE" run -b "$b" plain
is "$status$err" 5 "tiny runs what needs nothing that is left out"

# lacks FEATURE MEMBER FILTER
lacks() {
	have "$1" && { fail "tiny is without $1" "it has it: choose another feature for this test" && return; }
	mkbundle "$b" "$plain | $3"
	run_in 20 "$MOTE" --root "$STATE" run -b "$b" lacks
	is "$status" 1 "$1: refused"
	has "$err" "$2" "$1: the member is named"
	has "$err" "built without $1" "$1: the feature is named"
}
lacks SECCOMP linux.seccomp '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
lacks HOOKS hooks '.hooks = {poststop: [{path: "/bin/true"}]}'
lacks TTY process.terminal '.process.terminal = true'
lacks IDMAP 'mounts[' '.mounts += [{destination: "/mnt", source: "/tmp", options: ["bind"], uidMappings: [{containerID: 0, hostID: 1, size: 1}], gidMappings: [{containerID: 0, hostID: 1, size: 1}]}]'
lacks COPYUP 'mounts[' '.mounts += [{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]}]'
lacks LIMITS linux.resources '.linux.resources = {hugepageLimits: [{pageSize: "2MB", limit: 0}]}'

run_in 20 "$MOTE" --root "$STATE" plan -b "$b"
is "$status" 2 "a verb that is left out is unknown"
printf 'NOSUCH=n\n' >"$TESTDIR/wrong"
run_in 20 awk -f "$TOP/toolchain/features.awk" -v h="$TESTDIR/h" "$TESTDIR/wrong" "$TOP/src/features.def"
has "$status:$err" NOSUCH "an unknown name in config/ is an error"
hasnt "$status" 0 "with a status that says so"
clean "nothing is left of it all"
finish

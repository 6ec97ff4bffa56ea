#!/bin/sh
# memorypolicy.t - linux.memoryPolicy as the program finds it
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root NUMA cmd:jq
export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
before

box '.' sched
case $(fact mempolicy) in '?'*) skip_all "this kernel has no memory policies" ;; esac
is "$(fact mempolicy) $(fact mempolicy.nodes)" "0 0" "without one: the default"
# policy NAME MEMBERS MODE NODES
policy() {
	box ".linux.memoryPolicy = {$2}" sched
	is "$(fact mempolicy) $(fact mempolicy.nodes)$err" "$3 $4" "$1"
}
policy bind 'mode: "MPOL_BIND", nodes: "0"' 2 1
policy interleave 'mode: "MPOL_INTERLEAVE", nodes: " 0 "' 3 1
policy preferred 'mode: "MPOL_PREFERRED", nodes: "0"' 1 1
policy "preferred, no node" 'mode: "MPOL_PREFERRED"' 4 0
policy local 'mode: "MPOL_LOCAL"' 4 0
policy default 'mode: "MPOL_DEFAULT"' 0 0
policy "static nodes" 'mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]' $((2 + 32768)) 1
policy "relative nodes" 'mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_RELATIVE_NODES"]' $((3 + 16384)) 1
# Whoever is another user and loses its capabilities keeps it.
box '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"} | .process.user = {uid: 1000, gid: 1000} | del(.process.capabilities)' sched
is "$(fact mempolicy)" 2 "as another user"

last=$(sed 's/.*[-,]//' /sys/devices/system/node/possible)
for refuse in '{mode: "MPOL_BIND"}' '{mode: "MPOL_LOCAL", nodes: "0"}' '{mode: "MPOL_NOSUCH"}' '{mode: "MPOL_BIND", nodes: "3-1"}' \
	'{mode: "MPOL_BIND", nodes: "0,,1"}' '{mode: "MPOL_BIND", nodes: "1024"}' '{mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_X"]}' \
	"{mode: \"MPOL_BIND\", nodes: \"$((last + 1))\"}" \
	'{mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]}'; do
	box_bundle ".linux.memoryPolicy = $refuse" sched
	mote_in 20 create -b "$TESTDIR/b" box
	is "$status" 1 "refused at create: $refuse"
	case $err in
	*memoryPolicy* | *"memory policy"*) pass "by name" ;;
	*) fail "by name" "$err" ;;
	esac
done
clean "nothing is left of it all"
finish

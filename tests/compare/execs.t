#!/bin/sh
# SPDX-License-Identifier: MIT
# execs.t - a slice of execs: no difference between a process that joined by mote and by both of runc and crun without a reason
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:runc cmd:crun cmd:tini cmd:unshare cmd:script cgroup:1

# Any awk makes the same of a seed.  136: --no-new-privs; 206: a console socket.
run_in 300 "$TESTS/compare/execs" -l 1 2 5 15 108 124 136 206 210
is "$status" 0 "random processes: no difference without a reason"
has "$out" "9 rounds, " "nine of them"
[ "$status" = 0 ] || note "$out $err"
finish

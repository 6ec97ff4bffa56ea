#!/bin/sh
# SPDX-License-Identifier: MIT
# resources.t - a slice of resources: files of cgroups that mote alone has otherwise have a reason; in version 2 it is tests/vm/resources
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:runc cmd:crun cmd:tini cmd:unshare cgroup:1

# Any awk makes the same of a seed.
run_in 300 "$TESTS/compare/resources" -l 9 33 57 81 82 89 134 165 243 2 3 4
is "$status" 0 "random limits: no difference without a reason"
has "$out" "12 rounds, " "twelve of them"
[ "$status" = 0 ] || note "$out $err"
finish

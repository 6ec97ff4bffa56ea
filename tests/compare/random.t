#!/bin/sh
# SPDX-License-Identifier: MIT
# random.t - a slice of random and of verbs: no difference between mote and both of runc and crun without a reason
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:runc cmd:crun cmd:tini cmd:unshare cgroup:1
here=$TESTS/compare

# Any awk makes the same of a seed. 94, 122 and 1823 are three that found something: the host's null device on a standard
# descriptor, the mode of a tmpfs on a folder that was not there, a missing working folder in a read-only root.
run_in 300 "$here/random" -l 94 122 1823 1 2 3 4 5 6 7
is "$status" 0 "random configurations: no difference without a reason"
has "$out" "10 rounds, " "ten of them"
[ "$status" = 0 ] || note "$out $err"
run_in 300 "$here/verbs" '^(created delete|stopped (start|kill)|paused exec|none (delete|create .*pid-file)|running exec x (nothere|/etc))'
is "$status" 0 "the command line: no difference without a reason"
[ "$status" = 0 ] || note "$out $err"
finish

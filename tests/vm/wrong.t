#!/bin/busybox sh
# wrong.t - runtimes made wrong on purpose (tests/conform/selftest), for the rules that need version 2 of cgroups or resctrl: each is caught
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
. "$(dirname "$0")/guest.sh"

machine
[ -x /bin/jq ] || skip_all "needs jq where the machine was made"
mkdir -p /sys/fs/cgroup
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
[ -e /sys/fs/resctrl/schemata ] || mount -t resctrl resctrl /sys/fs/resctrl
trap - EXIT # the suite has its own end
# shellcheck disable=SC2046 # numbers
MOTE=/bin/mote PROBE=/bin/probe sh /tests/conform/selftest $(cat /tests/conform/wrong) 2>&1 | sed 's/^ok \(.*\) # SKIP/not ok \1 # missing:/; /^[^on1#]/s/^/# /'

#!/bin/busybox sh
# conform.t - the conformance suite in a machine with every right and version 2 of cgroups, under busybox ash alone
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154,SC2046
# CONFORM_RULES="63 70-73" tests/vm/run conform: only these
. "$(dirname "$0")/guest.sh"

machine
mkdir -p /sys/fs/cgroup
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
[ -e /sys/fs/resctrl/schemata ] || mount -t resctrl resctrl /sys/fs/resctrl 2>/dev/null
trap - EXIT # the suite has its own end
PROBE=/bin/probe CONFORM_SHELL="/bin/busybox ash" exec /bin/busybox ash /tests/conform/run --limit 60 /bin/mote $(cat /tests/conform/rules)

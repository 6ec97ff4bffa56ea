#!/bin/busybox sh
# cost.t - a budget of instructions, in a machine whose clock counts them: the same number on a busy host and on an idle one
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= cplain .process.args = ["/true"] | del(.linux.seccomp, .linux.resources)
#= cmasks .process.args = ["/true"] | del(.linux.seccomp, .linux.resources) | .linux.maskedPaths = ["/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi"] | .linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
. "$(dirname "$0")/guest.sh"

machine
# The limits, in hundredths of a million: Debian's kernels clear each page that they hand out, which is 4096 of what is counted.
case $(cat /proc/cmdline) in *init_on_alloc=0*) most=360 most_masked=400 ;; *) most=430 most_masked=500 ;; esac
# million NAME COMMAND...: the median of five, in hundredths of a million; -1 where one failed. With a pause, in which the kernel takes
# the network namespace of the last one apart: its work would fall on the next.
million() {
	measure time -n 5 -w 2 -g 100 "$@" 2>/dev/null | awk -F '\t' 'NR > 1 { print ($3 > 0 ? -1 : int($6 / 10)) }'
}
alone=$(million alone /rootfs/true)
ran=$(million run mote run -b /bundles/cplain @)
masked=$(million run mote run -b /bundles/cmasks @)
note "hundredths of a million instructions: a program $alone, run of a container $ran, with the usual masks $masked"
[ "$alone" -gt 0 ] && [ "$alone" -lt 100 ]
is $? 0 "the clock counts instructions: a program alone takes less than a million"
[ "$ran" -gt 0 ] && [ "$ran" -le $most ]
is $? 0 "run: at most $most"
[ "$masked" -gt "$ran" ] && [ "$masked" -le $most_masked ]
is $? 0 "run with masks: at most $most_masked"
finish

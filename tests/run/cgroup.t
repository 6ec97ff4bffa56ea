#!/bin/sh
# SPDX-License-Identifier: MIT
# cgroup.t - limits, device rules and the container's view, on the host's own layout, on version 1, on version 2
# and without any cgroups; each in a private mount namespace, below /mote-test-PID, which is gone at the end
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:unshare

if [ -z "${CG_PRIVATE:-}" ]; then
	cleanup
	CG_PRIVATE=1 exec unshare --mount --propagation private sh "$0" "$@"
fi

top=/${TESTDIR##*/}
limits='.linux.cgroupsPath = "'$top'/a" | .linux.resources.pids.limit = 7'
deny='.linux.resources.devices = [{"allow": false, "access": "rwm"}]'
view='.mounts += [{"destination": "/sys", "type": "tmpfs", "source": "tmpfs"},
	{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
	 "options": ["nosuid", "noexec", "nodev", "ro"]}]'
no_ns='.linux.namespaces |= map(select(.type != "cgroup"))'
own_ns="$no_ns"' | .linux.namespaces += [{"type": "cgroup"}]'

args() { printf '.process.args = ["/bin/sh", "-c", "%s"]' "$1"; }

# try FILTER...: runs a bundle with these filters
try() {
	try_filter=.
	for try_f; do try_filter="$try_filter | $try_f"; done
	mkbundle "$TESTDIR/b" "$try_filter"
	mote_in 20 run -b "$TESTDIR/b" c1
}

left() { find /sys/fs/cgroup -depth -type d -path "*$top*" 2>/dev/null | head -n 5; }

# Where the host's pids controller keeps our folders.
pids_at() { for p in /sys/fs/cgroup/pids /sys/fs/cgroup; do [ -d "$p$top" ] && echo "$p$top" && return; done; }

tests_of() {
	try "$limits" "$(args 'cat /proc/self/cgroup')"
	is "$status" 0 "$1: runs with a limit"
	has "$out" ":$top/a" "$1: the program is in its cgroup"
	is "$(left)" "" "$1: nothing is left"

	try "$limits" "$(args 'for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; echo no')"
	has "$err" "fork" "$1: the limit on processes holds"
	is "$(left)" "" "$1: nothing is left"

	try "$deny" '.linux.cgroupsPath = "'$top'/d"' '.process.capabilities.bounding += ["CAP_MKNOD"]' \
		'.process.capabilities.effective += ["CAP_MKNOD"]' '.process.capabilities.permitted += ["CAP_MKNOD"]' \
		"$(args 'head -c1 /dev/zero | wc -c; mknod /dev/k c 1 11 && echo made; head -c1 /dev/k; echo done')"
	has "$out" "1
made
done" "$1: default devices are usable, nodes can be made"
	has "$err" "not permitted" "$1: other devices cannot be opened"
	is "$(left)" "" "$1: nothing is left"

	try "$limits" "$view" "$own_ns" "$(args 'find /sys/fs/cgroup -name pids.max | xargs cat; mkdir /sys/fs/cgroup/x || find /sys/fs/cgroup/pids/x')"
	has "$out" 7 "$1: with a cgroup namespace it sees its own folder"
	has "$err" "Read-only" "$1: and cannot change it"
	try "$limits" "$view" "$no_ns" "$(args 'find /sys/fs/cgroup -name pids.max | xargs cat; echo 9 >$(find /sys/fs/cgroup -name pids.max)')"
	is "$out" 7 "$1: without one it sees just that as well"
	has "$err" "Read-only" "$1: and cannot change it"
	is "$(left)" "" "$1: nothing is left"

	mkbundle "$TESTDIR/b" "$limits | $(args 'while :; do sleep 1; done')"
	run_in 20 "$MOTE" --root "$STATE" create -b "$TESTDIR/b" c2 >/dev/null
	is "$status$err" 0 "$1: create"
	is "$(cat "$(pids_at)/a/pids.max")" 7 "$1: the limit stands before start"
	try "$limits"
	is "$status" 1 "$1: a cgroup with processes is refused"
	has "$err" "processes are in it" "$1: and told so"
	is "$(wc -l <"$(pids_at)/a/cgroup.procs" | tr -d ' ')" 1 "$1: those processes live on"
	mote_in 20 delete --force c2
	is "$status" 0 "$1: delete"
	is "$(left)" "" "$1: nothing is left"

	try '.linux.cgroupsPath = "'$top'/e"' '.linux.resources.unified = {"nosuch.max": "1"}'
	is "$status" 1 "$1: an unknown controller is refused"
	is "$(left)" "" "$1: nothing is left"
}

tests_of "host"
# Linux 6.18 kills what is cloned into a cgroup that was ever killed, or from one that was.
for v2 in /sys/fs/cgroup /sys/fs/cgroup/unified; do
	[ "$(stat -fc %T $v2)" = cgroup2fs ] || continue
	mkdir -p "$v2$top/k" "$v2$top/from"
	if [ -e "$v2$top/k/cgroup.kill" ]; then
		echo 1 >"$v2$top/k/cgroup.kill" && echo 1 >"$v2$top/from/cgroup.kill"
		try '.linux.cgroupsPath = "'$top'/k"' "$(args 'grep ^0: /proc/self/cgroup')"
		is "$out:$err" "0::$top/k:" "a cgroup that was killed once"
		mkbundle "$TESTDIR/b" '.linux.cgroupsPath = "'$top'/new" | '"$(args 'grep ^0: /proc/self/cgroup')"
		run_in 20 sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' sh "$v2$top/from" "$MOTE" --root "$STATE" run -b "$TESTDIR/b" c1
		is "$status:$out:$err" "0:0::$top/new:" "mote itself in one"
	else
		skip "a cgroup that was killed once" "needs cgroup.kill (5.14)"
	fi
	find /sys/fs/cgroup -depth -type d -path "*$top*" -exec rmdir {} +
done
is "$(left)" "" "host: nothing is left"
private_cgroup1 && tests_of "version 1"

private_cgroup2
if grep -q pids /sys/fs/cgroup/cgroup.controllers; then
	tests_of "version 2"
else
	try "$limits"
	is "$status" 1 "version 2: a controller that is not there is refused"
	has "$err" "CONFIG_CGROUP_PIDS" "version 2: and the kernel option named"
	try "$deny" '.linux.cgroupsPath = "'$top'/d"' "$(args 'head -c1 /dev/zero | wc -c; head -c1 /dev/kmsg')"
	is "$out" 1 "version 2: default devices are usable"
	try '.linux.cgroupsPath = "'$top'/d"' '.linux.resources.memory.swappiness = 1'
	has "$err" "linux.resources.memory.swappiness" "version 2: what only version 1 has is refused by name"
	is "$(left)" "" "version 2: nothing is left"
fi

umount -R /sys/fs/cgroup
bare='.mounts |= map(select(.type != "cgroup"))'
try "$bare" 'del(.linux.resources)' '.linux.cgroupsPath = "'$top'/n"' "$(args 'echo ran')"
is "$out$err" ran "none: a path without limits is fine"
try "$bare" "$limits"
is "$status" 1 "none: a limit is refused"
has "$err" "no cgroup file system" "none: and the reason told"
finish

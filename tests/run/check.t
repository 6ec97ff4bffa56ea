#!/bin/sh
# SPDX-License-Identifier: MIT
# check.t - mote check: what it says is what the machine has, it says so where something is taken away, and it changes nothing
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need CHECK
# A mount namespace of its own: what other tests mount meanwhile is not this one's.
[ "$(id -u)" != 0 ] || ! command -v tini >/dev/null || private_pids "$@"
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
before
mote_in 10 check
is "$status:$err" 0: "this machine will do"
table=$out
mote_in 10 check --format=tsv
is "$(printf '%s\n' "$out" | awk -F'\t' 'NF != 3 || $1 !~ /^(ok|degraded|missing)$/ || !$2 || ($1 != "ok" && !$3)')" '' "tsv: state, name, and a sentence where it is not ok"
is "$(printf '%s\n' "$out" | wc -l)" "$(printf '%s\n' "$table" | wc -l)" "as many lines as the table"
is "$(printf '%s\n' "$out" | cut -f2 | sort | uniq -d)" '' "each thing once"
# state NAME: of $out
state() { printf '%s\n' "$out" | awk -F'\t' -v n="$1" '$2 == n { print $1 }'; }
for ns in pid network:net mount:mnt ipc uts user cgroup time; do
	[ -e "/proc/self/ns/${ns#*:}" ] && want='ok|degraded' || want=missing
	case $want in *"$(state "namespace ${ns%:*}")"*) pass "namespace ${ns%:*}" ;; *) fail "namespace ${ns%:*}" "$(state "namespace ${ns%:*}")" ;; esac
done
for type in proc sysfs tmpfs devpts mqueue; do
	grep -q "	$type\$" /proc/filesystems && want=ok || want=missing
	is "$(state "file system $type")" "$want" "file system $type is as in /proc/filesystems"
done
has "$out" "$(uname -r)" "the kernel"
for controller in cpu memory pids freezer; do
	grep -q "^[0-9]*:[^:]*\b$controller\b" /proc/self/cgroup && [ -d "/sys/fs/cgroup/$controller" ] || continue
	is "$(state "cgroup $controller")" ok "cgroup $controller"
done
clean "nothing was changed"
mote_in 10 check --format=xml
is "$status" 2 "no such format: usage"

# ---- where something is missing
if [ "$(id -u)" = 0 ] && command -v unshare >/dev/null; then
	run_in 10 unshare -m --propagation private sh -c 'umount -R /sys/fs/cgroup && "$0" check --format=tsv' "$MOTE"
	is "$(state cgroups)" degraded "no cgroups"
	is "$status" 0 "which some do without"
	run_in 10 unshare -m --propagation private sh -c 'umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup && "$0" check --format=tsv' "$MOTE"
	has "$out" "	version 2" "version 2 alone"
	is "$(state 'cgroup net_cls')" degraded "which has no net_cls"
	is "$(state 'cgroup devices')" ok "and devices without a controller"
	run_in 10 unshare -m --propagation private sh -c 'umount -l /proc; umount -l /proc 2>/dev/null; "$0" check --format=tsv' "$MOTE"
	is "$status" 1 "no /proc: status 1"
	is "$(state /proc)" missing "no /proc"
	if command -v setpriv >/dev/null; then
		cp "$MOTE" "$TESTDIR/mote"
		chmod 755 "$TESTDIR" "$TESTDIR/mote"
		run_in 10 setpriv --reuid 65534 --regid 65534 --clear-groups "$TESTDIR/mote" check --format=tsv
		is "$status:$(state privileges)" 0:degraded "a user without privileges"
	fi
	if command -v strace >/dev/null; then
		for call in openat2 clone3 close_range mount_setattr pidfd_open; do
			run_in 20 strace -qq -o "$TESTDIR/trace" -e "inject=$call:error=ENOSYS" "$MOTE" check --format=tsv
			is "$(state "$call")" degraded "a kernel without $call"
		done
		run_in 20 strace -qq -o "$TESTDIR/trace" -e inject=open_tree:error=ENOSYS "$MOTE" check --format=tsv
		is "$status:$(state open_tree)" 0:degraded "a kernel without open_tree does with less: status 0"
		run_in 20 strace -f -qq -o "$TESTDIR/trace" "$MOTE" check
		is "$(awk '{ print $1 }' "$TESTDIR/trace" | sort -u | wc -l)" 1 "no process is made"
		is "$(grep -cE 'O_CREAT|O_WRONLY|O_RDWR|mkdir|unlink|rename|sethostname|unshare|setns' "$TESTDIR/trace")" 0 "no file is written"
		is "$(grep -E '(move_mount|open_tree|fsopen|mount_setattr|mount|umount2|pivot_root|clone3?|bpf|keyctl|memfd_create|pidfd_open)\(' "$TESTDIR/trace" | grep -vc ' = -1 ')" 0 \
			"every call that could change something fails"
	fi
fi
finish

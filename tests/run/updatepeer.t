#!/bin/sh
# SPDX-License-Identifier: MIT
# updatepeer.t - update with each flag of runc's, on a container of runc's and one of mote's: the same status, the same files
# shellcheck disable=SC2154,SC2086
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:runc cgroup:1 UPDATE

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
parent=/mote-${TESTDIR##*.}
runc=$(command -v runc)
# settings RUNTIME: every file of its groups that a limit is written to
settings() {
	find /sys/fs/cgroup -path "*$parent/$1/*" \( -name 'cpu.cfs_*' -o -name cpu.shares -o -name 'cpu.rt_*' -o -name cpuset.cpus -o -name cpuset.mems \
		-o -name memory.limit_in_bytes -o -name memory.memsw.limit_in_bytes -o -name memory.soft_limit_in_bytes -o -name pids.max \
		-o -name 'blkio*weight' \) 2>/dev/null | sort | while read -r f; do
		echo "${f##*/} $(cat "$f")"
	done | sort -u
}
up() { # RUNTIME PATH
	mkbundle "$TESTDIR/b.$1" "del(.mounts[] | select(.type == \"cgroup\")) | .process.rlimits = [] | .process.args = [\"sleep\", \"600\"] |
		.linux.cgroupsPath = \"$parent/$1\" | .linux.resources = {memory: {limit: 134217728, swap: 268435456}, cpu: {quota: 50000, period: 100000, shares: 700}, pids: {limit: 50}}"
	"$2" --root "$TESTDIR/s.$1" run -d -b "$TESTDIR/b.$1" c </dev/null >"$TESTDIR/up" 2>&1
}
end() { "$2" --root "$TESTDIR/s.$1" delete --force c >/dev/null 2>&1; }
at_exit 'end runc "$runc"; end mote "$MOTE"; find /sys/fs/cgroup -depth -type d -path "*$parent*" -exec rmdir {} + 2>/dev/null'
mkrootfs "$TESTDIR/rootfs"
up runc "$runc" || skip_all "runc cannot start a container here: $(head -n 1 "$TESTDIR/up")"
end runc "$runc"
printf '{"memory":{"limit":41943040,"swap":83886080},"cpu":{"shares":300},"pids":{"limit":11}}' >"$TESTDIR/r.json"
while read -r flags; do
	for r in runc mote; do
		case $r in runc) p=$runc ;; *) p=$MOTE ;; esac
		up $r "$p"
		settings $r >"$TESTDIR/first.$r"
		run_in 20 "$p" --root "$TESTDIR/s.$r" update $flags c
		echo "$status" >"$TESTDIR/status.$r"
		echo "$err" >"$TESTDIR/err.$r"
		settings $r >"$TESTDIR/now.$r"
		end $r "$p"
	done
	if [ "$(cat "$TESTDIR/status.runc")" != 0 ] && [ "$(cat "$TESTDIR/status.mote")" = 0 ]; then
		skip "update $flags" "runc cannot do it here: $(head -n 1 "$TESTDIR/err.runc")"
		continue
	fi
	is "$(cat "$TESTDIR/status.mote"):$(cat "$TESTDIR/now.mote")" "$(cat "$TESTDIR/status.runc"):$(cat "$TESTDIR/now.runc")" "update $flags"
done <<X2
--cpu-period 50000
--cpu-quota 20000
--cpu-quota -1
--cpu-share 512
--cpu-period 40000 --cpu-quota 10000
--cpuset-cpus 0
--cpuset-mems 0
--memory 67108864
--memory 64M --memory-swap 128M
--memory-swap 536870912
--memory 512M --memory-swap 1G
--memory -1 --memory-swap -1
--memory-reservation 33554432
--pids-limit 20
--pids-limit -1
--blkio-weight 100
--kernel-memory 67108864
--kernel-memory-tcp 67108864
--resources $TESTDIR/r.json
-r $TESTDIR/r.json
X2
is "$(cmp "$TESTDIR/first.runc" "$TESTDIR/first.mote" 2>&1)" "" "both began alike"
finish

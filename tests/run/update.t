#!/bin/sh
# SPDX-License-Identifier: MIT
# update.t - other limits for a container that lives, on the host's cgroups (version 1): each option and a resources object, the
# order of writes, all or nothing, device rules, no limits at create, the first process; version 2 is tests/vm/update.t
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cgroup:1 UPDATE CGROUP1
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
top=/mote-$SNAPSHOT_CGROUPS
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
cg() { cat "/sys/fs/cgroup/$1$top/$2"; }
# every file of the container's cgroups that holds a setting
settings() {
	find /sys/fs/cgroup/*"$top" -type f -perm -600 ! -name 'cgroup.*' ! -name tasks ! -name '*usage*' ! -name '*failcnt' \
		! -name 'memory.force_empty' ! -name '*memory_pressure*' ! -name notify_on_release ! -name '*reset_stats' | sort |
		while read -r f; do printf '%s %s\n' "$f" "$(tr '\n' ' ' <"$f" 2>/dev/null)"; done
	cat "/sys/fs/cgroup/devices$top/devices.list"
}
start() {
	mkbundle "$b" ".linux.cgroupsPath = \"$top\" | .process.args = [\"/bin/sleep\", \"600\"] | ${1:-.}"
	mote run -d -b "$b" c </dev/null >"$TESTDIR/.c-out" 2>&1 || cat "$TESTDIR/.c-out"
}
stop() { mote delete --force c; }

mkrootfs "$TESTDIR/rootfs"
before

# ---- each option ----------------------------------------------------------------------------------
start
while read -r option value where file expect; do
	[ -e "/sys/fs/cgroup/$where$top/$file" ] || { skip "--$option" "no $file here"; continue; }
	mote_in 10 update "--$option" "$value" c
	is "$status:$out:$err" 0:: "--$option $value: no word"
	is "$(cg "$where" "$file")" "$expect" "--$option $value: $file"
done <<-EOT
	memory 100m memory memory.limit_in_bytes 104857600
	memory-swap 200M memory memory.memsw.limit_in_bytes 209715200
	memory-reservation 52428800 memory memory.soft_limit_in_bytes 52428800
	cpu-share 512 cpu cpu.shares 512
	cpu-period 50000 cpu cpu.cfs_period_us 50000
	cpu-quota 25000 cpu cpu.cfs_quota_us 25000
	cpu-burst 10000 cpu cpu.cfs_burst_us 10000
	cpu-idle 1 cpu cpu.idle 1
	cpuset-cpus 0 cpuset cpuset.cpus 0
	cpuset-mems 0 cpuset cpuset.mems 0
	pids-limit 30 pids pids.max 30
EOT
is "$(state_of c resources | jq -c '[.memory.limit, .memory.swap, .cpu.quota, .cpu.cpus, .pids.limit]')" '[104857600,209715200,25000,"0",30]' "state shows them all"
is "$(mote list --format json | jq -c '.[0].resources')" "$(state_of c resources | jq -c .)" "list does as well"
mote update --memory -1 c
is "$(cg memory memory.limit_in_bytes):$(cg memory memory.memsw.limit_in_bytes)" "9223372036854771712:9223372036854771712" "--memory -1 lifts that of swap too"
mote_in 10 update c
is "$status:$err" 0: "nothing to change is well"

# ---- a resources object ----------------------------------------------------------------------------
echo '{"memory":{"limit":60000000,"swap":80000000},"cpu":{"shares":0,"quota":0},"pids":{"limit":0}}' >"$TESTDIR/r.json"
mote_in 10 update --resources "$TESTDIR/r.json" c
is "$status:$err" 0: "--resources FILE"
is "$(cg memory memory.limit_in_bytes):$(cg cpu cpu.cfs_quota_us):$(cg pids pids.max)" "59998208:25000:30" "--resources FILE: zeros change nothing"
echo '{"pids":{"limit":44}}' | "$MOTE" --root "$STATE" update --resources=- c
is "$?:$(cg pids pids.max)" 0:44 "--resources=- reads standard input"
echo '{"pids":{"limit":45}}' | "$MOTE" --root "$STATE" update -r - c
is "$?:$(cg pids pids.max)" 0:45 "-r -"
is "$(state_of c resources.memory.limit)" 60000000 "what an update does not speak of stays in the state"

# ---- order: memory and swap up and down, period and quota, burst ------------------------------------
steps() {
	while read -r what; do
		# shellcheck disable=SC2086
		mote_in 10 update $what c
		is "$status:$err" 0: "$1: $what"
	done
}
steps memory <<-EOT
	--memory 500m --memory-swap 900m
	--memory 40m --memory-swap 50m
	--memory 800m --memory-swap 801m
	--memory 30m --memory-swap -1
	--memory 30m --memory-swap 30m
EOT
# Below a folder with a quota of half a processor, an order in which the share is above that for a moment fails.
stop
mkdir "/sys/fs/cgroup/cpu$top-p"
echo 50000 >"/sys/fs/cgroup/cpu$top-p/cpu.cfs_quota_us"
start ".linux.cgroupsPath = \"$top-p/c\""
steps cpu <<-EOT
	--cpu-period 100000 --cpu-quota 50000
	--cpu-period 20000 --cpu-quota 10000
	--cpu-period 200000 --cpu-quota 100000
	--cpu-period 50000 --cpu-quota 2000
	--cpu-quota 25000 --cpu-burst 25000
	--cpu-quota 2000 --cpu-burst 1000
	--cpu-quota 20000 --cpu-burst 20000
EOT
stop
find /sys/fs/cgroup -depth -type d -path "*$top-p" -exec rmdir {} \;

# ---- all or nothing -----------------------------------------------------------------------------------
start '.linux.resources = {"memory": {"limit": 100000000}, "devices": [{"allow": false, "access": "rwm"}]}'
mote update --pids-limit 20 c
settings >"$TESTDIR/s0"
state0=$(mote state c)
all='{"memory":{"limit":50000000,"swap":60000000,"reservation":1000000},"cpu":{"shares":100,"quota":20000,"period":50000,"burst":5000,"cpus":"0"},"pids":{"limit":9},
	"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":1,"minor":11,"access":"r"}]}'
echo "$all" | jq '.cpu.cpus = "0-9999"' >"$TESTDIR/bad.json"
mote_in 10 update -r "$TESTDIR/bad.json" c
is "$status" 1 "processors that are not there: refused by the kernel"
has "$err" "cpuset.cpus" "and told of which file"
settings >"$TESTDIR/s1"
check "every file is as before" diff "$TESTDIR/s0" "$TESTDIR/s1"
is "$(mote state c)" "$state0" "and the state"

echo "$all" >"$TESTDIR/all.json"
mote_in 10 update --dry-run -r "$TESTDIR/all.json" c
is "$status:$err" 0: "--dry-run"
has "$out" "/sys/fs/cgroup/pids$top/pids.max=9" "--dry-run prints FILE=VALUE"
settings >"$TESTDIR/s1"
check "--dry-run: every file is as before" diff "$TESTDIR/s0" "$TESTDIR/s1"
is "$(mote state c)" "$state0" "--dry-run: and the state"
planned=$(echo "$out" | grep -c =)
if command -v strace >/dev/null; then
	n=0 done=0 bad=0
	while [ "$done" = 0 ] && [ "$n" -lt 60 ]; do
		n=$((n + 1))
		run_in 20 strace -o /dev/null -e trace=write -e inject=write:error=EIO:when=$n "$MOTE" --root "$STATE" update -r "$TESTDIR/all.json" --oom-score-adj 300 --rlimit NOFILE=50:1024 c
		if [ "$status" = 0 ]; then done=1; break; fi
		settings >"$TESTDIR/s1"
		diff "$TESTDIR/s0" "$TESTDIR/s1" >"$TESTDIR/d" || { bad=$((bad + 1)); note "write $n: $(cat "$TESTDIR/d")"; }
		[ "$(mote state c)" = "$state0" ] || { bad=$((bad + 1)); note "write $n: the state"; }
		grep -q "Max open files *50 " "/proc/$(state_of c pid)/limits" && { bad=$((bad + 1)); note "write $n: the limit stays"; }
	done
	check "each write was made to fail once ($((n - 1)) of them)" [ "$n" -gt "$planned" ]
	is "$bad" 0 "each time every file was as before"
else
	skip "each write fails once" "no strace"
	mote_in 10 update -r "$TESTDIR/all.json" c
fi
is "$(cg pids pids.max):$(cg cpu cpu.cfs_quota_us):$(cg memory memory.limit_in_bytes)" "9:20000:49999872" "without a failure they are set"
mote_in 10 update --dry-run -r "$TESTDIR/all.json" c
is "$(echo "$out" | sort)" "/sys/fs/cgroup/memory$top/memory.limit_in_bytes=50000000
/sys/fs/cgroup/memory$top/memory.memsw.limit_in_bytes=60000000
/sys/fs/cgroup/memory$top/memory.soft_limit_in_bytes=1000000" "what a file says already is not written again (the kernel has rounded these)"

# ---- device rules -------------------------------------------------------------------------------------
has "$(cg devices devices.list)" "c 1:11 r" "a device more"
echo '{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":229,"access":"rw"}]}' >"$TESTDIR/d.json"
mote_in 10 update --dry-run -r "$TESTDIR/d.json" c
is "$out" "/sys/fs/cgroup/devices$top/devices.allow=c 10:229 rwm
/sys/fs/cgroup/devices$top/devices.deny=c 1:11 rm" "device rules: only the difference is written, what is allowed first"
mote_in 10 update -r "$TESTDIR/d.json" c
is "$status:$err" 0: "device rules: no word"
has "$(cg devices devices.list)" "c 10:229 rwm" "the new one is allowed"
hasnt "$(cg devices devices.list)" "c 1:11 rm" "the old one is not"
has "$(cg devices devices.list)" "c 1:3 rwm" "the default ones are"
echo '{"devices":[{"allow":true,"access":"rwm"},{"allow":false,"type":"c","major":1,"minor":11,"access":"rw"}]}' >"$TESTDIR/d.json"
mote_in 10 update -r "$TESTDIR/d.json" c
is "$status:$err" 0: "from what is allowed to what is denied"
is "$(cg devices devices.list)" "a *:* rwm" "all but that is allowed"
is "$(state_of c status)" running "and the container runs on"

# ---- the first process --------------------------------------------------------------------------------
pid=$(state_of c pid)
mote_in 10 update --rlimit NOFILE=90:100 --rlimit RLIMIT_CORE=0 --oom-score-adj 600 c
is "$status:$err" 0: "--rlimit, --oom-score-adj: no word"
is "$(awk '/Max open files/ { print $4, $5 } /Max core/ { print $5, $6 }' "/proc/$pid/limits" | tr '\n' ' ')" "0 0 90 100 " "--rlimit"
is "$(cat "/proc/$pid/oom_score_adj")" 600 "--oom-score-adj"
mote_in 10 pause c
mote_in 10 update --pids-limit 12 c
is "$status:$err:$(cg pids pids.max)" 0::12 "a paused one can be updated"
stop

# ---- what is refused ----------------------------------------------------------------------------------
start
settings >"$TESTDIR/s0"
refused() {
	want=$1
	shift
	mote_in 10 update "$@" c
	check "refused: $*" [ "$status" != 0 ]
	has "$err" "$want" "and told so"
}
refused "takes a number" --memory lots
refused "cpu.period" --cpu-period 10
refused "below limit" --memory 100m --memory-swap 50m
refused "linux.intelRdt" --l3-cache-schema L3:0=f
refused "linux.intelRdt" --mem-bw-schema MB:0=50
refused "cannot be given together" -r /dev/null --memory 5m
refused "--reclaim" --reclaim 1m
refused "takes TYPE" --rlimit NOSUCH=5
refused "above the hard one" --rlimit NOFILE=5:4
refused "takes -1000 to 1000" --oom-score-adj 1001
refused "no such file" -r "$TESTDIR/nosuch"
echo '{"memory":{"limit":"5"}}' >"$TESTDIR/r.json"
refused "memory.limit" -r "$TESTDIR/r.json"
echo '{"memory":' >"$TESTDIR/r.json"
refused "r.json:" -r "$TESTDIR/r.json"
echo '{"memory":{"limit":4096,"checkBeforeUpdate":true}}' >"$TESTDIR/r.json"
refused "in use" -r "$TESTDIR/r.json"
settings >"$TESTDIR/s1"
check "nothing was written" diff "$TESTDIR/s0" "$TESTDIR/s1"
kill -KILL "$(state_of c pid)"
stopped() { [ "$(state_of c status)" = stopped ]; }
wait_for 5 stopped
mote_in 10 update --pids-limit 5 c
is "$status" 1 "of a stopped one: refused"
has "$err" "container not running" "and told so"
mote_in 10 update --pids-limit 5 nosuch
has "$err" "does not exist" "of none: told so"
stop

# ---- no cgroup at create ------------------------------------------------------------------------------
bare='del(.linux.cgroupsPath) | del(.linux.resources) | .mounts |= map(select(.type != "cgroup"))'
# Its path is mote's own, /mote/ID.
mkbundle "$b" "$bare | .process.args = [\"/bin/sh\", \"-c\", \"sleep 600 & sleep 600 & wait\"]"
id=c-$SNAPSHOT_CGROUPS
mote run -d -b "$b" "$id" </dev/null >/dev/null 2>&1
three() { [ "$(mote ps --format json "$id" | jq length)" = 3 ]; }
wait_for 5 three
mote_in 10 update --pids-limit 33 "$id"
is "$status:$err" 0: "no cgroup at create: no word"
is "$(cat "/sys/fs/cgroup/pids/mote/$id/pids.max")" 33 "no cgroup at create: made, and the limit set"
is "$(sort -n <"/sys/fs/cgroup/pids/mote/$id/cgroup.procs" | jq -sc .)" "$(mote ps --format json "$id" | jq -c sort)" "no cgroup at create: all its processes are in it"
check "no cgroup at create: only where it is needed" [ ! -e "/sys/fs/cgroup/memory/mote/$id" ]
mote delete --force "$id"
check "no cgroup at create: delete takes it away" [ ! -e "/sys/fs/cgroup/pids/mote/$id" ]
mote run -d -b "$b" "$id" </dev/null >/dev/null 2>&1
wait_for 5 three
was=$(cat "/proc/$(state_of "$id" pid)/cgroup")
echo '{"pids":{"limit":5},"cpu":{"cpus":"0-9999"}}' | mote_in 10 update -r - "$id"
echo '{"pids":{"limit":5},"cpu":{"cpus":"0-9999"}}' >"$TESTDIR/r.json"
mote_in 10 update -r "$TESTDIR/r.json" "$id"
is "$status" 1 "no cgroup at create: a write fails"
three
is "$?:$(cat "/proc/$(state_of "$id" pid)/cgroup")" "0:$was" "no cgroup at create: then all live on and are where they were"
check "no cgroup at create: and no folder is left" [ ! -e "/sys/fs/cgroup/pids/mote/$id" ]
mote delete --force "$id"
mkbundle "$b" "$bare | .linux.namespaces |= map(select(.type != \"pid\")) | .process.args = [\"/bin/sleep\", \"600\"]"
mote run -d -b "$b" "$id" </dev/null >/dev/null 2>&1
mote_in 10 update --pids-limit 33 "$id"
is "$status" 1 "neither a cgroup nor a pid namespace: refused"
has "$err" "cannot be told from others" "and told why"
mote_in 10 update --oom-score-adj 20 "$id"
is "$status:$err" 0: "but not what is of the first process alone"
mote delete --force "$id"

clean "nothing is left"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# events.t - events and stats: runc's JSON on the same container, the interval, the OOM killer, the end; lives followed from beside
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cgroup:1 EVENTS CGROUP1
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
top=/mote-$SNAPSHOT_CGROUPS
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
bundle() { mkbundle "$b" ".linux.cgroupsPath = \"$top$1\" | .process.args = [\"/bin/sh\", \"-c\", $(jq -n --arg c "$2" '$c')] | ${3:-.}"; }
# every path to a value, and the value's type
keys() { jq -c '[paths(type != "object" and type != "array") as $p | ($p | map(if type == "number" then 0 else . end)) + [getpath($p) | type]] | unique | .[]' "$@"; }

mkrootfs "$TESTDIR/rootfs"
before

# ---- stats once ------------------------------------------------------------------------------------
# The file in memory is cache: a key that is left out while it is 0, as runc does.
bundle "" 'i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i + 1)); done >/dev/shm/x; while :; do :; done' '.linux.resources = {"memory": {"limit": 50000000}, "pids": {"limit": 20}, "cpu": {"quota": 20000, "period": 100000}}'
mote run -d -b "$b" c </dev/null >/dev/null 2>&1
throttled() { mote events --stats c | jq -e '.data.cpu.throttling.throttledTime > 0' >/dev/null; }
wait_for 5 throttled
mote_in 10 events --stats c
is "$status:$err" 0: "events --stats: no word"
is "$(echo "$out" | wc -l | tr -d ' ')" 1 "events --stats: one line"
is "$(echo "$out" | jq -c '[.type, .id]')" '["stats","c"]' "events --stats: type and id"
echo "$out" >"$TESTDIR/mote.json"
is "$(echo "$out" | jq -c '[.data.memory.usage.limit, .data.pids.limit, .data.pids.current]')" "[$(cat "/sys/fs/cgroup/memory$top/memory.limit_in_bytes"),20,1]" "limits and counts are those of the files"
check "the processor was used: total is the sum of the processors, near user and kernel" sh -c "jq -e '.data.cpu.usage |
	(.total > 0) and ((.percpu | add) >= .total * 0.9) and ((.percpu | add) <= .total * 1.1) and (.user + .kernel > 0)' '$TESTDIR/mote.json' >/dev/null"
is "$(jq -c '[.data.memory.raw.hierarchical_memory_limit, (.data.memory.raw | length > 20)]' "$TESTDIR/mote.json")" "[$(awk '$1 == "hierarchical_memory_limit" { print $2 }' "/sys/fs/cgroup/memory$top/memory.stat"),true]" "memory.raw is memory.stat"
is "$(jq -c '[.data.network_interfaces[].Name]' "$TESTDIR/mote.json")" '["lo"]' "the interfaces of its own network"
if command -v runc >/dev/null; then
	mkdir "$TESTDIR/rb"
	jq ".linux.cgroupsPath = \"$top-r\"" "$b/config.json" >"$TESTDIR/rb/config.json"
	if runc --root "$TESTDIR/rstate" run -d -b "$TESTDIR/rb" r </dev/null >"$TESTDIR/.r-out" 2>&1; then
		sleep 1
		runc --root "$TESTDIR/rstate" events --stats r >"$TESTDIR/runc.json"
		runc --root "$TESTDIR/rstate" delete -f r
		keys "$TESTDIR/mote.json" >"$TESTDIR/mote.keys"
		keys "$TESTDIR/runc.json" >"$TESTDIR/runc.keys"
		is "$(grep -vxF -f "$TESTDIR/mote.keys" "$TESTDIR/runc.keys" | grep -v network_interfaces)" "" "every key that runc has, with its type, for such a container ($(wc -l <"$TESTDIR/runc.keys" | tr -d ' '))"
		is "$(grep -vxF -f "$TESTDIR/runc.keys" "$TESTDIR/mote.keys" | grep -v -e network_interfaces -e event_count -e hugetlb -e '"psi"' -e ioService)" "" "and no others but those of newer versions"
	else
		skip "runc's keys" "runc does not run here: $(head -n1 "$TESTDIR/.r-out")"
	fi
else
	skip "runc's keys" "no runc"
fi
mote_in 10 stats c
is "$status:$err" 0: "stats: no word"
has "$out" "memory.usage.limit" "stats: a table"
is "$(mote stats --format json c | jq -c '[.type, (.data | keys_unsorted)]')" "$(jq -c '[.type, (.data | keys_unsorted)]' "$TESTDIR/mote.json")" "stats --format json: as events --stats"

# ---- again and again -------------------------------------------------------------------------------
"$MOTE" --root "$STATE" events --interval 200ms c >"$TESTDIR/ticks" 2>"$TESTDIR/ticks-err" &
follower=$!
ticks() { [ "$(wc -l <"$TESTDIR/ticks")" -ge "$1" ]; }
check "events --interval 200ms: a line each time" wait_for 5 ticks 4
is "$(jq -r .type "$TESTDIR/ticks" | sort -u)" stats "events: of type stats"
check "events: time goes on" sh -c "jq -s -e '.[0].data.cpu.usage.total < .[3].data.cpu.usage.total' '$TESTDIR/ticks' >/dev/null"
mote delete --force c
ended() { ! kill -0 "$follower" 2>/dev/null; }
check "events ends when the container does" wait_for 5 ended
wait "$follower"
is "$?:$(cat "$TESTDIR/ticks-err")" 0: "events: with status 0, and no word"

# ---- out of memory ---------------------------------------------------------------------------------
bundle -o 'read x </tmp/go; tail /dev/zero; sleep 1; tail /dev/zero; sleep 0.3' '.linux.resources.memory = {"limit": 20000000} | .root.readonly = false'
rm -f "$TESTDIR/rootfs/tmp/go"
mkfifo "$TESTDIR/rootfs/tmp/go"
mote run -d -b "$b" o </dev/null >/dev/null 2>&1
"$MOTE" --root "$STATE" events --interval 1h o >"$TESTDIR/ooms" 2>&1 &
follower=$!
sleep 0.5
echo >"$TESTDIR/rootfs/tmp/go"
check "events ends after the OOM killer's work" wait_for 10 ended
is "$(jq -c . "$TESTDIR/ooms")" '{"type":"oom","id":"o"}
{"type":"oom","id":"o"}' "events: a line for each kill"
mote delete o

# ---- lives -----------------------------------------------------------------------------------------
"$MOTE" --root "$STATE" events --lifecycle >"$TESTDIR/lives" 2>&1 &
all=$!
"$MOTE" --root "$STATE" events --lifecycle l >"$TESTDIR/life" 2>&1 &
follower=$!
sleep 0.3
bundle -l 'read x </tmp/go; tail /dev/zero; sleep 0.2' '.linux.resources.memory = {"limit": 20000000} | .root.readonly = false'
life() { jq -r .type "$1" | tr '\n' ' '; }
life_is() { [ "$(life "$1")" = "$2" ]; }
mote create -b "$b" l </dev/null >/dev/null 2>&1
check "created is told while it waits" wait_for 5 life_is "$TESTDIR/life" "created "
mote start l
check "then started" wait_for 5 life_is "$TESTDIR/life" "created started "
echo >"$TESTDIR/rootfs/tmp/go"
check "then oom and stopped" wait_for 5 life_is "$TESTDIR/life" "created started oom stopped "
mote delete l
check "then deleted" wait_for 5 life_is "$TESTDIR/life" "created started oom stopped deleted "
check "and it ends" wait_for 5 ended
bundle -m 'read x </tmp/go' '.root.readonly = false'
mote run -b "$b" m </dev/null >/dev/null 2>&1 &
m=$!
begun() { [ "$(jq -r 'select(.id == "m").type' "$TESTDIR/lives" | tr '\n' ' ')" = 'created started ' ]; }
check "without an ID: of a run in the foreground" wait_for 5 begun
echo >"$TESTDIR/rootfs/tmp/go"
wait "$m"
both() { [ "$(jq -c '[.id, .type]' "$TESTDIR/lives" | tail -n4 | tr '\n' ' ')" = '["m","created"] ["m","started"] ["m","stopped"] ["m","deleted"] ' ]; }
check "to its end" wait_for 5 both
# What comes and goes between two looks: the one who follows sleeps meanwhile.
bundle -q 'exit 0'
mote create -b "$b" q </dev/null >/dev/null 2>&1
created() { [ "$(jq -r 'select(.id == "q").type' "$TESTDIR/lives")" = created ]; }
wait_for 5 created
kill -STOP "$all"
mote start q
over() { [ "$(state_of q status)" = stopped ]; }
wait_for 5 over
kill -CONT "$all"
short() { [ "$(jq -r 'select(.id == "q").type' "$TESTDIR/lives" | tr '\n' ' ')" = 'created started stopped ' ]; }
check "started is told of what has ended by then" wait_for 5 short
mote delete q
bundle -n 'sleep 60'
mote create -b "$b" n </dev/null >/dev/null 2>&1
mote kill n KILL
killed() { [ "$(jq -r 'select(.id == "n").type' "$TESTDIR/lives" | tr '\n' ' ')" = 'created stopped ' ]; }
check "what is killed before it starts has stopped" wait_for 5 killed
"$MOTE" --root "$STATE" events --lifecycle >"$TESTDIR/late" 2>&1 &
late=$!
told() { [ "$(jq -r 'select(.id == "n").type' "$TESTDIR/late" | tr '\n' ' ')" = 'created stopped ' ]; }
check "who comes late is told what was" wait_for 5 told
mote delete n
kill "$late" "$all"
wait "$late" "$all" 2>/dev/null

# ---- what cannot be ---------------------------------------------------------------------------------
for bad in 0 5 5x s -1s '' 1h30; do
	mote_in 10 events "--interval=$bad" c
	is "$status" 2 "--interval '$bad': a usage error"
done
mote_in 10 events --stats nosuch
is "$status" 1 "of none: fails"
has "$err" "does not exist" "and says so"
bundle -s 'exit 0'
mote run -d -b "$b" s </dev/null >/dev/null 2>&1
stopped() { [ "$(state_of s status)" = stopped ]; }
wait_for 5 stopped
for verb in "events" "events --stats" stats; do
	# shellcheck disable=SC2086
	mote_in 10 $verb s
	is "$status" 1 "$verb of a stopped one: fails"
	has "$err" "not running" "and says so"
done
mote delete s
mkbundle "$b" 'del(.linux.cgroupsPath) | del(.linux.resources) | .mounts |= map(select(.type != "cgroup")) | .process.args = ["/bin/sleep", "60"]'
mote run -d -b "$b" z </dev/null >/dev/null 2>&1
mote_in 10 events --stats z
is "$status" 1 "without a cgroup: fails"
has "$err" "no cgroup" "and says so"
mote delete --force z
clean "nothing is left"
finish

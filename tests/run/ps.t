#!/bin/sh
# SPDX-License-Identifier: MIT
# ps.t - the verb ps: every process of a container and no other, by cgroup and without one, as the caller numbers them
# shellcheck disable=SC2154,SC2016,SC2044,SC2046
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:pgrep PS
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
# start ID FILTER COMMAND: a container that runs a shell
start() {
	mkbundle "$b" "$2 | .process.args = [\"/bin/sh\", \"-c\", $(jq -n --arg c "$3" '$c')]"
	mote run -d -b "$b" "$1" </dev/null >"$TESTDIR/.c-out" 2>&1
}
three='trap "" TERM; sleep 60 & sleep 60 & wait'
count() { mote ps --format json "$1" | jq length; }
three_there() { [ "$(count "$1")" = 3 ]; }

mkrootfs "$TESTDIR/rootfs"
before
cg='.linux.cgroupsPath = "/mote-'$SNAPSHOT_CGROUPS'"'

start a "$cg" "$three"
wait_for 5 three_there a
mote_in 10 ps --format json a
is "$status:$err" 0: "ps --format json: no word"
is "$(echo "$out" | jq -c 'map(type) | unique')" '["number"]' "ps --format json: numbers"
pid=$(state_of a pid)
is "$(echo "$out" | jq -c 'sort')" "$(echo $pid $(pgrep -P "$pid") | tr ' ' '\n' | jq -sc sort)" "ps --format json: the first process and its two children, as we number them"
is "$(echo "$out" | jq -c .)" "$(echo "$out" | jq -c sort)" "ps: lowest pid first"

mote_in 10 ps a
is "$status:$err" 0: "ps: no word"
is "$(echo "$out" | head -n1 | tr -s ' ')" "UID PID PPID S RSS TIME CMD" "ps: a header"
is "$(echo "$out" | wc -l | tr -d ' ')" 4 "ps: and a line for each"
is "$(echo "$out" | awk -v p="$pid" '$2 == p { print $1, $4 }')" "0 S" "ps: user and state are those of /proc"
is "$(echo "$out" | awk -v p="$pid" '$3 == p { print $7, $8 }' | sort -u)" "sleep 60" "ps: parent and command as well"

if command -v ps >/dev/null && ps -p $$ -o pid,args >/dev/null 2>&1; then
	mote_in 10 ps a -eo pid,args
	is "$status:$err" 0: "ps with arguments: no word"
	is "$(echo "$out" | awk '{ print $1 }' | tail -n +2 | sort)" "$(mote ps --format json a | jq -r '.[]' | sort)" "ps with arguments: what ps(1) says, of the container's alone"
	has "$out" "sleep 60" "ps with arguments: their columns"
	mote_in 10 ps --format table a -ef
	is "$(echo "$out" | wc -l | tr -d ' ')" 4 "ps --format table ID -ef"
	mote_in 10 ps a -o
	is "$status" 1 "ps with wrong arguments fails"
	has "$err" "ps ended with status" "ps with wrong arguments: and says so"
	mote_in 10 ps a -eo args
	has "$err" "no column PID" "ps without a column PID: refused"
	status=0; err=$(PATH=/nosuch "$MOTE" --root "$STATE" ps a -ef 2>&1) || status=$?
	has "$err" 'executable file not found in $PATH' "without ps(1): said in one sentence"
else
	skip "ps with arguments" "no ps(1)"
fi

# ---- nested cgroups -----------------------------------------------------------------------------
for dir in $(find /sys/fs/cgroup -type d -name "mote-$SNAPSHOT_CGROUPS"); do mkdir "$dir/below"; done
victim=$(mote ps --format json a | jq -r '.[1]')
for dir in $(find /sys/fs/cgroup -type d -name below -path "*mote-$SNAPSHOT_CGROUPS/*"); do
	for file in cpus mems; do
		[ ! -e "$dir/cpuset.$file" ] || cat "$dir/../cpuset.$file" >"$dir/cpuset.$file"
	done
	echo "$victim" >"$dir/cgroup.procs"
done
is "$(count a)" 3 "ps: a process in a cgroup below counts"
has "$(mote ps --format json a | jq -c .)" "$victim" "ps: and is named"

# ---- what the program has written steers nothing -------------------------------------------------
start b "${cg%\"}-b\"" 'exec -a "$(printf "x\033[31my\nz")" sleep 60 2>/dev/null || exec sleep 61'
printf '#!/bin/sh\nsleep 60\n' >"$TESTDIR/rootfs/evil"
chmod +x "$TESTDIR/rootfs/evil"
mote delete --force b
mkbundle "$b" "${cg%\"}-b\""' | .process.args = ["/evil", "a\u001b[31m\nb\tc\\d'"'"'e"]'
mote run -d -b "$b" b </dev/null >/dev/null 2>&1
evil_there() { mote ps b | grep -q evil; }
wait_for 5 evil_there
is "$(mote ps b | grep -c "/evil a?\[31m?b?c\\\\d'e")" 1 "ps: control characters of a command line become ?"

# ---- no cgroup: by pid namespace, or the first process -------------------------------------------
if have_none=$(printf '%s' 'del(.linux.cgroupsPath) | del(.linux.resources) | .mounts |= map(select(.type != "cgroup"))'); then
	start n "$have_none" "$three"
	wait_for 5 three_there n
	is "$(count n)" 3 "without a cgroup: the processes of its pid namespace"
	is "$(mote ps --format json n | jq -c sort)" "$(echo "$(state_of n pid)" $(pgrep -P "$(state_of n pid)") | tr ' ' '\n' | jq -sc sort)" "without a cgroup: these and no other"
	start h "$have_none"' | .linux.namespaces |= map(select(.type != "pid"))' "$three"
	is "$(mote ps --format json h | jq -c .)" "[$(state_of h pid)]" "with the caller's pid namespace and no cgroup: the first process alone"
	children=$(pgrep -P "$(state_of h pid)")
	mote delete --force h
	kill -KILL $children 2>/dev/null
fi

# ---- what cannot be ------------------------------------------------------------------------------
mote_in 10 ps nosuch
is "$status" 1 "ps of none fails"
has "$err" "does not exist" "ps of none: says so"
mote_in 10 ps --format yaml a
is "$status" 2 "ps --format yaml fails"
kill -KILL "$(state_of n pid)"
stopped() { [ "$(state_of n status)" = stopped ]; }
wait_for 5 stopped
mote_in 10 ps n
is "$status" 1 "ps of a stopped one fails"
has "$err" "container not running" "ps of a stopped one: says so"

for id in a b n; do mote delete --force $id; done
clean "nothing is left"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# ended.t - a container of a run in the foreground that a delete or checkpoint takes away: by one of the two, all of it, and once
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
before

mkbundle "$TESTDIR/b" '.process.args = ["sleep", "99"] | .linux.cgroupsPath = "/mote-\(env.SNAPSHOT_CGROUPS)/c" |
	.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "cat >>'"$TESTDIR"'/hooks"]}]'

# begin [OPTION...]: a run in the foreground whose program is there; $run is its pid
begin() {
	: >"$TESTDIR/hooks"
	background "$MOTE" --root "$STATE" run "$@" -b "$TESTDIR/b" c >"$TESTDIR/run.out" 2>"$TESTDIR/run.err"
	run=$!
	wait_for 10 running || fail "the container runs" "$(cat "$TESTDIR/run.err")"
}
running() { "$MOTE" --root "$STATE" state c | grep -q '"running"' && grep -q sleep "/proc/$(jq .pid "$STATE/c/state.json")/comm"; }
stopped() { grep -q '^State:.T' "/proc/$run/status"; }
hold() { kill -STOP "$run" && wait_for 10 stopped; }
ended() { # NAME
	code=0
	wait "$run" || code=$?
	is "$code:$(cat "$TESTDIR/run.err")" "137:" "$1: run ends with the program's status and has nothing to say"
	is "$(jq -r .status "$TESTDIR/hooks")" stopped "$1: poststop hooks ran once"
	clean "$1: nothing is left"
}

begin
hold
mote_in 20 delete --force c
is "$status$err" 0 "delete --force, and run is slower: well"
kill -CONT "$run"
ended "delete --force, and run is slower"

begin
hold
mote_in 20 delete --force c
mote_in 20 run -d -b "$TESTDIR/b" c
is "$status$err" 0 "a second container of that name, before the first one's run knows"
kill -CONT "$run"
wait "$run"
mote_in 10 state c
has "$out" '"status": "running"' "the second container is as it was"
is "$(cat "/proc/$(echo "$out" | jq .pid)/cgroup" | grep -c "/mote-$SNAPSHOT_CGROUPS/c\$")" \
	"$(find /sys/fs/cgroup -type d -path "*/mote-$SNAPSHOT_CGROUPS/c" | wc -l)" "and its cgroups are there"
mote_in 20 delete --force c
clean "both are gone"

begin --keep
hold
mote_in 20 delete --force c
kill -CONT "$run"
ended "delete --force of a run --keep"

need CRIU
find_static probe/criu
mkdir "$TESTDIR/bin"
printf '#!/bin/sh\nexec %s 3 17 %s/c/ "$@"\n' "$found" "$STATE" >"$TESTDIR/bin/criu"
chmod 755 "$TESTDIR/bin/criu"
PATH=$TESTDIR/bin:$PATH

# The process ends before criu says that all is well, and run has a second to be quicker than checkpoint.
begin
mote_in 20 checkpoint --image-path "$TESTDIR/i" c
is "$status$err" 0 "checkpoint: well"
is "$(jq length "$TESTDIR/i/descriptors.json")" 3 "checkpoint: what mote writes of the image is there"
ended checkpoint

begin
hold
mote_in 20 checkpoint --image-path "$TESTDIR/i" c
is "$status$err" 0 "checkpoint, and run is slower: well"
kill -CONT "$run"
ended "checkpoint, and run is slower"
finish

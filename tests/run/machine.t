#!/bin/sh
# machine.t - which verb is allowed in which status: each cell of the table in docs/lifecycle.md, tried
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_pids "$@"
need root cmd:jq cmd:mkfifo HOOKS EXEC PAUSE UPDATE EVENTS PS REAPER

have CRIU || [ -z "${MOTE_MAX:-}" ] || MOTE=$MOTE_MAX # for checkpoint
mkrootfs "$TESTDIR/rootfs"
mote() { "$MOTE" --root "$STATE" "$@"; }
status_now() { mote state box 2>/dev/null | jq -r .status; }
is_now() { [ "$(status_now)" = "$1" ]; }
gone() { ! mote state box >/dev/null 2>&1; }
go=$TESTDIR/go
mkfifo "$go"

# One container in that status; the one before goes.
make_one() {
	[ ! -p "$go.used" ] || mv "$go.used" "$go"
	gone || mote delete --force box || note "delete: status $?"
	case $1 in
	creating) # a hook that waits for a line
		mv "$go" "$go.used"
		box_bundle '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "read x <'"$go.used"'"]}]}' sleep 1000
		background "$MOTE" --root "$STATE" create -b "$TESTDIR/b" box </dev/null >/dev/null 2>&1
		maker=$!
		wait_for 10 is_now creating
		return
		;;
	esac
	box_bundle . sleep 1000
	mote create --record -b "$TESTDIR/b" box </dev/null >/dev/null 2>&1
	case $1 in
	running | paused) mote start box ;;
	stopped) mote kill box KILL ;;
	esac
	[ "$1" != paused ] || mote pause box
	wait_for 10 is_now "$1"
}
# The hook gets its line, create ends, and so does the test's creating container.
end_creating() {
	echo >"$go.used"
	wait "$maker" 2>/dev/null
}
use() {
	case $1 in
	create) mote_in 10 create -b "$TESTDIR/b" box ;;
	kill) mote_in 10 kill box 0 ;;
	exec) mote_in 10 exec box /bin/true ;;
	events) mote_in 10 events --stats box ;;
	update) mote_in 10 update --pids-limit 50 box ;;
	wait) mote_in 1 wait box ;;
	*) mote_in 10 "$1" box ;;
	esac
}
# What a verb that is allowed does: its exit status, and the status of the container behind it
allowed() {
	case $1.$2 in
	start.*) want="0 running" ;;
	pause.*) want="0 paused" ;;
	resume.*) want="0 running" ;;
	delete.*) want="0 " ;;
	wait.stopped) want="137 stopped" ;;
	wait.*) want="124 $2" ;; # it waits
	checkpoint.*) want="1 $2" ;; # and says that there is no criu
	*) want="0 $2" ;;
	esac
	is "$status $(status_now)" "$want" "$1 of one that is $2: done"
	[ "$1" != checkpoint ] || has "$err" criu "checkpoint of one that is $2: it is not the status that is in the way"
}
refuses() {
	case $1.$2 in
	create.*) words='already exists' ;;
	start.*) words="cannot start a container that is $2" ;;
	delete.*) words="cannot delete a container that is $2" ;;
	exec.paused) words="cannot exec in a paused container" ;;
	pause.paused) words="container already paused" ;;
	resume.created | resume.running) words="container not paused" ;;
	wait.creating) words="is being created" ;;
	*) words="container not running" ;;
	esac
	case $1:$status in
	exec:255 | [!e]*:1 | events:1) has "$err" "$words" "$1 of one that is $2: refused, and why" ;;
	*) fail "$1 of one that is $2: refused" "status $status: $out $err" ;;
	esac
	is "$(status_now)" "$2" "$1 of one that is $2: without an effect"
}

table=$(sed -n 's/^| \([a-z]*\) | \([a-z]*\) | \([a-z]*\) | \([a-z]*\) | \([a-z]*\) | \([a-z]*\) |$/\1 \2 \3 \4 \5 \6/p' "$TOP/docs/lifecycle.md")
verbs=$(printf '%s\n' "$table" | sed -n '2,$s/ .*//p')
statuses=$(printf '%s\n' "$table" | sed -n '1s/^verb //p')
is "$(printf '%s\n' "$table" | grep -cE '^[a-z]+( (yes|no)){5}$')" 13 "the page has its table"
check "and no verb of mote's is missing in it" sh -c 'for v; do
	"$0" --help | grep -q "^  $v " || [ "$v" = checkpoint ] || exit 1; done' "$MOTE" $verbs

column=1
for st in $statuses; do
	column=$((column + 1))
	dirty=1
	for verb in $verbs; do
		cell=$(printf '%s\n' "$table" | sed -n "s/^$verb /&/p" | cut -d' ' -f$column)
		[ "$verb" != checkpoint ] || have CRIU || continue
		[ -z "$dirty" ] || make_one "$st"
		is_now "$st" || fail "a container that is $st" "it is $(status_now)"
		use "$verb"
		if [ "$cell" = yes ]; then allowed "$verb" "$st"; else refuses "$verb" "$st"; fi
		dirty=
		is_now "$st" || dirty=1
	done
	[ "$st" != creating ] || end_creating
done

# Frozen before start: what it was is kept.
make_one created
mote pause box && mote resume box
is "$(status_now)" created "resume of one that was paused before start: created again"
mote delete --force box
check "delete --force in every status: nothing is left" gone
finish

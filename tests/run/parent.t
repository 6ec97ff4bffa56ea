#!/bin/sh
# SPDX-License-Identifier: MIT
# parent.t - --die-with-parent: the container dies with mote, and with whoever called mote
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq REAPER
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
gone() { ! kill -0 "$1" 2>/dev/null; }
mkrootfs "$TESTDIR/rootfs"
before

# start OPTION...: a caller with mote below it; leaves $caller, $mote and $box
start() {
	rm -f "$TESTDIR/pid" "$TESTDIR/m"
	cat >"$TESTDIR/caller" <<X
"$MOTE" --root "$STATE" run $* -b "$b" --pid-file "$TESTDIR/pid" one </dev/null &
echo \$! >"$TESTDIR/m"
wait
X
	sh "$TESTDIR/caller" 2>/dev/null &
	caller=$!
	lib_pids="$lib_pids $caller"
	wait_for 5 test -s "$TESTDIR/pid" -a -s "$TESTDIR/m"
	mote=$(cat "$TESTDIR/m") box=$(cat "$TESTDIR/pid")
	sleep 0.3
	check "run $*: it lives until then" kill -0 "$box"
}
over() {
	kill -KILL "$box" "$mote" 2>/dev/null
	wait_for 5 gone "$box"
	"$MOTE" --root "$STATE" delete --force one
}
for kind in root "a user" "no_new_privs"; do
	case $kind in
	root) f='.process.capabilities.bounding = .process.capabilities.permitted | .process.noNewPrivileges = false' ;;
	"a user") f='.process.user = {uid: 1000, gid: 1000} | .process.noNewPrivileges = false' ;;
	*) f='.process.noNewPrivileges = true' ;;
	esac
	mkbundle "$b" "$f | $(args sleep 60)"
	start --die-with-parent
	kill -KILL "$mote"
	wait_for 3 gone "$box" && pass "$kind: mote is killed: the container dies" || fail "$kind: mote is killed: the container dies"
	over
	start --die-with-parent
	kill -KILL "$caller"
	wait_for 3 gone "$box" && pass "$kind: the caller is killed: the container dies" || fail "$kind: the caller is killed: the container dies"
	wait_for 3 test ! -e "$STATE/one" && pass "$kind: ... and mote takes everything away" || fail "$kind: ... and mote takes everything away"
	over
done
start
kill -KILL "$caller" "$mote"
sleep 0.5
check "without the option it lives on" kill -0 "$box"
over
if command -v tini >/dev/null && have INIT; then
	start --die-with-parent --init
	kill -KILL "$mote"
	wait_for 3 gone "$box" && pass "with an init as well" || fail "with an init as well"
	over
fi
# mote ends when the box has said its last word and has not asked for its signal yet: strace holds it in between.
if command -v strace >/dev/null; then
	mkdir "$TESTDIR/rootfs/mnt/w"
	chmod 777 "$TESTDIR/rootfs/mnt/w"
	mkbundle "$b" ".root.readonly = false | .process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000} | $(args /bin/sh -c ': >/mnt/w/ran; sleep 60')"
	rm -f "$TESTDIR/pid"
	strace -f -qq -o /dev/null -e trace=setresuid,setuid -e inject=setresuid,setuid:delay_enter=3000000 \
		"$MOTE" --root "$STATE" run --die-with-parent -b "$b" --pid-file "$TESTDIR/pid" one </dev/null 2>/dev/null &
	tracer=$!
	lib_pids="$lib_pids $tracer"
	wait_for 5 test -s "$TESTDIR/pid"
	box=$(cat "$TESTDIR/pid")
	mote=$(awk '/^PPid/ { print $2 }' "/proc/$box/status")
	sleep 1
	check "held before it has asked: it is there" kill -0 "$box"
	kill -KILL "$mote"
	wait_for 8 gone "$box" && pass "... it dies" || fail "... it dies"
	check "... and runs nothing" test ! -e "$TESTDIR/rootfs/mnt/w/ran"
	over 2>/dev/null
	wait "$tracer" 2>/dev/null
	rm -rf "$TESTDIR/rootfs/mnt/w"
else
	skip "held before it has asked" "needs strace"
fi
mkbundle "$b" ".process.noNewPrivileges = false | .process.capabilities.permitted = [] | .process.capabilities.effective = [] | .process.capabilities.ambient = [] | .process.capabilities.inheritable = [] | .process.capabilities.bounding = [\"CAP_KILL\"] | $(args sleep 60)"
mote_in 5 run --die-with-parent -b "$b" one
is "$status" 1 "where the kernel would forget it: refused"
has "$err" "--die-with-parent would be forgotten" "... by name"
mote_in 5 run -d --die-with-parent -b "$b" one
is "$status" 2 "with --detach: usage"
rm -f "$TESTDIR/pid" "$TESTDIR/m" "$TESTDIR/caller"
sleep 0.3
clean "nothing is left"
finish

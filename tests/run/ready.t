#!/bin/sh
# SPDX-License-Identifier: MIT
# ready.t - --ready-fd and NOTIFY_SOCKET: who waits for what, what is forwarded, what stays inside
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq REAPER
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
sh_bundle() { mkbundle "$b" ".root.readonly = false | $(args /bin/sh -c "$1")"; }
mote() { "$MOTE" --root "$STATE" "$@"; }
stopped() { [ "$(mote state "$1" | jq -r .status)" = stopped ]; }
end() { wait_for 5 stopped one; mote delete --force one; }
now() { awk '{ printf "%d", $1 * 100 }' /proc/uptime; }
mkrootfs "$TESTDIR/rootfs"
before

# ---- a descriptor -----------------------------------------------------------------------------
for fd in 3 7; do
	sh_bundle "sleep 0.5; : >/tmp/said; echo >&$fd; sleep 0.5"
	rm -f "$TESTDIR/rootfs/tmp/said"
	mote_in 10 run -d -b "$b" --ready-fd $fd one
	is "$status:$out:$err" "0::" "--ready-fd $fd: comes back, and no word"
	check "--ready-fd $fd: not before the program was ready" test -e "$TESTDIR/rootfs/tmp/said"
	is "$(mote state one | jq -r .status)" running "--ready-fd $fd: and before it has ended"
	end
done
rm -f "$TESTDIR/rootfs/tmp/said"
sh_bundle 'ls /proc/self/fd | tr "\n" " " >/tmp/fds; echo >&5; sleep 0.2'
mote run -d -b "$b" --ready-fd 5 one </dev/null
is "$(cat "$TESTDIR/rootfs/tmp/fds")" "0 1 2 3 5 " "the program has that descriptor and no other (3 is its look at them)"
end
rm -f "$TESTDIR/rootfs/tmp/fds"
sh_bundle 'sleep 0.2; exit 3'
mote_in 10 run -d -b "$b" --ready-fd 3 one
is "$status" 1 "a program that ends without a word: status 1"
has "$err" "closed descriptor 3 without a word" "... said by name"
mote_in 5 state one
has "$err" "does not exist" "... and nothing stays"
sh_bundle 'exec 3>&-; sleep 9'
mote_in 5 run -d -b "$b" --ready-fd 3 one
is "$status" 1 "one that closes it: status 1, and it is ended"
# Much output before it is ready: the log takes it.
sh_bundle 'head -c 300000 /dev/zero; echo >&3; sleep 0.2; exit 4'
mote_in 10 run -d -b "$b" --ready-fd 3 --log-file "$TESTDIR/l" --exit-file "$TESTDIR/x" one
is "$status:$err" "0:" "with a log: what is written before that does not block"
wait_for 5 test -e "$TESTDIR/x"
is "$(cat "$TESTDIR/x"):$(stat -c %s "$TESTDIR/l")" "4:300000" "... and is all there"
end
rm -f "$TESTDIR/x" "$TESTDIR/l"
mote_in 5 run -b "$b" --ready-fd 3 one
is "$status" 2 "--ready-fd without --detach: usage"
sh_bundle 'echo >&4; sleep 0.2'
is "$("$MOTE" --root "$STATE" run -d -b "$b" --preserve-fds 2 --ready-fd 4 one 2>&1 3</dev/null 4</dev/null </dev/null)" \
	"run one: option --ready-fd 4: that descriptor is in use" "a descriptor that is in use: refused"
mote_in 5 --log "$TESTDIR/log" run -d -b "$b" --ready-fd 4 one
is "$status$err" 0 "with a log of mote's own in the way"
end
rm -f "$TESTDIR/log"

# ---- systemd's protocol -----------------------------------------------------------------------
listen() {
	: >"$TESTDIR/heard"
	at=$TESTDIR/host.sock
	rm -f "$at"
	"$PROBE" hear "$at" >"$TESTDIR/heard" &
	ears=$!
	lib_pids="$lib_pids $ears"
	wait_for 5 test -S "$TESTDIR/host.sock"
}
# An abstract address belongs to a network namespace, and no file shows it.
abstract="@mote-${TESTDIR##*[./]}"
listen_abstract() {
	: >"$TESTDIR/heard"
	at=$abstract
	"$PROBE" hear "$at" >"$TESTDIR/heard" &
	ears=$!
	lib_pids="$lib_pids $ears"
	wait_for 5 grep -q " $abstract\$" /proc/net/unix
}
# A socket hands out what it got in its order: with the last word all is heard.
deaf() {
	NOTIFY_SOCKET=$at "$PROBE" notify "no more" >/dev/null
	wait_for 10 grep -qx "no more" "$TESTDIR/heard"
	sed -i '/^no more$/d' "$TESTDIR/heard"
	kill "$ears"
	wait "$ears" 2>/dev/null
	rm -f "$TESTDIR/host.sock"
}
notify() { NOTIFY_SOCKET=$TESTDIR/host.sock "$MOTE" --root "$STATE" "$@" </dev/null; }
mkbundle "$b" "$(args /probe notify STATUS=secret ++ sleep 1 ++ notify 'STATUS=x
READY=1
MAINPID=1' ++ sleep 1)"
listen
t=$(now)
notify run -d -b "$b" --pid-file "$TESTDIR/pid" one
check "run -d: waits for READY=1" test $(($(now) - t)) -ge 90
is "$(mote state one | jq -r .status)" running "... and not for the end"
deaf
is "$(cat "$TESTDIR/heard")" "READY=1
MAINPID=$(cat "$TESTDIR/pid")
BARRIER=1" "the host hears READY, the pid as it is outside, and a barrier; nothing that the program has written"
end
listen
t=$(now)
notify create -b "$b" --pid-file "$TESTDIR/pid" one
check "create waits for nothing" test $(($(now) - t)) -lt 90
notify start one
check "start waits for READY=1" test $(($(now) - t)) -ge 90
deaf
is "$(head -n 2 "$TESTDIR/heard" | tr '\n' ' ')" "READY=1 MAINPID=$(cat "$TESTDIR/pid") " "start: told to the host"
end
listen
mkbundle "$b" "$(args /probe notify READY=1 ++ exit 3)"
notify run -b "$b" one
is $? 3 "run in the foreground: the program's status"
deaf
has "$(cat "$TESTDIR/heard")" "READY=1" "run in the foreground: told to the host"
mkbundle "$b" "$(args /bin/sh -c 'grep " /run/notify " /proc/mounts | cut -d" " -f4; echo $NOTIFY_SOCKET; rm -f /run/notify/notify.sock; touch /run/notify/x; ls /run/notify')"
listen
out=$(notify run -b "$b" one 2>&1)
deaf
is "$(echo "$out" | head -1 | tr , '\n' | grep -cx -e ro -e nosuid -e nodev -e noexec)" 4 "the folder inside is read-only, nosuid, nodev, noexec"
has "$out" "/run/notify/notify.sock" "NOTIFY_SOCKET inside"
has "$out" "Read-only file system" "the socket cannot be removed from inside"
# ---- an abstract socket: the caller's, and what a configuration gives the program
mkbundle "$b" "$(args /probe notify READY=1 ++ sleep 1)"
listen_abstract
NOTIFY_SOCKET=$abstract "$MOTE" --root "$STATE" run -d -b "$b" --pid-file "$TESTDIR/pid" one </dev/null
is "$?" 0 "the caller's socket is an abstract one: run -d comes back"
deaf
is "$(cat "$TESTDIR/heard")" "READY=1
MAINPID=$(cat "$TESTDIR/pid")
BARRIER=1" "... and the caller has heard all of it"
end
for bad in relative "@$(printf '%0120d' 0)"; do
	out=$(NOTIFY_SOCKET=$bad "$MOTE" --root "$STATE" run -d -b "$b" one 2>&1 </dev/null)
	is "$?" 0 "a caller's socket that is no address (${#bad} characters) keeps no container from running"
	end
done
own=".process.env += [\"NOTIFY_SOCKET=$abstract\"] | .linux.namespaces |= map(select(.type != \"network\"))"
mkbundle "$b" "$own | $(args /probe notify X=1)"
listen_abstract
mote_in 10 run -b "$b" one
is "$status:$out" "0:notify $abstract: ok" "a program with a NOTIFY_SOCKET of its configuration's, in the host's network: it is that one"
deaf
is "$(cat "$TESTDIR/heard")" "X=1" "... and is heard there, word for word"
mkbundle "$b" "$own | .linux.namespaces += [{type: \"network\"}] | $(args /probe notify X=1)"
listen_abstract
mote_in 10 run -b "$b" one
deaf
is "$out:$(cat "$TESTDIR/heard")" "notify $abstract: ECONNREFUSED:" "in a network of its own it is not there"
mkbundle "$b" "$own | $(args /probe cat /proc/self/environ ++ notify READY=1)"
listen
notify run -b "$b" one >"$TESTDIR/env"
deaf
is "$(tr '\0' '\n' <"$TESTDIR/env" | grep NOTIFY)" "NOTIFY_SOCKET=/run/notify/notify.sock" "with the caller's as well, mote's own goes before it, and stands there once"
is "$(head -n 1 "$TESTDIR/heard")" "READY=1" "... so that the caller is told"
own=".mounts += [{destination: \"/run/own.sock\", type: \"bind\", source: \"$TESTDIR/host.sock\", options: [\"bind\"]}] | .process.env += [\"NOTIFY_SOCKET=/run/own.sock\"]"
mkbundle "$b" "$own | $(args /probe notify Y=1)"
listen
mote_in 10 run -b "$b" one
deaf
is "$out:$(cat "$TESTDIR/heard")" "notify /run/own.sock: ok:Y=1" "a socket with a path that the configuration binds: heard, word for word"
mkbundle "$b" "$(args /bin/sh -c 'exit 0')"
listen
t=$(now)
notify run -d -b "$b" one
check "a program that ends without READY=1: run -d comes back" test $(($(now) - t)) -lt 500
deaf
is "$(cat "$TESTDIR/heard")" "" "... and the host hears nothing"
end
sh_bundle 'echo "$NOTIFY_SOCKET"'
mote_in 5 run -b "$b" one
is "$out" "" "without NOTIFY_SOCKET there is none inside"
rmdir "$TESTDIR/rootfs/run/notify"
rm -f "$TESTDIR/pid" "$TESTDIR/heard"
sleep 0.3
clean "nothing is left"
finish

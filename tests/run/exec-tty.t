#!/bin/sh
# exec-tty.t - exec with a terminal: moved by mote itself, or handed to a client at the console socket
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016 # lib.sh sets status, out, err and found; scripts for other shells
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq TTY EXEC
find_static probe/pty
PTY=$found

# sit SCRIPT OPTION...: exec, with a person at a terminal of 40 x 100 who does what SCRIPT says
sit() {
	sit_script=$1
	shift
	out=$(printf '%s\n' "$sit_script" | timeout -k 2 40 "$PTY" run 40 100 "$MOTE" --root "$STATE" exec "$@")
	status=$?
}
# client SCRIPT OPTION...: the same with somebody at the console socket
client() {
	client_script=$1
	shift
	rm -f "$TESTDIR/sock"
	out=$(printf '%s\n' "$client_script" | timeout -k 2 40 "$PTY" socket "$TESTDIR/sock" "$MOTE" --root "$STATE" exec --console-socket "$TESTDIR/sock" "$@")
	status=$?
}
up() {
	"$MOTE" --root "$STATE" delete --force box 2>/dev/null
	box_bundle "$1" sleep 600
	mote_in 20 run -d -b "$TESTDIR/b" box
	[ "$status" = 0 ] || fail "the container for what follows" "$err"
}
mkrootfs "$TESTDIR/rootfs"
up .

sit '' -t box /bin/sh -c 'tty; stty size; sh -c "echo to the tty >/dev/tty"; ls -l /proc/self/fd/2; stat -c %u /dev/pts/0; exit 7'
has "$out" /dev/pts/0 "the program has a terminal of the container's devpts"
has "$out" "40 100" "as large as the person's"
has "$out" "to the tty" "it is the controlling terminal"
has "$out" "2 -> /dev/pts/0" "standard error is the terminal too"
has "$out" "[exit 7]" "the status comes through"
has "$out" "[restored]" "the person's terminal is as it was"

sit 'expect #
send echo ab""c\r
expect abc
resize 33 77
pause 200
send stty size\r
expect 33 77
send sleep 100\r
pause 200
send \x03
send echo al""ive\r
expect alive
send exit 5\r' --tty -u 1000:1000 box /bin/sh -c 'PS1="# " exec sh -i'
has "$out" "33 77" "a new size reaches the program"
has "$out" alive "ctrl-C is the program's, and not mote's end"
has "$out" "[exit 5]" "the status after all that"

sit '' -t box /bin/sh -c 'kill -KILL $$'
has "$out" "[exit 137]" "128 + 9"
sit '' -t -u 1000:1000 box /bin/sh -c 'stat -c %u,%a /dev/pts/0; echo >/dev/pts/0; echo own $?'
has "$out" "1000,620" "the terminal is the user's"
has "$out" "own 0" "who may open it"
mote_in 10 exec box /probe stat /dev/console
hasnt "$out" "/dev/console=c" "there is no /dev/console that the first process had not"

client 'expect /dev/pts/0' -t box /bin/sh -c 'tty; sleep 0.5; exit 3'
has "$out" /dev/pts/0 "the console socket gets a terminal, in the foreground"
jq -n '{terminal: true, consoleSize: {height: 11, width: 22}, user: {uid: 0, gid: 0}, args: ["/bin/sh", "-c", "tty; stty size; sleep 1"], env: ["PATH=/bin"], cwd: "/"}' >"$TESTDIR/p.json"
client 'expect 11 22' --process "$TESTDIR/p.json" --detach --pid-file "$TESTDIR/pid" box
has "$out" "11 22" "as conmon calls it, with the size of the process object"
check "and a pid file" test -s "$TESTDIR/pid"

mote_in 10 exec -t -d box /bin/true
is "$status" 255 "a terminal, detached, with nobody to take it"
has "$err" "a terminal needs --console-socket" "is refused in words"
mote_in 10 exec --console-socket "$TESTDIR/none" box /bin/true
is "$status" 255 "a console socket without a terminal is refused"
mote_in 10 exec -t -d --console-socket "$TESTDIR/none" --pid-file "$TESTDIR/pid2" box /bin/true
is "$status" 255 "a console socket that is not there"
has "$err" "connect to the console socket $TESTDIR/none" "is named"
check "and no pid file is left" test ! -e "$TESTDIR/pid2"
is "$(echo line | timeout 10 "$MOTE" --root "$STATE" exec -t box /bin/sh -c 'read x; echo "got $x"' | tr -d '\r' | tail -n 1)" "got line" "pipes instead of a person"

if have USERNS; then
	chown -R 100000:100000 "$TESTDIR/rootfs"
	up '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	sit '' -t -u 1000 box /bin/sh -c 'tty; stat -c %u /dev/pts/0; stty size'
	has "$out" "1000" "in a user namespace it is the user's as well"
	has "$out" "40 100" "and as large as the person's"
	chown -R 0:0 "$TESTDIR/rootfs"
fi
finish

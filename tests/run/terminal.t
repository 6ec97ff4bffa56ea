#!/bin/sh
# terminal.t - run on a plain terminal, as script(1) makes one: size, settings, status, ctrl-C, a new size; tty.t has the rest
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck disable=SC2016 # for another shell
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root TTY cmd:jq cmd:script cmd:stty

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before "$STATE"

# shell FILTER SCRIPT: a bundle with a terminal whose program is a shell
shell() { box_bundle ".process.terminal = true | .process.args = [\"/bin/sh\", \"-c\", \$ARGS.positional[0]] | $1" "$2"; }
cat >"$TESTDIR/session" <<END
#!/bin/sh
stty rows 31 cols 91
stty -g >"$TESTDIR/stty.before"
tty >"$TESTDIR/tty"
"$MOTE" --root "$STATE" run \$BOX_OPTIONS -b "$TESTDIR/b" box
s=\$?
stty -g >"$TESTDIR/stty.after"
exit \$s
END
chmod +x "$TESTDIR/session"
# session [COMMAND]: sets $status and $out; COMMAND types what a person would.  The pipe stays open: script(1) makes its end
# a character.
mkfifo "$TESTDIR/keys"
exec 8<>"$TESTDIR/keys"
session() {
	status=0
	: >"$TESTDIR/typed"
	rm -f "$TESTDIR/tty"
	session_typist=''
	if [ -n "${1:-}" ]; then
		"$1" >&8 &
		session_typist=$!
	fi
	timeout -k 2 30 script -qec "$TESTDIR/session" /dev/null >"$TESTDIR/typed" 2>&1 <&8 || status=$?
	[ -z "$session_typist" ] || wait "$session_typist"
	out=$(tr -d '\r' <"$TESTDIR/typed")
}
restored() {
	if cmp -s "$TESTDIR/stty.before" "$TESTDIR/stty.after"; then pass "$1: the terminal is as it was"; else
		fail "$1: the terminal is as it was" "$(cat "$TESTDIR/stty.before" "$TESTDIR/stty.after")"; fi
}
shown() { grep -q "$1" "$TESTDIR/typed"; }

shell . '/probe tty; /probe stat /dev/console; stty -a; exit 7'
session
is "$status" 7 "the status comes through"
is "$(fact tty.0)" "/dev/pts/0 31x91 foreground" "a terminal of the same size, in the foreground"
is "$(fact tty.1)/$(fact tty.2)" "$(fact tty.0)/$(fact tty.0)" "for output and errors as well"
is "$(fact tty.controlling)" yes "it is the controlling one"
has "$(fact /dev/console)" "c 0620 0 " "/dev/console is it"
restored "an ordinary end"
has "$(tr '\r' @ <"$TESTDIR/typed")" "tty.controlling=yes@" "lines end as a terminal's do"
hasnt "$(tr '\r' @ <"$TESTDIR/typed")" "@@" "and only once"

# A person who types: only the container's terminal echoes and edits.
typing() {
	wait_for 10 shown ready
	printf 'wrong\025typed\n'
	wait_for 10 shown 'got typed'
	printf '\003'
	wait_for 10 shown interrupted
	printf 'q\n'
	wait_for 10 shown bye
}
shell . 'trap "echo interrupted" INT; echo ready; read x; echo "got $x"; read y || read y; echo "bye $y"; exit 4'
session typing
is "$status" 4 "a conversation"
has "$out" "got typed" "the line is edited inside, by ctrl-U"
has "$out" interrupted "ctrl-C is the container's"
restored "after ctrl-C"

killing() {
	wait_for 10 shown ready
	"$MOTE" --root "$STATE" kill box KILL
}
shell . 'echo ready; exec sleep 1000'
session killing
is "$status" 137 "a container that is killed"
restored "after that"

resizing() {
	wait_for 10 shown ready
	stty -F "$(cat "$TESTDIR/tty")" rows 17 cols 57
	wait_for 10 shown '17 57'
}
shell . 'trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.05; done'
session resizing
is "$status" 3 "a new size reaches the program, with SIGWINCH"

# ---- what the configuration says -----------------------------------------------------------------------------
shell '.process.user = {uid: 1000, gid: 1000}' '/probe tty; /probe stat /dev/pts/0; /probe open /dev/tty rw'
session
has "$(fact /dev/pts/0)" "c 0620 1000 5" "the terminal is the user's"
has "$out" "open /dev/tty rw: ok" "who may open it"
if have USERNS; then
	shell '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 2000}] |
		.linux.gidMappings = .linux.uidMappings | .process.user = {uid: 1000, gid: 1000}' \
		'/probe tty; /probe stat /dev/pts/0; /probe stat /dev/console; exit 6'
	session
	is "$status" 6 "a terminal in a user namespace"
	is "$(fact tty.0)" "/dev/pts/0 31x91 foreground" "is one"
	has "$(fact /dev/pts/0)" "c 0620 1000 5" "of its user"
	has "$(fact /dev/console)" " 136:0" "with a console"
fi
if have SECCOMP; then
	shell '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["ioctl"], action: "SCMP_ACT_ERRNO",
		args: [{index: 1, op: "SCMP_CMP_EQ", value: 21522}]}]} | .process.noNewPrivileges = false' '/probe ioctl-tiocsti; true'
	session
	has "$out" "ioctl-tiocsti 0: EPERM" "a filter on a terminal's calls"
fi
box_bundle '.process.terminal = false | .process.consoleSize = {height: 5, width: 5}' tty
session
is "$(fact tty.0)" "$(cat "$TESTDIR/tty") 31x91 background" "terminal false: the caller's own, not the controlling one, and consoleSize does not count"
is "$(fact tty.controlling)" no "since it leads a session of its own"
restored "terminal false"

# ---- run -d hands the terminal to a socket ---------------------------------------------------------------------
find_static probe/pty 2>/dev/null && PTY=$found
if [ -n "${PTY:-}" ]; then
	shell '.process.consoleSize = {height: 12, width: 34}' 'stty size; read x; echo "you said $x"; exec sleep 1000'
	out=$(printf 'expect 12 34\nsend hello\\r\nexpect you said hello\n' |
		timeout -k 2 30 "$PTY" socket "$TESTDIR/sock" "$MOTE" --root "$STATE" run -d --console-socket "$TESTDIR/sock" -b "$TESTDIR/b" box)
	is "$?" 0 "run -d with a console socket"
	has "$out" "you said hello" "whoever got the terminal talks with the program"
	"$MOTE" --root "$STATE" delete --force box
else
	skip "run -d with a console socket" "no probe/pty"
fi
shell . true
mote_in 20 run -d -b "$TESTDIR/b" box
refused "run -d without one" console-socket
mote_in 20 create -b "$TESTDIR/b" --console-socket "$TESTDIR/rootfs/probe" box
refused "a console socket that is a file" "console socket"
box_bundle . true
mote_in 20 create -b "$TESTDIR/b" --console-socket "$TESTDIR/sock" box
refused "a console socket without a terminal" terminal

clean "nothing is left of it all" "$STATE"
finish

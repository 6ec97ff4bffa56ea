#!/bin/sh
# tty.t - a container's terminal: through the console socket, and moved by a foreground run itself
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016 # lib.sh sets status, out, err and found; scripts for other shells
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq TTY
find_static probe/pty
PTY=$found

# sit SCRIPT: `run` of the bundle, with a person at a terminal of 40 x 100 who does what SCRIPT says
sit() {
	out=$(printf '%s\n' "$1" | timeout -k 2 40 "$PTY" run 40 100 "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box)
	status=$?
}
# shell FILTER SCRIPT: the bundle whose program is a shell that does SCRIPT on a terminal
shell() {
	box_bundle ".process.terminal = true | .process.args = [\"/bin/sh\", \"-c\", \$ARGS.positional[0]] | $1" "$2"
}
# client SOCKET [SCRIPT]: create, with somebody at the console socket; the container is started and waits
client() {
	out=$(printf '%s\n' "${2:-}" | timeout -k 2 40 "$PTY" socket "$1" "$TESTDIR/both" "$1")
	status=$?
}
cat >"$TESTDIR/both" <<EOF
#!/bin/sh
"$MOTE" --root "$STATE" create -b "$TESTDIR/b" --console-socket "\$1" box || exit
"$MOTE" --root "$STATE" start box
EOF
chmod +x "$TESTDIR/both"
remove() { "$MOTE" --root "$STATE" delete --force box 2>/dev/null; }

mkrootfs "$TESTDIR/rootfs"

# ---- a person at a foreground run -----------------------------------------------------------------
shell . 'tty; stty size; stat -c %F,%t,%u /dev/console; sh -c "echo to the tty >/dev/tty"; ls -l /proc/self/fd/2; exit 7'
sit ''
has "$out" /dev/pts/0 "the program has a terminal of its own devpts"
has "$out" "40 100" "as large as the person's"
has "$out" "character special file,88,0" "/dev/console is a pty"
has "$out" "to the tty" "it is the controlling terminal"
has "$out" "2 -> /dev/pts/0" "standard error is the terminal too"
has "$out" "[exit 7]" "the status comes through"
has "$out" "[restored]" "the person's terminal is as it was"

shell '.process.consoleSize = {height: 11, width: 22} | .process.user = {uid: 1000, gid: 1000}' \
	'stat -c %u,%a /dev/pts/0; echo >/dev/pts/0; echo own $?'
sit ''
has "$out" "1000,620" "the terminal is the user's"
has "$out" "own 0" "who may open it"

shell . 'exec sh -i'
sit 'expect #
send echo ab""c\r
expect abc
resize 33 77
pause 200
send stty size\r
expect 33 77
send sleep 100\r
pause 300
send \x03
pause 200
send echo st=$?\r
expect st=130
ticks 1000 30
send exit 5\r'
is "$status" 0 "a conversation: echo, a new size, ctrl-C"
has "$out" "[idle]" "a waiting run does not spin"
has "$out" "[exit 5]" "exit of the shell"
has "$out" "[restored]" "the terminal is restored after a conversation"

shell . 'trap "echo got it; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
sit 'expect ready
signal 15
expect got it'
is "$status" 0 "a signal to run is passed on"
has "$out" "[restored][exit 9]" "and the end is an ordinary one"

shell . 'yes'
sit 'pause 500
ticks 1000 30
signal 15
pause 100
signal 9'
has "$out" "[idle]" "a reader that does not read stops the container, and costs nothing"
remove

shell . 'head -c 500000 /dev/zero | tr "\0" x; echo END'
sit 'expect END'
is "$status" 0 "half a megabyte"
is "$(printf '%s' "$out" | tr -cd x | wc -c)" "$((500000 + $(printf '%s' "$out" | tail -n 1 | tr -cd x | wc -c)))" \
	"not a byte is missing"

shell . 'echo one; exec </dev/null >/dev/null 2>&1; sleep 0.4
	setsid sh -c "exec >/dev/console 2>&1; echo two"; sleep 0.3; exit 8'
sit 'expect two'
is "$status" 0 "a terminal that was closed and opened again through /dev/console"
has "$out" "[exit 8]" "its status"

# ---- without a person: pipes -----------------------------------------------------------------------
shell . 'echo some; exit 4'
mote_in 20 run -b "$TESTDIR/b" box
is "$status:$out" "4:some" "neither end of run is a terminal: bytes move, LF stays LF"

shell . 'read x; echo "got $x"; exit 3'
status=0
out=$(printf 'a line\n' | timeout 20 "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box) || status=$?
is "$status" 3 "input through a pipe that ends"
has "$out" "got a line" "and arrives"

shell . 'yes | head -c 300000; exit 6'
status=$( (timeout 20 "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box; echo $? >"$TESTDIR/st") </dev/null | head -c 10 >/dev/null; cat "$TESTDIR/st")
is "$status" 6 "a reader that goes away does not stop the container"

# ---- the console socket ----------------------------------------------------------------------------
shell . 'tty; stty -a | grep -o .onlcr; read x; echo "you said $x"; sleep 1'
client "$TESTDIR/console.sock" 'expect onlcr
send hello\r
expect you said hello'
is "$status" 0 "a client at the console socket talks with the program"
has "$out" "[/dev/ptmx][1 descriptor][closed]" "one message with one descriptor, then the end"
has "$out" "-onlcr" "LF is not made CR LF"
has "$out" "[exit 0]" "create and start come back"
remove

shell '.process.consoleSize = {height: 11, width: 22}' 'stty size; sleep 1'
client "$TESTDIR/console.sock2" 'expect 11 22'
is "$status" 0 "consoleSize is kept"
remove

deep=$TESTDIR/$(printf '%0120d' 0)
mkdir "$deep"
shell . 'echo far; sleep 1'
client "$deep/console.sock" 'expect far'
is "$status" 0 "a socket whose path is longer than sun_path"
remove

shell . 'true'
mote_in 20 create -b "$TESTDIR/b" --console-socket "$TESTDIR/nobody" box
refused "nobody listens" "console socket" "no such file"
mote_in 20 create -b "$TESTDIR/b" box
refused "create with a terminal and without a socket" console-socket

# ---- a root file system that means harm ---------------------------------------------------------------
# /dev of these is the image's own: no tmpfs lies over it.
bare='.mounts |= map(select(.destination != "/dev" and .destination != "/dev/shm" and .destination != "/dev/mqueue"))'
touch "$TESTDIR/canary"
mkdir -p "$TESTDIR/rootfs/dev/pts" "$TESTDIR/rootfs/etc"
for target in /etc/passwd "$TESTDIR/canary" /proc/self/fd/1 ../etc/new; do
	rm -f "$TESTDIR/rootfs/dev/console"
	ln -s "$target" "$TESTDIR/rootfs/dev/console"
	shell "$bare" true
	mote_in 20 run -b "$TESTDIR/b" box
	refused "/dev/console is a link to $target" "symbolic link"
done
is "$(wc -c <"$TESTDIR/canary")$(ls "$TESTDIR/rootfs/etc/new" 2>/dev/null)" 0 "and nothing was made or changed"
rm -f "$TESTDIR/rootfs/dev/console"
mkdir "$TESTDIR/rootfs/dev/console"
mote_in 20 run -b "$TESTDIR/b" box
refused "/dev/console is a folder" console
rmdir "$TESTDIR/rootfs/dev/console"
: >"$TESTDIR/rootfs/dev/console"
shell "$bare" 'stat -c %t /dev/console'
mote_in 20 run -b "$TESTDIR/b" box
is "$out" 88 "/dev/console is a file: bound over"
is "$(stat -c %F,%s "$TESTDIR/rootfs/dev/console")" "regular empty file,0" "and untouched below"

shell "$bare | .mounts |= map(select(.destination != \"/dev/pts\"))" true
mote_in 20 run -b "$TESTDIR/b" box
refused "no devpts" devpts
: >"$TESTDIR/rootfs/dev/pts/ptmx"
mote_in 20 run -b "$TESTDIR/b" box
refused "an ordinary file in ptmx' place" devpts
rm "$TESTDIR/rootfs/dev/pts/ptmx"
mknod "$TESTDIR/rootfs/dev/pts/ptmx" c 5 2 2>/dev/null
mote_in 20 run -b "$TESTDIR/b" box
refused "the right numbers on the wrong file system" devpts
finish

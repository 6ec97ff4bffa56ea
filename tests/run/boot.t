#!/bin/sh
# boot.t - `mote boot`: order, needs, restarts, readiness, logs, status, the end; as a plain process and as process 1 of a namespace
# SPDX-License-Identifier: MIT
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091,SC2154,SC2016
. "$(dirname "$0")/../lib.sh"
need root cmd:jq BOOT
private_pids "$@"
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
ev=$TESTDIR/ev
mkdir -p "$ev"
mkrootfs "$TESTDIR/rootfs"
before

# unit STAGE/NAME SCRIPT [BOOT.JSON]: in the set $set; the script sees $ev as /ev and speaks by `ev WORD`
unit() {
	mkbundle "$set/$1" "del(.linux.resources) | del(.mounts[] | select(.type == \"cgroup\")) |
		.mounts += [{destination: \"/ev\", type: \"bind\", source: \"$ev\", options: [\"bind\"]}] |
		.process.args = [\"/bin/sh\", \"-c\", $(printf '%s' "ev() { echo \"\$1 \$(cut -d' ' -f1 /proc/uptime)\" >>/ev/log; }; wait_file() { until [ -e /ev/\$1 ]; do sleep 0.05; done; }; $2" | jq -Rs .)]"
	[ -z "${3:-}" ] || printf '%s\n' "$3" >"$set/$1/boot.json"
}
new() { set=$TESTDIR/$1 && rm -rf "$ev" "$STATE-boot" && mkdir -p "$ev"; }
# boot: in the background; its words go to $TESTDIR/words
boot() {
	"$MOTE" --root "$STATE" boot "$set" >"$TESTDIR/out" 2>"$TESTDIR/words" </dev/null &
	boot=$!
	lib_pids="$lib_pids $boot"
}
over() { status=0; wait "$boot" || status=$?; words=$(cat "$TESTDIR/words"); }
stat() { "$MOTE" --root "$STATE" boot --status --format=tsv 2>/dev/null | awk -F'\t' -v n="$1" -v k="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == k) c = i } $1 == n { print $c }'; }
state_is() { [ "$(stat "$1" state)" = "$2" ]; }
events() { cut -d' ' -f1 "$ev/log" 2>/dev/null | tr '\n' ' '; }
at() { awk -v w="$1" '$1 == w { print int($2 * 1000); exit }' "$ev/log"; }
# Process 1 of a namespace hears no signal that it has no handler for: the trap comes before the word that says it is there, and
# who ends a set waits for that word (here), for a container without readyFd is ready before its program's first line.
trap="trap 'ev end-\$0; exit 0' TERM"
loop='while :; do sleep 0.05; done'
stays="$trap; $loop"
here() { wait_for 20 grep -qs "^$1 " "$ev/log"; }

# ---- order: numbers one after the other, the same number side by side
new order
unit onboot/10-a 'wait_file b; ev a'
unit onboot/10-b 'touch /ev/b; sleep 0.3; ev b'
unit onboot/20-c 'ev c'
unit services/10-s "$(echo "$trap" | sed 's/\$0/s/'); ev s; echo >&3; $loop" '{"readyFd": 3}'
unit services/20-t "$(echo "$trap" | sed 's/\$0/t/'); ev t; echo >&3; $loop" '{"readyFd": 3}'
unit services/needs-t "$(echo "$trap" | sed 's/\$0/n/'); ev n; $loop" '{"needs": {"containers": ["t"]}}'
unit onshutdown/10-x 'ev x'
unit onshutdown/20-y 'ev y'
boot
check "all that is to be up is" wait_for 20 state_is needs-t ready
here n
is "$(events)" "a b c s t n " "onboot in order, each number side by side; then the services"
is "$(stat 10-a state)$(stat 10-a status):$(stat 20-c starts)" "done0:1" "status: the end of an onboot container"
is "$("$MOTE" --root "$STATE" boot --status | awk '$1 == "10-s" { print $2, $3, $5 }')" "services ready 1" "status for people"
is "$("$MOTE" --root "$STATE" list -q | tr '\n' ' ')" "10-s 20-t needs-t " "the services are containers as others are"
mote_in 10 boot "$set"
is "$status" 1 "a second one on the same states is refused"
has "$err" "another mote keeps containers" "and says why"
kill -TERM "$boot"
over
is "$status:$words" "0:" "SIGTERM: it ends well, without a word"
is "$(events)" "a b c s t n end-n end-t end-s x y " "the last started ends first; then onshutdown"
mote_in 10 boot --status
is "$status" 1 "no status behind the end"
clean "nothing is left" "$STATE-boot"

# ---- who asks for the status takes nothing that a boot needs, be it slow: each close takes its time
if command -v strace >/dev/null && strace -o /dev/null -e inject=close:delay_enter=1 true 2>/dev/null; then
	new asked
	unit onboot/10-a 'ev a'
	mkdir -p "$STATE-boot" && : >"$STATE-boot/pid" && : >"$STATE-boot/status"
	strace -qq -o "$TESTDIR/trace" -e trace=close,flock,fcntl -e inject=close:delay_enter=2000000 "$MOTE" --root "$STATE" boot --status >/dev/null 2>&1 &
	asks=$!
	wait_for 10 grep -qs 'F_GETLK\|LOCK_SH' "$TESTDIR/trace"
	boot
	over
	is "$status:$words:$(events)" "0::a " "a boot that begins while somebody asks for the status"
	wait $asks
else
	skip "a boot that begins while somebody asks" "strace cannot delay a call here"
fi

# ---- what fails takes nobody with it
new faults
unit onboot/10-bad 'exit 3'
unit onboot/15-retry 'ev retry; [ -e /ev/again ] || { touch /ev/again; exit 4; }' '{"restart": "on-failure", "backoff": 50}'
unit onboot/15-slow 'ev slow; sleep 99' '{"timeout": 300}'
unit onboot/20-next 'ev next'
unit services/20-well 'ev well' '{"restart": "on-failure"}'
unit services/20-once 'exit 5' '{"restart": "no"}'
unit services/10-needs-bad 'ev never' '{"needs": {"containers": ["bad"]}}'
unit services/10-typo 'ev never' '{"restart": "sometimes"}'
unit services/10-left 'ev never' '{"needs": {"containers": ["right"]}}'
unit services/10-right 'ev never' '{"needs": {"containers": ["left"]}}'
unit services/10-lost 'ev never' '{"needs": {"containers": ["nobody"]}}'
unit services/20-crash 'ev crash; exit 7' '{"restart": "on-failure", "backoff": 100, "backoffMax": 350, "giveUp": 4}'
unit services/30-good "$trap; ev good; $loop"
mkbundle "$set/services/10-cannot" '.process.args = ["/nosuch"] | del(.linux.resources) | del(.mounts[] | select(.type == "cgroup"))'
echo '{"restart": "no"}' >"$set/services/10-cannot/boot.json"
boot
check "the good one is up" wait_for 20 state_is 30-good ready
check "the one that crashes is given up" wait_for 20 state_is 20-crash failed
here good
is "$(stat 20-crash starts):$(stat 20-crash status)" "4:7" "after as many starts as giveUp says"
is "$(stat 15-retry state):$(stat 15-retry starts):$(events | grep -o 'retry .*retry.* next ' | tr ' ' '\n' | grep -c retry)" "done:2:2" "onboot: on-failure tries again, and the next number waits for it"
is "$(stat 15-slow state):$(stat 15-slow status)" "failed:137" "who does not come to its end in time is killed, and has failed"
wait_for 20 state_is 20-well "done"
wait_for 20 state_is 20-once failed
is "$(stat 20-well state):$(stat 20-well starts)" "done:1" "on-failure: a good end is the end"
is "$(stat 20-once state):$(stat 20-once starts)" "failed:1" "no: a bad one as well"
hasnt "$(events)" never "nobody started without what it needs"
kill -TERM "$boot"
over
is "$status" 1 "the status tells that some have failed"
has "$words" "boot 10-bad: ended with status 3; it has failed" "an onboot container by name"
has "$words" "boot 10-needs-bad: is not started: it needs 10-bad, which has failed" "who needs it"
has "$words" "boot 10-typo: is not started: $set/services/10-typo/boot.json:1:13: restart:" "a fault in boot.json, with its place"
has "$words" "boot 10-left: is not started: needs 10-right" "needs that go round in a circle"
has "$words" "boot 10-lost: is not started: needs nobody, and no container is called that" "a need that is no container"
has "$words" 'boot 10-cannot: exec: "/nosuch": executable file not found' "a program that is not there, in the words of run"
has "$words" "boot 20-crash: ended with status 7; starts again in 100 ms" "a restart"
has "$words" "boot 15-slow: has not come to its end in 300 ms: killed" "a time-out"
has "$words" "boot 20-once: ended with status 5; it has failed" "an end that nothing follows"
has "$words" "starts again in 350 ms" "pauses double, to a limit"
awk '$1 == "crash" { t[++n] = $2 } END { exit !(n == 4 && t[2] - t[1] >= 0.09 && t[3] - t[2] >= 0.19 && t[4] - t[3] >= 0.34) }' "$ev/log"
is $? 0 "and are kept"
clean "nothing is left" "$STATE-boot"

# ---- needs of the host's paths; readiness
new needs
unit services/10-file "$trap; ev file; $loop" "{\"needs\": {\"files\": [\"$ev/go\"]}}"
unit services/10-socket "$trap; ev socket; $loop" "{\"needs\": {\"sockets\": [\"$ev/sock\"]}}"
unit services/10-device "$trap; ev device; $loop" '{"needs": {"devices": ["/dev/null"], "mounts": ["/proc"]}}'
unit services/10-nomount "ev never; $stays" "{\"needs\": {\"mounts\": [\"$ev\"]}}"
boot
check "a device and a mount that are there" wait_for 20 state_is 10-device ready
: >"$ev/sock" # no socket
sleep 0.3
is "$(stat 10-file state) $(stat 10-socket state) $(stat 10-nomount state)" "waiting waiting waiting" "who needs what is not there waits"
touch "$ev/go"
check "until it is" wait_for 10 state_is 10-file ready
is "$(stat 10-socket state)" waiting "an ordinary file is no socket"
rm "$ev/sock"
"$PROBE" listen "$ev/sock" "$ev/heard" 600 >/dev/null 2>&1 &
listener=$!
lib_pids="$lib_pids $listener"
check "a socket is one" wait_for 20 state_is 10-socket ready
here file; here device; here socket
kill "$listener"
kill -TERM "$boot"
over
is "$status:$words" "0:" "who still waits never starts"

new ready
unit services/10-fd "$trap; wait_file fd; ev fd; echo >&5; $loop" '{"readyFd": 5}'
unit services/10-notify "$trap; wait_file notify; ev notify; /probe notify READY=1; $loop" '{"notify": true}'
unit services/10-late "$stays" '{"readyFd": 3, "readyTimeout": 300, "giveUp": 1}'
unit services/10-mute 'exec 4>&-; sleep 20' '{"readyFd": 4, "giveUp": 1}'
unit services/20-all "$trap; ev all; $loop"
unit services/20-needs-late "ev never; $stays" '{"needs": {"containers": ["late"]}}'
"$PROBE" hear "$TESTDIR/host.sock" >"$TESTDIR/heard" &
ears=$!
lib_pids="$lib_pids $ears"
wait_for 5 test -S "$TESTDIR/host.sock"
export NOTIFY_SOCKET="$TESTDIR/host.sock"
boot
check "who does not say it is ready in time has failed" wait_for 10 state_is 10-late failed
check "and who closes the descriptor" wait_for 10 state_is 10-mute failed
is "$(stat 10-fd state) $(stat 20-all state)" "up waiting" "until it is ready, the next number waits"
touch "$ev/fd"
check "a byte on its descriptor makes it ready" wait_for 10 state_is 10-fd ready
hasnt "$(events)" all "there is another one"
is "$(cat "$TESTDIR/heard")" "" "and mote's own caller hears nothing yet"
touch "$ev/notify"
check "READY=1 does as well" wait_for 10 state_is 10-notify ready
check "then the next number starts" wait_for 10 state_is 20-all ready
check "when all is up mote's own caller hears it" wait_for 10 grep -qx READY=1 "$TESTDIR/heard"
unset NOTIFY_SOCKET
kill "$ears"
has "$(cat "$TESTDIR/words")" "boot 10-late: is not ready in time" "said by name"
here all
kill -TERM "$boot"
over
clean "nothing is left" "$STATE-boot"

# ---- logs, grace, restart=always, take-over
new logs
unit services/10-file 'i=0; while [ $i -lt 40 ]; do echo "line $i"; i=$((i + 1)); done; echo "to err" >&2; exit 0' "{\"restart\": \"no\", \"log\": \"$ev/f.log\", \"logLimit\": 200}"
unit services/10-stubborn "trap 'ev asked' USR1; trap '' TERM; ev stubborn; while :; do sleep 0.05; done" '{"grace": 300, "stopSignal": "USR1"}'
unit services/10-again 'ev again; sleep 0.1' '{"restart": "always", "backoff": 50, "giveUp": 0}'
mkdir "$ev/mnt"
unit services/10-deep 'echo deep; sleep 99' "{\"log\": \"$ev/a/b/c.log\", \"grace\": 50, \"restrat\": \"no\"}"
unit services/10-late 'echo late; sleep 99' "{\"log\": \"$ev/mnt/l.log\", \"grace\": 50, \"needs\": {\"mounts\": [\"$ev/mnt\"]}}"
unit services/10-nowhere 'ev never' '{"log": "/dev/null/x", "restart": "no"}'
boot
check "restart always: also after a good end" wait_for 10 sh -c "[ \$(grep -c ^again $ev/log) -ge 3 ]"
check "restart no: done" state_is 10-file "done"
is "$(tail -n 1 "$ev/f.log"):$(cat "$ev/f.log.1" "$ev/f.log" | tail -n 3 | head -n 1)" "to err:line 38" "the log: both streams, the old part beside it"
is "$([ "$(wc -c <"$ev/f.log")" -le 200 ] && [ "$(wc -c <"$ev/f.log.1")" -le 200 ] && echo kept)" kept "and its limit"
check "a log's folder is made" wait_for 10 grep -qx deep "$ev/a/b/c.log"
has "$(cat "$TESTDIR/words")" "boot 10-deep: $set/services/10-deep/boot.json:1:" "a word that boot.json does not know is said"
check "a log that cannot be opened: not started" wait_for 10 state_is 10-nowhere failed
has "$(cat "$TESTDIR/words")" "boot 10-nowhere: /dev/null/x: not a directory" "and why"
hasnt "$(events)" never "nor its program"
state_is 10-late waiting && mount -t tmpfs late "$ev/mnt"
check "a log on a file system that was waited for" wait_for 10 grep -qx late "$ev/mnt/l.log"
umount -l "$ev/mnt"
is "$(ls "$ev/mnt")" "" "is on that, and not below it"
wait_for 10 grep -q stubborn "$ev/log"
pid=$(stat 10-stubborn pid)
kill -KILL "$boot"
over
check "a sequencer that is killed leaves the containers" kill -0 "$pid"
boot
check "the next one" wait_for 20 state_is 10-stubborn ready
check "and it runs" wait_for 20 sh -c "[ \$(grep -c ^stubborn $ev/log) = 2 ]"
check "takes them over: the old one is gone" sh -c "! kill -0 $pid 2>/dev/null"
kill -TERM "$boot"
over
has "$words" "boot 10-stubborn: does not end: killed" "who does not end in its grace is killed"
has "$(events)" asked "and was asked by its own signal"
clean "nothing is left" "$STATE-boot"

# ---- onFailure, and the end when nobody is left
new policy
unit onboot/10-vital 'exit 1' '{"onFailure": "poweroff"}'
unit services/10-s 'ev never'
unit onshutdown/10-x 'ev x'
boot
over
is "$status:$(events)" "1:x " "onFailure: nothing more is started, onshutdown has its turn"
has "$words" "so everything ends: its onFailure is poweroff" "and why is said"
new once
unit onboot/10-a 'ev a'
unit onshutdown/10-x 'ev x'
boot
over
is "$status:$(events)" "0:a x " "without services it ends by itself"
clean "nothing is left" "$STATE-boot"

# ---- the chart, and the times of one start; what follows is CONFIG=max's where this mote lacks it
have TIMING || MOTE=${MOTE_MAX:-$MOTE}
if have TIMING; then
	new chart
	unit onboot/10-a 'sleep 0.3'
	unit services/10-ready "$trap; sleep 0.3; echo >&3; $loop" '{"readyFd": 3}'
	unit services/20-twice "[ -e /ev/once ] && { $trap; ev twice; $loop; }; touch /ev/once; exit 1" '{"backoff": 10}'
	unit onshutdown/10-look 'cp /ev/boot.svg /ev/seen.svg'
	"$MOTE" --root "$STATE" boot --chart "$ev/boot.svg" "$set" 2>"$TESTDIR/words" </dev/null &
	boot=$!
	lib_pids="$lib_pids $boot"
	check "a chart is drawn when all is up" wait_for 20 test -s "$ev/boot.svg"
	here twice
	wait_for 20 sh -c "[ \"\$($MOTE --root $STATE boot --status | awk '\$1 == \"20-twice\" { print \$3 \$5 }')\" = ready2 ]"
	kill -TERM "$boot"
	over
	chart=$(cat "$ev/boot.svg")
	for word in 10-a 10-ready 20-twice 'stopped, 2 starts' prepare clone mounts root seccomp exec 'getting ready' 'since mote began'; do
		has "$chart" ">$word<" "it has a label $word"
	done
	has "$(cat "$ev/seen.svg")" "ready after" "onshutdown finds one of what was up"
	has "$(cat "$ev/seen.svg")" ", 2 starts" "with what has started again since all was up"
	# 9 bars a container in the upper part (running is one), 8 in the lower, and one at least gets ready; the legend has another.
	is "$(awk '/<rect.*height="15"/ { n++ } /<rect.*height="15".*fill="#d0d0d0"/ { r++ } END { print (n - r == 4 * (9 + 8)), (r >= 1) }' "$ev/boot.svg")" "1 1" \
		"bars of every phase of all four, and one of getting ready"
	! command -v rsvg-convert >/dev/null || check "it can be drawn" rsvg-convert "$ev/boot.svg" -o "$ev/boot.png"
	mote_in 10 run --timing "$ev/t" -b "$set/onboot/10-a" x
	is "$status:$(cut -d' ' -f1 "$ev/t" | tr '\n' ' ')" "0:load plan prepare clone mounts root seccomp exec " "run --timing tells the phases"
	awk '$2 !~ /^[0-9.]+$/ || $3 != "ms" { bad = 1 } $1 != "load" && $2 == 0 { bad = 1 } END { exit bad }' "$ev/t"
	is $? 0 "each with its time"
	mote_in 10 run --timing "$ev/t.svg" -b "$set/onboot/10-a" x
	has "$(cat "$ev/t.svg" 2>&1)" '</svg>' "as a chart too"
	mote_in 10 run --timing /nosuch/t -b "$set/onboot/10-a" x
	is "$status:$err" "0:run x: write /nosuch/t: no such file or directory" "times that cannot be written do not stop the container"
	clean "nothing is left" "$STATE-boot"
fi

# ---- a bundle as one file, where mote has IMAGE
if have IMAGE; then
	new image
	unit services/10-dir "$trap; ev dir; $loop"
	mkdir -p "$TESTDIR/tar/rootfs/bin" "$TESTDIR/tar/rootfs/proc" "$TESTDIR/tar/rootfs/dev" "$TESTDIR/tar/rootfs/ev"
	cp "$TESTDIR/rootfs/bin/busybox" "$TESTDIR/tar/rootfs/bin/sh"
	jq '.root.path = "rootfs" | .process.args = ["/bin/sh", "-c", "echo image 0 >>/ev/log; exec sleep 99"] | .mounts = [.mounts[] | select(.destination == "/ev" or .destination == "/proc")]' \
		"$set/services/10-dir/config.json" >"$TESTDIR/tar/config.json"
	(cd "$TESTDIR/tar" && tar cf "$set/services/20-file.tar" config.json rootfs)
	echo '{"restart": "no", "grace": 100}' >"$set/services/20-file.json"
	boot
	check "an image is a bundle as well" wait_for 20 state_is 20-file ready
	check "its program runs" wait_for 5 grep -q '^image' "$ev/log"
	here dir
	kill -TERM "$boot"
	over
	clean "nothing is left of it" "$STATE-boot"
else
	skip "a bundle as one file" "this mote has no IMAGE"
fi

# ---- as process 1: it stays, reaps, and ends the namespace as a machine
new pid1
unit onboot/10-a 'ev a'
unit onboot/10-skipped 'ev never'
unit onshutdown/10-x 'ev x'
echo "quiet mote.debug mote.skip=nosuch,skipped" >"$TESTDIR/cmdline"
# one NAME SIGNAL EXPECTED: the namespace's process 1 is the sequencer
one() {
	rm -f "$ev/log"
	unshare --fork --pid --mount sh -c 'mount -t proc proc /proc && mount --bind "$1" /proc/cmdline && shift && exec "$@"' sh "$TESTDIR/cmdline" \
		"$MOTE" --root "$STATE" boot "$set" >"$TESTDIR/words" 2>&1 </dev/null &
	boot=$!
	lib_pids="$lib_pids $boot"
	wait_for 20 state_is 10-a "done"
	sleep 0.2
	is "$(stat 10-a state):$(stat 10-skipped state)" "done:skipped" "$1: process 1 stays when nothing is left to do"
	run_in 10 unshare --fork --pid "$MOTE" --root "$STATE" boot --poweroff
	is "$status:$err" "1:boot: tell the mote that keeps the containers, in this pid namespace: no such process" "$1: --poweroff in a namespace beside it does not reach it, nor another process 1"
	if [ "$2" = USR2 ]; then # by its number out here
		mote_in 10 boot --poweroff
		is "$status:$err" "0:" "$1: --poweroff from the namespace above does"
	else
		kill "-$2" "$(cat "/proc/$boot/task/$boot/children")"
	fi
	over
	is "$status:$(events)" "$3:a x " "$1: $2 ends the machine, onshutdown before"
}
one poweroff USR2 130
has "$words" "boot 10-a: starts" "mote.debug says more"
one reboot TERM 129
clean "nothing is left" "$STATE-boot"
finish

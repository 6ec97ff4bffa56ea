#!/bin/sh
# SPDX-License-Identifier: MIT
# lifecycle.t - create, start, run, state, kill, delete, list: what each does, says and leaves
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq
private_pids "$@"

# Ids are this test's alone where a cgroup is named after them: other tests may run at the same time.
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"

b=$TESTDIR/b
nbundles=0
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
bundle() {
	nbundles=$((nbundles + 1))
	mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS-$nbundles\" | $(args "$@")"
}
sh_bundle() { bundle /bin/sh -c "$1"; }
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
stopped() { [ "$(state_of "$1" status)" = stopped ]; }
gone() { ! kill -0 "$1" 2>/dev/null; }
# The walk of a `create` must not wait for whoever reads the pipes that its container has.
create() {
	status=0
	mote create "$@" >"$TESTDIR/.c-out" 2>"$TESTDIR/.c-err" </dev/null || status=$?
	err=$(cat "$TESTDIR/.c-err")
}
rfc3339='^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.][0-9]+)?(Z|[+-][0-2][0-9]:[0-5][0-9])$'

mkrootfs "$TESTDIR/rootfs"
before

# ---- run in the foreground --------------------------------------------------------------------
for code in 0 1 3 42 126 127 255; do
	bundle /probe exit "$code"
	mote_in 10 run -b "$b" one
	is "$status:$out:$err" "$code::" "run: exit status $code, and no word"
done
for sig in TERM:15 KILL:9 SEGV:11 ABRT:6; do
	# As process 1 of its namespace it can only be hit from outside, or by what the kernel forces.
	mkbundle "$b" ".linux.namespaces |= map(select(.type != \"pid\")) | $(args /bin/sh -c "ulimit -c 0; kill -${sig%:*} \$\$; sleep 9")"
	mote_in 10 run -b "$b" one
	is "$status" $((128 + ${sig#*:})) "run: 128 + $sig"
done
bundle /probe echo hello ++ stderr oops
mote_in 10 run -b "$b" one
is "$out:$err" "hello:oops" "run: standard output and error are the program's"
sh_bundle 'read x; echo "got $x"'
is "$(echo line | mote run -b "$b" one)" "got line" "run: standard input is the program's"
(cd "$b" && mote run one </dev/null >"$TESTDIR/.out" 2>&1)
is $? 0 "run: the bundle is the current folder when none is named"
clean "run: nothing is left"

bundle /nosuch
mote_in 10 run -b "$b" one
is "$status" 1 "a program that is not there: status 1"
has "$err" 'exec: "/nosuch": executable file not found in $PATH: no such file or directory' "a program that is not there: said in the words engines look for"
bundle nosuch
mote_in 10 run -b "$b" one
is "$status" 1 "a command not in PATH: status 1"
has "$err" 'exec: "nosuch": executable file not found in $PATH: no such file or directory' "a command not in PATH: the same words"
mote_in 10 create -b "$b" one
is "$status" 1 "create tells it already"
has "$err" 'executable file not found in $PATH' "create: the same words"
clean "nothing is left of them"

# ---- run, detached ----------------------------------------------------------------------------
bundle /probe sleep 30
create -b "$b" x1 # state of a container that waits
is "$status:$err" "0:" "create: no word"
bundle /probe sleep 30
mote_in 10 run -d -b "$b" det
is "$status:$out:$err" "0::" "run -d: comes back, no word"
is "$(state_of det status)" running "run -d: it is running"
pid=$(state_of det pid)
check "run -d: its process lives" kill -0 "$pid"
mote kill det KILL
check "kill KILL: it is stopped" wait_for 5 stopped det
is "$(state_of det pid)" 0 "a stopped container has pid 0"
mote_in 10 delete det
is "$status:$out:$err" "0::" "delete: no word"
mote_in 10 state det
is "$status" 1 "state of a deleted container: status 1"
has "$err" 'container "det" does not exist' "and a sentence"
mote delete --force x1
clean "detached: nothing is left"

# ---- create, start ----------------------------------------------------------------------------
sh_bundle 'echo began >&2; trap "exit 7" TERM; while :; do sleep 0.1; done'
create -b "$b" --pid-file "$TESTDIR/pid" web
is "$status:$err" "0:" "create: no word"
json=$(mote state web)
is "$(echo "$json" | jq -r .status)" created "state: created"
pid=$(echo "$json" | jq -r .pid)
check "state: a pid that lives" kill -0 "$pid"
is "$(cat "$TESTDIR/pid")" "$pid" "pid file: the same pid"
is "$(od -An -c "$TESTDIR/pid" | tr -d ' \n')" "$pid" "pid file: digits and no newline"
is "$(find "$TESTDIR" -maxdepth 1 -name 'pid?*')" "" "pid file: nothing lies beside it"
hasnt "$(cat "$TESTDIR/.c-err")" began "the program has not begun"
is "$(echo "$json" | jq -r 'keys_unsorted | join(" ")')" \
	"ociVersion id status pid bundle rootfs created owner" "state: its members"
is "$(echo "$json" | jq -r '[.ociVersion, .id, .bundle, .rootfs, .owner] | join(" ")')" \
	"1.0.2 web $b $TESTDIR/rootfs root" "state: their values"
is "$(echo "$json" | jq -r '.pid | type')" number "state: pid is a number"
check "state: created is an RFC 3339 time" grep -Eq "$rfc3339" <<-END
	$(echo "$json" | jq -r .created)
END
now=$(date +%s) then=$(date -d "$(echo "$json" | jq -r .created)" +%s)
check "state: and one of this minute" [ $((now - then)) -ge -1 -a $((now - then)) -lt 60 ]
created=$(echo "$json" | jq -r .created)

mote_in 10 delete web
is "$status" 1 "delete of a created container: refused"
has "$err" "cannot delete a container that is created" "and the reason told"
mote_in 10 create -b "$b" web
is "$status" 1 "create of an id in use: refused"
has "$err" 'container with id "web" already exists' "and the reason told"
mote_in 10 run -b "$b" web
is "$status" 1 "run of an id in use: refused"
has "$err" 'container with id "web" already exists' "and the reason told"
is "$(mote state web)" "$json" "the container is untouched"

mote_in 10 start web
is "$status:$out:$err" "0::" "start: no word"
is "$(state_of web status)" running "state: running"
is "$(state_of web pid)" "$pid" "start: the same process"
is "$(state_of web created)" "$created" "start: the time of creation stays"
check "create: the program has create's standard error" wait_for 5 grep -q began "$TESTDIR/.c-err"
mote_in 10 start web
is "$status" 1 "a second start: refused"
has "$err" "cannot start a container that is running" "and the reason told"
mote_in 10 delete web
is "$status" 1 "delete of a running container: refused"
has "$err" "cannot delete a container that is running" "and the reason told"
mote_in 10 kill web
is "$status:$out:$err" "0::" "kill: no word"
check "kill: TERM is what it sends by itself" wait_for 5 stopped web
is "$(mote state web | jq -c '[.status, .pid]')" '["stopped",0]' "state: stopped, pid 0"
check "the pid's process is gone" wait_for 5 gone "$pid"
mote_in 10 start web
is "$status" 1 "start of a stopped container: refused"
has "$err" "cannot start a container that is stopped" "and the reason told"
mote_in 10 kill web
is "$status" 1 "kill of a stopped container: refused"
has "$err" "container not running" "in the words engines look for"
mote_in 10 delete web
is "$status" 0 "delete of a stopped container"
mote_in 10 delete web
is "$status" 1 "delete of what is not there: status 1"
has "$err" 'container "web" does not exist' "and a sentence"
mote_in 10 delete --force web
is "$status:$out:$err" "0::" "delete --force of what is not there: well"
for verb in start kill state; do
	mote_in 10 "$verb" web
	is "$status" 1 "$verb of what is not there: status 1"
	has "$err" 'container "web" does not exist' "$verb: and a sentence"
done
rm -f "$TESTDIR/pid"
clean "create, start, kill, delete: nothing is left"

# A program that is there at create and not at start.
cp "$TESTDIR/rootfs/probe" "$TESTDIR/rootfs/fleeting"
bundle /fleeting true
create -b "$b" web
rm "$TESTDIR/rootfs/fleeting"
mote_in 10 start web
is "$status" 1 "start: a program that has gone fails here"
has "$err" 'exec: "/fleeting": executable file not found in $PATH' "start: and is told here"
is "$(state_of web status)" stopped "start: the container is stopped then"
mote delete web
clean "start that fails: nothing is left"

sh_bundle 'echo "read: $(cat)"'
echo through | mote create -b "$b" web >"$TESTDIR/.c-out" 2>&1
mote start web </dev/null >/dev/null 2>&1
check "create: the program has create's standard input and output" wait_for 5 grep -q "read: through" "$TESTDIR/.c-out"
check "a program that ends by itself: stopped" wait_for 5 stopped web
mote delete web

# ---- kill -------------------------------------------------------------------------------------
bundle /probe sig
create -b "$b" sig
mote start sig
check "the program counts signals" wait_for 5 grep -q ready "$TESTDIR/.c-out"
seen() { [ "$(wc -l <"$TESTDIR/.c-out")" -gt "$1" ]; }
for pair in HUP:SIGHUP SIGUSR1:SIGUSR1 usr2:SIGUSR2 sigint:SIGINT 28:SIGWINCH 15:SIGTERM RTMIN+1:35 64:64; do
	lines=$(wc -l <"$TESTDIR/.c-out")
	mote_in 10 kill sig "${pair%:*}"
	is "$status:$out:$err" "0::" "kill sig ${pair%:*}: no word"
	wait_for 5 seen "$lines" || true
	has "$(tail -n 1 "$TESTDIR/.c-out")" "${pair#*:}" "kill sig ${pair%:*}: it got ${pair#*:}"
done
for bad in NOSUCH SIGNOSUCH 65 -1 9x '' 1.5; do
	mote_in 10 kill -- sig "$bad"
	is "$status" 1 "kill: no signal is called '$bad'"
	has "$err" "unknown signal '$bad'" "kill '$bad': and told so"
done
is "$(state_of sig status)" running "wrong names kill nothing"
mote kill --all sig KILL
check "kill --all KILL" wait_for 5 stopped sig
mote_in 10 kill --all sig KILL
is "$status" 0 "kill --all of a stopped container is well"
mote delete sig
bundle /probe sleep 30
create -b "$b" made
mote_in 10 kill made KILL
is "$status" 0 "kill of a created container"
check "and it is stopped" wait_for 5 stopped made
mote_in 10 delete made
is "$status" 0 "and can be deleted"
mote run -d -b "$b" made </dev/null >/dev/null 2>&1
pid=$(state_of made pid)
mote_in 20 delete --force made
is "$status:$out:$err" "0::" "delete --force of a running container"
check "its process is gone" gone "$pid"
create -b "$b" made
pid=$(state_of made pid)
mote_in 20 delete -f made
is "$status:$out:$err" "0::" "delete -f of a created container"
check "its process is gone" gone "$pid"
clean "kill: nothing is left"

# Without a pid namespace of its own only the cgroup knows a second process.
if [ -d /sys/fs/cgroup/pids ] || [ -e /sys/fs/cgroup/cgroup.controllers ]; then
	mkbundle "$b" ".linux.namespaces |= map(select(.type != \"pid\")) | .linux.cgroupsPath = \"/mote-lifecycle-$SNAPSHOT_CGROUPS\" |
		.linux.resources.pids.limit = 50 | $(args /bin/sh -c 'sleep 300 & echo $! >/tmp/second; wait')
		| .root.readonly = false"
	if mote run -d -b "$b" all </dev/null >/dev/null 2>"$TESTDIR/.err"; then
		wait_for 5 [ -s "$TESTDIR/rootfs/tmp/second" ]
		second=$(cat "$TESTDIR/rootfs/tmp/second")
		check "two processes: the second lives" kill -0 "$second"
		mote_in 10 kill -a all TERM
		is "$status" 0 "kill -a with TERM"
		check "the second is gone" wait_for 5 gone "$second"
		mote delete --force all
	else
		skip "kill -a reaches every process" "no pids limit here: $(cat "$TESTDIR/.err")"
	fi
	rm -f "$TESTDIR/rootfs/tmp/second"
	clean "kill -a: nothing is left"
fi

# ---- run passes signals on ----------------------------------------------------------------------
bundle /probe sig
for pair in TERM INT USR1 USR2 HUP QUIT; do
	: >"$TESTDIR/.sig"
	"$MOTE" --root "$STATE" run -b "$b" fwd >"$TESTDIR/.sig" 2>&1 </dev/null &
	run=$!
	lib_pids="$lib_pids $run"
	wait_for 5 grep -q ready "$TESTDIR/.sig"
	kill -WINCH "$run" # no terminal: nobody's business
	kill -"$pair" "$run"
	check "run passes on $pair" wait_for 5 grep -q "SIG$pair" "$TESTDIR/.sig"
	mote kill fwd KILL
	code=0
	wait "$run" || code=$?
	is "$code" 137 "run: 137 when it was killed by KILL"
done
sh_bundle 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done'
: >"$TESTDIR/.sig"
"$MOTE" --root "$STATE" run -b "$b" fwd >"$TESTDIR/.sig" 2>&1 </dev/null &
run=$!
lib_pids="$lib_pids $run"
wait_for 5 grep -q ready "$TESTDIR/.sig"
kill -TERM "$run"
code=0
wait "$run" || code=$?
is "$code:$(cat "$TESTDIR/.sig")" "5:ready" "run: the program decides what TERM does"
clean "signals: nothing is left"

# ---- --keep -------------------------------------------------------------------------------------
bundle /probe exit 9
mote_in 10 run --keep -b "$b" kept
is "$status" 9 "run --keep: the status"
is "$(mote state kept | jq -c '[.status, .pid, .exitCode]')" '["stopped",0,9]' "run --keep: the state stays, with exitCode"
mote_in 10 delete kept
is "$status" 0 "run --keep: delete"
sh_bundle 'echo up; sleep 30'
"$MOTE" --root "$STATE" run --keep -b "$b" kept >"$TESTDIR/kept" 2>&1 </dev/null &
run=$!
lib_pids="$lib_pids $run"
wait_for 5 grep -q up "$TESTDIR/kept" # before that it may be killed while it is made: then there is no container
mote kill kept KILL
wait "$run"
is "$(state_of kept exitCode)" 137 "run --keep: exitCode of one that was killed"
mote delete kept
clean "--keep: nothing is left"

# ---- list ---------------------------------------------------------------------------------------
mote_in 10 list
is "$status:$(echo "$out" | wc -l)" "0:1" "list: a heading and nothing"
has "$out" "ID" "list: the heading"
is "$(mote list --format json | jq -c .)" "[]" "list --format json: an empty array"
is "$(mote list -q)" "" "list -q: nothing"
mote_in 10 --root "$TESTDIR/nosuch" list
is "$status:$(echo "$out" | wc -l)" "0:1" "list: a state folder that was never made is no fault"
bundle /probe sleep 30
create -b "$b" two
bundle /probe sleep 30
create -b "$b" ten
mote start ten
bundle /probe sleep 30
mote run -d -b "$b" end </dev/null >/dev/null 2>&1
mote kill end KILL
wait_for 5 stopped end
is "$(mote list -q | tr '\n' ' ')" "end ten two " "list -q: the ids, sorted"
is "$(mote list --quiet | tr '\n' ' ')" "end ten two " "list --quiet"
is "$(mote list | awk 'NR > 1 { print $1, $3 }' | tr '\n' ' ')" "end stopped ten running two created " "list: the table"
is "$(mote list | head -n 1 | tr -s ' ')" "ID PID STATUS BUNDLE CREATED OWNER" "list: its heading"
is "$(mote list -f json | jq -c '[.[] | [.id, .status, .bundle, .owner]]')" \
	"[[\"end\",\"stopped\",\"$b\",\"root\"],[\"ten\",\"running\",\"$b\",\"root\"],[\"two\",\"created\",\"$b\",\"root\"]]" "list -f json"
is "$(mote list -f json | jq -c '.[1]')" "$(mote state ten | jq -c .)" "list -f json: each is what state says"
is "$("$MOTE" --root "$TESTDIR/other" list -q)" "" "another --root knows nothing of them"
mote_in 10 list --format yaml
is "$status" 2 "list --format yaml: refused"
has "$err" "takes table, json, tsv or env, not 'yaml'" "and told so"
for id in end ten two; do mote delete --force "$id"; done
is "$(mote list -q)" "" "list: all gone"
clean "list: nothing is left"

# ---- --root, ids --------------------------------------------------------------------------------
deep=$TESTDIR/very/deep/root
bundle /probe sleep 30
run_in 10 "$MOTE" --root "$deep" run -d -b "$b" Az_0+9.-
is "$status:$err" "0:" "--root: is made with the folders above it; an id of every allowed character"
is "$("$MOTE" --root="$deep" list -q)" "Az_0+9.-" "--root: found there"
is "$(stat -c %a "$deep/Az_0+9.-")" 700 "the state folder is root's alone"
(cd "$TESTDIR/very" && "$MOTE" --root deep/root state Az_0+9.- >/dev/null)
is $? 0 "--root: a relative one"
"$MOTE" --root "$deep" delete --force Az_0+9.-
is "$(ls "$deep")" "" "--root: empty again"
rm -r "$TESTDIR/very"
long=$(printf '%0255d' 0)
mote_in 10 run -b "$b" -d "$long"
is "$status:$err" "0:" "an id of 255 characters"
mote_in 10 delete --force "$long"
is "$status:$err" "0:" "and its end"

# Two creates of one id at the same time: one wins.
codes=''
for i in 1 2 3 4; do
	(mote create -b "$b" same >/dev/null 2>&1 </dev/null; echo $? >"$TESTDIR/.race$i") &
done
wait
codes=$(cat "$TESTDIR"/.race? | sort | tr '\n' ' ')
is "$codes" "0 1 1 1 " "four creates of one id at once: one wins"
is "$(state_of same status)" created "and its container is whole"
mote delete --force same
clean "--root, ids: nothing is left"

# Many at once, all below the cgroup that bears mote's name, which comes and goes with them.
mkbundle "$b" "$(args /probe exit 6)"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	("$MOTE" --root "$STATE" run -b "$b" "many-$SNAPSHOT_CGROUPS-$i" >"$TESTDIR/.many$i" 2>&1 </dev/null; echo "status $?" >>"$TESTDIR/.many$i") &
done
wait
is "$(cat "$TESTDIR"/.many* | sort | uniq -c | tr -s ' ')" " 12 status 6" "twelve runs side by side"
clean "twelve runs: nothing is left"

# Annotations and a deleted bundle.
mkbundle "$b" "$(args /probe sleep 30) | .annotations = {\"org.example.a\": \"b\", \"x\": \"\"}"
create -b "$b" note
is "$(mote state note | jq -c .annotations)" '{"org.example.a":"b","x":""}' "state: annotations"
mv "$b" "$b.away"
mote_in 10 start note
is "$status:$err" "0:" "start needs the bundle no more"
mote_in 10 delete --force note
is "$status:$err" "0:" "neither does delete"
mv "$b.away" "$b"

# What create has walked is not what this mote would walk, as behind an upgrade in between.
create -b "$b" old
jq '.plan += 1' "$STATE/old/state.json" >"$TESTDIR/.json" && cat "$TESTDIR/.json" >"$STATE/old/state.json"
mote_in 10 start old
is "$status:$err" "1:start old: the mote that created it went other steps than this one would (another version?): delete it and create it again" "start of one that another version has created"
is "$(state_of old status)" created "is refused, and it is as it was"
mote_in 10 delete --force old
is "$status:$err" "0:" "and can be deleted"
clean "the end: nothing is left"
finish

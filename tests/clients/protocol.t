#!/bin/sh
# SPDX-License-Identifier: MIT
# protocol.t - what conmon, the containerd shim and CRI-O count on, without them: files, sockets, descriptors, silence
# shellcheck disable=SC2154,SC2086,SC2016,SC2046,SC2034
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
engine protocol cmd:strace cmd:socat

b=$TESTDIR/b n=0
r() { timeout -k 2 30 "$rt_path" --root "$TESTDIR/s.$rt" "$@"; }
r_in() { run_in 20 "$rt_path" --root "$TESTDIR/s.$rt" "$@"; }
# bundle FILTER COMMAND...: with a cgroup of its own each time
bundle() {
	bundle_filter=$1 n=$((n + 1))
	shift
	mkbundle "$b" ".linux.cgroupsPath = \"$cgroup_parent/$rt-$n\" | .process.args = \$ARGS.positional | $bundle_filter" "" "$@"
}
mkbundle() {
	mkbundle_dir=$1 mkbundle_filter=$2
	shift 3
	mkdir -p "$mkbundle_dir"
	jq --arg root "$TESTDIR/rootfs" ".root.path = \$root | $mkbundle_filter" --args -- "$@" <"$TESTS/bench/config.json" >"$mkbundle_dir/config.json"
}
up() { # ID: a container that waits
	bundle . /probe sleep 600
	r run -d --bundle "$b" "$1" </dev/null >/dev/null 2>"$TESTDIR/.up" || note "$(cat "$TESTDIR/.up")"
}
down() { r delete --force "$1" 2>/dev/null; }
state_of() { r state "$1" 2>/dev/null | jq -r ".$2"; }
silent() { is "$status:$out:$err" "0::" "$1"; }
digits() { case $(cat "$1"; echo x) in *[!0-9]*x | x) return 1 ;; *) return 0 ;; esac }
pid_file() { # FILE NAME PID
	is "$(od -An -c "$1" | tr -d ' \n'):$(kill -0 "$(cat "$1")" 2>&1)" "$3:" "$2"
}

created() {
	rm -f "$TESTDIR/log"
	bundle . /probe sleep 600
	r_in --log "$TESTDIR/log" --log-format json create --bundle "$b" --pid-file "$TESTDIR/pid" c
	silent "create: silence"
	pid_file "$TESTDIR/pid" "create --pid-file: digits alone, no line end" "$(state_of c pid)"
	is "$(cat "$TESTDIR/log" 2>/dev/null)" "" "--log: nothing at success"
	r state c >"$TESTDIR/state" 2>&1
	is "$(jq -r '[.ociVersion, .id, .status, .bundle, .pid] | map(type) | join(" ")' "$TESTDIR/state")" \
		"string string string string number" "state: JSON with its fields, and nothing beside it"
	is "$(jq -r '[.id, .status, .bundle, .rootfs] | join(" ")' "$TESTDIR/state")" "c created $b $TESTDIR/rootfs" "state: created"
	matches "$(jq -r .created "$TESTDIR/state")" '^20[0-9-]+T[0-9:]+\.[0-9]+(Z|[+-])' "state: the time, RFC 3339 with a fraction"
	is "$(cat "/proc/$(state_of c pid)/comm" >/dev/null 2>&1; echo $?)" 0 "state: a process id of the caller's"
	r_in create --bundle "$b" c
	matches "$status:$err" '^[1-9].*already exists' "create: the name is taken"
	r_in start c
	silent "start: silence"
	is "$(state_of c status)" running "state: running"
	r_in pause c
	silent "pause: silence"
	is "$(state_of c status)" paused "state: paused"
	r_in resume c
	silent "resume: silence"
	is "$(state_of c status)" running "state: running again"
	r_in kill c 9
	silent "kill ID NUMBER: silence"
	wait_for 5 stopped c
	is "$(state_of c status):$(state_of c 'pid // 0')" "stopped:0" "state: stopped, no process id"
	is "$([ -d "/sys/fs/cgroup/memory$cgroup_parent/$rt-$n" ] && echo there)" there "its cgroup stays until delete"
	r_in kill c 15
	matches "$status:$err" '^[1-9].*(container not running|process already finished|no such process)' "kill of one that has ended: the words"
	r_in kill --all c KILL
	[ "$status" = 0 ] || note "kill --all of one that has ended: $status $err"
	r_in delete c
	silent "delete: silence"
	is "$([ -d "/sys/fs/cgroup/memory$cgroup_parent/$rt-$n" ] || echo gone)" gone "and its cgroup is gone"
	r_in delete c
	matches "$status:$err" '^[1-9].*does not exist' "delete of an unknown one: the words"
	r_in delete --force c
	silent "delete --force of an unknown one: 0, silence"
	r_in kill c 9
	matches "$status:$err" '^[1-9].*does not exist' "kill of an unknown one: the words"
	r_in state c
	matches "$status:$err" '^[1-9].*does not exist' "state of an unknown one: the words"
	r_in start c
	matches "$status:$err" '^[1-9].*does not exist' "start of an unknown one: the words"
}
stopped() { [ "$(state_of "$1" status)" = stopped ]; }

atomic() {
	bundle . /probe true
	rm -f "$TESTDIR/pid"
	timeout -s KILL 30 strace -qq -f -o "$TESTDIR/trace" -e trace=rename,renameat,renameat2 \
		"$rt_path" --root "$TESTDIR/s.$rt" run -d --bundle "$b" --pid-file "$TESTDIR/pid" c >/dev/null 2>&1 </dev/null
	matches "$(cat "$TESTDIR/trace")" 'rename.*/pid"' "--pid-file: it appears whole (renamed)"
	down c
}

logged() {
	bundle . /nosuch
	rm -f "$TESTDIR/log" "$TESTDIR/pid"
	r_in --log "$TESTDIR/log" --log-format json create --bundle "$b" --pid-file "$TESTDIR/pid" l
	[ "$status" != 0 ] || r_in --log "$TESTDIR/log" --log-format json start l
	is "$(grep -c . "$TESTDIR/log"):$(jq -r 'select(.level == "error") | [.msg, .time] | map(type) | join(" ")' "$TESTDIR/log")" \
		"1:string string" "--log-format json: one line with level, msg, time"
	has "$(jq -r .msg "$TESTDIR/log")" 'exec: "/nosuch": ' "and the words"
	matches "$(jq -r .time "$TESTDIR/log")" '^20[0-9-]+T[0-9:.]+(Z|[+-])' "and the time, RFC 3339"
	matches "$status:$err" '^[1-9].*no such file or directory' "and text on standard error"
	down l
	r_in --log "$TESTDIR/log" --log-format json state l
	is "$(jq -s 'length' "$TESTDIR/log")" 2 "--log: appended"
	rm -f "$TESTDIR/log"
	r_in --log "$TESTDIR/log" state l
	matches "$(cat "$TESTDIR/log")" '^time="?20.* level=error msg=".*does not exist' "--log-format text"
}

sockets() {
	bundle '.process.terminal = true' /probe sleep 600
	run_in 20 "$PTY" socket "$TESTDIR/sock" "$rt_path" --root "$TESTDIR/s.$rt" create --bundle "$b" --console-socket "$TESTDIR/sock" t
	matches "$out" '^\[/dev/[a-z0-9/]+\]\[1 descriptor\]\[closed\]' "--console-socket: one message, one descriptor, closed"
	rm -f "$TESTDIR/sock"
	r_in start t
	r_in delete --force t
	bundle . /probe sleep 600
	run_in 20 "$PTY" fd "$TESTDIR/sock" "$rt_path" --root "$TESTDIR/s.$rt" create --bundle "$b" --pidfd-socket "$TESTDIR/sock" t
	has "$out" "[anon_inode:[pidfd]][pid $(state_of t pid)]" "--pidfd-socket: a pidfd of the container's process"
	rm -f "$TESTDIR/sock"
	down t
	up e
	jq -nc '{terminal: true, user: {uid: 0, gid: 0}, args: ["/probe", "true"], env: ["PATH=/bin"], cwd: "/"}' >"$TESTDIR/tty.json"
	run_in 20 "$PTY" socket "$TESTDIR/sock" "$rt_path" --root "$TESTDIR/s.$rt" exec --process "$TESTDIR/tty.json" --detach \
		--pid-file "$TESTDIR/pid" --console-socket "$TESTDIR/sock" e
	matches "$out" '^\[/dev/[a-z0-9/]+\]\[1 descriptor\]\[closed\]' "exec --console-socket: one message, one descriptor, closed"
	rm -f "$TESTDIR/sock"
	down e
}

executed() {
	up e
	jq -nc '{user: {uid: 0, gid: 0}, args: ["/probe", "sleep", "600"], env: ["PATH=/bin"], cwd: "/"}' >"$TESTDIR/process.json"
	r_in --log "$TESTDIR/log.e" --log-format json exec --process "$TESTDIR/process.json" --detach --pid-file "$TESTDIR/pid.e" e
	silent "exec --process --detach: silence"
	is "$(od -An -c "$TESTDIR/pid.e" | tr -d ' \n 0-9'):$(tr '\0' ' ' <"/proc/$(cat "$TESTDIR/pid.e")/cmdline")" ":/probe sleep 600 " \
		"exec --pid-file: digits alone, of the new process"
	is "$(r ps --format json e 2>&1 | jq -S -c 'sort')" "$(jq -nc "[$(state_of e pid), $(cat "$TESTDIR/pid.e")] | sort")" \
		"ps --format json: the process ids, and nothing beside them"
	matches "$(r ps --format table e 2>&1)" '/probe sleep 600' "ps --format table"
	matches "$(r ps e -o pid,comm 2>&1)" 'probe' "ps with options for ps"
	r_in exec e /probe exit 7
	is "$status:$out:$err" "7::" "exec in the foreground: the exit status"
	r_in exec e nosuch
	matches "$status:$err" '^(1|255):.*executable file not found in \$PATH' "exec of a missing command: the words"
	r_in exec --cwd /tmp --env A=b --user 1000:1000 e /bin/sh -c 'echo $A $(pwd) $(id -u):$(id -g)'
	is "$out" "b /tmp 1000:1000" "exec --cwd --env --user"
	r_in list --format json
	is "$(echo "$out" | jq -c 'map([.id, .status, .bundle])')" "[[\"e\",\"running\",\"$b\"]]" "list --format json"
	is "$(r list -q)" e "list -q"
	is "$(jq -nc '{memory: {limit: 50331648}}' | r update --resources=- e 2>&1)$(cat "/sys/fs/cgroup/memory$cgroup_parent/$rt-$n/memory.limit_in_bytes")" \
		50331648 "update --resources=-: from standard input, silence"
	jq -nc '{pids: {limit: 33}}' >"$TESTDIR/resources"
	r_in update --resources="$TESTDIR/resources" e
	is "$status:$out$err:$(cat "/sys/fs/cgroup/pids$cgroup_parent/$rt-$n/pids.max")" 0::33 "update --resources=FILE"
	r_in update --cpu-quota 20000 --cpu-period 100000 --memory 64m e
	is "$status:$(cat "/sys/fs/cgroup/cpu$cgroup_parent/$rt-$n/cpu.cfs_quota_us")" 0:20000 "update --cpu-quota --memory"
	is "$(r events --stats e 2>&1 | jq -r '[.type, .id, (.data.pids.current | tostring), (.data.memory.usage.usage | type)] | join(" ")')" \
		"stats e 2 number" "events --stats: one line of JSON"
	down e
}

handed() {
	echo three >"$TESTDIR/3" && echo four >"$TESTDIR/4" && echo seven >"$TESTDIR/7"
	bundle . /bin/sh -c 'cat <&3; cat <&4; ls /proc/self/fd | tr "\n" " "; echo $LISTEN_FDS'
	exec 3<"$TESTDIR/3" 4<"$TESTDIR/4" 7<"$TESTDIR/7"
	r_in run --bundle "$b" --preserve-fds 2 f
	is "$out" "three
four
0 1 2 3 4 5 " "run --preserve-fds 2: those and no other"
	exec 3<"$TESTDIR/3"
	bundle . /bin/sh -c 'cat <&3; echo $LISTEN_FDS $LISTEN_PID $$'
	run_in 20 /bin/sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' sh "$rt_path" --root "$TESTDIR/s.$rt" run --bundle "$b" f
	is "$out" "three
1 1 1" "LISTEN_FDS: handed on, LISTEN_PID 1"
	exec 3<&- 4<&-
	bundle . /bin/sh -c 'env; ls /proc/self/fd | tr "\n" " "'
	export _OCI_SYNCPIPE=3 _OCI_STARTPIPE=4 MOTE_TEST_LEAK=1
	r_in run --bundle "$b" f
	unset _OCI_SYNCPIPE _OCI_STARTPIPE MOTE_TEST_LEAK
	exec 7<&-
	hasnt "$out" _OCI "the caller's environment stays outside"
	hasnt "$out" LEAK "all of it"
	matches "$out" '^0 1 2 3 $' "and its descriptors"
	bundle . /bin/sh -c 'read x; echo "<$x>"; echo err >&2'
	r_in create --bundle "$b" io </dev/null
	r delete --force io
	printf 'in\n' >"$TESTDIR/io.in"
	timeout 20 "$rt_path" --root "$TESTDIR/s.$rt" create --bundle "$b" io <"$TESTDIR/io.in" >"$TESTDIR/io.out" 2>"$TESTDIR/io.err"
	r_in start io
	wait_for 5 stopped io
	is "$(cat "$TESTDIR/io.out"):$(cat "$TESTDIR/io.err")" "<in>:err" "create: its descriptors 0, 1, 2 are the container's"
	down io
}

notified() {
	bundle . /bin/sh -c '/probe notify READY=1; exec /probe sleep 5'
	socat -u "UNIX-RECV:$TESTDIR/notify" - >"$TESTDIR/notified" 2>&1 &
	listener=$!
	wait_for 5 test -S "$TESTDIR/notify"
	export NOTIFY_SOCKET="$TESTDIR/notify"
	r run --bundle "$b" n >"$TESTDIR/notify.out" 2>&1 </dev/null &
	runner=$!
	unset NOTIFY_SOCKET
	wait_for 5 grep -q READY=1 "$TESTDIR/notified" || note "$(cat "$TESTDIR/notify.out")"
	has "$(cat "$TESTDIR/notified")" READY=1 "NOTIFY_SOCKET: READY=1 comes out"
	kill "$listener"
	r delete --force n
	wait "$runner" 2>/dev/null
	rm -f "$TESTDIR/notify"
}

# A filter that asks somebody outside: he gets the state and the descriptor; when he closes it the call is unknown.
listened() {
	bundle ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", listenerPath: \"$TESTDIR/sock\", listenerMetadata: \"meta\",
		syscalls: [{names: [\"mkdir\", \"mkdirat\"], action: \"SCMP_ACT_NOTIFY\"}]}" /probe mkdir /tmp/x
	run_in 20 "$PTY" fd "$TESTDIR/sock" "$rt_path" --root "$TESTDIR/s.$rt" run --bundle "$b" p
	rm -f "$TESTDIR/sock"
	[ "$status" = 0 ] || note "$err"
	matches "$(echo "$out" | tr '\n' ' ')" '\[1 descriptor\].*\[anon_inode:seccomp notify\]' "seccomp listener: one descriptor"
	said=$(echo "$out" | sed -n 's/^\[\({.*}\)\]\[1 desc.*/\1/p')
	is "$(echo "$said" | jq -r '[.fds[0], .metadata, .state.id, .state.status, (.pid | type), (.state.pid | type)] | join(" ")')" \
		"seccompFd meta p creating number number" "seccomp listener: the state"
	has "$out" ENOSYS "seccomp listener: gone, the call is unknown"
}

called() {
	r features >"$TESTDIR/features" 2>&1
	is "$?:$(jq -r '[.ociVersionMin, .ociVersionMax] | map(type) | join(" ")' "$TESTDIR/features")" "0:string string" "features: JSON, and nothing beside it"
	is "$(jq -r '([.mountOptions[] | select(. == "rro" or . == "ro")] | length), (.linux.namespaces | index("pid") | type), .linux.cgroup.v1' "$TESTDIR/features" | tr '\n' ' ')" \
		"2 number true " "features: mountOptions, namespaces, cgroup"
	version=$("$rt_path" --version 2>&1)
	matches "$version" "^[a-z]+ version [0-9.]+" "--version: NAME version X"
	matches "$version" '^spec: 1\.[0-9]' "--version: spec"
	bundle . /probe exit 3
	r_in run --bundle="$b" --pid-file="$TESTDIR/pid" o
	is "$status:$err" 3: "--option=value"
	r_in run -no-subreaper -bundle "$b" o
	is "$status:$err" 3: "long options with a single dash"
	r_in run o --bundle "$b"
	is "$status:$err" 3: "options behind operands"
	r_in run -b "$b" -- o
	is "$status:$err" 3: "-- ends the options"
	for name in runc crun; do
		ln -sf "$rt_path" "$TESTDIR/$name"
		run_in 20 "$TESTDIR/$name" --root "$TESTDIR/s.$rt" run --bundle "$b" o
		is "$status:$err" 3: "called through a link named $name"
	done
	run_in 20 env -i PATH=/usr/bin:/bin XDG_RUNTIME_DIR=/run "$rt_path" --root "$TESTDIR/s.$rt" run --bundle "$b" o
	is "$status:$err" 3: "with PATH and XDG_RUNTIME_DIR alone"
	bundle '.ociVersion = "1.0.2-dobby" | .rdkPlugins = {a: {required: true}}' /probe exit 4
	r_in run --bundle "$b" o
	is "$status:$err" 4: "an ociVersion and a property of another's"
	r_in run --nosuch --bundle "$b" o
	isnt "$status" 0 "an unknown option is an error"
	up k
	for signal in USR1 SIGUSR1 10; do
		bundle . /bin/sh -c 'trap "exit 5" USR1; touch /tmp/ready; while :; do sleep 0.05; done'
		jq --arg t /tmp '.mounts += [{destination: $t, type: "bind", source: env.TESTDIR, options: ["rbind"]}]' "$b/config.json" >"$b/config.new"
		mv "$b/config.new" "$b/config.json"
		rm -f "$TESTDIR/ready"
		r run --bundle "$b" s </dev/null >/dev/null 2>&1 &
		runner=$!
		wait_for 5 test -e "$TESTDIR/ready"
		r kill s "$signal"
		wait "$runner"
		is $? 5 "kill ID $signal"
	done
	down k
}

isnt() { if [ "$1" != "$2" ]; then pass "$3"; else fail "$3" "got: $1"; fi; }

cases() {
	mkdir -p "$TESTDIR/s.$rt"
	for part in created atomic logged sockets executed handed notified listened called; do
		group "$part" || continue
		"$part"
	done
	nothing_left "nothing is left" "$TESTDIR/s.$rt"
}

export TESTDIR
each_runtime cases
finish

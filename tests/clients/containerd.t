#!/bin/sh
# SPDX-License-Identifier: MIT
# containerd.t - containerd and its shim drive the runtime, by ctr
# shellcheck disable=SC2154,SC2086,SC2016,SC2046,SC2034
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
engine containerd cmd:containerd cmd:ctr cmd:containerd-shim-runc-v2

export CONTAINERD_SNAPSHOTTER=native
image=localhost/box:latest
ctr() { timeout -k 2 30 ctr "$@"; }
serve() {
	daemon_start "$TESTDIR/log" containerd --config "$TESTDIR/config.toml" --root "$TESTDIR/root" --state /run/containerd
	wait_for 20 ctr version
}
rt=mote rt_path=$MOTE
engine_file config.toml "$TESTDIR/config.toml"
rt=''
image "$TESTDIR/box.tar" "$image"
serve || { tail -n 5 "$TESTDIR/log" | sed 's/^/# /' && skip_all "containerd does not start here"; }
version_line containerd "$(ctr version | awk '/Version:/ { v = $2 } END { print v }')"
ctr image import --snapshotter native "$TESTDIR/box.tar" >/dev/null 2>&1 || skip_all "containerd cannot load an image here"
if ! works=$(ctr run --rm --runc-binary "$(runtime_path runc)" --cgroup "$cgroup_parent/works" "$image" works true 2>&1); then
	note "$works"
	skip_all "containerd cannot start a container here with $PEER"
fi

run() { # ID [OPTION...] -- COMMAND...
	run_id=$1 run_options=''
	shift
	while [ "$1" != -- ]; do
		run_options="$run_options $1"
		shift
	done
	shift
	run_in 30 ctr run --runc-binary "$rt_path" --cgroup "$cgroup_parent/$run_id" $run_options "$image" "$run_id" "$@"
}
once() { run once --rm "$@"; }
up() { # ID [OPTION...]
	up_id=$1
	shift
	run "$up_id" -d --null-io "$@" -- /bin/sh -c 'trap "exit 5" TERM; touch /tmp/up; sleep 1000 & wait'
	wait_for 5 ctr task exec --exec-id "w$$" "$up_id" test -e /tmp/up || note "$err"
}
task_is() { ctr task ls | awk -v id="$1" '$1 == id { print $3 }' | grep -qx "$2"; }
task_pid() { ctr task ls | awk -v id="$1" '$1 == id { print $2 }'; }
down() {
	ctr task kill -s KILL "$1"
	wait_for 5 task_is "$1" STOPPED
	ctr task rm "$1"
	ctr container rm "$1"
} >/dev/null 2>&1

ran() {
	group run || return 0
	once -- /probe exit 3
	is "$status" 3 "run: the exit status"
	once -- /bin/sh -c 'echo out; echo err >&2'
	is "$out:$err" out:err "run: standard output and error"
	is "$(echo line | ctr run --rm --runc-binary "$rt_path" --cgroup "$cgroup_parent/in" "$image" in head -n 1)" line "run: standard input"
	once --env A=b --cwd /tmp -- /bin/sh -c 'echo $A $(pwd)'
	is "$out" "b /tmp" "run --env --cwd"
	once -- nosuch
	is "$status:$(ctr container ls -q)" 1: "run: a command that is not there, and nothing is left"
	has "$err" 'executable file not found in $PATH' "and the words for it"
	once -- /etc/passwd
	has "$err" "permission denied" "run: a file that is no program"
	on_terminal 30 100 ctr run --rm -t --runc-binary "$rt_path" --cgroup "$cgroup_parent/tty" "$image" tty \
		/bin/sh -c 'tty; sleep 0.7; stty size; exit 9' </dev/null
	matches "$out" '^/dev/(pts/0|console)' "run -t: a terminal"
	has "$out" "30 100" "run -t: its size"
	has "$out" "[exit 9]" "run -t: the exit status"
	once --no-pivot -- echo moved
	is "$out" moved "run --no-pivot"
	once --runc-root /run/elsewhere -- echo else
	is "$out:$(ls -A /run/elsewhere/default 2>/dev/null)" else: "run --runc-root"
}

limits() {
	group limits || return 0
	up l --memory-limit 67108864 --cpus 0.5 --cpu-shares 512
	group_of() { cat "/sys/fs/cgroup/$1$cgroup_parent/l/$2"; }
	is "$(group_of memory memory.limit_in_bytes)" 67108864 "run --memory-limit"
	is "$(group_of cpu cpu.cfs_quota_us):$(group_of cpu cpu.shares)" 50000:512 "run --cpus --cpu-shares"
	down l
	ctr events >"$TESTDIR/events" 2>&1 &
	events=$!
	once --memory-limit 33554432 -- /probe alloc 128
	is "$status" 137 "run --memory-limit: too much of it ends the program"
	check "events: out of memory" wait_for 5 grep -q /tasks/oom "$TESTDIR/events"
	kill "$events"
}

strict() {
	group strict || return 0
	once -- grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
	matches "$(echo "$out" | tr -s '\t\n' ' ')" 'CapEff: 00000000a80425fb NoNewPrivs: 1 Seccomp: 0' "run: containerd's capabilities"
	once --cap-drop CAP_CHOWN --cap-add CAP_SYS_ADMIN -- grep CapEff /proc/self/status
	is "${out##*[	 ]}" 00000000a82425fa "run --cap-drop --cap-add"
	once --seccomp -- grep Seccomp: /proc/self/status
	is "${out##*[	 ]}" 2 "run --seccomp: containerd's system call filter"
	once --read-only -- touch /x
	is "$status" 1 "run --read-only"
	once --privileged --allow-new-privs -- grep -E 'CapEff|NoNewPrivs' /proc/self/status
	has "$out" "$(awk '/CapEff/ { print $2 }' /proc/self/status)" "run --privileged: every capability there is"
	once --uidmap 0:100000:65536 --gidmap 0:100000:65536 -- cat /proc/self/uid_map
	matches "$out" '0 +100000 +65536' "run --uidmap"
	mkdir -p "$TESTDIR/v" && echo host >"$TESTDIR/v/f"
	once --mount "type=bind,src=$TESTDIR/v,dst=/v,options=rbind:ro" -- /bin/sh -c 'cat /v/f; touch /v/g 2>/dev/null || echo refused'
	is "$out" "host
refused" "run --mount: read only"
	once --device /dev/kmsg -- ls -l /dev/kmsg
	matches "$out" '1, +11' "run --device"
	once --net-host -- readlink /proc/self/ns/net
	is "$out" "$(readlink /proc/self/ns/net)" "run --net-host"
}

lived() {
	group task || return 0
	up t --pid-file "$TESTDIR/pid"
	check "run -d: running" task_is t RUNNING
	is "$(cat "$TESTDIR/pid")" "$(task_pid t)" "run -d: the process id"
	is "$(cat "/proc/$(task_pid t)/comm")" sh "and it is the container's"
	is "$(ctr task ps t | awk 'NR > 1 { print $1 }' | sort -n)" "$(sort -n "/sys/fs/cgroup/memory$cgroup_parent/t/cgroup.procs")" \
		"task ps: its processes"
	matches "$(ctr task metrics t)" 'pids.current +2' "task metrics"
	run_in 20 ctr task exec --exec-id e1 t /bin/sh -c 'echo out; echo err >&2; exit 7'
	is "$status:$out:$err" 7:out:err "task exec: status, output, error"
	is "$(echo line | ctr task exec --exec-id e2 t head -n 1)" line "task exec: standard input"
	run_in 20 ctr task exec --exec-id e3 --cwd /tmp --user 1000:1000 t /bin/sh -c 'echo $(pwd) $(id -u):$(id -g)'
	is "$out" "/tmp 1000:1000" "task exec --cwd --user"
	run_in 20 ctr task exec --exec-id e4 t nosuch
	has "$err" 'executable file not found in $PATH' "task exec: a command that is not there"
	on_terminal 31 101 ctr task exec -t --exec-id e5 t /bin/sh -c 'tty; sleep 0.7; stty size; exit 8' </dev/null
	matches "$out" '^/dev/(pts/[0-9]|console)' "task exec -t: a terminal"
	has "$out" "31 101" "task exec -t: its size"
	has "$out" "[exit 8]" "task exec -t: the exit status"
	run_in 20 ctr task exec -d --exec-id e6 t /bin/sh -c 'touch /tmp/done; exec sleep 1000'
	check "task exec -d" wait_for 5 ctr task exec --exec-id e7 t test -e /tmp/done
	run_in 20 ctr task kill -s KILL --exec-id e6 t
	is "$status" 0 "task kill of an exec's process"
	run_in 20 ctr task pause t
	check "task pause" task_is t PAUSED
	run_in 20 ctr task resume t
	check "task resume" task_is t RUNNING
	run_in 20 ctr task kill t
	check "task kill: TERM" wait_for 5 task_is t STOPPED
	run_in 20 ctr task kill t
	matches "$err" 'not found|already finished' "task kill of one that has ended"
	run_in 20 ctr task rm t
	has "$err" "exit code 5" "task rm: its exit status"
	run_in 20 ctr task start -d --null-io t
	check "task start again" task_is t RUNNING
	run_in 20 ctr task kill -a -s KILL t
	check "task kill -a" wait_for 5 task_is t STOPPED
	down t
	is "$(ctr container ls -q)" "" "container rm"
}

survived() {
	group restart || return 0
	up r
	before=$(task_pid r)
	daemon_stop
	serve
	is "$(task_pid r)" "$before" "containerd anew: the container is still there"
	run_in 20 ctr task exec --exec-id e9 r echo in
	is "$out" in "and an exec in it"
	down r
}

cases() {
	ran
	limits
	strict
	lived
	survived
	nothing_left "nothing is left" /run/containerd/runc/default
}

matches "$(containerd --config "$TESTDIR/config.toml" config dump | tr -d ' ')" "^BinaryName=\"$MOTE\"" "config.toml: containerd reads it"
each_runtime cases
ctr() { # run and its options, and where this test keeps its groups
	shift
	timeout -k 2 30 ctr run --cgroup "$cgroup_parent/one" "$@"
}
installed && shown docs/guide-engines.md
daemon_stop
finish

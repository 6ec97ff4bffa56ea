#!/bin/sh
# SPDX-License-Identifier: MIT
# docker.t - dockerd drives the runtime: mote as its default, runc beside it
# shellcheck disable=SC2154,SC2086,SC2016,SC2046,SC2034
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH # Debian's docker, where there are two
. "$(dirname "$0")/lib.sh"
engine docker cmd:dockerd cmd:docker cmd:containerd

export DOCKER_HOST=unix:///run/docker.sock DOCKER_CONFIG="$TESTDIR/docker"
docker() { timeout -k 2 30 docker "$@"; }
serve() {
	daemon_start "$TESTDIR/log" dockerd --config-file "$TESTDIR/daemon.json" --host "$DOCKER_HOST" --pidfile /run/docker.pid \
		--data-root "$TESTDIR/root" --exec-root /run/docker --storage-driver vfs --iptables=false --bridge=none --live-restore \
		--cgroup-parent "$cgroup_parent" --default-ulimit nofile=1024:1024
	wait_for 30 docker version
}
rt=mote rt_path=$MOTE
engine_file daemon.json "$TESTDIR/daemon.json"
rt=''
image "$TESTDIR/box.tar" localhost/box:latest
at_exit 'umount -l -R "$TESTDIR/root" 2>/dev/null'
serve || { tail -n 5 "$TESTDIR/log" | sed 's/^/# /' && skip_all "dockerd does not start here"; }
version_line docker "$(docker version --format '{{.Server.Version}}')"
docker load -qi "$TESTDIR/box.tar" >/dev/null 2>&1 || skip_all "docker cannot load an image here"
image=localhost/box:latest
if ! works=$(docker run --rm --runtime runc --network none $image true 2>&1); then
	note "$works"
	skip_all "docker cannot start a container here with $PEER"
fi

# Docker 20.10 knows the first 38 capabilities.
all_caps=$(printf '%016x' $((0x$(awk '/CapEff/ { print $2 }' /proc/self/status) & 0x3fffffffff)))

d_in() { run_in 30 docker "$@"; }
run() { d_in run $runtime --network none "$@"; }
inspect() { docker inspect --format "{{.$2}}" "$1" 2>&1; }
state_is() { [ "$(inspect "$1" "$2")" = "$3" ]; }
logged() { docker logs "$1" 2>&1 | grep -q "$2"; }
up() { # NAME [OPTION...]
	up_name=$1
	shift
	docker run -d --name "$up_name" $runtime --network none "$@" $image /bin/sh -c 'trap "exit 5" TERM; echo up; sleep 1000 & wait' \
		>/dev/null 2>"$TESTDIR/.up"
	wait_for 5 logged "$up_name" up || note "$(cat "$TESTDIR/.up")"
}
down() { docker rm -f "$@" >/dev/null 2>&1; }
limit() { echo "cat /sys/fs/cgroup/$1/$2"; }

ran() {
	group run || return 0
	run --rm $image /probe exit 3
	is "$status" 3 "run: the exit status"
	run --rm $image /bin/sh -c 'echo out; echo err >&2'
	is "$out:$err" out:err "run: standard output and error"
	is "$(echo line | docker run --rm -i $runtime --network none $image cat)" line "run -i: standard input"
	run --rm --hostname there -e A=b -w /new -u 1000:1000 $image /bin/sh -c 'echo $(hostname) $A $(pwd) $(id -u):$(id -g)'
	is "$out" "there b /new 1000:1000" "run: --hostname, -e, -w, -u"
	run --rm $image nosuch
	is "$status" 127 "run: a command that is not there: 127"
	run --rm $image /nosuch
	is "$status" 127 "run: a path that is not there: 127"
	run --rm $image /etc/passwd
	is "$status" 126 "run: a file that is no program: 126"
	run --rm $image /etc
	is "$status" 126 "run: a folder: 126"
	run --rm $image /etc/passwd/x
	is "$status" 127 "run: a path through a file: 127"
	on_terminal 30 100 docker run --rm -it $runtime --network none $image /bin/sh -c 'tty; sleep 0.7; stty size; exit 9' </dev/null
	matches "$out" '^/dev/(pts/0|console)' "run -t: a terminal"
	has "$out" "30 100" "run -t: its size"
	has "$out" "[exit 9]" "run -t: the exit status"
	on_terminal 30 100 docker run --rm -it $runtime --network none $image /bin/sh -c 'echo ready; read x; stty size; echo "<$x>"' <<-'X'
		expect ready
		pause 300
		resize 40 90
		pause 700
		send word\r
		expect <word>
	X
	has "$out" "<word>" "run -it: what is typed"
	has "$out" "40 90" "run -it: a new size"
}

limits() {
	group limits || return 0
	run --rm --memory 64m $image $(limit memory memory.limit_in_bytes)
	is "$out" 67108864 "run --memory"
	run --rm --pids-limit 42 $image $(limit pids pids.max)
	is "$out" 42 "run --pids-limit"
	run --rm --cpus 0.5 --cpuset-cpus 0 $image /bin/sh -c "$(limit cpu cpu.cfs_quota_us); grep Cpus_allowed_list /proc/self/status"
	matches "$(echo "$out" | tr -s '\n\t' ' ')" '50000 .* 0 ?$' "run --cpus --cpuset-cpus"
	docker run -d --name oom $runtime --network none --memory 32m $image /probe alloc 128 >/dev/null 2>&1
	is "$(docker wait oom):$(inspect oom State.OOMKilled)" 137:true "run --memory: OOMKilled"
	down oom
	up box
	d_in update --memory 48m --memory-swap 96m box
	is "$status:$(docker exec box $(limit memory memory.limit_in_bytes))" 0:50331648 "update --memory"
	d_in update --pids-limit 33 box
	is "$status:$(docker exec box $(limit pids pids.max))" 0:33 "update --pids-limit"
	d_in update --cpus 0.25 box
	is "$status:$(docker exec box $(limit cpu cpu.cfs_quota_us))" 0:25000 "update --cpus"
	d_in stats --no-stream --format '{{.PIDs}} {{.MemUsage}}' box
	matches "$out" '^[1-9][0-9]* [0-9.]+[KM]iB / 48MiB' "stats: processes, memory and its limit"
	down box
}

strict() {
	group strict || return 0
	run --rm --read-only --tmpfs /mnt:size=1m $image /bin/sh -c 'touch /x 2>/dev/null || echo refused; touch /mnt/x && echo tmp'
	is "$out" "refused
tmp" "run --read-only --tmpfs"
	run --rm --cap-drop all --cap-add net_admin $image grep CapEff /proc/self/status
	is "${out##*[	 ]}" 0000000000001000 "run --cap-drop --cap-add"
	run --rm --security-opt no-new-privileges $image grep -E 'NoNewPrivs|Seccomp:' /proc/self/status
	is "$(echo "$out" | tr -s '\t\n' ' ' | sed 's/ $//')" "NoNewPrivs: 1 Seccomp: 2" "run: no-new-privileges, docker's system call filter"
	run --rm --privileged $image /bin/sh -c 'grep CapEff /proc/self/status; mount -t tmpfs x /mnt && echo mounted'
	has "$out" "$all_caps" "run --privileged: every capability there is"
	has "$out" mounted "run --privileged: may mount"
	run --rm --init $image /bin/sh -c 'cat /proc/1/comm'
	is "$out" docker-init "run --init"
	run --rm --sysctl kernel.msgmax=9000 --shm-size 3m $image /bin/sh -c 'cat /proc/sys/kernel/msgmax; df -k /dev/shm'
	matches "$(echo "$out" | tr '\n' ' ')" '^9000 .* 3072 ' "run --sysctl --shm-size"
	run --rm --device /dev/kmsg:/dev/mine:r $image /bin/sh -c 'ls -l /dev/mine; : >/dev/mine && echo written'
	matches "$out" '1, +11' "run --device: it is there"
	hasnt "$out" written "run --device: with its permissions"
	run --rm --oom-score-adj 500 --ulimit core=0 $image /bin/sh -c 'cat /proc/self/oom_score_adj; ulimit -c; ulimit -n'
	is "$(echo "$out" | tr '\n' ' ')" "500 0 1024 " "run --oom-score-adj --ulimit"
	mkdir -p "$TESTDIR/v" && echo host >"$TESTDIR/v/f"
	run --rm -v "$TESTDIR/v:/v:ro" -v "$TESTDIR/v/f:/etc/passwd" $image /bin/sh -c 'cat /v/f /etc/passwd; touch /v/h 2>/dev/null || echo refused'
	is "$(echo "$out" | tr '\n' ' ')" "host host refused " "run -v: a folder read only, a file"
	run --rm -v data:/etc $image cat /etc/group
	matches "$out" '^root:' "run -v NAME: a volume, filled from the image"
	d_in volume rm data
}

lived() {
	group life || return 0
	up one
	is "$(inspect one State.Status):$(inspect one HostConfig.Runtime)" "running:$rt" "run -d: running, with the runtime"
	is "$(cat "/proc/$(inspect one State.Pid)/comm")" sh "inspect: the process id is the container's"
	is "$(docker logs one)" up "logs"
	matches "$(docker top one)" 'sleep 1000' "top"
	d_in exec one /bin/sh -c 'echo out; echo err >&2; exit 7'
	is "$status:$out:$err" 7:out:err "exec: status, output, error"
	is "$(echo line | docker exec -i one cat)" line "exec -i: standard input"
	d_in exec -e A=b -w /tmp -u user one /bin/sh -c 'echo $A $(pwd) $(id -u):$(id -g)'
	is "$out" "b /tmp 1000:1000" "exec: -e, -w, -u"
	d_in exec one nosuch
	is "$status" 126 "exec: a command that is not there: docker makes it 126"
	d_in exec one /etc/passwd
	is "$status" 126 "exec: a file that is no program: 126"
	on_terminal 31 101 docker exec -it one /bin/sh -c 'tty; sleep 0.7; stty size; exit 8' </dev/null
	matches "$out" '^/dev/(pts/[0-9]|console)' "exec -t: a terminal"
	has "$out" "31 101" "exec -t: its size"
	has "$out" "[exit 8]" "exec -t: the exit status"
	d_in exec -d one /bin/sh -c 'touch /tmp/done; exec sleep 1000'
	check "exec -d" wait_for 5 docker exec one test -e /tmp/done
	d_in exec --privileged one grep CapEff /proc/self/status
	is "${out##*[	 ]}" "$all_caps" "exec --privileged: every capability there is"
	echo in >"$TESTDIR/in"
	docker cp "$TESTDIR/in" one:/tmp/in >/dev/null 2>&1
	is "$(docker exec one cat /tmp/in)" in "cp into one that runs"
	d_in pause one
	is "$status:$(inspect one State.Status)" 0:paused "pause"
	d_in unpause one
	is "$status:$(inspect one State.Status)" 0:running "unpause"
	d_in stop -t 10 one
	is "$status:$(inspect one State.ExitCode)" 0:5 "stop: TERM, and its own exit status"
	d_in start one
	is "$status:$(inspect one State.Status)" 0:running "start again"
	d_in restart -t 0 one
	is "$status:$(inspect one State.Status)" 0:running "restart"
	d_in kill -s KILL one
	check "kill: 137" wait_for 5 state_is one State.ExitCode 137
	d_in rm one
	is "$status:$(docker ps -aq)" 0: "rm"
	run --name two --restart on-failure:2 -d $image /probe exit 4
	check "run --restart on-failure:2" wait_for 15 state_is two RestartCount 2
	down two
	up three --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 1
	check "health: unhealthy" wait_for 10 state_is three State.Health.Status unhealthy
	docker exec three touch /tmp/well
	check "health: healthy" wait_for 10 state_is three State.Health.Status healthy
	run --rm --pid container:three --ipc host --uts host $image /bin/sh -c 'ps | awk "\$3 == \"sleep\"" | wc -l; hostname'
	is "$out" "1
$(uname -n)" "run --pid container:NAME --uts host"
	d_in rm -f three
	is "$status:$(docker ps -aq)" 0: "rm -f of one that runs"
	d_in run --rm $runtime --network host $image readlink /proc/self/ns/net
	is "$out" "$(readlink /proc/self/ns/net)" "run --network host"
}

survived() {
	group restart || return 0
	up four
	before=$(inspect four State.Pid)
	daemon_stop
	serve
	is "$(inspect four State.Status):$(inspect four State.Pid)" "running:$before" "dockerd anew: the container is still there"
	d_in exec four echo in
	is "$out" in "and an exec in it"
	down four
}

cases() {
	runtime="--runtime $rt"
	if [ "$rt" = mote ]; then
		runtime=''
		is "$(docker info --format '{{.DefaultRuntime}}')" mote "daemon.json: mote is the default runtime"
		is "$(docker info --format '{{.RuncCommit.ID}}')" "$("$MOTE" --version | sed -n 's/^commit: //p')" "info: docker reads its version"
	fi
	ran
	limits
	strict
	lived
	survived
	nothing_left "nothing is left" /run/docker/runtime-runc/moby /run/docker/runtime-mote/moby
}

each_runtime cases
d_in tag $image box
docker() { # run --rm, and what this machine lacks
	shift
	timeout -k 2 30 docker run --network none "$@"
}
shown docs/guide-engines.md
daemon_stop
finish

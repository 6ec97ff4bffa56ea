#!/bin/sh
# SPDX-License-Identifier: MIT
# podman.t - podman and conmon drive the runtime
# shellcheck disable=SC2154,SC2086,SC2016,SC2046,SC2034
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
engine podman cmd:podman cmd:conmon cmd:socat

export DISABLE_HC_SYSTEMD=true # podman's timers; `healthcheck run` needs none
store="podman --root $TESTDIR/store --runroot $TESTDIR/runroot --tmpdir $TESTDIR/tmp --storage-driver vfs --cgroup-manager cgroupfs --events-backend file"
# Without CAP_SYS_RESOURCE the limits that podman asks for by itself cannot be set.
place="--network none --cgroup-parent $cgroup_parent --ulimit nofile=1024:1024 --ulimit nproc=1024:1024"

cd "$TESTDIR" || exit # conmon leaves a file `oom` where it was started
version_line podman "$(podman --version | awk '{ print $3 }')"
version_line conmon "$(conmon --version | awk 'NR == 1 { print $3 }')"
image "$TESTDIR/box.tar" localhost/box:latest
$store load -qi "$TESTDIR/box.tar" >/dev/null 2>&1 || skip_all "podman cannot load an image here"
if ! works=$($store --runtime "$(runtime_path runc)" run --rm $place box true 2>&1); then
	note "$works"
	skip_all "podman cannot start a container here with $PEER"
fi

p() { timeout -k 2 30 $store "$@"; }
p_in() {
	p_limit=$1
	shift
	run_in "$p_limit" $store "$@"
}
run() { p_in 30 run $place "$@"; }
inspect() { p inspect --format "{{.$2}}" "$1" 2>&1; }
status_is() { [ "$(inspect "$1" State.Status)" = "$2" ]; }
up() { # NAME [OPTION...]: one that waits
	up_name=$1
	shift
	p run -d --name "$up_name" $place "$@" box /bin/sh -c 'trap "exit 5" TERM; echo up; sleep 1000 & wait' >/dev/null 2>"$TESTDIR/.up"
	wait_for 5 logged "$up_name" up || note "$(cat "$TESTDIR/.up")"
}
logged() { p logs "$1" 2>&1 | grep -q "$2"; }
down() { p rm -f -t 0 "$@" >/dev/null 2>&1; }
# The container's own group, as podman mounts it read-only inside.
limit() { echo "cat /sys/fs/cgroup/$1/$2"; }

foreground() {
	group run || return 0
	run --rm box /probe exit 3
	is "$status" 3 "run: the exit status"
	run --rm box /bin/sh -c 'echo out; echo err >&2'
	is "$out:$err" "out:err" "run: standard output and error"
	is "$(echo line | p run --rm -i $place box cat)" line "run -i: standard input"
	run --rm box /bin/sh -c 'kill -TERM $$; kill -9 1; /probe kill-self KILL; exit 4'
	is "$status" 4 "run: process 1 is safe from its own signals"
	run --rm --hostname there -e A=b -w /tmp -u 1000:1000 box /bin/sh -c 'echo $(hostname) $A $(pwd) $(id -u):$(id -g)'
	is "$out" "there b /tmp 1000:1000" "run: --hostname, -e, -w, -u"
	run --rm box nosuch
	is "$status" 127 "run: a command that is not there: 127"
	has "$err" 'executable file not found in $PATH' "and podman's words for it"
	run --rm box /nosuch
	is "$status" 127 "run: a path that is not there: 127"
	run --rm box /etc/passwd
	is "$status" 126 "run: a file that is no program: 126"
	run --rm box /etc
	is "$status" 126 "run: a folder: 126"
	run --rm --rootfs "$TESTDIR/rootfs" /probe exit 6
	is "$status" 6 "run --rootfs: a folder, no image"
	exec 3>"$TESTDIR/three"
	run --rm --preserve-fds 1 box /probe writefd 3 handed
	exec 3>&-
	is "$(cat "$TESTDIR/three")" handed "run --preserve-fds 1"
}

by_path() {
	group path || return 0
	CONTAINERS_CONF=/dev/null p_in 30 --runtime "$rt_path" run --rm $place box echo by path
	is "$out" "by path" "--runtime PATH: run"
	CONTAINERS_CONF=/dev/null p_in 30 --runtime "$rt_path" run --rm $place box nosuch
	is "$status" 127 "--runtime PATH: a command that is not there: 127"
	ln -sf "$rt_path" "$TESTDIR/crun"
	CONTAINERS_CONF=/dev/null p_in 30 --runtime "$TESTDIR/crun" run --rm $place box nosuch
	is "$status" 127 "--runtime PATH, a link called crun: errors as JSON"
	p_in 30 run --rm --cgroups=disabled --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 box echo free
	is "$out:$err" free: "run --cgroups=disabled"
}

detached() {
	group detached || return 0
	up d
	is "$(inspect d State.Status)" running "run -d: running"
	is "$(cat "/proc/$(inspect d State.Pid)/comm")" sh "inspect: the process id is the container's"
	is "$(p logs d)" up "logs"
	is "$(p ps -q | wc -l)" 1 "ps: it is listed"
	matches "$(p top d)" 'sh -c' "top"
	p_in 20 stats --no-stream --format '{{.PIDs}} {{.MemUsage}}' d
	matches "$out" '^[1-9][0-9]* [0-9.]+[kM]B' "stats: processes and memory"
	p_in 20 pause d
	is "$status:$(inspect d State.Status)" 0:paused "pause"
	p_in 20 exec d true
	isnt "$status" 0 "exec in a paused container is refused"
	p_in 20 unpause d
	is "$status:$(inspect d State.Status)" 0:running "unpause"
	p_in 20 stop -t 10 d
	is "$status:$(inspect d State.ExitCode)" 0:5 "stop: TERM, and its own exit status"
	p_in 20 start d
	is "$status:$(inspect d State.Status)" 0:running "start again"
	p_in 20 restart -t 0 d
	is "$status:$(inspect d State.Status)" 0:running "restart"
	p_in 20 kill -s KILL d
	wait_for 5 status_is d exited
	is "$status:$(inspect d State.ExitCode)" 0:137 "kill -s KILL: 137"
	p_in 20 rm d
	is "$status:$(p ps -aq)" 0: "rm"
	p run -d --name k $place box /bin/sh -c 'trap "echo usr1" USR1; echo up; while :; do sleep 0.1; done' >/dev/null 2>&1
	wait_for 5 logged k up
	p_in 20 kill -s USR1 k
	check "kill -s USR1: the program's own signal" wait_for 5 logged k usr1
	p_in 20 stop -t 1 k
	is "$status:$(inspect k State.ExitCode)" 0:137 "stop: KILL for one that does not care"
	down k
	up f
	p_in 20 rm -f -t 0 f
	is "$status:$(p ps -aq)" 0: "rm -f of one that runs"
	p run -d --name fin $place box /probe exit 9 >/dev/null 2>&1
	is "$(p wait fin)" 9 "wait: the exit status"
	down fin
	p create --name c $place box /bin/sh -c 'echo created; exit 7' >/dev/null 2>&1
	p_in 20 start -a c
	is "$status:$out" 7:created "create, start -a"
	down c
}

executed() {
	group exec || return 0
	up e
	p_in 20 exec e /bin/sh -c 'echo out; echo err >&2; exit 7'
	is "$status:$out:$err" 7:out:err "exec: status, output, error"
	is "$(echo line | p exec -i e cat)" line "exec -i: standard input"
	p_in 20 exec -e A=b -w /tmp -u user e /bin/sh -c 'echo $A $(pwd) $(id -u):$(id -g)'
	is "$out" "b /tmp 1000:1000" "exec: -e, -w, -u"
	p_in 20 exec e nosuch
	is "$status" 127 "exec: a command that is not there: 127"
	p_in 20 exec e /etc/passwd
	is "$status" 126 "exec: a file that is no program: 126"
	p_in 20 exec -d e /bin/sh -c 'echo done >/tmp/done; exec sleep 1000'
	check "exec -d" wait_for 5 p exec e grep -q . /tmp/done
	p_in 20 exec --privileged e grep CapEff /proc/self/status
	is "${out##*[	 ]}" "$(awk '/CapEff/ { print $2 }' /proc/self/status)" "exec --privileged: every capability there is"
	p_in 20 exec e /bin/sh -c 'for n in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$n; readlink /proc/1/ns/$n; done | uniq -c | grep -c "^ *2"'
	is "$out" 7 "exec: the container's namespaces"
	p_in 20 exec e /bin/sh -c 'cmp /proc/self/cgroup /proc/1/cgroup'
	is "$status:$out" 0: "exec: the container's cgroups"
	exec 3>"$TESTDIR/three"
	p_in 20 exec --preserve-fds 1 e /probe writefd 3 exec
	exec 3>&-
	is "$(cat "$TESTDIR/three")" exec "exec --preserve-fds 1"
	on_terminal 31 101 $store exec -it e /bin/sh -c 'tty; sleep 0.7; stty size; exit 8' </dev/null
	matches "$out" '^/dev/(pts/[0-9]|console)' "exec -t: a terminal"
	has "$out" "31 101" "exec -t: its size"
	has "$out" "[exit 8]" "exec -t: the exit status"
	echo in >"$TESTDIR/in"
	p cp "$TESTDIR/in" e:/tmp/in >/dev/null 2>&1
	is "$(p exec e cat /tmp/in)" in "cp into one that runs"
	down e
}

terminal() {
	group tty || return 0
	on_terminal 30 100 $store run --rm -it $place box /bin/sh -c 'tty; sleep 0.7; stty size; exit 9' </dev/null
	matches "$out" '^/dev/(pts/0|console)' "run -t: a terminal"
	has "$out" "[exit 9]" "run -t: the exit status"
	on_terminal 30 100 $store run --rm -it $place box /bin/sh -c 'echo ready; read x; stty size; echo "<$x>"' <<-'X'
		expect ready
		pause 300
		resize 40 90
		pause 700
		send word\r
		expect <word>
	X
	has "$out" "<word>" "run -it: what is typed"
	has "$out" "40 90" "run -it: a new size"
	on_terminal 30 100 $store run --name t -it $place box /bin/sh -c 'echo ready; read x; exec sleep 1000' <<-'X'
		expect ready
		send word\r
		pause 100
		send \x10
		pause 100
		send \x11
	X
	has "$out" "[exit 0]" "run -it: detach keys"
	down -a
	raw=$("$PTY" run 30 100 $store run --rm -it $place box echo line </dev/null 2>&1 | od -c | tr -d ' \n')
	has "$raw" 'line\r\n' "run -it: line ends reach the terminal once"
	hasnt "$raw" 'line\r\r\n' "run -it: and not twice"
}

limits() {
	group limits || return 0
	run --rm --memory 64m box $(limit memory memory.limit_in_bytes)
	is "$out" 67108864 "run --memory"
	run --rm --pids-limit 42 box $(limit pids pids.max)
	is "$out" 42 "run --pids-limit"
	run --rm --cpus 0.5 box $(limit cpu cpu.cfs_quota_us)
	is "$out" 50000 "run --cpus"
	run --rm --cpuset-cpus 0 box /bin/sh -c 'grep Cpus_allowed_list /proc/self/status'
	is "${out##*[	 ]}" 0 "run --cpuset-cpus"
	run --rm --cpu-shares 512 box $(limit cpu cpu.shares)
	is "$out" 512 "run --cpu-shares"
	run --rm --memory 32m box /probe alloc 128
	is "$status" 137 "run --memory: too much of it ends the program"
	up u
	p_in 20 update --memory 48m u
	is "$status:$(p exec u $(limit memory memory.limit_in_bytes))" 0:50331648 "update --memory"
	p_in 20 update --cpus 0.25 u
	is "$status:$(p exec u $(limit cpu cpu.cfs_quota_us))" 0:25000 "update --cpus"
	run_in 20 "$rt_path" update --pids-limit 33 "$(inspect u Id)" # podman 4.3 has no option for it
	is "$status:$out$err:$(p exec u $(limit pids pids.max))" 0::33 "update --pids-limit, by the runtime itself"
	down u
	run --rm --ulimit core=0:0 box /bin/sh -c 'ulimit -n; ulimit -c'
	is "$out" "1024
0" "run --ulimit"
}

strict() {
	group strict || return 0
	run --rm --read-only box /bin/sh -c 'touch /x 2>/dev/null || echo refused; touch /tmp/x && echo tmp'
	is "$out" "refused
tmp" "run --read-only: the root, not /tmp"
	run --rm --read-only --tmpfs /mnt:size=1m,noexec box /bin/sh -c 'touch /mnt/x && grep " /mnt " /proc/mounts'
	matches "$out" 'tmpfs .*noexec.*size=1024k' "run --tmpfs: with its options"
	run --rm --cap-drop all box grep CapEff /proc/self/status
	is "${out##*[	 ]}" 0000000000000000 "run --cap-drop all"
	run --rm --cap-drop all --cap-add net_admin,sys_admin box grep CapEff /proc/self/status
	is "${out##*[	 ]}" 0000000000201000 "run --cap-add"
	run --rm box grep Seccomp: /proc/self/status
	is "${out##*[	 ]}" 2 "run: podman's system call filter"
	run --rm --security-opt seccomp=unconfined box grep Seccomp: /proc/self/status
	is "${out##*[	 ]}" 0 "run --security-opt seccomp=unconfined"
	run --rm --security-opt no-new-privileges box grep NoNewPrivs /proc/self/status
	is "${out##*[	 ]}" 1 "run --security-opt no-new-privileges"
	run --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 box /bin/sh -c 'cat /proc/self/uid_map; id -u; touch /x && ls -ln /x'
	matches "$out" '0 +100000 +65536' "run --uidmap: the map"
	matches "$out" 'root|0 +0 .* /x' "run --uidmap: its own files"
	run --rm --userns nomap box true
	[ "$status" = 0 ] || note "--userns=nomap: $err"
	run --rm --privileged box /bin/sh -c 'grep CapEff /proc/self/status; mount -t tmpfs x /mnt && echo mounted; [ -e /dev/vda ] || [ -e /dev/sda ] || [ -e /dev/loop0 ] || ls /dev | wc -l'
	has "$out" "$(awk '/CapEff/ { print $2 }' /proc/self/status)" "run --privileged: every capability there is"
	has "$out" mounted "run --privileged: may mount"
	run --rm box /bin/sh -c 'cat /proc/kcore /proc/timer_list /sys/firmware/* 2>/dev/null | head -c 1 | wc -c; echo x 2>/dev/null >/proc/sys/kernel/msgmax || echo refused'
	is "$out" "0
refused" "run: masked and read-only paths"
	run --rm --security-opt unmask=ALL box /bin/sh -c 'mount | grep -c "/proc/"'
	is "$out" 0 "run --security-opt unmask=ALL"
	run --rm --sysctl kernel.msgmax=9000 box cat /proc/sys/kernel/msgmax
	is "$out" 9000 "run --sysctl"
	run --rm --shm-size 3m box /bin/sh -c 'df -k /dev/shm | tail -n 1'
	matches "$out" ' 3072 ' "run --shm-size"
	run --rm --device /dev/kmsg:/dev/mine:r box /bin/sh -c 'ls -l /dev/mine; : >/dev/mine && echo written'
	matches "$out" '1, +11' "run --device: it is there"
	hasnt "$out" written "run --device: with its permissions"
}

mounts() {
	group mounts || return 0
	mkdir -p "$TESTDIR/v" && echo host >"$TESTDIR/v/f"
	run --rm -v "$TESTDIR/v:/v" box /bin/sh -c 'cat /v/f; echo box >/v/g'
	is "$out:$(cat "$TESTDIR/v/g" 2>&1)" host:box "run -v: read and written"
	run --rm -v "$TESTDIR/v:/v:ro" box /bin/sh -c 'cat /v/f; touch /v/h 2>/dev/null || echo refused'
	is "$out" "host
refused" "run -v: read only"
	run --rm -v "$TESTDIR/v/f:/etc/passwd:ro" box cat /etc/passwd
	is "$out" host "run -v: a file"
	run --rm --mount "type=bind,src=$TESTDIR/v,dst=/v,bind-propagation=rslave" box grep ' /v ' /proc/self/mountinfo
	has "$out" " /v " "run --mount: bind with propagation"
	run --rm -v data:/etc box cat /etc/group
	matches "$out" '^root:' "run -v NAME: a volume, filled from the image"
	run --rm -v data:/d box cat /d/group
	matches "$out" '^root:' "run -v NAME: and there the next time"
	p volume rm data >/dev/null 2>&1
	run --rm --mount type=image,src=box,dst=/i box ls /i/probe
	is "$out" /i/probe "run --mount type=image"
	run --rm --init --init-path "$(command -v tini-static || command -v docker-init || command -v tini)" box /bin/sh -c 'cat /proc/1/comm'
	has "podman-init tini-static docker-init tini" "$out" "run --init: process 1"
}

health() {
	group health || return 0
	up health --health-cmd 'test -e /tmp/well' --health-retries 1
	p_in 20 healthcheck run health
	is "$status" 1 "healthcheck run: unhealthy"
	p exec health touch /tmp/well
	p_in 20 healthcheck run health
	is "$status" 0 "healthcheck run: healthy"
	down health
}

together() {
	group pod || return 0
	p pod create --name pod --hostname shared --share ipc,uts,net,pid --cgroup-parent $cgroup_parent --network none \
		--infra-image box --infra-command "/bin/sleep 1000" >/dev/null 2>"$TESTDIR/.pod" || note "$(cat "$TESTDIR/.pod")"
	pod_id=$(p pod inspect --format '{{.ID}}' pod)
	pod="--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --pod pod"
	p run -d --name one $pod box /bin/sh -c 'exec sleep 1001' >/dev/null 2>"$TESTDIR/.pod" || note "$(cat "$TESTDIR/.pod")"
	p_in 20 run --rm $pod box /bin/sh -c 'hostname; ps | grep -c "[s]leep"'
	is "$out" "shared
2" "pod: host name and processes are shared"
	is "$(readlink "/proc/$(inspect one State.Pid)/ns/net")" \
		"$(readlink "/proc/$(p inspect --format '{{.State.Pid}}' "$(p pod inspect --format '{{.InfraContainerID}}' pod)")/ns/net")" \
		"pod: one network namespace"
	p_in 20 pod pause pod
	is "$status:$(inspect one State.Status)" 0:paused "pod pause"
	p_in 20 pod unpause pod
	is "$status:$(inspect one State.Status)" 0:running "pod unpause"
	p_in 30 pod stop -t 0 pod
	is "$status:$(inspect one State.Status)" 0:exited "pod stop"
	p_in 30 pod rm -f pod
	is "$status:$(p ps -aq)" 0: "pod rm"
	# Podman does not know the hierarchies that have no controller, and leaves the pod's own group there.
	find /sys/fs/cgroup -type d -path "*$cgroup_parent/$pod_id" -exec rmdir {} + 2>/dev/null
	up m
	run --rm --pid container:m --ipc container:m box ps
	matches "$out" 'sleep 1000' "run --pid container:ID"
	down m
	run --rm --pid host --uts host --ipc host box hostname
	is "$out" "$(uname -n)" "run --uts host --pid host"
	p_in 30 run --rm --network host --cgroup-parent $cgroup_parent --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 box readlink /proc/self/ns/net
	is "$out" "$(readlink /proc/self/ns/net)" "run --network host"
}

notified() {
	group notify || return 0
	p_in 20 run -d --rm --name n --sdnotify ignore $place box sleep 1000
	is "$status" 0 "run --sdnotify ignore"
	down n
	# the program says itself when it is ready: podman hands its caller's socket on, and the runtime what comes out of the container
	socat -u "UNIX-RECV:$TESTDIR/notify" - >"$TESTDIR/notified" 2>&1 &
	listener=$!
	wait_for 5 test -S "$TESTDIR/notify"
	NOTIFY_SOCKET=$TESTDIR/notify timeout -k 2 30 $store run -d --name n --sdnotify container $place box /bin/sh -c '/probe notify READY=1; exec sleep 1000' >"$TESTDIR/notify.out" 2>&1
	status=$?
	wait_for 5 grep -q READY=1 "$TESTDIR/notified" || note "$(cat "$TESTDIR/notify.out")"
	is "$status:$(grep -ao READY=1 "$TESTDIR/notified")" 0:READY=1 "run --sdnotify container: READY=1 reaches podman's caller"
	kill "$listener"
	wait "$listener" 2>/dev/null
	rm -f "$TESTDIR/notify"
	down n
	p_in 30 commit -q "$(p create $place box true 2>/dev/null)" localhost/again
	is "$status" 0 "commit"
	down -a
	p_in 20 rmi localhost/again
}

isnt() { if [ "$1" != "$2" ]; then pass "$3"; else fail "$3" "got: $1"; fi; }

cases() {
	engine_file containers.conf "$TESTDIR/containers.conf"
	export CONTAINERS_CONF="$TESTDIR/containers.conf"
	p_in 20 info --format '{{.Host.OCIRuntime.Name}}'
	is "$out" "$rt" "containers.conf: the default runtime"
	p_in 20 info --format '{{.Host.OCIRuntime.Version}}'
	matches "$out" "^$rt version [0-9]" "info: its version"
	foreground
	by_path
	detached
	executed
	terminal
	limits
	strict
	mounts
	health
	together
	notified
	down -a
	nothing_left "nothing is left" "/run/$rt"
}

each_runtime cases
podman() { # what the page says, in this test's store and place
	shown_words=$(echo "$*" | sed "s| run --rm | run --rm $place |")
	timeout -k 2 30 ${store} $shown_words
}
unset CONTAINERS_CONF
installed && shown docs/guide-engines.md
finish

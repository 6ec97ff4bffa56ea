#!/bin/sh
# exec.t - exec: options, what is joined, whose settings the program has, statuses, pid file, terminals, signals
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck disable=SC2016 # for another shell
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root EXEC cmd:jq
private_pids "$@"

mote() { "$MOTE" --root "$STATE" "$@"; }
# up FILTER: container `box` whose first process waits
up() {
	mote delete --force box
	box_bundle "$1" sleep 600
	mote_in 20 run -d -b "$TESTDIR/b" box
	[ "$status" = 0 ] || fail "the container for what follows" "$err"
}
ex() { mote_in 20 exec "$@"; }
# refuses NAME WORDS OPTION...: status 255 (2: called wrongly), those words, nothing on standard output
refuses() {
	refuses_name=$1 refuses_words=$2
	shift 2
	ex "$@"
	case $status:$out in
	255: | 2:) has "$err" "$refuses_words" "$refuses_name" ;;
	*) fail "$refuses_name" "status $status: $out $err" ;;
	esac
}
pid_of() { mote state box | jq .pid; }
# Other tests may run at the same time.
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before

# ---- which container ------------------------------------------------------------------------------------
refuses "an unknown container" 'container "box" does not exist' box /bin/true
up .
for code in 0 1 3 126 127 255; do
	ex box /probe exit "$code"
	is "$status:$out:$err" "$code::" "status $code comes through, without a word"
done
ex box /bin/sh -c 'kill -TERM $$'
is "$status:$out:$err" "143::" "128 + 15"
ex box /bin/sh -c 'echo out; echo err >&2'
is "$out/$err" out/err "standard output and error are the program's"
is "$(echo line | mote exec box /bin/sh -c 'read x; echo "got $x"')" "got line" "standard input too"

# ---- the words that engines look for (clients.md 2.6) ----------------------------------------------------
refuses "a command that is nowhere" 'exec: "nosuch": executable file not found in $PATH: no such file or directory' box nosuch
refuses "a path that is not there" 'exec: "/nosuch": executable file not found in $PATH: no such file or directory' box /nosuch
refuses "a file that cannot be executed" 'exec: "/etc/passwd": permission denied' box /etc/passwd
refuses "a folder" 'exec: "/etc": is a directory' box /etc
refuses "a working folder that is not there" 'change folder to /nosuch: no such file or directory' --cwd /nosuch box /bin/true
is "$(mote state box | jq -r .status)" running "none of that ends the container"

# ---- options ---------------------------------------------------------------------------------------------
refuses "no command" "a command is missing" box
refuses "an unknown option" "unknown option --nosuch" --nosuch box /bin/true
ex box /bin/echo --user 1000 -t
is "$status:$out" "0:--user 1000 -t" "what stands behind the command is the command's"
ex box -- /bin/echo -t
is "$status:$out" "0:-t" "also behind --"
ex -- box /bin/echo -- x
is "$out" "-- x" "where a second -- is the command's"
for form in "--user 1000:5" "--user=1000:5" "-user 1000:5" "-user=1000:5" "-u 1000:5" "-u1000:5"; do
	# shellcheck disable=SC2086
	ex $form box /probe id
	is "$(fact uid)/$(fact gid)" "1000 1000 1000/5 5 5" "option $form"
	# shellcheck disable=SC2086
	ex box $form /probe id
	is "$(fact uid)/$(fact gid)" "1000 1000 1000/5 5 5" "option $form behind the container"
done
ex -u 1000 box /probe id
is "$(fact uid)/$(fact gid)" "1000 1000 1000/0 0 0" "a user alone leaves the group"
ex -g 7 --additional-gids=8 box /probe id
is "$(fact groups)" "7 8" "additional groups"
ex -e A=1 --env B=2 -e A=3 box /bin/sh -c 'echo $A $B $PATH'
is "$out" "3 2 $(jq -r '.process.env[0]' "$TESTDIR/b/config.json" | sed 's/PATH=//')" "environment: the container's, and what is added"
ex --cwd /tmp box /bin/pwd
is "$out" /tmp "working folder"
ex --no-new-privs box /probe caps
is "$(fact no_new_privs)" 1 "no_new_privs"
refuses "a user by name" "option --user takes UID[:GID] in numbers, not 'root'" -u root box /bin/true
refuses "a user that is too large" "option --user" -u 4294967295 box /bin/true
refuses "a group by name" "option --additional-gids" -g wheel box /bin/true
refuses "a variable without a value" "option --env takes NAME=VALUE" -e X box /bin/true
refuses "a relative folder" "option --cwd takes an absolute path" --cwd tmp box /bin/true
refuses "an unknown capability" "unknown capability 'CAP_NOSUCH'" -c NOSUCH box /bin/true
refuses "descriptors that are not there" "descriptor 3 is to be preserved but is not open" --preserve-fds 2 box /bin/true
refuses "a process file that is not there" "open /nosuch: no such file" --process /nosuch box
refuses "a process file and a command" "with --process there is no command" --process /nosuch box /bin/true
mote exec --preserve-fds 1 box /bin/sh -c 'cat <&3' 3<<-END >"$TESTDIR/.o" 2>&1
	kept
END
is "$(cat "$TESTDIR/.o")" kept "a preserved descriptor"

# ---- what is joined --------------------------------------------------------------------------------------
ns_of() { for ns in cgroup ipc mnt net pid time user uts; do printf '%s ' "$(readlink "/proc/$1/ns/$ns")"; done; }
inside='for n in cgroup ipc mnt net pid time user uts; do printf "%s " "$(readlink /proc/self/ns/$n)"; done; echo'
joined() {
	ex box /bin/sh -c "$inside"
	is "$out" "$(ns_of "$(pid_of)")" "$1: every namespace is the container's"
	ex box /bin/sh -c 'grep -v :/$ /proc/self/cgroup | cut -d: -f3 | sort -u; pwd; ls /probe; cat /proc/self/attr/current 2>/dev/null | tr -d "\0"'
	is "$(echo "$out" | head -n 3 | tr '\n' ' ')" "/${TESTDIR##*/} / /probe " "$1: in its cgroups and its root"
	ex box /probe fds ++ exe
	is "$(echo "$out" | sed -n 's/^fd\.\([0-9]*\).*/\1/p' | sort -n | tr '\n' ' ')" "0 1 2 " "$1: with three descriptors"
}
not_cgroup='.linux.namespaces |= map(select(.type != "cgroup"))'
joined "the usual ones"
for type in pid network ipc uts; do
	up "$not_cgroup | .linux.namespaces |= map(select(.type != \"$type\")) | del(.hostname)"
	joined "without a $type namespace"
done
up "$not_cgroup | .linux.namespaces += [{type: \"time\"}] | .linux.timeOffsets = {monotonic: {secs: 1000, nanosecs: 0}}"
joined "a time namespace"
ex box /probe proc
has "$(fact timens)" "monotonic 1000 0" "and its clock"
users='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
	.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 65536}]'
user_box() {
	ex box /probe id ++ proc ++ caps ++ mkdir /made-$$
	is "$(fact uid)/$(fact gid)/$(fact groups)" "0 0 0/0 0 0/" "$1: root inside"
	is "$(fact uid_map)" "0 100000 65536" "$1: with its map"
	ex -u 1000:1001 -g 5 box /probe id
	is "$(fact uid)/$(fact gid)/$(fact groups)" "1000 1000 1000/1001 1001 1001/5" "$1: or anybody inside"
	refuses "$1: an id without a mapping" "become uid 70000" -u 70000 box /bin/true
	ex -d --pid-file "$TESTDIR/pid" box /bin/sleep 600
	is "$(stat -c %u:%g "/proc/$(cat "$TESTDIR/pid")")" 100000:200000 "$1: 100000 outside"
}
if have USERNS; then
	chown -R 100000:200000 "$TESTDIR/rootfs"
	up "$not_cgroup | $users"
	joined "a user namespace"
	user_box "a user namespace"
	# one that somebody else made, with everything else new in it
	up "$not_cgroup | $users"
	keeper=$(pid_of)
	box_bundle "$not_cgroup | .linux.namespaces += [{type: \"user\", path: \"/proc/$keeper/ns/user\"}] |
		.linux.cgroupsPath = \"/${TESTDIR##*/}-two\"" sleep 600
	mote_in 20 run -d -b "$TESTDIR/b" two
	is "$status$err" 0 "a container in another one's user namespace"
	ex two /probe id ++ proc
	is "$(fact uid)/$(fact uid_map)" "0 0 0/0 100000 65536" "exec in a user namespace that was joined"
	ex two /bin/sh -c "$inside"
	is "$out" "$(ns_of "$(mote state two | jq .pid)")" "every namespace is that container's"
	mote delete --force two
	chown -R 0:0 "$TESTDIR/rootfs"
fi
up "$not_cgroup | .linux.namespaces |= map(select(.type != \"mount\" and .type != \"pid\")) | .mounts = [] | .linux.maskedPaths = [] | .linux.readonlyPaths = [] |
	.root.readonly = false"
ex box /bin/sh -c 'ls -d /probe; pwd; ls -d /../../probe'
is "$(echo "$out" | tr '\n' ' ')" "/probe / /../../probe " "without a mount namespace: the root is the container's all the same"

# ---- cgroups ---------------------------------------------------------------------------------------------
up .
if [ -d "/sys/fs/cgroup/memory/${TESTDIR##*/}" ]; then
	mkdir "/sys/fs/cgroup/memory/${TESTDIR##*/}/sub"
	ex --cgroup memory:sub box /bin/cat /proc/self/cgroup
	has "$out" ":memory:/${TESTDIR##*/}/sub" "--cgroup: below the container's, of one controller"
	has "$out" ":pids:/${TESTDIR##*/}
" "--cgroup: and the others"
	refuses "--cgroup: one that is not there" "move the box into" --cgroup memory:nosuch box /bin/true
	refuses "--cgroup: a controller that is not there" "no cgroup for 'nosuch:/'" --cgroup nosuch:/ box /bin/true
	ex --cgroup / box /bin/cat /proc/self/cgroup
	has "$out" ":memory:/${TESTDIR##*/}
" "--cgroup /"
fi
refuses "--cgroup: above the container's" "is not below the container's cgroup" --cgroup ../x box /bin/true

# ---- whose settings --------------------------------------------------------------------------------------
up '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 6], umask: 63} | .process.cwd = "/tmp" | .process.env += ["X=config"] |
	.process.noNewPrivileges = true | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 77, hard: 88}] |
	.process.capabilities.effective += ["CAP_NET_BIND_SERVICE"] | .process.capabilities.permitted += ["CAP_NET_BIND_SERVICE"] |
	.process.capabilities.bounding += ["CAP_NET_BIND_SERVICE"] | .process.oomScoreAdj = 100'
kept() {
	ex box /probe id ++ caps ++ rlimits ++ env ++ proc
	is "$(fact uid)/$(fact gid)/$(fact groups)" "1000 1000 1000/1001 1001 1001/5 6" "$1: user"
	is "$(fact no_new_privs)" 1 "$1: no_new_privs"
	has "$(fact rlimit.NOFILE)$(fact rlimit.nofile)" "77" "$1: limits"
	is "$(fact env.X)" config "$1: environment"
	is "$(fact oom_score_adj)" 100 "$1: oom_score_adj"
	has "$(fact cap.bounding)" NET_BIND_SERVICE "$1: capabilities"
	ex box /bin/sh -c 'pwd; umask'
	is "$out" "/tmp
0077" "$1: folder and umask"
}
kept "from the config"
jq '.process.user.uid = 0 | .process.env = ["X=edited"] | .process.noNewPrivileges = false | .process.rlimits = []' "$TESTDIR/b/config.json" >"$TESTDIR/edited"
cp "$TESTDIR/edited" "$TESTDIR/b/config.json"
kept "from the config that create kept, not from the bundle's of today"
rm "$TESTDIR/b/config.json"
kept "also when there is no bundle any more"
ex -c CAP_CHOWN -c SYS_TIME -u 0 box /probe caps
for set in effective permitted bounding; do
	has "$(fact cap.$set)" CHOWN "--cap: $set"
	has "$(fact cap.$set)" SYS_TIME "--cap: $set, without CAP_"
	has "$(fact cap.$set)" NET_BIND_SERVICE "--cap: $set keeps the container's"
done
is "$(fact cap.inheritable)/$(fact cap.ambient)" "0000000000000000/0000000000000000" "--cap: neither inheritable nor ambient (CVE-2022-29162)"

jq -n '{user: {uid: 7, gid: 8}, args: ["/probe", "id", "++", "caps", "++", "env", "++", "rlimits", "++", "proc"], env: ["A=1", "A=2"], cwd: "/"}' >"$TESTDIR/p.json"
ex --process "$TESTDIR/p.json" box
is "$(fact uid)/$(fact gid)/$(fact groups)" "7 7 7/8 8 8/" "--process: its user"
is "$(fact env.A)/$(fact env.X)" "2/" "--process: its environment alone"
is "$(fact no_new_privs)" 0 "--process: its no_new_privs"
has "$(fact cap.bounding)" NET_BIND_SERVICE "--process: the container's capabilities where it says nothing"
is "$(fact oom_score_adj)" 100 "--process: the container's oom_score_adj"
ex -p "$TESTDIR/p.json" -e A=3 -u 9 --no-new-privs box
is "$(fact uid)/$(fact env.A)/$(fact no_new_privs)" "9 9 9/3/1" "--process: options go on top"
jq '.capabilities = {}' "$TESTDIR/p.json" >"$TESTDIR/p2.json"
ex -p "$TESTDIR/p2.json" box
is "$(fact cap.bounding)" "0000000000000000" "--process: an empty object means none"
# bad FILTER WORDS: a process object that is refused
bad() {
	jq "$1" "$TESTDIR/p.json" >"$TESTDIR/bad.json"
	refuses "--process: $1" "$2" --process "$TESTDIR/bad.json" box
}
bad '.args = []' args
bad 'del(.args)' args
bad 'del(.cwd)' cwd
bad '.cwd = "x"' cwd
bad '.user.uid = -1' user.uid
bad '.rlimits = [{type: "RLIMIT_NOSUCH", soft: 1, hard: 1}]' rlimits
bad '[]' ''
echo '{' >"$TESTDIR/bad.json"
refuses "--process: no JSON" bad.json --process "$TESTDIR/bad.json" box

if have SECCOMP; then
	up '.process.noNewPrivileges = true | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]} | .root.readonly = false'
	ex box /probe mkdir /x
	has "$out$err" EOPNOTSUPP "the container's filter holds"
	jq '.args = ["/probe", "mkdir", "/x", "++", "status"]' "$TESTDIR/p.json" >"$TESTDIR/p2.json"
	ex --process "$TESTDIR/p2.json" box
	has "$out$err" EOPNOTSUPP "also with --process, and without no_new_privs"
	is "$(fact seccomp.mode)/$(fact seccomp.filters)" "2/$FILTERS" "it is one filter"
fi

# ---- processors, scheduling ------------------------------------------------------------------------------
if [ "$(nproc)" -gt 1 ]; then
	up '.process.execCPUAffinity = {initial: "0", final: "1"} | .process.scheduler = {policy: "SCHED_BATCH", nice: 5}'
	ex box /probe status ++ sched
	is "$(fact cpus)" 1 "execCPUAffinity: the last word is final"
	is "$(fact sched.policy)/$(fact nice)" 3/5 "the scheduler is the container's"
	if command -v strace >/dev/null; then
		run_in 20 strace -f -y -o "$TESTDIR/trace" -e trace=sched_setaffinity,write "$MOTE" --root "$STATE" exec box /bin/true
		is "$(sed -n 's/.*sched_setaffinity(.*\[\([0-9]*\)[ .]*\]).*/\1/p; s/.*write([0-9]*<.*cgroup.procs>.*/move/p' "$TESTDIR/trace" |
			uniq | tr '\n' ' ')" "0 move 1 " "execCPUAffinity: initial before the move into the cgroups, final after it"
	fi
	up '.process.execCPUAffinity = {initial: "0"}'
	ex box /probe status
	is "$(fact cpus)" "$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)" "execCPUAffinity: an initial one alone is taken back"
	is "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$(pid_of)/status")" "$(fact cpus)" "and is not the first process's"
	jq '.execCPUAffinity = {final: "0-99999"}' "$TESTDIR/p.json" >"$TESTDIR/bad.json"
	refuses "a processor that there cannot be" execCPUAffinity --process "$TESTDIR/bad.json" box
fi

# ---- pid file, detached, the parent ----------------------------------------------------------------------
up .
ex -d --pid-file "$TESTDIR/pid" box /bin/sleep 600
pid=$(cat "$TESTDIR/pid")
is "$status:$out:$err" "0::" "detached: status 0, and no word"
is "$(wc -l <"$TESTDIR/pid")" 0 "the pid file has no newline"
is "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "/bin/sleep 600 " "its number is the program's, as seen from here"
is "$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")" 1 "the program is its caller's reaper's"
is "$(awk '/^NSpid/ { print NF }' "/proc/$pid/status")" 3 "in the container's pid namespace"
ex --pid-file "$TESTDIR/nosuch/pid" box /bin/sh -c 'echo ran'
is "$status:$out" "255:" "a pid file that cannot be written: nothing runs"
rm "$TESTDIR/pid"
ex --pid-file "$TESTDIR/pid" box nosuch
check "a failing exec leaves no pid file" [ ! -e "$TESTDIR/pid" ]
ex --log "$TESTDIR/log" --log-format json box nosuch
is "$(jq -r '.level, .msg' "$TESTDIR/log" | tr '\n' '|' | grep -c '^error|.*executable file not found in $PATH')" 1 "one line in the log"

# ---- signals ---------------------------------------------------------------------------------------------
"$MOTE" --root "$STATE" exec box /bin/sh -c 'trap "echo usr1; exit 9" USR1; echo ready; while :; do sleep 0.05; done' >"$TESTDIR/said" 2>&1 </dev/null &
wait_for 5 grep -q ready "$TESTDIR/said"
kill -USR1 $!
wait $!
is "$?:$(tail -n 1 "$TESTDIR/said")" 9:usr1 "a signal to mote is the program's"
"$MOTE" --root "$STATE" exec box /bin/sleep 600 >"$TESTDIR/said" 2>&1 </dev/null &
wait_for 5 sh -c "ps -o args= --ppid $! | grep -q '^/bin/sleep 600'"
mote kill box KILL
wait $!
is "$?" 137 "the container's end is the program's"

# ---- states ----------------------------------------------------------------------------------------------
wait_for 5 sh -c "\"$MOTE\" --root \"$STATE\" state box | grep -q stopped"
refuses "a container that has ended" "container not running" box /bin/true
mote delete --force box
box_bundle . echo started
mote create -b "$TESTDIR/b" box </dev/null >"$TESTDIR/said" 2>&1
ex box /bin/sh -c "$inside"
is "$out" "$(ns_of "$(pid_of)")" "a container that was created and not started: every namespace"
is "$(mote state box | jq -r .status)" created "it waits still"
mote start box
wait_for 5 grep -q started "$TESTDIR/said"
is "$(cat "$TESTDIR/said")" started "and starts"
if have PAUSE; then
	up .
	mote pause box
	refuses "a paused container" "cannot exec in a paused container" box /bin/true
	"$MOTE" --root "$STATE" exec --ignore-paused box /bin/echo on >"$TESTDIR/said" 2>&1 </dev/null &
	sleep 0.3
	is "$(cat "$TESTDIR/said")" "" "--ignore-paused: it does not run before"
	mote resume box
	wait $!
	is "$?:$(cat "$TESTDIR/said")" 0:on "but then"
	mote pause box
	"$MOTE" --root "$STATE" exec --ignore-paused box /bin/echo on >"$TESTDIR/said" 2>&1 </dev/null &
	sleep 0.3
	kill -TERM $!
	wait $!
	is "$?" 143 "and can be given up"
	mote resume box
fi

# ---- the older way of joining ----------------------------------------------------------------------------
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	# without RULE...: an exec where those calls are not there, as on an old kernel
	without() {
		without_name=$1
		shift
		without_rules=
		for rule; do without_rules="$without_rules -e inject=$rule"; done
		# shellcheck disable=SC2086
		run_in 20 strace -qq -f -o "$TESTDIR/trace" $without_rules "$MOTE" --root "$STATE" exec box /bin/sh -c "$inside"
		is "$out" "$(ns_of "$(pid_of)")" "$without_name: every namespace is the container's"
		check "$without_name: seen to be the older way" grep -q 'setns([0-9]*, CLONE_NEWNS)' "$TESTDIR/trace"
		# shellcheck disable=SC2086
		run_in 20 strace -qq -f -o /dev/null $without_rules "$MOTE" --root "$STATE" exec box /bin/sh -c 'pwd; ls /probe; cut -d: -f3 /proc/self/cgroup | sort -u | tail -n 1'
		is "$(echo "$out" | tr '\n' ' ')" "/ /probe /${TESTDIR##*/} " "$without_name: root and cgroups"
	}
	ways() {
		old || without "$1, setns takes no pidfd (before 5.8)" setns:error=EINVAL:when=1
		without "$1, no pidfd (before 5.3)" pidfd_open:error=ENOSYS
		without "$1, and no clone3" pidfd_open:error=ENOSYS clone3:error=ENOSYS
	}
	up .
	ways "usual namespaces"
	if have USERNS; then
		chown -R 100000:200000 "$TESTDIR/rootfs"
		up "$not_cgroup | $users"
		ways "a user namespace"
		chown -R 0:0 "$TESTDIR/rootfs"
	fi
else
	skip "the older way of joining" "no strace that can trace here"
fi

mote delete --force box
clean "nothing is left"
finish

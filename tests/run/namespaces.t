#!/bin/sh
# namespaces.t - all eight types: new, joined, inherited; what of them is refused; names, clocks, loopback
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_pids "$@"
need root cmd:jq cmd:unshare

maps='.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
	.linux.gidMappings = .linux.uidMappings'
all='.linux.namespaces = [("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time") | {type: .}]'
kinds='cgroup ipc mnt net pid time user uts'

# The type as config.json calls what /proc/PID/ns calls $1.
type_of() { case $1 in mnt) echo mount ;; net) echo network ;; *) echo "$1" ;; esac; }
link_of() { readlink "/proc/$1/ns/$2"; }

# join TYPE PATH: a jq filter
join() { printf '.linux.namespaces |= (map(select(.type != "%s")) + [{type: "%s", path: "%s"}])' "$1" "$1" "$2"; }

# holder FLAG...: a process in new namespaces, its pid in $held
holder() {
	background unshare "$@" --fork --kill-child sleep 1000
	wait_for 10 grep -q . "/proc/$!/task/$!/children" || fail "a process holds namespaces"
	held=$(tr -d ' ' <"/proc/$!/task/$!/children")
	holders="${holders:-} $!"
}
let_go() {
	for holder_pid in $holders; do
		kill -KILL "$holder_pid" && wait "$holder_pid" 2>/dev/null
	done
	holders=''
}

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before "$STATE"

# ---- new, and inherited ------------------------------------------------------------------------
box "$maps | $all" ns ++ process
worked "all eight new"
for k in $kinds; do
	if [ -n "$(fact "ns.$k")" ] && [ "$(fact "ns.$k")" != "$(link_of self "$k")" ]; then
		pass "a new $k namespace"
	else
		fail "a new $k namespace" "$(fact "ns.$k")"
	fi
done
is "$(fact ns.time)" "$(fact ns.time_for_children)" "the program is in the new time namespace itself"
is "$(fact pid)" 1 "the program is process 1"

box '.linux.namespaces = [{type: "mount"}] | del(.hostname)' ns ++ status ++ net
worked "only a new mount namespace"
for k in $kinds; do
	[ "$k" != mnt ] || continue
	is "$(fact "ns.$k")" "$(link_of self "$k")" "the $k namespace is the caller's"
done
is "$(printf '%s\n' "$out" | grep -c ^net.)" "$(($(wc -l </proc/net/dev) - 2))" "its interfaces are the host's"

box 'del(.linux.namespaces) | del(.hostname, .mounts, .linux.maskedPaths, .linux.readonlyPaths)' \
	ls / ++ stat /probe
worked "no namespace at all: the root file system is the root all the same"
has "$out" "/probe=- 0755" "and the program sees it"
box 'del(.linux.namespaces) | del(.hostname)' ns
refused "mounts without a mount namespace are refused" "mount namespace"

# ---- joined, one at a time -----------------------------------------------------------------------
holder -n -i -u -C -T -p --mount-proc --monotonic 5000
for k in net ipc uts cgroup time pid; do
	box "del(.hostname) | $(join "$(type_of "$k")" "/proc/$held/ns/$k")" ns ++ process ++ ps
	worked "$k joined by its path"
	is "$(fact "ns.$k")" "$(link_of "$held" "$k")" "it is that $k namespace"
	is "$(fact ns.mnt | grep -c .)$(fact ns.mnt)" "1$(fact ns.mnt)" "and the mount namespace is a new one"
done
is "$(fact pid | grep -c '^1$')" 0 "in a joined pid namespace the program is not process 1"
has "$out" " sleep" "and its /proc shows the processes there"
box "$(join uts "/proc/$held/ns/uts") | .hostname = \"renamed\"" system
is "$(fact hostname)" renamed "hostname with a joined uts namespace"
is "$(nsenter -t "$held" -u hostname)" renamed "is set there"
# Mote's own by its path is the host's; the names are those that are there, so that a mote that sets them harms nobody.
for k in hostname domainname; do
	box "$(join uts "/proc/$$/ns/uts") | del(.hostname) | .$k = \"$(cat /proc/sys/kernel/$k)\"" system
	refused "$k with mote's own uts namespace" hostname "it would change the host"
done
box "$(join uts "/proc/$$/ns/uts") | del(.hostname)" system
is "$status:$(fact hostname)" "0:$(cat /proc/sys/kernel/hostname)" "without a name it may be joined"

box "$maps | $all | $(join time "/proc/$held/ns/time") | .linux.namespaces |= map(select(.type != \"user\")) |
	del(.linux.uidMappings, .linux.gidMappings)" cat /proc/self/timens_offsets
has "$(echo "$out" | tr -s ' ')" "monotonic 5000 0" "a joined time namespace has its own clock"

# All at once, and none of them is new.
box "del(.hostname) | .linux.namespaces = [{type: \"mount\"}, (\"net\", \"ipc\", \"uts\", \"cgroup\", \"time\", \"pid\" |
	{type: (if . == \"net\" then \"network\" else . end), path: \"/proc/$held/ns/\(.)\"})]" ns
worked "six joined at once"
for k in net ipc uts cgroup time pid; do
	is "$(fact "ns.$k")" "$(link_of "$held" "$k")" "$k with the others"
done
let_go

holder -m
box "del(.hostname) | .linux.namespaces |= map(select(.type != \"pid\")) | $(join mount "/proc/$held/ns/mnt")" ns ++ stat /probe
worked "a joined mount namespace"
is "$(fact ns.mnt)" "$(link_of "$held" mnt)" "it is that one"
has "$out" "/probe=- 0755" "and the root file system is the root"
let_go

# ---- user namespaces by path: what engines do for pods -----------------------------------------
holder -U -n -i -u
echo "0 200000 65536" >"/proc/$held/uid_map"
echo "0 300000 65536" >"/proc/$held/gid_map"
box "$(join user "/proc/$held/ns/user")" ns ++ proc
worked "a joined user namespace with all others new"
is "$(fact ns.user)" "$(link_of "$held" user)" "it is that one"
is "$(fact uid_map)" "0 200000 65536" "with its uids"
is "$(fact gid_map)" "0 300000 65536" "and its gids"
pod="$(join user "/proc/$held/ns/user") | $(join network "/proc/$held/ns/net") |
	$(join ipc "/proc/$held/ns/ipc") | $(join uts "/proc/$held/ns/uts") | del(.hostname)"
box "$pod" ns ++ process ++ id ++ mounts ++ caps
worked "a pod: user, net, ipc and uts joined, pid, mount new"
for k in user net ipc uts; do
	is "$(fact "ns.$k")" "$(link_of "$held" "$k")" "the pod's $k namespace"
done
is "$(fact pid)" 1 "a new pid namespace in the pod"
has "$(fact mount./sys)" "sysfs source=" "with a sysfs of the pod's network"
has "$(fact mount./dev/mqueue)" "mqueue source=" "with a mqueue of the pod's ipc namespace"
box "$pod | .linux.uidMappings = [{containerID: 0, hostID: 200000, size: 65536}] |
	.linux.gidMappings = [{containerID: 0, hostID: 300000, size: 65536}] | .process.user = {uid: 1000, gid: 1000}" id ++ proc
worked "the pod's maps may stand in the config as well"
is "$(fact uid)/$(fact uid_map)" "1000 1000 1000/0 200000 65536" "and a user of it is the program's"
box "$maps | .linux.namespaces += [{type: \"user\"}] | $(join network "/proc/$$/ns/net")" ns ++ mounts
worked "a new user namespace with a network that it does not own"
is "$(fact ns.net)" "$(link_of self net)" "which is the one asked for"
let_go

# ---- refused -------------------------------------------------------------------------------------
box "$(join network "/proc/$$/ns/uts")" true
refused "a file of another type" "/ns/uts" "another type"
box "$(join pid /etc/passwd)" true
refused "a file that is no namespace" /etc/passwd
box "$(join ipc "$TESTDIR/nothing")" true
refused "a file that is missing" "$TESTDIR/nothing" "no such file"
mkfifo "$TESTDIR/fifo"
box "$(join ipc "$TESTDIR/fifo")" true
refused "a pipe does not hold mote up" "$TESTDIR/fifo"
box "$(join user /proc/self/ns/user)" true
refused "the user namespace that the caller is in" user
box '.linux.timeOffsets = {monotonic: {secs: 1}}' true
refused "time offsets without a time namespace" timeOffsets

# ---- names, clocks, loopback ---------------------------------------------------------------------
host=$(uname -n)
box '.hostname = "inside" | .domainname = "example.org"' system
is "$(fact hostname) $(fact domainname)" "inside example.org" "hostname and domainname"
is "$(uname -n)" "$host" "the host keeps its name"
box '.hostname = ("h" * 64)' system
is "$(fact hostname | wc -c)" 65 "64 bytes of hostname"

time='.linux.namespaces += [{type: "time"}]'
box "$time | .linux.timeOffsets = {monotonic: {secs: 1000, nanosecs: 5}, boottime: {secs: 86400000}}" \
	cat /proc/self/timens_offsets ++ cat /proc/uptime
worked "time offsets"
has "$(echo "$out" | tr -s ' ')" "monotonic 1000 5" "the monotonic clock's"
has "$(echo "$out" | tr -s ' ')" "boottime 86400000 0" "the boot clock's"
up=$(echo "$out" | awk 'NF == 2 { printf "%d", $1 }')
check "the uptime shows it" test "${up:-0}" -ge 86400000
box "$time | .linux.timeOffsets = {boottime: {secs: -5, nanosecs: 999999999}}" cat /proc/self/timens_offsets
has "$(echo "$out" | tr -s ' ')" "boottime -5 999999999" "a clock that is behind"
box "$time" cat /proc/self/timens_offsets
has "$(echo "$out" | tr -s ' ')" "monotonic 0 0" "a time namespace without offsets"
box "$time | .linux.timeOffsets = {boottime: {secs: 1, nanosecs: 1000000000}}" true
is "$status" 1 "a second has less nanoseconds than that"
box "$time | .linux.timeOffsets = {monotonic: {secs: -100000000000}}" true
refused "a clock before its beginning" "time offset"

box . net
is "$(fact net.lo)" "up 127.0.0.1" "lo of a new network namespace is up"
is "$(printf '%s\n' "$out" | grep -c ^net.)" 1 "and there is nothing else in it"

box '.linux.namespaces += [{type: "cgroup"}]' cgroup
is "$(printf '%s\n' "$out" | grep -v '=/$')" "" "in a new cgroup namespace the own group is the root"
has "$out" "cgroup." "(and there are some)"

clean "nothing is left of it all" "$STATE"
finish

#!/bin/busybox sh
# cgroup2.t - version 2 of cgroups with its controllers: limits that hold, device rules, views, and the way back
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= limits .linux.cgroupsPath = "/web" | .linux.resources = {memory: {limit: 16777216, swap: 33554432, reservation: 4194304}, pids: {limit: 5}, cpu: {quota: 20000, period: 100000, shares: 512, cpus: "0", mems: "0"}, unified: {"memory.high": "12582912"}} | .process.args = ["/bin/sh", "-c", "cat /proc/self/cgroup; grep Cpus_allowed_list /proc/self/status; while :; do sleep 1; done"]
#= oom .linux.resources = {memory: {limit: 8388608, swap: 8388608}} | .process.args = ["/probe", "alloc", "64"]
#= memfit .linux.resources = {memory: {limit: 67108864, swap: 67108864}} | .process.args = ["/probe", "alloc", "32"]
#= forks .linux.resources = {pids: {limit: 5}} | .process.args = ["/probe", "fork", "10"]
#= slow .linux.cgroupsPath = "/slow" | .linux.resources = {cpu: {quota: 10000, period: 100000}} | .process.args = ["/bin/sh", "-c", "while :; do :; done"]
#= empty .linux.cgroupsPath = "/empty" | .process.args = ["/probe", "cat", "/proc/self/cgroup"]
#= nothing .process.args = ["/probe", "cat", "/proc/self/cgroup"]
#= nested .linux.cgroupsPath = "/a/b/c" | .linux.resources = {pids: {limit: 9}, memory: {limit: 67108864}} | .process.args = ["/probe", "cat", "/proc/self/cgroup", "++", "fork", "20"]
#= inner .linux.cgroupsPath = "/mine/inner" | .linux.resources = {pids: {limit: 9}} | .process.args = ["/probe", "true"]
#= beside .linux.cgroupsPath = "/mine2/inner" | .linux.resources = {pids: {limit: 9}} | .process.args = ["/probe", "cat", "/proc/self/cgroup"]
#= undenied .linux.devices = [{path: "/dev/kmsg", type: "c", major: 1, minor: 11}, {path: "/dev/mem", type: "c", major: 1, minor: 1}] | .process.capabilities |= map_values(["CAP_SYSLOG", "CAP_SYS_RAWIO"]) | .process.args = ["/probe", "open", "/dev/kmsg", "r", "++", "open", "/dev/kmsg", "w", "++", "open", "/dev/mem", "r"]
#= denied .process.capabilities |= map_values(["CAP_SYSLOG", "CAP_SYS_RAWIO"]) | .linux.resources = {devices: [{allow: false, access: "rwm"}]} | .linux.devices = [{path: "/dev/kmsg", type: "c", major: 1, minor: 11}, {path: "/dev/mem", type: "c", major: 1, minor: 1}] | .process.args = ["/probe", "open", "/dev/kmsg", "r", "++", "open", "/dev/mem", "r", "++", "open", "/dev/null", "rw", "++", "open", "/dev/zero", "r", "++", "open", "/dev/full", "w", "++", "open", "/dev/urandom", "r", "++", "open", "/dev/ptmx", "rw"]
#= allowed .process.capabilities |= map_values(["CAP_SYSLOG"]) | .linux.resources = {devices: [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 1, minor: 11, access: "r"}]} | .linux.devices = [{path: "/dev/kmsg", type: "c", major: 1, minor: 11}] | .process.args = ["/probe", "open", "/dev/kmsg", "r", "++", "open", "/dev/kmsg", "w", "++", "open", "/dev/null", "rw"]
#= alldevices .linux.resources = {devices: [{allow: true, access: "rwm"}, {allow: false, type: "c", major: 1, minor: 11, access: "rw"}]} | .linux.devices = [{path: "/dev/kmsg", type: "c", major: 1, minor: 11}, {path: "/dev/mem", type: "c", major: 1, minor: 1}] | .process.capabilities |= map_values(["CAP_SYSLOG", "CAP_SYS_RAWIO"]) | .process.args = ["/probe", "open", "/dev/kmsg", "r", "++", "open", "/dev/mem", "r"]
#= nodes .linux.resources = {devices: [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 10, access: "m"}]} | .process.capabilities |= map_values(["CAP_MKNOD"]) | .process.args = ["/probe", "mknod", "/dev/a", "c", "10", "200", "++", "mknod", "/dev/b", "b", "7", "0", "++", "open", "/dev/a", "r"]
#= view .linux.namespaces += [{type: "cgroup"}] | .linux.cgroupsPath = "/view" | .linux.resources = {pids: {limit: 50}} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/proc/self/cgroup", "++", "cat", "/sys/fs/cgroup/pids.max", "++", "ls", "/", "++", "open", "/sys/fs/cgroup/pids.max", "w"]
#= hostview .linux.cgroupsPath = "/hostview" | .linux.resources = {pids: {limit: 51}} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/proc/self/cgroup", "++", "cat", "/sys/fs/cgroup/pids.max", "++", "open", "/sys/fs/cgroup/pids.max", "w"]
#= userview .linux.namespaces += [{type: "cgroup"}, {type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .linux.resources = {pids: {limit: 52}, memory: {limit: 67108864}, devices: [{allow: false, access: "rwm"}]} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/sys/fs/cgroup/pids.max", "++", "open", "/sys/fs/cgroup/pids.max", "w", "++", "open", "/dev/null", "rw"]
#= family .linux.cgroupsPath = "/family" | .linux.namespaces |= map(select(.type != "pid")) | .linux.resources = {pids: {limit: 20}} | .process.args = ["/bin/sh", "-c", "sleep 1000 & sleep 1000 & while :; do sleep 1; done"]
#= flee .linux.cgroupsPath = "/flee" | .linux.namespaces |= map(select(.type != "pid")) | .linux.resources = {pids: {limit: 20}} | .process.args = ["/probe", "flee", "4"]
#= bomb .linux.cgroupsPath = "/bomb" | .linux.namespaces |= map(select(.type != "pid")) | .linux.resources = {pids: {limit: 60}} | .process.args = ["/probe", "bomb"]
#= kmem .linux.resources = {memory: {swappiness: 10}} | .process.args = ["/probe", "true"]
#= nofile .linux.resources = {unified: {"pids.nosuch": "1"}} | .process.args = ["/probe", "true"]
#= nocontroller .linux.resources = {unified: {"nosuch.max": "1"}} | .process.args = ["/probe", "true"]
#= badcpus .linux.cgroupsPath = "/badcpus/x" | .linux.resources = {pids: {limit: 5}, cpu: {cpus: "77"}} | .process.args = ["/probe", "true"]
#= huge .linux.resources = {hugepageLimits: [{pageSize: "2MB", limit: 2097152}], pids: {limit: 5}} | .linux.cgroupsPath = "/huge" | .process.args = ["/bin/sh", "-c", "while :; do sleep 1; done"]
#= little512 .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 524288, swap: 524288}} | .process.args = ["/probe", "true"]
#= little96 .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 98304, swap: 98304}} | .process.args = ["/true"]
#= little72 .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 73728, swap: 73728}} | .process.args = ["/true"]
#= littlefat .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 98304, swap: 98304}} | .process.args = ["/probe", "alloc", "4"]
#= littlehold .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 131072, swap: 131072}} | .process.args = ["/probe", "sleep", "1000"]
#= littleview .linux.cgroupsPath = "/little" | .linux.namespaces += [{type: "cgroup"}] | .linux.resources = {memory: {limit: 393216, swap: 393216}} | .process.args = ["/probe", "cat", "/proc/self/cgroup"]
#= little64 .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 65536, swap: 65536}} | .process.args = ["/probe", "alloc", "4"]
#= little16 .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 16384, swap: 16384}} | .process.args = ["/probe", "true"]
#= little4 .linux.cgroupsPath = "/little" | .linux.resources = {memory: {limit: 4096, swap: 4096}} | .process.args = ["/probe", "true"]
#= disk .linux.cgroupsPath = "/disk" | .linux.devices = [{path: "/dev/disk", type: "b", major: 7, minor: 2}] | .linux.resources = {blockIO: {throttleReadBpsDevice: [{major: 7, minor: 2, rate: 65536}], throttleWriteIOPSDevice: [{major: 7, minor: 2, rate: 20}]}} | .process.args = ["/bin/sh", "-c", "cat /proc/uptime; /bin/busybox dd if=/dev/disk of=/dev/null bs=65536 count=3 iflag=direct 2>&1 && cat /proc/uptime; while :; do sleep 1; done"]
#= shadow .linux.cgroupsPath = "/shadow" | .linux.namespaces += [{type: "cgroup"}] | .root.readonly = false | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw", "nosuid", "noexec", "nodev"]}, {destination: "/inner", type: "bind", source: "/rootfs", options: ["bind"]}, {destination: "/mnt", type: "bind", source: "/bin", options: ["bind", "ro"]}, {destination: "/run", type: "tmpfs", source: "run", options: ["nosuid"]}] | .process.noNewPrivileges = false | .process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETPCAP", "CAP_SETUID", "CAP_SETGID", "CAP_MKNOD", "CAP_NET_ADMIN", "CAP_SYS_RESOURCE", "CAP_KILL", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_AUDIT_WRITE", "CAP_NET_BIND_SERVICE", "CAP_SYS_PTRACE"]) | .process.args = ["/bin/sh", "-c", "mkdir /sys/fs/cgroup/me && echo $$ >/sys/fs/cgroup/me/cgroup.procs && /mnt/mote run --rootfs /inner --pids 6 -- /probe fork 10 && ls /sys/fs/cgroup | grep mote; cat /proc/self/cgroup"]
. "$(dirname "$0")/guest.sh"

machine
mkdir -p /sys/fs/cgroup
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
g=/sys/fs/cgroup
has " $(cat $g/cgroup.controllers) " " pids " "version 2 has its controllers: $(cat $g/cgroup.controllers)"
controllers=$(cat $g/cgroup.subtree_control)
host_is

try nothing
is "$out:$(cat $g/cgroup.subtree_control)" "0::/:$controllers" "who asks for nothing gets no cgroup and no controller"
try empty
is "$out:$(cat $g/cgroup.subtree_control)" "0::/empty:$controllers" "a path alone makes the cgroup, and no controller"
same "and it is gone"

# --- every limit
mote_in 60 run -d -b /bundles/limits limits
is "$status:$err" "0:" "a container with limits"
d=$g/web
is "$(cat $d/memory.max $d/memory.low $d/memory.high $d/memory.swap.max $d/pids.max $d/cpu.max $d/cpu.weight $d/cpuset.cpus $d/cpuset.mems 2>&1 | tr '\n' ' ')" \
	"16777216 4194304 12582912 16777216 5 20000 100000 59 0 0 " "each in its file"
wait_for 10 grep -q Cpus "$TESTDIR/.out"
out=$(cat "$TESTDIR/.out")
has "$out" "0::/web" "the program is in the cgroup from its first moment"
is "$(printf '%s\n' "$out" | sed -n 's/^Cpus_allowed_list:[[:space:]]*//p')" 0 "and on that processor"
is "$(wc -l <$d/cgroup.procs | tr -d ' ' | sed 's/[12]/1/')" 1 "mote itself is not in it"
mote_in 60 kill limits KILL
wait_for 10 is_state limits stopped
mote_in 60 delete limits
is "$status:$err" "0:" "delete"
same "the cgroup is gone"

# --- they hold
try oom
is "$status" 137 "too much memory ends the program"
is "$err" "run box: the kernel killed it for want of memory: linux.resources.memory.limit is too small" "by name"
mote_in 60 run -d --record -b /bundles/oom killed
wait_for 10 is_state killed stopped
mote_in 60 state killed
has "$out" '"oomKilled": true' "and in its state"
mote_in 60 delete killed
try memfit
worked "memory below the limit is had"
try little512
is "$status:$err" "0:" "512 KiB are enough for a program"
for k in 96 72; do
	for i in 1 2 3; do
		try little$k
		is "$status:$err" "0:" "$k KiB are enough for the least of programs, the $i. time"
	done
done
mote_in 60 create -b /bundles/littlehold held
is "$(wc -l <$g/little/cgroup.procs | tr -d ' '):$(cat $g/little/memory.max)" "1:131072" "what is created is in its cgroup, with so little too"
mote_in 60 delete --force held
try littleview
is "$status:$out" "0:0::/" "and is there before its cgroup namespace"
for k in fat 64 16 4; do # the last ones are too small for the box itself
	try little$k
	[ "$status" = 137 ] || [ "$status" = 1 ]
	is "$?:$(ls $STATE)" "0:" "a limit that is too small ($k) ends it at once"
	case $err in *"memory.limit is too small"* | *"memory limit too small?"*) pass "with a sentence" ;; *) fail "with a sentence" "$status: $err" ;; esac
done
same "and nothing is left"
try forks
has "$out" "then EAGAIN" "too many processes are refused"
has "$out" "fork 10: 4 then" "just as many as asked for"
mote_in 60 run -d -b /bundles/slow slow
throttled() { [ "$(awk '$1 == "nr_throttled" { print $2 }' $g/slow/cpu.stat)" -gt 2 ]; }
check "time on the processor is cut" wait_for 20 throttled
mote_in 60 delete --force slow
# pause is a walk through cgroup.freeze
mote_in 60 run -d -b /bundles/slow slow
mote_in 60 pause slow
is "$status:$err:$(cat $g/slow/cgroup.freeze):$(state_of slow)" "0::1:paused" "pause"
frozen() { grep -q '^frozen 1$' $g/slow/cgroup.events; }
check "it is frozen" wait_for 10 frozen
mote_in 60 resume slow
is "$status:$err:$(cat $g/slow/cgroup.freeze):$(state_of slow)" "0::0:running" "resume"
mote_in 60 delete --force slow

# --- a block device, throttled; reads around the cache, so that the time is the device's
case $(uname -m) in
arm*) throttles=false ;; # BUG at block/blk-throttle.c:742 of 6.1.0-50-armmp, while jiffies have not come round: the first five minutes
*) throttles=true ;;
esac
if $throttles && grep -qw io $g/cgroup.controllers && [ -e /modules/loop.ko ] && [ -e /modules/usb.img ]; then
	[ -d /sys/block/loop2 ] || insmod /modules/loop.ko
	losetup /dev/loop2 /modules/usb.img
	mote_in 60 run -d -b /bundles/disk disk
	is "$status:$err:$(cat $g/disk/io.max)" "0::7:2 rbps=65536 wbps=max riops=max wiops=20" "io.max has both limits"
	read_it() { [ "$(grep -c '^[0-9.]* [0-9.]*$' "$TESTDIR/.out")" = 2 ]; }
	check "the device can be read" wait_for 60 read_it
	took=$(awk '/^[0-9.]+ [0-9.]+$/ { t[++n] = $1 } END { print int(t[2] - t[1]) }' "$TESTDIR/.out")
	[ "$took" -ge 1 ]
	is $? 0 "and 192 KiB of it take longer than a second (${took} s)"
	mote_in 60 delete --force disk
	losetup -d /dev/loop2
else
	skip "io.max" "no io controller that works, loop module or image of a disk"
fi
if [ -d /sys/kernel/mm/hugepages ]; then
	mote_in 60 run -d -b /bundles/huge huge
	is "$(cat $g/huge/hugetlb.2MB.max $g/huge/pids.max 2>&1 | tr '\n' ' ')" "2097152 5 " "huge pages"
	mote_in 60 delete --force huge
else
	skip "huge pages" "this kernel has none"
fi
same "no cgroup is left"

# --- where it lies
try nested
is "$(printf '%s\n' "$out" | head -n 1)" "0::/a/b/c" "deeper down"
has "$out" "8 then EAGAIN" "controllers are handed down all the way"
same "and all the folders are gone"
mkdir $g/a
try nested
worked "a folder that was there before"
[ -d $g/a ]
is $? 0 "stays there"
rmdir $g/a
same "the others are gone"

# --- mote in a cgroup of its own
mkdir $g/mine
(echo 0 >$g/mine/cgroup.procs && exec sh -c "mote --root $STATE run -b /bundles/inner inner") >"$TESTDIR/o" 2>&1 </dev/null
status=$? err=$(cat "$TESTDIR/o") out=''
refused "below a cgroup with processes there are no controllers" "no internal processes" "move them"
rmdir $g/mine
mkdir -p $g/mine2/shell
out=$( (echo 0 >$g/mine2/shell/cgroup.procs && exec mote --root $STATE run -b /bundles/beside beside) 2>&1 </dev/null)
is "$?:$out" "0:0::/mine2/inner" "beside its own there are"
out=$( (echo 0 >$g/mine2/shell/cgroup.procs && exec mote --root $STATE run -b /bundles/nothing beside) 2>&1 </dev/null)
is "$?:$out" "0:0::/mine2/shell" "without limits the container stays where mote is"
rmdir $g/mine2/shell $g/mine2
same "nothing is left"

# --- devices; the capabilities that these ones want are there, so that nothing but the rules can refuse
try undenied
is "$out" "open /dev/kmsg r: ok
open /dev/kmsg w: ok
open /dev/mem r: ok" "devices: without rules all can be opened"
try denied
has "$out" "open /dev/kmsg r: EPERM
open /dev/mem r: EPERM
open /dev/null rw: ok
open /dev/zero r: ok
open /dev/full w: ok
open /dev/urandom r: ok
open /dev/ptmx rw: ok" "devices: none but those that every container has"
try allowed
is "$out" "open /dev/kmsg r: ok
open /dev/kmsg w: EPERM
open /dev/null rw: ok" "devices: one more, to read only"
try alldevices
is "$out" "open /dev/kmsg r: EPERM
open /dev/mem r: ok" "devices: all but one"
try nodes
is "$out" "mknod /dev/a: ok
mknod /dev/b: ok
open /dev/a r: EPERM" "devices: nodes can be made, of all kinds, and not opened"
same "nothing is left"

# --- what is seen of it
try view
has "$out" "0::/
50" "with a cgroup namespace the own cgroup is the root"
has "$out" "open /sys/fs/cgroup/pids.max w: EROFS" "and the view read-only"
try hostview
has "$out" "0::/hostview
51" "without one the view is the own folder"
has "$out" "open /sys/fs/cgroup/pids.max w: EROFS" "and read-only"
try userview
is "$status:$out" "0:52
open /sys/fs/cgroup/pids.max w: EACCES
open /dev/null rw: ok" "in a user namespace the limit cannot be lifted"
same "nothing is left"

# --- a container in a container
try shadow
worked "mote in a container"
has "$out" "fork 10: 5 then EAGAIN" "limits the container in it"
hasnt "$out" "mote" "whose cgroup is gone"
same "and so is everything"

# --- the end of a whole family
mote_in 60 run -d -b /bundles/family family
family_of() { [ "$(wc -l <$g/family/cgroup.procs | tr -d ' ')" = "$1" ]; }
check "a container of four processes in the host's pid namespace" wait_for 10 family_of 4
mote_in 60 run -b /bundles/family other
refused "its cgroup is not for another container" "processes are in it"
check "which hurts nobody" family_of 4
mote_in 60 delete --force family
is "$status:$err" "0:" "delete --force"
is "$(running sleep.100[0])" 0 "ends them all"
same "and nothing is left"

# Each of these processes is another one before a list of them has been read, or as good as.
mote_in 60 run -d -b /bundles/flee flee
wait_for 10 is_state flee stopped
[ -n "$(cat $g/flee/cgroup.procs)" ]
is $? 0 "processes that change their numbers outlive the container's first one"
mote_in 60 delete flee
is "$status:$err:$(grep -l 'probe.fle[e]' /proc/[0-9]*/cmdline 2>/dev/null)" "0::" "delete ends them all"
mote_in 60 run -d -b /bundles/bomb bomb
full() { [ "$(awk '$1 == "max" { print $2 }' $g/bomb/pids.events)" -gt 10 ]; }
check "a fork bomb, which has come to its limit" wait_for 20 full
mote_in 60 kill --all bomb KILL
is "$status:$err" "0:" "kill --all"
nobody() { [ -z "$(cat $g/bomb/cgroup.procs)" ]; }
check "ends it" wait_for 20 nobody
wait_for 20 is_state bomb stopped
mote_in 60 delete bomb
same "and nothing is left"
# cgroup.kill, and no list: in this mote's pid namespace that process has no number that a signal could be sent to.
mkdir $g/new
[ -e $g/new/cgroup.kill ]
new=$?
rmdir $g/new
if [ $new = 0 ]; then
	for how in "kill --all box KILL" "delete --force box"; do
		rm -f /tmp/there /tmp/go /tmp/done
		unshare -mpf sh -c "mount -t proc proc /proc; mote --root $STATE run -d -b /bundles/family box; : >/tmp/there
			until [ -e /tmp/go ]; do sleep 0.1; done; mote --root $STATE $how; echo \$? >/tmp/done
			mote --root $STATE delete --force box" >"$TESTDIR/o" 2>&1 </dev/null &
		wait_for 20 [ -e /tmp/there ]
		sleep 1001 &
		stranger=$!
		echo $stranger >$g/family/cgroup.procs
		: >/tmp/go
		no_stranger() { [ "$(running sleep.100[1])" = 0 ]; }
		check "$how: cgroup.kill is written" wait_for 5 no_stranger
		kill $stranger 2>/dev/null
		wait_for 30 [ -s /tmp/done ]
		is "$(cat /tmp/done):$(cat "$TESTDIR/o")" "0:" "$how: and it is well"
		wait
	done
	rm -f /tmp/there /tmp/go /tmp/done
	same "and nothing is left"
else
	skip "cgroup.kill" "needs Linux 5.14"
fi

# --- refusals
try kmem
refused "what only version 1 has is refused by name" linux.resources.memory.swappiness
try nofile
refused "a file that is not there" pids.nosuch
try nocontroller
refused "a controller that is not there" nosuch
try badcpus
refused "a processor that is not there" cpuset.cpus
same "nothing is left of any of them"

# --- elsewhere, and not at all
umount $g
mkdir -p /cg
mount -t cgroup2 cgroup2 /cg
try forks
has "$out" "then EAGAIN" "mounted at another place"
is "$(find /cg -mindepth 1 -type d)" "" "and nothing is left there"
mount -o remount,bind,ro /cg
try forks
refused "a read-only cgroup file system" "read-only"
try nothing
is "$status:$out" "0:0::/" "which does not matter to who asks for nothing"
umount /cg
rmdir /cg
try forks
refused "without any" "no cgroup file system"
try empty
worked "a path alone is fine without any"
is "$(ls $STATE)" "" "no state is left"
finish

#!/bin/sh
# criu.t - checkpoint and restore with Debian's criu: what runs goes on, what does not work leaves all as it was
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= ck .linux.cgroupsPath = "/ck/c" | .linux.resources = {pids: {limit: 50}, memory: {limit: 67108864}} | .linux.maskedPaths = ["/proc/kcore", "/proc/acpi", "/sys/firmware"] | .linux.readonlyPaths = ["/proc/sys"] | .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo hook >>/tmp/hooks"]}]} | .process.args = ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >/mnt/n; sleep 0.1; done"]
#= ckout .linux.namespaces |= map(select(.type != "network")) | .process.args = ["/bin/sh", "-c", "i=0; while test $i -lt 50; do i=$((i+1)); echo $i; sleep 0.1; done; exit 7"]
#= ckpod .linux.namespaces |= map(if .type == "network" then .path = "/run/ns" else . end) | .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "while :; do echo x >>/mnt/pod; sleep 0.1; done"]
#= ckfore .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .hooks = {poststop: [{path: "/bin/sh", args: ["sh", "-c", "echo poststop >>/tmp/poststop"]}]} | .linux.cgroupsPath = "/ck/f" | .process.args = ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >/mnt/n; sleep 0.1; done"]
. "$(dirname "$0")/guest.sh"
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

machine
mkdir -p /sys/fs/cgroup /data /rootfs/mnt
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for m in nfnetlink libcrc32c nf_defrag_ipv4 nf_defrag_ipv6 nf_conntrack nf_conntrack_netlink nf_tables unix_diag inet_diag tcp_diag udp_diag raw_diag netlink_diag af_packet_diag tun veth; do
	busybox insmod /modules/$m.ko 2>/dev/null
done
busybox ifconfig lo up
# criu 3.17 keeps packets away by iptables, which this tree has not; the containers' networks have nothing but lo
for f in iptables-restore ip6tables-restore; do
	printf '#!/bin/sh\nexec cat >/dev/null\n' >/usr/sbin/$f
	chmod 755 /usr/sbin/$f
done
g=/sys/fs/cgroup
n() { cat /data/n; }
more_than() { [ "$(n)" -gt "$1" ]; }
pid_of() { mote --root $STATE state "$1" | sed -n 's/.*"pid": \([0-9]*\).*/\1/p'; }
said() {
	[ "$status" = 0 ] || note "$(grep -ah -B 3 'Error (' /tmp/*/*.log | tail -n 40)"
	is "$status:$out:$err" "0::" "$1"
}
need CRIU
host_is

mote_in 60 run -d -b /bundles/ck c
said "a container that counts"
check "it counts" wait_for 20 more_than 5
first=$(pid_of c)

# --- it goes on
mote_in 100 checkpoint --image-path /tmp/left --leave-running c
said "checkpoint --leave-running"
is "$(pid_of c):$(is_state c running && echo running)" "$first:running" "is the same process, and runs"
was=$(n)
check "and goes on counting" wait_for 20 more_than "$was"
check "the image is there" test -s /tmp/left/inventory.img -a -s /tmp/left/dump.log
mote_in 100 checkpoint --image-path /tmp/pre --pre-dump c
said "--pre-dump"
is "$(is_state c running && echo running)" running "and runs"

# --- it ends here, and goes on there
mote_in 100 checkpoint --image-path /tmp/i --work-path /tmp/w --parent-path ../pre c
said "checkpoint, upon the pre-dump, with a --work-path"
check "criu's log is there" test -s /tmp/w/dump.log
mote_in 10 state c
is "$status:$err" '1:state c: container "c" does not exist' "the container is gone"
is "$(find $g/ck 2>/dev/null; ls -d "/proc/$first" 2>/dev/null)" "" "with its cgroup and its process"
was=$(n)
rm -f /tmp/hooks
mote_in 100 restore --detach --image-path /tmp/i --work-path /tmp/w --bundle /bundles/ck --pid-file /tmp/pid -no-subreaper c
said "restore --detach"
is "$(is_state c running && echo running)" running "it runs"
is "$(cat /tmp/pid)" "$(pid_of c)" "--pid-file: its pid, without a line end"
check "it goes on counting where it was" wait_for 20 more_than "$was"
is "$(cat $g/ck/c/pids.max $g/ck/c/memory.max | tr '\n' ' ')" "50 67108864 " "in its cgroup, with its limits"
has " $(tr '\n' ' ' <$g/ck/c/cgroup.procs)" " $(pid_of c) " "itself"
is "$(cat /tmp/hooks)" hook "createRuntime hooks have run"
mote_in 60 exec c /bin/sh -c 'cat /proc/kcore; cat /mnt/n >/dev/null && echo bound; hostname; ls /sys/firmware; (echo 1 >/proc/sys/kernel/hostname) 2>/dev/null || echo kept; busybox ifconfig lo | grep -o UP'
is "$status:$out" "0:bound
$(sed -n 's/.*"hostname": "\(.*\)".*/\1/p' /bundles/ck/config.json)
kept
UP" "exec into it: bind mount, host name, masks, read-only paths, lo"
mote_in 60 pause c
is "$(is_state c paused && echo paused)" paused "pause"
mote_in 60 resume c
mote_in 60 update --pids-limit 40 c
is "$(cat $g/ck/c/pids.max)" 40 "update"
mote_in 60 kill c KILL
check "kill" wait_for 20 is_state c stopped
mote_in 60 delete c
said "delete"
same "nothing is left"

# --- of a run that waits for it in the foreground
rm -f /data/n
mote --root $STATE run -b /bundles/ckfore f </dev/null >/tmp/fore 2>&1 &
run=$!
check "a run in the foreground" wait_for 20 more_than 5
mote_in 100 checkpoint --image-path /tmp/f f
said "checkpoint of what it waits for"
status=0
wait $run || status=$?
is "$status:$(cat /tmp/fore):$(cat /tmp/poststop)" "137::poststop" "run ends with 137 and says nothing; the poststop hook ran once"
same "nothing is left"
was=$(n)
mote_in 100 restore -d --image-path /tmp/f -b /bundles/ckfore f
said "restore"
check "it goes on counting where it was" wait_for 20 more_than "$was"
mote_in 60 delete --force f
same "nothing is left of that"

# --- the same image twice: from the one that was left running
mote_in 100 restore -d --image-path /tmp/left -b /bundles/ck twice
said "an image can be restored again, by another name"
mote_in 60 delete --force twice
same "nothing is left of that"

# --- in the foreground, with output of its own: a pipe, as engines have it, and a file
lines() { [ "$(wc -l <"$1")" -gt "$2" ]; }
mote --root $STATE run -d -b /bundles/ckout o </dev/null 2>&1 | cat >/tmp/out1 &
check "one that writes to a pipe" wait_for 20 lines /tmp/out1 5
mote_in 100 checkpoint --image-path /tmp/o o
said "checkpoint"
{ mote --root $STATE restore --image-path /tmp/o -b /bundles/ckout o </dev/null 2>&1; echo $? >/tmp/status; } | cat >/tmp/out2
status=$(cat /tmp/status)
[ "$status" = 7 ] || note "$(cat /tmp/o/descriptors.json; grep -a -B 12 'Error (' /tmp/o/restore.log)"
is "$status" 7 "restore in the foreground: the program's own status"
is "$(head -n 1 /tmp/out2) $(tail -n 1 /tmp/out2)" "$(($(tail -n 1 /tmp/out1) + 1)) 50" "and the rest of its output goes to restore's"
same "nothing is left of that either"
rm -f /tmp/out1
mote --root $STATE run -d -b /bundles/ckout o </dev/null >/tmp/out1 2>&1
wait_for 20 lines /tmp/out1 5
mote_in 100 checkpoint --image-path /tmp/of o
said "one that writes to a file: checkpoint"
mote --root $STATE restore --image-path /tmp/of -b /bundles/ckout o </dev/null >>/tmp/out1 2>&1
status=$?
[ "$status" = 7 ] || note "$(cat /tmp/of/descriptors.json; grep -a -B 12 'Error (' /tmp/of/restore.log)"
is "$status:$(tail -n 1 /tmp/out1):$(wc -l </tmp/out1 | tr -d ' ')" 7:50:50 "restore: goes on in it, with nothing missing"
same "nor of that"

# --- a network namespace by path
: >/run/ns
unshare --net=/run/ns busybox ifconfig lo up
mote_in 60 run -d -b /bundles/ckpod p
wait_for 20 test -s /data/pod
mote_in 100 checkpoint --image-path /tmp/p p
said "a network namespace by path: checkpoint"
mote_in 100 restore -d --image-path /tmp/p -b /bundles/ckpod p
said "and restore"
is "$(readlink "/proc/$(pid_of p)/ns/net")" "net:[$(stat -Lc %i /run/ns)]" "into that namespace"
mote_in 60 delete --force p
umount /run/ns
rm -f /run/ns

# --- what fails leaves nothing
mkdir /tmp/broken
cp -a /tmp/i/. /tmp/broken/
echo x >/tmp/broken/pstree.img
host_is
mote_in 100 restore -d --image-path /tmp/broken -b /bundles/ck c
is "$status" 1 "a broken image"
has "$err" "(its log is /tmp/broken/restore.log)" "is told: $err"
same "and nothing is left"
mote_in 100 restore -d --image-path /tmp -b /bundles/ck c
is "$status:$err" "1:restore c: /tmp holds no checkpoint: there is no inventory.img" "no image at all"
same "and nothing is left"
finish

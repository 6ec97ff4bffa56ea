#!/bin/sh
# sysctl.t - settings of the container's own namespaces, and none of the host's
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before "$STATE"
sysctl() { printf '.linux.sysctl = {%s}' "$1"; }
host=$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward /proc/sys/fs/mqueue/msg_max)

box "$(sysctl '"kernel.msgmax": "12345", "kernel.sem": "100 200 30 40", "kernel.shm_rmid_forced": "1",
	"fs.mqueue.msg_max": "33", "net.ipv4.ip_forward": "1", "net/ipv4/conf/lo/forwarding": "1",
	"net.ipv4.ping_group_range": "0 100"')" cat /proc/sys/kernel/msgmax ++ cat /proc/sys/kernel/sem ++ \
	cat /proc/sys/kernel/shm_rmid_forced ++ cat /proc/sys/fs/mqueue/msg_max ++ cat /proc/sys/net/ipv4/ip_forward ++ \
	cat /proc/sys/net/ipv4/ping_group_range ++ write /proc/sys/kernel/msgmax 1 ++ true
worked "settings of ipc and network"
is "$(printf '%s\n' "$out" | tr -s '\t\n' '  ')" "12345 100 200 30 40 1 33 1 0 100 write /proc/sys/kernel/msgmax: EROFS " \
	"each is set, before /proc/sys becomes read-only"
is "$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward /proc/sys/fs/mqueue/msg_max)" "$host" "the host's are as they were"

box "$(sysctl '"kernel.domainname": "from.sysctl"')" system
is "$(fact domainname)" from.sysctl "kernel.domainname"
box "$(sysctl '"kernel.msgmax": "222"')"' | .mounts |= map(select(.destination != "/proc")) |
	del(.linux.maskedPaths, .linux.readonlyPaths) | .process.capabilities = (["CAP_SYS_ADMIN"] |
	{bounding: ., effective: ., permitted: .})' mount proc /mnt proc 0 '' ++ cat /mnt/sys/kernel/msgmax
has "$out" 222 "without a /proc of the container"
# An image cannot have them written elsewhere.
mkdir -p "$TESTDIR/rootfs/proc/sys/kernel"
echo same >"$TESTDIR/rootfs/proc/sys/kernel/msgmax"
box "$(sysctl '"kernel.msgmax": "222"')"' | .mounts |= map(select(.destination != "/proc")) |
	del(.linux.maskedPaths, .linux.readonlyPaths)' true
worked "a /proc that is the image's"
is "$(cat "$TESTDIR/rootfs/proc/sys/kernel/msgmax")" same "is not written to"
rm -r "$TESTDIR/rootfs/proc/sys"

# ---- refused ---------------------------------------------------------------------------------------------------
while read -r name words; do
	box "$(sysctl "\"$name\": \"1\"")" true
	refused "$name" "$name" "$words"
done <<END
vm.swappiness belongs to no namespace
kernel.panic belongs to no namespace
fs.file-max belongs to no namespace
kernel.core_pattern belongs to no namespace
net.ipv4.no_such_setting no such setting
../../etc/passwd not a name of a setting
net..ipv4 not a name of a setting
END
box "$(sysctl '"net.ipv4.ip_forward": "1"') | .linux.namespaces |= map(select(.type != \"network\"))" true
refused "net. with the host's network" "net.ipv4.ip_forward" "network"
box "$(sysctl '"kernel.msgmax": "1"') | .linux.namespaces |= map(select(.type != \"ipc\"))" true
refused "kernel.msg with the host's ipc" kernel.msgmax ipc
# A namespace by its path: mote's own is the host's, another's is not; each value is the one that is there.
now=$(cat /proc/sys/net/core/somaxconn)
by_path() { printf '.linux.namespaces |= map(if .type == "%s" then .path = "%s" else . end)' "$1" "$2"; }
for key in net.core.somaxconn net/core/somaxconn; do
	box "$(sysctl "\"$key\": \"$now\"") | $(by_path network "/proc/$$/ns/net")" true
	refused "$key in a network namespace that is mote's own" "linux.sysctl[\"$key\"]" "it would change the host"
done
box "$(sysctl '"kernel.msgmax": "12345"') | $(by_path network "/proc/$$/ns/net")" cat /proc/sys/kernel/msgmax
is "$status:$out" "0:12345" "beside it a setting of a new ipc namespace"
if command -v unshare >/dev/null; then
	background unshare --net sleep 100
	wait_for 5 sh -c "[ \"\$(readlink /proc/$!/ns/net)\" != \"\$(readlink /proc/$$/ns/net)\" ]"
	box "$(sysctl '"net.core.somaxconn": "321"') | $(by_path network "/proc/$!/ns/net")" cat /proc/sys/net/core/somaxconn
	is "$status:$out" "0:321" "a network namespace by its path that is not mote's own"
fi
is "$(cat /proc/sys/net/core/somaxconn)" "$now" "the host's is as it was"
box "$(sysctl '"kernel.msgmax": "many"')" true
refused "a value that the kernel does not take" kernel.msgmax "invalid argument"
is "$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward /proc/sys/fs/mqueue/msg_max)" "$host" "the host's are as they were"

clean "nothing is left of it all" "$STATE"
finish

#!/bin/sh
# userns.t - a new user namespace: its maps, who owns what, and that everything else works in it
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_mounts "$@"
need root USERNS cmd:jq

user='.linux.namespaces += [{type: "user"}]'
maps="$user"' | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
	.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 65536}]'
without() { printf '.linux.namespaces |= map(select(.type != "%s"))' "$1"; }

# A root file system that belongs to the users of the namespace.
mkrootfs "$TESTDIR/rootfs"
chown -R 100000:200000 "$TESTDIR/rootfs"
mkdir "$TESTDIR/rootfs/files" "$STATE"
touch "$TESTDIR/rootfs/files/host" "$TESTDIR/rootfs/files/thousand"
chown 101000:201000 "$TESTDIR/rootfs/files/thousand"
before "$STATE"

# ---- maps ------------------------------------------------------------------------------------------
box "$maps" id ++ proc ++ caps ++ stat /files/host ++ stat /files/thousand ++ stat /probe ++ mkdir /made ++ ns
worked "one range"
is "$(fact uid_map)" "0 100000 65536" "uid_map"
is "$(fact gid_map)" "0 200000 65536" "gid_map"
is "$(fact setgroups)" allow "setgroups stays allowed: mote is root"
is "$(fact uid)/$(fact gid)" "0 0 0/0 0 0" "the program is root inside"
is "$(fact groups)" "" "without the caller's groups"
is "$(fact /files/host)" "- 0644 65534 65534 0" "what is the host's root's is nobody's inside"
is "$(fact /files/thousand)" "- 0644 1000 1000 0" "what is 101000's is 1000's inside"
is "$(fact /probe)" "- 0755 0 0 $(stat -c %s "$TESTDIR/rootfs/probe")" "what is 100000's is root's inside"
is "$(stat -c %u:%g "$TESTDIR/rootfs/made")" 100000:200000 "what root makes inside is 100000's outside"
rmdir "$TESTDIR/rootfs/made"
is "$(stat -c %u:%g "$TESTDIR/rootfs/probe" "$TESTDIR/rootfs/files/host" | tr '\n' ' ')" "100000:200000 0:0 " \
	"mote changes no owners"

several='[{containerID: 0, hostID: 100000, size: 1000}, {containerID: 1000, hostID: 300000, size: 1},
	{containerID: 2000, hostID: 400000, size: 10}]'
box "$user | .linux.uidMappings = $several | .linux.gidMappings = $several |
	.process.user = {uid: 1000, gid: 2009, additionalGids: [5, 2000]}" id ++ proc
worked "several ranges"
is "$(fact uid_map)" "0 100000 1000 ; 1000 300000 1 ; 2000 400000 10" "all of them are there"
is "$(fact uid)/$(fact gid)/$(fact groups)" "1000 1000 1000/2009 2009 2009/5 2000" "uid, gid and groups of different ranges"
many='[range(0; 340) | {containerID: (. * 2), hostID: (. * 2), size: 1}]'
box "$user | .linux.uidMappings = $many | .linux.gidMappings = $many | del(.mounts[2].options[-1])" id ++ cat /proc/self/uid_map
worked "340 ranges"
is "$(printf '%s\n' "$out" | grep -c ' [0-9]* *1$')" 340 "which is all that the kernel takes"

# Root is nobody inside: proc, sysfs, tmpfs and devpts work all the same.
no_root="$user"' | .linux.uidMappings = [{containerID: 1000, hostID: 101000, size: 10}] |
	.linux.gidMappings = [{containerID: 1000, hostID: 201000, size: 10}] |
	.process.user = {uid: 1001, gid: 1001} | .mounts[2].options -= ["gid=5"]'
chmod 755 "$TESTDIR/rootfs"
box "$no_root" id ++ mounts ++ proc ++ open /dev/null rw ++ open /dev/ptmx rw ++ open /dev/shm/x new
worked "a namespace where root is not mapped"
is "$(fact uid) $(fact gid)" "1001 1001 1001 1001 1001 1001" "its user"
for m in /proc /sys /dev /dev/pts /dev/shm /dev/mqueue; do
	check "$m is mounted there" test -n "$(fact "mount.$m")"
done
has "$out" "open /dev/null rw: ok" "/dev/null opens there"
has "$out" "open /dev/ptmx rw: ok" "/dev/ptmx opens there"
has "$out" "open /dev/shm/x new: ok" "/dev/shm can be written there"
box "$no_root | .process.user.uid = 0" id
refused "a user who is not mapped" process.user.uid "not mapped"

# ---- what is in it -----------------------------------------------------------------------------------
box "$maps" mounts ++ dev ++ open /dev/null rw ++ open /dev/zero r ++ open /dev/urandom r ++ open /dev/ptmx rw \
	++ open /dev/shm/x new ++ open /dev/mqueue/q new ++ cat /proc/acpi ++ open /proc/kcore r ++ cat /proc/keys ++ \
	write /proc/sys/kernel/sem "1 1 1 1" ++ mknod /tmp/disk b 254 0 ++ ls /sys/firmware
worked "all mounts of the default configuration in a user namespace"
for m in /proc:proc /sys:sysfs /dev:tmpfs /dev/pts:devpts /dev/shm:tmpfs /dev/mqueue:mqueue; do
	has "$(fact "mount.${m%:*}")" "${m#*:} source=" "$m"
done
for d in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
	has "$(fact "dev./dev/${d%%:*}")" " ${d#*:}" "/dev/${d%%:*} is the device"
done
for d in "/dev/null rw" "/dev/zero r" "/dev/urandom r" "/dev/ptmx rw" "/dev/shm/x new" "/dev/mqueue/q new"; do
	has "$out" "open $d: ok" "$d opens"
done
has "$out" "mknod /tmp/disk: EPERM" "disks cannot be made"
has "$out" "write /proc/sys/kernel/sem: EROFS" "read-only paths are"
is "$(printf '%s\n' "$out" | grep -c /sys/firmware/)" 0 "masked folders are empty"
hasnt "$out" "keyring" "masked files are empty"

# ---- with and without the other namespaces ---------------------------------------------------------
box "$maps | $(without network)" mounts ++ ns ++ stat /sys/class/net
worked "the host's network: sysfs cannot be mounted, the host's is bound"
has "$(fact mount./sys)" "sysfs" "it is a sysfs"
has "$(fact mount./sys)" "opts=ro,nosuid,nodev,noexec" "with the options of the configuration"
is "$(fact ns.net)" "$(readlink /proc/self/ns/net)" "and the network is the host's"
box "$maps | $(without ipc) | .mounts |= map(select(.type != \"mqueue\"))" ns
worked "the host's ipc namespace"
box "$maps | $(without uts) | del(.hostname)" ns
worked "the host's uts namespace"
box "$maps | $(without pid)" true
refused "proc without a pid namespace of its own is the kernel's to refuse, and is told" "mount proc" "needs a pid namespace"
box "$maps | .linux.namespaces += [{type: \"cgroup\"}, {type: \"time\"}] | .linux.timeOffsets = {boottime: {secs: 9}}" ns ++ proc
worked "with a time and a cgroup namespace"
has "$(fact timens)" "boottime 9 0" "and a clock"

# ---- properties that take privileges -------------------------------------------------------------------
box "$maps"' | .linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shmmni": "77", "net.ipv4.ping_group_range": "0 5"} |
	.process.oomScoreAdj = 900 | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 33, hard: 44}] |
	.domainname = "dom" | .process.user.umask = 63 | .process.scheduler = {policy: "SCHED_BATCH", nice: 3} |
	.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}' \
	cat /proc/sys/net/ipv4/ip_forward ++ cat /proc/sys/kernel/shmmni ++ proc ++ rlimits ++ system ++ id ++ sched
worked "sysctl, oomScoreAdj, rlimits, names, umask, scheduler, ioPriority"
has "$out" "1
77" "settings of its namespaces"
is "$(fact oom_score_adj)" 900 "oom_score_adj"
is "$(fact rlimit.NOFILE)" "33 44" "a limit"
is "$(fact hostname).$(fact domainname)" bench.dom "names"
is "$(fact umask)" 0077 "umask"
is "$(fact sched.policy) $(fact nice) $(fact ioprio)" "3 3 class 2 level 6" "scheduling"

caps='["CAP_SYS_ADMIN", "CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SETUID"]'
box "$maps | .process.noNewPrivileges = false | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps,
	inheritable: $caps, ambient: $caps}" caps ++ mount t /mnt tmpfs 0 size=4k ++ umount /proc ++ umount /proc/sys
worked "capabilities of the namespace"
is "$(fact cap.effective)" "$(fact cap.ambient)" "effective is what was asked for"
has "$(fact cap.effective)" "CHOWN,SETUID,NET_ADMIN,SYS_ADMIN" "by name"
has "$out" "mount /mnt: ok" "they work on its own mounts"
has "$out" "umount /proc: E" "but /proc with its masks stays"

# Devices that the configuration lists are the host's, bound.
box "$maps"' | .linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 438, uid: 0, gid: 0},
	{path: "/dev/pipe", type: "p", fileMode: 384}]' stat /dev/fuse ++ stat /dev/pipe
if [ -c /dev/fuse ]; then
	worked "listed devices"
	has "$(fact /dev/fuse)" "c " "a listed device"
	has "$(fact /dev/fuse)" " 10:229" "is that device"
	is "$(fact /dev/pipe)" "p 0600 0 0" "a listed pipe"
else
	skip "listed devices" "no /dev/fuse here"
fi
box "$maps"' | .linux.devices = [{path: "/dev/null", type: "c", major: 1, minor: 5}]' true
refused "a listed device that is another one on the host" /dev/null

# Bind mounts: the host's owners show as nobody, and what is read-only stays so.
mkdir "$TESTDIR/volume"
echo host >"$TESTDIR/volume/file"
chmod 700 "$TESTDIR/volume"
chown 100000 "$TESTDIR/volume"
box "$maps"' | .mounts += [{destination: "/vol", source: ($dir + "/volume"), options: ["bind", "ro"]},
	{destination: "/vol2", source: ($dir + "/volume"), options: ["rbind", "rw"]}]' \
	stat /vol ++ cat /vol/file ++ write /vol/file x ++ write /vol2/new x
worked "bind mounts whose way leads through a folder that is closed to the namespace"
is "$(fact /vol)" "d 0700 0 65534" "the owner is mapped, the group is not"
has "$out" "write /vol/file: EROFS" "a read-only bind"
has "$out" "write /vol2/new: ok" "a writable one"

# Hooks and a working folder in it.
printf '#!/bin/sh\nid -u >"%s"; readlink /proc/self/ns/user >>"%s"\n' "$TESTDIR/hook.out" "$TESTDIR/hook.out" >"$TESTDIR/hook"
chmod 755 "$TESTDIR/hook"
box "$maps | .hooks.createRuntime = [{path: (\$dir + \"/hook\")}] | .process.cwd = \"/new/cwd\"" system ++ stat /new/cwd
worked "a hook and a working folder that has to be made"
is "$(tr '\n' ' ' <"$TESTDIR/hook.out")" "0 $(readlink /proc/self/ns/user) " "createRuntime runs as the host's root"
is "$(fact cwd) $(fact /new/cwd)" "/new/cwd d 0755 0 0" "the folder is root's inside"

clean "nothing is left of it all" "$STATE"

# A user without privileges: the sources are the box's to copy, out of its own mount namespace.
if ! old && command -v setpriv >/dev/null && have SPEC; then
	u=$TESTDIR/user
	mkdir -p "$u/rootfs/proc" "$u/rootfs/sys" "$u/rootfs/dev" "$u/vol"
	cp "$PROBE" "$u/rootfs/probe"
	cp "$MOTE" "$u/mote"
	echo kept >"$u/vol/file"
	chown -R 65534:65534 "$u"
	chmod 755 "$TESTDIR" "$u/mote"
	as_user() { (cd "$u" && run_in 20 setpriv --reuid 65534 --regid 65534 --clear-groups env -u XDG_RUNTIME_DIR "$u/mote" --root "$u/state" "$@" && echo "$status" >"$TESTDIR/.status"); status=$(cat "$TESTDIR/.status"); out=$(cat "$TESTDIR/.out") err=$(cat "$TESTDIR/.err"); }
	as_user spec --rootless
	jq --arg vol "$u/vol" '.process.terminal = false | .process.args = ["/probe", "id", "++", "stat", "/dev/null", "++", "cat", "/vol/file", "++", "write", "/vol/file", "x", "++", "write", "/rw/new", "x"] |
		.mounts += [{destination: "/vol", source: $vol, type: "none", options: ["bind", "ro"]}, {destination: "/rw", source: $vol, type: "none", options: ["bind"]}]' \
		"$u/config.json" >"$TESTDIR/.json" && cat "$TESTDIR/.json" >"$u/config.json"
	as_user run -b "$u" box
	is "$status:$err" "0:" "a user without privileges: spec --rootless, run"
	has "$out" kept "a bind mount is there"
	has "$out" "write /vol/file: EROFS" "a read-only one is"
	has "$out" "write /rw/new: ok" "a writable one is"
	CLOSED=$u/closed jq '.mounts += [{destination: "/x", source: (env.CLOSED + "/in"), type: "none", options: ["bind"]}]' "$u/config.json" >"$TESTDIR/.json" && cat "$TESTDIR/.json" >"$u/config.json"
	mkdir -p "$u/closed/in" && chmod 700 "$u/closed"
	as_user run -b "$u" box
	is "$status" 1 "a folder that the user may not enter"
	has "$err" "permission denied" "is refused: $err"
	is "$(ls "$u/state" 2>/dev/null)" "" "and nothing is left"
else
	skip "a user without privileges" "needs setpriv, SPEC and open_tree"
fi
finish

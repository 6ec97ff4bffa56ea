#!/bin/busybox sh
# root.t - the root switch from what this machine's root is: initramfs (tmpfs, ramfs) or what switch_root went to
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= plain .process.args = ["/probe", "all"]
#= look .process.args = ["/bin/sh", "-c", "cut -d' ' -f5 /proc/self/mountinfo; ls -a / /..; ls /flag /canary"]
#= readonly .root.readonly = true | .process.args = ["/probe", "open", "/new", "new", "++", "open", "/tmp/new", "new"]
#= writable .root.readonly = false | .process.args = ["/probe", "open", "/new", "new"]
#= shared .root.readonly = false | .linux.rootfsPropagation = "shared" | .process.args = ["/probe", "mounts"]
#= bound .mounts += [{destination: "/mnt", type: "bind", source: "/canary", options: ["rbind", "ro"]}] | .process.args = ["/probe", "open", "/mnt/flag", "r", "++", "open", "/mnt/deep/flag", "r", "++", "open", "/mnt/new", "new"]
#= loop .process.args = ["/bin/sh", "-c", "while :; do sleep 1; done"]
#= exit8 .process.args = ["/probe", "exit", "8"]
#= escape .process.args = ["/probe", "setns-escape", "/flag"]
#= capescape .process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_SYS_CHROOT"]) | .process.args = ["/probe", "setns-escape", "/flag"]
#= userescape .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_SYS_CHROOT"]) | .process.args = ["/probe", "setns-escape", "/flag"]
#= user .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings | .process.args = ["/probe", "all"]
#= idmapped .root.readonly = false | .mounts += [{destination: "/mnt", type: "bind", source: "/ids", options: ["bind"], uidMappings: [{containerID: 0, hostID: 1000, size: 10}], gidMappings: [{containerID: 0, hostID: 1000, size: 10}]}] | .process.args = ["/bin/sh", "-c", "ls -ln /mnt"]
#= unmask .process.capabilities |= map_values(["CAP_SETFCAP"]) | .linux.maskedPaths = ["/proc/kcore", "/proc/keys"] | .linux.readonlyPaths = ["/proc/sys"] | .process.args = ["/bin/sh", "-c", "for how in -rm -rmpf; do /bin/busybox unshare $how sh -c 'mount -t proc proc /tmp && echo MOUNTED'; done 2>&1; mount -t proc proc /tmp 2>&1; echo end"]
#= unmasked .process.capabilities |= map_values(["CAP_SETFCAP"]) | .process.args = ["/bin/sh", "-c", "/bin/busybox unshare -rmpf sh -c 'mount -t proc proc /tmp && echo MOUNTED' 2>&1; echo end"]
#= badoption .mounts += [{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["size=many"]}] | .process.args = ["/probe", "true"]
#= nomntns .linux.namespaces = [{type: "pid"}] | del(.hostname) | .mounts = [] | .root.readonly = false | .process.args = ["/probe", "open", "/flag", "r", "++", "exit", "2"]
#= whole .root.path = "/" | .root.readonly = false | .process.args = ["/bin/probe", "open", "/flag", "r", "++", "exit", "3"]
#= onmount .root.path = "/mnt/box" | .process.args = ["/probe", "exit", "4"]
. "$(dirname "$0")/guest.sh"

machine
: >/flag
mkdir -p /canary
mount -t tmpfs canary /canary
: >/canary/flag
mkdir /canary/deep
mount -t tmpfs deep /canary/deep
: >/canary/deep/flag
where=$(magic /)
if is_initramfs; then kind=initramfs; else kind=switched; fi
note "the root is a $where, $kind: $(awk '$5 == "/"' /proc/self/mountinfo | tr '\n' ';')"
case $kind:$where:$(cat /proc/cmdline) in
initramfs:ramfs:*rootfstype=ramfs* | switched:tmpfs:* | switched:ext4:*) pass "the root is what this test is about" ;;
initramfs:tmpfs:*rootfstype*) fail "the root is what this test is about" ;;
initramfs:tmpfs:*) pass "the root is what this test is about" ;;
*) fail "the root is what this test is about" "$kind, $where" ;;
esac
host_is

# --- what is inside
try plain
worked "a container runs, with no flag"
is "$err" "" "and nothing is said"
is "$(fact pid)" 1 "it is process 1"
has "$(fact 'mount\./')$(fact mount./)" "root=/rootfs" "its root is the bundle's"
same "the host's mounts, cgroups and files are as before"
try look
is "$(printf '%s\n' "$out" | grep '^/' | grep -v : | tr '\n' ' ')" "/ /proc /dev /dev/pts /dev/shm /dev/mqueue /sys " \
	"mountinfo inside holds the container's mounts and no other"
hasnt "$out" canary "the host's folders are not there"
has "$err" "/flag: No such file" "nor its files"
try readonly
has "$out" "open /new new: EROFS" "a read-only root"
try writable
has "$out" "open /new new: ok" "a writable root"
[ -e /rootfs/new ]
is $? 0 "which is the bundle's own folder"
rm -f /rootfs/new
try shared
has "$out" "shared" "a root with shared propagation"
try bound
is "$out" "open /mnt/flag r: ok
open /mnt/deep/flag r: ok
open /mnt/new new: EROFS" "a recursive read-only bind of the host's tmpfs"
try user
is "$status:$(fact uid)" "0:0 0 0" "a user namespace"
has "$(fact uid_map)" 100000 "with its map"
is "$(printf '%s\n' "$out" | sed -n 's/^mount\.\(\/[^=]*\)=.*/\1/p' | sort | tr '\n' ' ')" \
	"/ /dev /dev/full /dev/mqueue /dev/null /dev/pts /dev/random /dev/shm /dev/tty /dev/urandom /dev/zero /proc /sys " \
	"and no other mounts but its devices"
try nomntns
is "$status:$out" "2:open /flag r: ENOENT" "without a mount namespace: a chroot"
same "the host is as before"

# --- what can be got back from inside
try escape
is "$status" 0 "with few capabilities the old root is out of reach"
has "$out" "umount /: EPERM" "for its mount cannot be taken away"
try userescape
is "$status" 0 "with CAP_SYS_ADMIN in a user namespace it is out of reach"
has "$out" "umount /: EINVAL" "for the mount is locked"
hasnt "$out" "REACHED" "it says so itself"
try unmask
is "$status:$(printf '%s\n' "$out" | tail -n 1):$(printf '%s\n' "$out" | grep -c MOUNTED)" "0:end:0" "unshare and mount -t proc: none without the masks"
try unmask --no-pivot
is "$status:$(printf '%s\n' "$out" | tail -n 1):$(printf '%s\n' "$out" | grep -c MOUNTED)" "0:end:0" "nor with --no-pivot"
try unmasked
has "$out" MOUNTED "where nothing is masked it can be mounted, so that the two above are the masks' doing"
# The two that docs/design.md warns of; were they to hold one day, the text would be wrong.
try capescape
if [ $kind = initramfs ]; then
	has "$out" REACHED "known: with CAP_SYS_ADMIN and no user namespace the initramfs is reached"
else
	has "$out" "not reachable" "with CAP_SYS_ADMIN and no user namespace just the emptied initramfs is there"
fi
try userescape --no-pivot
if [ $kind = initramfs ]; then
	has "$out" REACHED "known: with --no-pivot a user namespace does not help"
else
	has "$out" "setns-escape /flag:" "with --no-pivot it runs"
fi

# --- --no-pivot
try exit8 --no-pivot
is "$status" 8 "--no-pivot works"
try look --no-pivot
hasnt "$out" canary "the host's folders are not there with --no-pivot"
same "the host is as before"

# --- other roots
try whole
is "$status:$out$err" "3:open /flag r: ok" "the machine's whole root as the container's"
mote_in 60 run --rootfs / --read-only -- /bin/probe open /new new ++ exit 4
is "$status:$out$err" "4:open /new new: EROFS" "and read-only, without touching the machine's own"
: >/new && rm /new
is $? 0 "which can still be written"
same "the host is as before"
mkdir -p /mnt/box
mount -t tmpfs box /mnt/box
cp -a /rootfs/. /mnt/box/
try onmount
is "$status" 4 "a root that is a mount itself"
mount -o remount,ro /mnt/box
try onmount
is "$status:$err" "4:" "a root on a read-only file system, as of an image"
umount /mnt/box
rmdir /mnt/box
same "the host is as before"

# --- what an init script may have done: `mount --make-rshared /`
mount --make-rshared /
host_is
try look
is "$status:$(printf '%s\n' "$out" | grep -c canary)" "1:0" "with shared mounts: the same"
try shared
has "$out" "shared" "with shared mounts: a shared root"
try userescape
is "$status" 0 "with shared mounts: a user namespace"
same "with shared mounts: the host is as before"
mount --make-rprivate /
host_is

# --- without a config.json
mote_in 60 run --rootfs /rootfs --read-only --hostname vm --mount /canary:/mnt:ro --env A=b -- \
	/probe open /new new ++ open /mnt/flag r ++ exit 5
is "$status:$out:$err" "5:open /new new: EROFS
open /mnt/flag r: ok:" "run --rootfs"

# --- ids of a mount: a file system may not know them (the tmpfs of this kernel does not)
mkdir -p /ids
: >/ids/file
try idmapped
if [ -n "${VM_MOTE:-}" ]; then
	refused "an idmapped mount is refused by name" "/mnt" "need mount_setattr"
elif [ "$where" = ext4 ]; then
	has "$out" " 1000     1000 " "an idmapped mount"
else
	refused "an idmapped mount of a file system that has none is refused" "/mnt" "knows no idmapped mounts"
fi
rm -r /ids
try badoption
refused "an option that the file system refuses" "/mnt" "the file system refuses one of its options"
same "the host is as before"

# --- life, and what the host does meanwhile
mote_in 60 create -b /bundles/loop one
is "$status:$err" "0:" "create"
is "$(state_of one)" created "it is created"
mote_in 60 start one
is "$(state_of one)" running "it is running"
mote_in 60 run -d -b /bundles/loop two
is "$(state_of two)" running "and so is a second one"
mote_in 60 exec one /bin/sh -c "cat /proc/1/comm; cut -d' ' -f5 /proc/self/mountinfo | tr '\n' ' '; ls /flag"
has "$out" "sh
/ /proc /dev /dev/pts /dev/shm /dev/mqueue /sys " "exec: inside, with the container's mounts and no other"
has "$status:$err" "1:ls: /flag: No such file" "and its status"
mote_in 60 exec two /probe exit 9
is "$status:$err" "9:" "exec in the second"
try exit8
is "$status" 8 "and a third comes and goes"
mote_in 60 delete two
is "$status" 1 "a running container is not deleted"
mote_in 60 kill one KILL
wait_for 10 is_state one stopped
is "$(state_of one)" stopped "kill"
mote_in 60 delete one
is "$status:$err" "0:" "delete"
mote_in 60 delete --force two
is "$status:$(ls $STATE)" "0:" "delete --force"
same "the host is as before"

# --- a container must not keep a file system that the init script is done with
if [ -e /modules/loop.ko ] && [ -e /modules/usb.img ] && grep -q '\<ext4$' /proc/filesystems; then
	[ -d /sys/block/loop1 ] || insmod /modules/loop.ko
	losetup /dev/loop1 /modules/usb.img && mkdir /usb && mount -t ext4 /dev/loop1 /usb
	is $? 0 "a disk is mounted"
	mote_in 60 run -d -b /bundles/loop holder
	umount /usb
	losetup -d /dev/loop1
	free() { [ ! -e /sys/block/loop1/loop/backing_file ]; }
	wait_for 3 free
	busy=$(cat /sys/block/loop1/loop/backing_file 2>/dev/null)
	is "$busy" "" "once unmounted it is free, though a container was started meanwhile"
	mote_in 60 delete --force holder
	wait_for 3 free
	is "$(cat /sys/block/loop1/loop/backing_file 2>/dev/null)" "" "and it is free when the container is gone"
	rmdir /usb
else
	skip "a disk that was unmounted is free" "no loop module, ext4 or mke2fs"
fi

umount /canary/deep
umount /canary
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# known.t - attacks that worked once, each with what it takes; one that works today is a TODO here, so that it is not forgotten
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

mkrootfs "$TESTDIR/rootfs"
chmod 755 "$TESTDIR"

# A copy that HOST makes of a mount and the box attaches has its flags, but not the kernel's lock on them: that comes only from
# copying a whole mount namespace into a new user namespace, out of which the box takes its own copy.  Takes CAP_SYS_ADMIN in a user
# namespace.
if have USERNS; then
	mkdir "$TESTDIR/h"
	mount -t tmpfs -o mode=777 tmpfs "$TESTDIR/h"
	mkdir "$TESTDIR/h/sub"
	mount -t tmpfs tmpfs "$TESTDIR/h/sub"
	mount -o remount,bind,ro,nosuid,nodev "$TESTDIR/h"
	mkbundle "$TESTDIR/b" '.mounts |= map(select(.type != "cgroup")) | .linux.namespaces += [{"type": "user"}] |
		.linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings |
		.mounts += [{"destination": "/mnt", "type": "bind", "source": "'"$TESTDIR"'/h", "options": ["rbind", "ro", "nosuid", "nodev"]}] |
		.process.capabilities |= with_entries(.value += ["CAP_SYS_ADMIN"]) |
		.process.args = ["/bin/sh", "-c", "mount -o remount,bind,rw /mnt; touch /mnt/x; umount /mnt/sub && touch /mnt/y; echo end"]'
	mote_in 10 run -b "$TESTDIR/b" "known-$$"
	is "$out" end "a container in a user namespace with CAP_SYS_ADMIN tries it"
	check "what is read-only on the host stays read-only for it" test ! -e "$TESTDIR/h/x"
	check "and what is mounted below cannot be taken off" test "$(awk '$2 == "'"$TESTDIR"'/h/sub"' /proc/self/mounts | wc -l).$(ls "$TESTDIR/h")" = 1.sub
	# What a config asks for in words is done all the same, and what the box itself cannot reach comes from the host's side.
	mkdir -p "$TESTDIR/deep/in" "$TESTDIR/rootfs/in" && chmod 700 "$TESTDIR/deep" && chown 1:1 "$TESTDIR/deep"
	while read -r options pattern; do
		mkbundle "$TESTDIR/b" '.mounts |= map(select(.type != "cgroup")) | .linux.namespaces += [{"type": "user"}] |
			.linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings |
			.mounts += [{"destination": "/mnt", "type": "bind", "source": "'"$TESTDIR"'/h", "options": ["rbind", '"$options"']},
				{"destination": "/in", "type": "bind", "source": "'"$TESTDIR"'/deep/in", "options": ["bind"]}] |
			.process.args = ["/bin/grep", "-cE", "^[^ ]* (/mnt tmpfs '"$pattern"'|/in )", "/proc/mounts"]'
		mote_in 10 run -b "$TESTDIR/b" "known-$$"
		is "$status:$out:$err" "0:2:" "a config's own words about such a mount are followed: $options"
	done <<-'END'
		"rw" rw,nosuid,nodev
		"noatime" ro,nosuid,nodev,noatime
		"rw","noatime","dev","rslave" rw,nosuid,noatime
	END
	umount "$TESTDIR/h/sub" "$TESTDIR/h"
fi

# The place of a tmpfs is looked for once: its mode is an option of the mount, not a change by a path that a neighbour, who can
# write to the volume that it is in, could lead to another mount in the meantime.
if command -v strace >/dev/null; then
	mkdir -p "$TESTDIR/rootfs/place" && chmod 1751 "$TESTDIR/rootfs/place"
	mkbundle "$TESTDIR/b" '.mounts += [{"destination": "/place", "type": "tmpfs", "source": "x", "options": ["nosuid", "size=4096"]}] |
		.process.args = ["/bin/stat", "-c", "%a", "/place"]'
	run_in 20 strace -f -o "$TESTDIR/trace" -e trace=openat2,openat,fchmod,mount "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "known-$$"
	is "$status:$out" 0:1751 "a tmpfs has the mode of the folder that it covers"
	is "$(sed -n '/"size=4096,mode=1751"/,$p' "$TESTDIR/trace" | grep -c 'fchmod(\|"/\{0,1\}place"')" 0 "and nobody looks for it a second time"
fi
finish

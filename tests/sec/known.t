#!/bin/sh
# SPDX-License-Identifier: MIT
# known.t - attacks that work today, each with what it takes; TODO, so that they are counted and not forgotten
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

# todo NAME COMMAND...: the command succeeds when the attack fails
todo() {
	todo_name=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@"; then
		printf 'ok %d - %s # TODO works by now\n' "$tap_n" "$todo_name"
	else
		tap_skipped=$((tap_skipped + 1))
		printf 'not ok %d - %s # TODO\n' "$tap_n" "$todo_name"
	fi
}
mkrootfs "$TESTDIR/rootfs"
chmod 755 "$TESTDIR"

# A copy that HOST makes of a mount and the box attaches has its flags, but not the kernel's lock on them: that comes only from
# copying a whole mount namespace into a new user namespace.  Takes CAP_SYS_ADMIN in a user namespace.
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
	todo "what is read-only on the host stays read-only for it" test ! -e "$TESTDIR/h/x"
	todo "and what is mounted below cannot be taken off" test "$(awk '$2 == "'"$TESTDIR"'/h/sub"' /proc/self/mounts | wc -l).$(ls "$TESTDIR/h")" = 1.sub
	umount "$TESTDIR/h/sub" "$TESTDIR/h"
fi

finish

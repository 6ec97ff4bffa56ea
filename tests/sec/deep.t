#!/bin/sh
# SPDX-License-Identifier: MIT
# deep.t - cgroups in one another, deeper than a path is long: found, ended and removed
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

mkrootfs "$TESTDIR/rootfs"
chmod 755 "$TESTDIR"

# Takes a cgroup namespace and a writable view of the cgroup.  At the bottom a process is left that has to be found, and on the
# way a folder with many others in it.
pids=
for dir in /sys/fs/cgroup/unified /sys/fs/cgroup; do [ ! -e "$dir/cgroup.controllers" ] || { pids=$dir; break; }; done
if [ -n "$pids" ]; then
	name=mote-sec-deep-$$
	cat >"$TESTDIR/rootfs/go" <<-'END'
		n=$(printf '%0200d' 0)
		for c in /sys/fs/cgroup/unified /sys/fs/cgroup; do
			[ -e "$c/cgroup.procs" ] || continue
			cd "$c" && i=0
			while [ $i -lt 40 ] && mkdir w$i; do i=$((i + 1)); done
			i=0
			while [ $i -lt 24 ] && mkdir $n 2>/dev/null && cd $n 2>/dev/null; do i=$((i + 1)); done
			sleep 1000 &
			echo $! >cgroup.procs
			break
		done
		echo end $i
	END
	mkbundle "$TESTDIR/b" '.root.readonly = false | .process.args = ["/bin/sh", "/go"] | .linux.namespaces = [.linux.namespaces[] | select(.type != "pid")] + [{"type": "cgroup"}] |
		.linux.cgroupsPath = "/'"$name"'" | .process.capabilities |= with_entries(.value += ["CAP_DAC_OVERRIDE"]) |
		(.mounts[] | select(.type == "cgroup") | .options) = ["nosuid", "noexec", "nodev"]'
	mote_in 20 run -b "$TESTDIR/b" "deep-$$"
	case $out in
	*"end 2"[0-4]) # the shell itself may not get further than this, in a path of its own
		is "$status:$err" 0: "a container has made cgroups deeper than a path is long"
		check "its state is gone" test ! -e "$STATE/deep-$$"
		is "$(find /sys/fs/cgroup -maxdepth 2 -name "$name")" "" "nothing is left of them"
		# What a mote that cannot would leave behind.
		find /sys/fs/cgroup -maxdepth 2 -name "$name" | while read -r dir; do
			find "$dir" -depth -type d -execdir rmdir '{}' ';' 2>/dev/null
		done
		"$MOTE" --root "$STATE" delete --force "deep-$$" 2>/dev/null
		;;
	*) skip "cgroups deeper than a path is long" "the container could not make them: $out $err" ;;
	esac
fi
finish

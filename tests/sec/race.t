#!/bin/sh
# SPDX-License-Identifier: MIT
# race.t - a neighbour with a shared volume exchanges folders and links while mote mounts there (CVE-2021-30465,
# CVE-2024-45310): nothing is made on the host outside the volume, and nothing of the host is mounted
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"
find_static probe/swap
swap=$found
[ -x "$swap" ] || skip_all "swap could not be built"

host=$TESTDIR/host
mkdir -p "$host" "$TESTDIR/vol"
echo precious >"$host/secret"
mkrootfs "$TESTDIR/rootfs"
canary() { find "$host" -printf '%P %m %U %G %s %y %l %C@\n' | sort; }
canary >"$TESTDIR/canary"
up=../../../../../../../..$host
rootdev=$(awk '$5 == "/" { print $3 }' /proc/self/mountinfo | tail -n 1)
runs=${SEC_RUNS:-60}

# raced NAME FOLDER LINK FILTER: `runs` containers, with openat2 and then a third of them without it
raced() {
	background "$swap" 20 "$2" "$3" >"$TESTDIR/swapped"
	raced_pid=$!
	wait_for 5 grep -q ready "$TESTDIR/swapped"
	mkbundle "$TESTDIR/b" '.root.readonly = false | .mounts += [{"destination": "/vol", "type": "bind", "source": "'"$TESTDIR"'/vol",
		"options": ["rbind", "rw"]}] | .process.args = ["/bin/sh", "-c", "cat /vol/*/secret /x/secret 2>/dev/null; cat /proc/self/mountinfo"] | '"$4"
	i=0 leaked='' ok=0
	while [ "$i" -lt "$runs" ]; do
		via=
		[ $((i % 3)) != 2 ] || via="${no_openat2:-}"
		# shellcheck disable=SC2086
		run_in 10 $via "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "race-$$"
		case $out in *precious*) leaked="$leaked $i" ;; esac
		# the fourth word is what of a file system is mounted
		! echo "$out" | grep -q "^[0-9]* [0-9]* [0-9:]* $host\|^[0-9]* [0-9]* $rootdev / " || leaked="$leaked mount-$i"
		case $status in
		0) ok=$((ok + 1)) ;;
		1) ;; # refused
		*) leaked="$leaked status-$status" ;;
		esac
		i=$((i + 1))
	done
	kill "$raced_pid" 2>/dev/null
	wait "$raced_pid" 2>/dev/null
	note "$ok of $runs ran, the rest was refused"
	is "$leaked" "" "$1: nothing of the host's is seen ($runs runs)"
	canary >"$TESTDIR/canary.now"
	check "$1: nothing of the host's has changed" cmp "$TESTDIR/canary" "$TESTDIR/canary.now"
	cp "$TESTDIR/canary.now" "$TESTDIR/canary"
	is "$(ls "$STATE" 2>/dev/null)" "" "$1: nothing is left behind"
}
no_openat2=''
! command -v strace >/dev/null ||
	no_openat2='strace -f -qq -o /dev/null -e trace=openat2 -e inject=openat2:error=ENOSYS'

# in the volume that is mounted first, a mount target is exchanged with a link to the host's root
mkdir "$TESTDIR/vol/a"
ln -s / "$TESTDIR/vol/b"
raced "a mount target in a shared volume" "$TESTDIR/vol/a" "$TESTDIR/vol/b" '.mounts += [
	{"destination": "/vol/a/new/deep", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
	{"destination": "/vol/a", "type": "bind", "source": "'"$TESTDIR"'/vol", "options": ["bind"]}]'
rm -rf "$TESTDIR/vol/a" "$TESTDIR/vol/b"
mkdir "$TESTDIR/vol/a"
ln -s "$up" "$TESTDIR/vol/b"
raced "the same with a relative link, and a file" "$TESTDIR/vol/a" "$TESTDIR/vol/b" '.mounts += [
	{"destination": "/vol/a/made", "type": "bind", "source": "/proc/version", "options": ["bind"]},
	{"destination": "/vol/a/dir", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]}]'
# the image's folder of devices
rm -rf "$TESTDIR/rootfs/dev"
mkdir "$TESTDIR/rootfs/dev"
ln -s "$up" "$TESTDIR/rootfs/dev2"
raced "the folder of devices" "$TESTDIR/rootfs/dev" "$TESTDIR/rootfs/dev2" '.mounts |= map(select(.destination | startswith("/dev") | not)) |
	.linux.devices = [{"path": "/dev/deep/er/null", "type": "c", "major": 1, "minor": 3, "fileMode": 511, "uid": 9, "gid": 9}]'
raced "the folder of devices, under a tmpfs, with a terminal" "$TESTDIR/rootfs/dev" "$TESTDIR/rootfs/dev2" '.process.terminal = true'
rm -rf "$TESTDIR/rootfs/dev" "$TESTDIR/rootfs/dev2"
mkdir "$TESTDIR/rootfs/dev"
# where proc goes, and what is masked there
ln -s "$up" "$TESTDIR/rootfs/proc2"
raced "/proc" "$TESTDIR/rootfs/proc" "$TESTDIR/rootfs/proc2" '.linux.maskedPaths += ["/proc/keys", "/vol/a"] | .linux.readonlyPaths += ["/vol/a"]'
finish

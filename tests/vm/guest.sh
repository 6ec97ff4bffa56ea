# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034 # status, out and err are lib.sh's
# guest.sh - what the tests inside a machine share: lib.sh, the machine's own mounts, containers by their bundle's name
MOTE=${VM_MOTE:-/bin/mote} PROBE=/bin/probe B=/none
TESTDIR=/tmp/t
STATE=/run/mote
rm -rf $TESTDIR
mkdir -p $TESTDIR
. /tests/lib.sh

# The mounts of an init script; cgroups are each test's own matter.
machine() {
	mkdir -p /proc /sys /dev /mnt
	[ -e /proc/self ] || mount -t proc proc /proc
	[ -e /sys/kernel ] || mount -t sysfs sys /sys
	[ -e /dev/zero ] || mount -t devtmpfs dev /dev
	mkdir -p /dev/pts /dev/shm
	[ -e /dev/pts/ptmx ] || mount -t devpts pts /dev/pts
}

# busybox speaks another dialect than lib.sh reads
diff() { busybox diff "$@" | sed -n '3,$s/^-/< /p; 3,$s/^+/> /p'; }
running() { grep -l "$1" /proc/[0-9]*/cmdline 2>/dev/null | wc -l | tr -d ' '; }

# try BUNDLE [OPTION...]: run it; leaves $status $out $err
try() {
	try_bundle=$1
	shift
	mote_in 60 run "$@" -b "/bundles/$try_bundle" box
}

# host_is, then same NAME...: mounts, cgroups, states, and the files of the root file system
host_is() { before /rootfs; }
same() { clean "$1" /rootfs; }

# The value of KEY in $out.
fact() { printf '%s\n' "$out" | awk -v key="$1=" 'index($0, key) == 1 { print substr($0, length(key) + 1) }'; }

# worked NAME
worked() {
	if [ "$status" = 0 ]; then pass "$1"; else fail "$1" "status $status: $err
$out"; fi
}

# refused NAME WORD...: status 1, a line that begins as mote's do, and the words in it
refused() {
	refused_name=$1 refused_why=''
	shift
	[ "$status" = 1 ] || refused_why="status $status"
	case $err in run\ *:\ *) ;; *) refused_why="$refused_why, no sentence" ;; esac
	for refused_word; do
		case $err in *"$refused_word"*) ;; *) refused_why="$refused_why, no '$refused_word'" ;; esac
	done
	if [ -z "$refused_why" ]; then pass "$refused_name"; else fail "$refused_name" "$refused_why: $err
$out"; fi
}

# Nothing of ours is alive but the shells of the test, and nothing is mounted or kept that `before` did not see.
state_of() { mote --root $STATE state "$1" 2>&1 | sed -n 's/.*"status": "\([a-z]*\)".*/\1/p'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }

# The type of file system that holds a path, by its magic number.
magic() {
	case $(stat -f -c %t "$1") in
	1021994) echo tmpfs ;;
	858458f6) echo ramfs ;;
	ef53) echo ext4 ;;
	*) stat -f -c %t "$1" ;;
	esac
}
is_initramfs() { [ "$(awk '$5 == "/" { print $1 == $2; exit }' /proc/self/mountinfo)" = 1 ]; }

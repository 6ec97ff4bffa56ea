# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# sec.sh - attacks that work must not hurt the machine that they are tried on: the test goes on in a mount namespace of its
# own, where all but the test's own folder is read-only and /dev is a copy
#
#	. "$(dirname "$0")/sec.sh"
#
# Instead of lib.sh, which it brings along.

case ${SEC_PRIVATE:-} in
1) ;;
*)
	[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP needs root"; exit 0; }
	command -v unshare >/dev/null || { echo "1..0 # SKIP needs unshare"; exit 0; }
	SEC_PRIVATE=1 exec unshare --mount --propagation private -- sh "$0" "$@"
	;;
esac

. "$(dirname "$0")/../lib.sh"
need root cmd:jq

# The copy of /dev has what mote and the tests look at.
sec_dev() {
	mkdir "$TESTDIR/dev" && mount -t tmpfs -o mode=755 tmpfs "$TESTDIR/dev" || return 1
	mkdir "$TESTDIR/dev/pts" "$TESTDIR/dev/shm"
	for sec_node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 kmsg:1:11; do
		sec_numbers=${sec_node#*:}
		mknod -m 666 "$TESTDIR/dev/${sec_node%%:*}" c "${sec_numbers%:*}" "${sec_numbers#*:}"
	done
	ln -s pts/ptmx "$TESTDIR/dev/ptmx"
	ln -s /proc/self/fd "$TESTDIR/dev/fd"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$TESTDIR/dev/pts" &&
		mount --move "$TESTDIR/dev" /dev && rmdir "$TESTDIR/dev"
}

# Other file systems of the host: read-only as well, but for the kernel's own.
sec_readonly() {
	awk '$3 ~ /^(ext[234]|xfs|btrfs|tmpfs|overlay|f2fs|virtiofs|9p|zfs)$/ { print $2 }' /proc/self/mounts |
		while read -r sec_point; do
			case $sec_point in
			/dev | /dev/* | /sys/* | "$TESTDIR" | "$TESTDIR"/*) continue ;;
			esac
			mount -o remount,bind,ro "$(printf '%b' "$sec_point")" 2>/dev/null
		done
	! touch /mote-test-rw 2>/dev/null
}

sec_back() {
	umount -l "$TESTDIR"
	TMPDIR=''
	mount -o remount,bind,rw "$(df --output=target "${TESTDIR%/*}" | tail -n 1)"
}

{ mount --bind "$TESTDIR" "$TESTDIR" && sec_dev && sec_readonly; } || skip_all "no private copy of the host could be made"
export TMPDIR="$TESTDIR"
at_exit sec_back

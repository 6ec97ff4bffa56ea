#!/bin/sh
# SPDX-License-Identifier: MIT
# mask.t - masked and read-only paths against an image, and against root in the container, who wants them away
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

mkrootfs "$TESTDIR/rootfs"
rw='.root.readonly = false'
caps() { printf '.process.capabilities |= with_entries(.value += %s)' "$1"; }
usual='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_MKNOD", "CAP_SETUID", "CAP_SETGID", "CAP_SYS_CHROOT", "CAP_SETFCAP"]'
sh_c() { printf '.process.args = ["/bin/sh", "-c", "%s"]' "$1"; }
in_box() {
	mkbundle "$TESTDIR/b" "$rw | $1 | $(sh_c "$2")"
	mote_in 15 run -b "$TESTDIR/b" "mask-$$"
}
seen=
for f in /proc/keys /proc/timer_list /proc/kcore /proc/sched_debug; do [ ! -e "$f" ] || seen=$f; done
[ -n "$seen" ] || skip_all "this kernel has none of the usual masked files"

# --- chmod-of-a-mask-is-chmod-of-the-hosts-null ---------------------------------------------------
before_null=$(stat -c '%a %u %g %Z' /dev/null)
in_box "$(caps "$usual")" "chmod 600 $seen; chown 5:5 $seen; touch -d 2001-01-01 $seen; setfattr -n user.x -v y $seen; ls -l $seen"
has "$err" "Read-only" "chmod and chown of a masked file are refused"
is "$(stat -c '%a %u %g %Z' /dev/null)" "$before_null" "and the host's /dev/null is as it was"
in_box "$(caps "$usual")" "echo x >$seen; head -c9 $seen | wc -c"
is "$status.$out.$err" "0.0." "a masked file swallows what is written and is empty"
in_box "$(caps "$usual")" "umount $seen; umount /proc/acpi; mount -t proc proc /mnt; mount -o remount,bind,rw /proc/sys; rm -f $seen; mv $seen /tmp/x; cat $seen | wc -c; ls /sys/firmware | wc -l; echo 1 >/proc/sys/kernel/panic && echo WROTE; echo h >/proc/sysrq-trigger && echo WROTE"
is "$out" "0
0" "no mask goes away for root with the usual capabilities"

# --- what the image can do about them ------------------------------------------------------------------
mkdir -p "$TESTDIR/rootfs/s"
echo secret >"$TESTDIR/rootfs/s/file"
ln -s file "$TESTDIR/rootfs/s/link"
ln -s /s "$TESTDIR/rootfs/sl"
ln "$TESTDIR/rootfs/s/file" "$TESTDIR/rootfs/s/hard"
masks() { printf '.linux.maskedPaths += %s' "$1"; }
in_box "$(masks '["/s/link", "/sl/link", "/s/file", "/s/file", "/s/nothing", "/s/file/below", "/s/../s/file"]')" 'cat /s/link /s/file /sl/file'
is "$status.$out$err" "0." "masked through links, twice, with dots, missing: masked"
in_box "$(masks '["/s/file", "/s", "/s"]')" 'ls /s; ls /sl/; echo end'
is "$out" end "a folder masked over a masked file"
in_box "$(masks '["/s", "/s/file"]')" 'ls /s; echo end'
is "$status.$out" "0.end" "a file in a folder that is masked already"
in_box '.linux.readonlyPaths += ["/sl", "/s/link", "/s"]' 'echo x >/s/file; echo x >/s/new; cat /s/file'
is "$out" secret "read-only through a link"
in_box '.linux.maskedPaths = ["/proc/self/fd/1", "/proc/self/exe", "/proc/1/root"]' 'echo in'
hasnt "$out" in "magic links are no places for masks"

for kind in 'echo fake' 'mkfifo' 'mknod-zero' 'ln-host' 'mkdir'; do
	rm -rf "$TESTDIR/rootfs/dev"
	mkdir "$TESTDIR/rootfs/dev"
	case $kind in
	echo*) echo fake >"$TESTDIR/rootfs/dev/null" ;;
	mkfifo) mkfifo "$TESTDIR/rootfs/dev/null" ;;
	mknod*) mknod "$TESTDIR/rootfs/dev/null" c 1 5 ;;
	ln*) ln -s "$seen" "$TESTDIR/rootfs/dev/null" ;;
	mkdir) mkdir "$TESTDIR/rootfs/dev/null" ;;
	esac
	in_box '.' "head -c9 $seen | wc -c; head -c9 /dev/null | wc -c"
	is "$out" "0
0" "the image's /dev/null is a fake ($kind), under a tmpfs: masks are real"
	in_box '.mounts |= map(select(.destination | startswith("/dev") | not))' "head -c9 $seen | wc -c"
	check "the same without a tmpfs: refused or masked" test "$status.$out" != 0.9
done
rm -rf "$TESTDIR/rootfs/dev"
mkdir "$TESTDIR/rootfs/dev"

# A host whose own /dev/null is none: the container's own node, proven to be it, is as good.
echo fake >"$TESTDIR/fake"
mount --bind "$TESTDIR/fake" /dev/null
in_box '.' "head -c9 $seen | wc -c"
umount /dev/null
is "$status" 0 "a container with the host's /dev/null replaced"
is "$out" 0 "and its masks are real"

# A volume of the image's over /proc: what is masked is what is there, and settings go to the real one.
mkdir -p "$TESTDIR/vol/sys/net/ipv4"
echo no >"$TESTDIR/vol/sys/net/ipv4/ip_forward"
mkbundle "$TESTDIR/b" "$rw"' | .mounts += [{"destination": "/proc", "type": "bind", "source": "'"$TESTDIR"'/vol", "options": ["bind"]},
	{"destination": "/mnt", "type": "proc", "source": "proc"}] | .linux.maskedPaths = [] | .linux.readonlyPaths = [] |
	.linux.sysctl = {"net.ipv4.ip_forward": "1"} | '"$(sh_c 'cat /mnt/sys/net/ipv4/ip_forward')"
mote_in 10 run -b "$TESTDIR/b" "mask-$$"
is "$out" 1 "a setting is made in the real /proc, whatever is mounted over the container's"
is "$(cat "$TESTDIR/vol/sys/net/ipv4/ip_forward")" no "and not in a folder in its place"

# Without mount_setattr (before 5.12) both ways hold.
if command -v strace >/dev/null; then
	mkbundle "$TESTDIR/b" "$rw | $(caps "$usual") | $(sh_c "chmod 600 $seen; cat $seen | wc -c; echo 1 >/proc/sys/kernel/panic; touch /mnt/x; echo end")"' |
		.mounts += [{"destination": "/mnt", "type": "bind", "source": "'"$TESTDIR"'/vol", "options": ["bind", "ro"]}]'
	run_in 20 strace -f -qq -o /dev/null -e trace=mount_setattr -e inject=mount_setattr:error=ENOSYS \
		"$MOTE" --root "$STATE" run -b "$TESTDIR/b" "mask-$$"
	is "$out" "0
end" "without mount_setattr the masks are there"
	is "$(echo "$err" | grep -c 'Read-only')" 3 "and nothing that should be read-only is not"
	is "$(stat -c '%a %u %g %Z' /dev/null)" "$before_null" "and the host's /dev/null is as it was"
else
	skip "without mount_setattr" "needs strace"
fi
finish

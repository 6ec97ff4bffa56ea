#!/bin/sh
# verity.t - pack as squashfs and erofs, the same bytes each time; the dm-verity tree behind them, judged by veritysetup
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2015,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need root IMAGE cmd:mksquashfs cmd:mkfs.erofs cmd:veritysetup
SNAPSHOT_CGROUPS=/no-cgroup

cd "$TESTDIR" || exit
mkrootfs b/rootfs
jq '.root = {path: "rootfs", readonly: false} | del(.mounts[] | select(.type == "cgroup")) | .process.args = ["/probe", "exit", "3"]' \
	"$TESTS/bench/config.json" >b/config.json
ln b/rootfs/bin/busybox b/rootfs/other && mknod b/rootfs/null c 1 3 && mkfifo b/rootfs/fifo && echo x >b/rootfs/x && chown 7:8 b/rootfs/x && chmod 4711 b/rootfs/x
setfattr -n user.k -v v b/rootfs/x 2>/dev/null
echo '{}' >b/runtime.json
d=$("$MOTE" digest b)

if command -v setfacl >/dev/null && cp -a b b3 && setfacl -m u:7:r b3/rootfs/x 2>/dev/null; then
	run_in 60 "$MOTE" pack b3 -o acl.squashfs
	is "$status:$err:$(ls -d acl* 2>/dev/null)" "1:pack b3: write ./rootfs/x: squashfs holds no access control lists (erofs and tar do):" \
		"what squashfs has no room for is refused"
	run_in 60 "$MOTE" pack b3 -o acl.erofs
	is "$status:$err" "0:" "erofs holds access control lists"
	rm -rf acl.erofs
else
	skip "access control lists" "no setfacl, or none here"
fi
rm -rf b3

for f in squashfs erofs; do
	run_in 60 "$MOTE" pack b -o "one.$f"
	is "$status:$out:$err" "0:$d:" "pack $f prints the digest"
	cp -a b b2 && find b2 -exec touch -h -d 2001-01-01 '{}' +
	sleep 1.1
	"$MOTE" pack b2 --format "$f" -o two >/dev/null
	check "$f: the same bytes again, at another time, of another folder" cmp "one.$f" two
	rm -rf b2
	is "$(SOURCE_DATE_EPOCH=86400 "$MOTE" pack b --format "$f" -o day)" "$d" "$f: SOURCE_DATE_EPOCH"
	cmp -s day "one.$f" && fail "$f: another time, other bytes" || pass "$f: another time, other bytes"
	mkdir -p m
	if mount -o loop,ro "one.$f" m 2>/dev/null; then
		is "$("$MOTE" verify m)" "" "$f: what is in it is what its manifest says"
		is "$("$MOTE" digest m)" "$d" "$f: the bundle is the same"
		[ ! -e m/runtime.json ] && pass "$f: without runtime.json" || fail "$f: without runtime.json"
		umount m
		mote_in 20 run --verify "$d" -b "one.$f" x
		is "$status" 3 "$f: and it runs"
	else
		skip "$f: what is in it" "this kernel cannot mount it"
	fi
	case $f in
	squashfs) unsquashfs -q -n -d read "one.$f" >/dev/null 2>&1 ;;
	erofs) fsck.erofs --extract=read "one.$f" >/dev/null 2>&1 ;;
	esac
	case $f in
	squashfs) is "$("$MOTE" verify read 2>&1)" "" "squashfs: unsquashfs reads it, and what it makes is the bundle" ;;
	erofs) # its fsck, version 1.5, makes no hard links, s bits and attributes
		[ -e read/rootfs/x ] && hasnt "$("$MOTE" verify read 2>&1 | grep -Ev '^changed [^:]*: (link is not there|mode is 0711), was [^;]*(; xattr[^;]*)?$'; echo .)" "rootfs" "erofs: fsck.erofs reads it: every file is there and as it was"
		;;
	esac
	rm -rf read
	run_in 20 "$MOTE" unpack "one.$f" u
	is "$status" 1 "$f: unpack"
	has "$err" "run it as it is" "$f: says to run it"

	run_in 60 "$MOTE" pack b --verity -o "v.$f"
	is "$status" 0 "$f: pack --verity"
	root=$(echo "$out" | sed -n 's/^verity-root://p') offset=$(echo "$out" | sed -n 's/^hash-offset://p')
	check "$f: veritysetup verifies it" veritysetup verify "v.$f" "v.$f" "$root" --hash-offset "$offset"
	veritysetup format "one.$f" --hash=sha256 --salt="$(veritysetup dump "v.$f" --hash-offset "$offset" | sed -n 's/^Salt:[ \t]*//p')" tree >theirs
	is "$root" "$(sed -n 's/^Root hash:[ \t]*//p' theirs)" "$f: the root hash is veritysetup's"
	"$MOTE" pack b --verity --format "$f" -o two >/dev/null
	check "$f: the same bytes with the tree" cmp "v.$f" two
	cmp -s -n "$offset" "v.$f" "one.$f" && pass "$f: the content comes first" || fail "$f: the content comes first"
	cp "v.$f" changed && printf x | dd of=changed bs=1 seek=5000 conv=notrunc 2>/dev/null
	if veritysetup verify changed changed "$root" --hash-offset "$offset" 2>/dev/null; then fail "$f: a changed byte"; else pass "$f: a changed byte is seen"; fi
	mote_in 20 run -b "v.$f" x
	is "$status" 3 "$f: it runs without the root hash too"
	if [ -e /dev/mapper/control ]; then
		mote_in 20 run --verity-root "$root" -b "v.$f" x
		is "$status:$err" "3:" "$f: run --verity-root"
	else
		before
		mote_in 20 run --verity-root "$root" -b "v.$f" x
		has "$err" "no device mapper" "$f: without dm-verity it is refused in words"
		clean "$f: and nothing is left"
	fi
	before
	head -c 40000 "v.$f" >cut.img
	mote_in 20 run --verity-root "$root" -b cut.img x
	has "$err" "no dm-verity tree" "$f: a cut one"
	mote_in 20 run --verity-root xyz -b "v.$f" x
	has "$err" "64 hexadecimal digits" "$f: a root hash that is none"
	clean "$f: nothing is left"
done

# Trees of other heights: one level, and two with a block that is not full.
for n in 1 120 130; do
	rm -rf t && mkdir -p t/rootfs && jq -c '{ociVersion, root: {path: "rootfs"}}' b/config.json >t/config.json
	head -c $((n * 4000)) /dev/urandom >t/rootfs/f
	"$MOTE" pack -q t --verity -o t.erofs >said
	r=$(sed -n 's/^verity-root://p' said) o=$(sed -n 's/^hash-offset://p' said)
	check "a tree over $((o / 4096)) blocks" veritysetup verify t.erofs t.erofs "$r" --hash-offset "$o"
done

# ---- what cannot be done
touch stamp
left() { find . -maxdepth 1 -newer stamp -name '*bad*' | tr '\n' ' '; }
run_in 20 "$MOTE" pack b --verity -o bad.tar
is "$status" 1 "--verity of an archive"
has "$err" "is for squashfs and erofs" "says so"
run_in 20 "$MOTE" pack b --format squashfs -o -
has "$err" "needs a file to write" "not to standard output"
for f in squashfs erofs; do
	mkdir small && mount -t tmpfs -o size=256k tmpfs small
	run_in 60 "$MOTE" pack b -o "small/bad.$f"
	is "$status:$(ls small)" "1:" "$f: a full disk, and nothing is left"
	umount small && rmdir small
	run_in 20 unshare -m sh -c 'mount --bind /dev/null "$(command -v "$1")" && shift && "$@"' sh "$([ $f = squashfs ] && echo mksquashfs || echo mkfs.erofs)" "$MOTE" pack b -o "bad.$f"
	is "$status" 1 "$f: without the program"
	has "$err" "install the package" "$f: and says what to install"
done
is "$(left)" "" "nothing is left"
finish

#!/bin/sh
# look.t - digest and verify of bundles that are one file, or an image's layout: the digest of the bundle they hold; nothing is left
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root IMAGE ZSTD cmd:mksquashfs cmd:mkfs.erofs cmd:mke2fs cmd:zstd file:/dev/loop-control
SNAPSHOT_CGROUPS=/no-cgroup # this is not about them, and other tests make some

cd "$TESTDIR" || exit
mkrootfs b/rootfs
jq '.root.path = "rootfs" | del(.mounts[] | select(.type == "cgroup"))' "$TESTS/bench/config.json" >b/config.json
ln b/rootfs/bin/busybox b/rootfs/other && mknod b/rootfs/null c 1 3 && chown 7:8 b/rootfs/etc/passwd && chmod 4711 b/rootfs/probe
: >"b/rootfs/$(printf 'new\nline\377')"
echo '{}' >b/runtime.json
d=$("$MOTE" digest b)
wrong=sha256:$(printf %064d 7)
for f in squashfs erofs tar cpio; do
	"$MOTE" pack -q b -o "w.$f" >/dev/null
done
zstd -q w.tar -o w.tar.zst && gzip -kc w.cpio >w.cpio.gz
cp -a b plain && rm plain/runtime.json && tar -C plain -cf by.tar . && mksquashfs plain by.squashfs -quiet -no-progress >/dev/null
cp -a b changed && echo >>changed/rootfs/etc/group
loops() { losetup -l -n -O BACK-FILE 2>/dev/null | grep -c "^$TESTDIR/"; }
knows() { case $1 in *squashfs | *erofs) grep -q "${1##*.}\$" /proc/filesystems || modprobe "${1##*.}" 2>/dev/null ;; esac; }

mkdir -p "$STATE"
before
for f in w.squashfs w.erofs w.tar w.cpio w.tar.zst w.cpio.gz by.tar by.squashfs; do
	if ! knows $f; then
		skip "$f" "this kernel lacks it"
		continue
	fi
	mote_in 30 digest $f
	is "$status:$out:$err" "0:$d:" "digest $f"
	mote_in 30 digest --manifest ./$f
	is "$status:$(printf '%s\n' "$out" | sha256sum | cut -d' ' -f1)" "0:${d#sha256:}" "digest --manifest $f"
	mote_in 30 verify $f "$d"
	is "$status:$out$err" "0:" "verify $f DIGEST"
	mote_in 30 verify "$PWD/$f" "$wrong"
	is "$status" 3 "verify $f, another digest"
	mote_in 30 verify -q $f "$wrong"
	is "$status:$out$err" "3:" "verify -q $f, another digest"
	"$MOTE" digest --manifest changed >m
	mote_in 30 verify $f m
	is "$status:$(echo "$out" | cut -d: -f1)" "3:changed ./rootfs/etc/group" "verify $f MANIFEST names what differs"
	mote_in 30 digest --write $f
	is "$status" 1 "digest --write $f"
	has "$err" "--write is for bundles that are folders" "says so"
	case $f in
	w.*)
		mote_in 30 verify $f
		is "$status:$out$err" "0:" "verify $f: by the manifest in it"
		;;
	*)
		mote_in 30 verify $f
		is "$status" 1 "verify $f: there is no manifest in it"
		;;
	esac
	clean "$f: nothing is left"
done
truncate -s 24M w.ext4 && mke2fs -q -F -d plain w.ext4
if knows ext4 && mote_in 30 digest --manifest w.ext4 && [ "$status" = 0 ]; then
	is "$(printf '%s\n' "$out" | grep -v '^\./lost+found' | sha256sum | cut -d' ' -f1)" "${d#sha256:}" "w.ext4 has a folder lost+found of its own and is else the same"
else
	fail "w.ext4" "$err"
fi
if have OCI && command -v umoci >/dev/null && command -v skopeo >/dev/null; then
	umoci init --layout L && umoci new --image L:t && tar -C b/rootfs --numeric-owner -cf l.tar . && umoci raw add-layer --image L:t l.tar >/dev/null 2>&1
	umoci config --image L:t --config.cmd /probe
	skopeo copy -q oci:L:t oci-archive:L.tar:t && "$MOTE" unpack -q L:t u && du=$("$MOTE" digest u)
	for f in L:t L L.tar "$PWD/L:t"; do
		mote_in 30 digest "$f"
		is "$status:$out:$err" "0:$du:" "digest $f: an image's layout"
		mote_in 30 verify "$f" "$du"
		is "$status:$out$err" "0:" "verify $f"
		mote_in 30 verify "$f" "$wrong"
		is "$status" 3 "verify $f, another digest"
	done
	mote_in 30 digest L:x
	is "$status" 1 "a tag that is not there"
	has "$err" "no image 'x'" "says so"
else
	skip "an image's layout" "needs OCI, umoci and skopeo"
fi
if have SIGN && command -v minisign >/dev/null; then
	minisign -G -W -p m.pub -s m.sec >/dev/null && minisign -G -W -p m2.pub -s m2.sec >/dev/null
	cp -a b s && "$MOTE" digest --write s >/dev/null && minisign -S -s m.sec -m s/bundle.mtree -x s/bundle.mtree.minisig </dev/null >/dev/null
	for f in erofs tar; do
		"$MOTE" pack -q s -o s.$f >/dev/null
		mote_in 30 verify --key m.pub s.$f
		is "$status:$out$err" "0:" "verify --key, signed: $f"
		mote_in 30 verify --key m2.pub s.$f
		is "$status" 1 "verify --key, another key: $f"
		mote_in 30 verify --key m.pub w.$f
		is "$status" 1 "verify --key, not signed: $f"
		has "$err" "is not signed" "says so"
	done
fi

# ---- bad ones, and one that is killed on the way
for f in squashfs erofs tar cpio tar.zst; do
	for n in 0 3 100 1500 4096 40000; do
		head -c $n w.$f >cut.img
		mote_in 30 digest cut.img
		[ "$status:$out" = 1: ] && [ -n "$err" ] || fail "$f cut at $n" "$status $out $err"
		mote_in 30 verify cut.img "$d"
		[ "$status" = 1 ] && [ -n "$err" ] || fail "$f cut at $n, verify" "$status $err"
	done
	pass "$f cut at six places: refused"
done
head -c 30000 /dev/urandom >noise
mote_in 30 digest noise
has "$status:$err" "1:digest noise: $PWD/noise is no image that this mote knows" "noise"
mote_in 30 digest nothing
has "$status:$err" "1:digest nothing: read $PWD/nothing/config.json" "no such file"
mkdir empty && mksquashfs empty e.squashfs -quiet -no-progress >/dev/null
mote_in 30 digest e.squashfs
has "$status:$err" "config.json" "no bundle in it"
for i in 1 2 3 4 5 6 7 8; do
	for f in squashfs tar; do
		timeout -s KILL "0.0$((i * i))" "$MOTE" --root "$STATE" digest w.$f >/dev/null 2>&1
	done
done
wait_for 5 eval '[ "$(loops)" = 0 ]' && pass "no loop device is left" || fail "no loop device is left" "$(losetup -a)"
clean "nothing is left, also when it was killed"
finish

#!/bin/sh
# debian.t - a bundle of Debian, thousands of files: packed and unpacked it is the same; as an image its tree is umoci's
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
#
#	DEBIAN=FILE	a tar of a Debian that is there; else mmdebstrap makes one, once, in mote's cache
. "$(dirname "$0")/../lib.sh"
need root IMAGE OCI GZIP ZSTD cmd:mmdebstrap cmd:umoci cmd:skopeo cmd:zstd cmd:mkfs.erofs
SNAPSHOT_CGROUPS=/no-cgroup
tar=${DEBIAN:-${MOTE_CACHE:-${HOME:-/root}/.cache/mote}/debian-minbase.tar}
if [ ! -f "$tar" ]; then
	mkdir -p "$(dirname "$tar")"
	new=${tar%.tar}.$$.tar # what does not end so becomes a folder
	timeout 200 mmdebstrap --quiet --format=tar --variant=minbase bookworm "$new" >"$TESTDIR/said" 2>&1 && mv "$new" "$tar" || {
		rm -f "$new"
		skip_all "mmdebstrap makes no Debian here: $(tail -n 1 "$TESTDIR/said")"
	}
fi

cd "$TESTDIR" || exit
mkdir -p b/rootfs "$STATE" && tar -C b/rootfs --numeric-owner -xpf "$tar"
jq '.root = {path: "rootfs", readonly: true} | del(.mounts[] | select(.type == "cgroup")) | .process.args = ["/usr/bin/dpkg-query", "-W", "-f", "${Package}\n", "base-files"]' \
	"$TESTS/bench/config.json" >b/config.json
d=$("$MOTE" digest -q b)
n=$(find b | wc -l)
check "$n files" test "$n" -gt 5000
before
"$MOTE" pack -q b -o b.tar >/dev/null && zstd -q b.tar && "$MOTE" pack -q b -o b.cpio >/dev/null
for f in b.tar.zst b.cpio; do
	run_in 120 "$MOTE" unpack -q $f back
	is "$status:$err" "0:" "unpack $f"
	is "$("$MOTE" digest -q back)" "$d" "$f: the bundle is the same"
	rm -rf back
done
mote_in 60 digest -q b.tar
is "$status:$out" "0:$d" "digest of the tar"
mote_in 60 run b.tar.zst x
is "$status:$out:$err" "0:base-files:" "and it runs as it is"
"$MOTE" pack -q b -o again.cpio >/dev/null
check "the same bytes again" cmp b.cpio again.cpio
rm -f b.tar again.cpio b.cpio
if grep -q 'erofs$' /proc/filesystems || modprobe erofs 2>/dev/null; then
	"$MOTE" pack -q b -o b.erofs >/dev/null
	mote_in 60 verify b.erofs "$d"
	is "$status:$out$err" "0:" "verify of the erofs image"
	mote_in 60 run b.erofs x
	is "$status:$out:$err" "0:base-files:" "and it runs"
else
	skip "erofs" "this kernel lacks it"
fi

# ---- as an image
tree() { "$MOTE" digest -q --manifest "$1" | grep '^\./rootfs\|^#+' | sha256sum; }
umoci init --layout L && umoci new --image L:t && tar -C b/rootfs --numeric-owner -cf l.tar . && umoci raw add-layer --image L:t l.tar >/dev/null 2>&1
umoci config --image L:t --config.cmd /bin/true && rm l.tar
run_in 120 "$MOTE" unpack -q L:t ours
is "$status:$err" "0:" "unpack of the layout that umoci wrote"
umoci unpack --image L:t theirs >/dev/null 2>&1
is "$(tree ours)" "$(tree theirs)" "the tree is umoci's"
is "$(tree ours)" "$(tree b)" "and the one that it was made of"
do=$("$MOTE" digest -q ours) && rm -rf theirs ours
skopeo copy -q --dest-decompress oci:L:t dir:plain && rm -rf L && skopeo copy -q --dest-compress-format zstd dir:plain oci:Z:t && rm -rf plain
mote_in 120 digest -q Z:t
is "$status:$out" "0:$do" "the digest of the image with a layer of zstd, as skopeo writes it"
clean "nothing is left"
finish

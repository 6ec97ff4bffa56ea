#!/bin/sh
# zstd.t - archives and layers that zstd or gzip has compressed: what other tools write is read; cut, changed and swollen ones leave nothing
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root ZSTD GZIP cmd:zstd cmd:gzip cmd:bsdtar cmd:cpio
SNAPSHOT_CGROUPS=/no-cgroup # this is not about them, and other tests make some

cd "$TESTDIR" || exit
mkrootfs b/rootfs
seq 200000 >b/rootfs/numbers && head -c 300000 /dev/urandom >b/rootfs/noise
jq '.root.path = "rootfs" | del(.mounts[] | select(.type == "cgroup")) | .process.args = ["/probe", "exit", "3"]' "$TESTS/bench/config.json" >b/config.json
d=$("$MOTE" digest b)
mkdir -p "$STATE"
before

same() { # NAME FILE: unpacked from the file and from a pipe it is the bundle, and it runs as it is
	rm -rf o
	run_in 60 "$MOTE" unpack "$2" o
	is "$status:$err:$("$MOTE" digest o 2>&1)" "0::$d" "$1: unpack"
	rm -rf o
	run_in 60 sh -c '"$1" unpack - o <"$2"' - "$MOTE" "$2"
	is "$status:$err:$("$MOTE" digest o 2>&1)" "0::$d" "$1: from standard input"
	if have IMAGE; then
		mote_in 60 run --verify "$d" -b "$2" z
		is "$status:$err" "3:" "$1: run"
	fi
}
tar --zstd -C b -cf x.tar.zst . && same "tar --zstd" x.tar.zst
tar -z -C b -cf x.tar.gz . && same "tar -z" x.tar.gz
bsdtar --zstd -C b -cf x.tar.zst . && same "bsdtar --zstd" x.tar.zst
"$MOTE" pack b -o p.tar >/dev/null && "$MOTE" pack b -o p.cpio >/dev/null
for level in 1 3 19 "-ultra -22" -fast; do
	# shellcheck disable=SC2086
	zstd -q -f -$level p.tar -o x.zst && same "pack, zstd -$level" x.zst
done
zstd -q -f --no-check p.cpio -o x.zst && same "cpio, without a checksum" x.zst
zstd -q -f -c <p.cpio >x.zst && same "cpio, of unknown size" x.zst
{ head -c 1000 p.tar | zstd -qc && tail -c +1001 p.tar | zstd -qc; } >x.zst && same "two frames" x.zst
{ printf '\122\052\115\030\003\000\000\000abc' && zstd -qc p.tar; } >x.zst && same "a frame to skip before it" x.zst
{ head -c 1000 p.tar | gzip -c && tail -c +1001 p.tar | gzip -c; } >x.gz && same "two gzip members" x.gz
zstd -q -f --long=27 p.tar -o x.zst && same "a window of 128 MiB" x.zst
clean "nothing is left"

# ---- cut and changed
left() { find . -maxdepth 1 -newer stamp -name '*bad*' | tr '\n' ' '; }
touch stamp
mkdir -p s/rootfs && jq -c '{ociVersion, root: {path: "rootfs"}}' b/config.json >s/config.json && seq 3000 | sha256sum >s/rootfs/a && head -c 6000 b/rootfs/noise >s/rootfs/n && seq 2000 >s/rootfs/b
ds=$("$MOTE" digest s)
"$MOTE" pack s -o s.tar >/dev/null
for f in zst gz; do
	case $f in zst) zstd -q -f s.tar -o s.zst ;; gz) gzip -nkc s.tar >s.gz ;; esac
	size=$(wc -c <s.$f) taken='' silent='' cut=0
	while [ $cut -lt "$size" ]; do
		head -c $cut s.$f >cut.bin
		"$MOTE" unpack cut.bin bad >/dev/null 2>err && taken="$taken $cut" && rm -rf bad
		[ -s err ] || silent="$silent $cut"
		if [ $((size - cut)) -le 12 ]; then cut=$((cut + 1)); else # to the last bytes, each of which belongs to the checksum
			cut=$((cut + 512))
			[ $cut -lt $((size - 12)) ] || cut=$((size - 12))
		fi
	done
	is "$taken:$silent" ":" "$f cut every 512 bytes, and in its checksum: refused with a sentence"
	is "$(left)" "" "$f: nothing is left"
	n=5 taken=''
	while [ $n -lt "$size" ]; do
		{ head -c $n s.$f && head -c $((n + 1)) s.$f | tail -c 1 | tr '\000-\377' '\001-\377\000' && tail -c +$((n + 2)) s.$f; } >x.bin
		"$MOTE" unpack x.bin bad >/dev/null 2>&1 && { [ "$("$MOTE" digest bad)" = "$ds" ] || taken="$taken $n"; } && rm -rf bad
		n=$((n + 61))
	done
	is "$taken:$(left)" ":" "$f with a byte changed: refused, or the same bundle"
done

no() { # NAME WORDS FILE [OPTION...]
	no_name=$1 no_words=$2 no_file=$3
	shift 3
	run_in 60 "$MOTE" unpack "$@" "$no_file" bad
	is "$status:$(left)" "1:" "$no_name: refused, nothing is left"
	has "$err" "$no_words" "$no_name: $no_words"
}
head -c 5000 s.zst >x.zst && no "a stream that is cut" "the zstd stream is cut" x.zst
{ head -c 3000 s.zst && head -c 100 /dev/zero && tail -c +3101 s.zst; } >x.zst && no "a stream that is changed" "the zstd stream is damaged" x.zst
{ cat s.zst && echo more; } >x.zst && no "something behind it" "the zstd stream is damaged" x.zst
zstd -q -f --no-check s.tar -o y.zst && size=$(wc -c <y.zst) && head -c $((size - 1)) y.zst >x.zst && no "the last byte is missing" "the zstd stream is cut" x.zst
cat s.tar | zstd -qc --long=28 >x.zst && no "a window of 256 MiB" "window of more than 128 MiB" x.zst
head -c 50000 b/rootfs/noise >dict && zstd -q -f -D dict s.tar -o x.zst && no "a dictionary" "the zstd stream" x.zst
echo hello | zstd -qc >x.zst && no "no archive in it" "no archive that this mote knows" x.zst
zstd -qc s.zst >x.zst && no "compressed twice" "no archive that this mote knows" x.zst
: | zstd -qc >x.zst && no "nothing in it" "no archive that this mote knows" x.zst

# ---- bombs: a few KB that become 3 GB
mkdir -p bomb/rootfs && cp s/config.json bomb && truncate -s 3G bomb/rootfs/zeroes
tar -C bomb -cf - . | zstd -qc >bomb.zst
note "a bomb of $(wc -c <bomb.zst) bytes"
no "a bomb, --limit" "more than --limit allows" bomb.zst --limit 1m
{ cat s.tar && head -c 2000000000 /dev/zero; } | zstd -qc >x.zst && no "a bomb behind the archive's end" "more than 1 MiB follows" x.zst
mkdir small && mount -t tmpfs -o size=4m tmpfs small && at_exit 'umount "$TESTDIR/small" 2>/dev/null'
run_in 60 "$MOTE" unpack bomb.zst small/bad
is "$status:$(ls small)" "1:" "a bomb on a small disk: nothing is left"
has "$err" "no space left" "and it says so"
if have IMAGE; then
	mote_in 60 run --overlay tmpfs:2m -b bomb.zst z
	is "$status" 1 "run of a bomb: its tmpfs ends it"
	has "$err" "no space left" "and it says so"
	mote_in 60 run -b cut.bin z
	is "$status" 1 "run of a cut one"
	has "$err" "stream is cut" "and it says so"
fi
# The window of a frame is mapped and given back. A decoder that was too large for 128 frames is made anew: twelve times here.
i=0
printf '\050\265\057\375\000\000\001\000\000' >frame # an empty frame with a window of 1 KiB
while [ $i -lt 8 ]; do
	cat frame frame >f2 && mv f2 frame
	i=$((i + 1))
done
printf '\050\265\057\375\000\150\001\000\000' >>frame # and of 8 MiB
while [ $i -lt 20 ]; do
	cat frame
	i=$((i + 1))
done >frames
{ cat frames && cat s.zst; } >x.zst && rm -rf o
run_in 60 sh -c 'ulimit -v 60000 && exec "$1" unpack x.zst o' - "$MOTE"
is "$status:$err:$("$MOTE" digest o)" "0::$ds" "twelve windows of 8 MiB, one after the other, within 60 MB of address space"
umount small
clean "nothing is left of all these"

# ---- layers
if have OCI && command -v umoci >/dev/null && command -v skopeo >/dev/null; then
	umoci init --layout L && umoci new --image L:t && tar -C b/rootfs --numeric-owner -cf l.tar . && umoci raw add-layer --image L:t l.tar >/dev/null 2>&1
	umoci config --image L:t --config.cmd /probe --config.cmd exit --config.cmd 4
	skopeo copy -q --dest-decompress oci:L:t dir:plain && skopeo copy -q --dest-compress-format zstd dir:plain oci:Z:t
	m=Z/blobs/sha256/$(jq -r '.manifests[0].digest' Z/index.json | cut -d: -f2)
	has "$(jq -r '.layers[0].mediaType' "$m")" "tar+zstd" "skopeo wrote a layer with zstd"
	"$MOTE" unpack -q L:t l
	run_in 60 "$MOTE" unpack --verify "$("$MOTE" digest l)" Z:t z
	is "$status:$err" "0:" "the same bundle as of the layer with gzip"
	mote_in 60 run -b z z
	is "$status:$err" "4:" "and it runs"
	layer=Z/blobs/sha256/$(jq -r '.layers[0].digest' "$m" | cut -d: -f2)
	printf '\001\002\003' | dd of="$layer" bs=1 seek=100000 conv=notrunc 2>/dev/null
	no "a changed layer" "layer sha256:" Z:t
else
	skip "layers" "needs OCI, umoci and skopeo"
fi
finish

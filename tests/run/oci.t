#!/bin/sh
# oci.t - images of the image specification become bundles: the same tree as umoci makes of them; bad ones leave nothing
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2015,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root OCI GZIP cmd:umoci cmd:skopeo
SNAPSHOT_CGROUPS=/no-cgroup

cd "$TESTDIR" || exit
rootfs_of() { "$MOTE" digest --manifest "$1" | grep -v '^\./config.json\|^\. \|umoci.json\|\.mtree'; }
layer() { tar -C "$1" --numeric-owner -cf l.tar . && umoci raw add-layer --image L:t l.tar >/dev/null 2>&1; }

# ---- an image of five layers
umoci init --layout L && umoci new --image L:t
mkrootfs one && mkdir -p one/d/sub one/opaque/sub one/usr/lib one/gone/deep && ln -s usr/lib one/lib
echo 1 >one/d/a && echo 1 >one/d/b && echo 1 >one/opaque/old && echo 1 >one/opaque/sub/old && echo 1 >one/gone/deep/x && echo 1 >one/tofolder && mkdir one/tofile && echo 1 >one/tofile/x
mkfifo one/fifo && mknod one/null c 1 3 && ln one/d/a one/hard && ln -s /etc/passwd one/abs && chmod 4755 one/probe && chown 12:34 one/d/b && chmod 700 one/root
printf 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:44:web:/:/bin/sh\n' >one/etc/passwd
printf 'root:x:0:\nwww:x:44:\nextra:x:55:other,web\nmore:x:66:web\nnot:x:77:webber\n' >one/etc/group
layer one
mkdir -p two/d two/opaque/new two/.wh.q && rmdir two/.wh.q && : >two/d/.wh.a && : >two/.wh.gone && : >two/opaque/.wh..wh..opq && echo 2 >two/opaque/new/x && echo 2 >two/d/b
layer two
mkdir -p three/lib three/tofolder && echo 3 >three/lib/through && echo 3 >three/tofile && echo 3 >three/tofolder/x && ln three/tofile three/again && mkdir -m 1777 three/root
tar -C three --numeric-owner -cf l.tar ./lib/through ./tofolder ./tofile ./again ./root && umoci raw add-layer --image L:t l.tar >/dev/null 2>&1
mkdir -p four/opaque && echo 4 >four/opaque/after && : >four/opaque/.wh..wh..opq && : >four/.wh.nothing && : >four/opaque/.wh.after
tar -C four --numeric-owner -cf l.tar ./opaque/after ./opaque/.wh..wh..opq ./.wh.nothing && umoci raw add-layer --image L:t l.tar >/dev/null 2>&1
mkdir five && ln -s /etc five/null2 && setfattr -n user.k -v v five 2>/dev/null
layer five
umoci config --image L:t --config.user web --config.workingdir /d --config.env 'A=b c' --config.env PATH=/bin --config.entrypoint /probe --config.cmd exit --config.cmd 3 \
	--config.label 'k=v' --config.exposedports 80/tcp --config.stopsignal SIGINT --author me --os linux --architecture amd64

run_in 60 "$MOTE" unpack L:t u
is "$status:$err" "0:" "unpack LAYOUT:TAG"
umoci unpack --image L:t theirs >/dev/null 2>&1
is "$(rootfs_of u)" "$(rootfs_of theirs)" "the tree is umoci's"
is "$(rootfs_of u | grep -c '^\./')" "$(find theirs/rootfs | wc -l)" "and it is all there"
is "$(cat u/rootfs/usr/lib/through)" 3 "a name through a link of a lower layer"
is "$(ls u/rootfs/opaque)" after "an opaque mark takes away what is below, not what its own layer has"
for p in process.args process.cwd process.user.uid process.user.gid; do
	is "$(jq -c ".$p" u/config.json)" "$(jq -c ".$p" theirs/config.json)" "$p as umoci has it"
done
is "$(jq -c .process.user.additionalGids u/config.json)" "[55,66]" "the user's other groups"
is "$(jq -c .process.env u/config.json)" '["A=b c","PATH=/bin"]' "the environment"
is "$(jq -cS .annotations u/config.json)" "$(jq -cS '.annotations' theirs/config.json)" "annotations as umoci has them"
is "$(jq -r '.annotations["org.opencontainers.image.stopSignal"]' u/config.json)" SIGINT "StopSignal"
mote_in 20 run -b u x
is "$status:$err" "3:" "and it runs"
umoci config --image L:t --tag latest --config.entrypoint /bin/echo --config.cmd up && cp -a L nginx
mote() { "$MOTE" --root "$STATE" "$@"; }
shown docs/bundle-oci.md
umoci rm --image L:latest
d=$("$MOTE" digest u)
run_in 60 "$MOTE" unpack --verify "$d" L u2
is "$status:$err" "0:" "LAYOUT with one image needs no tag; the same again"
skopeo copy -q oci:L:t oci-archive:L.tar:t 2>/dev/null
run_in 60 "$MOTE" unpack --verify "$d" L.tar u3
is "$status:$err" "0:" "the same from the tar that skopeo writes"
skopeo copy -q --dest-oci-accept-uncompressed-layers --dest-decompress oci:L:t dir:plain 2>/dev/null
for u in user:no 7:no; do
	umoci config --image L:t --tag bad --config.user "$u" && run_in 20 "$MOTE" unpack L:bad bad1
	has "$err" "is not in its /etc/" "user $u"
	umoci rm --image L:bad
done
for u in 33:=:33:44 77:=:77:0 web:more=:33:66 9:8=:9:8; do
	umoci config --image L:t --tag u --config.user "${u%%=*}" 2>/dev/null
	case ${u%%=*} in *:) umoci config --image L:t --tag u --config.user "${u%%:*}" ;; esac
	rm -rf w && "$MOTE" unpack L:u w
	is ":$(jq -r '.process.user | "\(.uid):\(.gid)"' w/config.json)" "${u#*=}" "user $u"
	umoci rm --image L:u
done
rm -rf w
# ---- what umoci insert puts into a layer: the root is "/", by that name
umoci init --layout I && umoci new --image I:t && umoci insert --image I:t one / && umoci insert --image I:t two/d /opt/d && umoci insert --image I:t --opaque four /d && umoci insert --image I:t --whiteout /opaque
run_in 60 "$MOTE" unpack I:t i
umoci unpack --image I:t itheirs >/dev/null 2>&1
is "$status:$err:$(rootfs_of i)" "0::$(rootfs_of itheirs)" "layers of umoci insert: the tree is umoci's"

# ---- bad ones
touch stamp
mkdir outside
left() { find . -maxdepth 1 -newer stamp -name '*bad*' | tr '\n' ' '; }
no() { # NAME WORDS LAYOUT
	run_in 60 "$MOTE" unpack "$3" bad
	is "$status" 1 "$1: refused"
	has "$err" "$2" "$1: $2"
	is "$(left)$(ls outside)" "" "$1: nothing is left"
}
again() { rm -rf M && cp -a L M; }
blob() { jq -r "$2" "$1"; } # FILE FILTER: a blob's path
of() { echo "M/blobs/sha256/$(echo "$1" | cut -d: -f2)"; }
manifest() { of "$(jq -r '.manifests[0].digest' M/index.json)"; }
again && no "no such tag" "no image 'x'" M:x
again && umoci tag --image M:t second && no "two images and no tag" "say which" M
for n in 3 4; do
	again && l=$(of "$(jq -r ".layers[$n].digest" "$(manifest)")")
	head -c 100 "$l" >x && cp x "$l" && no "layer $n cut" "bytes, not" M:t
	again && size=$(stat -c %s "$l") && printf x | dd of="$l" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null && no "layer $n changed" "layer sha256" M:t
	# The time in gzip's head: what is in it is the same, the blob is not.
	again && printf '\001\002' | dd of="$l" bs=1 seek=4 conv=notrunc 2>/dev/null && no "layer $n, only its gzip head changed" "is not what its digest or its size says" M:t
	again && rm "$l" && no "layer $n missing" "no such file" M:t
done
again && printf ' ' >>"$(manifest)" && no "another manifest" "not what its name or its size says" M:t
again && c=$(of "$(jq -r .config.digest "$(manifest)")") && sed -i 's/amd64/amd46/' "$c" && no "another config" "not what its name or its size says" M:t
again && sed -i 's/"sha256:/"sha512:/' M/index.json && no "another kind of digest" "knows sha256 ones only" M:t
again && echo '{' >M/index.json && no "an index that is cut" "index.json:" M:t
again && rm M/index.json && no "no index" "no such file" M:t
# A manifest written anew around a layer of ours, all digests right: what the layer does is the attack.
wrap() { # l.tar is the layer
	rm -rf E && umoci init --layout E && umoci new --image E:t && umoci raw add-layer --image E:t ok.tar >/dev/null 2>&1
	gzip -nc l.tar >l.gz
	python3 - E "${diff:-$(sha256sum <l.tar | cut -d' ' -f1)}" <<'PY'
import hashlib, json, sys
top, diff = sys.argv[1:]
def put(data):
    h = hashlib.sha256(data).hexdigest()
    open(top + "/blobs/sha256/" + h, "wb").write(data)
    return {"digest": "sha256:" + h, "size": len(data)}
index = json.load(open(top + "/index.json"))
get = lambda d: json.load(open(top + "/blobs/sha256/" + d["digest"][7:]))
m = get(index["manifests"][0]); c = get(m["config"])
m["layers"].append(dict(put(open("l.gz", "rb").read()), mediaType="application/vnd.oci.image.layer.v1.tar+gzip"))
c["rootfs"]["diff_ids"].append("sha256:" + diff)
m["config"].update(put(json.dumps(c).encode()))
index["manifests"][0].update(put(json.dumps(m).encode()))
json.dump(index, open(top + "/index.json", "w"))
PY
}
evil() { # NAME WORDS
	wrap
	no "$1" "$2" E:t
}
if command -v python3 >/dev/null; then
	mkdir ok && ln -s "$TESTDIR/outside" ok/way && ln -s ../../outside ok/rel && mkdir ok/etc && tar -C ok -cf ok.tar .
	echo evil >payload
	tar -P --transform 's,^,../../outside/,' -cf l.tar payload && evil "dotdot" "leads out"
	: >.wh... && tar -cf l.tar .wh... && evil "a mark for dotdot" "invalid"
	for way in way rel; do
		tar --transform "s,^,$way/," -cf l.tar payload && wrap && rm -rf w
		run_in 60 "$MOTE" unpack E:t w
		is "$status:$(ls outside)" "0:" "through a link that leads out: it stays inside"
		is "$(find w/rootfs -name payload | wc -l)" 1 "and is there"
	done
	# What begins with "/" begins at the image's root.
	: >outside/stays && ln payload payload2 && rm -rf w
	tar -P --transform "s,^payload,$TESTDIR/outside/payload,;s,^stamp,$TESTDIR/outside/.wh.stays," -cf l.tar payload payload2 stamp && wrap
	run_in 60 "$MOTE" unpack E:t w
	is "$status:$(ls outside):$(stat -c %h "w/rootfs$TESTDIR/outside/payload2"):$(ls "w/rootfs$TESTDIR/outside")" "0:stays:2:payload
payload2" "absolute names, marks and hard links stay inside"
	rm outside/stays
	cp ok.tar l.tar && diff=$(printf %064d 1) && evil "another diff_id" "its content is not what diff_id sha256:0000"
	diff=
	mkdir own own/d && echo own >own/d/x && : >own/d/.wh.x && tar -C own -cf l.tar ./d/x ./d/.wh.x && wrap && rm -rf w
	run_in 60 "$MOTE" unpack E:t w
	is "$status:$(cat w/rootfs/d/x)" "0:own" "a mark takes away nothing of its own layer, also where it comes later"
	cp ok.tar l.tar && printf 'x' | dd of=l.tar bs=1 seek=0 conv=notrunc 2>/dev/null && evil "a damaged tar" "read the archive"
fi
mkdir small && mount -t tmpfs -o size=200k tmpfs small && at_exit 'umount "$TESTDIR/small"'
run_in 60 "$MOTE" unpack L:t small/bad
is "$status:$(ls small)" "1:" "a full disk: nothing is left"
run_in 60 "$MOTE" unpack --limit 100k L:t bad
is "$status:$(left)" "1:" "--limit"
run_in 60 "$MOTE" unpack --max-files 5 L:t bad
is "$status:$(left)" "1:" "--max-files"
run_in 60 "$MOTE" unpack --verify "sha256:$(printf %064d 1)" L:t bad
is "$status:$(left)" "1:" "--verify of another digest"
finish

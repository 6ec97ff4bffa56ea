#!/bin/sh
# ociout.t - bundles as images of the image specification: umoci and skopeo take them, and they come back as they were
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2015,SC2034,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root OCI cmd:umoci cmd:skopeo
SNAPSHOT_CGROUPS=/no-cgroup

cd "$TESTDIR" || exit
rootfs_of() { "$MOTE" digest --manifest "$1" | grep -v '^\./config.json\|^\. \|umoci.json\|\.mtree'; }
blob() { echo "$1/blobs/sha256/$(echo "$2" | cut -d: -f2)"; }
entry() { jq -r --arg t "$2" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $t) | .digest' "$1/index.json"; }
manifest() { blob "$1" "$(entry "$1" "$2")"; }                       # LAYOUT TAG
config() { blob "$1" "$(jq -r .config.digest "$(manifest "$1" "$2")")"; } # LAYOUT TAG
bytes() { (cd "$1" && find . -type f -exec sha256sum {} + | sort); }
sound() { # LAYOUT: every blob is what its name says, and nothing else lies there
	(cd "$1/blobs/sha256" && for f in *; do echo "$f  $f"; done | sha256sum -c --quiet 2>&1)
	(cd "$1" && find . -type f | grep -vE '^\./(oci-layout|index.json|blobs/sha256/[0-9a-f]{64})$')
}

# ---- a bundle of everything
b=$TESTDIR/b
mkrootfs b/rootfs
jq '.root.path = "rootfs" | .process.args = ["/probe", "exit", "3"] | .process.env = ["PATH=/bin", "A=b c", "nothing", "=x"] | .process.cwd = "/tmp" |
	.process.user = {uid: 0, gid: 7, additionalGids: [8]} | .hooks = {poststop: [{path: "/bin/true"}]} | .annotations = {"k": "v \"\\ \u00fc\n", "org.opencontainers.image.author": "me",
	"org.opencontainers.image.os": "linux", "org.opencontainers.image.stopSignal": "SIGINT", "org.opencontainers.image.exposedPorts": "80/tcp,5353/udp", "org.opencontainers.image.created": "2001-01-01T00:00:00Z"}' \
	"$TESTS/bench/config.json" >b/config.json
long=$(printf '%0200d' 7)
mkdir -p "b/rootfs/odd/$long/$long" b/rootfs/odd/ro
: >"b/rootfs/odd/$long/$long/$long" && ln -s "$long/$long" b/rootfs/odd/far
: >"b/rootfs/odd/$(printf 'new\nline')"
: >"b/rootfs/odd/$(printf '\377#[*?\\ ')"
: >"b/rootfs/odd/.wh" && : >b/rootfs/odd/x.wh.y
echo x >b/rootfs/odd/x && chown 7:8 b/rootfs/odd/x && chmod 4711 b/rootfs/odd/x
ln b/rootfs/odd/x b/rootfs/odd/y && ln b/rootfs/odd/x b/rootfs/odd/ro/z && ln b/rootfs/odd/x outside
echo "$long" >"b/rootfs/odd/$long/hard" && ln "b/rootfs/odd/$long/hard" "b/rootfs/odd/$long/$long/again"
mkfifo b/rootfs/odd/fifo && mknod b/rootfs/odd/null c 1 3 && mknod b/rootfs/odd/loop b 7 300
echo big >b/rootfs/odd/id && chown 3000000:4000000 b/rootfs/odd/id
chmod 555 b/rootfs/odd/ro && chmod 711 b/rootfs && chown 5:6 b/rootfs
xattrs=
if setfattr -n user.k -v "$(printf 'a\nb=\001c')" b/rootfs/odd/ro 2>/dev/null && setcap cap_net_raw+ep b/rootfs/bin/busybox 2>/dev/null; then xattrs=1; fi
d=$("$MOTE" digest b)

# ---- a layout
run_in 60 "$MOTE" pack b -o L:web --format oci
is "$status:$out:$err" "0:$d:" "pack a layout: it prints the digest"
is "$(sound L)" "" "each blob has its digest as its name, and nothing else is there"
is "$(ls -d L*)" L "nothing lies beside it"
"$MOTE" unpack L:nope bad 2>err
has "$(cat err)" "no image 'nope'" "another tag"
mkdir elsewhere && cp -a b elsewhere && touch -d 2001-01-01 elsewhere/b/config.json elsewhere/b/rootfs/bin
run_in 60 "$MOTE" pack elsewhere/b -o "$TESTDIR/L2.oci:web"
is "$status:$(bytes L2.oci)" "0:$(bytes L)" "the same bytes from a copy at another time; .oci says the format too"
run_in 60 "$MOTE" unpack --verify "$d" L:web u
is "$status:$err:$("$MOTE" digest u)" "0::$d" "unpack --verify DIGEST: the same bundle"
is "$("$MOTE" verify u):$(stat -c %h u/rootfs/odd/y):$(cmp b/config.json u/config.json)" ":3:" "its manifest, its hard links, its config.json"
run_in 60 "$MOTE" unpack --as-packed L u2
is "$status:$("$MOTE" digest u2)" "0:$d" "and with --as-packed"
is "$("$MOTE" digest --as-packed L:web)" "$d" "digest --as-packed of the image"
run_in 60 "$MOTE" verify L:web "$d"
is "$status:$out" "0:" "verify of the image"
run_in 60 "$MOTE" unpack --verify "sha256:$(printf %064d 1)" L:web bad
is "$status:$(find . -maxdepth 1 -name "bad*")" "1:" "--verify of another digest: nothing is made"

# ---- an image's own word is not the operator's
run_in 60 "$MOTE" unpack L:web plain
has "$status:$err" "own config.json, which is not used" "unpack says that it did not take the config.json"
is "$(rootfs_of plain)" "$(rootfs_of b)" "the tree is the same"
is "$(jq -c '[.hooks, .process.args, .process.cwd, .process.env, .process.user.uid, .process.user.gid]' plain/config.json)" \
	'[null,["/probe","exit","3"],"/tmp",["PATH=/bin","A=b c"],0,7]' "config.json is the image's config converted: no hooks"
is "$(jq -cS .annotations plain/config.json)" \
	"$(jq -cS '.annotations + {"org.opencontainers.image.architecture": $a}' --arg a "$(jq -r .architecture "$(config L web)")" b/config.json)" "its annotations come back"
is "$("$MOTE" digest L:web 2>/dev/null)" "$("$MOTE" digest plain)" "digest of the image is that of what unpack makes"
mote_in 20 run -b plain one
is "$status:$err" "3:" "and it runs"

# ---- umoci and skopeo
is "$(umoci unpack --image L:web theirs 2>&1)" "" "umoci unpacks it"
is "$(rootfs_of theirs)" "$(rootfs_of b)" "the tree is the same"
is "$(jq -c '[.process.args, .process.cwd, .process.user.uid, .process.user.gid]' theirs/config.json)" '[["/probe","exit","3"],"/tmp",0,7]' "and what it runs"
for p in '.annotations.k' '.annotations["org.opencontainers.image.author"]' '.annotations["org.opencontainers.image.exposedPorts"]|split(",")|sort'; do
	is "$(jq -c "$p" theirs/config.json)" "$(jq -c "$p" b/config.json)" "umoci: $p"
done
for to in oci-archive:x.tar:web oci:L3:web dir:plaindir; do
	is "$(skopeo copy -q "oci:L:web" "$to" 2>&1)" "" "skopeo copies it to ${to%%:*}"
done
is "$("$MOTE" digest --as-packed x.tar):$("$MOTE" digest --as-packed L3:web)" "$d:$d" "and it is still the bundle"
is "$(skopeo copy -q dir:plaindir oci:L4:web 2>&1):$("$MOTE" digest --as-packed L4)" ":$d" "and back from dir"
is "$(skopeo copy -q oci:L:web docker-archive:docker.tar:web:1 2>&1)" "" "skopeo copies it to docker-archive"
mkdir docker && tar -C docker -xf docker.tar && is "$(cd docker && tar -tf "$(jq -r '.[0].Layers[0]' manifest.json)" | wc -l)" "$(find b/rootfs -printf 'x\n' | wc -l)" "where its layer has every file"
is "$(skopeo inspect --config oci:L:web | jq -c '[.os, .created, .config.Cmd, .config.User, .config.StopSignal, .author]')" \
	'["linux","1970-01-01T00:00:00Z",["/probe","exit","3"],"0:7","SIGINT","me"]' "skopeo inspect"
is "$(skopeo inspect --raw oci:L:web | jq -r '.annotations["org.mote.bundle.digest"]')" "$d" "the digest is in the manifest"
umoci config --image L4:web --config.cmd x && run_in 60 "$MOTE" unpack --as-packed L4:web bad
has "$status:$err" "1:" "an image that others have changed"
run_in 60 "$MOTE" unpack L4:web changed
is "$(jq -c .process.args changed/config.json)" '["x"]' "has the config that they gave it"

# ---- a tar of one
run_in 60 "$MOTE" pack b -o a.tar:web --format oci-archive
is "$status:$out:$err" "0:$d:" "pack an archive of a layout"
"$MOTE" pack elsewhere/b --format oci-archive -o -:web | cmp - a.tar && pass "the same bytes to a pipe" || fail "the same bytes to a pipe"
mkdir at && tar -C at -xf a.tar && is "$(bytes at)" "$(bytes L)" "it is the layout in a tar"
is "$("$MOTE" digest --as-packed a.tar)" "$d" "and the same bundle"
is "$("$MOTE" digest --as-packed a.tar:web)" "$d" "by its tag"
"$MOTE" unpack --as-packed a.tar:web au && is "$("$MOTE" digest au)" "$d" "unpack FILE:TAG"
run_in 60 "$MOTE" unpack a.tar:nope bad
has "$status:$err" "no image 'nope'" "another tag"
cp a.tar c:d.tar && "$MOTE" unpack --as-packed c:d.tar:web cu && is "$("$MOTE" digest cu)" "$d" "a colon in the file's name"
mote_in 20 run ./a.tar
has "$status:$err" "mote unpack makes a bundle of it" "run says what to do with a tar of a layout"
mote_in 20 run -b L one
has "$status:$err" "mote unpack makes a bundle of it" "and with a layout"
"$MOTE" pack b -o plain.tar >/dev/null && run_in 20 "$MOTE" unpack plain.tar:web bad
has "$status:$err" "it is no image layout" "a tag of what is none"
run_in 20 "$MOTE" digest plain.tar:web
has "$status:$err" "is no image layout" "and for digest"
is "$(skopeo copy -q oci-archive:a.tar:web oci:L5:web 2>&1):$("$MOTE" digest --as-packed L5:web)" ":$d" "skopeo reads it"
if command -v podman >/dev/null; then
	podman="podman --root $TESTDIR/store --runroot $TESTDIR/runroot --tmpdir $TESTDIR/tmp --storage-driver vfs --cgroup-manager cgroupfs --events-backend file"
	loaded=$($podman load -q -i a.tar 2>&1)
	case $loaded in
	*"Loaded image"*)
		id=$($podman images -q --no-trunc | head -n 1)
		p=$($podman image mount "$id")
		mkdir -p pb/rootfs && cp b/config.json pb && mount --bind "$p" pb/rootfs
		is "$(rootfs_of pb)" "$(rootfs_of b)" "podman loads it: the same tree"
		umount pb/rootfs
		is "$($podman push -q "$id" oci:L6:web 2>&1 | grep -i error):$("$MOTE" digest --as-packed L6:web)" ":$d" "and what it pushes is the same bundle"
		$podman image umount -f "$id" >/dev/null && $podman rmi -f "$id" >/dev/null
		;;
	*) skip "podman loads it" "podman cannot load an image here: $loaded" ;;
	esac
else
	skip "podman loads it" "no podman"
fi

# ---- what the page shows
mkdir -p web/rootfs/bin && cp b/rootfs/bin/busybox web/rootfs/bin/sh
jq '.root.path = "rootfs" | .process.args = ["/bin/sh", "-c", "echo up"]' "$TESTS/bench/config.json" >web/config.json
mote() { "$MOTE" --root "$STATE" "$@"; }
shown docs/bundle-oci.md

# ---- times
SOURCE_DATE_EPOCH=86400 "$MOTE" pack b -o D:t --format oci >/dev/null
is "$(skopeo inspect oci:D:t | jq -r .Created):$(tar --utc --full-time -tvf "$(blob D "$(jq -r '.layers[0].digest' "$(manifest D t)")")" | awk '{ print $4, $5 }' | sort -u)" \
	"1970-01-02T00:00:00Z:1970-01-02 00:00:00" "SOURCE_DATE_EPOCH is the image's and every file's time"
touch -d '2001-02-03 04:05:06 UTC' elsewhere/b/rootfs/odd/x && "$MOTE" pack --mtime elsewhere/b -o D:m >/dev/null
"$MOTE" unpack --as-packed D:m m && is "$(stat -c %Y m/rootfs/odd/x)" "$(stat -c %Y elsewhere/b/rootfs/odd/x)" "--mtime keeps times"
SOURCE_DATE_EPOCH=99999999999999 run_in 20 "$MOTE" pack b -o D:far
has "$status:$err" "behind the year 9999" "a time that no image can say"

# ---- a signed bundle stays signed
if command -v signify-openbsd >/dev/null && have SIGN; then
	cp -a b signed && "$MOTE" digest --write signed >/dev/null
	signify-openbsd -G -n -p key.pub -s key.sec && signify-openbsd -G -n -p other.pub -s other.sec && signify-openbsd -S -s key.sec -m signed/bundle.mtree -x signed/bundle.mtree.sig
	"$MOTE" pack signed -o S:s --format oci >/dev/null && skopeo copy -q oci:S:s oci-archive:s.tar:s
	run_in 60 "$MOTE" verify --key key.pub s.tar
	is "$status:$out$err" "0:" "verify --key of an image that went through skopeo"
	run_in 60 "$MOTE" verify --key other.pub s.tar
	is "$status" 1 "another key"
	run_in 60 "$MOTE" verify --key key.pub L:web
	is "$status" 1 "an image that nobody signed"
	"$MOTE" unpack --as-packed s.tar su && run_in 60 "$MOTE" verify --key key.pub su
	is "$status" 0 "and of what is unpacked"
	printf 'a\000b' >signed/bundle.mtree.minisig
	run_in 60 "$MOTE" pack signed -o S:bad
	has "$status:$err" "1:" "a signature that is no text" && has "$err" "is no text" "is refused by name"
else
	skip "signatures" "no signify"
fi

# ---- more images in one layout
mkdir -p small/deep/root && jq -c '{ociVersion, root: {path: "./deep//root/"}}' b/config.json >small/config.json && chmod 600 small/config.json && chown 9:9 small/config.json
ds=$("$MOTE" digest small)
before_web=$(entry L web)
jq '. + {more: {"x": [1, 2, {"manifests": 3}]}} | .manifests[0].annotations.own = "kept" | .manifests[0].platform = {architecture: "amd64", os: "linux"}' L/index.json >i && cp i L/index.json
run_in 60 "$MOTE" pack small -o L:localhost/small:1.0
is "$status:$out:$err" "0:$ds:" "an empty root file system, in a folder of a folder, beside another image"
is "$(entry L web):$(jq -c '[.more, .manifests[0].annotations.own, (.manifests | length)]' L/index.json)" "$before_web:[{\"x\":[1,2,{\"manifests\":3}]},\"kept\",2]" "what was in the index stays"
is "$(sound L)" "" "every blob is right"
run_in 60 "$MOTE" unpack --as-packed L:localhost/small:1.0 su2
is "$status:$("$MOTE" digest su2):$(stat -c %a:%u su2/config.json)" "0:$ds:600:9" "it comes back: with the mode and the owner of its config.json"
is "$(skopeo inspect oci:L:localhost/small:1.0 | jq -c '[.Architecture, (.Layers | length)]'):$(umoci ls --layout L | sort | tr '\n' ' ')" '["unknown",1]:localhost/small:1.0 web ' "skopeo and umoci see both"
echo more >small/deep/root/x && run_in 60 "$MOTE" pack small -o L:localhost/small:1.0
is "$status:$(jq '.manifests | length' L/index.json):$("$MOTE" digest --as-packed L:localhost/small:1.0)" "0:2:$("$MOTE" digest small)" "the same tag again: the new image takes it"
run_in 60 "$MOTE" pack small -o L:localhost/small:1.0
is "$status:$(jq '.manifests | length' L/index.json)$(sound L)" "0:2" "and the same image again"
umoci gc --layout L && is "$("$MOTE" digest --as-packed L:web)" "$d" "umoci sweeps what is left over"
umoci init --layout N && "$MOTE" pack small -o N >/dev/null && is "$(umoci ls --layout N)" latest "into a layout that umoci has begun; the tag is latest where none is named"
"$MOTE" pack small -o E --format oci >/dev/null && "$MOTE" pack small -o E/ >/dev/null && is "$(sound E)$(ls E)" "blobs
index.json
oci-layout" "a slash behind the name"
mkdir empty && "$MOTE" pack small -o empty:x --format oci >/dev/null && is "$(umoci ls --layout empty)" x "into an empty folder"
for i in 1 2 3 4 5 6; do "$MOTE" pack small -o "N:at$i" >/dev/null & done
wait
is "$(umoci ls --layout N | wc -l)$(sound N)" 7 "six at once: none is lost"

# ---- which processor: what most of the programs are for
elf() { printf '\177ELF%b%b\001\000\000\000\000\000\000\000\000\000%b' "$1" "$2" "$3" >"small/deep/root/$4" && chmod 755 "small/deep/root/$4"; }
for a in arm64:'\002:\001:\002\000\267\000' s390x:'\002:\002:\000\003\000\026' riscv64:'\002:\001:\003\000\363\000' mipsle:'\001:\001:\002\000\010\000' ppc64:'\002:\002:\000\002\000\025'; do
	IFS=: read -r name class order what <<EOF
$(printf '%s' "$a")
EOF
	elf "$class" "$order" "$what" one && elf "$class" "$order" "$what" two && cp b/rootfs/bin/busybox small/deep/root/amd
	"$MOTE" pack small -o A >/dev/null --format oci
	is "$(jq -r .architecture "$(config A latest)")" "$name" "two programs for $name, one for this machine"
	rm -rf A
done
rm small/deep/root/*

# ---- what an image cannot hold, and what is no bundle
touch stamp
left() { find . -maxdepth 1 -newer stamp -name '*bad*' | tr '\n' ' '; }
no() { # NAME WORDS BUNDLE [OPTION...]
	no_name=$1 no_words=$2
	shift 2
	for no_format in oci oci-archive; do
		run_in 60 "$MOTE" pack --format $no_format -o bad "$@"
		is "$status" 1 "$no_name, $no_format: refused"
		has "$err" "$no_words" "$no_name, $no_format: $no_words"
		is "$(left)" "" "$no_name, $no_format: nothing is left"
	done
	was=$(bytes N)
	run_in 60 "$MOTE" pack -o N:bad "$@"
	is "$status:$(bytes N)" "1:$was" "$no_name: a layout that is there stays as it was"
}
again() { rm -rf v && cp -a small v; }
again && mkdir v/hooks && no "a folder beside" "config.json and the root file system and nothing else" v
again && echo x >v/deep/x && no "a file beside" "config.json and the root file system and nothing else" v
again && chmod 700 v/deep && no "a folder on the way that is not for everybody" "nothing else of a bundle" v
again && : >v/deep/root/.wh.x && no "a mark" "begins with .wh." v
again && mkdir v/deep/root/d v/deep/root/d/.wh..wh..opq && no "an opaque mark that is a folder" "begins with .wh." v
again && ln v/config.json v/deep/root/c && no "config.json in the root file system" "under another name" v
again && python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind("v/deep/root/s")' 2>/dev/null && no "a socket" "tar holds no sockets" v
again && echo '{' >v/config.json && no "no bundle" "config.json" v
again && rm -rf v/deep/root && no "no root file system" "no such file" v
no "a prefix" "an image has no --prefix" small --prefix x
if [ -n "$xattrs" ]; then
	again && setfattr -n user.k -v v v/config.json && no "attributes of config.json" "nothing else of a bundle" v
fi
for t in : :-x :x- :a/ :a//b ':a b' ':a---b' ":$(printf 'a\nb')"; do
	run_in 20 "$MOTE" pack small -o "bad$t" --format oci
	has "$status:$err" "is no name of an image" "the tag '${t#:}' is refused"
done
is "$(left)" "" "nothing is left"
mkdir full && echo x >full/x && run_in 20 "$MOTE" pack small -o full:x --format oci
has "$status:$err" "full is there already, and is no image layout" "a folder of something else" && is "$(ls full)" x "is not touched"
run_in 20 "$MOTE" pack small -o full/x --format oci
has "$status:$err" "is there already" "a file" && is "$(cat full/x)" x "is not touched"
run_in 20 "$MOTE" pack small -o - --format oci
has "$status:$err" "a layout is a folder" "a layout does not go to standard output"
for text in '{' '[]' '{"manifests":{}}' '{}' '{"manifests":[{"annotations":3}]}' '{"manifests":[],"manifests":[]}' \
	'{"manifests":' '{"manifests":[{"digest":"a"},' '{"manifests":[{"digest":"a","annotations":{"'; do
	rm -rf M && cp -a N M && printf %s "$text" >M/index.json && was=$(bytes M) && run_in 20 "$MOTE" pack b -o M:x
	is "$status:$(bytes M)" "1:$was" "an index.json that is $text: refused, and the layout stays as it was"
done
rm -rf M && cp -a N M && printf '{"schemaVersion":2,"manifests":null}' >M/index.json && run_in 20 "$MOTE" pack small -o M:x
is "$status:$(umoci ls --layout M)" "0:x" "a list that is null"
if command -v prlimit >/dev/null && [ -x /usr/bin/setpriv ] && mkdir open && chmod 755 open && cp -a small open/s && rm open/s/config.json && cp small/config.json open/s && chown 9:9 open/s/config.json && echo secret >open/s/deep/root/secret && chmod 600 open/s/deep/root/secret && chmod 777 open; then
	chmod 711 "$TESTDIR"
	cp "$MOTE" open/mote && run_in 20 setpriv --reuid 9 --regid 9 --clear-groups open/mote pack open/s -o open/bad --format oci
	has "$status:$err" "read ./deep/root/secret: permission denied" "a file that cannot be read"
	is "$(find open -name '*bad*')" "" "nothing is left"
fi

# ---- a full disk, a file that grows
mkdir disk && mount -t tmpfs -o size=300k tmpfs disk && at_exit 'umount "$TESTDIR/disk"'
for f in oci oci-archive; do
	run_in 60 "$MOTE" pack b -o disk/bad --format $f
	has "$status:$err" "no space left" "$f: a full disk" && is "$(ls disk)" "" "$f: nothing is left"
done
"$MOTE" pack small -o disk/l --format oci >/dev/null && was=$(bytes disk/l)
run_in 60 "$MOTE" pack b -o disk/l:more
is "$status:$(bytes disk/l)$(sound disk/l)" "1:$was" "a full disk under a layout that is there: it stays as it was"

# ---- killed: by a signal that comes in the middle of a write, and by the one that nobody can catch
gone() { [ -z "$(find . disk -maxdepth 1 -name '*dead*' -o -path ./N/mote.\*)" ]; }
died() { # NAME COMMAND...: a file may not be longer than 50 KB, and SIGXFSZ is not caught
	died_name=$1
	shift
	(ulimit -f 100 && exec "$@") >/dev/null 2>&1
	is "$?" 153 "$died_name: killed"
	check "$died_name: and nothing is left" wait_for 60 gone
}
was=$(bytes N)
for f in oci oci-archive tar cpio; do died "pack $f" "$MOTE" pack web -o dead --format $f; done
died "pack into a layout that is there" "$MOTE" pack b -o N:dead
is "$(bytes N)" "$was" "which stays as it was"
died "unpack of a layout" "$MOTE" unpack L:web dead
died "unpack of an archive" "$MOTE" unpack a.tar dead
"$MOTE" pack b -o b.tar >/dev/null && died "unpack of a tar" "$MOTE" unpack b.tar dead
if again && truncate -s 1T v/deep/root/endless 2>/dev/null; then
	for f in oci-archive tar squashfs; do
		[ $f != squashfs ] || { command -v mksquashfs >/dev/null && have IMAGE; } || continue
		background "$MOTE" pack v -o dead --format $f 2>/dev/null
		wait_for 60 test -n "$!" && wait_for 60 sh -c 'ls dead.*.new' && kill -KILL $! && check "pack $f, SIGKILL: nothing is left" wait_for 60 gone
	done
	rm v/deep/root/endless
fi

# ---- an image that lies about its bundle
if command -v python3 >/dev/null; then
	lie() { # PYTHON on p, the member org.mote.bundle, and c, the config
		rm -rf F && "$MOTE" pack small -o F --format oci >/dev/null && python3 - "$1" <<'PY'
import hashlib, json, sys
top = "F"
def put(data):
    h = hashlib.sha256(data).hexdigest()
    open(top + "/blobs/sha256/" + h, "wb").write(data)
    return {"digest": "sha256:" + h, "size": len(data)}
index = json.load(open(top + "/index.json"))
get = lambda d: json.load(open(top + "/blobs/sha256/" + d["digest"][7:]))
m = get(index["manifests"][0]); c = get(m["config"]); p = c["org.mote.bundle"]
exec(sys.argv[1])
m["config"].update(put(json.dumps(c).encode()))
index["manifests"][0].update(put(json.dumps(m).encode()))
json.dump(index, open(top + "/index.json", "w"))
PY
	}
	fib() { # NAME WORDS PYTHON
		lie "$3"
		run_in 60 "$MOTE" unpack --as-packed F bad
		is "$status:$(left)" "1:" "$1: refused, nothing is left"
		has "$err" "$2" "$1: $2"
	}
	mkdir outside.d
	fib "another config.json" "the image says that it holds the bundle" 'p["config"] = p["config"].replace("deep", "deeP")'
	fib "another digest" "the image says that it holds the bundle" 'p["digest"] = "sha256:" + 64 * "1"'
	fib "no digest" "holds no bundle" 'del p["digest"]'
	fib "no config.json" "cannot be read" 'del p["config"]'
	fib "a digest of another kind" "cannot be read" 'p["digest"] = "md5:1"'
	fib "a mode that is none" "cannot be read" 'p["mode"] = 4294967295'
	fib "a config.json that is none" "config.json in the image:1:" 'p["config"] = "{"'
	fib "a root that leads out" "root.path" 'p["config"] = json.dumps({"ociVersion": "1.0.0", "root": {"path": "../../outside.d"}})'
	fib "a root that is absolute" "root.path" "p['config'] = json.dumps({'ociVersion': '1.0.0', 'root': {'path': '$TESTDIR/outside.d'}})"
	fib "a root that is the bundle" "root.path" 'p["config"] = json.dumps({"ociVersion": "1.0.0", "root": {"path": "."}})'
	fib "config.json as a folder of the root" "config.json" 'p["config"] = json.dumps({"ociVersion": "1.0.0", "root": {"path": "config.json"}})'
	fib "something else where the bundle is" "another type" 'c["org.mote.bundle"] = 3'
	is "$(ls outside.d)" "" "nothing outside is touched"
	lie 'c["org.mote.bundle"] = None' && "$MOTE" unpack F null && pass "null is nothing" || fail "null is nothing"
fi
finish

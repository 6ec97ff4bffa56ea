#!/bin/sh
# pack.t - a bundle as one file and back; what other tools write and read; archives that mean no good
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root PACK cmd:bsdtar cmd:cpio

SNAPSHOT_CGROUPS=/no-cgroup # this is not about them, and other tests make some
b=$TESTDIR/b
mkrootfs "$b/rootfs"
jq '.root.path = "rootfs" | .process.args = ["/probe", "exit", "3"]' "$TESTS/bench/config.json" >"$b/config.json"
long=$(printf '%0200d' 7)
mkdir -p "$b/rootfs/odd/$long/$long" "$b/rootfs/odd/ro"
: >"$b/rootfs/odd/$long/$long/$long"
ln -s "$long/$long" "$b/rootfs/odd/far"
: >"$b/rootfs/odd/$(printf 'new\nline')"
: >"$b/rootfs/odd/$(printf '\377#[*?\\ ')"
echo x >"$b/rootfs/odd/x" && chmod 4711 "$b/rootfs/odd/x" && chown 7:8 "$b/rootfs/odd/x" && chmod 4711 "$b/rootfs/odd/x"
ln "$b/rootfs/odd/x" "$b/rootfs/odd/y" && ln "$b/rootfs/odd/x" "$b/rootfs/odd/ro/z"
mkfifo "$b/rootfs/odd/fifo"
mknod "$b/rootfs/odd/null" c 1 3 && mknod "$b/rootfs/odd/loop" b 7 0
chmod 555 "$b/rootfs/odd/ro"
d=$("$MOTE" digest "$b")
cd "$TESTDIR" || exit

# ---- there and back
for f in cpio tar; do
	run_in 20 "$MOTE" pack b -o "one.$f"
	is "$status:$out:$err" "0:$d:" "pack $f prints the digest"
	touch -d 2001-01-01 b/config.json
	"$MOTE" pack b --format "$f" -o - >"two.$f"
	check "$f: the same bytes again, at another time and to standard output" cmp "one.$f" "two.$f"
	run_in 20 "$MOTE" unpack "one.$f" "back.$f"
	is "$status:$err" "0:" "unpack $f"
	is "$("$MOTE" digest "back.$f")" "$d" "$f: the bundle is the same"
	is "$(stat -c %h "back.$f/rootfs/odd/y")" 3 "$f: three names of one file"
	is "$("$MOTE" verify "back.$f")" "" "$f: it has its manifest with it"
	run_in 20 "$MOTE" --root "$STATE" run -b "back.$f" "r$f"
	is "$status" 3 "$f: and it runs"
	run_in 20 "$MOTE" unpack --verify "$d" - "pipe.$f" # from a pipe: standard input is empty here
	is "$status" 1 "$f: nothing comes from nothing"
	"$MOTE" unpack --verify "$d" - "pipe.$f" <"one.$f" && pass "$f: from standard input, with --verify" || fail "$f: from standard input"
	run_in 20 "$MOTE" unpack --verify "sha256:$(printf '%064d' 1)" "one.$f" "wrong.$f"
	is "$status" 1 "$f: --verify of another digest fails"
	[ ! -e "wrong.$f" ] && pass "$f: and leaves nothing" || fail "$f: and leaves nothing"
done
cp -l b/rootfs/bin/busybox outer # a name outside is not the bundle's
"$MOTE" pack b -o two.cpio >/dev/null
check "names outside of the bundle change nothing" cmp one.cpio two.cpio
SOURCE_DATE_EPOCH=86400 "$MOTE" pack b -o day.tar >/dev/null
is "$(tar --utc --full-time -tvf day.tar | awk '{ print $4, $5 }' | sort -u)" "1970-01-02 00:00:00" "SOURCE_DATE_EPOCH is every file's time"
"$MOTE" pack b --prefix /containers/web -o pre.cpio >/dev/null
mkdir pre && (cd pre && cpio -idu --quiet <../pre.cpio)
is "$("$MOTE" digest pre/containers/web)" "$d" "--prefix: an initramfs has it where it belongs"

# ---- what others read and write
mkdir gnu bsd bsdcpio gnucpio
tar -xf one.tar -C gnu && is "$("$MOTE" verify gnu)" "" "GNU tar reads our tar"
bsdtar -xpf one.tar -C bsd && is "$("$MOTE" verify bsd)" "" "bsdtar reads our tar"
bsdtar -xpf one.cpio -C bsdcpio && is "$("$MOTE" verify bsdcpio)" "" "bsdtar reads our cpio"
(cd gnucpio && cpio -idu --quiet <../one.cpio) && is "$("$MOTE" verify gnucpio)" "" "GNU cpio reads our cpio"
other() {
	rm -rf o
	run_in 20 "$MOTE" unpack "$2" o
	is "$status:$err:$("$MOTE" digest o 2>&1)" "0::$d" "$1"
}
for f in gnu pax; do # ustar has no room for the long names
	tar -C b -H $f -cf x.tar . && other "GNU tar, format $f" x.tar
done
bsdtar -C b -cf x.tar . && other "bsdtar, restricted pax" x.tar
bsdtar -C b --format newc -cf x.cpio . && other "bsdtar, cpio newc" x.cpio
(cd b && find . -print0 | cpio -0 -o -H newc --quiet) >x.cpio && other "GNU cpio" x.cpio
cp -a b b7 && rm -rf b7/rootfs/odd && d7=$("$MOTE" digest b7)
tar -C b7 -H ustar -cf x.tar . && d0=$d && d=$d7 && other "GNU tar, ustar" x.tar
rm -rf b7/rootfs/dev/* && tar -C b7 -H v7 -cf x.tar . && other "GNU tar, the form of 1979" x.tar
d=$d0
if command -v setfattr >/dev/null && cp -a b bx && setfattr -n user.k -v "$(printf 'a\nb=\001c')" bx/rootfs/odd/ro 2>/dev/null; then
	setcap cap_net_raw+ep bx/rootfs/bin/busybox
	d=$("$MOTE" digest bx)
	"$MOTE" pack bx -o x.tar >/dev/null && other "extended attributes, there and back" x.tar
	bsdtar -C bx --xattrs -cf x.tar . && other "and as bsdtar writes them" x.tar
	tar -C bx --xattrs --xattrs-include='*' -cf x.tar . && other "and as GNU tar writes them" x.tar
	run_in 20 "$MOTE" pack bx -o bx.cpio
	is "$status" 1 "cpio cannot hold them"
	has "$err" "cpio holds no extended attributes" "and pack says so"
	[ ! -e bx.cpio ] && pass "nothing is left of it" || fail "nothing is left of it"
	d=$d0
else
	skip "extended attributes" "none here"
fi

# ---- cut and changed archives
left() { find . -maxdepth 1 -newer stamp -name '*bad*' | tr '\n' ' '; }
touch stamp
mkdir s && cp b/config.json s && mkdir -p s/rootfs/d && echo hello >s/rootfs/d/f && ln s/rootfs/d/f s/rootfs/d/g && ln -s f s/rootfs/l
jq -c '{ociVersion, root: {path: "rootfs"}}' b/config.json >s/config.json
for f in cpio tar; do
	"$MOTE" pack s -o "s.$f" >/dev/null
	cut=0 taken=0 end=$(od -An -v -tx1 -w512 "s.$f" | awk '/[1-9a-f]/ { n = NR } END { print n * 512 + 1 }')
	step=512
	[ $f = tar ] || { step=64 && end=$(grep -abo 'TRAILER!!!' s.cpio | cut -d: -f1); }
	while [ $cut -lt "$end" ]; do
		head -c $cut "s.$f" >cut.bin
		"$MOTE" unpack cut.bin bad >/dev/null 2>err && taken=$((taken + 1)) && rm -rf bad
		[ -s err ] || [ -e bad ] || fail "$f cut at $cut says why"
		cut=$((cut + step))
	done
	# What lacks the end mark is cut; what lacks some of the zeroes behind it is not.
	is "$taken" 0 "$f cut every $step bytes: refused each time"
	is "$(left)" "" "$f: and nothing is left"
done
# Every byte of the headers changed, one at a time: refused, or the same bundle (times and comments are nobody's).
n=0 odd=''
while [ $n -lt 512 ]; do
	{ head -c $n s.tar && printf '\377' && tail -c +$((n + 2)) s.tar; } >x.bin
	if "$MOTE" unpack x.bin bad >/dev/null 2>&1; then
		odd="$odd $n"
		rm -rf bad
	fi
	n=$((n + 7))
done
is "$odd" "" "a byte of the first header changed: refused"
echo hellO >s/rootfs/d/f && tar -C s --exclude=bundle.mtree -cf x.tar . && "$MOTE" unpack x.tar fine && rm -rf fine
cp s.tar x.tar && tar -C s -rf x.tar ./rootfs/d/f 2>/dev/null
run_in 20 "$MOTE" unpack x.tar bad
is "$status" 1 "a changed file behind its manifest"
printf 'hello' >find.txt
off=$(grep -abo 'hello' s.tar | tail -n 1 | cut -d: -f1)
{ head -c "$off" s.tar && printf 'hellO' && tail -c +$((off + 6)) s.tar; } >x.tar
run_in 20 "$MOTE" unpack x.tar bad
has "$err" "changed ./rootfs/d/f: sha256digest is" "content that is not what the manifest says is refused by name"
is "$(left)" "" "and leaves nothing"

# ---- archives that mean no good
outside=$TESTDIR/outside
mkdir outside
evil() {
	rm -rf bad
	before outside
	run_in 20 "$MOTE" unpack "$2" bad
	is "$status" 1 "$1: refused"
	has "$err" "$3" "$1: $3"
	clean "$1: nothing outside is touched" outside
	is "$(left)$(ls outside)" "" "$1: nothing is left"
}
echo evil >payload
base() { tar -C s -cf x.tar config.json rootfs; }
base && tar -P --transform 's,^,../,' -rf x.tar payload && evil "dotdot" x.tar "leads out"
base && tar -P --transform "s,^,$outside/," -rf x.tar payload && evil "an absolute name" x.tar "leads out"
base && tar -P --transform 's,^,rootfs/../../outside/,' -rf x.tar payload && evil "dotdot further in" x.tar "leads out"
base && ln -sfn "$outside" way && tar -rf x.tar way && tar --transform 's,^,way/,' -rf x.tar payload && evil "through a link of its own" x.tar "a symbolic link of the archive"
base && ln -sfn ../outside way && tar -rf x.tar way && tar --transform 's,^,way/,' -rf x.tar payload && evil "through a relative link" x.tar "a symbolic link of the archive"
base && ln -sfn "$outside/new" way && tar -rf x.tar way && tar --transform 's,payload,way,' -rf x.tar payload && evil "a file over its own link" x.tar "twice"
base && ln payload payload2 && tar -P --transform "s,^payload\$,$outside/../payload,h" -cf y.tar payload payload2 && tar -Af x.tar y.tar && evil "a hard link to the host's file" x.tar "leads out"
mkfifo ff && echo x >g1 && ln g1 g2 && tar -cf y.tar g1 g2 && tar --delete -f y.tar g1 && base && tar -Af x.tar y.tar && evil "a hard link to nothing" x.tar "no such file"
base && tar -rf x.tar -C s config.json && evil "the same name twice" x.tar "twice"
truncate -s 1G sparse && tar -S -cf y.tar sparse && base && tar -Af x.tar y.tar && evil "a sparse file" x.tar "sparse"
# Numbers that the kernel would take for others, and what is nobody's attribute.
odd() { # FILE FIELDS: a tar with one more member: python's words for it
	python3 - "$1" "$2" s/config.json <<'PY'
import io, sys, tarfile
out, fields, config = sys.argv[1], sys.argv[2], open(sys.argv[3], "rb").read()
t = tarfile.open(out, "w", format=tarfile.GNU_FORMAT if "uid" in fields else tarfile.PAX_FORMAT)
i = tarfile.TarInfo("config.json"); i.size = len(config); t.addfile(i, io.BytesIO(config))
i = tarfile.TarInfo("rootfs"); i.type = tarfile.DIRTYPE; i.mode = 0o755; t.addfile(i)
i = tarfile.TarInfo("rootfs/odd"); exec(fields); t.addfile(i)
t.close()
PY
}
if command -v python3 >/dev/null; then
	odd x.tar 'i.uid = 0xffffffff' && evil "the owner -1" x.tar "an owner that nobody can be"
	odd x.tar 'i.gid = 0x100000005; i.uid = 0o10000000' && evil "an owner of more than 32 bits" x.tar "an owner that nobody can be"
	odd x.tar 'i.pax_headers = {"gid": "4294967295"}' && evil "the group -1" x.tar "an owner that nobody can be"
	odd x.tar 'i.type = tarfile.CHRTYPE; i.devmajor = 4097; i.devminor = 3' && evil "a device above 4095" x.tar "a device that Linux has no number for"
	odd x.tar 'i.name = "."; i.mode = 0o4755' && evil "a file without a name" x.tar "a file without a name"
	odd x.tar 'i.pax_headers = {"SCHILY.xattr.security.selinux": "label", "SCHILY.xattr.trusted.k": "v", "SCHILY.xattr.user.k": "v"}'
	if "$MOTE" unpack x.tar labels && command -v getfattr >/dev/null; then
		is "$(getfattr -d -m - labels/rootfs/odd | grep -c '^[^#]'):$(getfattr --only-values -n user.k labels/rootfs/odd)" "1:v" "labels are the machine's: unpack sets what a digest covers"
	fi
	rm -rf labels
fi
(cd s && echo rootfs/d/f | cpio -o -H newc --quiet) | sed 's,rootfs/d/f,../../d//f,' >x.cpio && evil "cpio: dotdot" x.cpio "leads out"
head -c 100000 /dev/urandom >x.bin && evil "noise" x.bin "no archive"
mkdir deep && (cd deep && for _ in $(seq 300); do mkdir d && cd d || exit; done; : >f) && base && tar -rf x.tar deep && evil "300 folders deep" x.tar "256 folders"
rm -rf deep
# Paths of 4,095 bytes are the longest that a kernel takes.
far() { # FILE LENGTH: a tar that holds a path of that length
	python3 - "$1" "$2" s/config.json <<'PY'
import io, sys, tarfile
out, n, config = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "rb").read()
t = tarfile.open(out, "w", format=tarfile.PAX_FORMAT)
i = tarfile.TarInfo("config.json"); i.size = len(config); t.addfile(i, io.BytesIO(config))
t.addfile(tarfile.TarInfo(("rootfs/" + ("a" * 200 + "/") * 30)[:n - 1] + "x"))
t.close()
PY
}
if command -v python3 >/dev/null; then
	far x.tar 4096 && evil "a path of 4,096 bytes" x.tar "is longer than 4095 bytes"
	far x.tar 5000 && evil "a path of 5,000 bytes" x.tar "aaa... is longer than 4095 bytes"
	far x.tar 4095 && "$MOTE" unpack -q x.tar far && for f in tar cpio; do
		"$MOTE" pack -q far -o far.$f >/dev/null && "$MOTE" unpack -q far.$f far.d
		is "$("$MOTE" digest far.d)" "$("$MOTE" digest far)" "$f: a path of 4,095 bytes, there and back"
		rm -rf far.d
		run_in 20 "$MOTE" pack --prefix containers/web far -o bad.$f
		has "$status:$err" "a path is longer than 4095 bytes" "$f: pack refuses what would be longer"
		is "$(left)" "" "$f: nothing is left"
	done
fi
base && printf 'x' >"$(printf 'e\033[31m\nx')" && tar -P --transform 's,^e,../e,' -rf x.tar e?* && evil "a name with escapes that leads out" x.tar 'the name ../e\033\13331m\012x leads out'
truncate -s 4G s/rootfs/huge && run_in 60 "$MOTE" pack s -o bad.cpio
has "$status:$err" "cpio holds no file of 4 GiB" "a file of 4 GiB does not go into cpio"
is "$(left)" "" "nothing is left"
rm s/rootfs/huge
tar -C s -cf x.tar rootfs && evil "no config.json" x.tar "config.json"
run_in 20 "$MOTE" unpack --limit 4 s.tar bad
is "$status:$(left)" "1:" "--limit"
has "$err" "more than --limit" "says so"
run_in 20 "$MOTE" unpack --max-files 3 s.tar bad
is "$status:$(left)" "1:" "--max-files"
mkdir small && mount -t tmpfs -o size=64k tmpfs small && at_exit 'umount "$TESTDIR/small"'
run_in 20 "$MOTE" unpack one.tar small/bad
is "$status:$(ls small)" "1:" "a full disk: nothing is left"
has "$err" "no space left" "and it says so"
run_in 20 "$MOTE" pack b -o small/bad.tar
is "$status:$(ls small)" "1:" "pack onto a full disk: nothing is left"
is "${err%%rootfs*}:${err##*: }" "pack b: write ./:no space left on device" "and it says what could not be written"
mkdir bad
run_in 20 "$MOTE" unpack one.tar bad
has "$err" "there already" "what is there is not touched"
finish

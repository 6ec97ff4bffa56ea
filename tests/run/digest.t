#!/bin/sh
# SPDX-License-Identifier: MIT
# digest.t - a bundle's digest: the same for the same bundle, another for every difference; verify and create --verify
# shellcheck disable=SC2154,SC2016,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root DIGEST
SNAPSHOT_CGROUPS=/no-cgroup # this is not about them, and other tests make some

b=$TESTDIR/b
mkrootfs "$b/rootfs"
jq '.root.path = "rootfs" | .process.args = ["/probe", "exit", "3"]' "$TESTS/bench/config.json" >"$b/config.json"
mkdir "$b/rootfs/bin.d" "$b/rootfs/odd"
echo x >"$b/rootfs/bin.d/x"
: >"$b/rootfs/odd/a b"
: >"$b/rootfs/odd/$(printf 'new\nline')"
: >"$b/rootfs/odd/$(printf '\377#[*?\\')"
ln "$b/rootfs/bin.d/x" "$b/rootfs/bin.d/y"
mkfifo "$b/rootfs/odd/fifo"
ln -s '/a b' "$b/rootfs/odd/link"
: >"$b/rootfs/bin.d/set" && chown 5:6 "$b/rootfs/bin.d/set" && chmod 6711 "$b/rootfs/bin.d/set"
mkdir "$b/rootfs/bin.d/none" "$b/rootfs/bin.d/few" "$b/rootfs/bin.d/sticky" && chmod 0 "$b/rootfs/bin.d/none" && chmod 50 "$b/rootfs/bin.d/few" && chmod 1777 "$b/rootfs/bin.d/sticky"
mknod "$b/rootfs/odd/null" c 1 3 && mknod "$b/rootfs/odd/loop" b 7 0 && mknod "$b/rootfs/odd/far" c 4095 1048575

digest() { "$MOTE" digest "$@" 2>&1; }
d=$(digest "$b")
case $d in
sha256:????????????????????????????????????????????????????????????????) pass "a digest: $d" ;;
*) fail "a digest" "$d" ;;
esac
is "sha256:$("$MOTE" digest --manifest "$b" | sha256sum | cut -d' ' -f1)" "$d" "it is the SHA-256 of the manifest"

# ---- the same wherever it lies
cp -a "$b" "$TESTDIR/copy"
is "$(digest "$TESTDIR/copy")" "$d" "a copy has the same"
mkdir "$TESTDIR/tmpfs"
mount -t tmpfs tmpfs "$TESTDIR/tmpfs" && at_exit 'umount "$TESTDIR/tmpfs"'
(cd "$b" && find . -print0 | sort -rz | tar --no-recursion --null -T - -cf - --xattrs) | tar -xf - -C "$TESTDIR/tmpfs" --xattrs
is "$(digest "$TESTDIR/tmpfs")" "$d" "another file system, made in another order"
# Of an overlay with layers on different file systems each file has a device number of its own.
mkdir "$TESTDIR/over" "$TESTDIR/tmpfs/u" "$TESTDIR/tmpfs/w"
if mount -t overlay -o "lowerdir=$TESTDIR/copy,upperdir=$TESTDIR/tmpfs/u,workdir=$TESTDIR/tmpfs/w,xino=off" overlay "$TESTDIR/over" 2>/dev/null; then
	at_exit 'umount "$TESTDIR/over" 2>/dev/null'
	touch "$TESTDIR/over/config.json" # which copies it up
	check "an overlay whose files have other device numbers than its folders" \
		test "$(stat -c %d "$TESTDIR/over/rootfs/probe")" != "$(stat -c %d "$TESTDIR/over")"
	is "$(digest "$TESTDIR/over")" "$d" "an overlay, some of it written"
	umount "$TESTDIR/over"
else
	skip "an overlay" "cannot mount one of two file systems here"
fi
rm -rf "$TESTDIR/tmpfs/u" "$TESTDIR/tmpfs/w"
is "$(cd "$b" && umask 077 && LC_ALL=C.UTF-8 TZ=Asia/Tokyo "$MOTE" digest)" "$d" "another locale, umask and time zone, from inside"
touch -d 2001-01-01 "$TESTDIR/copy/rootfs/bin.d/x"
is "$(digest "$TESTDIR/copy")" "$d" "times of change are not part of it"
echo '{}' >"$TESTDIR/copy/runtime.json"
is "$(digest "$TESTDIR/copy")" "$d" "nor is runtime.json"
is "$(digest --write "$TESTDIR/copy")" "$d" "nor the manifest itself"
mkdir "$TESTDIR/copy/rootfs/.again" && rmdir "$TESTDIR/copy/rootfs/.again"
chmod 700 "$TESTDIR/copy"
is "$(digest "$TESTDIR/copy")" "$d" "nor the mode of the bundle's own folder"
chmod 755 "$TESTDIR/copy"
[ "$(digest --mtime "$b")" != "$(digest --mtime "$TESTDIR/copy")" ] && pass "--mtime makes them part of it" || fail "--mtime makes them part of it"

# ---- every difference shows, by name
"$MOTE" digest --write "$b" >"$TESTDIR/d"
is "$(cat "$TESTDIR/d")" "$d" "--write prints the digest"
run_in 20 "$MOTE" verify "$b"
is "$status:$out:$err" "0::" "verify: nothing to say"

# differ NAME EXPECTED COMMAND: in a fresh copy
differ() {
	rm -rf "$TESTDIR/c"
	cp -a "$b" "$TESTDIR/c"
	(cd "$TESTDIR/c" && eval "$3")
	run_in 20 "$MOTE" verify "$TESTDIR/c"
	is "$status $out" "3 $2" "verify: $1"
	[ "$(digest "$TESTDIR/c")" != "$d" ] && pass "another digest: $1" || fail "another digest: $1"
	run_in 20 "$MOTE" verify -q "$TESTDIR/c" "$d"
	is "$status $out" "3 " "verify -q by the digest: $1"
}
x=./rootfs/bin.d/x
sum=$(sha256sum <"$b/rootfs/bin.d/x" | cut -d' ' -f1)
new=$(printf 'z\n' | sha256sum | cut -d' ' -f1)
differ "content" "changed $x: sha256digest is $new, was $sum
changed ./rootfs/bin.d/y: sha256digest is $new, was $sum" 'echo z >rootfs/bin.d/x'
differ "a mode" "changed $x: mode is 0600, was 0644
changed ./rootfs/bin.d/y: mode is 0600, was 0644" 'chmod 600 rootfs/bin.d/x'
differ "an owner" "changed ./rootfs/odd: uid is 7, was 0; gid is 8, was 0" 'chown 7:8 rootfs/odd'
differ "the setuid bit" "changed ./rootfs/bin/busybox: mode is 04755, was 0755" 'chmod u+s rootfs/bin/busybox'
differ "one more" "added ./rootfs/odd/a" ': >rootfs/odd/a'
differ "one less" "missing ./rootfs/odd/fifo" 'rm rootfs/odd/fifo'
differ "names with newlines" "missing ./rootfs/odd/new\\012line" 'rm rootfs/odd/new*'
differ "bytes over 127" "added ./rootfs/odd/\\377\\303" ': >"rootfs/odd/$(printf "\377\303")"'
differ "a link's target" "changed ./rootfs/odd/link: link is /a\\040c, was /a\\040b" 'ln -sfn "/a c" rootfs/odd/link'
differ "a device's number" "changed ./rootfs/odd/null: device is linux,1,5, was linux,1,3" 'rm rootfs/odd/null; mknod rootfs/odd/null c 1 5'
differ "a device's kind" "changed ./rootfs/odd/null: type is block, was char" 'rm rootfs/odd/null; mknod rootfs/odd/null b 1 3'
differ "a hard link that is a copy" "changed ./rootfs/bin.d/y: link is not there, was ./rootfs/bin.d/x" \
	'rm rootfs/bin.d/y; cp -p rootfs/bin.d/x rootfs/bin.d/y'
differ "config.json" "$(printf 'changed ./config.json: size is %s, was %s; sha256digest is %s, was %s' "$(($(wc -c <"$b/config.json") + 1))" \
	"$(wc -c <"$b/config.json")" "$( (cat "$b/config.json" && echo) | sha256sum | cut -d' ' -f1)" "$(sha256sum <"$b/config.json" | cut -d' ' -f1)")" \
	'echo >>config.json'
if command -v setfattr >/dev/null && setfattr -n user.a -v b "$TESTDIR/copy/rootfs/bin.d/x" 2>/dev/null; then
	differ "an extended attribute" "changed ./rootfs/odd/a\\040b: xattr.user.k is 76, was not there" 'setfattr -n user.k -v v "rootfs/odd/a b"'
else
	skip "verify: an extended attribute" "no setfattr, or no such attributes here"
fi
if command -v setcap >/dev/null; then
	differ "a file's capabilities" "changed ./rootfs/bin/busybox: xattr.security.capability is 0100000200200000000000000000000000000000, was not there" \
		'setcap cap_net_raw+ep rootfs/bin/busybox'
else
	skip "verify: a file's capabilities" "no setcap"
fi

# ---- only files are left out, and what is read first has to be one
mkdir -p "$TESTDIR/h/runtime.json" && jq '.root.path = "runtime.json"' "$b/config.json" >"$TESTDIR/h/config.json"
was=$(digest "$TESTDIR/h")
echo x >"$TESTDIR/h/runtime.json/x"
[ "$(digest "$TESTDIR/h")" != "$was" ] && pass "a folder runtime.json, which may be the root, is covered" || fail "a folder runtime.json, which may be the root, is covered" "$was"
rm -rf "$TESTDIR/h" && cp -a "$b" "$TESTDIR/h"
for name in config.json bundle.mtree bundle.mtree.sig bundle.mtree.minisig; do
	mkdir "$TESTDIR/aside" && mv "$TESTDIR/h/$name" "$TESTDIR/aside/" 2>/dev/null
	for kind in "mkfifo" "mkdir" "ln -s /proc/kmsg"; do
		$kind "$TESTDIR/h/$name"
		for verb in digest verify "run --verify"; do
			case $verb in run*) set -- run --verify "$d" -b "$TESTDIR/h" odd ;; *) set -- "$verb" "$TESTDIR/h" ;; esac
			run_in 5 "$MOTE" --root "$STATE" "$@"
			has "$status:$err" "$name is no plain file" "$verb, $name by ${kind%% *}: refused"
		done
		rm -r "$TESTDIR/h/$name"
	done
	mv "$TESTDIR/aside"/* "$TESTDIR/h/" 2>/dev/null
	rmdir "$TESTDIR/aside"
done
rm -rf "$TESTDIR/h"

# ---- other readers of mtree(5)
"$MOTE" digest --manifest "$b" >"$TESTDIR/m"
if command -v mtree >/dev/null; then
	mv "$b/bundle.mtree" "$TESTDIR/aside"
	run_in 20 mtree -p "$b" -f "$TESTDIR/m"
	is "$status:$out" "0:" "netbsd-mtree finds the bundle as the manifest says"
	chmod 700 "$b/rootfs/odd"
	run_in 20 mtree -p "$b" -f "$TESTDIR/m"
	has "$out" "0755" "and sees a change"
	chmod 755 "$b/rootfs/odd" && echo z >"$b/rootfs/bin.d/x"
	run_in 20 mtree -p "$b" -f "$TESTDIR/m"
	has "$out" "$sum" "and one of content"
	echo x >"$b/rootfs/bin.d/x"
	mv "$TESTDIR/aside" "$b/bundle.mtree"
else
	skip "netbsd-mtree reads it" "no mtree"
fi
if command -v bsdtar >/dev/null; then
	run_in 20 bsdtar -tf "$TESTDIR/m"
	is "$status:$err" "0:" "bsdtar reads it"
	printf '%s\n' "$out" >"$TESTDIR/names"
	is "$(wc -l <"$TESTDIR/names")" "$(grep -c '^\.' "$TESTDIR/m")" "bsdtar reads every entry"
else
	skip "bsdtar reads it" "no bsdtar"
fi
# Debian has go-mtree as a library: a few lines of Go around it (tests/run/gomtree.go).
if command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/vbatts/go-mtree ] &&
	GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$TESTDIR/gocache" go build -o "$TESTDIR/gomtree" "$TESTS/run/gomtree.go"; then
	mv "$b/bundle.mtree" "$TESTDIR/aside"
	gomtree() { run_in 60 "$TESTDIR/gomtree" "$TESTDIR/m" "$@"; }
	gomtree "$b"
	has "$status:$err" "Unknown keyword \"device\"" "go-mtree knows no devices"
	gomtree "$b" device
	is "$status:$out:$err" "0::" "go-mtree finds the bundle as the manifest says"
	chmod u-s "$b/rootfs/bin.d/set" && echo y >"$b/rootfs/odd/a b" && echo z >"$b/rootfs/bin.d/x" && ln -sfn /c "$b/rootfs/odd/link" && rmdir "$b/rootfs/bin.d/few" && : >"$b/rootfs/bin.d/more"
	gomtree "$b" device
	for change in 'rootfs/bin.d/set mode' 'rootfs/bin.d/x sha256digest' 'rootfs/odd/a b size' 'rootfs/odd/link link' \
		'missing rootfs/bin.d/few' 'extra rootfs/bin.d/more'; do
		check "and sees a change: $change" grep -qxF "$change" <<-END
			$out
		END
	done
	chmod u+s "$b/rootfs/bin.d/set" && : >"$b/rootfs/odd/a b" && echo x >"$b/rootfs/bin.d/x" && ln -sfn '/a b' "$b/rootfs/odd/link" && mkdir -m 50 "$b/rootfs/bin.d/few" && rm "$b/rootfs/bin.d/more"
	mv "$TESTDIR/aside" "$b/bundle.mtree"
	run_in 20 "$MOTE" verify "$b"
	is "$status:$out:$err" "0::" "the bundle is as it was"
else
	skip "go-mtree reads it" "no go, or no golang-github-vbatts-go-mtree-dev"
fi
if command -v fsverity >/dev/null; then
	is "$("$MOTE" digest --manifest --fs-verity "$b" | grep -A1 '^./rootfs/bin/busybox ' | sed -n 's/#+ fsverity=//p')" \
		"$(fsverity digest "$b/rootfs/bin/busybox" | cut -d' ' -f1)" "the fs-verity digest is what fsverity says"
else
	skip "the fs-verity digest" "no fsverity"
fi

# ---- fs-verity: what the kernel vouches for is not read. Few file systems have it (tests/vm/verity has one): strace answers for the kernel.
v=$TESTDIR/v
mkdir -p "$v/rootfs" && jq -c '{ociVersion, root: {path: "rootfs"}}' "$b/config.json" >"$v/config.json" && seq 60000 >"$v/rootfs/big" && echo >"$v/rootfs/other"
dv=$("$MOTE" digest --fs-verity --write "$v")
h=$(grep -A1 'rootfs/big ' "$v/bundle.mtree" | sed -n 's/#+ fsverity=sha256://p')
# vouch HEX ARGUMENT...: the kernel says that this is the file's digest; $reads: how often it was read
vouch() {
	vouch_hex=$1
	shift
	run_in 20 strace -qq -o "$TESTDIR/trace" -P "$v/rootfs/big" -e trace=ioctl,read \
		-e "inject=ioctl:retval=0:poke_exit=@arg3=01002000$vouch_hex" "$MOTE" "$@"
	reads=$(grep -c "^read(" "$TESTDIR/trace" || :)
}
if command -v strace >/dev/null && vouch "$h" --version && [ "$status" = 0 ]; then
	vouch "$h" verify "$v"
	is "$status:$out$err:$reads" "0::0" "verify does not read a file whose fs-verity digest is the manifest's"
	vouch "$h" verify "$v" "$dv"
	is "$status:$out$err:$reads" "0::0" "nor with the digest of the manifest in the bundle"
	cp "$v/bundle.mtree" "$TESTDIR/m3"
	vouch "$h" verify "$v" "$TESTDIR/m3"
	is "$status:$out$err:$reads" "0::0" "nor with a manifest elsewhere"
	run_in 20 strace -qq -o "$TESTDIR/trace" -P "$v/rootfs/big" -e trace=read "$MOTE" verify "$v"
	is "$status:$(grep -c '^read(' "$TESTDIR/trace")" "0:4" "without the kernel's word it is read"
	vouch "$h" digest --fs-verity "$v"
	is "$status:$out:$reads" "0:$dv:4" "digest reads it all the same"
	vouch "$(printf %064d 7)" verify "$v"
	is "$status:$out:$reads" "3:changed ./rootfs/big: fsverity is sha256:$(printf %064d 7), was sha256:$h:4" "another digest: it is read, and differs"
	sed '/rootfs.big/s/size=3/size=4/' "$v/bundle.mtree" >"$TESTDIR/m3"
	vouch "$h" verify "$v" "$TESTDIR/m3"
	is "$status:${out%%,*}:$reads" "3:changed ./rootfs/big: size is $(wc -c <"$v/rootfs/big"):4" "another size: the same"
	chmod 600 "$v/rootfs/big"
	vouch "$h" verify "$v"
	is "$status:$out:$reads" "3:changed ./rootfs/big: mode is 0600, was 0644:0" "another mode is seen without reading"
	chmod 644 "$v/rootfs/big" && echo x >"$v/rootfs/added"
	vouch "$h" verify "$v"
	is "$status:$out" "3:added ./rootfs/added" "and so is another file"
else
	skip "fs-verity" "needs strace"
fi

# ---- a full disk
mkdir "$TESTDIR/full" && mount -t tmpfs -o size=600k tmpfs "$TESTDIR/full" && mkdir "$TESTDIR/full/rootfs" && cp "$b/config.json" "$TESTDIR/full/"
(cd "$TESTDIR/full/rootfs" && seq -f 'a-name-of-twenty-%04g' 1 100 | xargs touch)
dd if=/dev/zero of="$TESTDIR/full/fill" bs=4k 2>/dev/null
run_in 20 "$MOTE" digest --write "$TESTDIR/full"
has "$status:$err" "write bundle.mtree: no space left" "digest --write on a full disk says so"
is "$(ls -A "$TESTDIR/full" | tr '\n' ' ')" "config.json fill rootfs " "and leaves nothing"
umount "$TESTDIR/full"

# ---- memory: that of the names, however many files there are
many() { # DIR FOLDERS: of a thousand files each
	mkdir -p "$1/rootfs/0" && cp "$b/config.json" "$1/" && (cd "$1/rootfs/0" && seq -f 'a-name-of-twenty-%04g' 1 1000 | xargs touch)
	many_n=1
	while [ $many_n -lt "$2" ]; do
		cp -r "$1/rootfs/0" "$1/rootfs/$many_n" && many_n=$((many_n + 1))
	done
}
many "$TESTDIR/few" 3 && many "$TESTDIR/lots" 30
within() { run_in 60 prlimit --as=$(($1 * 1024)) "$MOTE" digest -q "$2" && [ "$status" = 0 ]; }
room=600
until within $room "$TESTDIR/few" || [ $room -gt 8000 ]; do room=$((room + 100)); done
note "3,000 files: $room KB of addresses"
check "27,000 files more, with names of 21 bytes, need less than 64 bytes each" within $((room + 1688)) "$TESTDIR/lots"
rm -rf "$TESTDIR/few" "$TESTDIR/lots"

# ---- on a terminal a line tells how far it is, when it takes longer than a second
slow() { # OPTION...: with two seconds' wait in the second reading of a folder
	script -qec "strace -qq -o /dev/null -e trace=getdents64 -e inject=getdents64:delay_enter=2100000:when=2 $MOTE digest $* $b" "$TESTDIR/typed" </dev/null >/dev/null 2>&1
	tr -d '\r' <"$TESTDIR/typed"
}
if command -v strace >/dev/null && command -v script >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
	text=$(slow)
	has "$text" " files, " "a progress line on a terminal"
	has "$text" "$d" "and the digest behind it"
	hasnt "$(slow -q)" " files, " "none with --quiet"
	for again in 1 2 3; do # in less than a second there is none, whatever the clock's seconds do
		began=$(date +%s%N)
		text=$(script -qec "strace -qq -o /dev/null -e trace=getdents64 -e inject=getdents64:delay_enter=600000:when=2 $MOTE digest $b" "$TESTDIR/typed" </dev/null 2>&1)
		[ $((($(date +%s%N) - began) / 1000000)) -lt 1000 ] || continue
		hasnt "$text" " files, " "none when it takes less than a second"
	done
	run_in 20 strace -qq -o /dev/null -e trace=getdents64 -e inject=getdents64:delay_enter=2100000:when=2 "$MOTE" digest "$b"
	is "$status:$out:$err" "0:$d:" "none where there is no terminal"
else
	skip "a progress line" "needs strace and script"
fi

# ---- create and run
run_in 20 "$MOTE" --root "$STATE" run --verify "$d" -b "$b" one
is "$status" 3 "run --verify DIGEST runs what has that digest"
run_in 20 "$MOTE" --root "$STATE" run --verify "$b/bundle.mtree" -b "$b" one
is "$status" 3 "run --verify MANIFEST"
run_in 20 "$MOTE" --root "$STATE" create --verify "$d" -b "$b" two
is "$status:$err" "0:" "create --verify"
is "$("$MOTE" --root "$STATE" state two | jq -r .digest)" "$d" "state shows the digest"
run_in 20 "$MOTE" --root "$STATE" delete --force two
before
echo >>"$b/rootfs/etc/passwd"
run_in 20 "$MOTE" --root "$STATE" create --verify "$d" -b "$b" two
is "$status" 1 "create --verify refuses what differs"
has "$err" "changed ./rootfs/etc/passwd: size" "and names it"
clean "before anything has changed"

# ---- what cannot be
# bad TEXT ARGUMENT...: fails and says so
bad() {
	bad_text=$1
	shift
	run_in 20 "$MOTE" "$@"
	is "$status" 1 "refused: $*"
	has "$err" "$bad_text" "$bad_text"
}
hex=$(printf %064d 7)
for wrong in sha256:abc "sha256:${hex}0" "sha256:$(printf 'A%063d' 7)" "sha512:$hex$hex" "sha1:$(printf %040d 7)" "blake2b:$hex" "md5:$(printf %032d 7)" "$hex"; do
	bad "is no digest" verify "$b" "$wrong"
done
bad "no such file" verify "$b" "$TESTDIR/none"
bad "no manifest of a bundle" verify "$b" "$b/config.json"
sed '5d;6{h;d};7G' "$TESTDIR/m" >"$TESTDIR/m2"
bad "out of order" verify "$b" "$TESTDIR/m2"
head -c 700 "$TESTDIR/m" >"$TESTDIR/m2"
bad "not as mote writes them" verify "$b" "$TESTDIR/m2"
mv "$b/rootfs" "$b/real" && ln -s real "$b/rootfs"
bad "symbolic links" digest "$b"
rm "$b/rootfs" && mv "$b/real" "$b/rootfs"
jq '.root.path = "../copy/rootfs"' "$b/config.json" >"$TESTDIR/cfg" && mv "$b/config.json" "$TESTDIR/cfg.was" && cp "$TESTDIR/cfg" "$b/config.json"
bad "inside the bundle" digest "$b"
mv "$TESTDIR/cfg.was" "$b/config.json"
mount -t tmpfs tmpfs "$b/rootfs/mnt" && at_exit 'umount "$b/rootfs/mnt" 2>/dev/null'
bad "something is mounted there" digest "$b"
umount "$b/rootfs/mnt"
for at in mnt bin.d/x; do # of the same file system
	mount --bind "$b/rootfs/$at" "$b/rootfs/$at"
	bad "rootfs/$at: something is mounted there" digest "$b"
	umount "$b/rootfs/$at"
done
deep=$b/rootfs/deep
mkdir "$deep"
(cd "$deep" && for _ in $(seq 260); do mkdir d && cd d || exit; done)
bad "more than 256 folders deep" digest "$b"
rm -rf "$deep"
(cd "$b/rootfs" && n=$(printf '%0250d' 0) && mkdir -p "$n/$n/$n/$n/$n/$n/$n/$n" && cd "$n/$n/$n/$n/$n/$n/$n/$n" &&
	mkdir -p "$n/$n/$n/$n/$n/$n/$n/$n" && cd "$n/$n/$n/$n/$n/$n/$n/$n" && mkdir -p "$n/$n" && : >"$n/$n/x")
is "$("$MOTE" digest -m "$b" | awk '{ print length($1) }' | sort -n | tail -n 1)" "$((2 + 6 + 18 * 251 + 2))" "a path of more than 4,096 bytes"

# The kernel's answer counts where it has one; a file that grows while it is read is an error, not a digest.
truncate -s 64M "$b/rootfs/sparse"
is "$("$MOTE" digest -m "$b" | sed -n 's/^.*sparse type.*sha256digest=//p')" "$(sha256sum <"$b/rootfs/sparse" | cut -d' ' -f1)" "a sparse file"
finish

#!/bin/sh
# image.t - containers from one file: mounted or unpacked, written over, verified; nothing stays, however mote ends
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root IMAGE cmd:mksquashfs cmd:mkfs.erofs cmd:mke2fs file:/dev/loop-control
SNAPSHOT_CGROUPS=/no-cgroup # this is not about them, and other tests make some

cd "$TESTDIR" || exit
b=$TESTDIR/b
mkrootfs b/rootfs
config() { # FILTER: into b/config.json
	jq ".root = {path: \"rootfs\", readonly: false} | del(.mounts[] | select(.type == \"cgroup\")) | .linux.maskedPaths = [] | .linux.readonlyPaths = [] |
		.process.args = [\"/bin/sh\", \"-c\", \"echo hi >/new && cat /new && exit 3\"] | $1" "$TESTS/bench/config.json" >b/config.json
}
config .
d=$("$MOTE" digest b)
loops() { losetup -l -n -O BACK-FILE 2>/dev/null | grep -c "^$TESTDIR/"; }
gone() { wait_for 5 eval '[ "$(loops)" = 0 ]' && pass "$1: no loop device is left" || fail "$1: no loop device is left" "$(losetup -a)"; }
make_all() {
	rm -f w.*
	mksquashfs b w.squashfs -quiet -no-progress >/dev/null
	mkfs.erofs w.erofs b >/dev/null 2>&1
	truncate -s 24M w.ext4 && mke2fs -q -F -d b w.ext4
	"$MOTE" pack -q b -o w.tar >/dev/null && "$MOTE" pack -q b -o w.cpio >/dev/null
}
make_all
knows() { case $1 in squashfs | erofs | ext4) grep -q "$1\$" /proc/filesystems || modprobe "$1" 2>/dev/null ;; esac; }

mkdir -p "$STATE"
before
for f in squashfs erofs ext4 tar cpio; do
	if ! knows $f; then
		skip "$f" "this kernel lacks it"
		continue
	fi
	mote_in 20 run -b "w.$f" "r-$f"
	is "$status:$out:$err" "3:hi:" "run -b w.$f: writes, and its status comes through"
	clean "$f: nothing is left"
	sum=$(sha256sum <"w.$f")
	mote_in 20 run "./w.$f"
	is "$status:$out" "3:hi" "run FILE: the same"
	is "$(sha256sum <"w.$f")" "$sum" "$f: the file is as it was"
	[ $f = ext4 ] || { # has a folder lost+found of its own
		mote_in 20 run --verify "$d" -b "w.$f" v
		is "$status:$err" "3:" "$f: --verify"
	}
	mote_in 20 run --verify "sha256:$(printf %064d 7)" -b "w.$f" v
	is "$status" 1 "$f: --verify of another digest is refused"
	has "$err" "is not what --verify says" "and says so"
	clean "$f: which leaves nothing"
	mounts=$(cut -d' ' -f5 /proc/self/mountinfo | sort)
	mote_in 20 create -b "w.$f" c
	is "$status:$err" "0:" "create -b w.$f"
	is "$(cut -d' ' -f5 /proc/self/mountinfo | sort)" "$mounts" "$f: the host's mounts are what they were"
	mote_in 20 state c
	is "$(echo "$out" | jq -r .status)" created "$f: it waits"
	mote_in 20 create -b "w.$f" c
	has "$err" "already exists" "$f: a second one of that name"
	mote_in 20 start c
	is "$status:$err" "0:" "$f: start"
	wait_for 5 eval '"$MOTE" --root "$STATE" state c | grep -q stopped'
	mote_in 20 delete c
	is "$status:$err" "0:" "$f: delete"
	clean "$f: nothing is left of it"
	gone $f
done

# ---- however mote ends
config '.process.args = ["/bin/sleep", "60"]' && make_all
background "$MOTE" --root "$STATE" run -b w.squashfs killed
pid=$!
wait_for 10 eval '"$MOTE" --root "$STATE" state killed | grep -q running'
kill -KILL $pid
mote_in 20 exec killed cat /proc/mounts
has "$out" "overlay / overlay" "the root is an overlay, and exec works when mote was killed"
mote_in 20 delete --force killed
is "$status:$err" "0:" "delete --force of what a killed mote leaves"
clean "nothing is left"
gone "killed"
i=0
while [ $i -lt 12 ]; do # somewhere on the way
	timeout -s KILL "0.00$((i * 3 + 1))" "$MOTE" --root "$STATE" create -b w.tar "k$i" 2>/dev/null
	timeout -s KILL "0.0$((i + 10))" "$MOTE" --root "$STATE" create -b w.erofs "l$i" 2>/dev/null
	"$MOTE" --root "$STATE" delete --force "k$i" && "$MOTE" --root "$STATE" delete --force "l$i" || fail "delete --force $i"
	i=$((i + 1))
done
clean "killed at any moment and deleted: nothing is left"
gone "killed at any moment"

# ---- what is written
config . && make_all
mkdir lay
mote_in 20 run --overlay lay -b w.squashfs o
is "$status:$(cat lay/upper/new)" "3:hi" "--overlay DIR keeps what is written"
is "$(stat -c %a:%u lay/upper)" "$(stat -c %a:%u b/rootfs)" "the root looks as it did"
config '.process.args = ["/bin/cat", "/new"]' && make_all
mote_in 20 run --overlay lay -b w.erofs o
is "$status:$out" "0:hi" "and the next one finds it"
mote_in 20 run --overlay "$PWD/lay" -b b o
is "$status:$out:$([ -e b/rootfs/new ] || echo none)" "0:hi:none" "--overlay over a folder: the folder is as it was"
mkdir 'a,b:c\d' && cp -a lay/. 'a,b:c\d'
mote_in 20 run --overlay 'a,b:c\d' -b w.erofs o
is "$status:$out" "0:hi" "a folder with the letters that overlayfs splits at"
config '.process.args = ["/bin/sh", "-c", "head -c 3000000 /dev/zero >/big; echo $?; df -k / | tail -n 1 | tr -s \" \" | cut -d\" \" -f2"]' && make_all
mote_in 20 run --overlay tmpfs:1m -b w.squashfs o
is "$out" "1
1024" "--overlay tmpfs:1m bounds what is written"
config '.root.readonly = true | .process.args = ["/bin/sh", "-c", "echo >/new"]' && make_all
mote_in 20 run -b w.squashfs o
has "$err" "Read-only file system" "root.readonly: no layer, nothing is written"
config '.process.args = ["/bin/id", "-u"] | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 70000}] |
	.linux.gidMappings = .linux.uidMappings' && make_all
mote_in 20 run -b w.squashfs o
is "$status:$out:$err" "0:0:" "with a user namespace"
clean "nothing is left of all these"

# ---- a kernel before 5.8 has no LOOP_CONFIGURE
config '.process.args = ["/bin/sh", "-c", "echo hi >/new && cat /new && exit 3"]' && make_all
traced() { run_in 20 strace -qq -o trace -e trace=ioctl "$@" "$MOTE" --root "$STATE" run -b w.squashfs l; }
if command -v strace >/dev/null && traced && [ "$status" = 3 ]; then
	at=$(grep -n LOOP_CONFIGURE trace | head -n 1 | cut -d: -f1)
	for e in EINVAL ENOTTY; do
		traced -e "inject=ioctl:error=$e:when=$at"
		is "$status:$out:$err" "3:hi:" "LOOP_CONFIGURE refused with $e: it runs by LOOP_SET_FD"
		has "$(cat trace)" "$e (" "and that it was refused was seen"
		has "$(cat trace)" "LOOP_SET_STATUS64" "then the flags are set"
	done
	traced -e "inject=ioctl:error=EINVAL:when=$at+1" # LOOP_SET_FD as well
	is "$status:$out" "1:" "LOOP_SET_FD refused too"
	has "$err" "a loop device for" "says so"
	traced -e "inject=ioctl:error=EINVAL:when=$at+2" # LOOP_SET_STATUS64
	is "$status:$out" "1:" "LOOP_SET_STATUS64 refused: it would be writable, and would stay"
	has "$err" "a loop device for" "says so"
	clean "nothing is left of these"
	gone "LOOP_SET_FD"
else
	skip "without LOOP_CONFIGURE" "needs strace"
fi

# ---- bad ones
bad() { # NAME STATUS WORDS ARGUMENT...
	bad_name=$1 bad_status=$2 bad_words=$3
	shift 3
	mote_in 20 "$@"
	is "$status" "$bad_status" "$bad_name: refused"
	has "$err" "$bad_words" "$bad_name: $bad_words"
	clean "$bad_name: nothing is left"
}
config . && make_all
for f in squashfs erofs tar cpio; do
	for n in 0 3 100 512 1500 4096 40000; do
		head -c $n "w.$f" >cut.img
		mote_in 20 run -b cut.img x
		[ "$status" = 1 ] && [ -n "$err" ] || fail "$f cut at $n" "$status $err"
	done
	pass "$f cut at seven places: refused"
	clean "$f: nothing is left"
done
gone "cut images"
head -c 100000 /dev/urandom >noise && bad noise 1 "no image that this mote knows" run -b noise x
xz -c w.tar >w.xz && bad "an archive that xz has compressed" 1 "no image that this mote knows" run -b w.xz x
for option in "--verify $d" "--key w.tar" "--verity-root $(printf %064d 1)" "--overlay tmpfs"; do
	# shellcheck disable=SC2086 # words
	bad "--rootfs, which has no bundle, with ${option%% *}" 2 "with --rootfs there is no ${option%% *}" run $option --rootfs b/rootfs -- /bin/true
done
bad "no such file" 1 "no such file" run -b nothing x
bad "too small a tmpfs" 1 "no space left on device" run --overlay tmpfs:200k -b w.tar x
bad "a size that is none" 1 "takes tmpfs:SIZE" run --overlay tmpfs:much -b w.tar x
bad "a folder that is none" 1 "no such file" run --overlay nowhere -b w.squashfs x
bad "a file for a folder" 1 "not a directory" run --overlay noise -b w.squashfs x
bad "--config" 1 "the config of an image is in it" run -f b/config.json -b w.squashfs x
for name in config.json bundle.mtree runtime.json; do
	rm -rf odd && mkdir odd && cp -a b/config.json b/rootfs odd/ && rm -f "odd/$name" && mkfifo "odd/$name" && tar -C odd -cf odd.tar .
	bad "a $name that is a fifo" 1 "$name is no plain file" run -b odd.tar x
	run_in 5 "$MOTE" unpack odd.tar odd2
	has "$status:$err:$(ls -d odd2* 2>/dev/null)" "1:unpack odd.tar: $name is no plain file:" "unpack refuses it as well, and leaves nothing"
done
mkdir empty && mksquashfs empty e.squashfs -quiet -no-progress >/dev/null && bad "no config.json" 1 "config.json" run -b e.squashfs x
config '.root.path = "/"' && make_all && bad "a root outside" 1 "inside the bundle" run -b w.squashfs x
config '.root.path = "way"' && ln -s /etc b/way && make_all && bad "a root behind a link" 1 "follows no symbolic links" run -b w.squashfs x
rm b/way
config '.linux.namespaces |= map(select(.type != "mount"))' && make_all && bad "no mount namespace" 1 "mount namespace" run -b w.squashfs x
config '.process.args = ["/nothing"]' && make_all && bad "no such program" 1 "executable file not found" run -b w.squashfs x
bad "a name that is none" 1 "container id" run -b w.squashfs 'a/b'
bad "a tree that is not there" 1 "no dm-verity tree" run --verity-root "$(printf %064d 1)" -b w.squashfs x
bad "a root hash for an archive" 1 "--verify" run --verity-root "$(printf %064d 1)" -b w.tar x
gone "bad images"
finish

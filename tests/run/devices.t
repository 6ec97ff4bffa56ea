#!/bin/sh
# devices.t - default and listed devices, the links of /dev
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before "$STATE"
# dev OBJECT...: a jq filter
dev() { printf '.linux.devices = [%s]' "$1"; }

# ---- the default ones ------------------------------------------------------------------------------------
box . dev ++ open /dev/null rw ++ open /dev/zero r ++ open /dev/full r ++ write /dev/full x ++ open /dev/random r ++ \
	open /dev/urandom r ++ open /dev/ptmx rw ++ cat /dev/null ++ true
worked "a container with a tmpfs on /dev"
while read -r name numbers; do
	is "$(fact "dev./dev/$name")" "c 0666 0 0 $numbers" "/dev/$name"
done <<END
null 1:3
zero 1:5
full 1:7
random 1:8
urandom 1:9
tty 5:0
END
for d in "null rw" "zero r" "full r" "random r" "urandom r" "ptmx rw"; do
	has "$out" "open /dev/$d: ok" "/dev/$d opens"
done
has "$out" "write /dev/full: ENOSPC" "/dev/full is full"
is "$(fact dev./dev/ptmx)" "l 0777 0 0 -> pts/ptmx" "/dev/ptmx is the container's own"
is "$(fact dev./dev/fd) $(fact dev./dev/stdin)" "l 0777 0 0 -> /proc/self/fd l 0777 0 0 -> /proc/self/fd/0" "/dev/fd, /dev/stdin"
is "$(fact dev./dev/stdout) $(fact dev./dev/stderr)" "l 0777 0 0 -> /proc/self/fd/1 l 0777 0 0 -> /proc/self/fd/2" "/dev/stdout, /dev/stderr"
is "$(fact dev./dev/console)" "" "no /dev/console without a terminal"
is "$(printf '%s\n' "$out" | sed -n 's/^dev\.\/dev\/\([^/]*\)=.*/\1/p' | tr '\n' ' ')" \
	"fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero " "and nothing else"
box '.mounts |= map(select(.destination != "/proc")) | del(.linux.maskedPaths, .linux.readonlyPaths)' dev
is "$(fact dev./dev/fd)$(fact dev./dev/stdin)$(fact dev./dev/stdout)$(fact dev./dev/stderr)" "" "without /proc no links into it"
has "$(fact dev./dev/null)" 1:3 "but devices"
box '.process.user = {uid: 1000, gid: 1000} | .process.user.umask = 511' open /dev/null rw ++ dev
has "$out" "open /dev/null rw: ok" "an ordinary user may use them"
is "$(fact dev./dev/null)" "c 0666 0 0 1:3" "whatever the umask is"

# ---- listed ones ---------------------------------------------------------------------------------------------
box "$(dev '{path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 416, uid: 7, gid: 8},
	{path: "/dev/disk/one", type: "b", major: 7, minor: 99},
	{path: "/dev/raw", type: "u", major: 1, minor: 3, fileMode: 0},
	{path: "/dev/pipe", type: "p", fileMode: 384, uid: 9},
	{path: "/dev/pipe2", type: "p", major: 3, minor: 4},
	{path: "/srv/deep/null", type: "c", major: 1, minor: 3, fileMode: 511},
	{path: "/dev/big", type: "c", major: 511, minor: 1048575}')" \
	stat /dev/fuse ++ stat /dev/disk/one ++ stat /dev/raw ++ stat /dev/pipe ++ stat /dev/pipe2 ++ stat /srv/deep/null ++ stat /dev/big ++ stat /dev/disk
worked "listed devices"
is "$(fact /dev/fuse)" "c 0640 7 8 10:229" "a character device with mode and owner"
is "$(fact /dev/disk/one)" "b 0666 0 0 7:99" "a block device without"
is "$(fact /dev/disk)" "d 0755 0 0" "its folder is made"
is "$(fact /dev/raw)" "c 0000 0 0 1:3" "an unbuffered one is a character device; mode 0"
is "$(fact /dev/pipe)" "p 0600 9 0" "a pipe with an owner"
is "$(fact /dev/pipe2)" "p 0666 0 0" "a pipe does not mind numbers"
is "$(fact /srv/deep/null)" "c 0777 0 0 1:3" "outside of /dev"
is "$(fact /dev/big)" "c 0666 0 0 511:1048575" "numbers as large as the kernel's"
is "$(stat -c %F "$TESTDIR/rootfs/srv/deep/null")" "character special file" "in the root file system"
box "$(dev '{path: "/srv/deep/null", type: "c", major: 1, minor: 3, fileMode: 511}')" stat /srv/deep/null
worked "what is there already and matches"
box "$(dev '{path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 384, uid: 5, gid: 5}')" stat /dev/null
is "$(fact /dev/null)" "c 0600 5 5 1:3" "a default device that is listed: as listed"

# ---- what stands there and is something else --------------------------------------------------------------
for d in '"c", major: 1, minor: 5' '"b", major: 1, minor: 3' '"p"'; do
	box "$(dev "{path: \"/srv/deep/null\", type: $d}")" true
	refused "another device at the path: $d" "make device /srv/deep/null" "something else"
done
touch "$TESTDIR/rootfs/srv/file"
ln -s deep/null "$TESTDIR/rootfs/srv/link"
ln -s /dev "$TESTDIR/rootfs/srv/dir"
for d in file deep link; do
	box "$(dev "{path: \"/srv/$d\", type: \"c\", major: 1, minor: 3}")" true
	refused "a $d at the path" "make device /srv/$d"
done
box "$(dev '{path: "/srv/dir/x", type: "c", major: 1, minor: 3}')" stat /dev/x
is "$(fact /dev/x)" "c 0666 0 0 1:3" "a link on the way is followed inside"
rm -r "$TESTDIR/rootfs/srv"
box "$(dev '{path: "/dev/x", type: "c", major: 1}')" true
refused "no minor" "devices[0]" minor
box "$(dev '{path: "dev/x", type: "c", major: 1, minor: 3}')" true
is "$status" 1 "a relative path"
box "$(dev '{path: "/dev/x", type: "q", major: 1, minor: 3}')" true
is "$status" 1 "a type that does not exist"

# ---- a /dev that is the image's own ----------------------------------------------------------------------------
bare='.mounts |= map(select(.destination | startswith("/dev") | not))'
box "$bare" dev
worked "a root file system's own /dev"
is "$(fact dev./dev/null)/$(fact dev./dev/fd)" "c 0666 0 0 1:3/l 0777 0 0 -> /proc/self/fd" "is filled"
box "$bare" dev
worked "and again"
rm -rf "$TESTDIR/rootfs/dev"
mkdir "$TESTDIR/rootfs/dev"
echo kept >"$TESTDIR/rootfs/dev/stdin"
ln -s elsewhere "$TESTDIR/rootfs/dev/ptmx"
box "$bare" cat /dev/stdin ++ stat /dev/ptmx
has "$out" kept "what stands where a link belongs stays"
is "$(fact /dev/ptmx)" "l 0777 0 0 -> elsewhere" "link or not"
rm -rf "$TESTDIR/rootfs/dev"
mkdir "$TESTDIR/rootfs/dev"
echo trap >"$TESTDIR/rootfs/dev/null"
box "$bare" true
refused "a file that stands for /dev/null" "make device /dev/null"
is "$(cat "$TESTDIR/rootfs/dev/null")" trap "and it is not touched"
rm "$TESTDIR/rootfs/dev/null"
mknod "$TESTDIR/rootfs/dev/null" c 1 5
box "$bare" true
refused "a zero that stands for /dev/null" "make device /dev/null"

# ---- the caller's on standard descriptors ----------------------------------------------------------------------
# A file like the host's /dev/null: whoever owns it may change its mode through any descriptor of it.
mknod -m 666 "$TESTDIR/null" c 1 3
given() {
	status=0
	timeout -k 2 20 "$@" <"$TESTDIR/null" >"$TESTDIR/.out" 2>"$TESTDIR/null" || status=$?
	out=$(cat "$TESTDIR/.out")
}
if : >"$TESTDIR/null"; then
	box_bundle . fds ++ run /bin/chmod 600 /proc/self/fd/0 ++ stat /dev/null
	given "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
	is "$(fact fd.0)/$(fact fd.2)" "rw /dev/null/rw /dev/null" "standard descriptors that are the host's null device"
	is "$(fact /dev/null)" "c 0600 0 0 1:3" "are the container's inside"
	is "$(stat -c %a "$TESTDIR/null")" 666 "so that the host's keeps its mode"
	box_bundle . sleep 30
	mote_in 20 run -d -b "$TESTDIR/b" box
	given "$MOTE" --root "$STATE" exec box /probe fds ++ run /bin/chmod 600 /proc/self/fd/0
	is "$(fact fd.0)/$(fact fd.2)/$(stat -c %a "$TESTDIR/null")" "rw /dev/null/rw /dev/null/666" "and those of exec"
	mote_in 20 delete --force box
	box '.linux.maskedPaths = ["/dev"]' true
	refused "a container that has none to give" "the container's /dev/null"
else
	skip "standard descriptors that are the host's null device" "devices in $TESTDIR do not work"
fi

clean "nothing is left of it all" "$STATE"
finish

#!/bin/sh
# propagation.t - rootfsPropagation, and what it means for binds that say nothing about it
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq cmd:unshare
if [ -z "${PROPAGATION_INSIDE:-}" ]; then
	PROPAGATION_INSIDE=1 exec unshare --mount --propagation private -- sh "$0" "$@"
fi
export SNAPSHOT_CGROUPS="${TESTDIR##*/}"
mkrootfs "$TESTDIR/rootfs"
src=$TESTDIR/src
mkdir "$src"
mount -t tmpfs tmpfs "$src"
mount --make-shared "$src"
at_exit "umount -l $src"
mkdir "$src/below"
before

# fields PLACE: the optional fields of its mountinfo inside, without numbers
fields() { printf '%s\n' "$out" | awk -v at="$1" '$5 == at { f = ""; for (i = 7; i <= NF && $i != "-"; i++) { sub(/:.*/, "", $i); f = f $i " " } print f }'; }
# bound PROPAGATION OPTION: mountinfo of a container with a bind
bound() {
	box "$1 | .mounts += [{destination: \"/bind\", source: \"$src\", options: [\"bind\"$2]}] | .process.args = [\"/bin/cat\", \"/proc/self/mountinfo\"]" x
}
for p in '.' '.linux.rootfsPropagation = "private"' '.linux.rootfsPropagation = "unbindable"'; do
	bound "$p" ''
	is "$(fields /bind)" "" "$p: a bind is private"
done
for p in slave rslave; do
	bound ".linux.rootfsPropagation = \"$p\"" ''
	is "$(fields /bind)" "master " "$p: a bind follows the host"
done
bound '.linux.rootfsPropagation = "shared"' ''
is "$(fields /bind)" "master " "shared: a bind follows the host, and is not shared with it"
is "$(fields /)" "shared " "the root is a peer group of its own"
bound '.linux.rootfsPropagation = "rshared"' ''
is "$(fields /bind)" "shared master " "rshared: and is shared below"
bound '.linux.rootfsPropagation = "slave"' ', "private"'
is "$(fields /bind)" "" "its own option counts for more: private"
bound '.' ', "rslave"'
is "$(fields /bind)" "master " "and slave"
bound '.linux.rootfsPropagation = "unbindable"' ''
is "$(fields /)" "unbindable " "unbindable"

# What an option says of the top of a tree is not what the mounts below it are.
mkdir "$src/tree"
mount -t tmpfs tmpfs "$src/tree"
mount --make-shared "$src/tree"
tree() { bound "$1" ", \"rbind\", \"$2\"" && echo "$(fields /bind)/$(fields /bind/tree)"; }
is "$(tree . private)" "/" "rbind and private: what is mounted below is not shared with the host either"
is "$(tree . unbindable)" "unbindable /" "nor with unbindable"
is "$(tree . slave)" "master /master " "slave: it follows as the top does"
is "$(tree '.linux.rootfsPropagation = "slave"' private)" "/master " "private in a root that follows: below as with rootfsPropagation"
old || is "$(tree . shared)" "shared /shared " "shared is shared, all of it" # refused by name there
umount "$src/tree"
rmdir "$src/tree"

# A mount that comes later.
later() {
	box_bundle "$1 | .mounts += [{destination: \"/bind\", source: \"$src\", options: [\"bind\"]}]" sleep 1000
	mote_in 20 create --pid-file "$TESTDIR/pid" -b "$TESTDIR/b" box
	mote_in 20 start box
	mount -t tmpfs late "$src/below"
	grep -c " /bind/below .* tmpfs late" "/proc/$(cat "$TESTDIR/pid")/mountinfo"
	umount "$src/below"
	mote_in 20 delete --force box
}
is "$(later '.linux.rootfsPropagation = "slave"')" 1 "slave: what the host mounts later is seen inside"
is "$(later .)" 0 "private: it is not"
clean "nothing is left of it all"
finish

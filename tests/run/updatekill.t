#!/bin/sh
# SPDX-License-Identifier: MIT
# updatekill.t - mote is killed at each write of an update: the state never says what was not written, the same update once more
# finishes it, and delete knows of a cgroup that was made on the way
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:strace cgroup:1 UPDATE CGROUP1
private_pids "$@"
strace -o /dev/null true 2>/dev/null || skip_all "strace cannot trace here"

b=$TESTDIR/b
top=/mote-${TESTDIR##*[./]}
export SNAPSHOT_CGROUPS="$top"
mote() { "$MOTE" --root "$STATE" "$@"; }
cg() { cat "/sys/fs/cgroup/$1$top/$2"; }
old='--pids-limit 20 --memory 64m --cpu-share 512'
new='--pids-limit 30 --memory 96m --cpu-share 700'
written() { echo "$(cg pids pids.max) $(cg memory memory.limit_in_bytes) $(cg cpu cpu.shares)"; }
says() { mote state c | jq -r '.resources | "\(.pids.limit) \(.memory.limit) \(.cpu.shares)"'; }
# Every value that the state has of the new ones is in its file.
honest() {
	# shellcheck disable=SC2046
	set -- $(says) $(written)
	[ "$1" != 30 ] || [ "$4" = 30 ] || return 1
	[ "$2" != 100663296 ] || [ "$5" = 100663296 ] || return 1
	[ "$3" != 700 ] || [ "$6" = 700 ]
}

mkrootfs "$TESTDIR/rootfs"
before
mkbundle "$b" ".linux.cgroupsPath = \"$top\" | .process.args = [\"/bin/sleep\", \"600\"]"
mote run -d -b "$b" c </dev/null >/dev/null 2>&1
# shellcheck disable=SC2086
mote update $old c
is "$(written):$(says)" "20 67108864 512:20 67108864 512" "a container with limits"
# shellcheck disable=SC2086
strace -qq -o "$TESTDIR/.trace" "$MOTE" --root "$STATE" update $new c
is "$(written):$(says)" "30 100663296 700:30 100663296 700" "an update of three"
bad='' deaths=0 halves=0
for call in write renameat2; do
	for n in $(seq "$(grep -c "^$call(" "$TESTDIR/.trace")"); do
		# shellcheck disable=SC2086
		mote update $old c
		# shellcheck disable=SC2086
		strace -qq -o /dev/null -e "inject=$call:signal=KILL:when=$n" "$MOTE" --root "$STATE" update $new c 2>/dev/null
		deaths=$((deaths + 1))
		honest || bad="$bad
$call $n: written: $(written), the state says: $(says)"
		case $(written) in *30*700 | *20*512) ;; *) halves=$((halves + 1)) ;; esac
		# shellcheck disable=SC2086
		mote update $new c
		[ "$(written):$(says)" = "30 100663296 700:30 100663296 700" ] || bad="$bad
$call $n, once more: written: $(written), the state says: $(says)"
	done
done
is "$bad" "" "$deaths deaths: what the state says is in the files, and the same update finishes it"
[ "$deaths" -ge 5 ] && [ "$halves" -ge 1 ]
is $? 0 "some of them in the middle ($halves)"
mote delete --force c
clean "nothing is left"

# ---- a container that had no cgroup ---------------------------------------------------------------------
mkbundle "$b" 'del(.linux.cgroupsPath, .linux.resources) | .mounts |= map(select(.type != "cgroup")) | .process.args = ["/bin/sleep", "600"]'
id=k${TESTDIR##*[./]}
one() { mote run -d -b "$b" "$id" </dev/null >/dev/null 2>&1; }
SNAPSHOT_CGROUPS=/mote/$id
before
one
strace -qq -o "$TESTDIR/.trace" "$MOTE" --root "$STATE" update --pids-limit 30 "$id"
is "$(cat /sys/fs/cgroup/pids/mote/$id/pids.max)" 30 "no cgroup before: update makes one"
mote delete --force "$id"
bad='' deaths=0
for call in write renameat2 mkdirat; do
	for n in $(seq "$(grep -c "^$call(" "$TESTDIR/.trace")"); do
		one
		strace -qq -o /dev/null -e "inject=$call:signal=KILL:when=$n" "$MOTE" --root "$STATE" update --pids-limit 30 "$id" 2>/dev/null
		deaths=$((deaths + 1))
		[ "$(mote state "$id" | jq -r '.resources.pids.limit // "none"')" != 30 ] || [ "$(cat /sys/fs/cgroup/pids/mote/$id/pids.max)" = 30 ] ||
			bad="$bad
$call $n: the state says more than is written"
		mote delete --force "$id"
		left=$(find /sys/fs/cgroup -type d -path "*/mote/$id" 2>/dev/null)
		[ -z "$left" ] || bad="$bad
$call $n: left: $left"
		[ -z "$left" ] || echo "$left" | xargs rmdir
	done
done
is "$bad" "" "$deaths deaths: delete --force leaves nothing"
[ "$deaths" -ge 5 ]
is $? 0 "five at least"
clean "nothing is left"
finish

# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034
# lib.sh - the real engines, each with runc and with mote, by the same script in the same run
#
#	. "$(dirname "$0")/lib.sh"
#	engine podman cmd:podman cmd:conmon	# skips the file where it cannot run; then: alone among processes and mounts
#	cases() { run_in 20 ...; is "$out" hi "run: output"; }
#	each_runtime cases
#	finish
#
# Each check prints a line for each runtime.  What the peer cannot do is no fault of mote's: mote fails where runc passes.
# The lines go to $B/clients/ENGINE.tsv, from which tests/clients/page makes the table of docs/clients.md.
#
#	PEER     the runtime beside mote (runc)
#	CASES=x  only the checks whose names hold x, of groups that ask `group x ...`

LIB_HERE=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=SCRIPTDIR/../lib.sh disable=SC1091
. "$LIB_HERE/lib.sh"

PEER=${PEER:-runc}
rt='' rt_path='' left_before=''

# ---- lines that know their runtime -------------------------------------------------------------

record() {
	[ -z "${results:-}" ] || printf '%s\t%s\t%s\t%s\n' "$rt" "$1" "$2" "${3:-}" | tr -d '\r' >>"$results"
}

peer_failed() { awk -F'\t' -v n="$1" '$1 != "mote" && $2 == "fail" && $3 == n { f = 1 } END { exit !f }' "$results"; }

pass() {
	tap_n=$((tap_n + 1))
	record ok "$1"
	printf 'ok %d - %s%s\n' "$tap_n" "${rt:+$rt: }" "$1" | sed 's/  */ /g'
}

fail() {
	tap_n=$((tap_n + 1))
	record fail "$1"
	if [ -n "$rt" ] && [ "$rt" != mote ]; then
		printf 'not ok %d - %s: %s # TODO the peer, not mote\n' "$tap_n" "$rt" "$1"
	elif [ -n "$rt" ] && peer_failed "$1"; then
		printf 'not ok %d - %s: %s # TODO %s fails as well\n' "$tap_n" "$rt" "$1" "${PEER##*/}"
	else
		tap_bad=$((tap_bad + 1))
		printf 'not ok %d - %s%s\n' "$tap_n" "${rt:+$rt: }" "$1"
	fi
	[ -z "${2:-}" ] || note "$2"
}

skip() {
	tap_n=$((tap_n + 1)) tap_skipped=$((tap_skipped + 1))
	record skip "$1" "$2"
	printf 'ok %d - %s%s # SKIP %s\n' "$tap_n" "${rt:+$rt: }" "$1" "$2"
}

# matches TEXT PATTERN NAME: an extended regular expression, somewhere in it
matches() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then pass "$3"; else fail "$3" "in:      $1
no match: $2"; fi
}

# group WORD...: false when CASES asks for others
group() {
	[ -n "${CASES:-}" ] || return 0
	case " $* " in *" $CASES "*) ;; *) return 1 ;; esac
}

# ---- a place of its own ------------------------------------------------------------------------

# engine NAME NEED...: processes, mounts, /run and /dev/shm of this test alone, so that an engine of the machine's own is
# neither seen nor disturbed; its cgroups hang below $cgroup_parent.
engine() {
	engine_name=$1
	shift
	need root cmd:jq cmd:unshare cmd:tini "cmd:$PEER" "$@"
	[ -n "${LIB_PRIVATE_PIDS:-}" ] || unshare --fork --pid --mount-proc true 2>/dev/null ||
		skip_all "cannot unshare mounts and processes here"
	private_pids
	mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /dev/shm && chmod 1777 /dev/shm || skip_all "cannot mount here"
	cgroup_parent=/mote-${TESTDIR##*.}
	at_exit remove_cgroups
	mkdir -p "$B/clients"
	results=$B/clients/$engine_name.tsv
	printf '#\t%s\t%s\n' engine "$engine_name" >"$results"
	mkrootfs "$TESTDIR/rootfs"
	[ -x "$TESTDIR/rootfs/probe" ] || { echo "Bail out! no probe: make probes" && exit 99; }
	find_static probe/pty
	PTY=$found
}

remove_cgroups() {
	find /sys/fs/cgroup -depth -type d -path "*$cgroup_parent*" -exec rmdir {} + 2>/dev/null
}

# version_line WHAT TEXT: for the head of the page
version_line() { printf '#\t%s\t%s\n' "$1" "$2" >>"$results"; }

runtime_path() {
	case $1 in
	mote) echo "$MOTE" ;;
	*) command -v "$PEER" ;;
	esac
}

# each_runtime FUNCTION: with $rt (runc, then mote) and $rt_path
each_runtime() {
	for rt in "${PEER##*/}" mote; do
		rt_path=$(runtime_path "$rt")
		left_before=$(leftovers; echo none)
		version_line "$rt" "$("$rt_path" --version | head -n 1)"
		"$1"
	done
	rt=''
	# Where the peer fails everywhere a comparison says nothing: the place or the test is broken.
	[ -z "${CASES:-}" ] || return 0
	peer_says=$(awk -F'\t' '$1 != "mote" && $2 ~ /^(ok|fail)$/ { n++; bad += $2 == "fail" } END { print (n && bad * 10 <= n ? "most" : bad " of " n " failed") }' "$results")
	is "$peer_says" most "${PEER##*/} passes, but for a tenth at most"
}

# engine_file FILE OUTPUT: one of toolchain/packaging/engines as it stands, with the runtime of this round for mote
engine_file() {
	sed -e "s|/usr/local/bin/mote|$rt_path|g" -e "s|\\bmote\\b|$rt|g" -e "s|$(dirname "$MOTE")/runc|$rt_path|g" \
		"$TOP/toolchain/packaging/engines/$1" >"$2"
}

# image FILE NAME: the test's root file system as an archive that podman, docker and ctr all load
image() {
	image_dir=$TESTDIR/image
	mkdir -p "$image_dir/layer"
	tar -C "$TESTDIR/rootfs" --numeric-owner --mtime=@0 -cf "$image_dir/layer/layer.tar" .
	image_sum=$(sha256sum <"$image_dir/layer/layer.tar" | cut -d' ' -f1)
	case $(uname -m) in x86_64) image_arch=amd64 ;; aarch64) image_arch=arm64 ;; *) image_arch=$(uname -m) ;; esac
	jq -nc --arg sum "sha256:$image_sum" --arg arch "$image_arch" '{architecture: $arch, os: "linux",
		created: "2024-01-01T00:00:00Z", rootfs: {type: "layers", diff_ids: [$sum]},
		config: {Cmd: ["/bin/sh"], Env: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"]},
		history: [{created: "2024-01-01T00:00:00Z", created_by: "tests"}]}' >"$image_dir/config.json"
	jq -nc --arg name "$2" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer/layer.tar"]}]' >"$image_dir/manifest.json"
	tar -C "$image_dir" -cf "$1" manifest.json config.json layer
	rm -r "$image_dir"
}

# installed: mote is /usr/local/bin/mote, for this test alone, as docs/guide-engines.md has it
installed() { mount -t tmpfs -o mode=755 tmpfs /usr/local/bin && ln -s "$MOTE" /usr/local/bin/mote; }

# on_terminal ROWS COLUMNS COMMAND... <SCRIPT: pty.c says what SCRIPT may be; leaves $out
on_terminal() { out=$(timeout -k 2 30 "$PTY" run "$@" 2>&1 | tr -d '\r'); }

# daemon_start LOG COMMAND...: in the background; its pid is in $daemon
daemon_start() {
	daemon_log=$1
	shift
	"$@" >"$daemon_log" 2>&1 </dev/null &
	daemon=$!
	lib_pids="$lib_pids $daemon"
}

daemon_stop() {
	kill "$daemon" && wait_for 20 gone "$daemon" || kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
}
gone() { ! kill -0 "$1" 2>/dev/null; }

# ---- what is left ------------------------------------------------------------------------------

# leftovers DIR...: states of containers below DIR, their cgroups, mounts and processes, a line each
leftovers() {
	[ $# = 0 ] || find "$@" -mindepth 1 2>/dev/null | sed 's/^/state /'
	find /sys/fs/cgroup -type d -path "*$cgroup_parent/*" ! -name conmon 2>/dev/null | sed 's/^/cgroup /'
	awk '{ print "mount", $5 }' /proc/self/mountinfo | grep -E '/merged|/rootfs|/overlay|/userdata|/ns|/vfs/dir' || :
	for left_pid in /proc/[0-9]*; do
		left_comm=$(cat "$left_pid/comm" 2>/dev/null)
		case $left_comm in
		conmon | "$rt" | probe | sleep | busybox | containerd-shim*) echo "process ${left_pid#/proc/} $left_comm" ;;
		esac
	done
}

# nothing_left NAME DIR...: waits a little, for engines tidy up in the background
nothing_left() {
	nothing_name=$1
	shift
	for nothing_try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		left=$(leftovers "$@" | grep -vxF -e "$left_before")
		[ -n "$left" ] || break
		sleep 0.25
	done
	is "$left" "" "$nothing_name"
}

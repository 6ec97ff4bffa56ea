# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lib.sh - what the shell tests share: TAP, root file systems, bundles, host snapshots.
#
#	. "$(dirname "$0")/../lib.sh"
#	need SECCOMP
#	mkrootfs "$TESTDIR/rootfs"
#	mkbundle "$TESTDIR/b" '.process.args = ["/probe", "exit", "3"]'
#	mote_in 10 run -b "$TESTDIR/b" one
#	is "$status" 3 "the status comes through"
#	finish
#
# From outside, each with a default:
#	MOTE     the binary under test; RUNTIME=crun runs the same tests with another one
#	PROBE    tests/probe built; TESTCC builds it when it is missing
#	TESTDIR  scratch directory, a new one below TMPDIR when not given, removed at the end
#	KEEP=1   leaves TESTDIR behind
#	OLD=4.14 the binary finds none of the system calls that Linux got after that (tests/probe/old.c); `old` asks

lib_here=${LIB_HERE:-$(dirname "$0")}
while [ ! -e "$lib_here/lib.sh" ] && [ "$lib_here" != / ]; do
	lib_here=$(cd "$lib_here/.." && pwd)
done
TESTS=$(cd "$lib_here" && pwd)
TOP=$(cd "$TESTS/.." && pwd)
MOTE=${RUNTIME:-${MOTE:-$TOP/build/full/mote}}
case $MOTE in
/*) ;;
*/*) MOTE=$PWD/$MOTE ;;
*) MOTE=$(command -v "$MOTE" || echo "$MOTE") ;;
esac
B=${B:-$TOP/build/full}
case $B in /*) ;; *) B=$TOP/$B ;; esac
tap_n=0 tap_bad=0 tap_skipped=0 lib_pids='' lib_own_dir=''
status=0 out='' err=''
umask 022

if [ -z "${TESTDIR:-}" ]; then
	TESTDIR=$(mktemp -d "${TMPDIR:-/tmp}/mote-test.XXXXXX")
	lib_own_dir=$TESTDIR
fi
STATE=${STATE:-$TESTDIR/state}

# ---- TAP ------------------------------------------------------------------------------------

note() { printf '%s\n' "$*" | sed 's/^/# /'; }

pass() {
	tap_n=$((tap_n + 1))
	printf 'ok %d - %s\n' "$tap_n" "$1"
}

fail() {
	tap_n=$((tap_n + 1)) tap_bad=$((tap_bad + 1))
	printf 'not ok %d - %s\n' "$tap_n" "$1"
	[ -z "${2:-}" ] || note "$2"
}

skip() {
	tap_n=$((tap_n + 1)) tap_skipped=$((tap_skipped + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
}

# check NAME COMMAND...: passes when the command does
check() {
	check_name=$1
	shift
	if "$@"; then pass "$check_name"; else fail "$check_name" "failed: $*"; fi
}

is() {
	if [ "$1" = "$2" ]; then pass "$3"; else fail "$3" "got:      $1
expected: $2"; fi
}

has() {
	case $1 in
	*"$2"*) pass "$3" ;;
	*) fail "$3" "in:      $1
missing: $2" ;;
	esac
}

hasnt() {
	case $1 in
	*"$2"*) fail "$3" "found $2 in: $1" ;;
	*) pass "$3" ;;
	esac
}

# The plan comes last, for nobody counts tests by hand; without it a script that died shows.
finish() {
	[ "$tap_skipped" = 0 ] || note "skipped $tap_skipped"
	printf '1..%d\n' "$tap_n"
	[ "$tap_bad" = 0 ]
	exit
}

# The whole file does not apply here.
skip_all() {
	printf '1..0 # SKIP %s\n' "$*"
	exit 0
}

# need WORD...: a feature of the binary (capitals, asked of `mote features`), root, a command cmd:X,
# a file file:X, or the kernel's cgroup version cgroup:1 cgroup:2
need() {
	for need_word; do
		case $need_word in
		root) [ "$(id -u)" = 0 ] || skip_all "needs root" ;;
		cmd:*) command -v "${need_word#*:}" >/dev/null || skip_all "needs ${need_word#*:}" ;;
		file:*) [ -e "${need_word#*:}" ] || skip_all "needs ${need_word#*:}" ;;
		cgroup:2) [ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "needs cgroup v2" ;;
		cgroup:1) [ -d /sys/fs/cgroup/memory ] || skip_all "needs cgroup v1" ;;
		*) have "$need_word" || more || skip_all "needs $need_word" ;;
		esac
	done
}

# Rows of src/features.def stand in --version as +NAME and -NAME; a runtime that is not mote is taken
# to have everything.
have() {
	have_all=$("$MOTE" --version 2>/dev/null) || skip_all "no binary at $MOTE"
	case $have_all in
	"mote version "*) echo "$have_all" | grep -q "^features:.* +$1\b" ;;
	esac
}

# What the binary lacks, that of CONFIG=max has: the same sources with everything switched on.
more() {
	[ -n "${MOTE_MAX:-}" ] && [ -z "${RUNTIME:-}" ] && [ "${OLD_MOTE:-$MOTE}" != "$MOTE_MAX" ] || return 1
	if old; then OLD_MOTE=$MOTE_MAX; else MOTE=$MOTE_MAX; fi
	have "$need_word"
}

# ---- running --------------------------------------------------------------------------------

# run_in SECONDS COMMAND...: leaves $status, $out, $err; 124 when time was up.  KILL follows TERM,
# for a runtime forwards TERM to a container that may not care.
# shellcheck disable=SC2034 # the tests read them
run_in() {
	run_limit=$1
	shift
	status=0
	timeout -k 2 "$run_limit" "$@" >"$TESTDIR/.out" 2>"$TESTDIR/.err" </dev/null || status=$?
	out=$(cat "$TESTDIR/.out")
	err=$(cat "$TESTDIR/.err")
}

# mote_in SECONDS ARGUMENT...: run_in with the binary, on the test's own state directory
mote_in() {
	run_limit=$1
	shift
	run_in "$run_limit" "$MOTE" --root "$STATE" "$@"
}

# A background command that ends with the test; its pid is in $!.
background() {
	"$@" &
	lib_pids="$lib_pids $!"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	wait_left=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		wait_left=$((wait_left - 1))
		[ "$wait_left" -gt 0 ] || return 1
		sleep 0.05
	done
}

at_exit() { lib_at_exit="${lib_at_exit:-}$1
"; }

# Only what this test started is ended, by its number.
cleanup() {
	trap - EXIT INT TERM HUP
	eval "${lib_at_exit:-}"
	for cleanup_pid in $lib_pids; do
		kill -KILL "$cleanup_pid" 2>/dev/null
	done
	[ -z "$lib_own_dir" ] || [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$lib_own_dir"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# As process 1 of a new PID namespace tini reaps at once; the machine's own init may take seconds,
# which reads like a process left behind.  Starts the test again inside, once.
private_pids() {
	[ -z "${LIB_PRIVATE_PIDS:-}" ] || return 0
	need root cmd:tini cmd:unshare
	cleanup
	LIB_PRIVATE_PIDS=1 exec unshare --fork --pid --mount-proc tini -g -- sh "$0" "$@"
}

# The test goes on in a cgroup of its own, which it sees as the root of every hierarchy of version 1: what mote makes by
# default there, /mote/ID, is no other suite's.  Nothing where version 2 has the controllers: the test would itself be in the way of
# theirs.  Before private_pids.
private_cgroups() {
	if [ -n "${LIB_CGROUP_MOUNTS:-}" ]; then
		umount -R /sys/fs/cgroup && mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup || exit 99
		for cgroups_mount in $LIB_CGROUP_MOUNTS; do
			cgroups_dir=${cgroups_mount%%:*} cgroups_type=${cgroups_mount#*:}
			mkdir -p "$cgroups_dir" && mount -t "${cgroups_type%%:*}" -o "${cgroups_type#*:}" cgroup "$cgroups_dir" || exit 99
		done
		unset LIB_CGROUP_MOUNTS
		return 0
	fi
	[ -z "${LIB_PRIVATE_CGROUPS:-}" ] && [ -d /sys/fs/cgroup/pids ] && [ "$(id -u)" = 0 ] && command -v unshare >/dev/null || return 0
	cleanup
	# DIR:TYPE:OPTIONS; of the options those that say which hierarchy it is
	LIB_CGROUP_MOUNTS=$(awk '$5 ~ "^/sys/fs/cgroup/" && $(NF - 2) ~ /^cgroup2?$/ {
		n = split($NF, option, ",")
		for (all = ""; n > 0 && $(NF - 2) == "cgroup"; n--)
			if (option[n] !~ /^(rw|xattr|clone_children|noprefix|release_agent=.*)$/)
				all = option[n] (all == "" ? "" : ",") all
		print $5 ":" $(NF - 2) ":" (all == "" ? "rw" : all)
	}' /proc/self/mountinfo)
	LIB_PRIVATE_CGROUPS=mote-own.$$
	export LIB_CGROUP_MOUNTS LIB_PRIVATE_CGROUPS
	(
		for cgroups_mount in $LIB_CGROUP_MOUNTS; do
			cgroups_dir=${cgroups_mount%%:*}
			mkdir "$cgroups_dir/$LIB_PRIVATE_CGROUPS" || exit 99
			for cgroups_file in cpuset.cpus cpuset.mems; do
				[ ! -e "$cgroups_dir/$cgroups_file" ] || cat "$cgroups_dir/$cgroups_file" >"$cgroups_dir/$LIB_PRIVATE_CGROUPS/$cgroups_file"
			done
			echo 0 >"$cgroups_dir/$LIB_PRIVATE_CGROUPS/cgroup.procs" || exit 99
		done
		exec unshare --cgroup --mount --propagation private sh "$0" "$@"
	)
	cgroups_status=$?
	for cgroups_mount in $LIB_CGROUP_MOUNTS; do
		find "${cgroups_mount%%:*}/$LIB_PRIVATE_CGROUPS" -depth -type d -exec rmdir {} \; 2>/dev/null
	done
	exit "$cgroups_status"
}

# shown PAGE: the blocks of that page which name this test (by=), run here and now; each command prints what the page says
shown() {
	shown_dir=$TESTDIR/.shown
	rm -rf "$shown_dir" && mkdir "$shown_dir"
	(cd "$TOP" && awk -v to="$shown_dir" -v only="tests/${0##*tests/}" -f tests/docs/blocks.awk "$1")
	[ -e "$shown_dir/001.cmd" ] || fail "$1 has a block that this test runs"
	for shown_cmd in "$shown_dir"/*.cmd; do
		[ -e "$shown_cmd" ] || continue
		read -r shown_kind shown_at <"${shown_cmd%.cmd}.mode"
		# shellcheck disable=SC1090 # they are lines of the page
		. "$shown_cmd" >"${shown_cmd%.cmd}.got" 2>&1 </dev/null
		if awk -v numbers="$([ "$shown_kind" != numbers ] || echo 1)" -f "$TESTS/docs/match.awk" "${shown_cmd%.cmd}.out" "${shown_cmd%.cmd}.got"; then
			pass "$shown_at: $(cat "$shown_cmd")"
		else
			fail "$shown_at: $(cat "$shown_cmd")" "$(cat "${shown_cmd%.cmd}.got")"
		fi
	done
}

# ---- cgroups --------------------------------------------------------------------------------
# Both change the caller's mounts: call them in `unshare -m --propagation private` only.

# Version 2 alone.  `ro` keeps runtimes from making groups: there is no work for it then.
private_cgroup2() {
	umount -R /sys/fs/cgroup 2>/dev/null
	mount -t cgroup2 cgroup2 /sys/fs/cgroup || return 1
	[ "${1:-}" != ro ] || mount -o remount,bind,ro /sys/fs/cgroup
}

# Version 1 alone, with the controllers the host has mounted; crun refuses hybrid machines.
private_cgroup1() {
	cgroup1_all=$(awk '$9 == "cgroup" || $8 == "cgroup" { print $5 }' /proc/self/mountinfo)
	cgroup1_stage=$(mktemp -d "$TESTDIR/cg1.XXXXXX")
	for cgroup1_dir in $cgroup1_all; do
		mkdir -p "$cgroup1_stage/${cgroup1_dir##*/}"
		mount --bind "$cgroup1_dir" "$cgroup1_stage/${cgroup1_dir##*/}" || return 1
	done
	umount -R /sys/fs/cgroup
	mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup || return 1
	for cgroup1_dir in $cgroup1_all; do
		mkdir "$cgroup1_dir"
		mount --move "$cgroup1_stage/${cgroup1_dir##*/}" "$cgroup1_dir" || return 1
	done
	rm -rf --one-file-system "$cgroup1_stage"
}

# ---- programs and bundles -------------------------------------------------------------------

# build_static SOURCE OUTPUT [FLAG...]: TESTCC may name the project's own compiler and its flags;
# musl-gcc sees no kernel headers, so three links lend it those and nothing of glibc's.
build_static() {
	build_src=$1 build_out=$2
	shift 2
	if [ -z "${TESTCC:-}" ]; then
		build_inc=$TESTDIR/inc
		mkdir -p "$build_inc"
		ln -sfn /usr/include/linux "$build_inc/linux"
		ln -sfn /usr/include/asm-generic "$build_inc/asm-generic"
		ln -sfn "/usr/include/$(gcc -print-multiarch)/asm" "$build_inc/asm"
		TESTCC="musl-gcc -static -isystem $build_inc"
	fi
	# shellcheck disable=SC2086
	$TESTCC -std=c11 -Os -Wall -Wextra -ffunction-sections -fdata-sections "$@" -o "$build_out" \
		"$build_src" -Wl,--gc-sections,-z,noseparate-code,-z,norelro -s
}

# find_static NAME (probe/probe, bench/floor): sets $found to what `make probes` built, or builds it
find_static() {
	found=$B/tests/${1##*/}
	[ ! -x "$found" ] || [ "$(find "$TESTS/$1.c" -newer "$found")" ] || return 0
	found=$TESTDIR/${1##*/}
	[ -x "$found" ] || build_static "$TESTS/$1.c" "$found"
}

find_probe() {
	[ -z "${PROBE:-}" ] || return 0
	find_static probe/probe && PROBE=$found
}

# mkrootfs DIR: busybox under its own names, the probe, and the little that programs look for
mkrootfs() {
	case ${1%%/} in # never the host's own root: an unset variable in a test would be that
	'' | /usr | /etc | /bin) echo "mkrootfs: refusing '$1'" >&2 && exit 99 ;;
	esac
	find_probe
	mkdir -p "$1/bin" "$1/sbin" "$1/etc" "$1/root" "$1/proc" "$1/dev" "$1/sys" "$1/tmp" \
		"$1/run" "$1/var/tmp" "$1/mnt"
	chmod 1777 "$1/tmp" "$1/var/tmp"
	cp "$PROBE" "$1/probe"
	cp "${BUSYBOX:-/bin/busybox}" "$1/bin/busybox"
	for rootfs_applet in $("${BUSYBOX:-/bin/busybox}" --list); do
		[ "$rootfs_applet" = busybox ] || ln -sf busybox "$1/bin/$rootfs_applet"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$1/etc/group"
}

# mkbundle DIR [FILTER] [BASE]: config.json is BASE (tests/data/base.config.json, the bench's when
# there is none) through a jq filter; the rootfs is $TESTDIR/rootfs, made at the first use.
mkbundle() {
	bundle_base=${3:-$TESTS/data/base.config.json}
	[ -e "$bundle_base" ] || bundle_base=$TESTS/bench/config.json
	[ -e "$TESTDIR/rootfs/probe" ] || mkrootfs "$TESTDIR/rootfs"
	mkdir -p "$1"
	jq --arg root "$TESTDIR/rootfs" ".root.path = \$root | ${2:-.}" "$bundle_base" \
		>"$1/config.json"
}

# ---- an older kernel ---------------------------------------------------------------------------
old() { [ -n "${OLD:-}" ]; }
FILTERS=1 # of a container with a seccomp profile
if old; then
	OLD_MOTE=${OLD_MOTE:-$MOTE} FILTERS=2
	export OLD OLD_MOTE
	find_static probe/old && MOTE=$found
fi

# ---- what a test must leave as it was ---------------------------------------------------------

# snapshot [DIR...]: mounts, cgroup directories (those that SNAPSHOT_CGROUPS matches, where other tests may
# run at the same time), what lies in the state and the given directories,
# and, after private_pids, every process that is not a test's own tool
snapshot() {
	# Mounts and groups in or named after another test's folder are that test's, which may run at the same time.
	cut -d' ' -f4- /proc/self/mountinfo | awk -v own="$TESTDIR" '$2 !~ /\/mote-test\.[A-Za-z0-9]+/ || index($2, own) { print "mount " $0 }'
	find /sys/fs/cgroup -type d 2>/dev/null | grep -e "${SNAPSHOT_CGROUPS:-.}" | awk -v own="${TESTDIR##*.}" '
		!/\/mote-((test\.)?[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]|own\.[0-9]+)(\/|$)/ ||
		index($0, own) { print "cgroup " $0 }'
	for snapshot_dir in "$STATE" /run/mote "$@"; do
		find "$snapshot_dir" -mindepth 1 2>/dev/null | sed 's/^/file /'
	done
	[ -z "${LIB_PRIVATE_PIDS:-}" ] || for snapshot_pid in /proc/[0-9]*; do
		snapshot_comm=$(cat "$snapshot_pid/comm" 2>/dev/null)
		case $snapshot_comm in
		'' | sh | dash | bash | cat | sort | sed | tini | timeout | "${0##*/}") ;;
		*) printf 'process %s %s\n' "${snapshot_pid#/proc/}" "$snapshot_comm" ;;
		esac
	done
}

before() { snapshot "$@" | sort >"$TESTDIR/.before"; }

# clean NAME [DIR...]: nothing is there now that `before` did not see, and nothing is missing
clean() {
	clean_name=$1
	shift
	snapshot "$@" | sort >"$TESTDIR/.after"
	if cmp -s "$TESTDIR/.before" "$TESTDIR/.after"; then
		pass "$clean_name"
	else
		fail "$clean_name" "$(diff "$TESTDIR/.before" "$TESTDIR/.after" | grep '^[<>]')"
	fi
}

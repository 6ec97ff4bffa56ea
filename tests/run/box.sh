# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # status, out and err are lib.sh's
# box.sh - for the tests of single properties: a container is one line, and so is a look at what it said.
#
#	box '.process.user.uid = 1000' id ++ caps
#	is "$(fact uid)" "1000 1000 1000" "the program is uid 1000"

# Runs probe ARG... in a container: tests/bench/config.json with a writable root and all that FILTER changes.
# Leaves $status $out $err; BOX_OPTIONS go behind `run`.
box() {
	box_bundle "$@"
	# shellcheck disable=SC2086
	mote_in 30 run ${BOX_OPTIONS:-} -b "$TESTDIR/b" box
}

# The bundle alone.
box_bundle() {
	box_filter=$1
	shift
	[ -e "$TESTDIR/rootfs/probe" ] || mkrootfs "$TESTDIR/rootfs"
	mkdir -p "$TESTDIR/b"
	jq --arg root "$TESTDIR/rootfs" --arg dir "$TESTDIR" ".root = {path: \$root} |
		.linux.cgroupsPath = \"/${TESTDIR##*/}\" |
		.process.args = [\"/probe\"] + \$ARGS.positional | $box_filter" \
		"$TESTS/bench/config.json" --args "$@" >"$TESTDIR/b/config.json"
}

# The value of KEY in $out: the probe's KEY=value.
fact() { printf '%s\n' "$out" | awk -v key="$1=" 'index($0, key) == 1 { print substr($0, length(key) + 1) }'; }

# worked NAME: the last box did; what it said is told when not
worked() {
	if [ "$status" = 0 ]; then pass "$1"; else fail "$1" "status $status: $err
$out"; fi
}

# refused NAME WORDS...: status 1, one sentence with those words in it, and no container left
refused() {
	refused_name=$1
	shift
	case $status:$(printf '%s\n' "$err" | grep -c .) in
	1:[12]) ;; # the second line is the hint
	*)
		fail "$refused_name" "status $status, said: $err"
		return
		;;
	esac
	for refused_word; do
		case $err in
		*"$refused_word"*) ;;
		*)
			fail "$refused_name" "not in it: $refused_word: $err"
			return
			;;
		esac
	done
	if [ -e "$STATE/box" ]; then fail "$refused_name" "a state folder is left"; else pass "$refused_name"; fi
}

# A test that fails may leave a container: it goes with the test.
box_gone() {
	[ ! -e "$STATE/box" ] || "$MOTE" --root "$STATE" delete --force box
	rmdir "/sys/fs/cgroup/${TESTDIR##*/}" /sys/fs/cgroup/*/"${TESTDIR##*/}"
} 2>/dev/null
at_exit box_gone

# In a mount namespace of its own, so that what the test mounts is nobody else's and goes away with it.
private_mounts() {
	[ -z "${BOX_PRIVATE_MOUNTS:-}" ] || return 0
	need root cmd:unshare
	cleanup
	BOX_PRIVATE_MOUNTS=1 exec unshare -m --propagation private sh "$0" "$@"
}

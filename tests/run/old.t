#!/bin/sh
# SPDX-License-Identifier: MIT
# old.t - the main subjects once more without every system call that is younger than Linux 4.14 (OLD in tests/lib.sh)
# shellcheck disable=SC2154 # status, err and found are lib.sh's
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq OLDKERNEL

subjects=${SUBJECTS:-lifecycle mounts devices process namespaces userns seccomp exec hooks terminal rootfs sysctl pause}

# What is missing is named, and so is what is used instead.
if have CHECK; then
	checker=$MOTE
else
	checker=${MOTE_MAX:-$MOTE} # a full mote is built without the verb
fi
find_static probe/old
older=$found # mkbundle looks for another
OLD_MOTE=$checker "$older" check >"$TESTDIR/check" 2>&1
is "$(grep -cE '(open_tree|move_mount|fsopen|clone3|pidfd_open|openat2|close_range|mount_setattr)' "$TESTDIR/check")" 8 \
	"mote check tells of eight calls"
is "$(grep -E '(open_tree|move_mount|fsopen|clone3|pidfd_open|openat2|close_range|mount_setattr)' "$TESTDIR/check" | grep -c '[[:space:]]ok\b')" 0 \
	"and finds none of them"

# Without /proc there is no way to name a descriptor: said, and nothing is left.
mkbundle "$TESTDIR/b" '.process.args = ["/probe", "exit", "7"] | del(.linux.cgroupsPath, .mounts[] | select(.type? == "cgroup"))'
OLD_MOTE=$MOTE run_in 20 unshare -m --propagation private sh -c 'umount -l /proc && exec "$@"' sh "$older" --root "$STATE" run -b "$TESTDIR/b" box
is "$status" 1 "without /proc: refused"
has "$err" "on this kernel mounts need a /proc that is mounted" "and it says what is missing"
[ ! -e "$STATE/box" ]
is $? 0 "nothing is left"

for subject in $subjects; do
	# the subject's own file, with its own folder; each of its results is one here
	env -u TESTDIR OLD=4.14 sh "$TESTS/run/$subject.t" >"$TESTDIR/tap" 2>&1 </dev/null
	ended=$?
	while IFS= read -r line; do
		case $line in
		"ok "*"# SKIP "*) skip "$subject: $(echo "${line#ok * - }" | sed 's/ # SKIP.*//')" "${line##*# SKIP }" ;;
		"1..0 # SKIP "*) skip "$subject" "${line#*# SKIP }" ;;
		"ok "*) pass "$subject: ${line#ok * - }" ;;
		"not ok "*) fail "$subject: ${line#not ok * - }" ;;
		"# got: "* | "# expected: "* | "# in: "* | "# missing: "*) echo "$line" ;;
		esac
	done <"$TESTDIR/tap"
	case $ended:$(tail -n 1 "$TESTDIR/tap") in
	0:1..*) ;;
	*) fail "$subject came to its end" "status $ended: $(tail -n 3 "$TESTDIR/tap")" ;;
	esac
done
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# vmend.t - tests/vm/boot and tests/vm/run that are told to end, end their machine and take their folders away at once
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:cpio file:/bin/busybox
find_probe

# A machine that stays until it is told to end, and a kernel that nobody looks into.
mkdir -p "$TESTDIR/bin" "$TESTDIR/tmp" "$TESTDIR/tree/bin" "$TESTDIR/cache/vm/x86_64/boot" "$TESTDIR/cache/vm/x86_64/lib/modules"
cat >"$TESTDIR/bin/qemu-system-x86_64" <<X
#!/bin/sh
echo \$\$ >"$TESTDIR/qemu.new" && mv "$TESTDIR/qemu.new" "$TESTDIR/qemu"
exec sleep 300
X
chmod 755 "$TESTDIR/bin/qemu-system-x86_64"
: >"$TESTDIR/cache/vm/x86_64/done"
: >"$TESTDIR/cache/vm/x86_64/boot/vmlinuz-none"
export PATH="$TESTDIR/bin:$PATH" TMPDIR="$TESTDIR/tmp" MOTE_CACHE="$TESTDIR/cache"

# told NAME SIGNAL COMMAND...: the command is told to end once its machine is there.  Ten seconds are no measure but an end of waiting:
# the machine stays for 300.
told() {
	told_name="$1, $2" told_signal=$2
	shift 2
	rm -f "$TESTDIR/qemu"
	background "$@" >"$TESTDIR/out" 2>&1 </dev/null
	told_pid=$!
	wait_for 60 test -e "$TESTDIR/qemu" || { fail "$told_name: the machine is there" "$(cat "$TESTDIR/out")" && return; }
	machine=$(cat "$TESTDIR/qemu")
	lib_pids="$lib_pids $machine"
	kill "-$told_signal" "$told_pid"
	wait_for 10 gone "$told_pid" && pass "$told_name: it ends" || fail "$told_name: it ends"
	wait_for 10 gone "$machine" && pass "$told_name: so does the machine" || fail "$told_name: so does the machine"
	# who is below the command may end a moment after it
	if wait_for 10 rmdir "$TESTDIR/tmp"; then pass "$told_name: no folder is left"; else fail "$told_name: no folder is left" "$(ls "$TESTDIR/tmp")"; fi
	mkdir -p "$TESTDIR/tmp"
}
gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

told boot TERM "$TESTS/vm/boot" "$TESTDIR/tree" true
told boot HUP "$TESTS/vm/boot" "$TESTDIR/tree" true
told "boot under timeout" TERM timeout 600 "$TESTS/vm/boot" "$TESTDIR/tree" true
told "a row" TERM "$TESTS/vm/run" bootset
told "a row that starts its machine itself" TERM "$TESTS/vm/run" power
told "a row under timeout" TERM timeout 600 "$TESTS/vm/run" bootset
finish

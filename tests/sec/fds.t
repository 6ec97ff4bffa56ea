#!/bin/sh
# SPDX-License-Identifier: MIT
# fds.t - descriptors and mote's own binary: what an image or a neighbour could get hold of of the host through them
# (CVE-2024-21626, CVE-2019-5736)
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"
need cmd:sha256sum

tools=$TESTDIR/tools
mkdir -p "$tools"
cp "${BUSYBOX:-/bin/busybox}" "$tools/sh"
mkrootfs "$TESTDIR/rootfs"
# A copy, so that nothing that works here can hurt the real one.
cp "$MOTE" "$tools/mote"
MOTE=$tools/mote
hashes() { sha256sum "$tools/sh" "$tools/mote"; stat -c '%n %a %u %s %Y' "$tools"/*; }
hashes >"$TESTDIR/hashes"
unharmed() {
	hashes >"$TESTDIR/hashes.now"
	check "$1: the host's binaries are as they were" cmp "$TESTDIR/hashes" "$TESTDIR/hashes.now"
}
rw='.root.readonly = false'
args() { printf '.process.args = %s' "$1"; }
cd "$tools" || exit 1

# --- programs that begin with a descriptor of mote's or of its caller's --------------------------
# The kernel opens what stands behind #! before it closes anything.  In the script: when it runs at all, the host's
# interpreter is held and, as soon as it rests, overwritten.
script() {
	printf '#!/proc/self/fd/%s/%s\n' "$1" "$2"
	echo 'exec 9</proc/self/exe; exec /bin/sh -c "sleep 0.2; echo HIT; echo x >/proc/self/fd/9"'
}
mkdir "$TESTDIR/rootfs/s"
n=3
while [ "$n" -lt 40 ]; do
	script "$n" sh >"$TESTDIR/rootfs/s/a$n"
	script "$n" "../../../../../../../../$tools/sh" >"$TESTDIR/rootfs/s/b$n"
	n=$((n + 1))
done
chmod 755 "$TESTDIR"/rootfs/s/*
sweep() {
	sweep_hit=
	for sweep_file in "$TESTDIR"/rootfs/s/*; do
		mkbundle "$TESTDIR/b" "$rw | $(args "[\"/s/${sweep_file##*/}\"]")"
		mote_in 10 run -b "$TESTDIR/b" "fds-$$"
		[ "$status" = 127 ] || [ "$status" = 1 ] || sweep_hit="$sweep_hit ${sweep_file##*/}:$status"
		case $out in *HIT*) sweep_hit="$sweep_hit ${sweep_file##*/}:ran" ;; esac
	done
}
sweep
is "$sweep_hit" "" "no script finds an interpreter behind a descriptor"
unharmed "after that"
exec 7<"$tools" 8<"$TESTDIR/rootfs/.."
sweep
is "$sweep_hit" "" "nor with folders that mote's caller has left open"
unharmed "after that"

mkbundle "$TESTDIR/b" "$rw | $(args '["/proc/self/fd/7/sh", "-c", "echo HIT"]')"
mote_in 10 run -b "$TESTDIR/b" "fds-$$"
hasnt "$out" HIT "args[0] below a descriptor is not executed"
check "and run fails" test "$status" != 0
bad=
for how in create run; do
	n=3
	while [ "$n" -lt 24 ]; do
		for tail in '' / /.. /../..; do
			mkbundle "$TESTDIR/b" "$rw | .process.cwd = \"/proc/self/fd/$n$tail\" | $(args '["/bin/sh", "-c", "pwd -P; ls -d ./mote tools/mote; echo HIT"]')"
			mote_in 10 "$how" -b "$TESTDIR/b" "fds-$$"
			[ "$status" != 0 ] || [ "$how" = run ] || mote_in 10 start "fds-$$"
			# ".." behind a descriptor of the container's own root is the root: that may run, and is inside
			case $out in *mote*) bad="$bad $how:$n$tail" ;; esac
			"$MOTE" --root "$STATE" delete --force "fds-$$"
		done
		n=$((n + 7))
	done
done
is "$bad" "" "a working folder through a descriptor ends nowhere on the host"
mkbundle "$TESTDIR/b" '.process.cwd = "/proc/self/fd/7"'
mote_in 10 run -b "$TESTDIR/b" "fds-$$"
check "and the caller's is refused" test "$status" != 0
mkdir -p "$TESTDIR/rootfs/lnk"
ln -s /proc/self/fd/7 "$TESTDIR/rootfs/lnk/cwd"
mkbundle "$TESTDIR/b" '.process.cwd = "/lnk/cwd"'
mote_in 10 run -b "$TESTDIR/b" "fds-$$"
check "also behind a link of the image" test "$status" != 0

# --- a startContainer hook is the image's program with all of mote's privileges --------------------
script 7 sh >"$TESTDIR/rootfs/s/hook"
mkbundle "$TESTDIR/b" "$rw | .hooks.startContainer = [{\"path\": \"/s/hook\"}]"
mote_in 10 run -b "$TESTDIR/b" "fds-$$"
check "a hook in the image finds no descriptor either" test "$status" != 0
unharmed "after that"

# --- what the program has ----------------------------------------------------------------------------
own=$(cd /proc/self/fd && "${BUSYBOX:-/bin/busybox}" sh -c 'cd /proc/self/fd; for f in 3 7 8; do [ -e $f ] && echo $f; done' 3</dev/null)
is "$own" "3
7
8" "the caller has descriptors to lose"
mkbundle "$TESTDIR/b" "$(args '["/probe", "fds"]')"
mote_in 10 run -b "$TESTDIR/b" "fds-$$"
is "$(echo "$out" | sed -n 's/^fd\.\([0-9]*\).*/\1/p' | sort -n | tr '\n' ' ')" "0 1 2 " "the program has 0, 1 and 2 and no more"
exec 3<"$tools/sh" 4<"$tools/mote"
mkbundle "$TESTDIR/b" "$(args '["/probe", "fds"]')"
run_in 10 "$MOTE" --root "$STATE" run --preserve-fds 1 -b "$TESTDIR/b" "fds-$$"
is "$(echo "$out" | sed -n 's/^fd\.\([0-9]*\).*/\1/p' | sort -n | tr '\n' ' ')" "0 1 2 3 " "one more when it is to be preserved, and not two"
exec 3<&- 4<&-

# --- the binary -----------------------------------------------------------------------------------
printf '#!/proc/self/exe\n' >"$TESTDIR/rootfs/s/self"
printf '#!/proc/self/exe --version\n' >"$TESTDIR/rootfs/s/self2"
chmod 755 "$TESTDIR"/rootfs/s/self*
power='.process.capabilities |= with_entries(.value += ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"])'
exe_tests() {
	for f in /s/self /s/self2 /proc/self/exe; do
		mkbundle "$TESTDIR/b" "$rw | $(args "[\"$f\"]")"
		mote_in 10 run -b "$TESTDIR/b" "fds-$$"
		unharmed "$1: the program is $f"
	done
	# a neighbour with a shared pid namespace takes hold of every program that appears and tries to write when it rests
	mkbundle "$TESTDIR/b" "$rw | $(args '["/probe", "watch-exe", "2"]') | $power"
	: >"$TESTDIR/watch"
	# detached, so that no mote runs when the time is up and its binary is not busy
	"$MOTE" --root "$STATE" run -d -b "$TESTDIR/b" "watch-$$" >"$TESTDIR/watch" 2>&1 </dev/null
	wait_for 5 grep -q ready "$TESTDIR/watch"
	pid=$("$MOTE" --root "$STATE" state "watch-$$" | jq .pid)
	mkbundle "$TESTDIR/c" "$rw | .linux.namespaces |= map(if .type == \"pid\" then .path = \"/proc/$pid/ns/pid\" else . end)"
	i=0
	while [ "$i" -lt 6 ]; do
		mote_in 10 run -b "$TESTDIR/c" "seen$i-$$"
		"$MOTE" --root "$STATE" create -b "$TESTDIR/c" "two$i-$$" </dev/null >/dev/null 2>&1
		"$MOTE" --root "$STATE" start "two$i-$$" >/dev/null 2>&1
		wait_for 3 "$MOTE" --root "$STATE" delete "two$i-$$"
		i=$((i + 1))
	done
	wait_for 40 "$MOTE" --root "$STATE" delete "watch-$$"
	# What is left is /probe, the container's own, mote as it was executed, or the sealed copy, which can be opened
	# for writing but not written to.
	grep 'watch-exe [0-9]* ' "$TESTDIR/watch" | grep -v ' /probe:' >"$TESTDIR/seen"
	check "$1: a neighbour has seen mote in its pid namespace" test -s "$TESTDIR/seen"
	is "$(grep -v 'EROFS$\|/memfd:mote' "$TESTDIR/seen")" "" "$1: and never gets its binary for writing"
	unharmed "$1: after that"
}
exe_tests "on a writable mount"
mkdir "$TESTDIR/ro"
mount --bind "$tools" "$TESTDIR/ro" && mount -o remount,bind,ro "$TESTDIR/ro"
MOTE=$TESTDIR/ro/mote
exe_tests "on a read-only mount"
umount "$TESTDIR/ro"
MOTE=$tools/mote
if command -v strace >/dev/null; then
	mkbundle "$TESTDIR/b" "$(args '["/probe", "true"]')"
	run_in 10 strace -qq -o "$TESTDIR/trace" -e trace=open_tree,execveat,memfd_create,fcntl -e inject=open_tree:error=ENOSYS:when=1..2 \
		"$tools/mote" --root "$STATE" run -b "$TESTDIR/b" "fds-$$"
	is "$status" 0 "without open_tree it runs from a copy in memory"
	check "which is sealed" grep -q 'F_ADD_SEALS.*F_SEAL_WRITE' "$TESTDIR/trace"
	cat >"$TESTDIR/wrap" <<-END
		#!/bin/sh
		case " \$* " in
		*" run "* | *" create "*) exec strace -qq -o /dev/null -e trace=open_tree -e inject=open_tree:error=ENOSYS:when=1 "$tools/mote" "\$@" ;;
		esac
		exec "$tools/mote" "\$@"
	END
	chmod 755 "$TESTDIR/wrap"
	MOTE=$TESTDIR/wrap
	exe_tests "as a sealed copy"
	MOTE=$tools/mote
	# How the copy comes: mapped over what runs (x86_64, from 5.12 on), and by an execve where that is refused.
	run_in 10 strace -qq -o "$TESTDIR/trace" -e trace=prctl,execveat "$tools/mote" --root "$STATE" run -b "$TESTDIR/b" "fds-$$"
	if grep 'PR_SET_MM_MAP' "$TESTDIR/trace" | grep -qv EPERM; then
		is "$status:$(grep -c execveat "$TESTDIR/trace")" 0:0 "where the kernel takes the mapped copy for what was executed, nothing is executed again"
		run_in 10 strace -qq -o "$TESTDIR/trace" -e trace=prctl,execveat -e inject=prctl:error=EPERM:when=1 \
			"$tools/mote" --root "$STATE" run -b "$TESTDIR/b" "fds-$$"
		is "$status:$(grep -c 'execveat.* = 0' "$TESTDIR/trace")" 0:1 "and where it does not, the copy is executed"
	else
		skip "a mapped copy" "not this kernel, or another architecture"
	fi
else
	skip "the sealed copy" "needs strace"
fi
# What is mapped and what is open of mote itself, and of a box that waits: every file is the read-only copy, and no mount is held.
mapped() {
	mapped_bad=$(grep -c "$tools/mote" "/proc/$2/maps")
	for mapped_file in "/proc/$2/exe" "/proc/$2/map_files"/*; do
		sh -c ': >>"$1"' sh "$mapped_file" 2>"$TESTDIR/said" && mapped_bad="$mapped_bad $mapped_file"
		grep -q 'Read-only\|busy\|nonexistent\|No such' "$TESTDIR/said" || mapped_bad="$mapped_bad $(cat "$TESTDIR/said")"
	done
	is "$mapped_bad" 0 "$1: no file that is mapped can be opened for writing"
	is "$(find -L "/proc/$2/fd" -maxdepth 1 -samefile "$tools/mote" 2>/dev/null)" "" "$1: no descriptor of its own binary or of the copy's mount"
	unharmed "$1: after that"
}
mkbundle "$TESTDIR/b" "$(args '["/probe", "sleep", "60"]')"
background "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "fds-$$" </dev/null
own=$!
wait_for 10 sh -c "\"$MOTE\" --root \"$STATE\" state fds-$$ | grep -q running"
mapped "mote beside its container" "$own"
"$MOTE" --root "$STATE" kill "fds-$$" KILL
wait "$own" 2>/dev/null
"$MOTE" --root "$STATE" create -b "$TESTDIR/b" "fds-$$" </dev/null >/dev/null 2>&1
mapped "a box at its gate" "$("$MOTE" --root "$STATE" state "fds-$$" | jq .pid)"
"$MOTE" --root "$STATE" delete --force "fds-$$"
check "the binary has no more rights than any" test "$(stat -c %a "$TOP/build/full/mote" 2>/dev/null || echo 755)" = 755
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# exec.t - exec into a hostile container: what it reaches of the host through the process that comes in, its descriptors, its
# folder, its program (CVE-2016-9962, CVE-2019-5736, CVE-2024-21626)
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"
need EXEC cmd:sha256sum
find_static probe/spy
spy=$found

id=exec-$$
tools=$TESTDIR/tools
mkdir -p "$tools"
cp "${BUSYBOX:-/bin/busybox}" "$tools/sh"
mkrootfs "$TESTDIR/rootfs"
cp "$spy" "$TESTDIR/rootfs/spy"
chmod 755 "$TESTDIR"
# A copy, so that nothing that works here can hurt the real one.
cp "$MOTE" "$tools/mote"
MOTE=$tools/mote
hashes() { sha256sum "$tools/sh" "$tools/mote"; stat -c '%n %a %u %s %Y' "$tools"/*; }
hashes >"$TESTDIR/hashes"
unharmed() {
	hashes >"$TESTDIR/hashes.now"
	check "$1: the host's binaries are as they were" cmp "$TESTDIR/hashes" "$TESTDIR/hashes.now"
}
mote() { "$MOTE" --root "$STATE" "$@"; }
at_exit 'mote delete --force "$id" 2>/dev/null'
# up FILTER PROGRAM...: the container; what it says goes to $TESTDIR/said
up() {
	mote delete --force "$id" 2>/dev/null
	up_filter=$1
	shift
	mkbundle "$TESTDIR/b" ".root.readonly = false | $up_filter | .process.args = $(jq -nc '$ARGS.positional' --args -- "$@")"
	mote run -d -b "$TESTDIR/b" "$id" </dev/null >"$TESTDIR/said" 2>&1
	check "the container is there" test "$(mote state "$id" | jq -r .status)" = running
}
ex() { mote_in 10 exec "$@"; }
power='.process.capabilities |= with_entries(.value += ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_KILL"])'
cd "$tools" || exit 1

# --- descriptors ----------------------------------------------------------------------------------------
up . /probe sleep 60
exec 7<"$tools" 8<"$TESTDIR/rootfs/.."
mkdir "$TESTDIR/rootfs/s"
n=3
while [ "$n" -lt 40 ]; do
	for way in sh "../../../../../../../../$tools/sh"; do
		printf '#!/proc/self/fd/%s/%s\necho HIT\n' "$n" "$way" >"$TESTDIR/rootfs/s/$n.${#way}"
	done
	n=$((n + 1))
done
chmod 755 "$TESTDIR"/rootfs/s/*
hit=''
for f in "$TESTDIR"/rootfs/s/*; do
	ex "$id" "/s/${f##*/}"
	case $status:$out in 255:) ;; *) hit="$hit ${f##*/}:$status:$out" ;; esac
done
is "$hit" "" "no script finds an interpreter behind a descriptor"
ex "$id" /proc/self/fd/7/sh -c 'echo HIT'
is "$status:$out" 255: "a command below a descriptor is not executed"
ex "$id" /probe fds
is "$(echo "$out" | sed -n 's/^fd\.\([0-9]*\).*/\1/p' | sort -n | tr '\n' ' ')" "0 1 2 " "the program has 0, 1 and 2 and no more"
ex "$id" /bin/sh -c 'ls /proc/self/fd/ | wc -l; cat /proc/self/environ | tr "\0" "\n" | grep -c "^TESTDIR="'
is "$(echo "$out" | tail -n 1)" 0 "nothing of the caller's environment"

# --- the working folder ---------------------------------------------------------------------------------
ln -s /proc/self/fd/7 "$TESTDIR/rootfs/cwd"
bad=''
for dir in /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5 /proc/self/fd/6 /proc/self/fd/7 /proc/self/fd/7/.. /proc/self/fd/8 /proc/self/fd/8/.. /proc/self/fd/9 /proc/self/fd/10 /cwd \
	/proc/self/cwd/../../.. /proc/1/cwd/.. /proc/self/root/../..; do
	ex --cwd "$dir" "$id" /bin/sh -c 'pwd -P; ls -d ./mote ./tools 2>/dev/null; [ -e "$PWD"/../tools ] && echo HIT'
	case $status:$out in
	255:) ;;
	*mote* | *tools* | *HIT*) bad="$bad $dir" ;;
	esac
done
is "$bad" "" "no working folder is the host's"
ex --cwd /proc/self/fd/7 "$id" /bin/true
check "the caller's is refused" test "$status" = 255
exec 7<&- 8<&-

# --- the image's own paths ------------------------------------------------------------------------------
# HOME and the terminal are looked up inside: a link of the image ends inside.
echo "root:x:0:0::/host-home:/bin/sh" >"$TESTDIR/passwd"
mv "$TESTDIR/rootfs/etc/passwd" "$TESTDIR/rootfs/etc/passwd.was"
ln -s "../../../../../../../../$TESTDIR/passwd" "$TESTDIR/rootfs/etc/passwd"
ex "$id" /bin/sh -c 'echo $HOME'
is "$out" / "a passwd that leads out of the root is none"
rm "$TESTDIR/rootfs/etc/passwd"
mv "$TESTDIR/rootfs/etc/passwd.was" "$TESTDIR/rootfs/etc/passwd"
if have TTY; then
	up '.mounts |= map(select(.destination != "/dev/pts"))' /probe sleep 60
	ex -t "$id" /bin/echo HIT
	is "$status:$out" 255: "without a devpts of its own there is no terminal: the host's is not taken"
	has "$err" "no devpts on /dev/pts of the container" "and the sentence says so"
fi

# --- the binary -----------------------------------------------------------------------------------------
printf '#!/proc/self/exe\n' >"$TESTDIR/rootfs/s/self"
printf '#!/proc/self/exe --version\n' >"$TESTDIR/rootfs/s/self2"
chmod 755 "$TESTDIR"/rootfs/s/self*
up "$power" /probe watch-exe 3
wait_for 5 grep -q ready "$TESTDIR/said"
for f in /s/self /s/self2 /proc/self/exe /proc/self/exe; do
	ex "$id" "$f" --version
done
unharmed "mote's own binary as the command"
slow='strace -f -qq -o /dev/null -e trace=keyctl,setsid,setresuid -e inject=keyctl,setsid,setresuid:delay_enter=50000'
command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null || slow=''
i=0
while [ "$i" -lt 4 ]; do
	# shellcheck disable=SC2086
	run_in 10 $slow "$MOTE" --root "$STATE" exec "$id" /probe true
	i=$((i + 1))
done
wait_for 40 sh -c "\"$MOTE\" --root \"$STATE\" state \"$id\" | grep -q stopped"
grep 'watch-exe [0-9]* ' "$TESTDIR/said" | grep -v ' /probe:' >"$TESTDIR/seen"
check "the container's root, with CAP_SYS_PTRACE, has seen mote come in" test -s "$TESTDIR/seen"
is "$(grep -v 'EROFS$\|/memfd:mote' "$TESTDIR/seen")" "" "and never gets its binary for writing"
unharmed "after that"

# --- the process that comes in, seen from inside ----------------------------------------------------------
# spied NAME FILTER: nothing of it is reached before it is the program, by root without power over it
spied() {
	up "$2" /spy 4
	wait_for 5 grep -q ready "$TESTDIR/said"
	ran=0
	for _ in 1 2 3 4 5 6; do
		# shellcheck disable=SC2086
		run_in 10 $slow "$MOTE" --root "$STATE" exec "$id" /probe true
		[ "$status" != 0 ] || ran=$((ran + 1))
	done
	is "$ran" 6 "$1: exec works"
	wait_for 40 sh -c "\"$MOTE\" --root \"$STATE\" state \"$id\" | grep -q stopped"
	is "$(grep REACHED "$TESTDIR/said")" "" "$1: nothing of mote's is reached"
	has "$(cat "$TESTDIR/said")" " seen, 0 reached" "$1: and the spy has looked to the end"
	check "$1: at more than one process" test "$(sed -n 's/^spy: \([0-9]*\) seen.*/\1/p' "$TESTDIR/said")" -ge 2
}
spied "root without CAP_SYS_PTRACE" '.process.capabilities |= with_entries(.value += ["CAP_DAC_OVERRIDE", "CAP_KILL"])'
if have USERNS; then
	chown -R 100000:100000 "$TESTDIR/rootfs"
	spied "root of a user namespace, with every power there" ".linux.namespaces += [{\"type\": \"user\"}] | $power |"'
		.linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings |
		.process.capabilities |= with_entries(.value += ["CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID"])'
	chown -R 0:0 "$TESTDIR/rootfs"
fi

# With CAP_SYS_PTRACE and no user namespace it can be reached, but nothing of the host can through it: its root and folder are
# the container's from the first moment that it can be seen, and it holds no descriptor of a folder or a file of the host's.
cat >"$TESTDIR/rootfs/look" <<'END'
echo ready
i=0
while [ $i -lt 250 ]; do
	i=$((i + 1))
	sleep 0.01
	for p in /proc/[0-9]*; do
		[ $p != /proc/$$ ] && [ $p != /proc/1 ] || continue
		name=$(cat $p/comm 2>/dev/null)
		case $name in mote* | [0-9]) ;; *) continue ;; esac
		echo "SEEN $name"
		for way in $p/root $p/root/.. $p/cwd $p/cwd/../../../..; do
			[ ! -e "$way$MARK" ] || echo "HIT $way"
		done
		for f in $p/fd/[0-9]*; do
			to=$(readlink $f 2>/dev/null)
			echo "FD $to"
			for up in / /.. /../.. /../../../../../..; do
				[ ! -e "$f$up$MARK" ] || echo "HIT $f$up $to"
			done
		done
	done
done
echo end
END
if [ -n "$slow" ]; then
	echo marked >"$TESTDIR/marker"
	up "$power | .process.env += [\"MARK=$TESTDIR/marker\"]" /bin/sh /look
	wait_for 5 grep -q ready "$TESTDIR/said"
	for _ in 1 2 3; do
		# shellcheck disable=SC2086
		run_in 10 $slow "$MOTE" --root "$STATE" exec "$id" /probe true
	done
	wait_for 30 grep -q '^end' "$TESTDIR/said"
	check "CAP_SYS_PTRACE: the process has been seen" grep -q ^SEEN "$TESTDIR/said"
	is "$(grep ^HIT "$TESTDIR/said" | sort -u)" "" "CAP_SYS_PTRACE: nothing of the host behind its root, folder and descriptors"
	is "$(sed -n 's/^FD //p' "$TESTDIR/said" | grep -v '^/dev/null$\|^pipe:\|^socket:\|^/$\|^$' | grep -v "^$TESTDIR/\.\(out\|err\)\$" | sort -u)" "" \
		"CAP_SYS_PTRACE: its descriptors are the program's, a socket and the container's root"
else
	skip "CAP_SYS_PTRACE: what is reached" "no strace to slow mote down"
fi
unharmed "at the end"
finish

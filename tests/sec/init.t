#!/bin/sh
# SPDX-License-Identifier: MIT
# init.t - attacks on what --init and the notify socket put into a container: mote's file by /proc/1/exe, its memory, the socket
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq INIT
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
args() { jq -nc '".process.args = " + ($ARGS.positional | tojson)' -r --args -- "$@"; }
all=$(jq -nc '[range(0; 41)] | map("CAP_" + (["CHOWN","DAC_OVERRIDE","DAC_READ_SEARCH","FOWNER","FSETID","KILL","SETGID","SETUID","SETPCAP","LINUX_IMMUTABLE","NET_BIND_SERVICE","NET_BROADCAST","NET_ADMIN","NET_RAW","IPC_LOCK","IPC_OWNER","SYS_MODULE","SYS_RAWIO","SYS_CHROOT","SYS_PTRACE","SYS_PACCT","SYS_ADMIN","SYS_BOOT","SYS_NICE","SYS_RESOURCE","SYS_TIME","SYS_TTY_CONFIG","MKNOD","LEASE","AUDIT_WRITE","AUDIT_CONTROL","SETFCAP","MAC_OVERRIDE","MAC_ADMIN","SYSLOG","WAKE_ALARM","BLOCK_SUSPEND","AUDIT_READ","PERFMON","BPF","CHECKPOINT_RESTORE"][.]))' |
	jq -c 'map(select(. != "CAP_SYS_RESOURCE"))')
power=".process.capabilities |= map_values($all)"
mkdir "$TESTDIR/tools"
cp "$MOTE" "$TESTDIR/tools/mote"
sum=$(cksum <"$MOTE")
mkrootfs "$TESTDIR/rootfs"
before

attack() {
	mkbundle "$b" "$power | .process.env += [\"PATH=/bin\"] | $(args /bin/sh -c '/probe try-write-exe 1 ++ mount none /proc/1/exe none 4128 "" ++ try-write-exe 1
ls -l /proc/1/fd | grep -c -e /tools -e mote
( exec 9</proc/1/exe; exit 0 ) && echo readable
tr "\0" "\n" </proc/1/environ | wc -l
grep -c -e SECRET -e "$1" /proc/1/mem 2>/dev/null' sh "$TESTDIR")"
	run_in 20 "$MOTE" --root "$STATE" run --init -b "$b" one
	is "$(echo "$out" | grep -c WRITABLE)" 0 "$1: /proc/1/exe cannot be written"
	is "$(echo "$out" | grep -c '^try-write-exe 1 .*: \(EROFS\|EPERM\|ETXTBSY\)')" 2 "$1: ... said twice, also after a remount"
	has "$out" "mount" "$1: the remount was tried"
	hasnt "$(echo "$out" | grep '^mount')" ok "$1: ... and refused"
	is "$(cksum <"$MOTE")" "$sum" "$1: the binary is what it was"
}
MOTE=$TESTDIR/tools/mote
attack "on a writable mount"
mkdir "$TESTDIR/ro"
mount --bind "$TESTDIR/tools" "$TESTDIR/ro" && mount -o remount,bind,ro "$TESTDIR/ro"
at_exit "umount '$TESTDIR/ro' 2>/dev/null"
MOTE=$TESTDIR/ro/mote
attack "on a read-only mount"
# A handle on process 1's file outlives it, and then the file is busy no more; the host's mount has become writable meanwhile.
late() {
	mkbundle "$b" "$power | $(args sleep 60)"
	"$MOTE" --root "$STATE" run -d --init -b "$b" one </dev/null
	pid=$("$MOTE" --root "$STATE" state one | jq .pid)
	"$PROBE" try-write-exe "$pid" 4 >"$TESTDIR/o" 2>&1 &
	try=$!
	sleep 0.3
	[ "$1" = writable ] || mount -o remount,bind,rw "$TESTDIR/ro"
	"$MOTE" --root "$STATE" delete --force one
	wait "$try"
	has "$(cat "$TESTDIR/o")" EROFS "on a $1 mount: a handle that outlives the container cannot be written"
}
late read-only
MOTE=$TESTDIR/tools/mote
late writable
rm -f "$TESTDIR/o"
umount "$TESTDIR/ro"
MOTE=$TESTDIR/tools/mote

# A script whose interpreter is one of mote's descriptors.
for fd in 3 4 5 6 7 8 9 10 11 12; do
	printf '#!/proc/self/fd/%s\n' "$fd" >"$TESTDIR/rootfs/bin/trap"
	chmod 755 "$TESTDIR/rootfs/bin/trap"
	mkbundle "$b" "$(args /bin/trap)"
	run_in 10 "$MOTE" --root "$STATE" run --init -b "$b" one
	case $status:$err in
	1:*"/bin/trap"*) ;;
	*) fail "an interpreter of mote's descriptor $fd" "$status: $out $err" ;;
	esac
done
pass "no descriptor of mote's serves as an interpreter"
rm -f "$TESTDIR/rootfs/bin/trap"
if have REAPER; then
	# The image may not lead the notify folder's mount out of the root.
	rm -rf "$TESTDIR/rootfs/run" "$TESTDIR/out"
	mkdir "$TESTDIR/out"
	ln -s "../../../../../../../../$TESTDIR/out" "$TESTDIR/rootfs/run"
	mkbundle "$b" "$(args /bin/sh -c 'echo $NOTIFY_SOCKET')"
	NOTIFY_SOCKET=$TESTDIR/none run_in 10 "$MOTE" --root "$STATE" run -b "$b" one
	is "$(find "$TESTDIR/out" -mindepth 1)" "" "a /run that leads out of the root: nothing is made there"
	rm -rf "$TESTDIR/rootfs/run" "$TESTDIR/out" "$TESTDIR/rootfs$TESTDIR"
	mkdir "$TESTDIR/rootfs/run"
fi
sleep 0.2
clean "nothing is left"
finish

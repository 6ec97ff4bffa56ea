#!/bin/sh
# SPDX-License-Identifier: MIT
# neighbour.t - containers that share a pid namespace: what a hostile one reaches of the box that is being made, of one that
# waits for start, and of mote's state (CVE-2016-9962)
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"
find_static probe/spy
spy=$found
[ -x "$spy" ] || skip_all "spy could not be built"

chmod 755 "$TESTDIR"
mkrootfs "$TESTDIR/rootfs"
cp "$spy" "$TESTDIR/rootfs/spy"
no_cg='.mounts |= map(select(.type != "cgroup"))'
maps='.linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings'
userns='.linux.namespaces += [{"type": "user"}]'
power='.process.capabilities |= with_entries(.value += ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_SYS_ADMIN", "CAP_KILL"])'
slow='strace -f -qq -o /dev/null -e trace=setgroups,setresuid,pivot_root,sethostname -e inject=setgroups,setresuid,pivot_root,sethostname:delay_enter=20000'
command -v strace >/dev/null || slow=''

# spied NAME FILTER-OF-THE-SPY FILTER-OF-THE-VICTIM: the victims come and go while the spy looks
spied() {
	mkbundle "$TESTDIR/a" "$no_cg | $2"' | .process.args = ["/spy", "5"]'
	"$MOTE" --root "$STATE" run -d -b "$TESTDIR/a" "spy-$$" >"$TESTDIR/spy.out" 2>&1 </dev/null
	wait_for 5 grep -q ready "$TESTDIR/spy.out"
	pid=$("$MOTE" --root "$STATE" state "spy-$$" | jq .pid)
	mkbundle "$TESTDIR/b" "$no_cg | $3 | .linux.namespaces |= map(if .type == \"pid\" then .path = \"/proc/$pid/ns/pid\"
		elif .type == \"user\" then .path = \"/proc/$pid/ns/user\" else . end)"
	ran=0
	for _ in 1 2 3; do
		# shellcheck disable=SC2086
		run_in 10 $slow "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "victim-$$"
		[ "$status" != 0 ] || ran=$((ran + 1))
	done
	mote_in 10 create -b "$TESTDIR/b" "waits-$$"
	[ "$status" != 0 ] || ran=$((ran + 1))
	sleep 0.5
	mote_in 10 start "waits-$$"
	for _ in 1 2 3 4 5 6 7 8; do
		mote_in 10 run -b "$TESTDIR/b" "victim-$$"
		[ "$status" != 0 ] || ran=$((ran + 1))
	done
	wait_for 8 "$MOTE" --root "$STATE" delete "waits-$$"
	is "$ran" 12 "$1: the victims run"
	wait_for 10 "$MOTE" --root "$STATE" delete "spy-$$"
	[ "$(sed -n 's/^spy: \([0-9]*\) seen.*/\1/p' "$TESTDIR/spy.out")" -ge 4 ] || note "$(tail -n 3 "$TESTDIR/spy.out")"
	is "$(grep REACHED "$TESTDIR/spy.out")" "" "$1: nothing of mote's is reached"
	has "$(cat "$TESTDIR/spy.out")" " seen, 0 reached" "$1: and the spy has looked to the end"
}
if have USERNS; then
	# box-in-a-joined-user-namespace-is-not-dumpable: root of that namespace could trace it while its root was the host's
	spied "root in a shared user namespace" "$maps | $userns | $power" "$userns"
fi
spied "root without CAP_SYS_PTRACE, no user namespace" '.process.capabilities |= with_entries(.value += ["CAP_DAC_OVERRIDE", "CAP_KILL"])' '.'
spied "an ordinary user beside an ordinary user" '.process.user = {"uid": 1000, "gid": 1000}' '.process.user = {"uid": 1000, "gid": 1000}'

# --- a box that waits: who may open its gate -------------------------------------------------------
mkbundle "$TESTDIR/b" "$no_cg"
mote_in 10 create -b "$TESTDIR/b" "waits-$$"
is "$status" 0 "a box waits"
is "$(stat -c %a "$STATE/waits-$$")" 700 "its state folder is root's alone"
is "$(find "$STATE/waits-$$" -perm /077 -printf '%P %m ')" "" "and so is all in it, the gate too"
is "$(stat -c %a "$STATE")" 711 "the folder above lets nobody list it"
is "$(grep -c '@.*\(mote\|gate\)' /proc/net/unix)" 0 "no socket of mote's is an abstract one"
if command -v setpriv >/dev/null; then
	run_in 5 setpriv --reuid 65534 --regid 65534 --clear-groups ls "$STATE/waits-$$"
	check "nobody else can look into it" test "$status" != 0
	run_in 5 setpriv --reuid 65534 --regid 65534 --clear-groups "$MOTE" --root "$STATE" start "waits-$$"
	check "nor start it" test "$status" != 0
	run_in 5 setpriv --reuid 65534 --regid 65534 --clear-groups "$MOTE" --root "$STATE" kill "waits-$$" KILL
	check "nor end it" test "$status" != 0
fi
is "$("$MOTE" --root "$STATE" state "waits-$$" | jq -r .status)" created "it still waits"
mote_in 10 start "waits-$$"
is "$status" 0 "and root starts it"
wait_for 5 "$MOTE" --root "$STATE" delete "waits-$$"
umask 000
mote_in 10 create -b "$TESTDIR/b" "waits-$$"
umask 022
is "$(find "$STATE/waits-$$" -perm /077 -printf '%P %m ')" "" "the same when mote is called with umask 0"
"$MOTE" --root "$STATE" delete --force "waits-$$"
umask 000
mote_in 10 run --keep -b "$TESTDIR/b" --pid-file "$TESTDIR/pid" "kept-$$"
umask 022
is "$(stat -c %a "$TESTDIR/pid")" 644 "a pid file is nobody else's to write"
"$MOTE" --root "$STATE" delete --force "kept-$$"

# --- links in the state folder: nothing is followed when it is removed -----------------------------
mkdir "$TESTDIR/precious"
echo x >"$TESTDIR/precious/file"
mote_in 10 create -b "$TESTDIR/b" "linked-$$"
ln -s "$TESTDIR/precious" "$STATE/linked-$$/out"
mkdir "$STATE/linked-$$/sub"
ln -s ../../../precious "$STATE/linked-$$/sub/out"
mote_in 10 delete --force "linked-$$"
check "a state folder with links in it goes away" test "$status" = 0 -a ! -e "$STATE/linked-$$"
is "$(cat "$TESTDIR/precious/file")" x "what they point to does not"
ln -s "$TESTDIR/precious" "$STATE/alias"
mote_in 10 delete --force alias
is "$(cat "$TESTDIR/precious/file")" x "a state folder that is a link is not followed"
rm -f "$STATE/alias"
echo kept >"$TESTDIR/target"
ln -s "$TESTDIR/target" "$TESTDIR/pid.link"
mote_in 10 run -b "$TESTDIR/b" --pid-file "$TESTDIR/pid.link" "p-$$"
is "$(cat "$TESTDIR/target")" kept "a pid file that is a link is replaced, not followed"
finish

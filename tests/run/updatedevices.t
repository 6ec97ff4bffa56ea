#!/bin/sh
# SPDX-License-Identifier: MIT
# updatedevices.t - device rules of a container that lives, on version 2 of cgroups: one step where the kernel has it, two where not;
# when the second of these fails, or a later write of the same update, they are what they were
#
# strace lets the calls fail: those of bpf(2) are counted as BPF_PROG_LOAD, QUERY, GET_FD_BY_ID, then ATTACH and DETACH.
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq cmd:strace cmd:unshare UPDATE EXEC DEVICES
if [ -z "${PRIVATE_V2:-}" ]; then
	unshare -m --propagation private true 2>/dev/null || skip_all "no mount namespace can be made here"
	cleanup
	PRIVATE_V2=1 exec unshare -m --propagation private sh "$0" "$@"
fi
private_cgroup2 || skip_all "version 2 of cgroups cannot be mounted alone here"
strace -o /dev/null true 2>/dev/null || skip_all "strace cannot trace here"

b=$TESTDIR/b
top=/mote-${TESTDIR##*[./]}
export SNAPSHOT_CGROUPS="$top"
mote() { "$MOTE" --root "$STATE" "$@"; }
# What the container may: of a device that the rules are about, and of one that is always there
may() { mote exec c /probe open /dev/log r ++ open /dev/null rw 2>&1 | sed 's/.*: //' | tr '\n' ' '; }
rules() { mote state c | jq -c '.resources.devices // "none" | if type == "array" then length else . end'; }
# traced INJECTION... -- ARGUMENT...: mote's update, its calls of bpf(2) in $TESTDIR/.trace as words
traced() {
	injections=''
	while [ "$1" != -- ]; do
		injections="$injections -e inject=$1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	run_in 20 strace -qq -o "$TESTDIR/.trace" -e trace=bpf,renameat2 $injections "$MOTE" --root "$STATE" update "$@" c
	calls=$(sed -n 's/^bpf(BPF_PROG_\([A-Z]*\),.*\(BPF_F_REPLACE\).*/\1+\2/p; t; s/^bpf(BPF_PROG_\([A-Z_]*\),.*/\1/p' "$TESTDIR/.trace" |
		grep -e TACH | tr '\n' ' ')
}
back() { mote update -r "$TESTDIR/$1" c; }
open='[{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]'
shut='[{"allow": false, "access": "rwm"}]'
printf '{"devices": %s}' "$open" >"$TESTDIR/open"
printf '{"devices": %s}' "$shut" >"$TESTDIR/shut"

mkrootfs "$TESTDIR/rootfs"
before
mkbundle "$b" ".linux.cgroupsPath = \"$top/c\" | .linux.resources = {devices: $open} | .process.args = [\"/probe\", \"sleep\", \"600\"] |
	.linux.devices = [{path: \"/dev/log\", type: \"c\", major: 1, minor: 11}] | .process.capabilities |= map_values([\"CAP_SYSLOG\"])"
mote_in 20 run -d -b "$b" c
[ "$status" = 0 ] || case $err in *"load device rules"*) skip_all "no BPF programs here: $err" ;; esac
is "$status:$err" 0: "a container with device rules on version 2"
is "$(may)" "ok ok " "it may read that device"

# ---- one step --------------------------------------------------------------------------------------
traced -- -r "$TESTDIR/shut"
is "$status:$out:$err" 0:: "update: other rules"
is "$calls" "ATTACH+BPF_F_REPLACE " "one program takes the other's place in one step"
is "$(may)" "EPERM ok " "and counts"
is "$(rules)" 1 "the state has it"
back open
is "$(may)" "ok ok " "and back"

# ---- a kernel before 5.6 ------------------------------------------------------------------------------
traced bpf:error=EINVAL:when=4 -- -r "$TESTDIR/shut"
is "$status:$out:$err" 0:: "where BPF_F_REPLACE is refused: update"
is "$calls" "ATTACH+BPF_F_REPLACE ATTACH DETACH " "attaches the new one, then takes off the old one"
is "$(may)" "EPERM ok " "which counts"
back open
is "$(may)" "ok ok " "and no other is left: back again"

# ---- the second step fails: the new one alone would deny, both together as well ------------------------
traced bpf:error=EINVAL:when=4..6+2 -- -r "$TESTDIR/shut"
is "$status" 1 "the old program cannot be taken off: update fails"
has "$err" "load device rules" "and says at what"
is "$calls" "ATTACH+BPF_F_REPLACE ATTACH DETACH ATTACH DETACH " "the new one is taken off again"
is "$(may)" "ok ok " "devices are as before"
is "$(rules)" 2 "the state as well"
mote_in 20 update -r "$TESTDIR/shut" c
is "$status:$(may)" "0:EPERM ok " "and the next update works"
back open

# ---- a later write of the same update fails ------------------------------------------------------------
traced renameat2:error=ENOSPC:when=1 -- -r "$TESTDIR/shut"
is "$status" 1 "the state cannot be written: update fails"
has "$err" "no space left on device" "and says so"
is "$calls" "ATTACH+BPF_F_REPLACE ATTACH+BPF_F_REPLACE " "the old program takes the new one's place again"
is "$(may)" "ok ok " "devices are as before"
traced bpf:error=EINVAL:when=4 renameat2:error=ENOSPC:when=1 -- -r "$TESTDIR/shut"
is "$status:$(may)" "1:ok ok " "by two steps as well"

mote delete --force c

# ---- rules that do not begin with one about every device -------------------------------------------------
jq -c '.linux.resources.devices |= .[1:]' "$b/config.json" >"$TESTDIR/list.json" && mv "$TESTDIR/list.json" "$b/config.json"
mote_in 20 run -d -b "$b" c
is "$status:$err" 0: "a container whose only rule allows a device"
is "$(mote exec c /probe open /dev/log r ++ open /dev/log w ++ open /dev/null rw 2>&1 | sed 's/.*: //' | tr '\n' ' ')" "ok EPERM ok " \
	"rules are the list of what is allowed: that, the devices of every container, and no more"
mote delete --force c
clean "nothing is left"
finish

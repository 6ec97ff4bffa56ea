#!/bin/sh
# features.t - `mote features` field by field: its shape is features.md's, and what it lists is what the loader takes
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
need root cmd:jq
TINY=${TINY:-$TOP/build/tiny/mote}

# holds NAME FILTER: of what features said
holds() {
	if printf '%s' "$out" | jq -e "$2" >/dev/null 2>&1; then pass "$1"; else fail "$1" "$(printf '%s' "$out" | jq -c "$2" 2>&1 | head -c 300)"; fi
}
names='type == "array" and length > 0 and all(type == "string") and length == (unique | length)'

MOTE_FULL=$MOTE
for MOTE in "$MOTE" "$TINY"; do
	[ -x "$MOTE" ] || continue
	w=$(basename "$(dirname "$MOTE")")
	run_in 10 "$MOTE" features
	is "$status:$err" 0: "$w: exit 0, nothing on standard error"
	holds "$w: one object" 'type == "object"'
	# The members that 1.3 defines, and no others (M-76).
	holds "$w: no members of another version" '(keys - ["ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux",
		"annotations", "potentiallyUnsafeConfigAnnotations"]) == []'
	holds "$w: nor of linux" '(.linux | keys) - ["namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux", "intelRdt",
		"memoryPolicy", "mountExtensions", "netDevices"] == []'
	holds "$w: no null: that would be unknown (M-74)" '[.. | select(. == null)] == []'
	holds "$w: ociVersionMin, ociVersionMax (M-75)" '.ociVersionMin == "1.0.0" and .ociVersionMax == "1.3.0"'
	holds "$w: hooks" '.hooks | type == "array"'
	holds "$w: mountOptions" ".mountOptions | $names"
	holds "$w: options that engines look for" '["ro", "rro", "rbind", "idmap", "tmpcopyup", "defaults", "nosymfollow"] - .mountOptions == []'
	holds "$w: namespaces (M-79)" '.linux.namespaces | sort == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]'
	holds "$w: capabilities (M-80)" '.linux.capabilities | length == 41 and all(test("^CAP_[A-Z_]+$"))'
	holds "$w: cgroup" '.linux.cgroup | keys == ["rdma", "systemd", "systemdUser", "v1", "v2"] and all(.[]; type == "boolean")'
	for k in seccomp apparmor selinux intelRdt netDevices; do
		holds "$w: $k.enabled" ".linux.$k.enabled | type == \"boolean\""
	done
	holds "$w: mountExtensions.idmap.enabled (M-83)" '.linux.mountExtensions.idmap.enabled | type == "boolean"'
	holds "$w: annotations are strings under proper keys (M-84)" '.annotations | all(to_entries[]; (.value | type) == "string" and (.key | test("^org[.]mote[.]")))'
	holds "$w: potentiallyUnsafeConfigAnnotations" '.potentiallyUnsafeConfigAnnotations == (if .annotations["org.mote.feature.SYSTEMD"] == "y" then ["org.systemd.property."] else [] end) and .linux.cgroup.systemd == (.annotations["org.mote.feature.SYSTEMD"] == "y")'
	# What was built in says so, and what was not does not.
	for pair in SECCOMP:seccomp LSM:apparmor LSM:selinux NETDEV:netDevices RDT:intelRdt IDMAP:mountExtensions.idmap; do
		want=false
		if have "${pair%%:*}"; then want=true; fi
		holds "$w: ${pair#*:}: $want" ".linux.${pair#*:}.enabled == $want"
	done
	if have SECCOMP; then
		for k in actions operators archs knownFlags supportedFlags; do
			holds "$w: seccomp.$k" ".linux.seccomp.$k | $names"
		done
		holds "$w: supported flags are known ones" '.linux.seccomp | .supportedFlags - .knownFlags == []'
		holds "$w: SCMP_ACT_NOTIFY is listed where it is built in" \
			".linux.seccomp.actions | any(. == \"SCMP_ACT_NOTIFY\") == $(if have NOTIFY; then echo true; else echo false; fi)"
	fi
	if have NUMA; then
		holds "$w: memoryPolicy (M-82)" '.linux.memoryPolicy | (.modes | length) == 7 and (.flags | length) == 3'
	else
		holds "$w: no memoryPolicy" '.linux | has("memoryPolicy") | not'
	fi
done

# ---- what is listed is taken (M-77 to M-82) ---------------------------------------------------------------
MOTE=${MOTE_FULL:?}
have PLAN && have SECCOMP || skip_all "needs PLAN and SECCOMP"
run_in 10 "$MOTE" features
features=$out
mkbundle "$TESTDIR/b" .
list() { printf '%s' "$features" | jq -r "$1 | .[]"; }
# takes NAME FILTER: a configuration with that in it has a plan, or is refused for another reason than an unknown word
takes() {
	takes_n=$((takes_n + 1))
	mkbundle "$TESTDIR/b" "$2"
	run_in 10 "$MOTE" plan -b "$TESTDIR/b"
	case $err in
	*"no such value"* | *unknown* | *"file system to read"* | *"does not know"*) fail "$1" "$err" ;;
	esac
}
each() { # each LIST FILTER-WITH-%
	takes_n=0
	for word in $(list "$1"); do
		takes "$1: $word" "$(printf '%s' "$2" | sed "s|%|$word|g")"
	done
	check "$1: all of them are taken" [ "$takes_n" -gt 0 ]
}
each .hooks '.hooks.%= [{path: "/bin/true"}]'
each .mountOptions '.mounts += [{destination: "/x", source: "/tmp", options: ["bind", "%"], uidMappings: [{containerID: 0, hostID: 0, size: 1}], gidMappings: [{containerID: 0, hostID: 0, size: 1}]}]'
each .linux.capabilities '.process.capabilities = {bounding: ["%"]}'
each .linux.seccomp.actions '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/x", syscalls: [{names: ["acct"], action: "%"}]}'
each .linux.seccomp.operators '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["acct"], action: "SCMP_ACT_LOG", args: [{index: 0, value: 1, op: "%"}]}]}'
each .linux.seccomp.supportedFlags '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: ["%"], listenerPath: "/x", syscalls: [{names: ["acct"], action: "SCMP_ACT_NOTIFY"}]}'
each .linux.memoryPolicy.modes '.linux.memoryPolicy = {mode: "%"}'
each .linux.memoryPolicy.flags '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["%"]}'
finish

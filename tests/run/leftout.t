#!/bin/sh
# leftout.t - a mote built without a feature refuses the configuration that uses it, by the feature's name, and runs the others
# SPDX-License-Identifier: MIT
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091,SC2154
. "$(dirname "$0")/../lib.sh"
TINY=${TINY:-$TOP/build/tiny/mote}
need root cmd:jq "file:$TINY"
MOTE=$TINY
b=$TESTDIR/b
plain='del(.mounts[] | select(.type == "cgroup")) | .process.args = ["/probe", "exit", "5"]'
before

mkbundle "$b" "$plain"
run_in 20 "$MOTE" --root "$STATE" run -b "$b" plain
is "$status$err" 5 "tiny runs what needs nothing that is left out"

# lacks FEATURE MEMBER FILTER
lacks() {
	have "$1" && { fail "tiny is without $1" "it has it: choose another feature for this test" && return; }
	mkbundle "$b" "$plain | $3"
	run_in 20 "$MOTE" --root "$STATE" run -b "$b" lacks
	is "$status" 1 "$1: refused"
	has "$err" "$2" "$1: the member is named"
	has "$err" "built without $1" "$1: the feature is named"
}
lacks SECCOMP linux.seccomp '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
lacks HOOKS hooks '.hooks = {poststop: [{path: "/bin/true"}]}'
lacks TTY process.terminal '.process.terminal = true'
lacks IDMAP 'mounts[' '.mounts += [{destination: "/mnt", source: "/tmp", options: ["bind"], uidMappings: [{containerID: 0, hostID: 1, size: 1}], gidMappings: [{containerID: 0, hostID: 1, size: 1}]}]'
lacks COPYUP 'mounts[' '.mounts += [{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]}]'
lacks LSM process.apparmorProfile '.process.apparmorProfile = "x"'
lacks LSM linux.mountLabel '.linux.mountLabel = "x"'
lacks NETDEV linux.netDevices '.linux.netDevices = {"lo": {}}'
lacks RDT linux.intelRdt '.linux.intelRdt = {closID: "/"}'
lacks NUMA linux.memoryPolicy '.linux.memoryPolicy = {mode: "MPOL_LOCAL"}'
lacks LIMITS linux.resources '.linux.resources = {hugepageLimits: [{pageSize: "2MB", limit: 0}]}'

# Every row whose need is left out, from the rows of the full binary: a value that asks for something is refused, by the row's name or
# that of what it is in, and by the feature's.
FULL=${FULL:-$TOP/build/full/mote}
rows_of() {
	"$FULL" explain --json | jq -r --arg has "$("$1" --version | sed -n 's/^features://p')" '
		def lacks: . as $f | ($has | split(" ") | index("-" + $f)) != null;
		select(.needs != null) | select((.needs | split(", and ") | map(split(" or ") | all(lacks)) | any)) | .name' |
		sort
}
# as_document NAME BASE: a configuration in which only that property asks for something
as_document() {
	"$FULL" explain --json | jq -c --arg name "$1" --slurpfile base "$2" '
		def sample: if .type == "boolean" then true elif .type == "number" then 1 elif .type == "absolute path" then "/x"
			elif .type == "name" then .values[0] elif .type == "array of names" then [.values[0]] elif .type == "array of numbers" then [1]
			elif .type == "array of absolute paths" then ["/x"] elif .type == "array of strings" then ["x"] elif .type == "string" then "x"
			elif .type == "object of strings" then {x: "y"} elif .type == "array of objects" then [{x: 1}] else {x: {y: 1}} end;
		select(.name == $name) | sample as $v |
		[.name | split(".")[] | capture("^(?<k>[A-Za-z0-9]+)(?<s>.*)$") | .k, (if .s == "[]" then 0 elif .s == "" then empty else "x" end)] as $path |
		$base[0] | del(.mounts) | setpath($path; $v)'
}
if [ -x "$FULL" ] && "$FULL" --version | grep -q '+EXPLAIN'; then
	for other in "$TINY" "${INITRAMFS:-$TOP/build/initramfs/mote}"; do
		[ -x "$other" ] || { skip "rows that $other lacks" "it is not built" && continue; }
		rows=$(rows_of "$other")
		bad=0
		mkbundle "$b" 'del(.linux.resources, .linux.seccomp, .hooks)'
		for row in $rows; do
			as_document "$row" "$b/config.json" >"$TESTDIR/doc.json"
			run_in 20 "$other" --root "$STATE" create -b "$b" -f "$TESTDIR/doc.json" lacks
			# the longest name that is told is the row's or one above it
			told=$(printf '%s\n' "$err" | sed -n 's/.*json:[0-9]*:[0-9]*: \([^ ]*\): this mote was built without.*/\1/p' | sed 's/\[0\]/[]/g; s/\["x"\]/[""]/g' | head -n 1)
			case $status:$row in
			"1:${told:-none}"*) ;;
			*) bad=$((bad + 1)) && note "$row: $status $err" ;;
			esac
		done
		is "$bad" 0 "$(printf '%s\n' "$rows" | wc -l) rows that $(basename "$(dirname "$other")") lacks are refused by name"
		check "which are not none" [ "$(printf '%s\n' "$rows" | wc -l)" -gt 9 ]
	done
fi

run_in 20 "$MOTE" --root "$STATE" plan -b "$b"
is "$status" 2 "a verb that is left out is unknown"
printf 'NOSUCH=n\n' >"$TESTDIR/wrong"
run_in 20 awk -f "$TOP/toolchain/features.awk" -v h="$TESTDIR/h" "$TESTDIR/wrong" "$TOP/src/features.def"
has "$status:$err" NOSUCH "an unknown name in config/ is an error"
hasnt "$status" 0 "with a status that says so"
clean "nothing is left of it all"
finish

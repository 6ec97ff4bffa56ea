#!/bin/sh
# SPDX-License-Identifier: MIT
# explain.t - mote explain: every property by its name, objects by their members, options by the kernel's flags; and suggestions
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need EXPLAIN cmd:jq

mote_in 10 explain linux.resources.memory.swap
is "$status:$err" 0: "a property is explained"
for words in 'bytes of memory and swap together' 'type      number, from -1' 'default   absent' 'since     1.0' \
	'memory.swap.max, memory.memsw.limit_in_bytes' 'faults    M-3' 'needs     CGROUP2 or CGROUP1: this mote has it' \
	'rule      memory.swap is not below memory.limit'; do
	has "$out" "$words" "swap: ${words%%  *}"
done
mote_in 10 explain linux.resources.blockIO.weight
has "$out" 'number, 0 to 1000' "a range"
mote_in 10 explain linux.rootfsPropagation
has "$out" 'shared, slave, private, unbindable' "the words of a name"
has "$out" 'M-71' "the rule that a bad one breaks"
mote_in 10 explain root.path
has "$out" 'none: it is required' "what is required has no default"
mote_in 10 explain linux.memoryPolicy
has "$out" 'since     1.3' "the version of the specification"
for word in mode nodes flags '(required)'; do has "$out" "$word" "an object lists its members: $word"; done
mote_in 10 explain
is "$status" 0 "without a name"
has "$out" ociVersion "the members of the top level"
hasnt "$out" swappiness "and no others"

mote_in 10 explain 'mounts[].options'
for row in 'ro  *sets MS_RDONLY' 'rw  *clears MS_RDONLY' 'noatime  *sets MS_NOATIME, clears MS_RELATIME MS_STRICTATIME' \
	'rbind  *sets MS_BIND MS_REC' 'rslave  *sets MS_REC MS_SLAVE' 'rro  *sets MOUNT_ATTR_RDONLY, on all mounts below' \
	'rnoatime  *sets MOUNT_ATTR_NOATIME, clears MOUNT_ATTR__ATIME, on all mounts below' "idmap  *mote's to do"; do
	printf '%s\n' "$out" | grep -q "^  $row\$" && pass "option ${row%% *}" || fail "option ${row%% *}" "$(printf '%s\n' "$out" | grep "^  ${row%% *} ")"
done
is "$(printf '%s\n' "$out" | sed -n '/^options:/,$p' | grep -c '^  [a-z]')" "$("$MOTE" features | jq '.mountOptions | length')" "every option of mote features"
mote_in 10 explain process.capabilities.bounding
has "$out" CAP_CHECKPOINT_RESTORE "the names of capabilities"

for name in mounts.options 'mounts[3].options' 'mounts[].options'; do
	is "$("$MOTE" explain "$name" | sed 1d)" "$("$MOTE" explain 'mounts[].options' | sed 1d)" "$name is the same"
done
is "$("$MOTE" explain 'linux.resources.rdma["mlx5.0"].hcaHandles' | sed 1d)" "$("$MOTE" explain linux.resources.rdma.hcaHandles | sed 1d)" "an entry of a map"
has "$("$MOTE" explain 'hooks.poststop[0].path')" 'execve(2)' "by each way to it"

# nearest WRONG RIGHT
nearest() {
	mote_in 10 explain "$1"
	is "$status:$out" 1: "$1: none such"
	has "$err" "'$1'; did you mean $2?" "$1: $2"
}
nearest linux.resources.memory.limt linux.resources.memory.limit
nearest swappiness linux.resources.memory.swappiness
nearest linux.Namespaces linux.namespaces
nearest proces process
nearest process.user.gids process.user.gid
for name in '' . .. '[' '[]' 'mounts[' 'mounts["' 'mounts]' process..args 'ociVersion.x' 'x[][][].[' "$(printf '%05000d' 0)" zzzzqqqq; do
	mote_in 10 explain "$name"
	[ "$status" = 1 ] || [ "$name" = 'mounts[' ] || [ "$name" = 'mounts["' ] || fail "explain '$name'" "status $status"
done
pass "names that are none"

# Every row: in words, and as JSON; the fuzzer's and the tests' names come from here.
"$MOTE" explain --json >"$TESTDIR/all"
is "$(jq -s 'length > 200 and all(.says != "" and .type != null and (.rule | startswith("M-")))' "$TESTDIR/all")" true "--json: each with a sentence"
is "$(jq -r .name "$TESTDIR/all" | sort | uniq -d)" '' "--json: each once"
bad=0
for name in $(jq -r .name "$TESTDIR/all"); do
	says=$("$MOTE" explain "$name" | sed -n 1p) || bad=$((bad + 1))
	case $says in "$name: "?*) ;; *) bad=$((bad + 1)) && note "$name: $says" ;; esac
	[ "$("$MOTE" explain --json "$name")" = "$(grep -F "{\"name\":\"$(printf %s "$name" | sed 's/"/\\"/g')\"," "$TESTDIR/all")" ] || { bad=$((bad + 1)) && note "$name: other JSON"; }
done
is "$bad" 0 "$(wc -l <"$TESTDIR/all") properties, each by its name"
is "$(jq -r 'select(.required) | .name' "$TESTDIR/all" | sort)" "$(awk -F'\t' '$3 == "required" { print $1 }' "$TESTS/data/rows.tsv" | sort)" "required as in the specification"
finish

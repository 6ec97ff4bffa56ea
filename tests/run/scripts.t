#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts.t - output for shell scripts: what eval and read make of it is what was in it, whatever that was; nothing on stderr; exit codes
# shellcheck disable=SC2154,SC2016,SC2046
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq SCRIPTS PS EVENTS
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
mkrootfs "$TESTDIR/rootfs"
before

# A bundle and an annotation with all that shells, tabs and lines know.
nasty='a b	c\d'"'"'e"f$(touch '$TESTDIR'/pwned)`touch '$TESTDIR'/pwned`;*?~#&|<>
newline'
b="$TESTDIR/b'ad \$(x) \\ "
mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS\" | .process.args = [\"/bin/sleep\", \"60\"] | .annotations = {\"x.y\": $(printf %s "$nasty" | jq -Rs .), \"k;id\": \"v\"}"
mote run -d -b "$b" c </dev/null >/dev/null 2>&1

mote_in 10 state --format=env c
is "$status:$err" 0: "state --format=env: no word"
for shell in sh bash "busybox sh" dash; do
	command -v "${shell%% *}" >/dev/null || continue
	got=$($shell -c 'eval "$1" && printf "%s|%s|%s|%s|%s" "$id" "$status" "$annotations_x_y" "$bundle" "$annotations_k_id"' - "$out")
	is "$got" "c|running|$nasty|$b|v" "state --format=env: eval of $shell has every value whole"
done
check "and nothing of it was run" [ ! -e "$TESTDIR/pwned" ]
check "each line is a name and a quoted value" sh -c '! grep -v "^[A-Za-z_][A-Za-z0-9_]*='"'"'" "$1" | grep -qv "^newline'"'"'$"' - "$TESTDIR/.out"
mote_in 10 state --format=tsv c id annotations.x.y bundle nosuch pid
is "$status:$err" 0: "state --format=tsv: no word"
is "$(wc -l <"$TESTDIR/.out" | tr -d ' ')" 1 "state --format=tsv: one line, whatever the values hold"
is "$(printf '%s' "$out" | cut -f1,4)" "c	" "state --format=tsv: the first value, and an empty one"
is "$(printf '%b.' "$(printf '%s' "$out" | cut -f2)")" "$nasty." "state --format=tsv: printf %b gives the value back"
is "$(printf '%b.' "$(printf '%s' "$out" | cut -f3)")" "$b." "state --format=tsv: backslashes as well"
is "$(mote state --format=tsv c pid)" "$(state_of c pid)" "state --format=tsv ID pid: just that"

for verb in "ps --format=tsv c pid command" "ps --format=env c" "stats --format=tsv c memory.usage.usage pids.current" "stats --format=env c" "list --format=tsv id pid" "list --format=env"; do
	# shellcheck disable=SC2086
	mote_in 10 $verb
	is "$status:$err" 0: "mote $verb: no word"
	check "mote $verb: says something" [ -n "$out" ]
done
is "$(mote ps --format=tsv c pid command uid)" "$(state_of c pid)	/bin/sleep 60	0" "ps --format=tsv"
eval "$(mote ps --format=env c)"
is "$count:$pid_1:$command_1" "1:$(state_of c pid):/bin/sleep 60" "ps --format=env"
eval "$(mote stats --format=env c memory.usage.limit pids.current)"
is "$memory_usage_limit:$pids_current" "$(cat "/sys/fs/cgroup/memory/mote-$SNAPSHOT_CGROUPS/memory.limit_in_bytes" 2>/dev/null || echo "$memory_usage_limit"):1" "stats --format=env"
for f in table json tsv env; do
	for verb in "list" "ps" "stats"; do
		# shellcheck disable=SC2086
		mote $verb --format=$f $([ $verb = list ] || echo c) $([ $f != tsv ] || echo id) >"$TESTDIR/.c" 2>&1
		check "$verb --format=$f: no colours" sh -c '! grep -q "$(printf "\033")" "$1"' - "$TESTDIR/.c"
	done
done

# ---- exit codes: 0 done, 1 refused or failed, 2 not understood ------------------------------------------
code() {
	want=$1
	shift
	mote_in 10 "$@"
	is "$status" "$want" "exit code $want: mote $*"
	[ "$want" = 0 ] || check "exit code $want: and a word on stderr" [ -n "$err" ]
}
for verb in state ps stats pause resume kill delete start "events --stats" update; do
	# shellcheck disable=SC2086
	code 1 $verb nosuch
done
for verb in state ps stats pause resume kill delete start update; do
	code 2 $verb
	code 2 $verb --nosuch c
done
code 2 nosuch
code 2 state --format=nosuch c
code 2 state --format=tsv c
code 1 resume c
code 1 delete c
code 0 delete --force nosuch
code 0 kill c 0
code 0 pause c
code 0 resume c
code 0 delete --force c
clean "nothing is left"
finish

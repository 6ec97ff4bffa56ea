#!/bin/sh
# SPDX-License-Identifier: MIT
# list.t - list and state in every format, and kill and delete of many at once: --regex, --all of what is left over
# shellcheck disable=SC2154,SC2016,SC2046
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq REGEX SCRIPTS
private_pids "$@"

export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
mote() { "$MOTE" --root "$STATE" "$@"; }
state_of() { mote state "$1" | jq -r ".$2"; }
start() {
	mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS-$1\" | .process.args = [\"/bin/sleep\", \"60\"]"
	mote run -d -b "$b" "$1" </dev/null >/dev/null 2>&1
}
ids() { mote list -q | tr '\n' ' '; }
stopped() { for s_id; do [ "$(state_of "$s_id" status)" = stopped ] || return 1; done; }

mkrootfs "$TESTDIR/rootfs"
before

# ---- formats ------------------------------------------------------------------------------------------
is "$(mote list | tr -s ' ')" "ID PID STATUS BUNDLE CREATED OWNER" "list of none: runc's heading alone"
is "$(mote list --format json | tr -d ' \n')" "[]" "list of none: an empty array"
is "$(mote list --format=tsv id)" "" "list of none: no line"
is "$(mote list --format=env)" "count='0'" "list of none: a count"
for id in web-1 web-2 db-1 other; do start $id; done
is "$(ids)" "db-1 other web-1 web-2 " "list -q: sorted"
is "$(mote list --format=tsv id status nosuch pid | head -n 1)" "db-1	running		$(state_of db-1 pid)" "list --format=tsv: the keys asked for, in that order; empty what is not there"
is "$(mote list --format=tsv id | wc -l | tr -d ' ')" 4 "list --format=tsv: a line each, no heading"
eval "$(mote list --format=env id pid)"
is "$count:$id_1:$id_4:$pid_2" "4:db-1:web-2:$(state_of other pid)" "list --format=env: numbered, and eval takes it"
is "$(mote list | awk 'NR > 1 { print $1, $2, $3, $4, $6 }' | head -n 1)" "db-1 $(state_of db-1 pid) running $b root" "list: a table"
mote_in 10 list --format=tsv
is "$status" 2 "tsv without keys: a usage error"
mote_in 10 list --format=json id
is "$status" 2 "keys with json: a usage error"
mote_in 10 list --format=table id
is "$status" 2 "keys with a table: a usage error"

# ---- regular expressions --------------------------------------------------------------------------------
mote_in 10 kill --regex '^web-[0-9]+$' KILL
is "$status:$out:$err" 0:: "kill --regex: no word"
check "kill --regex: these have ended" wait_for 5 stopped web-1 web-2
is "$(state_of db-1 status)$(state_of other status)" runningrunning "kill --regex: no other has"
mote_in 10 delete -r '^(web|db)'
is "$status" 1 "delete -r: one that runs is not deleted"
has "$err" "db-1: cannot delete a container that is running" "delete -r: and told of by name"
is "$(ids)" "db-1 other " "delete -r: the others are gone"
mote_in 10 delete --force --regex 'nosuch'
is "$status:$err" 0: "delete --regex that fits none: well"
mote_in 10 delete --regex '(a'
is "$status" 2 "a pattern that is none: a usage error"
has "$err" "has a ( without its )" "and told why"
mote_in 10 delete --force --regex .
is "$status:$err:$(ids)" 0:: "delete --force --regex .: all are gone"

# ---- kill --all when the first process has ended -----------------------------------------------------------
mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS\" | .linux.namespaces |= map(select(.type != \"pid\")) |
	.process.args = [\"/bin/sh\", \"-c\", \"sleep 60 & sleep 60 & exit 0\"]"
mote run -d -b "$b" left </dev/null >/dev/null 2>&1
check "a container whose first process has ended" wait_for 5 stopped left
is "$(mote ps --format json left | jq length)" 2 "and has left two behind: ps lists them"
left=$(mote ps --format json left | jq -r '.[]')
mote_in 10 kill left KILL
is "$status" 1 "kill: it is not running"
has "$err" "container not running" "and told"
mote_in 10 kill --all left KILL
is "$status:$err" 0: "kill --all: no word"
over() { for o_pid in $left; do ! kill -0 "$o_pid" 2>/dev/null || return 1; done; }
check "kill --all: they have ended" wait_for 5 over
mote_in 10 delete left
is "$status:$err" 0: "delete"

# ---- signal 0, names and numbers -----------------------------------------------------------------------------
start z
for sig in 0 15 TERM SIGTERM sigterm 9; do
	mote_in 10 kill z $sig
	is "$status:$err" 0: "kill z $sig"
done
check "it has ended" wait_for 5 stopped z
mote_in 10 kill z 0
is "$status" 1 "signal 0 of a stopped one: fails"
mote delete z
clean "nothing is left"
finish

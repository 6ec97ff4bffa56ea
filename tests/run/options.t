#!/bin/sh
# SPDX-License-Identifier: MIT
# options.t - how mote is called: every way to write an option, help, usage errors, logs
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq

b=$TESTDIR/b
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
# bundle [FILTER]: one whose cgroup is this test's alone, for others may run at the same time
bundle() { mkbundle "$b" ".linux.cgroupsPath = \"/mote-$SNAPSHOT_CGROUPS\" | ${1:-.}"; }
bundle '.process.args = ["/probe", "exit", "3"]'
rfc3339='^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.][0-9]+)?(Z|[+-][0-2][0-9]:[0-5][0-9])$'
before

# with WORDS...: all of them must run the bundle
with() {
	run_in 10 "$MOTE" "$@"
	is "$status:$out:$err" "3::" "mote $(printf '%s ' "$@" | sed "s,$TESTDIR/*,,g; s/ $//")"
}

# ---- ways to write an option --------------------------------------------------------------------
with --root "$STATE" run --bundle "$b" one
with --root="$STATE" run --bundle="$b" one
with -root "$STATE" run -bundle "$b" one
with -root="$STATE" run -bundle="$b" one
with --root "$STATE" run -b "$b" one
with --root "$STATE" run -b"$b" one
with --root "$STATE" run -b="$b" one
with --root "$STATE" run one -b "$b"
with --root "$STATE" run one --bundle="$b"
with run --root "$STATE" -b "$b" one
with run one -b "$b" --root="$STATE"
with --root "$STATE" run -b "$b" -- one
with --root "$STATE" run -b /nosuch -b "$b" one
with --root "$STATE" --debug=false --systemd-cgroup=false run --no-pivot=false -b "$b" one
with --root "$STATE" --rootless auto --log-level error run --no-subreaper --no-new-keyring -b "$b" one
with --root "$STATE" --cgroup-manager=disabled run -b "$b" one
with --root "$STATE" --cgroup-manager cgroupfs run --config "$b/config.json" -b "$b" one
with --root "$STATE" run -f "$b/config.json" -b "$b" one
with --root "$STATE" run --no-pivot -b "$b" one
with --root "$STATE" run --preserve-fds 0 -b "$b" one
with --root "$STATE" run --preserve-fds=0 --pid-file "$TESTDIR/pid" -b "$b" one
check "the pid file is written" test -s "$TESTDIR/pid"
rm -f "$TESTDIR/pid"
cp "$b/config.json" "$TESTDIR/other.json"
mkdir "$TESTDIR/empty"
with --root "$STATE" run -b "$TESTDIR/empty" --config "$TESTDIR/other.json" one

bundle '.process.args = ["/probe", "sleep", "60"]'
run_in 10 "$MOTE" --root "$STATE" run -db "$b" one
is "$status:$err" "0:" "mote run -db: letters in one word"
run_in 10 "$MOTE" --root "$STATE" kill one -a KILL
is "$status:$err" "0:" "mote kill ID -a SIGNAL: an option between operands"
run_in 10 "$MOTE" --root "$STATE" delete one -force
is "$status:$err" "0:" "mote delete ID -force"
run_in 10 "$MOTE" --root "$STATE" run --detach=true -b "$b" one
is "$status:$err" "0:" "mote run --detach=true"
run_in 10 "$MOTE" --root "$STATE" delete one --force=true
is "$status:$err" "0:" "mote delete ID --force=true"

# ---- what is no way: status 2, what is wrong, how it is called; nothing on standard output ------
wrong() {
	wrong_what=$1
	shift
	run_in 10 "$MOTE" "$@"
	is "$status:$out" "2:" "mote $(printf '%s ' "$@" | sed "s,$TESTDIR/*,,g"): a usage error"
	has "$err" "$wrong_what" "and it says: $wrong_what"
	has "$err" "usage: mote" "and how it is called"
}

wrong "no verb given"
wrong "unknown verb 'nosuch'" nosuch
wrong "unknown verb ''" ''
wrong "unknown option --nosuch" --nosuch
wrong "unknown option --nosuch" --nosuch run
wrong "unknown option --nosuch" run --nosuch one
wrong "unknown option --nosuch=1" run --nosuch=1 one
wrong "unknown option -x" -x
wrong "unknown option -x" run -x one
wrong "unknown option -x" delete -fx one
wrong "unknown option --bundle" start --bundle "$b" one
wrong "option --root needs a value" --root
wrong "option --bundle needs a value" run one --bundle
wrong "option --bundle needs a value" run one -b
wrong "option --force takes true or false, not 'perhaps'" delete --force=perhaps one
wrong "option --preserve-fds takes a number, not 'x'" run --preserve-fds x -b "$b" one
wrong "option --preserve-fds takes a number, not '-1'" run --preserve-fds=-1 -b "$b" one
wrong "option --preserve-fds takes a number, not ''" run --preserve-fds= -b "$b" one
wrong "option --preserve-fds takes a number" run --preserve-fds 99999999999999999999 -b "$b" one
wrong "option --log-format takes text or json, not 'xml'" --log-format xml list
for verb in create run start state kill delete; do
	wrong "an operand is missing" "$verb"
done
for verb in create start state delete; do
	wrong "too many operands" "$verb" one two
done
wrong "too many operands" kill one TERM two
wrong "too many operands" list one
run_in 10 "$MOTE" --root "$STATE" --log "$TESTDIR/no/such/dir/log" list
check "a log that cannot be opened: not taken for well" [ "$status" != 0 ]
has "$err" "open log $TESTDIR/no/such/dir/log: " "and told so"

# ---- values that no run takes -------------------------------------------------------------------
refused() {
	refused_what=$1
	shift
	run_in 10 "$MOTE" --root "$STATE" "$@"
	is "$status:$out" "1:" "mote $(printf '%s ' "$@" | sed "s,$TESTDIR/*,,g"): refused"
	has "$err" "$refused_what" "and it says: $refused_what"
}
bundle '.process.args = ["/probe", "exit", "3"]'
refused "is slice:prefix:name" --systemd-cgroup run -b "$b" one
refused "is slice:prefix:name" --cgroup-manager systemd run -b "$b" one
refused "option --cgroup-manager takes cgroupfs, systemd or disabled, not 'x'" --cgroup-manager x run -b "$b" one

# ---- help and version -----------------------------------------------------------------------------
run_in 10 "$MOTE" --help
is "$status:$err" "0:" "mote --help"
help=$out
for verb in create start run state kill delete list features; do
	has "$help" "  $verb " "mote --help names $verb"
done
for verb in $(echo "$help" | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	for h in --help -h -help; do
		run_in 10 "$MOTE" "$verb" "$h"
		is "$status:$err:$(echo "$out" | head -n 1 | cut -d' ' -f1-4)" "0::usage: mote [options] $verb" "mote $verb $h"
	done
	has "$out" "--root DIR" "mote $verb --help tells the global options too"
	[ "$verb" != ps ] || continue # what follows the operand is for ps(1)
	run_in 10 "$MOTE" "$verb" some-operand --help
	is "$status:$err" "0:" "mote $verb OPERAND --help"
done
for opt in --bundle --pid-file --console-socket --preserve-fds --no-pivot --detach --keep; do
	has "$("$MOTE" run --help)" "$opt" "mote run --help names $opt"
done
for v in --version -v -version; do
	run_in 10 "$MOTE" "$v"
	is "$status:$err" "0:" "mote $v"
	check "mote $v: its first line" grep -Eqx 'mote version [0-9]+[.][0-9]+[.][0-9]+.*' "$TESTDIR/.out"
done
has "$out" "spec: 1." "mote --version: the specification's version"
has "$out" "features: " "mote --version: the features"

# Nobody can read it: that is a failure, and no endless loop.
if [ -w /dev/full ]; then
	for verb in "--version" "--help" "list" "features"; do
		code=0
		# shellcheck disable=SC2086
		"$MOTE" --root "$STATE" $verb >/dev/full 2>/dev/null || code=$?
		is "$code" 1 "mote $verb onto a full disk: status 1"
	done
fi

# ---- logs: one line, and one sentence on standard error -------------------------------------------
log=$TESTDIR/log
run_in 10 "$MOTE" --root "$STATE" --log "$log" --log-format json start nosuch
is "$status" 1 "a failing start with a log"
is "$(wc -l <"$log" | tr -d ' ')" 1 "--log-format json: exactly one line"
is "$(jq -r 'keys_unsorted | join(" ")' "$log")" "level msg time" "its members"
is "$(jq -r '.level' "$log")" error "its level"
has "$(jq -r '.msg' "$log")" 'container "nosuch" does not exist' "its message"
check "its time is of RFC 3339" grep -Eq "$rfc3339" <<-END
	$(jq -r .time "$log")
END
has "$err" 'container "nosuch" does not exist' "standard error has it as well"
is "$(echo "$err" | wc -l)" 1 "in one line"
run_in 10 "$MOTE" --root "$STATE" --log="$log" --log-format=json start again
is "$(wc -l <"$log" | tr -d ' ')" 2 "a log is appended to"

rm "$log"
bundle '.process.args = ["/nosuch\n\"\\\u0001é"]'
run_in 10 "$MOTE" --root "$STATE" --log "$log" --log-format json run -b "$b" one
is "$(wc -l <"$log" | tr -d ' ')" 1 "newlines, quotes and control characters: still one line"
has "$(jq -r .msg "$log")" '/nosuch
"\' "and good JSON"
rm "$log"
bundle '.process.rlimits = [{"type": "RLIMIT_X", "soft": 1, "hard": 1}] | .linux.namespaces += [{"type": "x"}] | .process.cwd = "y"'
run_in 10 "$MOTE" --root "$STATE" --log "$log" --log-format json run -b "$b" one
is "$status:$(wc -l <"$log" | tr -d ' ')" 1:1 "three faults: one line"
for name in process.rlimits linux.namespaces process.cwd; do
	has "$(jq -r .msg "$log")" "$name" "that names $name"
done
rm "$log"
run_in 10 "$MOTE" --root "$STATE" --log "$log" --log-format text start nosuch
is "$(wc -l <"$log" | tr -d ' ')" 1 "--log-format text: one line"
check "time, level, msg" grep -Eq '^time="20[^"]*" level=error msg="start nosuch: container ..nosuch.. does not exist"$' "$log"
rm "$log"
run_in 10 "$MOTE" --root "$STATE" --log "$log" start nosuch
check "text is what it writes by itself" grep -q '^time="20' "$log"
rm "$log"
bundle '.process.args = ["/probe", "true"]'
run_in 10 "$MOTE" --root "$STATE" --log "$log" --log-format json run -b "$b" one
is "$status:$err" "0:" "success with a log"
is "$(cat "$log")" "" "success says nothing to the log"
bundle '.process.capabilities.bounding += ["CAP_NOSUCH"]'
rm "$log"
run_in 10 "$MOTE" --root "$STATE" --log "$log" --log-format json run -b "$b" one
is "$status" 0 "a warning: it runs"
is "$(jq -r .level "$log")" warning "its level in the log"

clean "nothing is left" "$TESTDIR/empty"
finish

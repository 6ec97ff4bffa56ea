#!/bin/sh
# SPDX-License-Identifier: MIT
# names.t - mote is mote whatever it is called: through links named runc and crun, and its --version is what engines parse
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq
b=$TESTDIR/b mote=$MOTE
mkbundle "$b" '.process.args = ["/probe", "exit", "5"]'
first=$("$mote" --version)
for name in runc crun docker-runc; do
	ln -s "$mote" "$TESTDIR/$name"
	run_in 10 "$TESTDIR/$name" --version
	is "$out" "$first" "$name --version: the same"
	run_in 10 "$TESTDIR/$name" --root "$STATE" run -b "$b" one
	is "$status$err" 5 "$name run"
	run_in 10 "$TESTDIR/$name" --root "$STATE" nosuch
	is "$status" 2 "$name: an unknown verb"
	if have REAPER; then
		run_in 10 "$TESTDIR/$name" --root "$STATE" run -d -b "$b" --exit-file "$TESTDIR/x" one
		wait_for 5 test -e "$TESTDIR/x"
		is "$(cat "$TESTDIR/x")" 5 "$name run -d --exit-file: the reaper finds itself"
		"$mote" --root "$STATE" delete one
		rm -f "$TESTDIR/x"
	fi
	if have INIT; then
		run_in 10 "$TESTDIR/$name" --root "$STATE" run --init -b "$b" one
		is "$status$err" 5 "$name run --init"
	fi
done
# moby: a line with "version" (what stands behind it), one that begins with "commit:".
is "$(echo "$first" | grep -c version)" 1 "--version: one line with the word version"
check "... of the form NAME version X.Y.Z" sh -c "echo '$first' | head -n 1 | grep -Eq '^mote version [0-9]+\.[0-9]+\.[0-9]+'"
is "$(echo "$first" | sed -n '2s/ .*//p;3s/ .*//p' | tr '\n' ' ')" "commit: spec: " "then commit: and spec:"
finish

#!/bin/sh
# readme.t - README.md: forty lines, and its recording of `make demo` is what the demo prints
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
. "$(dirname "$0")/../lib.sh"

need root SPEC VALIDATE PLAN REAPER DEFAULTS cmd:awk file:/bin/busybox
cd "$TOP" || exit 1
check "README.md has forty lines at most" test "$(wc -l <README.md)" -le 40
run_in 60 env B="$B" MOTE="$MOTE" TMPDIR="$TESTDIR" sh tests/demo
is "$status" 0 "the demo ends with 0"
printf '%s\n' "$out" | sed 's/\x1b\[[0-9]*m//g; /^$/d; /^# /d' >"$TESTDIR/demo"
# recorded FILE: the block of the README that this test has to answer for, with what stands before and behind it left open
recorded() { sed -n '/^```console by=tests\/docs\/readme.t/,/^```$/{ /^```/d; p; }' "$1" | sed '1i...' | sed '$a...'; }
recorded README.md >"$TESTDIR/want"
check "README.md shows a part of it" test "$(wc -l <"$TESTDIR/want")" -gt 5
if awk -v numbers=1 -f tests/docs/match.awk "$TESTDIR/want" "$TESTDIR/demo"; then
	pass "line by line what the demo prints"
else
	fail "line by line what the demo prints" "$(cat "$TESTDIR/demo")"
fi
sed 's/^its status: 7$/its status is 7/' "$TESTDIR/want" >"$TESTDIR/other"
if awk -v numbers=1 -f tests/docs/match.awk "$TESTDIR/other" "$TESTDIR/demo"; then fail "a line that the demo does not print is found"; else pass "a line that the demo does not print is found"; fi
finish

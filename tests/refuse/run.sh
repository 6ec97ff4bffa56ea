#!/bin/sh
# run.sh - what is wrong with NAME.json must be NAME.err, word for word
# SPDX-License-Identifier: MIT
#
#	tests/refuse/run.sh            all of them, as TAP
#	tests/refuse/run.sh -u NAME... writes NAME.err anew; read it before you keep it
#
# The last line of NAME.err is refused or accepted. A name that begins with m and a number is a case
# of that rule of the specification.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
TEST_SPEC=${TEST_SPEC:-$top/build/unit/test_spec}
[ -x "$TEST_SPEC" ] || {
	echo "1..0 # SKIP $TEST_SPEC is not built (make units)"
	exit 0
}

if [ "${1:-}" = -u ]; then
	shift
	for name; do
		"$TEST_SPEC" "$here/$name.json" >"$here/$name.err" || exit 1
	done
	exit 0
fi

n=0 bad=0
for f in "$here"/*.json; do
	name=${f##*/}
	name=${name%.json}
	n=$((n + 1))
	got=$("$TEST_SPEC" "$f" 2>&1)
	want=$(cat "$here/$name.err" 2>/dev/null) || want="(no $name.err)"
	if [ "$got" = "$want" ]; then
		echo "ok $n - $name"
	else
		bad=$((bad + 1))
		echo "not ok $n - $name"
		printf 'got:\n%s\nwant:\n%s\n' "$got" "$want" | sed 's/^/# /'
	fi
done
# A sentence without its case is one that nobody has.
for f in "$here"/*.err; do
	[ -e "${f%.err}.json" ] || {
		n=$((n + 1)) bad=$((bad + 1))
		echo "not ok $n - ${f##*/} has no .json"
	}
done
echo "1..$n"
[ $bad = 0 ]

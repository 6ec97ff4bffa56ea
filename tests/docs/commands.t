#!/bin/sh
# commands.t - the commands of the guides are run, and print what the pages say
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

need root EXEC SPEC EXPLAIN VALIDATE REAPER SCRIPTS cmd:awk file:/bin/busybox
export HOME="$TESTDIR"
mkdir "$TESTDIR/bin" "$STATE"
# The pages say mote; here that is this build with a state folder of its own.
printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$MOTE" "$STATE" >"$TESTDIR/bin/mote"
chmod +x "$TESTDIR/bin/mote"
PATH=$TESTDIR/bin:$PATH

# run_page PAGE: each `    $ COMMAND` and the lines below it up to the next one or the end of the block.
run_page() {
	rm -rf "$TESTDIR/page" && mkdir "$TESTDIR/page" "$TESTDIR/page/want"
	awk -v to="$TESTDIR/page/want" '
		/^    \$ / { n++; f = to "/" sprintf("%03d", n); print substr($0, 7) > (f ".cmd"); printf "" > (f ".out"); in_block = 1; next }
		in_block && /^    / { print substr($0, 5) > (f ".out"); next }
		{ in_block = 0 }' "$1"
	check "${1##*/} has commands" test -e "$TESTDIR/page/want/001.cmd"
	(
		cd "$TESTDIR/page" && for c in want/*.cmd; do
			# shellcheck disable=SC1090 # they are lines of the pages
			. "./$c" >"${c%.cmd}.got" 2>&1 </dev/null
		done
	)
	for c in "$TESTDIR"/page/want/*.cmd; do
		is "$(cat "${c%.cmd}.got")" "$(cat "${c%.cmd}.out")" "${1##*/}: $(cat "$c")"
	done
}

for p in "$TOP"/docs/guide-*.md; do
	! grep -q '^    \$ ' "$p" || run_page "$p"
done
finish

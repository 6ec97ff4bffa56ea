#!/bin/sh
# adding.t - the worked examples of docs/adding.md: each change applied to a copy of the source, built, and tried as the page says
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

need root cmd:gcc cmd:make cmd:patch file:/bin/busybox
[ -z "${RUNTIME:-}" ] || skip_all "about mote's source"
here=$TOP/tests/docs
src=$TESTDIR/src
mkdir "$src" "$TESTDIR/step"
(cd "$TOP" && tar cf - --exclude=./build --exclude=./.git .) | tar xf - -C "$src" || exit 1
"$MOTE" --version | sed -n 's/^commit: //p' >"$src/COMMIT"

# The blocks in their order: NNN.diff, NNN.file (its first line is the name), NNN.cmd with NNN.out.
awk -v to="$TESTDIR/step" '
	function next_name(kind) { if (name != "") close(name); name = sprintf("%s/%03d.%s", to, ++n, kind) }
	/^```/ && fence { fence = ""; next }
	/^```/ {
		fence = $1
		if (!/by=tests\/docs\/adding.t/) { fence = "```other"; next }
		if (/new=/) { next_name("file"); line = $0; sub(/.*new=/, "", line); print line > name; fence = "```file" }
		else if (fence == "```diff") next_name("diff")
		next
	}
	fence == "```console" && /^\$ / { next_name("cmd"); print substr($0, 3) > name; close(name); out = name; sub(/cmd$/, "out", out); printf "" > out; next }
	fence == "```console" { print > out; next }
	fence == "```diff" || fence == "```file" { print > name }' "$TOP/docs/adding.md"
check "the page has changes, files and commands" test "$(ls "$TESTDIR/step" | sed 's/.*\.//' | sort -u | tr '\n' ' ')" = "cmd diff file out "

# What the lines call is the copy, with nothing of this run's own settings.
unset MAKEFLAGS MAKELEVEL MFLAGS B MOTE MOTE_MAX PROBE TMPDIR
cd "$src" || exit 1
export TESTDIR_OUTER="$TESTDIR"
unset TESTDIR STATE
for s in "$TESTDIR_OUTER"/step/*; do
	case $s in
	*.diff)
		if patch -s -p1 -F 2 <"$s" >"$s.said" 2>&1; then pass "${s##*/}: applied to $(sed -n 's|^+++ b/||p' "$s" | tr '\n' ' ')"; else fail "${s##*/} applies" "$(cat "$s.said")"; fi
		;;
	*.file)
		name=$(head -n 1 "$s")
		sed 1d "$s" >"$name"
		case $name in *.t) chmod +x "$name" ;; esac
		;;
	*.cmd)
		env -u TESTDIR_OUTER sh "$s" >"$s.got" 2>&1 </dev/null
		if awk -f "$here/match.awk" "${s%.cmd}.out" "$s.got"; then pass "$(cat "$s")"; else fail "$(cat "$s")" "$(tail -n 20 "$s.got")"; fi
		;;
	esac
done
rm -rf --one-file-system "$TESTDIR_OUTER/src"
finish

#!/bin/sh
# book.t - the manual as one PDF: every chapter and page in its contents, and nothing printed beyond the margins
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

need cmd:groff cmd:pdftotext cmd:lowdown cmd:mandoc cmd:gcc
cd "$TOP" || exit 1
make -s man >"$TESTDIR/make" 2>&1 || skip_all "the pages were not made"
check "the book is made" toolchain/docs/book "$TESTDIR/mote.pdf" build/docs/man test today
# The page's number at its foot, where the text stands
pdftotext -layout "$TESTDIR/mote.pdf" - | sed "s/’/'/g" >"$TESTDIR/text"
title() { sed -n 's/^# *//p' "$1" | head -n 1 | sed 's/`//g'; }
# listed NAME: the number that the contents give
listed() { awk -v name="$1" 'BEGIN { RS = "\f" } { n = split($0, l, "\n"); for (i = 1; i <= n; i++) { s = l[i]; sub(/^ +/, "", s); if (index(s, name) == 1 && s ~ /[0-9]$/ && substr(s, length(name) + 1) ~ /^[ ._]*[0-9]+$/) { sub(/.*[^0-9]/, "", s); print s; exit } } }' "$TESTDIR/text"; }
# stands NAME NUMBER: is there a line of that name on the page with that number at its foot?
stands() { awk -v name="$1" -v number="$2" 'BEGIN { RS = "\f" } { n = split($0, l, "\n"); foot = ""; has = 0; for (i = 1; i <= n; i++) { s = l[i]; gsub(/^ +| +$/, "", s); if (s == name) has = 1; if (s != "") foot = s } if (has && foot == number) ok = 1 } END { exit !ok }' "$TESTDIR/text"; }
wrong=''
for c in $(toolchain/docs/chapters); do
	t=$(title "docs/$c")
	n=$(listed "$t")
	[ -n "$n" ] && stands "$t" "$n" || wrong="$wrong $c:${n:-none}"
done
is "$wrong" "" "every chapter is in the contents, with the page where it begins"
wrong=''
for m in build/docs/man/man*/*; do
	t=${m##*/} && t="${t%.*}(${t##*.})"
	n=$(listed "$t")
	[ -n "$n" ] && stands "$t" "$n" || wrong="$wrong $t:${n:-none}"
done
is "$wrong" "" "and every manual page"
if stands "$(title docs/boot.md)" 1; then fail "a chapter that is not on the page named would be found"; else pass "a chapter that is not on the page named would be found"; fi
# beyond FILE: pages with a word nearer than a centimetre to the paper's edge
beyond() {
	pdftotext -bbox "$1" - | awk '/<page / { p++; match($0, /width="[0-9.]*/); w = substr($0, RSTART + 7, RLENGTH - 7) }
		/<word / { match($0, /xMax="[0-9.]*/); if (substr($0, RSTART + 6, RLENGTH - 6) + 0 > w - 28) n[p]++ } END { for (i in n) print i ": " n[i] }'
}
is "$(beyond "$TESTDIR/mote.pdf")" "" "no word is nearer than a centimetre to the paper's edge"
finish

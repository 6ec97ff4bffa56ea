#!/bin/sh
# questions.t - ten questions of first-time users: from the site's contents to the answer in three clicks at most
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

need cmd:lowdown cmd:mandoc cmd:gcc
cd "$TOP" || exit 1
make -s man >"$TESTDIR/make" 2>&1 || skip_all "the pages were not made"
H=$TESTDIR/html
toolchain/docs/site "$H" build/docs/man build/docs/rows.tsv test || exit 1
cd "$H" || exit 1

# links PAGE: where a click in its text leads; the list at the side, the same in all pages, does not count
links() { sed -n '/<main>/,$p' "$1" | grep -o 'href="[^"]*"' | sed 's/^href="//; s/"$//'; }
# clicks TARGET: how many lead from the contents there
clicks() {
	echo index.html >"$TESTDIR/reached"
	for clicks_n in 1 2 3; do
		while read -r page; do links "$page"; done <"$TESTDIR/reached" | sort -u >"$TESTDIR/next"
		! grep -qxF "$1" "$TESTDIR/next" || { echo $clicks_n && return; }
		# The page without its anchor will do where the question does not name one.
		sed 's/#.*//' "$TESTDIR/next" | grep '\.html$' | sort -u >"$TESTDIR/reached"
	done
	echo "more than three"
}

check "the page is there" test -e guide-questions.html
# question TAB link, one line for each link in the column of answers
sed -n 's/^| \(.*?\) | \(.*\) | .* |$/\1	\2/p' "$TOP/docs/guide-questions.md" | while IFS='	' read -r question answers; do
	printf '%s\n' "$answers" | grep -o '([a-zA-Z0-9.#_-]*)' | tr -d '()' | sed 's/\.md/.html/; s/^\(mote[a-z-]*\)$/&/' | while read -r link; do
		case $link in *.html*) printf '%s\t%s\n' "$question" "$link" ;; esac
	done
done >"$TESTDIR/asked"
is "$(cut -f1 "$TESTDIR/asked" | sort -u | wc -l)" 10 "ten questions"
while IFS='	' read -r question link; do
	n=$(clicks "$link")
	case $n in [123]) pass "$n clicks: $question $link" ;; *) fail "$n clicks: $question $link" ;; esac
	case $link in
	*'#'*) check "and the place is there" grep -q "id=\"${link#*#}\"" "${link%%#*}" ;;
	*) check "and the page has an answer" test "$(sed -n '/<main>/,$p' "${link%%#*}" | sed 's/<[^>]*>//g' | wc -w)" -gt 100 ;;
	esac
done <"$TESTDIR/asked"
is "$(clicks nowhere.html)" "more than three" "a page that no click leads to is found"
is "$(cut -f2 "$TESTDIR/asked" | sed 's/#.*//' | sort -u | while read -r p; do grep -q "href=\"$p\"" index.html || echo "$p"; done)" "" "each answer's page is in the contents"
finish

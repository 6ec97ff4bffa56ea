#!/bin/sh
# browser.t - the site in a browser: no page wider than a phone or a screen, and the search finds memory.swap
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

need cmd:chromium cmd:lowdown cmd:mandoc cmd:gcc
cd "$TOP" || exit 1
make -s man >"$TESTDIR/make" 2>&1 || skip_all "the pages were not made"
H=$TESTDIR/html
toolchain/docs/site "$H" build/docs/man build/docs/rows.tsv test || exit 1

# Every page in a frame of each width; what is too wide is named in the document that --dump-dom prints.
{
	echo '<!DOCTYPE html><meta charset="utf-8"><body><script>var PAGES = ['
	for p in "$H"/*.html; do printf '"%s",\n' "${p##*/}"; done
	cat <<'X'
];
var report = document.createElement("pre"), todo = [], wide = 0;
document.body.appendChild(report);
PAGES.forEach(function (p) { [360, 1280].forEach(function (w) { todo.push([p, w]); }); });
var f = document.createElement("iframe");
f.style.height = "800px";
document.body.appendChild(f);
function next() {
	var t = todo.shift();
	if (!t)
		return search();
	f.style.width = t[1] + "px";
	f.style.border = 0;
	f.onload = function () {
		var d = f.contentDocument.documentElement;
		if (d.scrollWidth > d.clientWidth)
			report.textContent += "WIDE " + t[0] + " " + t[1] + ": " + d.scrollWidth + "\n";
		wide++;
		next();
	};
	f.src = t[0];
}
function search() {
	f.onload = function () {
		var a = f.contentDocument.querySelector("#found a");
		report.textContent += "FIRST " + (a ? a.textContent + " " + a.getAttribute("href") : "nothing") + "\nLOOKED " + wide + "\n";
	};
	f.src = "index.html?q=memory.swap";
}
next();
</script>
X
} >"$TESTDIR/frame.html"
mv "$TESTDIR/frame.html" "$H/frame.html"
timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --user-data-dir="$TESTDIR/chromium" --allow-file-access-from-files \
	--virtual-time-budget=60000 --dump-dom "file://$H/frame.html" >"$TESTDIR/dom" 2>"$TESTDIR/err"
sed -n '/<pre>/,/<\/pre>/p' "$TESTDIR/dom" | sed 's/<[^>]*>//g' >"$TESTDIR/report"
is "$(sed -n 's/^LOOKED //p' "$TESTDIR/report")" $((2 * ($(ls "$H"/*.html | wc -l) - 1))) "every page was looked at, at 360 and 1280 pixels"
is "$(grep '^WIDE' "$TESTDIR/report")" "" "none is wider than its window"
is "$(sed -n 's/^FIRST //p' "$TESTDIR/report")" "linux.resources.memory.swap properties.html#linux.resources.memory.swap" "the search finds memory.swap first"
finish

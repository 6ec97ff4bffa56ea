#!/bin/sh
# pages.t - the manual and the site: each row has its sentence and page, each name in a page is there, no link leads nowhere
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

D=$TOP/build/docs
cd "$TOP" || exit 1
make -s man >"$TESTDIR/make" 2>&1 || { command -v gcc >/dev/null || skip_all "needs gcc"; }
is "$(cat "$TESTDIR/make")" "" "the pages are made"
is "$(awk -F '\t' '{ for (i = 1; i <= 4; i++) if ($1 ~ /verb|feature|hint|rule|property/ && $i == "" && !($1 == "verb" && i == 3)) print }
	$1 == "option" && $6 == "" || $1 ~ /exit|mountopt/ && $NF == ""' "$D/rows.tsv")" "" "every row has a sentence"
for n in verb option feature property rule hint exit capability mountopt; do
	check "there are rows: $n" grep -q "^$n	" "$D/rows.tsv"
done
missing=$(awk -F '\t' '$1 == "verb" { print $2 }' "$D/rows.tsv" | while read -r v; do [ -e "$D/man/man8/mote-$v.8" ] || echo "$v"; done)
is "$missing" "" "every verb has a page"
missing=$(awk -F '\t' '$1 == "property" { print $2 }' "$D/rows.tsv" | while read -r p; do
	p=$(printf '%s' "$p" | sed 's/"/""/g')
	grep -qxF ".It Va \"$p\"" "$D/man/man5/mote-config.5" || echo "$p"
done)
is "$missing" "" "every property is in mote-config(5)"
is "$(awk -F '\t' '$1 == "exit" { print $2 }' "$D/rows.tsv" | tr '\n' ' ')" "$(sed -n 's/^enum { EXIT_OK/EXIT_OK/p' src/cmd/cmd.h | grep -o '[A-Z]* = [0-9]*' | sed 's/.*= //' | tr '\n' ' ')" "there are rows: exit, one for each status"
missing=$(awk -F '\t' '$1 == "capability" || $1 == "mountopt" { print $2 }' "$D/rows.tsv" | while read -r w; do tr -d '"' <"$D/man/man5/mote-config.5" | grep -Eq "^\.It (Cm )?(.* Ta )?$w( Ta .*)?\$" || echo "$w"; done)
is "$missing:$(grep -c '^capability	' "$D/rows.tsv")" ":41" "every capability and mount option is in mote-config(5)"
is "$(awk -f tests/docs/names.awk "$D/rows.tsv" docs/man/* docs/*.md README.md CONTRIBUTING.md SECURITY.md)" "" "what the pages name is there"

# The same rows as the binary has them.
if [ -n "${MOTE_MAX:-}" ] && [ -x "$MOTE_MAX" ]; then
	"$MOTE_MAX" explain --json | sed 's/^{"name":"\(.*\)","type".*/\1/; s/\\"/"/g' >"$TESTDIR/binary"
	awk -F '\t' '$1 == "property" { print $2 }' "$D/rows.tsv" >"$TESTDIR/rows"
	is "$(diff "$TESTDIR/binary" "$TESTDIR/rows" | head -n 5)" "" "the properties are those of mote explain"
	"$MOTE_MAX" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >"$TESTDIR/binary"
	awk -F '\t' '$1 == "verb" { print $2 }' "$D/rows.tsv" >"$TESTDIR/rows"
	is "$(diff "$TESTDIR/binary" "$TESTDIR/rows" | head -n 5)" "" "the verbs are those of mote --help"
else
	skip "the binary's rows" "no build/max/mote"
fi

# Each example of the site: a whole configuration with it in its place has no fault in it but for what its neighbours should say.
if [ -n "${MOTE_MAX:-}" ] && [ -x "$MOTE_MAX" ] && command -v jq >/dev/null; then
	# shellcheck disable=SC2016 # awk's
	printf '%s' '$1 == "property" && $3 !~ /^(object$|array of objects)/ { print $2 "\t" example($2, $3) }' >"$TESTDIR/list.awk"
	judge() { # leaves NAME: what is wrong with it
		mkdir -p "$TESTDIR/ex"
		cut -f2 | jq -c '{ociVersion: "1.3.0", root: {path: "rootfs"}, process: {cwd: "/", args: ["/x"]}, linux: {}} * .' | while read -r json; do
			printf '%s' "$json" >"$TESTDIR/ex/config.json"
			platform=$(printf '%s' "$json" | sed -n 's/.*"linux":{},"\([a-z]*\)".*/\1/p')
			case $platform in solaris | windows | vm | zos | freebsd) ;; *) platform=linux ;; esac
			"$MOTE_MAX" validate --platform "$platform" "$TESTDIR/ex" 2>/dev/null
		done | sed -n 's/.*: error: //p' | grep -E ': (must|not|[a-z]* is not|unknown|wrong)' | grep -v -e 'size must not be 0' -e 'root.*\(volume\|Hyper-V\)'
	}
	is "$(awk -F '\t' -f toolchain/docs/example.awk -f "$TESTDIR/list.awk" "$D/rows.tsv" | judge)" "" "no example of a property is wrong by itself"
	is "$(printf 'x\t{"process": {"oomScoreAdj": 2000}}\n' | judge | cut -d: -f1)" "process.oomScoreAdj" "and one that is would be found"
else
	skip "the examples of properties" "needs build/max/mote and jq"
fi

# A name that is not there is found, in each kind of place.
mkdir "$TESTDIR/docs"
printf '@run\n.Fl -nope\n.Cm nope\n.Xr mote-nope 8\n.Va linux.nope\n.Dl # mote run --nope x\n' >"$TESTDIR/docs/bad.mdoc"
printf 'Call `mote state --nope ID`, or `mote nope`. Set `linux.nope`.\n\n    $ mote nope\n\n```console\n# mote nopes\n```\n' >"$TESTDIR/docs/bad.md"
is "$(awk -f tests/docs/names.awk "$D/rows.tsv" "$TESTDIR/docs/bad.mdoc" "$TESTDIR/docs/bad.md" | wc -l)" 10 "names that are not there are found"

if command -v mandoc >/dev/null; then
	is "$(for m in "$D"/man/man*/*; do mandoc -T lint -W warning "$m"; done)" "" "mandoc finds nothing to warn of"
else
	skip "mandoc -T lint" "not installed"
fi
if command -v lowdown >/dev/null && command -v mandoc >/dev/null; then
	check "the site is made" toolchain/docs/site "$TESTDIR/html" "$D/man" "$D/rows.tsv" test
	is "$(cd "$TESTDIR/html" && awk -f "$TESTS/docs/links.awk" *.html index.js 2>/dev/null)" "" "no link leads nowhere"
	check "memory.swap has an anchor" grep -q 'id="linux.resources.memory.swap"' "$TESTDIR/html/properties.html"
	hasnt "$(cat "$TESTDIR"/html/*.html "$TESTDIR/html/mote.css")" 'src="http' "nothing comes from elsewhere"
	echo '<a href="nope.html">x</a> <a href="index.html#nope">y</a> <img src="nope.svg">' >"$TESTDIR/html/bad.html"
	is "$(cd "$TESTDIR/html" && awk -f "$TESTS/docs/links.awk" *.html 2>/dev/null | grep -c bad.html)" 3 "a link that leads nowhere is found"
else
	skip "the site" "lowdown or mandoc is not installed"
fi
finish

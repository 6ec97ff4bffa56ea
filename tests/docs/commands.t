#!/bin/sh
# commands.t - every command that the book shows is run, here or by the test that its block names, and prints what the page says
# SPDX-License-Identifier: MIT
# How a block says what becomes of it: blocks.awk.
. "$(dirname "$0")/../lib.sh"

need root EXEC SPEC EXPLAIN VALIDATE REAPER SCRIPTS DIGEST PACK cmd:awk file:/bin/busybox cmd:unshare
here=$TOP/tests/docs
# Pages name /srv and /containers: here those are empty, and nobody else's.
if [ -z "${DOCS_INSIDE:-}" ]; then
	cleanup
	DOCS_INSIDE=1 exec unshare -m --propagation private sh "$0"
fi
mount -t tmpfs -o mode=755 none /srv || skip_all "no mounts can be made"
export HOME="$TESTDIR"
# The pages say mote; here that is this build with a state folder of its own, and nothing waits for ever.
mkdir "$TESTDIR/bin"
printf '#!/bin/sh\nexec timeout --foreground -k 1 60 "%s" --root "%s" "$@"\n' "$MOTE" "$STATE" >"$TESTDIR/bin/mote"
chmod +x "$TESTDIR/bin/mote"
PATH=$TESTDIR/bin:$PATH:/usr/sbin:/sbin

# if_cgroup, if_CMD ...: what a block may ask of the machine
holds() {
	case $1 in
	'') ;;
	cgroup) [ -d /sys/fs/cgroup/memory ] && [ -w /sys/fs/cgroup/memory ] || grep -qs memory /sys/fs/cgroup/cgroup.subtree_control ;;
	images) command -v mkfs.erofs >/dev/null && [ -e /dev/loop-control ] && grep -q erofs /proc/filesystems ;;
	signed) command -v mkfs.erofs >/dev/null && command -v signify-openbsd >/dev/null ;;
	erofs) command -v mkfs.erofs >/dev/null && command -v veritysetup >/dev/null ;;
	freezer) [ -d /sys/fs/cgroup/freezer ] || [ -e /sys/fs/cgroup/cgroup.controllers ] ;;
	cmd:*) command -v "${1#cmd:}" >/dev/null ;;
	*) false ;;
	esac
}

# A folder and a state of its own for each page, and for each verb's examples; what an earlier one has left is ended.
fresh() {
	for left in $(mote list -q 2>/dev/null); do mote delete --force "$left" >/dev/null 2>&1; done
	find /srv -mindepth 1 -delete
	rm -rf --one-file-system "$TESTDIR/in" && mkdir "$TESTDIR/in" && cd "$TESTDIR/in" || return 1
}

# bundle NAME COMMAND: for the lines that readers do not see: a folder with busybox, and a config.json that runs the command
bundle() {
	mkdir -p "$1/rootfs/bin" && cp /bin/busybox "$1/rootfs/bin/" && for a in sh sleep cat ls id ps echo; do
		ln -sf busybox "$1/rootfs/bin/$a" || return 1
	done
	mote spec -b "$1" && sed -i 's/"terminal": true/"terminal": false/; s/^\( *\)"sh"$/\1"sh", "-c", "@"/' "$1/config.json" && sed -i "s|@|$2|" "$1/config.json"
}

# up NAME: a container of that name that stays
up() { bundle "$1" 'while :; do sleep 1; done' && mote run -d -b "$1" "$1"; }

# runs PAGE TESTS: does one of them run the page's blocks and compare what is printed?  reads: does one of them take its files from there?
runs() {
	for runs_one in $(echo "$2" | tr , ' '); do
		! grep -qe "^[^#]*shown $1" "$TOP/$runs_one" || return 0
		! reads "$1" "$runs_one" || ! grep -q match.awk "$TOP/$runs_one" || return 0
	done 2>/dev/null
	return 1
}
reads() { (cd "$TOP" && echo "$2" | tr , '\n' | xargs grep -qe "^[^#]*$1" --) 2>/dev/null; }

# run_page PAGE: leaves $bad, what went wrong, and $ran
run_page() {
	rm -rf "$TESTDIR/page" && mkdir "$TESTDIR/page"
	bad=$(awk -v to="$TESTDIR/page" -f "$here/blocks.awk" "$1")
	ran=0
	while IFS='	' read -r at tests word; do
		for t in $(echo "$tests" | tr , ' '); do
			[ -e "$TOP/$t" ] || bad="$bad
$at: there is no $t"
		done
		runs "$1" "$tests" || (cd "$TOP" && echo "$tests" | tr , '\n' | xargs cat) 2>/dev/null | grep -qe "$word" || bad="$bad
$at: $tests does not say $word"
	done <"$TESTDIR/page/by"
	while IFS='	' read -r at tests; do
		runs "$1" "$tests" || bad="$bad
$at: output that $tests does not compare with what is printed"
	done <"$TESTDIR/page/claims"
	while IFS='	' read -r at tests word; do
		reads "$1" "$tests" || (cd "$TOP" && echo "$tests" | tr , '\n' | xargs grep -qFe "$word" --) 2>/dev/null || bad="$bad
$at: $tests neither reads the page nor has the line in it: $word"
	done <"$TESTDIR/page/files"
	if [ -s "$TESTDIR/page/untried" ] && ! grep -q 'Not tried' "$1"; then
		bad="$bad
$1: an untried block, and the page does not say so"
	fi
	[ -e "$TESTDIR/page/001.cmd" ] || return 0
	(
		fresh
		for c in "$TESTDIR"/page/*.cmd; do
			read -r kind at cond <"${c%.cmd}.mode"
			holds "$cond" || { echo "$at needs $cond" >>"$TESTDIR/page/skipped" && continue; }
			# shellcheck disable=SC1090 # they are lines of the pages
			. "$c" >"${c%.cmd}.got" 2>&1 </dev/null
			echo $? >"${c%.cmd}.status"
			sed -i "s|$TESTDIR/in|/tmp|g" "${c%.cmd}.got" # where the reader is said to be
		done
		fresh
	)
	for c in "$TESTDIR"/page/*.cmd; do
		read -r kind at cond <"${c%.cmd}.mode"
		[ -e "${c%.cmd}.status" ] || continue
		case $kind in
		setup) [ "$(cat "${c%.cmd}.status")" = 0 ] && continue ;;
		numbers) awk -v numbers=1 -f "$here/match.awk" "${c%.cmd}.out" "${c%.cmd}.got" && ran=$((ran + 1)) && continue ;;
		exact) awk -f "$here/match.awk" "${c%.cmd}.out" "${c%.cmd}.got" && ran=$((ran + 1)) && continue ;;
		esac
		bad="$bad
$at: $(cat "$c")
$(sed 's/^/    /' "${c%.cmd}.got")"
	done
}

cd "$TOP" || exit 1
ran_all=0
# PAGES: some of them alone, for whoever writes one.
for p in ${PAGES:-README.md CONTRIBUTING.md SECURITY.md docs/*.md docs/man/*}; do
	run_page "$p"
	is "$bad" "" "$p: $ran commands print what it says"
	[ ! -e "$TESTDIR/page/skipped" ] || note "$(cat "$TESTDIR/page/skipped")"
	[ ! -s "$TESTDIR/page/untried" ] || note "untried: $(tr '\n' ' ' <"$TESTDIR/page/untried")"
	ran_all=$((ran_all + ran))
done
note "$ran_all commands were run"

# What this test is there to find.
B3='```'
# page FORMAT [WORD...]: the page, by printf
page() {
	# shellcheck disable=SC2059 # that is what it is for
	printf "$@" >"$TESTDIR/wrong.md"
	run_page "$TESTDIR/wrong.md"
}
wrong() { has "$bad" "$1" "found: $2"; }
page 'x\n\n    mote run web\n'
wrong ":3: an indented block" "a block that nobody runs"
page '%s\nmote run web\n%s\n' "$B3" "$B3"
wrong ":1: the block says neither" "a block without a word"
page '%stext\nmote run web\n%s\n' "$B3" "$B3"
wrong ":2: a command that no test runs" "a command in a block of text"
page '%sconsole\n$ echo a\nb\n%s\n' "$B3" "$B3"
wrong "wrong.md:2: echo a" "output that is not what the page says"
page '%sconsole numbers\n$ echo a 12\nb 3\n%s\n' "$B3" "$B3"
wrong "wrong.md:2: echo a 12" "the same with numbers"
page '%sconsole\n$ echo a; echo b\n...\n%s\n' "$B3" "$B3"
is "$bad$ran" 1 "and dots are any lines"
page '%sconsole by=tests/none.t\n$ mote run web\n%s\n' "$B3" "$B3"
wrong "there is no tests/none.t" "the name of a test that is not there"
page '%sconsole by=tests/run/wait.t\n$ mote checkpoint web\n%s\n' "$B3" "$B3"
wrong "does not say checkpoint" "a test that does not do it"
page '%sconsole by=tests/run/wait.t\n$ mote wait web\nup\n%s\n' "$B3" "$B3"
wrong "wrong.md:3: output that tests/run/wait.t does not compare" "output that the named test does not compare"
page '%sconf by=tests/vm/inits\nmote boot /nowhere\n%s\n' "$B3" "$B3"
wrong "neither reads the page nor has the line" "a file that the named test has not"
page '%sconf untried\nmote run web\n%s\n' "$B3" "$B3"
wrong "does not say so" "what nobody has tried, and no word of it"
page '%sconsole untried\n$ mote run web\nup\n%s\nNot tried.\n' "$B3" "$B3"
wrong "wrong.md:3: output that nobody" "output of what nobody has tried"
page '<!-- run: false -->\n'
wrong "wrong.md:1: false" "what a page takes for granted and has not"
finish

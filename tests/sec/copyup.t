#!/bin/sh
# SPDX-License-Identifier: MIT
# copyup.t - tmpcopyup of folders that somebody has filled with care
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

mkdir "$TESTDIR/host"
echo precious >"$TESTDIR/host/secret"
mkrootfs "$TESTDIR/rootfs"
src=$TESTDIR/rootfs/evil
# fresh COMMANDS: the folder anew, filled by them standing in it
fresh() {
	rm -rf "$src"
	mkdir "$src"
	(cd "$src" && eval "$1")
}
# copied COMMAND [OPTIONS]: what the container says about its copy
copied() {
	mkbundle "$TESTDIR/b" '.root.readonly = false | .mounts += [{"destination": "/evil", "type": "tmpfs", "source": "tmpfs",
		"options": ["tmpcopyup", "size='"${2:-4m}"'"]}] | .process.args = ["/bin/sh", "-c", "'"$1"'"]'
	mote_in 30 run -b "$TESTDIR/b" "copyup-$$"
}

fresh "ln -s $TESTDIR/host/secret abs; ln -s ../../../../../../../..$TESTDIR/host/secret rel; ln -s $TESTDIR/host dir
	ln -s /proc/self/exe magic; ln -s . self; ln -s nothing dangling; ln -s x x"
copied 'cd /evil; for f in *; do [ -L $f ] && readlink $f; done; cat abs rel magic dir/secret 2>/dev/null | head -c3'
is "$status.$(echo "$out" | head -n 3)" "0.$TESTDIR/host/secret
nothing
$TESTDIR/host" "links are copied as links"
hasnt "$out" precious "and what they point to is not read"

fresh 'mkfifo fifo; mknod chr c 1 11; mknod blk b 8 0; mkdir full; echo s >full/setuid; chmod 6755 full/setuid; chown 7:8 full/setuid; chmod 6755 full/setuid
	ln -s setuid full/link; chown -h 3:4 full/link chr; chown 5:6 full; chmod 1751 full; touch -d @1000000000 full/setuid fifo; touch -d @1000000001 full'
copied 'cd /evil; ls -ln fifo chr blk full/setuid; stat -c %n:%a:%u:%g chr full full/link full/setuid; stat -c %Y fifo full full/setuid; cat full/setuid'
is "$status.$(echo "$out" | head -n 4 | cut -c1-10 | tr '\n' ' ')" "0.brw-r--r-- crw-r--r-- prw-r--r-- -rwsr-sr-x " \
	"fifos and devices are made anew, never opened; bits stay"
is "$(echo "$out" | tail -n +5 | tr '\n' ' ')" "chr:644:3:4 full:1751:5:6 full/link:777:3:4 full/setuid:6755:7:8 1000000000 1000000001 1000000000 s " \
	"owners, times and what is written stay"

fresh 'truncate -s 1T sparse'
copied 'echo ran'
check "a file of a terabyte of nothing: an end in sight (status $status)" test "$status" != 124
fresh 'd=.; i=0; while [ $i -lt 400 ]; do d=$d/d; i=$((i + 1)); done; mkdir -p $d'
copied 'echo ran'
check "four hundred folders deep: refused or copied, no crash" test "$status" = 0 -o "$status" = 1
fresh 'i=0; while [ $i -lt 3000 ]; do echo >f$i; i=$((i + 1)); done'
copied 'ls /evil | wc -l' 32m
is "$out" 3000 "three thousand files"
fresh 'echo x >"$(printf "a\nb\033[1m")"; mkdir -- "-rf"; echo >"$(printf "%0255d" 0)"'
copied 'ls /evil | wc -l'
is "$status.$out" 0.3 "names with newlines, escapes, dashes, and as long as can be"
is "$(cat "$TESTDIR/host/secret")" precious "the host's file is as it was"

# The folder is taken away and put back while it is copied.
find_static probe/swap
swap=$found
if [ -x "$swap" ]; then
	fresh 'mkdir one; for i in 1 2 3 4 5 6 7 8 9; do echo $i >one/$i; done; ln -s '"$TESTDIR/host"' two'
	"$swap" 4 "$src/one" "$src/two" >/dev/null &
	lib_pids="$lib_pids $!"
	hit='' i=0
	while [ "$i" -lt 60 ]; do
		copied 'cat /evil/one/* /evil/two/* 2>/dev/null'
		case $out in *precious*) hit=yes ;; esac
		i=$((i + 1))
	done
	is "$hit" "" "sixty copies with a folder that turns into a link and back: nothing of the host's"
else
	skip "a folder that turns into a link" "swap could not be built"
fi
finish

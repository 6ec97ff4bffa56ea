#!/bin/sh
# exec.t - exec: options, what is joined, whose settings the program has, statuses, pid file, terminals, signals
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck disable=SC2016 # for another shell
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root EXEC cmd:jq
private_pids "$@"

mote() { "$MOTE" --root "$STATE" "$@"; }
# up FILTER: container `box` whose first process waits
up() {
	mote delete --force box
	box_bundle "$1" sleep 600
	mote_in 20 run -d -b "$TESTDIR/b" box
	[ "$status" = 0 ] || fail "the container for what follows" "$err"
}
ex() { mote_in 20 exec "$@"; }
# refuses NAME WORDS OPTION...: status 255 (2: called wrongly), those words, nothing on standard output
refuses() {
	refuses_name=$1 refuses_words=$2
	shift 2
	ex "$@"
	case $status:$out in
	255: | 2:) has "$err" "$refuses_words" "$refuses_name" ;;
	*) fail "$refuses_name" "status $status: $out $err" ;;
	esac
}
pid_of() { mote state box | jq .pid; }
mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before

# ---- which container ------------------------------------------------------------------------------------
refuses "an unknown container" 'container "box" does not exist' box /bin/true
up .
for code in 0 1 3 126 127 255; do
	ex box /probe exit "$code"
	is "$status:$out:$err" "$code::" "status $code comes through, without a word"
done
ex box /bin/sh -c 'kill -TERM $$'
is "$status:$out:$err" "143::" "128 + 15"
ex box /bin/sh -c 'echo out; echo err >&2'
is "$out/$err" out/err "standard output and error are the program's"
is "$(echo line | mote exec box /bin/sh -c 'read x; echo "got $x"')" "got line" "standard input too"

# ---- the words that engines look for (clients.md 2.6) ----------------------------------------------------
refuses "a command that is nowhere" 'exec: "nosuch": executable file not found in $PATH: no such file or directory' box nosuch
refuses "a path that is not there" 'exec: "/nosuch": executable file not found in $PATH: no such file or directory' box /nosuch
refuses "a file that cannot be executed" 'exec: "/etc/passwd": permission denied' box /etc/passwd
refuses "a folder" 'exec: "/etc": is a directory' box /etc
refuses "a working folder that is not there" 'change folder to /nosuch: no such file or directory' --cwd /nosuch box /bin/true
is "$(mote state box | jq -r .status)" running "none of that ends the container"

# ---- options ---------------------------------------------------------------------------------------------
refuses "no command" "a command is missing" box
refuses "an unknown option" "unknown option --nosuch" --nosuch box /bin/true
ex box /bin/echo --user 1000 -t
is "$status:$out" "0:--user 1000 -t" "what stands behind the command is the command's"
ex box -- /bin/echo -t
is "$status:$out" "0:-t" "also behind --"
ex -- box /bin/echo -- x
is "$out" "-- x" "where a second -- is the command's"
for form in "--user 1000:5" "--user=1000:5" "-user 1000:5" "-user=1000:5" "-u 1000:5" "-u1000:5"; do
	# shellcheck disable=SC2086
	ex $form box /probe id
	is "$(fact uid)/$(fact gid)" "1000 1000 1000/5 5 5" "option $form"
	# shellcheck disable=SC2086
	ex box $form /probe id
	is "$(fact uid)/$(fact gid)" "1000 1000 1000/5 5 5" "option $form behind the container"
done
ex -u 1000 box /probe id
is "$(fact uid)/$(fact gid)" "1000 1000 1000/0 0 0" "a user alone leaves the group"
ex -g 7 --additional-gids=8 box /probe id
is "$(fact groups)" "7 8" "additional groups"
ex -e A=1 --env B=2 -e A=3 box /bin/sh -c 'echo $A $B $PATH'
is "$out" "3 2 $(jq -r '.process.env[0]' "$TESTDIR/b/config.json" | sed 's/PATH=//')" "environment: the container's, and what is added"
ex --cwd /tmp box /bin/pwd
is "$out" /tmp "working folder"
ex --no-new-privs box /probe caps
is "$(fact no_new_privs)" 1 "no_new_privs"
refuses "a user by name" "option --user takes UID[:GID] in numbers, not 'root'" -u root box /bin/true
refuses "a user that is too large" "option --user" -u 4294967295 box /bin/true
refuses "a group by name" "option --additional-gids" -g wheel box /bin/true
refuses "a variable without a value" "option --env takes NAME=VALUE" -e X box /bin/true
refuses "a relative folder" "option --cwd takes an absolute path" --cwd tmp box /bin/true
refuses "an unknown capability" "unknown capability 'CAP_NOSUCH'" -c NOSUCH box /bin/true
refuses "descriptors that are not there" "descriptor 3 is to be preserved but is not open" --preserve-fds 2 box /bin/true
refuses "a process file that is not there" "open /nosuch: no such file" --process /nosuch box
refuses "a process file and a command" "with --process there is no command" --process /nosuch box /bin/true
mote exec --preserve-fds 1 box /bin/sh -c 'cat <&3' 3<<-END >"$TESTDIR/.o" 2>&1
	kept
END
is "$(cat "$TESTDIR/.o")" kept "a preserved descriptor"
finish

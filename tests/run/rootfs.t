#!/bin/sh
# SPDX-License-Identifier: MIT
# rootfs.t - run --rootfs: a container without a config.json, made of options
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq DEFAULTS
private_pids "$@"

root=$TESTDIR/rootfs
mkrootfs "$root"
mkdir "$root/home" "$TESTDIR/src" "$TESTDIR/dir"
chown 1000:1000 "$root/home"
echo content >"$TESTDIR/src/file"
before "$root" "$TESTDIR/src"

# run WORDS...: options and a command
run() { mote_in 20 run --rootfs "$root" "$@"; }
sees() { # NAME EXPECTED WORDS...
	sees_name=$1 sees_want=$2
	shift 2
	run "$@"
	is "$status:$out:$err" "0:$sees_want:" "$sees_name"
}

# ---- the command --------------------------------------------------------------------------------
sees "a command" "hello world" -- echo hello world
sees "-- is not needed" "hello world" echo hello world
sees "options of the command are its own" "-n --env x
--help" echo -n --env x '
--help'
sees "-- in the command is its own" "a -- b" /probe echo a ++ exec /bin/echo a -- b 2>/dev/null
finish

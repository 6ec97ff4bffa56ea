#!/bin/sh
# SPDX-License-Identifier: MIT
# rootfs.t - run --rootfs: a container without a config.json, made of options
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need root cmd:jq DEFAULTS
private_pids "$@"

export SNAPSHOT_CGROUPS="/run-[0-9]" # other tests may run at the same time
root=$TESTDIR/rootfs
mkrootfs "$root"
mkdir "$root/home" "$TESTDIR/src" "$TESTDIR/dir"
chown 1000:1000 "$root/home"
echo content >"$TESTDIR/src/file"
# What a mount or a folder of its own needs is made at its first use, and stays in a writable root.
mkdir -p "$root/new/folder" "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue" "$root/a" "$root/b"
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
sees "the command's options are its own" "<--env>
<x>
<--help>
<-b>" printf '<%s>\n' --env x --help -b
sees "a second -- is the command's" "<-->
<b>" -- printf '<%s>\n' -- b
sees "operands with blanks, quotes and newlines" '<a b>
<"\'"'"'>
<>
<x
y>' -- printf '<%s>\n' 'a b' '"\'"'" '' 'x
y'
run --rootfs="$root" -- true
is "$status:$out:$err" "0::" "--rootfs=DIR"
for code in 0 1 77 255; do
	run -- /probe exit "$code"
	is "$status" "$code" "exit status $code"
done
is "$(cd "$TESTDIR" && "$MOTE" --root "$STATE" run --rootfs rootfs -- echo relative </dev/null 2>&1)" relative "--rootfs: a relative folder"
is "$(echo input | "$MOTE" --root "$STATE" run --rootfs "$root" -- cat)" input "standard input comes through"
run -- nosuch
is "$status" 1 "a command that is not there: status 1"
has "$err" 'exec: "nosuch": executable file not found in $PATH: no such file or directory' "and said"
run
is "$status" 2 "no command: a usage error"
has "$err" "an operand is missing" "and said"
run --
is "$status" 2 "-- and no command: a usage error"

# ---- what it is without options -------------------------------------------------------------------
sees "it is process 1, of its own namespace" 1 -- sh -c 'echo $$'
sees "user 0, group 0" "0:0" -- sh -c 'echo $(id -u):$(id -g)'
sees "its folder is /" / -- pwd
sees "its own host name" mote -- hostname
sees "only the loopback interface" lo -- ls /sys/class/net
sees "a writable root" written -- sh -c 'echo written >/tmp/f && cat /tmp/f && rm /tmp/f'
run -- env
is "$(echo "$out" | sort | cut -d= -f1 | tr '\n' ' ')" "HOME PATH " "its environment: PATH and HOME alone"
run -- /probe caps ++ status
has "$out" "no_new_privs=1" "no_new_privs is set"
sees "the outer mounts cannot be seen" 0 -- sh -c "grep -c $TESTDIR /proc/self/mounts || true"
sees "/proc/sys is read-only" no -- sh -c 'echo x 2>/dev/null >/proc/sys/kernel/hostname || echo no'

# ---- --env, --cwd, --user, --hostname ---------------------------------------------------------------
sees "--env, -e, twice, with = and blanks in the value" "1,b c=d,,3" --env A=1 -e "B=b c=d" --env=C= -eD=3 -- sh -c 'echo "$A,$B,$C,$D"'
sees "--env PATH is where the command is looked for" found -e PATH=/nosuch:/ -- /bin/sh -c 'probe echo found'
run -e NOVALUE -- true
is "$status" 1 "--env without =: refused"
has "$err" "option --env takes NAME=VALUE, not 'NOVALUE'" "and told so"
sees "--cwd" /tmp --cwd /tmp -- pwd
sees "--cwd of a new folder" /new/folder --cwd /new/folder -- pwd
run --cwd tmp -- pwd
is "$status" 1 "--cwd of a relative folder: refused"
has "$err" "process.cwd: must be an absolute path" "and told so"
run --cwd /etc/passwd -- pwd
is "$status" 1 "--cwd of a file: refused"
has "$err" "/etc/passwd is there: not a directory" "and told so"
sees "--user UID" "1000:1000" --user 1000 -- sh -c 'echo $(id -u):$(id -g)'
sees "-u UID:GID" "7:9" -u 7:9 -- sh -c 'echo $(id -u):$(id -g)'
sees "--user: no capabilities in force" "0000000000000000" --user 7 -- awk '/CapEff/ { print $2 }' /proc/self/status
sees "--user: HOME is that user's" /tmp --user 1000 -- sh -c 'echo $HOME'
sees "--user: no other groups" "groups=" --user 1000 -- sh -c 'echo groups=$(id -G | cut -s -d" " -f2-)'
for bad in root : 1: :1 1:2:3 -1 1.5 '' 4294967295 99999999999999999999 1:4294967295 '1 2'; do
	run --user="$bad" -- true
	is "$status" 1 "--user '$bad': refused"
	has "$err" "option --user takes UID[:GID] in numbers, not '$bad'" "and told so"
done
sees "--hostname" box-7 --hostname box-7 -- hostname
run --hostname "$(printf '%065d' 0)" -- hostname
is "$status" 1 "--hostname of 65 characters: refused"
has "$err" "hostname" "and told so"

# ---- --mount ----------------------------------------------------------------------------------------
sees "--mount SRC:DEST" content --mount "$TESTDIR/src:/mnt" -- cat /mnt/file
sees "--mount: writable" well --mount "$TESTDIR/src:/mnt" -- sh -c 'touch /mnt/w && rm /mnt/w && echo well'
run --mount "$TESTDIR/src:/mnt:ro" -- touch /mnt/w
is "$status" 1 "--mount SRC:DEST:ro: the program cannot write"
has "$err" "Read-only file system" "and is told so"
sees "--mount: options in a list" "ro,nosuid,nodev,noexec" --mount "$TESTDIR/src:/mnt:ro,nosuid,nodev,noexec" -- \
	awk '$5 == "/mnt" { split($6, o, ",relatime"); print o[1] }' /proc/self/mountinfo
sees "--mount: two of them" "content content" --mount "$TESTDIR/src:/a" --mount="$TESTDIR/src:/b:ro" -- sh -c 'echo $(cat /a/file /b/file)'
sees "--mount: a file on a file" content --mount "$TESTDIR/src/file:/etc/group:ro" -- cat /etc/group
is "$(cd "$TESTDIR" && "$MOTE" --root "$STATE" run --rootfs rootfs --mount src:/mnt -- cat /mnt/file </dev/null 2>&1)" content "--mount: a relative source"
for bad in "" /src :/dest /src: /src:dest "/src::ro"; do
	run --mount="$bad" -- true
	is "$status" 1 "--mount '$bad': refused"
	has "$err" "option --mount takes SRC:DEST[:OPTIONS] with an absolute DEST, not '$bad'" "and told so"
done
run --mount "$TESTDIR/nosuch:/mnt" -- true
is "$status" 1 "--mount of a source that is not there: refused"
has "$err" "$TESTDIR/nosuch" "and it is named"
run --mount "$TESTDIR/src:/mnt:nosuchoption" -- true
is "$status" 1 "--mount with an unknown option: refused"
has "$err" "nosuchoption" "and it is named"
run --mount "$TESTDIR/src:/:ro" -- true
is "$status" 1 "--mount over the root: refused"

# ---- --read-only, --net -----------------------------------------------------------------------------
run --read-only -- touch /x
is "$status" 1 "--read-only: the program cannot write"
has "$err" "Read-only file system" "and is told so"
sees "--read-only: /dev/shm can be written" well --read-only -- sh -c 'touch /dev/shm/x && echo well'
host=$(find /sys/class/net -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' ')
run --net host -- sh -c 'tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "'
is "$(echo "$out" | sort | tr '\n' ' ')" "$host" "--net host: the host's interfaces"
sees "--net none: loopback" "lo" --net none -- sh -c 'tail -n +3 /proc/net/dev | grep lo: | cut -d: -f1 | tr -d " "'
check "--net none: a network namespace of its own" [ "$(readlink /proc/self/ns/net)" != "$("$MOTE" --root "$STATE" run --rootfs "$root" --net=none -- readlink /proc/self/ns/net </dev/null)" ]
for bad in bridge '' HOST hos; do
	run --net="$bad" -- true
	is "$status" 1 "--net '$bad': refused"
	has "$err" "option --net takes host or none, not '$bad'" "and told so"
done

# ---- --memory, --pids -------------------------------------------------------------------------------
for bad in x -1 '' 1x 1kk 1.5m 'm' 99999999999999999999 9999999999g '1 k'; do
	run --memory="$bad" -- true
	is "$status" 1 "--memory '$bad': refused"
	has "$err" "option --memory takes a number with k, m, g or t, not '$bad'" "and told so"
done
for bad in x -1 '' 1k 99999999999999999999; do
	run --pids="$bad" -- true
	is "$status" 2 "--pids '$bad': a usage error"
	has "$err" "option --pids takes a number, not '$bad'" "and told so"
done
if [ -d /sys/fs/cgroup/pids ] || grep -qw pids /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
	run --pids 4 -- sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait'
	has "$err" "fork" "--pids: a limit on processes"
else
	run --pids 4 -- true
	is "$status" 1 "--pids: refused where there is no such controller"
fi
if [ -d /sys/fs/cgroup/memory ]; then
	for unit in 16384k 16384K 16M 16777216; do
		sees "--memory $unit" 16777216 --memory "$unit" -- cat /sys/fs/cgroup/memory/memory.limit_in_bytes
	done
	run --memory 8m -- /probe alloc 64
	check "--memory: more than that fails" [ "$status" != 0 ]
elif grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
	sees "--memory" 16777216 --memory 16m -- cat /sys/fs/cgroup/memory.max
else
	run --memory 16m -- true
	is "$status" 1 "--memory: refused where there is no such controller"
fi

# ---- the root itself --------------------------------------------------------------------------------
for bad in "$TESTDIR/nosuch" "$TESTDIR/src/file"; do
	mote_in 10 run --rootfs "$bad" -- true
	is "$status" 1 "--rootfs ${bad##*/}: refused"
	has "$err" "$bad" "and it is named"
done
mote_in 10 run --rootfs "" -- true
check "--rootfs '': refused" [ "$status" != 0 ]
mote_in 10 run --rootfs
is "$status" 2 "--rootfs without a value: a usage error"

# ---- options that are for the one kind or the other: not quietly ignored ---------------------------
mkbundle "$TESTDIR/b" '.process.args = ["/probe", "true"]'
for opt in --env=A=1 --cwd=/tmp --user=1 --hostname=x --mount=/a:/b --memory=1m --pids=3 --read-only --net=none; do
	mote_in 10 run "$opt" -b "$TESTDIR/b" one
	is "$status" 2 "$opt without --rootfs: a usage error"
	has "$err" "option ${opt%%=*} needs --rootfs" "and told so"
done
for opt in --bundle="$TESTDIR/b" --config="$TESTDIR/b/config.json"; do
	mote_in 10 run "$opt" --rootfs "$root" -- true
	is "$status" 2 "${opt%%=*} with --rootfs: a usage error"
done

mote_in 10 run -b "$TESTDIR/b" one two
is "$status" 2 "two ids: a usage error"
has "$err" "too many operands" "and told so"

# ---- detached, kept ---------------------------------------------------------------------------------
mote_in 10 run -d --pid-file "$TESTDIR/pid" --rootfs "$root" -- sleep 60
is "$status:$out:$err" "0::" "-d: comes back"
id=$("$MOTE" --root "$STATE" list -q)
has "$id" "run-" "-d: it has a name"
is "$("$MOTE" --root "$STATE" state "$id" | jq -r '[.status, .pid] | join(" ")')" "running $(cat "$TESTDIR/pid")" "-d: it runs"
mote_in 10 delete --force "$id"
is "$status" 0 "-d: and is deleted"
rm "$TESTDIR/pid"
mote_in 10 run --keep --rootfs "$root" -- /probe exit 4
id=$("$MOTE" --root "$STATE" list -q)
is "$status:$("$MOTE" --root "$STATE" state "$id" | jq .exitCode)" "4:4" "--keep: the status is kept"
mote_in 10 delete "$id"
# ---- a root switch that the kernel refuses: the usual causes are named
if command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
	run_in 20 strace -f -qq -o "$TESTDIR/trace" -e trace=pivot_root -e inject=pivot_root:error=EINVAL "$MOTE" --root "$STATE" run --rootfs "$root" -- true
	is "$status" 1 "pivot_root says EINVAL: refused"
	has "$err" "switch to the root: invalid argument; its mount, the parent's or / is shared or none, or / is an initramfs" "... and why that may be"
	rm "$TESTDIR/trace"
else
	skip "pivot_root says EINVAL" "no strace that can trace here"
fi
clean "nothing is left" "$root" "$TESTDIR/src"
finish

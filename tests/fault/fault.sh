# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034 # the tests read them
# fault.sh - what the fault tests share: a quick look at whether anything is left behind, for they ask it thousands of times

tag=${TESTDIR##*[./]}
export SNAPSHOT_CGROUPS="$tag"
b=$TESTDIR/b
root=$TESTDIR/rootfs
id=f-$tag

# A root file system in which a walk has nothing left to make, for what it makes there stays.
fault_setup() {
	mkrootfs "$root"
	mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue" "$root/home" "$root/bind" "$root/rbind" \
		"$root/relative" "$root/data" "$root/other" "$b/data" "$b/rootfs" "$STATE"
	: >"$root/file"
	printf '#!/bin/sh\ncat >/dev/null\n' >"$TESTDIR/hook"
	cp "$TESTDIR/hook" "$root/hook"
	chmod 755 "$TESTDIR/hook" "$root/hook"
	hook="{\"path\": \"$TESTDIR/hook\"}"
	inside='{"path": "/hook"}'
	fault_base
	mounts_before=$(wc -l </proc/self/mountinfo)
}

# fault_bundle FILE FILTER
fault_bundle() { mkbundle "$b" ".linux.cgroupsPath = \"/mote-$tag\" | $2" "$1"; }

# The processes of this PID namespace (private_pids).
count() {
	set -- /proc/[0-9]*
	processes=$#
}

# As many as there are now are the test's own.
fault_base() {
	count
	processes_before=$processes
}

settled() {
	count
	[ "$processes" -le "$processes_before" ]
}

# Fewer are no fault of mote's: a mount of another test, which came with the namespace, goes when that test removes its folder.
same_mounts() {
	mounts_now=$(wc -l </proc/self/mountinfo)
	[ "$mounts_now" -le "$mounts_before" ] && mounts_before=$mounts_now
}

# What is there that was not, in $left.
nothing_left() {
	set -- "$STATE"/*
	[ "$1" = "$STATE/*" ] || { left="state folder $*" && return 1; }
	set -- /sys/fs/cgroup/*/*"$tag"* /sys/fs/cgroup/*"$tag"*
	[ "$1$2" = "/sys/fs/cgroup/*/*$tag*/sys/fs/cgroup/*$tag*" ] || { left="cgroup $*" && return 1; }
	[ ! -e "$TESTDIR/pid" ] || { left="pid file" && return 1; }
	same_mounts || { left="mount" && return 1; }
	settled || wait_for 5 settled || { left="processes: $(cat /proc/[0-9]*/comm 2>/dev/null | tr '\n' ' ')" && return 1; }
}

force_delete() {
	code=0
	timeout -k 2 20 "$MOTE" --root "$STATE" delete --force "$id" >"$TESTDIR/.out" 2>"$TESTDIR/.err" </dev/null || code=$?
	said=$(cat "$TESTDIR/.err")
}

# verdict NAME: one line of TAP for a loop that has noted what went wrong in $bad
verdict() { if [ -z "$bad" ]; then pass "$1"; else fail "$1" "$bad"; fi; }

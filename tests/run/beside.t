#!/bin/sh
# beside.t - the network namespace that mote makes while the box mounts: whose it is, who is in it, and each way out
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_pids "$@"
need BESIDE root cmd:jq cmd:strace cmd:taskset
[ "$(nproc)" -gt 1 ] || skip_all "one processor"

host=$(readlink /proc/self/ns/net)
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}" # other tests may run at the same time
before

# traced OPTION...: a box under strace with those options; its calls of namespaces are in $calls. CPUS: on those processors alone; ALONE: of mote
# itself, not of its children.
traced() {
	box_bundle "${filter:-.}" ns ++ net ++ ls /sys/class/net ++ cat /proc/sys/net/ipv4/ip_default_ttl
	# shellcheck disable=SC2086
	run_in 30 ${CPUS:+taskset -c $CPUS} strace ${ALONE--f} -qq -o "$TESTDIR/trace" -e trace=clone3,unshare,setns "$@" \
		"$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
	calls=$(cat "$TESTDIR/trace")
}

# own NAME: the container has a network namespace that is not the host's; its one interface is up, and is all that its /sys shows
own() {
	worked "$1"
	is "$(fact ns.net | grep -c '^net:')$(fact ns.net | grep -cF "$host")" 10 "its network namespace is not the host's"
	is "$(printf '%s\n' "$out" | grep '^net\.')" "net.lo=up 127.0.0.1" "its one interface is lo, and up"
	is "$(printf '%s\n' "$out" | sed -n 's/^\/sys\/class\/net\/\([^=]*\).*/\1/p')" lo "which is the one in its /sys"
}

both=$(taskset -cp $$ | sed 's/.*: //')
one=${both%%[,-]*}

# ---- on two processors: beside it -------------------------------------------------------------
filter='.hostname = "a"'
traced
own "a new network namespace"
hasnt "$(echo "$calls" | grep clone3)" CLONE_NEWNET "the clone does not make it"
has "$calls" "unshare(CLONE_NEWNET" "mote does"
is "$(echo "$calls" | grep -c 'setns(')" 2 "mote goes back, and the box goes there"

# Mote itself is where it was while the container runs, and so is what it starts then.
box_bundle . sleep 1000
background "$MOTE" --root "$STATE" run -b "$TESTDIR/b" stays
outer=$!
wait_for 20 sh -c "\"$MOTE\" --root \"$STATE\" state stays | grep -q '\"running\"'" || fail "it runs"
is "$(readlink "/proc/$outer/ns/net")" "$host" "mote is in its own network namespace while the container runs"
"$MOTE" --root "$STATE" kill stays KILL
wait "$outer"

# ---- on one: the clone makes it ----------------------------------------------------------------
CPUS=$one
traced
CPUS=''
own "on one processor"
has "$(echo "$calls" | grep clone3)" CLONE_NEWNET "the clone makes it"
hasnt "$calls" unshare "and nobody else"

# ---- what goes wrong there, the box tries again ----------------------------------------------
ALONE=''
traced -e inject=unshare:error=EPERM
own "mote may not"
hasnt "$calls" setns "and goes nowhere"

# Never on in the wrong namespace.
traced -e inject=setns:error=EPERM
is "$status" 1 "mote cannot go back: that is the end"
has "$err" "cannot go back to its own network namespace" "and is told"
unset ALONE

# ---- who needs it earlier has it earlier --------------------------------------------------------
filter='.linux.sysctl = {"net.ipv4.ip_default_ttl": "77"}'
traced
own "with a sysctl of the network"
has "$out" 77 "the value is in the container's"
hasnt "$(cat /proc/sys/net/ipv4/ip_default_ttl)" 77 "and not in the host's"
filter='.mounts = [.mounts[] | select(.destination == "/sys")] + [.mounts[] | select(.destination != "/sys")]'
traced
own "/sys before all other mounts"
cat >"$TESTDIR/hook.sh" <<EOF
pid=\$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
readlink /proc/self/ns/net "/proc/\$pid/ns/net" >"$TESTDIR/hook"
EOF
filter=".hooks.createRuntime = [{path: \"/bin/sh\", args: [\"sh\", \"$TESTDIR/hook.sh\"]}]"
traced
own "with a hook that looks at it"
has "$("$MOTE" plan -b "$TESTDIR/b" | grep -A99 'hook createRuntime')" "mask /proc/kcore" "which finds /proc without masks"
is "$(head -1 "$TESTDIR/hook")" "$host" "the hook runs in the host's"
is "$(sed -n 2p "$TESTDIR/hook")" "$(fact ns.net)" "and sees the box in its own"

clean "nothing is left"
finish

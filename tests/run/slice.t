#!/bin/sh
# SPDX-License-Identifier: MIT
# slice.t - --systemd-cgroup where systemd does not run: slice:prefix:name as folders, through create, start and delete
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq SYSTEMD cgroup:1
[ ! -d /run/systemd/system ] || skip_all "systemd runs here"
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
before
s=s$SNAPSHOT_CGROUPS

# slice GIVEN: leaves what the program sees of itself in $out
slice() {
	mkbundle "$b" ".linux.cgroupsPath = \"$1\" | .process.args = [\"cat\", \"/proc/self/cgroup\"] | .linux.namespaces |= map(select(.type != \"cgroup\"))"
	mote_in 10 --systemd-cgroup run -b "$b" "$s"
	out=$(echo "$out" | sed -n 's/^[0-9]*:memory://p')
}
slice "$s-b.slice:p:x"
is "$out" "/$s.slice/$s-b.slice/p-x.scope" "a slice lies in the slice that its name begins with"
slice ":p:$s"
is "$out" "/system.slice/p-$s.scope" "no slice: system.slice"
slice "-.slice:p:$s"
is "$out" "/p-$s.scope" "-.slice is the root"
slice ""
is "$out" "/system.slice/mote-$s.scope" "no path: a scope named after mote and the container"
slice "$s.slice:p:$s-c.slice"
is "$out" "/$s.slice/$s-c.slice" "a name that is a slice is no scope"
for bad in "$s--b.slice:p:x" "-$s.slice:p:x" "$s/x" "$s.slice:p:x/y" "$s:p:x" "$s.slice:p:"; do
	slice "$bad"
	is "$status:$err" "1:run $s: with --systemd-cgroup linux.cgroupsPath is slice:prefix:name, not '$bad'" "refused: $bad"
done
mkbundle "$b" ".linux.cgroupsPath = \"$s.slice:p:x\" | .process.args = [\"sleep\", \"9\"]"
mote_in 10 --systemd-cgroup create -b "$b" "$s"
check "create makes the folder" test -d "/sys/fs/cgroup/memory/$s.slice/p-x.scope"
mote_in 10 start "$s"
is "$status$err" 0 "start finds the same plan, without the option"
mote_in 10 delete --force "$s"
clean "delete takes it away, slices and all"
finish

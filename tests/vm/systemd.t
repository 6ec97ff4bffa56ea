#!/bin/sh
# systemd.t - --systemd-cgroup on a host where systemd is process 1: scopes, their properties, and the way back
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= sd .linux.cgroupsPath = "a-b.slice:p:web" | .process.args = ["/bin/cat", "/proc/self/cgroup"]
#= sdfull .linux.cgroupsPath = "a-b.slice:p:web" | .annotations = {"org.systemd.property.TimeoutStopSec": "123", "org.systemd.property.CollectMode": "'inactive'", "org.systemd.property.Documentation": "['man:a(1)', 'man:b(1)']", "org.systemd.property.CPUAccounting": "false", "other": "x"} | .linux.resources = {memory: {limit: 16777216, swap: 33554432, reservation: 4194304}, pids: {limit: 9}, cpu: {quota: 20333, period: 100000, shares: 512, cpus: "0", mems: "0"}, unified: {"memory.high": "12582912"}, devices: [{allow: false, access: "rwm"}]} | .process.args = ["/bin/sleep", "1000"]
#= sdnone .process.args = ["/bin/cat", "/proc/self/cgroup"]
#= sdview .linux.cgroupsPath = ":p:view" | .linux.namespaces += [{type: "cgroup"}] | .linux.resources = {pids: {limit: 50}} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/proc/self/cgroup", "++", "cat", "/sys/fs/cgroup/pids.max"]
#= sdhost .linux.cgroupsPath = ":p:view" | .linux.resources = {pids: {limit: 50}} | .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"]}] | .process.args = ["/probe", "cat", "/sys/fs/cgroup/pids.max", "++", "cat", "/proc/self/cgroup"]
#= sdjoin .linux.cgroupsPath = ":p:joined" | .linux.namespaces |= map(if .type == "ipc" then .path = "/proc/1/ns/ipc" else . end) | .process.args = ["/bin/cat", "/proc/self/cgroup"]
#= sdprop .linux.cgroupsPath = ":p:bad" | .annotations = {"org.systemd.property.NoSuchProperty": "'x'"} | .process.args = ["/probe", "true"]
#= sdvalue .linux.cgroupsPath = ":p:bad" | .annotations = {"org.systemd.property.KillMode": "none"} | .process.args = ["/probe", "true"]
#= sdslice .linux.cgroupsPath = "a.slice:p:b.slice" | .process.args = ["/probe", "true"]
#= sdpath .linux.cgroupsPath = "/a/b" | .process.args = ["/probe", "true"]
#= sdlate .linux.cgroupsPath = ":p:late" | .process.args = ["/nosuch"]
. "$(dirname "$0")/guest.sh"

g=/sys/fs/cgroup
show() { systemctl show -p "$2" --value "$1"; }
gone() { [ "$(show "$1" LoadState)" = not-found ] && [ -z "$(find $g -name "$1")" ]; }
# sd BUNDLE [OPTION...]: run it with --systemd-cgroup
sd() {
	sd_bundle=$1
	shift
	mote_in 90 --systemd-cgroup run "$@" -b "/bundles/$sd_bundle" box
}
mounts() { cut -d' ' -f4- /proc/self/mountinfo | sort >"$TESTDIR/mounts.$1"; }

is "$(cat /proc/1/comm)" systemd "systemd is process 1"
out=$(mote features)
has "$out" '"systemd": true' "features says that mote speaks to it"
mounts before

# --- run
sd sd
is "$status:$err:$out" "0::0::/a.slice/a-b.slice/p-web.scope" "a program in a scope, in its slice"
check "and both are gone with it" gone p-web.scope
is "$(systemctl show -p ActiveState --value a-b.slice)" active "the slice, which systemd made for it, is systemd's to keep"
sd sdnone
is "$status:$err:$out" "0::0::/system.slice/mote-box.scope" "without a cgroupsPath"
mote_in 90 --cgroup-manager=systemd run -b /bundles/sd box
is "$status:$err:$out" "0::0::/a.slice/a-b.slice/p-web.scope" "--cgroup-manager=systemd is the same"
sd sdview
is "$status:$err:$out" "0::0::/
50" "with a cgroup namespace the scope is its root"
sd sdhost
is "$status:$err:$out" "0::50
0::/system.slice/p-view.scope" "without one the scope is what is shown"
sd sdjoin
is "$status:$err:$out" "0::0::/system.slice/p-joined.scope" "a box that joins namespaces is in it too"
check "all are gone" gone p-view.scope

# --- create, and what systemd says of it
mote_in 90 --systemd-cgroup create -b /bundles/sdfull box
is "$status:$err" "0:" "create"
pid=$(mote --root "$STATE" state box | sed -n 's/.*"pid": \([0-9]*\).*/\1/p')
d=$g/a.slice/a-b.slice/p-web.scope
is "$(cat $d/cgroup.procs)" "$pid" "the box alone is in it: neither mote nor the scope's first process"
status_text=$(systemctl status --no-pager p-web.scope 2>&1)
has "$status_text" "mote container box" "systemctl status tells whose it is"
has "$status_text" "Active: active (running)" "and that it runs"
has "$(systemd-cgls --no-pager)" "p-web.scope" "systemd-cgls shows it"
is "$(for p in Slice Delegate Transient MemoryMax MemoryLow MemoryHigh MemorySwapMax TasksMax CPUWeight CPUQuotaPerSecUSec CPUQuotaPeriodUSec AllowedCPUs AllowedMemoryNodes TimeoutStopUSec CollectMode CPUAccounting Documentation DefaultDependencies; do printf '%s ' "$(show p-web.scope $p)"; done)" \
	"a-b.slice yes yes 16777216 4194304 12582912 16777216 9 59 210ms 100ms 0 0 2min 3s inactive no \"man:a(1)\" \"man:b(1)\" no " "properties: limits, then annotations"
limits() { cat $d/memory.max $d/memory.low $d/memory.high $d/memory.swap.max $d/pids.max $d/cpu.max $d/cpu.weight $d/cpuset.cpus $d/cpuset.mems 2>&1 | tr '\n' ' '; }
is "$(limits)" "16777216 4194304 12582912 16777216 9 20333 100000 59 0 0 " "the files say what was asked for, exactly"
mote_in 90 --systemd-cgroup create -b /bundles/sdfull other
is "$status" 1 "a second container of that path"
has "$err" "p-web.scope" "is refused: $err"
is "$(cat $d/cgroup.procs)" "$pid" "and the first is as it was"

# --- it lives
mote_in 60 start box
is "$status:$err" "0:" "start needs no option"
wait_for 10 is_state box running
mote_in 60 exec box /bin/cat /proc/self/cgroup
is "$status:$err:$out" "0::0::/a.slice/a-b.slice/p-web.scope" "exec goes there"
mote_in 60 update --memory 32m --memory-swap 64m --cpu-quota 30111 --pids-limit 12 box
is "$status:$err" "0:" "update"
is "$(limits)" "33554432 4194304 12582912 33554432 12 30111 100000 59 0 0 " "in the files"
is "$(show p-web.scope MemoryMax):$(show p-web.scope TasksMax):$(show p-web.scope CPUQuotaPerSecUSec)" "33554432:12:310ms" "and systemd knows"
systemctl daemon-reload
is "$(cat $d/memory.max $d/pids.max | tr '\n' ' ')" "33554432 12 " "so that its reload leaves them"
mote_in 60 pause box
is "$status:$err:$(cat $d/cgroup.freeze)" "0::1" "pause"
mote_in 60 resume box
mote_in 60 kill box KILL
wait_for 10 is_state box stopped
mote_in 60 delete box
is "$status:$err" "0:" "delete behind the end"
check "the unit is gone" gone p-web.scope
mote_in 90 --systemd-cgroup create -b /bundles/sdfull box
mote_in 60 delete --force box
is "$status:$err" "0:" "the same name at once again; delete --force of what was never started"
check "is gone" gone p-web.scope
sd sd -d --keep
wait_for 10 is_state box stopped
systemctl stop p-web.scope 2>/dev/null
mote_in 60 delete box
is "$status:$err" "0:" "delete when systemd has ended the unit already"

mote --systemd-cgroup run -b /bundles/sdfull front &
front=$!
wait_for 20 is_state front running
is "$(wc -l <$d/cgroup.procs | tr -d ' ')" 1 "with a mote that stays nothing but the program is in the scope"
mote_in 60 kill front KILL
wait $front
is "$?" 137 "and it is told of its end"
check "with the unit gone" gone p-web.scope

# --- what fails
sd sdprop
is "$status" 1 "a property that systemd does not know"
has "$err" "systemd says: " "is refused in its words: $err"
sd sdvalue
refused "an annotation that is no value" 'annotations["org.systemd.property.KillMode"]' "no value"
sd sdslice
refused "a slice" "systemd lets no process be"
sd sdpath
refused "a path" "slice:prefix:name"
sd sdlate
is "$status" 1 "a program that is not there"
check "its scope is gone" gone p-late.scope
check "and no unit failed" [ -z "$(systemctl list-units --failed --plain --no-legend 'p-*')" ]
systemd-run --quiet --scope --unit=p-web --slice=a-b.slice sleep 60 >/dev/null 2>&1 &
foreign=$!
wait_for 10 test -d $d
sd sd
is "$status" 1 "a unit of that name that is another's"
has "$err" "already" "is refused: $err"
check "and lives on" kill -0 $foreign
kill $foreign
wait $foreign 2>/dev/null

# --- systemd by the bus, not at all, and silent
mv /run/systemd/private /run/private.away
sd sd
is "$status:$err:$out" "0::0::/a.slice/a-b.slice/p-web.scope" "through the system bus when systemd's own socket is not there"
check "gone as well" gone p-web.scope
mv /run/dbus/system_bus_socket /run/bus.away
sd sd
is "$status" 1 "no socket at all"
has "$err" "systemd cannot be reached, at /run/systemd/private or /run/dbus/system_bus_socket: no such file or directory" "is a sentence: $err"
mv /run/private.away /run/systemd/private
mv /run/bus.away /run/dbus/system_bus_socket
printf '[Socket]\nListenStream=/run/mute\n' >/run/systemd/system/mute.socket
printf '[Service]\nExecStart=/bin/sleep 600\n' >/run/systemd/system/mute.service
systemctl daemon-reload
systemctl start mute.socket
mount --bind /run/mute /run/systemd/private
sd sd
umount /run/systemd/private
systemctl stop mute.socket mute.service
is "$status" 1 "a systemd that says nothing"
has "$err" "systemd does not answer" "is a sentence after 30 s: $err"
check "nothing runs on" [ -z "$(find $g -name '*web.scope')" ]
sd sd
is "$status:$out" "0:0::/a.slice/a-b.slice/p-web.scope" "and afterwards all is well"
mounts after
check "no mount is left" cmp -s "$TESTDIR/mounts.before" "$TESTDIR/mounts.after"
is "$(mote --root "$STATE" list -q)" "" "no container is left"
finish

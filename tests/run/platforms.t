#!/bin/sh
# SPDX-License-Identifier: MIT
# platforms.t - configurations for other platforms: ignored beside linux, refused without it, and checked by validate --platform
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need VALIDATE PLATFORMS SPEC cmd:jq
# A mount namespace of its own: what other tests mount meanwhile is not this one's.
[ "$(id -u)" != 0 ] || ! command -v tini >/dev/null || private_pids "$@"
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
f=$TESTDIR/f.json

# ---- spec and validate
for p in linux solaris windows vm zos freebsd; do
	rm -f "$f"
	mote_in 10 spec --platform "$p" -f "$f"
	is "$status:$err" 0: "$p: spec writes a configuration"
	mote_in 10 validate --platform "$p" "$f"
	is "$status:$out" 0: "$p: which is valid there"
	[ "$p" = linux ] || is "$(jq "has(\"$p\")" "$f")" true "$p: and has the platform's object"
done
mote_in 10 spec --platform beos -f "$TESTDIR/none"
is "$status" 2 "no such platform: usage"
check "and no file" [ ! -e "$TESTDIR/none" ]
mote_in 10 spec --platform windows -f "$f"
is "$status" 1 "a file that is there is not written over"
mote_in 10 validate --platform windows --host "$f"
is "$status" 2 "no other platform is this host"

# wrong PLATFORM FILTER NAME WORDS: one error about NAME
wrong() {
	"$MOTE" spec --platform "$1" -f - | jq "$2" >"$f"
	mote_in 10 validate --platform "$1" "$f"
	is "$status:$(printf '%s\n' "$out" | wc -l)" 1:1 "$1: $2: one error"
	has "$out" "error: $3: $4" "$1: $3: $4"
}
wrong solaris '.solaris.cappedCPU = {ncpus: 8}' solaris.cappedCPU.ncpus 'must be a string'
wrong solaris '.solaris.anet = [{}, {linkname: 1}]' 'solaris.anet[1].linkname' 'must be a string'
wrong solaris 'del(.process.args)' process.args 'must name a program'
wrong solaris '.mounts = [{destination: "x"}]' 'mounts[0].destination' 'must be an absolute path'
wrong solaris '.process.rlimits = [{type: "RLIMIT_VMEM", soft: 1, hard: 1}, {type: "VMEM", soft: 1, hard: 1}]' 'process.rlimits[1].type' 'no such value'
wrong windows 'del(.windows.layerFolders)' windows.layerFolders 'required, but missing'
wrong windows '.windows.layerFolders = []' windows.layerFolders 'must have at least one entry'
wrong windows '.windows.devices = [{id: "x", idType: "guid"}]' 'windows.devices[0].idType' "no such value: 'guid'"
wrong windows '.windows.devices = [{idType: "class"}]' 'windows.devices[0].id' 'required, but missing'
wrong windows '.windows.resources.cpu = {maximum: 10001}' windows.resources.cpu.maximum 'must be from 0 to 10000'
wrong windows '.windows.resources.cpu = {maximum: 1, count: 1}' windows.resources.cpu 'only one of'
wrong windows '.windows.network = {networkNamespace: "x", endpointList: []}' windows.network 'with networkNamespace'
wrong windows '.windows.hyperv = {}' root 'must not be set'
wrong windows 'del(.root)' root 'required unless'
wrong windows '.root.readonly = true' root.readonly 'must not be true'
wrong windows '.root.path = "C:\\x"' root.path 'must be a path of a volume'
wrong windows '.process.cwd = "x"' process.cwd 'must be an absolute path'
wrong windows '.mounts = [{destination: "C:\\foo"}, {destination: "c:/Foo/bar"}]' 'mounts[1].destination' 'is inside another mount'
wrong vm 'del(.vm.kernel)' vm.kernel 'required, but missing'
wrong vm '.vm.image = {path: "/x", format: "iso"}' vm.image.format "no such value: 'iso'"
wrong vm '.vm.hwConfig.iomems = [{firstMFN: 1}]' 'vm.hwConfig.iomems[0].nrMFNs' 'required, but missing'
wrong vm '.vm.hwConfig.irqs = [1, -1]' 'vm.hwConfig.irqs[1]' 'must be from 0'
wrong vm '.linux.namespaces = [{type: "pid"}, {type: "pid"}]' 'linux.namespaces[1].type' 'given twice'
wrong zos '.zos.namespaces[0].type = "network"' 'zos.namespaces[0].type' 'no such value'
wrong zos '.zos.namespaces[1].type = "pid"' 'zos.namespaces[1].type' 'given twice'
wrong zos '.zos.namespaces[1].path = "x"' 'zos.namespaces[1].path' 'must be an absolute path'
wrong freebsd '.freebsd.jail.vnet = "disable"' freebsd.jail.vnet 'no such value'
wrong freebsd '.freebsd.jail.enforceStatfs = 3' freebsd.jail.enforceStatfs 'must be from 0 to 2'
wrong freebsd '.freebsd.devices = [{mode: 448}]' 'freebsd.devices[0].path' 'required, but missing'

# right PLATFORM FILTER
right() {
	"$MOTE" spec --platform "$1" -f - | jq "$2" >"$f"
	mote_in 10 validate --platform "$1" "$f"
	is "$status:$out" 0: "$1: $2 is valid"
}
right windows 'del(.process.args) | .process.commandLine = "cmd /c dir"'
right windows 'del(.root) | .windows.hyperv = {utilityVMPath: "C:\\x"}'
right windows '.windows.credentialSpec = {anything: [{}]} | .mounts = [{destination: "C:\\foo"}, {destination: "C:\\foobar"}]'
right freebsd '.freebsd.jail = {host: "new", ip4: "disable", enforceStatfs: 1, allow: {rawSockets: true, mount: ["tmpfs"]}}'
right vm '.vm.hypervisor = {path: "/vmm", parameters: ["a"]} | .vm.hwConfig = {vcpus: 1, memory: 4194304, iomems: [{firstMFN: 1, nrMFNs: 1}], irqs: [11]}'
right zos '.linux = {namespaces: "what is there is not for z/OS"}'

# ---- on this machine
mkbundle "$b" '.solaris = {what: 1} | .windows = {layerFolders: 5} | .vm = [] | .vm = {} | .zos = {} | .freebsd = {}'
mote_in 10 validate "$b"
is "$status:$out" 0: "beside linux they are ignored"
mote_in 10 --debug validate "$b"
is "$status:$(printf '%s\n' "$out" | grep -c 'note: .*another platform')" 0:1 "with one note"
if [ "$(id -u)" = 0 ]; then
	mkbundle "$b" '.windows = {layerFolders: 5} | .process.args = ["/probe", "exit", "7"]'
	mote_in 10 run -b "$b" "both-${TESTDIR##*[./]}"
	is "$status:$err" 7: "and the container runs"
	mote_in 10 --debug run -b "$b" "both-${TESTDIR##*[./]}"
	has "$err" 'windows: for another platform, and ignored' "which --debug says"
fi
before
for p in solaris windows zos freebsd; do
	"$MOTE" spec --platform "$p" -f - >"$f"
	mote_in 10 create -b "$b" -f "$f" "other-${TESTDIR##*[./]}"
	is "$status" 1 "a configuration for $p: create refuses it"
	has "$err" "$p: this is a configuration for another platform" "$p: and says why"
done
clean "nothing is left of it"

# ---- rootless
rm -f "$f"
mote_in 10 spec --rootless -f "$f"
is "$status" 0 "spec --rootless"
is "$(jq -c '[(.linux.namespaces | map(.type) | sort), .linux.uidMappings, .linux.resources]' "$f")" \
	"[[\"ipc\",\"mount\",\"pid\",\"user\",\"uts\"],[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}],null]" "a user namespace, the host's network, no limits"
mote_in 10 validate "$f"
is "$status:$out" 0: "which is valid"
if [ "$(id -u)" = 0 ] && unshare -U true 2>/dev/null; then
	jq --arg root "$TESTDIR/rootfs" '.root.path = $root | .process.terminal = false | .process.args = ["/bin/cat", "/proc/self/uid_map"]' "$f" >"$b/config.json"
	mote_in 20 run -b "$b" "rootless-${TESTDIR##*[./]}"
	is "$status:$(echo "$out" | tr -s ' ')" '0: 0 0 1' "and runs"
fi
finish

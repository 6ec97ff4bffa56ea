#!/bin/sh
# SPDX-License-Identifier: MIT
# validate.t - mote validate: every fault with its place, in words and as JSON; lint; the host; and files that are far too large
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need VALIDATE CHECK PLATFORMS cmd:jq cmd:awk
# A mount namespace of its own: what other tests mount meanwhile is not this one's.
[ "$(id -u)" != 0 ] || ! command -v tini >/dev/null || private_pids "$@"
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
b=$TESTDIR/b
f=$TESTDIR/f.json
mkbundle "$b"
before

# ---- what is wrong, and where
mote_in 10 validate "$b"
is "$status:$out$err" 0: "a bundle without faults: nothing is said"
(cd "$b" && "$MOTE" validate) && pass "the current folder is the bundle that nobody named"
mote_in 10 validate "$b/config.json"
is "$status:$out$err" 0: "the file of it by its own name"
run_in 10 sh -c '"$0" validate - <"$1"' "$MOTE" "$b/config.json"
is "$status:$out$err" 0: "and from standard input"
run_in 10 sh -c 'cat "$1" | "$0" validate -' "$MOTE" "$b/config.json"
is "$status:$out$err" 0: "from a pipe"

cat >"$f" <<'END'
{ "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "hostname": "x",
  "process": {"cwd": "/", "args": [],
    "rlimits": [
      {"type": "RLIMIT_CORE", "soft": 1, "hard": 1},
      {"type": "RLIMIT_CORE", "soft": 1, "hard": 1}]},
  "linux": {
    "namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "pid"}, {"type": "nope"}],
    "sysctl": {"net.a": "1", "kernel.panic": "1"},
    "resources": {"memory": {"limit": 100, "swap": 50}},
    "timeOffsets": {"a.\"b": {}}
} }
END
mote_in 10 validate "$f"
is "$status" 1 "faults: status 1"
is "$out" "$f:9:82: error: linux.namespaces[3].type: no such value: 'nope' (M-3)
$f:3:15: error: hostname: needs a uts namespace
$f:4:35: error: process.args: must name a program (M-15)
$f:7:16: error: process.rlimits[1].type: given twice (M-17)
$f:9:65: error: linux.namespaces[2].type: given twice (M-45)
$f:12:20: error: linux.timeOffsets: needs a new time namespace
$f:12:30: error: linux.timeOffsets[\"a.\"b\"]: the clocks are monotonic and boottime
$f:10:25: error: linux.sysctl[\"net.a\"]: needs a namespace of type network
$f:10:46: error: linux.sysctl[\"kernel.panic\"]: belongs to no namespace: it would change the host
$f:11:52: error: linux.resources.memory.swap: counts memory and swap together, so it cannot be below limit" \
	"every fault at once, those of rules between members too, each at its line and column"
printf '{"ociVersion":"1.3.0","root":{"path":"r"},"process":{"cwd":"/"}}' >"$f"
mote_in 10 validate "$f"
is "$out" "$f:1:53: error: process.args: must name a program (M-15)" "what is missing is told where it should have been"
printf '{"ociVersion":"1.3.0","root":{"path":"r"' >"$f"
mote_in 10 validate "$f"
has "$status$out" "1$f:1:41: error: root: ends too early" "a file that was cut off"
mote_in 10 validate "$TESTDIR/nothing"
is "$status:$out" "1:error: read $TESTDIR/nothing: no such file or directory" "a file that is not there"
mote_in 10 validate a b
is "$status" 2 "two operands: usage"
mote_in 10 validate --platform beos "$b"
is "$status" 2 "no such platform: usage"

# ---- the same judgement as create's
for case in '.hostname = "x" | .linux.namespaces |= map(select(.type != "uts"))' '.process.cwd = "x"' '.root = {}' \
	'.linux.sysctl = {"kernel.panic": "1"}' '.mounts += [{destination: "/x", source: "/tmp", options: ["bind", "r0"]}]'; do
	jq "$case" "$b/config.json" >"$f"
	mote_in 10 validate "$f"
	said=$(printf '%s\n' "$out" | sed 's/^[^ ]* error: //')
	mote_in 10 create -b "$b" -f "$f" same
	is "$status" 1 "create refuses: $case"
	printf '%s\n' "$said" | while read -r line; do case $err in *"$line"*) ;; *) echo "$line" ;; esac; done >"$TESTDIR/missing"
	is "$(cat "$TESTDIR/missing")" "" "in the words of validate"
done

# ---- JSON
printf '{"ociVersion":"1.3.0","root":{"path":"r"},"linux":{"namespaces":[{"type":"mount"}],"sysctl":{"k\\u0001\\n\\"\\\\\303\251":"1"}}}' >"$f"
mote_in 10 validate --json "$f"
is "$status" 1 "--json: status 1"
is "$(printf '%s\n' "$out" | jq -c '[.level, .line, .column, .rule, .says // .errors]' | head -n 1)" '["error",1,112,null,"not a name of a setting"]' \
	"--json: an object for each fault"
is "$(printf '%s\n' "$out" | tail -n 1)" '{"errors":1,"warnings":0,"notes":0,"more":0}' "--json: and one that counts"
n=0
for bytes in '\0000' '{' '\0377\0376' '"\0377"' '{"a\0377":1}' '{"\0033[31m":}' '{"ociVersion":"\\ud800"}' '' '[1' '{"annotations":{"\0177":1,"\0177":2}}'; do
	printf '%b' "$bytes" >"$f"
	mote_in 10 validate --json --strict "$f"
	[ "$status" = 1 ] && printf '%s\n' "$out" | jq -e -s 'last.errors > 0' >/dev/null && n=$((n + 1))
done
is "$n" 10 "--json: valid JSON, whatever the file holds"

# ---- strict
mote_in 10 validate --rules
is "$status" 0 "--rules: status 0"
has "$out" "M-45 each type of linux.namespaces comes once" "--rules: the specification's"
is "$(mote_in 10 validate --rules && printf '%s\n' "$out" | grep -c '^lint')" 17 "--rules: and what a reviewer asks"
is "$("$MOTE" validate --rules --json | jq -s 'map(select(.kind == "lint")) | length')" 17 "--rules --json"

is "$(sed -n '/^<!-- rules -->/,/^<!-- end -->/{ /^\([a-z]\|   *[A-Z-]\)/p; }' "$TOP/docs/validate.md")" "$("$MOTE" validate --rules)" "docs/validate.md lists them (make rules renews it)"

# A configuration that nobody would ask about; each case spoils one thing.
good='.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["read"], action: "SCMP_ACT_ALLOW"}]} |
	.linux.maskedPaths = ["/proc/kcore"] | .linux.readonlyPaths = ["/proc/sys"] | .root.readonly = true |
	.process.noNewPrivileges = true | .process.user = {uid: 1000, gid: 1000} | .process.capabilities = {} |
	.linux.resources = {pids: {limit: 10}, memory: {limit: 1000000}} |
	.mounts |= map(select(.type == "proc" or .type == "tmpfs")) |
	.linux.namespaces = ["pid", "network", "mount", "ipc", "uts", "cgroup"] | .linux.namespaces |= map({type: .})'
jq "$good" "$b/config.json" >"$TESTDIR/good.json"
mote_in 10 validate --strict "$TESTDIR/good.json"
is "$status:$out" 0: "--strict: a configuration that nobody would ask about"
# lint NAME FILTER WORDS: one warning about NAME
lint() {
	jq "$2" "$TESTDIR/good.json" >"$f"
	mote_in 10 validate "$f"
	is "$status:$out" 0: "$1: allowed"
	mote_in 10 validate --strict "$f"
	is "$status:$(printf '%s\n' "$out" | wc -l)" 1:1 "$1: one finding of --strict"
	has "$out" "warning: $1: " "$1: by its name"
	has "$out" "$3" "$1: what it is"
}
lint process.user.uid '.process.user.uid = 0' 'root of the host'
lint process.capabilities '.process.capabilities.bounding = ["CAP_SYS_ADMIN"]' CAP_SYS_ADMIN
lint linux.namespaces '.linux.namespaces |= map(select(.type != "pid"))' 'pid: a namespace that is shared'
lint linux.namespaces '.linux.namespaces[1].path = "/proc/1/ns/net"' 'network: a namespace that is shared'
lint linux.maskedPaths 'del(.linux.maskedPaths)' maskedPaths
lint linux.readonlyPaths 'del(.linux.readonlyPaths)' readonlyPaths
lint 'mounts[0].options' '.mounts = [{destination: "/sys/fs/cgroup", type: "cgroup2", source: "c", options: ["nosuid"]}] + .mounts' 'can be written'
for source in / /proc /sys/ /dev /etc; do
	lint 'mounts[0].source' ".mounts = [{destination: \"/x\", source: \"$source\", options: [\"rbind\"]}] + .mounts" 'of the host'
done
lint 'mounts[0].source' '.mounts = [{destination: "/x", source: "/var/run/docker.sock", options: ["bind", "ro"]}] + .mounts' socket
lint 'mounts[0].options' '.mounts = [{destination: "/x", type: "tmpfs", source: "t", options: ["mode=0777"]}] + .mounts' world-writable
lint 'linux.devices[0].fileMode' '.linux.devices = [{type: "b", path: "/dev/x", major: 8, minor: 0, fileMode: 438}]' world-writable
lint process.noNewPrivileges '.process.noNewPrivileges = false' set-user-id
lint linux.seccomp 'del(.linux.seccomp)' filter
lint linux.seccomp.defaultAction '.linux.seccomp.defaultAction = "SCMP_ACT_ALLOW"' allowed
lint linux.seccomp.flags '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"]' speculation
lint 'linux.resources.devices[1]' '.linux.resources.devices = [{allow: false}, {allow: true, type: "a"}]' 'every device'
lint linux.resources.pids.limit 'del(.linux.resources.pids)' 'no limit'
lint linux.resources.memory.limit 'del(.linux.resources.memory)' 'no limit'
lint root.readonly '.root.readonly = false' 'changed'
lint linux.rootfsPropagation '.linux.rootfsPropagation = "rshared"' 'on the host'
lint 'mounts[0].destination' '.mounts = [{destination: "x", type: "tmpfs", source: "t"}] + .mounts' relative
lint 'mounts[0].options' '.mounts = [{destination: "/x", type: "tmpfs", source: "t", options: ["mand"]}] + .mounts' deprecated
lint whatever '.whatever = {a: 1}' unknown
lint hooks.prestart '.hooks = {prestart: [{path: "/x"}]}' deprecated
lint linux.resources.memory.kernel '.linux.resources.memory.kernel = 1' deprecated
jq '.mounts = [{destination: "/x", source: "/etc", options: ["rbind", "ro"]}, {destination: "/y", type: "tmpfs", source: "t", options: ["mode=1777"]}] + .mounts |
	.linux.resources.devices = [{allow: true, access: "m"}, {allow: true, type: "c", major: 1, minor: 3}]' "$TESTDIR/good.json" >"$f"
mote_in 10 validate --strict "$f"
is "$status:$out" 0: "what is read-only, sticky or about one device is not asked about"

# ---- the host
mote_in 10 validate --host "$b"
if [ "$(id -u)" = 0 ]; then is "$status:$out" 0: "--host: this machine can run the bundle"; else note "not root: $out"; fi
jq '.root.path = "/nosuch"' "$b/config.json" >"$f"
mote_in 10 validate "$f"
is "$status" 0 "without --host no folder is looked at"
mote_in 10 validate --host "$f"
is "$status" 1 "--host: a root that is not there"
has "$out" "$f:$(grep -n '"/nosuch"' "$f" | cut -d: -f1):13: error: root.path: /nosuch: no such file or directory (M-6)" "--host: with the line of root.path"
jq '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]' "$b/config.json" >"$f"
mote_in 10 validate --host "$f"
has "$out" "mounts[$(jq '.mounts | length - 1' "$f")].type: no file system nosuchfs" "--host: a file system that this kernel has not"
clean "nothing was changed"

# ---- faults without end: time is linear, memory does not grow with them
# big N: a file with N wrong entries in each of the lists that rules walk
big() {
	awk -v n="$1" 'function list(name, text,   i) { printf "\"%s\":[", name; for (i = 0; i < n; i++) printf "%s%s", i ? "," : "", text; printf "]" }
	BEGIN { printf "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],"
		list("env", "1"); printf ","; list("rlimits", "{\"type\":\"RLIMIT_CORE\",\"soft\":2,\"hard\":1}"); printf ",\"user\":{\"uid\":1,\"gid\":1,"; list("additionalGids", "7")
		printf "}},\"linux\":{"; list("namespaces", "{\"type\":\"user\"}"); printf ","; list("uidMappings", "{\"containerID\":0,\"hostID\":0,\"size\":1}"); printf ","
		list("gidMappings", "{\"containerID\":0,\"hostID\":0,\"size\":1}"); printf ","; list("maskedPaths", "\"x\"")
		printf ",\"sysctl\":{"; for (i = 0; i < n; i++) printf "%s\"net.k%d\":\"1\"", i ? "," : "", i; printf "}}}" }' >"$TESTDIR/big.json"
}
# user_time FILE: hundredths of a second of the user's time, the least of three
user_time() {
	best=
	for _ in 1 2 3; do
		(
			timeout 120 "$MOTE" validate "$1" >"$TESTDIR/big.out"
			times >"$TESTDIR/times"
		)
		t=$(sed -n '2s/^\([0-9]*\)m\([0-9]*\)[.]\([0-9][0-9]\).*/\1 \2 \3/p' "$TESTDIR/times" | awk '{ print ($1 * 60 + $2) * 100 + $3 }')
		[ -n "$best" ] && [ "$best" -le "$t" ] || best=$t
	done
}
big 20000
user_time "$TESTDIR/big.json"
small=$best
big 200000
user_time "$TESTDIR/big.json"
large=$best
note "$(wc -c <"$TESTDIR/big.json") bytes: $large hundredths of a second, a tenth of it: $small"
check "the time can be measured" [ "$large" -gt 0 ]
check "ten times the faults take ten times as long, not a hundred" [ "$large" -le $((small * 25 + 25)) ]
is "$(wc -l <"$TESTDIR/big.out")" 101 "a hundred faults are told"
has "$(tail -n 1 "$TESTDIR/big.out")" "and " "and the others counted"
# All env entries are wrong, so nothing of them is kept: memory is that of the text, read twice at most.
awk 'BEGIN { printf "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"env\":["
	for (i = 0; i < 2000000; i++) printf "%s12345", i ? "," : ""; printf "]}}" }' >"$TESTDIR/big.json"
run_in 60 sh -c 'ulimit -v 40000; "$0" validate "$1" | tail -n 1' "$MOTE" "$TESTDIR/big.json"
is "$out" "and 1999900 more" "two million faults in $(($(wc -c <"$TESTDIR/big.json") >> 20)) MiB fit into 40 MB of memory"
finish

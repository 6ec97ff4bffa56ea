#!/bin/sh
# SPDX-License-Identifier: MIT
# runtimeconfig.t - runtime.json: what may be overridden and how it joins, for which machine, in which order; defaults; mote config
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
need RUNTIME VALIDATE EXPLAIN root cmd:jq
private_pids "$@" # and a mount namespace of its own: /etc/mote of the host is not looked at
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"

b=$TESTDIR/b
r=$b/runtime.json
etc=$TESTDIR/etc
mkdir -p "$etc/mote/runtime.d"
cp -a /etc/passwd /etc/group /etc/alternatives "$etc"
mount --bind "$etc" /etc || skip_all "cannot mount"
mkbundle "$b" '.process.args = ["/bin/sh", "-c", "echo $A-$B; cat /proc/self/oom_score_adj; head -c 20 /data/file"]
	| .process.env += ["A=config", "C=3"] | .annotations = {"a.b": "config", "keep": "1"}'
config() { "$MOTE" config "$b" "$@"; }
value() { config | jq -c "$1"; }
before

# ---- without one
config >"$TESTDIR/plain.json"
is "$(jq -cS . "$TESTDIR/plain.json")" "$(jq -cS . "$b/config.json")" "without any file config prints what config.json says"
"$MOTE" plan "$b" >"$TESTDIR/plain.plan"
"$MOTE" plan -f "$TESTDIR/plain.json" "$b" >"$TESTDIR/again.plan"
check "and what it prints makes the same plan" cmp -s "$TESTDIR/plain.plan" "$TESTDIR/again.plan"
if command -v strace >/dev/null; then
	strace -f -o "$TESTDIR/trace" "$MOTE" plan "$b" >/dev/null
	is "$(grep -c runtime.json "$TESTDIR/trace"):$(grep -c /etc/mote "$TESTDIR/trace")" "1:0" \
		"a bundle without one: one open that fails, and the host is not asked"
else
	skip "system calls" "needs strace"
fi
echo '{"process": {"env": ["A=host"]}}' >"$etc/mote/runtime.d/10-all.json"
is "$(value '.process.env[-2:]')" '["A=config","C=3"]' "the host's files do not touch a bundle that has no runtime.json"

# ---- joining
mkdir -p "$TESTDIR/data" && echo "from the host" >"$TESTDIR/data/file"
cat >"$r" <<END
{ "process": {"env": ["A=bundle", "B=new", "B=newer"], "oomScoreAdj": 7,
    "rlimits": [{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]},
  "mounts": [
    {"destination": "/dev/shm/", "options": ["nosuid", "ro"]},
    {"destination": "/data", "type": "none", "source": "$TESTDIR/data", "options": ["bind", "ro"]}],
  "root": {"readonly": true},
  "annotations": {"a.b": "bundle", "keep": null, "new": "1"},
  "linux": {"sysctl": {"net.ipv4.ip_forward": "1"}}
}
END
rm "$etc/mote/runtime.d/10-all.json"
is "$(value '.process.env[-3:]')" '["C=3","A=bundle","B=newer"]' "env joins by name"
is "$(value '[.mounts[] | select(.destination == "/dev/shm/")] | map([.type, .source, .options]) | .[]')" \
	'["tmpfs","shm",["nosuid","ro"]]' "mounts join by destination: what is not said stays, lists are replaced"
is "$(value '.mounts[-1].destination')" '"/data"' "a mount on another place comes last"
is "$(value '.mounts | length')" "$(($(jq '.mounts | length' "$b/config.json") + 1))" "and no other is lost"
is "$(value .annotations)" '{"a.b":"bundle","new":"1"}' "members of annotations join; null takes one out"
is "$(value '[.process.rlimits[] | select(.type == "RLIMIT_CORE") | .soft]')" '[0]' "rlimits join by type"
is "$(value '[.root.readonly, .process.oomScoreAdj, .linux.sysctl["net.ipv4.ip_forward"]]')" '[true,7,"1"]' "single values are replaced"
mote_in 20 run -b "$b" "joined-$SNAPSHOT_CGROUPS"
is "$status:$out" "0:bundle-newer
7
from the host" "and the container is made by it"
config >"$TESTDIR/merged.json"
"$MOTE" plan "$b" >"$TESTDIR/a.plan"
mv "$r" "$TESTDIR/r"
"$MOTE" plan -f "$TESTDIR/merged.json" "$b" >"$TESTDIR/b.plan"
mv "$TESTDIR/r" "$r"
check "what config prints is a config.json that makes the same plan" cmp -s "$TESTDIR/a.plan" "$TESTDIR/b.plan"
is "$(config --origin | awk -F'\t' '$3 == "\"A=bundle\"" || $1 == "process.oomScoreAdj" || $3 == "\"C=3\"" { sub(".*/", "", $2); print $2 }' |
	sed 's/config.json:.*/config.json/')" "config.json
runtime.json:1:23
runtime.json:1:71" "config --origin tells file, line and column of each value"
is "$(config --origin | cut -f1,3 | grep -c .)" "$(config | jq -r '[paths(scalars or . == [] or . == {})] | length')" "of every value"

# lists that are not known by a name
echo '{"hooks": {"poststop": [{"path": "/bin/true"}]}, "linux": {"resources": {"devices": [{"allow": true, "path": "/dev/full", "access": "r"}],
	"memory": {"limit": "50%"}}}}' >"$r"
is "$(value '.linux.resources.devices[-1]')" '{"allow":true,"access":"r","type":"c","major":1,"minor":7}' \
	"rules of devices are added behind, their numbers looked up"
is "$(value '.linux.resources.devices | length')" "$(($(jq '.linux.resources.devices | length' "$b/config.json") + 1))" "the others stay"
total=$(awk '/^MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)
is "$(value .linux.resources.memory.limit)" $((total / 2)) "50% is half of the machine's memory"
echo '{"linux": {"devices": [{"path": "/dev/full", "uid": 3}]}}' >"$r"
is "$(value .linux.devices)" '[{"path":"/dev/full","uid":3,"type":"c","major":1,"minor":7}]' "a device by its path alone"
echo '{"linux": {"namespaces": [{"type": "network", "path": "/proc/1/ns/net"}]}}' >"$r"
is "$(value '[.linux.namespaces[] | select(.type == "network") | .path], (.linux.namespaces | length)' | tr '\n' ' ')" \
	"[\"/proc/1/ns/net\"] $(jq '.linux.namespaces | length' "$b/config.json") " "a namespace gets a path"

# ---- the order
echo '{"process": {"env": ["A=bundle", "B=bundle", "D=bundle", "E=bundle"]}}' >"$r"
echo '{"process": {"env": ["B=10", "D=10", "E=10"]}}' >"$etc/mote/runtime.d/10-a.json"
echo '{"process": {"env": ["D=20", "E=20"]}}' >"$etc/mote/runtime.d/20-b.json"
echo 'no json' >"$etc/mote/runtime.d/20-b.json.bak"
echo '{"process": {"env": ["E=env"]}}' >"$TESTDIR/env.json"
echo '{"process": {"env": ["E=option"]}}' >"$TESTDIR/option.json"
last='.process.env | map(select(test("^[ABDE]="))) | join(" ")'
is "$(value "$last")" '"A=bundle B=10 D=20 E=20"' "the host's files win over the bundle's, the later name over the earlier"
is "$(MOTE_RUNTIME_CONFIG=$TESTDIR/env.json "$MOTE" config "$b" | jq "$last")" '"A=bundle B=10 D=20 E=env"' "MOTE_RUNTIME_CONFIG over those"
is "$(MOTE_RUNTIME_CONFIG=$TESTDIR/env.json "$MOTE" config --runtime-config "$TESTDIR/env.json" --runtime-config "$TESTDIR/option.json" "$b" |
	jq "$last")" '"A=bundle B=10 D=20 E=option"' "the last --runtime-config over all"
rm "$r"
is "$("$MOTE" config --runtime-config /etc/mote/runtime.d "$b" | jq "$last")" '"A=config B=10 D=20 E=20"' \
	"a folder can be asked for: so the host's files apply to any bundle"
mote_in 5 config --runtime-config "$TESTDIR/none.json" "$b"
is "$status:$err" "1:config $b: read $TESTDIR/none.json: no such file or directory" "a file that was asked for has to be there"

# ---- for which machine
rm "$etc"/mote/runtime.d/*
this=$(uname -m) release=$(uname -r | sed 's/\([0-9]*\.[0-9]*\).*/\1/')
when() { # SELECTORS HOLDS NAME
	echo "[{\"process\": {\"oomScoreAdj\": 1}}, {\"when\": $1, \"process\": {\"oomScoreAdj\": 2}}]" >"$r"
	is "$(config ${4:-} | jq .process.oomScoreAdj)" "$2" "$3"
}
when '{}' 2 "no selector: it holds"
when "{\"arch\": \"$this\"}" 2 "this architecture"
when '{"arch": ["no", "such"]}' 1 "none of these"
when "{\"arch\": [\"no\", \"$this\"], \"kernel\": \">=$release\"}" 2 "one of a list, and this kernel or a later one"
when "{\"arch\": \"$this\", \"kernel\": \"<$release\"}" 1 "all selectors have to hold"
when "{\"kernel\": \">=2.6,<=$release\"}" 2 "a range: 5.4.17 is 5.4"
when '{"memory": "<1m"}' 1 "a small machine"
when '{"memory": ">=1m,<1000t"}' 2 "a large one"
when '{"cgroup": ["v1", "v2", "none"]}' 2 "some kind of cgroups"
echo "board-7 rev b" >"$etc/mote/host"
when '{"host": "board-7"}' 2 "the name in /etc/mote/host"
when '{"host": "board-8"}' 1 "another name"
when '{"host": "board-8"}' 2 "the name of --host-profile" "--host-profile=board-8"
rm "$etc/mote/host"
when "{\"host\": \"$(uname -n)\"}" 2 "without either the machine's name"

# ---- what is refused
refused() { # JSON WHAT NAME
	printf '%s' "$1" >"$r"
	mote_in 5 create -b "$b" "refused-$SNAPSHOT_CGROUPS"
	is "$status:$err" "1:create refused-$SNAPSHOT_CGROUPS: $r:$2" "${3:-${2#*: }}"
}
only="cannot be overridden: that is config.json's to say"
refused '{"process": {"args": ["x"]}}' "1:22: process.args: $only"
refused '{"root": {"path": "x"}}' "1:19: root.path: $only"
refused '{"linux": {"seccomp": null}}' "1:23: linux.seccomp: $only"
refused '{"process": {"capabilities": {}}}' "1:30: process.capabilities: $only"
refused '{"linux": {"namespaces": [{"type": "user"}]}}' "1:27: linux.namespaces[0]: config.json has none of that type, and this can only change one"
refused '{"mounts": [{"type": "tmpfs"}]}' "1:13: mounts[0]: must have a destination"
refused '{"mount": []}' "1:11: mount: there is no such property"
refused '{"process": {"env": ["A"]}}' "1:22: process.env[0]: must be NAME=value"
refused '{"process": {"oomScoreAdj": 5000}}' "1:29: process.oomScoreAdj: must be from -1000 to 1000, not 5000 (M-3)"
refused '{"when": {"arch": "no"}, "process": {"oomScoreAdj": "1"}}' "1:53: process.oomScoreAdj: must be a number, not a string (M-3)" \
	"also in what is for other machines"
refused '{"when": {"board": "x"}}' "1:20: when.board: no such selector: there are arch, kernel, cgroup, memory and host"
refused '{"when": {"kernel": ">=five"}}' "1:21: when.kernel: no value for kernel: >=five"
refused '{"when": {"memory": ["<64m", "x"]}}' "1:30: when.memory[1]: no value for memory: x"
refused '{"linux": {"resources": {"memory": {"limit": "150%"}}}}' \
	"1:46: linux.resources.memory.limit: must be a number of bytes, or 1% to 100% of the machine's memory, not '150%'"
refused '{"linux": {"devices": [{"path": "/dev/no-such"}]}}' \
	"1:33: linux.devices[0].path: device /dev/no-such of this host: no such file or directory"
refused '{"linux": {"devices": [{"path": "/etc/passwd"}]}}' "1:33: linux.devices[0].path: /etc/passwd of this host is no such device"
refused '{"linux": {"devices": [{"path": "/dev/full", "type": "c", "major": 1, "minor": 7}]}}' \
	"1:68: linux.devices[0].major: is looked up on the host at create: here a device is named by its path
create refused-$SNAPSHOT_CGROUPS: $r:1:80: linux.devices[0].minor: is looked up on the host at create: here a device is named by its path" \
	"numbers of a device, which change between boots"
refused '{"annotations": {"a": "1", "a": "2"}}' "1:33: annotations.a: given twice"
refused '{"annotations": ' "1:17: ends too early"
refused '{"linux": {"sysctl": {"kernel.panic": "1"}}}' \
	"1:39: linux.sysctl[\"kernel.panic\"]: belongs to no namespace: it would change the host" "rules between members, at the place in the file"
refused '{"mote": {"pid-file": "x"}}' "1:23: mote.pid-file: no setting of this mote's"
refused '{"mote": {"log-file": true}}' "1:23: mote.log-file: not of the type that the option has"
mote_in 5 state "refused-$SNAPSHOT_CGROUPS"
is "$status" 1 "nothing was made"
echo '{"process": {"args": [], "oomScoreAdj": true}}' >"$r"
mote_in 5 validate "$b"
is "$status:$out" "1:$r:1:22: error: process.args: $only" "validate says so as well"
is "$("$MOTE" validate --json "$b" | jq -r 'select(.name) | "\(.file):\(.line):\(.column) \(.name)"')" "$r:1:22 process.args" "and as JSON"
mote_in 5 validate "$b/config.json"
is "$status:$out" "0:" "a file that is named by itself is judged by itself"

# ---- what create has kept (M-26)
echo '{"process": {"env": ["A=first"]}, "mote": {"log-file": "'"$TESTDIR/log"'"}}' >"$r"
id="kept-$SNAPSHOT_CGROUPS"
"$MOTE" --root "$STATE" create -b "$b" "$id" >"$TESTDIR/.o" 2>&1 </dev/null
is "$?" 0 "create"
echo '{"process": {"env": ["A=second"]}, "linux": {"cgroupsPath": "/elsewhere"}}' >"$r"
mote_in 10 start "$id"
is "$status:$err" "0:" "start with another runtime.json"
wait_for 5 grep -q first "$TESTDIR/log"
has "$(cat "$TESTDIR/log" 2>&1)" "first-" "does what create was told; the log file came from runtime.json"
wait_for 5 sh -c '"$0" --root "$1" state "$2" | grep -q stopped' "$MOTE" "$STATE" "$id"
mote_in 10 delete "$id"
is "$status" 0 "delete"
if have DIGEST; then
	echo '{}' >"$r"
	mkdir -p "$TESTDIR/d/rootfs" && cp "$TESTDIR/rootfs/probe" "$TESTDIR/d/rootfs"
	jq '.root.path = "rootfs" | .process.args = ["/probe"]' "$TESTDIR/plain.json" >"$TESTDIR/d/config.json"
	d=$("$MOTE" digest "$TESTDIR/d")
	echo '{"annotations": {"x": "1"}}' >"$TESTDIR/d/runtime.json"
	is "$("$MOTE" digest "$TESTDIR/d")" "$d" "the digest is the bundle's, whatever the host says"
	mote_in 20 create --verify "$d" -b "$TESTDIR/d" "digest-$SNAPSHOT_CGROUPS"
	is "$status:$err" "0:" "and what is verified is the bundle's own text"
	mote_in 10 delete --force "digest-$SNAPSHOT_CGROUPS"
else
	skip "digest" "needs DIGEST"
fi

# ---- options
if have INIT; then
	mkbundle "$TESTDIR/i" '.process.args = ["/bin/sh", "-c", "echo $$"]'
	echo '[{"mote": {"init": true}}, {"when": {"arch": "none"}, "mote": {"init": true}}]' >"$TESTDIR/i/runtime.json"
	mote_in 20 run -b "$TESTDIR/i" "init-$SNAPSHOT_CGROUPS"
	hasnt "$status:$out" "0:1" "runtime.json asks for an init"
	is "$status" 0 "and there is one"
	echo '{"when": {"arch": "none"}, "mote": {"init": true}}' >"$TESTDIR/i/runtime.json"
	mote_in 20 run -b "$TESTDIR/i" "init-$SNAPSHOT_CGROUPS"
	is "$status:$out" "0:1" "not where its selectors do not hold"
else
	skip "options" "needs INIT"
fi
if have IMAGE && have PACK; then
	echo '{"mote": {"overlay": "tmpfs"}, "process": {"env": ["A=layer"]}, "root": {"readonly": false}}' >"$TESTDIR/i/runtime.json"
	cp -a "$TESTDIR/rootfs" "$TESTDIR/i/rootfs"
	jq '.root.path = "rootfs" | .root.readonly = false | .process.args = ["/bin/sh", "-c", "echo $A >/new && cat /new"]' "$b/config.json" >"$TESTDIR/i/config.json"
	mote_in 20 run -b "$TESTDIR/i" "layer-$SNAPSHOT_CGROUPS"
	is "$status:$out$err" "0:layer" "and for a layer for what is written"
	check "which is not the bundle" test ! -e "$TESTDIR/i/rootfs/new"
	"$MOTE" pack "$TESTDIR/i" -o "$TESTDIR/i.cpio" >/dev/null
	mote_in 20 run --overlay tmpfs --runtime-config "$TESTDIR/env.json" "$TESTDIR/i.cpio" "image-$SNAPSHOT_CGROUPS"
	is "$status:$err" "0:" "a file is laid over the config of an image"
	echo '{"mote": {"overlay": "tmpfs:4k"}}' >"$TESTDIR/i.json"
	mote_in 20 run --runtime-config "$TESTDIR/i.json" "$TESTDIR/i.cpio" "image-$SNAPSHOT_CGROUPS"
	has "$status:$err" "no space left" "and so are options: the size of its tmpfs"
	mote_in 20 run --runtime-config "$TESTDIR/i.json" -b "$TESTDIR/i.cpio" "image-$SNAPSHOT_CGROUPS"
	has "$status:$err" "no space left" "with -b too"
	mote_in 20 run --overlay tmpfs:200m --runtime-config "$TESTDIR/i.json" -b "$TESTDIR/i.cpio" "image-$SNAPSHOT_CGROUPS"
	is "$status:$err" "0:" "the command line's counts"
	tar -C "$TESTDIR/i" -cf "$TESTDIR/i.tar" config.json rootfs runtime.json
	mote_in 20 run "$TESTDIR/i.tar" "image-$SNAPSHOT_CGROUPS"
	has "$status:$err" "in an image sets come too late" "but not those of a runtime.json in the image: that is said"
else
	skip "a layer" "needs IMAGE and PACK"
fi

# ---- what mote boot reads
if have BOOT; then
	one=$TESTDIR/set/services/10-one
	mkbundle "$one" 'del(.linux.resources, .linux.cgroupsPath, .mounts[] | select(.type? == "cgroup")) | .process.args = ["/bin/sh", "-c", "echo here"]'
	echo '{"restart": "always", "backoff": 10, "giveUp": 0}' >"$one/boot.json"
	boot_says() { mote_in 10 boot --status --format=tsv; printf '%s\n' "$out" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "10-one" { print $c["state"] ":" $c["starts"] }'; }
	# shellcheck disable=SC2254 # a pattern
	is_up() { case $(boot_says) in $1) ;; *) return 1 ;; esac; }
	# booted STATE:STARTS: the set comes to that, and is ended
	booted() {
		"$MOTE" --root "$STATE" boot "$TESTDIR/set" >"$TESTDIR/boot.out" 2>&1 </dev/null &
		lib_pids="$lib_pids $!" booted_pid=$!
		booted_ok=1
		wait_for 20 is_up "$1" && booted_ok=0
		kill -TERM $booted_pid 2>/dev/null
		wait $booted_pid
	}
	booted '*:[3-9]*'
	is $booted_ok 0 "boot.json by itself: always again"
	echo '[{"boot": {"restart": "no", "log": "'"$TESTDIR"'/logs/one"}}, {"when": {"arch": "none"}, "boot": {"restart": "always", "log": "/none"}}]' >"$one/runtime.json"
	mote_in 20 boot "$TESTDIR/set"
	is "$status:$(cat "$TESTDIR/logs/one")" "0:here" "runtime.json: not again, and another log"
	is "$("$MOTE" config "$one" | jq -c .boot)" null "which is not the container's config"
	echo '{"boot": {"restart": "always", "backoff": 10}}' >"$TESTDIR/boot.json"
	MOTE_RUNTIME_CONFIG=$TESTDIR/boot.json
	export MOTE_RUNTIME_CONFIG
	booted '*:[3-9]*'
	unset MOTE_RUNTIME_CONFIG
	is $booted_ok 0 "and a file that the environment names over that"
	for wrong in '"readyFd": 4|readyFd: cannot be overridden: that is boot.json'"'"'s to say' '"restart": "often"|restart: no such value' '"colour": 1|colour: there is no such property' \
		'"backoff": -1|backoff: ' '"needs": {"moon": []}|needs.moon: there is no such property'; do
		printf '{\n "boot": {%s}}\n' "${wrong%|*}" >"$one/runtime.json"
		mote_in 10 validate "$one"
		has "$status:$out$err" "1:" "validate refuses ${wrong%|*}"
		has "$out$err" "runtime.json:2:" "with its place"
		has "$out$err" "${wrong##*|}" "and why"
	done
	echo '{"boot": {"logLimit": 5}}' >"$one/runtime.json"
	mote_in 20 boot "$TESTDIR/set"
	has "$status:$err" "logLimit: needs log to be a file" "what does not fit together is said when it boots"
	rm -rf "$TESTDIR/logs" "$TESTDIR/set"
else
	skip "boot" "needs BOOT"
fi

# ---- defaults
mkdir -p "$TESTDIR/m" && ln -s ../rootfs "$TESTDIR/m/rootfs"
echo '{"ociVersion": "1.3.0", "process": {"args": ["/bin/echo", "hello"]}}' >"$TESTDIR/m/config.json"
mote_in 10 validate "$TESTDIR/m"
is "$status" 1 "a small config.json is not valid by itself"
mote_in 10 validate --defaults "$TESTDIR/m"
is "$status:$out$err" "0:" "with --defaults it is"
if have SPEC; then
	"$MOTE" spec -f - | jq -S 'del(.process.terminal, .process.args) | .process.env -= ["TERM=xterm"]' >"$TESTDIR/s1"
	"$MOTE" config --defaults "$TESTDIR/m" | jq -S 'del(.process.terminal, .process.args)' >"$TESTDIR/s2"
	check "what is filled in is what mote spec prints" cmp "$TESTDIR/s1" "$TESTDIR/s2"
	mkdir -p "$TESTDIR/s" && "$MOTE" spec -b "$TESTDIR/s"
	is "$("$MOTE" config --defaults "$TESTDIR/s" | jq -cS .)" "$(jq -cS . "$TESTDIR/s/config.json")" "and changes nothing that is there"
fi
echo '{"defaults": true, "linux": {"namespaces": [{"type": "network", "path": "/proc/self/ns/net"}], "cgroupsPath": "/'"$SNAPSHOT_CGROUPS"'/m"}}' >"$TESTDIR/m/runtime.json"
mote_in 20 validate "$TESTDIR/m"
is "$status:$out" "0:" "runtime.json can ask for them"
echo '{"ociVersion": "1.3.0", "mounts": [], "process": {"args": ["x"], "user": {"uid": 5, "gid": 5}}, "linux": {"namespaces": [{"type": "mount"}]}}' >"$TESTDIR/m/config.json"
rm "$TESTDIR/m/runtime.json"
is "$("$MOTE" config --defaults "$TESTDIR/m" | jq -c '[.mounts, .process.user, .linux.namespaces, .hostname, .process.cwd]')" \
	'[[],{"uid":5,"gid":5},[{"type":"mount"}],null,"/"]' "lists and inner objects that are there are taken as they are"

# ---- the page and the rows
sed -n 's/^| `\([^`]*\)` | \([^|]*[^ |]\) *|.*/\1 \2/p' "$TOP/docs/runtime-config.md" | sort >"$TESTDIR/page"
"$MOTE" explain --json | jq -r 'select(.override) | "\(.name) \(.override)"' | sort >"$TESTDIR/rows"
check "the page's table is that of the rows" diff "$TESTDIR/page" "$TESTDIR/rows"

rm -f "$TESTDIR/log"
clean "nothing stays behind"
finish

#!/bin/sh
# hooks.t - what a hook is given, several of a kind, and what each failing kind ends at create and at start; hook.t has the rest
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck disable=SC2016 # $$ and $dir are the hook's and jq's
. "$(dirname "$0")/../lib.sh"
private_cgroups "$@"
. "$(dirname "$0")/box.sh"
private_pids "$@"
need root HOOKS cmd:jq

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE" "$TESTDIR/said" "$TESTDIR/rootfs/said"
chmod 755 "$TESTDIR"
chmod 777 "$TESTDIR/said" "$TESTDIR/rootfs/said"
kinds='prestart createRuntime createContainer startContainer poststart poststop'

# hook KIND SCRIPT [MEMBERS]: a jq filter; the script is a line of shell without quotes
hook() { printf ' | .hooks.%s += [{path: "/bin/sh", args: ["sh", "-c", "%s"]%s}]' "$1" "$2" "${3:-}"; }
# Where a kind writes: startContainer is inside.
place() { case $1 in startContainer) echo /said ;; *) echo "$TESTDIR/said" ;; esac; }
all() { # all SCRIPT [MEMBERS]: for every kind; KIND and DIR in it are replaced
	all_filter=''
	for all_kind in $kinds; do
		all_filter="$all_filter$(hook "$all_kind" "$(printf %s "$1" | sed "s|KIND|$all_kind|g; s|DIR|$(place "$all_kind")|g")" "${2:-}")"
	done
	printf '%s' "$all_filter"
}
said() { cat "$(place "$1" | sed "s|^/said|$TESTDIR/rootfs/said|")/$1" 2>/dev/null; }
forget() { rm -f "$TESTDIR/said/"* "$TESTDIR/rootfs/said/"*; }
before "$STATE"

# ---- what it is given ------------------------------------------------------------------------------------
LEAK=secret
export LEAK
box_bundle ".hooks = {} $(all 'read x </proc/self/environ; echo -n $x >DIR/KIND; ls /proc/self/fd | wc -l >>DIR/KIND')" true
sh -c 'exec 7</etc/passwd; trap "" USR1; exec "$@"' sh "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box </dev/null
for k in $kinds; do
	is "$(said "$k")" 4 "$k: an empty environment, and three descriptors (and the listing's own)"
done
forget
box ".hooks = {} $(all 'read x </proc/self/environ; echo -n $x >DIR/KIND' ', env: ["A=1", "B=two words"]')" true
for k in $kinds; do
	is "$(said "$k")" "A=1B=two words" "$k: its own environment"
done
forget
box ".hooks = {} $(all 'grep -E Sig[BI] /proc/self/status | tr -d \\\\n >DIR/KIND')" true
for k in $kinds; do
	is "$(said "$k" | tr -d '\t 0')" "SigBlk:SigIgn:" "$k: no signal is blocked or ignored"
done
forget

cat >"$TESTDIR/argv" <<END
#!/bin/sh
tr '\\0' , </proc/\$\$/cmdline >"$TESTDIR/said/argv"
END
chmod 755 "$TESTDIR/argv"
box '.hooks.prestart = [{path: ($dir + "/argv")}]' true
is "$(said argv)" "/bin/sh,$TESTDIR/argv," "without args it gets its path"
box '.hooks.prestart = [{path: ($dir + "/argv"), args: ["zero", "one", "", "a b"]}]' true
is "$(said argv)" "/bin/sh,$TESTDIR/argv,one,,a b," "and with args those"
forget

# Nothing of mote's holds what the box has mounted.
mkdir -p "$TESTDIR/plain" "$TESTDIR/rootfs/mnt"
box '.mounts += [{destination: "/mnt", source: ($dir + "/plain"), options: ["bind"]}] |
	.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "umount \($dir)/rootfs/mnt 2>&1; echo $? >\($dir)/said/umount"]}]' true
is "$status:$(said umount)" 0:0 "createContainer: it can unmount a bind"
forget

# The state, whole and valid, to every hook of every kind.
box_bundle '.annotations = {"org.example.key": "a \"value\"", "empty": ""} | '".hooks = {} $(all 'cat >DIR/KIND') $(all 'cat >DIR/KIND.2')" sleep 1000
mote_in 20 create -b "$TESTDIR/b" --pid-file "$TESTDIR/pid" box
mote_in 20 start box
mote_in 20 kill box KILL
wait_for 10 sh -c "'$MOTE' --root '$STATE' state box | grep -q stopped"
mote_in 20 delete box
pid=$(cat "$TESTDIR/pid")
for k in $kinds; do
	case $k in
	startContainer) st=created ;;
	poststart) st=running ;;
	poststop) st=stopped ;;
	*) st=creating ;;
	esac
	for n in "$k" "$k.2"; do
		if [ "$k" = startContainer ]; then f=$TESTDIR/rootfs/said/$n; else f=$TESTDIR/said/$n; fi
		if jq -e --arg st "$st" --arg b "$TESTDIR/b" --argjson pid "$pid" '.id == "box" and .status == $st and .bundle == $b and
			(.ociVersion | test("^1\\.[0-9]+\\.[0-9]+")) and .annotations["org.example.key"] == "a \"value\"" and
			.annotations.empty == "" and (if $st == "stopped" then (.pid // 0) == 0 or .pid == $pid else .pid == $pid end)' "$f" >/dev/null 2>&1; then
			pass "$n: state on standard input, $st"
		else
			fail "$n: state on standard input, $st" "$(cat "$f")"
		fi
	done
done
forget

# ---- order, namespaces -----------------------------------------------------------------------------------
three='.hooks = {}'
for n in 1 2 3; do
	three="$three$(all "echo -n $n >>DIR/KIND")"
done
box "$three" true
for k in $kinds; do
	is "$(said "$k")" 123 "$k: three of them, in their order"
done
forget

box ".hooks = {} $(all 'for n in mnt uts ipc net pid user; do readlink /proc/self/ns/$n; done >DIR/KIND')" ns
host=$(for n in mnt uts ipc net pid user; do readlink "/proc/self/ns/$n"; done)
for k in prestart createRuntime poststart poststop; do
	is "$(said $k)" "$host" "$k: the runtime's namespaces"
done
for k in createContainer startContainer; do
	for n in mnt uts ipc net; do
		has "$(said $k)" "$(fact "ns.$n")" "$k: the container's $n namespace"
	done
done
forget
echo '#!/bin/sh' >"$TESTDIR/only-outside"
printf '#!/bin/sh\necho here >/said/inside\n' >"$TESTDIR/rootfs/only-inside"
chmod 755 "$TESTDIR/only-outside" "$TESTDIR/rootfs/only-inside"
box '.hooks = {createContainer: [{path: ($dir + "/only-outside")}], startContainer: [{path: "/only-inside"}]}' true
worked "createContainer is looked for outside, startContainer inside"
is "$(cat "$TESTDIR/rootfs/said/inside")" here "and the latter runs there"
box '.hooks = {startContainer: [{path: ($dir + "/only-outside")}]}' true
refused "startContainer is not looked for outside" startContainer "no such file"
forget

if have USERNS; then
	box '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings'" | .hooks = {} $(all 'cat /proc/self/uid_map /proc/self/status | tr -s \\\\t\\\\n , >DIR/KIND')" true
	worked "hooks with a user namespace"
	for k in createRuntime poststart; do
		has "$(said $k)" ",Uid:,0,0,0,0," "$k: root of the runtime's"
		has "$(said $k | tr -s ' ')" "0 0 4294967295" "$k: outside of it"
	done
	for k in createContainer startContainer; do
		has "$(said $k | tr -s ' ')" "0 100000 1000" "$k: in it"
		has "$(said $k)" ",Uid:,0,0,0,0," "$k: as its root"
	done
	forget
fi

# ---- failures, at create and at start -------------------------------------------------------------------------
for k in prestart createRuntime createContainer; do
	box_bundle ".hooks = {} $(hook "$k" 'exit 9') $(hook "$k" "echo later >$TESTDIR/said/later") $(hook poststop "echo post >$TESTDIR/said/poststop")" sleep 1000
	mote_in 20 create -b "$TESTDIR/b" box
	refused "create: $k fails" "$k" "status 9"
	is "$(said later)" "" "create: what comes behind the failing $k is not run"
	is "$(said poststop)" post "create: $k fails: poststop is run"
	forget
done
clean "create: nothing is left of these" "$STATE"
for k in startContainer poststart; do
	box_bundle ".hooks = {} $(hook "$k" 'exit 9') $(hook "$k" "echo later >$(place $k)/later") $(hook poststop "echo post >$TESTDIR/said/poststop")" sleep 1000
	mote_in 20 create -b "$TESTDIR/b" box
	is "$status:$err" 0: "create: a $k that will fail is no matter yet"
	pid=$("$MOTE" --root "$STATE" state box | jq .pid)
	mote_in 20 start box
	is "$status" 1 "start: $k fails"
	has "$err" "status 9" "start: $k: why"
	wait_for 5 sh -c "! kill -0 $pid" || fail "start: $k: the process lives on"
	is "$(said later)$(cat "$TESTDIR/rootfs/said/later" 2>/dev/null)" "" "start: what comes behind the failing $k is not run"
	mote_in 20 state box
	case $status$out in
	1* | *'"stopped"'*) pass "start: $k fails: the container has ended" ;;
	*) fail "start: $k fails: the container has ended" "$out" ;;
	esac
	[ "$status" != 0 ] || mote_in 20 delete box
	is "$(said poststop)" post "start: $k fails: poststop is run"
	forget
done
clean "start: nothing is left of these" "$STATE"
for k in prestart createRuntime createContainer startContainer poststart; do
	box ".hooks = {} $(hook "$k" 'kill -SEGV $$')" sleep 1000
	refused "$k that is killed" "$k" "signal 11"
	box ".hooks = {} $(hook "$k" 'exec sleep 300' ', timeout: 1')" sleep 1000
	refused "$k that takes too long" "$k" "timeout of 1 s"
done
box ".hooks = {} $(hook poststop 'exec sleep 300' ', timeout: 1') $(hook poststop "echo post >$TESTDIR/said/poststop")" true
is "$status" 0 "poststop that takes too long: no fault"
has "$err" "timeout of 1 s" "but a warning"
is "$(said poststop)" post "and the next one is run"
forget
box ".hooks = {} $(hook createRuntime 'sleep 0.2' ', timeout: 30')" true
worked "one that is in time"
while read -r name filter; do
	box ".hooks.prestart = [$filter]" true
	is "$status" 1 "refused: $name"
done <<'END'
relative {path: "bin/sh"}
no-path {args: ["x"]}
timeout-0 {path: "/bin/true", timeout: 0}
timeout-below {path: "/bin/true", timeout: -1}
END
box '.hooks = {prestart: [], createRuntime: null}' true
worked "empty lists"

clean "nothing is left of it all" "$STATE"
finish

#!/bin/sh
# hook.t - hooks in a container's life: where and when they run, and what a failing one ends
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016 # lib.sh sets status, out, err and found; scripts for other shells
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq HOOKS

told=$TESTDIR/told
# Writes down its name, the state, its mount namespace, its folder and whether the bundle can be seen from there.
cat >"$TESTDIR/hook" <<EOF
#!/bin/sh
{
	state=\$(cat)
	printf '%s %s %s %s\n' "\$1" "\$(printf %s "\$state" | jq -r '.status + " " + .id + " " + .bundle')" \
		"\$(readlink /proc/self/ns/mnt)" "\$(pwd)"
	printf '%s\n' "\$state" | jq .pid >"$TESTDIR/pid.\$1"
} >>"$told" 2>&1
EOF
chmod +x "$TESTDIR/hook"
# hook KIND...: a jq filter that gives each kind that hook; PATH is for jq
hooks() {
	for hooks_kind; do
		printf ' | .hooks.%s += [{path: "%s", args: ["hook", "%s"], env: ["PATH=%s"]}]' \
			"$hooks_kind" "$TESTDIR/hook" "$hooks_kind" "$PATH"
	done
}
# script KIND SCRIPT [MORE]: a jq filter for a hook that is a line of shell
script() { printf ' | .hooks.%s += [{path: "/bin/sh", args: ["sh", "-c", "%s"] %s}]' "$1" "$2" "${3:-}"; }
all=$(hooks prestart createRuntime createContainer poststart poststop)
inside=$(script startContainer 'cat >/tmp/told; pwd >>/tmp/told; readlink /proc/self/ns/mnt >>/tmp/told')
line() { grep "^$1 " "$told"; }
forget() { rm -f "$told" "$TESTDIR/rootfs/tmp/told" "$TESTDIR"/pid.*; }

mkrootfs "$TESTDIR/rootfs"
here=$(readlink /proc/self/ns/mnt)
mkdir "$STATE"
before "$STATE"

# ---- one life: create, start, delete ------------------------------------------------------------------
box_bundle ".hooks = {} $all $inside" sleep 1000
mote_in 20 create -b "$TESTDIR/b" box
is "$status:$err" 0: "create"
is "$(cut -d' ' -f1 "$told" | tr '\n' ' ')" "prestart createRuntime createContainer " "three kinds at create, in order"
is "$(line prestart)" "prestart creating box $TESTDIR/b $here $TESTDIR/b" "prestart: the runtime's namespaces, in the bundle"
is "$(line createRuntime)" "createRuntime creating box $TESTDIR/b $here $TESTDIR/b" "createRuntime: the same"
has "$(line createContainer)" "createContainer creating box $TESTDIR/b mnt:" "createContainer: the path is the runtime's"
hasnt "$(line createContainer)" "$here" "createContainer: the namespace is the container's"
has "$(line createContainer)" " $TESTDIR/rootfs" "createContainer: in the root file system"
check "no startContainer yet" [ ! -e "$TESTDIR/rootfs/tmp/told" ]
pid=$("$MOTE" --root "$STATE" state box | jq .pid)
is "$(cat "$TESTDIR"/pid.* | sort -u)" "$pid" "each is told the pid as the host sees it"
mote_in 20 start box
is "$status:$err" 0: "start"
inner=$(cat "$TESTDIR/rootfs/tmp/told")
has "$inner" '"status":"created"' "startContainer: the state is created"
has "$inner" "\"pid\":$pid" "startContainer: the pid as the host sees it"
is "$(printf '%s\n' "$inner" | sed -n 2p)" / "startContainer: in /"
is "$(printf '%s\n' "$inner" | sed -n 3p)" "$(readlink "/proc/$pid/ns/mnt")" "startContainer: the container's namespaces"
has "$(line poststart)" "poststart running box $TESTDIR/b $here" "poststart: before start comes back"
is "$(cat "$TESTDIR/pid.poststart")" "$pid" "poststart: the pid"
mote_in 20 delete --force box
is "$status:$err" 0: "delete"
has "$(line poststop)" "poststop stopped box $TESTDIR/b $here $TESTDIR/b" "poststop: before delete comes back"
forget

# ---- one life in one command -----------------------------------------------------------------------
box_bundle ".hooks = {} $all $inside" exit 5
mote_in 20 run -b "$TESTDIR/b" box
is "$status:$err" 5: "run: the status is the program's"
is "$(cut -d' ' -f1 "$told" | tr '\n' ' ')" "prestart createRuntime createContainer poststart poststop " "run: all kinds"
forget

# ---- failures ------------------------------------------------------------------------------------------
for kind in prestart createRuntime createContainer startContainer poststart; do
	box_bundle ".hooks = {} $(script $kind 'echo first; echo the reason >&2; exit 3') $(hooks poststop)" sleep 1000
	mote_in 20 run -b "$TESTDIR/b" box
	refused "$kind fails: its status and its last line" "hook $kind /bin/sh: exited with status 3: the reason"
	has "$(line poststop 2>/dev/null)" poststop "$kind fails: poststop runs"
	forget
done

box_bundle ".hooks = {} $(script poststop 'echo sorry; exit 3') $(hooks poststop)" true
mote_in 20 run -b "$TESTDIR/b" box
is "$status" 0 "poststop fails: the command does not"
has "$err" "warning: hook poststop /bin/sh: exited with status 3: sorry" "but it warns"
has "$(line poststop)" poststop "and the next one runs"
forget

box_bundle '.hooks = {createRuntime: [{path: "/no/such/hook"}]}' true
mote_in 20 run -b "$TESTDIR/b" box
refused "a missing hook" "hook createRuntime /no/such/hook: cannot be executed: no such file or directory"
box_bundle '.hooks = {startContainer: [{path: "/no/such/hook"}]}' true
mote_in 20 run -b "$TESTDIR/b" box
refused "a missing hook inside" "hook startContainer /no/such/hook: cannot be executed: no such file or directory"

for kind in createRuntime createContainer; do
	box_bundle ".hooks = {} $(script $kind 'sleep 50 & exec sleep 51' ', timeout: 1')" true
	mote_in 20 run -b "$TESTDIR/b" box
	refused "$kind: too late" "hook $kind /bin/sh: killed after its timeout of 1 s"
	check "$kind: its children are gone" sh -c '! pgrep -f "^sleep 5[01]$" >/dev/null'
done

# The last words of what fails at create are on standard error and in an engine's log.
box_bundle ".hooks = {} $(script prestart 'exit 7')" true
mote_in 20 --log "$TESTDIR/log.json" --log-format json create -b "$TESTDIR/b" box
is "$(jq -r .msg "$TESTDIR/log.json" | grep -c 'hook prestart /bin/sh: exited with status 7')" 1 "the JSON log says it"
forget
rm -f "$TESTDIR/log.json"

clean "nothing is left behind" "$STATE"
finish

#!/bin/sh
# data.t - the configurations that podman wrote, run as they are but for the paths and sources of the machine they come from
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq SECCOMP

data=$TESTS/data
mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before "$STATE"

# podman FILE [FILTER]: that file as the bundle's; only the paths of podman's own storage are others here, and the cgroup is
# the test's.
podman() {
	mkdir -p "$TESTDIR/b"
	jq --arg root "$TESTDIR/rootfs" --arg cgroup "/${TESTDIR##*/}" \
		".root.path = \$root | .linux.cgroupsPath = \$cgroup | ${2:-.}" "$1" >"$TESTDIR/b/config.json"
	cp "$TESTDIR/b/config.json" "$TESTDIR/asked.json"
}
probe='.process.args = ["/probe", "id", "++", "caps", "++", "rlimits", "++", "status", "++", "system", "++", "mounts", "++", "env", "++", "dev", "++", "proc", "++", "tty"]'
expect() { jq -r "$1" "$TESTDIR/asked.json"; }
# caps SET: what the configuration asks for, as the probe shows it
caps() { expect "[.process.capabilities.$1[]? | ltrimstr(\"CAP_\")] | sort | join(\" \")"; }
set_of() { fact "cap.$1" | cut -s -d' ' -f2 | tr , '\n' | sort | tr '\n' ' ' | sed 's/ $//'; }

for f in "$data"/podman-*.config.json; do
	name=${f##*/}
	name=${name%.config.json}

	# As it is: its own program.  There is none of podman's image here, so a shell takes part in its place.
	podman "$f"
	if [ "$(expect .process.terminal)" = true ]; then
		podman "$f" '.process.args = ["/bin/sh", "-c", "/probe tty; stty size; exit 9"]'
		if command -v script >/dev/null; then
			status=0
			out=$(script -qec "stty rows 22 cols 44; '$MOTE' --root '$STATE' run -b '$TESTDIR/b' box" /dev/null 2>&1 |
				tr -d '\r') || status=$?
			has "$out" "tty.0=/dev/pts/0 22x44 foreground" "$name: on a terminal"
			has "$out" "22 44" "$name: the program sees its size"
		else
			skip "$name: on a terminal" "no script(1)"
		fi
		podman "$f" ".process.terminal = false | $probe"
	else
		podman "$f" '.process.args = ["/bin/sh", "-c", "echo from the shell; exit 9"]'
		mote_in 20 run -b "$TESTDIR/b" box
		is "$status:$out" "9:from the shell" "$name: a shell runs"
		podman "$f" "$probe"
	fi

	mote_in 20 run -b "$TESTDIR/b" box
	worked "$name: the probe runs"
	is "$(fact uid) $(fact gid)" "$(expect '.process.user | "\(.uid) \(.uid) \(.uid) \(.gid) \(.gid) \(.gid)"')" "$name: user"
	is "$(fact groups)" "$(expect '.process.user.additionalGids // [] | map(tostring) | join(" ")')" "$name: groups"
	is "$(fact umask)" "$(printf %04o "$(expect '.process.user.umask // 18')")" "$name: umask"
	is "$(set_of bounding)" "$(caps bounding)" "$name: capabilities"
	is "$(fact no_new_privs)" "$(expect 'if .process.noNewPrivileges then 1 else 0 end')" "$name: noNewPrivileges"
	is "$(fact hostname) $(fact cwd)" "$(expect '.hostname + " " + .process.cwd')" "$name: hostname and folder"
	is "$(fact seccomp.mode)" "$(expect 'if .linux.seccomp then 2 else 0 end')" "$name: filter"
	expect '.process.env[]' | while IFS= read -r e; do
		printf '%s\n' "$out" | grep -qxF "env.$e" || echo "$e"
	done >"$TESTDIR/missing"
	is "$(cat "$TESTDIR/missing")" "" "$name: environment"
	expect '.process.rlimits[]? | "\(.type | ltrimstr("RLIMIT_")) \(.soft) \(.hard)"' | while read -r k soft hard; do
		[ "$(fact "rlimit.$k")" = "$soft $hard" ] || echo "$k: $(fact "rlimit.$k")"
	done >"$TESTDIR/missing"
	is "$(cat "$TESTDIR/missing")" "" "$name: limits"
	expect '.mounts[] | select(.type != "cgroup") | .destination' | while read -r d; do
		[ -n "$(fact "mount.$d")" ] || echo "$d"
	done >"$TESTDIR/missing"
	is "$(cat "$TESTDIR/missing")" "" "$name: every mount is there"
	expect '.mounts[] | select(.options // [] | index("ro")) | .destination' | while read -r d; do
		case $(fact "mount.$d" | tail -n 1) in *" opts=ro"*) ;; *) echo "$d" ;; esac
	done >"$TESTDIR/missing"
	is "$(cat "$TESTDIR/missing")" "" "$name: what is read-only is"
	case $(fact mount./) in
	*" opts=ro"*) got=true ;;
	*) got=false ;;
	esac
	is "$got" "$(expect '.root.readonly // false')" "$name: the root's ro"
	expect '.linux.maskedPaths[]?' | while read -r p; do
		[ -e "$p" ] || continue # a kernel without it
		[ -n "$(fact "mount.$p")" ] || echo "$p"
	done >"$TESTDIR/missing"
	is "$(cat "$TESTDIR/missing")" "" "$name: masks"
	is "$(fact oom_score_adj)" "$(expect '.process.oomScoreAdj // '"$(cat /proc/self/oom_score_adj)")" "$name: oomScoreAdj"

	# As podman would: create, start, and the end.
	podman "$f" '.process.terminal = false | .process.args = ["/bin/sh", "-c", "exec sleep 1000"]'
	mote_in 20 create -b "$TESTDIR/b" --pid-file "$TESTDIR/pid" box
	is "$status:$err" 0: "$name: create"
	mote_in 20 start box
	is "$status:$err" 0: "$name: start"
	mote_in 20 state box
	is "$(printf %s "$out" | jq -r '.status + " " + .bundle')" "running $TESTDIR/b" "$name: state"
	is "$(printf %s "$out" | jq .pid)" "$(cat "$TESTDIR/pid")" "$name: the pid file"
	mote_in 20 kill box KILL
	wait_for 10 sh -c "'$MOTE' --root '$STATE' state box | grep -q stopped"
	mote_in 20 delete box
	is "$status:$err" 0: "$name: kill and delete"
done

clean "nothing is left of it all" "$STATE"
finish

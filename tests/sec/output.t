#!/bin/sh
# SPDX-License-Identifier: MIT
# output.t - words and names that others choose: in logs, in state, in cgroup paths; and output without an end
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

mkrootfs "$TESTDIR/rootfs"
log=$TESTDIR/log
esc=$(printf '\033')

# --- log lines: one message, one line, whatever it speaks of ------------------------------------------
# logged NAME ID FILTER [WORD]: fails with words of somebody else's in the message, of which WORD is one
logged() {
	mkbundle "$TESTDIR/b" "$3"
	for format in json text; do
		rm -f "$log"
		mote_in 10 --log "$log" --log-format "$format" run -b "$TESTDIR/b" "$2"
		check "$1: fails" test "$status" != 0
		is "$(wc -l <"$log")" 1 "$1: one line ($format)"
		is "$(grep -c "$esc" "$log")" 0 "$1: no escapes in it ($format)"
		is "$(grep -c "${4:-info}" "$log")" 1 "$1: but the words ($format)"
		[ "$format" = text ] || is "$(jq -r '"\(.level) \(.time | test("^20[0-9-]*T[0-9:.]*(Z|[+-])"))"' "$log" 2>&1)" "error true" "$1: and it is JSON, of one object, with a time"
	done
	mote_in 10 run -b "$TESTDIR/b" "$2"
	hasnt "$err" "$esc" "$1: no escapes on the terminal"
	has "$err" "${4:-info}" "$1: but the words"
}
evil='x\n{\"level\":\"info\",\"msg\":\"fine\"}\ntime=\"now\" level=info msg=fine\u001b[31m\u009b1m\r'
logged "a program's name" "ok-$$" '.process.args = ["/'"$evil"'"]'
logged "a mount's source" "ok-$$" '.mounts += [{"destination": "/mnt", "type": "bind", "source": "/'"$evil"'", "options": ["bind"]}]'
logged "a mount's type" "ok-$$" '.mounts += [{"destination": "/mnt", "type": "'"$evil"'", "source": "x"}]'
logged "a working folder" "ok-$$" '.process.cwd = "/proc/'"$evil"'"'
logged "a key of the config" "ok-$$" '.linux.sysctl = {"'"$evil"'": "1"}'
logged "an id" "$(printf 'x\n{"level":"info"}\n\033[31m')" '.' letters
printf '#!/bin/sh\nprintf "first\\n{\\"level\\":\\"info\\"}\\033[31mlast\\r\\n"; exit 3\n' >"$TESTDIR/hook"
cp "$TESTDIR/hook" "$TESTDIR/rootfs/hook"
chmod 755 "$TESTDIR/hook" "$TESTDIR/rootfs/hook"
logged "what a hook says" "ok-$$" '.hooks.createRuntime = [{"path": "'"$TESTDIR/hook"'"}]'
logged "what a hook of the image says" "ok-$$" '.hooks.startContainer = [{"path": "/hook"}]'

# --- what state and list print is JSON, whatever is in it ------------------------------------------------
mkbundle "$TESTDIR/b" '.annotations = {"a\nb\"c": "d\u001b\n\"e"}'
mote_in 10 create -b "$TESTDIR/b" "ok-$$"
is "$("$MOTE" --root "$STATE" state "ok-$$" | jq -c .annotations)" '{"a\nb\"c":"d\u001b\n\"e"}' "annotations come back as they were"
is "$("$MOTE" --root "$STATE" list --format json | jq -r '.[].id')" "ok-$$" "list is JSON"
is "$("$MOTE" --root "$STATE" list | wc -l)" 2 "and one line a container"
"$MOTE" --root "$STATE" delete --force "ok-$$"

# --- hooks that do not stop talking: memory stays flat -----------------------------------------------------
cat >"$TESTDIR/hook" <<'END'
#!/bin/sh
dd if=/dev/zero bs=1048576 count=200 2>/dev/null
dd if=/dev/zero bs=1048576 count=50 >&2 2>/dev/null
END
mkbundle "$TESTDIR/b" '.process.args = ["/probe", "true"] | .hooks.createRuntime = [{"path": "'"$TESTDIR/hook"'"}] | .hooks.createContainer = .hooks.createRuntime |
	.hooks.poststop = .hooks.createRuntime'
(
	# shellcheck disable=SC3045 # dash and busybox have it
	ulimit -v 65536
	timeout 60 "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "ok-$$" >"$TESTDIR/flood" 2>&1
)
is "$?" 0 "750 MB of hook output within 64 MB of address space"
check "and none of it is passed on" test "$(wc -c <"$TESTDIR/flood")" -lt 4096
printf '#!/bin/sh\n(while :; do echo more; done) & exit 0\n' >"$TESTDIR/hook"
mote_in 20 run -b "$TESTDIR/b" "ok-$$"
is "$status" 0 "a hook that leaves a talker behind: its end is enough"

# --- cgroup paths ---------------------------------------------------------------------------------------------
for path in /../x a/../../b .. /a/.. '/x/../../..' '/a\nb' '/a\tb' / // /./ .; do
	mkbundle "$TESTDIR/b" '.linux.cgroupsPath = "'"$path"'"'
	mote_in 10 run -b "$TESTDIR/b" "ok-$$"
	check "cgroupsPath '$path' is refused" test "$status" != 0
done
if [ -n "$(find /sys/fs/cgroup -maxdepth 2 -name cgroup.procs 2>/dev/null | head -n 1)" ]; then
	# somebody else's cgroup, with a process in it: it is neither joined nor, at the end, removed or killed
	sleep 60 &
	guest=$!
	lib_pids="$lib_pids $guest"
	name=/mote-sec-$$
	made=
	for dir in /sys/fs/cgroup /sys/fs/cgroup/*/; do
		[ -e "$dir/cgroup.procs" ] || continue
		mkdir "$dir$name" 2>/dev/null || continue
		if echo "$guest" 2>/dev/null >"$dir$name/cgroup.procs"; then made="$made $dir$name"; else rmdir "$dir$name"; fi
	done
	if [ -n "$made" ]; then
		mkbundle "$TESTDIR/b" '.linux.cgroupsPath = "'"$name"'"'
		mote_in 10 run -b "$TESTDIR/b" "ok-$$"
		check "a cgroup with processes of others is refused" test "$status" != 0
		check "and they live" kill -0 "$guest"
		kill "$guest"
		wait "$guest" 2>/dev/null
		left=
		for dir in $made; do [ -d "$dir" ] && rmdir "$dir" || left="$left $dir"; done
		is "$left" "" "the cgroup was left where it was"
	else
		skip "a cgroup with processes of others" "no cgroup can be made here"
	fi
fi
finish

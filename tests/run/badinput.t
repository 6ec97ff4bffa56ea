#!/bin/sh
# SPDX-License-Identifier: MIT
# badinput.t - what is wrong is told in one sentence that names the place, and the host is as before
#
# Each case is run and created; what `before` saw of mounts, cgroups, processes and state folders must be there
# and nothing else.  What config.json alone can have wrong is in tests/refuse, sentence by sentence.
# shellcheck disable=SC2154,SC2016
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq
private_pids "$@"

# Ids and cgroups are this test's alone, by the name of its scratch folder.
tag=${TESTDIR##*[./]}
id=bad-$tag
export SNAPSHOT_CGROUPS="$tag"
b=$TESTDIR/b
root=$TESTDIR/rootfs
mkrootfs "$root"
printf 'no program\n' >"$root/text"
chmod 644 "$root/text"
printf '#!/nosuch/interpreter\n' >"$root/script"
chmod 755 "$root/script"
printf 'neither ELF nor script' >"$root/garbage"
chmod 755 "$root/garbage"
printf '#!/bin/sh\necho "this is why"\nexit 3\n' >"$TESTDIR/hook"
printf '#!/bin/sh\nexec sleep 60\n' >"$TESTDIR/slow"
chmod 755 "$TESTDIR/hook" "$TESTDIR/slow"
mkdir "$root/hooks" "$root/new" "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
cp "$TESTDIR/hook" "$root/hooks/fails"
plain='.process.args = ["/probe", "sleep", "3"]'
mkbundle "$b" "$plain"
before "$root"

# one_sentence: $err is one line that is not empty and does not end in a dot or blank
one_sentence() { [ "$(printf '%s\n' "$err" | wc -l)" = 1 ] && [ -n "$err" ] && [ "$(printf '%s' "$err" | wc -c)" -lt 1000 ]; }

# told NAME STATUS WORDS...: the last call's status, and that its one sentence holds the words
told() {
	told_name=$1 told_status=$2
	shift 2
	is "$status:$out" "$told_status:" "$told_name: status $told_status"
	check "$told_name: one sentence: $err" one_sentence
	for told_word; do
		has "$err" "$told_word" "$told_name: names $told_word"
	done
}

# bad NAME FILTER WORDS...: with this config neither run nor create make anything, and both tell why
bad() {
	bad_name=$1 bad_filter=$2
	shift 2
	mkbundle "$b" "$plain | $bad_filter"
	mote_in 20 run -b "$b" "$id"
	told "$bad_name, run" 1 "run $id: " "$@"
	mote_in 20 create -b "$b" "$id"
	told "$bad_name, create" 1 "create $id: " "$@"
	[ "$status" != 0 ] || mote_in 20 delete --force "$id"
	clean "$bad_name: the host is as before" "$root"
}

# fails_late NAME WORDS...: run tells it, and start does after a create that went well
fails_late() {
	late_name=$1
	shift
	mote_in 20 run -b "$b" "$id"
	told "$late_name, run" 1 "run $id: " "$@"
	clean "$late_name, run: the host is as before" "$root"
	mote_in 20 create -b "$b" "$id"
	is "$status:$err" "0:" "$late_name: create"
	mote_in 20 start "$id"
	told "$late_name, start" 1 "start $id: " "$@"
	# A hook that fails ends the container altogether (M-29, M-30); else it stays, stopped.
	if mote_in 20 state "$id" && [ "$status" = 0 ]; then
		is "$(echo "$out" | jq -r .status)" stopped "$late_name: the container is stopped"
		mote_in 20 delete "$id"
		is "$status:$err" "0:" "$late_name: and deleted"
	fi
	clean "$late_name, start: the host is as before" "$root"
}

# broken NAME WORDS...: with the config.json that was written just before
broken() {
	broken_name=$1
	shift
	mote_in 20 run -b "$b" "$id"
	told "$broken_name" 1 "$b/config.json" "$@"
	clean "$broken_name: the host is as before" "$root"
}

# ---- config.json ----------------------------------------------------------------------------------
rm "$b/config.json"
mote_in 10 run -b "$b" "$id"
told "config.json is missing" 1 "read $b/config.json: no such file or directory"
mote_in 10 run -b "$TESTDIR/nosuch" "$id"
told "the bundle is missing" 1 "read $TESTDIR/nosuch/config.json: no such file or directory"
mote_in 10 run -b "$root/text" "$id"
if have IMAGE; then bad="$root/text is no image that this mote knows"; else bad="read $root/text/config.json: not a directory"; fi
told "the bundle is a file" 1 "$bad"
mkdir "$b/config.json"
mote_in 10 run -b "$b" "$id"
told "config.json is a folder" 1 "read $b/config.json: is a directory"
rmdir "$b/config.json"
mote_in 10 run -b "$b" --config "$TESTDIR/other.json" "$id"
told "--config is missing" 1 "read $TESTDIR/other.json: no such file"
: >"$b/config.json"
broken "config.json is empty" "1:1"
printf '{' >"$b/config.json"
broken "config.json is cut" "config.json:1:"
printf '[]' >"$b/config.json"
broken "config.json is a list" "config.json:1:1"
printf '{"ociVersion": "1.0.2",\n "root": {"path": 1}}' >"$b/config.json"
broken "a number where a path should be" "config.json:2:" "root.path"
printf '{"ociVersion": "1.0.2", "root": {"path": "/x"}, "root": {"path": "/y"}}' >"$b/config.json"
broken "a key twice" "root" "twice"
printf '\377\376{\000}' >"$b/config.json"
broken "UTF-16" "config.json:1:1"
{
	printf '{"ociVersion": "1.0.2", "org.example.list": '
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "["; }'
} >"$b/config.json"
broken "5,000 brackets" "config.json:1:"
head -c 100000 /dev/zero >"$b/config.json"
broken "100,000 NUL bytes" "config.json:1:1"
bad "an unknown namespace" '.linux.namespaces += [{"type": "nosuch"}]' "config.json:" "linux.namespaces[5].type" nosuch
bad "an unknown rlimit" '.process.rlimits = [{"type": "RLIMIT_X", "soft": 1, "hard": 1}]' "process.rlimits[0].type" RLIMIT_X
bad "a namespace twice" '.linux.namespaces += [{"type": "pid"}]' "linux.namespaces[5].type" twice
bad "an unknown seccomp action" '.linux.seccomp = {"defaultAction": "SCMP_ACT_X"}' "linux.seccomp.defaultAction" SCMP_ACT_X
bad "no process.args" '.process.args = []' "process.args"
bad "ociVersion 2" '.ociVersion = "2.0.0"' ociVersion 1.x

# ---- the root file system -------------------------------------------------------------------------
bad "a root that is not there" '.root.path = "nosuch"' "$b/nosuch" "no such file or directory"
bad "a root that is a file" ".root.path = \"$root/text\"" "$root/text" "not a directory"

# ---- ids ------------------------------------------------------------------------------------------
mkbundle "$b" "$plain"
nl='
'
for wrong in a/b / ../x .. . "a${nl}b" "$nl" "" " " "a b" -x "$(printf '%0300d' 0)" "$(printf '%0256d' 0)" 'a*' "é" "$(printf 'a\033[31m')" 'a\b' '~'; do
	name=$(printf %.20s "$wrong" | tr '\n\033' '??')
	for verb in create run; do
		mote_in 10 "$verb" -b "$b" -- "$wrong"
		told "$verb with the id '$name'" 1 "container id"
	done
	for verb in start state kill delete; do
		mote_in 10 "$verb" -- "$wrong"
		told "$verb with the id '$name'" 1 "container id"
	done
	mote_in 10 delete --force -- "$wrong"
	told "delete --force with the id '$name'" 1 "container id"
done
clean "ids: the host is as before" "$root" "$TESTDIR/x"

# ---- an id in use ---------------------------------------------------------------------------------
mote_in 10 run -d -b "$b" "used-$tag"
is "$status" 0 "a container called used"
is_state=$("$MOTE" --root "$STATE" state "used-$tag")
before "$root"
for verb in create run; do
	mote_in 10 "$verb" -b "$b" "used-$tag"
	told "$verb of an id in use" 1 "container with id \"used-$tag\" already exists"
done
is "$("$MOTE" --root "$STATE" state "used-$tag")" "$is_state" "the one that has it is untouched"
clean "an id in use: the host is as before" "$root"
mote_in 10 delete --force "used-$tag"
is "$status" 0 "and can be deleted"
mkdir -p "$STATE"
mkdir "$STATE/left"
before "$root"
mote_in 10 run -b "$b" left
told "a folder without a state" 1 'container with id "left" already exists'
mote_in 10 state left
told "state of a folder without a state" 1 'container "left" does not exist'
clean "a folder without a state is not touched" "$root"
mote_in 10 delete --force left
is "$status" 0 "delete --force removes it"
echo '{"id": "bro' >"$TESTDIR/state.json"
mkdir "$STATE/broken" && mv "$TESTDIR/state.json" "$STATE/broken/"
for verb in state start kill delete; do
	mote_in 10 "$verb" broken
	told "$verb with a broken state" 1 "$STATE/broken/state.json:1:"
done
mote_in 10 list -q
is "$status" 0 "list with a broken state among them"
mote_in 10 delete --force broken
is "$status" 0 "delete --force removes it"
is "$(ls "$STATE")" "" "nothing is left there"
before "$root"

# ---- cgroups --------------------------------------------------------------------------------------
bad "a cgroup above the top" '.linux.cgroupsPath = "/../../x"' linux.cgroupsPath
bad "a cgroup below a file" ".linux.cgroupsPath = \"/cgroup.procs/$tag\"" "make cgroup" "cgroup.procs/$tag" "not a directory"
bad "a cgroup with a name too long" ".linux.cgroupsPath = \"/mote-$tag/$(printf '%05000d' 0)\"" "cgroup" "name too long"
bad "a limit of a controller that is not there" ".linux.cgroupsPath = \"/mote-$tag/a\" | .linux.resources.unified = {\"nosuch.max\": \"1\"}" "linux.resources.unified"
if [ -d /sys/fs/cgroup/memory ]; then
	bad "a memory limit that is too small" ".linux.cgroupsPath = \"/mote-$tag/a\" | .linux.resources.memory = {\"limit\": 1, \"swap\": 1}" ": "
	bad "cpus that are not there" ".linux.cgroupsPath = \"/mote-$tag/a\" | .linux.resources.cpu.cpus = \"9999\"" cpuset.cpus
	bad "a quota out of range" ".linux.cgroupsPath = \"/mote-$tag/a\" | .linux.resources.cpu = {\"quota\": 1000, \"period\": 1}" linux.resources.cpu.period "out of range"
fi

# ---- mounts ---------------------------------------------------------------------------------------
bad "an unknown file system" '.mounts += [{"destination": "/mnt", "type": "nosuchfs", "source": "x"}]' "mount nosuchfs on /mnt" "/proc/filesystems"
bad "an option that the file system refuses" '.mounts += [{"destination": "/mnt", "type": "tmpfs", "source": "x", "options": ["nosuch=1"]}]' "mount tmpfs on /mnt with nosuch=1" "options"
bad "a bind source that is not there" '.mounts += [{"destination": "/mnt", "type": "bind", "source": "/nosuch/source", "options": ["bind"]}]' /nosuch/source "no such file or directory"
bad "a folder on a file" '.mounts += [{"destination": "/etc/passwd", "type": "bind", "source": "/etc", "options": ["bind"]}]' "/etc on /etc/passwd" "not a directory"
bad "a file on a folder" '.mounts += [{"destination": "/mnt", "type": "bind", "source": "/etc/passwd", "options": ["bind"]}]' "/etc/passwd on /mnt"
bad "a mount below a file" '.mounts += [{"destination": "/etc/passwd/x", "type": "tmpfs", "source": "x"}]' "/etc/passwd/x"
bad "a block device that is none" '.mounts += [{"destination": "/mnt", "type": "ext4", "source": "/etc/passwd"}]' "mount ext4 on /mnt"
bad "a namespace that is not there" '.linux.namespaces += [{"type": "user", "path": "/nosuch/ns"}]' /nosuch/ns
bad "a namespace of another type" '.linux.namespaces = [{"type": "mount"}, {"type": "uts", "path": "/proc/self/ns/net"}] | del(.hostname)' /proc/self/ns/net
bad "a sysctl that is not there" '.linux.sysctl = {"net.nosuch.setting": "1"}' net.nosuch.setting
bad "a device in the way of a folder" '.linux.devices = [{"path": "/etc", "type": "c", "major": 1, "minor": 3}]' "/etc"

# ---- the program ----------------------------------------------------------------------------------
bad "a program that is missing" '.process.args = ["/nosuch/program"]' 'exec: "/nosuch/program": executable file not found in $PATH: no such file or directory'
bad "a command that is missing" '.process.args = ["nosuch-command"]' 'exec: "nosuch-command": executable file not found in $PATH: no such file or directory'
bad "a program that may not be executed" '.process.args = ["/text"]' 'exec: "/text": permission denied'
bad "a program that is a folder" '.process.args = ["/etc"]' 'exec: "/etc": is a directory'
bad "a program below a file" '.process.args = ["/text/x"]' 'exec: "/text/x": '
bad "a cwd that is a file" '.process.cwd = "/etc/passwd"' "/etc/passwd"
mkbundle "$b" "$plain"

# What only execve finds.
for case in /script:'no such file or directory' /garbage:'exec format error'; do
	mkbundle "$b" ".process.args = [\"${case%%:*}\"]"
	fails_late "${case%%:*}" "exec: \"${case%%:*}\": " "${case#*:}"
done

# ---- limits and rights ----------------------------------------------------------------------------
if [ "$(awk '/^CapEff/ { print substr($2, 9) }' /proc/self/status)" != ffffffff ] &&
	! prlimit --nofile=2000000:2000000 true 2>/dev/null && ! prlimit --core=1:1 prlimit --core=2:2 true 2>/dev/null; then
	hard=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
	case $hard in
	unlimited) ;;
	*)
		bad "a limit that cannot be raised" ".process.rlimits = [{\"type\": \"RLIMIT_NOFILE\", \"soft\": 10, \"hard\": $((hard + 1))}]" \
			"set limit RLIMIT_NOFILE" CAP_SYS_RESOURCE
		;;
	esac
else
	skip "a limit that cannot be raised" "may raise any limit here"
fi

# ---- hooks ----------------------------------------------------------------------------------------
if have HOOKS; then
	for kind in prestart createRuntime; do
		bad "a $kind hook that fails" ".hooks.$kind = [{\"path\": \"$TESTDIR/hook\"}]" "$kind $TESTDIR/hook" "exited with status 3" "this is why"
		bad "a $kind hook that is not there" ".hooks.$kind = [{\"path\": \"/nosuch/hook\"}]" "$kind /nosuch/hook" "no such file or directory"
		bad "a $kind hook that takes too long" ".hooks.$kind = [{\"path\": \"$TESTDIR/slow\", \"timeout\": 1}]" "$kind $TESTDIR/slow" timeout
	done
	bad "a createContainer hook that fails" ".hooks.createContainer = [{\"path\": \"$TESTDIR/hook\"}]" "createContainer $TESTDIR/hook" "exited with status 3" "this is why"
	for case in startContainer:/hooks/fails poststart:"$TESTDIR/hook"; do
		kind=${case%%:*} hook=${case#*:}
		mkbundle "$b" "$plain | .hooks.$kind = [{\"path\": \"$hook\"}]"
		fails_late "a $kind hook that fails" "$kind $hook" "exited with status 3"
	done
	mkbundle "$b" ".process.args = [\"/probe\", \"exit\", \"5\"] | .hooks.poststop = [{\"path\": \"$TESTDIR/hook\"}]"
	mote_in 20 run -b "$b" "$id"
	is "$status" 5 "a poststop hook that fails: only a warning"
	has "$err" "poststop $TESTDIR/hook: exited with status 3" "and told"
	clean "a poststop hook that fails: the host is as before" "$root"
fi

# ---- files of the caller --------------------------------------------------------------------------
mkbundle "$b" "$plain"
for verb in run create; do
	mote_in 10 "$verb" -b "$b" --pid-file "$TESTDIR/no/such/pid" "$id"
	told "$verb: a pid file that cannot be written" 1 "$TESTDIR/no/such/pid" "no such file or directory"
	mote_in 10 "$verb" -b "$b" --pid-file "$root" "$id"
	told "$verb: a pid file that is a folder" 1 "pid file $root"
	mote_in 10 "$verb" -b "$b" --preserve-fds 50 "$id"
	told "$verb: descriptors that are not open" 1 "descriptor"
done
clean "pid files: the host is as before" "$root" "$TESTDIR/no"
for dir in /proc/nosuch "$root/text" /sys/kernel/nosuch; do
	for verb in run create; do
		run_in 10 "$MOTE" --root "$dir" "$verb" -b "$b" "$id"
		told "$verb: --root $dir" 1 "$dir"
	done
done
mkdir "$TESTDIR/ro"
if unshare -m true 2>/dev/null; then
	run_in 10 unshare -m sh -c 'mount -t tmpfs -o ro none "$1"; exec "$2" --root "$1/x" run -b "$3" "$4"' sh "$TESTDIR/ro" "$MOTE" "$b" "$id"
	told "--root on a read-only file system" 1 "$TESTDIR/ro/x" "read-only file system"
	run_in 10 unshare -m sh -c 'mount -t tmpfs -o nr_inodes=2 none "$1"; exec "$2" --root "$1" run -b "$3" "$4"' sh "$TESTDIR/ro" "$MOTE" "$b" "$id"
	told "--root on a file system without room" 1 "$TESTDIR/ro/$id" "no space left on device"
	run_in 10 unshare -m sh -c 'mount -t tmpfs -o size=8k none "$1"; head -c 8k /dev/zero >$1/full; "$2" --root "$1" run -b "$3" "$4"; e=$?; ls "$1" >&2; exit $e' sh "$TESTDIR/ro" "$MOTE" "$b" "$id"
	is "$status" 1 "--root on a full file system: status 1"
	has "$err" "no space left on device" "--root on a full file system: told"
	is "$(echo "$err" | tail -n +2)" full "--root on a full file system: nothing is left there"
fi
bad_tty='.process.terminal = true'
mkbundle "$b" "$plain | $bad_tty"
mote_in 10 create -b "$b" "$id"
told "a terminal that nobody takes" 1 console-socket
mote_in 10 create --console-socket "$TESTDIR/nosuch.sock" -b "$b" "$id"
told "a console socket that is not there" 1 "$TESTDIR/nosuch.sock"
clean "the end: the host is as before" "$root"
finish

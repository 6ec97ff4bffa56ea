#!/bin/sh
# SPDX-License-Identifier: MIT
# root.t - an image that points out of itself: links where mote mounts, makes devices, looks and stands.  Whatever comes of
# it (a refusal or a container), the host's canary folder is as it was; with openat2 and without
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"

host=$TESTDIR/host
far=../../../../../../../../../..$host
mkdir -p "$host/pts" "$TESTDIR/vol"
echo ptmx >"$host/ptmx"
echo null >"$host/null"
echo precious >"$host/passwd"
chmod 640 "$host"/*
canary() { find "$host" -printf '%P %m %U %G %s %y %l %C@\n' | sort; cat "$host/ptmx" "$host/null" "$host/passwd"; }
canary >"$TESTDIR/canary"

mkrootfs "$TESTDIR/clean"
no_openat2='strace -f -qq -o /dev/null -e trace=openat2 -e inject=openat2:error=ENOSYS'
via='' how=''

# image COMMAND...: a fresh image; the commands change it, standing in it
image() {
	rm -rf --one-file-system "$TESTDIR/rootfs"
	cp -a "$TESTDIR/clean" "$TESTDIR/rootfs"
	(cd "$TESTDIR/rootfs" && eval "$1")
}

# attack NAME [FILTER [BASE]]: runs it; the canary must live
attack() {
	mkbundle "$TESTDIR/b" ".root.readonly = false | ${2:-.}"
	# shellcheck disable=SC2086
	run_in 20 $via "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "sec-root-$$"
	canary >"$TESTDIR/canary.now"
	if cmp -s "$TESTDIR/canary" "$TESTDIR/canary.now"; then
		pass "$1: the host is as it was (status $status)$how"
	else
		fail "$1: the host has changed$how" "$(diff "$TESTDIR/canary" "$TESTDIR/canary.now")"
		rm -rf "$host"
		cp -a "$TESTDIR/host.copy" "$host"
		canary >"$TESTDIR/canary"
	fi
}

refused() { case $status in 0) fail "$1$how" "it ran: $out" ;; *) has "$err" "$2" "$1$how" ;; esac; }

cp -a "$host" "$TESTDIR/host.copy"
sh_c() { printf '.process.args = ["/bin/sh", "-c", "%s"]' "$1"; }
bind() { printf '.mounts += [{"destination": "%s", "type": "bind", "source": "%s", "options": ["bind"]}]' "$1" "$TESTDIR/vol"; }
no_dev='.mounts |= map(select(.destination | startswith("/dev") | not))'
tty='.process.terminal = true'

all() {
	for to in "$host" "$far"; do
		image "ln -s $to etc/x"
		attack "mount target is a link to ${to%%[a-z]*}" "$(bind /etc/x) | $(sh_c 'ls -d /etc/x/.')"
		image "rm -r etc; ln -s $to etc"
		attack "the folder above a mount target is a link to ${to%%[a-z]*}" "$(bind /etc/new/deep)"
		image "rm -r etc; ln -s $to etc"
		attack "the same for a file" '.mounts += [{"destination": "/etc/resolv.conf", "type": "bind",
			"source": "/proc/version", "options": ["bind"]}]'
		image "ln -s $to/made etc/x"
		attack "a dangling link as mount target" "$(bind /etc/x)"
		image "rm -r dev; ln -s $to dev"
		attack "/dev is a link, with a tmpfs"
		attack "/dev is a link, without one" "$no_dev"
		attack "/dev is a link, terminal" "$tty"
		attack "/dev is a link, terminal, no tmpfs" "$no_dev | $tty"
		image "rm -r dev; mkdir dev; ln -s $to/console dev/console; ln -s $to/ptmx dev/ptmx; ln -s $to/pts dev/pts
			ln -s $to/null dev/null; ln -s $to/fd dev/fd"
		attack "links in /dev" "$no_dev"
		attack "links in /dev, terminal" "$no_dev | $tty"
		attack "links in /dev, a listed device" "$no_dev"' | .linux.devices = [{"path": "/dev/null",
			"type": "c", "major": 1, "minor": 3, "uid": 7, "gid": 7, "fileMode": 420}]'
		image "ln -s $to etc/w"
		attack "the working folder is a link" '.process.cwd = "/etc/w/newdir"'
		attack "a device below a link" '.linux.devices = [{"path": "/etc/w/dev", "type": "c", "major": 1, "minor": 3}]'
		attack "a mask below a link" '.linux.maskedPaths = ["/etc/w/passwd", "/etc/w"] | .linux.readonlyPaths = ["/etc/w"]'
		image "ln -s $to run/t"
		attack "tmpcopyup on a link" '.mounts += [{"destination": "/run/t", "type": "tmpfs", "source": "tmpfs",
			"options": ["tmpcopyup", "mode=777"]}] | '"$(sh_c 'cat /run/t/passwd')"
		hasnt "$out" precious "and it copies nothing of the host's$how"
		image "rm etc/passwd; ln -s $to/passwd etc/passwd"
		attack "/etc/passwd is a link" 'del(.process.env[] | select(startswith("HOME")))'

		for fs in proc sys; do
			image "rm -r $fs; ln -s $to $fs"
			attack "/$fs is a link"
			refused "/$fs as a link is refused" "symbolic link"
		done
		image "rm -r proc; mkdir -p real/x; ln -s /real proc"
		attack "/proc is a link inside" '.'
		refused "and that is refused, too" "symbolic link"
	done

	image "rm -r dev; mkdir dev; echo fake >dev/null"
	attack "/dev/null is a plain file" "$no_dev | $(sh_c 'head -c3 /proc/keys')"
	refused "so it is refused" "step"
	image "rm -r dev; mkdir dev; mkfifo dev/null"
	attack "/dev/null is a fifo" "$no_dev"
	refused "so it is refused" "step"
	image "rm -r dev; mkdir dev; mknod dev/null c 1 5"
	attack "/dev/null is /dev/zero" "$no_dev"
	refused "so it is refused" "step"

	image 'ln -s loop2 etc/loop1; ln -s loop1 etc/loop2'
	attack "a loop of links" "$(bind /etc/loop1)"
	refused "ends" "symbolic link"
	image 'cd etc; n=0; while [ $n -lt 60 ]; do ln -s l$((n + 1)) l$n; n=$((n + 1)); done; mkdir l60'
	attack "sixty links" "$(bind /etc/l0)"
	refused "are too many" "symbolic link"
	image 'd=$(printf "%0250d" 0); ln -s "$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/$d/.." etc/a
		ln -s "a/$d/$d/$d/$d" etc/b'
	attack "a link with a path as long as can be" "$(bind /etc/b/x)"

	image 'ln -s /proc/1/root etc/magic; ln -s /proc/self/cwd etc/magic2; ln -s /proc/self/fd/3 etc/magic3'
	for m in magic magic2 magic3; do
		attack "a magic link of /proc as a target" "$(bind "/etc/$m$host/new")"
		refused "is refused" "symbolic link"
	done
	attack "a mount below /proc/1/root" "$(bind "/proc/1/root$host/new")"
	refused "is refused" "symbolic link"

	image :
	attack "dots in a destination" "$(bind "/../../../../../..$host") | $(sh_c 'ls -d /tmp')"
	attack "the root as a destination" "$(bind "/x/..")"
	refused "is refused" "cannot be mounted over"
	attack "the file system root as a relative one" "$(bind ".")"
	refused "is refused" "cannot be mounted over"
	image :
	# all that /proc shows of the host's tree from inside
	attack "looking back" "$(sh_c 'ls -d /proc/1/root'"$host"' /proc/1/cwd/../../../..'"$host"' /..'"$host"'; cat /proc/self/mountinfo')"
	hasnt "$out" "$host" "nothing of the host's tree is reachable or mounted$how"
}

all
if command -v strace >/dev/null; then
	via=$no_openat2 how=' (no openat2)'
	all
else
	skip "the same without openat2" "needs strace"
fi

# --- the root file system itself -----------------------------------------------------------------
via='' how=''
image :
mv "$TESTDIR/rootfs" "$TESTDIR/real"
ln -s real "$TESTDIR/rootfs"
attack "root.path is a link, which is the operator's" "$(sh_c 'echo in; ls -d /host')"
has "$out" in "it is followed, once"
hasnt "$out" /host "and the root is what it points to"
rm "$TESTDIR/rootfs"
mv "$TESTDIR/real" "$TESTDIR/rootfs"

# --- ids ------------------------------------------------------------------------------------------
image :
mkbundle "$TESTDIR/b"
mkdir -p "$STATE/keep/sub" "$TESTDIR/outside"
for id in ../outside a/b .. . '' "$(printf 'a\nb')" "$(printf '%0300d' 0)" -x 'a b' "$(printf 'a\033[1m')" /; do
	for verb in "create -b $TESTDIR/b" start state kill 'delete --force'; do
		# shellcheck disable=SC2086
		mote_in 10 $verb "$id"
		[ "$status" != 0 ] || fail "id '$id' is refused by $verb" "$out"
	done
done
check "no id leads out of the state folder" test -d "$TESTDIR/outside" -a -d "$STATE/keep/sub"
is "$(ls "$STATE")" keep "and none is made"
finish

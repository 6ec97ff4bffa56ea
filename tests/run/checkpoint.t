#!/bin/sh
# SPDX-License-Identifier: MIT
# checkpoint.t - checkpoint and restore say in a sentence why they cannot, and leave the container as it is
# shellcheck disable=SC2154
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root cmd:jq
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}"
FULL=$MOTE
if ! have CRIU; then
	for verb in checkpoint restore; do
		run_in 10 "$FULL" --log "$TESTDIR/log" --log-format json $verb --image-path "$TESTDIR/i" --work-path "$TESTDIR/w" x
		is "$status:$err" "1:$verb: this mote was built without CRIU" "without the feature: $verb says so"
		has "$(cat "$TESTDIR/log")" '"msg":"'$verb': this mote was built without CRIU"' "and in the log"
		rm "$TESTDIR/log"
		run_in 10 "$FULL" $verb --help
		is "$status" 1 "$verb --help fails, by which podman tells that it is not there"
	done
fi
need CRIU
before
mkbundle "$TESTDIR/b" 'del(.mounts[] | select(.type == "cgroup")) | .process.args = ["sleep", "99"]'
mote_in 10 run -d -b "$TESTDIR/b" c
is "$status$err" 0 "a container"
PATH_WAS=$PATH
mkdir "$TESTDIR/bin"
# how podman, containerd and conmon call them
for line in "checkpoint --image-path $TESTDIR/i --work-path $TESTDIR/w --leave-running --tcp-established --file-locks --parent-path ../pre c" \
	"checkpoint -image-path=$TESTDIR/i --pre-dump --ext-unix-sk --shell-job --lazy-pages --status-fd 1 --manage-cgroups-mode soft --empty-ns network c" \
	"restore --bundle $TESTDIR/b --pid-file $TESTDIR/p --detach --image-path $TESTDIR/i --work-path $TESTDIR/w -no-subreaper --tcp-close d"; do
	PATH=$TESTDIR/bin
	# shellcheck disable=SC2086
	/usr/bin/timeout 10 "$MOTE" --root "$STATE" $line 2>"$TESTDIR/e"
	status=$?
	PATH=$PATH_WAS
	case $line in checkpoint*) who="checkpoint c" ;; *) who="restore d" ;; esac
	is "$status:$(cat "$TESTDIR/e")" "1:$who: processes are written to files and made from them by criu, which is not in PATH" "no criu: $line"
done
printf '#!/bin/sh\ntouch %s/called\n' "$TESTDIR" >"$TESTDIR/bin/criu"
chmod 755 "$TESTDIR/bin/criu"
PATH=$TESTDIR/bin:$PATH
mote_in 10 checkpoint c
is "$status:$err" "1:checkpoint c: this mote does not drive criu: nothing was done" "with criu: what is not done is said"
check "and nothing was called" test ! -e "$TESTDIR/called"
mote_in 10 state c
has "$out" '"status": "running"' "the container is as it was"
mote_in 10 checkpoint nosuch
is "$status:$err" '1:checkpoint nosuch: container "nosuch" does not exist' "no container"
mote_in 10 restore ../x
is "$status" 1 "no id"
mote_in 10 checkpoint --nosuch c
is "$status" 2 "an unknown option"
mote_in 10 delete --force c
mote_in 10 checkpoint c
is "$status" 1 "of what is gone"
clean "nothing is left"
finish

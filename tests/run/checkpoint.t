#!/bin/sh
# SPDX-License-Identifier: MIT
# checkpoint.t - checkpoint and restore say in a sentence why they cannot, and leave everything as it is
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
# One that fails, in each of the ways it can: the words, and nothing changed.  tests/vm/criu.t has the real one.
criu() { # BODY
	printf '#!/bin/sh\n%s\n' "$1" >"$TESTDIR/bin/criu"
	chmod 755 "$TESTDIR/bin/criu"
}
PATH=$TESTDIR/bin:$PATH
same() { # NAME
	mote_in 10 state c
	has "$out" '"status": "running"' "$1: the container is as it was"
}
criu 'exit 1'
mote_in 10 checkpoint --image-path "$TESTDIR/i" c
is "$status:$err" "1:checkpoint c: $TESTDIR/bin/criu does not tell its version: 3.15 or later is needed" "one that ends at once"
same "one that ends at once"
find_static probe/criu
CRIU=$found
criu "exec '$CRIU' 3 14 '' \"\$@\""
mote_in 10 checkpoint --image-path "$TESTDIR/i" c
is "$status:$err" "1:checkpoint c: $TESTDIR/bin/criu is version 3.14: 3.15 or later is needed" "one that is too old"
criu "exec '$CRIU' 3 17 $TESTDIR/i/dump.log \"\$@\""
mote_in 10 checkpoint --image-path "$TESTDIR/i" c
is "$status:$err" "1:checkpoint c: criu failed: mnt: the cause (its log is $TESTDIR/i/dump.log)" "one that fails: the last error of its log that says something"
same "one that fails"
is "$(jq -r 'map(type) | join(" ")' "$TESTDIR/i/descriptors.json")" "string string string" "descriptors.json: three names"
mote_in 10 checkpoint --image-path "$TESTDIR/i" --work-path "$TESTDIR/w" c
has "$err" "before it could write its log $TESTDIR/w/dump.log" "--work-path: the log is there"
mote_in 10 restore --bundle "$TESTDIR/b" --image-path "$TESTDIR/i" d
is "$status:$err" "1:restore d: $TESTDIR/i holds no checkpoint: there is no inventory.img" "restore: not an image"
mote_in 10 restore --bundle "$TESTDIR/b" --image-path "$TESTDIR/none" d
is "$status:$err" "1:restore d: folder of the image, $TESTDIR/none: no such file or directory" "restore: no folder"
: >"$TESTDIR/i/inventory.img"
criu "exec '$CRIU' 3 17 $TESTDIR/i/restore.log \"\$@\""
mote_in 10 restore --bundle "$TESTDIR/b" --image-path "$TESTDIR/i" d
is "$status:$err" "1:restore d: criu failed: mnt: the cause (its log is $TESTDIR/i/restore.log)" "restore: one that fails"
mote_in 10 state d
is "$status" 1 "and there is no container"
mote_in 10 checkpoint --image-path "$TESTDIR/i" --parent-path /abs c
has "$err" "--parent-path is a path from the folder" "--parent-path: absolute"
mote_in 10 checkpoint --image-path "$TESTDIR/i" --manage-cgroups-mode hard c
has "$err" "takes soft, full, strict or ignore, not 'hard'" "--manage-cgroups-mode"
mote_in 10 checkpoint --image-path "$TESTDIR/i" --page-server nowhere c
has "$err" "takes ADDRESS:PORT" "--page-server"
mote_in 10 checkpoint --image-path "$TESTDIR/i" --empty-ns pid c
has "$err" "--empty-ns takes network" "--empty-ns"
same "at the end"
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

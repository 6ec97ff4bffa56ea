#!/bin/sh
# SPDX-License-Identifier: MIT
# many.t - a hundred containers at once through podman: all come up, all go away, nothing stays
# shellcheck disable=SC2154,SC2086,SC2016,SC2046,SC2034
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
engine many cmd:podman cmd:conmon cmd:pgrep

MANY=${MANY:-100}
export DISABLE_HC_SYSTEMD=true
store="podman --root $TESTDIR/store --runroot $TESTDIR/runroot --tmpdir $TESTDIR/tmp --storage-driver vfs --cgroup-manager cgroupfs --events-backend file"
place="--network none --cgroup-parent $cgroup_parent --ulimit nofile=1024:1024 --ulimit nproc=1024:1024"
$store --runtime "$(runtime_path runc)" run --rm $place --rootfs "$TESTDIR/rootfs" true >"$TESTDIR/works" 2>&1 || {
	note "$(cat "$TESTDIR/works")"
	skip_all "podman cannot start a container here with $PEER"
}

# One root for all: it is read-only, and a hundred copies of it would be the disk's test.
start_one() {
	echo "exec timeout -k 2 120 $store run -d --name many-\$1 $place --read-only --memory 64m --pids-limit 20 --rootfs $TESTDIR/rootfs /probe sleep 1000"
}
mounts_now() { wc -l </proc/self/mountinfo; }

cases() {
	engine_file containers.conf "$TESTDIR/containers.conf"
	export CONTAINERS_CONF="$TESTDIR/containers.conf"
	before=$(mounts_now)
	start_one >"$TESTDIR/start"
	# Eight at a time: each is a podman, a conmon and a runtime, and there may be two processors only.
	seq "$MANY" | xargs -P 8 -n 1 sh "$TESTDIR/start" >"$TESTDIR/ids" 2>"$TESTDIR/errors"
	is "$?:$(cat "$TESTDIR/errors")" 0: "$MANY at once: all start"
	is "$(timeout 60 $store ps -q --filter status=running | wc -l)" "$MANY" "and podman says that they run"
	is "$("$rt_path" list -q | wc -l)" "$MANY" "and so does the runtime"
	is "$(pgrep -xc probe)" "$MANY" "one process each"
	is "$(find "/sys/fs/cgroup/memory$cgroup_parent" -mindepth 1 -maxdepth 1 -name 'libpod-*' ! -name 'libpod-conmon*' -type d | wc -l)" "$MANY" \
		"one group each"
	timeout 300 $store rm -f -t 0 -a >"$TESTDIR/gone" 2>"$TESTDIR/errors"
	is "$?:$(sort -u "$TESTDIR/gone" | wc -l):$(cat "$TESTDIR/errors")" "0:$MANY:" "all are removed"
	nothing_left "no state, group, mount or process is left" "/run/$rt"
	is "$(mounts_now)" "$before" "as many mounts as before"
}

each_runtime cases
finish

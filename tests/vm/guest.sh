# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# guest.sh - the tests, inside the machine; $1 is the kind of root
kind=$1 n=0 bad=0
ok() { n=$((n + 1)) && echo "ok $n - $kind: $1"; }
no() { n=$((n + 1)) bad=1 && echo "not ok $n - $kind: $1" && printf '%s\n' "$2" | head -n 6 | sed 's/^/#   /'; }
is() { if [ "$1" = "$2" ]; then ok "$3"; else no "$3" "got: $1, expected: $2"; fi; }
has() { case $1 in *"$2"*) ok "$3" ;; *) no "$3" "no '$2' in: $1" ;; esac; }
run() { out=$(mote run -b "/t/$1" "$1" 2>&1 </dev/null) && status=0 || status=$?; }
fact() { printf '%s\n' "$out" | sed -n "s|^$1=||p"; }
mounts() { cut -d' ' -f5- /proc/self/mountinfo | sort; }

mounts >/tmp/before
run plain
is "$status" 0 "a container runs, with no flag"
[ "$status" = 0 ] || no "and says" "$out"
case $kind in
switched) ;;
*) is "$(awk '$5 == "/" { print $9; exit }' /proc/self/mountinfo | sed 's/rootfs/initramfs/')" initramfs "the root is the initramfs itself" ;;
esac
is "$(printf '%s\n' "$out" | grep '^mount\.' | cut -d= -f1 | grep -vE 'mount\.(/|/proc|/dev|/dev/pts|/dev/shm|/dev/mqueue|/sys|/(proc|sys)/.*)$')" "" \
	"inside are the container's mounts alone"
is "$(fact pid)" 1 "it is process 1"
has "$(fact 'mount\./')" "root=/rootfs" "its root is the bundle's"
mounts >/tmp/after
if cmp -s /tmp/before /tmp/after; then ok "the host's mounts are as before"; else no "the host's mounts are as before" "$(diff /tmp/before /tmp/after)"; fi
is "$(ls /run/mote 2>/dev/null)" "" "no state is left"

run readonly
has "$out" EROFS "a read-only root is one"
run userns
is "$status:$(fact uid)" "0:0 0 0" "a user namespace"
has "$(fact uid_map)" 100000 "with its map"
run userescape
case $out in *"setns-escape"*": ok"*) no "a user namespace keeps the initramfs out of reach" "$out" ;; *) ok "a user namespace keeps the initramfs out of reach" ;; esac
run exit7
is "$status" 7 "the status comes through"
out=$(mote run --no-pivot -b /t/exit7 np 2>&1) && status=0 || status=$?
is "$status" 7 "--no-pivot works as well"
out=$(mote run --rootfs /rootfs --read-only -- /probe exit 5 2>&1) && status=0 || status=$?
is "$status" 5 "without a config.json"
run rlimits
is "$status:$(fact rlimit.NOFILE):$(fact oom_score_adj)" "0:200000 200000:-500" "limits are raised, oomScoreAdj is lowered"

mote create -b /t/loop web >/tmp/create.out 2>&1 </dev/null && status=0 || status=$?
is "$status$(cat /tmp/create.out)" 0 "create, with nothing to say"
has "$(mote state web)" '"status": "created"' "it is created"
mote start web && has "$(mote state web)" '"status": "running"' "it is running"
mote kill web KILL && i=0
until mote state web | grep -q stopped || [ $((i += 1)) -gt 50 ]; do sleep 0.1; done
has "$(mote state web)" '"status": "stopped"' "it is stopped"
mote delete web && is "$(ls /run/mote)" "" "it is deleted"

# --- no cgroups at all
run limits
is "$status" 1 "limits without any cgroup are refused"
has "$out" cgroup "in a sentence"

# --- version 2, with its controllers
mkdir -p /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup || no "cgroup2 can be mounted"
find /sys/fs/cgroup -type d | sort >/tmp/cgroups
mote run -d -b /t/limits limits >/tmp/limits.out 2>&1 </dev/null
sleep 0.5
g=/sys/fs/cgroup/web
is "$(cat $g/memory.max $g/memory.low $g/memory.swap.max $g/pids.max $g/cpu.max $g/cpuset.cpus 2>&1 | tr '\n' ' ')" \
	"16777216 4194304 0 5 20000 100000 0 " "every limit is in its file"
has "$(cat /tmp/limits.out)" "0::/web" "the program is in the cgroup"
mote delete --force limits
find /sys/fs/cgroup -type d | sort >/tmp/cgroups.after
is "$(diff /tmp/cgroups /tmp/cgroups.after)" "" "the cgroup is gone"
run oom
is "$status" 137 "too much memory ends it"
run forks
has "$out" EAGAIN "too many processes are refused"
run devices
has "$out" "open /dev/kmsg r: EPERM" "a device that no rule allows"
has "$out" "open /dev/null r: ok" "and one that is always allowed"
run cgroupns
has "$out" "0::/" "a cgroup namespace"
has "$out" 50 "and its view"
find /sys/fs/cgroup -type d | sort >/tmp/cgroups.after
is "$(diff /tmp/cgroups /tmp/cgroups.after)" "" "no cgroup is left"
umount /sys/fs/cgroup

# --- version 1
mount -t tmpfs cgroup /sys/fs/cgroup
for c in memory pids cpu cpuset devices freezer; do
	mkdir -p /sys/fs/cgroup/$c && mount -t cgroup -o $c cgroup /sys/fs/cgroup/$c 2>/dev/null || rmdir /sys/fs/cgroup/$c
done
if [ -e /sys/fs/cgroup/pids/cgroup.procs ]; then
	run forks
	has "$out" EAGAIN "version 1: too many processes are refused"
else
	ok "version 1: too many processes are refused # SKIP the kernel keeps pids in version 2"
fi

# --- an empty machine: no /proc, nothing in /dev
umount -l /sys/fs/cgroup /dev/pts /dev/shm /dev /sys /proc 2>/dev/null
umount -l /sys /proc 2>/dev/null
out=$(/bin/mote run -b /t/exit7 bare 2>&1 </dev/null) && status=0 || status=$?
is "$status" 7 "no /proc and an empty /dev"
[ "$status" = 7 ] || no "what it said" "$out"
exit $bad

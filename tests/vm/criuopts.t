#!/bin/sh
# criuopts.t - checkpoint and restore with options, by what the program then has: its terminal, connection, lock, socket, memory
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2154
#= ckcount .linux.cgroupsPath = "/co" | .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >/mnt/n; sleep 0.1; done"]
#= cktty .process.terminal = true | .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "while read -r line; do echo \"heard $line\"; echo \"$line\" >>/mnt/heard; done"]
#= cktcp .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "(sleep 1000 | busybox nc -l -p 5000 >/mnt/tcp) & sleep 2; i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done | busybox nc 127.0.0.1 5000"]
#= cklock .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}] | .process.args = ["/flock", "/mnt/lock", "/bin/sh", "-c", "while :; do echo x >>/mnt/locked; sleep 0.1; done"]
#= cksock .linux.namespaces |= map(select(.type != "network")) | .mounts += [{destination: "/mnt", type: "bind", source: "/data", options: ["bind"]}, {destination: "/dev/log", type: "bind", source: "/dev/log", options: ["bind"]}] | .process.args = ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo tick $i; echo $i >/mnt/ticks; sleep 0.2; done | busybox logger -t box"]
. "$(dirname "$0")/guest.sh"
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

machine
mkdir -p /sys/fs/cgroup /data /rootfs/mnt
chmod 777 /data
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
for m in nfnetlink libcrc32c nf_defrag_ipv4 nf_defrag_ipv6 nf_conntrack nf_conntrack_netlink nf_tables unix_diag inet_diag tcp_diag udp_diag raw_diag netlink_diag af_packet_diag tun veth; do
	[ -d /sys/module/$m ] || busybox insmod /modules/$m.ko 2>/dev/null
done
busybox ifconfig lo up
# criu 3.17 keeps packets away by iptables, which this tree has not; the containers' networks have nothing but lo
for f in iptables-restore ip6tables-restore; do
	printf '#!/bin/sh\nexec cat >/dev/null\n' >/usr/sbin/$f
	chmod 755 /usr/sbin/$f
done
mkdir -p /rootfs/lib64 /rootfs/lib/x86_64-linux-gnu
cp /usr/bin/flock /rootfs/flock
cp -L /lib64/ld-linux-x86-64.so.2 /rootfs/lib64/
cp -L /lib/x86_64-linux-gnu/libc.so.6 /rootfs/lib/x86_64-linux-gnu/
n() { cat /data/n; }
more_than() { [ "$(cat "/data/$2")" -gt "$1" ]; }
lines() { [ "$(wc -l <"$1")" -gt "$2" ]; }
said() {
	[ "$status" = 0 ] || note "$(grep -ah -B 3 'Error (' "${2:-/tmp/none}"/*.log | tail -n 20)"
	is "$status:$out:$err" "0::" "$1"
}
need CRIU
host_is

# --- a terminal, whose other end goes to a console socket at restore
type_at() { (printf 'pause 500\nsend %s\\n\nexpect heard %s\n' "$1" "$1"; exec sleep 60); }
heard() { grep -q "$1" /data/heard; }
type_at one | pty socket /tmp/con mote --root "$STATE" run -d -b /bundles/cktty --console-socket /tmp/con t >/tmp/tty1 2>&1 &
ptypid=$!
check "a terminal: the program hears" wait_for 20 heard one
mote_in 100 checkpoint --image-path /tmp/it t
said "a terminal: checkpoint" /tmp/it
kill $ptypid 2>/dev/null
rm -f /tmp/con
type_at two | pty socket /tmp/con mote --root "$STATE" restore -d --image-path /tmp/it -b /bundles/cktty --console-socket /tmp/con t >/tmp/tty2 2>&1 &
ptypid=$!
check "restore --console-socket: it hears what is typed there" wait_for 30 heard two
note "$(cat /tmp/tty2; grep -a 'Error (' /tmp/it/restore.log)"
mote_in 60 delete --force t
kill $ptypid 2>/dev/null

# --- a connection
mote_in 60 run -d -b /bundles/cktcp tcp
check "a connection" wait_for 20 lines /data/tcp 5
mote_in 100 checkpoint --image-path /tmp/tcp0 tcp
is "$status" 1 "a connection without --tcp-established: checkpoint fails"
has "$err" --tcp-established "and says what is missing"
is "$(is_state tcp running && echo running)" running "and it goes on"
mote_in 100 checkpoint --image-path /tmp/tcp --tcp-established tcp
said "checkpoint --tcp-established" /tmp/tcp
was=$(wc -l </data/tcp)
mote_in 100 restore -d --image-path /tmp/tcp -b /bundles/cktcp --tcp-established tcp
said "restore --tcp-established" /tmp/tcp
check "the connection goes on" wait_for 20 lines /data/tcp "$was"
is "$(awk '$1 != NR' /data/tcp | wc -l)" 0 "nothing was lost or doubled"
mote_in 60 delete --force tcp
# --- a lock
mote_in 60 run -d -b /bundles/cklock lock
check "a lock on a file" wait_for 20 lines /data/locked 3
flock -n /data/lock true
is $? 1 "which nobody else can have"
mote_in 100 checkpoint --image-path /tmp/lock0 lock
is "$status" 1 "without --file-locks: checkpoint fails"
has "$err" --file-locks "and says what is missing"
mote_in 100 checkpoint --image-path /tmp/lock --file-locks lock
said "checkpoint --file-locks" /tmp/lock
flock -n /data/lock true
is $? 0 "the lock is free meanwhile"
was=$(wc -l </data/locked)
mote_in 100 restore -d --image-path /tmp/lock -b /bundles/cklock --file-locks lock
said "restore --file-locks" /tmp/lock
check "it goes on" wait_for 20 lines /data/locked "$was"
flock -n /data/lock true
is $? 1 "and has the lock again"
mote_in 60 delete --force lock

# --- a unix socket whose other end is outside
busybox syslogd -n -O /tmp/syslog -S &
syslogd=$!
wait_for 10 test -S /dev/log
mote_in 60 run -d -b /bundles/cksock sock
check "a socket of outside" wait_for 20 lines /tmp/syslog 3
mote_in 100 checkpoint --image-path /tmp/sock0 sock
is "$status" 1 "without --ext-unix-sk: checkpoint fails"
has "$err" --ext-unix-sk "and says what is missing"
mote_in 100 checkpoint --image-path /tmp/sock --ext-unix-sk sock
said "checkpoint --ext-unix-sk" /tmp/sock
was=$(wc -l </tmp/syslog)
mote_in 100 restore -d --image-path /tmp/sock -b /bundles/cksock --ext-unix-sk sock
said "restore --ext-unix-sk" /tmp/sock
check "it is heard again" wait_for 20 lines /tmp/syslog "$was"
mote_in 60 delete --force sock
kill $syslogd
rm -f /dev/log

same "nothing is left"

# --- memory to another machine: a page server
mote_in 60 run -d -b /bundles/ckcount c
check "it counts" wait_for 20 more_than 5 n
mkdir -p /tmp/ps
criu page-server -D /tmp/ps --port 7001 --daemon -o /tmp/ps/server.log
mote_in 100 checkpoint --image-path /tmp/ps --page-server 127.0.0.1:7001 c
said "checkpoint --page-server" /tmp/ps
was=$(n)
mote_in 100 restore -d --image-path /tmp/ps -b /bundles/ckcount c
said "restore of it" /tmp/ps
check "it goes on counting" wait_for 20 more_than "$was" n
mote_in 60 delete --force c
same "nothing is left of that"
finish

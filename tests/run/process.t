#!/bin/sh
# process.t - what the program is: ids, capabilities, limits, scheduling, folder, environment, descriptors, filter
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2034 # status, out and err are lib.sh's, BOX_OPTIONS is box.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root cmd:jq

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE"
before "$STATE"

# same NAME FILTER VERB...: Debian's runc says the same, word for word
same() {
	same_name=$1
	shift
	box "$@"
	same_out=$out
	! old || return 0
	command -v runc >/dev/null || { skip "$same_name: as runc" "no runc"; return; }
	run_in 30 runc --root "$TESTDIR/runc" run -b "$TESTDIR/b" "${TESTDIR##*/}"
	is "$(printf "%s\n" "$same_out" | grep -v "^sig\.ignored=")" "$(printf "%s\n" "$out" | grep -v "^sig\.ignored=")" "$same_name: as runc"
	out=$same_out
}
holds() { # a capability's number: this test has it
	holds_set=$(sed -n 's/^CapEff:\t*//p' /proc/self/status)
	[ $(((0x$holds_set >> $1) & 1)) = 1 ]
}

# ---- ids --------------------------------------------------------------------------------------------------
box '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 1002, 4294967294], umask: 54}' id
worked "uid, gid, groups, umask"
is "$(fact uid)/$(fact gid)" "1000 1000 1000/1001 1001 1001" "real, effective and saved"
is "$(fact groups)" "5 1002 4294967294" "additionalGids, and no others"
is "$(fact umask)" 0066 "umask"
box '.process.user = {uid: 4294967294, gid: 4294967294}' id
is "$(fact uid)" "4294967294 4294967294 4294967294" "the last id"
box . id
is "$(fact uid)/$(fact groups)" "0 0 0/" "root without groups"
for mask in 0022 0027 0000 0777; do
	umask $mask
	box . id ++ mkdir /tmp/masked
	umask 0022
	is "$(fact umask)" $mask "without umask the caller's stays: $mask"
	is "$(stat -c %a "$TESTDIR/rootfs/tmp/masked")" "$(printf %o $((0755 & ~$mask)))" "and counts"
	rmdir "$TESTDIR/rootfs/tmp/masked"
done
box '.process.user.umask = 0' id
is "$(fact umask)" 0000 "umask 0 is one"
same "ids" '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 1002]}' id

# ---- capabilities ----------------------------------------------------------------------------------------
three='["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"]'
caps() { printf '.process.capabilities = {bounding: %s, effective: %s, permitted: %s, inheritable: %s, ambient: %s}' "$@"; }
user='.process.user = {uid: 1000, gid: 1000}'
name() { fact "cap.$1" | cut -d' ' -f2; }

box "$(caps "$three" "$three" "$three" '[]' '[]')" caps
is "$(name bounding) $(name effective) $(name permitted)" "CHOWN,KILL,SETUID CHOWN,KILL,SETUID CHOWN,KILL,SETUID" "root: bounding, effective, permitted"
is "$(fact cap.inheritable)$(fact cap.ambient)" "00000000000000000000000000000000" "root: the others are empty"
box "$user | $(caps "$three" "$three" "$three" '[]' '[]')" caps ++ exec /bin/chown 0:0 /tmp
is "$(name bounding)" CHOWN,KILL,SETUID "a user without ambient: bounding"
is "$(fact cap.effective)" 0000000000000000 "a user without ambient has none"
box "$user | $(caps "$three" "$three" "$three" "$three" '["CAP_CHOWN", "CAP_KILL"]')" caps
is "$(name effective) $(name permitted) $(name ambient)" "CHOWN,KILL CHOWN,KILL CHOWN,KILL" "a user with ambient has those"
is "$(name inheritable)" CHOWN,KILL,SETUID "a user with ambient: inheritable"
box "$user | $(caps "$three" '["CAP_KILL"]' "$three" "$three" '["CAP_CHOWN"]') | .process.noNewPrivileges = false" caps
is "$(name effective)" CHOWN "the kernel makes effective of ambient"
i=0
for c in "$three $three $three $three $three" "$three [] [] [] []" "[] [] [] [] []" \
	"$three [\"CAP_KILL\"] $three [\"CAP_KILL\"] [\"CAP_KILL\"]" "$three $three $three $three []"; do
	i=$((i + 1))
	set -- "$(echo "$c" | sed 's/, /,/g')"
	# shellcheck disable=SC2086 # five words
	for who in . "$user"; do
		for nnp in true false; do
			same "capabilities $i, $who, noNewPrivileges $nnp" \
				"$who | .process.noNewPrivileges = $nnp | $(caps $1)" caps
		done
	done
done
same "no capabilities object" 'del(.process.capabilities)' caps
box "$(caps '["CAP_KILL", "CAP_NO_SUCH"]' '["CAP_KILL"]' '["CAP_KILL"]' '[]' '[]')" caps
worked "an unknown capability is no fault"
has "$err" CAP_NO_SUCH "but is named in a warning"
is "$(name effective)" KILL "the others count"
if holds 24; then
	skip "a capability that cannot be had" "the caller has all"
else
	box "$(caps '["CAP_SYS_RESOURCE", "CAP_KILL"]' '["CAP_SYS_RESOURCE", "CAP_KILL"]' '["CAP_SYS_RESOURCE", "CAP_KILL"]' '["CAP_SYS_RESOURCE"]' '["CAP_SYS_RESOURCE"]')" caps
	worked "a capability that cannot be had is no fault"
	is "$(name effective)" KILL "it is left out"
fi
every=$(jq -cn '[("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE" | split(" "))[] | "CAP_" + .]')
box "$(caps "$every" "$every" "$every" '[]' '[]')" caps
is "$(fact cap.effective | cut -d' ' -f1)" "$(sed -n 's/^CapEff:\t*//p' /proc/self/status)" "all that the caller has"

box '.process.noNewPrivileges = true' caps
is "$(fact no_new_privs)" 1 "noNewPrivileges true"
box '.process.noNewPrivileges = false' caps
is "$(fact no_new_privs)" 0 "noNewPrivileges false"
box 'del(.process.noNewPrivileges)' caps
is "$(fact no_new_privs)" 0 "noNewPrivileges not given"

# ---- limits ---------------------------------------------------------------------------------------------------
kinds='CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK AS'
box 'del(.process.rlimits)' rlimits
before_limits=$out
filter='.process.rlimits = []'
for k in $kinds; do
	case $k in NICE | RTPRIO) v='soft: 0, hard: 0' ;; AS | DATA | STACK | FSIZE) v='soft: 60000000, hard: 70000000' ;;
	*) v='soft: 50, hard: 60' ;; esac
	filter="$filter | .process.rlimits += [{type: \"RLIMIT_$k\", $v}]"
done
box "$filter" rlimits
worked "all sixteen limits"
for k in $kinds; do
	case $k in NICE | RTPRIO) v='0 0' ;; AS | DATA | STACK | FSIZE) v='60000000 70000000' ;; *) v='50 60' ;; esac
	is "$(fact "rlimit.$k")" "$v" "RLIMIT_$k"
done
box '.process.rlimits = []' rlimits
is "$out" "$before_limits" "no limits given: the caller's"
box_bundle '.process.rlimits = [{type: "RLIMIT_FSIZE", soft: 4096, hard: 4097}]' rlimits
sed -i 's/4097/18446744073709551615/' "$TESTDIR/b/config.json" # jq has no such numbers
mote_in 20 run -b "$TESTDIR/b" box
case $before_limits in
*"rlimit.FSIZE=unlimited unlimited"*) is "$(fact rlimit.FSIZE)" "4096 unlimited" "the largest number is no limit" ;;
*) skip "the largest number is no limit" "the caller has a limit" ;;
esac
if holds 24; then
	skip "a limit above the caller's" "the caller has CAP_SYS_RESOURCE"
else
	box '.process.rlimits = [{type: "RLIMIT_RTPRIO", soft: 50, hard: 50}]' true
	refused "a limit above the caller's" "limit RLIMIT_RTPRIO" CAP_SYS_RESOURCE
fi
box "$user"' | .process.rlimits = [{type: "RLIMIT_NPROC", soft: 4, hard: 4}]' fork 10
has "$out" "then EAGAIN" "a limit counts"

# ---- oom score, scheduling, personality ---------------------------------------------------------------------
box '.process.oomScoreAdj = 456' proc
is "$(fact oom_score_adj)" 456 "oomScoreAdj"
box_bundle . proc
run_in 20 sh -c "echo 321 >/proc/self/oom_score_adj && exec \"\$@\"" sh "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
is "$(fact oom_score_adj)" 321 "without oomScoreAdj the caller's stays"
if holds 24; then
	skip "an oomScoreAdj below the caller's" "the caller has CAP_SYS_RESOURCE"
else
	box '.process.oomScoreAdj = -500' true
	refused "an oomScoreAdj below the caller's" oom_score_adj CAP_SYS_RESOURCE
fi

while read -r policy number more; do
	box ".process.scheduler = {policy: \"SCHED_$policy\"${more:+, $more}}" sched
	case $err in # a new cgroup of version 1 has no real-time of its own
	*real-time*) mote_in 20 --cgroup-manager disabled run -b "$TESTDIR/b" box ;;
	esac
	case $status:$err in
	0:*)
		is "$(fact sched.policy)" "$number" "SCHED_$policy $more"
		case $more in
		*priority:*) is "$(fact sched.priority)" "$(echo "$more" | grep -o '[0-9]*$')" "its priority" ;;
		*nice:*) is "$(fact nice)" "$(echo "$more" | sed 's/.*nice: \([-0-9]*\).*/\1/')" "its nice value" ;;
		esac
		;;
	*real-time*) skip "SCHED_$policy" "no real-time here" ;;
	*) fail "SCHED_$policy $more" "$err" ;;
	esac
done <<'END'
OTHER 0
OTHER 0 nice: 7
OTHER 0 nice: -5
BATCH 3 nice: 3
IDLE 5
FIFO 1 priority: 10
RR 2 priority: 99
OTHER 1073741824 nice: 1, flags: ["SCHED_FLAG_RESET_ON_FORK"]
DEADLINE 6 runtime: 1000000, deadline: 20000000, period: 20000000
END
box '.process.scheduler = {policy: "SCHED_BATCH"}' sched
is "$(fact nice)" 0 "what is not given is 0"
box_bundle . sched
run_in 20 nice -n 4 "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
is "$(fact nice)" 4 "without scheduler the caller's stays"

for p in RT:1:4 BE:2:7 IDLE:3:0; do
	c=${p%%:*} l=${p##*:} n=${p#*:}
	n=${n%:*}
	box ".process.ioPriority = {class: \"IOPRIO_CLASS_$c\", priority: $l}" sched
	is "$(fact ioprio)" "class $n level $l" "IOPRIO_CLASS_$c"
done

box '.linux.personality = {domain: "LINUX32"}' system
is "$(fact personality)" 0x8 "personality LINUX32"
[ "$(uname -m)" != x86_64 ] || is "$(fact machine)" i686 "uname says so"
box '.linux.personality = {domain: "LINUX"}' system
is "$(fact personality)" 0x0 "personality LINUX"
box . system
is "$(fact personality)" 0x0 "none given"

# ---- folder ----------------------------------------------------------------------------------------------------
box '.process.cwd = "/var/tmp"' system
is "$(fact cwd)" /var/tmp "cwd"
box "$user"' | .process.cwd = "/srv/made/here"' system ++ stat /srv/made/here
is "$(fact cwd) $(fact /srv/made/here)" "/srv/made/here d 0755 0 0" "a missing one is made"
rm -r "$TESTDIR/rootfs/srv"
box '.root.readonly = true | .process.cwd = "/srv/made/here"' system ++ open /srv/x new ++ open /srv/made/here/x new
is "$(fact cwd)" /srv/made/here "a missing one in a root that is read-only is made before it becomes so"
has "$out" "open /srv/x new: EROFS
open /srv/made/here/x new: EROFS" "and then it is read-only"
rm -r "$TESTDIR/rootfs/srv"
box '.process.cwd = "/etc/passwd"' true
refused "a file" /etc/passwd "not a directory"
mkdir -p "$TESTDIR/rootfs/closed/in" "$TESTDIR/rootfs/own"
chmod 700 "$TESTDIR/rootfs/closed" "$TESTDIR/rootfs/own"
chown 1000 "$TESTDIR/rootfs/own"
same "a folder that only root may enter" "$user | .process.cwd = \"/closed/in\" | .process.env = [\"HOME=/\"]" exec /probe env ++ open . r
same "a folder that only the user may enter" "$user | .process.cwd = \"/own\"" system
is "$(fact cwd)" /own "it is the folder"
ln -s /var/tmp "$TESTDIR/rootfs/link"
box '.process.cwd = "/link"' system
is "$(fact cwd)" /var/tmp "a link is followed inside"
bad=''
for fd in 3 4 5 6 7 8 9 10 11 12; do
	for path in "/proc/self/fd/$fd" "/proc/self/fd/$fd/../../../.." "/proc/self/fd/$fd/$TESTDIR"; do
		box ".process.cwd = \"$path\" | .process.args = [\"/bin/sh\", \"-c\", \"pwd -P; test . -ef \\\"\$(pwd -P)\\\"\"]" \
			3</ 4<"$TESTDIR" 5</ 6</
		case $status:$out in
		1: | 0:/*) ;; # refused; or a folder that the container has by that path
		*) bad="$bad $path: $status $out" ;;
		esac
	done
done
is "$bad" "" "folders of the host are not reached through descriptors"

# ---- environment, program ----------------------------------------------------------------------------------------
box '.process.env = ["A=1", "B=with space and = sign", "EMPTY=", "HOME=/own"]' env
is "$out" "env.A=1
env.B=with space and = sign
env.EMPTY=
env.HOME=/own" "the environment is what is given"
box 'del(.process.env)' env
is "$out" "env.HOME=/root" "HOME is filled in: root's"
box "$user | .process.env = [\"A=1\"]" env
is "$(fact env.HOME)" /tmp "a user's of /etc/passwd"
box '.process.user = {uid: 77, gid: 77} | .process.env = []' env
is "$(fact env.HOME)" / "/ for who is not in it"
rm "$TESTDIR/rootfs/etc/passwd"
ln -s /proc/self/environ "$TESTDIR/rootfs/etc/passwd"
LEAK=secret box '.process.env = []' env
is "$out" "env.HOME=/" "an image that has something else there"
rm "$TESTDIR/rootfs/etc/passwd"
box '.process.env = []' env
is "$out" "env.HOME=/" "or nothing"
same "twice given" '.process.env = ["A=1", "HOME=/", "AB=0", "B=2", "A=3"]' env
is "$(fact env.A)" 3 "the last one counts"

box '.process.args[0] = "probe" | .process.env = ["PATH=/none:/"]' args
is "$(fact arg.0)" probe "a program that is looked for in PATH"
box '.process.args = ["busybox", "true"] | .process.env = []'
worked "without PATH in /bin and its like"
box '.process.args[0] = "./probe" | .process.cwd = "/"' true
worked "a relative program counts from cwd"
box '.process.args += ["", "a b", "ä\t"]' args ++ true ++
is "$(fact arg.5)|$(fact arg.6)|$(fact arg.7)" '|a b|ä\011' "arguments come as they are"

# ---- what it inherits ------------------------------------------------------------------------------------------------
box_bundle . process ++ status ++ fds ++ keyring
run_in 20 sh -c 'trap "" HUP USR1 PIPE; exec 9</etc/passwd; exec "$@"' sh "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
is "$(fact sig.ignored)$(fact sig.blocked)" "00000000000000000000000000000000" "no signal is ignored or blocked"
is "$(fact pid) $(fact pgid) $(fact sid)" "1 1 1" "it leads a session"
is "$(fact pdeathsig)$(fact subreaper)" 00 "no death signal"
is "$(fact dumpable)" 1 "it is an ordinary process for its user"
is "$(printf '%s\n' "$out" | grep -c '^fd\.')" 3 "descriptors 0, 1 and 2 only"
has "$(fact keyring)" "_ses.box" "a session keyring of its own"
# A kernel without keys is no fault; where the quota is used up the caller's keyring would come along.
if command -v strace >/dev/null; then
	for e in ENOSYS EDQUOT; do
		box_bundle . true
		run_in 20 strace -f -q -o "$TESTDIR/trace" -e trace=keyctl -e inject=keyctl:error=$e "$MOTE" --root "$STATE" run -b "$TESTDIR/b" box
		case $e in
		ENOSYS) worked "no keyring where the kernel has none" ;;
		*) refused "no container where the quota for keys is used up" keyring "quota" ;;
		esac
	done
fi
BOX_OPTIONS=--no-new-keyring
box . keyring
BOX_OPTIONS=''
hasnt "$(fact keyring)" "_ses.box" "or the caller's"

printf three >"$TESTDIR/three"
printf four >"$TESTDIR/four"
box_bundle . readfd 3 ++ echo . ++ readfd 4 ++ echo . ++ fds ++ env
BOX() { "$MOTE" --root "$STATE" run "$@" -b "$TESTDIR/b" box 3<"$TESTDIR/three" 4<"$TESTDIR/four" 5</dev/null; }
out=$(BOX --preserve-fds 2 2>&1 </dev/null)
has "$out" "three.
four." "--preserve-fds 2"
is "$(printf '%s\n' "$out" | grep -c '^fd\.')" 5 "two of them, not the third"
out=$(LISTEN_FDS=1 BOX 2>&1 </dev/null)
has "$out" "three." "LISTEN_FDS hands on as well"
is "$(fact env.LISTEN_FDS) $(fact env.LISTEN_PID)" "1 1" "and tells the program"
is "$(printf '%s\n' "$out" | grep -c '^fd\.')" 4 "one"
out=$(LISTEN_FDS=1 BOX --preserve-fds 1 2>&1 </dev/null)
is "$(printf '%s\n' "$out" | grep -c '^fd\.') $(fact env.LISTEN_FDS)" "5 1" "both: first those, then these"
out=$(LISTEN_FDS=1 LISTEN_PID=1 BOX 2>&1 </dev/null)
is "$(fact env.LISTEN_FDS)" "" "LISTEN_FDS that is meant for another process is not"
BOX_OPTIONS='--preserve-fds 3'
box . true 3<&- 4<&- 5<&-
BOX_OPTIONS=''
refused "descriptors that are not open" "descriptor 3"

# ---- seccomp ------------------------------------------------------------------------------------------------------------
if ! have SECCOMP || [ "$(uname -m)" != x86_64 ]; then
	skip "seccomp" "built without, or another architecture"
else
	rules='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
		syscalls: [{names: ["getppid"], action: "SCMP_ACT_ERRNO", errnoRet: 77}, {names: ["getuid", "getuid32"], action: "SCMP_ACT_ERRNO"},
		{names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 9, args: [{index: 0, op: "SCMP_CMP_EQ", value: 8}]},
		{names: ["no_such_call"], action: "SCMP_ACT_KILL"}]}'
	for who in . "$user"; do
		for nnp in true false; do
			box "$who | .process.noNewPrivileges = $nnp | $rules" syscall 110 ++ syscall 102 ++ syscall 39 ++ \
				syscall 135 8 ++ syscall 135 4294967295 ++ syscall32 64 ++ syscall32 20 ++ status
			worked "a filter: $who, noNewPrivileges $nnp"
			is "$(fact seccomp.mode) $(fact seccomp.filters)" "2 $FILTERS" "one filter"
			has "$out" "syscall 110: E#77
syscall 102: EPERM
syscall 39: 1
syscall 135: EBADF
syscall 135: 0" "errnoRet, EPERM without it, allowed calls, arguments"
			has "$out" "syscall32 64: E#77
syscall32 20: 1" "the same for 32-bit calls"
		done
	done
	same "seccomp" "$rules" syscall 110 ++ syscall 102 ++ syscall 39 ++ syscall 135 8 ++ syscall32 20 ++ status
	box '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: ["getppid"], action: "SCMP_ACT_ERRNO"}]}' run /probe syscall32 20
	has "$out" "run /probe: SIGSYS" "calls of an architecture that is not listed kill"
	box '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38, syscalls: [{names: ["execve", "arch_prctl",
		"set_tid_address", "brk", "mmap", "munmap", "exit_group", "write", "writev", "ioctl", "prlimit64", "close", "rt_sigaction"], action: "SCMP_ACT_ALLOW"}]}' syscall 39 ++ true
	has "$out" "syscall 39: ENOSYS" "defaultErrnoRet"
	box '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getppid"], action: "SCMP_ACT_KILL_PROCESS"},
		{names: ["getuid"], action: "SCMP_ACT_TRAP"}, {names: ["getgid"], action: "SCMP_ACT_LOG"}]}' \
		run /probe syscall 110 ++ run /probe syscall 102 ++ run /probe syscall 104 ++ true
	is "$(printf '%s\n' "$out" | grep '^run')" "run /probe: SIGSYS
run /probe: SIGSYS
run /probe: exit 0" "kill, trap, log"
	while read -r op value two hit miss; do
		box ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"umask\"], action: \"SCMP_ACT_ERRNO\",
			errnoRet: 77, args: [{index: 0, value: $value, valueTwo: $two, op: \"SCMP_CMP_$op\"}]}]}" syscall 95 "$hit" ++ syscall 95 "$miss"
		case $out in
		"syscall 95: E#77
syscall 95: "[0-9]*) pass "SCMP_CMP_$op" ;;
		*) fail "SCMP_CMP_$op" "$out$err" ;;
		esac
	done <<END
NE 5 0 6 5
LT 5 0 4 5
LE 5 0 5 6
EQ 5 0 5 6
GE 5 0 5 4
GT 5 0 6 5
MASKED_EQ 7 2 10 11
END
fi

rm -rf "$TESTDIR/runc"
clean "nothing is left of it all" "$STATE"
finish

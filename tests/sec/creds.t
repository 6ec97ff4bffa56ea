#!/bin/sh
# SPDX-License-Identifier: MIT
# creds.t - nothing of mote's caller or of mote becomes the program's: capabilities, groups, keys, the terminal; and ids and
# settings are what they say, or refused
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/sec.sh"
need cmd:setpriv

mkrootfs "$TESTDIR/rootfs"
chmod 755 "$TESTDIR"
fact() { echo "$out" | sed -n "s/^$1=//p"; }
facts='.process.args = ["/probe", "caps", "++", "id", "++", "status", "++", "process", "++", "keyring"]'
lots='["CAP_CHOWN", "CAP_NET_RAW", "CAP_SETUID"]'

# --- capabilities (CVE-2022-29162, CVE-2022-27650, CVE-2016-8867) ------------------------------------
for user in 0 1000; do
	for caller in '' '--inh-caps +chown,+net_raw,+setuid' '--inh-caps +chown,+net_raw --ambient-caps +chown,+net_raw' '--groups 4,5,6' '--regid 4 --clear-groups'; do
		mkbundle "$TESTDIR/b" "$facts | .process.user = {\"uid\": $user, \"gid\": $user} | .process.capabilities = {
			\"bounding\": $lots, \"effective\": $lots, \"permitted\": $lots}"
		# shellcheck disable=SC2086
		run_in 10 setpriv $caller "$MOTE" --root "$STATE" run -b "$TESTDIR/b" "creds-$$"
		is "$(fact cap.inheritable)$(fact cap.ambient)" 00000000000000000000000000000000 \
			"uid $user, caller ${caller:-plain}: nothing inheritable, nothing ambient"
		is "$(fact groups)" "" "uid $user, caller ${caller:-plain}: no group but its own"
		[ "$user" = 0 ] || is "$(fact cap.effective)" 0000000000000000 "uid $user, caller ${caller:-plain}: no capability"
	done
done
mkbundle "$TESTDIR/b" "$facts"' | del(.process.capabilities)'
mote_in 10 run -b "$TESTDIR/b" "creds-$$"
is "$(echo "$out" | grep '^cap\.' | grep -v '=0*$')" "" "no list of capabilities is an empty list, of all five"

# --- a program with set-user-ID, a group that is meant to keep people out ------------------------------
cp "$TESTDIR/rootfs/probe" "$TESTDIR/rootfs/suid"
chmod 4755 "$TESTDIR/rootfs/suid"
echo no >"$TESTDIR/rootfs/etc/not-for-5"
chown 0:5 "$TESTDIR/rootfs/etc/not-for-5"
chmod 604 "$TESTDIR/rootfs/etc/not-for-5"
mkbundle "$TESTDIR/b" '.process.user = {"uid": 1000, "gid": 1000} | .process.noNewPrivileges = true | .process.args = ["/suid", "id", "++", "caps"]'
mote_in 10 run -b "$TESTDIR/b" "creds-$$"
is "$(fact uid)" "1000 1000 1000" "no_new_privs: set-user-ID gives nothing"
mkbundle "$TESTDIR/b" '.process.user = {"uid": 1000, "gid": 1000} | .process.noNewPrivileges = false | .process.args = ["/suid", "caps", "++", "id"]'
mote_in 10 run -b "$TESTDIR/b" "creds-$$"
is "$(fact uid | cut -d' ' -f2)" 0 "without it set-user-ID works"
is "$(fact cap.bounding)" "$(fact cap.permitted | cut -d' ' -f1) $(fact cap.bounding | cut -d' ' -f2)" "and gives what the bounding set has, no more"
mkbundle "$TESTDIR/b" '.process.user = {"uid": 1000, "gid": 1000, "additionalGids": [5]} | .process.args = ["/probe", "open", "/etc/not-for-5", "r"]'
mote_in 10 run -b "$TESTDIR/b" "creds-$$"
has "$out" EACCES "a group that was added keeps out of what it keeps out"

# --- keys ------------------------------------------------------------------------------------------------
mkbundle "$TESTDIR/b" "$facts"
mote_in 10 run -b "$TESTDIR/b" "creds-$$"
has "$(fact keyring)" "_ses.creds-$$" "the session keyring is the container's own"

# --- the terminal of the caller (CVE-2017-5226) -----------------------------------------------------------
if ! command -v script >/dev/null; then
	skip "TIOCSTI" "needs script"
else
	mkbundle "$TESTDIR/b" '.process.terminal = false | .process.args = ["/probe", "ioctl-tiocsti", "++", "tty"]'
	for how in "" "setsid -w"; do
		run_in 10 script -qec "$how $MOTE --root $STATE run -b $TESTDIR/b creds-$$" /dev/null
		out=$(echo "$out" | tr -d '\r')
		has "$out" "tty.controlling=no" "the caller's terminal is not the program's ($how)"
		hasnt "$out" "ioctl-tiocsti 0: ok" "and takes no bytes from it ($how)"
	done
fi

# --- ids --------------------------------------------------------------------------------------------------
if have DEFAULTS; then
	for pair in 1=1/1 1:2=1/2 0=0/0 4294967294=4294967294/4294967294 root= 1000:= :1= -1= 4294967295= +1= 0x1= '1 =' ' 1=' 1:-1= 1:2:3= \
		01=1/1 99999999999= 18446744073709551617= 1.0= '='; do
		mote_in 10 run --user "${pair%=*}" --rootfs "$TESTDIR/rootfs" -- /probe id
		case ${pair##*=} in
		'') check "--user '${pair%=*}' is refused" test "$status" != 0 -a -z "$out" ;;
		*) is "$(fact uid | cut -d' ' -f1)/$(fact gid | cut -d' ' -f1)" "${pair##*=}" "--user '${pair%=*}'" ;;
		esac
	done
fi
for bad in -1 4294967295 4294967296 18446744073709551616 1.5 '"0"' '"1"' null true 1e400; do
	mkbundle "$TESTDIR/b"
	sed -i "s/\"uid\": 0/\"uid\": $bad/" "$TESTDIR/b/config.json"
	mote_in 10 run -b "$TESTDIR/b" "creds-$$"
	check "uid $bad in config.json is refused" test "$status" != 0
done

# --- settings (CVE-2022-0811) --------------------------------------------------------------------------------
before=$(cat /proc/sys/kernel/core_pattern /proc/sys/kernel/panic /proc/sys/vm/overcommit_memory /proc/sys/fs/file-max)
for name in kernel.core_pattern kernel/core_pattern kernel.shm/../core_pattern net/../kernel/core_pattern net.../kernel/panic \
	net.ipv4/../../kernel/panic 'kernel.shm_rmid_forced=1+kernel.panic' vm.overcommit_memory fs.file-max kernel.shmx/../panic \
	fs.mqueue/../file-max user.max_user_namespaces 'net.x\nkernel.panic' net..x .net /net/ipv4/ip_forward net/ ''; do
	mkbundle "$TESTDIR/b" '.linux.sysctl = {"'"$name"'": "0"}'
	mote_in 10 run -b "$TESTDIR/b" "creds-$$"
	check "the setting '$name' is refused" test "$status" != 0
done
for value in '1\n2' '1\u0000'; do
	mkbundle "$TESTDIR/b" '.linux.sysctl = {"net.ipv4.ip_forward": "'"$value"'"}'
	mote_in 10 run -b "$TESTDIR/b" "creds-$$"
	check "the value '$value' is refused" test "$status" != 0
done
is "$(cat /proc/sys/kernel/core_pattern /proc/sys/kernel/panic /proc/sys/vm/overcommit_memory /proc/sys/fs/file-max)" "$before" \
	"the host's settings are as they were"
mkbundle "$TESTDIR/b" '.linux.namespaces |= map(select(.type != "network")) | .linux.sysctl = {"net.ipv4.ip_forward": "1"}'
mote_in 10 run -b "$TESTDIR/b" "creds-$$"
has "$err" "network" "net settings without a network namespace are refused"

# --- the filter is there -----------------------------------------------------------------------------------------
if have SECCOMP; then
	for nnp in true false; do
		mkbundle "$TESTDIR/b" "$facts | .process.noNewPrivileges = $nnp"' | .linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW",
			"syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}]} | .root.readonly = false |
			.process.args += ["++", "mkdir", "/tmp/new"]'
		mote_in 10 run -b "$TESTDIR/b" "creds-$$"
		is "$(fact seccomp.mode).$(fact seccomp.filters)" 2.1 "noNewPrivileges $nnp: the kernel says that the filter is in force"
		check "noNewPrivileges $nnp: and it is" test ! -e "$TESTDIR/rootfs/tmp/new"
	done
fi
finish

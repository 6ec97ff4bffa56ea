# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2046
# 80-features.sh - what the runtime says of itself, and whether it is so

listed() { feature "$1"; } # each entry of an array on a line

# M-74 | 1.1.0 | features.md | null means that nothing is known, and an empty list or false means that there is none.
m_74() {
	has_features || return 0
	for m74 in /hooks /mountOptions /linux/namespaces /linux/capabilities /linux/seccomp/actions /linux/seccomp/operators \
		/linux/seccomp/archs /linux/seccomp/knownFlags /linux/seccomp/supportedFlags; do
		case $(feature $m74 type) in
		array | null | '') good ;;
		*) bad "$m74 is a $(feature $m74 type)" ;;
		esac
	done
	for m74 in cgroup/v1 cgroup/v2 cgroup/systemd cgroup/rdma seccomp/enabled apparmor/enabled selinux/enabled intelRdt/enabled; do
		case $(feature /linux/$m74 type) in
		bool | null | '') good ;;
		*) bad "linux/$m74 is a $(feature /linux/$m74 type)" ;;
		esac
	done
	# What is said not to be there must not be: it is refused.
	empty() { [ "$(feature "$1" type)" = array ] && [ -z "$(listed "$1")" ]; }
	empty /hooks && refused "hooks are []" "$(hook_edit createRuntime "$PROBE" true)"
	empty /linux/namespaces && refused "namespaces are []"
	empty /mountOptions && refused "mountOptions are []" "$(mount_at /mnt tmpfs tmpfs nosuid)"
	[ "$(feature /linux/seccomp/enabled)" = false ] && refused_late "seccomp.enabled is false" "$(filter '')"
	[ "$(feature /linux/netDevices/enabled)" = false ] && refused "netDevices.enabled is false" 'linux.netDevices={"lo":{}}'
	[ "$(feature /linux/intelRdt/enabled)" = false ] && refused "intelRdt.enabled is false" 'linux.intelRdt={"closID":"x"}'
	[ "$(feature /linux/apparmor/enabled)" = false ] && refused_late "apparmor.enabled is false" 'process.apparmorProfile="x"'
	[ "$(feature /linux/selinux/enabled)" = false ] && refused_late "selinux.enabled is false" 'process.selinuxLabel="a:b:c:s0"'
	good
}

# M-75 | 1.1.0 | features.md, Specification version | ociVersionMin and ociVersionMax are both accepted in a configuration, and the first is not above the second.
m_75() {
	has_features || return 0
	m75a=$(feature /ociVersionMin) m75b=$(feature /ociVersionMax)
	for m75 in Min:$m75a Max:$m75b; do
		is "$(feature /ociVersion${m75%%:*} type)" string "ociVersion${m75%%:*}"
		box "ociVersion=\"${m75#*:}\"" "$(program echo yes)"
		is "$status:$out" 0:yes "ociVersion ${m75#*:}"
	done
	older "$m75b" "$m75a" && bad "ociVersionMax $m75b is before ociVersionMin $m75a"
	good
}

# M-76 | 1.1.0 | features.md, Specification version | There is no property that the version ociVersionMax does not have.
m_76() {
	has_features || return 0
	m76max=$(feature /ociVersionMax)
	m76='/:ociVersionMin /:ociVersionMax /:hooks /:mountOptions /:linux /:annotations /:potentiallyUnsafeConfigAnnotations:1.2
		/linux:namespaces /linux:capabilities /linux:cgroup /linux:seccomp /linux:apparmor /linux:selinux /linux:intelRdt
		/linux:mountExtensions:1.2 /linux:netDevices:1.3 /linux:memoryPolicy:1.3
		/linux/cgroup:v1 /linux/cgroup:v2 /linux/cgroup:systemd /linux/cgroup:systemdUser /linux/cgroup:rdma
		/linux/seccomp:enabled /linux/seccomp:actions /linux/seccomp:operators /linux/seccomp:archs
		/linux/seccomp:knownFlags /linux/seccomp:supportedFlags /linux/apparmor:enabled /linux/selinux:enabled
		/linux/intelRdt:enabled /linux/intelRdt:schemata:1.3 /linux/intelRdt:monitoring:1.3 /linux/mountExtensions:idmap:1.2
		/linux/mountExtensions/idmap:enabled:1.2 /linux/netDevices:enabled:1.3 /linux/memoryPolicy:modes:1.3 /linux/memoryPolicy:flags:1.3'
	for at in / /linux /linux/cgroup /linux/seccomp /linux/apparmor /linux/selinux /linux/intelRdt /linux/mountExtensions \
		/linux/mountExtensions/idmap /linux/netDevices /linux/memoryPolicy; do
		[ "$(feature $at type)" = object ] || continue
		for key in $(feature $at); do
			m76row=$(printf '%s\n' $m76 | grep "^$at:$key\(:\|$\)" | head -n 1)
			m76since=${m76row#"$at:$key"}
			if [ -z "$m76row" ]; then
				bad "$at has $key, which is in no version"
			elif older "$m76max" "$(echo "${m76since#:}" | sed 's/^$/1.1/').0"; then
				bad "$at has $key, which is newer than $m76max"
			else
				good
			fi
		done
	done
}

# M-77 | 1.1.0 | features.md, Hooks | Every kind of hook that is listed is run.
m_77() {
	has_features || return 0
	for m77 in $(listed /hooks); do
		rm -f "$W"/log* "$W/host"/log*
		case $m77 in
		startContainer) m77e=$(hook_edit $m77 /probe hook /host/log $m77) ;;
		*) m77e=$(hook_edit "$m77" "$PROBE" hook "$W/log" "$m77") ;;
		esac
		box "$m77e" "$(program true)"
		works "a $m77 hook"
		has "$(cat "$W/log" "$W/host/log" 2>/dev/null)" "$m77 " "a $m77 hook"
	done
	[ -n "$(listed /hooks)" ] || good
}

# known_option OPTION: a mount with it can be made, where a word that means nothing cannot
known_option() {
	case $1 in
	bind | rbind | idmap | ridmap | copy-symlink | *-nofollow)
		ko_extra=''
		case $1 in
		*idmap) ko_extra=',"uidMappings":[{"containerID":0,"hostID":1000,"size":10}],"gidMappings":[{"containerID":0,"hostID":1000,"size":10}]' ;;
		esac
		echo "mounts+={\"destination\":\"/mnt/$1\",\"source\":\"$W/host\",\"type\":\"none\",\"options\":[\"rbind\",\"$1\"]$ko_extra}"
		;;
	remount) mount_at /mnt/remount tmpfs tmpfs && echo && mount_at /mnt/remount tmpfs tmpfs remount && echo ;;
	*) mount_at "/mnt/$1" tmpfs tmpfs "$1" && echo ;;
	esac
}

# M-78 | 1.1.0 | features.md, Mount options | Every mount option that is listed is known.
m_78() {
	has_features || return 0
	m78top=$(mount_at /mnt tmpfs tmpfs mode=755)
	box "$m78top" "$(mount_at /mnt/x tmpfs tmpfs nosuchoption)" "$(program true)"
	[ "$status" != 0 ] || { lacks "an option that means nothing is taken too" && return 0; }
	m78all=$(listed /mountOptions)
	case $("$PROBE" can-idmap "$W/host") in
	*": ok") ;;
	*) m78all=$(echo "$m78all" | grep -v idmap) && lacks "idmap: needs a file system that can be mounted with other ids" ;;
	esac
	box "$m78top" "$(for o in $m78all; do known_option "$o"; done)" "$(program true)"
	if [ "$status" = 0 ]; then
		good
	else
		for o in $m78all; do
			box "$m78top" "$(known_option "$o")" "$(program true)"
			works "the option $o"
		done
	fi
}

# M-79 | 1.1.0 | features-linux.md, Namespaces | Every namespace that is listed is known.
m_79() {
	has_features || return 0
	for m79 in $(listed /linux/namespaces); do
		m79k=$(printf '%s\n' $ns_kinds | sed -n "s/^$m79://p")
		if [ -n "$m79k" ] && [ ! -e "/proc/self/ns/$m79k" ]; then
			lacks "needs $m79 namespaces"
			continue
		fi
		case $m79 in
		user) m79e=$mapped ;;
		pid | network | mount | ipc | uts) m79e='' ;;
		*) m79e="linux.namespaces+={\"type\":\"$m79\"}" ;;
		esac
		box ${m79e:+"$m79e"} "$(program ns)"
		works "a $m79 namespace"
		[ -n "$m79k" ] && [ "$(fact "ns.$m79k")" = "$(ns_of self "$m79k")" ] && bad "a $m79 namespace: it is not new"
	done
	[ -n "$(listed /linux/namespaces)" ] || good
}

all_caps="CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST
	NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE
	SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND
	AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"

# M-80 | 1.1.0 | features-linux.md, Capabilities | Every capability that is listed is known.
m_80() {
	has_features || return 0
	held=,$("$PROBE" caps | sed -n 's/^cap.effective=[^ ]* //p'),
	ask=''
	for c in $(listed /linux/capabilities); do
		case ,$(echo $all_caps | tr ' ' ,), in
		*",${c#CAP_},"*) case $held in *",${c#CAP_},"*) ;; *) lacks "nobody here has $c" && continue ;; esac ;;
		esac
		ask="$ask $c"
	done
	m80=$(words $ask)
	box "process.capabilities={\"bounding\":[$m80],\"effective\":[$m80],\"permitted\":[$m80]}" "$(program caps)"
	works "all of them"
	is "$err" "" "a warning"
	m80=,$(fact cap.effective | sed 's/.* //'),
	for c in $ask; do has "$m80" ",${c#CAP_}," "the program's capabilities"; done
}

# M-81 | 1.1.0 | features-linux.md, Seccomp | Every action, operator, architecture and flag that is listed is known, and the flags said to be supported work.
m_81() {
	has_features || return 0
	has_seccomp || return 0
	listener
	for m81 in $(listed /linux/seccomp/actions); do
		m81l=''
		[ "$m81" != SCMP_ACT_NOTIFY ] || m81l=",\"listenerPath\":\"$W/sock\""
		box "$(filter "$m81l,\"syscalls\":[{\"names\":[\"swapon\"],\"action\":\"$m81\"}]")" "$(program true)"
		works "the action $m81"
	done
	for m81 in $(listed /linux/seccomp/operators); do
		box "$(filter ",\"syscalls\":[{\"names\":[\"swapon\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":1,\"valueTwo\":1,\"op\":\"$m81\"}]}]")" "$(program true)"
		works "the operator $m81"
	done
	# A foreign architecture may be impossible in this machine's filter; it must not be taken for a word that means nothing.
	m81box() { box "$(filter ",\"architectures\":[\"$1\"],\"syscalls\":[{\"names\":[\"swapon\"],\"action\":\"SCMP_ACT_ERRNO\"}]")" "$(program true)"; }
	m81box SCMP_ARCH_NOSUCH
	m81bogus=$(echo "$err" | sed 's/time="[^"]*"//')
	for m81 in $(listed /linux/seccomp/archs); do
		m81box "$m81"
		[ "$status" = 0 ] && good && continue
		if [ "$(echo "$err" | sed 's/time="[^"]*"//' | sed "s/$m81\([^A-Z0-9_]\|$\)/SCMP_ARCH_NOSUCH\1/g")" = "$m81bogus" ]; then
			bad "the architecture $m81: $(brief "$err")"
		else
			good
		fi
	done
	for m81 in $(listed /linux/seccomp/supportedFlags); do
		case $m81 in # this one is about a listener
		*WAIT_KILLABLE_RECV) m81l=",\"listenerPath\":\"$W/sock\",\"syscalls\":[{\"names\":[\"swapon\"],\"action\":\"SCMP_ACT_NOTIFY\"}]" ;;
		*) m81l=",\"syscalls\":[{\"names\":[\"swapon\"],\"action\":\"SCMP_ACT_ERRNO\"}]" ;;
		esac
		box "$(filter ",\"flags\":[\"$m81\"]$m81l")" "$(program true)"
		works "the flag $m81"
		has " $(listed /linux/seccomp/knownFlags | tr '\n' ' ')" " $m81 " "knownFlags"
	done
	rm -f "$W/sock"
	[ -n "$(feature /linux/seccomp)" ] || good
}

# M-82 | 1.3.0 | features-linux.md, Memory policy | Every mode and flag of memory policies that is listed is known.
m_82() {
	has_features || return 0
	for m82 in $(listed /linux/memoryPolicy/modes); do
		case $m82 in MPOL_DEFAULT | MPOL_LOCAL) m82n='' ;; *) m82n=',"nodes":"0"' ;; esac
		m82="{\"mode\":\"$m82\"$m82n}"
		policy_known
	done
	for m82 in $(listed /linux/memoryPolicy/flags); do
		m82="{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"$m82\"]}"
		policy_known
	done
	[ -n "$(feature /linux/memoryPolicy)" ] || good # it says nothing
}
policy_known() {
	case $("$PROBE" sched) in
	*"mempolicy=?"*) lacks "needs a kernel with memory policies (NUMA)" ;;
	*)
		box "linux.memoryPolicy=$m82" "$(program true)"
		[ "$status" = 0 ] && good && return
		# An older kernel may not have it; it must not be taken for a word that means nothing.
		m82said=$err
		box 'linux.memoryPolicy={"mode":"MPOL_NOSUCH","nodes":"0"}' "$(program true)"
		if [ "$(echo "$m82said" | sed 's/MPOL_[A-Z_]*//g')" = "$(echo "$err" | sed 's/MPOL_[A-Z_]*//g')" ]; then
			bad "$m82: $(brief "$m82said")"
		else
			lacks "$m82 needs a newer kernel"
		fi
		;;
	esac
}

# M-83 | 1.2.0 | features-linux.md, Mount extensions | mountExtensions.idmap.enabled is true when mappings of mounts are known, whatever the kernel can do.
m_83() {
	has_features || return 0
	bundle "mounts+={\"destination\":\"/mnt\",\"source\":\"$W/host\",\"type\":\"none\",\"options\":[\"bind\"],\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":10}],\"gidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":10}]}" \
		"$(program stat /mnt)"
	again
	if [ "$status" = 0 ] && [ "$(fact /mnt)" = "d 0777 1000 1000" ]; then
		is "$(feature /linux/mountExtensions/idmap/enabled)" true "such a mount can be made, and mountExtensions.idmap.enabled"
	elif [ "$(feature /linux/mountExtensions/idmap/enabled)" != true ]; then
		[ "$status" != 0 ] && good || bad "mappings of mounts are taken and not applied"
	else
		case $("$PROBE" can-idmap "$W/host") in
		*": ok") bad "mountExtensions.idmap.enabled is true, and such a mount cannot be made: $(brief "$err")" ;;
		*) [ "$status" != 0 ] && good || bad "mappings of mounts are not applied" ;;
		esac
	fi
}

# M-84 | 1.1.0 | features.md, Annotations | Annotations are strings under names that are not empty; potentiallyUnsafeConfigAnnotations is a list of names.
m_84() {
	has_features || return 0
	case $(feature /annotations type) in
	object)
		printf '%s' "$FEATURES" | json /annotations raw >"$W/x"
		"$PROBE" json "$W/x" / | while read -r key; do
			[ -n "$key" ] && good || bad "an annotation with an empty name"
			is "$("$PROBE" json "$W/x" "/$key" type)" string "the annotation $key"
		done
		;;
	'' | null) good ;;
	*) bad "annotations are a $(feature /annotations type)" ;;
	esac
	case $(feature /potentiallyUnsafeConfigAnnotations type) in
	array)
		i=0
		for key in $(listed /potentiallyUnsafeConfigAnnotations); do
			is "$(feature /potentiallyUnsafeConfigAnnotations/$i type)" string "an entry of potentiallyUnsafeConfigAnnotations"
			i=$((i + 1))
		done
		;;
	'' | null) ;;
	*) bad "potentiallyUnsafeConfigAnnotations is a $(feature /potentiallyUnsafeConfigAnnotations type)" ;;
	esac
	good
}

# M-85 | 1.1.0 | features.md | What features says does not depend on when and where it is asked (a SHOULD).
m_85() {
	has_features || return 0
	rt features
	m85=$out
	"$PROBE" sleep 1.1
	cat >"$W/host/elsewhere" <<X
"$PROBE" mount none /sys tmpfs 0 '' >/dev/null
cd / && exec env -i "CONFORM_RULE=85" "PATH=$PATH" "$RT" features
X
	m85b=$("$PROBE" box /bin/sh "$W/host/elsewhere" 2>&1)
	is "$m85b" "$m85" "features, a second later, without /sys and with another environment"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# 60-seccomp.sh - filters of system calls, and who is asked about them

has_seccomp() { grep -q '^Seccomp:' /proc/self/status || { lacks "needs a kernel with seccomp filters" && return 1; }; }
mkdirs='"names":["mkdir","mkdirat"]'
filter() { printf 'linux.seccomp={"defaultAction":"SCMP_ACT_ALLOW"%s}' "$1"; }

# M-64 | 1.0.0 | config-linux.md, Seccomp | A filter has a default action, and its actions, architectures, flags and operators are those that there are.
m_64() {
	has_seccomp || return 0
	refused_late "no default action" "linux.seccomp={\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_ERRNO\"}]}"
	refused_late "a default action that there is not" 'linux.seccomp={"defaultAction":"SCMP_ACT_NOSUCH"}'
	refused_late "an action that there is not" "$(filter ",\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_NOSUCH\"}]")"
	refused_late "an architecture that there is not" "$(filter ',"architectures":["SCMP_ARCH_NOSUCH"]')"
	refused_late "a flag that there is not" "$(filter ',"flags":["SECCOMP_FILTER_FLAG_NOSUCH"]')"
	refused_late "an operator that there is not" \
		"$(filter ',"syscalls":[{"names":["getppid"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"value":1,"op":"SCMP_CMP_NOSUCH"}]}]')"
	box "$(filter ",\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_ERRNO\"}]")" "$(program mkdir /tmp/x ++ status)"
	works "a filter"
	has "$out" "mkdir /tmp/x: EPERM" "what it refuses"
	is "$(fact seccomp.mode)" 2 "the program's mode"
}

# M-65 | 1.1.0 | config-linux.md, Seccomp | An error number for an action that returns none is an error.
m_65() {
	has_seccomp || return 0
	refused_late "a default error number with ALLOW" "$(filter ',"defaultErrnoRet":1')"
	for m65 in KILL KILL_PROCESS KILL_THREAD TRAP ALLOW LOG; do
		refused_late "an error number with $m65" "$(filter ",\"syscalls\":[{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_$m65\",\"errnoRet\":1}]")"
	done
	box "$(filter ",\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":18}]")" root.readonly=false "$(program mkdir /tmp/x)"
	has "$out" "mkdir /tmp/x: EXDEV" "an error number with ERRNO"
}

# M-66 | 1.0.0 | config-linux.md, Seccomp | A rule has at least one name; a comparison has index, value and operator.
m_66() {
	has_seccomp || return 0
	refused_late "no names" "$(filter ',"syscalls":[{"names":[],"action":"SCMP_ACT_ERRNO"}]')"
	refused_late "names left out" "$(filter ',"syscalls":[{"action":"SCMP_ACT_ERRNO"}]')"
	refused_late "no action" "$(filter ',"syscalls":[{"names":["getppid"]}]')"
	for m66 in '"value":1,"op":"SCMP_CMP_EQ"' '"index":0,"op":"SCMP_CMP_EQ"' '"index":0,"value":1'; do
		refused_late "a comparison of $m66" "$(filter ",\"syscalls\":[{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{$m66}]}]")"
	done
}

# asked NAME EDIT: a container that makes a folder, while somebody listens
asked() {
	box "linux.seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"$W/sock\"$1,\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_NOTIFY\"}]}" \
		"$(program mkdir /tmp/x ++ echo end)"
}
listener() {
	rm -f "$W"/heard* "$W/sock"
	background "$PROBE" listen "$W/sock" "$W/heard" 60
	within 5 test -S "$W/sock"
	heard() { grep -q "connection $1 answered" "$W/heard"; }
}

# M-67 | 1.1.0 | config-linux.md, Seccomp | The listener is a stream socket; each container has a connection of its own, which ends behind its state; when nobody can be told, that is an error.
m_67() {
	has_seccomp || return 0
	listener
	asked ''
	works "a container that somebody is asked about"
	is "$out" "mkdir /tmp/x: EXDEV
end" "the listener's answer reaches it"
	within 5 heard 1 || bad "nobody was asked"
	has "$(cat "$W/heard")" "connection 1 bytes=" "a message"
	has "$(grep 'connection 1 bytes' "$W/heard")" "closed=yes" "the connection ends"
	has "$(cat "$W/heard")" "anon_inode:seccomp notify" "the filter's descriptor"
	asked ''
	within 5 heard 2 && good || bad "a second container has no connection of its own"
	refused_late "a listener that is not there" \
		"linux.seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"$W/nothing\",\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_NOTIFY\"}]}"
	rm -f "$W/sock"
}

# M-68 | 1.1.0 | config-linux.md, Seccomp | listenerMetadata without listenerPath is an error.
m_68() {
	has_seccomp || return 0
	refused_late "metadata alone" "$(filter ",\"listenerMetadata\":\"m\",\"syscalls\":[{$mkdirs,\"action\":\"SCMP_ACT_ERRNO\"}]")"
}

# M-69 | 1.1.0 | config-linux.md, Container process state | The listener's message has version, names of descriptors, process, metadata and state, and the descriptors come with its first bytes.
m_69() {
	has_seccomp || return 0
	listener
	asked ',"listenerMetadata":"some data"'
	works "a container that somebody is asked about"
	within 5 heard 1
	m69=$(cat "$W/heard.1" 2>/dev/null)
	is "$(grep 'connection 1 bytes' "$W/heard" | sed 's/.*fds=\([0-9]*\).*/\1/')" "$(printf '%s' "$m69" | json /fds | wc -l | tr -d ' ')" "as many descriptors as names"
	has "$(printf '%s' "$m69" | json /fds)" seccompFd "the name of the filter's descriptor"
	case $(printf '%s' "$m69" | json /ociVersion) in [0-9]*.*.*) good ;; *) bad "ociVersion: $(brief "$m69")" ;; esac
	is "$(printf '%s' "$m69" | json /pid type)" number "pid"
	is "$(printf '%s' "$m69" | json /metadata)" "some data" "metadata"
	is "$(printf '%s' "$m69" | json /state/id)" "$T-box" "state: id"
	is "$(printf '%s' "$m69" | json /state/bundle)" "$B" "state: bundle"
	is "$(printf '%s' "$m69" | json /state/status type)" string "state: status"
	rm -f "$W/sock"
}

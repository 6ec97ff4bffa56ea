# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# 20-process.sh - the program: folder, arguments, limits, capabilities, scheduling; the form of hooks

# M-14 | 1.0.0 | config.md, Process | The working folder is an absolute path, and the program is in it.
m_14() {
	refused_late "cwd tmp" 'process.cwd="tmp"'
	refused_late "cwd ./tmp" 'process.cwd="./tmp"'
	refused_late "an empty cwd" 'process.cwd=""'
	refused_late "no cwd" -process.cwd
	box 'process.cwd="/tmp"' "$(program system)"
	is "$(fact cwd)" /tmp "cwd /tmp"
}

# M-15 | 1.0.0 | config.md, POSIX process | The program has at least one argument, its own name.
m_15() {
	refused_late "no arguments" 'process.args=[]'
	refused_late "args left out" -process.args
	box "$(program args one 'two words' '')"
	box 'process.args=["/probe","args"]'
	has "$out" arg.1=args "arguments"
}

# M-16 | 1.0.0 | config.md, POSIX process | A limit has a type that the kernel knows, and soft and hard are what the program gets.
m_16() {
	refused_late "a type that there is not" 'process.rlimits=[{"type":"RLIMIT_NOSUCH","soft":1,"hard":1}]'
	refused_late "a type without its prefix" 'process.rlimits=[{"type":"NOFILE","soft":10,"hard":10}]'
	refused_late "soft above hard" 'process.rlimits=[{"type":"RLIMIT_NOFILE","soft":20,"hard":10}]'
	box 'process.rlimits=[{"type":"RLIMIT_NOFILE","soft":101,"hard":102},{"type":"RLIMIT_CORE","soft":0,"hard":0},{"type":"RLIMIT_STACK","soft":1048576,"hard":2097152},{"type":"RLIMIT_RTTIME","soft":5000,"hard":6000}]' \
		"$(program rlimits)"
	works "four limits"
	is "$(fact rlimit.NOFILE)" "101 102" RLIMIT_NOFILE
	is "$(fact rlimit.CORE)" "0 0" RLIMIT_CORE
	is "$(fact rlimit.STACK)" "1048576 2097152" RLIMIT_STACK
	is "$(fact rlimit.RTTIME)" "5000 6000" RLIMIT_RTTIME
	if has_cap 24; then
		m16=$(($("$PROBE" rlimits | sed -n 's/^rlimit.NOFILE=[^ ]* //p') + 1000))
		box "process.rlimits=[{\"type\":\"RLIMIT_NOFILE\",\"soft\":100,\"hard\":$m16}]" "$(program rlimits)"
		is "$(fact rlimit.NOFILE)" "100 $m16" "RLIMIT_NOFILE, raised"
	else
		lacks "raising a limit needs CAP_SYS_RESOURCE"
	fi
}

# M-17 | 1.0.0 | config.md, POSIX process | A type of limit that is listed twice is an error.
m_17() {
	refused_late "RLIMIT_NOFILE twice" \
		'process.rlimits=[{"type":"RLIMIT_NOFILE","soft":10,"hard":20},{"type":"RLIMIT_NOFILE","soft":11,"hard":21}]'
	refused_late "the same twice" \
		'process.rlimits=[{"type":"RLIMIT_CORE","soft":0,"hard":0},{"type":"RLIMIT_NOFILE","soft":11,"hard":21},{"type":"RLIMIT_CORE","soft":0,"hard":0}]'
}

# M-18 | 1.1.0 | config.md, Linux process | A capability that is unknown or cannot be had gives a warning, and no error.
m_18() {
	m18='["CAP_KILL","CAP_NO_SUCH_THING"]'
	box "process.capabilities={\"bounding\":$m18,\"effective\":$m18,\"permitted\":$m18}" "$(program caps)"
	works "an unknown capability"
	has "$(fact cap.effective)" " KILL" "an unknown capability: the known one beside it"
	has "$(fact cap.bounding)" " KILL" "an unknown capability: the known one beside it, bounding"
	has "$err" NO_SUCH_THING "an unknown capability: a warning"
	if has_cap 24; then
		lacks "here every capability can be had"
	else
		m18='["CAP_KILL","CAP_SYS_RESOURCE"]'
		box "process.capabilities={\"bounding\":$m18,\"effective\":$m18,\"permitted\":$m18}" "$(program caps)"
		works "a capability that cannot be had"
		has "$(fact cap.effective)" " KILL" "a capability that cannot be had: the other beside it"
		[ "$err" ] || bad "a capability that cannot be had: no warning"
	fi
}

# M-19 | 1.0.0 | config.md, Linux process | oomScoreAdj is exactly what the program gets; left out, its value is not touched.
m_19() {
	box process.oomScoreAdj=567 "$(program proc)"
	is "$(fact oom_score_adj)" 567 "oomScoreAdj 567"
	echo 123 >/proc/self/oom_score_adj # of this subshell
	box "$(program proc)"
	is "$(fact oom_score_adj)" 123 "oomScoreAdj left out, the caller's is 123"
	if has_cap 24; then
		box process.oomScoreAdj=0 "$(program proc)"
		is "$(fact oom_score_adj)" 0 "oomScoreAdj 0, the caller's is 123"
		box process.oomScoreAdj=-321 "$(program proc)"
		is "$(fact oom_score_adj)" -321 "oomScoreAdj -321"
	else
		lacks "lowering the score needs CAP_SYS_RESOURCE"
	fi
}

# M-20 | 1.1.0 | config.md, Linux process | What a scheduler leaves out counts as 0.
m_20() {
	PROBE_HERE=$PROBE
	cat >"$W/host/nice" <<X
#!/bin/sh
exec "$PROBE_HERE" nice 5 "$RT" "\$@"
X
	chmod +x "$W/host/nice"
	RT=$W/host/nice
	box "$(program sched)"
	is "$(fact nice)" 5 "no scheduler: the caller's nice value"
	box 'process.scheduler={"policy":"SCHED_BATCH"}' "$(program sched)"
	works "a policy alone"
	is "$(fact sched.policy):$(fact nice):$(fact sched.priority)" 3:0:0 "SCHED_BATCH alone: policy, nice, priority"
	box 'process.scheduler={"policy":"SCHED_OTHER","nice":7}' "$(program sched)"
	is "$(fact sched.policy):$(fact nice)" 0:7 "SCHED_OTHER with nice 7"
	refused_late "a policy that there is not" 'process.scheduler={"policy":"SCHED_NOSUCH"}'
	refused_late "no policy" 'process.scheduler={"nice":1}'
}

hook_edit() { # LIST PATH WORD...: one hook of that list
	printf 'hooks.%s+={"path":"%s","args":[' "$1" "$2"
	shift 2
	words probe "$@"
	printf ']}'
}
hook_lists="prestart createRuntime createContainer startContainer poststart poststop"

# M-21 | 1.0.0 | config.md, POSIX-platform hooks | The path of a hook is absolute.
m_21() {
	for m21 in $hook_lists; do
		refused "$m21 hook with the path probe" "hooks.$m21=[{\"path\":\"probe\",\"args\":[\"probe\",\"true\"]}]"
	done
	refused "a hook without a path" 'hooks.poststop=[{"args":["probe","true"]}]'
}

# M-22 | 1.0.0 | config.md, POSIX-platform hooks | The time that a hook has is above zero, and a hook that takes longer has failed.
m_22() {
	for m22 in 0 -1; do
		refused "a timeout of $m22" "hooks.createRuntime=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"true\"],\"timeout\":$m22}]"
		refused "a timeout of $m22 of a later hook" "hooks.poststop=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"true\"],\"timeout\":$m22}]"
	done
	refused "a hook that takes longer than it may" "hooks.createRuntime=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"sleep\",\"9\"],\"timeout\":1}]"
	box "hooks.createRuntime=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"sleep\",\"0.1\"],\"timeout\":$LIMIT}]" "$(program true)"
	works "a hook that is done in time"
}

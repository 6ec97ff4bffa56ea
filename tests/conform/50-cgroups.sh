# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# 50-cgroups.sh - control groups and what they limit

# inhabit NAME: a process of ours in that group, in every hierarchy that matters; its pid in $tenant
inhabit() {
	for inhabit_c in pids memory freezer devices; do
		(cgroup $inhabit_c 2>/dev/null && mkdir -p "$cg/$T-$1" && echo "$cg/$T-$1") >>"$W/groups"
	done
	is_cgroup2 && mkdir -p "/sys/fs/cgroup/$T-$1" && echo "/sys/fs/cgroup/$T-$1" >"$W/groups"
	rm -f "$W/lacks"
	background "$PROBE" sleep 1000
	tenant=$!
	while read -r inhabit_g; do echo $tenant >"$inhabit_g/cgroup.procs"; done <"$W/groups"
}
vacate() {
	kill -KILL $tenant 2>/dev/null
	gone $tenant
	while read -r inhabit_g; do within 3 rmdir "$inhabit_g"; done <"$W/groups"
	rm -f "$W/groups"
}

# M-51 | 1.1.0 | config-linux.md, Control groups | A group that is frozen or has processes may be found unfit; then create is an error, and the group and its processes are as before.
m_51() {
	cgroup_any || return 0
	inhabit m51
	bundle "$(program sleep 1000)" "$(group m51)"
	before
	create "$T-x"
	if [ $status != 0 ]; then
		nothing_left "a group with a process: refused"
		rt state "$T-x"
		[ $status != 0 ] && good || bad "a group with a process: refused, and there is a container"
	else
		has "$(cat "/proc/$(pid_of "$T-x")/cgroup")" "/$T-m51" "a group with a process: accepted, and the container is in it"
		start "$T-x"
		is "$(state_of "$T-x")" running "a group with a process: accepted"
		end_of "$T-x"
	fi
	kill -0 $tenant 2>/dev/null && good || bad "the process in the group was ended"
	frozen=$(grep -l . "$(head -n 1 "$W/groups")/cgroup.freeze" /sys/fs/cgroup/freezer/"$T-m51"/freezer.state 2>/dev/null | head -n 1)
	case $frozen in
	*.state) echo FROZEN >"$frozen" && thaw=THAWED ;;
	*.freeze) echo 1 >"$frozen" && thaw=0 ;;
	esac
	if [ -n "$frozen" ]; then
		LIMIT=4
		create "$T-x"
		if [ $status = 0 ] || [ $status = 124 ]; then
			lacks "what a frozen group does, for this runtime does not look"
			echo $thaw >"$frozen"
			scrub "$T-x"
		else
			echo $thaw >"$frozen"
			nothing_left "a frozen group: refused"
		fi
	fi
	vacate
}

# M-52 | 1.0.0 | config-linux.md, Cgroups path | An absolute cgroupsPath is below where the groups are mounted, and the same value is the same place every time.
m_52() {
	cgroup_any || return 0
	m52all=''
	for m52 in a a b; do
		box "$(group "m52$m52/in")" 'linux.resources={"pids":{"limit":20}}' "$(program cgroup)"
		works "a group"
		m52is=$(printf '%s\n' "$out" | grep -E '^cgroup\.(pids|unified)=' | grep "$T" | head -n 1)
		has "$m52is" "/$T-m52$m52/in" "the place of /$T-m52$m52/in"
		m52all="$m52all ${m52is##*=}"
		find /sys/fs/cgroup -depth -type d -name "$T-m52$m52" -exec rmdir '{}' ';' 2>/dev/null
	done
	# shellcheck disable=SC2086
	set -- $m52all
	is "$1" "$2" "the same value twice"
	[ "$1" != "$3" ] && good || bad "two values, one place"
	bundle "linux.cgroupsPath=\"/$T-m52/../../../../../../../..$W/host/out\"" 'linux.resources={"pids":{"limit":20}}' "$(program true)"
	again # a runtime may find that invalid, or stay below the mount
	[ ! -e "$W/host/out" ] && good || bad "a path with .. leads out of the groups"
	find /sys/fs/cgroup -depth -type d -path "*$W/host*" -exec rmdir '{}' ';' 2>/dev/null
	find /sys/fs/cgroup -depth -type d -path "*${W%/*}/${W##*/}" -exec rmdir '{}' ';' 2>/dev/null
}

# M-53 | 1.1.0 | config-linux.md, Cgroup ownership | Of a group that is given to the container's user only the files that the kernel names change hands, and one that is missing is no error.
m_53() {
	cgroup2 || return 0
	bundle "$mapped" 'linux.namespaces+={"type":"cgroup"}' "$(group m53)" 'linux.resources={"pids":{"limit":20}}' "$(program sleep 1000)" \
		"$(mount_at /sys/fs/cgroup cgroup cgroup nosuid nodev noexec)"
	create "$T-x"
	works "a user namespace with its own writable group"
	m53=" cgroup.procs cgroup.subtree_control cgroup.threads "
	[ ! -e /sys/kernel/cgroup/delegate ] || m53=" $(tr '\n' ' ' </sys/kernel/cgroup/delegate) "
	for f in "$cg/$T-m53"/*; do
		case $("$PROBE" stat "$f") in
		*=-*" 100000 "*) has "$m53" " ${f##*/} " "given to the container's user" ;;
		*) good ;;
		esac
	done
	end_of "$T-x"
	works "delete"
}

# M-54 | 1.0.0 | config-linux.md, Allowed device list | Device rules count in their order, and each says whether it allows.
m_54() {
	refused "a rule that does not say" 'linux.resources={"devices":[{"access":"rwm"}]}' "$(group m54)"
	if is_cgroup2 || cgroup devices; then
		m54='{"allow":false,"access":"rwm"}'
		m54y='{"allow":true,"type":"c","major":1,"minor":11,"access":"w"}'
		m54n='{"allow":false,"type":"c","major":1,"minor":11,"access":"w"}'
		for m54x in "EPERM:$m54" "ok:$m54,$m54y" "EPERM:$m54,$m54y,$m54n" "ok:$m54,$m54n,$m54y"; do
			box "$(group m54)" 'linux.devices=[{"type":"c","path":"/dev/kmsg","major":1,"minor":11}]' \
				"linux.resources={\"devices\":[${m54x#*:}]}" "$(program open /dev/kmsg w)"
			works "rules ${m54x#*:}"
			is "$out" "open /dev/kmsg w: ${m54x%%:*}" "rules ${m54x#*:}"
		done
		box "$(group m54)" "linux.resources={\"devices\":[$m54]}" "$(program open /dev/null rw ++ open /dev/zero r ++ open /dev/urandom r ++ open /dev/ptmx rw)"
		hasnt "$out" EPERM "the devices that every container has stay allowed"
	fi
}

# M-55 | 1.1.0 | config-linux.md, Memory | With checkBeforeUpdate a memory limit below what is used is refused.
m_55() {
	cgroup memory || return 0
	mkdir -p "$W/ballast" "$cg/$T-m55"
	"$PROBE" mount ballast "$W/ballast" tmpfs 0 '' >/dev/null
	(echo 0 >"$cg/$T-m55/cgroup.procs" && head -c 16777216 /dev/zero >"$W/ballast/f")
	# what is left when there is nobody in the group; without swap it cannot be given back
	if [ "$(cat "$cg/$T-m55/memory.current" "$cg/$T-m55/memory.usage_in_bytes" 2>/dev/null)" -gt 16000000 ]; then
		refused "4 MiB where 16 are used" "$(group m55)" 'linux.resources={"memory":{"limit":4194304,"checkBeforeUpdate":true}}'
		box "$(group m55)" 'linux.resources={"memory":{"limit":67108864,"checkBeforeUpdate":true}}' "$(program true)"
		works "64 MiB where 16 are used"
	else
		lacks "needs memory that stays counted in a group without processes"
	fi
	"$PROBE" umount "$W/ballast" >/dev/null
	rmdir "$W/ballast"
	within 3 rmdir "$cg/$T-m55"
}

# M-56 | 1.1.0 | config-linux.md, CPU | The burst of a group is not above its quota.
m_56() {
	cgroup cpu || return 0
	mkdir "$cg/$T-m56"
	m56=$(find "$cg/$T-m56" -name 'cpu.*burst*' | head -n 1)
	rmdir "$cg/$T-m56"
	[ -n "$m56" ] || { lacks "needs a kernel with cpu burst (5.14)" && return 0; }
	refused "a burst above the quota" "$(group m56)" 'linux.resources={"cpu":{"quota":10000,"period":100000,"burst":20000}}'
	bundle "$(group m56)" 'linux.resources={"cpu":{"quota":20000,"period":100000,"burst":10000}}' "$(program true)"
	create "$T-x"
	works "a burst below the quota"
	is "$(of_group m56 cpu.cfs_burst_us cpu.max.burst)" 10000 "the burst of the group"
	end_of "$T-x"
}

# M-57 | 1.0.0 | config-linux.md, Block IO | A weight of a device says which device and at least one weight; a rate says which device and how much.
m_57() {
	for m57 in '"weightDevice":[{"major":7,"minor":0}]' '"weightDevice":[{"minor":0,"weight":100}]' \
		'"weightDevice":[{"major":7,"weight":100}]' '"throttleReadBpsDevice":[{"major":7,"minor":0}]' \
		'"throttleWriteIOPSDevice":[{"major":7,"rate":100}]' '"throttleReadIOPSDevice":[{"minor":0,"rate":100}]'; do
		refused "$m57" "linux.resources={\"blockIO\":{$m57}}" "$(group m57)"
	done
}

# M-58 | 1.0.0 | config-linux.md, Huge page limits | A limit of huge pages has a page size in its form, and a limit.
m_58() {
	for m58 in '{"limit":0}' '{"pageSize":"2MB"}' '{"pageSize":"2097152","limit":0}' '{"pageSize":"02MB","limit":0}' '{"pageSize":"2mb","limit":0}'; do
		refused "$m58" "linux.resources={\"hugepageLimits\":[$m58]}" "$(group m58)"
	done
	(cgroup hugetlb) || return 0
	m58=$(find /sys/kernel/mm/hugepages -name 'hugepages-2048kB' 2>/dev/null)
	[ -n "$m58" ] || { lacks "needs huge pages of 2 MB" && return 0; }
	cgroup hugetlb
	bundle 'linux.resources={"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}' "$(group m58)" "$(program true)"
	create "$T-x"
	works "a limit of huge pages"
	is "$(of_group m58 hugetlb.2MB.limit_in_bytes hugetlb.2MB.max)" 4194304 "the limit"
	end_of "$T-x"
}

# M-59 | 1.0.0 | config-linux.md, Network | A network priority has the name of a device and a priority.
m_59() {
	for m59 in '{"name":"lo"}' '{"priority":1}' '{}'; do
		refused "$m59" "linux.resources={\"network\":{\"priorities\":[$m59]}}" "$(group m59)"
	done
}

# M-60 | 1.0.2 | config-linux.md, RDMA | A limit of an RDMA device has at least one of hcaHandles and hcaObjects.
m_60() {
	refused "neither" 'linux.resources={"rdma":{"mlx5_1":{}}}' "$(group m60)"
	refused "neither, beside one that has" 'linux.resources={"rdma":{"mlx5_0":{"hcaHandles":3},"mlx5_1":{}}}' "$(group m60)"
}

# M-61 | 1.1.0 | config-linux.md, Unified | Each file of unified is written, with the controller it needs; a controller that is not there is an error.
m_61() {
	refused "a controller that there is not" 'linux.resources={"unified":{"nosuchthing.max":"1"}}' "$(group m61)"
	cgroup2 || return 0
	bundle 'linux.resources={"unified":{"pids.max":"33","memory.high":"16777216","cgroup.max.depth":"5"}}' "$(group m61)" "$(program true)"
	create "$T-x"
	works "three files"
	is "$(cd "$cg/$T-m61" && cat pids.max memory.high cgroup.max.depth | tr '\n' ' ')" "33 16777216 5 " "what is in them"
	end_of "$T-x"
	refused "a file that there is not" 'linux.resources={"unified":{"pids.nosuch":"1"}}' "$(group m61)"
	refused "a value that the kernel does not take" 'linux.resources={"unified":{"pids.max":"many"}}' "$(group m61)"
}

# M-62 | 1.1.0 | config-linux.md, Control groups | On version 2 a setting of version 1 is translated, or it is an error.
m_62() {
	cgroup2 || return 0
	bundle 'linux.resources={"cpu":{"shares":2048},"memory":{"limit":67108864,"swap":134217728,"reservation":33554432}}' "$(group m62)" "$(program true)"
	create "$T-x"
	works "settings that can be translated"
	[ "$(cat "$cg/$T-m62/cpu.weight")" -gt 50 ] && [ "$(cat "$cg/$T-m62/cpu.weight")" != 100 ] && good || bad "shares: $(cat "$cg/$T-m62/cpu.weight")"
	is "$(cat "$cg/$T-m62/memory.max")" 67108864 "memory.limit"
	[ ! -e "$cg/$T-m62/memory.swap.max" ] || is "$(cat "$cg/$T-m62/memory.swap.max")" 67108864 "memory.swap, without the memory"
	is "$(cat "$cg/$T-m62/memory.low")" 33554432 "memory.reservation"
	end_of "$T-x"
	for m62 in '"memory":{"swappiness":10}' '"memory":{"disableOOMKiller":true}' '"cpu":{"realtimeRuntime":1000,"realtimePeriod":100000}' \
		'"network":{"classID":65537}' '"network":{"priorities":[{"name":"lo","priority":1}]}' '"blockIO":{"leafWeight":100}'; do
		refused "$m62" "linux.resources={$m62}" "$(group m62)"
	done
}

# M-63 | 1.3.0 | config-linux.md, PIDs | A limit of 0 processes is a limit, and not none.
m_63() {
	cgroup pids || return 0
	bundle 'linux.resources={"pids":{"limit":0}}' "$(group m63)" "$(program fork 1)"
	create "$T-x"
	works "a limit of 0"
	is "$(of_group m63 pids.max pids.max)" 0 "the limit of the group"
	m63=$(pid_of "$T-x")
	start "$T-x"
	gone "$m63"
	has "$(cat "$W/box")" "fork 1: 0 then EAGAIN" "the program cannot have another process"
	is_stopped "$T-x"
	rt delete "$T-x"
	bundle 'linux.resources={"pids":{"limit":-1}}' "$(group m63)" "$(program true)"
	create "$T-x"
	works "no limit"
	case $(of_group m63 pids.max pids.max) in max | *"No such file"*) good ;; *) bad "-1 is no limit: $(of_group m63 pids.max pids.max)" ;; esac
	end_of "$T-x"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# 70-filesystem.sh - masks, propagation, personality, memory policy

# M-70 | 1.0.0 | config-linux.md, Masked paths | Masked and read-only paths are absolute; the first cannot be read, the second not be written.
m_70() {
	for m70 in maskedPaths readonlyPaths; do
		for m70p in etc ./etc ''; do refused "$m70 '$m70p'" "linux.$m70=[\"$m70p\"]"; done
	done
	mkdir -p "$W/host/dir" "$W/host/ro"
	echo secret >"$W/host/file" && echo secret >"$W/host/dir/file"
	box 'linux.maskedPaths=["/host/file","/host/dir","/host/nothing"]' 'linux.readonlyPaths=["/host/ro","/host/nothing"]' \
		"$(program cat /host/file ++ ls /host/dir ++ open /host/dir/new new ++ open /host/ro/new new ++ open /host/new new)"
	works "masks"
	hasnt "$out" secret "a masked file"
	hasnt "$out" /host/dir/file= "a masked folder"
	hasnt "$out" "open /host/dir/new new: ok" "a masked folder"
	has "$out" "open /host/ro/new new: EROFS" "a read-only folder"
	has "$out" "open /host/new new: ok" "the folder around them"
	rm -f "$W/host/new"
}

# M-71 | 1.0.0 | config-linux.md, Rootfs mount propagation | rootfsPropagation is shared, slave, private or unbindable, and the root is that.
m_71() {
	for m71 in nosuch SHARED; do refused "'$m71'" "linux.rootfsPropagation=\"$m71\""; done
	mkroot "$W/host/fs"
	"$PROBE" mount "$W/host/fs" "$W/host/fs" none bind '' >/dev/null
	"$PROBE" mount none "$W/host/fs" none shared '' >/dev/null
	for m71 in shared slave private unbindable; do
		box "root.path=\"$W/host/fs\"" "linux.rootfsPropagation=\"$m71\"" 'mounts=[]' "$(mount_at /proc proc proc)" "$(program mounts)"
		works "$m71"
		m71is=$(fact 'mount\./' | sed 's/.*prop=//')
		case $m71:$m71is in
		shared:*shared* | slave:*master* | private:private | unbindable:*unbindable*) good ;;
		*) bad "$m71: the root is $m71is" ;;
		esac
	done
	"$PROBE" umount "$W/host/fs" detach >/dev/null
}

# M-72 | 1.0.2 | config-linux.md, Personality | The personality is LINUX or LINUX32, and there are no flags.
m_72() {
	refused_late "a domain that there is not" 'linux.personality={"domain":"BSD"}'
	refused_late "no domain" 'linux.personality={}'
	refused_late "a flag" 'linux.personality={"domain":"LINUX","flags":["ADDR_NO_RANDOMIZE"]}'
	box 'linux.personality={"domain":"LINUX32"}' "$(program system)"
	works LINUX32
	is "$(fact personality)" 0x8 LINUX32
	box 'linux.personality={"domain":"LINUX"}' "$(program system)"
	is "$(fact personality)" 0x0 LINUX
}

# M-73 | 1.3.0 | config-linux.md, Memory policy | A memory policy has a mode that there is, flags that there are, and nodes where its mode wants them.
m_73() {
	refused "a mode that there is not" 'linux.memoryPolicy={"mode":"MPOL_NOSUCH"}'
	refused "no mode" 'linux.memoryPolicy={"nodes":"0"}'
	refused "a flag that there is not" 'linux.memoryPolicy={"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_NOSUCH"]}'
	refused "MPOL_BIND without nodes" 'linux.memoryPolicy={"mode":"MPOL_BIND"}'
	refused "MPOL_INTERLEAVE without nodes" 'linux.memoryPolicy={"mode":"MPOL_INTERLEAVE","nodes":""}'
	refused "MPOL_LOCAL with nodes" 'linux.memoryPolicy={"mode":"MPOL_LOCAL","nodes":"0"}'
	refused "MPOL_DEFAULT with nodes" 'linux.memoryPolicy={"mode":"MPOL_DEFAULT","nodes":"0"}'
	refused "nodes that are no list" 'linux.memoryPolicy={"mode":"MPOL_BIND","nodes":"zero"}'
	case $("$PROBE" sched) in
	*"mempolicy=?"*)
		lacks "needs a kernel with memory policies (NUMA)"
		return
		;;
	esac
	for m73 in MPOL_BIND:2 MPOL_INTERLEAVE:3 MPOL_PREFERRED:1; do
		box "linux.memoryPolicy={\"mode\":\"${m73%:*}\",\"nodes\":\"0\"}" "$(program sched)"
		works "${m73%:*}"
		is "$(fact mempolicy)" "${m73#*:}" "${m73%:*}"
	done
	box 'linux.memoryPolicy={"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]}' "$(program sched)"
	is "$(fact mempolicy)" $((2 | 1 << 15)) "MPOL_BIND with MPOL_F_STATIC_NODES"
}

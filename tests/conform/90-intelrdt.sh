# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# 90-intelrdt.sh - caches and memory bandwidth (resctrl), where the processor has such a thing

resctrl() { # sets $rdt to where resctrl is mounted
	rdt=$RESCTRL
	[ -n "$rdt" ] || { lacks "needs resctrl (a processor with Intel RDT or AMD QoS, a kernel with it, and the mount)" && return 1; }
	l3=$(sed -n 's/^ *\(L3:.*\)/\1/p' "$rdt/schemata" | head -n 1)
	mb=$(sed -n 's/^ *\(MB:.*\)/\1/p' "$rdt/schemata" | head -n 1)
}
rdt() { printf 'linux.intelRdt={%s}' "$1"; }
rdt_up() { # MEMBERS: a container that waits
	bundle "$(rdt "$1")" "$(program sleep 1000)"
	create "$T-x"
	works "intelRdt {$1}"
}
# A class's schemata without the blanks and zeroes that the kernel writes before its numbers.
rdt_has() { tr -d ' ' <"$rdt/$1/schemata" | sed 's/=0*\([0-9a-f]\)/=\1/g'; }
rdt_dirs() { find "$rdt" -type d | sort; }

# M-86 | 1.0.0 | config-linux.md, Intel RDT | The container's process is in its class of service; where resctrl is not mounted that is an error.
m_86() {
	if ! (resctrl); then
		rm -f "$W/lacks"
		refused "intelRdt without resctrl" "$(rdt "\"closID\":\"$T-c\"")"
		refused "intelRdt with a schema, without resctrl" "$(rdt '"l3CacheSchema":"L3:0=f"')"
		lacks "tasks: needs resctrl"
		return
	fi
	resctrl
	mkdir "$rdt/$T-c"
	rdt_up "\"closID\":\"$T-c\""
	has " $(tr '\n' ' ' <"$rdt/$T-c/tasks")" " $(pid_of "$T-x") " "tasks"
	end_of "$T-x"
	rmdir "$rdt/$T-c"
}

# M-87 | 1.0.0 | config-linux.md, Intel RDT | Without intelRdt nothing in resctrl is touched.
m_87() {
	resctrl || return 0
	m87=$(rdt_dirs; cat "$rdt/schemata")
	bundle "$(program sleep 1000)"
	create "$T-x"
	is "$(rdt_dirs; cat "$rdt/schemata")" "$m87" "resctrl with a container"
	end_of "$T-x"
	is "$(rdt_dirs; cat "$rdt/schemata")" "$m87" "resctrl behind it"
}

# M-88 | 1.3.0 | config-linux.md, Intel RDT | The class / is the one that is there by itself.
m_88() {
	resctrl || return 0
	m88=$(rdt_dirs)
	rdt_up '"closID":"/"'
	has " $(tr '\n' ' ' <"$rdt/tasks")" " $(pid_of "$T-x") " "tasks of the root"
	is "$(rdt_dirs)" "$m88" "classes"
	end_of "$T-x"
}

# M-89 | 1.3.0 | config-linux.md, Intel RDT | memBwSchema begins with MB: and is one line, and so is each entry of schemata.
m_89() {
	resctrl || return 0
	refused "memBwSchema of something else" "$(rdt '"memBwSchema":"L3:0=f"')"
	refused "memBwSchema of two lines" "$(rdt "\"memBwSchema\":\"$mb\\n$mb\"")"
	refused "schemata with an entry of two lines" "$(rdt "\"schemata\":[\"$l3\\n$l3\"]")"
}

# M-90 | 1.3.0 | config-linux.md, Intel RDT | l3CacheSchema, memBwSchema and schemata are written in this order; without any the schemata are as they were.
m_90() {
	resctrl || return 0
	[ -n "$l3" ] || { lacks "needs L3 cache allocation" && return 0; }
	m90=$(echo "$l3" | sed 's/=[0-9a-f]*/=1/g') m90b=$(echo "$l3" | sed 's/=[0-9a-f]*/=3/g')
	rdt_up "\"closID\":\"$T-c\",\"l3CacheSchema\":\"$m90\""
	has "$(rdt_has "$T-c")" "$m90" "l3CacheSchema"
	end_of "$T-x"
	rmdir "$rdt/$T-c"
	rdt_up "\"closID\":\"$T-c\",\"l3CacheSchema\":\"$m90\",\"schemata\":[\"$m90b\"]"
	has "$(rdt_has "$T-c")" "$m90b" "schemata behind l3CacheSchema"
	end_of "$T-x"
	rmdir "$rdt/$T-c"
	if [ -n "$mb" ]; then
		m90c=$(echo "$mb" | sed 's/= *[0-9]*/=50/g') m90d=$(echo "$mb" | sed 's/= *[0-9]*/=70/g')
		rdt_up "\"closID\":\"$T-c\",\"l3CacheSchema\":\"$m90\\n$m90d\",\"memBwSchema\":\"$m90c\""
		has "$(rdt_has "$T-c")" "$m90" "l3CacheSchema beside memBwSchema"
		has "$(rdt_has "$T-c")" "$m90c" "memBwSchema, and not what l3CacheSchema says of the bandwidth"
		end_of "$T-x"
		rmdir "$rdt/$T-c"
		rdt_up "\"closID\":\"$T-c\",\"memBwSchema\":\"$m90c\",\"schemata\":[\"$m90d\"]"
		has "$(rdt_has "$T-c")" "$m90d" "schemata behind memBwSchema"
		end_of "$T-x"
		rmdir "$rdt/$T-c"
	else
		lacks "needs memory bandwidth allocation"
	fi
	m90=$(cat "$rdt/schemata")
	rdt_up '"closID":"/"'
	is "$(cat "$rdt/schemata")" "$m90" "no schema"
	end_of "$T-x"
}

# M-91 | 1.0.2 | config-linux.md, Intel RDT | Without a closID the class has the container's name, and goes with it.
m_91() {
	resctrl || return 0
	rdt_up "\"l3CacheSchema\":\"$l3\""
	[ -d "$rdt/$T-x" ] && good || bad "no class $T-x"
	end_of "$T-x"
	[ ! -d "$rdt/$T-x" ] && good || bad "the class $T-x is still there"
}

# M-92 | 1.0.2 | config-linux.md, Intel RDT | A class with a schema is made when it is missing; when it is there its schema must be the same.
m_92() {
	resctrl || return 0
	rdt_up "\"closID\":\"$T-c\",\"l3CacheSchema\":\"$l3\""
	[ -d "$rdt/$T-c" ] && good || bad "no class $T-c"
	end_of "$T-x"
	mkdir -p "$rdt/$T-c"
	rdt_up "\"closID\":\"$T-c\",\"l3CacheSchema\":\"$l3\""
	end_of "$T-x"
	refused "another schema than the class has" "$(rdt "\"closID\":\"$T-c\",\"l3CacheSchema\":\"$(echo "$l3" | sed 's/=[0-9a-f]*/=1/g')\"")"
	[ -z "$mb" ] || refused "another bandwidth than the class has" "$(rdt "\"closID\":\"$T-c\",\"memBwSchema\":\"$(echo "$mb" | sed 's/= *[0-9]*/=50/g')\"")"
	rmdir "$rdt/$T-c"
}

# M-93 | 1.0.2 | config-linux.md, Intel RDT | A class without a schema must be there.
m_93() {
	resctrl || return 0
	refused "a class that is not there" "$(rdt "\"closID\":\"$T-c\"")"
	[ ! -d "$rdt/$T-c" ] && good || bad "the class was made"
}

# M-94 | 1.0.2 | config-linux.md, Intel RDT | A class that the container did not make, or that was named, is not removed.
m_94() {
	resctrl || return 0
	mkdir "$rdt/$T-c"
	rdt_up "\"closID\":\"$T-c\""
	end_of "$T-x"
	[ -d "$rdt/$T-c" ] && good || bad "the class is gone"
	rmdir "$rdt/$T-c"
}

# M-95 | 1.3.0 | config-linux.md, Intel RDT | With enableMonitoring there is a monitoring group of the container's name, which goes with it.
m_95() {
	resctrl || return 0
	mkdir "$rdt/$T-c"
	rdt_up "\"closID\":\"$T-c\",\"enableMonitoring\":true"
	[ -d "$rdt/$T-c/mon_groups/$T-x" ] && good || bad "no monitoring group"
	end_of "$T-x"
	[ ! -d "$rdt/$T-c/mon_groups/$T-x" ] && good || bad "the monitoring group is still there"
	rmdir "$rdt/$T-c"
}

# M-96 | 1.1.0 | config-linux.md, Intel RDT; features-linux.md | A runtime without Intel RDT says so in features and refuses intelRdt.
m_96() {
	has_features || return 0
	case $(feature /linux/intelRdt/enabled) in
	true)
		if (resctrl); then
			resctrl
			rdt_up ''
			[ -d "$rdt/$T-x" ] && good || bad "no class $T-x"
			end_of "$T-x"
		else
			rm -f "$W/lacks"
			refused "intelRdt without resctrl" "$(rdt '"closID":"/"')"
		fi
		;;
	*)
		refused "a class" "$(rdt '"closID":"/"')"
		refused "a schema" "$(rdt '"l3CacheSchema":"L3:0=f"')"
		refused "an empty object" "$(rdt '')"
		;;
	esac
}

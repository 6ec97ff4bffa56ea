# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # the rules read and set what is here
# lib.sh - what the rules' tests share: containers by the specification's operations, and a judgement
#
# A rule is a function m_N below a line `# M-N | since | section | sentence`.  It calls, as often as it likes,
#	bad TEXT	what was seen that must not be
#	good		something was seen to be right; is, has, hasnt, refused... do both
#	lacks TEXT	a part that this kernel cannot show, and what it would take
# and has passed when there was something good and nothing bad.  It runs in a subshell of its own; what it leaves is removed.
#
#	W	work folder		B	the bundle, made anew by `bundle`
#	T	a word that is in the name of every container and cgroup of this run
#	VER	the newest specification that the runtime says it knows

good() { echo . >>"$W/good"; }
bad() { printf '%s\n' "$*" >>"$W/bad"; }
lacks() { printf '%s\n' "$*" >>"$W/lacks"; }

is() { # GOT WANTED WHAT
	if [ "$1" = "$2" ]; then good; else bad "$3: wanted '$2', got '$1'"; fi
}
has() { # TEXT PART WHAT
	case $1 in *"$2"*) good ;; *) bad "$3: '$2' is not in '$(brief "$1")'" ;; esac
}
hasnt() {
	case $1 in *"$2"*) bad "$3: '$2' is in '$(brief "$1")'" ;; *) good ;; esac
}
brief() { printf '%s' "$1" | tr '\n' '|' | cut -c1-300; }

# ---- JSON -----------------------------------------------------------------------------------------
# A configuration is a list of edits: `path=JSON`, `path+=JSON` (one more entry of an array), `-path` (away with it).
# A path is a name, or two with a dot between; what lies deeper is written out.

base() {
	cat <<X
ociVersion="$VER"
process.terminal=false
process.user={"uid":0,"gid":0}
process.args=["/probe","echo","RAN"]
process.env=["PATH=/bin:/"]
process.cwd="/"
process.capabilities={"bounding":["CAP_KILL","CAP_MKNOD","CAP_SYS_ADMIN"],"effective":["CAP_KILL","CAP_MKNOD","CAP_SYS_ADMIN"],"permitted":["CAP_KILL","CAP_MKNOD","CAP_SYS_ADMIN"]}
process.noNewPrivileges=true
root.path="$W/rootfs"
root.readonly=true
hostname="conform"
mounts=[]
mounts+={"destination":"/proc","type":"proc","source":"proc"}
mounts+={"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755","size=1m"]}
mounts+={"destination":"/dev/pts","type":"devpts","source":"devpts","options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620"]}
mounts+={"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]}
mounts+={"destination":"/host","type":"bind","source":"$W/host","options":["bind","rw"]}
linux.namespaces=[{"type":"pid"},{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"mount"}]
X
}

bundle() { # EDIT...
	mkdir -p "$B"
	{
		base
		for bundle_edit; do printf '%s\n' "$bundle_edit"; done
	} | awk '
	function drop(p, q) {
		delete val[p]
		for (q in val) if (index(q, p ".") == 1) delete val[q]
	}
	function put(p, v) {
		if (!(p in known)) { known[p] = 1; order[++n] = p }
		val[p] = v
	}
	/^-/ { drop(substr($0, 2)); next }
	{
		i = index($0, "="); p = substr($0, 1, i - 1); v = substr($0, i + 1)
		if (p ~ /\+$/) {
			p = substr(p, 1, length(p) - 1); old = (p in val) ? val[p] : "[]"
			v = substr(old, 1, length(old) - 1) (old == "[]" ? "" : ",\n") v "]"
		} else if (p !~ /\./) drop(p)
		put(p, v)
	}
	END {
		printf "{"
		for (i = 1; i <= n; i++) {
			p = order[i]
			if (!(p in val)) continue
			if (p !~ /\./) { printf "%s\n\"%s\": %s", sep, p, val[p]; sep = ","; continue }
			g = substr(p, 1, index(p, ".") - 1)
			if (done[g]++) continue
			printf "%s\n\"%s\": {", sep, g; sep = ","; inner = ""
			for (k = i; k <= n; k++) if (index(order[k], g ".") == 1 && order[k] in val) {
				printf "%s\n\t\"%s\": %s", inner, substr(order[k], length(g) + 2), val[order[k]]; inner = ","
			}
			printf "\n}"
		}
		print "\n}"
	}' >"$B/config.json"
}

# The value at a path of standard input; nothing when there is none.
json() { "$PROBE" json - "$@" 2>/dev/null; }

mount_at() { # DESTINATION SOURCE TYPE OPTION...: an entry of mounts
	printf 'mounts+={"destination":"%s","source":"%s","type":"%s","options":[' "$1" "$2" "$3"
	shift 3
	words "$@"
	printf ']}'
}
words() { # WORD...: "a","b"
	words_sep=''
	for words_one; do
		printf '%s"%s"' "$words_sep" "$words_one"
		words_sep=,
	done
}
program() { # WORD...: the program is the probe
	printf 'process.args=['
	words /probe "$@"
	printf ']'
}
mapped='linux.namespaces+={"type":"user"}
linux.uidMappings=[{"containerID":0,"hostID":100000,"size":65536}]
linux.gidMappings=[{"containerID":0,"hostID":100000,"size":65536}]'

# ---- the runtime ----------------------------------------------------------------------------------

# rt WORD...: leaves $status $out $err
rt() {
	status=0
	[ -z "$VERBOSE" ] || echo "# $RT $*" >&2
	# shellcheck disable=SC2086 # options are words
	"$PROBE" timeout "$LIMIT" "$RT" $RT_OPTIONS --root "$STATE" "$@" >"$W/out" 2>"$W/err" </dev/null || status=$?
	out=$(cat "$W/out") err=$(cat "$W/err")
	[ -z "$VERBOSE" ] || [ "$status$err" = 0 ] || printf '%s\n' "status $status: $err" | sed 's/^/#   /' >&2
}

# The container's own output goes to $W/box.
create() { # ID [WORD...]
	create_id=$1
	shift
	status=0
	[ -z "$VERBOSE" ] || echo "# $RT create --bundle $B $* $create_id" >&2
	# shellcheck disable=SC2086
	"$PROBE" timeout "$LIMIT" "$RT" $RT_OPTIONS --root "$STATE" create --bundle "$B" "$@" "$create_id" \
		>"$W/box" 2>"$W/err" </dev/null || status=$?
	err=$(cat "$W/err") out=''
	[ -z "$VERBOSE" ] || [ "$status$err" = 0 ] || printf '%s\n' "status $status: $err" | sed 's/^/#   /' >&2
}
start() { rt start "$1"; }
state_of() {
	rt state "$1"
	printf '%s' "$out" | json /status
}
pid_of() {
	rt state "$1"
	printf '%s' "$out" | json /pid
}
gone() { # PID: it has ended, or does within the limit
	[ -n "$1" ] && "$PROBE" wait-pid "$1" "$LIMIT" >/dev/null 2>&1
}
# A runtime may need a moment to notice.
is_stopped() {
	stopped_left=40
	while
		rt state "$1"
		[ $status = 0 ] || return 1
		[ "$(printf '%s' "$out" | json /status)" != stopped ]
	do
		stopped_left=$((stopped_left - 1))
		[ $stopped_left -gt 0 ] || return 1
		"$PROBE" sleep 0.05
	done
}
within() { # SECONDS COMMAND...: until it succeeds
	within_left=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		within_left=$((within_left - 1))
		[ $within_left -gt 0 ] || return 1
		"$PROBE" sleep 0.05
	done
}

# Ends and removes a container whatever it takes; not part of any judgement.
scrub() {
	scrub_pid=$(pid_of "$1")
	# shellcheck disable=SC2086
	"$PROBE" timeout "$LIMIT" "$RT" $RT_OPTIONS --root "$STATE" delete --force "$1" >/dev/null 2>&1 </dev/null
	[ "${scrub_pid:-0}" -le 1 ] || kill -KILL "$scrub_pid" 2>/dev/null
}

# end_of ID: kill, wait, delete: the regular end of a container that waits or runs
end_of() {
	end_pid=$(pid_of "$1")
	rt kill "$1" KILL
	gone "$end_pid"
	is_stopped "$1"
	rt delete "$1"
	[ "$status" = 0 ] || scrub "$1"
}

# box EDIT...: one container from create to delete; $status is that of the first operation to fail, $out what the
# program said.  `run` is no operation of the specification, and is not used.
box() {
	bundle "$@"
	again
}
again() { # [WORD...]: the bundle as it is
	create "$T-box" "$@"
	if [ $status != 0 ]; then
		out=$(cat "$W/box")
		return 0
	fi
	again_pid=$(pid_of "$T-box") again_err=$err
	start "$T-box"
	if [ $status != 0 ]; then
		again_status=$status again_err=$err
		scrub "$T-box"
		status=$again_status err=$again_err out=$(cat "$W/box")
		return 0
	fi
	gone "$again_pid" || again_err="$again_err the program did not end"
	is_stopped "$T-box"
	rt delete "$T-box"
	[ $status = 0 ] || { again_status=$status && scrub "$T-box" && status=$again_status; }
	out=$(cat "$W/box") err="$again_err$err"
}
fact() { printf '%s\n' "$out" | sed -n "s|^$1=||p" | head -n 1; }

works() { # WHAT
	if [ "$status" = 0 ]; then good; else bad "$1: status $status: $(brief "$err $out")"; fi
}

# ---- what is left behind --------------------------------------------------------------------------

# Mounts of this mount namespace, states, cgroups and resctrl groups with our name, processes that nobody waits for but process 1.
traces() {
	cut -d' ' -f4- /proc/self/mountinfo | sed 's/^/mount /'
	find "$STATE" -name "*$T*" 2>/dev/null | sed 's/^/state /'
	find /sys/fs/cgroup -type d -name "*$T*" 2>/dev/null | sed 's/^/cgroup /'
	[ -z "${RESCTRL:-}" ] || find "$RESCTRL" -type d -name "*$T*" | sed 's/^/resctrl /'
	cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) (\(.*\)) [^Z] 1 .*/process \1 \2/p" | grep -v "^process $MAIN "
}
before() { traces | sort >"$W/before"; }
left() { # the differences, after a moment for what is still ending
	left_tries=20
	while
		traces | sort >"$W/after"
		! cmp -s "$W/before" "$W/after" && [ $left_tries -gt 0 ]
	do
		left_tries=$((left_tries - 1))
		"$PROBE" sleep 0.05
	done
	# a process that has begun another program since, as a container does that was started just before, is still the same
	awk '{ k = $1 == "process" ? $1 " " $2 : $0 }
		NR == FNR { n[k]++; line[k] = $0; next }
		n[k]-- > 0 { next }
		{ print "+" $0 }
		END { for (l in n) if (n[l] > 0) print "-" line[l] }' "$W/before" "$W/after"
}
nothing_left() { # WHAT
	nothing=$(left)
	if [ -z "$nothing" ]; then good; else bad "$1: left behind: $(brief "$nothing")"; fi
}

# refused WHAT EDIT...: create must fail, run nothing, and leave the host as it was
refused() {
	refused_what=$1
	shift
	bundle "$@"
	refused_bundle "$refused_what"
}
refused_bundle() {
	before
	create "$T-no"
	if [ $status = 0 ]; then
		bad "$1: accepted"
		scrub "$T-no"
		return
	fi
	[ $status != 124 ] || bad "$1: no answer in $LIMIT s"
	hasnt "$(cat "$W/box")" RAN "$1: refused, and the program ran"
	rt state "$T-no"
	[ $status != 0 ] || bad "$1: refused, and there is a container"
	nothing_left "$1"
}
# refused_late WHAT EDIT...: the same for what concerns the program: create or start must fail
refused_late() {
	late_what=$1
	shift
	bundle "$@"
	before
	create "$T-no"
	if [ $status = 0 ]; then
		start "$T-no"
		[ $status != 0 ] || bad "$late_what: accepted"
		"$PROBE" sleep 0.02
		scrub "$T-no"
	fi
	[ $status != 124 ] || bad "$late_what: no answer in $LIMIT s"
	hasnt "$(cat "$W/box")" RAN "$late_what: the program ran"
	nothing_left "$late_what"
}
# fails WHAT WORD...: an operation must fail
fails() {
	fails_what=$1
	shift
	rt "$@"
	if [ $status != 0 ] && [ $status != 124 ]; then good; else bad "$fails_what: status $status"; fi
}

# ---- the machine ----------------------------------------------------------------------------------

ns_of() { readlink "/proc/$1/ns/$2"; }
is_cgroup2() { awk '$5 == "/sys/fs/cgroup"' /proc/self/mountinfo | grep -q ' - cgroup2 '; }
# cgroup CONTROLLER: sets $cg to the folder below which its groups are; without it the rule has a part that is lacking
cgroup() {
	cg=$(awk -v c="$1" '{
		for (i = 7; i <= NF && $i != "-"; i++);
		n = split($(i + 3), o, ",")
		if ($(i + 1) == "cgroup") for (k = 1; k <= n; k++) if (o[k] == c) { print $5; exit }
	}' /proc/self/mountinfo)
	if [ -z "$cg" ] && is_cgroup2 && grep -qw "$1" /sys/fs/cgroup/cgroup.controllers; then cg=/sys/fs/cgroup; fi
	[ -n "$cg" ] || lacks "needs the cgroup controller $1"
	[ -n "$cg" ]
}
cgroup2() {
	cg=/sys/fs/cgroup
	is_cgroup2 && grep -q . $cg/cgroup.controllers || { lacks "needs cgroup v2 with controllers" && return 1; }
}
cgroup_any() { # a folder where groups can be made, for what concerns places and not limits
	if is_cgroup2; then cg=/sys/fs/cgroup; else cgroup pids || cgroup memory; fi
}
at_group='linux.cgroupsPath="/%s"'
group() { printf "$at_group" "$T-$1"; } # NAME: the edit that puts the container into /$T-NAME
of_group() { # NAME FILE1 FILE2: a file of that group, by the version's name for it
	if is_cgroup2; then cat "$cg/$T-$1/$3"; else cat "$cg/$T-$1/$2"; fi 2>&1
}
has_cap() { # NUMBER: this process has the capability
	has_cap_set=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
	[ $((0x$has_cap_set >> $1 & 1)) = 1 ]
}
features_has() { printf '%s' "$FEATURES" | json "$1" >/dev/null; }
feature() { printf '%s' "$FEATURES" | json "$@"; }
has_features() { [ -n "$FEATURES" ] || { bad "the runtime has no features operation" && return 1; }; }
# background WORD...: a program beside the test, its pid in $!; it ends with the rule
background() {
	"$@" >"$W/background" 2>&1 </dev/null &
	echo $! >>"$W/pids"
}
mkroot() { # DIR
	mkdir -p "$1"
	for mkroot_dir in bin dev dev/pts etc proc sys tmp mnt host; do mkdir -p "$1/$mkroot_dir"; done
	ln "$PROBE" "$1/probe" 2>/dev/null || cp "$PROBE" "$1/probe"
	chmod 1777 "$1/tmp"
}

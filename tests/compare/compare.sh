#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh - one bundle, several runtimes: is the container the same, seen from inside?
#
#	tests/compare/compare.sh [-v] [CONFIG.json]...
#
# Without arguments: what `runc spec` writes, what podman really wrote (tests/data/podman-*), and a
# second process joining a container (podman's exec).  Configurations are changed in nothing but
# their rootfs path and the program, which is `probe all`.  Every fact that is not the same in all
# of mote, crun and runc is printed on one line,
#
#	CONFIG KEY | mote=VALUE | crun=VALUE | runc=VALUE
#
# with the reason from accepted.txt, whose lines are an extended regular expression for such a line,
# a tab, and why that is so.  A line without a reason, or a runtime that fails, makes the exit
# status 1.  RUNTIMES changes who takes part; -v keeps what the probe said in build/compare.
set -u
verbose=''
[ "${1:-}" != -v ] || { verbose=1 && shift; }
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
private_pids ${verbose:+-v} "$@"
need root cmd:jq cmd:script

accepted=$TESTS/compare/accepted.txt
work=$TESTDIR
probe_out=$work/out
mkdir -p "$probe_out"

# The machine has cgroups in both versions, which crun refuses; version 1 alone has all controllers
# and so real limits.
private_cgroup1 || exit 1
# podman's cgroupsPath is /mote-test/ID, and nobody removes the parent.
[ -e /sys/fs/cgroup/memory/mote-test ] || at_exit 'rmdir /sys/fs/cgroup/*/mote-test 2>/dev/null'
mount -t tmpfs -o mode=755 tmpfs /run || exit 1

program_of() {
	case $1 in
	mote) echo "$MOTE" ;;
	*) command -v "$1" ;;
	esac
}

runtimes=''
for runtime in ${RUNTIMES:-mote crun runc}; do
	program=$(program_of "$runtime")
	if [ -x "$program" ]; then
		runtimes="$runtimes $runtime"
	else
		echo "$runtime: not here, left out"
	fi
done

# Namespaces by what they are to the caller.  A terminal adds carriage returns, and the echo of
# script's own end of input.
find_probe
"$PROBE" ns >"$work/host.ns"
normalise() {
	tr -d '\r\b' <"$1" | sed -e 's/^\(\^[@D]\)*//' -e '/^$/d' | awk -F= '
	FILENAME != "-" { host[$1] = $2; next }
	/^ns\./ && !($2 ~ /^\?/) { print $1 "=" ($2 == host[$1] ? "host" : "own"); next }
	{ print }' "$work/host.ns" -
}

# A config of podman names no host path but the rootfs; `runc spec` gives a terminal to all.  On a
# terminal the probe waits a little: a size may be passed on after the program has begun.
adapt() {
	jq --arg root "$work/rootfs" --arg name "$1" '.root.path = $root
		| .process.args = ["/probe", "all"]
		| if $name == "spec" then .process.terminal = false else . end
		| if .process.terminal then .process.args = ["/probe", "sleep", "0.5", "++", "all"]
			else . end' "$2"
}

# run_bundle RUNTIME CONFIG DIR: all three streams are pipes, or a terminal of the size 24 x 80
run_bundle() {
	set -- "$(program_of "$1")" "$1" "$2" "$3"
	if jq -e .process.terminal "$4/config.json" >/dev/null; then
		timeout 20 script -qec "stty rows 24 cols 80; '$1' run -b '$4' same" /dev/null \
			>"$probe_out/$3.$2.raw" 2>&1 </dev/null
	else
		: | timeout 20 "$1" run -b "$4" same 2>&1 | cat >"$probe_out/$3.$2.raw"
	fi
}

# A container that waits, and podman's exec process beside its first one.
run_exec() {
	set -- "$(program_of "$1")" "$1" "$2" "$3"
	timeout 20 "$1" run -d -b "$4" same >"$work/exec.err" 2>&1 </dev/null
	: | timeout 20 "$1" exec --process "$work/process.json" same 2>&1 |
		cat >"$probe_out/$3.$2.raw"
	grep -q '^uid=' "$probe_out/$3.$2.raw" || cat "$work/exec.err" >>"$probe_out/$3.$2.raw"
	"$1" delete --force same >/dev/null 2>&1
}

failures=0
# one NAME RUNNER: in each runtime, the probe's words to NAME.RUNTIME
one() {
	for runtime in $runtimes; do
		"$2" "$runtime" "$1" "$work/bundle.$1"
		normalise "$probe_out/$1.$runtime.raw" >"$probe_out/$1.$runtime"
		if ! grep -q '^uid=' "$probe_out/$1.$runtime"; then
			echo "$1: $runtime FAILED: $(head -n 3 "$probe_out/$1.$runtime.raw" | cut -c1-300)"
			rm "$probe_out/$1.$runtime"
			failures=$((failures + 1))
		fi
	done
}

# The facts of one configuration side by side; a key that comes twice (mounts on each other) counts.
side_by_side() {
	side_files=''
	for runtime in $runtimes; do
		[ ! -e "$probe_out/$1.$runtime" ] || side_files="$side_files $probe_out/$1.$runtime"
	done
	# shellcheck disable=SC2086
	[ -z "$side_files" ] || awk -v config="$1" '
	FNR == 1 { seen_in = FILENAME; sub(/.*\./, "", seen_in); tools[++n] = seen_in; delete times }
	{
		cut = index($0, "="); key = substr($0, 1, cut - 1)
		if (++times[key] > 1) key = key "#" times[key]
		value[key, seen_in] = substr($0, cut + 1)
		if (!(key in known)) { known[key]; keys[++k] = key }
	}
	END {
		for (i = 1; i <= k; i++) {
			key = keys[i]; same = 1; line = config " " key
			for (t = 1; t <= n; t++) {
				v = ((key, tools[t]) in value) ? value[key, tools[t]] : "-"
				if (t > 1 && v != first) same = 0
				if (t == 1) first = v
				line = line " | " tools[t] "=" v
			}
			if (!same) print "differs\t" line
		}
		print "facts\t" config "\t" k "\t" n
	}' $side_files
}

mkrootfs "$work/rootfs"
if [ $# = 0 ]; then
	mkdir -p "$work/spec"
	runc spec -b "$work/spec" 2>/dev/null || cp "$TESTS/bench/config.json" "$work/spec"
	set -- "$work/spec/config.json" "$TESTS"/data/podman-*.config.json
	with_exec=1
fi
configs=''
for file; do
	name=$(basename "$(dirname "$file")")
	[ "$(basename "$file")" = config.json ] || name=$(basename "$file" .config.json)
	mkdir -p "$work/bundle.$name"
	adapt "$name" "$file" >"$work/bundle.$name/config.json" || exit 1
	configs="$configs $name"
	one "$name" run_bundle
done
if [ -n "${with_exec:-}" ]; then
	mkdir -p "$work/bundle.exec"
	jq '.process.args = ["/probe", "sleep", "30"]' "$work/bundle.podman-default/config.json" \
		>"$work/bundle.exec/config.json"
	jq '.args = ["/probe", "all"]' "$TESTS/data/podman-exec.process.json" >"$work/process.json"
	configs="$configs exec"
	one exec run_exec
fi
for name in $configs; do side_by_side "$name"; done >"$work/all"

# Lines that say the same of several configurations are shown once.
awk -F'\t' -v OFS='\t' '
FILENAME ~ /accepted.txt$/ {
	if ($0 !~ /^#/ && NF > 1) { regex[++r] = $1; reason[r] = $2 }
	next
}
$1 == "facts" { facts[$2] = $3; tools[$2] = $4; order[++n] = $2; next }
{
	why = ""
	for (i = 1; i <= r && why == ""; i++)
		if ($2 ~ regex[i]) { why = reason[i]; used[i] = 1 }
	config = $2; sub(/ .*/, "", config)
	rest = substr($2, length(config) + 2)
	differs[config]++
	if (why == "") unexplained[config]++
	if (!(rest in where)) { lines[++l] = rest; reasons[rest] = why }
	where[rest] = where[rest] (where[rest] == "" ? "" : " ") config
}
END {
	for (i = 1; i <= l; i++) {
		text = lines[i]; gsub(/ \| /, "\n    ", text)
		printf "%s   [%s]\n    => %s\n", text, where[lines[i]],
			reasons[lines[i]] == "" ? "NOT EXPLAINED" : reasons[lines[i]]
	}
	printf "\n%-20s %8s %6s %8s %13s\n", "configuration", "runtimes", "facts", "differ",
		"not explained"
	for (i = 1; i <= n; i++) {
		printf "%-20s %8d %6d %8d %13d\n", order[i], tools[order[i]], facts[order[i]],
			differs[order[i]], unexplained[order[i]]
		bad += unexplained[order[i]]
	}
	for (i = 1; i <= r; i++)
		if (!used[i]) printf "accepted.txt: not needed in this run: %s\n", regex[i]
	exit bad > 0
}' "$accepted" "$work/all" || failures=$((failures + 1))
if [ -n "$verbose" ]; then
	mkdir -p "$TOP/build/compare"
	cp "$probe_out"/* "$TOP/build/compare/"
	echo "what the probe said: build/compare"
fi
[ "$failures" = 0 ]

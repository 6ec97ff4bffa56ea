#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh - what one container costs: the kernel's floor, mote, crun and runc on one bundle
#
#	tests/bench/bench.sh [-n ROUNDS] [-m MOTE_BINARY] [-g GAP_MS] [-o OUTPUT_DIR] [-s]
#
# -s also counts crun's user instructions one by one, which takes minutes.  A tool that is not
# installed is left out.  The output directory (build/bench) gets bench.txt, time.tsv, raw.tsv,
# memory.tsv and bench.svg.
#
# All run in a private mount namespace with cgroup version 2 mounted read-only, so that nobody has
# work with cgroups: mote and crun are told so, runc takes the refusal of a read-only mount in its
# --rootless mode (which changes nothing else).  The bundle is config.json without its cgroup
# mount: on an idle machine the kernel makes the first such mount in a while wait for 7 to 13 ms,
# whoever asks, and that would bury what is measured here.  A second, short table has it.
set -u

rounds=200 gap=0 steps='' output='' mote=${MOTE:-}
while getopts n:m:g:o:s option; do
	case $option in
	n) rounds=$OPTARG ;;
	m) mote=$OPTARG ;;
	g) gap=$OPTARG ;;
	o) output=$OPTARG ;;
	s) steps=1 ;;
	*) echo "usage: bench.sh [-n ROUNDS] [-m MOTE] [-g GAP_MS] [-o DIR] [-s]" >&2 && exit 64 ;;
	esac
done
[ -z "$mote" ] || MOTE=$mote
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
output=${output:-$TOP/build/bench}
mkdir -p "$output"
output=$(cd "$output" && pwd)

if [ -z "${BENCH_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] || { echo "bench: needs root" >&2 && exit 1; }
	cleanup
	BENCH_INSIDE=1 exec unshare -m --propagation private sh "$0" -n "$rounds" -g "$gap" \
		-o "$output" -m "$MOTE" ${steps:+-s}
fi

say() { printf '%s\n' "$*" | tee -a "$output/bench.txt"; }
table() { tee -a "$output/bench.txt"; }

work=$TESTDIR/work
errors=$output/errors.txt

prepare() {
	: >"$output/bench.txt"
	: >"$errors"
	find_probe
	# shellcheck disable=SC2154 # lib.sh sets it
	find_static bench/floor && FLOOR=$found
	find_static bench/measure && MEASURE=$found
	private_cgroup2 ro || exit 1
	# State directories and bundle lie on a tmpfs, as /run does on a real machine.
	mkdir -p "$work" && mount -t tmpfs -o mode=755 tmpfs "$work" || exit 1
	# mote-ro: the same binary on a read-only mount, as on a squashfs root; it need not execute itself again there.
	mkdir -p "$work/ro"
	if [ -x "$MOTE" ] && cp "$MOTE" "$work/ro/mote"; then
		mount --bind "$work/ro" "$work/ro" && mount -o remount,bind,ro "$work/ro" || exit 1
	fi
	mkdir -p "$work/rootfs/proc" "$work/rootfs/dev" "$work/rootfs/sys"
	cp "$PROBE" "$work/rootfs/probe"
	for p_kind in plain cgroup plain.all cgroup.all; do
		mkdir -p "$work/$p_kind"
		jq --arg root "$work/rootfs" --arg kind "$p_kind" '.root.path = $root
			| if $kind | startswith("plain") then
				.mounts |= map(select(.type != "cgroup")) else . end
			| if $kind | endswith("all") then .process.args = ["/probe", "all"]
				else . end' "$TESTS/bench/config.json" >"$work/$p_kind/config.json"
	done
}

# command_of TOOL KIND: sets $command, whose words have no blanks in them
command_of() {
	case $1 in
	floor)
		command="$FLOOR"
		case $2 in cgroup*) command="$command -c" ;; esac
		command="$command $work/rootfs /probe"
		case $2 in *.all) command="$command all" ;; *) command="$command true" ;; esac
		;;
	mote-ro) command="$work/ro/mote --root $work/mote --cgroup-manager=disabled run -b $work/$2 @" ;;
	mote) command="$MOTE --root $work/mote --cgroup-manager=disabled run -b $work/$2 @" ;;
	crun) command="crun --root $work/crun --cgroup-manager=disabled run -b $work/$2 @" ;;
	runc) command="runc --root $work/runc --rootless=true run -b $work/$2 @" ;;
	esac
}

# Those that are here and can run the bundle at all.
find_tools() {
	tools=''
	for tool in floor mote mote-ro crun runc; do
		case $tool in
		mote-ro) [ -x "$work/ro/mote" ] || continue ;;
		mote) [ -x "$MOTE" ] || { say "mote: no binary at $MOTE, left out" && continue; } ;;
		crun | runc) command -v "$tool" >/dev/null || { say "$tool: not installed" && continue; } ;;
		esac
		command_of "$tool" plain.all
		command=$(echo "$command" | sed 's/ @/ once/')
		# shellcheck disable=SC2086
		if ! $command >"$work/$tool.all" 2>"$work/$tool.err" </dev/null; then
			say "$tool: cannot run the bundle, left out: $(head -c 300 "$work/$tool.err")"
			continue
		fi
		tools="$tools $tool"
	done
}

# What must be equal for a comparison of times: where mounts are, devices, capabilities, limits,
# names, flags.  How a mount over /proc/keys is made is each tool's own affair.
essence() {
	sed -n -e 's/^\(mount\.[^=]*\)=.*/\1/p' -e '/^dev\.\/dev\/core=/d' -e '/^dev\./p' \
		-e '/^cap\./p' -e '/^rlimit\./p' -e '/^hostname=/p' -e '/^no_new_privs=/p' \
		-e '/^[ug]id=/p' -e '/^groups=/p' -e '/^umask=/p' -e '/^env\./p' -e '/^net\./p' \
		-e '/^ns\.[^=]*=/s/:.*//p' -e '/^seccomp/p' -e '/^sid=/p' "$1"
}

show_equal() {
	say "== one container? probe all in each, against floor's"
	unequal=''
	essence "$work/floor.all" >"$work/floor.essence"
	for tool in $tools; do
		essence "$work/$tool.all" >"$work/$tool.essence"
		if diff "$work/floor.essence" "$work/$tool.essence" >"$work/$tool.diff"; then
			say "$tool: equal ($(wc -l <"$work/$tool.essence") facts," \
				"$(grep -c '^mount\.' "$work/$tool.essence") mounts)"
		else
			unequal="$unequal $tool"
			say "$tool: NOT EQUAL: its times are of another container"
			grep '^[<>]' "$work/$tool.diff" | table
		fi
	done
}

# all_commands KIND: sets $all, the tools' commands as measure wants them
all_commands() {
	all=''
	for tool in $tools; do
		command_of "$tool" "$1"
		all="$all${all:+ ++ }$tool $command"
	done
}

# show_times FILE: time.tsv as a table in milliseconds, with what it is as a multiple of floor
show_times() {
	awk -F'\t' '
	NR == 1 { printf "%-6s %8s %8s %8s %8s %11s %11s\n", "tool", "min ms", "p10", "median",
		"p90", "x floor min", "x floor med"; next }
	NR == 2 { min = $4; med = $6 }
	{ printf "%-6s %8.2f %8.2f %8.2f %8.2f %11.2f %11.2f%s\n", $1, $4 / 1e3, $5 / 1e3, $6 / 1e3,
		$7 / 1e3, $4 / min, $6 / med, $3 ? "  FAILED " $3 " times" : "" }' "$1" | table
}

run_times() {
	all_commands plain
	say "" && say "== one run, start to end: $rounds rounds in turns, $gap ms apart"
	# shellcheck disable=SC2086
	"$MEASURE" time -n "$rounds" -w 10 -g "$gap" -e "$errors" -o "$output/raw.tsv" $all \
		>"$output/time.tsv" || exit 1
	show_times "$output/time.tsv"
	few=$((rounds / 4 + 1))
	say "" && say "== the same on a machine that slept before: $few rounds, 50 ms apart"
	# shellcheck disable=SC2086
	"$MEASURE" time -n "$few" -w 5 -g 50 -e "$errors" $all >"$output/time-idle.tsv" || exit 1
	show_times "$output/time-idle.tsv"
	all_commands cgroup
	say "" && say "== with the cgroup mount of runc spec, back to back: $few rounds"
	# shellcheck disable=SC2086
	"$MEASURE" time -n "$few" -w 5 -e "$errors" $all >"$output/time-cgroup.tsv" || exit 1
	show_times "$output/time-cgroup.tsv"
}

# size FILE: bytes of a program and of the libraries it loads
size() {
	size_libs=$(ldd "$1" 2>/dev/null | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }')
	# shellcheck disable=SC2086
	stat -Lc %s "$1" $size_libs | awk 'NR == 1 { own = $1 } { all += $1 }
		END { printf "%d\t%d\t%d\n", own, NR - 1, all }'
}

program_of() {
	case $1 in
	floor) echo "$FLOOR" ;;
	mote | mote-ro) echo "$MOTE" ;;
	*) command -v "$1" ;;
	esac
}

run_costs() {
	all_commands plain
	# shellcheck disable=SC2086
	"$MEASURE" count -n 15 -e "$errors" $all >"$output/count.tsv"
	# shellcheck disable=SC2086
	"$MEASURE" trace -n 3 -x /probe -e "$errors" $all >"$output/memory.tsv"
	for tool in $tools; do
		printf 'size\t%s\t%s\n' "$tool" "$(size "$(program_of "$tool")")"
	done >"$output/size.tsv"
	say "" && say "== what a run takes (the container's own program left out)"
	say "   peak: the largest VmHWM among its processes; cpu, faults: all processes, median of 15"
	awk -F'\t' '
	FILENAME ~ /size/ { own[$2] = $3; libs[$2] = $4; with[$2] = $5; next }
	FILENAME ~ /count/ { if (FNR > 1) { cpu[$1] = $4; faults[$1] = $5; switches[$1] = $6
		iu[$1] = $7; ik[$1] = $8 } next }
	$1 == "total" { if (!($2 in calls)) order[++n] = $2
		if (!($2 in calls) || $5 < calls[$2]) { calls[$2] = $5; failed[$2] = $6 }
		procs[$2] = $3; images[$2] = $4
		if ($7 > peak[$2]) { peak[$2] = $7; anon[$2] = $8 } }
	END {
		printf "%-6s %9s %5s %9s %9s %6s %5s %6s %7s %7s %7s %7s %8s %11s %11s\n", "tool",
			"binary", "libs", "with libs", "processes", "execs", "calls", "failed",
			"peak KB", "anon KB", "cpu us", "faults", "switches", "insn user", "insn kernel"
		for (i = 1; i <= n; i++) { t = order[i]
			printf "%-6s %9d %5d %9d %9d %6d %5d %6d %7d %7d %7s %7s %8s %11s %11s\n", t,
				own[t], libs[t], with[t], procs[t], images[t] - procs[t] + 1, calls[t],
				failed[t], peak[t], anon[t], cpu[t], faults[t], switches[t], iu[t], ik[t] }
	}' "$output/size.tsv" "$output/count.tsv" "$output/memory.tsv" | table
	say "" && say "== its processes, one program after the other"
	awk -F'\t' '$1 == "image" { printf "%-6s %-8s %-28s calls %4d  VmHWM %6d KB  anonymous %5d KB\n",
		$2, $3, $4, $5, $7, $9 }' "$output/memory.tsv" | table
}

# Where the machine has no instruction counter, a debugger's single steps say the same of user code,
# to the instruction; 30 us a step here, so only for the small ones.
run_steps() {
	if ! grep -q 'n/a' "$output/count.tsv"; then
		return 0
	fi
	say "" && say "== user instructions, single-stepped (no counter: perf_event_open refuses here)"
	for tool in $tools; do
		case $tool in crun) [ -n "$steps" ] || continue ;; runc) continue ;; esac
		command_of "$tool" plain
		# shellcheck disable=SC2086
		timeout 900 "$MEASURE" steps -x /probe -e "$errors" "$tool" $command |
			awk -F'\t' 'NR > 1 { printf "%-6s %9d\n", $1, $3 }' | table
	done
}

# The goals are of mote alone: 1.5 times the floor, a third of crun, an eighth of runc, 500 KB.
show_goals() {
	case " $tools " in *" mote "*) ;; *) return 0 ;; esac
	say "" && say "== goals (medians)"
	awk -F'\t' '
	FILENAME ~ /time/ { if (FNR > 1) med[$1] = $6; next }
	$1 == "total" && $2 == "mote" && $7 > peak { peak = $7 }
	function goal(what, have, want, up) {
		printf "%-6s %-28s %8.2f  wanted %s %s\n",
			(up ? have >= want : have <= want) ? "met" : "MISSED", what, have,
			up ? "at least" : "at most", want }
	END {
		goal("mote / floor", med["mote"] / med["floor"], 1.5, 0)
		if (med["crun"]) goal("crun / mote", med["crun"] / med["mote"], 3, 1)
		if (med["runc"]) goal("runc / mote", med["runc"] / med["mote"], 8, 1)
		goal("peak RSS of any process, KB", peak, 500, 0)
	}' "$output/time.tsv" "$output/memory.tsv" | table
}

machine() {
	printf '%s, %s processors, Linux %s' "$(uname -m)" "$(nproc)" "$(uname -r)"
}

prepare
say "bench: $(machine), $(date -u +%Y-%m-%d)"
for tool in mote crun runc; do
	[ ! -x "$(program_of $tool)" ] || say "  $("$(program_of $tool)" --version | head -n 1)"
done
find_tools
show_equal
run_times
run_costs
run_steps
show_goals
awk -v note="$(machine); $rounds rounds in turns; bundle of runc spec, no cgroup work" \
	-f "$TESTS/bench/chart.awk" "$output/time.tsv" >"$output/bench.svg"
say "" && say "written: $output/bench.txt bench.svg time.tsv raw.tsv memory.tsv"
if [ -s "$errors" ]; then
	say "messages of the tools: $errors"
fi
[ ! -x "$work/ro/mote" ] || umount "$work/ro" # a mount below, not a busy process, kept $work from going
umount "$work"
[ -z "$unequal" ]

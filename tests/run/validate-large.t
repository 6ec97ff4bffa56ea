#!/bin/sh
# validate-large.t - a configuration of 100,000 entries or 10 MB: the work grows as the file does, counted in instructions
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
need VALIDATE cmd:valgrind

# many KIND N: a config.json with N entries of that kind
many() {
	awk -v k="$1" -v n="$2" '
	function list(before, each, after) {
		printf "%s", start before
		for (i = 0; i < n; i++) printf "%s" each, i ? "," : "", i
		print after
	}
	BEGIN {
		start = "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},"
		program = "\"process\":{\"cwd\":\"/\",\"args\":[\"/bin/sh\"]"
		linux = program "},\"linux\":{\"namespaces\":[{\"type\":\"mount\"}],"
		if (k == "env") list(program ",\"env\":[", "%d", "]}}")
		if (k == "rlimits") list(program ",\"rlimits\":[", "{\"type\":\"RLIMIT_NOFILE\",\"soft\":6,\"hard\":5,\"x%d\":1}", "]}}")
		if (k == "annotations") list(program "},\"annotations\":{", "\"a.%d\":\"\"", "}}")
		if (k == "twice") list(program "},\"annotations\":{\"a.b\":\"\",", "\"a.b\":\"%d\"", "}}")
		if (k == "unknown") list(program "},", "\"x%d\":{\"y\":[1,{}]}", "}")
		if (k == "mounts") list(program "},\"mounts\":[", "{\"destination\":%d,\"options\":[\"rw\",3]}", "]}")
		if (k == "mounts-good") list(program "},\"mounts\":[", "{\"destination\":\"/m%d\",\"type\":\"tmpfs\",\"source\":\"t\"}", "]}")
		if (k == "hooks") list(program "},\"hooks\":{\"poststop\":[", "{\"path\":\"x%d\",\"timeout\":0}", "]}}")
		if (k == "masked") list(linux "\"maskedPaths\":[", "\"x%d\"", "]}}")
		if (k == "devices") list(linux "\"devices\":[", "{\"path\":\"/dev/d%d\",\"type\":\"c\"}", "]}}")
		if (k == "sysctl") list(linux "\"sysctl\":{", "\"net.x%d\":\"1\"", "}}}")
		if (k == "seccomp") list(linux "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[",
			"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"errnoRet\":%d}", "]}}}")
	}' >"$TESTDIR/$1.$2"
}

# cost OPTION KIND N: how many instructions it takes
cost() {
	many "$2" "$3"
	# shellcheck disable=SC2086
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$MOTE" validate $1 "$TESTDIR/$2.$3" 2>&1 >/dev/null |
		sed -n 's/^==[0-9]*== Collected : //p'
}
for kind in env rlimits annotations twice unknown mounts mounts-good hooks masked devices sysctl seccomp; do
	for option in "" --strict; do
		small=$(cost "$option" $kind 1000) large=$(cost "$option" $kind 4000)
		note "$kind $option: $small instructions for a thousand, $large for four"
		check "$kind${option:+ with $option}: four times the entries in at most five times the instructions" \
			test "${small:-0}" -gt 10000 -a "$large" -gt "$small" -a "$large" -lt $((small * 5))
	done
done

many env 100000
run_in 60 "$MOTE" validate "$TESTDIR/env.100000"
is "$status:$(printf '%s\n' "$out" | wc -l):$(printf '%s\n' "$out" | tail -n 1)" "1:101:and 99900 more" "a hundred thousand faults: a hundred are told, the others counted"
many unknown 500000
check "a file of more than 10 MB" test "$(wc -c <"$TESTDIR/unknown.500000")" -gt 10485760
run_in 60 "$MOTE" validate "$TESTDIR/unknown.500000"
is "$status:$out" "0:" "is read to its end"
# What is read and not kept takes no memory but the text's own: a page or two, whatever the size.
if command -v strace >/dev/null; then
	strace -f -e trace=mmap,brk,mremap -o "$TESTDIR/trace" "$MOTE" validate "$TESTDIR/unknown.500000"
	more=$(awk -v size="$(wc -c <"$TESTDIR/unknown.500000")" '/mmap\(/ { split($0, a, ", "); sum += a[2] } END { print sum - size }' "$TESTDIR/trace")
	check "with $more bytes of memory besides" test "$more" -lt 65536 -a "$more" -gt 0
else
	skip "memory" "needs strace"
fi
finish

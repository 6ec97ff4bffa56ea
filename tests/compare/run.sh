#!/bin/sh
# run.sh - compare.sh as a test: of no configuration may a difference between mote, runc and crun be without a reason
# SPDX-License-Identifier: MIT
here=$(cd "$(dirname "$0")" && pwd)
for need in runc crun jq unshare; do
	command -v $need >/dev/null || { echo "1..0 # SKIP needs $need" && exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP needs root" && exit 0; }
[ -d /sys/fs/cgroup/memory ] || { echo "1..0 # SKIP needs version 1 cgroups, for crun and runc beside each other" && exit 0; }

table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
status=0
"$here/compare.sh" >"$table" 2>&1 || status=$?
# The rows behind the heading: configuration, runtimes, facts, differ, not explained.  A runtime that fails says so in a line of its
# own.
awk -v status=$status '
	/ FAILED: / { failures++ }
	/^configuration/ { rows = 1; next }
	rows && NF == 5 && $2 ~ /^[0-9]+$/ {
		good = $3 > 100 && $5 == 0 && $2 == 3
		if (!good) bad = 1
		if ($1 == "exec") exec = 1
		printf "%s %d - %s: %d facts of %d runtimes, no difference without a reason\n", good ? "ok" : "not ok", ++n, $1, $3, $2
	}
	END {
		good = n == 5 && exec && !failures && !bad && !status
		printf "%s %d - five configurations, and no runtime failed\n1..%d\n", good ? "ok" : "not ok", n + 1, n + 1
		exit !good
	}' "$table" || { sed 's/^/# /' "$table"; exit 1; }

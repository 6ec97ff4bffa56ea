#!/bin/sh
# mote.t - the conformance suite for mote: 97 rules
# SPDX-License-Identifier: MIT
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
PROBE=${PROBE:-${B:-$top/build/full}/tests/probe}
export PROBE
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP needs root" && exit 0; }
[ -x "$PROBE" ] || { echo "1..0 # SKIP needs $PROBE (make probes)" && exit 0; }
todo='' # ' M-49 M-50 ': faults that are known
"$here/run" "${MOTE:-$top/build/full/mote}" >"${TMPDIR:-/tmp}/conform.$$" 2>&1
awk -v todo="$todo" '
	$1 == "not" && todo != "" && index(todo, " " $5 " ") { print $0 " # TODO"; next }
	$1 == "not" { bad = 1 }
	/^1\.\./ { whole = 1 }
	{ print }
	END { exit bad || !whole }' "${TMPDIR:-/tmp}/conform.$$"
status=$?
rm -f "${TMPDIR:-/tmp}/conform.$$"
exit $status

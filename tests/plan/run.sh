#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh - the list of steps that NAME.json becomes must be NAME.plan, byte for byte
#
#	tests/plan/run.sh            all of them, as TAP
#	tests/plan/run.sh -u NAME... writes NAME.plan anew; read it before you keep it
#
# NAME.args, if there is one, holds further options.  What depends on the machine is left out: cgroups by
# --cgroup-manager=disabled, the bundle's place and the size of a compiled filter by sed.
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091,SC2154
. "$(dirname "$0")/../lib.sh"
need PLAN
here=$TESTS/plan
b=$TESTDIR/bundle
export SNAPSHOT_CGROUPS="${TESTDIR##*[./]}" # other tests may run at the same time
mkdir -p "$b/rootfs" "$b/data"

# plan_of NAME: what mote says, ended by a line with its exit status when that is not 0
plan_of() {
	cp "$here/$1.json" "$b/config.json"
	plan_args=$(cat "$here/$1.args" 2>/dev/null)
	plan_status=0
	# shellcheck disable=SC2086 # a list of options
	"$MOTE" --root /state --cgroup-manager=disabled plan $plan_args -b "$b" >"$TESTDIR/.plan" 2>&1 \
		3</dev/null 4</dev/null || plan_status=$?
	sed -e "s,$b,BUNDLE,g" -e 's/filter ([0-9]* instructions)/filter (N instructions)/' "$TESTDIR/.plan"
	[ "$plan_status" = 0 ] || echo "status $plan_status"
}

if [ "${1:-}" = -u ]; then
	shift
	for name; do plan_of "$name" >"$here/$name.plan"; done
	exit 0
fi

# Which features a case needs, by its name.
feature_of() {
	case $1 in
	seccomp-notify) echo NOTIFY ;;
	seccomp*) echo SECCOMP ;;
	hooks*) echo HOOKS ;;
	user-namespace | join) echo USERNS ;;
	terminal*) echo TTY ;;
	idmap*) echo IDMAP ;;
	devices) echo DEVICES ;;
	memory-policy) echo NUMA ;;
	esac
}

before "$b"
for f in "$here"/*.json; do
	name=${f##*/}
	name=${name%.json}
	feature=$(feature_of "$name")
	if [ -n "$feature" ] && ! have "$feature"; then
		skip "$name" "needs $feature"
		continue
	fi
	plan_of "$name" >"$TESTDIR/got"
	if cmp -s "$TESTDIR/got" "$here/$name.plan"; then
		pass "$name"
	else
		fail "$name" "$(diff "$here/$name.plan" "$TESTDIR/got" 2>&1)"
	fi
	plan_of "$name" >"$TESTDIR/again"
	check "$name: the same again" cmp -s "$TESTDIR/got" "$TESTDIR/again"
done
# A plan without its case is one that nobody has made.
for f in "$here"/*.plan "$here"/*.args; do
	[ -e "${f%.*}.json" ] || fail "${f##*/} has no .json"
done

# create walks the list that plan prints: the numbers in its sentences are the plan's.
cp "$here/minimal.json" "$b/config.json"
rmdir "$b/rootfs"
run_in 10 "$MOTE" --root "$STATE" --cgroup-manager=disabled plan -b "$b"
is "$status:$out" "1:" "a root file system that is not there has no plan"
mkdir "$b/rootfs"
rm "$b/config.json"
clean "printing a plan changes nothing" "$b"
finish

#!/bin/sh
# bootjson.t - every fault of a boot.json is told with its place, by validate and before a container starts
# SPDX-License-Identifier: MIT
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091,SC2154
. "$(dirname "$0")/../lib.sh"
need cmd:jq BOOT VALIDATE
mkbundle "$TESTDIR/b"
f=$TESTDIR/b/boot.json

# refused NAME TEXT WORDS: the one fault of that text
refused() {
	printf '%s' "$2" >"$f"
	mote_in 10 validate "$TESTDIR/b"
	is "$status:$(printf '%s\n' "$out" | grep -c error)" "1:1" "$1: one fault"
	has "$out" "$f$3" "$1: $3"
}
refused "no object" '[]' ':1:1: error: must be an object'
refused "cut off" '{"restart": "no"' ':1:17: error:'
refused "not a word of it" '{"restart": "sometimes"}' ':1:13: error: restart: '
refused "a word for a number" '{"backoff": "1s"}' ':1:13: error: backoff: '
refused "negative" '{"grace": -1}' ':1:11: error: grace: '
refused "too large" '{"timeout": 5000000000}' ':1:13: error: timeout: '
refused "twice" '{"giveUp": 1, "giveUp": 2}' ':1:15: error: giveUp: given twice'
refused "a relative path" '{"needs": {"files": ["etc/x"]}}' ':1:22: error: needs.files[0]: '
refused "a need that is no list" '{"needs": {"containers": "a"}}' ':1:26: error: needs.containers: '
refused "standard output" '{"readyFd": 1}' ':1:13: error: readyFd: must be 3 or more'
refused "ready in two ways" '{"readyFd": 3, "notify": true}' ':1:26: error: notify: there is one way to be ready'
refused "no signal" '{"stopSignal": "NOPE"}' ':1:16: error: stopSignal: no signal is called NOPE'
refused "a relative log" '{"log": "x.log"}' ':1:9: error: log: must be an absolute path or kmsg:'
refused "a limit without a file" '{"log": "kmsg:", "logLimit": 5}' ':1:30: error: logLimit: needs log to be a file'
printf '{"restrat": "no"}' >"$f"
mote_in 10 validate "$TESTDIR/b"
is "$status" 0 "a word that nobody knows is no error"
has "$out" "$f:1:2: warning: restrat: unknown, and ignored" "but told"
printf '{"needs": {"containers": ["net"], "mounts": ["/data"]}, "restart": "on-failure", "onFailure": "reboot", "stopSignal": "SIGINT", "log": "/run/x.log", "logLimit": 65536}' >"$f"
mote_in 10 validate --strict "$TESTDIR/b"
hasnt "$out" boot.json "a good one"
finish

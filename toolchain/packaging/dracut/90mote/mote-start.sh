#!/bin/sh
# mote-start.sh - starts the set of containers before the root file system is mounted
# SPDX-License-Identifier: MIT
#
# Waits until onboot has ended and every service is ready or has failed, MOTE_WAIT seconds at most (60).
[ -d /containers ] || return 0
pending() {
	/bin/mote boot --status --format=tsv 2>/dev/null | grep -v 'onshutdown' | grep -q 'waiting\|starting\|running\|cleaning\|	up	'
}
/bin/mote boot --mounts || echo "mote: not everything could be mounted"
/bin/mote boot /containers &
i=0
until /bin/mote boot --status >/dev/null 2>&1 || [ $i -ge 50 ]; do
	i=$((i + 1))
	sleep 0.1
done
i=0
while pending && [ $i -lt "${MOTE_WAIT:-60}" ]; do
	i=$((i + 1))
	sleep 1
done
:

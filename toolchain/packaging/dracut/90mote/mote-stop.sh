#!/bin/sh
# mote-stop.sh - ends the services before the machine goes on to its root; onshutdown has its turn
# SPDX-License-Identifier: MIT
/bin/mote boot --poweroff 2>/dev/null && while /bin/mote boot --status >/dev/null 2>&1; do
	sleep 0.1
done
:

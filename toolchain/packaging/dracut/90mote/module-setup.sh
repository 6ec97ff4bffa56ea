#!/bin/bash
# module-setup.sh - for dracut: mote and the containers of /etc/mote/containers into the initramfs
# SPDX-License-Identifier: MIT
#
# Goes to /usr/lib/dracut/modules.d/90mote.  Then: dracut --force --add mote
# shellcheck disable=SC2154 # moddir and initdir are dracut's

check() {
	require_binaries mote || return 1
	[ -d /etc/mote/containers ] || return 1
}

depends() { return 0; }

install() {
	inst_binary mote /bin/mote
	mkdir -p "$initdir/containers"
	cp -a /etc/mote/containers/. "$initdir/containers/"
	inst_multiple grep sleep
	inst_hook pre-mount 90 "$moddir/mote-start.sh"
	inst_hook cleanup 90 "$moddir/mote-stop.sh"
}

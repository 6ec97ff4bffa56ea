# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# 40-namespaces.sh - namespaces, devices, network devices

ns_kinds="pid:pid network:net mount:mnt ipc:ipc uts:uts user:user cgroup:cgroup time:time"
# holder EDIT...: a container whose namespaces others join; its process in $held
holder() {
	bundle "$(program sleep 1000)" "$@"
	create "$T-held"
	start "$T-held"
	held=$(pid_of "$T-held")
	[ -n "$held" ] || bad "no container to join: $(brief "$err")"
}
# The namespaces of a container without those that are named.
ns_list() { # TYPE...: all of base's but these
	ns_out=''
	for ns_type in pid network ipc uts mount; do
		case " $* " in *" $ns_type "*) ;; *) ns_out="$ns_out${ns_out:+,}{\"type\":\"$ns_type\"}" ;; esac
	done
	printf 'linux.namespaces=[%s]' "$ns_out"
}
no_names='-hostname'

# M-42 | 1.0.1 | config-linux.md, Namespaces | The path of a namespace is absolute, and the container's process is in that namespace.
m_42() {
	holder
	for m42 in network:net ipc:ipc uts:uts pid:pid; do
		k=${m42#*:}
		box "$no_names" "$(ns_list "${m42%:*}")" "linux.namespaces+={\"type\":\"${m42%:*}\",\"path\":\"/proc/$held/ns/$k\"}" "$(program ns)"
		works "a $k namespace by its path"
		if [ $k = pid ]; then m42is=$(fact ns.pid); else m42is=$(fact "ns.$k"); fi
		is "$m42is" "$(ns_of "$held" $k)" "the $k namespace of the process"
	done
	mkdir "$W/host/ns"
	: >"$W/host/ns/net"
	"$PROBE" mount "/proc/$held/ns/net" "$W/host/ns/net" none bind '' >/dev/null
	box "$(ns_list network)" "linux.namespaces+={\"type\":\"network\",\"path\":\"$W/host/ns/net\"}" "$(program ns)"
	is "$(fact ns.net)" "$(ns_of "$held" net)" "a network namespace that is kept by a mount"
	cp "$PROBE" "$B/" && cd "$W/host/ns" || return
	refused "a path that is not absolute" "$(ns_list network)" 'linux.namespaces+={"type":"network","path":"net"}'
	cd "$B" && : >net && "$PROBE" mount "/proc/$held/ns/net" "$B/net" none bind '' >/dev/null
	refused "a path from the bundle" "$(ns_list network)" 'linux.namespaces+={"type":"network","path":"net"}'
	cd / && "$PROBE" umount "$B/net" >/dev/null && "$PROBE" umount "$W/host/ns/net" >/dev/null
	end_of "$T-held"
}

# M-43 | 1.0.0 | config-linux.md, Namespaces | A path to a namespace of another type is an error.
m_43() {
	holder
	for m43 in network:uts uts:net ipc:net pid:ipc mount:uts network:mnt; do
		refused "${m43%:*} by the path of ${m43#*:}" "$no_names" "$(ns_list "${m43%:*}")" \
			"linux.namespaces+={\"type\":\"${m43%:*}\",\"path\":\"/proc/$held/ns/${m43#*:}\"}"
	done
	refused "a file that is no namespace" "$(ns_list network)" "linux.namespaces+={\"type\":\"network\",\"path\":\"$PROBE\"}"
	refused "a path to nothing" "$(ns_list network)" "linux.namespaces+={\"type\":\"network\",\"path\":\"$W/nothing\"}"
	end_of "$T-held"
}

# M-44 | 1.0.0 | config-linux.md, Namespaces | A type without a path gives a new namespace, a type that is not listed the runtime's own.
m_44() {
	box "$(program ns)"
	for k in pid net ipc uts mnt; do
		case $(fact ns.$k) in
		"$(ns_of self $k)") bad "$k is listed, and the namespace is the runtime's" ;;
		$k:*) good ;;
		*) bad "$k is listed: $(fact ns.$k)" ;;
		esac
	done
	for m44 in user cgroup time; do
		[ -e /proc/self/ns/$m44 ] || { lacks "needs $m44 namespaces" && continue; }
		is "$(fact ns.$m44)" "$(ns_of self $m44)" "$m44 is not listed"
	done
	for m44 in network:net ipc:ipc uts:uts pid:pid; do
		box "$no_names" "$(ns_list "${m44%:*}")" "$(program ns)"
		works "a container without a new ${m44%:*} namespace"
		is "$(fact "ns.${m44#*:}")" "$(ns_of self "${m44#*:}")" "${m44%:*} is not listed"
	done
	for m44 in cgroup time user; do
		[ -e /proc/self/ns/$m44 ] || continue
		if [ $m44 = user ]; then m44e=$mapped; else m44e="linux.namespaces+={\"type\":\"$m44\"}"; fi
		box "$m44e" "$(program ns)"
		if [ $m44 = time ] && older "$VER" 1.1.0 && [ "$status" != 0 ]; then
			lacks "time namespaces are newer than its specification"
			continue
		fi
		works "a container with a new $m44 namespace"
		[ "$(fact ns.$m44)" != "$(ns_of self $m44)" ] && good || bad "$m44 is listed, and the namespace is the runtime's"
	done
}

# M-45 | 1.0.0 | config-linux.md, Namespaces | A type that is listed twice is an error.
m_45() {
	for m45 in pid network mount uts; do
		refused "$m45 twice" "linux.namespaces+={\"type\":\"$m45\"}"
	done
	refused "network new and joined" 'linux.namespaces+={"type":"network","path":"/proc/self/ns/net"}'
}

# M-46 | 1.0.0 | config-linux.md, Devices | Devices that are listed are there as listed; a file that is there already and is another one is an error.
m_46() {
	box 'linux.devices=[{"type":"c","path":"/dev/one","major":1,"minor":7,"fileMode":416,"uid":3,"gid":4},{"type":"b","path":"/dev/two","major":7,"minor":9},{"type":"p","path":"/dev/three","fileMode":384},{"type":"u","path":"/dev/sub/four","major":1,"minor":5}]' \
		"$(program stat /dev/one ++ stat /dev/two ++ stat /dev/three ++ stat /dev/sub/four)"
	works "four devices"
	is "$(fact /dev/one)" "c 0640 3 4 1:7" "a character device"
	has "$(fact /dev/two)" " 7:9" "a block device"
	has "$(fact /dev/two)" "b 0" "a block device"
	is "$(fact /dev/three)" "p 0600 0 0" "a pipe"
	has "$(fact /dev/sub/four)" " 1:5" "an unbuffered character device in a folder of its own"
	mkroot "$W/host/fs"
	: >"$W/host/fs/plain"
	"$PROBE" mknod "$W/host/fs/other" c 1 5 >/dev/null
	"$PROBE" mknod "$W/host/fs/same" c 1 3 >/dev/null
	refused "a plain file where a device is to be" "root.path=\"$W/host/fs\"" \
		'linux.devices=[{"type":"c","path":"/plain","major":1,"minor":3}]'
	refused "another device where one is to be" "root.path=\"$W/host/fs\"" \
		'linux.devices=[{"type":"c","path":"/other","major":1,"minor":3}]'
	has "$("$PROBE" stat "$W/host/fs/other")" " 1:5" "the device that was there"
	[ -f "$W/host/fs/plain" ] && good || bad "the file that was there is not what it was"
	box "root.path=\"$W/host/fs\"" 'linux.devices=[{"type":"c","path":"/same","major":1,"minor":3}]' "$(program stat /same)"
	has "$(fact /same)" " 1:3" "the same device is there already"
}

# M-47 | 1.0.0 | config-linux.md, Devices | A device has a major and a minor number, unless it is a pipe.
m_47() {
	refused "a character device without numbers" 'linux.devices=[{"type":"c","path":"/dev/x"}]'
	refused "a block device without its minor number" 'linux.devices=[{"type":"b","path":"/dev/x","major":7}]'
	refused "a character device without its major number" 'linux.devices=[{"type":"u","path":"/dev/x","minor":7}]'
	refused "a device without a type" 'linux.devices=[{"path":"/dev/x","major":1,"minor":3}]'
	refused "a device without a path" 'linux.devices=[{"type":"c","major":1,"minor":3}]'
	box 'linux.devices=[{"type":"p","path":"/dev/x"}]' "$(program stat /dev/x)"
	has "$(fact /dev/x)" "p 0" "a pipe without numbers"
}

# M-48 | 1.0.0 | config-linux.md, Default devices | null, zero, full, random, urandom, tty, ptmx, and with a terminal console, are there.
m_48() {
	box "$(program stat /dev/null ++ stat /dev/zero ++ stat /dev/full ++ stat /dev/random ++ stat /dev/urandom ++ stat /dev/tty ++ stat /dev/ptmx ++ stat /dev/pts/ptmx ++ open /dev/ptmx rw ++ open /dev/null rw ++ open /dev/zero r)"
	for m48 in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
		case $(fact "/dev/${m48%%:*}") in
		"c "*" ${m48#*:}") good ;;
		*) bad "/dev/${m48%%:*}: $(fact "/dev/${m48%%:*}")" ;;
		esac
	done
	has "$out" "open /dev/ptmx rw: ok" "/dev/ptmx can be opened"
	has "$out" "open /dev/null rw: ok" "/dev/null can be opened"
	has "$(fact /dev/pts/ptmx)$(fact /dev/ptmx)" " 5:2" "/dev/ptmx is the terminal multiplexer"
	background "$PROBE" listen "$W/sock" "$W/heard" 30
	within 5 test -S "$W/sock"
	bundle process.terminal=true "$(program stat /dev/console ++ tty ++ echo end)"
	again --console-socket "$W/sock"
	works "a container with a terminal"
	within 5 grep -q end "$W/heard"
	out=$(tr -d '\r' <"$W/heard")
	case $(fact /dev/console) in
	"c "*" 136:"*) good ;;
	*) bad "/dev/console: $(brief "$out")" ;;
	esac
	has "$(fact tty.controlling)" yes "the terminal is the program's"
	rm -f "$W/sock"
}

# device NAME [ADDRESS]: a network device that can be moved, on this side
device() {
	device_said=''
	for device_kind in dummy ifb veth; do
		# shellcheck disable=SC2086
		device_said=$("$PROBE" netdev "$1" $device_kind ${2:-}) && return 0
	done
	lacks "needs a kind of network device that can be made and moved (dummy, ifb, veth): ${device_said##*: }"
	return 1
}
here() { "$PROBE" net | grep -q "^net.$1="; }

# M-49 | 1.3.0 | config-linux.md, Network devices | A device that cannot be moved, or whose name is taken inside, is an error; a %d in the name finds a free one.
m_49() {
	refused "a device that is not there" 'linux.netDevices={"nosuch0":{}}'
	refused "the loopback device, which cannot be moved" 'linux.netDevices={"lo":{"name":"lo9"}}'
	device cfa || return 0
	refused "a name that is taken" 'linux.netDevices={"cfa":{"name":"lo"}}'
	here cfa && good || bad "a name that is taken: the device is not back"
	refused "a name that is too long" 'linux.netDevices={"cfa":{"name":"a234567890123456"}}'
	refused "a network device without a network namespace" "$(ns_list network)" 'linux.netDevices={"cfa":{}}'
	here cfa && good || bad "the device is not back"
	box 'linux.netDevices={"cfa":{"name":"eth%d"}}' "$(program net)"
	works "a name with %d"
	[ "$(fact net.eth0)" ] && good || bad "a name with %d: no eth0: $(brief "$out")"
}

# M-50 | 1.3.0 | config-linux.md, Network devices | A device keeps its attributes and lasting addresses, is set up, and is not moved back.
m_50() {
	device cfb 10.9.8.7 || return 0
	m50=$(cat /sys/class/net/cfb/address 2>/dev/null)
	bundle 'linux.netDevices={"cfb":{"name":"inside"}}' "$(program net ++ cat /sys/class/net/inside/address ++ sig)"
	create "$T-x"
	works "a device and its address"
	here cfb && bad "the device is still outside"
	start "$T-x"
	within 5 grep -q ready "$W/box"
	out=$(cat "$W/box")
	is "$(fact net.inside)" "up 10.9.8.7" "the device inside"
	[ -z "$m50" ] || has "$out" "$m50" "its hardware address"
	end_of "$T-x"
	here cfb && bad "the device came back"
	here inside && bad "the device came back under its new name"
	good
}

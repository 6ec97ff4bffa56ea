# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034
# 30-lifecycle.sh - operations, states, hooks, and the way back

wait_edit=$(program sig) # a program that stays and says which signals come

# M-23 | 1.0.0 | runtime.md, Scope of a container | Who created a container can use every operation on it.
m_23() {
	bundle "$wait_edit"
	create "$T-x"
	works create
	is "$(state_of "$T-x")" created "state after create"
	start "$T-x"
	works start
	is "$(state_of "$T-x")" running "state after start"
	m23=$(pid_of "$T-x")
	rt kill "$T-x" KILL
	works kill
	gone "$m23" || bad "kill KILL: it lives"
	is_stopped "$T-x"
	is "$(state_of "$T-x")" stopped "state after kill"
	rt delete "$T-x"
	works delete
	fails "state after delete" state "$T-x"
}

# judge_state STATUS: $out is a state as the specification has it
judge_state() {
	is "$(printf '%s' "$out" | json / type)" object "$1: the state is JSON"
	is "$(printf '%s' "$out" | json /id)" "$T-s" "$1: id"
	is "$(printf '%s' "$out" | json /status)" "$1" "$1: status"
	is "$(printf '%s' "$out" | json /bundle)" "$B" "$1: bundle is an absolute path"
	is "$(printf '%s' "$out" | json /ociVersion type)" string "$1: ociVersion is a string"
	case $(printf '%s' "$out" | json /ociVersion) in
	[1-9].*.*) good ;;
	*) bad "$1: ociVersion is no version: $(printf '%s' "$out" | json /ociVersion)" ;;
	esac
	is "$(printf '%s' "$out" | json /annotations/com.example.a)" b "$1: annotations"
}

# M-24 | 1.0.0 | runtime.md, State | The state has ociVersion, id, status, bundle, annotations, and pid while there is a process.
m_24() {
	bundle "$wait_edit" 'annotations={"com.example.a":"b"}'
	(cd "$W" && B=bundle && create "$T-s") # the bundle by a relative path
	rt state "$T-s"
	judge_state created
	m24=$(printf '%s' "$out" | json /pid)
	is "$(printf '%s' "$out" | json /pid type)" number "created: pid is a number"
	[ -d "/proc/${m24:-none}" ] && [ "$(ns_of "$m24" mnt)" != "$(ns_of self mnt)" ] || bad "created: pid is no process in the container"
	start "$T-s"
	rt state "$T-s"
	judge_state running
	is "$(printf '%s' "$out" | json /pid)" "$m24" "running: pid is the same"
	has "$(tr '\0' ' ' <"/proc/$m24/cmdline")" "/probe sig" "running: pid is the program"
	rt kill "$T-s" KILL
	gone "$m24"
	is_stopped "$T-s"
	rt state "$T-s"
	judge_state stopped
	rt delete "$T-s"
}

# M-25 | 1.0.0 | runtime.md, Lifecycle | create makes all of the container's surroundings and does not run its program.
m_25() {
	bundle "$(program write /host/ran yes)" "$(mount_at /mnt tmpfs tmpfs)" "$(hook_edit createRuntime "$PROBE" hook "$W/log" made)"
	create "$T-x"
	works create
	"$PROBE" sleep 0.1
	[ ! -e "$W/host/ran" ] || bad "create ran the program"
	m25=$(pid_of "$T-x")
	for k in pid net ipc uts mnt; do
		[ "$(ns_of "$m25" $k)" != "$(ns_of self $k)" ] && good || bad "created: the $k namespace is not there"
	done
	has "$(cut -d' ' -f5 "/proc/$m25/mountinfo" | tr '\n' ' ')" "/mnt " "created: the mounts are there"
	start "$T-x"
	gone "$m25"
	is "$(cat "$W/host/ran")" yes "start runs the program"
	is_stopped "$T-x"
	rt delete "$T-x"
}

# M-26 | 1.0.0 | runtime.md, Lifecycle | What happens to config.json after create does not reach the container.
m_26() {
	bundle "$(program echo first)" "$(hook_edit poststop "$PROBE" hook "$W/log" old)"
	rm -f "$W/log"
	create "$T-x"
	m26=$(pid_of "$T-x")
	bundle "$(program echo second)" 'process.env=["PATH=/"]' "$(hook_edit poststop "$PROBE" hook "$W/log" new)" \
		"$(hook_edit poststart "$PROBE" hook "$W/log" new)"
	start "$T-x"
	works "start after a change"
	gone "$m26"
	is "$(cat "$W/box")" first "the program is that of create"
	is_stopped "$T-x"
	echo nonsense >"$B/config.json"
	rt delete "$T-x"
	works "delete without a configuration"
	is "$(cut -d' ' -f1 "$W/log" | tr '\n' ' ')" "old " "the hooks are those of create"
	bundle "$wait_edit"
	create "$T-x"
	rm -f "$B/config.json"
	start "$T-x"
	works "start without config.json"
	is "$(state_of "$T-x")" running "state without config.json"
	bundle 'process.user={"uid":7,"gid":7}' 'process.env=["PATH=/","CHANGED=yes"]'
	rt exec --help
	if [ $status = 0 ]; then
		rt exec "$T-x" /probe id ++ env
		works "exec after a change"
		is "$(fact uid)" "0 0 0" "exec: the user is that of create"
		hasnt "$out" CHANGED "exec: the environment is that of create"
	fi
	end_of "$T-x"
}

# hooked: a container with one hook in each list, and how it went in $W/log.  createContainer's folder is reached by its
# path here, startContainer's by its path inside.
hooked() { # EDIT...
	rm -f "$W"/log* "$W/host"/log*
	bundle "$(hook_edit prestart "$PROBE" hook "$W/log" prestart)" \
		"$(hook_edit createRuntime "$PROBE" hook "$W/log" createRuntime)" \
		"$(hook_edit createContainer "$PROBE" hook "$W/log" createContainer)" \
		"$(hook_edit startContainer /probe hook /host/log startContainer)" \
		"$(hook_edit poststart "$PROBE" hook "$W/log" poststart)" \
		"$(hook_edit poststop "$PROBE" hook "$W/log" poststop)" "$@"
}
ran() { cut -d' ' -f1 "$W/log" 2>/dev/null | tr '\n' ' '; }
hook_ns() { sed -n "s/^$1 [^ ]* \([^ ]*\) .*/\1/p" "$W/log"; }      # its mount namespace
hook_root() { sed -n "s/^$1 root=\([^ ]*\) .*/\1/p" "$W/log"; }
root_here() { "$PROBE" hook "$W/here" here </dev/null && sed -n 's/^here root=\([^ ]*\) .*/\1/p' "$W/here" | tail -n 1; }

# M-27 | 1.0.2 | config.md, POSIX-platform hooks | prestart, createRuntime and createContainer hooks run in this order during create, before the root is switched; the last of them in the container's namespaces.
m_27() {
	hooked "$wait_edit"
	create "$T-x"
	works create
	is "$(ran | sed 's/poststart //')" "prestart createRuntime createContainer " "the hooks of create, in order"
	m27=$(pid_of "$T-x")
	for k in prestart createRuntime; do
		is "$(hook_ns $k)" "$(ns_of self mnt)" "$k: in the runtime's mount namespace"
	done
	is "$(hook_ns createContainer)" "$(ns_of "$m27" mnt)" "createContainer: in the container's mount namespace"
	for k in prestart createRuntime createContainer; do
		is "$(hook_root $k)" "$(root_here)" "$k: the root is still the host's"
	done
	end_of "$T-x"
}

# M-28 | 1.0.2 | runtime.md, Lifecycle | When a hook of create fails, so does create: the container is stopped and destroyed, and poststop hooks run.
m_28() {
	for m28 in prestart createRuntime createContainer; do
		hooked "$wait_edit" "$(group m28)" "hooks.$m28=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"hook\",\"$W/log\",\"bad\",\"3\"]},{\"path\":\"$PROBE\",\"args\":[\"probe\",\"hook\",\"$W/log\",\"behind\"]}]"
		refused_bundle "a $m28 hook that fails"
		has "$(ran)" "bad " "$m28: it ran"
		hasnt "$(ran)" behind "$m28: the hook behind it"
		hasnt "$(ran)" poststart "$m28: hooks of start"
		has "$(ran)" poststop "$m28: poststop hooks run"
	done
}

# M-29 | 1.0.2 | runtime.md, Lifecycle | startContainer hooks run at start, inside the container and before its program; when one fails the container is stopped and destroyed.
m_29() {
	hooked "$(program write /host/log.program yes)"
	create "$T-x"
	m29=$(pid_of "$T-x")
	[ ! -e "$W/host/log" ] && good || bad "create ran a startContainer hook"
	m29ns=$(ns_of "$m29" mnt)
	start "$T-x"
	works start
	gone "$m29"
	cp "$W/host/log" "$W/log"
	is "$(ran)" "startContainer " "start runs it"
	is "$(hook_ns startContainer)" "$m29ns" "startContainer: in the container's mount namespace"
	[ "$(hook_root startContainer)" != "$(root_here)" ] && good || bad "startContainer: the root is not the container's"
	is_stopped "$T-x"
	rt delete "$T-x"
	hooked "$(program write /host/log.program yes)" "$(group m29)" 'hooks.startContainer=[{"path":"/probe","args":["probe","exit","3"]}]'
	before
	create "$T-x"
	m29=$(pid_of "$T-x")
	start "$T-x"
	[ $status != 0 ] && good || bad "a startContainer hook that fails: start does not"
	gone "$m29" && good || bad "a startContainer hook that fails: the container lives"
	[ ! -e "$W/host/log.program" ] && good || bad "a startContainer hook that fails: the program ran"
	destroyed "a startContainer hook that fails"
}
# The container is gone and its poststop hooks have run: by itself, or there is a stopped one left that delete removes.
destroyed() {
	rt state "$T-x"
	[ $status != 0 ] && good || bad "$1: there still is a container: $(printf '%s' "$out" | json /status)"
	[ $status != 0 ] || scrub "$T-x"
	has "$(ran)" poststop "$1: poststop hooks run"
	nothing_left "$1"
}

# M-30 | 1.3.0 | runtime.md, Lifecycle | poststart hooks run after the program has begun and before start returns; when one fails the container is stopped and destroyed.
m_30() {
	hooked "$wait_edit"
	create "$T-x"
	start "$T-x"
	works start
	has "$(ran)" "createContainer poststart " "poststart has run when start returns"
	is "$(hook_ns poststart)" "$(ns_of self mnt)" "poststart: in the runtime's mount namespace"
	is "$(json /status <"$W/log.poststart")" running "poststart: the container is running"
	end_of "$T-x"
	hooked "$wait_edit" "$(group m30)" "hooks.poststart=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"hook\",\"$W/log\",\"bad\",\"3\"]}]"
	before
	create "$T-x"
	m30=$(pid_of "$T-x")
	start "$T-x"
	[ $status != 0 ] && good || bad "a poststart hook that fails: start does not"
	gone "$m30" && good || bad "a poststart hook that fails: the container lives"
	destroyed "a poststart hook that fails"
}

# M-31 | 1.0.0 | runtime.md, Lifecycle | poststop hooks run after the container is destroyed and before delete returns; when one fails the others run and delete succeeds.
m_31() {
	hooked "$(program true)"
	create "$T-x"
	m31=$(pid_of "$T-x")
	start "$T-x"
	gone "$m31"
	is_stopped "$T-x"
	hasnt "$(ran)" poststop "before delete"
	rt delete "$T-x"
	works delete
	has "$(ran)" poststop "when delete returns"
	is "$(hook_ns poststop)" "$(ns_of self mnt)" "poststop: in the runtime's mount namespace"
	hooked "$(program true)" "$(group m31)" "hooks.poststop=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"hook\",\"$W/log\",\"bad\",\"3\"]},{\"path\":\"$PROBE\",\"args\":[\"probe\",\"hook\",\"$W/log\",\"behind\"]}]"
	before
	create "$T-x"
	m31=$(pid_of "$T-x")
	start "$T-x"
	gone "$m31"
	is_stopped "$T-x"
	rt delete "$T-x"
	works "delete, when a poststop hook fails"
	has "$(ran)" "bad behind" "the hook behind the failing one"
	nothing_left "delete, when a poststop hook fails"
}

# M-32 | 1.0.0 | config.md, POSIX-platform hooks | Hooks of a list run in its order, and each is given the container's state on its standard input.
m_32() {
	rm -f "$W"/log*
	hooked 'annotations={"com.example.a":"b"}' "$(program true)" "hooks.createRuntime=[]" "hooks.poststop=[]" \
		"$(hook_edit createRuntime "$PROBE" hook "$W/log" c1)" "$(hook_edit createRuntime "$PROBE" hook "$W/log" c2)" \
		"$(hook_edit createRuntime "$PROBE" hook "$W/log" c3)" \
		"$(hook_edit poststop "$PROBE" hook "$W/log" p1)" "$(hook_edit poststop "$PROBE" hook "$W/log" p2)"
	create "$T-x"
	m32=$(pid_of "$T-x")
	start "$T-x"
	gone "$m32"
	is_stopped "$T-x"
	rt delete "$T-x"
	is "$(ran)" "prestart c1 c2 c3 createContainer poststart p1 p2 " "the order"
	for k in "$W"/log.* "$W"/host/log.*; do
		[ -e "$k" ] || continue
		m32s=$(json /status <"$k")
		# A runtime may have words of its own for what the specification has none for.
		case ${k##*/}:$m32s in
		*:) bad "${k##*.}: no status" ;;
		*.p[12]:stopped) good ;;
		*.p[12]:* | *:stopped) bad "${k##*.}: status $m32s" ;;
		*.poststart:* | *:creating | *:created) good ;;
		*:running) bad "${k##*.}: status $m32s" ;;
		esac
		is "$(json /id <"$k")" "$T-x" "${k##*.}: id"
		is "$(json /bundle <"$k")" "$B" "${k##*.}: bundle"
		is "$(json /ociVersion type <"$k")" string "${k##*.}: ociVersion"
		is "$(json /annotations/com.example.a <"$k")" b "${k##*.}: annotations"
		[ "$m32s" = stopped ] || is "$(json /pid type <"$k")" number "${k##*.}: pid is a number"
	done
	is "$(json /pid <"$W/log.poststart")" "$m32" "poststart: pid is the container's process"
}

# M-33 | 1.0.0 | runtime.md, Lifecycle | delete takes back what create did.
m_33() {
	before
	bundle "$wait_edit" "$(group m33)" "$(mount_at /mnt tmpfs tmpfs)" "$(mount_at /tmp "$W/host" none bind shared)" \
		'linux.resources={"devices":[{"allow":false,"access":"rwm"}]}' 'linux.rootfsPropagation="slave"'
	create "$T-x"
	works create
	start "$T-x"
	[ "$(left)" ] && good || bad "a running container leaves no trace"
	end_of "$T-x"
	nothing_left "delete"
	[ -d "$W/rootfs/proc" ] && [ -x "$W/rootfs/probe" ] && good || bad "the root file system is gone"
}

# M-34 | 1.0.0 | runtime.md, Query state | state needs the name of a container that is there, and says its state.
m_34() {
	fails "state without a name" state
	fails "state of a container that is not there" state "$T-none"
	bundle "$wait_edit"
	create "$T-x"
	rt state "$T-x"
	works state
	is "$(printf '%s' "$out" | json /status)" created "status"
	is "$(printf '%s' "$out" | json /id)" "$T-x" "id"
	end_of "$T-x"
}

# M-35 | 1.0.0 | runtime.md, Create | create needs a name and a bundle; a name that is taken or invalid is an error, and there is no new container.
m_35() {
	bundle "$wait_edit"
	before
	fails "create without a name" create --bundle "$B"
	fails "create without a name or a bundle" create
	fails "create with a bundle that is not there" create --bundle "$W/nothing" "$T-no"
	fails "create with an empty name" create --bundle "$B" ''
	nothing_left "no name"
	for m35 in . .. ../x "a/$T-b" "/$T" "$T x/y"; do # each runtime has its own names that are invalid
		create "$m35"
		if [ $status = 0 ]; then
			is "$(state_of "$m35")" created "the name '$m35': accepted"
			end_of "$m35"
		fi
		nothing_left "the name '$m35'"
	done
	create "$T-x"
	m35=$(pid_of "$T-x")
	before
	create "$T-x"
	[ $status != 0 ] && good || bad "a name that is taken: accepted"
	nothing_left "a name that is taken"
	is "$(state_of "$T-x"):$(pid_of "$T-x")" "created:$m35" "the container that has the name"
	start "$T-x"
	works "it can be started"
	end_of "$T-x"
}

# M-36 | 1.0.0 | runtime.md, Create | create applies every property but those of the program; one that cannot be applied is an error.
m_36() {
	if cgroup pids; then
		bundle "$wait_edit" "$(group m36)" 'linux.resources={"pids":{"limit":17}}'
		create "$T-x"
		is "$(of_group m36 pids.max pids.max)" 17 "limits are there after create"
		end_of "$T-x"
	fi
	refused "a sysctl that is not there" 'linux.sysctl={"net.nosuch":"1"}'
	refused "a file system that is not there" "$(mount_at /mnt x nosuchfs)"
	refused "a huge page size that this machine has not" 'linux.resources={"hugepageLimits":[{"pageSize":"3MB","limit":3145728}]}' "$(group m36)"
	refused "a limit for an RDMA device that is not there" 'linux.resources={"rdma":{"nosuch0":{"hcaHandles":1}}}' "$(group m36)"
	refused "a network priority of a device that is not there" 'linux.resources={"network":{"priorities":[{"name":"nosuch0","priority":1}]}}' "$(group m36)"
	refused "processors that are not there" 'linux.resources={"cpu":{"cpus":"4000-4001"}}' "$(group m36)"
	if grep -q selinuxfs /proc/filesystems; then
		lacks "what happens without SELinux, for it is here"
	else
		refused_late "an SELinux label without SELinux" 'process.selinuxLabel="system_u:system_r:container_t:s0"'
	fi
	if [ -d /sys/module/apparmor ] && [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
		lacks "what happens without AppArmor, for it is here"
	else
		refused_late "an AppArmor profile without AppArmor" 'process.apparmorProfile="nosuch"'
	fi
}

# M-37 | 1.0.0 | runtime.md, Start | start needs the name of a created container; any other is an error without effect; so is a container without a process.
m_37() {
	fails "start without a name" start
	fails "start of a container that is not there" start "$T-none"
	bundle "$wait_edit"
	create "$T-x"
	start "$T-x"
	works start
	within 5 grep -q ready "$W/box" || bad "the program does not run"
	m37=$(pid_of "$T-x")
	fails "start of a running container" start "$T-x"
	is "$(state_of "$T-x"):$(pid_of "$T-x"):$(cat "$W/box")" "running:$m37:ready" "it is as before"
	rt kill "$T-x" KILL
	gone "$m37"
	is_stopped "$T-x"
	fails "start of a stopped container" start "$T-x"
	is "$(state_of "$T-x")" stopped "it is as before"
	rt delete "$T-x"
	bundle -process
	before
	create "$T-x"
	if [ $status != 0 ]; then
		bad "create of a container without process: $(brief "$err")"
	else
		good
		fails "start of a container without process" start "$T-x"
		scrub "$T-x"
	fi
	nothing_left "a container without process"
}

# M-38 | 1.0.0 | runtime.md, Kill | kill sends that signal to the process of a created or running container; any other is an error without effect.
m_38() {
	fails "kill without a name" kill
	fails "kill of a container that is not there" kill "$T-none" TERM
	bundle "$wait_edit"
	create "$T-x"
	start "$T-x"
	within 5 grep -q ready "$W/box"
	for m38 in USR1 SIGUSR2 1; do
		rt kill "$T-x" $m38
		works "kill $m38"
	done
	m38has() { grep -q "got SIG$1" "$W/box"; }
	for m38 in USR1 USR2 HUP; do
		within 5 m38has $m38 && good || bad "the signal $m38 did not arrive: $(brief "$(cat "$W/box")")"
	done
	is "$(state_of "$T-x")" running "it runs on"
	m38=$(pid_of "$T-x")
	rt kill "$T-x" KILL
	gone "$m38" && good || bad "kill KILL: it lives"
	is_stopped "$T-x"
	fails "kill of a stopped container" kill "$T-x" TERM
	is "$(state_of "$T-x")" stopped "it is as before"
	rt delete "$T-x"
	create "$T-x"
	m38=$(pid_of "$T-x")
	rt kill "$T-x" KILL
	works "kill of a created container"
	gone "$m38" && good || bad "kill KILL of a created container: it lives"
	is_stopped "$T-x"
	rt delete "$T-x"
}

# M-39 | 1.0.0 | runtime.md, Delete | delete needs the name of a stopped container; any other is an error without effect; it removes what create made and nothing else.
m_39() {
	fails "delete without a name" delete
	fails "delete of a container that is not there" delete "$T-none"
	: >"$W/host/kept"
	bundle "$wait_edit" "$(mount_at /mnt "$W/host" none rbind)"
	create "$T-x"
	m39=$(pid_of "$T-x")
	fails "delete of a created container" delete "$T-x"
	is "$(state_of "$T-x"):$(pid_of "$T-x")" "created:$m39" "a created container is as before"
	[ "$(state_of "$T-x")" = created ] || create "$T-x"
	start "$T-x"
	works "and can be started"
	m39=$(pid_of "$T-x")
	fails "delete of a running container" delete "$T-x"
	is "$(state_of "$T-x"):$(pid_of "$T-x")" "running:$m39" "a running container is as before"
	end_of "$T-x"
	works "delete of a stopped container"
	[ -e "$W/host/kept" ] && [ -e "$B/config.json" ] && good || bad "files that were there before are gone"
	if cgroup_any; then
		mkdir "$cg/$T-parent"
		box "linux.cgroupsPath=\"/$T-parent/inner\"" "$(program true)"
		works "a cgroup below one that was there"
		[ -d "$cg/$T-parent" ] && good || bad "the cgroup that was there before is gone"
		[ ! -d "$cg/$T-parent/inner" ] && good || bad "its own cgroup is still there"
		find /sys/fs/cgroup -depth -type d -name "$T-parent" -exec rmdir '{}' ';'
	fi
}

# M-40 | 1.0.0 | runtime-linux.md, File descriptors | /dev/fd, stdin, stdout and stderr are links, when there is something to link to.
m_40() {
	box "$(program ls /dev)"
	works "a container with /proc"
	has "$out" "-> /proc/self/fd" "fd"
	for m40 in fd: stdin:/0 stdout:/1 stderr:/2; do
		has "$(printf '%s\n' "$out" | grep "^/dev/${m40%:*}=l")" "-> /proc/self/fd${m40#*:}" "/dev/${m40%:*}"
	done
}

# M-41 | 1.0.0 | runtime.md, Warnings | A warning does not change what happens.
m_41() {
	rm -f "$W"/log*
	m41='["CAP_KILL","CAP_NO_SUCH_THING"]'
	bundle "process.capabilities={\"bounding\":$m41,\"effective\":$m41,\"permitted\":$m41}" "$(program echo through)" \
		"hooks.poststop=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"hook\",\"$W/log\",\"last\",\"1\"]}]"
	before
	again
	works "a container with two reasons for a warning"
	is "$out" through "its program"
	is "$(ran)" "last " "its hooks"
	nothing_left "a container with two reasons for a warning"
}

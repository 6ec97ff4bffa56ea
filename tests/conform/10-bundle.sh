# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2046
# 10-bundle.sh - config.json itself: version, properties, root, mounts

# M-0 | 1.0.0 | runtime.md, Errors | An operation that fails leaves the machine as if it had never been tried.
m_0() {
	refused "a mount whose source is not there" "$(mount_at /mnt "$W/nothing" none bind)" "$(group zero)"
	refused "a createRuntime hook that fails" "$(group zero)" \
		"hooks.createRuntime=[{\"path\":\"$PROBE\",\"args\":[\"probe\",\"exit\",\"3\"]}]"
	refused "a file system that the kernel does not know" "$(mount_at /mnt x nosuchfs)" "$(group zero)"
	refused "a sysctl that is not there" 'linux.sysctl={"net.nosuch.thing":"1"}'
	bundle "$(program echo back)"
	create "$T-no"
	works "the same name can be used afterwards"
	end_of "$T-no"
}

# M-1 | 1.0.0 | bundle.md | The configuration is the file config.json at the top of the bundle; without it there is no container.
m_1() {
	box "$(program echo here)"
	is "$status:$out" "0:here" "config.json at the top"
	mkdir -p "$B/etc"
	mv "$B/config.json" "$B/etc/config.json"
	refused_bundle "config.json in a folder of the bundle"
	mv "$B/etc/config.json" "$B/Config.json"
	refused_bundle "Config.json"
	mkdir "$B/config.json"
	refused_bundle "a folder called config.json"
	rmdir "$B/config.json"
	: >"$B/config.json"
	refused_bundle "an empty config.json"
}

# M-2 | 1.0.0 | config.md, Specification version | ociVersion is there, and is a version as SemVer 2.0.0 writes them.
m_2() {
	refused "no ociVersion" -ociVersion
	for m2 in '""' '"1.0"' '"1"' '"v1.0.0"' '"1.0.0.0"' '"01.0.0"' '"1.0.x"' 1 null; do
		refused "ociVersion $m2" "ociVersion=$m2"
	done
	box 'ociVersion="1.0.0"' "$(program echo yes)"
	is "$status:$out" 0:yes "ociVersion 1.0.0"
}

# M-3 | 1.0.0 | config.md, Valid values | A value that is invalid or not supported is an error, and there is no container.
m_3() {
	refused "a version of another major number" 'ociVersion="2.0.0"'
	refused "a version far ahead" 'ociVersion="9.9.9"'
	# a newer minor version may have properties that this runtime does not support, and older bundles run unchanged
	box 'ociVersion="1.99.0"' "$(program true)"
	works "a minor version ahead, of which all properties are known"
	refused "a minor version ahead, with a property of its own" 'ociVersion="1.99.0"' 'linux.comExample={"x":1}'
	create "$T-no"
	if [ $status = 0 ]; then scrub "$T-no"; else has "$err" comExample "the property that a minor version ahead has is named"; fi
	refused "a host name that is a number" hostname=5
	refused "mounts that are an object" 'mounts={}'
	refused "a namespace type that there is not" 'linux.namespaces+={"type":"bogus"}'
	refused "a device type that there is not" 'linux.devices=[{"type":"x","path":"/dev/x","major":1,"minor":3}]'
	refused "a negative user" 'process.user={"uid":-1,"gid":0}'
	refused "a truth that is a word" 'root.readonly="yes"'
}

# M-4 | 1.0.0 | config.md, Extensibility | Properties that the runtime does not know are no error.
m_4() {
	box 'com_example={"a":[1,{"b":null}]}' 'process.comExample=true' 'linux.comExample="x"' 'root.comExample=1' \
		'linux.resources={"comExample":{"x":1},"pids":{"limit":20,"comExample":2}}' \
		'mounts+={"destination":"/mnt","type":"tmpfs","source":"tmpfs","comExample":[]}' "$(program stat /mnt)"
	works "unknown properties at every level"
	has "$out" "/mnt=d " "unknown properties: what is known is done"
}

# M-5 | 1.0.0 | config.md, Annotations | Annotations are strings under names that are not empty; those the runtime does not know are ignored.
m_5() {
	bundle 'annotations={"com.example.key":"a value","org.example/x":""}'
	create "$T-a"
	works "unknown annotations"
	rt state "$T-a"
	is "$(printf '%s' "$out" | json /annotations/com.example.key)" "a value" "an annotation in the state"
	end_of "$T-a"
	refused "an annotation with an empty name" 'annotations={"":"x"}'
	refused "an annotation that is a number" 'annotations={"com.example.key":5}'
	refused "annotations in a list" 'annotations=["x"]'
}

# M-6 | 1.0.0 | config.md, Root | root is there and root.path is a folder that exists, absolute or below the bundle.
m_6() {
	refused "no root" -root
	refused "no root.path" -root.path
	refused "a root.path that does not exist" "root.path=\"$W/nothing\""
	refused "a root.path that is a file" "root.path=\"$PROBE\""
	box "$(program stat /probe)"
	has "$out" "/probe=-" "an absolute root.path"
	mkroot "$B/fs"
	box 'root.path="fs"' "$(program stat /probe)"
	has "$out" "/probe=-" "a root.path below the bundle"
}

# M-7 | 1.0.0 | config.md, Root | With root.readonly the root file system cannot be written to; else it can.
m_7() {
	mkroot "$W/host/fs"
	box "root.path=\"$W/host/fs\"" "$(program open /new new ++ mkdir /newdir ++ write /probe x)"
	hasnt "$out" ": ok" "readonly: writing"
	has "$out" "open /new new: EROFS" "readonly: a new file"
	[ ! -e "$W/host/fs/new" ] || bad "readonly: the file is there"
	box "root.path=\"$W/host/fs\"" root.readonly=false "$(program open /new new)"
	has "$out" "open /new new: ok" "not readonly: a new file"
	rm -f "$W/host/fs/new"
	box "root.path=\"$W/host/fs\"" -root.readonly "$(program open /new new)"
	has "$out" "open /new new: ok" "readonly left out: a new file"
}

# M-8 | 1.0.0 | config.md, Mounts | Mounts are made in the order in which they are listed.
m_8() {
	mkdir "$W/host/one" "$W/host/two" "$W/host/one/in"
	: >"$W/host/one/first" && : >"$W/host/two/second"
	box "$(mount_at /mnt "$W/host/one" none bind)" "$(mount_at /mnt "$W/host/two" none bind)" "$(program ls /mnt)"
	has "$out" /mnt/second "of two mounts on one place the later is seen"
	hasnt "$out" /mnt/first "and the earlier is covered"
	box "$(mount_at /mnt/z tmpfs tmpfs)" "$(mount_at /mnt tmpfs tmpfs mode=755)" "$(mount_at /mnt/a tmpfs tmpfs)" "$(program ls /mnt)"
	works "mounts below and above each other"
	has "$out" /mnt/a=d "what is mounted in a later mount"
	hasnt "$out" /mnt/z "what is mounted before its place is covered"
}

# M-9 | 1.2.0 | config.md, Mounts | A destination that is not absolute is meant from the container's root.
m_9() {
	box "$(mount_at mnt/rel tmpfs tmpfs)" "$(program mounts)"
	works "a destination mnt/rel"
	has "$out" "mount./mnt/rel=tmpfs" "is mounted at /mnt/rel"
}

# One mount for each option, in a tmpfs; $1 are the options to try.
options_of() {
	mount_at /mnt tmpfs tmpfs mode=755
	echo
	for o in $1; do
		case $o in
		bind | rbind) mount_at "/mnt/$o" "$W/host/tree" none "$o" ;;
		remount) mount_at /mnt/remount tmpfs tmpfs && echo && mount_at /mnt/remount tmpfs tmpfs remount nosuid ;;
		slave | rslave) mount_at "/mnt/$o" "$W/host/shared" none bind "$o" ;;
		*) mount_at "/mnt/$o" tmpfs tmpfs "$o" ;;
		esac
		echo
	done
	for o in ro rw suid nosuid dev nodev exec noexec; do # the later one of two counts
		case " $1 " in *" $o "*) ;; *) continue ;; esac
		case $o in ro) p=rw ;; rw) p=ro ;; no*) p=${o#no} ;; *) p=no$o ;; esac
		mount_at "/mnt/over-$o" tmpfs tmpfs $p $o
		echo
	done
}
# shown NAME WORD: the mount has it; !WORD: it has not
shown() {
	shown_line=$(printf '%s\n' "$out" | grep "^mount\./mnt/$1=")
	[ -n "$shown_line" ] || { bad "option $1: no such mount" && return; }
	shown_all=$(echo "$shown_line" | sed -n 's/.* opts=\([^ ]*\) super=\([^ ]*\) prop=\(.*\)/,\1,\2,\3,/p')
	case $2:$shown_all in
	!*) case $shown_all in *",${2#!},"*) bad "option $1: has ${2#!}: $shown_all" ;; *) good ;; esac ;;
	*) has "$shown_all" ",$2," "option $1" ;;
	esac
}

# M-10 | 1.1.0 | config.md, Linux mount options | Each mount option that must be known does what its name says, and of two that contradict each other the later counts.
m_10() {
	all="ro rw suid nosuid dev nodev exec noexec sync async dirsync remount bind rbind atime noatime diratime nodiratime
		relatime norelatime strictatime nostrictatime defaults silent loud iversion noiversion lazytime nolazytime
		private rprivate slave rslave shared rshared unbindable runbindable"
	all=$(echo $all)
	mkdir -p "$W/host/tree/sub" "$W/host/shared"
	"$PROBE" mount sub "$W/host/tree/sub" tmpfs 0 '' >/dev/null
	: >"$W/host/tree/sub/deep" && : >"$W/host/tree/top"
	"$PROBE" mount shared "$W/host/shared" tmpfs 0 '' >/dev/null
	"$PROBE" mount none "$W/host/shared" none shared '' >/dev/null
	works_with=$all
	box "$(options_of "$all")" "$(program mounts ++ stat /mnt/bind/top ++ stat /mnt/bind/sub/deep ++ stat /mnt/rbind/sub/deep)"
	if [ $status != 0 ]; then
		works_with=''
		for m10 in $all; do
			box "$(options_of "$m10")" "$(program true)"
			if [ $status = 0 ]; then works_with="$works_with $m10"; else bad "option $m10: $(brief "$err")"; fi
		done
		box "$(options_of "$works_with")" "$(program mounts ++ stat /mnt/bind/top ++ stat /mnt/bind/sub/deep ++ stat /mnt/rbind/sub/deep)"
	fi
	works "all options together"
	for m10 in $works_with; do
		case $m10 in
		bind) has "$out" "/mnt/bind/top=-" bind && has "$out" "/mnt/bind/sub/deep=?ENOENT" "bind, of a mount below" ;;
		rbind) has "$out" "/mnt/rbind/sub/deep=-" rbind ;;
		remount) shown remount nosuid ;;
		ro | nosuid | nodev | noexec) shown $m10 $m10 && shown over-$m10 $m10 ;;
		rw | suid | dev | exec) m10n=no$m10 && [ $m10 != rw ] || m10n=ro; shown $m10 "!$m10n" && shown over-$m10 "!$m10n" ;;
		sync | dirsync | noatime | nodiratime | relatime | lazytime) shown $m10 $m10 ;;
		async) shown async '!sync' ;;
		atime | diratime) shown $m10 "!no$m10" ;;
		strictatime) shown strictatime '!relatime' && shown strictatime '!noatime' ;;
		nolazytime) shown $m10 '!lazytime' ;;
		private | rprivate) shown $m10 private ;;
		slave | rslave) shown $m10 master ;;
		shared | rshared) shown $m10 shared ;;
		unbindable | runbindable) shown $m10 unbindable ;;
		*) shown $m10 rw ;;
		esac
	done
	"$PROBE" umount "$W/host/tree/sub" >/dev/null
	"$PROBE" umount "$W/host/shared" >/dev/null
}

# M-11 | 1.2.0 | config.md, Linux mount options | idmap and ridmap give a mount the ids of its own mappings, else those of the user namespace, and are an error where there are neither.
m_11() {
	refused "idmap without any mapping" "$(mount_at /mnt "$W/host" none bind idmap)"
	refused "ridmap without any mapping" "$(mount_at /mnt "$W/host" none rbind ridmap)"
	mkdir -p "$W/host/ids/sub"
	case $("$PROBE" can-idmap "$W/host/ids") in
	*": ok") ;;
	*)
		lacks "needs a file system that can be mounted with other ids (a newer kernel)"
		return
		;;
	esac
	: >"$W/host/ids/root"
	m11='"uidMappings":[{"containerID":0,"hostID":1000,"size":10}],"gidMappings":[{"containerID":0,"hostID":1000,"size":10}]}'
	for m11o in '"bind","idmap"' '"rbind","ridmap"' '"bind"'; do
		box "mounts+={\"destination\":\"/mnt\",\"source\":\"$W/host/ids\",\"type\":\"none\",\"options\":[$m11o],$m11" "$(program stat /mnt/root)"
		has "$out" "/mnt/root=- 0644 1000 1000" "$m11o with mappings of its own"
	done
	for m11o in idmap ridmap; do
		box "$mapped" "$(mount_at /mnt "$W/host/ids" none rbind $m11o)" "$(program stat /mnt/root)"
		has "$out" "/mnt/root=- 0644 0 0" "$m11o with those of the user namespace"
	done
	box "$mapped" "$(mount_at /mnt "$W/host/ids" none bind)" "$(program stat /mnt/root)"
	has "$out" "/mnt/root=- 0644 65534 65534" "a plain bind in a user namespace"
}

# M-12 | 1.1.0 | config.md, Mounts | A mount has mappings of users and of groups, or of neither.
m_12() {
	for m12 in uid gid; do
		refused "only ${m12}Mappings" \
			"mounts+={\"destination\":\"/mnt\",\"source\":\"$W/host\",\"type\":\"none\",\"options\":[\"bind\"],\"${m12}Mappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":10}]}"
	done
}

# M-13 | 1.0.0 | config.md, Process | The size of a terminal that there is not is ignored.
m_13() {
	for m13 in process.terminal=false -process.terminal; do
		box "$m13" 'process.consoleSize={"height":11,"width":22}' "$(program tty)"
		works "consoleSize without a terminal"
		has "$out" "tty.0=no" "consoleSize without a terminal: standard input"
		has "$out" "tty.1=no" "consoleSize without a terminal: standard output"
	done
}

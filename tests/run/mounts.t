#!/bin/sh
# mounts.t - every mount option, set and cleared; order, binds, recursion, propagation, maps; masked and read-only paths
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
# shellcheck disable=SC2016 # $dir is jq's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
private_mounts "$@"
need root cmd:jq

# A mount more: mnt DESTINATION SOURCE TYPE OPTION...; a source that begins with @ lies in TESTDIR
mnt() {
	mnt_dest=$1 mnt_src=$2 mnt_type=$3
	shift 3
	mnt_opts=''
	for mnt_o; do mnt_opts="$mnt_opts${mnt_opts:+,}\"$mnt_o\""; done
	printf '.mounts += [{destination: "%s", source: ("%s" | sub("^@"; $dir + "/")), type: "%s", options: [%s]}]' \
		"$mnt_dest" "$mnt_src" "$mnt_type" "$mnt_opts"
}

# flags PATH: the flags of the mount there, sorted, without relatime's companions; `super PATH` the file system's own
flags() { fact "mount.$1" | tail -n 1 | sed 's/.*opts=\([^ ]*\).*/,\1,/'; }
super() { fact "mount.$1" | tail -n 1 | sed 's/.*super=\([^ ]*\).*/,\1,/'; }
prop() { fact "mount.$1" | tail -n 1 | sed 's/.*prop=//'; }

# flag WANT NAME PATH: WANT is ,word, or !,word,
flag() {
	case $1 in
	!*) hasnt "$(flags "$3")" "${1#!}" "$2" ;;
	*) has "$(flags "$3")" "$1" "$2" ;;
	esac
}

mkrootfs "$TESTDIR/rootfs"
mkdir "$STATE" "$TESTDIR/tree" "$TESTDIR/plain"
echo top >"$TESTDIR/plain/file"
before "$STATE"

# ---- a new file system: each option ------------------------------------------------------------------
while read -r option want; do
	box "$(mnt /mnt tmpfs tmpfs "$option")" mounts
	if [ "$status" != 0 ]; then
		fail "$option on a new tmpfs" "$err"
	else
		case $want in
		any) pass "$option on a new tmpfs is taken" ;;
		super:*) has "$(super /mnt)" "${want#super:}" "$option on a new tmpfs" ;;
		*) flag "$want" "$option on a new tmpfs" /mnt ;;
		esac
	fi
done <<END
defaults ,rw,
ro ,ro,
rw ,rw,
suid !,nosuid,
nosuid ,nosuid,
dev !,nodev,
nodev ,nodev,
exec !,noexec,
noexec ,noexec,
sync super:,sync,
async ,rw,
dirsync super:,dirsync,
atime ,relatime,
noatime ,noatime,
diratime !,nodiratime,
nodiratime ,nodiratime,
relatime ,relatime,
norelatime !,noatime,
strictatime !,relatime,
nostrictatime ,relatime,
silent any
loud any
iversion any
noiversion any
lazytime super:,lazytime,
nolazytime ,rw,
mand any
nomand any
symfollow !,nosymfollow,
nosymfollow ,nosymfollow,
private ,rw,
rprivate ,rw,
rro ,ro,
rrw ,rw,
rsuid !,nosuid,
rnosuid ,nosuid,
rdev !,nodev,
rnodev ,nodev,
rexec !,noexec,
rnoexec ,noexec,
rdiratime !,nodiratime,
rnodiratime ,nodiratime,
ratime ,relatime,
rnoatime ,noatime,
rrelatime ,relatime,
rnorelatime !,noatime,
rstrictatime !,relatime,
rnostrictatime ,relatime,
rsymfollow !,nosymfollow,
rnosymfollow ,nosymfollow,
size=64k super:,size=64k,
nr_inodes=77 super:,nr_inodes=77,
nofail ,rw,
_netdev ,rw,
x-systemd.automount ,rw,
END
box "$(mnt /mnt tmpfs tmpfs size=64k nosuid mode=700 uid=7 noexec gid=8)" mounts ++ stat /mnt
is "$(fact /mnt)" "d 0700 7 8" "what is no flag goes to the file system"
box "$(mnt /mnt tmpfs tmpfs nonsense)" true
refused "what the file system does not know either" /mnt nonsense
box "$(mnt /mnt none nosuchfs)" true
refused "a file system that the kernel does not know" /mnt nosuchfs "/proc/filesystems"

# Of two that contradict the last one wins.
while read -r first second word; do
	box "$(mnt /mnt tmpfs tmpfs "$first" "$second") | $(mnt /tmp tmpfs tmpfs "$second" "$first")" mounts
	case $(flags /mnt)/$(flags /tmp) in
	*",$word,"*/*",$word,"*) fail "$first, then $second" "$(flags /mnt) $(flags /tmp)" ;;
	*/*",$word,"*) pass "$first, then $second: the last one wins" ;;
	*) fail "$first, then $second" "$(flags /mnt) $(flags /tmp)" ;;
	esac
done <<END
ro rw ro
nosuid suid nosuid
nodev dev nodev
noexec exec noexec
noatime relatime noatime
noatime strictatime noatime
noatime atime noatime
nodiratime diratime nodiratime
nosymfollow symfollow nosymfollow
rro rrw ro
rnoexec rexec noexec
rnoatime rrelatime noatime
END

# ---- binds: what is named changes, what is not named stays -----------------------------------------------
mount -t tmpfs -o nosuid,nodev,noexec,noatime,nodiratime tmpfs "$TESTDIR/tree"
mkdir "$TESTDIR/tree/sub"
echo tree >"$TESTDIR/tree/file"
mount -t tmpfs -o nosuid,nodev,noexec,noatime,nodiratime tmpfs "$TESTDIR/tree/sub"
echo sub >"$TESTDIR/tree/sub/file"

box "$(mnt /mnt @tree none bind)" mounts ++ cat /mnt/file ++ stat /mnt/sub/file ++ write /mnt/file new
worked "a bind"
is "$(flags /mnt)" ",rw,nosuid,nodev,noexec,noatime,nodiratime," "keeps the source's flags"
has "$out" "/mnt/sub/file=?ENOENT" "is not recursive"
is "$(fact mount./mnt/sub)" "" "and shows no mounts below"
is "$(cat "$TESTDIR/tree/file")" new "it is writable"
box "$(mnt /mnt @tree none rbind)" mounts ++ stat /mnt/sub/file
is "$(fact /mnt/sub/file)" "- 0644 0 0 4" "rbind brings the mounts below"
is "$(flags /mnt/sub)" ",rw,nosuid,nodev,noexec,noatime,nodiratime," "with their flags"
box "$(mnt /mnt @tree bind)" true
refused "type bind without the option is no bind, as with the peers" /mnt bind

while read -r option want; do
	box "$(mnt /mnt @tree none rbind "$option")" mounts
	[ "$status" = 0 ] || note "$err"
	flag "$want" "$option on a bind" /mnt
	is "$(flags /mnt/sub)" ",rw,nosuid,nodev,noexec,noatime,nodiratime," "$option leaves the mounts below alone"
done <<END
ro ,ro,
suid !,nosuid,
dev !,nodev,
exec !,noexec,
atime !,noatime,
relatime ,relatime,
strictatime !,relatime,
diratime !,nodiratime,
nosymfollow ,nosymfollow,
sync ,noexec,
silent ,noexec,
END
while read -r option want; do
	box "$(mnt /mnt @tree none rbind "$option")" mounts
	if old; then
		refused "$option on a bind is refused by name" "mount_setattr (Linux 5.12)"
		continue
	fi
	[ "$status" = 0 ] || note "$err"
	flag "$want" "$option on a bind" /mnt
	flag "$want" "$option reaches the mounts below" /mnt/sub
done <<END
rro ,ro,
rsuid !,nosuid,
rdev !,nodev,
rexec !,noexec,
ratime !,noatime,
rrelatime ,relatime,
rstrictatime !,noatime,
rnorelatime !,noatime,
rnostrictatime !,noatime,
rdiratime !,nodiratime,
rnosymfollow ,nosymfollow,
END
mount -o remount,bind,suid,dev,exec,relatime,diratime,ro "$TESTDIR/tree"
mount -o remount,bind,suid,dev,exec,relatime,diratime,ro,nosymfollow "$TESTDIR/tree/sub"
while read -r option want; do
	box "$(mnt /mnt @tree none rbind "$option")" mounts
	if old; then
		refused "$option on a bind is refused by name" "mount_setattr (Linux 5.12)"
		continue
	fi
	[ "$status" = 0 ] || note "$err"
	flag "$want" "$option on a bind" /mnt
	flag "$want" "$option reaches the mounts below" /mnt/sub
done <<END
rrw ,rw,
rnosuid ,nosuid,
rnodev ,nodev,
rnoexec ,noexec,
rnoatime ,noatime,
rnodiratime ,nodiratime,
rsymfollow !,nosymfollow,
END
box "$(mnt /mnt @tree none rbind rw nosuid nodev noexec noatime nodiratime)" mounts
is "$(flags /mnt)" ",rw,nosuid,nodev,noexec,noatime,nodiratime," "six flags at once, on the top"
has "$(flags /mnt/sub)" ",ro," "and rw opens nothing below"
mount -o remount,bind,rw "$TESTDIR/tree"
mount -o remount,bind,rw,symfollow "$TESTDIR/tree/sub"

box "$(mnt /mnt @tree none rbind ro)" write /mnt/file x ++ open /mnt/file rw ++ open /mnt/n new ++ mkdir /mnt/d ++ write /mnt/sub/file sub2
has "$out" "write /mnt/file: EROFS
open /mnt/file rw: EROFS
open /mnt/n new: EROFS
mkdir /mnt/d: EROFS" "ro on a bind: nothing can be written"
has "$out" "write /mnt/sub/file: ok" "but what is mounted below can: ro is not recursive"
box "$(mnt /mnt @tree none rbind rro)" write /mnt/file x ++ write /mnt/sub/file x
old || has "$out" "write /mnt/file: EROFS
write /mnt/sub/file: EROFS" "rro: nor below"
is "$(cat "$TESTDIR/tree/sub/file")" sub2 "(and nothing was)"
box "$(mnt /mnt @tree none ro bind)" write /mnt/file x
has "$out" "write /mnt/file: EROFS" "ro in front of bind counts as well"

# ---- files, places, order ------------------------------------------------------------------------------------
box "$(mnt /etc/one @plain/file none bind ro)" cat /etc/one ++ write /etc/one x ++ stat /etc/one
has "$out" "top
write /etc/one: EROFS" "a file on a file that was not there"
ln -s /etc/passwd "$TESTDIR/rootfs/etc/link"
box "$(mnt /etc/link @plain/file none bind)" cat /etc/passwd
has "$out" top "a destination that is a link: its target inside"
mkdir -p "$TESTDIR/outside"
ln -s "$TESTDIR/outside" "$TESTDIR/rootfs/out"
ln -s ../../../../../../../../../..$TESTDIR/outside "$TESTDIR/rootfs/out2"
box "$(mnt /out/deep @plain none bind) | $(mnt /out2/deeper tmpfs tmpfs)" true
worked "links that lead out of the root file system"
is "$(ls "$TESTDIR/outside")" "" "lead nowhere but inside"
rm -r "$TESTDIR/rootfs/out" "$TESTDIR/rootfs/out2" "$TESTDIR/rootfs${TESTDIR%/*}"
box "$(mnt /made/of/folders tmpfs tmpfs size=4k) | $(mnt /made/of/folders/in/it tmpfs tmpfs size=8k)" mounts ++ stat /made/of ++ stat /made/of/folders/in
worked "mount points are made, in the image and in mounts"
is "$(fact /made/of) $(fact /made/of/folders/in)" "d 0755 0 0 d 0755 0 0" "as root's folders"
has "$(super /made/of/folders/in/it)" ,size=8k, "one in the other"
rm -r "$TESTDIR/rootfs/made"
box "$(mnt relative/path tmpfs tmpfs size=4k)" mounts
has "$(fact mount./relative/path)" tmpfs "a relative destination counts from /"
box "$(mnt /mnt/../tmp//./x/ tmpfs tmpfs size=4k)" mounts
has "$(fact mount./tmp/x)" tmpfs "a destination with .. and // in it"
box "$(mnt /mnt tmpfs tmpfs size=4k) | $(mnt /mnt tmpfs tmpfs size=8k)" mounts
has "$(super /mnt)" ,size=8k, "two on one place: the second is on top"
is "$(fact mount./mnt | wc -l)" 2 "and both are there"
box "$(mnt /mnt/a tmpfs tmpfs size=4k) | $(mnt /mnt tmpfs tmpfs size=8k)" mounts ++ stat /mnt/a
is "$(fact /mnt/a)" "?ENOENT" "the listed order counts: what comes later covers"
mkdir -p "$TESTDIR/b/beside"
echo beside >"$TESTDIR/b/beside/file"
box "$(mnt /mnt beside none bind)" cat /mnt/file
is "$out" beside "a relative source counts from the bundle"
box "$(mnt /mnt @missing none bind)" true
refused "a source that is missing" "$TESTDIR/missing" "no such file"
box "$(mnt /mnt @plain/file none bind)" true
refused "a file on a folder" /mnt
box "$(mnt /etc/passwd @plain none bind)" true
refused "a folder on a file" /etc/passwd
box "$(mnt / tmpfs tmpfs)" true
refused "the root itself" destination
box 'del(.mounts) | del(.linux.maskedPaths, .linux.readonlyPaths)' ls / ++ ls /dev
worked "no mounts at all"
rm -f "$TESTDIR/rootfs/dev/"*
ln -s plain "$TESTDIR/slink"
box "$(mnt /mnt @slink none bind)" cat /mnt/file
is "$out" top "a source that is a link: its target"

# ---- tmpfs: who it belongs to, content, read-only ------------------------------------------------------------
mkdir -p "$TESTDIR/rootfs/full/sub"
chmod 2750 "$TESTDIR/rootfs/full"
echo one >"$TESTDIR/rootfs/full/one"
echo two >"$TESTDIR/rootfs/full/sub/two"
chmod 4711 "$TESTDIR/rootfs/full/one"
chown 5:6 "$TESTDIR/rootfs/full/one" "$TESTDIR/rootfs/full/sub"
chmod 4711 "$TESTDIR/rootfs/full/one"
owner='.process.capabilities = (["CAP_DAC_OVERRIDE"] | {bounding: ., effective: ., permitted: .})'
touch -d @1000000000 "$TESTDIR/rootfs/full/sub/two"
ln -s sub/two "$TESTDIR/rootfs/full/link"
mkfifo "$TESTDIR/rootfs/full/pipe"
box "$(mnt /full tmpfs tmpfs)" stat /full ++ ls /full
is "$(fact /full)" "d 2750 0 0" "a tmpfs without mode has that of the folder below"
is "$(printf '%s\n' "$out" | grep -c /full/)" 0 "and is empty"
box "$(mnt /nofolder/yet tmpfs tmpfs)" stat /nofolder/yet ++ stat /nofolder
is "$(fact /nofolder/yet):$(fact /nofolder)" "d 1777 0 0:d 0755 0 0" "where there was none below, it has the kernel's mode"
box "$owner | $(mnt /full tmpfs tmpfs tmpcopyup)" ls /full ++ ls /full/sub ++ cat /full/sub/two ++ write /full/one changed ++ \
	exec /bin/stat /full/sub/two
worked tmpcopyup
is "$(fact /full/one)" "- 4711 5 6 4" "copies files with mode and owner"
has "$(fact /full/sub)" " 5 6" "folders with their owner"
has "$out" "two" "what is in them"
has "$(fact /full/link)" "-> sub/two" "links"
has "$(fact /full/pipe)" "p " "pipes"
has "$out" "Modify: 2001-09-09 01:46:40" "and times"
is "$(cat "$TESTDIR/rootfs/full/one")" one "and what is written stays in the copy"
box "$owner | $(mnt /full tmpfs tmpfs tmpcopyup ro) | $(mnt /full/in tmpfs tmpfs)" cat /full/one ++ write /full/one x ++ open /full/in/x new
has "$out" "one
write /full/one: EROFS
open /full/in/x new: ok" "a read-only tmpfs: filled first, with a mount point made in it"

# ---- remount ----------------------------------------------------------------------------------------------------
box "$(mnt /mnt tmpfs tmpfs size=64k) | $(mnt /mnt none none remount ro nosuid)" open /mnt/x new ++ mounts
worked remount
flag ,ro, "remount with ro" /mnt
flag ,nosuid, "and nosuid" /mnt
has "$out" "open /mnt/x new: EROFS" "counts"
box "$(mnt /mnt tmpfs tmpfs size=64k) | $(mnt /mnt none none remount size=128k)" mounts
worked "remount with an option of the file system"
has "$(super /mnt)" ,size=128k, "changes it"
box "$(mnt /mnt @plain none bind) | $(mnt /mnt none none bind remount ro)" write /mnt/file x ++ mounts
worked "bind and remount"
has "$out" "write /mnt/file: EROFS" "changes the mount and not the file system"
check "the host's stays writable" touch "$TESTDIR/plain/file"
box "$(mnt /nowhere none none remount ro)" true
refused "remount of what is not there" /nowhere

# ---- propagation --------------------------------------------------------------------------------------------------
mkdir "$TESTDIR/peer"
mount -t tmpfs tmpfs "$TESTDIR/peer"
mount --make-shared "$TESTDIR/peer"
mkdir "$TESTDIR/peer/in" "$TESTDIR/peer/out"
while read -r option want; do
	box "$(mnt /mnt @peer none rbind "$option")" mounts
	case $want in shared) if old; then
		refused "propagation $option of a bind is refused by name" "open_tree (Linux 5.2)"
		continue
	fi ;; esac
	is "$(prop /mnt)" "$want" "propagation $option of a bind"
done <<END
rw private
private private
rprivate private
slave master
rslave master
shared shared
rshared shared
unbindable unbindable
runbindable unbindable
END
box "$(mnt /mnt tmpfs tmpfs shared) | $(mnt /tmp tmpfs tmpfs slave) | $(mnt /root tmpfs tmpfs unbindable)" mounts
is "$(prop /mnt) $(prop /tmp) $(prop /root)" "shared private unbindable" "propagation of new file systems"

caps='.process.capabilities = (["CAP_SYS_ADMIN"] | {bounding: ., effective: ., permitted: .})'
# Nobody holds what is mounted, least of all a run that waits for the container.
box "$caps | $(mnt /mnt @plain none bind) | $(mnt /tmp tmpfs tmpfs) | $(mnt /root @plain none bind) | $(mnt /root none none remount bind ro)" \
	umount /mnt ++ umount /tmp ++ umount /root
is "$status:$out" "0:umount /mnt: ok
umount /tmp: ok
umount /root: ok" "what is mounted can be unmounted inside"

# What the host mounts while the container runs, and what the container mounts.
events() {
	box_bundle "$caps | $1" mount t /mnt/out tmpfs 0 size=4k ++ echo ready ++ wait-file /tmp/go ++ mounts
	rm -f "$TESTDIR/rootfs/tmp/go"
	: >"$TESTDIR/events" # the one before has said ready there, and the shell of the next line may be slow to empty it
	"$MOTE" --root "$STATE" run -b "$TESTDIR/b" box >"$TESTDIR/events" 2>&1 </dev/null &
	events_pid=$!
	wait_for 10 grep -q ready "$TESTDIR/events" || note "$(cat "$TESTDIR/events")"
	seen_out=no
	! mountpoint -q "$TESTDIR/peer/out" || seen_out=yes
	mount -t tmpfs -o size=12k tmpfs "$TESTDIR/peer/in"
	touch "$TESTDIR/rootfs/tmp/go"
	wait "$events_pid"
	out=$(cat "$TESTDIR/events")
	umount "$TESTDIR/peer/in"
	umount "$TESTDIR/peer/out" 2>/dev/null
	seen_in=no
	[ -z "$(fact mount./mnt/in)" ] || seen_in=yes
}
events "$(mnt /mnt @peer none rbind)"
is "$seen_in $seen_out" "no no" "a bind: the host's mounts do not come in, the container's do not get out"
events "$(mnt /mnt @peer none rbind rslave)"
is "$seen_in $seen_out" "yes no" "rslave: in, but not out"
if ! old; then
	events "$(mnt /mnt @peer none rbind rshared)"
	is "$seen_in $seen_out" "yes yes" "rshared: in and out"
fi

# The root's: the host's / is shared here, as systemd makes it.
for p in private slave shared unbindable rprivate rslave rshared runbindable; do
	mount --make-rshared /
	box ".linux.rootfsPropagation = \"$p\"" mounts
	mount --make-rprivate /
	[ "$status" = 0 ] || note "$err"
	case $p in
	*private) want=private ;;
	*slave) want=master ;;
	*shared) want=shared ;;
	*) want=unbindable ;;
	esac
	case $(prop /) in
	"$want" | "$want,master" | "master,$want" | "$want,propagate_from") pass "rootfsPropagation $p" ;;
	*) fail "rootfsPropagation $p" "$(prop /)" ;;
	esac
done
mount --make-rshared /
box "$caps" mounts ++ mount t /mnt tmpfs 0 size=4k
mount --make-rprivate /
is "$(prop /)" private "without rootfsPropagation the root is private"
is "$(printf '%s\n' "$out" | grep '^mount\.' | grep -v prop=private)" "" "and so are all mounts"
check "nothing came out" sh -c "! mountpoint -q '$TESTDIR/rootfs/mnt'"
box '.linux.rootfsPropagation = "sideways"' true
is "$status" 1 "no other word is taken"
umount "$TESTDIR/peer"

# ---- mounts with maps of their own -----------------------------------------------------------------------------
ids='{containerID: 0, hostID: 1000, size: 10}'
mapped() { # the last mount gets maps
	printf '.mounts[-1] += {uidMappings: [%s], gidMappings: [%s]}' "${1:-$ids}" "${2:-$ids}"
}
if old; then
	box "$(mnt /mnt @plain none rbind idmap) | $(mapped)" true
	refused "idmapped mounts are refused by name" "mount_setattr (Linux 5.12)"
elif have IDMAP; then
	mkdir "$TESTDIR/tree/ids" "$TESTDIR/plain/ids"
	for d in tree plain; do
		touch "$TESTDIR/$d/ids/root" "$TESTDIR/$d/ids/three" "$TESTDIR/$d/ids/far"
		chown 3:4 "$TESTDIR/$d/ids/three"
		chown 5000:5000 "$TESTDIR/$d/ids/far"
		box "$(mnt /mnt "@$d" none rbind idmap) | $(mapped)" stat /mnt/ids/root ++ stat /mnt/ids/three ++ stat /mnt/ids/far
		worked "idmap on $(stat -f -c %T "$TESTDIR/$d")"
		is "$(fact /mnt/ids/root)" "- 0644 1000 1000 0" "0 is 1000"
		is "$(fact /mnt/ids/three)" "- 0644 1003 1004 0" "3:4 is 1003:1004"
		is "$(fact /mnt/ids/far)" "- 0644 65534 65534 0" "what is not mapped is nobody's"
	done
	box "$(mnt /mnt @tree none rbind idmap) | $(mapped)" stat /mnt/sub/file
	has "$(fact /mnt/sub/file)" " 0 0 " "idmap does not reach the mounts below"
	box "$(mnt /mnt @tree none rbind ridmap) | $(mapped)" stat /mnt/file ++ stat /mnt/sub/file
	worked ridmap
	has "$(fact /mnt/file)" " 1000 1000 " "ridmap maps the top"
	has "$(fact /mnt/sub/file)" " 1000 1000 " "and the mounts below"
	box "$(mnt /mnt @plain none bind) | $(mapped)" stat /mnt/ids/three
	is "$(fact /mnt/ids/three)" "- 0644 1003 1004 0" "maps without the option count"
	box "$(mnt /mnt @plain none bind ro idmap) | $(mapped '{containerID: 3, hostID: 0, size: 1}, {containerID: 0, hostID: 7, size: 1}')" \
		stat /mnt/ids/three ++ stat /mnt/ids/root ++ write /mnt/file x
	is "$(fact /mnt/ids/three) $(fact /mnt/ids/root)" "- 0644 0 1004 0 - 0644 7 1000 0" "two ranges, and other ones for groups"
	has "$out" "write /mnt/file: EROFS" "and read-only"
	box "$(mnt /mnt @plain none bind) | $(mapped)" write /mnt/ids/new x ++ open /mnt/ids/new2 new
	has "$out" "EOVERFLOW" "whoever is not in the map can make nothing"
	rm -f "$TESTDIR/plain/ids/new"
	user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings'
	box "$user | $(mnt /mnt @plain none bind idmap)" stat /mnt/ids/three ++ open /mnt/ids/new new
	worked "idmap in a user namespace takes that one's maps"
	is "$(fact /mnt/ids/three)" "- 0644 3 4 0" "so that owners inside are those on disk"
	is "$(stat -c %u:%g "$TESTDIR/plain/ids/new")" 0:0 "and new files as well"
	unshare -U sleep 1000 &
	sleeper=$!
	lib_pids="$lib_pids $sleeper"
	wait_for 10 sh -c "[ \"\$(readlink /proc/$sleeper/ns/user)\" != \"\$(readlink /proc/self/ns/user)\" ]"
	echo "0 300000 1000" >"/proc/$sleeper/uid_map"
	echo "0 300000 1000" >"/proc/$sleeper/gid_map"
	box ".linux.namespaces += [{type: \"user\", path: \"/proc/$sleeper/ns/user\"}] | $(mnt /mnt @plain none bind idmap)" stat /mnt/ids/three
	worked "idmap in a joined user namespace"
	is "$(fact /mnt/ids/three)" "- 0644 3 4 0" "takes that one's maps"
	kill "$sleeper"
	box "$(mnt /mnt @plain none bind idmap)" true
	refused "idmap without any maps" idmap
	box "$(mnt /mnt tmpfs tmpfs idmap) | $(mapped)" true
	refused "idmap on a new file system, which mote cannot do" "mounts["
	box "$(mnt /mnt tmpfs tmpfs) | $(mapped)" true
	refused "nor maps without the option" "mounts["
else
	skip "mounts with maps" "built without IDMAP"
fi

# ---- the root --------------------------------------------------------------------------------------------------
rm -rf "$TESTDIR/rootfs/tmp/"* "$TESTDIR/rootfs/mnt/"*
box '.root.readonly = true' write /etc/passwd x ++ open /new new ++ mkdir /d ++ open /tmp/x new ++ open /dev/shm/x new ++ mounts
has "$out" "write /etc/passwd: EROFS
open /new new: EROFS
mkdir /d: EROFS
open /tmp/x new: EROFS" "a read-only root"
has "$out" "open /dev/shm/x new: ok" "with writable mounts in it"
flag ,ro, "says so" /
box "$caps | .root.readonly = true | $(mnt /not/there tmpfs tmpfs size=4k)" open /not/there/x new ++ open /not/x new
has "$out" "open /not/there/x new: ok
open /not/x new: EROFS" "mount points are made before it is"
check "the host's files stay writable" touch "$TESTDIR/rootfs/etc/passwd"
box '.root.readonly = false' open /tmp/x new
has "$out" "open /tmp/x new: ok" "a writable root"
rm "$TESTDIR/rootfs/tmp/x"
box '.root.path = "rel"' true
is "$status" 1 "a root that is missing"
mkdir "$TESTDIR/b/rel"
cp -r "$TESTDIR/rootfs/." "$TESTDIR/b/rel"
echo here >"$TESTDIR/b/rel/etc/here"
box '.root.path = "rel"' cat /etc/here
is "$out" here "a relative root counts from the bundle"
rm -r "$TESTDIR/b/rel"
box . stat / ++ stat /.. ++ open "$TESTDIR" path ++ chdir /../../..
has "$out" "open $TESTDIR path: ENOENT" "the host's root is out of sight"

# ---- masked and read-only paths ------------------------------------------------------------------------------
mkdir -p "$TESTDIR/rootfs/secret/dir" "$TESTDIR/rootfs/keep/below"
echo secret >"$TESTDIR/rootfs/secret/file"
echo secret >"$TESTDIR/rootfs/secret/dir/file"
echo keep >"$TESTDIR/rootfs/keep/file"
ln -s /secret/file "$TESTDIR/rootfs/way"
ln -s keep "$TESTDIR/rootfs/kway"
box '.linux.maskedPaths = ["/secret/file", "/secret/dir", "/not/there", "/secret/file/below"]' \
	cat /secret/file ++ ls /secret/dir ++ write /secret/file x ++ open /secret/dir/new new ++ true
worked "masked paths, two of them missing"
hasnt "$out" "=-" "the folder is empty"
hasnt "$out" "secret
" "the file is empty"
has "$out" "open /secret/dir/new new: EROFS" "nothing can be put there"
is "$(cat "$TESTDIR/rootfs/secret/file")" secret "the host's file is as it was"
box '.linux.maskedPaths = ["/way"]' cat /secret/file ++ stat /secret/file
has "$(fact /secret/file)" " 1:3" "masked through a link: its target"
ln -s "$TESTDIR/plain/file" "$TESTDIR/rootfs/away"
box '.linux.maskedPaths = ["/away"] | .linux.readonlyPaths = ["/away"]' true
worked "a link that leads out leads nowhere"
is "$(wc -c <"$TESTDIR/plain/file")" 4 "and the host's file is as it was"
box '.linux.readonlyPaths = ["/keep", "/not/there", "/etc/group"]' write /keep/file x ++ open /keep/below/new new ++ write /etc/group x ++ write /tmp/free x
has "$out" "write /keep/file: EROFS
open /keep/below/new new: EROFS
write /etc/group: EROFS
write /tmp/free: ok" "read-only paths: a folder and what is in it, a file, nothing else"
rm "$TESTDIR/rootfs/tmp/free"
box '.linux.readonlyPaths = ["/kway"]' write /keep/file x
has "$out" "write /keep/file: EROFS" "read-only through a link"
box '.linux.readonlyPaths = ["/keep"] | .linux.maskedPaths = ["/keep/file"]' cat /keep/file ++ open /keep/x new
is "$out" "open /keep/x new: EROFS" "a masked file in a read-only folder"
box "$(mnt /keep @plain none bind) | .linux.readonlyPaths = [\"/keep\"] | .linux.maskedPaths = [\"/keep/file\"]" cat /keep/file ++ open /keep/x new
is "$out" "open /keep/x new: EROFS" "and both in a mount"
box '.linux.maskedPaths = ["relative"]' true
is "$status" 1 "a relative one is refused"
box "$caps | .linux.maskedPaths = [\"/secret/file\"] | .linux.readonlyPaths = [\"/keep\"] | .root.readonly = true" \
	cat /secret/file ++ write /keep/file x ++ write /etc/group x
is "$out" "write /keep/file: EROFS
write /etc/group: EROFS" "all of it with a read-only root"
rm "$TESTDIR/rootfs/away" "$TESTDIR/rootfs/etc/link"

umount "$TESTDIR/tree/sub" "$TESTDIR/tree"
clean "nothing is left of it all" "$STATE"
finish

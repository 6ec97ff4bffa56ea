#!/bin/sh
# netdevices.t - network devices that move into the container: names, templates, addresses, what is refused, the way back
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # status, out and err are lib.sh's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/box.sh"
need root NETDEV cmd:jq cmd:ip cmd:unshare
# All in a network namespace of the test's own: the host's devices are not touched.  `ip netns` mounts.
if [ -z "${NETDEVICES_INSIDE:-}" ]; then
	NETDEVICES_INSIDE=1 exec unshare --net --mount --propagation private -- sh "$0" "$@"
fi
export SNAPSHOT_CGROUPS="${TESTDIR##*/}" # other tests may run at the same time
mkrootfs "$TESTDIR/rootfs"
ip link set lo up
ip link add v0 type veth peer name v1 2>/dev/null || skip_all "this kernel makes no veth devices"

# device NAME: a veth with all that is to be kept, and what is not
device() {
	ip link del "$1" 2>/dev/null
	ip link del "peer-$1" 2>/dev/null # its other end may be in a namespace that is still going away
	ip link add "$1" type veth peer name "peer-$1" || exit 99
	ip link set "$1" mtu 1400 address 02:00:00:00:00:07 up
	ip link set "peer-$1" up
	ip address add 10.9.8.7/24 dev "$1"
	ip address add 10.9.9.7/32 dev "$1"
	ip address add 10.9.7.7/24 dev "$1" scope link
	ip address add 10.9.6.7/24 dev "$1" valid_lft 1000 preferred_lft 1000
	ip -6 address add 2001:db8::7/64 dev "$1" nodad 2>/dev/null
}
# Names, flags and addresses of a device here.
look() { ip -o address show dev "$1" 2>&1 | sed 's/^[0-9]*: *//; s/valid_lft.*//' | tr -s ' ' | sort; }
shell='.process.args = ["/bin/sh", "-c", "ip address; ip -6 route"]'
ip netns add "mote-$$" && at_exit "ip netns del mote-$$"
before

# ---- moved ------------------------------------------------------------------------------------------------
device d0
box ".linux.netDevices = {\"d0\": {name: \"eth7\"}} | $shell"
worked "a device with a new name"
has "$out" "eth7" "its name"
hasnt "$out" " d0" "not the old one"
has "$(echo "$out" | grep "eth7.*mtu")" "UP" "it is up"
has "$out" "mtu 1400" "its MTU"
has "$out" "02:00:00:00:00:07" "its hardware address"
has "$out" "10.9.8.7/24" "a permanent global address"
has "$out" "10.9.9.7/32" "and a second one"
hasnt "$out" "10.9.7.7" "not one of another scope"
hasnt "$out" "10.9.6.7" "not one that ends"
if [ -e /proc/sys/net/ipv6 ]; then
	has "$out" "2001:db8::7/64" "an address of IPv6"
fi
run_in 5 ip link show d0
is "$status" 1 "it does not come back when the container has ended"

device d0
box ".linux.netDevices = {\"d0\": {}} | $shell"
has "$out" " d0" "without a name it keeps its own"
device d0
device d1
box ".linux.netDevices = {\"d0\": {name: \"eth%d\"}, \"d1\": {name: \"eth%d\"}} | $shell"
worked "two devices of one template"
has "$out" "eth0" "the first free name"
has "$out" "eth1" "the next one"

# Into a namespace that is there already.
ip -n "mote-$$" link add eth0 type veth peer name other
device d0
join="(.linux.namespaces[] | select(.type == \"network\")).path = \"/run/netns/mote-$$\""
had=$(look d0)
box "$join | .linux.netDevices = {\"d0\": {name: \"eth0\"}}" true
refused "a name that the container has" "network device d0" "file exists"
is "$(look d0)" "$had" "and the device is as it was"
box "$join | .linux.netDevices = {\"d0\": {name: \"eth%d\"}}" true
worked "a template where the name is taken"
has "$(ip -n "mote-$$" address show dev eth1 2>&1)" 10.9.8.7 "takes the next one, and brings its addresses"
# A device of the old name is not in the way of the new one.
ip -n "mote-$$" link add d0 type veth peer name other2
device d0
box "$join | .linux.netDevices = {\"d0\": {name: \"eth5\"}}" true
worked "only the new name counts"
has "$(ip -n "mote-$$" address show dev eth5 2>&1)" 10.9.8.7 "and it is the host's device"

# ---- refused, and undone ------------------------------------------------------------------------------------
box '.linux.netDevices = {"nosuch0": {}}' true
refused "a device that is not there" 'linux.netDevices["nosuch0"]' "no such device"
box '.linux.netDevices = {"lo": {name: "lo1"}}' true
refused "the loopback device" 'linux.netDevices["lo"]' "cannot be moved"
box '.linux.netDevices = {"d0": {name: "a/b"}}' true
refused "no name of a device" 'linux.netDevices["d0"].name'
box 'del(.linux.namespaces[] | select(.type == "network")) | .linux.netDevices = {"d0": {}}' true
refused "no network namespace" linux.netDevices "network namespace"
# Mote's own by its path, and by a bind of it: there the device would get its new name and stay.
device d0
had=$(look d0)
: >"$TESTDIR/own" && mount --bind /proc/self/ns/net "$TESTDIR/own" && at_exit "umount \"$TESTDIR/own\" 2>/dev/null"
for own in /proc/self/ns/net "$TESTDIR/own"; do
	join_own="(.linux.namespaces[] | select(.type == \"network\")).path = \"$own\""
	box "$join_own | .linux.netDevices = {\"d0\": {name: \"eth9\"}}" true
	refused "mote's own network namespace by $own" linux.netDevices "it would change the host"
	is "$(look d0)" "$had" "and the device is as it was"
	box "$join_own" true
	worked "without devices it may be joined"
done
umount "$TESTDIR/own"
device d0
device d1
had0=$(look d0) had1=$(look d1)
box '.linux.netDevices = {"d0": {name: "same"}, "d1": {name: "same"}}' true
refused "two of one name" "file exists"
is "$(look d0)" "$(echo "$had0" | grep -v -e 10.9.7.7 -e 10.9.6.7)" "the one that was moved is back, with its permanent addresses"
is "$(look d1)" "$had1" "the other was never touched"
device d0
had=$(look d0 | grep -v -e 10.9.7.7 -e 10.9.6.7)
box '.linux.netDevices = {"d0": {name: "eth0"}} | .mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]' true
refused "a step after it that fails" nosuchfs
is "$(look d0)" "$had" "it is back"
has "$(ip link show d0)" "UP" "and up"
if have HOOKS; then
	box '.linux.netDevices = {"d0": {name: "eth0"}} | .hooks = {createRuntime: [{path: "/bin/false"}]}' true
	refused "a hook that fails" createRuntime
	is "$(look d0)" "$had" "it is back again"
fi
box_bundle '.linux.netDevices = {"d0": {name: "eth0"}}' sleep 1000
mote_in 20 create -b "$TESTDIR/b" box
is "$status:$err" 0: "create"
mote_in 20 delete --force box
run_in 5 ip link show d0
is "$status" 1 "delete never moves it back"
clean "nothing is left of it all"
finish

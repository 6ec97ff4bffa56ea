#!/bin/sh
# sign.t - signify and minisign sign, mote verifies; everything else is refused
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2015,SC2034
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC1091
. "$(dirname "$0")/../lib.sh"
need root SIGN cmd:signify-openbsd cmd:minisign
SNAPSHOT_CGROUPS=/no-cgroup

cd "$TESTDIR" || exit
mkrootfs b/rootfs
jq '.root = {path: "rootfs", readonly: true} | del(.mounts[] | select(.type == "cgroup")) | .process.args = ["/probe", "exit", "3"]' \
	"$TESTS/bench/config.json" >b/config.json
signify-openbsd -G -n -p s.pub -s s.sec && signify-openbsd -G -n -p s2.pub -s s2.sec
minisign -G -W -p m.pub -s m.sec >/dev/null && minisign -G -W -p m2.pub -s m2.sec >/dev/null
mkdir -p "$STATE"
before

no() { # NAME WORDS KEY: verify, create and run refuse, in these words, and leave nothing
	run_in 20 "$MOTE" verify --key "$3" b
	is "$status" 1 "$1: verify"
	has "$err" "$2" "$1: $2"
	mote_in 20 create --key "$3" -b b x
	is "$status" 1 "$1: create"
	has "$err" "$2" "$1: create says it"
	mote_in 20 run --key "$3" -b b x
	is "$status:$out" "1:" "$1: run"
}
yes() { # NAME KEY
	run_in 20 "$MOTE" verify --key "$2" b
	is "$status:$out$err" "0:" "$1: verify"
	mote_in 20 run --key "$2" -b b x
	is "$status:$err" "3:" "$1: run"
}

no "no manifest" "no such file" s.pub
"$MOTE" digest --write b >/dev/null
no "not signed" "is not signed" s.pub
signify-openbsd -S -s s.sec -m b/bundle.mtree -x b/bundle.mtree.sig
yes "signify" s.pub
d=$("$MOTE" digest b)
mote_in 20 run --key s.pub --verify "$d" -b b x
is "$status" 3 "--key and --verify together"
mote_in 20 run --key s.pub --verify "sha256:$(printf %064d 1)" -b b x
is "$status" 1 "and --verify has its own word"
no "another key" "another key" s2.pub
no "a minisign key" "another key" m.pub
# The signature may lie elsewhere, under any name: it is known by its first line, and is of the manifest in the bundle.
mkdir sigs && mv b/bundle.mtree.sig sigs/a && no "the signature is not in the bundle" "is not signed" s.pub
by() { # NAME SIGNATURE KEY STATUS [WORDS]: as an operand, and for --verify
	run_in 20 "$MOTE" verify --key "$3" b "$2"
	is "$status" "$4" "$1: verify BUNDLE SIGNATURE"
	[ -z "${5:-}" ] || has "$out$err" "$5" "$1: $5"
	mote_in 20 run --key "$3" --verify "$2" -b b x
	case $4 in 0) is "$status:$err" "3:" "$1: run --verify SIGNATURE" ;; *) is "$status:$out" "1:" "$1: run --verify SIGNATURE" ;; esac
}
minisign -S -s m.sec -m b/bundle.mtree -x sigs/b -t "made by a test" >/dev/null </dev/null
by "signify" sigs/a s.pub 0
by "minisign" sigs/b m.pub 0
by "another key" sigs/a s2.pub 1 "another key"
by "minisign, another key" sigs/b m2.pub 1 "another key"
by "minisign's by signify's key" sigs/b s.pub 1 "another key"
run_in 20 "$MOTE" verify b sigs/a
is "$status" 1 "a signature without --key: refused"
has "$err" "--key has to say" "and says what is missing"
mote_in 20 run --verify sigs/b -b b x
has "$status:$err" "--key has to say" "run --verify SIGNATURE without --key"
sed 's/made by a test/made by others/' sigs/b >sigs/c
by "minisign, another comment" sigs/c m.pub 1 "trusted comment"
head -c 60 sigs/a >sigs/c
by "a cut one" sigs/c s.pub 1 "it is cut"
by "a key for a signature" s.pub s.pub 1 "it is cut, or no signature"
{ cat sigs/a && echo more; } >sigs/c.sig
by "something behind it" sigs/c.sig s.pub 1 "follows the signature"
cp sigs/a sigs/c.minisig
by "signify's by the name of minisign's" sigs/c.minisig s.pub 1 "trusted comment"
by "no such file" sigs/none s.pub 1
echo x >b/rootfs/new
run_in 20 "$MOTE" verify --key s.pub b sigs/a
is "$status:$out" "3:added ./rootfs/new" "signed by the operand, and what differs is told"
"$MOTE" digest --write b >/dev/null
by "a manifest that was written anew" sigs/a s.pub 1 "the signature is wrong"
rm b/rootfs/new && "$MOTE" digest --write b >/dev/null
signify-openbsd -S -s s2.sec -m b/bundle.mtree -x b/bundle.mtree.sig
by "the operand counts, not what lies in the bundle" sigs/a s.pub 0
by "and the other way round" sigs/a s2.pub 1 "another key"
mv sigs/a b/bundle.mtree.sig
# The number of the right key on another key.
{ head -n 1 s.pub; { sed -n 2p s.pub | base64 -d | head -c 10; sed -n 2p s2.pub | base64 -d | tail -c 32; } | base64 -w0 && echo; } >f.pub
no "another key with the right number" "the signature is wrong" f.pub
echo x >b/rootfs/new
run_in 20 "$MOTE" verify --key s.pub b
is "$status:$out" "3:added ./rootfs/new" "a changed bundle: what differs is told"
mote_in 20 run --key s.pub -b b x
is "$status" 1 "and it does not run"
"$MOTE" digest --write b >/dev/null
no "a manifest that was written anew" "the signature is wrong" s.pub
rm b/rootfs/new && "$MOTE" digest --write b >/dev/null
yes "as it was" s.pub
cp b/bundle.mtree.sig good.sig
n=0 taken=''
while [ $n -lt "$(wc -c <good.sig)" ]; do
	head -c $n good.sig >b/bundle.mtree.sig
	"$MOTE" verify --key s.pub b >/dev/null 2>&1 && taken="$taken $n"
	n=$((n + 5))
done
is "$taken" "" "a signature cut every 5 bytes: refused"
n=$(head -n 1 good.sig | wc -c) taken=''
while [ $n -lt "$(($(wc -c <good.sig) - 1))" ]; do
	{ head -c $n good.sig && printf 'x' && tail -c +$((n + 2)) good.sig; } >b/bundle.mtree.sig
	cmp -s good.sig b/bundle.mtree.sig || { "$MOTE" verify --key s.pub b >/dev/null 2>&1 && taken="$taken $n"; }
	n=$((n + 7))
done
is "$taken" "" "a letter of the signature changed: refused"
# The last letter before the padding has two bits that nobody needs: the other three ways to write the same bytes.
letters=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
last=$(sed -n 2p good.sig | sed 's/=*$//; s/.*\(.\)$/\1/')
at=${letters%"$last"*}
n=1 taken=''
while [ $n -le 3 ]; do
	other=$(printf %s "$letters" | cut -c $((${#at} + 1 + n)))
	sed "2s|$last=\$|$other=|" good.sig >b/bundle.mtree.sig
	cmp -s good.sig b/bundle.mtree.sig && taken="$taken unchanged"
	"$MOTE" verify --key s.pub b >/dev/null 2>&1 && taken="$taken $n"
	n=$((n + 1))
done
is "$taken" "" "spare bits of the last letter: refused"
{ cat good.sig && echo more; } >b/bundle.mtree.sig
no "something behind the signature" "follows the signature" s.pub
head -c 3000 /dev/urandom >b/bundle.mtree.sig
run_in 20 "$MOTE" verify --key s.pub b
is "$status" 1 "noise for a signature"
rm b/bundle.mtree.sig

for how in "-l" "-H" ""; do
	# shellcheck disable=SC2086
	minisign -S $how -s m.sec -m b/bundle.mtree -x b/bundle.mtree.minisig -t "made by a test" >/dev/null </dev/null || { skip "minisign $how" "it does not know that" && continue; }
	kind=$(sed -n 2p b/bundle.mtree.minisig | base64 -d | head -c 2)
	yes "minisign $kind" m.pub
	no "minisign $kind, another key" "another key" m2.pub
	cp b/bundle.mtree.minisig good.minisig
	sed 's/made by a test/made by others/' good.minisig >b/bundle.mtree.minisig
	no "minisign $kind, another comment" "trusted comment" m.pub
	head -n 2 good.minisig >b/bundle.mtree.minisig
	no "minisign $kind, no comment" "trusted comment" m.pub
	cp good.minisig b/bundle.mtree.minisig
	echo x >b/rootfs/new && "$MOTE" digest --write b >/dev/null
	no "minisign $kind, another manifest" "the signature is wrong" m.pub
	rm b/rootfs/new && "$MOTE" digest --write b >/dev/null
done
if have PACK; then
	"$MOTE" pack b -o b.tar >/dev/null && "$MOTE" unpack b.tar b3
	run_in 20 "$MOTE" verify --key m.pub b3
	is "$status:$err" "0:" "a packed bundle has its signature with it"
fi
if have IMAGE; then
	mote_in 20 run --key m.pub -b b.tar x
	is "$status:$err" "3:" "run --key of an image"
	run_in 20 "$MOTE" verify --key m.pub b.tar sigs/b
	is "$status:$out$err" "0:" "verify IMAGE SIGNATURE"
	mote_in 20 run --key m2.pub -b b.tar x
	is "$status" 1 "and not with another key"
	# What pack leaves out as the host's word is nobody's who puts it into a file: it could name hooks.
	mkdir added && printf '{"hooks": {"createRuntime": [{"path": "/usr/bin/touch", "args": ["touch", "%s/hooked"]}]}}' "$PWD" >added/runtime.json
	cp b.tar b4.tar && tar -C added -rf b4.tar runtime.json
	mote_in 20 run --key m.pub -b b4.tar x
	has "$status:$err" "added ./runtime.json" "a runtime.json that was put into a signed archive: run --key refuses it"
	mote_in 20 run --verify "$("$MOTE" digest b)" -b b4.tar x
	has "$status:$err" "added ./runtime.json" "and so does run --verify"
	run_in 20 "$MOTE" verify --key m.pub b4.tar
	is "$status:$out" "3:added ./runtime.json" "and verify"
	run_in 20 "$MOTE" unpack b4.tar b4
	has "$status:$err" "added ./runtime.json" "and unpack"
	[ ! -e hooked ] && pass "its hook has not run" || fail "its hook has not run"
	if have RUNTIME; then
		cp added/runtime.json b/ && mote_in 20 run --key m.pub -b b x
		is "$status:$([ -e hooked ] && echo hooked)" "3:hooked" "beside a folder it is the host's"
		rm b/runtime.json hooked
	fi
fi
if have IMAGE && have RUNTIME; then
	printf '{"mote": {"key": "%s/m.pub"}}' "$PWD" >key.json && printf '{"mote": {"key": "%s/m2.pub"}}' "$PWD" >key2.json
	mote_in 20 run --runtime-config key.json -b b.tar x
	is "$status:$err" "3:" "a key from a runtime.json, for an image"
	mote_in 20 run --runtime-config key2.json -b b.tar x
	has "$status:$err" "another key" "and another one is refused"
	mote_in 20 run --runtime-config key2.json --key m.pub -b b.tar x
	is "$status:$err" "3:" "the command line's counts"
	mote_in 20 run --runtime-config key2.json -b b x
	has "$status:$err" "another key" "for a folder"
fi
# A root hash of dm-verity that is signed, beside the image. Whether the kernel has dm-verity is asked after the signature.
if have IMAGE && command -v mkfs.erofs >/dev/null; then
	"$MOTE" pack -q b --verity -o v.erofs >v.erofs.verity
	root=$(sed -n 's/^verity-root://p' v.erofs.verity)
	image() { # NAME WORDS KEY: run refuses
		mote_in 20 run --key "$3" -b v.erofs x
		is "$status:$out" "1:" "$1: refused"
		has "$err" "$2" "$1: $2"
		clean "$1: nothing is left"
	}
	proven() { # NAME KEY: run gets as far as dm-verity
		mote_in 20 run --key "$2" -b v.erofs x
		case $status:$err in 3: | *"no device mapper"* | *"no dm-verity"*) pass "$1" ;; *) fail "$1" "$status $err" ;; esac
		clean "$1: nothing is left"
	}
	image "a root hash that is not signed" "is not signed" s.pub
	signify-openbsd -S -s s.sec -m v.erofs.verity -x v.erofs.verity.sig
	proven "signify" s.pub
	image "another key" "another key" s2.pub
	cp v.erofs.verity good.verity
	sed -i "s/$root/$(echo "$root" | tr 0-9a-f 1-9a-f0)/" v.erofs.verity
	image "another root hash" "the signature is wrong" s.pub
	cp good.verity v.erofs.verity && rm v.erofs.verity.sig
	minisign -S -s m.sec -m v.erofs.verity -x v.erofs.verity.minisig >/dev/null </dev/null
	proven "minisign" m.pub
	rm v.erofs.verity.minisig
	for line in "root:$root" "verity-root $root" "" " verity-root:$root"; do
		printf '%s\n' "$line" >v.erofs.verity && signify-openbsd -S -s s.sec -m v.erofs.verity -x v.erofs.verity.sig
		image "signed, but '$line'" "has no line verity-root:HASH" s.pub
	done
	echo "verity-root:${root}0" >v.erofs.verity && signify-openbsd -S -s s.sec -m v.erofs.verity -x v.erofs.verity.sig
	image "signed, but too long" "64 hexadecimal digits" s.pub
	rm v.erofs.verity v.erofs.verity.sig && mv b/bundle.mtree.minisig aside && "$MOTE" pack -q b -o v.erofs >/dev/null && mv aside b/bundle.mtree.minisig
	image "no root hash, and no signature in it" "is not signed" m.pub
	if have RUNTIME; then
		echo '{"mote": {"verity-root": "xyz"}}' >root.json
		mote_in 20 run --runtime-config root.json -b v.erofs x
		has "$status:$err" "64 hexadecimal digits" "a root hash from a runtime.json is used"
	fi
fi
for k in nothing good.sig m.sec /dev/null; do
	run_in 20 "$MOTE" verify --key $k b
	is "$status" 1 "$k is no key"
done
clean "nothing is left"
finish

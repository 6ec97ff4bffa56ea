#!/bin/sh
# packages.t - make install, make deb, and a build that is told of its musl, as packagers use them
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

need cmd:gcc cmd:make
cd "$TOP" || exit 1
case $B in "$TOP"/build/full) ;; *) skip_all "for build/full alone" ;; esac
made=$TESTDIR/made
check "make install" sh -c "make -s DESTDIR='$TESTDIR/i' PREFIX=/usr install >'$made' 2>&1"
is "$("$TESTDIR/i/usr/bin/mote" --version | sed -n 1p)" "mote version $(cat VERSION)" "the binary says the version of VERSION"
for f in bin/mote share/man/man8/mote.8 share/man/man8/mote-run.8 share/man/man5/mote-config.5 share/man/man7/mote-hooks.7 \
	share/bash-completion/completions/mote share/zsh/site-functions/_mote share/fish/vendor_completions.d/mote.fish share/licenses/mote/NOTICE; do
	check "installed: $f" test -s "$TESTDIR/i/usr/$f"
done
check "make sbom" sh -c "make -s sbom >'$made' 2>&1"
if command -v jq >/dev/null; then
	is "$(jq -r '.packages[0].checksums[0].checksumValue' build/mote.spdx.json)" "$(sha256sum "$B/mote" | cut -d' ' -f1)" "the SBOM is of this binary"
	is "$(jq -r '[.packages[] | select(.versionInfo == "")] | length' build/mote.spdx.json)" 0 "every part has a version"
	parts() { jq -r '[.packages[].name | sub(" .*"; "")] | sort | join(" ")' build/mote.spdx.json; }
	is "$(parts)" "libgcc libseccomp mote musl" "what full is made of"
	if [ -x build/max/mote ]; then
		check "make CONFIG=max sbom" sh -c "make -s CONFIG=max sbom >'$made' 2>&1"
		linked=$(make -s CONFIG=max --eval 'linked: ; @echo $(notdir $(MORE_LIBS))' linked | tr ' ' '\n' | sed 's/^libz.a$/zlib/; s/^libzstd.a$/zstd/; s/\.a$//')
		is "$(parts)" "$(printf 'libgcc mote musl %s' "$linked" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')" "what max is made of: each library that is linked"
		is "$(jq -r '[.packages[] | select(.name == "libsodium" or .name == "zlib" or .name == "zstd") | .checksums[0].checksumValue] | .[]' build/mote.spdx.json |
			while read -r sum; do grep -c "$sum.*orig" toolchain/library; done | tr '\n' ' ')" "1 1 1 " "their sums are those of what is built"
		is "$(jq -r '[.packages[].SPDXID] - [.relationships[].relatedSpdxElement] | join(" ")' build/mote.spdx.json)" "" "each part is in a relationship"
		is "$(jq -r '[.packages[] | select(.versionInfo == "")] | length' build/mote.spdx.json)" 0 "and has a version"
		make -s sbom >"$made" 2>&1
	fi
fi

# The Makefile is told of the same musl by the packager's way, in a copy, without Debian's tools in PATH.
tool=$TOP/build/toolchain-x86_64.mk
sysroot=$(sed -n 's/^SYSROOT = //p' "$tool")
cross=$(sed -n 's/^CROSS = //p' "$tool")
mkdir "$TESTDIR/src" "$TESTDIR/bin"
tar cf - --exclude=./build --exclude=./.git . | tar xf - -C "$TESTDIR/src"
"$MOTE" --version | sed -n 's/^commit: //p' >"$TESTDIR/src/COMMIT"
for c in dpkg dpkg-query apt-get; do
	printf '#!/bin/sh\necho "%s is not here" >&2\nexit 1\n' "$c" >"$TESTDIR/bin/$c"
	chmod +x "$TESTDIR/bin/$c"
done
(cd "$TESTDIR/src" && toolchain/packaging/tool x86_64 "$cross" "$sysroot" "$sysroot/share/syscalls.csv" tool.mk &&
	PATH=$TESTDIR/bin:$PATH make -s -j2 TOOL=tool.mk CONFIG=initramfs all) >"$made" 2>&1
is "$?" 0 "built with TOOL=, without Debian's tools"
check "it runs" "$TESTDIR/src/build/initramfs/mote" --version
hasnt "$(cat "$made")" "is not here" "none of Debian's tools was called"

if command -v dpkg-deb >/dev/null; then
	check "make deb" sh -c "make -s deb >'$made' 2>&1"
	deb=$(ls build/mote_*_amd64.deb 2>/dev/null)
	sum=$(sha256sum "$deb")
	make -s deb >/dev/null 2>&1
	is "$(sha256sum "$deb")" "$sum" "a second one is the same bytes"
	dpkg-deb -x "$deb" "$TESTDIR/d"
	check "it has the binary" cmp "$TESTDIR/d/usr/bin/mote" "$B/mote"
	is "$(dpkg-deb -f "$deb" Depends)" "" "it depends on nothing"
	if command -v lintian >/dev/null; then
		is "$(lintian --allow-root "$deb" 2>/dev/null)" "" "lintian finds nothing"
		printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@localhost>\nDescription: x\n' >"$TESTDIR/control"
		mkdir -p "$TESTDIR/x/DEBIAN" && cp "$TESTDIR/control" "$TESTDIR/x/DEBIAN/control" && dpkg-deb -b "$TESTDIR/x" "$TESTDIR/x.deb" >/dev/null
		has "$(lintian --allow-root "$TESTDIR/x.deb" 2>/dev/null)" bogus-mail-host "and it does look"
	else
		skip lintian "not installed"
	fi
else
	skip "make deb" "needs dpkg-deb"
fi
finish

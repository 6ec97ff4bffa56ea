#!/bin/sh
# recipes.t - the recipes for Alpine, Buildroot, Yocto and OpenWrt, run by small stand-ins for what reads them there: each builds and puts its files
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
# What a stand-in cannot show stands in toolchain/packaging/README.md.
. "$(dirname "$0")/../lib.sh"

need root cmd:gcc cmd:make cmd:unshare cmd:python3
case $B in "$TOP"/build/full) ;; *) skip_all "for build/full alone" ;; esac
P=$TOP/toolchain/packaging
tool=$TOP/build/toolchain-x86_64.mk
sysroot=$(sed -n 's/^SYSROOT = //p' "$tool")
cross=$(sed -n 's/^CROSS = //p' "$tool")
version=$(cat "$TOP/VERSION")
unset MAKELEVEL MFLAGS
export MAKEFLAGS=-j2
# Debian's, which has Debian's kconfiglib, where there are two
PATH=/usr/bin:$PATH
cd "$TESTDIR" || exit 1

# The tarball as `make dist` names it, and libseccomp's source as far as a recipe looks at it.
mkdir "mote-$version" && (cd "$TOP" && tar cf - --exclude=./build --exclude=./.git .) | tar xf - -C "mote-$version"
"$MOTE" --version | sed -n 's/^commit: //p' >"mote-$version/COMMIT"
tar czf "mote-$version.tar.gz" "mote-$version" && rm -r "mote-$version"
here() { mkdir -p "$1" && tar xzf "mote-$version.tar.gz" -C "$1"; }
seccomp() { mkdir -p "$1/src" && cp "$sysroot/share/syscalls.csv" "$1/src/"; }
ran() { # NAME COMMAND...: ends well
	ran_name=$1
	shift
	if "$@" >said 2>&1 </dev/null; then pass "$ran_name"; else fail "$ran_name" "$(tail -n 20 said)"; fi
}
# leaves_out NAME FILE CONFIG [FEATURE]: the program runs, and has none of what that configuration leaves out
leaves_out() {
	is "$("$2" --version 2>&1 | sed -n 1p)" "mote version $version" "$1: the program that it puts runs"
	with=$({ sed -n 's/^\([A-Z0-9]*\)=n.*/\1/p' "$TOP/config/$3" && echo "${4:-}"; } | while read -r f; do "$2" --version | grep -q -e "-$f\b" || echo "$f"; done)
	is "$with" "" "$1: it is CONFIG=$3"
}

# ---- Alpine: abuild's variables and functions; musl is in /usr there, so it is put over Debian's for this
here alpine/src
seccomp "alpine/src/libseccomp-$(sed -n 's/^_seccomp=//p' "$P/alpine/APKBUILD")"
# Alpine's gcc makes programs of musl; so does this one, of the machine's own programs too.
mkdir alpine/bin
cat >alpine/bin/gcc <<'X'
#!/bin/sh
case " $* " in *" -nost"* | *" -print"* | *" -dump"*) exec /usr/bin/gcc "$@" ;; esac
exec /usr/bin/gcc "$@" -static -nostdlib -L/usr/lib /usr/lib/crt1.o /usr/lib/crti.o -Wl,--start-group -lc -lgcc -Wl,--end-group /usr/lib/crtn.o
X
chmod +x alpine/bin/gcc
cat >abuild <<'X'
PATH=$1/bin:$PATH
srcdir=$1/src pkgdir=$1/pkg CARCH=x86_64
mount -t overlay -o "lowerdir=$2/lib:/usr/lib" overlay /usr/lib && mount --bind "$2/include" /usr/include || exit 1
. "$3"
case " $source " in *" $pkgname-$pkgver.tar.gz "*) ;; *) echo "its source is not $pkgname-$pkgver.tar.gz" && exit 1 ;; esac
cd "$srcdir/$pkgname-$pkgver" && (set -e; build) && (set -e; package)
X
ran "Alpine: APKBUILD, build and package" unshare -m --propagation private sh abuild "$PWD/alpine" "$sysroot" "$P/alpine/APKBUILD"
if command -v cmp >/dev/null && cmp -s "$MOTE" alpine/pkg/usr/bin/mote; then pass "Alpine: the same bytes as make here"; else fail "Alpine: the same bytes as make here"; fi
for f in man/man8/mote.8 bash-completion/completions/mote zsh/site-functions/_mote fish/vendor_completions.d/mote.fish; do
	check "Alpine: $f, for its subpackage" test -s "alpine/pkg/usr/share/$f"
done

# ---- Buildroot: generic-package, as far as this one uses it
here buildroot/build
seccomp buildroot/libseccomp
cat >buildroot/Makefile <<X
TOPDIR = $PWD/buildroot
BR2_x86_64 = y
ARCH = x86_64
TARGET_CROSS = $cross
STAGING_DIR = $PWD/buildroot/staging
TARGET_DIR = $PWD/buildroot/target
LIBSECCOMP_DIR = $PWD/buildroot/libseccomp
INSTALL = install
define generic-package
.PHONY: all
all: \$(TOPDIR)/build/mote-\$(MOTE_VERSION)/.stamp_installed
\$(TOPDIR)/build/mote-\$(MOTE_VERSION)/.stamp_built:
	\$\$(MOTE_BUILD_CMDS)
	touch \$\$@
\$(TOPDIR)/build/mote-\$(MOTE_VERSION)/.stamp_installed: \$(TOPDIR)/build/mote-\$(MOTE_VERSION)/.stamp_built
	\$\$(MOTE_INSTALL_TARGET_CMDS)
	touch \$\$@
endef
include $P/buildroot/mote.mk
X
mkdir buildroot/staging && ln -s "$sysroot" buildroot/staging/usr
ran "Buildroot: mote.mk" make -C buildroot
leaves_out Buildroot buildroot/target/usr/bin/mote initramfs
ran "Buildroot: its licence files are there" sh -c "cd buildroot/build/mote-$version && ls $(sed -n 's/^MOTE_LICENSE_FILES = //p' "$P/buildroot/mote.mk")"
cat >kconfig.py <<'X'
import sys, kconfiglib
def state(**on):
    k = kconfiglib.Kconfig(sys.argv[1], warn=True, warn_to_stderr=True)
    for name, value in on.items():
        k.syms[name].set_value(value)
    k.syms["BR2_PACKAGE_MOTE"].set_value("y")
    return k.syms["BR2_PACKAGE_MOTE"].str_value
print(state(BR2_TOOLCHAIN_USES_MUSL="y", BR2_aarch64="y"), state(BR2_aarch64="y"), state(BR2_TOOLCHAIN_USES_MUSL="y"))
X
{
	for s in TOOLCHAIN_USES_MUSL x86_64 aarch64 ARM_CPU_ARMV7A RISCV_64 i386; do printf 'config BR2_%s\n\tbool "%s"\n' $s $s; done
	echo "source \"$P/buildroot/Config.in\""
} >Kconfig
if python3 -c 'import kconfiglib' 2>/dev/null; then
	is "$(python3 kconfig.py Kconfig 2>&1)" "y n n" "Buildroot: Config.in: with musl and a machine that mote knows, and without one of them"
else
	skip "Buildroot: Config.in" "needs python3-kconfiglib"
fi

# ---- Yocto: the assignments and the tasks of the recipe, for a TARGET_ARCH at a time
here yocto/src
cat >bitbake.py <<'X'
import re, sys
recipe, out, given = sys.argv[1], sys.argv[2], dict(a.split("=", 1) for a in sys.argv[3:])
v, tasks, name = dict(given), {}, None
for line in open(recipe):
    if name:
        if line == "}\n": name = None
        else: tasks[name] += line
    elif line.startswith("#") or not line.strip():
        pass
    elif re.match(r"do_[a-z]+\(\) \{$", line):
        name = line[:line.index("(")]
        tasks[name] = ""
    else:
        m = re.match(r'([A-Z_a-z0-9:${}]+) (=|\?=|\+=) "(.*)"$', line)
        if not m: sys.exit("not understood: " + line)
        if m.group(2) == "=" or m.group(1) not in v: v[m.group(1)] = m.group(3)
class D:
    def getVar(self, n): return expand(v[n])
def expand(s):
    while re.search(r"\$\{(@.+?|[A-Za-z0-9_]+)\}", s): # as bitbake has it: a python expression ends at the first brace
        s = re.sub(r"\$\{@(.+?)\}", lambda m: str(eval(m.group(1), {"d": D()})), s)
        s = re.sub(r"\$\{([A-Za-z0-9_]+)\}", lambda m: v[m.group(1)], s)
    return s
if out == "-": print(expand("${MOTE_ARCH}"), bool(re.match(expand(v["COMPATIBLE_HOST"]) + "$", expand("${HOST_SYS}"))))
else:
    for t in tasks: open(out + "/" + t, "w").write("set -e\noe_runmake() { make \"$@\"; }\n" + expand(tasks[t]))
    print(expand(v["LIC_FILES_CHKSUM"]))
X
for a in x86_64 aarch64 arm:armv7 riscv64 i686:i386; do
	is "$(python3 bitbake.py "$P/yocto/mote_$version.bb" - "TARGET_ARCH=${a%:*}" "HOST_SYS=${a%:*}-poky-linux-musl$([ "$a" != arm:armv7 ] || echo eabi)")" "${a#*:} True" "Yocto: TARGET_ARCH=${a%:*} is ARCH=${a#*:}"
done
is "$(python3 bitbake.py "$P/yocto/mote_$version.bb" - TARGET_ARCH=x86_64 HOST_SYS=x86_64-poky-linux)" "x86_64 False" "Yocto: not for another libc"
mkdir yocto/staging && ln -s "$sysroot" yocto/staging/usr
is "$(python3 bitbake.py "$P/yocto/mote_$version.bb" yocto TARGET_ARCH=x86_64 "TARGET_PREFIX=$cross" "STAGING_DIR_TARGET=$PWD/yocto/staging" \
	prefix=/usr datadir=/usr/share bindir=/usr/bin PN=mote PV="$version" "D=$PWD/yocto/image" "MOTE_SYSCALLS=$sysroot/share/syscalls.csv" \
	MOTE_LICENSE_MD5="$(md5sum <"$TOP/LICENSE" | cut -d' ' -f1)")" "file://LICENSE;md5=$(md5sum <"$TOP/LICENSE" | cut -d' ' -f1)" "Yocto: the licence's sum"
ran "Yocto: do_compile and do_install" sh -c "cd yocto/src/mote-$version && sh -e ../../do_compile && sh -e ../../do_install"
if cmp -s "$MOTE" yocto/image/usr/bin/mote; then pass "Yocto: the same bytes as make here"; else fail "Yocto: the same bytes as make here"; fi

# ---- OpenWrt: rules.mk and package.mk, as far as this one uses them
here openwrt/build
cat >openwrt/rules.mk <<X
INCLUDE_DIR = $PWD/openwrt
ARCH = x86_64
TARGET_CROSS = $cross
TOOLCHAIN_DIR = $sysroot
INSTALL_DIR = install -d -m0755
INSTALL_BIN = install -m0755
X
cat >openwrt/package.mk <<X
PKG_BUILD_DIR = $PWD/openwrt/build/\$(PKG_NAME)-\$(PKG_VERSION)
define BuildPackage
\$(eval \$(call Package/\$(1)))
all:
	\$(call Build/Compile)
	\$(call Package/\$(1)/install,\$(TOPDIR)/root)
	@echo '\$(DEPENDS)' >\$(TOPDIR)/depends
endef
X
ran "OpenWrt: Makefile" make -C openwrt -f "$P/openwrt/Makefile" TOPDIR="$PWD/openwrt"
leaves_out OpenWrt openwrt/root/usr/bin/mote initramfs SECCOMP
has "$(cat openwrt/depends)" "@USE_MUSL" "OpenWrt: it is for musl"
finish

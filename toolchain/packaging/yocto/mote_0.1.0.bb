# SPDX-License-Identifier: MIT
SUMMARY = "minimal OCI container runtime"
DESCRIPTION = "One static program that runs OCI bundles: from an initramfs, a script, or under an engine."
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://LICENSE;md5=${MOTE_LICENSE_MD5}"
SRC_URI = "file://mote-${PV}.tar.gz"
# Set both in your layer: the sum of LICENSE, and src/syscalls.csv of libseccomp 2.5.
MOTE_LICENSE_MD5 ?= ""
MOTE_SYSCALLS ?= "${STAGING_DIR_TARGET}${datadir}/libseccomp/syscalls.csv"

# TCLIBC = "musl": the static binary is linked with the toolchain's musl.
COMPATIBLE_HOST = "(x86_64|aarch64|arm|riscv64|i.86).*-linux-musl.*"
MOTE_ARCH = "${@dict(arm='armv7', i586='i386', i686='i386').get(d.getVar('TARGET_ARCH'), d.getVar('TARGET_ARCH'))}"
MOTE_CONFIG ?= "full"

do_compile() {
	toolchain/packaging/tool ${MOTE_ARCH} ${TARGET_PREFIX} ${STAGING_DIR_TARGET}${prefix} ${MOTE_SYSCALLS} tool.mk
	oe_runmake TOOL=tool.mk ARCH=${MOTE_ARCH} CONFIG=${MOTE_CONFIG} WERROR= all
}

do_install() {
	install -D -m 0755 build/*/mote ${D}${bindir}/mote
}

INSANE_SKIP:${PN} += "already-stripped ldflags"

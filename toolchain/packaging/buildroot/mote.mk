# SPDX-License-Identifier: MIT
################################################################################
#
# mote
#
################################################################################

MOTE_VERSION = 0.1.0
MOTE_SITE = $(TOPDIR)/dl/mote
MOTE_SITE_METHOD = file
MOTE_SOURCE = mote-$(MOTE_VERSION).tar.gz
MOTE_LICENSE = MIT
MOTE_LICENSE_FILES = LICENSE NOTICE
MOTE_DEPENDENCIES = libseccomp

MOTE_ARCH = $(if $(BR2_ARM_CPU_ARMV7A),armv7,$(if $(BR2_RISCV_64),riscv64,$(ARCH)))
# initramfs is what a device without an engine needs; full is for those with one.
MOTE_CONFIG = initramfs
MOTE_MAKE = $(MAKE) -C $(@D) TOOL=tool.mk ARCH=$(MOTE_ARCH) CONFIG=$(MOTE_CONFIG) WERROR=

define MOTE_BUILD_CMDS
	cd $(@D) && toolchain/packaging/tool $(MOTE_ARCH) $(TARGET_CROSS) $(STAGING_DIR)/usr $(LIBSECCOMP_DIR)/src/syscalls.csv tool.mk
	$(MOTE_MAKE) all
endef

define MOTE_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/build/*/mote $(TARGET_DIR)/usr/bin/mote
endef

$(eval $(generic-package))

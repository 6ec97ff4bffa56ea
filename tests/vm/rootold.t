#!/bin/busybox sh
# rootold.t - root.t once more by a mote that finds no system call younger than Linux 4.14 (tests/probe/old.c)
# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034
OLD_MOTE=/bin/mote VM_MOTE=/bin/old
export OLD_MOTE
. "$(dirname "$0")/root.t"

/* SPDX-License-Identifier: MIT */
/* sysnames.h - names of system calls and their numbers, from libseccomp's table (toolchain/sysnames.awk) */
#ifndef BOX_SYSNAMES_H
#define BOX_SYSNAMES_H

/* Columns of the table.  A build has those of the architectures that its machine can run. */
enum sysnames {
	NAMES_X86, NAMES_X86_64, NAMES_X32, NAMES_ARM, NAMES_AARCH64, NAMES_MIPS, NAMES_MIPS64, NAMES_MIPS64N32, NAMES_PPC64,
	NAMES_RISCV64,
};

/* Can this build's machine run that architecture's programs? */
_Bool sysnames_has(enum sysnames a);

/* The number of that call there, from 0 (arm's private calls from 0x0f0000 on; mips without its base); -1 when no architecture has a
 * call of that name; below that a number that stands for the name, when only this one has not.  a must be one that the build has. */
int sysnames_number(enum sysnames a, const char *name);

#endif

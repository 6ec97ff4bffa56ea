/* SPDX-License-Identifier: MIT */
/* sha256cpu.h - what sha256.c and sha256cpu.c share */
#ifndef BASE_SHA256CPU_H
#define BASE_SHA256CPU_H

#include "base/sha256.h"

/* The round constants of FIPS 180-4, section 4.2.2. */
extern const uint32_t sha256_k[64];

/* The compression by instructions that this processor has (x86 SHA extensions, ARMv8 SHA2), or NULL. */
sha256_blocks *sha256_cpu(void);

#endif

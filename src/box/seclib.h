/* SPDX-License-Identifier: MIT */
/* seclib.h - a profile as one program of classic BPF, written by libseccomp (feature LIBSECCOMP); seccode.h is mote's own way */
#ifndef BOX_SECLIB_H
#define BOX_SECLIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_code;
struct diag;
struct seccomp_spec;

struct seclib {
	const struct seccomp_spec *spec;
	uint32_t by_default;     /* SECCOMP_RET_* */
	const uint32_t *actions; /* of its rules, SECCOMP_RET_* with the errno */
	const uint32_t *arches;  /* SCMP_ARCH_* that are judged, each once */
	size_t narch;
	struct diag *diag;
};

/* Writes the program; it is the arena's.  False when a fault was added: libseccomp refuses a rule, or it is longer than the
 * kernel takes.  Names that libseccomp does not know are notes. */
bool seclib_write(const struct seclib *c, struct bpf_code *code);

#endif

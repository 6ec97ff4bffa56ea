/* SPDX-License-Identifier: MIT */
/* seccode.h - judged system calls of the architectures become one program of classic BPF; pure */
#ifndef BOX_SECCODE_H
#define BOX_SECCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_code;
struct diag;
struct seccomp_spec;

/* One call that a rule names, as a number that sorts by the number of the call, then by rule.
 * sub: this is socketcall or ipc, and argument 0 has to be sub; 0: any other call.
 * wide: the registers of this call's architecture have 64 bits. */
#define SECCALL(nr, rule, sub, wide) \
	((uint64_t)(nr) << 32 | (uint64_t)(rule) << 16 | (uint64_t)(sub) << 8 | (uint64_t)(wide))

/* From this number on a call that no rule names gets that action. */
struct ground {
	uint32_t from, action;
};

/* One architecture as the kernel tells them apart (x32 is a part of x86_64). */
struct section {
	uint32_t arch;           /* AUDIT_ARCH_* */
	uint64_t *calls;         /* SECCALL; gets sorted */
	size_t ncall;
	struct ground ground[8]; /* rising; the first one begins with 0 */
	size_t nground;
};

struct seccode {
	const struct seccomp_spec *spec;
	uint32_t by_default;     /* SECCOMP_RET_* */
	const uint32_t *actions; /* of its rules, SECCOMP_RET_* with the errno */
	struct section *sections; /* the one that is asked for first comes first */
	size_t nsection;
	struct diag *diag;
};

/* Writes the program; it is the arena's.  False when a fault was added: it is longer than the kernel
 * takes, or rules contradict each other. */
bool seccode_write(const struct seccode *c, struct bpf_code *code);

#endif

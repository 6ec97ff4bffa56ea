/* SPDX-License-Identifier: MIT */
/* fields.h - every member of config.json as a row: its name, place, type, limits and meaning
 *
 * Read by load.c, show.c and the tests.  A member is added by a row in fields.c or fields_linux.c
 * and a member in spec.h. */
#ifndef SPEC_FIELDS_H
#define SPEC_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/names.h"

#include "config.h"

/* What is stored, and from what JSON. */
enum field_type {
	T_BOOL,    /* bool */
	T_FLAG,    /* struct flag */
	T_64,      /* int64_t or uint64_t; the range says which */
	T_32,      /* uint32_t */
	T_OPT,     /* struct opt or struct uopt, which look the same */
	T_STR,     /* const char *; "" is the same as absent, as Go's omitempty has it */
	T_PATH,    /* the same, absolute */
	T_ENUM,    /* int: value of a name */
	T_BITS,    /* uint64_t: array of names, or-ed */
	T_ENUMS,   /* int *v; size_t n: array of names */
	T_32S,     /* uint32_t *v; size_t n */
	T_STRS,    /* struct strs */
	T_PATHS,   /* struct strs, each absolute */
	T_PAIRS,   /* struct pairs: object of strings */
	T_OBJ,     /* the struct itself */
	T_LIST,    /* struct *v; size_t n: array of objects */
	T_MAP,     /* struct *v; size_t n: object of objects; the struct begins with its name */
	T_FOREIGN, /* another platform's: a bit (sub) in an unsigned; range: enum object_id of its object */
	T_IGNORED, /* nothing is stored */
};

enum range_id { /* of whole numbers; limits in field_ranges[] */
	R_U64, R_I64, R_U32, R_ID, R_U16, R_MINUS1, R_OOM, R_NICE, R_RTPRIO, R_IOPRIO, R_UMASK,
	R_POSITIVE, R_SWAPPINESS, R_WEIGHT, R_BINARY, R_ERRNO, R_ARG, R_NANO, R_DEVICE,
	R_ANYDEV, IF_PLATFORMS(R_TEN_THOUSAND, R_STATFS,) R_COUNT,
};
struct range { int64_t min; uint64_t max; };
extern const struct range field_ranges[R_COUNT];

enum enum_id { /* tables of names.h */
	E_NONE, E_NAMESPACE, E_RLIMIT, E_POLICY, E_SCHED_FLAG, E_IOPRIO, E_PROPAGATION,
	E_PERSONALITY, E_MPOL, E_MPOL_FLAG, E_ACTION, E_ARCH, E_OP, E_SECCOMP_FLAG, E_DEVICE,
	E_DEVICE_RULE, IF_PLATFORMS(E_IMAGE, E_ID_TYPE, E_ZOS_NAMESPACE, E_SHARING, E_OWN_OR_SHARED,)
	IF_BOOT(E_RESTART, E_ON_FAILURE,) E_COUNT,
};
extern const struct words *const field_enums[E_COUNT];

enum object_id {
	OBJ_SPEC, OBJ_ROOT, OBJ_MOUNT, OBJ_IDMAP, OBJ_PROCESS, OBJ_CONSOLE_SIZE, OBJ_USER,
	OBJ_RLIMIT, OBJ_CAPS, OBJ_SCHEDULER, OBJ_IOPRIO, OBJ_AFFINITY, OBJ_HOOKS, OBJ_HOOK,
	OBJ_LINUX, OBJ_NAMESPACE, OBJ_DEVICE, OBJ_TIME_OFFSET, OBJ_NET_DEVICE, OBJ_RESOURCES,
	OBJ_DEVICE_RULE, OBJ_MEMORY, OBJ_CPU, OBJ_PIDS, OBJ_BLOCK_IO, OBJ_WEIGHT_DEVICE,
	OBJ_THROTTLE, OBJ_HUGEPAGE, OBJ_NETWORK, OBJ_NET_PRIORITY, OBJ_RDMA, OBJ_INTEL_RDT,
	OBJ_MEMORY_POLICY, OBJ_SECCOMP, OBJ_SYSCALL, OBJ_SYSCALL_ARG, OBJ_PERSONALITY,
	OBJ_SOLARIS, OBJ_CAPPED_CPU, OBJ_CAPPED_MEMORY, OBJ_ANET, OBJ_WINDOWS, OBJ_WIN_DEVICE, OBJ_WIN_RESOURCES,
	OBJ_WIN_MEMORY, OBJ_WIN_CPU, OBJ_WIN_AFFINITY, OBJ_WIN_STORAGE, OBJ_WIN_NETWORK, OBJ_HYPERV, OBJ_VM,
	OBJ_HYPERVISOR, OBJ_VM_KERNEL, OBJ_VM_IMAGE, OBJ_HW_CONFIG, OBJ_IOMEM, OBJ_ZOS, OBJ_ZOS_NAMESPACE,
	OBJ_FREEBSD, OBJ_BSD_DEVICE, OBJ_JAIL, OBJ_JAIL_ALLOW,
	OBJ_CONFIG_COUNT, /* of config.json; behind them other files' */
	OBJ_BOOT = OBJ_CONFIG_COUNT, OBJ_BOOT_NEEDS,
	OBJ_COUNT,
	OBJ_OTHERS = OBJ_SOLARIS
};

enum since { V1_0, V1_1, V1_2, V1_3 }; /* of the specification; 1.0.2 counts as 1.0 */

enum need {
	NEED_NONE, NEED_SECCOMP, NEED_HOOKS, NEED_USERNS, NEED_TTY, NEED_IDMAP, NEED_CGROUP,
	NEED_LIMITS, NEED_NETWORK, NEED_DEVICES, NEED_LSM, NEED_NETDEV, NEED_NUMA, NEED_NOTIFY, NEED_RDT, NEED_COUNT,
};
struct need_row { const char *name; bool have; };
extern const struct need_row field_needs[NEED_COUNT];

struct field {
	const char *text;  /* key, NUL, what it says, NUL, kernel: one string, so one relocation */
	uint16_t at;       /* offset of what is stored in the object's struct */
	uint16_t given;    /* offset of a bool that says it was there, or 0 */
	uint8_t type;      /* enum field_type */
	uint8_t sub;       /* by type: enum object_id, enum enum_id, platform's bit */
	uint8_t range;     /* enum range_id, of numbers */
	uint8_t since;     /* enum since */
	uint8_t need;      /* enum need: the feature without which it is refused */
	uint8_t rule;      /* M-number that a missing or bad value breaks, 0: none or M-3 */
	bool required;
	bool deprecated;
	uint8_t only;      /* PLATFORM_* bits where it means something, 0: everywhere; Linux is not asked */
	uint8_t not_asked; /* PLATFORM_* bits where it is not required all the same */
	uint8_t over;      /* OVER_* bits: what a runtime.json may do with it */
};

enum {
	OVER_YES = 1,    /* it can be overridden, with everything in it */
	OVER_INSIDE = 2, /* some of its members can; no entries are added */
	OVER_NAME = 4,   /* of a list's entries: by which they are known to be the same one */
	OVER_LIST = 8,   /* entries of the same name join, others are added */
	OVER_WORDS = 16, /* the same for NAME=value */
	OVER_APPEND = 32, /* entries are added behind */
	OVER_BYTES = 64, /* "50%" of the machine's memory will do */
};

enum { /* bits of spec.foreign and of struct load */
	PLATFORM_SOLARIS = 1, PLATFORM_WINDOWS = 2, PLATFORM_VM = 4, PLATFORM_ZOS = 8, PLATFORM_FREEBSD = 16,
	PLATFORM_LINUX = 32, PLATFORM_POSIX = 0x3f & ~PLATFORM_WINDOWS,
};

/* The members of one object. */
struct object {
	const struct field *fields;
	uint16_t count;
	uint16_t size; /* of its struct, when it is an element of a list or map */
	bool given;    /* its struct begins with a bool that becomes true */
};
extern const struct object objects_base[OBJ_LINUX], objects_linux[OBJ_OTHERS - OBJ_LINUX],
	objects_others[OBJ_CONFIG_COUNT - OBJ_OTHERS], /* without PLATFORMS there are none */
	objects_boot[OBJ_COUNT - OBJ_BOOT]; /* nor without BOOT */
static inline const struct object *
object_of(enum object_id id)
{
	if (HAVE_BOOT && id >= OBJ_BOOT)
		return &objects_boot[id - OBJ_BOOT];
	if (HAVE_PLATFORMS && id >= OBJ_OTHERS)
		return &objects_others[id - OBJ_OTHERS];
	/* Without the features nobody asks for an id beyond. */
	/* cppcheck-suppress arrayIndexOutOfBoundsCond */
	return id < OBJ_LINUX ? &objects_base[id] : &objects_linux[id - OBJ_LINUX];
}

/* The columns of text.  Without the feature EXPLAIN the sentences are left out of the binary, and only
 * field_key may be asked. */
static inline const char *field_key(const struct field *f) { return f->text; }
const char *field_says(const struct field *f);
const char *field_kernel(const struct field *f);

/* --- for the tables --------------------------------------------------------------------------- */

#if HAVE_EXPLAIN
#define FIELD_TEXT(key, says, kernel) key "\0" says "\0" kernel
#else
#define FIELD_TEXT(key, says, kernel) key
#endif
/* S is the struct and BASE the offset in it at which the object begins: set before each table. */
#define ROW(key, type_, member, says, kernel, ...) \
	{ .text = FIELD_TEXT(key, says, kernel), .at = offsetof(S, member) - (BASE), \
	  .type = type_, __VA_ARGS__ }
#define COUNTED(rows) rows, sizeof rows / sizeof *rows
#define PART(rows) {COUNTED(rows), 0, false}
#define PART_GIVEN(rows) {COUNTED(rows), 0, true} /* the struct begins with bool given */
#define ELEMENT(rows, type) {COUNTED(rows), sizeof(type), false}
/* The same without rows where the feature is left out: the member that leads there is refused. */
#define COUNTED_IF(have, rows) (have) ? rows : NULL, (have) ? sizeof rows / sizeof *rows : 0
#define PART_IF(have, rows) {COUNTED_IF(have, rows), 0, true}
#define ELEMENT_IF(have, rows, type) {COUNTED_IF(have, rows), sizeof(type), false}

#endif

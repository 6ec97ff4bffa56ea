/* SPDX-License-Identifier: MIT */
/* names.h - the words of the specification and the kernel's numbers behind them, one row each
 *
 * The same tables serve the loader, `mote features`, the plan's printer and the manual. */
#ifndef SPEC_NAMES_H
#define SPEC_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/spec.h"

struct words {
	const void *rows;
	uint16_t n;
	uint16_t size; /* of a row: the word, then its value in 32 bits */
};

extern const struct words names_namespace[1];      /* value: enum ns_type */
extern const struct words names_capability[1];     /* value: CAP_* number, CAP_ names in capital letters */
extern const struct words names_rlimit[1];         /* RLIMIT_* */
extern const struct words names_signal[1];         /* without SIG */
extern const struct words names_sched_policy[1];   /* SCHED_OTHER ... */
extern const struct words names_sched_flag[1];
extern const struct words names_ioprio_class[1];
extern const struct words names_propagation[1];    /* of rootfsPropagation: MS_*, MS_REC in the r forms */
extern const struct words names_personality[1];    /* LINUX, LINUX32 */
extern const struct words names_mempolicy_mode[1];
extern const struct words names_mempolicy_flag[1];
extern const struct words names_seccomp_action[1]; /* value: the index that struct seccomp_rule keeps */
extern const struct words names_seccomp_arch[1];
extern const struct words names_seccomp_op[1];
extern const struct words names_seccomp_flag[1];   /* SECCOMP_FILTER_FLAG_* */
extern const struct words names_device_type[1];    /* c b u p */
extern const struct words names_device_rule[1];    /* a b c, of linux.resources.devices */
extern const struct words names_vm_image[1], names_id_type[1], names_zos_namespace[1], names_sharing[1],
	names_own_or_shared[1]; /* other platforms': fields_others.c */
extern const struct words names_restart[1], names_on_failure[1]; /* boot.json's: fields_boot.c */
extern const struct words names_platform[1];       /* solaris windows vm zos freebsd: a bit of spec.foreign */

/* In the order of names_seccomp_action and names_seccomp_op. */
enum seccomp_action {
	ACTION_KILL, ACTION_KILL_PROCESS, ACTION_KILL_THREAD, ACTION_TRAP, ACTION_ERRNO, ACTION_TRACE,
	ACTION_ALLOW, ACTION_LOG, ACTION_NOTIFY,
};
enum seccomp_op {
	COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_EQ, COMPARE_GE, COMPARE_GT, COMPARE_MASKED_EQ,
};

/* Row i: its word, NULL behind the last; its value. */
const char *name_at(const struct words *table, size_t i);
int64_t name_value(const struct words *table, size_t i);

/* The row's value in *value, or false when no row has that name. */
bool name_find(const struct words *table, const char *name, int64_t *value);

/* The name of a value, or NULL. */
const char *name_of(const struct words *table, int64_t value);

/* Clone flag (CLONE_NEW*) and /proc/PID/ns file name of a namespace type. */
uint64_t ns_flag(int type);
const char *ns_file(int type);

/* A signal by number, name or SIG-name in any case, also RTMIN+n; -1 when unknown.  0 to 64: 0 only asks. */
int signal_parse(const char *s);

/* What one mount's options amount to (config.md "Linux mount options"; mount(8): of two that contradict, the last
 * one wins). */
struct mount_opts {
	unsigned long flags;  /* MS_* to mount with; MS_BIND (and MS_REC) when it is a bind mount */
	unsigned long clear;  /* MS_* that an option took away: by name (rw, suid, dev, ...), or as its
	                       * contrary (noatime takes MS_RELATIME); never a bit of flags */
	uint64_t rec_set, rec_clr; /* MOUNT_ATTR_* for the whole tree, mount_setattr(2) AT_RECURSIVE */
	unsigned long propagation; /* MS_SHARED ..., with MS_REC for the r forms; 0 when none */
	bool idmap, ridmap; /* ridmap sets both */
	bool tmpcopyup, copy_symlink, src_nofollow, dest_nofollow;
	const char *data;     /* the rest, joined by commas; "" when none */
};
void mount_opts_parse(const struct strs *options, struct mount_opts *m);

/* Every option name that mount_opts_parse knows and that is not just for mount(8), for `mote features`;
 * NULL behind the last. */
const char *mount_opt_name(size_t i);

/* What option i does, in the kernel's names. */
struct out;
void mount_opt_put(struct out *o, size_t i);

#endif

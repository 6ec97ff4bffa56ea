/* SPDX-License-Identifier: MIT */
/* spec.h - config.json as data: runtime-spec 1.3.0 for Linux, one struct an object
 *
 * Members are named as the JSON names them.  Where "absent" differs from zero there is a bit for it in
 * `given`, or the type is a pointer that is NULL when absent.  Everything is the arena's. */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list is a pointer and a count; a map is a list of pairs in the order of the file. */
struct strs { const char **v; size_t n; };
struct pair { const char *key, *value; };
struct pairs { struct pair *v; size_t n; };

/* A whole number that may be absent. */
struct opt { bool given; int64_t v; };   /* signed */
struct uopt { bool given; uint64_t v; }; /* unsigned */
struct flag { bool given, v; };

struct idmap { uint32_t container, host, size; };
struct idmaps { struct idmap *v; size_t n; };

struct mount_spec {
	const char *destination, *type, *source;
	struct strs options;
	struct idmaps uid_maps, gid_maps;
};

struct rlimit_spec { int type; uint64_t soft, hard; }; /* type: RLIMIT_* number */

struct caps_spec { /* lists of names as given; names the kernel does not know only warn (M-18) */
	bool given;
	struct strs bounding, effective, inheritable, permitted, ambient;
};

struct user_spec {
	uint32_t uid, gid;
	struct uopt umask;
	struct { uint32_t *v; size_t n; } additional_gids;
	const char *username; /* other platforms' */
};

struct scheduler_spec {
	bool given;
	int policy;         /* SCHED_* number */
	int64_t nice, priority;
	uint64_t flags;     /* SCHED_FLAG_* bits */
	uint64_t runtime, deadline, period;
};

struct ioprio_spec { bool given; int class; int64_t priority; }; /* class: IOPRIO_CLASS_* */

struct process_spec {
	bool given;
	bool terminal;
	struct { bool given; uint64_t height, width; } console_size;
	const char *cwd;
	struct strs env, args;
	const char *command_line;
	bool command_line_given;
	struct { struct rlimit_spec *v; size_t n; } rlimits;
	const char *apparmor_profile, *selinux_label;
	struct caps_spec capabilities;
	bool no_new_privileges;
	struct opt oom_score_adj;
	struct scheduler_spec scheduler;
	struct ioprio_spec io_priority;
	struct { bool given; const char *initial, *final; } exec_cpu_affinity;
	struct user_spec user;
};

struct hook_spec {
	const char *path;
	struct strs args, env;
	struct opt timeout; /* seconds, > 0 */
};
struct hook_list { struct hook_spec *v; size_t n; };
struct hooks_spec {
	struct hook_list prestart, create_runtime, create_container, start_container, poststart, poststop;
};

enum ns_type { NS_PID, NS_NETWORK, NS_MOUNT, NS_IPC, NS_UTS, NS_USER, NS_CGROUP, NS_TIME, NS_COUNT };
struct ns_spec { int type; const char *path; }; /* enum ns_type; path NULL: a new one */

struct device_spec {
	int type;  /* 'c' 'b' 'u' 'p' */
	const char *path;
	struct opt major, minor;
	struct uopt file_mode, uid, gid;
};

struct device_rule {
	bool allow, allow_given;
	int type;  /* 'a' 'b' 'c'; 0 when absent = 'a' */
	struct opt major, minor; /* absent or -1: any */
	const char *access; /* of "rwm"; NULL = all three */
};

struct weight_device { int64_t major, minor; struct uopt weight, leaf_weight; };
struct throttle_device { int64_t major, minor; uint64_t rate; };
struct throttles { struct throttle_device *v; size_t n; };
struct hugepage_limit { const char *page_size; uint64_t limit; };
struct net_priority { const char *name; uint64_t priority; };
struct rdma_limit { const char *name; struct uopt hca_handles, hca_objects; };

struct resources_spec {
	bool given;
	struct { struct device_rule *v; size_t n; } devices;
	struct {
		bool given;
		struct opt limit, reservation, swap, kernel, kernel_tcp;
		struct uopt swappiness;
		struct flag disable_oom_killer, use_hierarchy, check_before_update;
	} memory;
	struct {
		bool given;
		struct uopt shares, period, burst, realtime_period;
		struct opt quota, realtime_runtime, idle;
		const char *cpus, *mems;
	} cpu;
	struct { bool given; struct opt limit; } pids;
	struct {
		bool given;
		struct uopt weight, leaf_weight;
		struct { struct weight_device *v; size_t n; } weight_device;
		struct throttles read_bps, write_bps, read_iops, write_iops;
	} block_io;
	struct { struct hugepage_limit *v; size_t n; } hugepage_limits;
	struct {
		bool given;
		struct uopt class_id;
		struct { struct net_priority *v; size_t n; } priorities;
	} network;
	struct { struct rdma_limit *v; size_t n; } rdma;
	struct pairs unified;
};

struct seccomp_arg { uint64_t index, value, value_two; int op; }; /* op: index into names_seccomp_op */
struct seccomp_rule {
	struct strs names;
	int action; /* index into names_seccomp_action */
	struct uopt errno_ret;
	struct { struct seccomp_arg *v; size_t n; } args;
};
struct seccomp_spec {
	bool given;
	int default_action;
	struct uopt default_errno_ret;
	struct { int *v; size_t n; } architectures; /* index into names_seccomp_arch */
	uint64_t flags; /* SECCOMP_FILTER_FLAG_* bits */
	bool flags_given;
	const char *listener_path, *listener_metadata;
	struct { struct seccomp_rule *v; size_t n; } syscalls;
};

enum { MPOL_NODES = 1024 }; /* the most that any kernel is built for: memory nodes are below it */

struct time_offset { const char *clock; int64_t secs; uint64_t nanosecs; }; /* "monotonic", "boottime" */
struct net_device { const char *host, *name; }; /* name NULL: keep it */

struct linux_spec {
	bool given;
	struct { struct device_spec *v; size_t n; } devices;
	struct idmaps uid_maps, gid_maps;
	struct { struct ns_spec *v; size_t n; } namespaces;
	struct { struct time_offset *v; size_t n; } time_offsets;
	struct { struct net_device *v; size_t n; } net_devices;
	const char *cgroups_path;
	struct resources_spec resources;
	struct {
		bool given;
		const char *clos_id, *l3_cache_schema, *mem_bw_schema;
		struct strs schemata;
		struct flag enable_monitoring;
	} intel_rdt;
	struct { bool given; int mode; const char *nodes; uint64_t flags; } memory_policy;
	struct pairs sysctl;
	struct seccomp_spec seccomp;
	int rootfs_propagation; /* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE; 0 when absent */
	struct strs masked_paths, readonly_paths;
	const char *mount_label;
	struct { bool given; int domain; struct strs flags; } personality; /* PER_* number */
};

/* What rules look at in the objects of other platforms; everything else of them is read over into `rest`. */
struct platform_spec {
	uint64_t rest[4];
	bool windows, hyperv;
	struct strs layer_folders;
	struct uopt cpu_count, cpu_shares, cpu_maximum;
	const char *network_namespace;
	bool network_more;
	struct { struct ns_spec *v; size_t n; } zos_namespaces;
};

struct spec {
	const char *oci_version;
	struct { bool given; const char *path; bool readonly; } root;
	bool mounts_given;
	struct { struct mount_spec *v; size_t n; } mounts;
	const char *hostname, *domainname;
	struct pairs annotations;
	struct process_spec process;
	struct hooks_spec hooks;
	struct linux_spec linux;
	const char *unknown; /* dotted name of the first member that mote does not know; NULL: none */
	unsigned foreign; /* objects of other platforms that were present, as PLATFORM_* bits of fields.h */
	const struct platform_spec *other; /* what was read of one of them, for platform.c; NULL on the way to a container */
};

#endif

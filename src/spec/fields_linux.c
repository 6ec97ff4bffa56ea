/* SPDX-License-Identifier: MIT */
/* fields_linux.c - the rows of linux; the others are in fields.c */
#include "spec/fields.h"

/* clang-format off */

#define REQUIRED .required = true
#define OVER(how) .over = OVER_YES | OVER_##how
#define BYTES .over = OVER_BYTES
#define BASE 0

#define S struct ns_spec
static const struct field namespace_f[] = {
	ROW("type", T_ENUM, type,
		"which kind", "clone(2) CLONE_NEW*", .sub = E_NAMESPACE, REQUIRED, .over = OVER_NAME),
	ROW("path", T_PATH, path,
		"file of a namespace to join; absent: a new one", "setns(2)", .rule = 42, OVER(YES)),
};
#undef S

#define S struct device_spec
static const struct field device_f[] = {
	ROW("type", T_ENUM, type,
		"c or u character, b block, p pipe", "mknod(2)", .sub = E_DEVICE, REQUIRED),
	ROW("path", T_PATH, path, "where in the container", "mknod(2)", REQUIRED, .over = OVER_NAME),
	ROW("major", T_OPT, major, "device number", "mknod(2)", .range = R_DEVICE),
	ROW("minor", T_OPT, minor, "device number", "mknod(2)", .range = R_DEVICE),
	ROW("fileMode", T_OPT, file_mode, "permissions", "fchmodat(2)", .range = R_U32),
	ROW("uid", T_OPT, uid, "owner in the container", "fchownat(2)", .range = R_ID),
	ROW("gid", T_OPT, gid, "group in the container", "fchownat(2)", .range = R_ID),
};
#undef S

#define S struct time_offset
static const struct field time_offset_f[] = {
	ROW("secs", T_64, secs,
		"seconds to add", "/proc/PID/timens_offsets", .range = R_I64, .since = V1_1),
	ROW("nanosecs", T_64, nanosecs,
		"nanoseconds to add", "/proc/PID/timens_offsets", .range = R_NANO, .since = V1_1),
};
#undef S

#define S struct net_device
static const struct field net_device_f[] = {
	ROW("name", T_STR, name,
		"its name in the container; absent: as on the host",
		"rtnetlink(7) IFLA_IFNAME", .since = V1_3),
};
#undef S

#define S struct device_rule
static const struct field device_rule_f[] = {
	ROW("allow", T_BOOL, allow,
		"allow or deny",
		"BPF_CGROUP_DEVICE, devices.allow",
		REQUIRED, .rule = 54, .given = offsetof(S, allow_given)),
	ROW("type", T_ENUM, type,
		"a all, b block, c character; absent: all",
		"BPF_CGROUP_DEVICE, devices.allow", .sub = E_DEVICE_RULE),
	ROW("major", T_OPT, major,
		"device number; absent or -1: any",
		"BPF_CGROUP_DEVICE, devices.allow", .range = R_ANYDEV),
	ROW("minor", T_OPT, minor,
		"device number; absent or -1: any",
		"BPF_CGROUP_DEVICE, devices.allow", .range = R_ANYDEV),
	ROW("access", T_STR, access,
		"r read, w write, m mknod; absent: all", "BPF_CGROUP_DEVICE, devices.allow"),
};
#undef S

#define S struct weight_device
static const struct field weight_device_f[] = {
	ROW("major", T_64, major,
		"device number",
		"io.bfq.weight, blkio.weight_device", .range = R_DEVICE, REQUIRED, .rule = 57),
	ROW("minor", T_64, minor,
		"device number",
		"io.bfq.weight, blkio.weight_device", .range = R_DEVICE, REQUIRED, .rule = 57),
	ROW("weight", T_OPT, weight,
		"share of this device, 10 to 1000",
		"io.bfq.weight, blkio.weight_device", .range = R_WEIGHT),
	ROW("leafWeight", T_OPT, leaf_weight,
		"share against child cgroups; version 1 only",
		"blkio.leaf_weight_device", .range = R_WEIGHT),
};
#undef S

#define S struct throttle_device
static const struct field throttle_f[] = {
	ROW("major", T_64, major,
		"device number",
		"io.max, blkio.throttle.*", .range = R_DEVICE, REQUIRED, .rule = 57),
	ROW("minor", T_64, minor,
		"device number",
		"io.max, blkio.throttle.*", .range = R_DEVICE, REQUIRED, .rule = 57),
	ROW("rate", T_64, rate,
		"bytes or operations in a second",
		"io.max, blkio.throttle.*", .range = R_U64, REQUIRED, .rule = 57),
};
#undef S

#define S struct hugepage_limit
static const struct field hugepage_f[] = {
	ROW("pageSize", T_STR, page_size,
		"2MB, 1GB, ...", "hugetlb.SIZE.max, .limit_in_bytes", REQUIRED, .rule = 58, .over = OVER_NAME),
	ROW("limit", T_64, limit,
		"bytes", "hugetlb.SIZE.max, .limit_in_bytes", .range = R_U64, REQUIRED, .rule = 58, BYTES),
};
#undef S

#define S struct net_priority
static const struct field net_priority_f[] = {
	ROW("name", T_STR, name, "network interface", "net_prio.ifpriomap", REQUIRED, .rule = 59),
	ROW("priority", T_64, priority,
		"priority of packets through it",
		"net_prio.ifpriomap", .range = R_U32, REQUIRED, .rule = 59),
};
#undef S

#define S struct rdma_limit
static const struct field rdma_f[] = {
	ROW("hcaHandles", T_OPT, hca_handles, "how many handles", "rdma.max", .range = R_U32),
	ROW("hcaObjects", T_OPT, hca_objects, "how many objects", "rdma.max", .range = R_U32),
};
#undef S
#undef BASE

#define S struct resources_spec
#define BASE offsetof(struct resources_spec, memory)
static const struct field memory_f[] = {
	ROW("limit", T_OPT, memory.limit,
		"bytes; -1 no limit", "memory.max, memory.limit_in_bytes", .range = R_MINUS1, BYTES),
	ROW("reservation", T_OPT, memory.reservation,
		"bytes to get back to when memory is short",
		"memory.low, memory.soft_limit_in_bytes", .range = R_MINUS1, BYTES),
	ROW("swap", T_OPT, memory.swap,
		"bytes of memory and swap together",
		"memory.swap.max, memory.memsw.limit_in_bytes", .range = R_MINUS1, BYTES),
	ROW("kernel", T_OPT, memory.kernel,
		"deprecated: bytes of kernel memory; version 1 only",
		"memory.kmem.limit_in_bytes", .range = R_MINUS1, BYTES, .deprecated = true),
	ROW("kernelTCP", T_OPT, memory.kernel_tcp,
		"deprecated: bytes of TCP buffers; version 1 only",
		"memory.kmem.tcp.limit_in_bytes", .range = R_MINUS1, BYTES, .deprecated = true),
	ROW("swappiness", T_OPT, memory.swappiness,
		"0 to 100; version 1 only", "memory.swappiness", .range = R_SWAPPINESS),
	ROW("disableOOMKiller", T_FLAG, memory.disable_oom_killer,
		"wait instead of kill; version 1 only", "memory.oom_control"),
	ROW("useHierarchy", T_FLAG, memory.use_hierarchy,
		"count children; version 1 only", "memory.use_hierarchy"),
	ROW("checkBeforeUpdate", T_FLAG, memory.check_before_update,
		"update refuses a limit below what is in use", "memory.current", .since = V1_1),
};
#undef BASE
#define BASE offsetof(struct resources_spec, cpu)
static const struct field cpu_f[] = {
	ROW("shares", T_OPT, cpu.shares,
		"share of processor time", "cpu.weight, cpu.shares", .range = R_U64),
	ROW("quota", T_OPT, cpu.quota,
		"microseconds of time in a period; -1 no limit",
		"cpu.max, cpu.cfs_quota_us", .range = R_I64),
	ROW("burst", T_OPT, cpu.burst,
		"microseconds saved up for a later period",
		"cpu.max.burst, cpu.cfs_burst_us", .range = R_U64, .since = V1_1),
	ROW("period", T_OPT, cpu.period,
		"microseconds", "cpu.max, cpu.cfs_period_us", .range = R_U64),
	ROW("realtimeRuntime", T_OPT, cpu.realtime_runtime,
		"microseconds of real-time work in a period; version 1 only",
		"cpu.rt_runtime_us", .range = R_I64),
	ROW("realtimePeriod", T_OPT, cpu.realtime_period,
		"microseconds; version 1 only", "cpu.rt_period_us", .range = R_U64),
	ROW("cpus", T_STR, cpu.cpus, "processors, 0-3,7", "cpuset.cpus"),
	ROW("mems", T_STR, cpu.mems, "memory nodes, 0-3,7", "cpuset.mems"),
	ROW("idle", T_OPT, cpu.idle,
		"1: only time that nobody wants", "cpu.idle", .range = R_BINARY, .since = V1_1),
};
#undef BASE
#define BASE offsetof(struct resources_spec, pids)
static const struct field pids_f[] = {
	ROW("limit", T_OPT, pids.limit,
		"processes and threads; -1 no limit, 0 is a limit",
		"pids.max", .range = R_I64, REQUIRED, .rule = 63),
};
#undef BASE
#define BASE offsetof(struct resources_spec, block_io)
#define THROTTLE .sub = OBJ_THROTTLE
static const struct field block_io_f[] = {
	ROW("weight", T_OPT, block_io.weight,
		"share of access to disks, 10 to 1000; 0 says nothing",
		"io.bfq.weight, io.weight, blkio.weight", .range = R_WEIGHT),
	ROW("leafWeight", T_OPT, block_io.leaf_weight,
		"share against child cgroups; version 1 only",
		"blkio.leaf_weight", .range = R_WEIGHT),
	ROW("weightDevice", T_LIST, block_io.weight_device,
		"shares of single devices",
		"io.bfq.weight, blkio.weight_device", .sub = OBJ_WEIGHT_DEVICE),
	ROW("throttleReadBpsDevice", T_LIST, block_io.read_bps,
		"limits of bytes read", "io.max, blkio.throttle.*", THROTTLE),
	ROW("throttleWriteBpsDevice", T_LIST, block_io.write_bps,
		"limits of bytes written", "io.max, blkio.throttle.*", THROTTLE),
	ROW("throttleReadIOPSDevice", T_LIST, block_io.read_iops,
		"limits of read operations", "io.max, blkio.throttle.*", THROTTLE),
	ROW("throttleWriteIOPSDevice", T_LIST, block_io.write_iops,
		"limits of write operations", "io.max, blkio.throttle.*", THROTTLE),
};
#undef BASE
#define BASE offsetof(struct resources_spec, network)
static const struct field network_f[] = {
	ROW("classID", T_OPT, network.class_id,
		"class of packets; version 1 only", "net_cls.classid", .range = R_U32),
	ROW("priorities", T_LIST, network.priorities,
		"priorities by interface; version 1 only",
		"net_prio.ifpriomap", .sub = OBJ_NET_PRIORITY),
};
#undef BASE

#define BASE 0
static const struct field resources_f[] = {
	ROW("devices", T_LIST, devices,
		"which device nodes may be used, rule by rule",
		"BPF_CGROUP_DEVICE, devices.allow", .sub = OBJ_DEVICE_RULE, .need = NEED_DEVICES, .over = OVER_APPEND),
	ROW("memory", T_OBJ, memory,
		"limits of memory", "memory.*", .sub = OBJ_MEMORY, .need = NEED_CGROUP),
	ROW("cpu", T_OBJ, cpu,
		"limits and shares of processor time",
		"cpu.*, cpuset.*", .sub = OBJ_CPU, .need = NEED_CGROUP),
	ROW("pids", T_OBJ, pids,
		"limit of processes", "pids.max", .sub = OBJ_PIDS, .need = NEED_CGROUP),
	ROW("blockIO", T_OBJ, block_io,
		"limits and shares of access to disks",
		"io.*, blkio.*", .sub = OBJ_BLOCK_IO, .need = NEED_LIMITS),
	ROW("hugepageLimits", T_LIST, hugepage_limits,
		"limits of huge pages", "hugetlb.*", .sub = OBJ_HUGEPAGE, .need = NEED_LIMITS, .over = OVER_LIST),
	ROW("network", T_OBJ, network,
		"marks on packets; version 1 only",
		"net_cls.*, net_prio.*", .sub = OBJ_NETWORK, .need = NEED_NETWORK),
	ROW("rdma", T_MAP, rdma,
		"limits of RDMA devices, by device",
		"rdma.max", .sub = OBJ_RDMA, .need = NEED_LIMITS),
	ROW("unified", T_PAIRS, unified,
		"version 2: file and what is written to it",
		"cgroup files", .since = V1_1, .need = NEED_LIMITS),
};
#undef S

#define S struct seccomp_arg
static const struct field syscall_arg_f[] = {
	ROW("index", T_64, index,
		"which argument, from 0", "", .range = R_ARG, REQUIRED, .rule = 66),
	ROW("value", T_64, value,
		"what it is compared with", "", .range = R_U64, REQUIRED, .rule = 66),
	ROW("valueTwo", T_64, value_two,
		"with SCMP_CMP_MASKED_EQ: value is the mask, this what must be left",
		"", .range = R_U64),
	ROW("op", T_ENUM, op, "how it is compared", "", .sub = E_OP, REQUIRED, .rule = 64),
};
#undef S

#define S struct seccomp_rule
static const struct field syscall_f[] = {
	ROW("names", T_STRS, names, "system calls", "seccomp(2)", REQUIRED, .rule = 66),
	ROW("action", T_ENUM, action,
		"what happens", "seccomp(2)", .sub = E_ACTION, REQUIRED, .rule = 64),
	ROW("errnoRet", T_OPT, errno_ret,
		"error number of ERRNO, message of TRACE",
		"seccomp(2)", .range = R_ERRNO, .since = V1_1),
	ROW("args", T_LIST, args,
		"only when all of these hold", "seccomp(2)", .sub = OBJ_SYSCALL_ARG),
};
#undef S

#define S struct seccomp_spec
static const struct field seccomp_f[] = {
	ROW("defaultAction", T_ENUM, default_action,
		"what happens to calls that no rule names",
		"seccomp(2)", .sub = E_ACTION, REQUIRED, .rule = 64),
	ROW("defaultErrnoRet", T_OPT, default_errno_ret,
		"its error number", "seccomp(2)", .range = R_ERRNO, .since = V1_1),
	ROW("architectures", T_ENUMS, architectures,
		"more architectures than the machine's own",
		"seccomp(2)", .sub = E_ARCH, .rule = 64),
	ROW("flags", T_BITS, flags,
		"modes of the filter",
		"seccomp(2)", .sub = E_SECCOMP_FLAG, .rule = 64, .given = offsetof(S, flags_given)),
	ROW("listenerPath", T_PATH, listener_path,
		"socket of the program that answers SCMP_ACT_NOTIFY",
		"SECCOMP_FILTER_FLAG_NEW_LISTENER", .since = V1_1, .need = NEED_NOTIFY),
	ROW("listenerMetadata", T_STR, listener_metadata,
		"text for that program", "", .since = V1_1, .need = NEED_NOTIFY),
	ROW("syscalls", T_LIST, syscalls, "rules", "seccomp(2)", .sub = OBJ_SYSCALL),
};
#undef S

#define S struct linux_spec
#undef BASE
#define BASE offsetof(struct linux_spec, intel_rdt)
static const struct field intel_rdt_f[] = {
	ROW("closID", T_STR, intel_rdt.clos_id,
		"class of service; absent: one of its own", "/sys/fs/resctrl"),
	ROW("l3CacheSchema", T_STR, intel_rdt.l3_cache_schema,
		"parts of the level 3 cache", "/sys/fs/resctrl/*/schemata"),
	ROW("memBwSchema", T_STR, intel_rdt.mem_bw_schema,
		"memory bandwidth, MB:...", "/sys/fs/resctrl/*/schemata", .rule = 89),
	ROW("schemata", T_STRS, intel_rdt.schemata,
		"more lines", "/sys/fs/resctrl/*/schemata", .since = V1_3),
	ROW("enableMonitoring", T_FLAG, intel_rdt.enable_monitoring,
		"a monitoring group of its own", "/sys/fs/resctrl/*/mon_groups", .since = V1_3),
};
#undef BASE
#define BASE offsetof(struct linux_spec, memory_policy)
static const struct field memory_policy_f[] = {
	ROW("mode", T_ENUM, memory_policy.mode,
		"where memory is taken from",
		"set_mempolicy(2)", .sub = E_MPOL, REQUIRED, .since = V1_3, .rule = 73),
	ROW("nodes", T_STR, memory_policy.nodes,
		"memory nodes, 0-3,7", "set_mempolicy(2)", .since = V1_3, .rule = 73),
	ROW("flags", T_BITS, memory_policy.flags,
		"modes of the policy",
		"set_mempolicy(2)", .sub = E_MPOL_FLAG, .since = V1_3, .rule = 73),
};
#undef BASE
#define BASE offsetof(struct linux_spec, personality)
static const struct field personality_f[] = {
	ROW("domain", T_ENUM, personality.domain,
		"LINUX or LINUX32", "personality(2)", .sub = E_PERSONALITY, REQUIRED, .rule = 72),
	ROW("flags", T_STRS, personality.flags,
		"none are defined: must be empty", "personality(2)", .rule = 72),
};
#undef BASE

#define BASE 0
static const struct field linux_f[] = {
	ROW("devices", T_LIST, devices, "device nodes to make", "mknod(2)", .sub = OBJ_DEVICE, OVER(LIST)),
	ROW("uidMappings", T_LIST, uid_maps,
		"user ids of the user namespace",
		"/proc/PID/uid_map", .sub = OBJ_IDMAP, .need = NEED_USERNS),
	ROW("gidMappings", T_LIST, gid_maps,
		"group ids of the user namespace",
		"/proc/PID/gid_map", .sub = OBJ_IDMAP, .need = NEED_USERNS),
	ROW("namespaces", T_LIST, namespaces,
		"namespaces to make or join; what is not named is shared",
		"clone(2), setns(2)", .sub = OBJ_NAMESPACE, .over = OVER_INSIDE | OVER_LIST),
	ROW("timeOffsets", T_MAP, time_offsets,
		"offsets of the clocks monotonic and boottime",
		"/proc/PID/timens_offsets", .sub = OBJ_TIME_OFFSET, .since = V1_1),
	ROW("netDevices", T_MAP, net_devices,
		"network interfaces of the host to move in, by name",
		"rtnetlink(7) IFLA_NET_NS_FD", .sub = OBJ_NET_DEVICE, .since = V1_3, .need = NEED_NETDEV, OVER(YES)),
	ROW("cgroupsPath", T_STR, cgroups_path,
		"place in the cgroup tree; absent: mote chooses", "cgroups(7)", OVER(YES)),
	ROW("resources", T_OBJ, resources, "limits", "cgroups(7)", .sub = OBJ_RESOURCES, OVER(YES)),
	ROW("intelRdt", T_OBJ, intel_rdt,
		"parts of cache and memory bandwidth", "/sys/fs/resctrl", .sub = OBJ_INTEL_RDT, .need = NEED_RDT),
	ROW("memoryPolicy", T_OBJ, memory_policy,
		"memory nodes to take memory from",
		"set_mempolicy(2)", .sub = OBJ_MEMORY_POLICY, .since = V1_3, .need = NEED_NUMA),
	ROW("sysctl", T_PAIRS, sysctl,
		"kernel settings of the container's own namespaces", "/proc/sys", OVER(YES)),
	ROW("seccomp", T_OBJ, seccomp,
		"filter of system calls", "seccomp(2)", .sub = OBJ_SECCOMP, .need = NEED_SECCOMP),
	ROW("rootfsPropagation", T_ENUM, rootfs_propagation,
		"how mounts spread between the container's root and the host",
		"mount(2)", .sub = E_PROPAGATION, .rule = 71),
	ROW("maskedPaths", T_PATHS, masked_paths,
		"files and folders that look empty", "mount(2)", .rule = 70),
	ROW("readonlyPaths", T_PATHS, readonly_paths,
		"files and folders that cannot be written", "mount(2) MS_RDONLY", .rule = 70),
	ROW("mountLabel", T_STR, mount_label,
		"SELinux context of the mounts", "mount(2) context=", .need = NEED_LSM),
	ROW("personality", T_OBJ, personality,
		"kernel's face to the program", "personality(2)", .sub = OBJ_PERSONALITY),
};
#undef S

#define AT(id) [(id) - OBJ_LINUX]
const struct object objects_linux[OBJ_OTHERS - OBJ_LINUX] = {
	AT(OBJ_LINUX)         = PART_GIVEN(linux_f),
	AT(OBJ_NAMESPACE)     = ELEMENT(namespace_f, struct ns_spec),
	AT(OBJ_DEVICE)        = ELEMENT(device_f, struct device_spec),
	AT(OBJ_TIME_OFFSET)   = ELEMENT(time_offset_f, struct time_offset),
	AT(OBJ_NET_DEVICE)    = ELEMENT_IF(HAVE_NETDEV, net_device_f, struct net_device),
	AT(OBJ_RESOURCES)     = PART_GIVEN(resources_f),
	AT(OBJ_DEVICE_RULE)   = ELEMENT_IF(HAVE_DEVICES || HAVE_CGROUP1, device_rule_f, struct device_rule),
	AT(OBJ_MEMORY)        = PART_GIVEN(memory_f),
	AT(OBJ_CPU)           = PART_GIVEN(cpu_f),
	AT(OBJ_PIDS)          = PART_GIVEN(pids_f),
	AT(OBJ_BLOCK_IO)      = PART_IF(HAVE_LIMITS, block_io_f),
	AT(OBJ_WEIGHT_DEVICE) = ELEMENT_IF(HAVE_LIMITS, weight_device_f, struct weight_device),
	AT(OBJ_THROTTLE)      = ELEMENT_IF(HAVE_LIMITS, throttle_f, struct throttle_device),
	AT(OBJ_HUGEPAGE)      = ELEMENT_IF(HAVE_LIMITS, hugepage_f, struct hugepage_limit),
	AT(OBJ_NETWORK)       = PART_IF(HAVE_LIMITS, network_f),
	AT(OBJ_NET_PRIORITY)  = ELEMENT_IF(HAVE_LIMITS, net_priority_f, struct net_priority),
	AT(OBJ_RDMA)          = ELEMENT_IF(HAVE_LIMITS, rdma_f, struct rdma_limit),
	AT(OBJ_INTEL_RDT)     = PART_IF(HAVE_RDT, intel_rdt_f),
	AT(OBJ_MEMORY_POLICY) = PART_IF(HAVE_NUMA, memory_policy_f),
	AT(OBJ_SECCOMP)       = PART_IF(HAVE_SECCOMP, seccomp_f),
	AT(OBJ_SYSCALL)       = ELEMENT_IF(HAVE_SECCOMP, syscall_f, struct seccomp_rule),
	AT(OBJ_SYSCALL_ARG)   = ELEMENT_IF(HAVE_SECCOMP, syscall_arg_f, struct seccomp_arg),
	AT(OBJ_PERSONALITY)   = PART_GIVEN(personality_f),
};

/* clang-format on */

/* SPDX-License-Identifier: MIT */
/* fields_others.c - the rows of solaris, windows, vm, zos and freebsd (config-*.md of 1.3.0); nothing of them is done, only
 * `mote validate --platform` reads them.  What no rule of platform.c looks at is written over one another into `rest`. */
#include "spec/fields.h"

/* clang-format off */

#define REQUIRED .required = true
#define BASE 0
#define S struct platform_spec
#define TEXT(key, says) ROW(key, T_STR, rest, says, "")
#define SIZE(key, says) ROW(key, T_OPT, rest, says, "", .range = R_U64)
#define FLAG(key, says) ROW(key, T_BOOL, rest, says, "")

static const struct field capped_cpu_f[] = {
	TEXT("ncpus", "processors, also a fraction like 1.25; capped-cpu of zonecfg"),
};
static const struct field capped_memory_f[] = {
	TEXT("physical", "cap of memory, with K, M, G or T; capped-memory of zonecfg"),
	TEXT("swap", "cap of swap, with K, M, G or T"),
};
static const struct field anet_f[] = {
	TEXT("linkname", "name of the virtual interface"),
	TEXT("lowerLink", "interface that it is made on"),
	TEXT("allowedAddress", "addresses that the container may use"),
	TEXT("configureAllowedAddress", "true: they are set up at each start"),
	TEXT("defrouter", "default router"),
	TEXT("macAddress", "address of the interface, or a word of zonecfg"),
	TEXT("linkProtection", "kinds of protection, with commas"),
};
static const struct field solaris_f[] = {
	TEXT("milestone", "service that is online before the program starts"),
	TEXT("limitpriv", "privileges that a process can ever have"),
	TEXT("maxShmMemory", "most shared memory, with K, M, G or T"),
	ROW("cappedCPU", T_OBJ, rest, "limit of processor time", "", .sub = OBJ_CAPPED_CPU),
	ROW("cappedMemory", T_OBJ, rest, "limits of memory", "", .sub = OBJ_CAPPED_MEMORY),
	ROW("anet", T_LIST, rest, "automatic network interfaces", "", .sub = OBJ_ANET),
};

static const struct field win_device_f[] = {
	ROW("id", T_STR, rest, "which device", "", REQUIRED),
	ROW("idType", T_ENUM, rest, "how id is meant", "", .sub = E_ID_TYPE, REQUIRED),
};
static const struct field win_memory_f[] = {
	SIZE("limit", "bytes"),
};
static const struct field win_affinity_f[] = {
	ROW("mask", T_64, rest, "processors of the group, a bit each", "", .range = R_U64, REQUIRED, .since = V1_3),
	ROW("group", T_64, rest, "processor group", "", .range = R_U32, REQUIRED, .since = V1_3),
};
static const struct field win_cpu_f[] = {
	ROW("count", T_OPT, cpu_count, "processors; only one of count, shares, maximum", "", .range = R_U64),
	ROW("shares", T_OPT, cpu_shares, "weight against other containers", "", .range = R_TEN_THOUSAND),
	ROW("maximum", T_OPT, cpu_maximum, "hundredths of a percent of all cycles", "", .range = R_TEN_THOUSAND),
	ROW("affinity", T_LIST, rest, "processors to run on", "", .sub = OBJ_WIN_AFFINITY, .since = V1_3),
};
static const struct field win_storage_f[] = {
	SIZE("iops", "most operations in a second on the system drive"),
	SIZE("bps", "most bytes in a second"),
	SIZE("sandboxSize", "least size of the system drive in bytes"),
};
static const struct field win_resources_f[] = {
	ROW("memory", T_OBJ, rest, "limit of memory", "", .sub = OBJ_WIN_MEMORY),
	ROW("cpu", T_OBJ, rest, "limits of processor time", "", .sub = OBJ_WIN_CPU),
	ROW("storage", T_OBJ, rest, "limits of the system drive", "", .sub = OBJ_WIN_STORAGE),
};
#define MORE .given = offsetof(S, network_more)
static const struct field win_network_f[] = {
	ROW("endpointList", T_STRS, rest, "endpoints to connect to", "", MORE),
	ROW("allowUnqualifiedDNSQuery", T_BOOL, rest, "names without a domain are looked up", "", MORE),
	ROW("DNSSearchList", T_STRS, rest, "domains to look names up in", "", MORE),
	ROW("networkSharedContainerName", T_STR, rest, "container whose network is shared", "", MORE),
	ROW("networkNamespace", T_STR, network_namespace, "network namespace; then nothing else is given", ""),
};
static const struct field hyperv_f[] = {
	TEXT("utilityVMPath", "image of the utility machine"),
};
static const struct field windows_f[] = {
	ROW("layerFolders", T_STRS, layer_folders, "layers from the top down, the scratch folder last", "", REQUIRED),
	ROW("devices", T_LIST, rest, "devices in the container", "", .sub = OBJ_WIN_DEVICE),
	ROW("resources", T_OBJ, rest, "limits", "", .sub = OBJ_WIN_RESOURCES),
	ROW("network", T_OBJ, rest, "network", "", .sub = OBJ_WIN_NETWORK),
	ROW("credentialSpec", T_FOREIGN, rest, "group managed service account; what is in it is not looked at", ""),
	FLAG("servicing", "start to apply pending updates"),
	FLAG("ignoreFlushesDuringBoot", "no disk flushes while it boots"),
	ROW("hyperv", T_OBJ, rest, "run in a virtual machine", "", .sub = OBJ_HYPERV, .given = offsetof(S, hyperv)),
};

static const struct field hypervisor_f[] = {
	ROW("path", T_PATH, rest, "program that runs the machine", "", REQUIRED),
	ROW("parameters", T_STRS, rest, "its arguments", ""),
};
static const struct field vm_kernel_f[] = {
	ROW("path", T_PATH, rest, "kernel", "", REQUIRED),
	ROW("parameters", T_STRS, rest, "its command line", ""),
	ROW("initrd", T_PATH, rest, "initial RAM disk", ""),
};
static const struct field vm_image_f[] = {
	ROW("path", T_PATH, rest, "image of the machine's root", "", REQUIRED),
	ROW("format", T_ENUM, rest, "its format", "", .sub = E_IMAGE, REQUIRED),
};
static const struct field iomem_f[] = {
	ROW("firstGFN", T_OPT, rest, "guest frame; absent: as firstMFN", "", .range = R_U64, .since = V1_3),
	ROW("firstMFN", T_64, rest, "first page of the region", "", .range = R_U64, REQUIRED, .since = V1_3),
	ROW("nrMFNs", T_64, rest, "how many pages", "", .range = R_U64, REQUIRED, .since = V1_3),
};
static const struct field hw_config_f[] = {
	ROW("deviceTree", T_STR, rest, "file of a device tree", "", .since = V1_3),
	ROW("vcpus", T_OPT, rest, "processors", "", .range = R_U32, .since = V1_3),
	ROW("memory", T_OPT, rest, "bytes of memory", "", .range = R_U64, .since = V1_3),
	ROW("dtdevs", T_STRS, rest, "device tree nodes that are handed in", "", .since = V1_3),
	ROW("iomems", T_LIST, rest, "regions that are handed in", "", .sub = OBJ_IOMEM, .since = V1_3),
	ROW("irqs", T_32S, rest, "interrupts that are handed in", "", .range = R_U32, .since = V1_3),
};
static const struct field vm_f[] = {
	ROW("hypervisor", T_OBJ, rest, "what runs the machine", "", .sub = OBJ_HYPERVISOR),
	ROW("kernel", T_OBJ, rest, "what the machine boots", "", .sub = OBJ_VM_KERNEL, REQUIRED),
	ROW("image", T_OBJ, rest, "the machine's own root", "", .sub = OBJ_VM_IMAGE),
	ROW("hwConfig", T_OBJ, rest, "hardware of the machine", "", .sub = OBJ_HW_CONFIG, .since = V1_3),
};

static const struct field zos_f[] = {
	ROW("namespaces", T_LIST, zos_namespaces,
		"namespaces to make or join", "", .sub = OBJ_ZOS_NAMESPACE, .since = V1_1),
};

static const struct field bsd_device_f[] = {
	ROW("path", T_STR, rest, "device, below /dev", "", REQUIRED, .since = V1_3),
	ROW("mode", T_OPT, rest, "permissions", "", .range = R_U32, .since = V1_3),
};
#define ALLOW(key, says) ROW(key, T_BOOL, rest, says, "jail(8)", .since = V1_3)
static const struct field jail_allow_f[] = {
	ALLOW("setHostname", "change the host name"),
	ALLOW("rawSockets", "raw sockets"),
	ALLOW("chflags", "system file flags"),
	ROW("mount", T_STRS, rest, "file systems that may be mounted", "", .since = V1_3),
	ALLOW("quotas", "change quotas"),
	ALLOW("socketAf", "other sockets than IP and unix"),
	ALLOW("reservedPorts", "ports below 1024"),
	ALLOW("suser", "the superuser has its power"),
};
#define SHARED(key, says) ROW(key, T_ENUM, rest, says, "jail(8)", .sub = E_SHARING, .since = V1_3)
static const struct field jail_f[] = {
	ROW("parent", T_STR, rest, "jail that it is made in", "jail(8)", .since = V1_3),
	ROW("host", T_ENUM, rest, "host name and ids", "jail(8)", .sub = E_OWN_OR_SHARED, .since = V1_3),
	SHARED("ip4", "IPv4 addresses"),
	SHARED("ip6", "IPv6 addresses"),
	ROW("vnet", T_ENUM, rest, "network stack", "jail(8)", .sub = E_OWN_OR_SHARED, .since = V1_3),
	SHARED("sysvmsg", "message queues"),
	SHARED("sysvsem", "semaphores"),
	SHARED("sysvshm", "shared memory"),
	ROW("enforceStatfs", T_OPT, rest,
		"mounts that are seen: 0 all, 1 below the root, 2 the root", "jail(8)", .range = R_STATFS, .since = V1_3),
	ROW("allow", T_OBJ, rest, "what is allowed", "jail(8)", .sub = OBJ_JAIL_ALLOW, .since = V1_3),
};
static const struct field freebsd_f[] = {
	ROW("devices", T_LIST, rest, "more devices", "devfs(5)", .sub = OBJ_BSD_DEVICE, .since = V1_3),
	ROW("jail", T_OBJ, rest, "the jail", "jail(8)", .sub = OBJ_JAIL, .since = V1_3),
};
#undef S

#define S struct ns_spec
static const struct field zos_namespace_f[] = {
	ROW("type", T_ENUM, type, "which kind", "", .sub = E_ZOS_NAMESPACE, REQUIRED, .since = V1_1),
	ROW("path", T_PATH, path, "one to join; absent: a new one", "", .since = V1_1),
};
#undef S

#define AT(id) [(id) - OBJ_OTHERS]
#define WHOLE(rows) ELEMENT(rows, struct platform_spec)
const struct object objects_others[OBJ_CONFIG_COUNT - OBJ_OTHERS] = {
	AT(OBJ_SOLARIS)       = PART(solaris_f),
	AT(OBJ_CAPPED_CPU)    = PART(capped_cpu_f),
	AT(OBJ_CAPPED_MEMORY) = PART(capped_memory_f),
	AT(OBJ_ANET)          = WHOLE(anet_f),
	AT(OBJ_WINDOWS)       = PART(windows_f),
	AT(OBJ_WIN_DEVICE)    = WHOLE(win_device_f),
	AT(OBJ_WIN_RESOURCES) = PART(win_resources_f),
	AT(OBJ_WIN_MEMORY)    = PART(win_memory_f),
	AT(OBJ_WIN_CPU)       = PART(win_cpu_f),
	AT(OBJ_WIN_AFFINITY)  = WHOLE(win_affinity_f),
	AT(OBJ_WIN_STORAGE)   = PART(win_storage_f),
	AT(OBJ_WIN_NETWORK)   = PART(win_network_f),
	AT(OBJ_HYPERV)        = PART(hyperv_f),
	AT(OBJ_VM)            = PART(vm_f),
	AT(OBJ_HYPERVISOR)    = PART(hypervisor_f),
	AT(OBJ_VM_KERNEL)     = PART(vm_kernel_f),
	AT(OBJ_VM_IMAGE)      = PART(vm_image_f),
	AT(OBJ_HW_CONFIG)     = PART(hw_config_f),
	AT(OBJ_IOMEM)         = WHOLE(iomem_f),
	AT(OBJ_ZOS)           = PART(zos_f),
	AT(OBJ_ZOS_NAMESPACE) = ELEMENT(zos_namespace_f, struct ns_spec),
	AT(OBJ_FREEBSD)       = PART(freebsd_f),
	AT(OBJ_BSD_DEVICE)    = WHOLE(bsd_device_f),
	AT(OBJ_JAIL)          = PART(jail_f),
	AT(OBJ_JAIL_ALLOW)    = PART(jail_allow_f),
};

/* clang-format on */

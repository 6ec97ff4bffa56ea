/* SPDX-License-Identifier: MIT */
/* hints.c - (operation, errno) -> what it means and what to do; one row each */
#include "box/hints.h"

#include <errno.h>

/* clang-format off */
static const struct {
	enum op op;
	int err;
	const char *says;
} rows[] = {
	{OP_clone, EPERM, "creating namespaces takes CAP_SYS_ADMIN, or a user namespace that the kernel allows (user.max_user_namespaces)"},
	{OP_clone, EINVAL, "this kernel was built without one of these namespaces (CONFIG_NAMESPACES, CONFIG_USER_NS, CONFIG_PID_NS, CONFIG_NET_NS)"},
	{OP_clone, ENOSPC, "a limit of /proc/sys/user/max_*_namespaces is reached"},
	{OP_clone, EAGAIN, "a limit of processes is reached (RLIMIT_NPROC or pids.max)"},
	{OP_clone_again, ENOSPC, "a limit of /proc/sys/user/max_*_namespaces is reached"},
	{OP_clone_again, EINVAL, "this kernel was built without one of these namespaces"},
	IF_EXEC({OP_clone, EBUSY, "the container's cgroup hands controllers down: --cgroup names one below it"},)
	IF_EXEC({OP_clone_again, ENOMEM, "the container's first process has ended"},)
	IF_EXEC({OP_enter, EPERM, "joining takes CAP_SYS_ADMIN in the user namespaces that own them, and CAP_SYS_PTRACE for a container that waits for start"},)
	{OP_enter_root, ENOENT, "root.path of config.json names no folder"},
	{OP_enter_root, ENOTDIR, "root.path of config.json is not a folder"},
	{OP_open_ns, EINVAL, "the file is a namespace of another type, or no namespace at all"},
	{OP_join_ns, EINVAL, "the namespace is of another type, or a user namespace that the box is in already"},
	{OP_join_ns, EPERM, "joining takes CAP_SYS_ADMIN in the user namespace that owns it"},
	{OP_unshare, EINVAL, "this kernel was built without that namespace (CONFIG_CGROUPS, CONFIG_TIME_NS)"},
	{OP_root_bind, ENOSYS, "this kernel has no open_tree (before 5.2), and this mote was built without OLDKERNEL"},
	{OP_mount, ENODEV, "this kernel does not know the file system (see /proc/filesystems)"},
	{OP_mount, EINVAL, "the file system refuses one of its options, or the source is not one"},
	{OP_mount, ELOOP, "a symbolic link stands in the way inside the root file system: proc and sysfs are mounted on real folders only"},
	{OP_mount, ENOSPC, "fs.mount-max is reached (this is not about disk space)"},
	{OP_mount, EPERM, "in a user namespace proc needs a pid namespace, sysfs a network namespace and mqueue an ipc namespace of its own"},
	{OP_attach, ENOTDIR, "the source is a folder, but the destination exists and is not"},
	{OP_attach, EISDIR, "the source is not a folder, but the destination is"},
	{OP_device, EEXIST, "something else than that device stands at its path in the root file system"},
	{OP_device, EPERM, "making devices takes CAP_MKNOD, and the root file system must not be mounted nodev"},
	IF_IDMAP({OP_map_ids, EINVAL, "the file system knows no idmapped mounts"},)
	{OP_pivot, EINVAL, "its mount, the parent's or / is shared or none, or / is an initramfs (before Linux 7.0)"},
	{OP_pivot, EBUSY, "the root file system is the current root"},
	{OP_rlimit, EPERM, "raising a hard limit takes CAP_SYS_RESOURCE"},
	{OP_rlimit, EINVAL, "the soft limit is above the hard one"},
	{OP_oom_score, EACCES, "lowering it takes CAP_SYS_RESOURCE"},
	{OP_sysctl, ENOENT, "this kernel has no such setting"},
	{OP_sysctl, EACCES, "/proc/sys is read-only here, or the setting is not the container's"},
	IF_NETDEV({OP_net_device, EEXIST, "the network namespace has a device of that name; a name with %d in it takes the first free number"},)
	IF_NETDEV({OP_net_device, EINVAL, "that device cannot leave its network namespace"},)
	IF_NETDEV({OP_net_reach, EPERM, "moving network devices takes CAP_SYS_ADMIN and CAP_NET_ADMIN on the host"},)
	IF_NOTIFY({OP_agent_connect, ENOENT, "listenerPath of linux.seccomp: nobody listens there"},)
	IF_NOTIFY({OP_agent_connect, ECONNREFUSED, "listenerPath of linux.seccomp: nobody listens there any more"},)
	IF_NOTIFY({OP_agent_connect, EPERM, "the listener is taken out of the box by tracing it: that takes CAP_SYS_PTRACE, and nobody else may trace it"},)
	IF_NUMA({OP_memory_policy, EINVAL, "a node that this machine does not have, or a flag that the mode does not take"},)
	IF_LSM({OP_label, ENOENT, "no such profile is loaded"},)
	IF_LSM({OP_label, EINVAL, "no such label in the policy"},)
	{OP_scheduler, EPERM, "real-time policies take CAP_SYS_NICE and a real-time budget of the cgroup"},
	IF_SECCOMP({OP_seccomp, EINVAL, "this kernel was built without CONFIG_SECCOMP_FILTER, or does not know a flag"},)
	{OP_state_dir, EEXIST, "a container with that id already exists"},
	{OP_gate_open, EADDRINUSE, "a container with that id already exists"},
	IF_USERNS({OP_id_map, EPERM, "mapping other ids than one's own takes CAP_SETUID and CAP_SETGID in the parent user namespace"},)
	IF_USERNS({OP_id_map, EINVAL, "the map's ranges overlap, are empty, or do not exist in the parent user namespace"},)
	IF_USERNS({OP_become_root, EINVAL, "the user namespace has no mapping for that id"},)
};
/* clang-format on */

const char *
hint_find(enum op op, int err)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].op == op && rows[i].err == -err)
			return rows[i].says;
	return NULL;
}

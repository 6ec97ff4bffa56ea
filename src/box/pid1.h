/* SPDX-License-Identifier: MIT */
/* pid1.h - what process 1 of a machine does beside keeping containers: mounts, power, another root (feature BOOT) */
#ifndef BOX_PID1_H
#define BOX_PID1_H

#include <stdbool.h>

/* Is something mounted on that absolute, clean path?  Takes nothing from the arena.  Also true for a bind of its own file system (openat2(2), 5.6; before it, only for
 * another one). */
bool pid1_mounted(const char *path);

/* Mounts what is missing of /proc, /sys, /dev, /dev/pts, /dev/shm, /run and /sys/fs/cgroup (version 2), and hands every controller of
 * that on to the cgroups below.  Tries all; 0 or the first -errno, with the path in *path. */
int pid1_mounts(const char **path);

enum power { POWER_OFF, POWER_REBOOT, POWER_HALT };

/* Ends every other process (SIGTERM, `grace` milliseconds, SIGKILL), syncs, unmounts what can be and makes the rest read-only, and
 * asks the kernel for the end.  Comes back with -errno only when that refuses. */
int pid1_power(enum power how, unsigned grace);

/* Makes the mount at `root` the root: with `keep` /proc, /sys, /dev and /run are bound there and what ran before keeps its own, else they
 * are moved and the initramfs is emptied.  argv[0] is executed there with the environment and an open /dev/console.  Comes back with -errno
 * and in *what what it was that failed. */
int pid1_switch(const char *root, bool keep, char *const argv[], char *const envp[], const char **what);

#endif

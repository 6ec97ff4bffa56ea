/* SPDX-License-Identifier: MIT */
/* mount.h - mounts below the container's root, by descriptors */
#ifndef BOX_MOUNT_H
#define BOX_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "box/plan.h"
#include "spec/names.h"

struct run;

enum { SOURCE_REC = 1, SOURCE_DEVICE = 2, SOURCE_NOFOLLOW = 4 }; /* the bits of a `source` step's number */

/* What the steps mount, attach and remount do.  Attributes are MOUNT_ATTR_* of mount_setattr(2). */
struct mount_step {
	const char *source, *type, *data; /* mount: as in mount(2) */
	unsigned long flags;              /* mount: MS_* */
	uint64_t set, clear;              /* attach, remount: of the mount itself */
	uint64_t rec_set, rec_clear;      /* of the whole tree below it */
	unsigned long propagation;        /* MS_PRIVATE ..., with MS_REC; 0: as it comes */
	unsigned long below;              /* attach: of what is mounted below, where propagation is the top's alone; or 0 */
	const char *label; /* mount: SELinux context of a root that takes no context= (mqueue), or NULL */
	const char *name;  /* mount: the destination's last name, where the last mount that holds has the rest; NULL */
	bool holds;    /* tmpfs: the next mount lies directly in it */
	bool copyup;   /* tmpfs: starts with what the folder below holds */
	bool keep_mode; /* tmpfs without mode=: gets the mode of the folder below, if there is one */
	bool no_links; /* proc, sysfs, dest-nofollow: no symbolic link on the way (CVE-2019-19921) */
	bool copy_link; /* attach: a source that is a link is copied as one */
};

/* MS_* of mount(2) as MOUNT_ATTR_*; others are dropped. */
uint64_t mount_attrs(unsigned long flags);

/* BOX: mount(2) where the source (none when from is -1) and the target are descriptors, by their names below a proven /proc.
 * 0 or -errno, with a note where no /proc is mounted. */
int mount_fd(struct run *r, int from, int to, unsigned long flags);

/* Changes a mount by a descriptor of its root (mount_setattr, 5.12; before that by remounting through mount_fd).
 * 0 or -errno. */
int mount_change(struct run *r, int fd, uint64_t set, uint64_t clear, bool recursive);

/* All that a step changes of the mount, or tree, at fd; again is no fault.  0 or -errno. */
int mount_change_all(struct run *r, int fd, const struct mount_step *m);

/* Where a mount of the config goes, as an absolute path in the container: a relative destination counts from "/" (M-9). */
const char *mount_destination(const struct mount_spec *m);

/* Is it a tmpfs that stays writable until all is mounted in it, and then becomes read-only (plan_masks)? */
bool tmpfs_turned(const struct mount_spec *m, const struct mount_opts *o);

/* A detached copy of what a `source` step names, by its path in the caller's mount namespace.  >= 0 or -errno. */
int source_copy(const struct step *s);

/* Attaches a detached tree (before 5.2: a parked copy) to an O_PATH descriptor. */
int mount_attach(struct run *r, int tree, int target);

/* The same for a tree that is changed first, so that it never stands there otherwise. */
int mount_attach_as(struct run *r, int tree, int target, const struct mount_step *m);

/* BOX: a copy of the mount at fd (file or folder) as a detached tree (before 5.2: parked in /proc, to be attached before the
 * next copy is made); recursive or not. >= 0 or -errno. */
int mount_copy(struct run *r, int fd, bool recursive);

/* Copies what a folder holds into another one: files, links, devices, owners, modes, times; not into other mounts. BOX. */
int copy_tree(int from, int to);

/* A host device node for the container: by its numbers or, in a user namespace, bound from the host. */
struct device_step {
	mode_t mode; /* S_IFCHR, S_IFBLK or S_IFIFO and permissions */
	dev_t dev;
	uid_t uid;
	gid_t gid;
};

/* HOST: does this user namespace make devices impossible, so that they are bound from the host? */
bool devices_bound(const struct job *j);

/* Adds the `source` steps for the devices when they are bound. */
void plan_device_sources(struct plan *p, const struct job *j);

#endif

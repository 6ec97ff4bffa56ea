/* SPDX-License-Identifier: MIT */
/* oldmount.h - mounts on kernels before 5.2, which have neither open_tree nor move_mount
 *
 * A detached copy of a mount becomes one that is parked on an entry of /proc, in the box's own mount namespace, and then moved to
 * its place: its flags are set while nothing of the container can reach it, as with the new calls.  Paths are those of
 * descriptors, /proc/self/fd/N, below a /proc that is proven to be one.  Each is called only where the new call said ENOSYS; all
 * return -ENOSYS where mote was built without OLDKERNEL. */
#ifndef BOX_OLDMOUNT_H
#define BOX_OLDMOUNT_H

#include <stdbool.h>

#include "box/plan.h"

struct run;

/* HOST: the file or folder itself, O_PATH, in place of a copy of its mount; the box opens it once more.  >= 0 or -errno. */
int old_source(struct run *r, const char *path, bool nofollow);

/* BOX, before it gives up mote's identity: opens all sources once more, since a mount of the host's namespace cannot be bound in
 * another one.  -ESTALE when a path leads elsewhere than it did for HOST.  Nothing when the kernel is new or it is done. */
int old_sources(struct run *r);

/* BOX: a copy of the mount at fd, parked; recursive or not.  An O_PATH descriptor of its root or -errno. */
int old_copy(struct run *r, int fd, bool recursive);

/* The same for a path of the operator's or ".". */
int old_copy_at(struct run *r, const char *path, bool recursive);

/* BOX: what `source` left in the slot, as a parked copy where that was old_source. >= 0 or -errno. */
int old_tree(struct run *r, int slot);

/* BOX: -ENOSYS, with a note, for an attach that asks for more than a kernel before 5.2 gives; 0. */
struct mount_step;
int old_attach(struct run *r, const struct mount_step *m);

/* BOX: moves a parked copy onto an O_PATH descriptor. 0 or -errno. */
int old_place(struct run *r, int tree, int target);

/* The same onto a path of the operator's or ".". */
int old_place_at(struct run *r, int tree, const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/* file.h - whole small files, folders, and the one way into a root file system
 *
 * What lies inside a container's root is the attacker's (DESIGN 3.15).  Every path below it is
 * reached through root_* with a descriptor of that root: openat2(2) with RESOLVE_IN_ROOT, and a walk
 * with O_NOFOLLOW where the kernel has no openat2 (before 5.6).  No other file makes a system call
 * with a path inside a root; `make lint` looks for it. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Closes *fd when the variable goes out of scope: autofd int fd = ...; */
#define autofd __attribute__((cleanup(file_close)))
void file_close(int *fd);
int file_keep(int *fd); /* hands the descriptor on: returns it and sets *fd to -1 */

/* Reads all of path (below dirfd unless absolute) into an arena string, at most max bytes; *len may
 * be NULL.  0, -EFBIG or -errno. */
int file_read(int dirfd, const char *path, size_t max, char **text, size_t *len);

/* Reads up to cap - 1 bytes of a small (proc, cgroup) file into buf and ends it with NUL; the length
 * or -errno. */
ssize_t file_peek(int dirfd, const char *path, char *buf, size_t cap);

/* One write of text to an existing file (proc, sys, cgroup); 0 or -errno. */
int file_put(int dirfd, const char *path, const char *text);

/* The same to an open one. */
int file_put_fd(int fd, const char *text);

/* Replaces path with the text, whole or not at all for whoever reads it: a file beside it, renamed.  Not synced: what
 * mote writes does not outlive the machine's next start.  0 or -errno. */
int file_replace(int dirfd, const char *path, const char *text, size_t len, mode_t mode);

/* mkdir -p of an absolute host path; *made (may be NULL) becomes how many components were new, also
 * on a failure.  0 or -errno. */
int file_mkdirs(const char *path, mode_t mode, unsigned *made);

/* Removes a folder and everything below it, never crossing into another mount nor following a link;
 * stops at the first thing it cannot remove.  0 or -errno: -ENOTDIR when it is none, -EBUSY at a mount,
 * -ELOOP deeper than 300. */
int file_remove(int dirfd, const char *path);

/* The path behind the working folder's, if it is relative and that has a name below the root; else itself, also NULL.  Arena. */
const char *file_absolute(const char *path);

/* Is that descriptor the null device, 1:3? */
bool file_is_null(int fd);

/* write(2) until all is written. 0 or -errno. */
int file_write_all(int fd, const void *buf, size_t n);

/* --- below a root ---------------------------------------------------------------------------- */

enum root_kind { ROOT_DIR, ROOT_FILE };

/* Opens path below root with open(2) flags (O_CLOEXEC is added; -EINVAL for O_CREAT).  Links are
 * followed inside the root, absolute ones start at the root, ".." stops there.  Magic links of /proc
 * are refused with -ELOOP.  A descriptor or -errno. */
int root_open(int root, const char *path, int flags);

/* The same, where missing folders are made with mode 0755 and, for ROOT_FILE, a missing file as an
 * empty one with mode 0644, whatever the umask; they belong to whom the process is.  What a dangling
 * link points to is made, inside the root.  The result is an O_PATH descriptor of a folder or of
 * something that is none.  -ENOTDIR or -EISDIR when what is there is of the other kind. */
int root_make(int root, const char *path, enum root_kind kind);

/* root_make that refuses symbolic links anywhere on the way with -ELOOP. */
int root_make_nolinks(int root, const char *path, enum root_kind kind);

/* Opens with open(2) flags what was mounted on a folder last, by a descriptor of the folder and by no name: ".." of a root stays
 * there, and goes up to what lies on it.  The folder itself where nothing does.  May leave the working folder at "/".  A
 * descriptor or -errno. */
int root_top(int dir, int flags);

/* Makes, with mode 0755 less the umask, if it is missing, and opens the folder NAME, one component and no link, directly in dir.  An
 * O_PATH descriptor or -errno. */
int root_child(int dir, const char *name);

/* Opens the folder that holds the last component of path (missing folders are made if `make`), and
 * points *name to that component inside path.  An O_PATH descriptor or -errno; -EINVAL for paths that
 * end in "/", "." or "..". */
int root_parent(int root, const char *path, bool make, const char **name);

/* Device node, fifo or socket below root with exactly that mode; missing folders are made.  Never
 * follows a link in the last component: -EEXIST when something stands there. */
int root_mknod(int root, const char *path, mode_t mode, dev_t dev);

/* Symbolic link below root; missing folders and -EEXIST as above. */
int root_symlink(int root, const char *path, const char *target);

#endif

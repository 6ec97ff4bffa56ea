/* SPDX-License-Identifier: MIT */
/* image.c - a bundle that is one file */
#include "box/image.h"

#include <string.h>
#include <linux/loop.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "box/dm.h"
#include "box/state.h"
#include "bundle/archive.h"
#include "bundle/tar.h"
#include "sys.h"

enum { LOOP_TRIES = 64, DEEPEST = 128 };

static const char *const types[] = {[IMAGE_SQUASHFS] = "squashfs", [IMAGE_EROFS] = "erofs", [IMAGE_EXT4] = "ext4"};

/* --- which kind ------------------------------------------------------------------------------- */

static bool
has(const char *head, size_t n, size_t at, const char *magic)
{
	size_t len = strlen(magic);

	return n >= at + len && !memcmp(head + at, magic, len);
}

enum image_kind
image_kind(const char *head, size_t n)
{
	if (has(head, n, 0, "070701") || has(head, n, 0, "070702"))
		return IMAGE_CPIO;
	if (has(head, n, 0, "hsqs"))
		return IMAGE_SQUASHFS;
	if (has(head, n, 1024, "\xe2\xe1\xf5\xe0"))
		return IMAGE_EROFS;
	if (has(head, n, 1024 + 56, "\x53\xef"))
		return IMAGE_EXT4;
	if (n >= TAR_BLOCK && tar_valid((const struct tar_head *)head))
		return IMAGE_TAR;
	return IMAGE_UNKNOWN;
}

static bool
open_file(struct image *i, struct diag *d)
{
	char *head = arena_get(IMAGE_HEAD);
	ssize_t n;
	int e;

	i->fd = sys_openat(AT_FDCWD, i->file, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	if (i->fd < 0)
		return diag_fail(d, "open %s: %s", i->file, text_errno(i->fd));
	if (i->kind == IMAGE_FOLDER)
		return true;
	n = sys_pread(i->fd, head, IMAGE_HEAD, 0);
	if (n < 0)
		return diag_fail(d, "read %s: %s", i->file, text_errno((int)n));
	i->kind = image_kind(head, (size_t)n);
	if (i->kind == IMAGE_UNKNOWN || i->kind > IMAGE_EXT4) {
		i->archive = NEW(struct archive);
		e = archive_open(i->archive, i->fd);
		if (e < 0)
			return diag_fail(d, "read %s: %s", i->file, i->archive->u.why ? i->archive->u.why : text_errno(e));
		i->kind = !e ? IMAGE_UNKNOWN : i->archive->u.next == next_cpio ? IMAGE_CPIO : IMAGE_TAR;
	}
	if (i->kind == IMAGE_UNKNOWN)
		return diag_fail(d, "%s is no image that this mote knows: squashfs, erofs, ext4, cpio (newc) or tar", i->file);
	return true;
}

/* --- a place ---------------------------------------------------------------------------------- */

/* The mount that holds dir passes on to the host's no longer what is mounted below it; all others stay as they are.  Kernels
 * that do not tell where a mount begins (before 5.8) or change one by a descriptor (5.12): all of them. */
static int
keep_in(const char *dir)
{
	struct kernel_mount_attr slave = {.propagation = MS_SLAVE};
	struct kernel_statx st;
	autofd int fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int up, left;

	for (left = DEEPEST; left > 0 && fd >= 0 && !sys_statx(fd, "", AT_EMPTY_PATH, 0, &st); left--) {
		if (st.attributes & STATX_ATTR_MOUNT_ROOT) {
			if (sys_mount_setattr(fd, "", AT_EMPTY_PATH, &slave, sizeof slave))
				break;
			return 0;
		}
		up = sys_openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		file_close(&fd);
		fd = up;
	}
	return sys_mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
}

/* mkdir reserves the name, as it does for every container (state.c). */
static bool
reserve(struct image *i, const char *dir, struct diag *d)
{
	int e = file_mkdirs(text_clean(text_path(dir, "..")), 0711, NULL);

	e = e ? e : sys_mkdirat(AT_FDCWD, dir, 0700);
	if (e == -EEXIST)
		return diag_fail(d, "container with id \"%s\" already exists", strrchr(dir, '/') + 1);
	if (e)
		return diag_fail(d, "make %s: %s", dir, text_errno(e));
	i->path = text_path(dir, "image");
	e = sys_mkdirat(AT_FDCWD, i->path, 0700);
	e = e ? e : sys_unshare(CLONE_NEWNS);
	e = e ? e : keep_in(dir);
	return !e || diag_fail(d, "a mount namespace for the image: %s", text_errno(e));
}

/* --- mounted ---------------------------------------------------------------------------------- */

/* Read-only, gone with its last user.  LOOP_CONFIGURE is Linux 5.8; before that the flags come a moment later. */
static int
loop_set(int loop, int file)
{
	struct loop_config c = {.fd = file, .info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO};
	struct loop_info64 info = {.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR};
	int e = sys_ioctl(loop, LOOP_CONFIGURE, &c);

	if (e != -EINVAL && e != -ENOTTY && e != -ENOSYS)
		return e;
	e = sys_ioctl(loop, LOOP_SET_FD, (void *)(intptr_t)file);
	if (e)
		return e;
	e = sys_ioctl(loop, LOOP_SET_STATUS64, &info);
	if (e)
		sys_ioctl(loop, LOOP_CLR_FD, NULL);
	else
		sys_ioctl(loop, LOOP_SET_DIRECT_IO, (void *)1UL); /* where the file system can */
	return e;
}

/* A loop device of the file; *name becomes its path. */
static int
loop_open(int file, const char **name)
{
	autofd int control = sys_openat(AT_FDCWD, "/dev/loop-control", O_RDWR | O_CLOEXEC, 0);
	int e = control < 0 ? control : -EBUSY, n, tries;

	for (tries = 0; e == -EBUSY && control >= 0 && tries < LOOP_TRIES; tries++) { /* others look for a free one as well */
		autofd int fd = -1;

		n = sys_ioctl(control, LOOP_CTL_GET_FREE, NULL);
		if (n < 0)
			return n;
		*name = text_make("/dev/loop%d", n);
		fd = sys_openat(AT_FDCWD, *name, O_RDONLY | O_CLOEXEC, 0);
		e = fd < 0 ? fd : loop_set(fd, file);
		if (!e)
			return file_keep(&fd);
	}
	return e;
}

static bool
mount_image(struct image *i, struct diag *d)
{
	const char *device, *type = types[i->kind];
	autofd int loop = loop_open(i->fd, &device), dm = -1;
	int e;

	if (loop < 0)
		return diag_fail(d, "a loop device for %s: %s", i->file, text_errno(loop));
	if (i->verity) {
		dm = dm_verity(i->fd, &(struct dm_verity){device, text_make("mote-%s", strrchr(i->dir, '/') + 1), i->verity}, &device, d);
		if (dm < 0)
			return false;
	}
	e = sys_mount(device, i->path, type, MS_RDONLY, i->kind == IMAGE_EXT4 ? "noload" : NULL);
	if (e == -ENODEV)
		return diag_fail(d, "this kernel cannot mount %s, which %s is", type, i->file);
	return !e || diag_fail(d, "mount %s as %s: %s%s", i->file, type, text_errno(e), e == -EIO && i->verity ?
		": it is not what --verity-root says" : e == -EINVAL || e == -EIO ? ": it is damaged or cut" : "");
}

/* --- unpacked --------------------------------------------------------------------------------- */

static int
mount_tmpfs(const char *at, const char *size)
{
	return sys_mount("mote", at, "tmpfs", 0, text_make("mode=0755,size=%s", size));
}

static bool
unpack_image(struct image *i, struct diag *d)
{
	const struct unpack_limits limits = {UINT64_MAX, UINT64_MAX}; /* the tmpfs has one */
	const char *size = i->size ? i->size : "50%";
	autofd int dir = -1;
	int e = mount_tmpfs(i->path, size);

	if (e)
		return diag_fail(d, "a tmpfs of size %s: %s", size, text_errno(e));
	dir = sys_openat(AT_FDCWD, i->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (dir < 0)
		return diag_fail(d, "open %s: %s", i->path, text_errno(dir));
	return archive_unpack(i->archive, dir, &limits, d);
}

/* ---------------------------------------------------------------------------------------------- */

static bool
appear(struct image *i, struct diag *d)
{
	int e;

	if (i->verity && i->kind < IMAGE_SQUASHFS)
		return diag_fail(d, "--verity-root is about images that are mounted: %s is a folder", i->file);
	if (i->verity && i->kind > IMAGE_EXT4)
		return diag_fail(d, "--verity-root is about images that are mounted: %s is an archive; there is --verify", i->file);
	switch (i->kind) {
	case IMAGE_CPIO:
	case IMAGE_TAR: return unpack_image(i, d);
	case IMAGE_FOLDER:
		e = sys_mount(i->file, i->path, NULL, MS_BIND | MS_REC, NULL);
		return !e || diag_fail(d, "bind %s: %s", i->file, text_errno(e));
	default: return mount_image(i, d);
	}
}

bool
image_open(struct image *i, struct diag *d)
{
	const char *dir = i->dir;
	bool good;

	i->dir = NULL; /* until it is ours */
	if (!open_file(i, d))
		return false;
	if (!reserve(i, dir, d)) {
		if (i->path)
			state_remove(dir);
		file_close(&i->fd);
		return false;
	}
	i->dir = dir;
	good = appear(i, d);
	file_close(&i->fd);
	if (good)
		return true;
	image_close(dir);
	state_remove(dir);
	i->dir = NULL;
	return false;
}

void
image_close(const char *dir)
{
	sys_umount2(text_path(dir, "image"), MNT_DETACH);
	sys_umount2(text_path(dir, "layer"), MNT_DETACH);
}

/* --- what is written -------------------------------------------------------------------------- */

/* A path in overlayfs' options: it splits them at these. */
static const char *
escape(const char *path)
{
	char *s = arena_get(2 * strlen(path) + 1), *p = s;

	for (; *path; *p++ = *path++)
		if (strchr(":,\\", *path))
			*p++ = '\\';
	return s;
}

/* The layer's folders; a new one for the files looks as the root below it does. */
static int
layer_folders(const char *layer, const char *below)
{
	const char *upper = text_path(layer, "upper");
	struct stat st;
	int e = sys_fstatat(AT_FDCWD, below, &st, AT_SYMLINK_NOFOLLOW), made;

	made = e ? e : sys_mkdirat(AT_FDCWD, upper, 0700);
	if (!made) {
		e = sys_fchownat(AT_FDCWD, upper, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW);
		e = e ? e : sys_fchmodat(AT_FDCWD, upper, st.st_mode & 07777);
	} else if (made != -EEXIST) {
		e = made;
	}
	made = e ? e : sys_mkdirat(AT_FDCWD, text_path(layer, "work"), 0700);
	return made == -EEXIST ? 0 : made;
}

bool
image_layer(const struct image *i, const char *root, struct diag *d)
{
	const char *at = text_path(i->path, root), *layer = i->layer, *size = i->size ? i->size : "10%";
	int e;

	if (!layer) {
		layer = text_path(i->dir, "layer");
		e = sys_mkdirat(AT_FDCWD, layer, 0700);
		e = e ? e : mount_tmpfs(layer, size);
		if (e)
			return diag_fail(d, "a tmpfs of size %s for what is written: %s", size, text_errno(e));
	}
	e = layer_folders(layer, at);
	if (e)
		return diag_fail(d, "make folders in %s: %s", layer, text_errno(e));
	e = sys_mount("overlay", at, "overlay", 0, text_make("lowerdir=%s,upperdir=%s/upper,workdir=%s/work", escape(at), escape(layer), escape(layer)));
	if (e == -ENODEV)
		return diag_fail(d, "this kernel has no overlayfs: set root.readonly in the config");
	return !e || diag_fail(d, "lay %s over the image: %s", layer, text_errno(e));
}

/* SPDX-License-Identifier: MIT */
/* tar.h - the header of a tar archive, for its writer and its reader */
#ifndef BUNDLE_TAR_H
#define BUNDLE_TAR_H

#include <stdbool.h>

enum { TAR_BLOCK = 512 };

/* ustar of POSIX.1-2017; texts need no NUL when they fill their field. */
struct tar_head {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], fill[12];
};

/* Is it one, by its sum?  The old form has no other mark. */
bool tar_valid(const struct tar_head *h);

#endif

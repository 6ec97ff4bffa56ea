/* SPDX-License-Identifier: MIT */
/* folder.h - a folder in memory for a fuzzer that reads files: made once, taken away at the end */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder_path[64];

static void
folder_gone(void)
{
	file_remove(AT_FDCWD, folder_path);
}

/* The folder, open; its path is in folder_path. */
static int
folder(const char *name)
{
	static int dir = -1;

	if (dir < 0) {
		snprintf(folder_path, sizeof folder_path, "/dev/shm/%s.%d", name, (int)getpid());
		mkdir(folder_path, 0700);
		atexit(folder_gone);
		dir = open(folder_path, O_RDONLY | O_DIRECTORY);
		if (dir < 0)
			abort();
	}
	return dir;
}

/* A file of n bytes, new. */
static void
folder_put(int dir, const char *name, const void *data, size_t n)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
}

#endif

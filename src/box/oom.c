/* SPDX-License-Identifier: MIT */
/* oom.c - word of the OOM killer, for processes that live long: nothing but oom_find allocates */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "box/stats.h"
#include "sys.h"

enum { LOOKS = 10 };

void
oom_find(struct oom *o, const struct state *s)
{
	bool v2;
	const char *folder = stats_memory(s, &v2);

	*o = (struct oom){.v2 = v2, .fd = -1};
	if (folder && strlen(folder) < sizeof o->folder)
		memcpy(o->folder, folder, strlen(folder) + 1);
}

static uint64_t
kills(const struct oom *o)
{
	autofd int dir = sys_openat(AT_FDCWD, o->folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	char buf[512];

	return dir >= 0 && file_peek(dir, o->v2 ? "memory.events" : "memory.oom_control", buf, sizeof buf) > 0 ?
		stats_keyed(buf, "oom_kill") : 0;
}

/* Version 1: an eventfd that the kernel is told of. */
static int
open_event(int dir)
{
	autofd int fd = sys_eventfd2(0, O_CLOEXEC | O_NONBLOCK); /* the flags of eventfd are these */
	autofd int control = sys_openat(dir, "memory.oom_control", O_RDONLY | O_CLOEXEC, 0);
	char text[32];
	int e;

	if (fd < 0 || control < 0)
		return fd < 0 ? fd : control;
	text_fmt(text, sizeof text, "%d %d", fd, control);
	e = file_put(dir, "cgroup.event_control", text);
	return e ? e : file_keep(&fd);
}

static int
open_watch(const char *folder)
{
	autofd int fd = sys_inotify_init1(O_CLOEXEC | O_NONBLOCK);
	char path[sizeof((struct oom *)0)->folder + 16];
	int e;

	text_fmt(path, sizeof path, "%s/memory.events", folder);
	e = fd < 0 ? fd : sys_inotify_add_watch(fd, path, IN_MODIFY);
	return e < 0 ? e : file_keep(&fd);
}

int
oom_open(struct oom *o)
{
	autofd int dir = *o->folder ? sys_openat(AT_FDCWD, o->folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0) : -ENOENT;

	o->fd = dir < 0 ? dir : o->v2 ? open_watch(o->folder) : open_event(dir);
	o->count = kills(o);
	return o->fd < 0 ? o->fd : 0;
}

/* Version 1 wakes us for every process that waits for memory, before it counts, and once more when the cgroup goes; the count tells. */
bool
oom_seen(struct oom *o)
{
	char buf[512];

	o->late -= o->late != 0;
	while (sys_read(o->fd, buf, sizeof buf) > 0)
		o->late = LOOKS;
	if (kills(o) <= o->count)
		return false;
	o->count++;
	return true;
}

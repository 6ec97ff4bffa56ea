/* SPDX-License-Identifier: MIT */
/* log.c - plain lines into a file with one predecessor, or into the kernel's log; a log that cannot be written is dropped, the
 * program never waits for it */
#include "box/log.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "sys.h"

enum { CHUNK = 4096, LAST_READS = 256 };

int
log_open(struct logger *l, int flags)
{
	struct stat st;

	file_close(&l->fd);
	l->fd = sys_openat(AT_FDCWD, l->path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC | flags, 0640);
	if (l->fd < 0 || sys_fstat(l->fd, &st))
		return l->fd;
	l->size = S_ISREG(st.st_mode) ? st.st_size : 0;
	if (!S_ISREG(st.st_mode)) /* a pipe or device has no name to give away */
		l->limit = 0;
	return 0;
}

void
log_init(struct logger *l, const char *spec, uint64_t limit, const char *id)
{
	bool kernel = text_eq(spec, "kmsg:");

	*l = (struct logger){.pipe = -1, .fd = -1, .limit = limit, .path = kernel ? "/dev/kmsg" : spec};
	l->id = kernel ? id : NULL;
	l->old = text_make("%s.1", l->path);
}

int
log_open_deep(struct logger *l)
{
	char dir[4096];
	int e;

	text_fmt(dir, sizeof dir, "%.*s", (int)(strrchr(l->path, '/') + 1 - l->path), l->path);
	e = file_mkdirs(dir, 0755, NULL);
	return e ? e : log_open(l, 0);
}

/* Where the old file cannot go, it is emptied: the limit is kept. */
static void
rotate(struct logger *l)
{
	sys_renameat2(AT_FDCWD, l->path, AT_FDCWD, l->old, 0);
	log_open(l, O_TRUNC);
	l->size = 0;
}

/* How many of n bytes go into the file as it is: whole lines if there are any, 0 when it is full. */
static size_t
fitting(const struct logger *l, const char *s, size_t n)
{
	uint64_t room = l->limit > l->size ? l->limit - l->size : 0;
	size_t k;

	if (!l->limit || n <= room)
		return n;
	for (k = room; k > 0 && s[k - 1] != '\n'; k--)
		;
	return k ? k : l->size ? 0 : room;
}

static void
to_file(struct logger *l, const char *s, size_t n)
{
	size_t k;

	for (; n > 0; s += k, n -= k) {
		k = fitting(l, s, n);
		if (!k) {
			rotate(l);
			continue;
		}
		if (l->fd >= 0)
			file_write_all(l->fd, s, k);
		l->size += k;
	}
}

/* One write is one record; <30> is daemon.info. */
static void
to_kernel(struct logger *l)
{
	char record[LOG_LINE + 300];
	size_t n = text_fmt(record, sizeof record, "<30>%s: %.*s\n", l->id, (int)l->n, l->line);

	if (l->n && l->fd >= 0)
		sys_write(l->fd, record, n);
	l->n = 0;
}

static void
take(struct logger *l, const char *s, size_t n)
{
	if (!l->id) {
		to_file(l, s, n);
		return;
	}
	for (; n > 0; s++, n--) {
		if (*s != '\n')
			l->line[l->n++] = *s ? *s : ' ';
		if (*s == '\n' || l->n == LOG_LINE)
			to_kernel(l);
	}
}

static bool
move(struct logger *l)
{
	char buf[CHUNK];
	ssize_t n = sys_read(l->pipe, buf, sizeof buf);

	if (n > 0)
		take(l, buf, n);
	else if (n != -EINTR && n != -EAGAIN)
		file_close(&l->pipe);
	return n > 0;
}

void
log_move(struct logger *l)
{
	move(l);
}

/* Bounded: a process that outlives the program may go on writing. */
void
log_drain(struct logger *l)
{
	int i;

	sys_fcntl(l->pipe, F_SETFL, O_NONBLOCK);
	for (i = 0; i < LAST_READS && l->pipe >= 0 && move(l); i++)
		;
	if (l->id)
		to_kernel(l);
}

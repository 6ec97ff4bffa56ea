/* SPDX-License-Identifier: MIT */
/* watch.c - beside a running container: its log, its readiness, its end */
#include "box/watch.h"

#include "base/file.h"
#include "box/tty.h"
#include "sys.h"

enum { PAUSE = 100 };

/* --- plan and steps --------------------------------------------------------------------------- */

void
plan_log(struct plan *p, const struct job *j)
{
	if (!j->log)
		return;
	plan_add(p, OP_log_pipe, HOST)->slot = plan_slot(p);
	plan_slot(p);
}

/* A program that is not root opens /dev/stdout again, which needs the pipe to be its own. */
static void
give_pipe(int fd, const struct spec *s)
{
	const struct idmaps *m = &s->linux.uid_maps;
	uid_t uid = s->process.user.uid;
	size_t i;

	for (i = 0; i < m->n && uid - m->v[i].container >= m->v[i].size; i++)
		;
	sys_fchown(fd, i < m->n ? uid - m->v[i].container + m->v[i].host : uid, -1);
}

int
do_log_pipe(struct run *r, const struct step *s)
{
	int ends[2] = {-1, r->job->log_pipe}, e = ends[1] ? 0 : sys_pipe2(ends, O_CLOEXEC);

	if (e)
		return e;
	r->slot[s->slot] = ends[1];
	r->slot[s->slot + 1] = ends[0];
	give_pipe(ends[1], r->job->spec);
	return 0;
}

int
do_log_stdio(struct run *r, const struct step *s)
{
	int e = sys_dup3(r->slot[s->slot], 1, 0);

	return e < 0 ? e : sys_dup3(r->slot[s->slot], 2, 0);
}

/* Behind the last change of ids, which takes the request away (prctl(2)).  A mote that ends before it has been made has closed
 * its end of the connection by then: the descriptors go first. */
int
do_die_with_parent(struct run *r, const struct step *s)
{
	struct pollfd p = {.fd = r->chan, .events = 0};
	int e = sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);

	(void)s;
	if (!e && sys_poll(&p, 1, 0) > 0 && p.revents & POLLHUP)
		sys_exit_group(1);
	return e;
}

/* --- watching --------------------------------------------------------------------------------- */

size_t
watch_poll(const struct run *r, struct pollfd *p)
{
	const struct watch *w = r->watch;

	if (!w)
		return 0;
	p[0] = (struct pollfd){.fd = w->log ? w->log->pipe : -1, .events = POLLIN};
	p[1] = (struct pollfd){.fd = w->ready, .events = POLLIN};
	p[2] = (struct pollfd){.fd = w->notify, .events = POLLIN};
	return WATCHED;
}

void
watch_move(struct run *r, const struct pollfd *p)
{
	struct watch *w = r->watch;
	char byte;

	if (w && p[0].revents)
		log_move(w->log);
	if (w && p[1].revents) {
		w->is_ready |= sys_read(w->ready, &byte, 1) == 1;
		file_close(&w->ready);
	}
	if (w && p[2].revents && notify_take(w->notify)) {
		w->is_ready = true;
		file_close(&w->notify);
		if (!w->waits)
			notify_host(w->host, r->pid, false);
	}
}

void
watch_end(struct run *r)
{
	struct pollfd p[WATCHED];

	if (!watch_poll(r, p))
		return;
	sys_poll(p, WATCHED, 0);
	watch_move(r, p);
	if (r->watch->log)
		log_drain(r->watch->log);
}

bool
watch_ready(struct run *r)
{
	struct watch *w = r->watch;
	struct pollfd p[WATCHED + 1];

	w->waits = true;
	while (!w->is_ready && (w->ready >= 0 || w->notify >= 0)) {
		watch_poll(r, p);
		p[WATCHED] = (struct pollfd){.fd = r->pidfd, .events = POLLIN};
		sys_poll(p, WATCHED + 1, r->pidfd < 0 ? PAUSE : -1);
		watch_move(r, p);
		if (p[WATCHED].revents || (r->pidfd < 0 && sys_kill(r->pid, 0)))
			break;
	}
	if (w->is_ready && w->host)
		notify_host(w->host, r->pid, true);
	return w->is_ready;
}

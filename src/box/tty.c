/* SPDX-License-Identifier: MIT */
/* tty.c - the container's terminal: made in its own devpts, handed to a client or moved by mote
 *
 * The pty comes from the container's /dev/pts and from nowhere else, every descriptor is looked at
 * before it is used, and /dev/console is never reached through a link: the root file system's
 * content is not to be trusted (CVE-2025-52565 and its like). */
#include "box/tty.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/file.h"
#include "box/mount.h"
#include "box/sock.h"
#include "box/user.h"
#include "box/watch.h"
#include "sys.h"

enum {
	BUFFER = 4096,  /* = PIPE_BUF: a pipe that polls writable takes as much without blocking */
	PAUSE = 100,    /* ms until a terminal that nobody has open is looked at again */
	LAST_READS = 256, /* buffers that are fetched after the box's end at most */
	PTMX_MAJOR = 5, PTMX_MINOR = 2,
	PTS_MAJOR = 136, PTS_MAJORS = 8, /* UNIX98 pty slaves: 136 to 143 */
};

struct console_step {
	struct winsize size; /* 0 x 0: as it comes */
	uid_t uid;           /* the slave's owner */
};

/* --- plan ------------------------------------------------------------------------------------- */

void
plan_console_socket(struct plan *p, const struct job *j)
{
	struct step *s;

	if (!j->spec->process.terminal)
		return;
	if (j->console_socket) {
		s = plan_add_a(p, OP_console_connect, HOST, j->console_socket);
		s->slot = plan_slot(p);
	} else if (j->own_tty) {
		s = plan_add(p, OP_console_pair, HOST);
		s->slot = plan_slot(p);
		plan_slot(p);
	}
}

static struct console_step *
console_step(const struct process_spec *s)
{
	struct console_step *c = NEW(struct console_step);

	c->uid = s->user.uid;
	if (s->console_size.given) {
		c->size.ws_row = s->console_size.height;
		c->size.ws_col = s->console_size.width;
	}
	return c;
}

int
plan_console_slot(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].op == OP_console_pair || p->v[i].op == OP_console_connect)
			return p->v[i].slot;
	return -1;
}

void
plan_console(struct plan *p, const struct job *j)
{
	int slot = plan_console_slot(p);
	struct step *s;

	if (slot < 0)
		return;
	s = plan_add(p, OP_console, BOX);
	s->a = j->goal == GOAL_EXEC ? NULL : " at /dev/console";
	s->slot = slot;
	s->p = console_step(&j->spec->process);
	if (j->own_tty)
		plan_add(p, OP_console_receive, HOST)->slot = slot + 1;
}

/* --- do: HOST --------------------------------------------------------------------------------- */

int
do_console_connect(struct run *r, const struct step *s)
{
	int fd = sock_connect(s->a);

	if (fd < 0)
		return fd;
	r->slot[s->slot] = fd;
	return 0;
}

int
do_console_pair(struct run *r, const struct step *s)
{
	return sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, &r->slot[s->slot]);
}

/* The window of whichever of the three is a terminal. */
static void
resize(int master)
{
	struct winsize w;
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (sys_ioctl(fd, TIOCGWINSZ, &w) == 0) {
			sys_ioctl(master, TIOCSWINSZ, &w);
			return;
		}
}

static bool
is_terminal(int fd)
{
	struct termios t;

	return sys_tcgetattr(fd, &t) == 0;
}

/* Before the program runs: its first look at the window and its first line are right. Where a
 * person sits at both ends of mote the two terminals become one: only the container's works on the
 * bytes. */
int
do_console_receive(struct run *r, const struct step *s)
{
	struct termios t;

	r->master = sock_receive_fd(r->slot[s->slot]);
	if (r->master < 0)
		return r->master;
	resize(r->master);
	if (is_terminal(0) && is_terminal(1) && !sys_tcgetattr(r->master, &t)) {
		t.c_oflag |= ONLCR;
		sys_tcsetattr(r->master, TCSANOW, &t);
	}
	return 0;
}

/* --- do: BOX, the terminal -------------------------------------------------------------------- */

static int
note(struct run *r, const char *text, int e)
{
	run_note(r, text);
	return e;
}

/* Is fd a character device of these majors (and that minor, unless -1), on a devpts? */
static bool
is_pty(int fd, unsigned first, unsigned count, int minor_wanted)
{
	struct statfs fs;
	struct stat st;

	return sys_fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC &&
		sys_fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
		major(st.st_rdev) - first < count &&
		(minor_wanted < 0 || minor(st.st_rdev) == (unsigned)minor_wanted);
}

/* Looked at through an O_PATH descriptor first: opening an unknown device may do things. */
static int
open_master(struct run *r)
{
	static const char path[] = "/dev/pts/ptmx";
	autofd int look = root_open(r->root, path, O_PATH);
	autofd int fd = -1;

	if (look < 0 || !is_pty(look, PTMX_MAJOR, 1, PTMX_MINOR))
		return note(r, "no devpts on /dev/pts of the container, where terminals come from",
			look < 0 ? look : -ENODEV);
	fd = root_open(r->root, path, O_RDWR | O_NOCTTY);
	if (fd >= 0 && !is_pty(fd, PTMX_MAJOR, 1, PTMX_MINOR))
		return -ENODEV;
	return file_keep(&fd);
}

/* TIOCGPTPEER (4.13) opens the other end without a path. */
static int
open_slave(int master)
{
	unsigned long flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
	int unlocked = 0, e = sys_ioctl(master, TIOCSPTLCK, &unlocked);
	autofd int fd = e ? e : sys_ioctl(master, TIOCGPTPEER, (void *)flags);

	if (fd >= 0 && !is_pty(fd, PTS_MAJOR, PTS_MAJORS, -1))
		return -ENODEV;
	return file_keep(&fd);
}

/* ONLCR off, as from runc: the caller's own terminal or log adds what it needs. */
static int
settings(int slave, const struct console_step *c)
{
	struct termios t;
	int e = sys_tcgetattr(slave, &t);

	if (e)
		return e;
	t.c_oflag &= ~(tcflag_t)ONLCR;
	e = sys_tcsetattr(slave, TCSANOW, &t);
	if (!e && (c->size.ws_row || c->size.ws_col))
		e = sys_ioctl(slave, TIOCSWINSZ, (void *)&c->size);
	return e ? e : sys_fchown(slave, c->uid, -1);
}

/* --- do: BOX, /dev/console -------------------------------------------------------------------- */

/* An O_PATH descriptor of what stands there, made if nothing does; never through a link. */
static int
console_target(struct run *r)
{
	const char *name;
	autofd int dir = root_parent(r->root, "/dev/console", true, &name);
	autofd int fd = -1;
	struct stat st;
	int e;

	if (dir < 0)
		return dir;
	e = sys_openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (e >= 0)
		sys_close(e);
	else if (e != -EEXIST)
		return e;
	fd = sys_openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	e = fd < 0 ? fd : sys_fstat(fd, &st);
	if (e < 0)
		return e;
	if (S_ISLNK(st.st_mode))
		return note(r, "/dev/console of the root file system is a symbolic link", -ELOOP);
	return S_ISDIR(st.st_mode) ? -EISDIR : file_keep(&fd);
}

static int
bind_console(struct run *r, int slave)
{
	autofd int target = console_target(r), tree = -1;

	if (target < 0)
		return target;
	tree = mount_copy(r, slave, false);
	return tree < 0 ? tree : mount_attach(r, tree, target);
}

/* The message's text is what runc sends: the name of the device that makes masters. */
static int
hand_over(struct run *r, const struct step *s, int master)
{
	int e = sock_send_fd(r->slot[s->slot], "/dev/ptmx", master);

	sys_close(r->slot[s->slot]);
	r->slot[s->slot] = -1;
	return e ? note(r, "the console socket does not take the terminal", e) : 0;
}

int
do_console(struct run *r, const struct step *s)
{
	autofd int master = -1, slave = -1;
	int e;

	if (r->root < 0)
		return note(r, "a terminal needs a mount namespace of its own", -EINVAL);
	master = open_master(r);
	slave = master < 0 ? master : open_slave(master);
	if (slave < 0)
		return slave;
	e = settings(slave, s->p);
	if (!e && s->a)
		e = bind_console(r, slave);
	if (!e)
		e = hand_over(r, s, master);
	if (!e)
		r->console = file_keep(&slave);
	return e;
}

int
tty_take(struct run *r)
{
	int i, e;

	if (r->console < 0)
		return 0;
	e = sys_ioctl(r->console, TIOCSCTTY, NULL);
	for (i = 0; i < 3 && e >= 0; i++)
		e = sys_dup3(r->console, i, 0);
	file_close(&r->console);
	return e < 0 ? e : 0;
}

/* --- HOST: moving bytes ----------------------------------------------------------------------- */

struct stream {
	int from, to;
	size_t at, n;   /* buf[at..n) waits to be written */
	bool ended;     /* nothing more comes */
	bool sink;      /* nobody takes it any more: read and drop */
	char buf[BUFFER];
};

struct terminal {
	struct stream in, out; /* seen from the container */
	struct termios saved;
	bool raw;
};

static void
terminal_raw(struct terminal *t)
{
	struct termios raw;

	if (sys_tcgetattr(0, &t->saved)) /* not a terminal: bytes are moved all the same */
		return;
	raw = t->saved;
	raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL |
		IXON);
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (is_terminal(1)) /* as do_console_receive has seen: the container's makes CR LF */
		raw.c_oflag &= ~(tcflag_t)OPOST;
	t->raw = sys_tcsetattr(0, TCSADRAIN, &raw) == 0;
}

static void
terminal_restore(const struct terminal *t)
{
	if (t->raw)
		sys_tcsetattr(0, TCSADRAIN, &t->saved);
}

static void
fill(struct stream *s)
{
	ssize_t n = sys_read(s->from, s->buf, sizeof s->buf);

	s->at = 0;
	s->n = n > 0 ? n : 0;
	if (n == 0 || (n < 0 && n != -EINTR && n != -EAGAIN))
		s->ended = true;
}

/* Output that nobody takes any more is dropped for good, or the program would block; input that
 * cannot be given to a terminal without a reader is dropped this once. */
static void
drain(struct stream *s)
{
	size_t left = s->n - s->at;
	ssize_t n = s->sink ? (ssize_t)left : sys_write(s->to, s->buf + s->at, left);

	if (n > 0) {
		s->at += n;
	} else if (n != -EINTR && n != -EAGAIN) {
		s->at = s->n;
		s->sink = s->to == 1;
	}
}

static bool
full(const struct stream *s)
{
	return s->at < s->n;
}

/* Only what can be done is polled for: a reader that does not read stops its stream and costs
 * nothing. */
static void
poll_set(const struct terminal *t, struct pollfd p[3], int master, bool paused)
{
	short want = (full(&t->in) ? POLLOUT : 0) | (full(&t->out) ? 0 : POLLIN);

	p[0] = (struct pollfd){.fd = full(&t->in) || t->in.ended ? -1 : 0, .events = POLLIN};
	p[1] = (struct pollfd){.fd = paused || !want ? -1 : master, .events = want};
	p[2] = (struct pollfd){.fd = full(&t->out) ? 1 : -1, .events = POLLOUT};
}

/* True when the master has hung up: no process has the slave open. A container's init may close
 * all and open /dev/console again, so this is no end; the box's end is. */
static bool
move_bytes(struct terminal *t, const struct pollfd p[3])
{
	bool got = false;

	if (p[0].revents)
		fill(&t->in);
	if (p[2].revents)
		drain(&t->out);
	if (p[1].revents & POLLOUT && full(&t->in))
		drain(&t->in);
	if (p[1].revents & (POLLIN | POLLHUP | POLLERR) && !full(&t->out)) {
		fill(&t->out);
		got = full(&t->out);
		t->out.ended = false;
	}
	return p[1].revents & (POLLHUP | POLLERR) && !got;
}

static void
flush(struct stream *s)
{
	struct pollfd p = {.fd = s->to, .events = POLLOUT};

	while (full(s)) {
		sys_poll(&p, 1, -1);
		drain(s);
	}
}

/* What the program wrote last. */
static void
finish_output(struct stream *s)
{
	int i;

	for (i = 0; i < LAST_READS && !s->ended; i++) {
		flush(s);
		fill(s);
		if (!full(s))
			break;
	}
	flush(s);
}

static int
loop(struct run *r, struct terminal *t, int sigfd)
{
	struct pollfd p[4 + WATCHED];
	size_t n = 0;
	bool hung = false;
	int status = 0;

	for (;;) {
		switch (wait_signal(r, sigfd, &status)) {
		case WAIT_ENDED: return status;
		case WAIT_RESIZE: resize(r->master); continue;
		case WAIT_NOTHING: break;
		}
		poll_set(t, p, r->master, hung);
		p[3] = (struct pollfd){.fd = sigfd, .events = POLLIN};
		IF_REAPER(n = watch_poll(r, p + 4);)
		sys_poll(p, 4 + n, hung ? PAUSE : -1);
		IF_REAPER(watch_move(r, p + 4);)
		hung = move_bytes(t, p);
	}
}

int
tty_wait(struct run *r, int sigfd)
{
	struct terminal t = {
		.in = {.from = 0, .to = r->master}, .out = {.from = r->master, .to = 1}};
	int status;

	sys_fcntl(r->master, F_SETFL, O_RDWR | O_NONBLOCK);
	terminal_raw(&t);
	status = loop(r, &t, sigfd);
	finish_output(&t.out);
	terminal_restore(&t);
	file_close(&r->master);
	return status;
}

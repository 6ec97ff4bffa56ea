/* SPDX-License-Identifier: MIT */
/* test_lsm.c - what is written for a profile and a label, and where it is not written */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "box/lsm.h"
#include "box/replay.h"
#include "unit.h"

static struct plan
planned(const char *profile, const char *label)
{
	struct process_spec s = {.apparmor_profile = profile, .selinux_label = label};
	struct plan p = {0};

	plan_lsm(&p, &s);
	return p;
}

static void
plans(void)
{
	struct plan p = planned(NULL, NULL);
	struct spec s = {0};

	unit_ok(p.n == 0, "nothing asked, nothing done");
	p = planned("unconfined", NULL);
	unit_ok(p.n == 0, "unconfined is no profile");
	p = planned("web", NULL);
	unit_ok(p.n == 1 && p.v[0].side == BOX && text_eq(p.v[0].a, "self/attr/apparmor/exec") && text_eq(p.v[0].b, "exec web") &&
		text_eq(p.v[0].c, "self/attr/exec") && !(p.v[0].flags & OPTIONAL), "a profile, with the file of older kernels");
	p = planned(NULL, "u:r:t:s0");
	unit_ok(p.n == 1 && text_eq(p.v[0].a, "self/attr/exec") && text_eq(p.v[0].b, "u:r:t:s0") && !p.v[0].c, "a label");
	unit_ok(lsm_context(&s, "tmpfs", "size=1m") && text_eq(lsm_context(&s, "tmpfs", "size=1m"), "size=1m"), "no mountLabel");
	s.linux.mount_label = "u:r:t:s0:c1,c2";
	unit_ok(text_eq(lsm_context(&s, "tmpfs", "size=1m"), "size=1m,context=\"u:r:t:s0:c1,c2\""), "mountLabel behind options");
	unit_ok(text_eq(lsm_context(&s, "tmpfs", ""), "context=\"u:r:t:s0:c1,c2\""), "mountLabel alone");
	unit_ok(text_eq(lsm_context(&s, "proc", ""), "") && text_eq(lsm_context(&s, "sysfs", ""), ""), "not for proc and sysfs");
}

/* A tree that looks like /proc but is none swallows the label: refused. */
static void
fake(void)
{
	char dir[] = "/tmp/lsm.XXXXXX";
	struct run r = {.side = BOX};
	struct plan p = planned("web", NULL);
	int fd;

	unit_ok(mkdtemp(dir) && chdir(dir) == 0 && !mkdir("self", 0700) && !mkdir("self/attr", 0700), "a fake tree");
	r.proc = open(dir, O_PATH | O_DIRECTORY);
	unit_ok(do_label(&r, &p.v[0]) == -ENOENT, "neither file is there");
	fd = open("self/attr/exec", O_CREAT | O_WRONLY, 0600);
	unit_ok(do_label(&r, &p.v[0]) == -EXDEV, "a file that is no procfs's is not written to");
	unit_ok(lseek(fd, 0, SEEK_END) == 0, "and stays empty");
	close(fd);
	unlink("self/attr/exec");
	unit_ok(symlink("/proc/self/attr/exec", "self/attr/exec") == 0 && do_label(&r, &p.v[0]) == -EXDEV, "nor a way to another mount");
	unlink("self/attr/exec");
	rmdir("self/attr");
	rmdir("self");
	rmdir(dir);
}

int
main(void)
{
	plans();
	fake();
	return unit_done();
}

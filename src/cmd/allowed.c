/* SPDX-License-Identifier: MIT */
/* allowed.c - which verb may be used on a container in which status: the state machine, as one table
 *
 * docs/lifecycle.md prints it, and tests/run/machine.t tries each of its cells.  Verbs that have no row here may always be used. */
#include "base/text.h"
#include "cmd/job.h"

#define IS(s) (1 << STATUS_##s)

enum {
	ALIVE = IS(CREATED) | IS(RUNNING) | IS(PAUSED),
	DEAD = IS(CREATING) | IS(STOPPED),
	ANY = ALIVE | DEAD,
};

static const char dead[] = "container not running"; /* engines look for these words */

/* clang-format off */
/* says, and where there is a `behind`: the status and that. */
static const struct { const char *verb; uint8_t when; const char *says, *behind; } refused[] = {
	{"start",  ANY & ~IS(CREATED), "cannot start a container that is ", ""}, /* M-37 */
	{"kill",   DEAD, dead, NULL}, /* M-38 */
	{"delete", ANY & ~IS(STOPPED), "cannot delete a container that is ", " (kill it first, or use --force)"}, /* M-39 */
	IF_EXEC({"exec", DEAD, dead, NULL},)
	IF_EXEC({"exec", IS(PAUSED), "cannot exec in a paused container (--ignore-paused does it all the same)", NULL},)
	IF_PAUSE({"pause", DEAD, dead, NULL},)
	IF_PAUSE({"pause", IS(PAUSED), "container already paused", NULL},)
	IF_PAUSE({"resume", DEAD, dead, NULL},)
	IF_PAUSE({"resume", ALIVE & ~IS(PAUSED), "container not paused", NULL},)
	IF_EVENTS({"events", DEAD, dead, NULL},)
	IF_EVENTS({"stats", DEAD, dead, NULL},)
	IF_UPDATE({"update", DEAD, dead, NULL},)
	IF_PS({"ps", DEAD, dead, NULL},) /* but for one that has left processes behind */
	IF_CRIU({"checkpoint", DEAD | IS(CREATED), dead, NULL},)
	IF_REAPER({"wait", IS(CREATING), "the container is being created and has no process yet", NULL},)
};
/* clang-format on */

bool
allowed(struct cmd *c, enum status s)
{
	size_t i;

	for (i = 0; i < sizeof refused / sizeof *refused; i++)
		if (refused[i].when & 1 << s && text_eq(refused[i].verb, c->verb->name))
			return diag_fail(&c->diag, "%s%s%s", refused[i].says, refused[i].behind ? status_name(s) : "",
				refused[i].behind ? refused[i].behind : "");
	return true;
}

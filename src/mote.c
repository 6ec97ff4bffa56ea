/* SPDX-License-Identifier: MIT */
/* mote.c - the verbs, the global options, and the only exit */
#include <string.h>

#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "sys.h"

/* clang-format off */
static const struct verb verbs[] = {
	{"create",   "ID",             "Makes a container from a bundle; its program waits for start.",
		create_options, 1, 1, 0, cmd_create},
	{"start",    "ID",             "Lets the program of a created container run.",
		NULL, 1, 1, 0, cmd_start},
	{"run",      "ID" IF_IMAGE(" | FILE [ID]") " | --rootfs DIR [--] COMMAND ...", "Makes a container and starts it, and waits unless --detach is given.",
		run_options, 0, 255, 1, cmd_run},
	IF_EXEC({"exec", "ID COMMAND ... | --process FILE ID", "Runs another program in a running container.",
		exec_options, 1, 255, 2, cmd_exec},)
	{"state",    "ID",             "Prints the state of a container as JSON.",
		state_options, 1, 255, 0, cmd_state},
	{"kill",     "ID [SIGNAL]",    "Sends a signal (default TERM) to the container's process.",
		kill_options, 1, 2, 0, cmd_kill},
	{"delete",   "ID",             "Removes a stopped container.",
		delete_options, 1, 1, 0, cmd_delete},
	{"list",     "",               "Lists the containers.",
		list_options, 0, 255, 0, cmd_list},
	IF_PAUSE({"pause", "ID",       "Stops every process of a container where it is.",
		NULL, 1, 1, 0, cmd_pause},)
	IF_PAUSE({"resume", "ID",      "Lets the processes of a paused container go on.",
		NULL, 1, 1, 0, cmd_resume},)
	IF_EVENTS({"events", "ID | --lifecycle [ID]", "Prints what a container uses, again and again, and when it runs out of memory.",
		events_options, 0, 1, 0, cmd_events},)
	IF_EVENTS({"stats", "ID [KEY ...]", "Prints what a container uses.",
		table_options, 1, 255, 0, cmd_stats},)
	IF_UPDATE({"update", "ID",     "Gives a container other limits.",
		update_options, 1, 1, 0, cmd_update},)
	IF_PS({"ps",     "ID [PS-ARGUMENT ...]", "Lists the processes of a container.",
		table_options, 1, 255, 1, cmd_ps},)
	IF_SPEC({"spec", "",           "Writes a config.json to start from.",
		spec_options, 0, 0, 0, cmd_spec},)
	IF_PLAN({"plan", "[BUNDLE]",   "Prints what create would do, step by step, and does nothing.",
		create_options, 0, 1, 0, cmd_plan},)
	IF_DIGEST({"digest", "[BUNDLE" IF_IMAGE(" | FILE") IF_OCI(" | LAYOUT[:TAG]") "]",  "Prints the digest of a bundle: of config.json and the root file system.",
		digest_options, 0, 1, 0, cmd_digest},)
	IF_DIGEST({"verify", "BUNDLE" IF_IMAGE(" | FILE") IF_OCI(" | LAYOUT[:TAG]") " [DIGEST | MANIFEST" IF_SIGN(" | SIGNATURE") "]", "Tells what in a bundle differs from its digest or manifest.",
		verify_options, 1, 2, 0, cmd_verify},)
	IF_VALIDATE({"validate", "[BUNDLE | FILE | -]", "Says everything that is wrong with a config.json, and where.",
		validate_options, 0, 1, 0, cmd_validate},)
	IF_EXPLAIN({"explain", "[NAME]", "Says what a property of config.json means: linux.resources.memory.swap",
		explain_options, 0, 1, 0, cmd_explain},)
	IF_RUNTIME({"config", "[BUNDLE]", "Prints the config.json that create would use, with overrides and defaults.",
		config_options, 0, 1, 0, cmd_config},)
	IF_CHECK({"check", "",         "Says what this machine can do for containers.",
		check_options, 0, 0, 0, cmd_check},)
	IF_PACK({"pack", "[BUNDLE] -o FILE", "Writes a bundle as one file" IF_OCI(" or image") ", the same bytes each time.",
		pack_options, 0, 1, 0, cmd_pack},)
	IF_PACK({"unpack", "FILE" IF_OCI(" | LAYOUT[:TAG]") " BUNDLE", "Makes a bundle of such a file, verified; a bad one leaves nothing.",
		unpack_options, 2, 2, 0, cmd_unpack},)
	IF_REAPER({"wait", "ID",       "Waits until a container has ended and exits with its status.",
		wait_options, 1, 1, 0, cmd_wait},)
	IF_REAPER({"reaper", "ID PID OOM", NULL, reaper_options, 3, 3, 0, cmd_reaper},)
	IF_INIT({"init", "PID",        NULL, NULL, 1, 1, 0, cmd_init},)
	IF_CRIU({"checkpoint", "ID",   "Writes a running container to files, through criu.",
		checkpoint_options, 1, 1, 0, cmd_checkpoint},)
	IF_CRIU({"restore", "ID",      "Makes a container go on from such files.",
		restore_options, 1, 1, 0, cmd_restore},)
	IF_BOOT({"boot", "DIR | --status | --poweroff | --reboot | --mounts", "Starts and keeps the containers of a folder, also as process 1.",
		boot_options, 0, 255, 0, cmd_boot},)
	{"features", "",               "Prints what this mote can do, as the specification's features JSON.",
		NULL, 0, 0, 0, cmd_features},
};
/* clang-format on */

enum { NVERBS = sizeof verbs / sizeof *verbs };

static int
help_all(void)
{
	struct out o = out_fd(1);
	size_t i;

	out_str(&o, "usage: mote [options] VERB ...\n\n");
	for (i = 0; i < NVERBS; i++)
		if (!(HAVE_REAPER || HAVE_INIT) || verbs[i].says) /* mote's own use of the others is nobody else's */
			out_fmt(&o, "  %-10s %s\n", verbs[i].name, verbs[i].says);
	out_str(&o, "\nmote VERB --help tells more of a verb.\n");
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

static int
version(void)
{
	struct out o = out_fd(1);

#define SIGN_y1(name) " +" #name
#define SIGN_y0(name) " -" #name
#define SIGN_n1(name) " +" #name
#define SIGN_n0(name)
#define SIGN(def, have, name) SIGN_(def, have, name)
#define SIGN_(def, have, name) SIGN_##def##have(name)
#define FEATURE(name, def, files, says) SIGN(def, HAVE_##name, name)
	out_str(&o, "mote version " MOTE_VERSION "\ncommit: " MOTE_COMMIT "\nspec: 1.3.0\nfeatures:"
#include "features.def"
		"\n");
#undef FEATURE
	return out_flush(&o) ? EXIT_FAIL : EXIT_OK;
}

static const struct verb *
find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NVERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static bool
open_log(struct cmd *c)
{
	const char *f = c->o.log_format;

	c->log.debug = c->o.debug || text_eq(c->o.log_level, "debug");
	if (f && !text_eq(f, "text") && !text_eq(f, "json"))
		return diag_fail(&c->diag, "option --log-format takes text or json, not '%s'", f);
	c->log.json = text_eq(f, "json");
	if (!c->o.log || !*c->o.log)
		return true;
	c->log.fd = sys_openat(AT_FDCWD, c->o.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (c->log.fd >= 0)
		return true;
	diag_fail(&c->diag, "open log %s: %s", c->o.log, text_errno(c->log.fd));
	c->log.fd = -1;
	return false;
}

/* The verb's own options and operands; its help when that is asked for. */
static int
run_verb(struct cmd *c, char **argv, int n)
{
	struct option both[64];
	size_t k = 0, i;

	for (i = 0; c->verb->options && c->verb->options[i].name && k < 63; i++)
		both[k++] = c->verb->options[i];
	for (i = 0; global_options[i].name && k < 63; i++)
		both[k++] = global_options[i];
	both[k] = (struct option){.name = NULL};
	if (!options_parse(c, both, argv, n))
		return usage(c);
	if (c->o.help) {
		help_verb(c->verb);
		return EXIT_OK;
	}
	c->log.prefix = c->nargs && !strchr(c->args[0], '\n') ? text_make("%s %s", c->verb->name, c->args[0]) : c->verb->name;
	if (c->nargs < c->verb->min || (c->verb->max != 255 && c->nargs > c->verb->max)) {
		diag_fail(&c->diag, c->nargs < c->verb->min ? "an operand is missing" : "too many operands");
		return usage(c);
	}
	if (!open_log(c))
		return usage(c);
	return c->verb->run(c);
}

/* Engines know these verbs, and read why in their log; --help fails with them, which is how podman asks whether they are there. */
static bool
lacks_criu(struct cmd *c)
{
	if (!text_eq(c->args[0], "checkpoint") && !text_eq(c->args[0], "restore"))
		return false;
	c->log.prefix = c->args[0];
	if (open_log(c))
		diag_fail(&c->diag, "this mote was built without CRIU");
	log_diag(&c->log, &c->diag);
	return true;
}

static int
mote(struct cmd *c, int argc, char **argv)
{
	int i;

	if (!options_parse(c, global_options, argv + 1, argc - 1))
		return usage(c);
	if (c->o.version)
		return version();
	if (!c->nargs && c->o.help)
		return help_all();
	if (!c->nargs) {
		diag_fail(&c->diag, "no verb given");
		return usage(c);
	}
	c->verb = find_verb(c->args[0]);
	if (!c->verb) {
		if (HAVE_EXEC && !HAVE_CRIU && lacks_criu(c))
			return EXIT_FAIL;
		diag_fail(&c->diag, "unknown verb '%s'", c->args[0]);
		return usage(c);
	}
	for (i = 1; argv[i] != c->args[0]; i++)
		;
	c->nargs = 0;
	return run_verb(c, argv + i + 1, argc - i - 1);
}

/* What a caller may have done to its children: SIGCHLD ignored takes the status of our own away, and a closed descriptor 0, 1 or 2
 * would be the next file we open. */
static void
settle(void)
{
	int fd;

	sys_signal_default(SIGCHLD);
	for (fd = 0; fd < 3; fd++)
		if (sys_fcntl(fd, F_GETFD, 0) < 0)
			sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);
}

int
main(int argc, char **argv, char **envp)
{
	static struct cmd c; /* not on the stack: the reader's window lives as long */

	settle();
	c.log.fd = -1;
	c.argv = argv;
	c.envp = envp;
	return mote(&c, argc, argv);
}

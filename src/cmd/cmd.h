/* SPDX-License-Identifier: MIT */
/* cmd.h - verbs and their options: each verb is a row in mote.c and a function in a file of its name */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>
#include <string.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "spec/spec.h"

#include "config.h"

/* Exit codes (mote(8), "EXIT STATUS").  run and a foreground exec give the program's own. */
enum { EXIT_OK = 0, EXIT_FAIL = 1, EXIT_USAGE = 2, EXIT_DIFFERS = 3, EXIT_EXEC = 255 /* a failing exec, as runc's */ };

/* Values of all options of all verbs; each verb's row says which it takes. */
struct options {
	/* global */
	const char *root, *log, *log_format, *log_level, *cgroup_manager, *rootless, *criu;
	bool debug, systemd_cgroup, version, help;
	/* create, run */
	const char *bundle, *config, *pid_file, *console_socket, *pidfd_socket;
	uint64_t preserve_fds;
	bool no_pivot, no_new_keyring, no_subreaper, detach, keep;
	/* exec */
	const char *process, *process_label, *apparmor;
	struct strs caps, gids, cgroups;
	bool tty, no_new_privs, ignore_paused;
	/* run --rootfs; exec has some of them */
	/* create, run: supervision */
	const char *exit_file, *log_file;
	uint64_t log_limit, ready_fd;
	bool record, die_with_parent, init, print;
	/* run */
	const char *timing;
	/* boot */
	const char *switch_root, *chart;
	bool mounts_missing, status, poweroff, reboot, keep_services;
	/* what boot's own starts have beside it (never on a command line): the log's pipe, and who may be ready */
	int log_pipe;
	bool booted, notify;
	/* run --rootfs */
	const char *rootfs, *user, *cwd, *hostname, *memory, *net;
	struct strs env, mounts;
	uint64_t pids;
	bool read_only;
	/* runtime.json: create, run, plan, validate, config */
	struct strs runtime_configs;
	const char *host_profile;
	bool defaults;
	bool origin;
	/* digest, verify; create, run */
	const char *verify;
	const char *key;
	const char *overlay, *verity_root;
	bool verity;
	bool manifest, write, mtime, fs_verity;
	bool as_packed;
	/* pack, unpack */
	const char *output, *prefix, *limit;
	uint64_t max_files;
	/* others */
	const char *format, *file;
	bool force, all, quiet, regex;
	/* update */
	const char *resources, *oom_score_adj, *reclaim;
	struct pairs limits;
	struct strs rlimits;
	bool dry_run;
	/* validate, explain, check, spec */
	const char *platform;
	bool strict, host, json, rules, rootless_spec;
	/* checkpoint, restore */
	const char *image_path, *work_path, *parent_path, *cgroups_mode, *page_server, *lsm_profile, *lsm_mount_context;
	struct strs empty_ns;
	uint64_t status_fd;
	bool leave_running, tcp_established, tcp_skip_in_flight, tcp_close, link_remap, ext_unix_sk, shell_job, lazy_pages;
	bool file_locks, pre_dump, auto_dedup;
	/* events */
	const char *interval;
	bool stats, lifecycle;
};

/* OPT_PAIR: the option's own name and its value, into a struct pairs. */
enum option_kind { OPT_FLAG, OPT_STR, OPT_NUM, OPT_LIST, OPT_PAIR };

struct option {
	const char *name; /* without dashes; behind its NUL what its value is called in the help ("" for a flag), and what it does */
	char letter;      /* 0: none */
	uint8_t kind;     /* enum option_kind */
	uint16_t at;      /* offset in struct options */
};

/* What the value is called, "" for a flag; what the option does, "" without HELP. */
static inline const char *option_arg(const struct option *o) { return o->name + strlen(o->name) + 1; }
static inline const char *option_says(const struct option *o) { return option_arg(o) + strlen(option_arg(o)) + 1; }

struct cmd {
	struct options o;
	struct log log;
	struct diag diag;
	const struct verb *verb;
	char **args; /* operands, options taken out */
	int nargs;
	char **argv, **envp; /* as mote was called, for a re-execution */
};

struct verb {
	const char *name;
	const char *operands; /* for the usage line */
	const char *says;
	const struct option *options; /* ended by a NULL name; NULL: none */
	uint8_t min, max;             /* operands; max 255: any number */
	uint8_t command; /* so many operands, and what follows belongs to a command (run: only with --rootfs); 0: none does */
	int (*run)(struct cmd *c);
};

/* option.c; a line each */
extern const struct option global_options[];
extern const struct option create_options[];
extern const struct option run_options[];
extern const struct option exec_options[];
extern const struct option delete_options[];
extern const struct option kill_options[];
extern const struct option list_options[];
#define table_options (list_options + 1) /* ps, stats: list's, but for --quiet */
extern const struct option spec_options[];
extern const struct option state_options[];
extern const struct option digest_options[];
extern const struct option verify_options[];
extern const struct option update_options[];
extern const struct option events_options[];
extern const struct option pack_options[];
extern const struct option unpack_options[];
extern const struct option validate_options[];
extern const struct option explain_options[];
extern const struct option config_options[];
extern const struct option check_options[];
extern const struct option boot_options[];
extern const struct option wait_options[];
extern const struct option checkpoint_options[];
extern const struct option restore_options[];
extern const struct option reaper_options[];

/* Takes the options out of argv: --name value, --name=value, -name (long with one dash), -n value, -nvalue, bundled
 * flags; they may stand behind operands (not where verb->command says so); "--" ends them.  False after a fault. */
bool options_parse(struct cmd *c, const struct option *table, char **argv, int n);

/* Says what was wrong and how the verb is called; EXIT_USAGE. */
int usage(struct cmd *c);
void help_verb(const struct verb *v);

/* ROOT/ID of an operand. */
const char *state_root(const struct cmd *c);
const char *state_dir_of(const struct cmd *c, const char *id);

int cmd_create(struct cmd *c);
int cmd_run(struct cmd *c);
int cmd_start(struct cmd *c);
int cmd_exec(struct cmd *c);
int cmd_state(struct cmd *c);
int cmd_kill(struct cmd *c);
int cmd_delete(struct cmd *c);
int cmd_list(struct cmd *c);
int cmd_features(struct cmd *c);
int cmd_spec(struct cmd *c);
int cmd_plan(struct cmd *c);
int cmd_ps(struct cmd *c);
int cmd_pause(struct cmd *c);
int cmd_resume(struct cmd *c);
int cmd_digest(struct cmd *c);
int cmd_verify(struct cmd *c);
int cmd_update(struct cmd *c);
int cmd_validate(struct cmd *c);
int cmd_explain(struct cmd *c);
int cmd_config(struct cmd *c);
int cmd_check(struct cmd *c);
int cmd_boot(struct cmd *c);
int cmd_events(struct cmd *c);
int cmd_stats(struct cmd *c);
int cmd_pack(struct cmd *c);
int cmd_unpack(struct cmd *c);
int cmd_checkpoint(struct cmd *c);
int cmd_restore(struct cmd *c);
int cmd_wait(struct cmd *c);
int cmd_reaper(struct cmd *c); /* not for people: what stays beside a container */
int cmd_init(struct cmd *c);   /* not for people: process 1 of a container with --init */

#endif

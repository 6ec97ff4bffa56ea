/* SPDX-License-Identifier: MIT */
/* fields_boot.c - the rows of boot.json, mote's own file beside config.json, and its rules */
#include "spec/boot.h"
#include "base/text.h"
#include "spec/fields.h"

/* clang-format off */

#define ROWS(width, table) static const struct { char name[width]; uint32_t value; } table##_rows[]
#define TABLE(table) \
	const struct words names_##table[1] = {{table##_rows, sizeof table##_rows / sizeof *table##_rows, sizeof *table##_rows}}
ROWS(12, restart) = {{"no", RESTART_NO}, {"on-failure", RESTART_ON_FAILURE}, {"always", RESTART_ALWAYS}};
TABLE(restart);
ROWS(12, on_failure) = {{"continue", FAILURE_CONTINUE}, {"poweroff", FAILURE_POWEROFF}, {"reboot", FAILURE_REBOOT}};
TABLE(on_failure);

#define S struct boot_spec
#define BASE offsetof(struct boot_spec, needs)
static const struct field needs_f[] = {
	ROW("containers", T_STRS, needs.containers, "names of containers: of onboot ones the good end, of services that they are ready", ""),
	ROW("files", T_PATHS, needs.files, "paths of the host that must be there", "stat(2)"),
	ROW("mounts", T_PATHS, needs.mounts, "paths of the host where something must be mounted", "openat2(2) RESOLVE_NO_XDEV"),
	ROW("devices", T_PATHS, needs.devices, "device nodes of the host", "stat(2)"),
	ROW("sockets", T_PATHS, needs.sockets, "sockets of the host", "stat(2)"),
};
#undef BASE
#define BASE 0
/* What the program itself has to know of is no host's to change. */
#define TIME(key, member, says) ROW(key, T_64, member, says " in milliseconds", "", .range = R_U32, .over = OVER_YES)
static const struct field boot_f[] = {
	ROW("needs", T_OBJ, needs, "what must be there before it starts", "", .sub = OBJ_BOOT_NEEDS, .over = OVER_YES),
	ROW("restart", T_ENUM, restart, "what its end means: started again or not", "", .sub = E_RESTART, .over = OVER_YES),
	ROW("onFailure", T_ENUM, on_failure, "what is done when it has failed for good", "", .sub = E_ON_FAILURE, .over = OVER_YES),
	TIME("backoff", backoff, "pause before it starts again, doubled each time,"),
	TIME("backoffMax", backoff_max, "the longest such pause"),
	ROW("giveUp", T_64, give_up, "so many ends in a row are too many; 0: never", "", .range = R_U32, .over = OVER_YES),
	ROW("readyFd", T_64, ready_fd, "descriptor that the program writes to when it is ready", "pipe(2)", .range = R_U16),
	ROW("notify", T_BOOL, notify, "the program says READY=1 to NOTIFY_SOCKET when it is ready", "sd_notify(3)"),
	TIME("readyTimeout", ready_timeout, "how long it may take to be ready"),
	ROW("stopSignal", T_STR, stop_signal, "signal that asks it to end", "kill(2)"),
	TIME("grace", grace, "time it has to end, before it is killed,"),
	TIME("timeout", timeout, "how long a container of onboot or onshutdown may run"),
	ROW("log", T_STR, log, "file that its output goes to, or kmsg:", "write(2)", .over = OVER_YES),
	ROW("logLimit", T_64, log_limit, "bytes after which the log becomes FILE.1", "rename(2)", .range = R_U64, .over = OVER_YES),
};
#undef BASE
#undef S

const struct object objects_boot[OBJ_COUNT - OBJ_BOOT] = {
	[OBJ_BOOT - OBJ_BOOT]       = PART(boot_f),
	[OBJ_BOOT_NEEDS - OBJ_BOOT] = PART(needs_f),
};

/* clang-format on */

struct boot_spec
boot_default(enum boot_stage stage)
{
	bool service = stage == BOOT_SERVICES;

	return (struct boot_spec){.restart = service ? RESTART_ALWAYS : RESTART_NO, .backoff = 1000, .backoff_max = 60000,
		.give_up = 10, .grace = 10000, .timeout = stage == BOOT_ONSHUTDOWN ? 30000 : 0};
}

static bool
bad(struct diag *d, const char *file, const char *name, const char *text)
{
	diag_add(d, (struct fault){.file = file, .name = name, .rule = -1, .text = text});
	return false;
}

bool
boot_check(const struct boot_spec *b, const char *file, struct diag *d)
{
	size_t before = d->errors;

	if (b->ready_fd && b->ready_fd < 3)
		bad(d, file, "readyFd", "must be 3 or more: 0 to 2 are input and output");
	if (b->ready_fd && b->notify)
		bad(d, file, "notify", "there is one way to be ready, and readyFd is another");
	if (b->stop_signal && signal_parse(b->stop_signal) <= 0)
		bad(d, file, "stopSignal", text_make("no signal is called %s", b->stop_signal));
	if (b->log && *b->log != '/' && !text_eq(b->log, "kmsg:"))
		bad(d, file, "log", "must be an absolute path or kmsg:");
	if (b->log_limit && (!b->log || *b->log != '/'))
		bad(d, file, "logLimit", "needs log to be a file");
	return d->errors == before;
}

bool
boot_check_stage(const struct boot_spec *b, enum boot_stage stage, const char *file, struct diag *d)
{
	if (stage == BOOT_SERVICES)
		return !b->timeout || bad(d, file, "timeout", "a service has no time to end in");
	if (b->restart == RESTART_ALWAYS)
		return bad(d, file, "restart", "always: what must exit does not start again when it has; on-failure does");
	return !(b->ready_fd || b->notify) || bad(d, file, b->notify ? "notify" : "readyFd", "only services say that they are ready");
}

bool
boot_load(struct boot_spec *b, const char *text, size_t n, const char *file, struct diag *d)
{
	return boot_load_part(b, text, n, file, d) && boot_check(b, file, d);
}

/* SPDX-License-Identifier: MIT */
/* boot.h - boot.json, which stands beside a bundle's config.json: how `mote boot` starts and keeps it (feature BOOT) */
#ifndef SPEC_BOOT_H
#define SPEC_BOOT_H

#include "base/diag.h"
#include "spec/spec.h"

enum boot_stage { BOOT_ONBOOT, BOOT_SERVICES, BOOT_ONSHUTDOWN, BOOT_STAGES };
enum boot_restart { RESTART_DEFAULT, RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };
enum boot_failure { FAILURE_CONTINUE, FAILURE_POWEROFF, FAILURE_REBOOT };

/* Times are milliseconds. */
struct boot_spec {
	struct boot_needs { struct strs containers, files, mounts, devices, sockets; } needs;
	int restart, on_failure;
	uint64_t backoff, backoff_max; /* the first wait before it starts again, which doubles; the longest */
	uint64_t give_up;              /* so many ends in a row, 0: never */
	uint64_t ready_fd, ready_timeout; /* 0: no descriptor; 0: waits for ever */
	uint64_t grace;                /* between the signal and SIGKILL */
	uint64_t timeout;              /* of what must exit, 0: none */
	uint64_t log_limit;
	bool notify;                   /* READY=1 to a socket of its own */
	const char *stop_signal, *log; /* log: NULL is where mote's own words go */
	bool given;                    /* there is a file */
};

/* The defaults of that stage. */
struct boot_spec boot_default(enum boot_stage stage);

/* Reads the text of a boot.json over what b holds, and judges it; faults go to d, `file` names it.  False after one. */
bool boot_load(struct boot_spec *b, const char *text, size_t n, const char *file, struct diag *d);

/* The same without the rules between its members, for what is laid over a whole one. */
bool boot_load_part(struct boot_spec *b, const char *text, size_t n, const char *file, struct diag *d);

/* The rules of a whole file, which boot_load has asked already. */
bool boot_check(const struct boot_spec *b, const char *file, struct diag *d);

/* What a stage does not allow. */
bool boot_check_stage(const struct boot_spec *b, enum boot_stage stage, const char *file, struct diag *d);

#endif

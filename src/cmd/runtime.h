/* SPDX-License-Identifier: MIT */
/* runtime.h - which runtime.json files there are for a bundle */
#ifndef CMD_RUNTIME_H
#define CMD_RUNTIME_H

#include "cmd/job.h"
#include "spec/boot.h"

/* Lays the overrides over an opened bundle: runtime.json beside its config.json (if beside), and when there is one, or any was
 * asked for, those of the host, of $MOTE_RUNTIME_CONFIG and of --runtime-config; later ones win.  Without any: one
 * failed open.  False with faults. */
bool runtime_apply(struct cmd *c, struct bundle *b, bool beside);

/* The same for create and run before they split into several processes, as options of supervision may stand there; opens the
 * bundle where it is a folder, and leaves w->bundle empty where not. */
bool runtime_early(struct cmd *c, struct work *w);

/* The same for a bundle that was opened only behind that: an image, or one of mote boot.  There no options can be set; id NULL: it is
 * only looked at. */
bool runtime_late(struct cmd *c, struct work *w, const char *id);

/* Lays what runtime.json in the folder (NULL: of an image, none), and the files that it or the environment asks for, say of "boot" over
 * s.  False with faults in d. */
bool runtime_boot(struct cmd *c, const char *folder, struct boot_spec *s, struct diag *d);

#endif

/* SPDX-License-Identifier: MIT */
/* probe.h - what a machine can do for containers, by looking and by calls that cannot succeed; nothing is changed */
#ifndef BOX_PROBE_H
#define BOX_PROBE_H

#include <stddef.h>

#include "base/diag.h"
#include "box/facts.h"

enum probe_state { PROBE_OK, PROBE_DEGRADED, PROBE_MISSING };

/* One line of `mote check`. */
struct probe {
	const char *name;
	enum probe_state state;
	bool needed;      /* without it there are no containers */
	const char *says; /* what was found, or what it means that it was not */
};
struct probes { struct probe *v; size_t n; };

/* Everything that `mote check` tells, in its order. */
void probe_all(struct probes *out);

/* What a configuration without errors asks for and this kernel has not: added as errors and warnings. */
void probe_spec(const struct spec *s, const struct facts *f, struct diag *d);

#endif

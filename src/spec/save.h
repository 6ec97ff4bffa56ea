/* SPDX-License-Identifier: MIT */
/* save.h - limits as JSON again, for the state: what load.h reads */
#ifndef SPEC_SAVE_H
#define SPEC_SAVE_H

#include "base/out.h"
#include "spec/spec.h"

/* Writes a linux.resources object without what is absent; resources_load_text makes the same struct of it. */
void resources_save(struct jout *j, const char *key, const struct resources_spec *r);

#endif

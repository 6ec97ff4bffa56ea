/* SPDX-License-Identifier: MIT */
/* slice.h - cgroups by systemd's names, without systemd (feature SYSTEMD) */
#ifndef BOX_SLICE_H
#define BOX_SLICE_H

/* "slice:prefix:name" as the folder that systemd would give the unit prefix-name.scope: slice a-b.slice lies in a.slice; an empty
 * slice is system.slice; NULL or "" is "system.slice:mote:ID".  Arena string; NULL when the value is none of that. */
const char *slice_path(const char *cgroups_path, const char *id);

#endif

/* SPDX-License-Identifier: MIT */
/* scope.h - a cgroup that systemd makes: a transient scope unit (feature SYSTEMD), systemd.scope(5)
 *
 * A scope begins with a process in it.  So mote starts one that does nothing, lets systemd make the scope around it, goes on with the
 * folder as with any cgroup of its own (it is delegated), and ends that process when the box is in. */
#ifndef BOX_SCOPE_H
#define BOX_SCOPE_H

#include "base/diag.h"
#include "box/cgroup.h"
#include "box/dbus.h"
#include "box/plan.h"

/* An empty property at the end. */
struct dbus_property *scope_add(struct dbus_properties *p, const char *name, const char *type, uint64_t n);

/* Does systemd run here (sd_booted(3))? */
bool scope_host(void);

/* What is asked of systemd that cannot be: false when an error was added. */
bool scope_check(const struct job *j, struct diag *d);

/* HOST: the scope, before its folder is used; and the end of its first process, behind the box's joining. */
void plan_scope(struct plan *p, const struct job *j, const struct cgroup_settings *s);
void plan_scope_enter(struct plan *p);

/* HOST, for update: tells systemd what has been written, so that it does not take it back. */
void plan_scope_set(struct plan *p, const struct job *j, const struct cgroup_settings *s);

/* The unit of a container's cgroup: the last part of its path. */
const char *scope_unit(const char *cgroup);

/* Ends the unit and waits until systemd has; one that is gone is well.  0, or -errno with *why. */
int scope_stop(const char *unit, const char **why);

/* "uint64 5", "'inactive-or-failed'", "['a', 'b']": a value as GLib's documentation writes variants, of type b, i, u, x, t, s or as,
 * into p->type, n, s.  False when it is none. */
bool scope_value(struct dbus_property *p, const char *text);

/* The annotations org.systemd.property.NAME, in their order; false when an error was added. */
bool scope_annotations(struct dbus_properties *p, const struct pairs *annotations, struct diag *d);

/* The settings that systemd has a property for. */
void scope_limits(struct dbus_properties *p, const struct cgroup_settings *s);

#endif

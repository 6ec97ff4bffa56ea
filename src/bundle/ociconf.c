/* SPDX-License-Identifier: MIT */
/* ociconf.c - the config of an image that mote writes: conversion.md of the image specification the other way round */
#include "bundle/ociout.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#define ANNOTATION "org.opencontainers.image."

/* Annotations that come back from members of the image's config when it is converted: they are written there. */
struct members { const char *author, *architecture, *variant, *stop_signal, *ports; struct pairs labels; };

/* PORT[-PORT][/PROTOCOL], between commas? */
static bool
are_ports(const char *s)
{
	bool first = true;

	for (; *s; s++) {
		if (first ? *s < '0' || *s > '9' : !strchr("0123456789-/,abcdefghijklmnopqrstuvwxyz", *s))
			return false;
		first = *s == ',';
	}
	return !first;
}

static void
sort_out(struct members *m, const struct pairs *annotations)
{
	const struct { const char *name, **to; } rows[] = {{"author", &m->author}, {"architecture", &m->architecture},
		{"variant", &m->variant}, {"stopSignal", &m->stop_signal}, {"exposedPorts", &m->ports}};
	size_t i, k, n = sizeof rows / sizeof *rows;

	for (i = 0; i < annotations->n; i++) {
		const char *key = annotations->v[i].key, *value = annotations->v[i].value;
		const char *name = text_starts(key, ANNOTATION) ? key + strlen(ANNOTATION) : "";

		if (text_eq(name, "os") && text_eq(value, "linux")) /* every image has it */
			continue;
		for (k = 0; k < n && !text_eq(rows[k].name, name); k++)
			;
		if (k == n || !value || !*value || (rows[k].to == &m->ports && !are_ports(value)))
			*PUSH(m->labels.v, m->labels.n) = annotations->v[i];
		else
			*rows[k].to = value;
	}
}

static void
put_text(struct jout *j, const char *key, const char *value)
{
	if (value)
		jout_str(j, key, value);
}

static void
put_ports(struct jout *j, const char *ports)
{
	const char *end;

	if (!ports)
		return;
	jout_open(j, "ExposedPorts", '{');
	for (; *ports; ports = *end ? end + 1 : end) {
		end = ports + strcspn(ports, ",");
		jout_open(j, arena_copy(ports, (size_t)(end - ports)), '{');
		jout_close(j, '}');
	}
	jout_close(j, '}');
}

static void
put_list(struct jout *j, const char *key, const struct strs *l, bool variables)
{
	size_t i;

	if (!l->n)
		return;
	jout_open(j, key, '[');
	for (i = 0; i < l->n; i++)
		if (!variables || (strchr(l->v[i], '=') && *l->v[i] != '='))
			jout_str(j, NULL, l->v[i]);
	jout_close(j, ']');
}

/* Cmd, not Entrypoint: what a user of the image names instead takes its place. */
static void
put_execution(struct jout *j, const struct spec *s, const struct members *m)
{
	const struct process_spec *p = &s->process;
	size_t i;

	jout_open(j, "config", '{');
	if (p->given)
		jout_str(j, "User", text_make("%u:%u", p->user.uid, p->user.gid));
	put_ports(j, m->ports);
	put_list(j, "Env", &p->env, true);
	put_list(j, "Cmd", &p->args, false);
	put_text(j, "WorkingDir", p->cwd);
	if (m->labels.n) {
		jout_open(j, "Labels", '{');
		for (i = 0; i < m->labels.n; i++)
			jout_str(j, m->labels.v[i].key, m->labels.v[i].value ? m->labels.v[i].value : "");
		jout_close(j, '}');
	}
	put_text(j, "StopSignal", m->stop_signal);
	jout_close(j, '}');
}

static void
put_packed(struct jout *j, const struct oci_packed *p)
{
	jout_open(j, OCI_PACKED, '{');
	jout_str(j, "digest", p->digest);
	jout_str(j, "config", p->config);
	jout_uint(j, "mode", p->mode);
	jout_uint(j, "uid", p->uid);
	jout_uint(j, "gid", p->gid);
	put_text(j, "signify", p->signify);
	put_text(j, "minisign", p->minisign);
	jout_close(j, '}');
}

void
oci_config(struct out *o, const struct oci_new *n, const struct oci_packed *packed, const char *architecture, const char *diff)
{
	const char *created = text_time(n->how->epoch, 0);
	struct members m = {.architecture = architecture};
	struct jout j = {.o = o};

	sort_out(&m, &n->spec->annotations);
	jout_open(&j, NULL, '{');
	jout_str(&j, "created", created);
	put_text(&j, "author", m.author);
	jout_str(&j, "architecture", m.architecture);
	put_text(&j, "variant", m.variant);
	jout_str(&j, "os", "linux");
	put_execution(&j, n->spec, &m);
	jout_open(&j, "rootfs", '{');
	jout_str(&j, "type", "layers");
	jout_open(&j, "diff_ids", '[');
	jout_str(&j, NULL, diff);
	jout_close(&j, ']');
	jout_close(&j, '}');
	jout_open(&j, "history", '[');
	jout_open(&j, NULL, '{');
	jout_str(&j, "created", created);
	jout_str(&j, "created_by", "mote pack");
	jout_close(&j, '}');
	jout_close(&j, ']');
	put_packed(&j, packed);
	jout_close(&j, '}');
}

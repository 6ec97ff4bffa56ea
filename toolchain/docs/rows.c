/* SPDX-License-Identifier: MIT */
/* rows.c - the tables of mote as lines with tabs, for the manual, the site and the shells' completion
 *
 * A program of the build machine with the tables' own sources in it: nothing of it is in mote, and a table that is read here
 * is the one that mote reads.  It links with names unresolved (the verbs' functions): none of them is ever called.
 *
 *	verb     NAME OPERANDS SAYS
 *	option   VERB NAME LETTER ARG SAYS      VERB is - for the options before the verb; ARG is empty for a flag
 *	feature  NAME DEFAULT SAYS
 *	property NAME TYPE SAYS DEFAULT SINCE REQUIRED DEPRECATED RULE NEEDS KERNEL
 *	rule     NUMBER KIND SAYS
 *	hint     OPERATION ERRNO SAYS
 *	exit     NUMBER VERB SAYS               VERB is - for all of them
 *	capability NAME
 *	mountopt NAME SAYS */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define main mote_main
#include "mote.c"
#undef main
#undef FEATURE
#include "spec/show.c"
#define rows hint_rows
#include "box/hints.c"
#undef rows

static void
put_options_of(const char *verb, const struct option *o)
{
	for (; o && o->name; o++)
		printf("option\t%s\t%s\t%.*s\t%s\t%s\n", verb, o->name, !!o->letter, &o->letter, option_arg(o), option_says(o));
}

static void
put_verbs(void)
{
	size_t i;

	put_options_of("-", global_options);
	for (i = 0; i < NVERBS; i++) {
		if (!verbs[i].says)
			continue;
		printf("verb\t%s\t%s\t%s\n", verbs[i].name, verbs[i].operands, verbs[i].says);
		put_options_of(verbs[i].name, verbs[i].options);
	}
}

static void
put_property(struct table *t, const char *name, const struct field *f)
{
	struct out o = out_mem();
	bool other = f->only && !(f->only & PLATFORM_LINUX);

	put_type(&o, f, "");
	printf("property\t%s\t%s\t%s\t%s\t%s\t%s\t%s\tM-%d\t%s\t%s\n", name, out_text(&o), field_says(f), default_of(f), since[f->since],
		f->required ? "required" : "", f->deprecated ? "deprecated" : other ? "other" : "", f->rule ? f->rule : 3,
		t->need ? field_needs[t->need].name : "", field_kernel(f));
}

/* strerrorname_np is glibc's alone, and the build machine may have musl.  An error that is not here stops the build. */
static const char *
error_name(int err)
{
#define E(name) {name, #name}
	static const struct { int err; const char *name; } names[] = {E(EACCES), E(EADDRINUSE), E(EAGAIN), E(EBADF), E(EBUSY), E(ECONNREFUSED), E(EEXIST),
		E(EFAULT), E(EFBIG), E(EINTR), E(EINVAL), E(EIO), E(EISDIR), E(ELOOP), E(EMFILE), E(EMLINK), E(ENAMETOOLONG), E(ENFILE), E(ENODEV), E(ENOENT),
		E(ENOEXEC), E(ENOMEM), E(ENOSPC), E(ENOSYS), E(ENOTDIR), E(ENOTEMPTY), E(ENOTSUP), E(ENOTTY), E(ENXIO), E(EOVERFLOW), E(EPERM), E(EPIPE),
		E(ERANGE), E(EROFS), E(ESRCH), E(ETIMEDOUT), E(ETXTBSY), E(EUSERS), E(EXDEV)};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].err == err)
			return names[i].name;
	fprintf(stderr, "rows.c: the error %d of a hint has no name\n", err);
	exit(1);
}

static void
put_hints(void)
{
	static const char *const ops[] = {
#define OP(name, ...) #name,
#include "box/ops.def"
#undef OP
	};
	size_t i;

	for (i = 0; i < sizeof hint_rows / sizeof *hint_rows; i++)
		printf("hint\t%s\t%s\t%s\n", ops[hint_rows[i].op], error_name(hint_rows[i].err), hint_rows[i].says);
}

static void
put_exits(void)
{
	static const struct { int status; const char *verb, *says; } exits[] = {
		{EXIT_OK, "-", "done"},
		{EXIT_FAIL, "-", "refused or failed; the sentence is on standard error and in the file of --log"},
		{EXIT_USAGE, "-", "not understood: an unknown option, an operand missing or too many"},
		{EXIT_DIFFERS, "verify", "the bundle differs"},
		{EXIT_EXEC, "exec", "it failed before the program ran"},
	};
	size_t i;

	for (i = 0; i < sizeof exits / sizeof *exits; i++)
		printf("exit\t%d\t%s\t%s\n", exits[i].status, exits[i].verb, exits[i].says);
}

static void
put_word_rows(void)
{
	const char *name;
	struct out o;
	size_t i;

	for (i = 0; i < names_capability->n; i++)
		printf("capability\t%s\n", name_at(names_capability, i));
	for (i = 0; (name = mount_opt_name(i)); i++) {
		o = out_mem();
		mount_opt_put(&o, i);
		printf("mountopt\t%s\t%s\n", name, out_text(&o));
	}
}

int
main(void)
{
	struct table t = {.put = put_property};
	struct rule_text r;
	size_t i;

	put_verbs();
#define FEATURE(name, def, files, says) puts("feature\t" #name "\t" #def "\t" says);
#include "features.def"
	put_object(&t, OBJ_SPEC, "");
	for (i = 0; spec_rule(i, &r); i++)
		printf("rule\t%d\t%s\t%s\n", r.number, r.kind, r.says);
	put_hints();
	put_exits();
	put_word_rows();
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* rules.c - asks all rules of check*.c, platform.c and lint.c, and lists them */
#include "base/text.h"
#include "spec/check.h"
#include "spec/fields.h"
#include "spec/load.h"

static bool
is_asked(const struct check *c, const struct rule *rule)
{
	if (HAVE_PLATFORMS && c->platform && !(c->platform & PLATFORM_LINUX) && !rule->anywhere)
		return false;
	return (rule->scope == OF_SPEC && c->s) || (rule->scope == OF_PROCESS && c->p) ||
		(rule->scope == OF_RESOURCES && c->r);
}

void
check_rules(struct check *c, const struct rule *rule)
{
	for (; rule->judge; rule++) {
		c->number = rule->number;
		IF_VALIDATE(c->says = rule->says;)
		if (is_asked(c, rule))
			rule->judge(c);
	}
}

static bool
judge_all(struct check *c)
{
	size_t before = c->d->errors;

	check_rules(c, rules_base);
	check_rules(c, rules_process);
	check_rules(c, rules_linux);
	IF_SECCOMP(check_rules(c, rules_seccomp);)
	return c->d->errors == before;
}

static struct check
of_spec(const struct spec *s, const char *file, struct diag *d)
{
	struct check c = {.s = s, .file = file, .d = d};

	c.in_p = "process.";
	c.in_r = "linux.resources.";
	if (s->process.given)
		c.p = &s->process;
	if (s->linux.resources.given)
		c.r = &s->linux.resources;
	return c;
}

bool
spec_check(const struct spec *s, const char *file, struct diag *d)
{
	struct check c = of_spec(s, file, d);

	return judge_all(&c);
}

#if HAVE_VALIDATE
bool
spec_check_platform(const struct spec *s, unsigned platform, const char *file, struct diag *d)
{
	struct check c = of_spec(s, file, d);
	bool good;

	c.platform = platform;
	good = judge_all(&c);
	IF_PLATFORMS(if (platform) check_rules(&c, rules_platform);)
	return good && !d->errors;
}

bool
spec_lint(const struct spec *s, bool initramfs, const char *file, struct diag *d)
{
	struct check c = of_spec(s, file, d);
	size_t before = d->count + d->dropped;

	c.initramfs = initramfs;
	check_rules(&c, rules_lint);
	return d->count + d->dropped == before;
}
#endif

bool
process_check(const struct process_spec *p, const char *file, struct diag *d)
{
	return judge_all(&(struct check){.p = p, .in_p = "", .file = file, .d = d});
}

bool
resources_check(const struct resources_spec *r, const char *file, struct diag *d)
{
	return judge_all(&(struct check){.r = r, .in_r = "", .file = file, .d = d});
}

bool
spec_rule(size_t i, struct rule_text *out)
{
	static const struct rule *const tables[] = {rules_base, rules_process, rules_linux, IF_SECCOMP(rules_seccomp,)
		IF_PLATFORMS(rules_platform,) IF_VALIDATE(rules_lint)};
	const struct rule *rule;
	size_t t;

	for (t = 0; t < sizeof tables / sizeof *tables; t++) {
		for (rule = tables[t]; i && rule->judge; i--)
			rule++;
		if (rule->judge) {
			*out = (struct rule_text){rule->number, rule->says, "rule"};
			IF_PLATFORMS(if (tables[t] == rules_platform) out->kind = "platform";)
			IF_VALIDATE(if (tables[t] == rules_lint) out->kind = "lint";)
			return true;
		}
	}
	return false;
}

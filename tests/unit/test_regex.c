/* SPDX-License-Identifier: MIT */
/* test_regex.c - the matcher against libc's on every pattern and text below; what is refused */
#include "unit.h"

#include "base/regex.h"

#include <regex.h>

static const char *const patterns[] = {"", "a", "abc", "^a", "a$", "^a$", "^$", "a.c", "a*", "a+b", "ab?c", "^a*$", "(ab)+", "^(ab)*$", "a|b",
	"^(web|db)-[0-9]+$", "^(a|b|c)$", "a||b", "(a|)c", "[abc]", "[^abc]", "[a-c]x", "[]x]", "[^]x]", "[a-]", "x[.]y", "\\.", "a\\+", "^.*$", ".+",
	"(a*)*b", "(a|ab)(c|bcd)$", "^((a|b)*c)+$", "(^a|b$)", "a.*b.*c", "^web", "[0-9][0-9]$", "(a(b(c)))", "a**", "(a+)+$", "x*y*z*$",
	"^a?b?c?$", "(a$|b)", "[A-Z_]+"};
static const char *const texts[] = {"", "a", "b", "c", "ab", "abc", "abab", "ababa", "aab", "ac", "axc", "abcd", "web-1", "web-12", "db-7", "db-", "xweb-1",
	"x.y", "xzy", "a+", "]", "]x", "-", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bcbcc", "a1b2c3", "A_B", "99", "z"};
static const struct { const char *pattern, *fault; } bad[] = {
	{"(", "has a ( without its )"}, {"a)", "has a ) without its ("}, {"[a", "has a [ without its ]"}, {"*a", "has a * + or ? with nothing before it"},
	{"a{2}", "has a count in braces, which mote does not know"}, {"[[:alpha:]]", "has a class in [: :], which mote does not know"},
	{"((((((((((((((((((a))))))))))))))))))", "is nested too deeply"}};

static void
compare(const char *pattern)
{
	struct regex ours;
	regex_t theirs;
	const char *fault = regex_compile(&ours, pattern);
	size_t i, wrong = 0;

	if (fault || regcomp(&theirs, pattern, REG_EXTENDED | REG_NOSUB)) {
		unit_ok(false, "pattern '%s': %s", pattern, fault ? fault : "not libc's");
		return;
	}
	for (i = 0; i < ROWS(texts); i++)
		if (regex_match(&ours, texts[i]) != !regexec(&theirs, texts[i], 0, NULL, 0)) {
			printf("# '%s' on '%s': libc says %d\n", pattern, texts[i], !regexec(&theirs, texts[i], 0, NULL, 0));
			wrong++;
		}
	unit_ok(!wrong, "pattern '%s' fits what libc's fits", pattern);
	regfree(&theirs);
}

int
main(void)
{
	struct regex r;
	char longest[3000];
	size_t i;

	for (i = 0; i < ROWS(patterns); i++)
		compare(patterns[i]);
	for (i = 0; i < ROWS(bad); i++)
		unit_str(regex_compile(&r, bad[i].pattern), bad[i].fault, bad[i].pattern);
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	unit_str(regex_compile(&r, longest), "is too long", "3000 letters");
	return unit_done();
}

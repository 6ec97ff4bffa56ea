/* SPDX-License-Identifier: MIT */
/* sign.c - signatures of signify and minisign: a comment line, then base64 of algorithm, number of the key, and key or signature */
#include "bundle/sign.h"

#include <string.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/crypto_sign_ed25519.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "sys.h"

enum { SIGN_MAX = 64 << 10, SIGNATURE = 64, NUMBER = 8 };

#define COMMENT "untrusted comment:" /* what each of their files begins with */

struct key { uint8_t algorithm[2], number[NUMBER], key[32]; };
struct signature { uint8_t algorithm[2], number[NUMBER], sig[SIGNATURE]; };

static int
digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/*
 * One group of four; how many bytes it holds, 0 when it is none.  The bits that a short group has left over must be zero
 * (RFC 4648 section 3.5): a signature is written in one way only.
 */
static int
group(const char *s, uint8_t out[3])
{
	int pad = s[3] == '=' ? s[2] == '=' ? 2 : 1 : 0, i, v;
	unsigned bits = 0;

	for (i = 0; i < 4; i++) {
		v = i < 4 - pad ? digit(s[i]) : 0;
		if (v < 0)
			return 0;
		bits = bits << 6 | (unsigned)v;
	}
	if (bits & ((1u << 8 * pad) - 1))
		return 0;
	for (i = 0; i < 3; i++)
		out[i] = bits >> (16 - 8 * i) & 0xff;
	return 3 - pad;
}

/* A line of base64 that holds exactly n bytes; *text goes behind it. */
static bool
take_base64(const char **text, void *to, size_t n)
{
	const char *s = *text;
	uint8_t *p = to, part[3];
	int got;

	while (n) {
		got = strnlen(s, 4) < 4 ? 0 : group(s, part);
		if (!got || (size_t)got > n || (got < 3 && (size_t)got != n))
			return false;
		memcpy(p, part, (size_t)got);
		p += got;
		n -= (size_t)got;
		s += 4;
	}
	if (*s != '\n')
		return false;
	*text = s + 1;
	return true;
}

/* A line that begins so; its rest, *text goes behind it.  NULL when it is none. */
static const char *
take_line(const char **text, const char *with)
{
	const char *s = *text, *end = strchr(s, '\n');

	if (!end || !text_starts(s, with))
		return NULL;
	*text = end + 1;
	s += strlen(with);
	return arena_copy(s, (size_t)(end - s));
}

static bool
load_key(const char *path, struct key *k, struct diag *d)
{
	const char *at;
	char *text;
	size_t n;
	int e = file_read(AT_FDCWD, path, SIGN_MAX, &text, &n);

	if (e)
		return diag_fail(d, "read the key %s: %s", path, text_errno(e));
	at = text;
	if (strlen(text) != n || !take_line(&at, COMMENT) || !take_base64(&at, k, sizeof *k) || *at ||
		memcmp(k->algorithm, "Ed", 2))
		return diag_fail(d, "%s is no public key of signify or minisign", path);
	return true;
}

struct signed_text { const struct manifest_text *text; const struct key *key; const char *name; };

static bool
good(const uint8_t sig[SIGNATURE], const void *data, size_t n, const struct key *k)
{
	return crypto_sign_ed25519_verify_detached(sig, data, n, k->key) == 0;
}

/* minisign's second signature: of the first and the comment that it trusts. */
static bool
good_comment(const char *at, const struct signature *s, const struct key *k)
{
	const char *comment = take_line(&at, "trusted comment: ");
	uint8_t second[SIGNATURE], *both;
	size_t n;

	if (!comment || !take_base64(&at, second, sizeof second) || *at)
		return false;
	n = strlen(comment);
	both = arena_get(SIGNATURE + n);
	memcpy(both, s->sig, SIGNATURE);
	memcpy(both + SIGNATURE, comment, n);
	return good(second, both, SIGNATURE + n, k);
}

static bool
wrong(const struct signed_text *t, const char *why, struct diag *d)
{
	return diag_fail(d, "%s: %s", t->name, why);
}

static bool
check(const struct signed_text *t, const char *sig, struct diag *d)
{
	bool mini, hashed;
	uint8_t hash[64];
	struct signature s;

	if (!take_line(&sig, COMMENT) || !take_base64(&sig, &s, sizeof s))
		return wrong(t, "it is cut, or no signature", d);
	/* A file of another name is minisign's where it has what signify does not write. */
	hashed = !memcmp(s.algorithm, "ED", 2);
	mini = text_ends(t->name, ".minisig") || (!text_ends(t->name, ".sig") && (hashed || *sig));
	hashed = hashed && mini;
	if (!hashed && memcmp(s.algorithm, "Ed", 2))
		return wrong(t, "a kind of signature that mote does not know", d);
	if (memcmp(s.number, t->key->number, NUMBER))
		return wrong(t, "it was made with another key", d);
	if (hashed)
		crypto_generichash_blake2b(hash, sizeof hash, (const uint8_t *)t->text->s, t->text->n, NULL, 0);
	if (!(hashed ? good(s.sig, hash, sizeof hash, t->key) : good(s.sig, t->text->s, t->text->n, t->key)))
		return wrong(t, "the signature is wrong: what it signs was changed, or it was made with another key", d);
	if (mini ? !good_comment(sig, &s, t->key) : *sig != '\0')
		return wrong(t, mini ? "the signature of its trusted comment is missing or wrong" : "something follows the signature", d);
	return true;
}

/* The signature in one file; -ENOENT when it is not there, else 0. */
static int
check_in(int dir, struct signed_text *t, const char *name, bool *right, struct diag *d)
{
	char *sig;
	size_t n;
	int e = file_read(dir, name, SIGN_MAX, &sig, &n);

	t->name = name;
	if (e == -ENOENT)
		return e;
	if (e || strlen(sig) != n)
		*right = wrong(t, e ? text_errno(e) : "it is no signature", d);
	else
		*right = check(t, sig, d);
	return 0;
}

bool
sign_known(const char *path)
{
	char *text;
	size_t n;

	return file_read(AT_FDCWD, path, SIGN_MAX, &text, &n) == 0 && text_starts(text, COMMENT);
}

bool
sign_check(int dir, const char *name, const struct manifest_text *text, const char *key, struct diag *d)
{
	static const char *const ends[] = {".sig", ".minisig"};
	struct key k;
	struct signed_text t = {text, &k, NULL};
	bool right = false;
	size_t i;

	if (!load_key(key, &k, d))
		return false;
	for (i = 0; i < sizeof ends / sizeof *ends; i++)
		if (check_in(dir, &t, text_make("%s%s", name, ends[i]), &right, d) == 0)
			return right;
	return diag_fail(d, "the bundle is not signed: it has neither %s%s nor %s%s", name, ends[0], name, ends[1]);
}

bool
sign_check_by(const char *path, const struct manifest_text *text, const char *key, struct diag *d)
{
	struct key k;
	struct signed_text t = {text, &k, NULL};
	bool right = false;

	if (!load_key(key, &k, d))
		return false;
	return check_in(AT_FDCWD, &t, path, &right, d) == 0 ? right : wrong(&t, text_errno(-ENOENT), d);
}

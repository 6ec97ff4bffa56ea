/* SPDX-License-Identifier: MIT */
/* test_sha256.c - the vectors of FIPS 180-4 and its validation suite, both ways to compute; fs-verity's tree; names */
#include "unit.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/names.h"
#include "base/sha256.h"
#include "base/sha256cpu.h"
#include "bundle/verity.h"

/* text, how many times, digest: FIPS 180-4 examples, NIST's byte vectors */
static const struct { const char *text; size_t times; const char *digest; } vectors[] = {
	{"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	{"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	{"\xbd", 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"},
	{"\xc9\x8c\x8e\x55", 1, "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"},
};

static void
digest_of(bool portable, const char *text, size_t n, size_t times, char hex[SHA256_HEX])
{
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;

	if (portable)
		sha256_begin_portable(&h);
	else
		sha256_begin(&h);
	while (times--)
		sha256_add(&h, text, n);
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
}

static void
known(void)
{
	char hex[SHA256_HEX];
	size_t i;
	int portable;

	for (i = 0; i < ROWS(vectors); i++)
		for (portable = 0; portable < 2; portable++) {
			digest_of(portable, vectors[i].text, strlen(vectors[i].text), vectors[i].times, hex);
			unit_str(hex, vectors[i].digest, portable ? "portable" : "the processor's own");
		}
	if (!sha256_cpu())
		unit_skip("the processor's instructions", "this processor has none");
}

/* Every length up to three blocks, in pieces of every size: the same both ways. */
static void
pieces(void)
{
	char text[200], one[SHA256_HEX], two[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];
	size_t n, piece, at, take, bad = 0;
	struct sha256 h;

	for (n = 0; n < sizeof text; n++)
		text[n] = (char)(n * 7 + 1);
	for (n = 0; n <= sizeof text; n++) {
		digest_of(true, text, n, 1, one);
		for (piece = 1; piece <= 130; piece += 3) {
			sha256_begin(&h);
			for (at = 0; at < n; at += take) {
				take = piece < n - at ? piece : n - at;
				sha256_add(&h, text + at, take);
			}
			sha256_end(&h, digest);
			sha256_hex(digest, two);
			bad += strcmp(one, two) != 0;
		}
	}
	unit_num((long long)bad, 0, "201 lengths in pieces of 44 sizes");
}

/* sizes around a block and around a full level, computed with fsverity-utils 1.5 on bytes i * 7 + i / 4096 */
static const struct { size_t n; const char *digest; } trees[] = {
	{0, "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95"},
	{1, "b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551"},
	{4095, "b37a93497ff6ed2821409ced1dc20f4c1002cc361adf2f22ec444a22c06fe857"},
	{4096, "87a706bdba32be89a173dc11d6a91c08165b4dcfcf743988c94595e82934a41a"},
	{4097, "5c6077f10edc31c27b2a65cbaa199e2cfd36998bf104ccd2f7395eb509682064"},
	{8192, "870c5a8845344e284913be24101260588059e053bc58a58aa1fb4072b4d486f2"},
	{524287, "95ab9cd062719214c37b1b6af01a1cd625d85802d755dae6d20b0531ed85fc3d"},
	{524288, "9613b285b37589320574d16f1447444fb68289259e661f4418dc6374ef3c5b9f"},
	{524289, "355acec90f25617bed6ee0e57380add05b4abb6855b8c7a9224c142cf027a98a"},
	{528384, "d88e5c2aea165a8d8864af881899bbd4e3a59c3a951524b8226b4a0c6044c343"},
	{1048577, "2e60265ea2f44e97a9bec1e42a764dc5b2e7354fb94bbf31dd104b5cf65b28c5"},
	{67108865, "d2c0354a967d44d8061ca1ddd2170a11ef0d8df7cecde45312af9602773a4022"},
};

static void
verity(void)
{
	static struct verity v;
	uint8_t digest[SHA256_SIZE], *data;
	char hex[SHA256_HEX];
	size_t i, k, n;

	for (i = 0; i < ROWS(trees); i++) {
		n = trees[i].n;
		data = malloc(n + 1);
		for (k = 0; k < n; k++)
			data[k] = (uint8_t)(k * 7 + k / 4096);
		verity_begin(&v);
		for (k = 0; k < n; k += 1000)
			verity_add(&v, data + k, n - k < 1000 ? n - k : 1000);
		verity_end(&v, digest);
		sha256_hex(digest, hex);
		if (!unit_str(hex, trees[i].digest, "fs-verity"))
			printf("#   of %zu bytes\n", n);
		free(data);
	}
}

static const struct { const char *raw, *word; } words[] = {
	{"./a", "./a"}, {"a b", "a\\040b"}, {"a\nb", "a\\012b"}, {"\\", "\\134"}, {"#x=[*?]", "\\043x\\075\\133\\052\\077]"},
	{"\xff\xc3\xa4", "\\377\\303\\244"}, {"\x7f\x01", "\\177\\001"}, {"", ""},
};

static const char *const not_words[] = {"a b", "\\8", "\\00", "\\000", "\\400", "a#b", "\xc3", "x=y", "\\", "a\nb"};

static void
encoding(void)
{
	char back[64];
	struct out o;
	size_t i;

	for (i = 0; i < ROWS(words); i++) {
		o = out_mem();
		names_encode(&o, words[i].raw);
		unit_str(out_text(&o), words[i].word, "encoded");
		unit_ok(names_decode(back, words[i].word, strlen(words[i].word)), "decoded: %s", words[i].word);
		unit_str(back, words[i].raw, "and back");
	}
	for (i = 0; i < ROWS(not_words); i++)
		unit_ok(!names_decode(back, not_words[i], strlen(not_words[i])), "no word: number %zu", i);
}

static void
order(void)
{
	/* as a walk meets them: what lies in a folder before its neighbours whose names go on */
	static const char *const walk[] = {".", "./a", "./a/b", "./a/b/c", "./a/bc", "./a!", "./a.b", "./ab", "./b", "./\xff"};
	const char *v[1000];
	char text[1000][8];
	size_t i, k, bad = 0;

	for (i = 0; i < ROWS(walk); i++)
		for (k = 0; k < ROWS(walk); k++) {
			int o = names_order(walk[i], walk[k]);

			bad += i < k ? o >= 0 : i > k ? o <= 0 : o != 0;
		}
	unit_num((long long)bad, 0, "path order");
	for (i = 0; i < 1000; i++) {
		snprintf(text[i], sizeof text[i], "%zu", i * 7919 % 1000);
		v[i] = text[i];
	}
	for (k = 0; k <= 1000; k += 125) {
		names_sort(v, k);
		for (bad = 0, i = 1; i < k; i++)
			bad += strcmp(v[i - 1], v[i]) >= 0;
		unit_ok(!bad, "%zu names sorted", k);
	}
}

int
main(void)
{
	known();
	pieces();
	verity();
	encoding();
	order();
	return unit_done();
}

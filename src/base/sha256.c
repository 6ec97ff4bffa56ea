/* SPDX-License-Identifier: MIT */
/* sha256.c - FIPS 180-4: padding and the portable compression; the processors' own is in sha256cpu.c */
#include "base/sha256.h"

#include <string.h>

#include "base/sha256cpu.h"

/* Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
/* clang-format off */
const uint32_t sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t
rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t
load32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
store32(uint8_t *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

static uint32_t
next_word(uint32_t w[16], int t)
{
	uint32_t x = w[(t + 1) & 15], y = w[(t + 14) & 15];

	return w[t & 15] += (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[(t + 9) & 15] +
		(rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
}

/* Section 6.2.2.  The eight words do not move from round to round, their names do. */
#define ROUND(a, b, c, d, e, f, g, h, t) \
	h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + sha256_k[t] + \
		((t) < 16 ? w[(t) & 15] : next_word(w, t)); \
	d += h; \
	h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)))

static void
one_block(uint32_t state[8], const uint8_t *p)
{
	uint32_t w[16], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5],
		g = state[6], h = state[7];
	int t;

	for (t = 0; t < 16; t++)
		w[t] = load32(p + 4 * t);
	for (t = 0; t < 64; t += 8) {
		ROUND(a, b, c, d, e, f, g, h, t);
		ROUND(h, a, b, c, d, e, f, g, t + 1);
		ROUND(g, h, a, b, c, d, e, f, t + 2);
		ROUND(f, g, h, a, b, c, d, e, t + 3);
		ROUND(e, f, g, h, a, b, c, d, t + 4);
		ROUND(d, e, f, g, h, a, b, c, t + 5);
		ROUND(c, d, e, f, g, h, a, b, t + 6);
		ROUND(b, c, d, e, f, g, h, a, t + 7);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

static void
portable(uint32_t state[8], const uint8_t *p, size_t n)
{
	for (; n; n--, p += SHA256_BLOCK)
		one_block(state, p);
}

void
sha256_again(struct sha256 *h)
{
	/* Section 5.3.3: square roots of the first eight primes. */
	static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
		0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(h->state, first, sizeof first);
	h->length = 0;
}

void
sha256_begin_portable(struct sha256 *h)
{
	h->blocks = portable;
	sha256_again(h);
}

void
sha256_begin(struct sha256 *h)
{
	sha256_blocks *own = sha256_cpu();

	sha256_begin_portable(h);
	if (own)
		h->blocks = own;
}

void
sha256_add(struct sha256 *h, const void *data, size_t n)
{
	const uint8_t *p = data;
	size_t have = h->length % SHA256_BLOCK, take;

	h->length += n;
	if (have) {
		take = SHA256_BLOCK - have < n ? SHA256_BLOCK - have : n;
		memcpy(h->rest + have, p, take);
		p += take;
		n -= take;
		if (have + take < SHA256_BLOCK)
			return;
		h->blocks(h->state, h->rest, 1);
	}
	h->blocks(h->state, p, n / SHA256_BLOCK);
	memcpy(h->rest, p + n / SHA256_BLOCK * SHA256_BLOCK, n % SHA256_BLOCK);
}

void
sha256_end(struct sha256 *h, uint8_t digest[SHA256_SIZE])
{
	static const uint8_t pad[SHA256_BLOCK] = {0x80};
	uint64_t bits = h->length * 8;
	uint8_t tail[8];
	int i;

	store32(tail, bits >> 32);
	store32(tail + 4, bits);
	sha256_add(h, pad, 1 + (119 - h->length % SHA256_BLOCK) % SHA256_BLOCK);
	sha256_add(h, tail, sizeof tail);
	for (i = 0; i < 8; i++)
		store32(digest + 4 * i, h->state[i]);
}

void
sha256_hex(const uint8_t digest[SHA256_SIZE], char hex[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < SHA256_SIZE; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * SHA256_SIZE] = '\0';
}

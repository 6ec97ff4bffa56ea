/* SPDX-License-Identifier: MIT */
/* sha256cpu.c - SHA-256 by the processor's own instructions: x86 SHA extensions, ARMv8 SHA2 */
#include "base/sha256cpu.h"

#include <stdbool.h>

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h>
#include <immintrin.h>

/* Leaf 1: SSSE3 and SSE4.1; leaf 7: SHA.  The registers are SSE's, which every system saves. */
static bool
has_sha(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}

/* Four rounds with the words m; s[0] holds A B E F, s[1] C D G H, as sha256rnds2 wants them. */
__attribute__((target("sha,sse4.1"), always_inline)) static inline void
four_rounds(__m128i s[2], __m128i m, int t)
{
	__m128i x = _mm_add_epi32(m, _mm_loadu_si128((const __m128i *)(sha256_k + t)));

	s[1] = _mm_sha256rnds2_epu32(s[1], s[0], x);
	s[0] = _mm_sha256rnds2_epu32(s[0], s[1], _mm_shuffle_epi32(x, 0x0e));
}

/* The next four words of the schedule, from the sixteen before them. */
__attribute__((target("sha,sse4.1"), always_inline)) static inline __m128i
schedule(__m128i a, __m128i b, __m128i c, __m128i d)
{
	__m128i x = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4));

	return _mm_sha256msg2_epu32(x, d);
}

__attribute__((target("sha,sse4.1"))) static void
blocks(uint32_t state[8], const uint8_t *p, size_t n)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i m[4], s[2], was[2], x, y;
	int t;

	x = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)state), 0xb1);     /* C D A B */
	y = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)state + 1), 0x1b); /* E F G H */
	s[0] = _mm_alignr_epi8(x, y, 8);
	s[1] = _mm_blend_epi16(y, x, 0xf0);
	for (; n; n--, p += SHA256_BLOCK) {
		was[0] = s[0];
		was[1] = s[1];
		for (t = 0; t < 4; t++) {
			m[t] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p + t), swap);
			four_rounds(s, m[t], 4 * t);
		}
#pragma GCC unroll 12
		for (t = 4; t < 16; t++) {
			m[t & 3] = schedule(m[t & 3], m[(t + 1) & 3], m[(t + 2) & 3], m[(t + 3) & 3]);
			four_rounds(s, m[t & 3], 4 * t);
		}
		s[0] = _mm_add_epi32(s[0], was[0]);
		s[1] = _mm_add_epi32(s[1], was[1]);
	}
	x = _mm_shuffle_epi32(s[0], 0x1b); /* F E B A reversed: A B E F -> */
	y = _mm_shuffle_epi32(s[1], 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(x, y, 0xf0));
	_mm_storeu_si128((__m128i *)state + 1, _mm_alignr_epi8(y, x, 8));
}

sha256_blocks *
sha256_cpu(void)
{
	return has_sha() ? blocks : NULL;
}

#elif defined(__aarch64__)

#include <arm_neon.h>
#include <sys/auxv.h>

enum { CPU_SHA2 = 1 << 6 }; /* HWCAP_SHA2 of asm/hwcap.h */

__attribute__((target("+crypto"))) static void
blocks(uint32_t state[8], const uint8_t *p, size_t n)
{
	uint32x4_t m[4], s[2], was[2], x, abcd;
	int t;

	s[0] = vld1q_u32(state);
	s[1] = vld1q_u32(state + 4);
	for (; n; n--, p += SHA256_BLOCK) {
		was[0] = s[0];
		was[1] = s[1];
		for (t = 0; t < 4; t++)
			m[t] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p + 16 * t)));
#pragma GCC unroll 16
		for (t = 0; t < 16; t++) {
			x = vaddq_u32(m[t & 3], vld1q_u32(sha256_k + 4 * t));
			if (t < 12)
				m[t & 3] = vsha256su1q_u32(vsha256su0q_u32(m[t & 3], m[(t + 1) & 3]),
					m[(t + 2) & 3], m[(t + 3) & 3]);
			abcd = s[0];
			s[0] = vsha256hq_u32(s[0], s[1], x);
			s[1] = vsha256h2q_u32(s[1], abcd, x);
		}
		s[0] = vaddq_u32(s[0], was[0]);
		s[1] = vaddq_u32(s[1], was[1]);
	}
	vst1q_u32(state, s[0]);
	vst1q_u32(state + 4, s[1]);
}

sha256_blocks *
sha256_cpu(void)
{
	return getauxval(AT_HWCAP) & CPU_SHA2 ? blocks : NULL;
}

#else

sha256_blocks *
sha256_cpu(void)
{
	return NULL;
}

#endif

/* SPDX-License-Identifier: MIT */
/* sha256.h - SHA-256 of FIPS 180-4, with the processor's instructions where it has them */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_BLOCK = 64, SHA256_HEX = 2 * SHA256_SIZE + 1 };

/* Hashes n blocks of 64 bytes into the eight words of the state. */
typedef void sha256_blocks(uint32_t state[8], const uint8_t *p, size_t n);

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	sha256_blocks *blocks;
	uint8_t rest[SHA256_BLOCK]; /* length % 64 bytes that are no block yet */
};

/* Begins an empty message.  Asks the processor what it can, which takes microseconds in a virtual machine: where there are
 * many messages, begin one and go on with sha256_again. */
void sha256_begin(struct sha256 *h);

/* Begins another message in the way that h was begun. */
void sha256_again(struct sha256 *h);

/* Begins one without the processor's instructions: the tests compare the two. */
void sha256_begin_portable(struct sha256 *h);

/* Adds n bytes; of any size, at any address. */
void sha256_add(struct sha256 *h, const void *data, size_t n);

/* Ends the message: its digest, big endian as the standard prints it.  h is used up. */
void sha256_end(struct sha256 *h, uint8_t digest[SHA256_SIZE]);

/* 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(const uint8_t digest[SHA256_SIZE], char hex[SHA256_HEX]);

#endif

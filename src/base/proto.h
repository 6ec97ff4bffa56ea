/* SPDX-License-Identifier: MIT */
/* proto.h - protocol buffers on the wire, as far as criu's requests need them: numbers, strings, messages in messages */
#ifndef BASE_PROTO_H
#define BASE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

/* Appends field `field` (1 to 2^29-1) to a message that an out_mem writer holds: a number of any of the varint types (a negative
 * int32 as 64 bits), a string without its NUL (NULL: nothing at all), a message. */
void proto_num(struct out *o, unsigned field, uint64_t v);
void proto_str(struct out *o, unsigned field, const char *s);
void proto_message(struct out *o, unsigned field, const struct out *m);

/* A message that was received: n bytes, the caller's. */
struct proto { const char *p; size_t n; };

/* The last field of that number; false when there is none, it is of another type, or the message is broken.  What is found stays
 * part of the message. */
bool proto_get_num(struct proto m, unsigned field, uint64_t *v);
bool proto_get_bytes(struct proto m, unsigned field, struct proto *v);

#endif

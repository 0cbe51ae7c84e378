/* SPDX-License-Identifier: MIT
 * Numbers, texts and bytes one after another in a blob, for a cache on this machine: in its own
 * byte order. Reading is safe on any bytes: a failure is remembered, ask `failed` at the end. */
#ifndef PICSET_PACK_H
#define PICSET_PACK_H

#include "arena.h"
#include "buffer.h"
#include "hash.h"

void pack_number(struct buffer *out, uint64_t number);
void pack_hash(struct buffer *out, struct hash hash);
void pack_bytes(struct buffer *out, const void *bytes, size_t size);
void pack_text(struct buffer *out, const char *text);

struct unpacker {
    const char *at;
    size_t left;
    bool failed, short_of_memory;
};

uint64_t unpack_number(struct unpacker *from);
/* A count of things that take at least `least` bytes each: 0 and failed when there is no room. */
size_t unpack_count(struct unpacker *from, size_t least);
struct hash unpack_hash(struct unpacker *from);
const void *unpack_bytes(struct unpacker *from, struct arena *arena, size_t *size);
const char *unpack_text(struct unpacker *from, struct arena *arena); /* "" after a failure */

#endif

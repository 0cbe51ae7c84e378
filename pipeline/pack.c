/* SPDX-License-Identifier: MIT
 * Packed blobs: every item is eight bytes, or its size in eight bytes and then itself. */
#include "pack.h"

#include <string.h>

void pack_number(struct buffer *out, uint64_t number)
{
    buffer_bytes(out, &number, sizeof number);
}

void pack_hash(struct buffer *out, struct hash hash)
{
    pack_number(out, hash.high);
    pack_number(out, hash.low);
}

void pack_bytes(struct buffer *out, const void *bytes, size_t size)
{
    pack_number(out, size);
    if (size > 0) {
        buffer_bytes(out, bytes, size);
    }
}

void pack_text(struct buffer *out, const char *text)
{
    pack_bytes(out, text, strlen(text));
}

uint64_t unpack_number(struct unpacker *from)
{
    uint64_t number = 0;
    if (from->failed || from->left < sizeof number) {
        from->failed = true;
        return 0;
    }
    memcpy(&number, from->at, sizeof number);
    from->at += sizeof number;
    from->left -= sizeof number;
    return number;
}

size_t unpack_count(struct unpacker *from, size_t least)
{
    uint64_t count = unpack_number(from);
    if (count > from->left / least) {
        from->failed = true;
        return 0;
    }
    return (size_t)count;
}

struct hash unpack_hash(struct unpacker *from)
{
    uint64_t high = unpack_number(from);
    return (struct hash){.high = high, .low = unpack_number(from)};
}

const void *unpack_bytes(struct unpacker *from, struct arena *arena, size_t *size)
{
    *size = unpack_count(from, 1);
    void *copy = arena_alloc(arena, *size + 1);
    if (!copy) {
        from->short_of_memory = true;
        *size = 0;
        return "";
    }
    if (*size > 0) {
        memcpy(copy, from->at, *size);
        from->at += *size;
        from->left -= *size;
    }
    return copy;
}

const char *unpack_text(struct unpacker *from, struct arena *arena)
{
    size_t size;
    return unpack_bytes(from, arena, &size);
}

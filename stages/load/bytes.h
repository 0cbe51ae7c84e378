/* SPDX-License-Identifier: MIT
 * Numbers in byte order of the file, for the walks over containers. The caller has checked that
 * the bytes are there; knows no format. */
#ifndef PICSET_LOAD_BYTES_H
#define PICSET_LOAD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "source.h"

static inline uint32_t bytes_be16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static inline uint32_t bytes_be32(const uint8_t *bytes)
{
    return bytes_be16(bytes) << 16 | bytes_be16(bytes + 2);
}

static inline uint32_t bytes_le16(const uint8_t *bytes)
{
    return (uint32_t)bytes[1] << 8 | bytes[0];
}

static inline uint32_t bytes_le24(const uint8_t *bytes)
{
    return (uint32_t)bytes[2] << 16 | bytes_le16(bytes);
}

static inline uint32_t bytes_le32(const uint8_t *bytes)
{
    return bytes_le16(bytes + 2) << 16 | bytes_le16(bytes);
}

static inline void bytes_put_be32(uint8_t *bytes, uint32_t number)
{
    bytes[0] = (uint8_t)(number >> 24);
    bytes[1] = (uint8_t)(number >> 16);
    bytes[2] = (uint8_t)(number >> 8);
    bytes[3] = (uint8_t)number;
}

/* True when size bytes at `at` lie inside the span. */
static inline bool bytes_inside(struct span span, size_t at, size_t size)
{
    return at <= span.size && size <= span.size - at;
}

/* The part of a span, cut at its end; nothing when it starts behind it. */
static inline struct span bytes_part(struct span span, size_t at, size_t size)
{
    if (at >= span.size) {
        return (struct span){0};
    }
    size_t left = span.size - at;
    return (struct span){span.bytes + at, size < left ? size : left};
}

static inline bool bytes_start(struct span span, const void *magic, size_t size)
{
    return span.size >= size && memcmp(span.bytes, magic, size) == 0;
}

#endif

/* SPDX-License-Identifier: MIT
 * AV1's open bitstream units as far as the sequence header's sizes (AV1 specification, 5.3 to 5.5).
 * No frame may be larger than these. Bits behind the end read as 0 and are noticed. */
#include "av1.h"

#include "bytes.h"

#define OBU_SEQUENCE_HEADER 1

struct bits {
    struct span span;
    size_t at; /* bits */
};

static uint32_t take(struct bits *bits, unsigned count)
{
    uint32_t number = 0;
    for (; count > 0; count--, bits->at++) {
        size_t byte = bits->at / 8;
        unsigned bit =
            byte < bits->span.size ? bits->span.bytes[byte] >> (7 - bits->at % 8) & 1 : 0;
        number = number << 1 | bit;
    }
    return number;
}

/* uvlc: as many zeros as bits follow the one behind them. */
static void skip_uvlc(struct bits *bits)
{
    unsigned zeros = 0;
    while (zeros < 32 && bits->at < bits->span.size * 8 && take(bits, 1) == 0) {
        zeros++;
    }
    take(bits, zeros < 32 ? zeros : 0);
}

/* Timing and decoder model; returns the length of the model's delays, 0 without one. */
static unsigned skip_timing(struct bits *bits)
{
    if (!take(bits, 1)) {
        return 0;
    }
    take(bits, 32);
    take(bits, 32);
    if (take(bits, 1)) {
        skip_uvlc(bits);
    }
    if (!take(bits, 1)) {
        return 0;
    }
    unsigned length = take(bits, 5) + 1;
    take(bits, 32);
    take(bits, 10);
    return length;
}

static void skip_operating_points(struct bits *bits, unsigned delay_length)
{
    bool display_delay = take(bits, 1);
    uint32_t count = take(bits, 5) + 1;
    for (uint32_t i = 0; i < count; i++) {
        take(bits, 12);
        if (take(bits, 5) > 7) {
            take(bits, 1);
        }
        if (delay_length && take(bits, 1)) {
            take(bits, delay_length);
            take(bits, delay_length);
            take(bits, 1);
        }
        if (display_delay && take(bits, 1)) {
            take(bits, 4);
        }
    }
}

static bool read_header(struct span body, uint32_t *width, uint32_t *height)
{
    struct bits bits = {.span = body};
    take(&bits, 4); /* profile, is it a still */
    if (take(&bits, 1)) {
        take(&bits, 5);
    } else {
        unsigned delay_length = skip_timing(&bits);
        skip_operating_points(&bits, delay_length);
    }
    unsigned width_bits = take(&bits, 4) + 1, height_bits = take(&bits, 4) + 1;
    uint32_t found_width = take(&bits, width_bits) + 1, found_height = take(&bits, height_bits) + 1;
    *width = found_width > *width ? found_width : *width;
    *height = found_height > *height ? found_height : *height;
    return bits.at <= body.size * 8;
}

/* leb128: seven bits a byte, the lowest first, at most eight bytes. */
static bool read_size(struct span stream, size_t *at, uint64_t *size)
{
    *size = 0;
    for (unsigned i = 0; i < 8; i++) {
        if (*at >= stream.size) {
            return false;
        }
        uint8_t byte = stream.bytes[(*at)++];
        *size |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80)) {
            return true;
        }
    }
    return false;
}

bool av1_size(struct span stream, uint32_t *width, uint32_t *height)
{
    bool found = false;
    *width = *height = 0;
    for (size_t at = 0; at < stream.size;) {
        uint8_t head = stream.bytes[at];
        at += head & 4 ? 2 : 1;
        uint64_t size = at < stream.size ? stream.size - at : 0;
        if (head & 2 && !read_size(stream, &at, &size)) {
            return false;
        }
        if (at > stream.size || size > stream.size - at) {
            return false;
        }
        if ((head >> 3 & 15) == OBU_SEQUENCE_HEADER) {
            found = true;
            if (!read_header(bytes_part(stream, at, (size_t)size), width, height)) {
                return false;
            }
        }
        at += (size_t)size;
    }
    return found;
}

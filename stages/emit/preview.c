/* SPDX-License-Identifier: MIT
 * Placeholders as data URIs: small PNG files, written here because they are a few rows of bytes and
 * must not depend on an encoder. */
#include "preview.h"

#include <string.h>
#include <zlib.h>

#include "buffer.h"
#include "generate/base64.h"
#include "kernels/thumbhash.h"
#include "text.h"

enum { SIDE = 24 };

static void put_32(uint8_t *at, uint32_t number)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(number >> 8 * (3 - i));
    }
}

static void chunk_write(struct buffer *out, const char *type, const uint8_t *data, size_t size)
{
    uint8_t word[4];
    uLong check = crc32(0, (const Bytef *)type, 4);
    check = size ? crc32(check, data, (uInt)size) : check;
    put_32(word, (uint32_t)size);
    buffer_bytes(out, word, 4);
    buffer_bytes(out, type, 4);
    buffer_bytes(out, data, size);
    put_32(word, (uint32_t)check);
    buffer_bytes(out, word, 4);
}

/* Each byte less the one of the pixel before: what is smooth becomes small numbers. */
static size_t rows_filter(const uint8_t *rgba, int width, int height, int bands, uint8_t *out)
{
    size_t size = 0;
    for (int y = 0; y < height; y++) {
        out[size++] = 1;
        for (int x = 0; x < width; x++) {
            const uint8_t *pixel = rgba + 4 * ((size_t)y * (size_t)width + (size_t)x);
            for (int c = 0; c < bands; c++) {
                out[size++] = (uint8_t)(pixel[c] - (x ? pixel[c - 4] : 0));
            }
        }
    }
    return size;
}

static const char *png_uri(const uint8_t *rgba, int width, int height, bool alpha,
                           struct arena *arena)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t head[13] = {0}, rows[SIDE * (1 + 4 * SIDE)], packed[SIDE * (1 + 4 * SIDE) + 64];
    uLongf packed_size = sizeof packed;
    struct buffer png = {.limit = 1 << 16}, uri = {.limit = 1 << 16};
    size_t size = rows_filter(rgba, width, height, alpha ? 4 : 3, rows);
    put_32(head, (uint32_t)width);
    put_32(head + 4, (uint32_t)height);
    head[8] = 8;
    head[9] = alpha ? 6 : 2;
    if (compress2(packed, &packed_size, rows, (uLong)size, Z_BEST_COMPRESSION) != Z_OK) {
        return NULL;
    }
    buffer_bytes(&png, signature, sizeof signature);
    chunk_write(&png, "IHDR", head, sizeof head);
    chunk_write(&png, "IDAT", packed, packed_size);
    chunk_write(&png, "IEND", NULL, 0);
    buffer_text(&uri, "data:image/png;base64,");
    text_base64(&uri, png.data, png.size);
    const char *text =
        buffer_failed(&png) || buffer_failed(&uri) ? NULL : arena_text(arena, buffer_string(&uri));
    buffer_free(&png);
    buffer_free(&uri);
    return text;
}

static bool is_opaque(const uint8_t *rgba, int count)
{
    bool opaque = true;
    for (int i = 0; i < count; i++) {
        opaque = opaque && rgba[4 * i + 3] == 255;
    }
    return opaque;
}

const char *preview_thumbhash(const char *thumbhash, struct arena *arena)
{
    uint8_t hash[THUMBHASH_BYTES + 8], rgba[4 * SIDE * SIDE];
    size_t length = strlen(thumbhash), size = 0;
    int width, height;
    if (base64_room(length) > sizeof hash || !base64_decode(thumbhash, length, hash, &size) ||
        !thumbhash_decode(hash, size, SIDE, rgba, &width, &height)) {
        return "";
    }
    return png_uri(rgba, width, height, !is_opaque(rgba, width * height), arena);
}

const char *preview_colour(const uint8_t colour[3], struct arena *arena)
{
    const uint8_t rgba[4] = {colour[0], colour[1], colour[2], 255};
    return png_uri(rgba, 1, 1, false, arena);
}

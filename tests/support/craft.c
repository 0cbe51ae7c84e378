/* SPDX-License-Identifier: MIT
 * See craft.h. */
#include "craft.h"

#include <string.h>
#include <zlib.h>

static void put(struct buffer *out, unsigned long number, int bytes, bool big)
{
    for (int i = 0; i < bytes; i++) {
        int shift = 8 * (big ? bytes - 1 - i : i);
        buffer_char(out, (char)(number >> shift & 0xff));
    }
}

void craft_be16(struct buffer *out, unsigned number)
{
    put(out, number, 2, true);
}

void craft_be32(struct buffer *out, unsigned long number)
{
    put(out, number, 4, true);
}

void craft_le16(struct buffer *out, unsigned number)
{
    put(out, number, 2, false);
}

void craft_le24(struct buffer *out, unsigned long number)
{
    put(out, number, 3, false);
}

void craft_le32(struct buffer *out, unsigned long number)
{
    put(out, number, 4, false);
}

void craft_zeros(struct buffer *out, size_t count)
{
    char *place = buffer_reserve(out, count);
    if (place) {
        memset(place, 0, count);
        out->size += count;
    }
}

void craft_exif(struct buffer *out, bool little, unsigned tag, unsigned number)
{
    buffer_bytes(out, little ? "II*\0" : "MM\0*", 4);
    put(out, 8, 4, !little);
    put(out, 1, 2, !little);
    put(out, tag, 2, !little);
    put(out, 3, 2, !little);
    put(out, 1, 4, !little);
    put(out, number, 2, !little);
    craft_zeros(out, 6);
}

void craft_segment(struct buffer *out, unsigned marker, const void *bytes, size_t size)
{
    buffer_char(out, (char)0xff);
    buffer_char(out, (char)marker);
    craft_be16(out, (unsigned)size + 2);
    buffer_bytes(out, bytes, size);
}

void craft_frame(struct buffer *out, unsigned marker, unsigned width, unsigned height,
                 unsigned bits, unsigned components)
{
    struct buffer body = {0};
    buffer_char(&body, (char)bits);
    craft_be16(&body, height);
    craft_be16(&body, width);
    buffer_char(&body, (char)components);
    for (unsigned i = 0; i < components; i++) {
        buffer_bytes(&body, "\1\x11\0", 3);
    }
    craft_segment(out, marker, body.data, body.size);
    buffer_free(&body);
}

void craft_scan(struct buffer *out)
{
    craft_segment(out, 0xda, "\1\1\0\0\x3f\0", 6);
    buffer_bytes(out, "\x12\xff\0\x34", 4);
}

void craft_chunk(struct buffer *out, const char *type, const void *bytes, size_t size)
{
    craft_be32(out, size);
    buffer_bytes(out, type, 4);
    buffer_bytes(out, bytes, size);
    uLong sum = crc32(0, (const Bytef *)type, 4);
    craft_be32(out, size ? crc32_z(sum, bytes, size) : sum);
}

void craft_png(struct buffer *out, unsigned long width, unsigned long height, unsigned depth,
               unsigned colour)
{
    struct buffer body = {0};
    craft_be32(&body, width);
    craft_be32(&body, height);
    buffer_char(&body, (char)depth);
    buffer_char(&body, (char)colour);
    craft_zeros(&body, 3);
    buffer_bytes(out, "\x89PNG\r\n\x1a\n", 8);
    craft_chunk(out, "IHDR", body.data, body.size);
    buffer_free(&body);
}

void craft_packed(struct buffer *out, const void *bytes, size_t size)
{
    uLongf room = compressBound(size);
    char *place = buffer_reserve(out, room);
    if (place && compress2((Bytef *)place, &room, bytes, size, 9) == Z_OK) {
        out->size += room;
    }
}

void craft_riff(struct buffer *out, const char *name, const void *bytes, size_t size)
{
    buffer_bytes(out, name, 4);
    craft_le32(out, size);
    buffer_bytes(out, bytes, size);
    craft_zeros(out, size & 1);
}

void craft_webp(struct buffer *out, const struct buffer *chunks)
{
    buffer_bytes(out, "RIFF", 4);
    craft_le32(out, chunks->size + 4);
    buffer_bytes(out, "WEBP", 4);
    buffer_bytes(out, chunks->data, chunks->size);
}

void craft_vp8x(struct buffer *out, unsigned flags, unsigned long width, unsigned long height)
{
    struct buffer body = {0};
    craft_le32(&body, flags);
    craft_le24(&body, width - 1);
    craft_le24(&body, height - 1);
    craft_riff(out, "VP8X", body.data, body.size);
    buffer_free(&body);
}

void craft_vp8(struct buffer *out, unsigned width, unsigned height)
{
    struct buffer body = {0};
    buffer_bytes(&body, "\x10\0\0\x9d\x01\x2a", 6);
    craft_le16(&body, width);
    craft_le16(&body, height);
    craft_riff(out, "VP8 ", body.data, body.size);
    buffer_free(&body);
}

void craft_gif(struct buffer *out, unsigned width, unsigned height)
{
    buffer_bytes(out, "GIF89a", 6);
    craft_le16(out, width);
    craft_le16(out, height);
    craft_zeros(out, 3);
}

void craft_gif_image(struct buffer *out, unsigned left, unsigned top, unsigned width,
                     unsigned height)
{
    buffer_char(out, 0x2c);
    craft_le16(out, left);
    craft_le16(out, top);
    craft_le16(out, width);
    craft_le16(out, height);
    buffer_bytes(out, "\0\2\2\x4c\1\0", 6);
}

void craft_box(struct buffer *out, const char *type, const void *bytes, size_t size)
{
    craft_be32(out, size + 8);
    buffer_bytes(out, type, 4);
    buffer_bytes(out, bytes, size);
}

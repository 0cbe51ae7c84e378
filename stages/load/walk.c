/* SPDX-License-Identifier: MIT
 * What the walks share: limits in words, patches, and the one inflater. */
#include "walk.h"

#include <stdarg.h>
#include <stdio.h>
#define ZLIB_CONST
#include <zlib.h>

#include "memory.h"

enum status walk_damaged(const struct walk *walk, struct error *error, const char *format, ...)
{
    static const char *const names[FORMAT_COUNT] = {
        [FORMAT_JPEG] = "JPEG", [FORMAT_PNG] = "PNG",   [FORMAT_WEBP] = "WebP",
        [FORMAT_GIF] = "GIF",   [FORMAT_AVIF] = "AVIF",
    };
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return error_set(error, STATUS_REFUSED, "holds a damaged %s image: %s",
                     names[walk->source->container.format], what);
}

/* "400 million", "99.856 million", "4096". */
static void count_words(char *text, size_t size, double count)
{
    if (count >= 1e6) {
        snprintf(text, size, "%.12g million", count / 1e6);
    } else {
        snprintf(text, size, "%.0f", count);
    }
}

enum status walk_size(const struct walk *walk, struct error *error)
{
    const struct container *container = &walk->source->container;
    const struct limits *limits = walk->limits;
    if (container->width < 1 || container->height < 1) {
        return walk_damaged(walk, error, "its size is %dx%d", container->width, container->height);
    }
    if (container->width > limits->side || container->height > limits->side) {
        return error_set(error, STATUS_REFUSED,
                         "is %dx%d px, limit of a side is %lld (--limit side)", container->width,
                         container->height, (long long)limits->side);
    }
    int64_t pixels = (int64_t)container->width * container->height;
    int frames = container->frames > 1 ? container->frames : 1;
    if (pixels > limits->source_pixels / frames) {
        char has[32], allowed[32], words[32] = "";
        count_words(has, sizeof has, (double)pixels * frames);
        count_words(allowed, sizeof allowed, (double)limits->source_pixels);
        if (frames > 1) {
            snprintf(words, sizeof words, " in %d frames", frames);
        }
        return error_set(error, STATUS_REFUSED,
                         "has %dx%d pixels%s (%s), limit is %s (--limit source-pixels)",
                         container->width, container->height, words, has, allowed);
    }
    if (walk->bands > limits->bands) {
        return error_set(error, STATUS_REFUSED, "has %d bands, limit is %lld (--limit bands)",
                         walk->bands, (long long)limits->bands);
    }
    return STATUS_OK;
}

enum status walk_frames(const struct walk *walk, struct error *error)
{
    if (walk->source->container.frames > walk->limits->frames) {
        return error_set(error, STATUS_REFUSED,
                         "has more than %lld frames, the limit (--limit frames)",
                         (long long)walk->limits->frames);
    }
    return STATUS_OK;
}

enum status walk_icc(const struct walk *walk, size_t size, struct error *error)
{
    if ((uint64_t)size > (uint64_t)walk->limits->icc_bytes) {
        return error_set(
            error, STATUS_REFUSED,
            "has an ICC profile of more than %lld bytes, the limit (--limit icc-bytes)",
            (long long)walk->limits->icc_bytes);
    }
    return STATUS_OK;
}

enum status walk_metadata(struct walk *walk, size_t size, struct error *error)
{
    walk->metadata += (int64_t)size;
    if (walk->metadata > walk->limits->metadata_bytes) {
        return error_set(error, STATUS_REFUSED,
                         "has more than %lld bytes of metadata, the limit (--limit metadata-bytes)",
                         (long long)walk->limits->metadata_bytes);
    }
    return STATUS_OK;
}

enum status walk_disarm(struct walk *walk, size_t at, const void *bytes, size_t size,
                        struct error *error)
{
    return source_patch(walk->source, at, bytes, size, error);
}

/* Grows step by step, so that a stream that claims nothing costs nothing. */
static int inflate_all(z_stream *stream, uint8_t **block, size_t limit)
{
    size_t capacity = 0;
    int result = Z_OK;
    while (result == Z_OK && stream->total_out <= limit) {
        if (stream->total_out == capacity) {
            size_t more = capacity ? capacity * 2 : 4096;
            uint8_t *grown = memory_resize(*block, more);
            if (!grown) {
                return Z_MEM_ERROR;
            }
            *block = grown;
            capacity = more;
        }
        stream->next_out = *block + stream->total_out;
        stream->avail_out = (uInt)(capacity - stream->total_out);
        result = inflate(stream, Z_NO_FLUSH);
    }
    return result;
}

enum status walk_inflate(struct walk *walk, struct span packed, size_t limit, bool *too_long,
                         struct span *out, struct error *error)
{
    z_stream stream = {.next_in = packed.bytes, .avail_in = (uInt)packed.size};
    if (inflateInit(&stream) != Z_OK) {
        return error_memory(error);
    }
    uint8_t *block = NULL;
    int result = inflate_all(&stream, &block, limit);
    size_t size = stream.total_out;
    inflateEnd(&stream);
    *too_long = size > limit;
    if (result == Z_MEM_ERROR) {
        memory_free(block);
        return error_memory(error);
    }
    if (result != Z_STREAM_END || *too_long || !source_own(walk->source, block)) {
        memory_free(result != Z_STREAM_END || *too_long ? block : NULL);
        return STATUS_OK;
    }
    *out = (struct span){block, size};
    return STATUS_OK;
}

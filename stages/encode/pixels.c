/* SPDX-License-Identifier: MIT
 * Rows of an image in memory. Knows libvips; no codec. */
#include <string.h>

#include <vips/vips.h>

#include "image.h"
#include "memory.h"
#include "pixels.h"

static void read_timing(struct pixels *pixels)
{
    int *delays = NULL;
    int count = 0;
    if (vips_image_get_typeof(pixels->image, "delay") &&
        vips_image_get_array_int(pixels->image, "delay", &delays, &count) == 0 && count > 0) {
        pixels->delays = delays;
        pixels->delay_count = count;
    }
    int loops = 0;
    if (vips_image_get_typeof(pixels->image, "loop") &&
        vips_image_get_int(pixels->image, "loop", &loops) == 0 && loops > 0) {
        pixels->loops = loops;
    }
}

enum status pixels_take(VipsImage *in, int frames, struct pixels *out, struct error *error)
{
    if (in->Bands < 1 || in->Bands > 4 || in->Coding != VIPS_CODING_NONE ||
        (in->BandFmt != VIPS_FORMAT_UCHAR && in->BandFmt != VIPS_FORMAT_USHORT)) {
        return error_set(error, STATUS_BUG, "an image with %d bands of type %s reached an encoder",
                         in->Bands, vips_enum_nick(VIPS_TYPE_BAND_FORMAT, in->BandFmt));
    }
    VipsImage *memory = vips_image_copy_memory(in);
    if (memory == NULL) {
        return image_error(error, STATUS_FAILED, "computing the pixels failed");
    }
    struct pixels pixels = {.image = memory,
                            .bytes = (const uint8_t *)VIPS_IMAGE_ADDR(memory, 0, 0),
                            .stride = VIPS_IMAGE_SIZEOF_LINE(memory),
                            .width = memory->Xsize,
                            .height = image_height(memory),
                            .bands = memory->Bands,
                            .depth = memory->BandFmt == VIPS_FORMAT_USHORT ? 2 : 1};
    pixels.frames = image_frames(memory);
    if (pixels.frames > frames) {
        pixels.frames = frames;
    }
    read_timing(&pixels);
    *out = pixels;
    return STATUS_OK;
}

void pixels_release(struct pixels *pixels)
{
    image_release(&pixels->image);
    memset(pixels, 0, sizeof *pixels);
}

static void widen_row(const struct pixels *pixels, const uint8_t *in, uint8_t *out)
{
    const int step = pixels->depth; /* native order: the high byte of a sample */
    const uint16_t probe = 1;
    const int high = step == 2 && *(const uint8_t *)&probe == 1 ? 1 : 0;
    const bool grey = pixels->bands < 3, alpha = pixels->bands % 2 == 0;
    for (int x = 0; x < pixels->width; x++) {
        const uint8_t *sample = in + (size_t)x * (size_t)(pixels->bands * step) + high;
        *out++ = sample[0];
        *out++ = sample[grey ? 0 : step];
        *out++ = sample[grey ? 0 : 2 * step];
        if (alpha) {
            *out++ = sample[(pixels->bands - 1) * step];
        }
    }
}

const uint8_t *pixels_rgb(const struct pixels *pixels, int frame, size_t *stride, void **owned)
{
    *owned = NULL;
    const int first = frame * pixels->height;
    if (pixels->depth == 1 && pixels->bands >= 3) {
        *stride = pixels->stride;
        return pixels_row(pixels, first);
    }
    *stride = (size_t)pixels->width * (pixels->bands % 2 == 0 ? 4 : 3);
    uint8_t *block = memory_alloc(*stride * (size_t)pixels->height);
    if (block == NULL) {
        return NULL;
    }
    for (int y = 0; y < pixels->height; y++) {
        widen_row(pixels, pixels_row(pixels, first + y), block + (size_t)y * *stride);
    }
    *owned = block;
    return block;
}

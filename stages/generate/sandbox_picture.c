/* SPDX-License-Identifier: MIT
 * Draws a picture and encodes it with the encode stage's codecs, as fast as they go: a service's
 * own files are not small either. */
#include "generate/sandbox_picture.h"

#include "encode/encode.h"
#include "kernels/drawing.h"
#include "memory.h"

static bool stopped(const struct flow *flow)
{
    const atomic_bool *stop = flow->engine;
    return stop != NULL && *stop;
}

enum status sandbox_picture(const char *prompt, int64_t seed, int width, int height,
                            enum format format, const atomic_bool *stop, struct buffer *out,
                            struct error *error)
{
    enum { ROWS = 64 };
    static const struct encode_options options = {
        .jpeg = {.chroma = CHROMA_420},
        .png = {.compression = 1, .filter = PNG_CHOICE_UP},
    };
    static const struct attachments nothing = {.icc = {0}};
    const size_t stride = 3 * (size_t)width;
    const struct flow flow = {.stop = stopped, .engine = (void *)(uintptr_t)stop};
    struct drawing drawing;
    uint8_t *bytes = memory_zero((size_t)height, stride);
    if (bytes == NULL) {
        return error_memory(error);
    }
    drawing_start(&drawing, prompt, seed, width, height);
    for (int row = 0; row < height && !stopped(&flow); row += ROWS) {
        drawing_rows(&drawing, row, height - row < ROWS ? height - row : ROWS,
                     bytes + (size_t)row * stride);
    }
    const struct pixels pixels = {.bytes = bytes,
                                  .stride = stride,
                                  .width = width,
                                  .height = height,
                                  .frames = 1,
                                  .bands = 3,
                                  .depth = 1};
    const struct encode_job job = {.options = &options,
                                   .pixels = &pixels,
                                   .attachments = &nothing,
                                   .flow = &flow,
                                   .format = format,
                                   .quality = 92};
    const enum status status = codec_find(format)->encode(&job, out, error);
    memory_free(bytes);
    return status;
}

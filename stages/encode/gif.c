/* SPDX-License-Identifier: MIT
 * GIF through libvips: its quantiser and its differences between frames. Knows no container. */
#include <vips/vips.h>

#include "encode.h"
#include "image.h"
#include "vips_save.h"

/* GIF's palettes are powers of two. */
static int palette_bits(int colours)
{
    int bits = 1;
    while (bits < 8 && 2 << bits <= colours) {
        bits++;
    }
    return bits;
}

static enum status gif_encode(const struct encode_job *job, struct buffer *out, struct error *error)
{
    static const struct attachments nothing;
    VipsImage *image = NULL;
    if (encode_stopped(job->flow)) {
        return encode_interrupted(error);
    }
    enum status status = vips_bare(job->pixels, &nothing, &image, error);
    if (status != STATUS_OK) {
        return status;
    }
    VipsOperation *operation = vips_operation_new("gifsave_buffer");
    if (operation == NULL) {
        status = image_error(error, STATUS_UNSUPPORTED, "this libvips has no GIF encoder");
    } else {
        g_object_set(operation, "in", image, "bitdepth", palette_bits(job->options->gif.colours),
                     "dither", job->options->gif.dither, "effort", job->options->gif.effort, NULL);
        status = vips_save_run(operation, "encoding the gif failed", out, error);
    }
    image_release(&image);
    return status;
}

static bool gif_available(const struct encode_options *options, const char **reason)
{
    (void)options;
    *reason = "this libvips has no GIF encoder";
    return vips_can("gifsave_buffer");
}

static void gif_version(const struct encode_options *options, struct buffer *out)
{
    (void)options;
    buffer_format(out, "libvips %s", image_library_version());
}

static void gif_words(const struct encode_options *options, double quality, struct buffer *out)
{
    (void)quality;
    buffer_format(out, " %d colours", 1 << palette_bits(options->gif.colours));
}

static double gif_cost(const struct encode_options *options, double quality)
{
    (void)options;
    (void)quality;
    return 1.0;
}

const struct codec codec_gif = {
    .format = FORMAT_GIF,
    .group = "gif",
    .wants = WANTS_8BIT,
    .available = gif_available,
    .version = gif_version,
    .words = gif_words,
    .cost = gif_cost,
    .encode = gif_encode,
};

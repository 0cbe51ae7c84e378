/* SPDX-License-Identifier: MIT
 * AVIF through libvips' heifsave: libheif and libaom, of the system or of the prebuilt library.
 * What it makes depends on the number of encoder threads, which is the process's own constant; it
 * cannot be stopped from within. */
#include <vips/vips.h>

#include "encode.h"
#include "image.h"
#include "quality.h"
#include "vips_save.h"

static const char *const tune_words[] = {"iq", "iq", "ssim", "psnr"};

static bool has_tune(void)
{
    return vips_has("heifsave_buffer", "tune");
}

static enum status save(VipsImage *image, const struct encode_job *job, struct buffer *out,
                        struct error *error)
{
    const struct encode_options *options = job->options;
    const bool lossless = job->quality < 0;
    /* 4:4:4 is a little smaller than 4:2:0 at equal score */
    const bool coarse = options->avif.chroma == CHROMA_420 && !lossless;
    VipsOperation *operation = vips_operation_new("heifsave_buffer");
    if (operation == NULL) {
        return image_error(error, STATUS_UNSUPPORTED, "this libvips has no AVIF encoder");
    }
    g_object_set(operation, "in", image, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort",
                 options->avif.effort, "bitdepth", options->avif.depth, "lossless",
                 (gboolean)lossless, "subsample-mode",
                 coarse ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    vips_keep(operation, job->attachments);
    if (!lossless) {
        g_object_set(operation, "Q", (int)job->quality, NULL);
        if (has_tune()) {
            g_object_set(operation, "tune", tune_words[options->avif.tune], NULL);
        }
    }
    return vips_save_run(operation, "encoding the avif failed", out, error);
}

static enum status avif_encode(const struct encode_job *job, struct buffer *out,
                               struct error *error)
{
    VipsImage *image = NULL;
    if (encode_stopped(job->flow)) {
        return encode_interrupted(error);
    }
    enum status status = vips_bare(job->pixels, job->attachments, &image, error);
    if (status == STATUS_OK) {
        status = save(image, job, out, error);
    }
    image_release(&image);
    return status;
}

/* What only a recent library does right. Debian 12's libaom 3.6.0 writes past its memory when given
 * 10 bits (valgrind, any effort), and its libvips 8.14 does not ask for the colour matrix under
 * which lossless is lossless. */
static bool avif_available(const struct encode_options *options, const char **reason)
{
    const bool recent = vips_version(0) > 8 || (vips_version(0) == 8 && vips_version(1) >= 18);
    if (vips_type_find("VipsOperation", "heifsave_buffer") == 0) {
        *reason = "this libvips has no AVIF encoder";
    } else if (options->avif.tune != TUNE_AUTO && !has_tune()) {
        *reason = "'tune' of avif needs a libvips of at least 8.18: the prebuilt one";
    } else if (options->avif.depth > 8 && !recent) {
        *reason = "'depth' over 8 bits of avif needs a libvips of at least 8.18: the prebuilt one";
    } else if (quality_for(FORMAT_AVIF, &options->quality) < 0 && !recent) {
        *reason = "lossless avif needs a libvips of at least 8.18: the prebuilt one";
    } else {
        return true;
    }
    return false;
}

static enum status avif_check(const struct encode_options *options, struct error *error)
{
    if (options->avif.depth % 2 != 0) {
        return error_set(error, STATUS_USAGE, "'depth' is %d bits, allowed are 8, 10 and 12",
                         options->avif.depth);
    }
    return STATUS_OK;
}

static void avif_version(const struct encode_options *options, struct buffer *out)
{
    (void)options;
    buffer_format(out, "libvips %s", image_library_version());
}

static void avif_words(const struct encode_options *options, double quality, struct buffer *out)
{
    (void)quality;
    if (options->avif.depth != 8) {
        buffer_format(out, " %d-bit", options->avif.depth);
    }
    buffer_format(out, " effort %d", options->avif.effort);
}

/* From the measurements in stages/README.md. */
static double avif_cost(const struct encode_options *options, double quality)
{
    static const double seconds[] = {0.1, 0.2, 0.4, 0.8, 3, 4, 6, 9, 14, 20};
    (void)quality;
    return seconds[options->avif.effort];
}

const struct codec codec_avif = {
    .format = FORMAT_AVIF,
    .lowest = 1,
    .highest = 100,
    .group = "avif",
    .available = avif_available,
    .check = avif_check,
    .version = avif_version,
    .words = avif_words,
    .cost = avif_cost,
    .encode = avif_encode,
};

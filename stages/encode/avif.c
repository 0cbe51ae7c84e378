/* SPDX-License-Identifier: MIT
 * AVIF through libvips' heifsave: libheif and libaom, of the system or of the prebuilt library.
 * What it makes depends on the number of encoder threads, which is the process's own constant; it
 * cannot be stopped from within. */
#include <math.h>
#include <string.h>

#include <vips/vips.h>

#include "encode.h"
#include "image.h"
#include "quality.h"
#include "trial.h"
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
    if (!vips_can("heifsave_buffer")) {
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
    if (options->avif.effort == EFFORT_AUTO) {
        buffer_text(out, " effort auto");
    } else {
        buffer_format(out, " effort %d", options->avif.effort);
    }
}

/* From the measurements in stages/README.md. */
static double avif_cost(const struct encode_options *options, double quality)
{
    static const double seconds[] = {0.19, 0.36, 0.65, 1.2, 5.8, 7.5, 11, 17, 26, 38};
    (void)quality;
    return seconds[options->avif.effort == EFFORT_AUTO ? 3 : options->avif.effort];
}

/* ---- auto --------------------------------------------------------------------------------- */

static int *effort_field(struct encode_options *options)
{
    return &options->avif.effort;
}

enum { EFFORT_0, EFFORT_1, EFFORT_2, EFFORT_3 }; /* places in the runs */

/* Levels were measured at effort 2. A number means what it means at effort 4, which is too slow to
 * be tried: it is to 2 as 3 is to 2, the more so the smaller the rendition. Fitted to 28 renditions
 * of photographs; 1.0 so that few score less than effort 4. */
static double avif_lacks(const struct trial_runs *runs, size_t candidate)
{
    static const double doubt[] = {[EFFORT_0] = 0.5, [EFFORT_1] = 0.4, [EFFORT_3] = 0};
    const double two = runs->at[EFFORT_2].score;
    const double more = 0.75 + 0.81 * (runs->at[EFFORT_3].score - two) -
                        0.19 * log2((double)runs->pixels / 921600) + 1.0;
    return two + (runs->level ? 0 : more) - runs->at[candidate].score + doubt[candidate];
}

static enum status avif_decode(const void *bytes, size_t size, int width, int height, uint8_t *rgb,
                               struct error *error)
{
    VipsImage *image = NULL, *memory = NULL;
    enum status status = STATUS_OK;
    if (vips_heifload_buffer((void *)(uintptr_t)bytes, size, &image, NULL) != 0 ||
        image->Xsize != width || image->Ysize != height || image->Bands != 3 ||
        image->BandFmt != VIPS_FORMAT_UCHAR || !(memory = vips_image_copy_memory(image))) {
        status = image_error(error, STATUS_FAILED, "decoding an avif of our own failed");
    } else {
        memcpy(rgb, VIPS_IMAGE_ADDR(memory, 0, 0), (size_t)width * (size_t)height * 3);
    }
    image_release(&memory);
    image_release(&image);
    return status;
}

static const struct trial_rules rules = {
    .word = "effort",
    .candidates =
        {[EFFORT_0] = {.effort = 0, .seconds = 0.07, .most_steps = 5},
         [EFFORT_1] = {.effort = 1, .seconds = 0.18, .least_pixels = 1500000, .most_steps = 5},
         [EFFORT_2] = {.effort = 2, .seconds = 0.35},
         [EFFORT_3] = {.effort = 3, .seconds = 0.6}},
    .least_pixels = 900000,
    .small = 3,
    .blind = 2,
    .small_quality = 4,
    .bytes_a_second = 22e3,
    .field = effort_field,
    .lacks = avif_lacks,
    .decode = avif_decode,
};

const struct codec codec_avif = {
    .format = FORMAT_AVIF,
    .lowest = 1,
    .highest = 100,
    .group = "avif",
    .available = avif_available,
    .check = avif_check,
    .version = avif_version,
    .words = avif_words,
    .trial = &rules,
    .cost = avif_cost,
    .encode = avif_encode,
};

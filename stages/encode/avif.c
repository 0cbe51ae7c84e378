/* SPDX-License-Identifier: MIT
 * AVIF through libvips' heifsave: libheif and libaom, of the system or of the prebuilt library.
 * What it makes depends on the number of encoder threads, which is the process's own constant; it
 * cannot be stopped from within. */
#include <math.h>
#include <string.h>

#include <vips/vips.h>

#include "encode.h"
#include "image.h"
#include "memory.h"
#include "quality.h"
#include "trial.h"
#include "vips_save.h"

static const char *const tune_words[] = {"iq", "iq", "ssim", "psnr"};

static bool has_tune(void)
{
    return vips_has("heifsave_buffer", "tune");
}

static int depth_of(const struct encode_options *options)
{
    return options->avif.depth == DEPTH_AUTO ? 8 : options->avif.depth;
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
                 options->avif.effort, "bitdepth", depth_of(options), "lossless",
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

/* heifsave makes 10 bits of 8 by a shift: white would no longer be white. */
static uint16_t *widen(const struct pixels *pixels, struct pixels *out)
{
    const size_t row = (size_t)pixels->width * (size_t)pixels->bands;
    const size_t rows = (size_t)pixels->height * (size_t)pixels->frames;
    uint16_t *wide = memory_alloc(row * rows * sizeof *wide);
    for (size_t y = 0; wide && y < rows; y++) {
        const uint8_t *from = pixels->bytes + y * pixels->stride;
        for (size_t i = 0; i < row; i++) {
            wide[y * row + i] = (uint16_t)(from[i] * 257);
        }
    }
    *out = *pixels;
    out->bytes = (const uint8_t *)wide;
    out->stride = row * sizeof *wide;
    out->depth = 2;
    return wide;
}

static enum status avif_encode(const struct encode_job *job, struct buffer *out,
                               struct error *error)
{
    const bool deep = depth_of(job->options) > 8;
    struct pixels wide = *job->pixels;
    uint16_t *owned = NULL;
    VipsImage *image = NULL;
    if (encode_stopped(job->flow)) {
        return encode_interrupted(error);
    }
    if (deep && wide.depth == 1 && !(owned = widen(job->pixels, &wide))) {
        return error_memory(error);
    }
    enum status status = vips_bare(&wide, job->attachments, &image, error);
    if (status == STATUS_OK) {
        status = save(image, job, out, error);
    }
    image_release(&image);
    memory_free(owned);
    return status;
}

/* What only a recent library does right. Debian 12's libaom 3.6.0 writes past its memory when given
 * 10 bits (valgrind, any effort), and its libvips 8.14 does not ask for the colour matrix under
 * which lossless is lossless. */
static bool is_recent(void)
{
    return vips_version(0) > 8 || (vips_version(0) == 8 && vips_version(1) >= 18);
}

static bool avif_available(const struct encode_options *options, const char **reason)
{
    const bool recent = is_recent();
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
    if (depth_of(options) % 2 != 0) {
        return error_set(error, STATUS_USAGE, "'depth' is %d bits, allowed are 8, 10, 12 and auto",
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
    if (depth_of(options) != 8) {
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

enum { EFFORT_0, EFFORT_2, EFFORT_3 }; /* places of the candidates */

static void effort_take(const struct trial_candidate *candidate, struct encode_options *options)
{
    options->avif.effort = candidate->effort;
    if (options->avif.depth == DEPTH_AUTO && is_recent()) {
        options->avif.depth = candidate->depth;
    }
}

/* What a candidate lacks of effort 4 at the same number, which is too slow to be tried: of effort 3
 * as the crops say, and from there by how much there is in a pixel, and by size. A level was
 * measured at effort 2, which is 1.2 below 4. Beyond that so much that few files are lower; the
 * most where files are small, for there it costs the fewest bytes. */
static double avif_lacks(const struct trial_runs *runs, size_t candidate)
{
    static const double lacks[] = {[EFFORT_0] = 1.7, [EFFORT_2] = 1.4, [EFFORT_3] = 1.55};
    const struct trial_run *run = &runs->at[candidate], *three = &runs->at[EFFORT_3];
    const double size = (double)runs->pixels, bytes = run->bytes / TRIAL_PIXELS * size;
    const double lacking = three->score - run->score + lacks[candidate] +
                           0.75 * log(three->bytes * 8 / TRIAL_PIXELS) - 0.1 * log2(size / 921600);
    return lacking + (runs->level ? -1.2 : 0.33 + 0.4 * fmax(0, log(200e3 / bytes)));
}

static enum status avif_decode(const void *bytes, size_t size, int width, int height, uint8_t *rgb,
                               struct error *error)
{
    VipsImage *image = NULL, *memory = NULL;
    enum status status = STATUS_OK;
    if (vips_heifload_buffer((void *)(uintptr_t)bytes, size, &image, NULL) != 0 ||
        image->Xsize != width || image->Ysize != height || image->Bands != 3 ||
        (image->BandFmt != VIPS_FORMAT_UCHAR && image->BandFmt != VIPS_FORMAT_USHORT) ||
        !(memory = vips_image_copy_memory(image))) {
        status = image_error(error, STATUS_FAILED, "decoding an avif of our own failed");
    } else {
        const size_t count = (size_t)width * (size_t)height * 3;
        const void *samples = VIPS_IMAGE_ADDR(memory, 0, 0);
        const uint16_t *deep = samples;
        if (memory->BandFmt == VIPS_FORMAT_UCHAR) {
            memcpy(rgb, samples, count);
        } else {
            for (size_t i = 0; i < count; i++) { /* 10 bits, in the upper ones of 16 */
                rgb[i] = (uint8_t)(((deep[i] >> 6) * 255 + 511) / 1023);
            }
        }
    }
    image_release(&memory);
    image_release(&image);
    return status;
}

static const struct trial_rules rules = {
    .candidates = {[EFFORT_0] = {.effort = 0, .depth = 10, .seconds = 0.1},
                   [EFFORT_2] = {.effort = 2, .depth = 10, .seconds = 0.45},
                   [EFFORT_3] = {.effort = 3, .depth = 8, .seconds = 0.54}},
    .least_pixels = 900000,
    .small = 3,
    .blind = 2,
    .small_quality = 4,
    .bytes_a_second = 22e3,
    .field = effort_field,
    .take = effort_take,
    .lacks = avif_lacks,
    .decode = avif_decode,
};

const struct codec codec_avif = {
    .format = FORMAT_AVIF,
    .lowest = 1,
    .highest = 100,
    .group = "avif",
    .available = avif_available,
    .apart = true,
    .check = avif_check,
    .version = avif_version,
    .words = avif_words,
    .trial = &rules,
    .cost = avif_cost,
    .encode = avif_encode,
};

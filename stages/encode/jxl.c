/* SPDX-License-Identifier: MIT
 * JPEG XL through libjxl, where it was there when the program was built. One thread, so that the
 * bytes never depend on the machine. Knows no libvips. */
#include "encode.h"

#ifdef PICSET_WITH_JXL

#include <string.h>

#include <jxl/encode.h>

struct jxl_run {
    const struct encode_job *job;
    JxlEncoder *encoder;
    struct buffer *out;
};

static bool set_info(const struct jxl_run *run)
{
    const struct pixels *pixels = run->job->pixels;
    const bool alpha = pixels->bands % 2 == 0;
    JxlBasicInfo info;
    JxlEncoderInitBasicInfo(&info);
    info.xsize = (uint32_t)pixels->width;
    info.ysize = (uint32_t)pixels->height;
    info.bits_per_sample = (uint32_t)pixels->depth * 8;
    info.num_color_channels = pixels->bands < 3 ? 1 : 3;
    info.num_extra_channels = alpha;
    info.alpha_bits = alpha ? info.bits_per_sample : 0;
    info.uses_original_profile = run->job->quality < 0;
    return JxlEncoderSetBasicInfo(run->encoder, &info) == JXL_ENC_SUCCESS;
}

static bool set_colour(const struct jxl_run *run)
{
    const struct span icc = run->job->attachments->icc;
    JxlColorEncoding srgb;
    if (icc.size > 0 &&
        JxlEncoderSetICCProfile(run->encoder, icc.bytes, icc.size) == JXL_ENC_SUCCESS) {
        return true;
    }
    JxlColorEncodingSetToSRGB(&srgb, run->job->pixels->bands < 3);
    return JxlEncoderSetColorEncoding(run->encoder, &srgb) == JXL_ENC_SUCCESS;
}

static bool add_box(const struct jxl_run *run, const char *type, const char *head, size_t head_size,
                    struct span span)
{
    struct buffer box = {0};
    if (span.size == 0) {
        return true;
    }
    buffer_bytes(&box, head, head_size);
    buffer_bytes(&box, span.bytes, span.size);
    const bool added =
        !buffer_failed(&box) && JxlEncoderAddBox(run->encoder, type, (const uint8_t *)box.data,
                                                 box.size, JXL_FALSE) == JXL_ENC_SUCCESS;
    buffer_free(&box);
    return added;
}

/* The EXIF box begins with the offset of the TIFF header (ISO/IEC 18181-2, annex A). */
static bool add_boxes(const struct jxl_run *run)
{
    const struct attachments *attachments = run->job->attachments;
    if (attachments->exif.size + attachments->xmp.size == 0) {
        return true;
    }
    return JxlEncoderUseBoxes(run->encoder) == JXL_ENC_SUCCESS &&
           add_box(run, "Exif", "\0\0\0\0", 4, attachments->exif) &&
           add_box(run, "xml ", "", 0, attachments->xmp);
}

/* libjxl's own mapping from JPEG's scale to distance, of releases that do not yet export it. */
static float distance_of(double quality)
{
    const double distance = quality >= 30
                                ? 0.1 + (100 - quality) * 0.09
                                : 53.0 / 3000 * quality * quality - 23.0 / 20 * quality + 25;
    return (float)distance;
}

static bool add_frame(const struct jxl_run *run)
{
    const struct pixels *pixels = run->job->pixels;
    const JxlPixelFormat format = {.num_channels = (uint32_t)pixels->bands,
                                   .data_type =
                                       pixels->depth == 2 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
                                   .endianness = JXL_NATIVE_ENDIAN};
    JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(run->encoder, NULL);
    if (settings == NULL ||
        JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT,
                                         run->job->options->jxl.effort) != JXL_ENC_SUCCESS) {
        return false;
    }
    const JxlEncoderStatus set =
        run->job->quality < 0
            ? JxlEncoderSetFrameLossless(settings, JXL_TRUE)
            : JxlEncoderSetFrameDistance(settings, distance_of(run->job->quality));
    return set == JXL_ENC_SUCCESS &&
           JxlEncoderAddImageFrame(settings, &format, pixels->bytes,
                                   pixels->stride * (size_t)pixels->height) == JXL_ENC_SUCCESS;
}

static enum status drain(const struct jxl_run *run, struct error *error)
{
    enum { PIECE = 64 * 1024 };
    JxlEncoderStatus more = JXL_ENC_NEED_MORE_OUTPUT;
    while (more == JXL_ENC_NEED_MORE_OUTPUT) {
        if (encode_stopped(run->job->flow)) {
            return encode_interrupted(error);
        }
        uint8_t *place = (uint8_t *)buffer_reserve(run->out, PIECE);
        size_t left = PIECE;
        if (place == NULL) {
            return error_memory(error);
        }
        more = JxlEncoderProcessOutput(run->encoder, &place, &left);
        run->out->size += PIECE - left;
    }
    return more == JXL_ENC_SUCCESS ? STATUS_OK
                                   : error_set(error, STATUS_FAILED, "encoding the jxl failed");
}

static enum status jxl_encode(const struct encode_job *job, struct buffer *out, struct error *error)
{
    struct jxl_run run = {.job = job, .encoder = JxlEncoderCreate(NULL), .out = out};
    if (run.encoder == NULL) {
        return error_memory(error);
    }
    enum status status;
    if (set_info(&run) && set_colour(&run) && add_boxes(&run) && add_frame(&run)) {
        JxlEncoderCloseInput(run.encoder);
        status = drain(&run, error);
    } else {
        status = error_set(error, STATUS_FAILED, "libjxl refused the image (error %d)",
                           (int)JxlEncoderGetError(run.encoder));
    }
    JxlEncoderDestroy(run.encoder);
    return status;
}

static bool jxl_available(const struct encode_options *options, const char **reason)
{
    (void)options;
    *reason = "";
    return true;
}

static void jxl_version(const struct encode_options *options, struct buffer *out)
{
    const uint32_t version = JxlEncoderVersion();
    (void)options;
    buffer_format(out, "libjxl %u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
}

#else

static enum status jxl_encode(const struct encode_job *job, struct buffer *out, struct error *error)
{
    (void)job;
    (void)out;
    return error_set(error, STATUS_UNSUPPORTED, "JPEG XL is not built in");
}

static bool jxl_available(const struct encode_options *options, const char **reason)
{
    (void)options;
    *reason = "JPEG XL is not built in: libjxl was missing when the program was built";
    return false;
}

static void jxl_version(const struct encode_options *options, struct buffer *out)
{
    (void)options;
    buffer_text(out, "none");
}

#endif

static void jxl_words(const struct encode_options *options, double quality, struct buffer *out)
{
    (void)quality;
    buffer_format(out, " effort %d", options->jxl.effort);
}

static double jxl_cost(const struct encode_options *options, double quality)
{
    static const double seconds[] = {0, 0.05, 0.05, 0.08, 0.15, 0.2, 0.4, 0.6, 3, 10};
    return seconds[options->jxl.effort] * (quality < 0 ? 4 : 1);
}

const struct codec codec_jxl = {
    .format = FORMAT_JXL,
    .lowest = 1,
    .highest = 100,
    .group = "jxl",
    .available = jxl_available,
    .version = jxl_version,
    .words = jxl_words,
    .cost = jxl_cost,
    .encode = jxl_encode,
};

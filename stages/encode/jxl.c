/* SPDX-License-Identifier: MIT
 * JPEG XL through libjxl, where it was there when the program was built. One thread, so that the
 * bytes never depend on the machine. Knows no libvips. */
#include "encode.h"

#ifdef PICSET_WITH_JXL

#include <string.h>

#include <jxl/encode.h>

#include "late.h"

/* clang-format off */
#define JXL_CALLS(call) \
    call(Jxl, ColorEncodingSetToSRGB) call(Jxl, EncoderAddBox) call(Jxl, EncoderAddImageFrame) \
    call(Jxl, EncoderCloseInput) call(Jxl, EncoderCreate) call(Jxl, EncoderDestroy) \
    call(Jxl, EncoderFrameSettingsCreate) call(Jxl, EncoderFrameSettingsSetOption) \
    call(Jxl, EncoderGetError) call(Jxl, EncoderInitBasicInfo) call(Jxl, EncoderProcessOutput) \
    call(Jxl, EncoderSetBasicInfo) call(Jxl, EncoderSetColorEncoding) \
    call(Jxl, EncoderSetFrameDistance) call(Jxl, EncoderSetFrameLossless) \
    call(Jxl, EncoderSetICCProfile) call(Jxl, EncoderUseBoxes) call(Jxl, EncoderVersion)
/* clang-format on */

struct jxl {
    JXL_CALLS(LATE_MEMBER)
};

#ifdef PICSET_LATE_JXL
LATE_LOADED(jxl, PICSET_LATE_JXL, JXL_CALLS)
#else
LATE_LINKED(jxl, JXL_CALLS)
#endif

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
    jxl_calls()->EncoderInitBasicInfo(&info);
    info.xsize = (uint32_t)pixels->width;
    info.ysize = (uint32_t)pixels->height;
    info.bits_per_sample = (uint32_t)pixels->depth * 8;
    info.num_color_channels = pixels->bands < 3 ? 1 : 3;
    info.num_extra_channels = alpha;
    info.alpha_bits = alpha ? info.bits_per_sample : 0;
    info.uses_original_profile = run->job->quality < 0;
    return jxl_calls()->EncoderSetBasicInfo(run->encoder, &info) == JXL_ENC_SUCCESS;
}

static bool set_colour(const struct jxl_run *run)
{
    const struct span icc = run->job->attachments->icc;
    JxlColorEncoding srgb;
    if (icc.size > 0 &&
        jxl_calls()->EncoderSetICCProfile(run->encoder, icc.bytes, icc.size) == JXL_ENC_SUCCESS) {
        return true;
    }
    jxl_calls()->ColorEncodingSetToSRGB(&srgb, run->job->pixels->bands < 3);
    return jxl_calls()->EncoderSetColorEncoding(run->encoder, &srgb) == JXL_ENC_SUCCESS;
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
    const bool added = !buffer_failed(&box) &&
                       jxl_calls()->EncoderAddBox(run->encoder, type, (const uint8_t *)box.data,
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
    return jxl_calls()->EncoderUseBoxes(run->encoder) == JXL_ENC_SUCCESS &&
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
    JxlEncoderFrameSettings *settings = jxl_calls()->EncoderFrameSettingsCreate(run->encoder, NULL);
    if (settings == NULL || jxl_calls()->EncoderFrameSettingsSetOption(
                                settings, JXL_ENC_FRAME_SETTING_EFFORT,
                                run->job->options->jxl.effort) != JXL_ENC_SUCCESS) {
        return false;
    }
    const JxlEncoderStatus set =
        run->job->quality < 0
            ? jxl_calls()->EncoderSetFrameLossless(settings, JXL_TRUE)
            : jxl_calls()->EncoderSetFrameDistance(settings, distance_of(run->job->quality));
    return set == JXL_ENC_SUCCESS &&
           jxl_calls()->EncoderAddImageFrame(settings, &format, pixels->bytes,
                                             pixels->stride * (size_t)pixels->height) ==
               JXL_ENC_SUCCESS;
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
        more = jxl_calls()->EncoderProcessOutput(run->encoder, &place, &left);
        run->out->size += PIECE - left;
    }
    return more == JXL_ENC_SUCCESS ? STATUS_OK
                                   : error_set(error, STATUS_FAILED, "encoding the jxl failed");
}

static enum status jxl_encode(const struct encode_job *job, struct buffer *out, struct error *error)
{
    if (jxl_calls() == NULL) {
        return error_set(error, STATUS_UNSUPPORTED, "libjxl is not there");
    }
    struct jxl_run run = {.job = job, .encoder = jxl_calls()->EncoderCreate(NULL), .out = out};
    if (run.encoder == NULL) {
        return error_memory(error);
    }
    enum status status;
    if (set_info(&run) && set_colour(&run) && add_boxes(&run) && add_frame(&run)) {
        jxl_calls()->EncoderCloseInput(run.encoder);
        status = drain(&run, error);
    } else {
        status = error_set(error, STATUS_FAILED, "libjxl refused the image (error %d)",
                           (int)jxl_calls()->EncoderGetError(run.encoder));
    }
    jxl_calls()->EncoderDestroy(run.encoder);
    return status;
}

static bool jxl_available(const struct encode_options *options, const char **reason)
{
    (void)options;
    *reason = "JPEG XL is built in, but libjxl is not there";
    return jxl_calls() != NULL;
}

static void jxl_version(const struct encode_options *options, struct buffer *out)
{
    const uint32_t version = jxl_calls() ? jxl_calls()->EncoderVersion() : 0;
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

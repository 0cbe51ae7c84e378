/* SPDX-License-Identifier: MIT
 * WebP through libwebp: stills with the progress hook, so that a run can stop; animations and
 * metadata through libwebpmux. Knows no libvips. */
#include <math.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "encode.h"
#include "memory.h"
#include "trial.h"

static int on_bytes(const uint8_t *bytes, size_t size, const WebPPicture *picture)
{
    struct buffer *out = picture->custom_ptr;
    buffer_bytes(out, bytes, size);
    return !buffer_failed(out);
}

static int on_progress(int percent, const WebPPicture *picture)
{
    (void)percent;
    return !encode_stopped(picture->user_data);
}

static enum status webp_error(const struct encode_job *job, WebPEncodingError code,
                              struct error *error)
{
    static const char *const words[] = {"none",
                                        "out of memory",
                                        "out of memory",
                                        "null parameter",
                                        "bad configuration",
                                        "bad dimension",
                                        "partition 0 over 512 KiB",
                                        "partition over 16 MiB",
                                        "bad write",
                                        "file over 4 GiB",
                                        "aborted"};
    if (encode_stopped(job->flow)) {
        return encode_interrupted(error);
    }
    const enum status status = error_set(error, STATUS_FAILED, "encoding the webp failed");
    error_cause(error, (size_t)code < sizeof words / sizeof *words ? words[code] : "unknown");
    return status;
}

static bool configure(const struct encode_job *job, WebPConfig *config)
{
    const bool near = job->options->webp.near_lossless < 100;
    if (!WebPConfigInit(config)) {
        return false;
    }
    config->method = job->options->webp.method;
    config->alpha_quality = job->options->webp.alpha_quality;
    config->exact = job->options->webp.exact;
    config->use_sharp_yuv = job->options->webp.sharp_yuv;
    if (job->quality < 0) { /* the method is the effort, in 0..100 too (libwebp's own presets) */
        static const float efforts[] = {0, 20, 25, 30, 50, 75, 100};
        config->lossless = 1;
        config->quality = efforts[job->options->webp.method];
        config->near_lossless = near ? job->options->webp.near_lossless : 100;
    } else {
        config->quality = (float)job->quality;
    }
    return WebPValidateConfig(config);
}

/* The frame as libwebp's own picture; false when memory is short. */
static bool import_frame(const struct encode_job *job, int frame, bool argb, WebPPicture *picture)
{
    size_t stride;
    void *owned;
    const uint8_t *rows = pixels_rgb(job->pixels, frame, &stride, &owned);
    if (rows == NULL) {
        return false;
    }
    picture->use_argb = argb;
    picture->width = job->pixels->width;
    picture->height = job->pixels->height;
    const int good = job->pixels->bands % 2 == 0 ? WebPPictureImportRGBA(picture, rows, (int)stride)
                                                 : WebPPictureImportRGB(picture, rows, (int)stride);
    memory_free(owned);
    return good != 0;
}

static enum status encode_still(const struct encode_job *job, const WebPConfig *config,
                                struct buffer *out, struct error *error)
{
    WebPPicture picture;
    enum status status = STATUS_OK;
    if (!WebPPictureInit(&picture)) {
        return error_set(error, STATUS_BUG, "libwebp is of another version than its header");
    }
    if (!import_frame(job, 0, config->lossless || config->use_sharp_yuv, &picture)) {
        status = error_memory(error);
        goto out;
    }
    picture.writer = on_bytes;
    picture.custom_ptr = out;
    picture.progress_hook = on_progress;
    picture.user_data = (void *)(uintptr_t)job->flow;
    if (!WebPEncode(config, &picture)) {
        status =
            buffer_failed(out) ? error_memory(error) : webp_error(job, picture.error_code, error);
    }
out:
    WebPPictureFree(&picture);
    return status;
}

static int frame_delay(const struct pixels *pixels, int frame)
{
    if (pixels->delay_count == 0) {
        return 100; /* ms: what viewers take when a file does not say */
    }
    const int last = pixels->delay_count - 1;
    const int delay = pixels->delays[frame < last ? frame : last];
    return delay > 0 ? delay : 0;
}

/* 16 bits in the container. A GIF that repeats 65535 times is shown 65536 times. */
static int loop_count(const struct pixels *pixels)
{
    return pixels->loops < UINT16_MAX ? pixels->loops : UINT16_MAX;
}

static enum status add_frames(const struct encode_job *job, const WebPConfig *config,
                              WebPAnimEncoder *encoder, struct error *error)
{
    int time = 0; /* ms */
    for (int frame = 0; frame < job->pixels->frames; frame++) {
        WebPPicture picture;
        if (encode_stopped(job->flow)) {
            return encode_interrupted(error);
        }
        if (!WebPPictureInit(&picture)) {
            return error_set(error, STATUS_BUG, "libwebp is of another version than its header");
        }
        const bool read = import_frame(job, frame, true, &picture);
        const bool added = read && WebPAnimEncoderAdd(encoder, &picture, time, config);
        const WebPEncodingError code = picture.error_code;
        WebPPictureFree(&picture);
        if (!read) {
            return error_memory(error);
        }
        if (!added) {
            return webp_error(job, code, error);
        }
        time += frame_delay(job->pixels, frame);
    }
    return WebPAnimEncoderAdd(encoder, NULL, time, NULL)
               ? STATUS_OK
               : webp_error(job, VP8_ENC_ERROR_OUT_OF_MEMORY, error);
}

static enum status encode_frames(const struct encode_job *job, const WebPConfig *config,
                                 struct buffer *out, struct error *error)
{
    WebPAnimEncoderOptions options;
    WebPData data = {0};
    if (!WebPAnimEncoderOptionsInit(&options)) {
        return error_set(error, STATUS_BUG, "libwebpmux is of another version than its header");
    }
    options.anim_params.loop_count = loop_count(job->pixels);
    WebPAnimEncoder *encoder =
        WebPAnimEncoderNew(job->pixels->width, job->pixels->height, &options);
    if (encoder == NULL) {
        return error_memory(error);
    }
    enum status status = add_frames(job, config, encoder, error);
    if (status == STATUS_OK && !WebPAnimEncoderAssemble(encoder, &data)) {
        status = webp_error(job, VP8_ENC_ERROR_OUT_OF_MEMORY, error);
    }
    buffer_bytes(out, data.bytes, data.size);
    if (status == STATUS_OK && buffer_failed(out)) {
        status = error_memory(error);
    }
    WebPDataClear(&data);
    WebPAnimEncoderDelete(encoder);
    return status;
}

static bool set_chunk(WebPMux *mux, const char *name, struct span span)
{
    const WebPData data = {span.bytes, span.size};
    return span.size == 0 || WebPMuxSetChunk(mux, name, &data, 0) == WEBP_MUX_OK;
}

/* Replaces the bytes in `out` by the same image in a container that holds the attachments. */
static enum status attach(const struct attachments *attachments, struct buffer *out,
                          struct error *error)
{
    const WebPData image = {(const uint8_t *)out->data, out->size};
    WebPData joined = {0};
    enum status status = STATUS_OK;
    if (attachments->icc.size + attachments->exif.size + attachments->xmp.size == 0) {
        return STATUS_OK;
    }
    WebPMux *mux = WebPMuxCreate(&image, 0);
    if (mux == NULL || !set_chunk(mux, "ICCP", attachments->icc) ||
        !set_chunk(mux, "EXIF", attachments->exif) || !set_chunk(mux, "XMP ", attachments->xmp) ||
        WebPMuxAssemble(mux, &joined) != WEBP_MUX_OK) {
        status = error_set(error, STATUS_FAILED, "adding metadata to the webp failed");
    } else {
        buffer_clear(out);
        buffer_bytes(out, joined.bytes, joined.size);
        status = buffer_failed(out) ? error_memory(error) : STATUS_OK;
    }
    WebPDataClear(&joined);
    WebPMuxDelete(mux);
    return status;
}

static enum status webp_encode(const struct encode_job *job, struct buffer *out,
                               struct error *error)
{
    WebPConfig config;
    if (!configure(job, &config)) {
        return error_set(error, STATUS_BUG, "libwebp refused the configuration");
    }
    const enum status status = job->pixels->frames > 1 ? encode_frames(job, &config, out, error)
                                                       : encode_still(job, &config, out, error);
    return status == STATUS_OK ? attach(job->attachments, out, error) : status;
}

static void webp_version(const struct encode_options *options, struct buffer *out)
{
    const int version = WebPGetEncoderVersion();
    (void)options;
    buffer_format(out, "libwebp %d.%d.%d", version >> 16, version >> 8 & 255, version & 255);
}

static void webp_words(const struct encode_options *options, double quality, struct buffer *out)
{
    if (quality < 0 && options->webp.near_lossless < 100) {
        buffer_format(out, " near %d", options->webp.near_lossless);
    }
    if (options->webp.method == EFFORT_AUTO) {
        buffer_text(out, " method auto");
    } else {
        buffer_format(out, " method %d", options->webp.method);
    }
}

/* From the measurements in stages/README.md. */
static double webp_cost(const struct encode_options *options, double quality)
{
    static const double lossy[] = {0.035, 0.045, 0.06, 0.12, 0.13, 0.2, 0.35};
    static const double lossless[] = {0.1, 0.2, 0.25, 0.3, 0.33, 0.6, 2};
    const int method = options->webp.method == EFFORT_AUTO ? 3 : options->webp.method;
    return quality < 0 ? lossless[method] : lossy[method] * (options->webp.sharp_yuv ? 1.6 : 1);
}

/* ---- auto --------------------------------------------------------------------------------- */

static int *method_field(struct encode_options *options)
{
    return &options->webp.method;
}

static void method_take(const struct trial_candidate *candidate, struct encode_options *options)
{
    options->webp.method = candidate->effort;
}

/* A quality is that of method 4. Where crops lie side by side method 4 may be worse by many points,
 * which says nothing of the rendition: then the mean of photographs counts. */
static double webp_lacks(const struct trial_runs *runs, size_t candidate)
{
    const double found = runs->at[1].score - runs->at[0].score;
    return candidate == 1 ? 0 : fabs(found) > 2 ? 0.3 : found;
}

static enum status webp_decode(const void *bytes, size_t size, int width, int height, uint8_t *rgb,
                               struct error *error)
{
    const size_t room = (size_t)width * (size_t)height * 3;
    if (!WebPDecodeRGBInto(bytes, size, rgb, room, width * 3)) {
        return error_set(error, STATUS_FAILED, "decoding a webp of our own failed");
    }
    return STATUS_OK;
}

static const struct trial_rules rules = {
    .candidates = {{.effort = 2, .seconds = 0.04}, {.effort = 4, .seconds = 0.085}},
    .least_pixels = 5000000,
    .tiny_pixels = 500000,
    .small = 2,
    .tiny = 4,
    .blind = 4,
    .bytes_a_second = 700e3,
    .field = method_field,
    .take = method_take,
    .lacks = webp_lacks,
    .decode = webp_decode,
};

const struct codec codec_webp = {
    .format = FORMAT_WEBP,
    .lowest = 0,
    .highest = 100,
    .group = "webp",
    .wants = WANTS_8BIT,
    .version = webp_version,
    .words = webp_words,
    .trial = &rules,
    .cost = webp_cost,
    .encode = webp_encode,
};

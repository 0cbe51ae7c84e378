/* SPDX-License-Identifier: MIT
 * The second JPEG writer: libvips' own, where its libjpeg is mozjpeg. For trellis quantisation and
 * optimised scans, which libjpeg-turbo does not have. */
#include <pthread.h>
#include <string.h>

#include <vips/vips.h>

#include "encode.h"
#include "image.h"
#include "vips_save.h"

/* With mozjpeg's own quantisation table (3) trellis makes files 8 to 12 % smaller than
 * libjpeg-turbo's progressive ones at equal score; with the usual table 2 %. */
static VipsOperation *new_save(VipsImage *image, bool trellis, bool scans, double quality)
{
    VipsOperation *operation = vips_operation_new("jpegsave_buffer");
    if (operation != NULL) {
        g_object_set(operation, "in", image, "Q", (int)quality, "optimize-coding", TRUE,
                     "trellis-quant", (gboolean)trellis, "overshoot-deringing", (gboolean)trellis,
                     "optimize-scans", (gboolean)scans, "quant-table", trellis ? 3 : 0, NULL);
    }
    return operation;
}

static bool probe_encode(const struct pixels *pixels, bool trellis, struct buffer *out)
{
    static const struct attachments nothing;
    struct error error = {0};
    VipsImage *image = NULL;
    enum status status = vips_bare(pixels, &nothing, &image, &error);
    VipsOperation *operation = status == STATUS_OK ? new_save(image, trellis, false, 75) : NULL;
    const bool made =
        operation && vips_save_run(operation, "probing failed", out, &error) == STATUS_OK;
    image_release(&image);
    return made;
}

/* libvips does not tell which libjpeg it has and ignores what that cannot do: so a small picture is
 * encoded both ways, and bytes that differ are the proof. */
static bool probe(void)
{
    enum { SIDE = 32 };
    uint8_t grey[SIDE * SIDE];
    struct buffer plain = {0}, trellis = {0};
    struct error error = {0};
    const struct pixels pixels = {.bytes = grey,
                                  .stride = SIDE,
                                  .width = SIDE,
                                  .height = SIDE,
                                  .frames = 1,
                                  .bands = 1,
                                  .depth = 1};
    if (image_library_start(&error) != STATUS_OK) {
        return false;
    }
    for (unsigned i = 0, noise = 1; i < sizeof grey; i++) {
        noise = noise * 1103515245u + 12345u;
        grey[i] = (uint8_t)(128 + (int)(noise >> 16 & 63) - 32);
    }
    const bool differ =
        probe_encode(&pixels, false, &plain) && probe_encode(&pixels, true, &trellis) &&
        (plain.size != trellis.size || memcmp(plain.data, trellis.data, plain.size) != 0);
    buffer_free(&plain);
    buffer_free(&trellis);
    return differ;
}

static pthread_once_t mozjpeg_once = PTHREAD_ONCE_INIT;
static bool mozjpeg_there;

static void probe_once(void)
{
    mozjpeg_there = probe();
}

bool mozjpeg_available(void)
{
    pthread_once(&mozjpeg_once, probe_once);
    return mozjpeg_there;
}

enum status mozjpeg_encode(const struct encode_job *job, struct buffer *out, struct error *error)
{
    VipsImage *image = NULL;
    if (encode_stopped(job->flow)) {
        return encode_interrupted(error);
    }
    enum status status = vips_bare(job->pixels, job->attachments, &image, error);
    if (status != STATUS_OK) {
        return status;
    }
    const struct encode_options *options = job->options;
    const bool fine =
        options->jpeg.chroma == CHROMA_444 || (options->jpeg.chroma == CHROMA_AUTO && job->fine);
    VipsOperation *operation =
        new_save(image, options->jpeg.trellis, options->jpeg.scans, job->quality);
    if (operation == NULL) {
        status = image_error(error, STATUS_UNSUPPORTED, "this libvips has no JPEG encoder");
    } else {
        vips_keep(operation, job->attachments);
        g_object_set(operation, "interlace",
                     (gboolean)(options->jpeg.progressive || options->jpeg.scans), "subsample-mode",
                     fine ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON, NULL);
        status = vips_save_run(operation, "encoding the jpeg failed", out, error);
    }
    image_release(&image);
    return status;
}

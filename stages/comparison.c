/* SPDX-License-Identifier: MIT
 * Two decoded images held against each other, for people and for tests: the score and the noise. */
#include <math.h>

#include <vips/vips.h>

#include "image.h"
#include "score.h"

/* A tenth of white and of black: what is see-through is seen on one of them. */
static const uint8_t greys[] = {26, 230};

static struct score_view view_of(VipsImage *image, int frame, uint8_t behind)
{
    const size_t stride = VIPS_IMAGE_SIZEOF_LINE(image);
    return (struct score_view){.bytes = (const uint8_t *)VIPS_IMAGE_ADDR(image, 0, 0) +
                                        stride * (size_t)(frame * image_height(image)),
                               .stride = stride,
                               .bands = image->Bands,
                               .behind = behind};
}

static int sample_of(const struct score_view *view, const uint8_t *pixel, int channel)
{
    const int colours = view->bands < 3 ? 1 : 3;
    const int value = pixel[colours == 1 ? 0 : channel];
    const int alpha = view->bands > colours ? pixel[colours] : 255;
    return (value * alpha + view->behind * (255 - alpha) + 127) / 255;
}

static double psnr_of(const struct score_job *job)
{
    int64_t sum = 0;
    for (int y = 0; y < job->height; y++) {
        const uint8_t *a = job->original.bytes + (size_t)y * job->original.stride;
        const uint8_t *b = job->distorted.bytes + (size_t)y * job->distorted.stride;
        for (int x = 0; x < job->width; x++) {
            for (int channel = 0; channel < 3; channel++) {
                const int apart =
                    sample_of(&job->original, a, channel) - sample_of(&job->distorted, b, channel);
                sum += apart * apart;
            }
            a += job->original.bands;
            b += job->distorted.bands;
        }
    }
    const double mean = (double)sum / (3.0 * job->width * job->height);
    return sum > 0 ? 10 * log10(255.0 * 255.0 / mean) : (double)INFINITY;
}

static enum status frame_compare(VipsImage *original, VipsImage *distorted, int frame,
                                 uint8_t behind, struct comparison *worst, struct error *error)
{
    double score;
    const struct score_job job = {.original = view_of(original, frame, behind),
                                  .distorted = view_of(distorted, frame, behind),
                                  .width = image_width(original),
                                  .height = image_height(original)};
    if (score_rows(&job, &score, error) != STATUS_OK) {
        return error->status;
    }
    const double psnr = psnr_of(&job);
    if (score < worst->score || (score == worst->score && psnr < worst->psnr)) {
        worst->score = score;
        worst->psnr = psnr;
    }
    return STATUS_OK;
}

static bool is_readable(const VipsImage *image)
{
    return image->BandFmt == VIPS_FORMAT_UCHAR && image->Bands >= 1 && image->Bands <= 4;
}

enum status comparison_make(VipsImage *original, VipsImage *distorted, struct comparison *out,
                            struct error *error)
{
    const bool alpha = original->Bands % 2 == 0 || distorted->Bands % 2 == 0;
    struct comparison worst = {.score = 100, .psnr = (double)INFINITY, .alpha = alpha};
    if (!is_readable(original) || !is_readable(distorted) || original->Xsize != distorted->Xsize ||
        original->Ysize != distorted->Ysize || image_height(original) != image_height(distorted)) {
        return error_set(error, STATUS_BUG, "images of unlike shape cannot be compared");
    }
    for (int frame = 0; frame < image_frames(original); frame++) {
        for (int i = 0; i < (alpha ? 2 : 1); i++) {
            if (frame_compare(original, distorted, frame, greys[i], &worst, error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    *out = worst;
    return STATUS_OK;
}

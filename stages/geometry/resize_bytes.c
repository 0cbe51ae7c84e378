/* SPDX-License-Identifier: MIT
 * Reduction of 8-bit pictures whose bands are all alike, from rows as they lie in the picture
 * before to rows of the one after. Knows libvips' images; the sums are the kernel's. */
#include <vips/vips.h>

#include "image.h"
#include "kernels/shrink.h"
#include "machine.h"
#include "memory.h"
#include "raster.h"
#include "resize_bytes.h"

/* Rows of the result whose input is asked for at once: neighbours overlap by six rows of the
 * result, which are computed twice where the picture is not in memory yet. */
enum { STRIP_ROWS = 4 * SHRINK_ROWS };

struct work {
    const struct shrink_kernels *kernels;
    struct shrink_axis across, down;
    int columns; /* samples of an input row */
    const uint8_t **rows;
    int16_t *tile, *turned;
    uint8_t *spare; /* a row that nobody reads */
};

static bool axis_make(struct shrink_axis *axis, int in, int out, double picture)
{
    struct reduce_axis sums = {.in = in, .out = out, .taps = reduce_taps(picture / out)};
    const size_t weights = (size_t)out * (size_t)sums.taps;
    *axis = (struct shrink_axis){.in = in, .out = out};
    sums.first = memory_zero((size_t)out, sizeof(*sums.first));
    sums.weights = memory_zero(weights, sizeof(*sums.weights));
    axis->first = memory_zero((size_t)out, sizeof(*axis->first));
    axis->weights = memory_zero(weights, sizeof(*axis->weights));
    const bool made = sums.first && sums.weights && axis->first && axis->weights;
    if (made) {
        reduce_axis_fill(&sums, picture);
        shrink_axis_fill(axis, &sums);
    }
    memory_free(sums.first);
    memory_free(sums.weights);
    return made;
}

static bool work_make(struct work *work, const VipsImage *in, double width, double height,
                      struct size size)
{
    const struct shrink_kernels *vectors = machine_plain() ? NULL : shrink_vectors();
    work->kernels = vectors ? vectors : &shrink_plain;
    work->columns = in->Xsize * in->Bands;
    if (!axis_make(&work->across, in->Xsize, size.width, width) ||
        !axis_make(&work->down, in->Ysize, size.height, height)) {
        return false;
    }
    const size_t reach = (size_t)shrink_reach_most(&work->down);
    const size_t columns = (size_t)shrink_columns_padded(work->columns);
    work->rows = memory_zero(reach, sizeof(*work->rows));
    work->tile = memory_alloc(reach * SHRINK_COLUMNS * sizeof(*work->tile));
    work->turned = memory_alloc(columns * SHRINK_ROWS * sizeof(*work->turned));
    work->spare = memory_alloc((size_t)size.width * (size_t)in->Bands);
    return work->rows && work->tile && work->turned && work->spare;
}

static void work_release(struct work *work)
{
    memory_free(work->across.first);
    memory_free(work->across.weights);
    memory_free(work->down.first);
    memory_free(work->down.weights);
    memory_free(work->rows);
    memory_free(work->tile);
    memory_free(work->turned);
    memory_free(work->spare);
}

/* Rows top..top + SHRINK_ROWS - 1 of the result; `region` holds what they need. */
static void reduce_rows(struct work *work, VipsRegion *region, int top, VipsImage *out)
{
    const int reach = shrink_reach(&work->down, top);
    uint8_t *to[SHRINK_ROWS];
    for (int y = 0; y < reach; y++) {
        work->rows[y] = VIPS_REGION_ADDR(region, 0, work->down.first[top] + y);
    }
    for (int y = 0; y < SHRINK_ROWS; y++) {
        to[y] = top + y < out->Ysize ? VIPS_IMAGE_ADDR(out, 0, top + y) : work->spare;
    }
    work->kernels->down(&work->down, top, work->rows, work->columns, work->tile, work->turned);
    work->kernels->across(&work->across, out->Bands, work->turned, to);
}

static enum status reduce_strip(struct work *work, VipsRegion *region, int top, VipsImage *out,
                                struct error *error)
{
    const struct shrink_axis *down = &work->down;
    const int end = VIPS_MIN(top + STRIP_ROWS, out->Ysize);
    int last = 0;
    for (int y = top; y < end; y++) {
        last = VIPS_MAX(last, down->first[y] + down->taps);
    }
    const VipsRect strip = {0, down->first[top], work->across.in, last - down->first[top]};
    if (vips_region_prepare(region, &strip) != 0) {
        return image_error(error, STATUS_REFUSED, "the pixels cannot be computed");
    }
    for (int y = top; y < end; y += SHRINK_ROWS) {
        reduce_rows(work, region, y, out);
    }
    return STATUS_OK;
}

/* So many times smaller, at most: each product of a sum is rounded, and with many more of them the
 * rounding shows on even colours. */
enum { FACTOR_MOST = 16 };

bool resize_bytes_fits(const VipsImage *in, double width, double height, struct size size)
{
    return in->BandFmt == VIPS_FORMAT_UCHAR && in->Coding == VIPS_CODING_NONE &&
           in->Bands <= SHRINK_BANDS && size.width <= width && size.height <= height &&
           width <= FACTOR_MOST * size.width && height <= FACTOR_MOST * size.height;
}

enum status resize_bytes(const struct flow *flow, VipsImage *in, double width, double height,
                         struct size size, VipsImage **out, struct error *error)
{
    struct work work = {0};
    VipsImage *reduced = NULL;
    VipsRegion *region = vips_image_pio_input(in) == 0 ? vips_region_new(in) : NULL;
    enum status status = STATUS_OK;
    if (!region) {
        return image_error(error, STATUS_FAILED, "the image is out of reach");
    }
    if (!work_make(&work, in, width, height, size)) {
        status = error_memory(error);
    } else {
        status = raster_new(in, size, &reduced, error);
    }
    for (int top = 0; top < size.height && status == STATUS_OK; top += STRIP_ROWS) {
        status = flow && flow->stop && flow->stop(flow)
                     ? error_set(error, STATUS_INTERRUPTED, "interrupted")
                     : reduce_strip(&work, region, top, reduced, error);
    }
    if (status == STATUS_OK) {
        *out = image_share(reduced);
    }
    image_release(&reduced);
    g_object_unref(region);
    work_release(&work);
    return status;
}

/* SPDX-License-Identifier: MIT
 * See png_data.h. Knows libdeflate; no libpng and no libvips. */
#include "png_data.h"

#include <string.h>

#include <libdeflate.h>

#include "kernels/filter.h"
#include "machine.h"
#include "memory.h"

/* The rows of an image on their way into a stream. */
struct rows {
    const struct png_data *data;
    const struct filter_kernels *kernels;
    size_t bytes;      /* of a row, without its filter */
    int step;          /* to the same sample of the pixel on the left, bytes; at least 1 */
    uint8_t *laid[2];  /* rows that are laid out anew, in turns; else NULL */
    uint8_t *zeros;    /* above the first */
    uint8_t *filtered; /* all rows, each after a byte that names its filter */
    int64_t left_over; /* sum of what the filters left */
};

static size_t row_bits(const struct png_data *data)
{
    const size_t bands = data->palette ? 1 : (size_t)data->pixels->bands;
    return (size_t)data->pixels->width * bands * (size_t)data->bits;
}

static size_t filtered_size(const struct png_data *data)
{
    return (1 + (row_bits(data) + 7) / 8) * (size_t)data->pixels->height;
}

bool png_data_fits(const struct png_data *data)
{
    return filtered_size(data) <= PNG_DATA_BYTES_MAX;
}

/* ---- Rows as the file has them ------------------------------------------------------------- */

/* Several indices to a byte, the first in the highest bits. */
static void pack(const uint8_t *indices, int width, int bits, uint8_t *out, size_t bytes)
{
    memset(out, 0, bytes);
    for (int x = 0; x < width; x++) {
        const size_t at = (size_t)x * (size_t)bits;
        out[at / 8] |= (uint8_t)(indices[x] << (8 - bits - (int)(at % 8)));
    }
}

/* The higher byte first. */
static void big_endian(const uint8_t *samples, size_t bytes, uint8_t *out)
{
    for (size_t i = 0; i < bytes; i += 2) {
        uint16_t sample;
        memcpy(&sample, samples + i, sizeof sample);
        out[i] = (uint8_t)(sample >> 8);
        out[i + 1] = (uint8_t)sample;
    }
}

static const uint8_t *laid_out(const struct rows *rows, int y)
{
    const struct png_data *data = rows->data;
    uint8_t *const out = rows->laid[y % 2];
    if (data->palette) {
        const int width = data->pixels->width;
        const uint8_t *const indices = data->palette->indices + (size_t)y * (size_t)width;
        if (data->bits == 8) {
            return indices;
        }
        pack(indices, width, data->bits, out, rows->bytes);
        return out;
    }
    if (data->bits == 8) {
        return pixels_row(data->pixels, y);
    }
    big_endian(pixels_row(data->pixels, y), rows->bytes, out);
    return out;
}

/* ---- Filters ------------------------------------------------------------------------------- */

static bool is_adaptive(const struct png_data *data)
{
    return data->filter == PNG_CHOICE_ADAPTIVE ||
           (data->filter == PNG_CHOICE_AUTO && !data->palette);
}

/* The filter that leaves least; of equals the simplest. */
static enum row_filter least(struct rows *rows, const uint8_t *row, const uint8_t *above)
{
    int64_t sums[ROW_FILTERS];
    enum row_filter best = ROW_NONE;
    rows->kernels->weigh(row, above, (int64_t)rows->bytes, rows->step, sums);
    for (int filter = ROW_SUB; filter < ROW_FILTERS; filter++) {
        if (sums[filter] < sums[best]) {
            best = (enum row_filter)filter;
        }
    }
    rows->left_over += sums[best];
    return best;
}

static enum status filter_all(struct rows *rows, struct error *error)
{
    static const enum row_filter fixed[] = {
        [PNG_CHOICE_AUTO] = ROW_NONE,       [PNG_CHOICE_NONE] = ROW_NONE,
        [PNG_CHOICE_SUB] = ROW_SUB,         [PNG_CHOICE_UP] = ROW_UP,
        [PNG_CHOICE_AVERAGE] = ROW_AVERAGE, [PNG_CHOICE_PAETH] = ROW_PAETH};
    const struct png_data *data = rows->data;
    const uint8_t *above = rows->zeros;
    uint8_t *out = rows->filtered;
    for (int y = 0; y < data->pixels->height; y++) {
        if (y % 16 == 0 && encode_stopped(data->flow)) {
            return encode_interrupted(error);
        }
        const uint8_t *row = laid_out(rows, y);
        const enum row_filter filter =
            is_adaptive(data) ? least(rows, row, above) : fixed[data->filter];
        *out++ = (uint8_t)filter;
        rows->kernels->apply(filter, row, above, (int64_t)rows->bytes, rows->step, out);
        out += rows->bytes;
        above = row;
    }
    return STATUS_OK;
}

/* ---- Compression --------------------------------------------------------------------------- */

/* libdeflate's level for zlib's: no more bytes, less time. Where filters leave next to nothing, as
 * of gradients, matches are long and many, and its level 6 does not look far enough. */
static int level_of(const struct rows *rows, size_t size)
{
    static const int levels[] = {0, 1, 2, 4, 4, 5, 6, 8, 8, 10};
    const int level = levels[rows->data->compression];
    const bool smooth = is_adaptive(rows->data) && rows->left_over < (int64_t)size;
    return level == 6 && smooth ? 7 : level;
}

static enum status compress(const struct rows *rows, size_t size, uint8_t **stream,
                            size_t *stream_size, struct error *error)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level_of(rows, size));
    const size_t bound = libdeflate_zlib_compress_bound(compressor, size);
    uint8_t *block = compressor ? memory_alloc(bound) : NULL;
    const size_t made =
        block ? libdeflate_zlib_compress(compressor, rows->filtered, size, block, bound) : 0;
    libdeflate_free_compressor(compressor);
    if (made == 0) {
        memory_free(block);
        return error_memory(error);
    }
    *stream = block;
    *stream_size = made;
    return STATUS_OK;
}

static bool rows_make(struct rows *rows, size_t size)
{
    rows->filtered = memory_alloc(size);
    rows->zeros = memory_zero(rows->bytes, 1);
    if (rows->data->bits != 8) {
        rows->laid[0] = memory_alloc(rows->bytes);
        rows->laid[1] = memory_alloc(rows->bytes);
    }
    return rows->filtered && rows->zeros &&
           (rows->data->bits == 8 || (rows->laid[0] && rows->laid[1]));
}

static void rows_release(struct rows *rows)
{
    memory_free(rows->filtered);
    memory_free(rows->zeros);
    memory_free(rows->laid[0]);
    memory_free(rows->laid[1]);
}

enum status png_data_make(const struct png_data *data, uint8_t **stream, size_t *size,
                          struct error *error)
{
    const struct filter_kernels *vectors = machine_plain() ? NULL : filter_vectors();
    const int bands = data->palette ? 1 : data->pixels->bands;
    struct rows rows = {.data = data,
                        .kernels = vectors ? vectors : &filter_plain,
                        .bytes = (row_bits(data) + 7) / 8,
                        .step = data->bits < 8 ? 1 : bands * data->bits / 8};
    const size_t filtered = filtered_size(data);
    enum status status = rows_make(&rows, filtered) ? STATUS_OK : error_memory(error);
    if (status == STATUS_OK) {
        status = filter_all(&rows, error);
    }
    if (status == STATUS_OK) {
        status = encode_stopped(data->flow) ? encode_interrupted(error)
                                            : compress(&rows, filtered, stream, size, error);
    }
    rows_release(&rows);
    return status;
}

const char *png_data_library(void)
{
    return "libdeflate " LIBDEFLATE_VERSION_STRING;
}
